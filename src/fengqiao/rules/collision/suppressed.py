"""Pairs that are computed and told to nobody, each with its reason: suppressed is not silent.

Two sorts: pairs that would have asked for a level but for what is known of them (a tug at work, company, a berth),
and pairs of moving vessels that are within a cable of each other now and ask for nothing. ``judge`` finds the first,
``close_by`` accounts for the second.
"""

from collections.abc import Collection
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.grid import pairs_within
from fengqiao.fleet.past import past
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding, Priority
from fengqiao.rules.collision.facts import NAME, pair_rows
from fengqiao.rules.collision.meetings import (
    MEETING,
    NO_PAIR,
    PAIRS,
    Codes,
    Crowd,
    answering,
    boats_and_ships,
    join_company,
    seated,
)
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Pair, Params
from fengqiao.rules.telling import display_name, track_key
from fengqiao.rules.tracks import Flags, Rows, age_s, lost_after_s
from fengqiao.situation.picture import Picture

MINUTE_MS = 60_000
FINDINGS_MAX = 10_000  # told and untold each: as many as the alert book lists; beyond, somebody forges ships
CABLE_NEIGHBOURS_MAX = 100  # under way within three cells of a cable: beyond, somebody forges ships
STALE_S = 180.0  # who lies reports every three minutes


class Reason(StrEnum):
    """In the order in which they are given."""

    SAME_MMSI = "same_mmsi"  # two voices of one number: a question of identity, not of distance
    NET_BUOY = "net_buoy"  # one of the two is a net buoy beyond doubt
    RAFT = "raft"  # alongside each other for minutes
    SERVICE = "service"  # a tug, pilot or rescuer at her work
    UNKNOWN_MOTION = "unknown_motion"  # no course or no speed: nothing can be forecast
    MOORED = "moored"  # one lies at a berth that no chart knows
    STILL = "still"  # one lies still, and neither is a fishing boat or may be one that lies to her net
    COMPANY = "company"  # they work together
    OTHER_CRAFT = "other_craft"  # neither a ship nor a fishing boat
    OPENING = "opening"  # past and clear of each other
    SLOW = "slow"  # close with each other too slowly to come to harm before the next look


REASONS = tuple(Reason)


def rafted(picture: Picture, params: Params, a: Rows, b: Rows, range_m: nav.F64, closing_kn: nav.F64) -> Flags:
    """Pairs alongside: that near and that slow to each other now and, as far as known, at each of the last minutes."""
    raft: Flags = (range_m < params.raft_m) & (closing_kn < params.raft_kn)
    near = np.flatnonzero(raft)
    if len(near):
        instants = picture.at_ms - np.arange(params.raft_minutes + 1, dtype=np.int64) * MINUTE_MS
        one, other = (past(picture.vessels, rows[near], instants, STALE_S) for rows in (a, b))
        apart = nav.distance_m(one.lon, one.lat, other.lon, other.lat)
        known = np.isfinite(apart)
        always = ~np.any(known & (apart >= params.raft_m), axis=1)
        raft[near] = always & (known.sum(axis=1) >= params.raft_share * len(instants))
    return raft


def close_by(
    picture: Picture,
    params: Params,
    motion: Motion,
    role: Codes,
    told: Collection[tuple[str, ...]],
    crowd: Crowd,
) -> list[Finding]:
    """Every pair of moving vessels outside harbours that is nearer than a cable now and has no finding yet."""
    v = picture.vessels
    moving = boats_and_ships(picture) | (v.kind == Kind.GEAR)
    moving &= ~motion.still & ~picture.near_harbour & (age_s(picture) <= lost_after_s(v))
    # Reckoned places: a vessel moves less than a mile before it is lost, and every halo is wider by far.
    lon, lat = np.where(motion.known, motion.lon, v.lon_deg), np.where(motion.known, motion.lat, v.lat_deg)
    found = pairs_within(np.where(moving, lon, np.nan), lat, params.close_nm, neighbours_max=CABLE_NEIGHBOURS_MAX)
    crowd.add(found)
    a, b = seated(picture, role, found)
    mine = picture.own[answering(picture, a, b)]
    a, b, range_nm = a[mine], b[mine], found.range_nm[mine]
    some = crowd.thin(picture, a, b, FINDINGS_MAX, range_nm)
    a, b, range_nm = a[some], b[some], range_nm[some]
    reason = _reasons(picture, params, motion, role, a, b)
    out = []
    for n in range(len(a)):
        finding = _finding(picture, lon, lat, int(a[n]), int(b[n]), float(range_nm[n]), REASONS[reason[n]])
        if finding.key not in told:
            out.append(finding)
    return out


def _reasons(picture: Picture, params: Params, motion: Motion, role: Codes, a: Rows, b: Rows) -> NDArray[np.int64]:
    """Index into REASONS of every close pair: the first that holds."""
    v = picture.vessels
    sort = MEETING[role[a], role[b]]
    join_company(picture, params, a, b, sort)
    meet = nav.closest_approach(*motion.pick(a), *motion.pick(b))
    buoy = (v.kind == Kind.GEAR) & ~v.gear_doubt
    holds = {
        Reason.SAME_MMSI: v.mmsi[a] == v.mmsi[b],
        Reason.NET_BUOY: buoy[a] | buoy[b],
        Reason.RAFT: rafted(picture, params, a, b, meet.range_m, meet.closing_kn),
        Reason.SERVICE: sort == PAIRS.index(Pair.SERVICE),
        Reason.UNKNOWN_MOTION: ~(motion.known[a] & motion.known[b]),
        Reason.COMPANY: sort == PAIRS.index(Pair.COMPANY),
        Reason.OTHER_CRAFT: sort == NO_PAIR,
        Reason.OPENING: meet.tcpa_s <= -params.passed_s,
    }
    why = np.select(list(holds.values()), [REASONS.index(r) for r in holds], REASONS.index(Reason.SLOW))
    return why.astype(np.int64)


def _finding(picture: Picture, lon: nav.F64, lat: nav.F64, a: int, b: int, range_nm: float, reason: Reason) -> Finding:
    v = picture.vessels
    first, second = pair_rows(picture, a, b)
    key: tuple[str, ...] = (track_key(v, first), track_key(v, second))
    if reason is Reason.UNKNOWN_MOTION:
        key = (*key, reason.value)  # her own key: an alert of theirs is lost for want of news, not decidedly over
    facts = {
        "a": display_name(picture, a),
        "b": display_name(picture, b),
        "a_mmsi": int(v.mmsi[a]),
        "b_mmsi": int(v.mmsi[b]),
        "range_nm": round(range_nm, 3),
        "range_m": round(range_nm * nav.NM_M),
        "suppressed": reason.value,
    }
    return Finding(
        NAME,
        key,
        None,
        Priority.CAUTION,
        "alert.collision.close",
        facts,
        (int(v.mmsi[first]), int(v.mmsi[second])),
        position=(round(float(lon[b]), 6), round(float(lat[b]), 6)),
        suppressed=reason.value,
    )
