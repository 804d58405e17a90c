"""Who came how near to a place or a line, judged by the way between fixes and not by the fixes alone.

With a fix every fifteen minutes a point query misses more than half of what passed through a circle of half a mile;
the way between two fixes does not. Ways and lines are geodesics at constant speed. They are measured on a plane of
their own for each leg of the line (transverse Mercator): within 1 m of the geodesic for legs to 60 nm and radii to
12 nm.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.model.columns import Columns, column
from fengqiao.model.reports import NOT_AIS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Point = tuple[float, float]  # lon, lat in degrees
Leg = tuple[Point, Point]
Legs = list[Leg]

WAY_S_MAX = 900.0  # fixes farther apart in time say too little about the way between: a gap
SPEED_KN_MAX = 60.0  # what no vessel here makes: faster is two transmitters under one number, or a bit error
JUMP_M = 500.0  # forgiven beside the speed: a time wrong by half a minute at 30 kn
GAP_SPEED_KN = 20.0  # what a silent vessel is believed to make: boats do 8 to 14 kn, coasters less than 20
MEASURED_S = 30.0  # a fix this near in time to the closest point is the closest point
VOICES_MAX = 8  # transmitters told apart under one number; what fits none of them stands alone
SAME_M = 1e-6  # distances closer than this are one, and the earlier counts
FAR_DEG = 3.0  # beyond this from its middle the plane is no longer used
BOX_SLACK_M = 1_000.0  # how far a leg of 60 nm bulges out of the box of its ends, to 75 degrees north


class Basis(StrEnum):
    MEASURED = "measured"
    INTERPOLATED = "interpolated"


@dataclass(frozen=True, slots=True)
class Track(Columns):
    """Fixes of any vessels, in any order."""

    mmsi: I64 = column(np.int64)
    fix_ms: I64 = column(np.int64)
    lon_deg: F64 = column(np.float64)
    lat_deg: F64 = column(np.float64)
    msg_type: NDArray[np.uint8] = column(np.uint8)


@dataclass(frozen=True, slots=True)
class Pass:
    """One vessel's closest approach; asserted."""

    mmsi: int
    distance_m: float
    at_ms: int
    lon_deg: float  # where she was then
    lat_deg: float
    before_ms: int  # the two fixes it lies between; one and the same if it is a fix
    after_ms: int
    basis: Basis
    doubled: bool  # the number was heard from two places at once: which vessel it was is open
    satellite: tuple[bool, bool]  # whether each of the two fixes is out of a table of satellite positions


@dataclass(frozen=True, slots=True)
class Silence:
    """A vessel silent for so long that she could have come within the radius; possible, never asserted."""

    mmsi: int
    before_ms: int | None  # last heard, None if not before; then first heard again
    after_ms: int | None
    needed_kn: float  # the least speed at which it can have been; the lower, the likelier
    satellite: tuple[bool, bool]  # whether each of the two fixes is out of a table of satellite positions


@dataclass(frozen=True, slots=True)
class Passes:
    near: tuple[Pass, ...]  # nearest first, one a vessel
    possible: tuple[Silence, ...]  # least speed first, one a vessel, none of ``near``
    too_fast: int  # steps from fix to fix that no vessel makes: left out


def find_passes(track: Track, line: F64, radius_m: float, from_ms: int, to_ms: int) -> Passes:
    """Vessels that came within ``radius_m`` of a place or polyline at an instant of [from_ms, to_ms].

    ``line`` (n, 2): lon, lat in degrees; one row is a place. ``track`` should reach ``WAY_S_MAX`` beyond both
    instants, and for silences as far as they are to be looked for; what lies outside serves as ends of ways only.
    """
    track = in_order(track)
    voice, too_fast = voices(track)
    doubled = set(np.unique(track.mmsi[voice > 0]).tolist())
    legs = _legs(line)
    near = tuple(_near(track, voice, legs, radius_m, from_ms, to_ms, doubled))
    found = {one.mmsi for one in near}
    silences = [s for s in _silences(track, voice, legs, radius_m, from_ms, to_ms) if s.needed_kn <= GAP_SPEED_KN]
    least = {s.mmsi: s for s in sorted(silences, key=lambda s: -s.needed_kn) if s.mmsi not in found}
    return Passes(near, tuple(sorted(least.values(), key=lambda s: (s.needed_kn, s.mmsi))), too_fast)


def in_order(track: Track) -> Track:
    """By vessel and time; what two stations or two runs heard alike counts once."""
    return track.take(order_of(track))


