"""A fishing boat where it should not be, or fishing where nobody may: a hint where the zone is unchecked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fengqiao.fleet.past import past
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.setting import setting
from fengqiao.register.vessel import RegisteredVessel
from fengqiao.rules.telling import (
    OPEN,
    display_name,
    hhmm,
    highest,
    iso,
    number,
    open_date,
    place,
    speed_facts,
    track_key,
)
from fengqiao.rules.tracks import Flags, age_s, lost_after_s
from fengqiao.situation.picture import Picture
from fengqiao.zones.zone import Use, Window, Zone

NAME = "zone"
SCOPE = "cell"

ENTER_LEVELS = {"notice": Priority.CAUTION, "warn": Priority.WARNING, "alarm": Priority.ALARM}  # of Zone.rule["enter"]
BOTTOM_TRAWL = ("pair_trawl", "single_trawl")  # what 机动渔船底拖网禁渔区线 is about
GEAR_OF_KIND = {"trawl_prohibited": BOTTOM_TRAWL}  # zones that concern some gear by what they are
PERMIT_OF_KIND = {"moratorium": "moratorium"}  # a permit that names the measure, not one zone


@dataclass(frozen=True, slots=True)
class Params:
    fishing_kn: tuple[float, float] = setting((1.0, 5.5), "kn", "study §2e: towing and hauling speeds of every gear")
    fishing_minutes: int = setting(
        10, "min", "D: looked at: long enough to outlast a pause, well within the ring", at_least=1, at_most=15
    )
    fishing_minutes_min: int = setting(8, "min", "D: of these at fishing speed", at_least=1, at_most="fishing_minutes")
    sog_stale_s: float = setting(200.0, "s", "ITU-R M.1371: a class B boat up to 2 kn reports every 180 s")
    news_s: float = setting(
        600.0, "s", "D: the silence that the gap rule, too, calls silence: a zone is no matter of seconds"
    )
    hold_s: float = setting(180.0, "s", "study §2d: a boat drifting along the border keeps its alert")


def check(picture: Picture, params: Params) -> Findings:
    """One finding for each own fishing boat and watched zone that bites; boats unheard for long are undecided."""
    v = picture.vessels
    boats = picture.own & picture.fishing_craft & (v.kind == Kind.SHIP)
    heard = age_s(picture) <= np.maximum(lost_after_s(v), params.news_s)
    fishing = _fishing_like(picture, params, boats & heard)
    findings = tuple(
        finding
        for column, zone in _in_force(picture)
        for row in np.flatnonzero(boats & heard & picture.inside[:, column])
        for finding in _about(picture, zone, column, int(row), bool(fishing[row]))
    )
    return Findings(NAME, findings, frozenset(v.mmsi[boats & ~heard].tolist()), params.hold_s)


def _in_force(picture: Picture) -> Iterator[tuple[int, Zone]]:
    """Watched zones that bite somebody now, by their column, with only the windows that do."""
    for column, zone in enumerate(picture.watched):
        if not zone.valid(picture.at_ms) or zone.use is Use.DISPLAY:
            continue
        now = tuple(window for window in zone.windows if window.bites(picture.at_ms))
        if now or not zone.windows:
            yield column, replace(zone, windows=now)


def _fishing_like(picture: Picture, params: Params, rows: Flags) -> Flags:
    """Boats that for most of the last minutes went as slowly as one fishes, away from harbours."""
    at = np.flatnonzero(rows & ~picture.near_harbour)
    instants = picture.at_ms - np.arange(params.fishing_minutes, dtype=np.int64) * 60_000
    sog = past(picture.vessels, at, instants, params.sog_stale_s).sog_kn
    slow, fast = params.fishing_kn
    out = np.zeros(len(rows), bool)
    out[at] = ((sog >= slow) & (sog <= fast)).sum(axis=1) >= params.fishing_minutes_min
    return out


@dataclass(frozen=True, slots=True)
class _Bite:
    """That a zone concerns a vessel now: by which window (None: always), and whether her gear is known to be meant."""

    window: Window | None
    gear_known: bool


def _about(picture: Picture, zone: Zone, column: int, row: int, fishing: bool) -> Iterator[Finding]:
    vessel = picture.register.at(int(picture.vessels.mmsi[row]), picture.at_ms)
    bite = _bite(zone, vessel)
    if bite is None:
        return
    entry = ENTER_LEVELS.get(str(zone.rule.get("enter", "")))
    banned = zone.rule.get("fishing") is False
    if banned and (fishing or entry is None):
        # Not (or no longer) at fishing speed she raises nothing, but an alert that stands is kept while she is inside.
        level = _capped(zone, bite, highest(entry, Priority.WARNING) or Priority.WARNING)
        what, ask = ("fishing", level) if fishing else ("inside", None)
        yield _finding(picture, zone, column, row, bite, vessel, what, ask, level)
    elif entry is not None:
        level = _capped(zone, bite, entry)
        hold = _capped(zone, bite, highest(entry, Priority.WARNING) or entry) if banned else level
        yield _finding(picture, zone, column, row, bite, vessel, "entry", level, hold)


def _capped(zone: Zone, bite: _Bite, level: Priority) -> Priority:
    """Unchecked and test zones, and boats of unknown gear, never get beyond a hint to look."""
    return level if zone.use is Use.ENFORCE and bite.gear_known else Priority.CAUTION


def _bite(zone: Zone, vessel: RegisteredVessel | None) -> _Bite | None:
    """Whether a zone in force concerns this vessel; a permit lifts it, unknown gear may be meant."""
    if _permitted(zone, vessel):
        return None
    gear = vessel.gear if vessel else ""
    of_kind = GEAR_OF_KIND.get(zone.kind, ())
    if gear and of_kind and gear not in of_kind:
        return None
    if not zone.windows:
        return _Bite(None, bool(gear) or not of_kind)
    for window in zone.windows:
        if _meant(window, gear) and not _lifted(zone, window, vessel):
            selective = bool(of_kind or window.gear or window.gear_except)
            return _Bite(window, bool(gear) or not selective)
    return None


def _meant(window: Window, gear: str) -> bool:
    return not gear or ((not window.gear or gear in window.gear) and gear not in window.gear_except)


def _permitted(zone: Zone, vessel: RegisteredVessel | None) -> bool:
    return vessel is not None and zone.zone_id in vessel.permits


def _lifted(zone: Zone, window: Window, vessel: RegisteredVessel | None) -> bool:
    return window.permit_ok and vessel is not None and PERMIT_OF_KIND.get(zone.kind, "") in vessel.permits


def _finding(
    picture: Picture,
    zone: Zone,
    column: int,
    row: int,
    bite: _Bite,
    vessel: RegisteredVessel | None,
    what: str,
    ask: Priority | None,
    hold: Priority,
) -> Finding:
    v = picture.vessels
    how = {Use.ENFORCE: "", Use.TEST: "_test"}.get(zone.use, "_suspected")
    if zone.use is Use.ENFORCE and not bite.gear_known:
        how = "_gear_unknown"
    if what == "inside":
        how = ""  # nothing is suspected, so nothing need be doubted
    return Finding(
        NAME,
        (zone.zone_id, track_key(v, row)),
        ask,
        hold,
        f"alert.zone.{what}{how}",
        _facts(picture, zone, column, row, bite, vessel),
        (int(v.mmsi[row]),),
        zone.ref,
        place(v, row),
        news=(int(v.fix_ms[row]),),
    )


def _facts(
    picture: Picture, zone: Zone, column: int, row: int, bite: _Bite, vessel: RegisteredVessel | None
) -> dict[str, Any]:
    v, entered_ms = picture.vessels, int(picture.entered_ms[row, column])
    window_end = open_date(min(bite.window.to_ms if bite.window else zone.valid_to_ms, zone.valid_to_ms))
    return {
        "vessel": display_name(picture, row),
        "vessel_mmsi": int(v.mmsi[row]),
        "zone_zh": zone.name_zh,
        "zone_en": zone.name_en or zone.name_zh,
        "kind": zone.kind,
        "use": zone.use.value,
        "confidence": zone.confidence,
        "source": "; ".join(zone.source),
        "legal_basis": "; ".join(zone.legal_basis),
        "uncertainty_m": round(zone.uncertainty_m),
        "ban": OPEN if window_end == OPEN else "until",
        "window_end": window_end,
        "window_status": bite.window.status if bite.window else "",
        "window_source": bite.window.source if bite.window else "",
        "gear": vessel.gear if vessel else "",
        "sog_kn": number(v.sog_kn[row], 1),
        "since": hhmm(entered_ms),
        "since_at": iso(entered_ms),
    } | speed_facts(float(v.sog_kn[row]))
