"""One line for the duty log: when, where and about whom are filled in and shown, the officer writes what."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import clock, position_text, tr
from fengqiao.store.duty_tables import DutyLogRow
from fengqiao.store.tables import AlertRow
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp
    from fengqiao.desk.desk import Desk

LINE_CHARS_MAX = 300  # a line of a log, not a report
RECALLED_MAX = 20  # own lines that Up brings back
REFRESH_S = 0.5  # what is shown is what will be written: it keeps up with the picture


@dataclass(frozen=True, slots=True)
class Subject:
    """What the line is about; ``mmsi`` 0 for no vessel, ``alert`` "" for no alert."""

    mmsi: int = 0
    alert: str = ""
    lon_deg: float | None = None  # where the alert says to look, for vessels that are not in the picture
    lat_deg: float | None = None

    def position(self, picture: DeskPicture) -> tuple[float, float] | None:
        """Lon, lat in degrees: where the vessel is, or where the alert was; None where nobody knows."""
        row = picture.row_of(self.mmsi) if self.mmsi else -1
        if row >= 0:
            lon, lat = float(picture.vessels.lon_deg[row]), float(picture.vessels.lat_deg[row])
            return None if lon != lon or lat != lat else (lon, lat)
        return None if self.lon_deg is None or self.lat_deg is None else (self.lon_deg, self.lat_deg)

    def name(self, picture: DeskPicture) -> str:
        row = picture.row_of(self.mmsi) if self.mmsi else -1
        return str(picture.names[row]) if row >= 0 else ""


def subjects(mmsi: int | None, alert: AlertRow | None) -> tuple[Subject, ...]:
    """What a line written now may be about, likeliest first: the vessel in hand, those of the alert, nothing."""
    out: list[Subject] = []
    if mmsi:
        out.append(_of(alert, mmsi) if alert is not None and mmsi in alert.mmsi else Subject(mmsi))
    if alert is not None:
        out += [_of(alert, other) for other in alert.mmsi or [0]]
    return tuple(dict.fromkeys((*out, Subject())))


def _of(alert: AlertRow, mmsi: int) -> Subject:
    return Subject(mmsi, alert.alert, alert.lon_deg, alert.lat_deg)


class LogLine(ModalScreen[bool]):
    """Returns whether a line was written. It lies at the foot of the screen: banner and chart stay in sight."""

    DEFAULT_CSS = """
    LogLine { align: center bottom; background: $background 0%; }
    LogLine > Vertical { width: 100%; height: 5; background: $surface; border: round $accent;
                         border-title-color: $accent; padding: 0 1; margin-bottom: 1; }
    .-ascii LogLine > Vertical { border: ascii $accent; }
    LogLine Input { height: 1; border: none; padding: 0; background: $panel; }
    LogLine Static { height: 1; text-wrap: nowrap; }
    LogLine .hint { color: $secondary; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "cancel", "desk.key.cancel"),
        Binding("tab", "about", "desk.key.log_about", show=False),
        Binding("up", "recall(1)", "desk.key.log_recall", show=False),
        Binding("down", "recall(-1)", "desk.key.log_recall", show=False),
        Binding("f2", "app.acknowledge", "desk.key.acknowledge"),
        Binding("f4", "app.silence", "desk.key.silence"),
    ]

    def __init__(self, desk: "Desk", mmsi: int | None, alert: AlertRow | None) -> None:
        super().__init__()
        self.desk = desk
        self._subjects = subjects(mmsi, alert)
        self._place = 0
        self._own: list[str] = []
        self._recalled = 0  # 0 is what is being written, 1 the newest line of one's own
        self._draft = ""
        self._busy = False

    @property
    def subject(self) -> Subject:
        return self._subjects[self._place]

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = tr("desk.key.log_line")
            yield Static(id="log-facts", markup=False)
            yield Input(id="log-text", compact=True, max_length=LINE_CHARS_MAX)
            yield Static(tr("desk.log.keys"), classes="hint", id="log-said", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show_facts()
        self.set_interval(REFRESH_S, self._show_facts)
        cast("DeskApp", self.app).do(self.desk.log_lines, then=self._got_lines)

    def _got_lines(self, lines: list[DutyLogRow]) -> None:
        mine = (line.text for line in lines if line.officer == self.desk.officer)
        self._own = list(dict.fromkeys(mine))[:RECALLED_MAX]

    def _show_facts(self) -> None:
        picture, subject = self.desk.picture, self.subject
        where = subject.position(picture)
        facts = {
            "clock": clock(self.desk.time_ms()),
            "officer": self.desk.officer,
            "vessel": f"{subject.name(picture)} {subject.mmsi:09d}".strip() if subject.mmsi else tr("desk.log.nobody"),
            "position": position_text(*where) if where else "--",
        }
        self.query_one("#log-facts", Static).update(tr("desk.log.facts", **facts))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if not text:
            self.query_one("#log-said", Static).update(tr("desk.form.missing", field=tr("desk.col.text")))
        elif not self._busy:  # a second Enter may come while the first is being written
            self._busy = True
            subject = self.subject
            where = subject.position(self.desk.picture)
            cast("DeskApp", self.app).do(lambda: self._write(text, subject, where), then=self._written)

    def _write(self, text: str, subject: Subject, where: tuple[float, float] | None) -> None:
        try:
            self.desk.write_log(text, subject.mmsi, subject.alert, where)
        except Exception:
            self._busy = False  # the app says why; the text stays, to be sent again
            raise

    def _written(self, _: None) -> None:
        if self.is_attached:
            self.dismiss(True)

    def action_cancel(self) -> None:
        self.dismiss(False)

    def action_about(self) -> None:
        """The next of what the line may be about."""
        self._place = (self._place + 1) % len(self._subjects)
        self._show_facts()

    def action_recall(self, older: int) -> None:
        box = self.query_one(Input)
        if self._recalled == 0:
            self._draft = box.value
        self._recalled = max(0, min(self._recalled + older, len(self._own)))
        box.value = plain(self._own[self._recalled - 1]) if self._recalled else self._draft
        box.cursor_position = len(box.value)
