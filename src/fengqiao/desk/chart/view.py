"""What goes into a chart and what comes out: where it looks, what floats, the cells, and what lies under a cell."""

import math
from dataclasses import dataclass, field, replace
from enum import Flag, IntEnum, auto

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.desk.chart.raster import F64, U8, U32, Bools
from fengqiao.fleet.vessels import Vessels

CELL_HIGH = 2.0  # a terminal cell is about twice as high as wide
METRES_PER_COL = (15.0, 6_000.0)  # a harbour basin, and the whole East China Sea coast
LAT_MAX = 80.0  # beyond it the plane of a view means nothing, and nobody fishes
PICK_CELLS = 3.0


class Layer(Flag):
    """What may be left off a chart. Marks of alerts are none of it: they are always drawn."""

    ZONES = auto()
    NAMES = auto()
    TAILS = auto()
    VECTORS = auto()


class TargetState(IntEnum):
    OTHER = 0
    FISHING = 1
    MERCHANT = 2
    GEAR = 3
    AID = 4
    DISTRESS = 5


@dataclass(frozen=True, slots=True)
class View:
    """Where the chart looks: centre, scale and size in cells.

    Positions lie on the plane of the nearest whole degree of latitude and the corner on a whole cell of it, so that
    a coast keeps its shape while the view moves over it.
    """

    lon: float
    lat: float
    metres_per_col: float
    cols: int
    rows: int
    ascii_only: bool = False
    layers: Layer = ~Layer(0)  # that are drawn

    @property
    def corner(self) -> tuple[int, int]:
        """Whole cells from the plane's origin to the left edge (eastward) and to the top edge (northward)."""
        sx, sy = self._cells_per_degree
        return math.floor(self.lon * sx + 0.5) - self.cols // 2, math.floor(self.lat * sy + 0.5) + self.rows // 2

    @property
    def _cells_per_degree(self) -> tuple[float, float]:
        per_lon, per_lat = nav.metres_per_degree(np.asarray(float(round(self.lat))))
        return float(per_lon) / self.metres_per_col, float(per_lat) / (self.metres_per_col * CELL_HIGH)

    def project(self, lon: F64, lat: F64) -> tuple[F64, F64]:
        """Cell coordinates (column, row) of positions; NaN stays NaN."""
        (sx, sy), (left, top) = self._cells_per_degree, self.corner
        return lon * sx - left, top - lat * sy

    def unproject(self, col: float, row: float) -> tuple[float, float]:
        (sx, sy), (left, top) = self._cells_per_degree, self.corner
        return (left + col) / sx, (top - row) / sy

    def panned(self, cols: int, rows: int) -> "View":
        """Moved by whole cells, east and south positive."""
        (sx, sy), (left, top) = self._cells_per_degree, self.corner
        lat = (top - self.rows // 2 - rows) / sy
        return replace(self, lon=(left + self.cols // 2 + cols) / sx, lat=min(LAT_MAX, max(-LAT_MAX, lat)))

    def zoomed(self, factor: float, col: float | None = None, row: float | None = None) -> "View":
        """Closer by ``factor``, keeping the place under a cell (the middle, if not given) within a cell of it."""
        scale = min(METRES_PER_COL[1], max(METRES_PER_COL[0], self.metres_per_col / factor))
        nearer = replace(self, metres_per_col=scale)
        if col is None or row is None:
            return nearer
        lon, lat = self.unproject(col, row)
        sx, sy = nearer._cells_per_degree
        lat = min(LAT_MAX, max(-LAT_MAX, lat + (row - self.rows // 2) / sy))
        return replace(nearer, lon=lon - (col - self.cols // 2) / sx, lat=lat)


@dataclass(frozen=True, slots=True)
class Targets:
    """What floats, rows aligned with ``vessels``."""

    vessels: Vessels = field(default_factory=Vessels.empty)
    names: NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, object))
    state: U8 = field(default_factory=lambda: np.zeros(0, np.uint8))  # TargetState
    level: U8 = field(default_factory=lambda: np.zeros(0, np.uint8))  # Priority of the gravest alert, 0 none
    unacked: Bools = field(default_factory=lambda: np.zeros(0, bool))
    lost: Bools = field(default_factory=lambda: np.zeros(0, bool))
    selected: int = -1  # row
    at_ms: int = 0  # what time it is for them; 0: not said, then nothing is stale and every zone stands

    def __len__(self) -> int:
        return len(self.vessels)


@dataclass(frozen=True, slots=True)
class Frame:
    cp: U32  # (rows, cols) code points, 0: right half of a wide character
    key: U32  # (rows, cols) foreground | background << 8 | attributes << 16
    shown: int  # targets in view


def pick(view: View, targets: Targets, col: float, row: float, reach_cells: float = PICK_CELLS) -> int:
    """Row of the target nearest to a cell, a cell's height counting twice its width; -1 if none is within reach."""
    if not len(targets):
        return -1
    x, y = view.project(targets.vessels.lon_deg, targets.vessels.lat_deg)
    away = np.hypot(np.floor(x) - math.floor(col), CELL_HIGH * (np.floor(y) - math.floor(row)))
    away = np.where(np.isnan(away), np.inf, away)
    best = int(np.argmin(away))
    return best if away[best] <= reach_cells else -1
