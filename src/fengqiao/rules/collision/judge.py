"""Which pairs ask for which level: the one place of the collision rule that decides."""

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.grid import Pairs, pairs_within
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.nav import F64
from fengqiao.rules.collision.chance import miss_error_m, probability_within
from fengqiao.rules.collision.encounter import DUTIES, ENCOUNTERS, duties
from fengqiao.rules.collision.facts import NAME, Meeting, finding
from fengqiao.rules.collision.meetings import (
    CONTEXTS,
    MEETING,
    NO_PAIR,
    PAIRS,
    ROLES,
    Codes,
    berthed,
    boats_and_ships,
    contexts,
    is_ship,
    join_company,
    lanes,
    owned,
    reachable,
    roles,
    seated,
)
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Pair, Params
from fengqiao.rules.telling import track_key
from fengqiao.rules.tracks import age_s, lost_after_s
from fengqiao.situation.picture import Picture


def check(picture: Picture, params: Params) -> Findings:
    """Findings about pairs whose smaller mmsi is an own row; own rows that no forecast can be made of are undecided."""
    v = picture.vessels
    boats = boats_and_ships(picture)
    motion = Motion.of(picture, params)
    known = motion.known & (age_s(picture) <= lost_after_s(v))
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


def _judge(picture: Picture, params: Params, motion: Motion, found: Pairs) -> list[Finding]:
    role = roles(picture)
    a, b = seated(picture, role, found)
    sort = MEETING[role[a], role[b]]
    worth = owned(picture, a, b) & (sort != NO_PAIR) & reachable(params, motion, sort, a, b, found.range_nm)
    # Two voices of one mmsi are a question of identity, not of distance.
    worth &= picture.vessels.mmsi[a] != picture.vessels.mmsi[b]
    # Ships pass berths and anchored ships all day; a boat that lies to her net must be told of.
    worth &= picture.fishing_craft[a] | picture.fishing_craft[b] | ~(motion.still[a] | motion.still[b])
    a, b, sort = a[worth], b[worth], sort[worth]
    join_company(picture, params, a, b, sort)
    meet = nav.closest_approach(*motion.pick(a), *motion.pick(b))
    error_m = miss_error_m(params, motion, a, b, meet.tcpa_s)
    lane = lanes(picture)
    context = contexts(berthed(picture, motion), lane, a, b)
    ask, keep = _levels(params, sort, context, meet, error_m)
    held = np.flatnonzero(keep > NO_PAIR)
    a, b, sort, ask, keep = a[held], b[held], sort[held], ask[held], keep[held]
    shown = np.where(ask > NO_PAIR, ask, keep)  # the line of the table that the facts speak of
    limit_m = np.array([row.dcpa_nm for row in params.rows])[shown] * nav.NM_M
    duty = duties(params, picture, motion, is_ship(role), lane, a, b)
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
        finding(
            picture,
            params,
            motion,
            Meeting(
                int(a[n]),
                int(b[n]),
                ROLES[role[a[n]]].value,
                ROLES[role[b[n]]].value,
                PAIRS[sort[n]],
                params.rows[ask[n]] if ask[n] > NO_PAIR else None,
                params.rows[keep[n]],
                "service" if PAIRS[sort[n]] is Pair.SERVICE else "",
                ENCOUNTERS[duty.encounter[n]],
                DUTIES[duty.duty[n]],
                bool(duty.a_keeps_clear[n]),
                bool(duty.b_keeps_clear[n]),
                *measured[n],
            ),
        )
        for n in range(len(held))
    ]


def _levels(
    params: Params, sort: Codes, context: Codes, meet: nav.Approach, error_m: F64
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """For every pair the highest line of the table it asks for and the highest it may keep; NO_PAIR where none."""
    ask, keep = np.full(len(sort), NO_PAIR, np.int16), np.full(len(sort), NO_PAIR, np.int16)
    for n in sorted(range(len(params.rows)), key=lambda n: params.rows[n].level):
        row = params.rows[n]
        of = np.flatnonzero((sort == PAIRS.index(row.pair)) & (context == CONTEXTS.index(row.context)))
        dcpa_m, tcpa_s, closing_kn = meet.dcpa_m[of], meet.tcpa_s[of], meet.closing_kn[of]
        limit_m, soon_s, early_s = row.dcpa_nm * nav.NM_M, row.tcpa_min * 60.0, row.early_min * 60.0
        chance = probability_within(dcpa_m, error_m[of], limit_m)
        sure = (tcpa_s < early_s) & (chance >= params.early_probability)
        asks = (tcpa_s >= 0.0) & ((tcpa_s < soon_s) | sure)
        asks &= (chance >= params.set_probability) & (closing_kn >= row.closing_kn_min)
        keeps = (tcpa_s > -params.passed_s) & (tcpa_s < max(soon_s, early_s) * params.hold_factor)
        keeps &= (dcpa_m < limit_m * params.hold_factor) | (chance >= params.hold_probability)
        keeps &= closing_kn >= row.closing_kn_min / params.hold_factor
        ask[of[asks]] = n
        keep[of[keeps]] = n
    return ask, keep


def _overload(picture: Picture, found: Pairs) -> tuple[Finding, ...]:
    """More vessels on one spot than can be measured: say so, for what was left out is not safe but unjudged."""
    cut = np.flatnonzero(found.cut & picture.own)
    if not len(cut):
        return ()
    facts = {"vessels": len(cut), "pairs": found.overflow}
    key = ("overload", track_key(picture.vessels, int(cut[0])))
    return (Finding(NAME, key, Priority.CAUTION, Priority.CAUTION, "alert.collision.overload", facts),)
