"""Text to read: scrolls, closes with Esc; what keys it has beyond that its subclasses say."""

from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from fengqiao.desk.text import tr
from fengqiao.desk.widgets.prose import Prose
from fengqiao.words import plain


class Sheet(ModalScreen[None]):
    DEFAULT_CSS = """
    Sheet { align: center bottom; background: $background 0%; }
    Sheet > VerticalScroll { width: 100%; max-width: 120; height: 1fr; margin: 2 0 1 0; background: $surface;
                             border: round $accent; border-title-color: $accent;
                             border-subtitle-color: $secondary; padding: 0 1; }
    .-ascii Sheet > VerticalScroll { border: ascii $accent; }
    """  # header, banner and keys stay in sight around it
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape,q", "dismiss", "desk.key.close"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("f2", "app.acknowledge", "desk.key.acknowledge"),
        Binding("f4", "app.silence", "desk.key.silence"),
    ]
    alert = ""  # that the sheet is about: what F2 means on it before it means the banner

    def __init__(self, title: str, text: Text | str = "", keys: str = "") -> None:
        super().__init__()
        self._title, self._text, self._keys = title, text, keys

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = plain(self._title)
            box.border_subtitle = self._keys or tr("desk.sheet.keys")
            yield Prose(_lines(self._text), id="sheet-text")

    def set_text(self, text: Text) -> None:
        self._text = text
        self.query_one("#sheet-text", Prose).put(_lines(text))

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


class Paper(Sheet):
    """A sheet of what is also printed, which is eighty cells wide: on a screen as narrow its frame leaves them room."""


def _lines(text: Text | str) -> list[Text]:
    return list((Text(text) if isinstance(text, str) else text).split("\n", allow_blank=True))