def order_of(track: Track) -> I64:
    """The rows of ``in_order``; what AIS brought as well as a table is AIS."""
    columns = (track.mmsi, track.fix_ms, track.lon_deg, track.lat_deg)
    order = np.lexsort((track.msg_type == NOT_AIS, *columns[::-1]))
    new = np.any([column[order[1:]] != column[order[:-1]] for column in columns], axis=0)
    kept: I64 = order[np.r_[True, new][: len(order)]]
    return kept


def satellite(track: Track, first: Any, second: Any) -> tuple[bool, bool]:
    """Of two fixes, whether each is out of a table of satellite positions (北斗, VMS): no AIS heard it."""
    return bool(track.msg_type[first] == NOT_AIS), bool(track.msg_type[second] == NOT_AIS)


def believable(metres: Any, seconds: Any) -> Any:
    """Whether one vessel can have gone that far in that time."""
    return metres <= SPEED_KN_MAX * nav.KN_M_S * seconds + JUMP_M


def steps(track: Track) -> tuple[NDArray[np.bool_], F64, F64]:
    """Of each fix and the next: whether of one vessel, metres, seconds."""
    lon, lat = track.lon_deg, track.lat_deg
    same = track.mmsi[1:] == track.mmsi[:-1]
    return same, nav.distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:]), np.diff(track.fix_ms) / 1000.0


def voices(track: Track) -> tuple[I64, int]:
    """For fixes in order, which of a number's transmitters sent each (0, 1, …; -1 fits none), and impossible steps.

    Each fix goes on the nearest transmitter that can have come so far: two that alternate make two tracks, and a
    position broken on the air one of its own, instead of each cutting the other to pieces.
    """
    same, metres, seconds = steps(track)
    fast = same & ~believable(metres, seconds)
    voice = np.zeros(len(track), np.int64)
    for mmsi in np.unique(track.mmsi[1:][fast]):
        rows = slice(*np.searchsorted(track.mmsi, [mmsi, mmsi + 1]))
        voice[rows] = _voices_of_one(track.take(rows))
    return voice, int(fast.sum())


def _voices_of_one(track: Track) -> list[int]:
    at_ms, lon, lat = track.fix_ms.tolist(), track.lon_deg, track.lat_deg
    last: list[int] = []  # each voice's latest fix
    out = []
    for i in range(len(track)):
        metres = nav.distance_m(lon[last], lat[last], lon[i], lat[i]).tolist()
        fits = [(m, v) for v, m in enumerate(metres) if believable(m, (at_ms[i] - at_ms[last[v]]) / 1000.0)]
        voice = min(fits)[1] if fits else len(last) if len(last) < VOICES_MAX else -1
        if voice == len(last):
            last.append(i)
        elif voice >= 0:
            last[voice] = i
        out.append(voice)
    return out


def _legs(line: F64) -> Legs:
    """The legs of the line, each once, in an order that its direction does not change."""
    points = [(float(lon), float(lat)) for lon, lat in line]
    pairs = list(pairwise(points)) or [(points[0], points[0])]
    return sorted({(min(a, b), max(a, b)) for a, b in pairs})


def _near(
    track: Track,
    voice: I64,
    legs: Legs,
    radius_m: float,
    from_ms: int,
    to_ms: int,
    doubled: set[int],
) -> Iterator[Pass]:
    a, b = _ways(track, voice)
    inside = (track.fix_ms[b] >= from_ms) & (track.fix_ms[a] <= to_ms)
    a, b = a[inside], b[inside]
    begins, ends = _window(track, a, b, from_ms, to_ms)
    distance, share = np.full(len(a), np.inf), np.zeros(len(a))
    for leg in legs:
        near = np.flatnonzero(_in_box(track, a, b, leg, radius_m))
        d, s = _approach(track, a[near], b[near], begins[near], ends[near], leg)
        better = (d < distance[near] - SAME_M) | ((d < distance[near] + SAME_M) & (s < share[near]))
        distance[near[better]], share[near[better]] = d[better], s[better]
    met = np.flatnonzero(distance <= radius_m)
    at_ms = np.rint(track.fix_ms[a] + share * (track.fix_ms[b] - track.fix_ms[a])).astype(np.int64)
    order = met[np.lexsort((at_ms[met], np.rint(distance[met] / SAME_M), track.mmsi[a[met]]))]
    _, first = np.unique(track.mmsi[a[order]], return_index=True)
    for i in sorted(order[first].tolist(), key=lambda i: (distance[i], int(track.mmsi[a[i]]))):
        yield _pass(
            track, int(a[i]), int(b[i]), float(share[i]), float(distance[i]), int(at_ms[i]), legs, radius_m, doubled
        )


