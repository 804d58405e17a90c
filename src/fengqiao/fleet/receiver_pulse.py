"""How each receiving station of every feed is doing: since when it has spoken without a long pause, and until when."""

from collections.abc import Sequence

import numpy as np

from fengqiao.model.health import ReceiverHealth
from fengqiao.model.reports import Lines, Receiver

BUCKET_MS = 10_000  # times are kept by the tick they come in, so that their order within it changes nothing
PAUSE_MS = 600_000  # who said nothing for so long begins anew


class ReceiverPulse:
    """Counts of one watch, by receiver index; plain arrays, so that they travel in a checkpoint."""

    def __init__(self) -> None:
        self.receivers: tuple[Receiver, ...] = ()
        self._since_ms = np.zeros(0, np.int64)
        self._last_ms = np.zeros(0, np.int64)
        self._sentences = np.zeros(0, np.int64)  # since then

    def fold(self, lines: Lines, receivers: tuple[Receiver, ...]) -> None:
        self._grow(receivers)
        if not len(lines):
            return
        order = np.lexsort((lines.ref_ms, lines.receiver))
        who, at_ms = lines.receiver[order], lines.ref_ms[order] // BUCKET_MS * BUCKET_MS
        begins = np.flatnonzero(np.diff(who, prepend=-1))
        each = who[begins]
        before_ms = np.append(0, at_ms[:-1])
        before_ms[begins] = self._last_ms[each]
        anew = at_ms - before_ms > PAUSE_MS
        # Of every receiver the place of its last beginning anew among these lines, -1 where it goes on.
        last = np.maximum.reduceat(np.where(anew, np.arange(len(who)), -1), begins)
        stops = np.append(begins[1:], len(who))
        new = last >= 0
        self._since_ms[each[new]] = at_ms[last[new]]
        self._sentences[each] = np.where(new, stops - last, self._sentences[each] + stops - begins)
        self._last_ms[each] = np.maximum(self._last_ms[each], at_ms[stops - 1])

    def health(self, feeds: Sequence[str]) -> tuple[ReceiverHealth, ...]:
        """Of every receiver, by its index."""
        columns = (self._sentences.tolist(), self._since_ms.tolist(), self._last_ms.tolist())
        return tuple(
            ReceiverHealth(feeds[receiver.feed], receiver.station, *counted)
            for receiver, *counted in zip(self.receivers, *columns, strict=True)
        )

    def _grow(self, receivers: tuple[Receiver, ...]) -> None:
        """They only grow in number."""
        more = np.zeros(max(len(receivers) - len(self.receivers), 0), np.int64)
        if len(more):
            self.receivers = receivers
            for name in ("_since_ms", "_last_ms", "_sentences"):
                setattr(self, name, np.concatenate([getattr(self, name), more]))
