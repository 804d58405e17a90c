"""Who came how near to a place or a line, judged by the way between fixes and not by the fixes alone.

With a fix every fifteen minutes a point query misses more than half of what passed through a circle of half a mile;
the segment between two fixes does not. On the WGS84 plane at the place asked about: within 1 m of the geodesic for
radii up to a few miles.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.model.columns import Columns, column

F64 = NDArray[np.float64]
SEGMENT_S_MAX = 900.0  # fixes farther apart in time say too little about the way between
SPEED_KN_MAX = 60.0  # what no vessel here makes: a segment that fast is two vessels, or a bit error
MEASURED_S = 30.0  # closest point this near to a fix in time: measured rather than interpolated


class Basis(StrEnum):
    MEASURED = "measured"
    INTERPOLATED = "interpolated"
    GAP = "gap_possible"  # she was silent long enough to have been there: never asserted, listed apart


@dataclass(frozen=True, slots=True)
class Track(Columns):
    """Fixes of any vessels, in any order."""

    mmsi: NDArray[np.int64] = column(np.int64)
    fix_ms: NDArray[np.int64] = column(np.int64)
    lon_deg: NDArray[np.float64] = column(np.float64)
    lat_deg: NDArray[np.float64] = column(np.float64)


@dataclass(frozen=True, slots=True)
class Pass:
    """One vessel's closest approach."""

    mmsi: int
    distance_m: float
    at_ms: int
    before_ms: int  # the fixes it lies between
    after_ms: int
    basis: Basis


def nearest_passes(track: Track, line: F64, radius_m: float) -> tuple[list[Pass], int]:
    """Vessels that came within ``radius_m`` of a place or polyline, nearest first; and segments too fast to believe.

    ``line`` (n, 2): lon, lat in degrees; one row is a place. A gap is told only of vessels not seen nearer otherwise.
    """
    order = np.lexsort((track.fix_ms, track.mmsi))
    t = track.take(order)
    x, y = _plane(t.lon_deg, t.lat_deg, line)
    lx, ly = _plane(line[:, 0], line[:, 1], line)
    same = t.mmsi[1:] == t.mmsi[:-1]
    dt_s = (t.fix_ms[1:] - t.fix_ms[:-1]) / 1000.0
    run_m = np.hypot(x[1:] - x[:-1], y[1:] - y[:-1])
    fast = same & (run_m > np.maximum(dt_s, 1.0) * SPEED_KN_MAX * nav.KN_M_S + 500.0)
    way = same & (dt_s <= SEGMENT_S_MAX) & ~fast
    best: dict[int, Pass] = {}
    for i, distance, share in _segments_near(x, y, lx, ly, np.flatnonzero(way), radius_m):
        _keep(best, _pass(t, i, i + 1, distance, share, dt_s[i]))
    for i, distance, _ in _points_near(x, y, lx, ly, radius_m):
        _keep(
            best, Pass(int(t.mmsi[i]), distance, int(t.fix_ms[i]), int(t.fix_ms[i]), int(t.fix_ms[i]), Basis.MEASURED)
        )
    for k in np.flatnonzero(same & (dt_s > SEGMENT_S_MAX) & ~fast).tolist():
        mmsi = int(t.mmsi[k])
        if mmsi not in best and _could_reach(x, y, lx, ly, k, float(dt_s[k]), radius_m):
            distance = min(_to_line(x[j], y[j], lx, ly) for j in (k, k + 1))
            best[mmsi] = Pass(mmsi, distance, int(t.fix_ms[k]), int(t.fix_ms[k]), int(t.fix_ms[k + 1]), Basis.GAP)
    found = sorted(best.values(), key=lambda p: (p.basis is Basis.GAP, p.distance_m, p.mmsi))
    return found, int(fast.sum())


def _plane(lon: F64, lat: F64, line: F64) -> tuple[F64, F64]:
    """Metres east and north of the middle of the line."""
    lon0, lat0 = (line.min(axis=0) + line.max(axis=0)) / 2
    return nav.offset_m(np.full(len(lon), lon0), np.full(len(lat), lat0), lon, lat)


