"""Drawing on a grid of terminal cells: filled polygons as quadrant blocks, lines as braille dots, text as cells."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from fengqiao.words import plain

U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

QUADRANTS = np.array([ord(c) for c in " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"], np.uint32)  # bits: 1 upper left, 2 upper right, 4, 8 below
ASCII_LAND = np.array([ord(c) for c in " .:#:######.####"], np.uint32)
BRAILLE = 0x2800
DOT_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)  # Unicode: row, column of a dot
DOTS_MAX = 400_000  # of one layer: beyond it the view is so crowded that nothing could be read anyway

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


def dots_along(x0: F64, y0: F64, x1: F64, y1: F64, dash: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Dot coordinates of many segments; ``dash`` > 0 leaves out every second run of that many dots."""
    steps = np.ceil(np.maximum(np.abs(x1 - x0), np.abs(y1 - y0))).astype(np.int64) + 1
    if steps.sum() > DOTS_MAX:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    which = np.repeat(np.arange(len(steps)), steps)
    k = np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps)
    t = k / np.maximum(steps[which] - 1, 1)
    x = np.floor(x0[which] + (x1 - x0)[which] * t).astype(np.int64)
    y = np.floor(y0[which] + (y1 - y0)[which] * t).astype(np.int64)
    if dash:
        kept = (np.arange(len(x)) // dash) % 2 == 0
        return x[kept], y[kept]
    return x, y


@dataclass(slots=True)
class Canvas:
    """Cells of ``rows`` by ``cols``: code point (0: right half of a wide character), colours, attributes."""

    rows: int
    cols: int
    cp: U32 = field(init=False)
    fg: U8 = field(init=False)
    bg: U8 = field(init=False)
    attr: U8 = field(init=False)
    taken: Bools = field(init=False)  # by a symbol or a label

    def __post_init__(self) -> None:
        shape = (self.rows, self.cols)
        self.cp = np.zeros(shape, np.uint32)
        self.cp[:] = ord(" ")
        self.fg, self.bg = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        self.attr = np.zeros(shape, np.uint8)
        self.taken = np.zeros(shape, bool)

    @property
    def key(self) -> U32:
        """Foreground, background and attributes of each cell in one number."""
        fg, bg, attr = (part.astype(np.uint32) for part in (self.fg, self.bg, self.attr))
        return (fg | bg << 8 | attr << 16).astype(np.uint32)

    def dots(self, x: NDArray[np.int64], y: NDArray[np.int64], colour: int, ascii_char: str = "") -> None:
        """Braille dots at dot coordinates (2 columns, 4 rows a cell); in the ASCII skin one character a cell."""
        inside = (x >= 0) & (y >= 0) & (x < self.cols * 2) & (y < self.rows * 4)
        x, y = x[inside], y[inside]
        cell = (y // 4) * self.cols + x // 2
        hit = np.zeros(self.rows * self.cols, np.uint8)
        np.bitwise_or.at(hit, cell, DOT_BITS[y % 4, x % 2])
        where = hit.reshape(self.rows, self.cols)
        on = (where > 0) & ~self.taken
        if ascii_char:
            self.cp[on] = ord(ascii_char)
        else:
            dotted = (self.cp >= BRAILLE) & (self.cp < BRAILLE + 256)
            old = np.where(dotted, self.cp & 0xFF, 0).astype(np.uint8)
            self.cp[on] = BRAILLE + (old | where)[on].astype(np.uint32)
        self.fg[on] = colour

    def put(self, row: int, col: int, char: str, colour: int, attr: int = 0) -> None:
        """One narrow character, if it lies on the canvas."""
        if 0 <= row < self.rows and 0 <= col < self.cols:
            self._free(row, col)
            self.cp[row, col], self.fg[row, col], self.attr[row, col] = ord(char), colour, attr
            self.taken[row, col] = True

    def _free(self, row: int, col: int) -> None:
        """Whatever wide character has a half here goes as a whole: half of one would push the row out of line."""
        if self.cp[row, col] == 0:
            self.cp[row, col - 1] = ord(" ")
        elif col + 1 < self.cols and self.cp[row, col + 1] == 0:
            self.cp[row, col + 1] = ord(" ")

    def fits(self, row: int, col: int, width: int) -> bool:
        """Whether a text of that many cells finds free room, with one cell to spare on each side."""
        if not (0 <= row < self.rows and col >= 0 and col + width <= self.cols):
            return False
        return not self.taken[row, max(0, col - 1) : col + width + 1].any()

    def write(self, row: int, col: int, text: str, colour: int, attr: int = 0) -> None:
        """Text whose wide characters take two cells; what does not fit is left out."""
        for char in plain(text):
            width = cell_len(char)
            if width == 0 or col + width > self.cols:
                continue
            self.put(row, col, char, colour, attr)
            if width == 2:
                self._free(row, col + 1)
                self.cp[row, col + 1] = 0
                self.fg[row, col + 1], self.attr[row, col + 1] = colour, attr
                self.taken[row, col + 1] = True
            col += width


def as_text(cp: U32) -> str:
    """What the cells say, line by line: for tests and for looking."""
    return "\n".join("".join(chr(c) for c in row if c).rstrip() for row in cp.tolist())
