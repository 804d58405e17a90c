"""A boat at sea that fell silent while others near her are heard; worse, one that did so as a merchant ship passed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.grid import pairs_within
from fengqiao.fleet.past import past
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.nav import F64
from fengqiao.rules.areas import gales_over
from fengqiao.rules.telling import display_name, hhmm, iso, number, place, track_key
from fengqiao.rules.tracks import Flags, Rows, age_s, fleet_craft, merchant_ships
from fengqiao.situation.picture import Picture

NAME = "gap"
SCOPE = "cell"


@dataclass(frozen=True, slots=True)
class Params:
    silent_intervals: float = 6.0  # of her own reports (study §2f)
    silent_s_min: float = 600.0  # floor: twenty missed class B reports under way (§2f)
    neighbours_min: int = 3  # others heard there since, or it is the coverage that fails (§2f)
    neighbours_nm: float = 10.0  # §2f
    neighbours_s: float = 180.0  # "heard": within one class B interval at its slowest
    fixes_min: int = 3  # fewer may be one damaged report under a wrong mmsi
    forget_s: float = 43_200.0  # 12 h: who was heard last before is a matter for the register, not for the watch
    pass_nm: float = 0.3  # a pass as close as this (§2g "silent after close pass")
    pass_window_s: float = 180.0  # around her last fix; no longer than pass_silent_s_min, or it looks ahead
    pass_step_s: float = 15.0  # 21 kn is 160 m in a step: fine enough for 0.3 nm
    pass_stale_s: float = 180.0  # a merchant ship is reckoned no further than the others here
    pass_intervals: float = 3.0  # silence after a close pass (§2g)
    pass_silent_s_min: float = 180.0  # floor for sets that report every few seconds: one lost minute proves nothing
    pass_look_nm: float = 14.0  # where a ship that passed may be by now: 40 min at 21 kn, longer than the ring tells
    hold_s: float = 60.0  # heard again is heard again; a minute guards against one stray report


def check(picture: Picture, params: Params) -> Findings:
    """Findings about own boats that fell silent under way. Every silent boat is undecided as well, so that no level
    once given is eased for want of news; without neighbours heard she is only that."""
    v = picture.vessels
    silent_s = age_s(picture)
    at_sea = fleet_craft(picture) & picture.own & ~picture.stopped & ~picture.near_harbour & ~np.isnan(v.lon_deg)
    known = at_sea & (v.fixes >= params.fixes_min) & (silent_s <= params.forget_s)
    interval_s = np.nan_to_num(v.interval_s)
    missed = known & (silent_s >= np.maximum(params.pass_intervals * interval_s, params.pass_silent_s_min))
    long_s = np.maximum(params.silent_intervals * interval_s, params.silent_s_min)
    around = _Around.of(picture, params, missed)
    findings = []
    for row in np.flatnonzero(missed):
        heard = int(around.heard[row])
        passed = _closest_pass(picture, params, int(row), around.ships(int(row))) if heard else None
        if passed is not None or heard >= params.neighbours_min:
            findings.append(_finding(picture, int(row), heard, passed, bool(silent_s[row] >= long_s[row])))
    return Findings(NAME, tuple(findings), frozenset(v.mmsi[missed].tolist()), params.hold_s)


@dataclass(frozen=True, slots=True)
class _Around:
    """Who is near the last places of the silent boats."""

    heard: NDArray[np.int64]  # per row: others near it that the same feed has brought since
    _boat: Rows  # pairs: a silent boat
    _ship: Rows  # and a merchant ship now near where the boat was

    @classmethod
    def of(cls, picture: Picture, params: Params, silent: Flags) -> "_Around":
        v = picture.vessels
        # The merchant ship may have gone on for a while: look a little farther than for neighbours.
        found = pairs_within(np.where(v.kind == Kind.SHIP, v.lon_deg, np.nan), v.lat_deg, params.pass_look_nm, silent)
        boat, other = np.concatenate([found.i, found.j]), np.concatenate([found.j, found.i])
        meant = silent[boat] & (v.mmsi[boat] != v.mmsi[other])
        near = meant & (np.tile(found.range_nm, 2) <= params.neighbours_nm) & (v.feed[boat] == v.feed[other])
        near &= (v.fix_ms[other] > v.fix_ms[boat]) & (picture.at_ms - v.fix_ms[other] <= params.neighbours_s * 1000.0)
        witnesses = np.unique(np.stack([boat[near], v.mmsi[other[near]]]), axis=1)  # two voices are one witness
        ships = meant & merchant_ships(picture)[other]
        return cls(np.bincount(witnesses[0], minlength=len(v)), boat[ships], other[ships])

    def ships(self, row: int) -> Rows:
        ships: Rows = self._ship[self._boat == row]
        return ships


@dataclass(frozen=True, slots=True)
class _Pass:
    """A merchant ship's nearest approach to where the boat was about her last fix."""

    row: int
    range_m: float
    at_ms: int