def _segments_near(
    x: F64, y: F64, lx: F64, ly: F64, which: NDArray[np.int64], radius_m: float
) -> list[tuple[int, float, float]]:
    """Segment, distance and share of the way at which it is reached, for segments within the radius."""
    low_x, high_x = lx.min() - radius_m, lx.max() + radius_m
    low_y, high_y = ly.min() - radius_m, ly.max() + radius_m
    a, b = which, which + 1
    near = (np.maximum(x[a], x[b]) >= low_x) & (np.minimum(x[a], x[b]) <= high_x)
    near &= (np.maximum(y[a], y[b]) >= low_y) & (np.minimum(y[a], y[b]) <= high_y)
    out = []
    for i in which[near]:
        distance, share = _closest(x[i], y[i], x[i + 1], y[i + 1], lx, ly)
        if distance <= radius_m:
            out.append((int(i), distance, share))
    return out


def _points_near(x: F64, y: F64, lx: F64, ly: F64, radius_m: float) -> list[tuple[int, float, float]]:
    near = (
        (x >= lx.min() - radius_m)
        & (x <= lx.max() + radius_m)
        & (y >= ly.min() - radius_m)
        & (y <= ly.max() + radius_m)
    )
    rows = [(int(i), _to_line(x[i], y[i], lx, ly), 0.0) for i in np.flatnonzero(near)]
    return [row for row in rows if row[1] <= radius_m]


def _closest(ax: float, ay: float, bx: float, by: float, lx: F64, ly: F64) -> tuple[float, float]:
    """Distance between a segment and a polyline, and where on the segment (0..1): ends against sides, or a crossing."""
    best = (float("inf"), 0.0)
    for k in range(len(lx)):
        best = min(best, _point_to_segment(lx[k], ly[k], ax, ay, bx, by))
    for k in range(len(lx) - 1):
        crossing = _crossing(ax, ay, bx, by, lx[k], ly[k], lx[k + 1], ly[k + 1])
        if crossing is not None:
            return 0.0, crossing
        for share, px, py in ((0.0, ax, ay), (1.0, bx, by)):
            best = min(best, (_point_to_segment(px, py, lx[k], ly[k], lx[k + 1], ly[k + 1])[0], share))
    return best


def _point_to_segment(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    share = 0.0 if length2 == 0 else min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / length2))
    return float(np.hypot(px - ax - share * dx, py - ay - share * dy)), float(share)


def _crossing(ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float) -> float | None:
    """Share of the way along a-b at which it crosses c-d."""
    rx, ry, sx, sy = bx - ax, by - ay, dx - cx, dy - cy
    cross = rx * sy - ry * sx
    if cross == 0:
        return None
    t = ((cx - ax) * sy - (cy - ay) * sx) / cross
    u = ((cx - ax) * ry - (cy - ay) * rx) / cross
    return float(t) if 0 <= t <= 1 and 0 <= u <= 1 else None


def _to_line(px: float, py: float, lx: F64, ly: F64) -> float:
    return _closest(px, py, px, py, lx, ly)[0]


def _could_reach(x: F64, y: F64, lx: F64, ly: F64, i: int, dt_s: float, radius_m: float) -> bool:
    """Whether a vessel silent between two fixes could have been within the radius, at twenty knots."""
    reach = 20.0 * nav.KN_M_S * dt_s
    return _to_line(x[i], y[i], lx, ly) + _to_line(x[i + 1], y[i + 1], lx, ly) <= reach + 2 * radius_m


def _pass(t: Track, a: int, b: int, distance: float, share: float, dt_s: float) -> Pass:
    at_ms = int(t.fix_ms[a] + share * (t.fix_ms[b] - t.fix_ms[a]))
    close = min(share, 1 - share) * dt_s <= MEASURED_S
    basis = Basis.MEASURED if close else Basis.INTERPOLATED
    return Pass(int(t.mmsi[a]), distance, at_ms, int(t.fix_ms[a]), int(t.fix_ms[b]), basis)


def _keep(best: dict[int, Pass], found: Pass) -> None:
    old = best.get(found.mmsi)
    if old is None or found.distance_m < old.distance_m:
        best[found.mmsi] = found
