"""Two vessels on their way to meet too closely: every pair at sea, not only pairs with an own ship."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.grid import Pairs, pairs_within
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.nav import F64
from fengqiao.rules.telling import display_name, number, track_key
from fengqiao.rules.tracks import Flags, Rows, age_s, lost_after_s, merchant_ships, past, unsaid
from fengqiao.situation.picture import Picture

NAME = "collision"
SCOPE = "cell"


class Role(StrEnum):
    OTHER = "other"  # pleasure craft, handhelds, what may be a boat or a buoy
    FISHING = "fishing"
    MERCHANT = "merchant"
    UNSAID = "unsaid"  # class A that has not told her type and size yet: to boats as good as a merchant ship
    SERVICE = "service"  # tugs, pilots, rescuers: going alongside merchant ships is their work


class Pair(StrEnum):
    MERCHANT_FISHING = "merchant_fishing"
    MERCHANT_MERCHANT = "merchant_merchant"
    FISHING_FISHING = "fishing_fishing"
    COMPANY = "company"  # two fishing boats that work together
    OTHER = "other"  # one of the two is a small craft of another sort


ROLES = tuple(Role)
PAIRS = tuple(Pair)
MEETINGS = {  # of which sort a pair is; pairs that stand in no line are not ours to watch
    (Role.MERCHANT, Role.FISHING): Pair.MERCHANT_FISHING,
    (Role.UNSAID, Role.FISHING): Pair.MERCHANT_FISHING,
    (Role.MERCHANT, Role.MERCHANT): Pair.MERCHANT_MERCHANT,
    (Role.MERCHANT, Role.UNSAID): Pair.MERCHANT_MERCHANT,
    (Role.FISHING, Role.FISHING): Pair.FISHING_FISHING,
    (Role.OTHER, Role.FISHING): Pair.OTHER,
    (Role.SERVICE, Role.FISHING): Pair.OTHER,
    (Role.MERCHANT, Role.OTHER): Pair.OTHER,
}
SERVICE_TYPES = (31, 32, 50, 51, 52, 53, 55)  # towing, pilot, search and rescue, tug, tender, law enforcement
MOORED = 5  # navigational status, ITU-R M.1371
NO_PAIR = -1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the threshold table: how near, how soon, how fast together, to ask for a level."""

    pair: Pair
    harbour: bool  # one of the two is in a harbour or lies moored
    level: Priority
    dcpa_nm: float
    tcpa_min: float
    closing_kn_min: float
    delay_s: float


def _rows() -> tuple[Row, ...]:
    """Study §2d, columns "open sea", "harbour" and "same group"; lines marked D are this project's choice."""
    c, w, a = Priority.CAUTION, Priority.WARNING, Priority.ALARM
    mf, mm, ff, co, ot = PAIRS
    fifty_m = 50.0 / nav.NM_M
    return (
        Row(mf, False, c, 1.0, 25.0, 0.0, 30.0),
        Row(mf, False, w, 0.5, 15.0, 0.0, 30.0),  # holds a true collision inside the gate for 95 % of course errors
        Row(mf, False, a, 0.2, 8.0, 0.0, 30.0),
        *(Row(pair, True, w, 0.1, 5.0, 3.0, 20.0) for pair in (mf, mm, ff, ot)),
        *(Row(pair, True, a, 0.05, 3.0, 3.0, 20.0) for pair in (mf, mm, ff, ot)),
        Row(mm, False, w, 0.3, 10.0, 3.0, 30.0),  # D: the centre watches for its boats; ships have their own VTS
        Row(mm, False, a, 0.1, 5.0, 3.0, 30.0),  # D
        *(Row(pair, False, w, 0.1, 5.0, 3.0, 30.0) for pair in (ff, ot)),  # D: close quarters as in a harbour, for
        *(Row(pair, False, a, 0.05, 3.0, 3.0, 30.0) for pair in (ff, ot)),  # boats on one ground pass at 0.2 nm all day
        *(Row(co, harbour, w, 0.1, 5.0, 3.0, 30.0) for harbour in (False, True)),
        *(Row(co, harbour, a, fifty_m, 3.0, 3.0, 30.0) for harbour in (False, True)),
    )


