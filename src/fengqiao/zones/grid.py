"""The fishing grid (渔区) of the East China Sea: cells of 30 minutes, each with nine sub-cells (小区) of 10 minutes.

Numbers run west to east within a row and rows north to south; every numbered row ends at 125°E. East of it a cell
bears the row's last number with one more digit (216, then 2161). The table was recovered from published positions
(see ``charts/tools/facts/grid.toml``): an officer with the printed chart has the last word.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

CELL_DEG = 0.5
EAST_EDGE_DEG = 125.0  # where the plain numbers end
EAST_CELLS = 6  # numbers with one more digit, to 128°E: one of them (2161) is attested


@dataclass(frozen=True, slots=True)
class GridRow:
    south_deg: float
    first: int  # number of the cell at the west edge
    west_deg: float

    @property
    def last(self) -> int:
        return self.first + round((EAST_EDGE_DEG - self.west_deg) / CELL_DEG) - 1


# First number and west edge from totals and the checks named in facts/grid.toml. Row 30°00′ may start one column
# further east (182-189): ask a local officer.
ROWS = (
    GridRow(32.5, 146, 121.5),
    GridRow(32.0, 153, 121.5),
    GridRow(31.5, 160, 121.5),
    GridRow(31.0, 167, 121.5),
    GridRow(30.5, 174, 121.0),
    GridRow(30.0, 182, 121.0),
    GridRow(29.5, 190, 122.0),
    GridRow(29.0, 196, 122.0),
    GridRow(28.5, 202, 121.5),
    GridRow(28.0, 209, 121.0),
    GridRow(27.5, 217, 120.5),
)
_BY_SOUTH = {row.south_deg: row for row in ROWS}


@dataclass(frozen=True, slots=True)
class GridCell:
    no: int
    sub: int  # 1..9, row by row from the north-west

    def __str__(self) -> str:
        return f"{self.no}-{self.sub}"


def grid_no(lon: float, lat: float) -> GridCell | None:
    """Cell and sub-cell that hold a position in degrees, or None outside the grid.

    A cell owns its south and west edges. no = first(s) + 2(⌊2 lon⌋/2 - west(s)), sub = 3⌊6(s + 0.5 - lat)⌋ +
    ⌊6(lon - w)⌋ + 1, with s and w the cell's south and west edge.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return None
    south, west = math.floor(2.0 * lat) / 2.0, math.floor(2.0 * lon) / 2.0
    row = _BY_SOUTH.get(south)
    column = None if row is None else round((west - row.west_deg) / CELL_DEG)
    if row is None or column is None or column < 0:
        return None
    no = _number(row, column)
    # South edge included, so a sub-row is counted from the south; the last ulp below an edge stays inside.
    from_south = min(int(6.0 * (lat - south)), 2)
    from_west = min(int(6.0 * (lon - west)), 2)
    return None if no is None else GridCell(no, 3 * (2 - from_south) + from_west + 1)


def cell_bounds(no: int) -> tuple[float, float, float, float] | None:
    """West, south, east and north edge in degrees of a cell, or None if no cell has that number."""
    for number, west, south in cells():
        if number == no:
            return west, south, west + CELL_DEG, south + CELL_DEG
    return None


def cells() -> Iterator[tuple[int, float, float]]:
    """Every cell as number, west edge, south edge: north to south, west to east."""
    for row in ROWS:
        for column in range(row.last - row.first + 1 + EAST_CELLS):
            no = _number(row, column)
            if no is not None:
                yield no, row.west_deg + column * CELL_DEG, row.south_deg


def _number(row: GridRow, column: int) -> int | None:
    plain = row.first + column
    if plain <= row.last:
        return plain
    beyond = plain - row.last
    return row.last * 10 + beyond if beyond <= EAST_CELLS else None
