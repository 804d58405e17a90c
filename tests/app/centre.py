"""A watch over one feed that never speaks: what it tells by time alone, and what people do to it."""

from collections.abc import Callable
from pathlib import Path

from clocks import Computer
from fengqiao.app.keep_watch import LiveWatch, begin
from fengqiao.app.tuning import FILE, Tuning
from fengqiao.feeds import open_feed
from fengqiao.feeds.clock import now_ms
from fengqiao.model.errors import InputFault
from fengqiao.model.findings import AlertChange, ChangeKind
from fengqiao.thresholds import Thresholds


class Centre:
    """A watch over one feed that never speaks, its folder, its time, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.computer = folder, Computer(now_ms())
        self.alerts: list[AlertChange] = []
        self.told: list[tuple[str, Thresholds | InputFault]] = []
        self.live: LiveWatch | None = None

    @property
    def at_ms(self) -> int:
        return self.computer.at_ms

    def write(self, starting_s: str, source: str = "值班长 2026-11-20") -> None:
        text = f'[feed]\nstarting_s = {{ value = {starting_s}, unit = "s", source = "{source}" }}\n'
        (self.folder / FILE).write_text(text, "utf-8")

    def begin(self) -> LiveWatch:
        feed, tuning = open_feed("udp://127.0.0.1:0"), Tuning(self.folder)
        feed.name = "udp"  # the port is another at every start
        tell: Callable[[AlertChange], None] = self.alerts.append

        def told(said: str, what: Thresholds | InputFault) -> None:
            self.told.append((said, what))

        self.live = begin(
            [feed], self.folder, tell, lang="zh", shards=1, tuning=tuning, tuned=told, clock=self.computer.clock()
        )
        return self.live

    def passes(self, seconds: int) -> None:
        assert self.live is not None
        for _ in range(seconds // 10):
            self.computer.passes(10)
            self.live.round([])

    def killed(self) -> None:
        """As after kill -9: no last checkpoint, nothing saved."""
        assert self.live is not None
        self.live.pump.stop()
        self.live.log.close()
        self.live.store.close()
        self.live = None

    @property
    def raised(self) -> list[AlertChange]:
        return [change for change in self.alerts if change.change is ChangeKind.RAISED]