@dataclass(frozen=True, slots=True)
class Params:
    rows: tuple[Row, ...] = _rows()
    radius_nm: float = 12.0  # the plane of nav errs by 10 m (p95) so far out; 25 min at 29 kn together
    motion_kn_min: float = 0.5  # slower is drifting, and its course is noise: motion 0 (study §2d "stopped" ends)
    hold_factor: float = 1.5  # of DCPA and TCPA, to keep a level once raised (§2d "clear")
    passed_s: float = 60.0  # TCPA this far behind: past and clear (§2d)
    hold_s: float = 180.0  # gone so long before the alert resolves (§2d)
    set_probability: float = 0.5  # P(miss < DCPA limit) to ask for a level (§2a)
    hold_probability: float = 0.2  # and to keep it
    fast_tcpa_min: float = 6.0  # an alarm nearer than this waits for nothing (§2d)
    fresh_reports: int = 2  # from each vessel before anything slower is raised (§2d)
    position_accurate_m: float = 10.0  # standard error with the accuracy flag (ITU-R M.1371)
    position_m: float = 30.0  # and without (§2a)
    sog_error_kn: float = 0.2  # §2a
    cog_error_deg_min: float = 1.0  # a merchant ship on autopilot (§2a table)
    cog_error_deg: float = 5.0  # fishing boat at work, where the ring holds too few courses to tell (§2a table)
    cog_error_deg_max: float = 45.0  # beyond, the mean course itself means nothing
    cog_fixes: int = 5  # the last courses that the error is taken from (§2a)
    cog_window_s: float = 300.0  # older courses speak of another manoeuvre
    unseen_turn_m_s2: float = 0.02  # acceleration nobody has reported yet: error ½·0.02·Δ² (§2a)
    unseen_m_max: float = 741.0  # 8 kn for 180 s: a start hidden by the slow report rate (§2a "Latency")
    company_range_nm: tuple[float, float] = (0.05, 1.0)  # §2d company
    company_turn_deg: float = 20.0  # §2d
    company_speed_kn: float = 1.0  # §2d
    company_minutes: int = 15  # what the ring surely holds
    company_minutes_min: int = 10  # minutes of which both are known
    company_share: float = 0.7  # of these, in company: hauling and turning take the rest


def check(picture: Picture, params: Params) -> Findings:
    """Findings about pairs whose smaller mmsi is an own row; own rows that no forecast can be made of are undecided."""
    v = picture.vessels
    doubtful = (v.kind == Kind.GEAR) & v.gear_doubt
    boats = doubtful | np.isin(v.kind, (Kind.SHIP, Kind.CRAFT, Kind.HANDHELD))
    motion = _Motion.of(picture, params)
    known = ~np.isnan(v.lon_deg) & ~np.isnan(motion.lon) & (age_s(picture) <= lost_after_s(v))
    judged = boats & known
    found = pairs_within(
        # Reported places, not reckoned ones: so a judge with a halo meets the same pairs as one who sees all.
        np.where(judged, v.lon_deg, np.nan),
        v.lat_deg,
        params.radius_nm,
        seekers=judged & ~motion.still,
    )
    undecided = picture.own & boats & (~known | found.cut)
    findings = (*_judge(picture, params, motion, found), *_overload(picture, found))
    return Findings(NAME, findings, frozenset(v.mmsi[undecided].tolist()), params.hold_s)


