"""What is on the chart, layer over layer, for one view."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from rich.cells import cell_len

from fengqiao import nav
from fengqiao.desk.chart.palette import Ink
from fengqiao.desk.chart.raster import (
    ASCII_LAND,
    BOLD,
    F64,
    QUADRANTS,
    REVERSE,
    U8,
    U32,
    Canvas,
    dots_along,
    fill_parity,
    quadrants,
)
from fengqiao.fleet.vessels import Vessels
from fengqiao.words import plain
from fengqiao.zones.zone import Zone

CELL_HIGH = 2.0  # a terminal cell is about twice as high as wide
VECTOR_S = 360.0  # six minutes of way ahead, as radars draw by default
METRES_PER_COL = (15.0, 6_000.0)  # a harbour basin, and the whole East China Sea coast
LABELS_MAX = 60
LABEL_CELLS_MAX = 18
CROWDED = 400  # more targets in view than this: those that need nobody shrink to a dot
SURE = ("official", "derived")

COURSE = "▲◥▶◢▼◣◀◤"  # by eighths of a turn
COURSE_ASCII = "^/>\\v/<\\"


class TargetState(IntEnum):
    OTHER = 0
    FISHING = 1
    MERCHANT = 2
    GEAR = 3
    AID = 4
    DISTRESS = 5


STATE_INK = {
    TargetState.OTHER: Ink.OTHER,
    TargetState.FISHING: Ink.FISHING,
    TargetState.MERCHANT: Ink.MERCHANT,
    TargetState.GEAR: Ink.GEAR,
    TargetState.AID: Ink.AID,
    TargetState.DISTRESS: Ink.DANGER,
}
LEVEL_INK = {1: Ink.CAUTION, 2: Ink.WARN, 3: Ink.DANGER, 4: Ink.DANGER}
ZONE_INK = {
    **dict.fromkeys(
        ("trawl_line", "trawl_prohibited", "moratorium", "restricted", "temporary_prohibited"), Ink.RESTRICTED
    ),
    **dict.fromkeys(("germplasm_core", "marine_reserve", "artificial_reef"), Ink.RESTRICTED),
    **dict.fromkeys(("tss_lane", "tss_separation", "merchant_route", "fishing_route", "route_area"), Ink.LANE),
    **dict.fromkeys(("anchorage", "typhoon_shelter", "harbour_basin", "bay_governance"), Ink.ANCHORAGE),
}

UNNAMED = ("route_area", "tss_separation")  # they lie around or between what bears the name


@dataclass(frozen=True, slots=True)
class View:
    """Where the chart looks: centre, scale and size in cells. Moves are whole cells, so coasts stand still."""

    lon: float
    lat: float
    metres_per_col: float
    cols: int
    rows: int
    ascii_only: bool = False

    def project(self, lon: F64, lat: F64) -> tuple[F64, F64]:
        """Cell coordinates (column, row) of positions, on the plane at the view's latitude."""
        per_lon, per_lat = nav.metres_per_degree(np.asarray(self.lat))
        x = (lon - self.lon) * per_lon / self.metres_per_col + self.cols / 2
        y = self.rows / 2 - (lat - self.lat) * per_lat / (self.metres_per_col * CELL_HIGH)
        return x, y

    def unproject(self, col: float, row: float) -> tuple[float, float]:
        per_lon, per_lat = nav.metres_per_degree(np.asarray(self.lat))
        lon = self.lon + (col - self.cols / 2) * self.metres_per_col / float(per_lon)
        lat = self.lat - (row - self.rows / 2) * self.metres_per_col * CELL_HIGH / float(per_lat)
        return lon, lat

    def panned(self, cols: float, rows: float) -> "View":
        lon, lat = self.unproject(self.cols / 2 + cols, self.rows / 2 + rows)
        return replace(self, lon=lon, lat=min(80.0, max(-80.0, lat)))

    def zoomed(self, factor: float, col: float | None = None, row: float | None = None) -> "View":
        """Closer by ``factor``, keeping the place under a cell where it is."""
        scale = min(METRES_PER_COL[1], max(METRES_PER_COL[0], self.metres_per_col / factor))
        at = (self.cols / 2 if col is None else col, self.rows / 2 if row is None else row)
        lon, lat = self.unproject(*at)
        nearer = replace(self, metres_per_col=scale)
        moved = nearer.unproject(*at)
        return replace(nearer, lon=self.lon + lon - moved[0], lat=self.lat + lat - moved[1])


