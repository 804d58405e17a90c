"""Ships on their way across a line of net buoys: what the buoys mark is in the water though nobody steers it."""

from dataclasses import dataclass

import numpy as np

from fengqiao import nav
from fengqiao.fleet.grid import pairs_within
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding
from fengqiao.nav import F64
from fengqiao.rules.collision.domains import slab
from fengqiao.rules.collision.encounter import Encounter
from fengqiao.rules.collision.facts import NAME
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Context, Pair, Params, Row
from fengqiao.rules.telling import display_name, track_key
from fengqiao.rules.tracks import LOST_LYING_S, Flags, Rows, age_s, lost_after_s
from fengqiao.situation.picture import Picture

BUOYS_MAX = 200  # met by a ship or a buoy in each row of cells: beyond, somebody forges buoys
NEIGHBOURS = 2  # a buoy of a line has one to each side


@dataclass(frozen=True, slots=True)
class _Edges:
    """Stretches of net between two buoys; rows i < j."""

    i: Rows
    j: Rows


def net_lines(picture: Picture, params: Params, motion: Motion, ships: Flags) -> list[Finding]:
    """One finding for every own ship whose way leads across a net, or has just led: of the net she comes to first."""
    row = next(r for r in params.rows if r.pair == Pair.NET and r.context == Context.OPEN)
    v, age = picture.vessels, age_s(picture)
    # A net stays where it is: its buoys are asked to speak as seldom as who lies, whatever set they have.
    buoys = (v.kind == Kind.GEAR) & motion.known & (age <= LOST_LYING_S)
    movers = ships & motion.known & (age <= lost_after_s(v)) & ~motion.still & ~picture.near_harbour & picture.own
    edges = _edges(motion, params, buoys)
    if not len(edges.i) or not movers.any():
        return []
    ship, edge = _candidates(motion, params, movers, edges, row)
    i, j = edges.i[edge], edges.j[edge]
    way = _Way.of(motion, params, ship, i, j, row)
    order = np.lexsort(
        (v.mmsi[j], v.mmsi[i], np.abs(way.keep_s), way.keep_s < 0.0, np.nan_to_num(way.enter_s, nan=np.inf))
    )
    order = order[np.isfinite(way.keep_s[order])]
    first = order[np.unique(ship[order], return_index=True)[1]]
    return [_finding(picture, params, motion, row, (int(ship[n]), int(i[n]), int(j[n])), way.at(int(n))) for n in first]


def _edges(motion: Motion, params: Params, buoys: Flags) -> _Edges:
    """Every buoy and the two nearest it, no farther off than buoys of one line stand."""
    placed = np.where(buoys, motion.lon, np.nan)
    found = pairs_within(placed, motion.lat, params.net_chain_nm, neighbours_max=BUOYS_MAX)
    one, other = np.concatenate([found.i, found.j]), np.concatenate([found.j, found.i])
    order = np.lexsort((other, np.tile(found.range_nm, 2), one))
    one, other = one[order], other[order]
    rank = np.arange(len(one)) - np.searchsorted(one, one, "left")
    near = rank < NEIGHBOURS
    ends = np.unique(np.sort(np.stack([one[near], other[near]]), axis=0), axis=1)
    return _Edges(ends[0], ends[1])


def _candidates(motion: Motion, params: Params, ships: Flags, edges: _Edges, row: Row) -> tuple[Rows, Rows]:
    """Ships and the edges they could come to in time: arrays of rows and of indexes into the edges."""
    reach_nm = np.max(motion.sog_kn[ships]) * row.tcpa_min / 60.0 * params.hold_factor + params.net_chain_nm + 1.0
    ends = np.zeros(len(motion.lon), bool)
    ends[edges.i] = True
    placed = np.where(ships | ends, motion.lon, np.nan)
    found = pairs_within(placed, motion.lat, min(float(reach_nm), params.radius_nm), ships, BUOYS_MAX)
    ship = np.where(ships[found.i], found.i, found.j)
    buoy = np.where(ships[found.i], found.j, found.i)
    met = ends[buoy]
    ship, buoy = ship[met], buoy[met]
    order = np.argsort(edges.i, kind="stable")
    start = np.searchsorted(edges.i[order], buoy, "left")
    count = np.searchsorted(edges.i[order], buoy, "right") - start
    each = np.repeat(np.arange(len(ship)), count)
    step = np.arange(len(each)) - np.repeat(np.cumsum(count) - count, count)
    return ship[each], order[start[each] + step]


