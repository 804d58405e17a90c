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
HATCHED = ("restricted", "temporary_prohibited", "germplasm_core")  # whole provinces of water get a border only
UNNAMED = ("route_area", "tss_separation")  # they lie around or between what bears the name
NAMED_FROM = {"fishing_ground": 1_000.0, "fishing_port": 250.0}  # points: metres a column from which they are named
SURE = ("official", "derived")  # any other confidence is dashed
DASH = 3  # dots
HATCH_EVERY = 14  # dots: closer, and small targets drown in it
COVERS = 0.4  # of the view: from here on only a band inside the border is hatched, and the name stands several times
BAND = (4, 2)  # columns and rows of that band: three cells or so
NAME_CELLS_MAX = 24


@dataclass(frozen=True, slots=True)
class Outline:
    """A zone ready to be drawn: its border as segments in degrees."""

    zone: Zone
    segments: F64  # (n, 4): lon, lat, lon, lat
    area: bool

    @classmethod
    def of(cls, zone: Zone) -> "Outline":
        area = zone.geometry.geom_type in ("Polygon", "MultiPolygon")
        lines = [shapely.get_coordinates(p) for p in _lines(zone.geometry.boundary if area else zone.geometry)]
        segments = [np.hstack([line[:-1], line[1:]]) for line in lines if len(line) > 1]
        return cls(zone, np.concatenate(segments) if segments else np.zeros((0, 4)), area)


@dataclass(frozen=True, slots=True)
class NameSpot:
    """A name and the cells (row, column of its middle) where it may stand, the best first."""

    text: str
    ink: int
    spots: tuple[tuple[int, int], ...]


def is_charted(zone: Zone) -> bool:
    return zone.kind in INKS or (zone.role == "point_label" and zone.kind in NAMED_FROM)


def draw_outlines(canvas: Canvas, view: View, outlines: Sequence[Outline], lang: str) -> list[NameSpot]:
    """Hatches under borders; the names, for whoever places them."""
    near = [(outline, box) for outline in outlines if (box := _box(view, outline))]
    names: list[NameSpot] = []
    for outline, box in near:
        if outline.area:
            mask = _inside(view, outline)
            if outline.zone.kind in HATCHED:
                _hatch(canvas, view, mask)
            spots = _area_spots(mask[BAND[1] : -BAND[1], BAND[0] : -BAND[0]])
        elif outline.zone.role == "point_label":
            spots = [(int(box[1]), int(box[0]))] if view.metres_per_col <= NAMED_FROM[outline.zone.kind] else []
        else:
            spots = _line_spots(view, outline)
        names.extend(_named(outline.zone, spots, lang))
    for outline, _ in near:
        _border(canvas, view, outline)
    return names


