"""What is on the chart, layer over layer, for one view."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from fengqiao import nav
from fengqiao.desk.chart.labels import CELLS_PER_DUE_LABEL, CELLS_PER_LABEL, draw_labels, draw_places, named_first
from fengqiao.desk.chart.palette import Ink
from fengqiao.desk.chart.raster import F64, Canvas, fill_parity, quadrants
from fengqiao.desk.chart.symbols import draw_mark, draw_targets
from fengqiao.desk.chart.view import Frame, Layer, Targets, TargetState, View, pick
from fengqiao.desk.chart.zones import NameSpot, Outlines, write_names
from fengqiao.zones.places import Place
from fengqiao.zones.zone import Zone

__all__ = ["Frame", "Scene", "TargetState", "Targets", "View", "pick"]

GRATICULE_STEPS_MIN = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
GRATICULE_COLS_MIN = 18  # between meridians: room for their figures and some sea
SCALE_NM = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
SCALE_COLS_MIN = 8


@dataclass(frozen=True, slots=True)
class Still:
    """What does not move of one view, drawn once, and the names that are placed when everything else stands."""

    view: View
    zones: tuple[int, ...]
    canvas: Canvas
    names: Sequence[NameSpot]


class Scene:
    """Coast (land polygons without holes, WGS84 degrees), zones and ``places``, the foremost first; ``lang`` chooses
    among their names.

    ``charted`` (west, south, east, north) says where the coast is known: water elsewhere is drawn as unknown.
    """

    def __init__(
        self,
        coast: Sequence[shapely.Polygon],
        zones: Sequence[Zone],
        lang: str = "zh",
        charted: tuple[float, float, float, float] | None = None,
        places: Sequence[Place] = (),
    ) -> None:
        rings = [shapely.get_coordinates(p.exterior) for p in coast]
        self._edges = np.concatenate([np.hstack([r[:-1], r[1:]]) for r in rings]) if rings else np.zeros((0, 4))
        self._boxes = np.array([[*r.min(axis=0), *r.max(axis=0)] for r in rings]).reshape(-1, 4)
        self._lengths = np.array([len(r) - 1 for r in rings], np.int64)
        self._lang, self._charted, self._places = lang, charted, places
        self.set_zones(zones)

    def set_zones(self, zones: Sequence[Zone]) -> None:
        self._outlines = Outlines(zones, self._lang)
        self._still: Still | None = None

    def frame(self, view: View, targets: Targets, blink: bool = True, mark: tuple[float, float] | None = None) -> Frame:
        """The whole chart; what stands still is drawn anew only when the view moves or a zone begins or ends.

        ``mark`` (longitude, latitude) is a place the officer asked for.
        """
        still = self._standing(view, targets.at_ms)
        canvas = still.canvas.copy()
        drawn, x, y = draw_targets(canvas, view, targets, blink)
        if mark is not None:
            draw_mark(canvas, view, *mark)
        must, may = named_first(targets, drawn, x, y)
        draw_labels(canvas, view, targets, must, x, y, CELLS_PER_DUE_LABEL)
        if Layer.NAMES in view.layers:
            write_names(canvas, still.names)
        else:
            may = may[targets.level[may] > 0]
        draw_labels(canvas, view, targets, may, x, y, CELLS_PER_LABEL)
        if Layer.NAMES in view.layers:
            draw_places(canvas, still.canvas, view, self._places, self._lang)
        inside = (x >= 0) & (y >= 0) & (x < view.cols) & (y < view.rows)
        return Frame(*canvas.cells(), shown=int(inside.sum()))

    def _standing(self, view: View, at_ms: int) -> Still:
        valid = tuple(k for k, zone in enumerate(self._outlines.zones) if not at_ms or zone.valid(at_ms))
        if self._still is None or (self._still.view, self._still.zones) != (view, valid):
            canvas = Canvas(view.rows, view.cols, view.ascii_only)
            self._land(canvas, view)
            self._unknown(canvas, view)
            _graticule(canvas, view)
            names = self._outlines.draw(canvas, view, valid if Layer.ZONES in view.layers else ())
            _scale_bar(canvas, view)
            self._still = Still(view, valid, canvas, names)
        return self._still

    def _land(self, canvas: Canvas, view: View) -> None:
        """Two by two sub-pixels a cell, each land if half its height is; islands too small to fill one mark it."""
        (west, north), (east, south) = view.unproject(-1, -1), view.unproject(view.cols + 1, view.rows + 1)
        b = self._boxes
        near = (b[:, 0] <= east) & (b[:, 2] >= west) & (b[:, 1] <= north) & (b[:, 3] >= south)
        edges = self._edges[np.repeat(near, self._lengths)]
        (x0, y0), (x1, y1) = view.project(edges[:, 0], edges[:, 1]), view.project(edges[:, 2], edges[:, 3])
        fine = fill_parity(np.stack([x0 * 2, y0 * 4, x1 * 2, y1 * 4], axis=1), view.rows * 4, view.cols * 2)
        land = fine[::2] | fine[1::2]
        x, y = view.project((b[near, 0] + b[near, 2]) / 2, (b[near, 1] + b[near, 3]) / 2)
        col, row = np.floor(x * 2).astype(np.int64), np.floor(y * 2).astype(np.int64)
        small = _smaller_than_a_pixel(b[near], view)
        on = small & (col >= 0) & (row >= 0) & (col < view.cols * 2) & (row < view.rows * 2)
        land[row[on], col[on]] = True
        canvas.ground[:] = quadrants(land)

    def _unknown(self, canvas: Canvas, view: View) -> None:
        if self._charted is None:
            return
        west, south, east, north = self._charted
        (left, right), (bottom, top) = view.project(np.array([west, east]), np.array([south, north]))
        col, row = np.arange(view.cols) + 0.5, np.arange(view.rows)[:, None] + 0.5
        canvas.unknown[:] = (col < left) | (col > right) | (row < top) | (row > bottom)


def _smaller_than_a_pixel(boxes: F64, view: View) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    (left, bottom), (right, top) = (view.project(boxes[:, k], boxes[:, k + 1]) for k in (0, 2))
    return np.asarray((right - left < 0.5) | (bottom - top < 0.5))


def _graticule(canvas: Canvas, view: View) -> None:
    """Meridians and parallels as sparse dots on water, their degrees along the top and the left edge."""
    step = _graticule_step(view)
    sea = canvas.ground == 0
    (west, north), (east, south) = view.unproject(0, 0), view.unproject(view.cols, view.rows)
    for k in range(math.ceil(west / step), math.floor(east / step) + 1):
        col = float(view.project(np.array([k * step]), np.array([view.lat]))[0][0])
        y = np.arange(0, view.rows * 4, 4)
        canvas.dots(np.full(len(y), int(col * 2)), y, int(Ink.GRATICULE), ".", sea)
        _figure(canvas, 0, int(col) + 1, _degrees(k * step, "E", "W"))
    for k in range(math.ceil(south / step), math.floor(north / step) + 1):
        row = float(view.project(np.array([view.lon]), np.array([k * step]))[1][0])
        x = np.arange(-2 * view.corner[0] % 4, view.cols * 2, 4)  # where they were before the view moved
        canvas.dots(x, np.full(len(x), int(row * 4)), int(Ink.GRATICULE), ".", sea)
        _figure(canvas, int(row), 0, _degrees(k * step, "N", "S"))


def _figure(canvas: Canvas, row: int, col: int, text: str) -> None:
    if canvas.fits(row, col, len(text)):
        canvas.write(row, col, text, Ink.SCALE)


def _graticule_step(view: View) -> float:
    """Degrees between lines."""
    (west, _), (east, _) = view.unproject(0, 0), view.unproject(GRATICULE_COLS_MIN, 0)
    return next((m for m in GRATICULE_STEPS_MIN if m / 60 >= east - west), GRATICULE_STEPS_MIN[-1]) / 60


def _degrees(value: float, positive: str, negative: str) -> str:
    """30-21.5N: how chart work writes it, without characters whose width terminals disagree on."""
    whole, rest = divmod(round(abs(value) * 60, 1), 60)
    text = f"{rest:04.1f}" if rest % 1 else f"{rest:02.0f}"
    return f"{whole:.0f}-{text}{positive if value >= 0 else negative}"


def _scale_bar(canvas: Canvas, view: View) -> None:
    """As long as it says, between the outer edges of its ends."""
    per_col_nm = view.metres_per_col / nav.NM_M
    length_nm = next((n for n in SCALE_NM if n / per_col_nm >= SCALE_COLS_MIN), SCALE_NM[-1])
    text = f"|{'-' * max(0, round(length_nm / per_col_nm) - 2)}|{length_nm:g}nm"
    if canvas.fits(view.rows - 1, view.cols - len(text) - 1, len(text)):
        canvas.write(view.rows - 1, view.cols - len(text) - 1, text, Ink.SCALE)
