"""Messages heard lately: the same transmission comes in through every receiver in range."""

from collections.abc import Sequence

DUPLICATE_MS = 10_000  # hubs differ by seconds; a station that says exactly the same waits longer (M.1371 table 1)
REMEMBER_MAX = 200_000  # payloads: ten seconds of a feed of twenty thousand messages a second
SWEEP_MIN = 4096


class Recent:
    """Payloads used within the last ten seconds of believed time, whichever feed brought them."""

    def __init__(self) -> None:
        self.used: dict[bytes, tuple[int, int]] = {}  # payload -> when, and through which feed
        self.newest: dict[int, int] = {}  # feed -> its latest time
        self.sweep_at = SWEEP_MIN

    def fresh(self, payloads: Sequence[bytes], ref_ms: Sequence[int], feeds: Sequence[int]) -> list[bool]:
        """Which messages were not used less than DUPLICATE_MS away; those are used now."""
        out = []
        used = self.used
        for payload, ref, feed in zip(payloads, ref_ms, feeds, strict=True):
            before = used.get(payload)
            new = before is None or abs(ref - before[0]) > DUPLICATE_MS
            if new:
                used.pop(payload, None)  # to the young end
                used[payload] = (ref, feed)
                self.newest[feed] = ref
                if len(used) >= self.sweep_at:
                    self._sweep()
                    used = self.used
            out.append(new)
        return out

    def _sweep(self) -> None:
        """Forget what is too old by the clock of the feed that brought it."""
        newest = self.newest
        kept = {p: w for p, w in self.used.items() if abs(newest[w[1]] - w[0]) <= DUPLICATE_MS}
        if len(kept) > REMEMBER_MAX:
            kept = dict(list(kept.items())[-(REMEMBER_MAX // 2) :])
        self.used = kept
        self.sweep_at = max(SWEEP_MIN, 2 * len(kept))
