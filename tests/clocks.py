"""A computer's two clocks, moved by hand: the one that people and time servers set, and the steady one."""

from fengqiao.feeds.clock import OurClock


class Computer:
    """Both clocks stand still until a test moves them."""

    def __init__(self, at_ms: int) -> None:
        self._system_ns, self._steady_ns = at_ms * 1_000_000, 0

    def clock(self) -> OurClock:
        """Of a watch that begins now."""
        return OurClock(lambda: self._system_ns, lambda: self._steady_ns)

    @property
    def at_ms(self) -> int:
        return self._system_ns // 1_000_000

    def passes(self, seconds: float, slewed_s: float = 0.0) -> None:
        """Time goes on; a time server may make the system's clock go faster or slower meanwhile."""
        self._steady_ns += round(seconds * 1e9)
        self._system_ns += round((seconds + slewed_s) * 1e9)

    def leaps(self, seconds: float) -> None:
        """Somebody or something sets the system's clock."""
        self._system_ns += round(seconds * 1e9)
