"""What became of a meeting whose alert is over: how near the two came and when, or what they are on their way to now.

Asked by the alert book when it resolves one. All is read from the picture of that tick, so a replay and every cut into
shards say the same; while an alert stands its vessels are not forgotten.
"""

from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.vessels import Vessels
from fengqiao.model.findings import Ended, Finding
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Params
from fengqiao.rules.collision.suppressed import Reason
from fengqiao.rules.telling import hhmm
from fengqiao.rules.tracks import REPORTS_B_S, Rows, age_s, lost_after_s
from fengqiao.situation.picture import Picture

BACK_MS = 900_000  # what the ring surely holds
STEP_MS = 10_000  # a tick
BLIND_S = 3.0 * REPORTS_B_S  # between two fixes; the ring itself keeps one in half a minute or so
STRAY_M = 200.0  # who cannot have gone as far meanwhile is where she was: who lies reports every three minutes
AS_EVER = ("", Reason.OPENING, Reason.SLOW)  # hushed for another reason they may still be about to meet
ALTERED_DEG, ALTERED_SHARE, ALTERED_KN_MIN = 10.0, 0.2, 1.0  # study §5: a manoeuvre is 10 degrees or 20 % of speed
MESSAGE = "alert.collision.over."


def ended(picture: Picture, params: Params) -> Ended:
    """The last finding of a pair made into what is known of the two now; any other stays as it was."""
    motion = cache(lambda: Motion.of(picture, params))

    def told(finding: Finding, raised_ms: int, suppressed: str) -> Finding:
        rows = _rows(picture, finding)
        if rows is None or suppressed not in AS_EVER:
            return finding
        now = motion()
        if not now.known[rows].all() or (age_s(picture) > lost_after_s(picture.vessels))[rows].any():
            return finding
        how, facts = _became(picture, params, now, rows, finding, raised_ms)
        position = round(float(now.lon[rows[1]]), 6), round(float(now.lat[rows[1]]), 6)
        return replace(finding, message=MESSAGE + how, facts={**finding.facts, **facts}, position=position)

    return told


def _rows(picture: Picture, finding: Finding) -> Rows | None:
    """Of a and b of the finding, or None where it speaks of no pair of them; the key knows the voices."""
    if not {"a_mmsi", "b_mmsi", "cpa_nm"} <= finding.facts.keys():
        return None
    voices = {mmsi: int(voice or 0) for mmsi, _, voice in (part.partition(".") for part in finding.key)}
    v = picture.vessels
    rows = []
    for side in ("a", "b"):
        mmsi = finding.facts[f"{side}_mmsi"]
        rows += np.flatnonzero((v.mmsi == mmsi) & (v.voice == voices.get(str(mmsi), 0))).tolist()
    return np.array(rows, np.int64) if len(rows) == 2 else None


def _became(
    picture: Picture, params: Params, now: Motion, rows: Rows, finding: Finding, raised_ms: int
) -> tuple[str, dict[str, Any]]:
    met = nav.closest_approach(*now.pick(rows[:1]), *now.pick(rows[1:]))
    range_m, dcpa_m, tcpa_s = (float(column[0]) for column in (met.range_m, met.dcpa_m, met.tcpa_s))
    near = {"range_nm": round(range_m / nav.NM_M, 2), "range_m": round(range_m)}
    if tcpa_s < 0.0:
        nearest = _nearest(picture, now, rows, raised_ms)
        if nearest is None:
            return "opening", near
        return "passed", near | _cpa(nearest[0], (nearest[1] - picture.at_ms) / 1000.0) | {"nearest": hhmm(nearest[1])}
    ahead_s = max(row.early_min for row in params.rows) * 60.0 * params.hold_factor
    if met.closing_kn[0] * nav.KN_M_S < nav.PARALLEL_M_S or tcpa_s > ahead_s:
        return "beside" if range_m < params.close_nm * nav.NM_M else "apart", near
    return "clear", near | _cpa(dcpa_m, tcpa_s) | _altered(now, rows, finding)


