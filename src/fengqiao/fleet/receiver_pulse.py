"""How each receiving station of every feed is doing: since when it has spoken without a long pause, and until when."""

from collections.abc import Sequence

import numpy as np

from fengqiao.model.health import ReceiverHealth
from fengqiao.model.reports import Lines, Receiver

BUCKET_MS = 10_000  # times are kept by the tick they come in, so that their order within it changes nothing
PAUSE_MS = 600_000  # who said nothing for so long begins anew
DEAF_MS_MIN = 60_000  # shorter pauses are not kept: a slow station makes them all the time
DEAF_KEPT = 8  # pauses of each: a line that breaks down every few minutes


class ReceiverPulse:
    """Counts of one watch, by receiver index; plain arrays, so that they travel in a checkpoint."""

    def __init__(self) -> None:
        self.receivers: tuple[Receiver, ...] = ()
        self._since_ms = np.zeros(0, np.int64)
        self._last_ms = np.zeros(0, np.int64)
        self._sentences = np.zeros(0, np.int64)  # since then
        self._deaf_ms = np.zeros((0, DEAF_KEPT, 2), np.int64)  # its last pauses, from and to, the newest last

    def fold(self, lines: Lines, receivers: tuple[Receiver, ...]) -> None:
        self._grow(receivers)
        if not len(lines):
            return
        order = np.argsort(lines.receiver, kind="stable")
        who, at_ms = lines.receiver[order].astype(np.int64), lines.ref_ms[order] // BUCKET_MS * BUCKET_MS
        begins = np.flatnonzero(np.diff(who, prepend=-1))
        each = who[begins]
        # What comes late fills no pause that was over before it came, however it is cut into batches.
        at_ms[begins] = np.maximum(at_ms[begins], self._last_ms[each])
        apart = who * (np.ptp(at_ms) + 1)
        at_ms = np.maximum.accumulate(at_ms + apart) - apart
        before_ms = np.append(0, at_ms[:-1])
        before_ms[begins] = self._last_ms[each]
        anew = at_ms - before_ms > PAUSE_MS
        # Of every receiver the place of its last beginning anew among these lines, -1 where it goes on.
        last = np.maximum.reduceat(np.where(anew, np.arange(len(who)), -1), begins)
        stops = np.append(begins[1:], len(who))
        new = last >= 0
        self._since_ms[each[new]] = at_ms[last[new]]
        self._sentences[each] = np.where(new, stops - last, self._sentences[each] + stops - begins)
        self._last_ms[each] = at_ms[stops - 1]
        for row in np.flatnonzero((before_ms > 0) & (at_ms - before_ms > DEAF_MS_MIN)).tolist():
            mine = self._deaf_ms[who[row]]
            mine[:-1], mine[-1] = mine[1:].copy(), (before_ms[row], at_ms[row])

    def health(self, feeds: Sequence[str]) -> tuple[ReceiverHealth, ...]:
        """Of every receiver, by its index."""
        columns = (self._sentences.tolist(), self._since_ms.tolist(), self._last_ms.tolist(), self._deaf_ms.tolist())
        return tuple(
            ReceiverHealth(
                feeds[receiver.feed],
                receiver.station,
                sentences,
                since_ms,
                last_ms,
                tuple((gone_ms, back_ms) for gone_ms, back_ms in deaf if back_ms),
            )
            for receiver, sentences, since_ms, last_ms, deaf in zip(self.receivers, *columns, strict=True)
        )

    def _grow(self, receivers: tuple[Receiver, ...]) -> None:
        """They only grow in number."""
        more = len(receivers) - len(self.receivers)
        if more > 0:
            self.receivers = receivers
            for name in ("_since_ms", "_last_ms", "_sentences", "_deaf_ms"):
                held = getattr(self, name)
                setattr(self, name, np.concatenate([held, np.zeros((more, *held.shape[1:]), np.int64)]))