@dataclass(frozen=True, slots=True)
class _Motion:
    """Every row at the picture's instant; NaN where course or speed is unknown, for unknown is never 0 kn."""

    lon: F64
    lat: F64
    sog_kn: F64
    cog_deg: F64
    still: Flags
    place_m: F64  # standard errors: of the place now,
    cog_error_deg: F64  # and of the course

    @classmethod
    def of(cls, picture: Picture, params: Params) -> "_Motion":
        v = picture.vessels
        still = picture.stopped | (v.sog_kn < params.motion_kn_min)
        sog, cog = np.where(still, 0.0, v.sog_kn), np.where(still, 0.0, v.cog_deg)
        age = age_s(picture)
        lon, lat = nav.dead_reckon(v.lon_deg, v.lat_deg, sog, cog, age)
        unseen = np.where(still, 0.0, np.minimum(params.unseen_turn_m_s2 * age**2 / 2.0, params.unseen_m_max))
        place = np.hypot(np.where(v.accurate, params.position_accurate_m, params.position_m), unseen)
        return cls(lon, lat, sog, cog, still, place, _cog_error_deg(v, params))

    def pick(self, rows: Rows) -> tuple[F64, F64, F64, F64]:
        return self.lon[rows], self.lat[rows], self.sog_kn[rows], self.cog_deg[rows]


def _cog_error_deg(v: Vessels, params: Params) -> F64:
    """Circular standard deviation of the last courses in the ring (study §2a)."""
    cog, ms, sog = (r[:, -params.cog_fixes :] for r in (v.ring_cog, v.ring_ms, v.ring_sog))
    recent = (v.fix_ms[:, None] - ms) <= params.cog_window_s * 1000.0
    told = recent & np.isfinite(cog) & (sog >= params.motion_kn_min)
    n = told.sum(axis=1)
    turned = np.where(told, np.exp(1j * np.radians(np.nan_to_num(cog))), 0.0)
    length = np.clip(np.abs(turned.sum(axis=1)) / np.maximum(n, 1), 1e-9, 1.0)
    error = np.where(n >= 3, np.degrees(np.sqrt(-2.0 * np.log(length))), params.cog_error_deg)
    return np.clip(error, params.cog_error_deg_min, params.cog_error_deg_max)


def _roles(picture: Picture) -> NDArray[np.int8]:
    """Index into ROLES of every row."""
    role = np.full(len(picture.vessels), ROLES.index(Role.OTHER), np.int8)
    role[np.isin(picture.vessels.ship_type, SERVICE_TYPES)] = ROLES.index(Role.SERVICE)
    merchant = merchant_ships(picture)
    role[merchant] = ROLES.index(Role.MERCHANT)
    role[merchant & unsaid(picture.vessels)] = ROLES.index(Role.UNSAID)
    role[picture.fishing_craft] = ROLES.index(Role.FISHING)
    return role


def _meeting_table() -> NDArray[np.int8]:
    table = np.full((len(ROLES), len(ROLES)), NO_PAIR, np.int8)
    for (one, other), pair in MEETINGS.items():
        a, b = ROLES.index(one), ROLES.index(other)
        table[a, b] = table[b, a] = PAIRS.index(pair)
    return table


MEETING = _meeting_table()