def write_names(canvas: Canvas, names: Sequence[NameSpot]) -> None:
    """Each name at the first of its spots that is free."""
    for name in names:
        width = width_of(name.text)
        for row, col in name.spots:
            if canvas.fits(row, col - width // 2, width):
                canvas.write(row, col - width // 2, name.text, name.ink)
                break


def _lines(shape: shapely.Geometry) -> list[shapely.Geometry]:
    return list(shapely.get_parts(shape))


def _box(view: View, outline: Outline) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom in cells, if any of it may be in sight."""
    west, south, east, north = outline.zone.geometry.bounds
    (left, right), (bottom, top) = view.project(np.array([west, east]), np.array([south, north]))
    seen = right >= 0 and left < view.cols and bottom >= 0 and top < view.rows
    return (float(left), float(top), float(right), float(bottom)) if seen else None


def _inside(view: View, outline: Outline) -> Bools:
    """Cells within, with a margin of BAND around the view."""
    lon0, lat0, lon1, lat1 = outline.segments.T
    (x0, y0), (x1, y1) = view.project(lon0, lat0), view.project(lon1, lat1)
    edges = np.stack([x0 + BAND[0], y0 + BAND[1], x1 + BAND[0], y1 + BAND[1]], axis=1)
    return fill_parity(edges, view.rows + 2 * BAND[1], view.cols + 2 * BAND[0])


def _hatch(canvas: Canvas, view: View, mask: Bools) -> None:
    """Diagonals that stay where they are when the view moves, on water only; none in ASCII, where they hide targets."""
    if canvas.ascii_only:
        return
    shown = mask[BAND[1] : -BAND[1], BAND[0] : -BAND[0]]
    if shown.mean() > COVERS:
        shown = shown & ~_core(mask)
    left, top = view.corner
    row, col = np.nonzero(shown & (canvas.ground == 0))
    x, y = (col[:, None] * 2 + [0, 1] * 4).ravel(), (row[:, None] * 4 + [0, 0, 1, 1, 2, 2, 3, 3]).ravel()
    on = (x + y + 2 * left - 4 * top) % HATCH_EVERY == 0
    canvas.dots(x[on], y[on], int(Ink.HATCH), "/")


def _core(mask: Bools) -> Bools:
    """Cells of the view farther than BAND from any cell outside."""
    deep = mask.copy()
    for axis, reach in ((1, BAND[0]), (0, BAND[1])):
        for _ in range(reach):
            deep = deep & np.roll(deep, 1, axis) & np.roll(deep, -1, axis)
    return deep[BAND[1] : -BAND[1], BAND[0] : -BAND[0]]


def _border(canvas: Canvas, view: View, outline: Outline) -> None:
    ends = _dot_ends(view, outline)
    dash = 0 if outline.zone.confidence in SURE else DASH
    x, y = dots_along(*ends, view.cols * 2, view.rows * 4, dash)
    canvas.dots(x, y, int(INKS.get(outline.zone.kind, Ink.SCALE)), ":")


def _dot_ends(view: View, outline: Outline) -> tuple[F64, F64, F64, F64]:
    lon0, lat0, lon1, lat1 = outline.segments.T
    (x0, y0), (x1, y1) = view.project(lon0, lat0), view.project(lon1, lat1)
    return x0 * 2, y0 * 4, x1 * 2, y1 * 4


def _area_spots(mask: Bools) -> list[tuple[int, int]]:
    """Middles of the widest rows; where the zone covers much of the view, one in each quarter of the height."""
    at = np.arange(mask.shape[1])
    run = at - np.maximum.accumulate(np.where(mask, -1, at), axis=1)
    length, end = run.max(axis=1), run.argmax(axis=1)
    middle = end - length // 2
    if mask.mean() > COVERS:
        rows = [len(mask) // 4, len(mask) // 2, 3 * len(mask) // 4]
    else:
        widest = np.flatnonzero(length >= max(1, 0.9 * length.max()))
        rows = widest[np.argsort(np.abs(widest - np.median(widest)), kind="stable")][:5].tolist() if len(widest) else []
    return [(int(r), int(middle[r])) for r in rows if length[r] > 0]


def _line_spots(view: View, outline: Outline) -> list[tuple[int, int]]:
    """Beside the visible part of a line, from its middle outward."""
    x, y = dots_along(*_dot_ends(view, outline), view.cols * 2, view.rows * 4)
    if not len(x):
        return []
    along = [len(x) // 2, len(x) // 3, 2 * len(x) // 3, len(x) // 6, 5 * len(x) // 6]
    return [(int(y[k]) // 4 + dy, int(x[k]) // 2) for k in along for dy in (-1, 1)]


def _named(zone: Zone, spots: Sequence[tuple[int, int]], lang: str) -> list[NameSpot]:
    if zone.kind in UNNAMED or not spots:
        return []
    name = zone.name_en.split(" (")[0] if lang == "en" else zone.name_zh.split("（")[0]
    text, ink = short(name, NAME_CELLS_MAX), int(INKS.get(zone.kind, Ink.SCALE))
    return [NameSpot(text, ink, tuple(spots))]
