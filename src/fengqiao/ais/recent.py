"""Messages heard lately: the same transmission comes in through every receiver in range."""

DUPLICATE_MS = 10_000  # hubs differ by seconds; a station that says exactly the same waits longer (M.1371 table 1)
REMEMBER_MAX = 200_000  # payloads: ten seconds of a feed of twenty thousand messages a second
SWEEP_MIN = 4096


class Recent:
    """Payloads used within the last ten seconds of believed time, whichever feed brought them."""

    def __init__(self) -> None:
        self.used: dict[bytes, tuple[int, int]] = {}  # payload -> when, and through which feed
        self.newest: dict[int, int] = {}  # feed -> its latest time
        self.sweep_at = SWEEP_MIN

    def heard(self, payload: bytes, ref_ms: int) -> bool:
        """Whether the payload was used less than DUPLICATE_MS away from ``ref_ms``."""
        before = self.used.get(payload)
        return before is not None and abs(ref_ms - before[0]) <= DUPLICATE_MS

    def remember(self, payload: bytes, ref_ms: int, feed: int) -> None:
        self.used.pop(payload, None)  # to the young end
        self.used[payload] = (ref_ms, feed)
        self.newest[feed] = ref_ms
        if len(self.used) >= self.sweep_at:
            self._sweep()

    def _sweep(self) -> None:
        """Forget what is too old by the clock of the feed that brought it."""
        newest = self.newest
        kept = {p: w for p, w in self.used.items() if abs(newest[w[1]] - w[0]) <= DUPLICATE_MS}
        if len(kept) > REMEMBER_MAX:
            kept = dict(list(kept.items())[-(REMEMBER_MAX // 2) :])
        self.used = kept
        self.sweep_at = max(SWEEP_MIN, 2 * len(kept))
