"""Distress beacons (970, 972, 974) and any station that sends the status of one; tests kept apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from fengqiao import nav
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.setting import setting
from fengqiao.rules.helpers import soonest
from fengqiao.rules.telling import display_name, hhmm, iso, place, track_key
from fengqiao.rules.tracks import LOST_LYING_S, age_s
from fengqiao.situation.picture import Picture

NAME = "distress"
SCOPE = "cell"

BEACONS = {Kind.SART: "sart", Kind.MOB: "mob", Kind.EPIRB: "epirb"}
STATUS_ACTIVE = 14  # ITU-R M.1371: AIS-SART, MOB, EPIRB active
STATUS_TEST = 15  # what the same devices send under test


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
    hold_s: float = setting(180.0, "s", "D: one missed burst is not the end of a distress")


def check(picture: Picture, params: Params) -> Findings:
    """An emergency for every active device and a caution for every test; one unheard for long is undecided."""
    v = picture.vessels
    beacon = np.isin(v.kind, [int(kind) for kind in BEACONS])
    rows = picture.own & (beacon | (v.nav_status == STATUS_ACTIVE))
    heard = age_s(picture) <= params.lost_s
    findings = tuple(_finding(picture, params, int(row)) for row in np.flatnonzero(rows & heard))
    return Findings(NAME, findings, frozenset(v.mmsi[rows & ~heard].tolist()), params.hold_s)


def _tests(v: Vessels, row: int) -> bool:
    """Whether the device says that it is only tried out; in doubt it is not."""
    text = str(v.safety_text[row]).upper()
    if v.nav_status[row] == STATUS_ACTIVE or "ACTIVE" in text:
        return False  # the last text may be of a test that came before
    # A text to somebody is a person's, not the device's own, which goes to all.
    return bool(v.nav_status[row] == STATUS_TEST) or ("TEST" in text and not v.safety_to[row])


def _finding(picture: Picture, params: Params, row: int) -> Finding:
    v = picture.vessels
    where = place(v, row)
    device = BEACONS.get(Kind(int(v.kind[row])), "ship")
    level, message = Priority.EMERGENCY, f"alert.distress.{device}"
    if _tests(v, row):
        level, message = Priority.CAUTION, "alert.distress_test"
    elif where is None:
        message = "alert.distress_no_position"
    mmsi = int(v.mmsi[row])
    facts = _facts(picture, row, device) | _helpers(picture, params, row)
    return Finding(
        NAME, (track_key(v, row),), level, level, message, facts, (mmsi,), None, where, news=(int(v.fix_ms[row]),)
    )


def _facts(picture: Picture, row: int, device: str) -> dict[str, Any]:
    v, where = picture.vessels, place(picture.vessels, row)
    return {
        "device": device,
        "device_word": device.upper(),
        "vessel": display_name(picture, row),
        "vessel_mmsi": int(v.mmsi[row]),
        "has_position": where is not None,
        "position": nav.say_position(*where) if where else "—",
        "nav_status": int(v.nav_status[row]),
        "text": str(v.safety_text[row]),
        "text_to": int(v.safety_to[row]),
        "last_heard": hhmm(int(v.fix_ms[row])),
        "last_heard_at": iso(int(v.fix_ms[row])),
    }


def _helpers(picture: Picture, params: Params, row: int) -> dict[str, Any]:
    """Ships near by and the minutes they need, soonest first; one fallen silent may be the one in distress."""
    v = picture.vessels
    where = place(v, row)
    near = []
    if where is not None:
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
    first = near[0] if near else {"name": "—", "distance_nm": "—", "minutes": "—"}
    return {
        "nearest": near,
        "nearest_count": len(near),
        "nearest_name": first["name"],
        "nearest_nm": first["distance_nm"],
        "nearest_min": first["minutes"],
    }
