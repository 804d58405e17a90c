"""Ships on their way across a line of net buoys: what the buoys mark is in the water though nobody steers it."""

from dataclasses import dataclass

import numpy as np

from fengqiao import nav
from fengqiao.fleet.grid import pairs_within
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding
from fengqiao.nav import F64
from fengqiao.rules.collision.encounter import Encounter
from fengqiao.rules.collision.facts import NAME
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Context, Pair, Params, Row
from fengqiao.rules.telling import display_name, track_key
from fengqiao.rules.tracks import Flags, Rows, age_s, lost_after_s
from fengqiao.situation.picture import Picture

NEIGHBOURS = 2  # a buoy of a line has one to each side
STEP_S = 15.0  # 21 kn is 160 m in a step: fine enough for a quarter of a mile


@dataclass(frozen=True, slots=True)
class _Edges:
    """Stretches of net between two buoys; rows i < j."""

    i: Rows
    j: Rows


def net_lines(picture: Picture, params: Params, motion: Motion, ships: Flags) -> list[Finding]:
    """One finding for every own ship whose way leads across a net, of the net she comes to first."""
    row = next(r for r in params.rows if r.pair == Pair.NET and r.context == Context.OPEN)
    v = picture.vessels
    fresh = motion.known & (age_s(picture) <= lost_after_s(v))
    buoys = (v.kind == Kind.GEAR) & fresh
    movers = ships & fresh & ~motion.still & ~picture.near_harbour & picture.own
    edges = _edges(motion, params, buoys)
    if not len(edges.i) or not movers.any():
        return []
    ship, edge = _candidates(motion, params, movers, edges, row)
    now_m, enter_s, keep_s, nearest_m = _approach(motion, params, ship, edges.i[edge], edges.j[edge], row)
    first: dict[int, int] = {}
    for n in np.lexsort((v.mmsi[edges.j[edge]], v.mmsi[edges.i[edge]], keep_s, np.nan_to_num(enter_s, nan=np.inf))):
        if np.isfinite(keep_s[n]):
            first.setdefault(int(ship[n]), int(n))
    return [
        _finding(picture, params, motion, row, s, (int(edges.i[edge[n]]), int(edges.j[edge[n]])), values)
        for s, n in first.items()
        for values in [(float(now_m[n]), float(enter_s[n]), float(keep_s[n]), float(nearest_m[n]))]
    ]


def _edges(motion: Motion, params: Params, buoys: Flags) -> _Edges:
    """Every buoy and the two nearest it, no farther off than buoys of one line stand."""
    found = pairs_within(np.where(buoys, motion.lon, np.nan), motion.lat, params.net_chain_nm)
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
    found = pairs_within(placed, motion.lat, min(float(reach_nm), params.radius_nm), ships)
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


def _approach(motion: Motion, params: Params, ship: Rows, i: Rows, j: Rows, row: Row) -> tuple[F64, F64, F64, F64]:
    """Metres from the ship to the net now; seconds until she is in its water (NaN: not in time) and, for a level
    once raised, in water ``hold_factor`` as wide; and her least distance."""
    within_s = row.tcpa_min * 60.0
    t = np.arange(0.0, within_s * params.hold_factor + STEP_S, STEP_S)
    ex, ey = nav.offset_m(motion.lon[i], motion.lat[i], motion.lon[j], motion.lat[j])
    px, py = nav.offset_m(motion.lon[i], motion.lat[i], motion.lon[ship], motion.lat[ship])
    vx, vy = nav.velocity_m_s(motion.sog_kn[ship], motion.cog_deg[ship])
    x, y = px[:, None] + vx[:, None] * t, py[:, None] + vy[:, None] * t
    length2 = np.maximum(ex**2 + ey**2, 1.0)[:, None]
    along = np.clip((x * ex[:, None] + y * ey[:, None]) / length2, 0.0, 1.0)
    away = np.hypot(x - along * ex[:, None], y - along * ey[:, None])
    limit_m = row.dcpa_nm * nav.NM_M

    def first(inside: Flags) -> F64:
        return np.where(inside.any(axis=1), t[np.argmax(inside, axis=1)], np.nan)

    enter_s = first((away <= limit_m) & (t <= within_s))
    return away[:, 0], enter_s, first(away <= limit_m * params.hold_factor), away.min(axis=1)


def _finding(
    picture: Picture,
    params: Params,
    motion: Motion,
    row: Row,
    ship: int,
    buoys: tuple[int, int],
    values: tuple[float, float, float, float],
) -> Finding:
    now_m, enter_s, keep_s, nearest_m = values
    v = picture.vessels
    asks = enter_s == enter_s
    soon_s = enter_s if asks else keep_s
    place = (float(motion.lon[list(buoys)].mean()), float(motion.lat[list(buoys)].mean()))
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
        "alert.collision.net",
        facts,
        (int(v.mmsi[ship]),),
        position=(round(place[0], 6), round(place[1], 6)),
        delay_s=row.delay_s,
        news=(int(v.fix_ms[ship]),),
        fresh_reports=params.fresh_reports,
    )