def _closest_pass(picture: Picture, params: Params, row: int, ships: Rows) -> _Pass | None:
    """The nearest pass within the limit, if any of the merchant ships made one around the boat's last fix."""
    last_ms = int(picture.vessels.fix_ms[row])
    steps = int(params.pass_window_s / params.pass_step_s)
    instants = last_ms + np.arange(-steps, steps + 1, dtype=np.int64) * int(params.pass_step_s * 1000)
    if not len(ships):
        return None
    her_lon, her_lat = _where(picture, np.array([row]), instants, params.pass_window_s)
    lon, lat = _where(picture, ships, instants, params.pass_stale_s)
    range_m = np.nan_to_num(nav.distance_m(her_lon, her_lat, lon, lat), nan=np.inf)
    ship, instant = np.unravel_index(int(np.argmin(range_m)), range_m.shape)
    nearest = float(range_m[ship, instant])
    if nearest >= params.pass_nm * nav.NM_M:
        return None
    return _Pass(int(ships[ship]), nearest, int(instants[instant]))


def _where(picture: Picture, rows: Rows, instants: Rows, stale_s: float) -> tuple[F64, F64]:
    """Places of rows at past instants: the ring, or from the last fix on that fix, reckoned on by course and speed."""
    v = picture.vessels
    told = past(v, rows, instants, stale_s)
    since_s = (instants[None, :] - v.fix_ms[rows][:, None]) / 1000.0
    newest: Flags = (since_s >= 0.0) & (since_s <= stale_s)

    def latest(ring: F64, now: F64) -> F64:
        return np.where(newest, now[rows][:, None], ring)

    sog = np.nan_to_num(latest(told.sog_kn, v.sog_kn))  # unknown motion: at least she was there
    cog = np.nan_to_num(latest(told.cog_deg, v.cog_deg))
    age = np.nan_to_num(np.where(newest, since_s, told.since_s))
    return nav.dead_reckon(latest(told.lon, v.lon_deg), latest(told.lat, v.lat_deg), sog, cog, age)


def _finding(picture: Picture, row: int, heard: int, passed: _Pass | None, long: bool) -> Finding:
    v = picture.vessels
    gales = gales_over(picture, float(v.lon_deg[row]), float(v.lat_deg[row]))
    facts = _facts(picture, row, heard)
    if passed is not None:
        ask, level, message = Priority.ALARM, Priority.ALARM, "alert.gap_after_pass"
        facts |= _pass_facts(picture, passed)
    elif gales:
        ask, level, message = Priority.WARNING, Priority.WARNING, "alert.gap_in_gale"
        facts |= {"beaufort": max(g.beaufort for g in gales), "gale_source": gales[0].source}
    else:
        ask, level, message = Priority.CAUTION, Priority.CAUTION, "alert.gap"
    # A pass is told at once, mere silence only after long; one alert for both, as they are one situation.
    told = ask if long or passed is not None else None
    mmsi = (int(v.mmsi[row]),)
    key = (track_key(v, row),)
    return Finding(NAME, key, told, level, message, facts, mmsi, None, place(v, row), news=(int(v.fix_ms[row]),))


def _facts(picture: Picture, row: int, heard: int) -> dict[str, Any]:
    v, last_ms = picture.vessels, int(picture.vessels.fix_ms[row])
    return {
        "vessel": display_name(picture, row),
        "vessel_mmsi": int(v.mmsi[row]),
        "silent_min": round((picture.at_ms - last_ms) / 60_000),
        "last_heard": hhmm(last_ms),
        "last_heard_at": iso(last_ms),
        "interval_s": number(v.interval_s[row], 0),
        "neighbours": heard,
        "position": nav.say_position(float(v.lon_deg[row]), float(v.lat_deg[row])),
        "sog_kn": number(v.sog_kn[row], 1),
        "cog_deg": number(v.cog_deg[row], 0),
    }


def _pass_facts(picture: Picture, passed: _Pass) -> dict[str, Any]:
    return {
        "ship": display_name(picture, passed.row),
        "ship_mmsi": int(picture.vessels.mmsi[passed.row]),
        "pass_m": round(passed.range_m),
        "pass_nm": round(passed.range_m / nav.NM_M, 2),
        "pass_time": hhmm(passed.at_ms),
        "pass_at": iso(passed.at_ms),
    }
