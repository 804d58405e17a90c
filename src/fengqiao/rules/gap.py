"""A boat at sea that fell silent while others near her are heard; worse, one that did so as a merchant ship passed.

Others count if a receiver hears them that heard her to the last: where a station of a feed is down, the boats that it
alone heard fall silent while those beside them are still heard through another. And only the time counts in which
such a receiver listened: after an outage, or when a clock was put right, whoever reports seldom has not spoken yet.

Whoever is silent is undecided as well, wherever she was last heard and for however long: no level once given is ever
eased, and no alert resolved, for want of news.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.grid import fairly, pairs_within
from fengqiao.fleet.vessels import HEARERS, Kind, Vessels
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.setting import setting
from fengqiao.nav import F64
from fengqiao.rules.close_pass import Pass, Window, closest
from fengqiao.rules.telling import display_name, hhmm, iso, number, place, track_key
from fengqiao.rules.tracks import Flags, Rows, age_s, fleet_craft, merchant_ships, reports_every_s
from fengqiao.rules.weather_here import Here, Weather
from fengqiao.situation.picture import Picture

PASSES_MAX = 200_000  # silent boats with ships about: a fleet of 5 000 silent at once with forty each; two seconds
UNCOVERED = "uncovered"  # why a silence is told to nobody
NAME = "gap"
SCOPE = "cell"


@dataclass(frozen=True, slots=True)
class Params:
    silent_intervals: float = setting(6.0, "", "study §2f: of the reports due from her")
    silent_s_min: float = setting(600.0, "s", "study §2f")
    neighbours_min: int = setting(3, "", "study §2f: with fewer heard there it is the coverage that fails", at_least=1)
    neighbours_nm: float = setting(10.0, "nm", "study §2f", at_most=14.0)
    hearer_intervals: float = setting(
        3.0,
        "",
        "D: of hers; a station that missed her so often before she fell silent hardly hears her",
        at_least=1.0,
    )
    hearer_s_min: float = setting(60.0, "s", "D: hubs are late by seconds, and some reports are lost in the air")
    deaf_s_min: float = setting(60.0, "s", "D: as of a feed: so long without one sentence and a receiver is down")
    deaf_sentences: float = setting(
        20.0, "", "D: as of a feed: or the time in which so many should have come", at_least=1.0
    )
    deaf_s_max: float = setting(600.0, "s", "D: as of a feed, however slow", at_least="deaf_s_min")
    neighbours_s: float = setting(180.0, "s", "ITU-R M.1371: one class B interval at its slowest counts as heard")
    fixes_min: int = setting(3, "", "D: fewer may be one damaged report under a wrong mmsi", at_least=1)
    forget_s: float = setting(43_200.0, "s", "D: whom nobody missed for 12 h is a matter for the register")
    making_way_kn: float = setting(3.0, "kn", "D: who is faster near a harbour is not at her berth yet")
    pass_nm: float = setting(0.3, "nm", "study §2g silent after close pass")
    pass_fog_nm: float = setting(0.5, "nm", "study §2g: in fog", at_least="pass_nm")
    pass_close_nm: float = setting(
        0.2, "nm", "D: lying, or in a harbour's waters; 350 m from the bow to the antenna of a 400 m ship"
    )
    fog_nm: float = setting(0.54, "nm", "WMO-No. 407: fog is visibility below 1000 m")
    pass_before_s: float = setting(300.0, "s", "D: a boat struck may report on for some minutes", at_most=600.0)
    pass_after_s_min: float = setting(180.0, "s", "D: one class B report at its slowest may be due yet")
    pass_after_s_max: float = setting(360.0, "s", "D: two of them", at_least="pass_after_s_min", at_most=600.0)
    pass_step_s: float = setting(15.0, "s", "D: 21 kn is 160 m in a step: fine enough for 0.3 nm", at_least=1.0)
    pass_stale_s: float = setting(180.0, "s", "study §2a: a merchant ship is reckoned no further than others")
    pass_look_nm: float = setting(
        14.0, "nm", "D: where a ship that passed may be by now; the halo of a cell is 15", at_most=14.0
    )
    pass_memory_s: float = setting(2_400.0, "s", "D: longer ago than any ring tells")
    pass_intervals: float = setting(3.0, "", "study §2g")
    pass_silent_s_min: float = setting(180.0, "s", "D: sets that report every few seconds: a lost minute is nothing")
    pass_silent_s_max: float = setting(
        600.0, "s", "study §5: told within ten minutes, if two reports are missed by then"
    )
    pass_sure_s: float = setting(
        390.0, "s", "D: two reports of a set that slowed or moored unnoticed, and a half minute: alarm from here"
    )
    gale_beaufort: int = setting(6, "", "study §2g loss in bad weather: time limits by half")
    gale_wave_m: float = setting(2.5, "m", "study §2g loss in bad weather")
    gale_share: float = setting(0.5, "", "study §2g loss in bad weather")
    warn_beaufort: int = setting(7, "", "study §2f: a level higher", at_least="gale_beaufort")
    station_nm: float = setting(15.0, "nm", "D: a wind farther off is that of other waters")
    station_s: float = setting(5_400.0, "s", "D: stations speak hourly or oftener; one may be missed")
    hold_s: float = setting(60.0, "s", "D: heard again is heard again; a minute guards against one stray report")


def check(picture: Picture, params: Params) -> Findings:
    """Findings about own boats that fell silent; all that are silent are undecided."""
    v = picture.vessels
    lapse = _Lapse.of(picture, params)
    counted = picture.own & (v.kind == Kind.SHIP) & (v.fixes >= params.fixes_min) & ~np.isnan(v.lon_deg)
    silent = counted & (lapse.silent_s >= lapse.least_s)
    watched = silent & fleet_craft(picture) & ~lapse.berthed & (lapse.silent_s <= params.forget_s)
    undecided = frozenset(v.mmsi[silent].tolist())
    if not watched.any():
        return Findings(NAME, (), undecided, params.hold_s)
    around = _Around.of(picture, params, watched, lapse)
    weather = Weather.of(picture, params.station_nm, params.station_s)
    passes = _passes(picture, params, lapse, around, weather)
    findings: list[Finding] = []
    for row in np.flatnonzero(watched & (around.heard > 0)).tolist():
        here = weather.at(float(v.lon_deg[row]), float(v.lat_deg[row]), params.gale_beaufort, params.gale_wave_m)
        finding = _about(picture, params, lapse, row, around, passes.get(row), here)
        findings += [finding] if finding else []
    for row in np.flatnonzero(_uncovered(params, watched, lapse, around)).tolist():
        findings += [] if row in passes else [_listed(picture, row, int(around.on_feed[row]))]
    return Findings(NAME, tuple(findings), undecided, params.hold_s)


@dataclass(frozen=True, slots=True)
class _Lapse:
    """How long each row is silent, and from when on that says something."""

    silent_s: F64
    long_s: F64  # mere silence counts from here
    after_pass_s: F64  # and silence after a close pass from here, counted from the pass
    least_s: F64  # no silence counts before
    lying: Flags
    harbour: Flags  # under way in a harbour's waters: to be heard by those inside
    berthed: Flags  # in harbour or shelter, where sets are switched off

    @classmethod
    def of(cls, picture: Picture, params: Params) -> "_Lapse":
        v, every_s = picture.vessels, reports_every_s(picture.vessels)
        long_s = np.maximum(params.silent_intervals * every_s, params.silent_s_min)
        # Three reports, but within ten minutes two must do: who sinks cannot wait for a slow set.
        latest_s = np.maximum(params.pass_silent_s_max, 2.0 * every_s)
        after_pass_s = np.minimum(np.maximum(params.pass_intervals * every_s, params.pass_silent_s_min), latest_s)
        harbour = picture.near_harbour & (v.sog_kn >= params.making_way_kn)
        return cls(
            age_s(picture),
            long_s,
            after_pass_s,
            np.minimum(after_pass_s, params.gale_share * long_s),
            picture.stopped,
            harbour,
            (picture.near_harbour & ~harbour) | picture.sheltered,
        )


@dataclass(frozen=True, slots=True)
class _Around:
    """Who is near the last places of the silent boats."""

    heard: NDArray[np.int64]  # per row: others near it that a receiver which heard her has heard since
    by: dict[int, list[int]]  # and by which receivers, row by row
    on_feed: NDArray[np.int64]  # per row: others near it that the same feed has brought since, through any receiver
    boat: Rows  # pairs: a silent boat
    ship: Rows  # and a merchant ship that may have been where the boat was

    @classmethod
    def of(cls, picture: Picture, params: Params, silent: Flags, lapse: _Lapse) -> "_Around":
        v = picture.vessels
        # The merchant ship may have gone on for a while: look a little farther than for neighbours.
        reach_nm = max(params.pass_look_nm, params.neighbours_nm)
        found = pairs_within(np.where(v.kind == Kind.SHIP, v.lon_deg, np.nan), v.lat_deg, reach_nm, silent)
        boat, other = np.concatenate([found.i, found.j]), np.concatenate([found.j, found.i])
        range_nm = np.tile(found.range_nm, 2)
        meant = silent[boat] & (v.mmsi[boat] != v.mmsi[other])
        near = meant & (range_nm <= params.neighbours_nm)
        near &= (v.fix_ms[other] > v.fix_ms[boat]) & (picture.at_ms - v.fix_ms[other] <= params.neighbours_s * 1000.0)
        near &= ~lapse.harbour[boat] | picture.near_harbour[other]  # a quay hides her, not who is heard beside her
        pairs = boat[near], other[near]
        shared, by = _shared(picture, params, *pairs)
        fastest_kn = np.fmax(np.fmax.reduce(v.ring_sog, axis=1, initial=0.0), np.nan_to_num(v.sog_kn))
        gone_s = lapse.silent_s[boat] + params.pass_before_s
        reached = range_nm <= 1.0 + (fastest_kn[boat] + fastest_kn[other]) * gone_s / 3600.0
        recent = lapse.silent_s[boat] <= params.pass_memory_s
        meets = meant & recent & reached & (range_nm <= params.pass_look_nm) & merchant_ships(picture)[other]
        ships = np.flatnonzero(meets)
        ships = ships[fairly(boat[ships], PASSES_MAX, v.mmsi[other[ships]], range_nm[ships])]
        heard, on_feed = (_witnesses(v, *pairs, some) for some in (shared, v.feed[pairs[0]] == v.feed[pairs[1]]))
        return cls(heard, by, on_feed, boat[ships], other[ships])


def _witnesses(v: Vessels, boat: Rows, other: Rows, some: Flags) -> NDArray[np.int64]:
    """How many others each row has among some of these pairs; two voices of one number are one witness."""
    found = np.unique(np.stack([boat[some], v.mmsi[other[some]]]), axis=1)
    return np.bincount(found[0], minlength=len(v))


def _shared(picture: Picture, params: Params, boat: Rows, other: Rows) -> tuple[Flags, dict[int, list[int]]]:
    """Pairs of whom a receiver that heard the boat to the last still hears the other; and these, by row of the boat."""
    v = picture.vessels
    lately_s = np.maximum(params.hearer_intervals * reports_every_s(v), params.hearer_s_min)
    lately = (v.heard_by >= 0) & (v.heard_by_ms >= v.heard_by_ms[:, :1] - lately_s[:, None] * 1000.0)
    still = picture.at_ms - v.heard_by_ms <= params.neighbours_s * 1000.0
    shared, by = np.zeros(len(boat), bool), [np.empty((2, 0), np.int64)]
    for a, b in product(range(HEARERS), repeat=2):
        receiver = v.heard_by[boat, a]
        hit = lately[boat, a] & still[other, b] & (receiver == v.heard_by[other, b])
        shared |= hit
        by.append(np.stack([boat[hit], receiver[hit]]))
    out: dict[int, list[int]] = {}
    for row, receiver in np.unique(np.concatenate(by, axis=1), axis=1).T.tolist():
        out.setdefault(row, []).append(receiver)
    return shared, out


def _uncovered(params: Params, watched: Flags, lapse: _Lapse, around: _Around) -> Flags:
    """Boats long silent where others are heard, but by receivers that did not hear them: a station may be down."""
    few = (around.heard < params.neighbours_min) & (around.on_feed >= params.neighbours_min)
    return watched & few & ~lapse.lying & (lapse.silent_s >= lapse.long_s)


def _passes(picture: Picture, params: Params, lapse: _Lapse, around: _Around, weather: Weather) -> dict[int, Pass]:
    """By boat row: the nearest pass after which she has been silent long enough."""
    v = picture.vessels
    asked = around.heard[around.boat] > 0
    boat, ship = around.boat[asked], around.ship[asked]
    limit_nm = np.where(lapse.lying | lapse.harbour, params.pass_close_nm, params.pass_nm)
    for row in np.unique(boat) if weather.stations else ():
        if weather.at(float(v.lon_deg[row]), float(v.lat_deg[row]), 0, 0.0).visibility_nm < params.fog_nm:
            limit_nm[row] = max(limit_nm[row], params.pass_fog_nm)
    after_s = np.clip(2.0 * reports_every_s(v), params.pass_after_s_min, params.pass_after_s_max)
    window = Window(params.pass_before_s, after_s, params.pass_after_s_max, params.pass_step_s, params.pass_stale_s)
    found = closest(v, boat, ship, limit_nm, window, picture.at_ms)
    return {
        row: p for row, p in found.items() if _silent_since(picture, params, row, around, p) >= lapse.after_pass_s[row]
    }


def _silent_since(picture: Picture, params: Params, row: int, around: _Around, passed: Pass | None) -> float:
    """Seconds of silence, after a pass if there was one, in which a receiver listened that hears the others."""
    from_ms = max(passed.at_ms if passed else 0, int(picture.vessels.fix_ms[row]))
    deaf_s = min(_deaf_s(picture, params, receiver, from_ms) for receiver in around.by[row])
    return (picture.at_ms - from_ms) / 1000.0 - deaf_s


def _deaf_s(picture: Picture, params: Params, receiver: int, from_ms: int) -> float:
    """Seconds since an instant in which a receiver was down, as far as it has come back."""
    if receiver >= len(picture.receivers):
        return 0.0
    health = picture.receivers[receiver]
    every_s = (health.last_ms - health.since_ms) / 1000.0 / max(health.sentences, 1)
    least_s = min(max(params.deaf_sentences * every_s, params.deaf_s_min), params.deaf_s_max)
    down = ((gone, back) for gone, back in health.deaf_ms if back - gone > least_s * 1000.0)
    return sum(max(back - max(gone, from_ms), 0) for gone, back in down) / 1000.0


def _about(
    picture: Picture, params: Params, lapse: _Lapse, row: int, around: _Around, passed: Pass | None, here: Here
) -> Finding | None:
    """A pass is told at once, mere silence only after long; one alert for both, as they are one situation."""
    heard = int(around.heard[row])
    v, facts = picture.vessels, _facts(picture, row, heard) | _hearers(picture, around.by[row])
    silent_s = _silent_since(picture, params, row, around, passed)
    long = silent_s >= (params.gale_share if here.told_by else 1.0) * lapse.long_s[row]
    if passed is not None:
        sure = silent_s >= params.pass_sure_s
        told: Priority | None = Priority.ALARM if sure else Priority.WARNING
        hold, message, facts = Priority.ALARM, "alert.gap_after_pass", facts | _pass_facts(picture, passed, here)
    elif heard < params.neighbours_min or (lapse.lying[row] and not here.told_by):
        return None  # it may be the coverage; or she lies, and a crew at anchor may switch off
    elif here.told_by:
        strong = here.beaufort >= params.warn_beaufort or here.told_by == "waves"
        hold = Priority.WARNING if strong else Priority.CAUTION
        told, message, facts = hold if long else None, f"alert.gap_in_{here.told_by}", facts | here.facts
    else:
        hold, message = Priority.CAUTION, "alert.gap"
        told = hold if long else None
    mmsi = (int(v.mmsi[row]),)
    key = (track_key(v, row),)
    return Finding(NAME, key, told, hold, message, facts, mmsi, None, place(v, row), news=(int(v.fix_ms[row]),))


def _listed(picture: Picture, row: int, neighbours: int) -> Finding:
    """Her silence as it is listed and told to nobody, under a key of its own: no alert is resolved by it."""
    v, level = picture.vessels, Priority.CAUTION
    hers = v.heard_by[row, :1].tolist()
    facts = _facts(picture, row, neighbours) | _hearers(picture, hers)
    key, mmsi = (track_key(v, row), "coverage"), (int(v.mmsi[row]),)
    return Finding(
        NAME, key, level, level, "alert.gap_uncovered", facts, mmsi, None, place(v, row), suppressed=UNCOVERED
    )


def _hearers(picture: Picture, receivers: list[int]) -> dict[str, str]:
    """What a sentence names: the stations, or the feed where one of these receivers is not known."""
    named = [picture.receivers[n].station if n < len(picture.receivers) else "" for n in receivers]
    return {"hearer": "station", "receiver": "/".join(named)} if all(named) else {"hearer": "feed", "receiver": ""}


def _facts(picture: Picture, row: int, heard: int) -> dict[str, Any]:
    v, last_ms = picture.vessels, int(picture.vessels.fix_ms[row])
    return {
        "vessel": display_name(picture, row),
        "vessel_mmsi": int(v.mmsi[row]),
        "silent_min": round((picture.at_ms - last_ms) / 60_000),
        "last_heard": hhmm(last_ms),
        "last_heard_at": iso(last_ms),
        "interval_s": number(reports_every_s(v.take(np.array([row])))[0], 0),
        "neighbours": heard,
        "position": nav.say_position(float(v.lon_deg[row]), float(v.lat_deg[row])),
        "sog_kn": number(v.sog_kn[row], 1),
        "cog_deg": number(v.cog_deg[row], 0),
    }


def _pass_facts(picture: Picture, passed: Pass, here: Here) -> dict[str, Any]:
    return {
        "ship": display_name(picture, passed.ship),
        "ship_mmsi": int(picture.vessels.mmsi[passed.ship]),
        "pass_m": round(passed.range_m),
        "pass_nm": round(passed.range_m / nav.NM_M, 2),
        "pass_time": hhmm(passed.at_ms),
        "pass_at": iso(passed.at_ms),
        "visibility_nm": number(here.visibility_nm, 1),
        "beaufort": here.beaufort or None,
    }
