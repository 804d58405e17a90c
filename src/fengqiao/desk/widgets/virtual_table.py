"""A table that draws only the rows in sight: twenty thousand vessels cost what twenty cost."""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, get_character_cell_size, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender, ScrollTo
from textual.strip import Strip
from textual.timer import Timer

from fengqiao.words import plain

ROOM_MIN = 30  # a last column that takes what is left still needs this much to be worth having
HOLD_S = 1.5  # an operator who steps through rows must not have them jump from under the cursor
STRIPS_KEPT_MAX = 512  # drawn rows remembered: some screens above and below the one in sight
ALL_AT_ONCE = 0.6  # share of the rows in sight above which one repaint is cheaper than many
CUT = ".."  # shows that a text goes on; "…" has two cells on some terminals

Rows = NDArray[np.int64]
Cell = str | Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Col:
    """One column. ``keep`` orders which columns stay when room is short: 0 always, higher numbers go first.

    A text too long for its column ends in two dots; a ``right`` one, a number, becomes ### rather than another number.
    """

    title: str
    width: int
    cell: Callable[[int], Cell]  # of a row of the data; segments where one cell has several looks
    keep: int = 0
    right: bool = False


class WholeCells(ScrollBarRender):
    """A bar without half cells: their characters are two cells wide on some terminals."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8


ScrollBar.renderer = WholeCells  # of every bar: one process, one terminal


class VirtualTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of the data by number, in the order of ``order``; the cursor stays with its row when the order changes.

    ``style`` gives the look of a row. Four ways to say what changed:

    * ``set_rows``: the operator asked for another order or other rows (or rows were made anew): shown at once.
    * ``update_rows``: the data moved on by itself. While the operator moves, rows in sight keep their places.
    * ``update_list``: the same of a list whose rows have names and come in the order to be shown.
    * ``touch``: rows changed in place; those in sight are drawn again.
    """

    DEFAULT_CSS = """
    VirtualTable { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """
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
        """Either of the two below, for whom the difference is a detail."""

        opened = False

        def __init__(self, table: "VirtualTable", row: int) -> None:
            super().__init__()
            self.table, self.row = table, row

        @property
        def control(self) -> "VirtualTable":
            return self.table

    class RowHighlighted(Chosen):
        """The operator moved the cursor to a row of the data."""

    class RowSelected(Chosen):
        """Enter or a double click opened a row of the data."""

        opened = True

    def __init__(self, columns: Sequence[Col], style: Callable[[int], str] = lambda _: "", **more: Any) -> None:
        super().__init__(**more)
        self.columns, self.row_style = columns, style
        self.order: Rows = np.zeros(0, np.int64)
        self.cursor = -1  # row of the data
        self._place = 0  # of the cursor in the order
        self._keys: Rows = np.zeros(0, np.int64)  # who each row of the data is, across renumbering
        self._numbers: dict[Hashable, int] = {}  # the key of each name in the list shown
        self._next_number = count()
        self._waiting: Rows | None = None  # the order that the data would have, withheld while the operator moves
        self._hold: Timer | None = None
        self._strips: dict[int, tuple[Any, Strip]] = {}  # row of the data: what it was drawn for, and the drawing

    @property
    def page(self) -> int:
        """Rows in sight: one line is the head."""
        return max(1, self.size.height - 1)

    @property
    def top(self) -> int:
        """Place of the first row in sight."""
        return int(self.scroll_offset.y)

    @property
    def room(self) -> int:
        """Cells of a line, without the bar."""
        return int(self.size.width - self.scrollbar_size_vertical)

    @property
    def is_held(self) -> bool:
        return self._hold is not None

    def set_rows(self, order: Iterable[int], cursor: int | None = None) -> None:
        """Show these rows in this order. ``cursor`` names the row it stands on now, if rows were renumbered."""
        self._waiting = None
        self._show(_rows(order), self.cursor if cursor is None else cursor)

    def update_rows(self, order: Iterable[int], keys: Iterable[int]) -> None:
        """The same question asked of newer data. ``keys[row]`` is who a row of the data is: unique, and lasting.

        The cursor stays with whom it stands on; when that one is gone it is nowhere until the operator moves, for a key
        must not mean a row that nobody chose. For ``HOLD_S`` after the operator's last move rows keep their places:
        who left is gone, who is new stands at the end, and the order comes when the operator rests.
        """
        new, keys = _rows(order), _rows(keys)
        was, old = self._keys, self.order
        at = np.flatnonzero(keys == was[self.cursor]) if 0 <= self.cursor < len(was) else was[:0]
        self._keys = keys
        self._waiting = new if self.is_held else None
        shown = _in_their_places(was[old], new, keys) if self.is_held and len(was) else new
        self._show(shown, int(at[0]) if len(at) else -1, stay=not (len(was) and len(old)))

    def update_list(self, names: Iterable[Hashable], stand_on: Hashable = None) -> None:
        """``update_rows`` for rows known by ``names``, unique and lasting, in the order of the list.

        Where the operator asked for ``stand_on``, the cursor goes there and the order is shown at once.
        """
        known = self._numbers
        self._numbers = {name: known[name] if name in known else next(self._next_number) for name in names}
        every = range(len(self._numbers))
        self.update_rows(every, self._numbers.values())
        if stand_on in self._numbers:
            self.set_rows(every, list(self._numbers).index(stand_on))

    def release(self) -> None:
        """The operator rests: show the order that the data has."""
        if self._hold is not None:
            self._hold.stop()
            self._hold = None
        if self._waiting is not None:
            order, self._waiting = self._waiting, None
            self._show(order, self.cursor, stay=self.cursor >= 0)

    def touch(self, rows: Iterable[int]) -> None:
        """Rows of the data that changed: those in sight are drawn again, the others cost nothing."""
        changed = _rows(rows)
        for row in changed.tolist():
            self._strips.pop(row, None)
        seen = np.flatnonzero(np.isin(self.order[self.top : self.top + self.page], changed))
        if len(seen) > ALL_AT_ONCE * self.page:
            self.refresh()
        elif len(seen):
            self._refresh_lines(seen + 1)

    def go(self, place: int) -> None:
        """The operator puts the cursor on a place of the order."""
        if not len(self.order):
            return
        before, top = self._place, self.top
        self._place = max(0, min(place, len(self.order) - 1))
        self.cursor = int(self.order[self._place])
        self._scroll(follow=True)
        if self.top == top:
            self._refresh_lines(np.array([before, self._place]) - top + 1)
        self.hold()
        self.post_message(self.RowHighlighted(self, self.cursor))

    def go_to(self, row: int) -> bool:
        """Put the cursor on a row of the data, if it is shown."""
        at = np.flatnonzero(self.order == row)
        if len(at):
            self.go(int(at[0]))
        return bool(len(at))

    def render_line(self, y: int) -> Strip:
        width, style = self.room, self.rich_style
        if y == 0:
            shown = self._shown()
            return _strip([c.title for c, _ in shown], shown, width, style + Style(bold=True, underline=True))
        place = self.top + y - 1
        if place >= len(self.order):
            return Strip.blank(width, style)
        row = int(self.order[place])
        look = (row == self.cursor, self.has_focus, width, style, self.row_style(row))
        drawn = self._strips.get(row)
        if drawn is None or drawn[0] != look:
            if len(self._strips) >= STRIPS_KEPT_MAX:
                self._strips.clear()
            drawn = self._strips[row] = (look, self._draw(row, style))
        return drawn[1]

    def _draw(self, row: int, style: Style) -> Strip:
        style, here = style + Style.parse(self.row_style(row) or "none"), row == self.cursor
        if here and self.has_focus:
            # A row that shouts already keeps its look: the pointer and the line under it say where the cursor is.
            style += Style(bold=True, underline=True) if style.reverse else Style(bold=True, reverse=True)
        shown = self._shown()
        return _strip([c.cell(row) for c, _ in shown], shown, self.room, style, ">" if here else " ")

    def _shown(self) -> list[tuple[Col, int]]:
        """Columns that fit and their cells, those worth least left out first; the last takes what room is left."""
        kept = list(self.columns)
        while sum(min(c.width, ROOM_MIN) + 1 for c in kept) > self.room and any(c.keep for c in kept):
            kept.remove(max(kept, key=lambda c: c.keep))
        left, shown = self.room, []
        for column in kept:
            shown.append((column, max(0, min(column.width, left - 1))))
            left -= shown[-1][1] + 1
        return shown

    def _show(self, order: Rows, cursor: int, stay: bool = True) -> None:
        """``stay``: where the row of the cursor is not shown, the cursor stays in its place."""
        follow = self.top <= self._place < self.top + self.page  # not when the operator has scrolled away from it
        at = np.flatnonzero(order == cursor)
        self.order = order
        self._place = int(at[0]) if len(at) else max(0, min(self._place, len(order) - 1))
        self.cursor = int(order[self._place]) if len(order) and (len(at) or stay) else -1
        self._strips.clear()
        self.virtual_size = Size(0, len(order) + 1)
        self._scroll(follow)
        self.refresh()

    def _scroll(self, follow: bool) -> None:
        """Keep the rows in sight within the order, and the cursor among them if it is to be followed."""
        top = self.top
        if follow:
            top = min(max(top, self._place - self.page + 1), self._place)
        top = max(0, min(top, len(self.order) - self.page))
        if top != self.top:
            self.scroll_to(y=top, animate=False, immediate=True)

    def hold(self) -> None:
        """The operator is at it: for ``HOLD_S`` from now rows keep their places."""
        if self._hold is not None:
            self._hold.stop()
        self._hold = self.set_timer(HOLD_S, self.release)

    def _refresh_lines(self, lines: NDArray[np.int64]) -> None:
        width, height = self.size
        self.refresh(*(Region(0, y, width, 1) for y in set(lines.tolist()) if 0 < y < height))

    def on_resize(self, _: events.Resize) -> None:
        self._scroll(follow=True)

    def on_click(self, event: events.Click) -> None:
        place = self.top + event.y - 1
        if event.y >= 1 and place < len(self.order):
            self.go(place)
            if event.chain == 2:
                self.action_open()

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        self.hold()

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        self.hold()

    def on_scroll_to(self, _: ScrollTo) -> None:
        self.hold()  # the bar is dragged

    def action_step(self, n: int) -> None:
        self.go(self._place + n if self.cursor >= 0 else self._place)

    def action_page(self, n: int) -> None:
        self.go(self._place + n * self.page)

    def action_jump(self, end: int) -> None:
        self.go(0 if end == 0 else len(self.order) - 1)

    def action_open(self) -> None:
        if self.cursor >= 0:
            self.post_message(self.RowSelected(self, self.cursor))


