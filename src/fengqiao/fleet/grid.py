"""Which vessels are near each other, without measuring everyone against everyone."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengqiao.nav import distance_nm

EARTH_NM = 3437.7  # mean radius of WGS84, 6 371.0 km
CELL_SLACK = 1.01  # the plane of ``nav`` and the sphere of the cells differ by at most 0.56 %
NEIGHBOURS_MAX = 2_000  # per vessel and cell: ten times the densest water measured; beyond it somebody forges ships
CHUNK_PAIRS = 1_000_000  # candidates measured at once: 50 MB of working space
PAIRS_MAX = 4_000_000  # pairs returned: 64 MB, thirty times a clustered fleet of 3 000 within 6 nm
_STEPS = tuple(product((-1, 0, 1), repeat=3))  # a cell and the 26 around it

I64 = NDArray[np.int64]


class Pairs(NamedTuple):
    """Pairs of rows i < j, sorted, with their distance; and what a limit kept from being measured."""

    i: I64
    j: I64
    range_nm: NDArray[np.float64]
    cut: NDArray[np.bool_]  # of shape (n,): rows some neighbours of which were left out
    overflow: int  # candidates left out


def pairs_within(
    lon: NDArray[np.float64], lat: NDArray[np.float64], radius_nm: float, seekers: NDArray[np.bool_] | None = None
) -> Pairs:
    """Every pair of positions (degrees) at most ``radius_nm`` apart by ``nav.distance_nm``.

    With ``seekers`` only pairs of which at least one row is marked: a harbour full of moored boats costs nothing.
    Rows without a position pair with nobody. Cells are cubes laid around the globe, so that neither the date line
    nor the narrowing of the meridians needs a special case.
    """
    placed = np.isfinite(lon) & np.isfinite(lat)
    seek = placed if seekers is None else placed & seekers
    cut = np.zeros(len(lon), bool)
    parts: list[tuple[I64, I64, NDArray[np.float64]]] = []
    kept = overflow = 0
    for i, j, left_out in _candidates(lon, lat, radius_nm, placed, seek):
        room = PAIRS_MAX - kept
        near, far = _measure(lon, lat, i, j, radius_nm, room)
        for rows, lost in (left_out, far):
            cut[rows] = True
            overflow += lost
        parts.append(near)
        kept += len(near[0])
    i, j, range_nm = (np.concatenate(c) for c in zip(*parts, strict=True)) if parts else _nothing()
    order = np.argsort(i * len(lon) + j)
    return Pairs(i[order], j[order], range_nm[order], cut, overflow)


def _nothing() -> tuple[I64, I64, NDArray[np.float64]]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)


def _measure(
    lon: NDArray[np.float64], lat: NDArray[np.float64], i: I64, j: I64, radius_nm: float, room: int
) -> tuple[tuple[I64, I64, NDArray[np.float64]], tuple[I64, int]]:
    """The candidates that are near, as many as there is room for, and the rows of those there was no room for."""
    range_nm = distance_nm(lon[i], lat[i], lon[j], lat[j])
    near = np.flatnonzero(range_nm <= radius_nm)
    keep, spill = near[:room], near[room:]
    return (i[keep], j[keep], range_nm[keep]), (np.concatenate([i[spill], j[spill]]), len(spill))


def _candidates(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    radius_nm: float,
    placed: NDArray[np.bool_],
    seek: NDArray[np.bool_],
) -> Iterator[tuple[I64, I64, tuple[I64, int]]]:
    """Pairs i < j in the same or touching cells, each once, in chunks; with the rows (and count) that were capped."""
    rows = np.flatnonzero(placed)
    cells, stride = _cells(lon[rows], lat[rows], radius_nm)
    order = np.argsort(cells, kind="stable")
    rows, cells = rows[order], cells[order]
    seeker_at = np.flatnonzero(seek[rows])
    seeker, home = rows[seeker_at], cells[seeker_at]
    for dx, dy, dz in _STEPS:
        target = home + (dx * stride + dy) * stride + dz
        first = np.searchsorted(cells, target, "left")
        found = np.searchsorted(cells, target, "right") - first
        count = np.minimum(found, NEIGHBOURS_MAX)
        capped = seeker[found > count], int((found - count).sum())
        for lo, hi in _chunks(count):
            a = np.repeat(seeker[lo:hi], count[lo:hi])
            start = np.repeat(first[lo:hi] - np.cumsum(count[lo:hi]) + count[lo:hi], count[lo:hi])
            b = rows[start + np.arange(len(a))]
            once = ((a < b) | ~seek[b]) & (a != b)  # two seekers meet twice: keep the meeting in which a < b
            a, b = a[once], b[once]
            yield np.minimum(a, b), np.maximum(a, b), (np.zeros(0, np.int64), 0)
        if capped[1]:
            yield np.zeros(0, np.int64), np.zeros(0, np.int64), capped


def _cells(lon: NDArray[np.float64], lat: NDArray[np.float64], radius_nm: float) -> tuple[I64, int]:
    """One number per cubic cell of the globe, and the stride between its axes."""
    lam, phi = np.radians(lon), np.radians(lat)
    xyz = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    size = radius_nm * CELL_SLACK / EARTH_NM
    x, y, z = np.floor((xyz + 1.0) / size).astype(np.int64) + 1
    stride = int(2.0 / size) + 4  # room for the neighbours of the outermost cells, so that none is met twice
    return (x * stride + y) * stride + z, stride


def _chunks(count: I64) -> Iterator[tuple[int, int]]:
    """Runs of seekers whose candidates together are about one chunk."""
    if not count.sum():
        return
    ends = np.cumsum(count)
    steps = np.arange(CHUNK_PAIRS, ends[-1] + CHUNK_PAIRS, CHUNK_PAIRS)
    stops = np.unique(np.append(np.searchsorted(ends, steps, "right"), len(count)))
    yield from ((int(lo), int(hi)) for lo, hi in zip(np.append(0, stops[:-1]), stops, strict=True) if hi > lo)
