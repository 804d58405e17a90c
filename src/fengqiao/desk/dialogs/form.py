"""A few fields and Enter: the one form all questions are asked with. The banner stays in sight above it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static
from textual.worker import Worker

from fengqiao.desk.text import tr
from fengqiao.desk.widgets.prose import Prose
from fengqiao.words import plain


@dataclass(frozen=True, slots=True)
class Field:
    """One line. With ``options`` (code, words) a digit or the code chooses, in a line each where they are ``listed``;
    ``needed`` fields cannot stay empty. ``amiss`` says of what was typed how to mend it, "" where it will do.
    """

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    needed: bool = False
    listed: bool = False
    amiss: Callable[[str], str] = lambda _: ""

    @property
    def hints(self) -> list[Text]:
        # A number keeps to its words where a line is folded: this blank is no place to break.
        choices = [f"{n}\u00a0{plain(said)}" for n, (_, said) in enumerate(self.options, 1)]
        return [Text(line) for line in (choices if self.listed else ["  ".join(choices)])]

    def read(self, typed: str) -> str | None:
        """What was meant, None if nothing that can be."""
        typed = typed.strip()
        if not self.options or not typed:
            return None if self.needed and not typed else typed
        codes = [code for code, _ in self.options]
        by_number = {str(n): code for n, code in enumerate(codes, 1)}
        return by_number.get(typed, typed if typed in codes else None)


# Sends what was typed, by field, and returns what is under way; the form it came from is to be ``answered``.
Send = Callable[[dict[str, str], "Form"], Worker[None] | None]


class Form(ModalScreen[dict[str, str] | None]):
    """Returns the fields by name, or None when it was left with Esc.

    With ``send`` it stays until what was typed is taken: ``answered`` closes it, or says why not and keeps every word.
    """

    DEFAULT_CSS = """
    Form { align: center bottom; background: $background 0%; }
    Form > VerticalScroll { width: 100%; max-width: 110; height: auto; max-height: 100%; background: $surface;
                            border: round $accent; border-title-color: $accent; border-subtitle-color: $secondary;
                            padding: 0 1; margin: 2 0 1 0; }
    .-ascii Form > VerticalScroll { border: ascii $accent; }
    Form Horizontal { height: auto; }
    Form Label { width: 18; padding-right: 1; }
    Form Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    Form .hint { color: $secondary; padding-left: 18; height: auto; }
    Form #form-said { dock: top; color: $warning; background: $surface; height: auto; display: none; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "cancel", "desk.key.cancel"),
        Binding("f2", "app.acknowledge", "desk.key.acknowledge"),
        Binding("f4", "app.silence", "desk.key.silence"),
    ]

    def __init__(self, title: str, fields: Sequence[Field], intro: str = "", send: Send | None = None) -> None:
        super().__init__()
        self._title, self._fields, self._intro = title, fields, intro
        self._send = send
        self._sent: Worker[None] | None = None  # what was typed, on its way

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False) as box:
            box.border_title, box.border_subtitle = plain(self._title), tr("desk.form.keys")
            yield Static(id="form-said", markup=False)
            if self._intro:
                yield Prose([Text(plain(line)) for line in self._intro.split("\n")])
            for field in self._fields:
                with Horizontal():
                    yield Label(plain(field.label), markup=False)
                    yield Input(plain(field.value), id=f"f-{field.name}", compact=True, select_on_focus=False)
                if field.options:
                    yield Prose(field.hints, classes="hint")

    def on_mount(self) -> None:
        empty = next((f for f in self._fields if f.needed and not f.value), self._fields[0])
        self.query_one(f"#f-{empty.name}", Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.is_current or (self._sent is not None and not self._sent.is_finished):
            return  # a second Enter may come while the first is under way or closing the form
        read = self._read()
        if read is not None and self._send is not None:
            self._sent = self._send(read, self)
        elif read is not None:
            self.dismiss(read)

    def answered(self, refusal: str) -> bool:
        """What came of what was sent, "" for done; whether the refusal was shown here: the form may have been left."""
        if refusal and self.is_attached:
            self._say(refusal)
        elif self.is_current:
            self.dismiss(None)
        return bool(refusal) and self.is_attached

    def _read(self) -> dict[str, str] | None:
        out: dict[str, str] = {}
        for field in self._fields:
            box = self.query_one(f"#f-{field.name}", Input)
            meant = field.read(box.value)
            wrong = tr("desk.form.missing", field=plain(field.label)) if meant is None else field.amiss(meant)
            if meant is None or wrong:
                self._say(wrong)
                box.focus()
                return None
            out[field.name] = meant
        return out

    def _say(self, wrong: str) -> None:
        said = self.query_one("#form-said", Static)
        said.update(wrong)
        said.display = True

    def action_cancel(self) -> None:
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Up and down go from field to field."""
        if event.key in ("up", "down"):
            event.stop()
            (self.focus_previous if event.key == "up" else self.focus_next)()