def _rows(numbers: Iterable[int]) -> Rows:
    return numbers.astype(np.int64) if isinstance(numbers, np.ndarray) else np.fromiter(numbers, np.int64)


def _in_their_places(places: Rows, order: Rows, keys: Rows) -> Rows:
    """``order`` rearranged: whose key stands in ``places`` in the sequence of those, newcomers after them."""
    if not len(places):
        return order
    sorter = np.argsort(places, kind="stable")
    near = sorter[np.minimum(np.searchsorted(places, keys[order], sorter=sorter), len(places) - 1)]
    known = places[near] == keys[order]
    return order[np.argsort(np.where(known, near, len(places)), kind="stable")]


def _strip(
    cells: Sequence[Cell], shown: Sequence[tuple[Col, int]], width: int, style: Style, pointer: str = " "
) -> Strip:
    """One line of ``width`` cells, all of it in ``style`` but for what segments say of themselves."""
    parts = [Segment(pointer, style)]
    for cell, (column, room) in zip(cells, shown, strict=True):
        for text, own in _fitted(cell, room, column.right):
            parts.append(Segment(text, style + own if own else style))
        parts.append(Segment(" ", style))
    return Strip(Segment.simplify(parts[:-1])).adjust_cell_length(width, style)


def _fitted(cell: Cell, width: int, right: bool) -> list[tuple[str, Style | None]]:
    """Exactly ``width`` cells; cut text never ends in half a character, and shows that it was cut."""
    runs = [(visible(cell), None)] if isinstance(cell, str) else [(visible(part.text), part.style) for part in cell]
    room = width - sum(cell_len(text) for text, _ in runs)
    if room >= 0:
        pad = (" " * room, None)
        return [pad, *runs] if right else [*runs, pad]
    return [("#" * width, None)] if right else _cut(runs, width)


def _cut(runs: Sequence[tuple[str, Style | None]], width: int) -> list[tuple[str, Style | None]]:
    mark = CUT if width > 2 * len(CUT) else ""
    left, out = width - len(mark), []
    for text, own in runs:
        part = set_cell_size(text, min(cell_len(text), left))
        out.append((part, own))
        left -= cell_len(part)
    return [*out, (mark, None)]


@lru_cache(4 * STRIPS_KEPT_MAX)
def visible(text: str) -> str:
    """Text from outside in a width that terminals agree on: controls marked, what has no cell of its own left out."""
    safe = plain(text)
    if safe.isascii():
        return safe
    return "".join(char for char in unicodedata.normalize("NFC", safe) if get_character_cell_size(char))