def _cpa(dcpa_m: float, tcpa_s: float) -> dict[str, Any]:
    return {
        "cpa_nm": round(dcpa_m / nav.NM_M, 3),
        "cpa_m": round(dcpa_m),
        "tcpa_s": round(tcpa_s),
        "tcpa_min": round(tcpa_s / 60.0, 1),
    }


def _nearest(picture: Picture, now: Motion, rows: Rows, raised_ms: int) -> tuple[float, int] | None:
    """Metres and instant of the closest that they came since the alert was raised; None where the tracks do not tell:
    they begin later, the two were opening from then on, or were nearest while one of them was not heard."""
    back_ms = min(picture.at_ms - raised_ms, BACK_MS)
    instants = picture.at_ms - np.arange(back_ms // STEP_MS, -1, -1, dtype=np.int64) * STEP_MS
    one, other = (_sailed(picture.vessels, int(row), picture.at_ms, now, instants) for row in rows)
    range_m = nav.distance_m(one.lon, one.lat, other.lon, other.lat)
    stray_m = one.stray_m + other.stray_m
    least = int(range_m.argmin())  # of what is unknown, if anything is
    if least == 0 or not np.isfinite(range_m[least]) or stray_m[least] or (range_m - stray_m).min() < range_m[least]:
        return None
    return float(range_m[least]), int(instants[least])


class _Sailed(NamedTuple):
    """Where she was at each of several instants, on the straight line from fix to fix; NaN before the first."""

    lon: nav.F64
    lat: nav.F64
    stray_m: nav.F64  # how far off that line she may have been; 0 where the fixes are near enough to tell


def _sailed(v: Vessels, row: int, at_ms: int, now: Motion, instants: NDArray[np.int64]) -> _Sailed:
    """Out of her ring and her last fix, and from there to where she is now."""
    ms, lon, lat, sog_kn = (
        np.append(ring[row], last[row])
        for ring, last in (
            (v.ring_ms, v.fix_ms), (v.ring_lon, v.lon_deg), (v.ring_lat, v.lat_deg), (v.ring_sog, v.sog_kn),
        )
    )  # fmt: skip
    told = np.flatnonzero((ms > 0) & (ms < at_ms) & ~np.isnan(lon))
    told = told[np.unique(ms[told], return_index=True)[1]]
    ms = np.append(ms[told], at_ms)
    lon, lat = np.unwrap(np.append(lon[told], now.lon[row]), period=360.0), np.append(lat[told], now.lat[row])
    sog_kn = np.append(sog_kn[told], now.sog_kn[row])
    apart_s = np.diff(ms) / 1000.0
    went_m = np.maximum(sog_kn[:-1], sog_kn[1:]) * nav.KN_M_S * apart_s
    # From one fix to the next she has stayed within the ellipse about both that her speed allows; half its width.
    width2 = went_m**2 - nav.distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:]) ** 2
    stray_m = np.nan_to_num(np.sqrt(np.maximum(width2, 1.0)) / 2.0, nan=np.inf)
    stray_m[(apart_s <= BLIND_S) | (went_m <= STRAY_M)] = 0.0
    after = np.searchsorted(ms, instants)
    x, y = (np.interp(instants, ms, known, left=np.nan) for known in (lon, lat))
    return _Sailed(x, y, np.append(0.0, stray_m)[after])


def _altered(now: Motion, rows: Rows, finding: Finding) -> dict[str, Any]:
    """Who goes otherwise than when the alert last stood on its facts."""
    who = []
    for row, side in zip(rows.tolist(), ("a", "b"), strict=True):
        kn, cog = finding.facts[f"{side}_sog_kn"], finding.facts[f"{side}_cog_deg"]
        speed = abs(float(now.sog_kn[row]) - kn) >= max(ALTERED_SHARE * kn, ALTERED_KN_MIN)
        turned = cog is not None and not now.still[row]
        turned = turned and abs(float(nav.angle_between_deg(np.asarray(cog), now.cog_deg[row]))) >= ALTERED_DEG
        who += [finding.facts[side]] if speed or turned else []
    return {"altered": ("none", "one", "both")[len(who)], "turner": who[0] if len(who) == 1 else ""}
