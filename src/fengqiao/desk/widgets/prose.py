"""Sentences folded to the width there is, Chinese and Latin in one line: what a library that knows only blanks as
places to break tears into half-empty lines."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

NEVER_FIRST = frozenset("，。；：、！？）》」』】％°′,.;:!?)]}%")  # stays with the character before it
NEVER_LAST = frozenset("（《「『【([{\u00a0")  # stays with the character after it


class Prose(Widget):
    """Lines of text as high as they need; a line that is folded goes on under its own indentation."""

    DEFAULT_CSS = "Prose { height: auto; width: 1fr; }"

    def __init__(self, lines: Sequence[Text] = (), **more: Any) -> None:
        super().__init__(**more)
        self._lines = tuple(lines)

    def put(self, lines: Sequence[Text]) -> None:
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            self.refresh(layout=True)

    def render(self) -> Text:
        return Text("\n").join(folded(self._lines, self.content_size.width))

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        return len(folded(self._lines, width))


def folded(lines: Sequence[Text], width: int) -> list[Text]:
    """Every line in pieces of at most ``width`` cells; styles stay where they were."""
    out: list[Text] = []
    for line in lines:
        indent = min(len(line.plain) - len(line.plain.lstrip(" ")), max(0, width - 2))
        pieces = list(line.divide(list(_breaks(line.plain, width, indent)))) if cell_len(line.plain) > width else [line]
        for n, piece in enumerate(pieces):
            piece.rstrip()
            out.append(piece if n == 0 else Text(" " * indent) + _lstripped(piece))
    return out


def _breaks(text: str, width: int, indent: int) -> Iterator[int]:
    """Where to cut: after a blank, or beside a wide character, but never before a full stop or after a bracket."""
    start, used, good = 0, 0, 0
    for i, char in enumerate(text):
        if i > start and _may_break(text, i):
            good = i
        used += cell_len(char)
        while used > width and i > start and not char.isspace():  # what is carried over may itself be too wide
            at = good if good > start and text[start:good].strip() else i
            yield at
            start = at
            used = indent + cell_len(text[at : i + 1].lstrip(" "))


def _may_break(text: str, i: int) -> bool:
    before, after = text[i - 1], text[i]
    if after in NEVER_FIRST or before in NEVER_LAST or after == " ":
        return False
    return before == " " or cell_len(before) == 2 or cell_len(after) == 2


def _lstripped(piece: Text) -> Text:
    return piece[len(piece.plain) - len(piece.plain.lstrip(" ")) :] if piece.plain.startswith(" ") else piece