def _ways(track: Track, voice: I64) -> tuple[I64, I64]:
    """Rows of the two ends of every way that counts, and of every fix on none, its own two ends."""
    order = np.lexsort((track.fix_ms, voice, track.mmsi))
    a, b = order[:-1], order[1:]
    go_on = (track.mmsi[a] == track.mmsi[b]) & (voice[a] == voice[b]) & (voice[a] >= 0)
    go_on &= track.fix_ms[b] - track.fix_ms[a] <= WAY_S_MAX * 1000.0
    alone = np.setdiff1d(order, np.r_[a[go_on], b[go_on]])
    return np.r_[a[go_on], alone], np.r_[b[go_on], alone]


def _window(track: Track, a: I64, b: I64, from_ms: int, to_ms: int) -> tuple[F64, F64]:
    """The shares of each way between which it lies inside the time asked about."""
    start, length = track.fix_ms[a], np.maximum(track.fix_ms[b] - track.fix_ms[a], 1)
    return np.clip((from_ms - start) / length, 0.0, 1.0), np.clip((to_ms - start) / length, 0.0, 1.0)


def _in_box(track: Track, a: I64, b: I64, leg: Leg, radius_m: float) -> NDArray[np.bool_]:
    """Ways that may come within the radius of the leg, by boxes in degrees."""
    (lon0, lat0), (lon1, lat1) = leg
    half = nav.angle_between_deg(lon0, lon1) / 2.0
    middle = lon0 + half
    per_lon, per_lat = nav.metres_per_degree(np.asarray(max(abs(lat0), abs(lat1))))
    out_lon, out_lat = (radius_m + BOX_SLACK_M) / per_lon * 1.01, (radius_m + BOX_SLACK_M) / per_lat * 1.01
    xa, xb = (nav.angle_between_deg(middle, track.lon_deg[rows]) for rows in (a, b))
    ya, yb = track.lat_deg[a], track.lat_deg[b]
    meets: NDArray[np.bool_] = np.abs(xa - xb) < 180.0  # else the way goes round the back of the earth
    meets &= (np.maximum(xa, xb) >= -abs(half) - out_lon) & (np.minimum(xa, xb) <= abs(half) + out_lon)
    meets &= (np.maximum(ya, yb) >= min(lat0, lat1) - out_lat) & (np.minimum(ya, yb) <= max(lat0, lat1) + out_lat)
    return meets


def _approach(track: Track, a: I64, b: I64, begins: F64, ends: F64, leg: Leg) -> tuple[F64, F64]:
    """Closest distance of ways, between two shares of each, to one leg; and the share at which it is first reached."""
    middle = _middle(leg)
    ax, ay = _plane(track.lon_deg[a], track.lat_deg[a], middle)
    bx, by = _plane(track.lon_deg[b], track.lat_deg[b], middle)
    (cx, dx), (cy, dy) = _plane_of(leg)
    px, py = ax + begins * (bx - ax), ay + begins * (by - ay)
    qx, qy = ax + ends * (bx - ax), ay + ends * (by - ay)
    zero, one = np.zeros(len(a)), np.ones(len(a))
    from_c, from_d = (_point_to_segment(x, y, px, py, qx, qy) for x, y in ((cx, cy), (dx, dy)))
    found = [
        (_point_to_segment(px, py, cx, cy, dx, dy)[0], zero),
        (_point_to_segment(qx, qy, cx, cy, dx, dy)[0], one),
        from_c,
        from_d,
        _crossing(px, py, qx, qy, cx, cy, dx, dy),
    ]
    distances, shares = np.array([d for d, _ in found]), np.array([s for _, s in found])
    distance: F64 = distances.min(axis=0)
    share = np.where(distances <= distance + SAME_M, shares, np.inf).min(axis=0)
    return distance, begins + share * (ends - begins)


def _point_to_segment(px: Any, py: Any, ax: Any, ay: Any, bx: Any, by: Any) -> tuple[F64, F64]:
    """Distance of points to segments, and the share of the segment at which it is reached."""
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    along = (px - ax) * dx + (py - ay) * dy
    share = np.clip(along / np.where(length2 > 0.0, length2, 1.0), 0.0, 1.0)
    return np.hypot(px - ax - share * dx, py - ay - share * dy), share