def _judge(picture: Picture, params: Params, motion: _Motion, found: Pairs) -> list[Finding]:
    role = _roles(picture)
    a, b = _seated(picture, role, found)
    sort = MEETING[role[a], role[b]]
    worth = _owned(picture, a, b) & (sort != NO_PAIR) & _reachable(params, motion, sort, a, b, found.range_nm)
    # Ships pass berths and anchored ships all day; a boat that lies to her net must be told of.
    worth &= picture.fishing_craft[a] | picture.fishing_craft[b] | ~(motion.still[a] | motion.still[b])
    a, b, sort = a[worth], b[worth], sort[worth]
    _join_company(picture, params, a, b, sort)
    meet = nav.closest_approach(*motion.pick(a), *motion.pick(b))
    error_m = _miss_error_m(params, motion, a, b, meet.tcpa_s)
    # A berth that no chart knows is a harbour too; "moored" counts only while she lies still (freeboard-sk #99).
    berthed = picture.near_harbour | (motion.still & (picture.vessels.nav_status == MOORED))
    harbour = berthed[a] | berthed[b]
    ask, keep = _levels(params, sort, harbour, meet, error_m)
    held = np.flatnonzero(keep > NO_PAIR)
    a, b, sort, ask, keep = a[held], b[held], sort[held], ask[held], keep[held]
    shown = np.where(ask > NO_PAIR, ask, keep)  # the line of the table that the facts speak of
    limit_m = np.array([row.dcpa_nm for row in params.rows])[shown] * nav.NM_M
    measured = np.stack(
        [
            meet.range_m[held],
            meet.dcpa_m[held],
            meet.tcpa_s[held],
            limit_m,
            probability_within(meet.dcpa_m[held], error_m[held], limit_m),
            nav.bearing_deg(motion.lon[b], motion.lat[b], motion.lon[a], motion.lat[a]),
            *nav.bow_crossing(*motion.pick(a), *motion.pick(b)),
        ],
        axis=1,
    ).tolist()
    return [
        _finding(
            picture,
            params,
            motion,
            _Meeting(
                int(a[n]),
                int(b[n]),
                PAIRS[sort[n]],
                params.rows[ask[n]] if ask[n] > NO_PAIR else None,
                params.rows[keep[n]],
                *measured[n],
            ),
        )
        for n in range(len(held))
    ]


def _seated(picture: Picture, role: NDArray[np.int8], found: Pairs) -> tuple[Rows, Rows]:
    """The merchant ship of a mixed pair is a; of like pairs the smaller mmsi."""
    v, i, j = picture.vessels, found.i, found.j
    merchant = np.isin(role, [ROLES.index(Role.MERCHANT), ROLES.index(Role.UNSAID)]).astype(np.int8)
    merchants = merchant[i] - merchant[j]
    swap = (merchants < 0) | ((merchants == 0) & (v.mmsi[i] > v.mmsi[j]))
    return np.where(swap, j, i), np.where(swap, i, j)


def _owned(picture: Picture, a: Rows, b: Rows) -> Flags:
    """The judge of the smaller mmsi answers. Two voices of one mmsi are a question of identity, not of distance."""
    mmsi = picture.vessels.mmsi
    owned: Flags = np.where(mmsi[a] < mmsi[b], picture.own[a], picture.own[b]) & (mmsi[a] != mmsi[b])
    return owned


def _reachable(params: Params, motion: _Motion, sort: NDArray[np.int8], a: Rows, b: Rows, range_nm: F64) -> Flags:
    """Pairs that could meet at all within the widest line for their sort: cheap, before anything is measured well."""
    lines = [[row for row in params.rows if row.pair is pair] for pair in PAIRS]
    wide_nm = np.array([max((row.dcpa_nm for row in of), default=0.0) for of in lines]) * 2.0  # P >= 0.2 ends at 1.84
    hours = np.array([max((row.tcpa_min for row in of), default=0.0) for of in lines]) * params.hold_factor / 60.0
    slack_nm = 2.0 * params.unseen_m_max / nav.NM_M  # ranges are of reported places
    reach_nm = (motion.sog_kn[a] + motion.sog_kn[b]) * hours[sort] + wide_nm[sort] + slack_nm
    near: Flags = range_nm <= reach_nm
    return near


def _join_company(picture: Picture, params: Params, a: Rows, b: Rows, sort: NDArray[np.int8]) -> None:
    """Turn pairs of fishing boats that have kept together for most of the last minutes into company (in place)."""
    fishing = np.flatnonzero(sort == PAIRS.index(Pair.FISHING_FISHING))
    if not len(fishing):
        return
    rows, where = np.unique(np.concatenate([a[fishing], b[fishing]]), return_inverse=True)
    instants = picture.at_ms - np.arange(params.company_minutes, dtype=np.int64) * 60_000
    told = past(picture.vessels, rows, instants, stale_s=180.0)  # class B over 2 kn is lost after as long
    lon, lat = nav.dead_reckon(told.lon, told.lat, told.sog_kn, told.cog_deg, told.since_s)
    one, other = where[: len(fishing)], where[len(fishing) :]
    range_nm = nav.distance_nm(lon[one], lat[one], lon[other], lat[other])
    near, far = params.company_range_nm
    together = (
        (range_nm >= near)
        & (range_nm <= far)
        & (np.abs(nav.angle_between_deg(told.cog_deg[one], told.cog_deg[other])) <= params.company_turn_deg)
        & (np.abs(told.sog_kn[one] - told.sog_kn[other]) <= params.company_speed_kn)
    ).sum(axis=1)
    common = np.isfinite(range_nm).sum(axis=1)
    company = (common >= params.company_minutes_min) & (together >= params.company_share * common)
    sort[fishing[company]] = PAIRS.index(Pair.COMPANY)


