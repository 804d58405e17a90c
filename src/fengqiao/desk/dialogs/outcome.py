"""What came of the alarms that were acknowledged: asked afterwards, low on the screen, and never in the watch's way.

Of a warning or a caution nobody need say it, but may: what officers say of them is what their precision is made of.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from fengqiao.alerts.labels import Label as Truth
from fengqiao.app.duty import FALSE_ALARM, LABELS, OUTCOMES
from fengqiao.desk.desk import Desk
from fengqiao.desk.look import mark_of
from fengqiao.desk.panes.alerts import about
from fengqiao.desk.text import clock, tr
from fengqiao.store.tables import AlertRow
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp

SHOWN_MAX = 4  # owed alerts in sight at once: on 24 lines most of the pane above must stay readable


LABEL_KEYS = dict(enumerate(LABELS, len(OUTCOMES) + 1))


class Choices(Widget, can_focus=True):
    """Where the digits go; text typed into the field beside it may then hold digits of its own."""

    DEFAULT_CSS = "Choices { height: 2; }"
    BINDINGS: ClassVar[list[Any]] = [
        *(Binding(str(n), f"screen.choose({n})", show=False) for n in range(1, len(OUTCOMES) + 1)),
        *(Binding(str(n), f"screen.judge({n})", show=False) for n in LABEL_KEYS),
        Binding("j", "screen.step(1)", show=False),
        Binding("k", "screen.step(-1)", show=False),
        Binding("enter", "screen.give", show=False),
    ]
    chosen = ""
    label = ""  # whether it was true; he need not say

    def choose(self, outcome: str, label: str) -> None:
        self.chosen, self.label = outcome, label
        self.refresh()

    def render(self) -> Text:
        out = Text()
        for n, code in enumerate(OUTCOMES, 1):
            _offer(out, n, tr(f"outcome.{code}"), code == self.chosen)
        out.append("\n")
        for n, label in LABEL_KEYS.items():
            _offer(out, n, tr(f"label.{label}"), label == self.label)
        return out.append(f"  {tr('desk.outcome.truth')}", "dim")


def _offer(out: Text, key: int, words: str, here: bool) -> None:
    out.append(f" {'>' if here else ' '}{key} {words} ", "bold reverse" if here else "")


class OutcomeDialog(ModalScreen[None]):
    """Lists what is owed, oldest first, and the alert chosen; digits choose, Enter gives, and the next one is asked.

    F2 and F4 still work.
    """

    DEFAULT_CSS = """
    OutcomeDialog { align: center bottom; background: $background 0%; }
    OutcomeDialog > Vertical { width: 100%; max-width: 120; height: auto; margin-bottom: 1; background: $surface;
                               border: round $accent; border-title-color: $accent;
                               border-subtitle-color: $secondary; padding: 0 1; }
    .-ascii OutcomeDialog > Vertical { border: ascii $accent; }
    OutcomeDialog Horizontal { height: 1; }
    OutcomeDialog Label { width: auto; padding-right: 1; }
    OutcomeDialog Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    OutcomeDialog #outcome-owed { height: auto; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "dismiss", "desk.key.close"),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("f2", "app.acknowledge", "desk.key.acknowledge"),
        Binding("f4", "app.silence", "desk.key.silence"),
    ]

    def __init__(self, desk: Desk, first: str = "") -> None:
        """``first``: the alert to stand on, if it is acknowledged."""
        super().__init__()
        self._desk, self._first = desk, first
        self._asked: list[AlertRow] = []
        self._owed = 0
        self._at = 0

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = tr("desk.key.outcome")
            box.border_subtitle = tr("desk.outcome.keys")
            yield Static(id="outcome-owed", markup=False)
            yield Choices()
            with Horizontal():
                yield Label(tr("desk.outcome.text"), markup=False)
                yield Input(id="outcome-text", compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        self.query_one(Choices).focus()
        self._ask()

    @property
    def desk_app(self) -> "DeskApp":
        from fengqiao.desk.app import DeskApp

        app = self.app
        assert isinstance(app, DeskApp)
        return app

    def _ask(self) -> None:
        self.desk_app.do(self._desk.to_answer, self._first, then=self._got)

    def _got(self, found: tuple[Sequence[AlertRow], int, str]) -> None:
        asked, owed, meant = found
        if not self.is_current:
            return
        if not asked:
            self.desk_app.notify(tr("desk.outcome.all_given" if self._asked else "desk.outcome.none"))
            self.dismiss()
            return
        self._asked, self._owed = list(asked), owed
        self._at = next((i for i, a in enumerate(asked) if a.alert == meant), min(self._at, len(asked) - 1))
        self._draw()

    def _draw(self) -> None:
        self.query_one(Vertical).border_title = tr("desk.outcome.title", n=self._owed)
        top = max(0, min(self._at - 1, len(self._asked) - SHOWN_MAX))
        lines = [self._line(i) for i in range(top, min(top + SHOWN_MAX, len(self._asked)))]
        self.query_one("#outcome-owed", Static).update(Text("\n").join(lines))

    def _line(self, i: int) -> Text:
        alert, here = self._asked[i], i == self._at
        whom = plain(about(alert, self._desk.picture))
        said = f"{'>' if here else ' '}{mark_of(alert)}{clock(alert.raised_ms)} {tr(f'rule.{alert.rule}')}  {whom}"
        return Text(said, style="bold" if here else "dim", no_wrap=True, overflow="ellipsis")

    def action_step(self, step: int) -> None:
        if self._asked:
            self._at = max(0, min(self._at + step, len(self._asked) - 1))
            self._first = self._asked[self._at].alert
            self._draw()

    def action_choose(self, n: int) -> None:
        choices, outcome = self.query_one(Choices), OUTCOMES[n - 1]
        said = "" if choices.chosen == FALSE_ALARM else choices.label  # what that outcome implied goes with it
        choices.choose(outcome, Truth.FALSE if outcome == FALSE_ALARM else said)
        self.query_one(Input).focus()

    def action_judge(self, n: int) -> None:
        """Whether it was true; a false alarm that was true is neither, so its outcome is asked anew."""
        choices, label = self.query_one(Choices), LABEL_KEYS[n]
        amiss = choices.chosen == FALSE_ALARM and label != Truth.FALSE
        choices.choose("" if amiss else choices.chosen, label)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_give()

    def action_give(self) -> None:
        choices, box = self.query_one(Choices), self.query_one(Input)
        outcome, label = choices.chosen, choices.label
        if not outcome or not self._asked:
            self.desk_app.notify(tr("desk.outcome.choose"))
            choices.focus()
            return
        alert, text = self._asked[self._at].alert, box.value.strip()
        self._first = ""
        self._clear()
        self.desk_app.do(
            lambda: self._desk.give_outcome(alert, outcome, text, label), then=lambda _: self._given(outcome)
        )

    def _clear(self) -> None:
        """Nothing chosen and nothing typed, so that a second Enter gives nothing twice."""
        choices = self.query_one(Choices)
        choices.choose("", "")
        self.query_one(Input).value = ""
        choices.focus()

    def _given(self, outcome: str) -> None:
        self.desk_app.notify(tr("desk.outcome.given", outcome=tr(f"outcome.{outcome}")))
        self.desk_app.read_soon()
        self._ask()