def _crossing(ax: F64, ay: F64, bx: F64, by: F64, cx: float, cy: float, dx: float, dy: float) -> tuple[F64, F64]:
    """Distance 0 where segments a-b cross the segment c-d, else infinity, and the share of a-b."""
    rx, ry, sx, sy = bx - ax, by - ay, dx - cx, dy - cy
    cross = rx * sy - ry * sx
    safe = np.where(cross == 0.0, 1.0, cross)
    t, u = ((cx - ax) * sy - (cy - ay) * sx) / safe, ((cx - ax) * ry - (cy - ay) * rx) / safe
    meets = (cross != 0.0) & (t >= 0.0) & (t <= 1.0) & (u >= 0.0) & (u <= 1.0)
    return np.where(meets, 0.0, np.inf), t


def _pass(
    t: Track,
    a: int,
    b: int,
    share: float,
    distance_m: float,
    at_ms: int,
    legs: Legs,
    radius_m: float,
    doubled: set[int],
) -> Pass:
    fix = a if share <= 0.5 else b
    close = abs(int(t.fix_ms[fix]) - at_ms) <= MEASURED_S * 1000.0
    measured = close and _distance_m(t.lon_deg[fix : fix + 1], t.lat_deg[fix : fix + 1], legs)[0] <= radius_m + SAME_M
    turn = float(nav.angle_between_deg(t.lon_deg[a], t.lon_deg[b]))
    lon = (float(t.lon_deg[a]) + share * turn + 180.0) % 360.0 - 180.0
    lat = float(t.lat_deg[a] + share * (t.lat_deg[b] - t.lat_deg[a]))
    basis = Basis.MEASURED if measured else Basis.INTERPOLATED
    mmsi = int(t.mmsi[a])
    fixes = (int(t.fix_ms[a]), int(t.fix_ms[b]))
    return Pass(mmsi, distance_m, at_ms, lon, lat, *fixes, basis, mmsi in doubled, satellite(t, a, b))


def _distance_m(lon: F64, lat: F64, legs: Legs) -> F64:
    """Metres from points to the nearest leg."""
    out = np.full(len(lon), np.inf)
    for leg in legs:
        middle = _middle(leg)
        (cx, dx), (cy, dy) = _plane_of(leg)
        out = np.minimum(out, _point_to_segment(*_plane(lon, lat, middle), cx, cy, dx, dy)[0])
    return out


def _silences(
    track: Track,
    voice: I64,
    legs: Legs,
    radius_m: float,
    from_ms: int,
    to_ms: int,
) -> Iterator[Silence]:
    """Silences that overlap the time and in which the radius could be reached: between fixes, before all, after all.

    A lower bound of the speed is judged, |AP| >= d - r: in doubt a vessel is listed.
    """
    order = np.lexsort((track.fix_ms, voice, track.mmsi))
    order = order[_tracks(track, voice, order)]
    t, v = track.take(order), voice[order]
    at_s, from_s, to_s = t.fix_ms / 1000.0, from_ms / 1000.0, to_ms / 1000.0
    short_m = np.maximum(_distance_m(t.lon_deg, t.lat_deg, legs) - radius_m, 0.0)
    new = np.r_[True, (t.mmsi[1:] != t.mmsi[:-1]) | (v[1:] != v[:-1])] if len(t) else np.zeros(0, bool)
    for i in np.flatnonzero(new & (at_s - from_s > WAY_S_MAX)):
        needed = short_m[i] / (at_s[i] - from_s) / nav.KN_M_S
        yield Silence(int(t.mmsi[i]), None, int(t.fix_ms[i]), float(needed), satellite(t, i, i))
    for i in np.flatnonzero(np.r_[new[1:], True][: len(t)] & (to_s - at_s > WAY_S_MAX)):
        needed = short_m[i] / (to_s - at_s[i]) / nav.KN_M_S
        yield Silence(int(t.mmsi[i]), int(t.fix_ms[i]), None, float(needed), satellite(t, i, i))
    silent = ~new[1:] & (np.diff(at_s) > WAY_S_MAX) & (at_s[1:] >= from_s) & (at_s[:-1] <= to_s)
    for i in np.flatnonzero(silent):
        straight_m = float(nav.distance_m(t.lon_deg[i], t.lat_deg[i], t.lon_deg[i + 1], t.lat_deg[i + 1]))
        span = (max(at_s[i], from_s), min(at_s[i + 1], to_s))
        m_s = _least_speed_m_s(short_m[i], short_m[i + 1], at_s[i], at_s[i + 1], span)
        needed = max(m_s, straight_m / (at_s[i + 1] - at_s[i])) / nav.KN_M_S
        fixes = (int(t.fix_ms[i]), int(t.fix_ms[i + 1]))
        yield Silence(int(t.mmsi[i]), *fixes, float(needed), satellite(t, i, i + 1))


