"""The two lines above every pane: what runs and who is on watch; and what nobody has seen yet."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from fengqiao.words import plain


class Line(Widget):
    """One line of coloured pieces, cut to the width between pieces first and inside a piece last, never in half a
    character."""

    DEFAULT_CSS = "Line { height: 1; }"

    def __init__(self, **more: str) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # id and classes only
        self._left: list[tuple[str, Style]] = []
        self._right: list[tuple[str, Style]] = []

    def put(self, left: list[tuple[str, Style]], right: list[tuple[str, Style]] | None = None) -> None:
        """Pieces from the left, and pieces that keep to the right edge; the right ones win when room is short."""
        if (left, right or []) != (self._left, self._right):
            self._left, self._right = left, right or []
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        base = self.rich_style
        width = self.size.width
        right = _cut(self._right, width)
        room = width - sum(cell_len(text) for text, _ in right)
        left = _cut(self._left, room)
        gap = room - sum(cell_len(text) for text, _ in left)
        pieces = [*left, (" " * gap, Style()), *right]
        return Strip([Segment(text, base + style) for text, style in pieces if text], width)


def _cut(pieces: list[tuple[str, Style]], width: int) -> list[tuple[str, Style]]:
    out = []
    for text, style in pieces:
        text = plain(text)
        if width <= 0:
            break
        if cell_len(text) > width:
            text = set_cell_size(text, width)
        out.append((text, style))
        width -= cell_len(text)
    return out
