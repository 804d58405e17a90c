"""A few fields and Enter: the one form all questions are asked with. The banner stays in sight above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from fengqiao.desk.text import tr
from fengqiao.words import plain


@dataclass(frozen=True, slots=True)
class Field:
    """One line. With ``options`` (code, words) a digit or the code chooses; ``needed`` fields cannot stay empty."""

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    needed: bool = False

    @property
    def hint(self) -> str:
        return "  ".join(f"{n} {said}" for n, (_, said) in enumerate(self.options, 1))

    def read(self, typed: str) -> str | None:
        """What was meant, None if nothing that can be."""
        typed = typed.strip()
        if not self.options or not typed:
            return None if self.needed and not typed else typed
        codes = [code for code, _ in self.options]
        if typed.isdigit() and 1 <= int(typed) <= len(codes):
            return codes[int(typed) - 1]
        return typed if typed in codes else None


class Form(ModalScreen[dict[str, str] | None]):
    """Returns the fields by name, or None when it was left with Esc."""

    DEFAULT_CSS = """
    Form { align: center bottom; background: $background 0%; }
    Form > Vertical { width: 100%; max-width: 110; height: auto; max-height: 85%; background: $surface;
                      border: round $accent; border-title-color: $accent; padding: 0 1; margin-bottom: 1; }
    .-ascii Form > Vertical { border: ascii $accent; }
    Form Horizontal { height: auto; }
    Form Label { width: 16; }
    Form Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    Form .hint { color: $secondary; padding-left: 16; height: auto; }
    Form #form-said { color: $warning; height: auto; }
    """
    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "cancel", "desk.key.cancel")]

    def __init__(self, title: str, fields: Sequence[Field], intro: str = "") -> None:
        super().__init__()
        self._title, self._fields, self._intro = title, fields, intro

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = plain(self._title)
            if self._intro:
                yield Static(plain(self._intro), markup=False)
            for field in self._fields:
                with Horizontal():
                    yield Label(plain(field.label), markup=False)
                    yield Input(field.value, id=f"f-{field.name}", compact=True, select_on_focus=False)
                if field.options:
                    yield Static(plain(field.hint), classes="hint", markup=False)
            yield Static("", id="form-said", markup=False)
            yield Static(tr("desk.form.keys"), classes="hint", markup=False)

    def on_mount(self) -> None:
        empty = next((f for f in self._fields if f.needed and not f.value), self._fields[0])
        self.query_one(f"#f-{empty.name}", Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        read = self._read() if self.is_current else None  # a second Enter may come while the first is closing the form
        if read is not None:
            self.dismiss(read)

    def _read(self) -> dict[str, str] | None:
        out: dict[str, str] = {}
        for field in self._fields:
            box = self.query_one(f"#f-{field.name}", Input)
            meant = field.read(box.value)
            if meant is None:
                self.query_one("#form-said", Static).update(tr("desk.form.missing", field=plain(field.label)))
                box.focus()
                return None
            out[field.name] = meant
        return out

    def action_cancel(self) -> None:
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Up and down go from field to field."""
        if event.key in ("up", "down"):
            event.stop()
            (self.focus_previous if event.key == "up" else self.focus_next)()
