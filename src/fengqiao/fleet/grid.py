"""Which vessels are near each other, without measuring everyone against everyone."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengqiao.nav import distance_nm

EARTH_NM = 3437.7  # mean radius of WGS84, 6 371.0 km
CELL_NM_MIN = 0.05  # smaller cells would not be counted through in 63 bits; who asks for less is asked in these
CELL_SLACK = 1.01  # the plane of ``nav`` and the sphere of the cells differ by at most 0.56 %
CHORD_SLACK_NM = 0.001  # a chord of single-precision coordinates is off by up to 0.7 m
NEIGHBOURS_MAX = 2_000  # per vessel and row of three cells: ten times the densest water; beyond, somebody forges ships
CHUNK_PAIRS = 50_000  # candidates looked at together: what a processor keeps close at hand
PAIRS_MAX = 4_000_000  # pairs returned: 64 MB, eight times a fleet of 5 000 crowded on its grounds within 6 nm
_ROWS_AHEAD = ((0, 1), (1, -1), (1, 0), (1, 1))  # with the cells after one's own, half of all around: each pair once

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Pairs(NamedTuple):
    """Pairs of rows i < j, sorted, with their distance; and what a limit kept from being measured."""

    i: I64
    j: I64
    range_nm: F64
    cut: Flags  # of shape (n,): rows some neighbours of which were left out
    overflow: int  # pairs left out


def pairs_within(
    lon: F64, lat: F64, radius_nm: float, seekers: Flags | None = None, neighbours_max: int | None = None
) -> Pairs:
    """Every pair of positions (degrees) at most ``radius_nm`` apart by ``nav.distance_nm``.

    With ``seekers`` only pairs of which at least one row is marked: a harbour full of moored boats costs nothing.
    ``neighbours_max``: of who comes after a vessel in each row of three cells only so many are met. Rows without a
    position pair with nobody. Cells are cubes laid around the globe, so that neither the date line nor the narrowing of
    the meridians needs a special case. What is plainly too far apart is dropped by its chord through the globe; only
    the rest is measured.
    """
    sea = _Sea.of(lon, lat, radius_nm, seekers)
    left_out = _LeftOut(np.zeros(len(sea.rows) + 1, np.int64))
    found = _near(sea, radius_nm, NEIGHBOURS_MAX if neighbours_max is None else neighbours_max, left_out)
    i, j = found >> 32, found & 0xFFFFFFFF
    range_nm = _measure(lon, lat, i, j)
    near = range_nm <= radius_nm
    cut = np.zeros(len(lon), bool)
    cut[sea.rows[np.cumsum(left_out.marks[:-1]) > 0]] = True
    return Pairs(i[near], j[near], range_nm[near], cut, left_out.pairs)


def fairly(vessel: I64, limit: int, *merit: NDArray[Any]) -> Flags:
    """Which pairs to go on with if no more than ``limit`` can be: the foremost of every vessel before the second of
    any, so that a crowd of forged ships does not push out the few pairs of who is far from it.

    ``vessel``: the row that each pair counts for; ``merit``: as for ``np.lexsort`` the last counts most, least first;
    of equals the first given.
    """
    kept = np.ones(len(vessel), bool)
    if len(vessel) <= limit:
        return kept
    order = np.lexsort((*merit, vessel))
    of = vessel[order]
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    turn = np.arange(len(of)) - np.repeat(begins, np.diff(begins, append=len(of)))
    taken = np.cumsum(np.bincount(turn))
    last = int(np.searchsorted(taken, limit, "right"))  # the turn in which the room runs out
    kept[order[turn > last]] = False
    waits = np.sort(order[turn == last])
    waits = waits[np.lexsort([key[waits] for key in merit])]
    kept[waits[limit - int(taken[last - 1] if last else 0) :]] = False
    return kept


class _Sea(NamedTuple):
    """All rows with a position, cell by cell, so that whoever is in three cells of a row stands together."""

    rows: I64
    cells: I64
    stride: int  # between the axes of the cells
    xyz: tuple[NDArray[np.float32], ...]  # on the globe of radius 1; three arrays, for one of shape (3, n) is slower
    seeks: Flags

    @classmethod
    def of(cls, lon: F64, lat: F64, radius_nm: float, seekers: Flags | None) -> "_Sea":
        rows = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        lam, phi = np.radians(lon[rows]), np.radians(lat[rows])
        xyz = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
        size = max(radius_nm, CELL_NM_MIN) * CELL_SLACK / EARTH_NM
        x, y, z = np.floor((xyz + 1.0) / size).astype(np.int64) + 1
        stride = int(2.0 / size) + 4  # room for the neighbours of the outermost cells, so that none is met twice
        cells = (x * stride + y) * stride + z
        order = np.argsort(cells, kind="stable")
        seeks = np.ones(len(rows), bool) if seekers is None else seekers[rows[order]]
        axes = tuple(axis[order].astype(np.float32) for axis in xyz)
        return cls(rows[order], cells[order], stride, axes, seeks)


class _LeftOut:
    """Counts pairs that a limit leaves out, and marks their rows: +1 where a run of them begins, -1 behind it."""

    def __init__(self, marks: I64) -> None:
        self.marks = marks
        self.pairs = 0

    def add(self, one: I64, begin: I64, end: I64) -> None:
        """Everyone at ``one`` was to meet those from ``begin`` to before ``end``."""
        self.pairs += int((end - begin).sum())
        for at, change in ((one, 1), (one + 1, -1), (begin, 1), (end, -1)):
            np.add.at(self.marks, at, change)


def _near(sea: _Sea, radius_nm: float, neighbours_max: int, left_out: _LeftOut) -> I64:
    """Pairs whose chord is short enough, as ``i << 32 | j`` with i < j, sorted."""
    chord = (radius_nm * CELL_SLACK + CHORD_SLACK_NM) / EARTH_NM
    limit = np.float32(chord * chord)
    parts = []
    room = PAIRS_MAX
    for a, b in _candidates(sea, neighbours_max, left_out):
        apart = sum((axis[a] - axis[b]) ** 2 for axis in sea.xyz)
        close = np.flatnonzero(apart <= limit)
        a, b = a[close], b[close]
        spill = b[room:]
        left_out.add(a[room:], spill, spill + 1)
        one, other = sea.rows[a[:room]], sea.rows[b[:room]]
        parts.append(np.minimum(one, other) << 32 | np.maximum(one, other))
        room -= len(one)
    return np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)


def _candidates(sea: _Sea, neighbours_max: int, left_out: _LeftOut) -> Iterator[tuple[I64, I64]]:
    """Places in ``sea`` of pairs in the same or touching cells, each once, in chunks; one of the two seeks."""
    everyone = np.arange(len(sea.rows))
    seekers, others = np.flatnonzero(sea.seeks), np.flatnonzero(~sea.seeks)
    for of, among in ((seekers, everyone), (others, seekers)):
        cells = sea.cells[among]
        behind = np.searchsorted(among, of, "right")
        for dx, dy in ((0, 0), *_ROWS_AHEAD):
            middle = sea.cells[of] + (dx * sea.stride + dy) * sea.stride
            first = behind if (dx, dy) == (0, 0) else np.searchsorted(cells, middle - 1, "left")
            found = np.searchsorted(cells, middle + 1, "right") - first
            count = np.minimum(found, neighbours_max)
            over = np.flatnonzero(found > count)
            if len(over):
                begin, end = (first + count)[over], (first + found)[over] - 1
                left_out.add(of[over], among[begin], among[end] + 1)
            for lo, hi in _chunks(count):
                a = np.repeat(of[lo:hi], count[lo:hi])
                start = np.repeat(first[lo:hi] - np.cumsum(count[lo:hi]) + count[lo:hi], count[lo:hi])
                yield a, among[start + np.arange(len(a))]


def _measure(lon: F64, lat: F64, i: I64, j: I64) -> F64:
    """``nav.distance_nm`` of every pair, a chunk at a time: what it sets aside meanwhile stays small and near."""
    range_nm = np.empty(len(i))
    for lo in range(0, len(i), CHUNK_PAIRS):
        some = slice(lo, lo + CHUNK_PAIRS)
        range_nm[some] = distance_nm(lon[i[some]], lat[i[some]], lon[j[some]], lat[j[some]])
    return range_nm


def _chunks(count: I64) -> Iterator[tuple[int, int]]:
    """Runs of vessels whose candidates together are about one chunk."""
    if not count.sum():
        return
    ends = np.cumsum(count)
    steps = np.arange(CHUNK_PAIRS, ends[-1] + CHUNK_PAIRS, CHUNK_PAIRS)
    stops = np.unique(np.append(np.searchsorted(ends, steps, "right"), len(count)))
    yield from ((int(lo), int(hi)) for lo, hi in zip(np.append(0, stops[:-1]), stops, strict=True) if hi > lo)
