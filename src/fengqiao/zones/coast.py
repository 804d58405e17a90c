"""The coast as it is stored: rings of ``charts/coast/land.npz`` in millionths of a degree, each vertex as a step."""

from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

UNITS_PER_DEGREE = 1_000_000  # 0.11 m: a tenth of what the source resolves
# West, south, east, north in degrees: Hangzhou Bay to the Yushan islands and the outer grounds; beyond, all unknown.
CHARTED = (120.5, 28.5, 124.5, 32.0)


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
