"""A boat that cannot help herself: adrift, not under command, dragging her anchor, or stopped all at once.

Levels: a boat's own word (not under command), a dragging anchor and a stop beside another vessel are warnings, since
somebody can still help; mere drifting is a caution, since many boats drift because they mean to. A gale over her
raises each by one. A stop alone at sea is told to nobody but listed: boats stop so at their gear all day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from fengqiao import nav
from fengqiao.fleet.grid import pairs_within
from fengqiao.fleet.past import past
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.setting import setting
from fengqiao.rules.areas import gales_over
from fengqiao.rules.telling import display_name, hhmm, iso, number, place, speed_facts, track_key
from fengqiao.rules.tracks import Flags, Rows, age_s, fleet_craft, lost_after_s, merchant_ships
from fengqiao.situation import activity
from fengqiao.situation.activity import AT_ANCHOR, MOORED, NOT_UNDER_COMMAND, Activity, Recent
from fengqiao.situation.picture import Picture

NAME = "condition"
SCOPE = "cell"
BESIDE_MAX = 100  # looked at in each row of cells: beyond, somebody forges ships


@dataclass(frozen=True, slots=True)
class Params:
    adrift_s: float = setting(1200.0, "s", "study §2g: across her heading for 20 min")
    nuc_kn_max: float = setting(3.0, "kn", "study §2g: faster is no drift, and the status forgotten")
    nuc_near_nm: float = setting(6.0, "nm", "D: two hours' drift of a ship at 3 kn", at_most=14.0)
    berth_fixes_min: int = setting(5, "", "D: lay so long that her place is known")
    left_fixes: int = setting(3, "", "study §2g: three fixes outside 1.2 R")
    drag_kn: tuple[float, float] = setting((0.3, 3.0), "kn", "study §2g, mean drift")
    bow_deg: float = setting(60.0, "deg", "D: a ship that swings still points within this at what holds her (§2g)")
    sure_factor: float = setting(2.0, "", "D: so many circles off she is loose however she points")
    stop_from_kn: float = setting(4.0, "kn", "study §2g, sudden stop")
    stop_to_kn: float = setting(1.0, "kn", "study §2g, sudden stop")
    stop_s: float = setting(90.0, "s", "study §2g, sudden stop")
    stop_before_s: float = setting(180.0, "s", "D: six class B reports under way, to know the speed before")
    stop_steady: float = setting(0.8, "", "D: her last speed over the mean before: she had not slowed down (§2g)")
    stop_told_s: float = setting(600.0, "s", "D: a stop older than this is no news; the gap rule follows a silent boat")
    stop_near_nm: float = setting(0.3, "nm", "study §2g: a close pass")
    stop_look_nm: float = setting(
        5.0, "nm", "D: where a ship that passed may be after ten minutes at 30 kn", at_most=14.0
    )
    stop_stale_s: float = setting(180.0, "s", "study §2a: class B over 2 kn is lost after as long")
    stop_delay_s: float = setting(60.0, "s", "D: one wrong speed is no stop")
    delay_s: float = setting(180.0, "s", "D: a status set by mistake is soon put right")
    news_s: float = setting(600.0, "s", "study §2f: the silence that the gap rule, too, calls silence")
    hold_s: float = setting(300.0, "s", "D: swinging and yawing hide a drift for minutes")


def check(picture: Picture, params: Params) -> Findings:
    """Findings about own boats away from harbour, and about ships not under command that drift near any boat."""
    v = picture.vessels
    fleet = fleet_craft(picture)
    heard = (age_s(picture) <= np.maximum(lost_after_s(v), params.news_s)) & ~np.isnan(v.lon_deg)
    at_sea = heard & ~picture.near_harbour
    found = (
        *_adrift(picture, params, fleet & at_sea & picture.own),
        *_ships(picture, params, merchant_ships(picture) & ~fleet & at_sea & picture.own, fleet & at_sea),
        *_dragging(picture, params, fleet & at_sea & picture.own),
        *_stopped(picture, params, fleet & at_sea & picture.own),
    )
    unheard = fleet & ~heard & picture.own
    return Findings(NAME, tuple(found), frozenset(v.mmsi[unheard].tolist()), params.hold_s)


def _adrift(picture: Picture, params: Params, rows: Flags) -> Iterator[Finding]:
    """Boats that say they are not under command, and boats carried across their heading without being at work."""
    v, since_ms = picture.vessels, picture.lying.askew_ms
    slow = ~(v.sog_kn > params.nuc_kn_max)
    says = (v.nav_status == NOT_UNDER_COMMAND) & slow
    idle = (picture.activity != Activity.FISHING) & ~np.isin(v.nav_status, (AT_ANCHOR, MOORED))
    carried = (since_ms > 0) & (v.fix_ms - since_ms >= params.adrift_s * 1000.0) & idle & slow
    for row in np.flatnonzero(rows & (says | carried)):
        facts = {"since": hhmm(int(since_ms[row])), "since_at": iso(int(since_ms[row]))} if carried[row] else {}
        if says[row]:
            yield _finding(picture, int(row), "adrift", Priority.WARNING, "nuc", params.delay_s, facts)
        else:
            yield _finding(picture, int(row), "adrift", Priority.CAUTION, "adrift", 0.0, facts)


def _ships(picture: Picture, params: Params, ships: Flags, boats: Flags) -> Iterator[Finding]:
    """Ships that say they are not under command, are seen to drift, and have boats near."""
    v = picture.vessels
    others = np.flatnonzero(boats)
    says = ships & (v.nav_status == NOT_UNDER_COMMAND) & (picture.activity == Activity.DRIFTING)
    for row in np.flatnonzero(says) if len(others) else ():
        range_nm = nav.distance_nm(v.lon_deg[row], v.lat_deg[row], v.lon_deg[others], v.lat_deg[others])
        first = int(np.lexsort((v.voice[others], v.mmsi[others], range_nm))[0])
        if range_nm[first] <= params.nuc_near_nm:
            boat = int(others[first])
            near = int((range_nm <= params.nuc_near_nm).sum())
            facts: dict[str, Any] = {"boat": display_name(picture, boat), "boat_mmsi": int(v.mmsi[boat]), "boats": near}
            facts |= {"range_nm": round(float(range_nm[first]), 1)}
            yield _finding(picture, int(row), "adrift", Priority.CAUTION, "nuc_ship", params.delay_s, facts)


def _dragging(picture: Picture, params: Params, rows: Flags) -> Iterator[Finding]:
    """Boats that go slowly out of the circle they swung in, not pointing at what held them or too far to be held.

    Without a heading a boat that weighs anchor and goes to work looks the same: of such a one it is only told while
    she says that she is at anchor, or in a gale.
    """
    v, lying = picture.vessels, picture.lying
    loose = rows & (lying.berth_n >= params.berth_fixes_min) & (lying.out_n >= params.left_fixes)
    at = np.flatnonzero(loose & (picture.activity != Activity.FISHING))
    if not len(at):
        return
    lon, lat, berth_lon, berth_lat = v.lon_deg[at], v.lat_deg[at], lying.berth_lon[at], lying.berth_lat[at]
    off_m = nav.distance_m(berth_lon, berth_lat, lon, lat)
    circle_m = lying.swing_m[at]
    bow_deg = np.abs(nav.angle_between_deg(v.heading_deg[at], nav.bearing_deg(lon, lat, berth_lon, berth_lat)))
    run_kn = Recent.of(v.take(at), picture.at_ms, activity.DEFAULT).run_kn
    slow, fast = params.drag_kn
    goes = (run_kn >= slow) & (run_kn <= fast)
    turned = lying.headed[at] & ((bow_deg > params.bow_deg) | (off_m > params.sure_factor * circle_m))
    for n in np.flatnonzero(goes):
        row = int(at[n])
        said = not lying.headed[row] and (v.nav_status[row] == AT_ANCHOR or _beaufort(picture, row))
        if turned[n] or said:
            facts: dict[str, Any] = {"off_m": round(float(off_m[n])), "swing_m": round(float(circle_m[n]))}
            facts |= {"drift_kn": round(float(run_kn[n]), 1)}
            yield _finding(picture, row, "anchor", Priority.WARNING, "dragging", 0.0, facts)


def _stopped(picture: Picture, params: Params, rows: Flags) -> Iterator[Finding]:
    """Boats that went at more than 4 kn without slowing down and within 90 s at less than one."""
    v = picture.vessels
    at = np.flatnonzero(rows & (v.sog_kn < params.stop_to_kn))
    ms = np.concatenate([v.ring_ms[at], v.fix_ms[at, None]], axis=1)
    sog = np.concatenate([v.ring_sog[at], v.sog_kn[at, None]], axis=1)
    fast = (sog > params.stop_from_kn) & (ms > 0)
    last = np.where(fast.any(axis=1), sog.shape[1] - 1 - np.argmax(fast[:, ::-1], axis=1), -1)
    after = np.arange(sog.shape[1]) > last[:, None]
    still = after & (sog < params.stop_to_kn)
    first = np.argmax(still, axis=1)
    row = np.arange(len(at))
    fast_ms, stop_ms = ms[row, last], ms[row, first]
    before = ~after & (ms > 0) & (ms >= fast_ms[:, None] - params.stop_before_s * 1000.0) & ~np.isnan(sog)
    mean = np.where(before, sog, 0.0).sum(axis=1) / np.maximum(before.sum(axis=1), 1)
    sudden = (last >= 0) & still.any(axis=1) & (stop_ms - fast_ms <= params.stop_s * 1000.0)
    sudden &= (before.sum(axis=1) >= 2) & (mean > params.stop_from_kn)
    sudden &= (sog[row, last] >= params.stop_steady * mean) & (picture.at_ms - stop_ms <= params.stop_told_s * 1000.0)
    beside = _beside(picture, params, at[sudden], stop_ms[sudden])
    for n in np.flatnonzero(sudden):
        facts: dict[str, Any] = {
            "from_kn": round(float(mean[n]), 1),
            "seconds": round(float(stop_ms[n] - fast_ms[n]) / 1000.0),
        }
        facts |= {"stop_time": hhmm(int(stop_ms[n])), "stop_at": iso(int(stop_ms[n]))}
        yield _stop(picture, params, int(at[n]), beside.get(int(at[n])), facts)


def _stop(
    picture: Picture, params: Params, row: int, beside: tuple[int, float] | None, facts: dict[str, Any]
) -> Finding:
    if beside is not None:
        near, off_m = beside
        facts |= {
            "other": display_name(picture, near),
            "other_mmsi": int(picture.vessels.mmsi[near]),
            "off_m": round(off_m),
        }
        return _finding(picture, row, "stop", Priority.WARNING, "stop_beside", params.stop_delay_s, facts)
    why = "" if _beaufort(picture, row) else "stop_may_be_work"
    return _finding(picture, row, "stop", Priority.CAUTION, "stop", params.stop_delay_s, facts, why)


def _beside(picture: Picture, params: Params, rows: Rows, stop_ms: Rows) -> dict[int, tuple[int, float]]:
    """By row: the vessel under way that was nearest when she stopped, if close by, and how many metres off; not the
    one she tows with."""
    v = picture.vessels
    when = np.zeros(len(v), np.int64)
    when[rows] = stop_ms
    ships = np.isin(v.kind, (Kind.SHIP, Kind.CRAFT))
    placed = np.where(ships, v.lon_deg, np.nan)
    found = pairs_within(placed, v.lat_deg, params.stop_look_nm, when > 0, BESIDE_MAX)
    one, other = np.concatenate([found.i, found.j]), np.concatenate([found.j, found.i])
    mate = (picture.partner[one] > 0) & (v.mmsi[other] == picture.partner[one])
    meant = (when[one] > 0) & (v.mmsi[one] != v.mmsi[other]) & ~mate
    one, other = one[meant], other[meant]
    told = past(v, other, when[one][:, None], params.stop_stale_s)
    there = nav.dead_reckon(told.lon, told.lat, np.nan_to_num(told.sog_kn), np.nan_to_num(told.cog_deg), told.since_s)
    off_m = nav.distance_m(v.lon_deg[one], v.lat_deg[one], there[0][:, 0], there[1][:, 0])
    close = np.flatnonzero((off_m <= params.stop_near_nm * nav.NM_M) & (told.sog_kn[:, 0] >= params.stop_to_kn))
    order = close[np.lexsort((v.voice[other[close]], v.mmsi[other[close]], off_m[close], one[close]))]
    first = order[np.unique(one[order], return_index=True)[1]]
    return {int(one[n]): (int(other[n]), float(off_m[n])) for n in first}


def _beaufort(picture: Picture, row: int) -> int:
    """Force of the warning in force over a row, 0 none."""
    v = picture.vessels
    return max((g.beaufort for g in gales_over(picture, float(v.lon_deg[row]), float(v.lat_deg[row]))), default=0)


def _finding(
    picture: Picture,
    row: int,
    what: str,
    level: Priority,
    word: str,
    delay_s: float,
    facts: dict[str, Any],
    why: str = "",
) -> Finding:
    v, beaufort = picture.vessels, _beaufort(picture, row)
    level = Priority(level + 1) if beaufort else level
    where = (float(v.lon_deg[row]), float(v.lat_deg[row]))
    facts = {
        "vessel": display_name(picture, row),
        "vessel_mmsi": int(v.mmsi[row]),
        "position": nav.say_position(*where),
        "sog_kn": number(v.sog_kn[row], 1),
        "cog_deg": number(v.cog_deg[row], 0),
        "heading_deg": number(v.heading_deg[row], 0),
        "beaufort": beaufort,
        **speed_facts(float(v.sog_kn[row])),
        **facts,
    }
    key, mmsi, news = (what, track_key(v, row)), (int(v.mmsi[row]),), (int(v.fix_ms[row]),)
    message, at = f"alert.condition.{word}", place(v, row)
    return Finding(
        NAME, key, level, level, message, facts, mmsi, position=at, delay_s=delay_s, news=news, suppressed=why
    )
