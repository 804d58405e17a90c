"""Which pairs ask for which level: the one place of the collision rule that decides."""

from dataclasses import dataclass, fields

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
from fengqiao.rules.collision.params import Context, Pair, Params
from fengqiao.rules.collision.suppressed import REASONS, Reason, close_by, rafted
from fengqiao.rules.telling import track_key
from fengqiao.rules.tracks import Flags, Rows, age_s, lost_after_s
from fengqiao.situation.picture import Picture

NO_REASON = -1


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
    role = roles(picture)
    told = _judge(picture, params, motion, role, found)
    close = close_by(picture, params, motion, role, {f.key for f in told})
    findings = (*told, *close, *_overload(picture, found))
    return Findings(NAME, findings, frozenset(v.mmsi[undecided].tolist()), params.hold_s)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Pairs with what decides of them; arrays of shape (n_pairs,)."""

    a: Rows
    b: Rows
    sort: Codes  # index into PAIRS
    context: Codes  # index into CONTEXTS
    meet: nav.Approach
    error_m: F64

    def take(self, rows: Rows) -> "_Measured":
        meet = nav.Approach(*(getattr(self.meet, f.name)[rows] for f in fields(nav.Approach)))
        return _Measured(self.a[rows], self.b[rows], self.sort[rows], self.context[rows], meet, self.error_m[rows])


def _judge(picture: Picture, params: Params, motion: Motion, role: Codes, found: Pairs) -> list[Finding]:
    berth, lane = berthed(picture, motion), lanes(picture)
    pairs = _measure(picture, params, motion, role, found, berth, lane)
    ask, keep = _levels(params, pairs)
    reason = _reasons(picture, params, motion, pairs)
    _unmask(picture, params, pairs, ask, keep, reason)
    # A level that is only kept matters to no one where nobody was told of it.
    held = np.flatnonzero((keep > NO_PAIR) & ((reason == NO_REASON) | (ask > NO_PAIR)))
    return _findings(picture, params, motion, role, lane, pairs.take(held), ask[held], keep[held], reason[held])


def _measure(
    picture: Picture, params: Params, motion: Motion, role: Codes, found: Pairs, berth: Flags, lane: Codes
) -> _Measured:
    """The pairs this judge answers for that can meet at all."""
    a, b = seated(picture, role, found)
    sort = MEETING[role[a], role[b]]
    worth = owned(picture, a, b) & (sort != NO_PAIR) & reachable(params, motion, sort, a, b, found.range_nm)
    worth &= picture.vessels.mmsi[a] != picture.vessels.mmsi[b]
    a, b, sort = a[worth], b[worth], sort[worth]
    join_company(picture, params, a, b, sort)
    meet = nav.closest_approach(*motion.pick(a), *motion.pick(b))
    error_m = miss_error_m(params, motion, a, b, meet.tcpa_s)
    return _Measured(a, b, sort, contexts(berth, lane, a, b), meet, error_m)


def _reasons(picture: Picture, params: Params, motion: Motion, pairs: _Measured) -> Codes:
    """Index into REASONS of the pairs that may ask for what they like, NO_REASON for all others."""
    a, b = pairs.a, pairs.b
    # Ships pass berths and anchored ships all day; a boat that lies to her net must be told of.
    still = (motion.still[a] | motion.still[b]) & ~(picture.fishing_craft[a] | picture.fishing_craft[b])
    holds = {
        Reason.RAFT: rafted(picture, params, a, b, pairs.meet.range_m, pairs.meet.closing_kn),
        Reason.SERVICE: pairs.sort == PAIRS.index(Pair.SERVICE),
        Reason.STILL: still,
    }
    reason: Codes = np.select(list(holds.values()), [REASONS.index(r) for r in holds], NO_REASON).astype(np.int8)
    return reason


def _unmask(
    picture: Picture,
    params: Params,
    pairs: _Measured,
    ask: NDArray[np.int16],
    keep: NDArray[np.int16],
    reason: Codes,
) -> None:
    """Pairs that ask for nothing only because they work together, or because one lies at a berth no chart knows: what
    strangers at sea would have asked for, with the reason why it is not told (in place)."""
    uncharted = ~(picture.near_harbour[pairs.a] | picture.near_harbour[pairs.b])
    moored = (pairs.context == CONTEXTS.index(Context.HARBOUR)) & uncharted
    company = pairs.sort == PAIRS.index(Pair.COMPANY)
    masked = np.flatnonzero((moored | company) & (keep == NO_PAIR) & (reason == NO_REASON))
    bare = pairs.take(masked)
    bare.sort[company[masked]] = PAIRS.index(Pair.FISHING_FISHING)
    bare.context[moored[masked]] = CONTEXTS.index(Context.OPEN)
    would, _ = _levels(params, bare)
    ask[masked] = keep[masked] = would
    why = np.where(moored[masked], REASONS.index(Reason.MOORED), REASONS.index(Reason.COMPANY))
    reason[masked] = np.where(would > NO_PAIR, why, NO_REASON)


def _findings(
    picture: Picture,
    params: Params,
    motion: Motion,
    role: Codes,
    lane: Codes,
    pairs: _Measured,
    ask: NDArray[np.int16],
    keep: NDArray[np.int16],
    reason: Codes,
) -> list[Finding]:
    a, b, meet = pairs.a, pairs.b, pairs.meet
    shown = np.where(ask > NO_PAIR, ask, keep)  # the line of the table that the facts speak of
    limit_m = np.array([row.dcpa_nm for row in params.rows])[shown] * nav.NM_M
    duty = duties(params, picture, motion, is_ship(role), lane, a, b)
    measured = np.stack(
        [
            meet.range_m,
            meet.dcpa_m,
            meet.tcpa_s,
            limit_m,
            probability_within(meet.dcpa_m, pairs.error_m, limit_m),
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
                PAIRS[pairs.sort[n]],
                params.rows[ask[n]] if ask[n] > NO_PAIR else None,
                params.rows[keep[n]],
                REASONS[reason[n]].value if reason[n] != NO_REASON else "",
                ENCOUNTERS[duty.encounter[n]],
                DUTIES[duty.duty[n]],
                bool(duty.a_keeps_clear[n]),
                bool(duty.b_keeps_clear[n]),
                *measured[n],
            ),
        )
        for n in range(len(a))
    ]


def _levels(params: Params, pairs: _Measured) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """For every pair the highest line of the table it asks for and the highest it may keep; NO_PAIR where none."""
    ask, keep = np.full(len(pairs.a), NO_PAIR, np.int16), np.full(len(pairs.a), NO_PAIR, np.int16)
    meet = pairs.meet
    for n in sorted(range(len(params.rows)), key=lambda n: params.rows[n].level):
        row = params.rows[n]
        of = np.flatnonzero((pairs.sort == PAIRS.index(row.pair)) & (pairs.context == CONTEXTS.index(row.context)))
        dcpa_m, tcpa_s, closing_kn = meet.dcpa_m[of], meet.tcpa_s[of], meet.closing_kn[of]
        limit_m, soon_s, early_s = row.dcpa_nm * nav.NM_M, row.tcpa_min * 60.0, row.early_min * 60.0
        chance = probability_within(dcpa_m, pairs.error_m[of], limit_m)
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
