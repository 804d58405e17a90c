"""What became of a meeting whose alert is over: how near the two came and when, or what they are on their way to now.

Asked by the alert book when it resolves one. All is read from the picture of that tick, so a replay and every cut into
shards say the same; while an alert stands its vessels are not forgotten.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from fengqiao import nav
from fengqiao.model.findings import Ended, Finding
from fengqiao.rules.close_pass import places
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Params
from fengqiao.rules.collision.suppressed import Reason
from fengqiao.rules.telling import hhmm
from fengqiao.rules.tracks import LOST_B_S, Rows, age_s, lost_after_s
from fengqiao.situation.picture import Picture

BACK_MS = 900_000  # what the ring surely holds
STEP_MS = 10_000  # a tick
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
    near = {"range_nm": round(range_m / nav.NM_M, 2)}
    if tcpa_s < 0.0:
        nearest = _nearest(picture, rows, raised_ms)
        if nearest is None:
            return "opening", near
        return "passed", near | _cpa(nearest[0], (nearest[1] - picture.at_ms) / 1000.0) | {"nearest": hhmm(nearest[1])}
    ahead_s = max(row.early_min for row in params.rows) * 60.0 * params.hold_factor
    if met.closing_kn[0] * nav.KN_M_S < nav.PARALLEL_M_S or tcpa_s > ahead_s:
        return "apart", near
    return "clear", near | _cpa(dcpa_m, tcpa_s) | _altered(now, rows, finding)


def _cpa(dcpa_m: float, tcpa_s: float) -> dict[str, Any]:
    return {
        "cpa_nm": round(dcpa_m / nav.NM_M, 3),
        "cpa_m": round(dcpa_m),
        "tcpa_s": round(tcpa_s),
        "tcpa_min": round(tcpa_s / 60.0, 1),
    }


def _nearest(picture: Picture, rows: Rows, raised_ms: int) -> tuple[float, int] | None:
    """Metres and instant of the closest that they came since the alert was raised; None where the tracks do not tell:
    some of them is missing, or they were opening from where they begin."""
    back_ms = min(picture.at_ms - raised_ms, BACK_MS)
    instants = picture.at_ms - np.arange(back_ms // STEP_MS, -1, -1, dtype=np.int64) * STEP_MS
    # The ring keeps a fix in half a minute and more: nobody is lost to it as soon as to a forecast.
    stale_s = np.maximum(lost_after_s(picture.vessels), LOST_B_S)
    one, other = (places(picture.vessels, rows[[n]], instants[None], float(stale_s[rows[n]])) for n in (0, 1))
    range_m = nav.distance_m(*one, *other)[0]
    least = int(range_m.argmin())  # of what is unknown, if anything is
    return (float(range_m[least]), int(instants[least])) if least > 0 and np.isfinite(range_m[least]) else None


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
