"""Boats that a gale warning finds, or will find, in more wind than they are rated for: one alert for each warning."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from fengqiao import nav
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.model.setting import setting
from fengqiao.rules.areas import gale_area, inside
from fengqiao.rules.telling import date_hhmm, display_name, number
from fengqiao.rules.tracks import age_s, fleet_craft, lost_after_s
from fengqiao.situation.picture import Picture

NAME = "gale"
SCOPE = "bay"


CLASS_EXAMPLE = "weather study §2.5, column mean: an unverified example"


@dataclass(frozen=True, slots=True)
class ClassLimit:
    """Boats shorter than this must not be out in mean wind of this force or more."""

    under_m: float
    beaufort: int
    source: str = CLASS_EXAMPLE


@dataclass(frozen=True, slots=True)
class Params:
    limits: tuple[ClassLimit, ...] = setting(
        (ClassLimit(12.0, 6), ClassLimit(24.0, 7), ClassLimit(40.0, 8), ClassLimit(float("inf"), 9)),
        "",
        f"{CLASS_EXAMPLE}; a certificate in the register always goes before it",
        key=("under_m",),
        rising=("beaufort",),
    )
    coming_h: float = setting(6.0, "h", "study §3.6 decision lead: in which a boat on the grounds can still get home")
    news_s: float = setting(
        600.0, "s", "D: a boat unheard for longer may be elsewhere: listed apart", at_most="forget_s"
    )
    forget_s: float = setting(43_200.0, "s", "D: 12 h: she may have been home and out again")
    listed: int = setting(20, "", "D: names in the alert; the count is of all", at_least=1, at_most=200)
    hold_s: float = setting(180.0, "s", "study §2d: gone so long before it resolves")


@dataclass(frozen=True, slots=True)
class _Boat:
    row: int
    bears: int  # highest Beaufort number of mean wind she may be out in
    source: str | None  # certificate number and date; None: a class default
    length_known: bool


def check(picture: Picture, params: Params) -> Findings:
    found = (_about(picture, params, gale) for gale in picture.gales)
    return Findings(NAME, tuple(finding for finding in found if finding), hold_s=params.hold_s)


def _about(picture: Picture, params: Params, gale: GaleWarning) -> Finding | None:
    now = gale.from_ms <= picture.at_ms < gale.to_ms
    coming = picture.at_ms < gale.from_ms <= picture.at_ms + params.coming_h * 3_600_000.0
    if not (now or coming):
        return None
    area = gale_area(picture, gale)
    if area is None:
        return _finding(
            picture, gale, Priority.CAUTION, "alert.gale_area_unknown", _warning_facts(picture, gale, area), None
        )
    v = picture.vessels
    age = age_s(picture)
    boats = fleet_craft(picture) & ~picture.sheltered & inside(area, v.lon_deg, v.lat_deg) & (age <= params.forget_s)
    heard = age <= np.maximum(lost_after_s(v), params.news_s)
    rated = [_rate(picture, params, int(row)) for row in np.flatnonzero(boats & heard)]
    over = [boat for boat in rated if boat.bears < gale.beaufort]
    unheard = np.flatnonzero(boats & ~heard)
    if not over and not len(unheard):
        return None
    over.sort(key=lambda b: (b.bears, int(v.mmsi[b.row]), int(v.voice[b.row])))  # the least rated first
    facts = _warning_facts(picture, gale, area) | _boat_facts(picture, params, gale, over, len(rated), unheard)
    level = Priority.WARNING if now and over else Priority.CAUTION
    message = "alert.gale_unknown" if not over else "alert.gale_now" if now else "alert.gale_coming"
    return _finding(picture, gale, level, message, facts, area)


def _finding(
    picture: Picture, gale: GaleWarning, level: Priority, message: str, facts: dict[str, Any], area: BaseGeometry | None
) -> Finding:
    # No mmsi: the alert is the warning's; one boat that falls silent must not turn it lost.
    zone = picture.zones_by_id.get(gale.zone)
    where = _centre(area) if area is not None else None
    ref = zone.ref if zone else None
    return Finding(NAME, (gale.gale_id,), level, level, message, facts, zone=ref, position=where)


def _centre(area: BaseGeometry) -> tuple[float, float]:
    """A place inside the area, to look at and to name it by."""
    point = area.representative_point()
    return round(point.x, 4), round(point.y, 4)


def _rate(picture: Picture, params: Params, row: int) -> _Boat:
    """Her certificate's rating, else what boats of her length may bear, else what the smallest may."""
    vessel = picture.register.at(int(picture.vessels.mmsi[row]), picture.at_ms)
    if vessel is not None and vessel.rating_beaufort > 0:
        return _Boat(row, vessel.rating_beaufort, vessel.rating_source, True)
    entered = vessel.length_m if vessel is not None else float("nan")
    length_m = entered if entered > 0.0 else float(picture.vessels.length_m[row])
    known = length_m > 0.0
    limit = next(c for c in params.limits if length_m < c.under_m) if known else params.limits[0]
    return _Boat(row, limit.beaufort - 1, None, known)


def _warning_facts(picture: Picture, gale: GaleWarning, area: BaseGeometry | None) -> dict[str, Any]:
    zone = picture.zones_by_id.get(gale.zone)
    drawn = nav.say_position(*_centre(area)) if area is not None else gale.zone or "—"
    return {
        "gale_id": gale.gale_id,
        "area_zh": zone.name_zh if zone else drawn,
        "area_en": (zone.name_en or zone.name_zh) if zone else drawn,
        "beaufort": gale.beaufort,
        "gust": gale.gust,
        "from_time": date_hhmm(gale.from_ms),
        "to_time": date_hhmm(gale.to_ms),
        "source": gale.source,
    }


def _boat_facts(
    picture: Picture, params: Params, gale: GaleWarning, over: list[_Boat], rated: int, unheard: NDArray[np.int64]
) -> dict[str, Any]:
    listed = over[: params.listed]
    return {
        "count": len(over),
        "count_unrated": sum(boat.source is None for boat in over),  # judged by an unverified class default
        "count_within": rated - len(over),
        "count_unknown": len(unheard),
        "boats": [_boat_row(picture, boat, gale) for boat in listed],
        "unknown": [display_name(picture, int(row)) for row in unheard[: params.listed]],
        "names": " / ".join(display_name(picture, boat.row) for boat in listed[:3]),
    }


def _boat_row(picture: Picture, boat: _Boat, gale: GaleWarning) -> dict[str, Any]:
    v = picture.vessels
    return {
        "name": display_name(picture, boat.row),
        "mmsi": int(v.mmsi[boat.row]),
        "bears_beaufort": boat.bears,
        "margin": boat.bears - gale.beaufort,
        "rating": "class_default" if boat.source is None else "register",
        "rating_source": boat.source or "",
        "length_m": number(v.length_m[boat.row], 0),
        "length_known": boat.length_known,
    }