def _miss_error_m(params: Params, motion: _Motion, a: Rows, b: Rows, tcpa_s: F64) -> F64:
    """Standard error of the miss distance: sigma² = n'(Sp + t²Sv)n with n across the relative motion (study §2a)."""
    ax, ay = nav.velocity_m_s(motion.sog_kn[a], motion.cog_deg[a])
    bx, by = nav.velocity_m_s(motion.sog_kn[b], motion.cog_deg[b])
    wx, wy = bx - ax, by - ay
    w = np.maximum(np.hypot(wx, wy), nav.PARALLEL_M_S)
    nx, ny = -wy / w, wx / w
    speed2 = np.zeros(len(a))
    for rows, vx, vy in ((a, ax, ay), (b, bx, by)):
        drift = (vy * nx - vx * ny) * np.radians(motion.cog_error_deg[rows])  # a course error moves her sideways
        speed2 += drift**2 + (params.sog_error_kn * nav.KN_M_S) ** 2
    error_m: F64 = np.sqrt(motion.place_m[a] ** 2 + motion.place_m[b] ** 2 + tcpa_s**2 * speed2)
    return error_m


def probability_within(miss_m: F64, error_m: F64, limit_m: F64 | float) -> F64:
    """P(|miss| < limit) = Phi((D-c)/s) - Phi((-D-c)/s).

    The error is held to the limit itself: otherwise the less is known of a boat, the less likely any meeting with
    her would seem, and ignorance would talk every encounter down.
    """
    s = np.minimum(error_m, limit_m)
    within: F64 = _phi((limit_m - miss_m) / s) - _phi((-limit_m - miss_m) / s)
    return within


