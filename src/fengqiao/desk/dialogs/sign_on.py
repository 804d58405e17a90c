"""Who takes the seat: a name, offered or typed, and the shift that runs by the centre's settings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from fengqiao.app.shift_plan import PlannedShift, ShiftPlan
from fengqiao.desk.text import clock, fault_text, tr
from fengqiao.model.errors import FengqiaoError
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp
    from fengqiao.desk.desk import Desk

NAMES_MAX = 6  # offered: a seat has three or four officers, and six fit one line
REFRESH_S = 0.5  # the first picture, and with it the time that the watch lives in, may come after the dialog
NAME_CHARS_MAX = 20  # longer than any name; the header has no room for more


class SignOnDialog(ModalScreen[str | None]):
    """Returns the officer who has signed on, None if it was left; it can be left only when somebody is on."""

    DEFAULT_CSS = """
    SignOnDialog { align: center bottom; background: $background 0%; }
    SignOnDialog > Vertical { width: 100%; max-width: 110; height: auto; background: $surface; border: round $accent;
                              border-title-color: $accent; padding: 0 1; margin-bottom: 1; }
    .-ascii SignOnDialog > Vertical { border: ascii $accent; }
    SignOnDialog Horizontal, SignOnDialog Static { height: auto; }
    SignOnDialog Label { width: 14; }
    SignOnDialog Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    SignOnDialog #sign-on-said { color: $warning; }
    SignOnDialog .hint { color: $secondary; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "cancel", "desk.key.cancel"),
        Binding("up", "offer(-1)", "desk.key.row", show=False),
        Binding("down", "offer(1)", "desk.key.row", show=False),
        Binding("f4", "app.silence", "desk.key.silence"),
        Binding("f12,ctrl+q", "app.leave", "desk.key.leave", show=False),
    ]

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self.desk = desk
        self._plan: ShiftPlan | None = None  # until it is read, and where it cannot be
        self._names: tuple[str, ...] = ()  # that signed on before, the latest first
        self._offered = -1
        self._busy = False

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = tr("desk.key.sign_on")
            yield Static(id="sign-on-shift", markup=False)
            yield Static(tr("desk.sign_on.first"), id="sign-on-said", markup=False)
            with Horizontal():
                yield Label(tr("desk.col.officer"), markup=False)
                yield Input(id="sign-on-name", compact=True, max_length=NAME_CHARS_MAX)
            yield Static(id="sign-on-names", markup=False)
            yield Static(tr("desk.sign_on.keys"), classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        app = cast("DeskApp", self.app)
        app.do(lambda: (self.desk.officers(), self.desk.who_is_on()), then=self._got_names)
        app.do(self.desk.shift_plan, then=self._got_plan)
        self.set_interval(REFRESH_S, self._draw_shift)

    def _got_names(self, found: tuple[list[str], str]) -> None:
        if not self.is_attached:
            return
        names, on_now = found
        self._names = tuple(names[:NAMES_MAX])
        offer = self.query_one("#sign-on-names", Static)
        offer.update(offered(self._names))
        offer.display = bool(self._names)
        if on_now:
            self._say(tr("desk.sign_on.replaces", officer=on_now))

    def _got_plan(self, plan: ShiftPlan) -> None:
        self._plan = plan
        if self.is_attached:
            self._draw_shift()

    def _draw_shift(self) -> None:
        now = self.desk.time_ms()
        shift = shift_text(self._plan.at(now)) if self._plan else "--"
        self.query_one("#sign-on-shift", Static).update(tr("desk.sign_on.now", clock=clock(now), shift=shift))

    def _say(self, said: str) -> None:
        self.query_one("#sign-on-said", Static).update(said)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        name = meant(event.value, self._names)
        if not name:
            self._say(tr("desk.form.missing", field=tr("desk.col.officer")))
        elif not self._busy:  # a second Enter may come while the first is being written
            self._busy = True
            cast("DeskApp", self.app).do(lambda: self._take(name), then=self._taken)

    def _take(self, name: str) -> str | FengqiaoError:
        try:
            return self.desk.sign_on(name)
        except FengqiaoError as refused:
            self._busy = False
            return refused
        except Exception:
            self._busy = False
            raise  # the app says it

    def _taken(self, done: str | FengqiaoError) -> None:
        if not self.is_attached:
            return
        if isinstance(done, str):
            self.dismiss(done)
        else:
            self._say(fault_text(done))

    def action_offer(self, step: int) -> None:
        """Up and down go through the names known."""
        if self._names:
            start = 0 if self._offered < 0 and step < 0 else self._offered  # the first step up goes to the last name
            self._offered = (start + step) % len(self._names)
            box = self.query_one(Input)
            box.value = self._names[self._offered]
            box.cursor_position = len(box.value)

    def action_cancel(self) -> None:
        if self.desk.officer:
            self.dismiss(None)
        else:
            self._say(tr("desk.sign_on.must"))


def offered(names: Sequence[str]) -> str:
    """The names with the digits that choose them."""
    listed = "  ".join(f"{n} {plain(name)}" for n, name in enumerate(names, 1))
    return tr("desk.sign_on.known", names=listed) if names else ""


def meant(typed: str, names: Sequence[str]) -> str:
    """The name that was typed, or the one that a digit chooses; "" for nothing."""
    typed = typed.strip()
    return {str(n): name for n, name in enumerate(names, 1)}.get(typed, typed)


def shift_text(shift: PlannedShift | None) -> str:
    """The shift of the plan with its hours; that none runs, in a gap."""
    if shift is None:
        return tr("desk.sign_on.no_shift")
    return f"{plain(shift.name)} {_hh_mm(shift.from_min)}-{_hh_mm(shift.to_min)}"


def _hh_mm(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
