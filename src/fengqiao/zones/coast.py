"""The coast as it is stored: rings of ``charts/coast/land.npz`` in millionths of a degree, each vertex as a step; and
how far from it a place lies, on which side."""

import io
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from fengqiao.nav import F64
from fengqiao.words.resources import shipped
from fengqiao.zones.zoneset import Bools, plane, plane_scale, to_plane

UNITS_PER_DEGREE = 1_000_000  # 0.11 m: a tenth of what the source resolves
# West, south, east, north in degrees: Hangzhou Bay to the Yushan islands and the outer grounds; beyond, all unknown.
CHARTED = (120.5, 28.5, 124.5, 32.0)
# Charts study §1.1: vertices 180 m apart and simplified at 50 m, known points 0-95 m off, towns by the shore up to
# 300 m; piers come and go. A place nearer to the shore than this may lie on either side of it.
ERROR_M = 300.0
FRAME_DEG = 1e-5  # 1 m: land is cut off at the edge of the chart, and that cut is no shore


class Shores(NamedTuple):
    """Of places, shape (n,)."""

    distance_m: F64  # to the nearest charted shore; NaN where nothing is charted
    on_land: Bools


@cache
def land() -> tuple[shapely.Polygon, ...]:
    """The charted land, largest island first."""
    stored = np.load(io.BytesIO(shipped("charts", "coast", "land.npz").read_bytes()))
    return tuple(decode_land(stored["delta"], stored["offsets"]))


def shores(lon: F64, lat: F64) -> Shores:
    """How far each place (degrees, shape (n,)) lies from the charted shore, and on which side."""
    west, south, east, north = CHARTED
    charted = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)  # NaN is nowhere
    distance_m, on_land = np.full(len(lon), np.nan), np.zeros(len(lon), bool)
    rows = np.flatnonzero(charted)
    if len(rows):
        islands, edges = _trees()
        on_land[rows[islands.query(shapely.points(lon[rows], lat[rows]), "within")[0]]] = True
        there = shapely.points(*plane().transform(lon[rows], lat[rows]))
        (asked, _), metres = edges.query_nearest(there, return_distance=True, all_matches=False)
        distance_m[rows[asked]] = metres / plane_scale(lon[rows[asked]], lat[rows[asked]])
    return Shores(distance_m, on_land)


@cache
def _trees() -> tuple[shapely.STRtree, shapely.STRtree]:
    """The land in degrees, and every edge of its shores on the metric plane; made once, in 0.1 s."""
    islands = np.array(land(), dtype=object)
    west, south, east, north = CHARTED
    inner = shapely.box(west + FRAME_DEG, south + FRAME_DEG, east - FRAME_DEG, north - FRAME_DEG)
    lines = shapely.get_parts(to_plane(shapely.intersection(shapely.boundary(islands), inner)))
    xy, of = shapely.get_coordinates(lines, return_index=True)
    along = np.flatnonzero(of[1:] == of[:-1])
    return shapely.STRtree(islands), shapely.STRtree(shapely.linestrings(np.stack([xy[along], xy[along + 1]], axis=1)))


def decode_land(delta: NDArray[np.int32], offsets: NDArray[np.int32]) -> NDArray[Any]:
    """Land polygons in WGS84 degrees, largest first.

    ``delta`` (n_vertices, 2): lon, lat; the first vertex of a ring is absolute, every other a step from the one
    before. ``offsets`` (n_rings + 1,): where each ring begins. Rings have no holes.
    """
    rings = [np.cumsum(delta[a:b].astype(np.int64), axis=0) for a, b in pairwise(offsets)]
    polygons: NDArray[Any] = np.array([shapely.Polygon(ring / UNITS_PER_DEGREE) for ring in rings], dtype=object)
    return polygons


def encode_land(polygons: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """``delta`` and ``offsets`` of polygons without holes; a vertex moves by half a unit at most."""
    rings = [np.rint(shapely.get_coordinates(p) * UNITS_PER_DEGREE).astype(np.int64) for p in polygons]
    steps = [np.diff(ring, axis=0, prepend=np.zeros((1, 2), np.int64)) for ring in rings]
    delta = np.concatenate(steps) if steps else np.empty((0, 2))
    return delta.astype(np.int32), np.cumsum([0, *map(len, rings)]).astype(np.int32)