def _phi(z: F64) -> F64:
    """Normal distribution function, within 7.5e-8 (Abramowitz and Stegun 26.2.17)."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-np.minimum(z**2, 1400.0) / 2.0) / np.sqrt(2.0 * np.pi) * poly
    below: F64 = np.where(z >= 0.0, 1.0 - tail, tail)
    return below


def _levels(
    params: Params, sort: NDArray[np.int8], harbour: Flags, meet: nav.Approach, error_m: F64
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """For every pair the highest line of the table it asks for and the highest it may keep; NO_PAIR where none."""
    ask, keep = np.full(len(sort), NO_PAIR, np.int16), np.full(len(sort), NO_PAIR, np.int16)
    for n in sorted(range(len(params.rows)), key=lambda n: params.rows[n].level):
        row = params.rows[n]
        of = np.flatnonzero((sort == PAIRS.index(row.pair)) & (harbour == row.harbour))
        dcpa_m, tcpa_s, closing_kn = meet.dcpa_m[of], meet.tcpa_s[of], meet.closing_kn[of]
        limit_m, soon_s = row.dcpa_nm * nav.NM_M, row.tcpa_min * 60.0
        chance = probability_within(dcpa_m, error_m[of], limit_m)
        asks = (tcpa_s >= 0.0) & (tcpa_s < soon_s)
        asks &= (chance >= params.set_probability) & (closing_kn >= row.closing_kn_min)
        keeps = (tcpa_s > -params.passed_s) & (tcpa_s < soon_s * params.hold_factor)
        keeps &= (dcpa_m < limit_m * params.hold_factor) | (chance >= params.hold_probability)
        keeps &= closing_kn >= row.closing_kn_min / params.hold_factor
        ask[of[asks]] = n
        keep[of[keeps]] = n
    return ask, keep


@dataclass(frozen=True, slots=True)
class _Meeting:
    """One pair, measured."""

    a: int
    b: int
    pair: Pair
    ask: Row | None
    keep: Row
    range_m: float
    dcpa_m: float
    tcpa_s: float
    limit_m: float
    chance: float
    bearing_deg: float  # of a, seen from b
    bow_m: float  # b ahead of a when crossing; NaN: b does not cross a's bow
    bow_s: float


def _finding(picture: Picture, params: Params, motion: _Motion, met: _Meeting) -> Finding:
    v = picture.vessels
    first, second = sorted((met.a, met.b), key=lambda row: (int(v.mmsi[row]), int(v.voice[row])))
    asked = met.ask.level if met.ask else None
    fast = asked is Priority.ALARM and met.tcpa_s < params.fast_tcpa_min * 60.0
    twice_heard = min(int(v.fixes[met.a]), int(v.fixes[met.b])) >= 2  # one fix alone may be a damaged one
    passed = met.tcpa_s < 0.0
    return Finding(
        NAME,
        (track_key(v, first), track_key(v, second)),
        asked,
        met.keep.level,
        "alert.collision.passed" if passed else f"alert.collision.{met.pair}",
        _facts(picture, motion, met),
        (int(v.mmsi[first]), int(v.mmsi[second])),
        position=(round(float(motion.lon[met.b]), 6), round(float(motion.lat[met.b]), 6)),
        delay_s=0.0 if fast or met.ask is None else met.ask.delay_s,
        news=(int(v.fix_ms[first]), int(v.fix_ms[second])),
        fresh_reports=1 if fast and twice_heard else params.fresh_reports,
    )


def _facts(picture: Picture, motion: _Motion, met: _Meeting) -> dict[str, Any]:
    v, a, b = picture.vessels, met.a, met.b
    a_age_s, b_age_s = (max(picture.at_ms - int(v.fix_ms[row]), 0) / 1000.0 for row in (a, b))
    return {
        "a": display_name(picture, a),
        "b": display_name(picture, b),
        "a_mmsi": int(v.mmsi[a]),
        "b_mmsi": int(v.mmsi[b]),
        "pair": met.pair.value,
        "near_harbour": met.keep.harbour,
        "dcpa_nm": round(met.dcpa_m / nav.NM_M, 3),
        "dcpa_m": round(met.dcpa_m),
        "tcpa_min": round(met.tcpa_s / 60.0, 1),
        "range_nm": round(met.range_m / nav.NM_M, 2),
        "bearing": round(met.bearing_deg) % 360,
        "a_sog_kn": round(float(motion.sog_kn[a]), 1),
        "b_sog_kn": round(float(motion.sog_kn[b]), 1),
        "a_cog_deg": None if motion.still[a] else round(float(motion.cog_deg[a])) % 360,
        "b_cog_deg": None if motion.still[b] else round(float(motion.cog_deg[b])) % 360,
        "bow_crossing_nm": number(met.bow_m / nav.NM_M, 2),
        "bow_crossing_min": number(met.bow_s / 60.0, 1),
        "probability": round(met.chance, 2),
        "limit_nm": round(met.limit_m / nav.NM_M, 3),
        "a_age_s": round(a_age_s),
        "b_age_s": round(b_age_s),
    }


def _overload(picture: Picture, found: Pairs) -> tuple[Finding, ...]:
    """More vessels on one spot than can be measured: say so, for what was left out is not safe but unjudged."""
    cut = np.flatnonzero(found.cut & picture.own)
    if not len(cut):
        return ()
    facts = {"vessels": len(cut), "pairs": found.overflow}
    key = ("overload", track_key(picture.vessels, int(cut[0])))
    return (Finding(NAME, key, Priority.CAUTION, Priority.CAUTION, "alert.collision.overload", facts),)