def _tracks(track: Track, voice: I64, order: I64) -> NDArray[np.bool_]:
    """Which fixes, in that order, belong to a track: one broken position is no vessel that fell silent."""
    mmsi, v = track.mmsi[order], voice[order]
    goes_on = (mmsi[1:] == mmsi[:-1]) & (v[1:] == v[:-1])
    company: NDArray[np.bool_] = np.r_[goes_on, False][: len(order)] | np.r_[False, goes_on][: len(order)]
    whole: NDArray[np.bool_] = (v >= 0) & (company | (v == 0))
    return whole


def _least_speed_m_s(out_m: float, back_m: float, left_s: float, back_s: float, span_s: tuple[float, float]) -> float:
    """The least speed for ``out_m`` after ``left_s`` and then ``back_m`` until ``back_s``, turning within the span."""
    turn_s = left_s + (back_s - left_s) * (out_m / (out_m + back_m) if out_m + back_m else 0.5)
    turn_s = min(max(turn_s, span_s[0]), span_s[1])
    legs = ((out_m, turn_s - left_s), (back_m, back_s - turn_s))
    return max((m / s if s > 0.0 else np.inf) if m > 0.0 else 0.0 for m, s in legs)


def _middle(leg: Leg) -> tuple[float, float]:
    (lon0, lat0), (lon1, lat1) = leg
    return lon0 + float(nav.angle_between_deg(lon0, lon1)) / 2.0, (lat0 + lat1) / 2.0


def _plane_of(leg: Leg) -> tuple[F64, F64]:
    """The two ends of a leg on its plane: both x, both y."""
    (lon0, lat0), (lon1, lat1) = leg
    return _plane(np.array([lon0, lon1]), np.array([lat0, lat1]), _middle(leg))


def _plane(lon: F64, lat: F64, middle: tuple[float, float]) -> tuple[F64, F64]:
    """Metres east and north of the middle: transverse Mercator on WGS84, its central meridian through the middle.

    Formulas 8-9 and 8-10 of Snyder, Map Projections (USGS Professional Paper 1395, 1987). Beyond ``FAR_DEG`` only
    the mean-latitude plane, good to know that something is far.
    """
    lon0, lat0 = middle
    east, north = nav.offset_m(np.full(lon.shape, lon0), np.full(lat.shape, lat0), lon, lat)
    turn = nav.angle_between_deg(lon0, lon)
    here = np.abs(turn) <= FAR_DEG
    phi, e2 = np.radians(np.where(here, lat, 0.0)), nav.WGS84_E2
    ep2 = e2 / (1.0 - e2)
    n = nav.WGS84_A_M / np.sqrt(1.0 - e2 * np.sin(phi) ** 2)
    t, c, a = np.tan(phi) ** 2, ep2 * np.cos(phi) ** 2, np.radians(turn) * np.cos(phi)
    x = n * (a + (1 - t + c) * a**3 / 6 + (5 - 18 * t + t**2 + 72 * c - 58 * ep2) * a**5 / 120)
    y4 = (5 - t + 9 * c + 4 * c**2) * a**4 / 24
    y = n * np.tan(phi) * (a**2 / 2 + y4 + (61 - 58 * t + t**2 + 600 * c - 330 * ep2) * a**6 / 720)
    y += _meridian_m(phi) - _meridian_m(np.radians(np.asarray(lat0)))
    return np.where(here, x, east), np.where(here, y, north)


def _meridian_m(phi: F64) -> F64:
    """Metres along the meridian from the equator, formula 3-21 of Snyder; ``phi`` in radians."""
    e2, e4, e6 = nav.WGS84_E2, nav.WGS84_E2**2, nav.WGS84_E2**3
    metres: F64 = nav.WGS84_A_M * (
        (1 - e2 / 4 - 3 * e4 / 64 - 5 * e6 / 256) * phi
        - (3 * e2 / 8 + 3 * e4 / 32 + 45 * e6 / 1024) * np.sin(2 * phi)
        + (15 * e4 / 256 + 45 * e6 / 1024) * np.sin(4 * phi)
        - (35 * e6 / 3072) * np.sin(6 * phi)
    )
    return metres
