"""A table that draws only the rows in sight: twenty thousand vessels cost what twenty cost."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fengqiao.words import plain

ROOM_MIN = 30  # a last column that takes what is left still needs this much to be worth having


@dataclass(frozen=True, slots=True)
class Col:
    """One column. ``keep`` orders which columns stay when room is short: 0 always, higher numbers go first."""

    title: str
    width: int
    cell: Callable[[int], str]  # text of a row of the data
    keep: int = 0
    right: bool = False


class VirtualTable(Widget, can_focus=True):
    """Rows of the data by number, in the order of ``order``; the cursor stays with its row when the order changes.

    ``style`` gives the look of a row. Call ``set_rows`` with a new order, ``touch`` when rows changed in place.
    """

    DEFAULT_CSS = "VirtualTable { height: 1fr; }"
    BINDINGS: ClassVar[list[Any]] = [
        Binding("j,down", "step(1)", "desk.key.row", show=False),
        Binding("k,up", "step(-1)", "desk.key.row", show=False),
        Binding("pagedown", "page(1)", "desk.key.row", show=False),
        Binding("pageup", "page(-1)", "desk.key.row", show=False),
        Binding("home", "jump(0)", "desk.key.row", show=False),
        Binding("end", "jump(-1)", "desk.key.row", show=False),
        Binding("enter", "open", "desk.key.open", show=False),
    ]

    class Chosen(Message):
        """The cursor went to a row of the data (-1: none), or Enter opened it."""

        def __init__(self, table: "VirtualTable", row: int, opened: bool = False) -> None:
            super().__init__()
            self.table, self.row, self.opened = table, row, opened

        @property
        def control(self) -> "VirtualTable":
            return self.table

    def __init__(self, columns: Sequence[Col], style: Callable[[int], str] = lambda _: "", **more: Any) -> None:
        super().__init__(**more)
        self.columns, self.row_style = columns, style
        self.order: NDArray[np.int64] = np.zeros(0, np.int64)
        self.top = 0
        self.cursor = -1  # row of the data
        self._place = 0  # of the cursor in the order

    @property
    def page(self) -> int:
        return max(1, self.size.height - 1)

    def set_rows(self, order: Iterable[int], cursor: int | None = None) -> None:
        """Show these rows in this order. ``cursor`` names the row it stands on now, if rows were renumbered."""
        self.order = np.fromiter(order, np.int64)
        wanted = self.cursor if cursor is None else cursor
        at = np.flatnonzero(self.order == wanted)
        self._place = int(at[0]) if len(at) else min(self._place, max(0, len(self.order) - 1))
        self.cursor = int(self.order[self._place]) if len(self.order) else -1
        self._scroll()
        self.refresh()

    def touch(self, rows: Iterable[int]) -> None:
        """Rows of the data that changed: those in sight are drawn again."""
        changed = np.fromiter(rows, np.int64)
        seen = np.flatnonzero(np.isin(self.order[self.top : self.top + self.page], changed))
        if len(seen):
            self.refresh(*(Region(0, int(y) + 1, self.size.width, 1) for y in seen))

    def go(self, place: int) -> None:
        if not len(self.order):
            return
        self._place = max(0, min(place, len(self.order) - 1))
        self.cursor = int(self.order[self._place])
        self._scroll()
        self.refresh()
        self.post_message(self.Chosen(self, self.cursor))

    def go_to(self, row: int) -> bool:
        """Put the cursor on a row of the data, if it is shown."""
        at = np.flatnonzero(self.order == row)
        if len(at):
            self.go(int(at[0]))
        return bool(len(at))

    def render_line(self, y: int) -> Strip:
        shown = self._shown()
        if y == 0:
            return self._strip([(c.title, c) for c in shown], self.rich_style + Style(bold=True, underline=True))
        place = self.top + y - 1
        if place >= len(self.order):
            return Strip.blank(self.size.width, self.rich_style)
        row = int(self.order[place])
        style = self.rich_style + Style.parse(self.row_style(row) or "none")
        here = row == self.cursor
        if here and self.has_focus:
            # A row that shouts already keeps its look: the pointer and the line under it say where the cursor is.
            style += Style(bold=True, underline=True) if style.reverse else Style(bold=True, reverse=True)
        return self._strip([(c.cell(row), c) for c in shown], style, ">" if here else " ")

    def _shown(self) -> list[Col]:
        """Columns that fit, those worth least left out first."""
        kept = list(self.columns)
        while sum(min(c.width, ROOM_MIN) + 1 for c in kept) > self.size.width and any(c.keep for c in kept):
            kept.remove(max(kept, key=lambda c: c.keep))
        return kept

    def _strip(self, cells: Sequence[tuple[str, Col]], style: Style, pointer: str = " ") -> Strip:
        text = pointer + " ".join(_fit(plain(said), column) for said, column in cells)
        return Strip([Segment(set_cell_size(text, self.size.width), style)], self.size.width)

    def _scroll(self) -> None:
        self.top = max(0, min(self.top, self._place, max(0, len(self.order) - 1)))
        if self._place >= self.top + self.page:
            self.top = self._place - self.page + 1

    def on_resize(self, _: events.Resize) -> None:
        self._scroll()

    def on_click(self, event: events.Click) -> None:
        if event.y >= 1:
            self.go(self.top + event.y - 1)

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        self.go(self._place + 3)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        self.go(self._place - 3)

    def action_step(self, n: int) -> None:
        self.go(self._place + n)

    def action_page(self, n: int) -> None:
        self.go(self._place + n * self.page)

    def action_jump(self, end: int) -> None:
        self.go(0 if end == 0 else len(self.order) - 1)

    def action_open(self) -> None:
        if self.cursor >= 0:
            self.post_message(self.Chosen(self, self.cursor, opened=True))


def _fit(text: str, column: Col) -> str:
    """Exactly the column's cells, on the right or left; cut text never ends in half a character."""
    width = cell_len(text)
    if width > column.width or not column.right:
        return set_cell_size(text, column.width)
    return " " * (column.width - width) + text
