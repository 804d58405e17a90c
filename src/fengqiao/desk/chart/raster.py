"""Drawing on a grid of terminal cells: filled polygons as quadrant blocks, lines as braille dots, text as cells."""

import unicodedata
from dataclasses import dataclass, field, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from fengqiao.desk.chart.palette import Ink
from fengqiao.words import plain

U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

QUADRANTS = np.array([ord(c) for c in " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"], np.uint32)  # bits: 1 upper left, 2 upper right, 4, 8 below
ASCII_LAND = np.array([ord(c) for c in " .:#:######.####"], np.uint32)
MOSTLY_LAND = np.array([k.bit_count() >= 2 for k in range(16)])  # what lies behind a dot or a letter on such a cell
BRAILLE = 0x2800
DOT_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)  # Unicode: row, column of a dot
DOTS_MAX = 400_000  # of one layer: more could not be told apart on any screen, and must not stop the clock
NARROW = {"·": ".", "—": "-", "–": "-", "…": ".", "°": "d", "′": "'", "″": '"'}  # in names of zones; others become ?
LEAST_STEP = 1e-9  # dots; what moves less along an axis does not move along it
NO_GLYPH = np.uint32(0xFFFF_FFFF)

BOLD, REVERSE, UNDERLINE = 1, 2, 4


def fill_parity(edges: F64, height: int, width: int) -> Bools:
    """Pixels inside closed rings, even-odd rule, all edges at once.

    ``edges`` (n, 4): x0, y0, x1, y1 in pixels. A pixel is inside if its centre is.
    """
    x0, y0, x1, y1 = edges.T
    top, bottom = np.minimum(y0, y1), np.maximum(y0, y1)
    first = np.clip(np.ceil(top - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(bottom - 0.5), 0, height).astype(np.int64)
    crosses = np.flatnonzero(last > first)
    n = (last - first)[crosses]
    which = np.repeat(crosses, n)
    row = first[which] + np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n)
    slope = (x1 - x0)[which] / (y1 - y0)[which]
    x = x0[which] + (row + 0.5 - y0[which]) * slope
    col = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
    counts = np.bincount(row * (width + 1) + col, minlength=height * (width + 1)).reshape(height, width + 1)
    return (np.cumsum(counts, axis=1)[:, :width] & 1).astype(bool)


def quadrants(land: Bools) -> U8:
    """Sub-pixels (2 rows, 2 columns a cell) as four bits a cell."""
    ul, ur, ll, lr = land[::2, ::2], land[::2, 1::2], land[1::2, ::2], land[1::2, 1::2]
    bits: U8 = (ul + 2 * ur + 4 * ll + 8 * lr).astype(np.uint8)
    return bits


def clipped(x0: F64, y0: F64, x1: F64, y1: F64, width: float, height: float) -> tuple[F64, F64]:
    """Where each segment enters and leaves the box (0, 0, width, height), as shares of its length (Liang-Barsky).

    Leaving before entering: it never meets the box. NaN anywhere: likewise.
    """
    enter, leave = np.zeros(len(x0)), np.ones(len(x0))
    for start, step, limit in ((x0, x1 - x0, width), (y0, y1 - y0, height)):
        moves = np.abs(step) > LEAST_STEP
        safe = np.where(moves, step, 1.0)
        a, b = -start / safe, (limit - start) / safe
        within = (start >= 0) & (start <= limit)
        near = np.where(moves, np.minimum(a, b), np.where(within, 0.0, 2.0))
        far = np.where(moves, np.maximum(a, b), np.where(within, 1.0, -1.0))
        enter, leave = np.maximum(enter, near), np.minimum(leave, far)
    return enter, leave


