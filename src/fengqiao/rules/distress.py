"""Distress beacons (970, 972, 974) and any station that sends the status of one; tests kept apart.

The study (§2d) asks for a fix on the sea side, or to say that there is none to go by. So a place that cannot be is
told as one (on land, beyond what radio carries), no boats are reckoned from it, and what is raised is an emergency all
the same: a place may be wrong, and a coast is charted to some hundred metres only.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from fengqiao import nav
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.setting import setting
from fengqiao.rules.helpers import soonest
from fengqiao.rules.ports import Ports
from fengqiao.rules.telling import display_name, hhmm, iso, number, place, say_place, track_key
from fengqiao.rules.tracks import LOST_LYING_S, Flags, Rows, age_s
from fengqiao.situation.picture import Picture
from fengqiao.zones.coast import ERROR_M, shores

NAME = "distress"
SCOPE = "bay"  # whether anybody else is heard from about there is asked of all

BEACONS = {Kind.SART: "sart", Kind.MOB: "mob", Kind.EPIRB: "epirb"}
STATUS_ACTIVE = 14  # ITU-R M.1371: AIS-SART, MOB, EPIRB active
STATUS_TEST = 15  # what the same devices send under test
NOWHERE, AT_SEA, IN_HARBOUR, ON_LAND, FAR = "nowhere", "sea", "harbour", "land", "far"  # where a beacon says it is
NO_WAY_THERE = (ON_LAND, FAR)  # boats are not sent there


@dataclass(frozen=True, slots=True)
class Params:
    lost_s: float = setting(
        LOST_LYING_S, "s", "study §1.1, §2a: a burst every minute; 18 min as OpenCPN and the lost table"
    )
    nearest: int = setting(5, "", "D: ships that a duty officer can call one after the other", at_least=1, at_most=50)
    nearest_nm: float = setting(12.0, "nm", "D: an hour's way for a fishing boat", at_most=14.0)
    response_kn_min: float = setting(
        8.0, "kn", "D: what a boat that lies or fishes makes once she is called", at_least=1.0
    )
    berthed_min: float = setting(10.0, "min", "D: to get under way from a harbour berth")
    shore_m: float = setting(
        ERROR_M, "m", "charts study §1.1: nearer to the shore a place may lie on either side of it", at_least=ERROR_M
    )
    reach_nm: float = setting(
        100.0, "nm", "D: ten times what a beacon afloat reaches, so past any ducting", at_least=50.0, at_most=10_800.0
    )
    reach_others: int = setting(3, "", "D: with fewer heard the receiver's own waters are not known", at_least=1)
    fix_s: float = setting(60.0, "s", "study §1.1: a burst, and with it a place, every minute", at_least=30.0)
    hold_s: float = setting(180.0, "s", "D: one missed burst is not the end of a distress")


def check(picture: Picture, params: Params) -> Findings:
    """An emergency for every active device and a caution for every test; one unheard for long is undecided."""
    v = picture.vessels
    beacon = np.isin(v.kind, [int(kind) for kind in BEACONS])
    rows = beacon | (v.nav_status == STATUS_ACTIVE)
    heard = age_s(picture) <= params.lost_s
    told = np.flatnonzero(rows & heard)
    ports = Ports.of(picture.zones_by_id) if len(told) else None
    places = _places(picture, params, told, heard, ports)
    findings = tuple(_finding(picture, params, int(row), at, ports) for row, at in zip(told, places, strict=True))
    return Findings(NAME, findings, frozenset(v.mmsi[rows & ~heard].tolist()), params.hold_s)


@dataclass(frozen=True, slots=True)
class _Place:
    """What there is to say of where a beacon says it is."""

    word: str
    shore_m: float  # to the nearest charted shore; NaN beyond the chart
    others_nm: float  # to the nearest other station that the same feed hears; NaN where too few are heard to tell
    old_s: float  # by how much its place is older than its last report; 0: it came with it

    @property
    def usable(self) -> bool:
        return self.word in (AT_SEA, IN_HARBOUR)


def _places(picture: Picture, params: Params, rows: Rows, heard: Flags, ports: Ports | None) -> list[_Place]:
    v = picture.vessels
    coast = shores(v.lon_deg[rows], v.lat_deg[rows])
    found = []
    for n, row in enumerate(rows.tolist()):
        others_nm = _others_nm(v, row, heard, params.reach_others)
        if place(v, row) is None:
            word = NOWHERE
        elif coast.on_land[n] and coast.distance_m[n] > params.shore_m:
            word = ON_LAND
        elif others_nm > params.reach_nm:
            word = FAR
        else:
            word = IN_HARBOUR if picture.near_harbour[row] and ports and ports.zones else AT_SEA
        # Every place reported goes into the ring, but for those within half a minute of the one before.
        old_s = float(v.fix_ms[row] - v.ring_ms[row, -1]) / 1000.0 if v.ring_ms[row, -1] > 0 else 0.0
        found.append(_Place(word, float(coast.distance_m[n]), others_nm, old_s if old_s > params.fix_s else 0.0))
    return found


def _others_nm(v: Vessels, row: int, heard: Flags, others_min: int) -> float:
    """Miles to the nearest other station lately heard through the same feed, to a hundredth; NaN of too few."""
    others = np.flatnonzero(heard & (v.feed == v.feed[row]) & (v.mmsi != v.mmsi[row]) & ~np.isnan(v.lon_deg))
    if len(others) < others_min:
        return float("nan")
    return float(nav.distance_nm(v.lon_deg[row], v.lat_deg[row], v.lon_deg[others], v.lat_deg[others]).min())


def _tests(v: Vessels, row: int) -> bool:
    """Whether the device says that it is only tried out; in doubt it is not."""
    text = str(v.safety_text[row]).upper()
    if v.nav_status[row] == STATUS_ACTIVE or "ACTIVE" in text:
        return False  # the last text may be of a test that came before
    # A text to somebody is a person's, not the device's own, which goes to all.
    return bool(v.nav_status[row] == STATUS_TEST) or ("TEST" in text and not v.safety_to[row])


def _finding(picture: Picture, params: Params, row: int, at: _Place, ports: Ports | None) -> Finding:
    v = picture.vessels
    device = BEACONS.get(Kind(int(v.kind[row])), "ship")
    helpers = _helpers(picture, params, row, at.usable)
    level, message = Priority.EMERGENCY, _message(at, device, alone=not helpers["nearest"])
    if _tests(v, row):
        level, message = Priority.CAUTION, "alert.distress_test"
    mmsi = int(v.mmsi[row])
    facts = _facts(picture, row, device) | _place_facts(v, row, at, ports) | helpers
    where, news = place(v, row), (int(v.fix_ms[row]),)
    return Finding(NAME, (track_key(v, row),), level, level, message, facts, (mmsi,), None, where, news=news)


def _message(at: _Place, device: str, alone: bool) -> str:
    """``alone``: no ship is near, which is said in words."""
    if at.word == NOWHERE:
        return "alert.distress_no_position"
    if not at.usable:
        return f"alert.distress_place.{at.word}"
    place = "old" if at.old_s else at.word
    said = f"alert.distress.{device}" if place == AT_SEA else f"alert.distress_place.{place}"
    return f"{said}.alone" if alone else said


def _facts(picture: Picture, row: int, device: str) -> dict[str, Any]:
    v, where = picture.vessels, place(picture.vessels, row)
    return {
        "device": device,
        "device_word": device.upper(),
        "vessel": display_name(picture, row),
        "vessel_mmsi": int(v.mmsi[row]),
        "has_position": where is not None,
        "position": say_place(where),
        "nav_status": int(v.nav_status[row]),
        "text": str(v.safety_text[row]),
        "text_to": int(v.safety_to[row]),
        "last_heard": hhmm(int(v.fix_ms[row])),
        "last_heard_at": iso(int(v.fix_ms[row])),
    }


def _place_facts(v: Vessels, row: int, at: _Place, ports: Ports | None) -> dict[str, Any]:
    """Where it says it is and how that was told; the fix is old where the last reports came without a place."""
    facts: dict[str, Any] = {
        "place": at.word,
        "fix_old_s": round(at.old_s),
        "fix_time": hhmm(int(v.fix_ms[row] - at.old_s * 1000.0)),
        "shore_km": number(at.shore_m / 1000.0, 1),
        "others_nm": number(at.others_nm, 0),
    }
    if at.word != IN_HARBOUR or ports is None:
        return facts
    away_nm, port = ports.away(float(v.lon_deg[row]), float(v.lat_deg[row]), "")  # a long basin's may not be its own
    return facts | ({"port_zh": port.name_zh, "port_en": port.name_en, "port_nm": round(away_nm, 1)} if port else {})


def _helpers(picture: Picture, params: Params, row: int, usable: bool) -> dict[str, Any]:
    """Ships near by and the minutes they need, soonest first; one fallen silent may be the one in distress. None for
    a place that cannot be."""
    v = picture.vessels
    where = place(v, row)
    near = []
    if where is not None and usable:
        berthed = picture.near_harbour & picture.stopped
        found = soonest(v, picture.at_ms, where, berthed, params.nearest_nm, params.response_kn_min, params.berthed_min)
        others = np.flatnonzero(v.mmsi[found.rows] != v.mmsi[row])[: params.nearest]
        near = [
            {
                "name": display_name(picture, int(found.rows[n])),
                "mmsi": int(v.mmsi[found.rows[n]]),
                "distance_nm": round(float(found.range_nm[n]), 1),
                "minutes": round(float(found.minutes[n])),
            }
            for n in others
        ]
    first = near[0] if near else {}
    return {
        "within_nm": params.nearest_nm,
        "nearest": near,
        "nearest_count": len(near),
        "nearest_name": first.get("name", ""),
        "nearest_nm": first.get("distance_nm"),
        "nearest_min": first.get("minutes"),
    }
