"""The lines around every pane: what runs and who is on watch; what nobody has seen yet; and, below, which keys work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from fengqiao.words import plain

Pieces = Sequence[tuple[str, Style]]


class Line(Widget):
    """One line of coloured pieces, cut to the width between pieces first and inside a piece last, never in half a
    character. Of several forms of saying it, the first that fits whole is shown."""

    DEFAULT_CSS = "Line { height: 1; }"

    def __init__(self, **more: str) -> None:
        super().__init__(**more)  # type: ignore[arg-type]  # id and classes only
        self._forms: tuple[tuple[Pieces, Pieces], ...] = (((), ()),)

    def put(self, left: Pieces, right: Pieces = ()) -> None:
        """Pieces from the left, and pieces that keep to the right edge; the right ones win when room is short."""
        self.put_forms((left, right))

    def put_forms(self, *forms: tuple[Pieces, Pieces]) -> None:
        """The same at decreasing length, each as ``put`` takes it."""
        if forms != self._forms:
            self._forms = forms
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        base = self.rich_style
        width = self.size.width
        said = next((form for form in self._forms if _cells(*form) <= width), self._forms[-1])
        right = _cut(said[1], width)
        room = width - sum(cell_len(text) for text, _ in right)
        left = _cut(said[0], room)
        gap = room - sum(cell_len(text) for text, _ in left)
        pieces = [*left, (" " * gap, Style()), *right]
        return Strip([Segment(text, base + style) for text, style in pieces if text], width)


@dataclass(frozen=True, slots=True)
class Key:
    """``name`` is the library's, ``shown`` what stands on the keyboard; a click is the key."""

    name: str
    shown: str
    words: str

    @property
    def cells(self) -> int:
        return cell_len(self.shown) + cell_len(self.words) + 3


class Keys(Line):
    """Which keys work: as many as fit whole, those named first before the others; ``always`` is never left out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key"}
    DEFAULT_CSS = "Keys .keys--key { color: $footer-key-foreground; text-style: bold; }"

    def __init__(self, **more: str) -> None:
        super().__init__(**more)
        self._keys: tuple[tuple[Key, ...], tuple[Key, ...]] = ((), ())

    def put_keys(self, keys: Sequence[Key], always: Sequence[Key] = ()) -> None:
        if (tuple(keys), tuple(always)) != self._keys:
            self._keys = tuple(keys), tuple(always)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        keys, always = self._keys
        shown = fitting(keys, self.size.width - sum(key.cells for key in always))
        self._forms = ((self._pieces(shown), self._pieces(always)),)
        return super().render_line(y)

    def _pieces(self, keys: Sequence[Key]) -> Pieces:
        look = self.get_component_rich_style("keys--key")
        out: list[tuple[str, Style]] = []
        for key in keys:
            press = Style(meta={"@click": f"app.simulate_key({key.name!r})"})
            out += [(f" {key.shown}", look + press), (f" {key.words} ", press)]
        return out


def fitting(keys: Sequence[Key], width: int) -> list[Key]:
    """Those that fit whole into ``width`` cells, in their order: who comes first goes before."""
    out = []
    for key in keys:
        if key.cells <= width:
            out.append(key)
            width -= key.cells
    return out


def _cells(left: Pieces, right: Pieces) -> int:
    return sum(cell_len(plain(text)) for text, _ in (*left, *right))


def _cut(pieces: Pieces, width: int) -> list[tuple[str, Style]]:
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