@dataclass(frozen=True, slots=True)
class _Way:
    """Ways of ships by nets; arrays of shape (n,), or of one of them plain numbers."""

    now_m: F64  # from the ship to the net
    enter_s: F64  # until she is in its water, 0 where she is; NaN: not in time
    keep_s: F64  # the same for a level once raised, in water ``hold_factor`` as wide; below 0: so long since she left
    nearest_m: F64

    @classmethod
    def of(cls, motion: Motion, params: Params, ship: Rows, i: Rows, j: Rows, row: Row) -> "_Way":
        net = nav.offset_m(motion.lon[i], motion.lat[i], motion.lon[j], motion.lat[j])
        place = nav.offset_m(motion.lon[i], motion.lat[i], motion.lon[ship], motion.lat[ship])
        speed = nav.velocity_m_s(motion.sog_kn[ship], motion.cog_deg[ship])
        within_s, limit_m = row.tcpa_min * 60.0, row.dcpa_nm * nav.NM_M
        enter, left = crossing_s(place, speed, net, limit_m)
        enters = (left >= 0.0) & (enter <= within_s)
        soon, past = crossing_s(place, speed, net, limit_m * params.hold_factor)
        keeps = (past > -params.passed_s) & (soon <= within_s * params.hold_factor)
        return cls(
            _off_m(place, net),
            np.where(enters, np.maximum(enter, 0.0), np.nan),
            np.where(keeps, np.where(past < 0.0, past, np.maximum(soon, 0.0)), np.nan),
            _nearest_m(place, speed, net, within_s * params.hold_factor),
        )

    def at(self, n: int) -> tuple[float, float, float, float]:
        return float(self.now_m[n]), float(self.enter_s[n]), float(self.keep_s[n]), float(self.nearest_m[n])


Vector = tuple[F64, F64]  # metres, or metres a second, east and north


def crossing_s(place: Vector, speed: Vector, net: Vector, limit_m: float) -> tuple[F64, F64]:
    """From when to when (seconds, may be past) one who is at ``place`` and goes at ``speed`` is within ``limit_m`` of
    the stretch from 0 to ``net``; infinity and minus infinity where never.

    That water is a strip with a round end at each buoy, and convex: she is in it from the first of the three to the
    last.
    """
    length = np.maximum(np.hypot(*net), 1.0)
    east, north = net[0] / length, net[1] / length
    along, across = place[0] * east + place[1] * north, place[0] * north - place[1] * east
    along_m_s, across_m_s = speed[0] * east + speed[1] * north, speed[0] * north - speed[1] * east
    a_in, a_out = slab(along, along_m_s, np.zeros_like(length), length)
    c_in, c_out = slab(across, across_m_s, np.full_like(length, -limit_m), np.full_like(length, limit_m))
    spans = [
        _if_any(np.maximum(a_in, c_in), np.minimum(a_out, c_out)),
        _round(along, across, along_m_s, across_m_s, limit_m),
        _round(along - length, across, along_m_s, across_m_s, limit_m),
    ]
    return np.minimum.reduce([s[0] for s in spans]), np.maximum.reduce([s[1] for s in spans])


def _if_any(begin: F64, end: F64) -> tuple[F64, F64]:
    return np.where(begin <= end, begin, np.inf), np.where(begin <= end, end, -np.inf)


