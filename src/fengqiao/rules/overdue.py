"""A boat that is not back by the hour she named, or cannot be: one alert a vessel for as long as her return is open."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.setting import setting
from fengqiao.model.trip import Trip
from fengqiao.nav import F64
from fengqiao.rules.telling import date_hhmm, display_name, iso, number, place
from fengqiao.rules.tracks import age_s, reports_every_s
from fengqiao.rules.weather_here import Here, Weather
from fengqiao.situation.picture import Picture
from fengqiao.situation.trips import BERTHING_KN_MAX, newest_rows
from fengqiao.zones.zone import Zone

NAME = "overdue"
SCOPE = "bay"
HOUR_MS = 3_600_000
UNSAID = "unsaid"  # no harbour was named: words have ``harbour.unsaid``


@dataclass(frozen=True, slots=True)
class Params:
    grace_h: float = setting(2.0, "h", "study §2g overdue")
    ahead_h: float = setting(6.0, "h", "weather study §3.6: lead to get home from the grounds")
    passage_kn: float = setting(
        8.0, "kn", "D: what a boat makes on passage, as the call sheet has it; a faster one hers"
    )
    far_h: float = setting(1.0, "h", "D: an hour more, after the grace")
    unheard_s: float = setting(600.0, "s", "study §2f: the silence that the gap rule, too, calls silence")
    unheard_intervals: float = setting(6.0, "", "study §2f: of the reports due from her")
    gale_beaufort: int = setting(6, "", "study §2g loss in bad weather")
    gale_wave_m: float = setting(2.5, "m", "study §2g loss in bad weather")
    station_nm: float = setting(15.0, "nm", "D: a wind farther off is that of other waters")
    station_s: float = setting(5_400.0, "s", "D: stations speak hourly or oftener; one may be missed")
    hold_s: float = setting(180.0, "s", "D: to pass a harbour mouth is not to come home")


def check(picture: Picture, params: Params) -> Findings:
    """A finding for each return that is over its time or cannot be kept; who is overdue and silent is undecided."""
    if not picture.trips:
        return Findings(NAME, hold_s=params.hold_s)
    rows = newest_rows(picture.vessels, np.array([trip.mmsi for trip in picture.trips], np.int64))
    silent_s = age_s(picture)
    lost_s = np.maximum(params.unheard_intervals * reports_every_s(picture.vessels), params.unheard_s)
    weather = Weather.of(picture, params.station_nm, params.station_s)
    ports = _Ports.of(picture.zones_by_id)
    findings, undecided = [], []
    for trip, row in zip(picture.trips, rows.tolist(), strict=True):
        late = picture.at_ms >= trip.due_ms + params.grace_h * HOUR_MS
        soon = picture.at_ms >= trip.due_ms - params.ahead_h * HOUR_MS
        if not (late or soon):
            continue
        boat = _Boat.of(picture, params, trip, row, row >= 0 and bool(silent_s[row] <= lost_s[row]), ports)
        if boat.in_harbour or not (late or boat.cannot(trip, params)):
            continue
        if late and not boat.heard:
            undecided.append(trip.mmsi)
        findings.append(_finding(picture, params, trip, boat, late, weather))
    return Findings(NAME, tuple(findings), frozenset(undecided), params.hold_s)


@dataclass(frozen=True, slots=True)
class _Ports:
    """Fishing ports of the chart as points; arrays of shape (n_ports,)."""

    zones: tuple[Zone, ...]
    lon: F64
    lat: F64

    @classmethod
    def of(cls, zones: dict[str, Zone]) -> "_Ports":
        ports = tuple(z for z in zones.values() if z.kind == "fishing_port" and z.role == "point_label")
        xy = shapely.get_coordinates([z.geometry for z in ports]).reshape(-1, 2)
        return cls(ports, xy[:, 0], xy[:, 1])

    def away(self, lon: float, lat: float, named: str) -> tuple[float, Zone | None]:
        """Miles as the gull flies to the port of that id or name, else to the nearest; NaN where the chart has none."""
        meant = [n for n, z in enumerate(self.zones) if named in (z.zone_id, z.name_zh, z.name_en)] if named else []
        near = np.array(meant, np.int64) if meant else np.arange(len(self.zones))
        if not len(near) or lon != lon:
            return float("nan"), None
        away: NDArray[np.float64] = nav.distance_nm(lon, lat, self.lon[near], self.lat[near])
        return float(away.min()), self.zones[int(near[away.argmin()])]


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
    def of(cls, picture: Picture, params: Params, trip: Trip, row: int, heard: bool, ports: _Ports) -> "_Boat":
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
        "vessel": _name(picture, trip.mmsi, row),
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
        "position": nav.say_position(*where) if (where := place(v, row)) else "—",
        "silent_h": round((now - int(v.fix_ms[row])) / HOUR_MS, 1),
        "sog_kn": number(v.sog_kn[row], 1),
        "speed_kn": round(boat.speed_kn, 1),
    }
    if boat.port is not None:
        facts |= {"away_nm": round(boat.away_nm, 1), "port_zh": boat.port.name_zh, "port_en": boat.port.name_en}
        facts |= {"needs_h": round(boat.hours_to_go(now), 1), "earliest_time": date_hhmm(int(boat.earliest_ms))}
    return facts


def _name(picture: Picture, mmsi: int, row: int) -> str:
    if row >= 0:
        return display_name(picture, row)
    known = picture.register.at(mmsi, picture.at_ms)
    return known.name if known is not None and known.name else str(mmsi)
