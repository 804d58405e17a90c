"""Which pairs ask for which level: the one place of the collision rule that decides."""

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.grid import Pairs, pairs_within
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.nav import F64
from fengqiao.rules.collision.berths import in_harbour
from fengqiao.rules.collision.chance import miss_error_m, probability_within
from fengqiao.rules.collision.domains import ALONE, Gear, gear, partner_rows
from fengqiao.rules.collision.encounter import DUTIES, ENCOUNTERS, duties
from fengqiao.rules.collision.facts import NAME, Meeting, finding
from fengqiao.rules.collision.meetings import (
    CONTEXTS,
    MEETING,
    NO_PAIR,
    PAIRS,
    ROLES,
    Codes,
    Crowd,
    answering,
    boats_and_ships,
    contexts,
    is_ship,
    join_company,
    lanes,
    reachable,
    roles,
    seated,
)
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.nets import net_lines
from fengqiao.rules.collision.params import Context, Pair, Params
from fengqiao.rules.collision.suppressed import FINDINGS_MAX, REASONS, Reason, close_by, rafted
from fengqiao.rules.telling import track_key
from fengqiao.rules.tracks import Rows, age_s, lost_after_s
from fengqiao.situation.picture import Picture

NO_REASON = -1
MEASURED_MAX = 400_000  # pairs that can meet at all: three seconds; a fleet of 5 000 on its grounds has a tenth
T = TypeVar("T", nav.Approach, Gear)


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
    crowd = Crowd(np.zeros(len(v), bool), 0)
    crowd.add(found)
    role = roles(picture)
    told = _judge(picture, params, motion, role, found, crowd)
    close = close_by(picture, params, motion, role, {f.key for f in told}, crowd)
    nets = net_lines(picture, params, motion, is_ship(role))
    findings = (*told, *close, *nets, *_overload(picture, crowd))
    undecided = picture.own & boats & (~known | crowd.cut)
    return Findings(NAME, findings, frozenset(v.mmsi[undecided].tolist()), params.hold_s)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Pairs with what decides of them; arrays of shape (n_pairs,)."""

    a: Rows
    b: Rows
    sort: Codes  # index into PAIRS
    context: Codes  # index into CONTEXTS
    kept: Codes  # the same of what may be kept
    meet: nav.Approach
    error_m: F64
    mate: Rows  # of a ship and a boat: whom the boat tows a net with
    gear: Gear

    def take(self, rows: Rows) -> "_Measured":
        meet, gear = _taken(self.meet, rows), _taken(self.gear, rows)
        a, b, sort, where = self.a[rows], self.b[rows], self.sort[rows], (self.context[rows], self.kept[rows])
        return _Measured(a, b, sort, *where, meet, self.error_m[rows], self.mate[rows], gear)


def _taken(columns: T, rows: Rows) -> T:
    return type(columns)(*(getattr(columns, f.name)[rows] for f in fields(columns)))


def _judge(picture: Picture, params: Params, motion: Motion, role: Codes, found: Pairs, crowd: Crowd) -> list[Finding]:
    lane = lanes(picture)
    pairs = _measure(picture, params, motion, role, found, lane, crowd)
    ask, keep = _levels(params, pairs)
    _heed_gear(params, pairs, ask, keep)
    reason = _reasons(picture, params, motion, pairs)
    _unmask(picture, params, pairs, ask, keep, reason)
    # A level that is only kept matters to no one where nobody was told of it.
    held = np.flatnonzero((keep > NO_PAIR) & ((reason == NO_REASON) | (ask > NO_PAIR)))
    held = held[_foremost(picture, params, pairs.take(held), ask[held], keep[held], reason[held])]
    grave = pairs.meet.dcpa_m[held], -keep[held], -ask[held], reason[held] != NO_REASON
    held = held[crowd.thin(picture, pairs.a[held], pairs.b[held], FINDINGS_MAX, *grave)]
    return _findings(picture, params, motion, role, lane, pairs.take(held), ask[held], keep[held], reason[held])


def _measure(
    picture: Picture,
    params: Params,
    motion: Motion,
    role: Codes,
    found: Pairs,
    lane: Codes,
    crowd: Crowd,
) -> _Measured:
    """The pairs this judge answers for that can meet at all."""
    a, b = seated(picture, role, found)
    sort = MEETING[role[a], role[b]]
    partner = partner_rows(picture)
    shipped = sort == PAIRS.index(Pair.MERCHANT_FISHING)
    mate = np.where(shipped & (partner[b] != a), partner[b], ALONE)
    mmsi = picture.vessels.mmsi
    worth = picture.own[answering(picture, a, b, mate)] & (sort != NO_PAIR) & (mmsi[a] != mmsi[b])
    at = np.flatnonzero(worth & reachable(params, motion, sort, a, b, found.range_nm))
    at = at[crowd.thin(picture, a[at], b[at], MEASURED_MAX, found.range_nm[at])]
    a, b, sort, mate, shipped = a[at], b[at], sort[at], mate[at], np.flatnonzero(shipped[at])
    join_company(picture, params, a, b, sort)
    meet = nav.closest_approach(*motion.pick(a), *motion.pick(b))
    error_m = miss_error_m(params, motion, a, b, meet.tcpa_s)
    met = gear(picture, params, motion, partner, a[shipped], b[shipped])
    entered = Gear(*(_spread(getattr(met, f.name), shipped, len(a)) for f in fields(Gear)))
    lanes_both = (lane[a] > 0) & (lane[b] > 0)
    context, kept = (contexts(harbour, lanes_both) for harbour in in_harbour(picture, params, motion, a, b))
    return _Measured(a, b, sort, context, kept, meet, error_m, mate, entered)


def _spread(values: F64, rows: Rows, n: int) -> F64:
    out = np.full(n, np.nan)
    out[rows] = values
    return out


def _heed_gear(params: Params, pairs: _Measured, ask: NDArray[np.int16], keep: NDArray[np.int16]) -> None:
    """A ship's way into a trawl asks for its own line of the table, unless the boat herself asks for more (in place);
    gear that she reaches later than any line cares for is forgotten."""
    levels = np.array([*(row.level for row in params.rows), 0])  # the last is NO_PAIR's
    soon = np.zeros(len(ask), bool)
    for n, row in enumerate(params.rows):
        if row.pair == Pair.GEAR:
            there = pairs.context == CONTEXTS.index(row.context)
            asks = there & (pairs.gear.enter_s < row.tcpa_min * 60.0)
            keeps = there & (pairs.gear.keep_s < row.tcpa_min * 60.0 * params.hold_factor)
            soon |= keeps
            ask[asks & (levels[ask] < row.level)] = n
            keep[keeps & (levels[keep] < row.level)] = n
    for column in fields(Gear):
        getattr(pairs.gear, column.name)[~soon] = np.nan


def _foremost(
    picture: Picture,
    params: Params,
    pairs: _Measured,
    ask: NDArray[np.int16],
    keep: NDArray[np.int16],
    reason: Codes,
) -> Rows:
    """Two boats with one net are one to a ship: of her two meetings with them the graver, then the nearer; of all
    other pairs every one. Indexes, sorted."""
    if not np.any(pairs.mate != ALONE):
        return np.arange(len(ask))
    v = picture.vessels
    levels = np.array([*(row.level for row in params.rows), 0])
    mate = np.where(pairs.mate == ALONE, pairs.b, pairs.mate)
    group = np.stack([pairs.a, np.minimum(pairs.b, mate), np.maximum(pairs.b, mate)])
    order = np.lexsort((v.mmsi[pairs.b], pairs.meet.dcpa_m, -levels[keep], -levels[ask], reason != NO_REASON))
    _, first = np.unique(group[:, order], axis=1, return_index=True)
    return np.sort(order[first])


def _reasons(picture: Picture, params: Params, motion: Motion, pairs: _Measured) -> Codes:
    """Index into REASONS of the pairs that may ask for what they like, NO_REASON for all others."""
    a, b = pairs.a, pairs.b
    # Ships pass berths and anchored ships all day; a boat that lies to her net must be told of, and who lies and has
    # not said what she is may be one.
    v = picture.vessels
    boat = picture.fishing_craft | (motion.still & v.class_b & (v.kind == Kind.SHIP) & (v.ship_type <= 0))
    still = (motion.still[a] | motion.still[b]) & ~(boat[a] | boat[b])
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
    bare.context[moored[masked]] = bare.kept[moored[masked]] = CONTEXTS.index(Context.OPEN)
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
    gear_s = np.where(np.isnan(pairs.gear.enter_s), pairs.gear.keep_s, pairs.gear.enter_s)
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
                int(pairs.mate[n]),
                float(gear_s[n]),
                float(pairs.gear.between_s[n]),
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
        where = CONTEXTS.index(row.context)
        asked, kept = pairs.context == where, pairs.kept == where
        of = np.flatnonzero((pairs.sort == PAIRS.index(row.pair)) & (asked | kept))
        if not len(of):
            continue
        dcpa_m, tcpa_s, closing_kn = meet.dcpa_m[of], meet.tcpa_s[of], meet.closing_kn[of]
        limit_m, soon_s, early_s = row.dcpa_nm * nav.NM_M, row.tcpa_min * 60.0, row.early_min * 60.0
        chance = probability_within(dcpa_m, pairs.error_m[of], limit_m)
        sure = (tcpa_s < early_s) & (chance >= params.early_probability)
        asks = (tcpa_s >= 0.0) & ((tcpa_s < soon_s) | sure)
        asks &= (chance >= params.set_probability) & (closing_kn >= row.closing_kn_min)
        keeps = (tcpa_s > -params.passed_s) & (tcpa_s < max(soon_s, early_s) * params.hold_factor)
        keeps &= (dcpa_m < limit_m * params.hold_factor) | (chance >= params.hold_probability)
        keeps &= closing_kn >= row.closing_kn_min / params.hold_factor
        ask[of[asks & asked[of]]] = n
        keep[of[keeps]] = n
    return ask, keep


def _overload(picture: Picture, crowd: Crowd) -> tuple[Finding, ...]:
    """More vessels on one spot than can be measured: say so, for what was left out is not safe but unjudged.

    A warning: cautions are folded away in just such a flood.
    """
    cut = np.flatnonzero(crowd.cut & picture.own)
    if not len(cut):
        return ()
    facts = {"vessels": len(cut), "pairs": crowd.pairs}
    key = ("overload", track_key(picture.vessels, int(cut[0])))
    return (Finding(NAME, key, Priority.WARNING, Priority.WARNING, "alert.collision.overload", facts),)