def _round(x: F64, y: F64, x_m_s: F64, y_m_s: F64, limit_m: float) -> tuple[F64, F64]:
    """The same for a disk about 0; whoever is asked about makes way."""
    speed2 = np.maximum(x_m_s**2 + y_m_s**2, nav.PARALLEL_M_S**2)
    middle = -(x * x_m_s + y * y_m_s) / speed2
    half2 = (limit_m**2 - (x + x_m_s * middle) ** 2 - (y + y_m_s * middle) ** 2) / speed2
    half = np.sqrt(np.maximum(half2, 0.0))
    return np.where(half2 >= 0.0, middle - half, np.inf), np.where(half2 >= 0.0, middle + half, -np.inf)


def _off_m(place: Vector, net: Vector) -> F64:
    """From a place to the stretch from 0 to ``net``."""
    length2 = np.maximum(net[0] ** 2 + net[1] ** 2, 1.0)
    along = np.clip((place[0] * net[0] + place[1] * net[1]) / length2, 0.0, 1.0)
    return np.hypot(place[0] - along * net[0], place[1] - along * net[1])


def _nearest_m(place: Vector, speed: Vector, net: Vector, within_s: float) -> F64:
    """The least distance between the net and her way until then: 0 if they cross, else from one end of the two."""
    way = speed[0] * within_s, speed[1] * within_s
    there = place[0] + way[0], place[1] + way[1]
    back = -place[0], -place[1]
    ends = [
        _off_m(place, net),
        _off_m(there, net),
        _off_m(back, way),
        _off_m((net[0] + back[0], net[1] + back[1]), way),
    ]
    sides = _turn(net, place) * _turn(net, there), _turn(way, back) * _turn(way, (net[0] + back[0], net[1] + back[1]))
    return np.where((sides[0] < 0.0) & (sides[1] < 0.0), 0.0, np.minimum.reduce(ends))


def _turn(one: Vector, other: Vector) -> F64:
    return one[0] * other[1] - one[1] * other[0]


def _finding(
    picture: Picture,
    params: Params,
    motion: Motion,
    row: Row,
    rows: tuple[int, int, int],
    way: tuple[float, float, float, float],
) -> Finding:
    (ship, *buoys), (now_m, enter_s, keep_s, nearest_m) = rows, way
    v = picture.vessels
    asks = enter_s == enter_s
    soon_s = enter_s if asks else keep_s
    place = (float(motion.lon[buoys].mean()), float(motion.lat[buoys].mean()))
    facts = {
        "a": display_name(picture, ship),
        "a_mmsi": int(v.mmsi[ship]),
        "a_sog_kn": round(float(motion.sog_kn[ship]), 1),
        "buoys": sorted(int(v.mmsi[b]) for b in buoys),
        "buoy": display_name(picture, min(buoys, key=lambda b: int(v.mmsi[b]))),
        "pair": row.pair.value,
        "context": row.context.value,
        "cpa_nm": round(nearest_m / nav.NM_M, 3),
        "tcpa_s": round(soon_s),
        "tcpa_min": round(soon_s / 60.0, 1),
        "range_nm": round(now_m / nav.NM_M, 2),
        "bearing": round(float(nav.bearing_deg(motion.lon[ship], motion.lat[ship], *place))) % 360,
        "bow_cross_nm": None,
        "probability": None,
        "encounter": Encounter.DOMAIN.value,
        "give_way": [],
        "stand_on": [],
    }
    return Finding(
        NAME,
        ("net", track_key(v, ship)),
        row.level if asks else None,
        row.level,
        "alert.collision.net" if soon_s > 0.0 else f"alert.collision.net.{'passed' if soon_s < 0.0 else 'inside'}",
        facts,
        (int(v.mmsi[ship]),),
        position=(round(place[0], 6), round(place[1], 6)),
        delay_s=row.delay_s,
        news=(int(v.fix_ms[ship]),),
        fresh_reports=params.fresh_reports,
    )
