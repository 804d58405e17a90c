"""Zones on the chart: borders by kind and confidence, a light hatch where entering is forbidden, and their names."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from fengqiao.desk.chart.labels import short
from fengqiao.desk.chart.palette import Ink
from fengqiao.desk.chart.raster import F64, Bools, Canvas, dots_along, fill_parity, width_of
from fengqiao.desk.chart.view import View
from fengqiao.zones.zone import Zone

INKS = {
    **dict.fromkeys(("trawl_line", "trawl_prohibited", "moratorium", "restricted"), Ink.RESTRICTED),
    **dict.fromkeys(("temporary_prohibited", "germplasm_core", "marine_reserve", "artificial_reef"), Ink.RESTRICTED),
    **dict.fromkeys(("tss_lane", "tss_separation", "merchant_route", "fishing_route", "route_area"), Ink.LANE),
    **dict.fromkeys(("precautionary_area", "submarine_pipeline"), Ink.LANE),
    **dict.fromkeys(("anchorage", "typhoon_shelter", "harbour_basin", "bay_governance"), Ink.ANCHORAGE),
}
# Whole provinces of water get a border only. What stands for the hatch in ASCII is like no vessel's symbol.
HATCHED = {"restricted": "%", "temporary_prohibited": "*", "germplasm_core": "~"}
ASCII_BORDERS = {Ink.RESTRICTED: ":", Ink.LANE: "=", Ink.ANCHORAGE: '"'}
UNNAMED = ("route_area", "tss_separation")  # they lie around or between what bears the name
SHOWN_FROM = {  # metres a column from which a kind is shown at all; what is not here always is
    "route_area": 300.0,  # farther off the middle line says it all
    "fishing_ground": 1_000.0,  # names at points
    "fishing_port": 250.0,
}
SURE = ("official", "derived")  # any other confidence is dashed
DASH = 3  # dots
ASCII_DASH = 8  # dots: two rows or four columns, since one dot fills a cell there
HATCH_EVERY = 14  # dots: closer, and small targets drown in it
ASCII_HATCH_EVERY = (8, 16)  # columns, where the chart is sure and where not
COVERS = 0.4  # of the view: from here on only a band inside the border is hatched, and the name stands several times
BAND = (4, 2)  # columns and rows of that band: three cells or so
NAME_CELLS_MAX = 24
SPOTS_MAX = 5  # tried for one name
AREAS = ("Polygon", "MultiPolygon")
Ends = tuple[F64, F64, F64, F64]  # columns and rows of segments: x0, y0, x1, y1


@dataclass(frozen=True, slots=True)
class NameSpot:
    """A name and the cells (row, column of its middle) where it may stand, the best first."""

    text: str
    ink: int
    spots: tuple[tuple[int, int], ...]


def is_charted(zone: Zone) -> bool:
    return zone.kind in INKS or (zone.role == "point_label" and zone.kind in SHOWN_FROM)


class Outlines:
    """All zones of a chart as one table of segments, so that a view projects and clips them at once."""

    def __init__(self, zones: Sequence[Zone], lang: str) -> None:
        self.zones = [zone for zone in zones if is_charted(zone)]
        parts = [_segments_of(zone) for zone in self.zones]
        self._segments = np.concatenate([np.zeros((0, 4)), *parts])
        self._bounds = np.cumsum([0, *map(len, parts)])
        self._owner = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
        self._boxes = np.array([zone.geometry.bounds for zone in self.zones]).reshape(-1, 4)
        self._ink = np.array([INKS.get(zone.kind, Ink.SCALE) for zone in self.zones], np.int64)
        self._sure = np.array([zone.confidence in SURE for zone in self.zones], bool)
        self._from = np.array([SHOWN_FROM.get(zone.kind, np.inf) for zone in self.zones])
        self._names = [_name_of(zone, lang) for zone in self.zones]

    def draw(self, canvas: Canvas, view: View, valid: Sequence[int]) -> list[NameSpot]:
        """Hatches, and borders over them, of zones by number; the names, for whoever places them."""
        left, bottom = view.project(self._boxes[:, 0], self._boxes[:, 1])
        right, top = view.project(self._boxes[:, 2], self._boxes[:, 3])
        near = (
            (right >= 0) & (left < view.cols) & (bottom >= 0) & (top < view.rows) & (view.metres_per_col <= self._from)
        )
        near &= np.isin(np.arange(len(near)), valid)
        (x0, y0), (x1, y1) = view.project(*self._segments[:, :2].T), view.project(*self._segments[:, 2:].T)
        names: list[NameSpot] = []
        for k in np.flatnonzero(near).tolist():
            own = slice(self._bounds[k], self._bounds[k + 1])
            spots, covers = self._spots(canvas, view, k, (x0[own], y0[own], x1[own], y1[own]), right[k] - left[k])
            if covers and self.zones[k].kind not in HATCHED:  # no border in sight: said once, in the corner
                at = width_of(self._names[k]) // 2 + 1
                spots, covers = [(view.rows - 1 - row, at) for row in range(SPOTS_MAX)], False
            choices = [(spot,) for spot in spots] if covers else [tuple(spots)]
            names.extend(NameSpot(self._names[k], int(self._ink[k]), c) for c in choices if c and self._names[k])
        self._borders(canvas, view, near, (x0 * 2, y0 * 4, x1 * 2, y1 * 4))
        return names

    def _spots(self, canvas: Canvas, view: View, k: int, ends: Ends, wide: float) -> tuple[list[tuple[int, int]], bool]:
        """Where zone ``k``, ``wide`` columns wide, may be named, and whether it covers much of the view."""
        zone = self.zones[k]
        if not len(ends[0]):
            x, y = view.project(self._boxes[k, :1], self._boxes[k, 1:2])
            return [(int(y[0]), int(x[0]))], False
        if zone.geometry.geom_type not in AREAS:
            return _line_spots(view, ends), False
        hatched = zone.kind in HATCHED
        if not hatched and wide < width_of(self._names[k]):
            return [], False
        mask = _inside(view, ends)
        seen = mask[BAND[1] : -BAND[1], BAND[0] : -BAND[0]]
        covers = bool(seen.mean() > COVERS) if hatched else bool(seen.all())
        if hatched:
            char = HATCHED[zone.kind]
            _hatch(canvas, view, seen & ~_core(mask) if covers else seen, char, bool(self._sure[k]))
        return _area_spots(seen, covers, width_of(self._names[k])), covers

    def _borders(self, canvas: Canvas, view: View, near: Bools, dots: Ends) -> None:
        """Whole where the chart is sure, dashed where not; forbidden water last, so that it stays on top."""
        for ink in sorted(set(self._ink.tolist()), reverse=True):
            for sure in (False, True):
                mine = (near & (self._ink == ink) & (self._sure == sure))[self._owner]
                if mine.any():
                    x0, y0, x1, y1 = (end[mine] for end in dots)
                    dash = 0 if sure else ASCII_DASH if view.ascii_only else DASH
                    x, y = dots_along(x0, y0, x1, y1, view.cols * 2, view.rows * 4, dash)
                    canvas.dots(x, y, ink, ASCII_BORDERS.get(Ink(ink), ":"))


def write_names(canvas: Canvas, names: Sequence[NameSpot]) -> None:
    """Each name at the first of its spots that is free."""
    for name in names:
        width = width_of(name.text)
        for row, col in name.spots:
            if canvas.fits(row, col - width // 2, width):
                canvas.write(row, col - width // 2, name.text, name.ink)
                break


def _segments_of(zone: Zone) -> F64:
    """(n, 4): lon, lat, lon, lat of its border; none for a point."""
    shape = zone.geometry.boundary if zone.geometry.geom_type in AREAS else zone.geometry
    lines = [shapely.get_coordinates(part) for part in shapely.get_parts(shape)]
    return np.concatenate([np.zeros((0, 4)), *(np.hstack([line[:-1], line[1:]]) for line in lines if len(line) > 1)])


def _name_of(zone: Zone, lang: str) -> str:
    if zone.kind in UNNAMED:
        return ""
    return short(zone.name_en.split(" (")[0] if lang == "en" else zone.name_zh.split("（")[0], NAME_CELLS_MAX)


def _inside(view: View, ends: Ends) -> Bools:
    """Cells within, with a margin of BAND around the view."""
    x0, y0, x1, y1 = ends
    edges = np.stack([x0 + BAND[0], y0 + BAND[1], x1 + BAND[0], y1 + BAND[1]], axis=1)
    return fill_parity(edges, view.rows + 2 * BAND[1], view.cols + 2 * BAND[0])


def _core(mask: Bools) -> Bools:
    """Cells of the view farther than BAND from any cell outside."""
    deep = mask
    for axis, reach in ((1, BAND[0]), (0, BAND[1])):
        for _ in range(reach):
            deep = deep & np.roll(deep, 1, axis) & np.roll(deep, -1, axis)
    return deep[BAND[1] : -BAND[1], BAND[0] : -BAND[0]]


def _hatch(canvas: Canvas, view: View, shown: Bools, char: str, sure: bool) -> None:
    """Diagonals that stay where they are when the view moves, on water only; in ASCII one character in some columns,
    fewer where the chart is not sure (the border says it elsewhere)."""
    left, top = view.corner
    row, col = np.nonzero(shown & (canvas.ground == 0))
    if canvas.ascii_only:
        on = (col + left + 2 * (row - top)) % ASCII_HATCH_EVERY[not sure] == 0
        canvas.dots(col[on] * 2, row[on] * 4, int(Ink.HATCH), char)
        return
    x, y = (col[:, None] * 2 + [0, 1] * 4).ravel(), (row[:, None] * 4 + [0, 0, 1, 1, 2, 2, 3, 3]).ravel()
    on = (x + y + 2 * left - 4 * top) % HATCH_EVERY == 0
    canvas.dots(x[on], y[on], int(Ink.HATCH), "/")


def _area_spots(mask: Bools, covers: bool, width: int) -> list[tuple[int, int]]:
    """Middles of the widest rows that hold the name; where the zone covers the view, one in each quarter of it."""
    at = np.arange(mask.shape[1])
    run = at - np.maximum.accumulate(np.where(mask, -1, at), axis=1)
    length, end = run.max(axis=1), run.argmax(axis=1)
    if covers:
        rows = [len(mask) // 4, len(mask) // 2, 3 * len(mask) // 4]
    else:
        widest = np.flatnonzero(length >= 0.9 * length.max())
        rows = widest[np.argsort(np.abs(widest - np.median(widest)), kind="stable")][:SPOTS_MAX].tolist()
    return [(int(r), int(end[r] - length[r] // 2)) for r in rows if length[r] >= width]


def _line_spots(view: View, ends: Ends) -> list[tuple[int, int]]:
    """Beside the visible part of a line, from its middle outward."""
    x, y = dots_along(ends[0] * 2, ends[1] * 4, ends[2] * 2, ends[3] * 4, view.cols * 2, view.rows * 4)
    along = [len(x) // 2, len(x) // 3, 2 * len(x) // 3, len(x) // 6, 5 * len(x) // 6] if len(x) else []
    return [(int(y[k]) // 4 + dy, int(x[k]) // 2) for k in along for dy in (-1, 1)]