@dataclass(frozen=True, slots=True)
class Targets:
    """What floats, rows aligned with ``vessels``."""

    vessels: Vessels = field(default_factory=Vessels.empty)
    names: NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, object))
    state: U8 = field(default_factory=lambda: np.zeros(0, np.uint8))  # TargetState
    level: U8 = field(default_factory=lambda: np.zeros(0, np.uint8))  # Priority of the gravest alert, 0 none
    unacked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    lost: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    selected: int = -1  # row

    def __len__(self) -> int:
        return len(self.vessels)


@dataclass(frozen=True, slots=True)
class Frame:
    cp: U32  # (rows, cols) code points, 0: right half of a wide character
    key: U32  # (rows, cols) foreground | background << 8 | attributes << 16
    shown: int  # targets in view


class Scene:
    def __init__(self, coast: Sequence[shapely.Polygon], zones: Sequence[Zone]) -> None:
        rings = [shapely.get_coordinates(p.exterior) for p in coast]
        self._edges = np.concatenate([np.hstack([r[:-1], r[1:]]) for r in rings]) if rings else np.zeros((0, 4))
        self._boxes = np.concatenate([_boxes_of(r) for r in rings]) if rings else np.zeros((0, 4))
        self._zones = [(zone, _lines_of(zone)) for zone in zones if zone.kind in ZONE_INK]
        self._base: tuple[View, Canvas] | None = None  # land, zones and graticule of the last view

    def frame(self, view: View, targets: Targets, blink: bool = True) -> Frame:
        """The whole chart; what stands still is drawn anew only when the view moves."""
        canvas = self._still(view)
        shown = self._float(canvas, view, targets, blink)
        self._scale_bar(canvas, view)
        return Frame(canvas.cp, canvas.key, shown)

    def _still(self, view: View) -> Canvas:
        if self._base is None or self._base[0] != view:
            canvas = Canvas(view.rows, view.cols)
            self._land(canvas, view)
            self._graticule(canvas, view)
            for zone, lines in self._zones:
                self._zone(canvas, view, zone, lines)
            self._base = (view, canvas)
        drawn = self._base[1]
        copy = Canvas(view.rows, view.cols)
        for name in ("cp", "fg", "bg", "attr", "taken"):
            setattr(copy, name, getattr(drawn, name).copy())
        return copy

    def _land(self, canvas: Canvas, view: View) -> None:
        _, north = view.unproject(-1, -1)
        east, south = view.unproject(view.cols + 1, view.rows + 1)
        b = self._boxes
        # A ring to the west of the view closes pixels in it all the same: only what is wholly elsewhere is left out.
        near = (b[:, 1] <= north) & (b[:, 3] >= south) & (b[:, 0] <= east)
        edges = self._edges[near]
        x0, y0 = view.project(edges[:, 0], edges[:, 1])
        x1, y1 = view.project(edges[:, 2], edges[:, 3])
        pixels = np.stack([x0, y0, x1, y1], axis=1) * 2
        bits = quadrants(fill_parity(pixels, view.rows * 2, view.cols * 2))
        canvas.cp[:] = (ASCII_LAND if view.ascii_only else QUADRANTS)[bits]
        canvas.fg[:] = Ink.LAND
        canvas.bg[:] = Ink.SEA
        if not view.ascii_only:
            full = bits == 15
            canvas.bg[full] = Ink.LAND  # so that a line over land keeps land behind it
            canvas.cp[full] = ord(" ")

    def _graticule(self, canvas: Canvas, view: View) -> None:
        step = _graticule_step(view)
        west, north = view.unproject(0, 0)
        east, south = view.unproject(view.cols, view.rows)
        for k in range(math.ceil(west / step), math.floor(east / step) + 1):
            x, _ = view.project(np.array([k * step]), np.array([view.lat]))
            y = np.arange(0, view.rows * 4, 4)
            canvas.dots(np.full(len(y), int(x[0] * 2)), y, Ink.GRATICULE, "." if view.ascii_only else "")
            _label(canvas, 0, int(x[0]) + 1, _degrees(k * step, "E", "W"))
        for k in range(math.ceil(south / step), math.floor(north / step) + 1):
            _, line = view.project(np.array([view.lon]), np.array([k * step]))
            across = np.arange(0, view.cols * 2, 4)
            canvas.dots(across, np.full(len(across), int(line[0] * 4)), Ink.GRATICULE, "." if view.ascii_only else "")
            _label(canvas, int(line[0]), 0, _degrees(k * step, "N", "S"))

    def _zone(self, canvas: Canvas, view: View, zone: Zone, lines: Sequence[F64]) -> None:
        """Outline, dashed where the chart is not sure of it; the name once, where there is room."""
        ink = ZONE_INK[zone.kind]
        for line in lines:
            x, y = view.project(line[:, 0], line[:, 1])
            crossing = (np.maximum(x[:-1], x[1:]) >= 0) & (np.minimum(x[:-1], x[1:]) <= view.cols)
            crossing &= (np.maximum(y[:-1], y[1:]) >= 0) & (np.minimum(y[:-1], y[1:]) <= view.rows)
            if not crossing.any():
                continue
            box = (-2.0, view.cols * 2 + 2.0), (-4.0, view.rows * 4 + 4.0)
            ends = [np.clip(v, *lim) for v, lim in zip((x * 2, y * 4), box, strict=True)]
            dash = 0 if zone.confidence in SURE else 3
            px, py = dots_along(
                ends[0][:-1][crossing], ends[1][:-1][crossing], ends[0][1:][crossing], ends[1][1:][crossing], dash
            )
            canvas.dots(px, py, ink, ":" if view.ascii_only else "")
        if zone.kind in UNNAMED:
            return
        col, row = view.project(*(np.array([v]) for v in zone.geometry.representative_point().coords[0]))
        name = plain(zone.name_zh).split("（")[0][:12]
        width = cell_len(name)
        minx, miny, maxx, maxy = zone.geometry.bounds
        span = view.project(np.array([minx, maxx]), np.array([miny, maxy]))
        if span[0][1] - span[0][0] > width and canvas.fits(int(row[0]), int(col[0]) - width // 2, width):
            canvas.write(int(row[0]), int(col[0]) - width // 2, name, ink)

    def _float(self, canvas: Canvas, view: View, targets: Targets, blink: bool) -> int:
        v = targets.vessels
        if not len(v):
            return 0
        x, y = view.project(v.lon_deg, v.lat_deg)
        inside = (x >= 0) & (y >= 0) & (x < view.cols) & (y < view.rows)
        rows = np.flatnonzero(inside)
        calm = inside & (targets.level == 0) & (np.arange(len(v)) != targets.selected)
        self._tails(canvas, view, targets, rows)
        self._vectors(canvas, view, targets, rows)
        crowded = len(rows) > CROWDED
        if crowded:
            dots = np.flatnonzero(calm)
            for state, ink in STATE_INK.items():
                mine = dots[targets.state[dots] == state]
                canvas.dots(
                    (x[mine] * 2).astype(np.int64), (y[mine] * 4).astype(np.int64), ink, "." if view.ascii_only else ""
                )
        drawn = np.flatnonzero(inside & ~calm) if crowded else rows
        order = drawn[
            np.lexsort((drawn == targets.selected, targets.level[drawn]))
        ]  # the gravest last: it stays on top
        for row in order:
            self._symbol(canvas, view, targets, int(row), int(x[row]), int(y[row]), blink)
        self._labels(canvas, targets, order[::-1], x, y)
        return len(rows)

    def _tails(self, canvas: Canvas, view: View, targets: Targets, rows: NDArray[np.int64]) -> None:
        v = targets.vessels
        told = rows[(targets.level[rows] > 0) | (rows == targets.selected)] if len(rows) > CROWDED else rows
        lon, lat, ms = v.ring_lon[told], v.ring_lat[told], v.ring_ms[told]
        x, y = view.project(lon, lat)
        real = (ms[:, :-1] > 0) & (ms[:, 1:] > 0) & ~np.isnan(x[:, :-1]) & ~np.isnan(x[:, 1:])
        for state, ink in STATE_INK.items():
            mine = real & (targets.state[told] == state)[:, None]
            px, py = dots_along(x[:, :-1][mine] * 2, y[:, :-1][mine] * 4, x[:, 1:][mine] * 2, y[:, 1:][mine] * 4, 2)
            canvas.dots(px, py, ink, "," if view.ascii_only else "")

    def _vectors(self, canvas: Canvas, view: View, targets: Targets, rows: NDArray[np.int64]) -> None:
        """Six minutes of way ahead for whatever moves and is heard."""
        v = targets.vessels
        moving = rows[(v.sog_kn[rows] > 0.5) & ~np.isnan(v.cog_deg[rows]) & ~targets.lost[rows]]
        if len(rows) > CROWDED:
            moving = moving[(targets.level[moving] > 0) | (moving == targets.selected)]
        lon, lat = nav.dead_reckon(
            v.lon_deg[moving], v.lat_deg[moving], v.sog_kn[moving], v.cog_deg[moving], np.full(len(moving), VECTOR_S)
        )
        x0, y0 = view.project(v.lon_deg[moving], v.lat_deg[moving])
        x1, y1 = view.project(lon, lat)
        for level in (0, 1, 2, 3, 4):
            mine = targets.level[moving] == level
            px, py = dots_along(x0[mine] * 2, y0[mine] * 4, x1[mine] * 2, y1[mine] * 4)
            canvas.dots(px, py, LEVEL_INK.get(level, Ink.TEXT), "'" if view.ascii_only else "")

    def _symbol(self, canvas: Canvas, view: View, targets: Targets, row: int, col: int, line: int, blink: bool) -> None:
        level = int(targets.level[row])
        ink = (
            Ink.LOST
            if targets.lost[row] and not level
            else LEVEL_INK.get(level, STATE_INK[TargetState(targets.state[row])])
        )
        attr = BOLD if level else 0
        canvas.put(line, col, self._glyph(view, targets, row), ink, attr)
        if level >= 3 and targets.unacked[row] and blink:
            canvas.attr[line, col] |= REVERSE
        if level >= 3:
            for step, char in ((1, "!"), (2, "!")):
                canvas.put(line, col + step, char, ink, attr | (REVERSE if targets.unacked[row] and blink else 0))
        if row == targets.selected:
            canvas.put(line, col - 1, "[", Ink.SELECTED, BOLD)
            canvas.put(line, col + (3 if level >= 3 else 1), "]", Ink.SELECTED, BOLD)

    def _glyph(self, view: View, targets: Targets, row: int) -> str:
        state, v = TargetState(targets.state[row]), targets.vessels
        if targets.lost[row] and state is not TargetState.GEAR:
            return "x"
        if state in (TargetState.GEAR, TargetState.AID, TargetState.DISTRESS):
            return {TargetState.GEAR: "o", TargetState.AID: "+", TargetState.DISTRESS: "X"}[state]
        cog, sog = v.cog_deg[row], v.sog_kn[row]
        if np.isnan(cog) or not sog > 0.5:
            return "o" if view.ascii_only else "●"
        eighth = int(((cog + 22.5) % 360) // 45)
        return (COURSE_ASCII if view.ascii_only else COURSE)[eighth]

    def _labels(self, canvas: Canvas, targets: Targets, order: NDArray[np.int64], x: F64, y: F64) -> None:
        """Names where there is room: the selected one, then by alert, then merchants and boats that move."""
        v = targets.vessels
        worth = (
            (order == targets.selected) * 100
            + targets.level[order] * 10
            + (targets.state[order] == TargetState.MERCHANT)
        )
        worth = worth + (np.nan_to_num(v.sog_kn[order]) > 1.0) * 2
        chosen = order[np.argsort(-worth, kind="stable")]
        for row in chosen[:LABELS_MAX]:
            level, text = int(targets.level[row]), _short(str(targets.names[row]))
            ink = LEVEL_INK.get(level, STATE_INK[TargetState(targets.state[row])])
            _place(
                canvas, int(y[row]), int(x[row]), text, ink, BOLD if level or row == targets.selected else 0, level >= 3
            )

    def _scale_bar(self, canvas: Canvas, view: View) -> None:
        length_nm = next(
            n for n in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if n * nav.NM_M / view.metres_per_col >= 8
        )
        cells = int(length_nm * nav.NM_M / view.metres_per_col)
        text = f"|{'-' * max(0, cells - 2)}|{length_nm:g}nm"
        canvas.write(view.rows - 1, max(0, view.cols - len(text) - 1), text, Ink.TEXT)


def pick(view: View, targets: Targets, col: float, row: float, reach_cells: float = 3.0) -> int:
    """Row of the target nearest to a cell, a cell's height counting twice its width; -1 if none is within reach."""
    if not len(targets):
        return -1
    x, y = view.project(targets.vessels.lon_deg, targets.vessels.lat_deg)
    away = np.hypot(x - col - 0.5, CELL_HIGH * (y - row - 0.5))
    away = np.where(np.isnan(away), np.inf, away)
    best = int(np.argmin(away))
    return best if away[best] <= reach_cells else -1


def _place(canvas: Canvas, row: int, col: int, text: str, ink: int, attr: int, marked: bool) -> None:
    width, right = cell_len(text), col + (4 if marked else 2)
    for at_row, at_col in (
        *((row, right), (row, col - 1 - width), (row - 1, col + 1), (row + 1, col + 1)),
        *((row - 1, col - width), (row + 1, col - width)),
    ):
        if canvas.fits(at_row, at_col, width):
            canvas.write(at_row, at_col, text, ink, attr)
            return


def _short(name: str) -> str:
    text, width = "", 0
    for char in plain(name):
        width += cell_len(char)
        if width > LABEL_CELLS_MAX:
            break
        text += char
    return text


def _label(canvas: Canvas, row: int, col: int, text: str) -> None:
    if canvas.fits(row, col, len(text)):
        canvas.write(row, col, text, Ink.GRATICULE)


def _graticule_step(view: View) -> float:
    """Degrees between lines: about six across."""
    span = view.cols * view.metres_per_col / 96_000
    return next((s / 60 for s in (0.5, 1, 2, 5, 10, 15, 30, 60, 120) if span / (s / 60) <= 8), 5.0)


def _degrees(value: float, positive: str, negative: str) -> str:
    """30-21.5N: how chart work writes it, without characters whose width terminals disagree on."""
    minutes = round(abs(value) * 60, 1)
    whole, rest = divmod(minutes, 60)
    text = f"{rest:04.1f}" if rest % 1 else f"{rest:02.0f}"
    return f"{whole:.0f}-{text}{positive if value >= 0 else negative}"


def _boxes_of(ring: F64) -> F64:
    """West, south, east, north of its ring for each edge."""
    box = np.concatenate([ring.min(axis=0), ring.max(axis=0)])
    return np.repeat(box[None, :], len(ring) - 1, axis=0)


def _lines_of(zone: Zone) -> list[F64]:
    shape = zone.geometry if zone.role in ("line_cross", "line_side", "corridor_axis") else zone.geometry.boundary
    return [
        shapely.get_coordinates(part) for part in shapely.get_parts(shape) if shapely.get_coordinates(part).shape[0] > 1
    ]