def dots_along(x0: F64, y0: F64, x1: F64, y1: F64, width: int, height: int, dash: int = 0) -> tuple[I64, I64]:
    """Dots of many segments inside the box; ``dash`` > 0 leaves out every second run of that many dots.

    A dash keeps its place on the line whatever part of it is in sight, so that it does not crawl when the view moves.
    Beyond DOTS_MAX the first segments are left out: the last lie on top.
    """
    enter, leave = clipped(x0, y0, x1, y1, width, height)
    length = np.maximum(np.abs(x1 - x0), np.abs(y1 - y0))
    before = np.cumsum(np.nan_to_num(length)) - np.nan_to_num(length)
    seen = np.flatnonzero(enter <= leave)
    first = np.ceil(enter[seen] * length[seen]).astype(np.int64)
    steps = np.floor(leave[seen] * length[seen]).astype(np.int64) - first + 1
    steps = np.maximum(steps, 0)
    steps = np.where(np.cumsum(steps[::-1])[::-1] <= DOTS_MAX, steps, 0)
    which = np.repeat(seen, steps)
    k = np.repeat(first, steps) + np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps)
    t = k / np.maximum(length[which], 1e-9)
    x = np.floor(x0[which] + (x1 - x0)[which] * t).astype(np.int64)
    y = np.floor(y0[which] + (y1 - y0)[which] * t).astype(np.int64)
    if dash:
        kept = ((before[which] + k) // dash).astype(np.int64) % 2 == 0
        return x[kept], y[kept]
    return x, y


@dataclass(slots=True)
class Canvas:
    """Three layers on ``rows`` by ``cols`` cells: ground in quadrants, dots over it, glyphs over both."""

    rows: int
    cols: int
    ascii_only: bool = False
    ground: U8 = field(init=False)  # four bits of land a cell
    unknown: U8 = field(init=False)  # 1 where the coast is not known
    dotted: U8 = field(init=False)  # eight bits of braille a cell
    dot_ink: U8 = field(init=False)
    dot_char: U8 = field(init=False)  # what stands for the dots where only ASCII may
    glyph: U32 = field(init=False)  # code point, 0: right half of a wide character, NO_GLYPH: none
    ink: U8 = field(init=False)
    attr: U8 = field(init=False)

    def __post_init__(self) -> None:
        shape = (self.rows, self.cols)
        self.glyph = np.full(shape, NO_GLYPH)
        for name in ("ground", "unknown", "dotted", "dot_ink", "dot_char", "ink", "attr"):
            setattr(self, name, np.zeros(shape, np.uint8))

    def copy(self) -> "Canvas":
        other = Canvas(self.rows, self.cols, self.ascii_only)
        for layer in fields(self)[3:]:
            setattr(other, layer.name, getattr(self, layer.name).copy())
        return other

    @property
    def taken(self) -> Bools:
        return np.asarray(self.glyph != NO_GLYPH)

    def dots(self, x: I64, y: I64, colour: int | U8, ascii_char: str, where: Bools | None = None) -> None:
        """Dots at dot coordinates (2 columns, 4 rows a cell), in ``where`` only; one colour, or one for each."""
        inside = (x >= 0) & (y >= 0) & (x < self.cols * 2) & (y < self.rows * 4)
        if where is not None:
            inside[inside] = where[y[inside] // 4, x[inside] // 2]
        x, y = x[inside], y[inside]
        cell = (y // 4, x // 2)
        np.bitwise_or.at(self.dotted, cell, DOT_BITS[y % 4, x % 2])
        self.dot_ink[cell] = colour if isinstance(colour, int) else colour[inside]
        self.dot_char[cell] = ord(ascii_char)

    def put(self, row: int, col: int, char: str, colour: int, attr: int = 0) -> None:
        """One narrow character, if it lies on the canvas."""
        if 0 <= row < self.rows and 0 <= col < self.cols:
            self._free(row, col)
            self.glyph[row, col], self.ink[row, col], self.attr[row, col] = ord(char), colour, attr

    def put_all(self, row: I64, col: I64, chars: U32, colours: U8, attrs: U8) -> None:
        """Many narrow characters; of several in one cell the last stays. Only before anything wide is written."""
        inside = (row >= 0) & (row < self.rows) & (col >= 0) & (col < self.cols)
        cell = (row[inside], col[inside])
        self.glyph[cell], self.ink[cell], self.attr[cell] = chars[inside], colours[inside], attrs[inside]

    def _free(self, row: int, col: int) -> None:
        """Whatever wide character has a half here goes as a whole: half of one would push the row out of line."""
        if self.glyph[row, col] == 0:
            self.glyph[row, col - 1] = NO_GLYPH
        elif col + 1 < self.cols and self.glyph[row, col + 1] == 0:
            self.glyph[row, col + 1] = NO_GLYPH

    def fits(self, row: int, col: int, width: int) -> bool:
        """Whether a text of that many cells finds free room, with one cell to spare on each side."""
        if not (0 <= row < self.rows and col >= 0 and col + width <= self.cols):
            return False
        return bool((self.glyph[row, max(0, col - 1) : col + width + 1] == NO_GLYPH).all())

    def write(self, row: int, col: int, text: str, colour: int, attr: int = 0) -> None:
        """Text whose wide characters take two cells; what does not fit is left out."""
        for char in plain(text):
            char, width = _drawn(char, self.ascii_only)
            if width == 0 or col + width > self.cols:
                continue
            self.put(row, col, char, colour, attr)
            if width == 2:
                self._free(row, col + 1)
                self.glyph[row, col + 1], self.ink[row, col + 1], self.attr[row, col + 1] = 0, colour, attr
            col += width

    def cells(self) -> tuple[U32, U32]:
        """Code points, and foreground | background << 8 | attributes << 16, of every cell."""
        taken, dotted = self.glyph != NO_GLYPH, self.dotted > 0
        land = MOSTLY_LAND[self.ground] & (not self.ascii_only)
        cp = (ASCII_LAND if self.ascii_only else QUADRANTS)[self.ground]
        fg = np.full(cp.shape, Ink.PLACE if self.ascii_only else Ink.LAND, np.uint32)
        bg = np.where(self.unknown > 0, Ink.UNKNOWN, Ink.SEA)
        bg = np.where(land & (taken | dotted | (self.ground == 15)), Ink.LAND, bg).astype(np.uint32)
        cp = np.where((self.ground == 15) & (not self.ascii_only), np.uint32(ord(" ")), cp)
        cp = np.where(dotted, self.dot_char if self.ascii_only else self.dotted + np.uint32(BRAILLE), cp)
        fg = np.where(dotted, self.dot_ink, fg)
        cp, fg = np.where(taken, self.glyph, cp), np.where(taken, self.ink, fg)
        attr = np.where(taken, self.attr, 0).astype(np.uint32)
        key: U32 = (fg.astype(np.uint32) | bg << 8 | attr << 16).astype(np.uint32)
        half = np.flatnonzero(cp.ravel() == 0)
        key.ravel()[half] = key.ravel()[half - 1]
        return cp.astype(np.uint32), key


@lru_cache(4096)
def _drawn(char: str, ascii_only: bool) -> tuple[str, int]:
    """A character as it may be drawn, and its cells; where terminals disagree on widths a question mark stands."""
    if ascii_only and unicodedata.east_asian_width(char) == "A":
        char = NARROW.get(char, "?")
    return char, cell_len(char)


def width_of(text: str) -> int:
    """Cells that ``Canvas.write`` needs for a text: character by character, as it writes."""
    return sum(_drawn(char, False)[1] for char in text)


def as_text(cp: U32) -> str:
    """What the cells say, line by line: for tests and for looking."""
    return "\n".join("".join(chr(c) for c in row if c).rstrip() for row in cp.tolist())
