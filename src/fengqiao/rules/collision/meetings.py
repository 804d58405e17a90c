"""Who meets whom: what each vessel is to the others, of which sort a pair is, and where it meets."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.grid import Pairs, fairly
from fengqiao.fleet.vessels import Kind
from fengqiao.nav import F64
from fengqiao.rules.collision.domains import ALONE
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Context, Pair, Params
from fengqiao.rules.tracks import Flags, Rows, merchant_ships, unsaid
from fengqiao.situation.company import Together, company
from fengqiao.situation.picture import Picture
from fengqiao.zones.zone import Use, Zone

Codes = NDArray[np.int8]

SERVICE_TYPES = (31, 32, 50, 51, 52, 53, 55)  # towing, pilot, search and rescue, tug, tender, law enforcement
NO_PAIR = -1
LANE_KINDS = ("fairway", "tss_lane")  # COLREG 9 and 10
TRUSTED = ("official", "derived")  # a lane nobody has confirmed takes nothing from the open-sea warning


class Role(StrEnum):
    OTHER = "other"  # pleasure craft and handhelds
    FISHING = "fishing"
    MERCHANT = "merchant"
    UNSAID = "unsaid"  # class A that has not told her type and size yet: to boats as good as a merchant ship
    MAYBE = "maybe"  # class B that has not told her type yet, and what may be a boat or a buoy
    SERVICE = "service"  # tugs, pilots, rescuers: going alongside merchant ships is their work


ROLES = tuple(Role)
PAIRS = tuple(Pair)
CONTEXTS = tuple(Context)
SHIPS = (Role.MERCHANT, Role.UNSAID)
MEETINGS = {  # of which sort a pair is; pairs that stand in no line are not ours to watch
    **{(ship, Role.FISHING): Pair.MERCHANT_FISHING for ship in SHIPS},
    **{(one, other): Pair.MERCHANT_MERCHANT for one in SHIPS for other in SHIPS},
    **{(one, Role.MAYBE): Pair.UNKNOWN for one in (*SHIPS, Role.FISHING)},
    **{(one, Role.OTHER): Pair.OTHER for one in (*SHIPS, Role.FISHING)},
    **{(one, Role.SERVICE): Pair.SERVICE for one in (*SHIPS, Role.SERVICE, Role.OTHER)},
    (Role.FISHING, Role.FISHING): Pair.FISHING_FISHING,
    (Role.MAYBE, Role.MAYBE): Pair.UNKNOWNS,
    **{(Role.MAYBE, one): Pair.OTHER for one in (Role.OTHER, Role.SERVICE)},
    (Role.SERVICE, Role.FISHING): Pair.OTHER,
}


def _meeting_table() -> Codes:
    table = np.full((len(ROLES), len(ROLES)), NO_PAIR, np.int8)
    for (one, other), pair in MEETINGS.items():
        a, b = ROLES.index(one), ROLES.index(other)
        table[a, b] = table[b, a] = PAIRS.index(pair)
    return table


MEETING = _meeting_table()


def boats_and_ships(picture: Picture) -> Flags:
    """Rows that can be run into: vessels, and what may be one."""
    v = picture.vessels
    meant: Flags = ((v.kind == Kind.GEAR) & v.gear_doubt) | np.isin(v.kind, (Kind.SHIP, Kind.CRAFT, Kind.HANDHELD))
    return meant


def roles(picture: Picture) -> Codes:
    """Index into ROLES of every row."""
    v = picture.vessels
    role = np.full(len(v), ROLES.index(Role.OTHER), np.int8)
    maybe = ((v.kind == Kind.SHIP) & (v.ship_type <= 0)) | (v.kind == Kind.GEAR)
    role[maybe] = ROLES.index(Role.MAYBE)
    role[np.isin(v.ship_type, SERVICE_TYPES)] = ROLES.index(Role.SERVICE)
    merchant = merchant_ships(picture)
    role[merchant] = ROLES.index(Role.MERCHANT)
    role[merchant & unsaid(v)] = ROLES.index(Role.UNSAID)
    role[picture.fishing_craft] = ROLES.index(Role.FISHING)
    return role


def is_ship(role: Codes) -> Flags:
    """Merchant ships, and class A that may be one."""
    ship: Flags = np.isin(role, [ROLES.index(r) for r in SHIPS])
    return ship


def seated(picture: Picture, role: Codes, found: Pairs) -> tuple[Rows, Rows]:
    """The merchant ship of a mixed pair is a; of like pairs the smaller mmsi, then the smaller voice."""
    v, i, j = picture.vessels, found.i, found.j
    merchant = is_ship(role).astype(np.int8)
    merchants = merchant[i] - merchant[j]
    later = (v.mmsi[i] > v.mmsi[j]) | ((v.mmsi[i] == v.mmsi[j]) & (v.voice[i] > v.voice[j]))
    swap = (merchants < 0) | ((merchants == 0) & later)
    return np.where(swap, j, i), np.where(swap, i, j)


def answering(picture: Picture, a: Rows, b: Rows, mate: Rows | None = None) -> Rows:
    """The row of each pair whose judge answers: of the smallest mmsi, then voice. ``mate``: a third row that is one
    with b, or ALONE."""
    v = picture.vessels
    rank = np.empty(len(v), np.int64)
    rank[np.lexsort((v.voice, v.mmsi))] = np.arange(len(v))
    first = np.where(rank[a] < rank[b], a, b)
    if mate is not None:
        first = np.where((mate != ALONE) & (rank[mate] < rank[first]), mate, first)
    return first


@dataclass(slots=True)
class Crowd:
    """Where more vessels meet than can be judged: what was left out is not safe but undecided."""

    cut: Flags  # rows of which some pairs were left out
    pairs: int

    def add(self, found: Pairs) -> None:
        """What the grid had to leave out."""
        self.cut |= found.cut
        self.pairs += found.overflow

    def thin(self, picture: Picture, a: Rows, b: Rows, limit: int, *merit: NDArray[Any]) -> Rows:
        """Indexes of the pairs to go on with, no more than ``limit`` (``grid.fairly``); the others are left out."""
        first = answering(picture, a, b)
        kept = fairly(first, limit, *merit)
        self.cut[first[~kept]] = True
        self.pairs += int((~kept).sum())
        return np.flatnonzero(kept)


def reachable(params: Params, motion: Motion, sort: Codes, a: Rows, b: Rows, range_nm: F64) -> Flags:
    """Pairs that could meet at all within the widest line for their sort: cheap, before anything is measured well."""
    lines = [[row for row in params.rows if row.pair == pair] for pair in PAIRS]
    wide_nm = np.array([max((row.dcpa_nm for row in of), default=0.0) for of in lines]) * 2.0  # P >= 0.2 ends at 1.84
    hours = np.array([max((row.early_min for row in of), default=0.0) for of in lines]) * params.hold_factor / 60.0
    slack_nm = 2.0 * params.unseen_m_max / nav.NM_M  # ranges are of reported places
    reach_nm = (motion.sog_kn[a] + motion.sog_kn[b]) * hours[sort] + wide_nm[sort] + slack_nm
    near: Flags = range_nm <= reach_nm
    return near


def join_company(picture: Picture, params: Params, a: Rows, b: Rows, sort: Codes) -> None:
    """Turn pairs of fishing boats, and of what may be two, that have kept together for most of the last minutes into
    company (in place)."""
    fishing = np.flatnonzero(np.isin(sort, [PAIRS.index(pair) for pair in (Pair.FISHING_FISHING, Pair.UNKNOWNS)]))
    if not len(fishing):
        return
    near, far = params.company_range_nm_min, params.company_range_nm_max
    each = params.company_kn_min, params.company_kn_max
    terms = Together((near, far), params.company_turn_deg, params.company_speed_kn, each)
    kept = company(picture.vessels, picture.at_ms, a[fishing], b[fishing], params.company_minutes, terms)
    towing = picture.partner[a[fishing]] == picture.vessels.mmsi[b[fishing]]
    together = kept.lasting(params.company_minutes_min, params.company_share) | towing
    sort[fishing[together]] = PAIRS.index(Pair.COMPANY)


def lanes(picture: Picture) -> NDArray[np.int8]:
    """For each row 0, or 1 + index into LANE_KINDS of the confirmed fairway or traffic lane it is in."""
    v = picture.vessels
    lane = np.zeros(len(v), np.int8)
    for zone in sorted(filter(_is_lane, picture.zones_by_id.values()), key=lambda zone: zone.zone_id):
        if zone.valid(picture.at_ms):
            west, south, east, north = zone.geometry.bounds
            near = (v.lon_deg >= west) & (v.lon_deg <= east) & (v.lat_deg >= south) & (v.lat_deg <= north)
            rows = np.flatnonzero(near)
            inside = rows[shapely.contains_xy(zone.geometry, v.lon_deg[rows], v.lat_deg[rows])]
            lane[inside] = 1 + LANE_KINDS.index(zone.kind)
    return lane


def _is_lane(zone: Zone) -> bool:
    lane = zone.kind in LANE_KINDS and zone.role == "area"
    return lane and zone.confidence in TRUSTED and zone.use in (Use.ENFORCE, Use.ADVISE)


def contexts(harbour: Flags, fairway: Flags) -> Codes:
    """Index into CONTEXTS of every pair."""
    where: Codes = np.select(
        [harbour, fairway],
        [CONTEXTS.index(Context.HARBOUR), CONTEXTS.index(Context.FAIRWAY)],
        CONTEXTS.index(Context.OPEN),
    ).astype(np.int8)
    return where
