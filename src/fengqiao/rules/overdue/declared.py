"""A boat that is not back by the hour she named, or cannot be."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fengqiao.model.findings import Finding, Priority
from fengqiao.model.trip import Trip
from fengqiao.rules.overdue.params import HOUR_MS, NAME, Params
from fengqiao.rules.ports import Ports
from fengqiao.rules.telling import date_hhmm, iso, number, place, say_place, vessel_name
from fengqiao.rules.tracks import Flags
from fengqiao.rules.weather_here import Here, Weather
from fengqiao.situation.picture import Picture
from fengqiao.situation.trips import BERTHING_KN_MAX, newest_rows
from fengqiao.zones.zone import Zone

UNSAID = "unsaid"  # no harbour was named: words have ``harbour.unsaid``


def late(
    picture: Picture, params: Params, heard: Flags, weather: Weather, ports: Ports
) -> tuple[list[Finding], set[int]]:
    """A finding for each return that is over its time or cannot be kept; who is overdue and silent is undecided."""
    rows = newest_rows(picture.vessels, np.array([trip.mmsi for trip in picture.trips], np.int64))
    findings, undecided = [], set()
    for trip, row in zip(picture.trips, rows.tolist(), strict=True):
        over = picture.at_ms >= trip.due_ms + params.grace_h * HOUR_MS
        soon = picture.at_ms >= trip.due_ms - params.ahead_h * HOUR_MS
        if not (over or soon):
            continue
        boat = _Boat.of(picture, params, trip, row, row >= 0 and bool(heard[row]), ports)
        if boat.in_harbour or not (over or boat.cannot(trip, params)):
            continue
        if over and not boat.heard:
            undecided.add(trip.mmsi)
        findings.append(_finding(picture, params, trip, boat, over, weather))
    return findings, undecided


@dataclass(frozen=True, slots=True)
class _Boat:
    """What is known of the vessel of one trip."""

    row: int  # -1: not heard since she left
    heard: bool  # lately
    in_harbour: bool
    speed_kn: float  # on passage
    away_nm: float
    earliest_ms: float  # when she can be in harbour, going straight there since she was last heard
    port: Zone | None = field(default=None)

    @classmethod
    def of(cls, picture: Picture, params: Params, trip: Trip, row: int, heard: bool, ports: Ports) -> "_Boat":
        v = picture.vessels
        if row < 0 or v.fix_ms[row] <= trip.departs_ms:
            return cls(-1, False, False, params.passage_kn, float("nan"), float("nan"))
        berthing = trip.out_ms > 0 and not v.sog_kn[row] >= BERTHING_KN_MAX
        in_harbour = bool(picture.near_harbour[row]) and (heard or berthing)
        # The speed she keeps for a tenth of what the ring tells: towing at 3 kn says nothing of the way home.
        told = v.ring_sog[row][~np.isnan(v.ring_sog[row])]
        speed_kn = max(params.passage_kn, float(np.quantile(told, 0.9)) if len(told) else 0.0)
        away_nm, port = ports.away(float(v.lon_deg[row]), float(v.lat_deg[row]), trip.harbour)
        earliest_ms = float(v.fix_ms[row]) + away_nm / speed_kn * HOUR_MS
        return cls(row, heard, in_harbour, speed_kn, away_nm, earliest_ms, port)

    def cannot(self, trip: Trip, params: Params) -> bool:
        """Going straight home at her best she would be later than anybody waits; only of one seen outside."""
        return trip.out_ms > 0 and self.earliest_ms > trip.due_ms + params.grace_h * HOUR_MS

    def hours_to_go(self, at_ms: int) -> float:
        return max(self.earliest_ms - at_ms, 0.0) / HOUR_MS


def _finding(picture: Picture, params: Params, trip: Trip, boat: _Boat, late: bool, weather: Weather) -> Finding:
    v = picture.vessels
    where = place(v, boat.row) if boat.row >= 0 else None
    here = weather.at(*where, params.gale_beaufort, params.gale_wave_m) if where else Here()
    grave = late and (not boat.heard or boat.hours_to_go(picture.at_ms) >= params.far_h)
    level = Priority((Priority.WARNING if grave else Priority.CAUTION) + bool(here.told_by))
    message = "alert.overdue.coming" if not late else _late_message(boat)
    facts = _facts(picture, trip, boat, here)
    news = (int(v.fix_ms[boat.row]),) if boat.row >= 0 else ()
    return Finding(NAME, (str(trip.mmsi),), level, level, message, facts, (trip.mmsi,), None, where, news=news)


def _late_message(boat: _Boat) -> str:
    if boat.row < 0:
        return "alert.overdue.never"
    if not boat.heard:
        return "alert.overdue.silent"
    return "alert.overdue.heard" if boat.away_nm == boat.away_nm else "alert.overdue.heard_somewhere"


def _facts(picture: Picture, trip: Trip, boat: _Boat, here: Here) -> dict[str, Any]:
    v, row, now = picture.vessels, boat.row, picture.at_ms
    facts = {
        "vessel": vessel_name(picture, trip.mmsi, row),
        "vessel_mmsi": trip.mmsi,
        "trip": trip.trip_id,
        "due_time": date_hhmm(trip.due_ms),
        "due_at": iso(trip.due_ms),
        "harbour": trip.harbour or UNSAID,
        "declared_by": trip.declared_by,
        "late_h": round(max(now - trip.due_ms, 0) / HOUR_MS, 1),
        "overdue_weather": here.told_by or "fair",
        **here.facts,
    }
    if row < 0:
        return facts
    facts |= {
        "last_heard": date_hhmm(int(v.fix_ms[row])),
        "last_heard_at": iso(int(v.fix_ms[row])),
        "position": say_place(place(v, row)),
        "silent_h": round((now - int(v.fix_ms[row])) / HOUR_MS, 1),
        "sog_kn": number(v.sog_kn[row], 1),
        "speed_kn": round(boat.speed_kn, 1),
    }
    if boat.port is not None:
        facts |= {"away_nm": round(boat.away_nm, 1), "port_zh": boat.port.name_zh, "port_en": boat.port.name_en}
        facts |= {"needs_h": round(boat.hours_to_go(now), 1), "earliest_time": date_hhmm(int(boat.earliest_ms))}
    return facts
