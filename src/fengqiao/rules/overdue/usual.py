"""A boat that nobody named an hour for and that is out longer than she hardly ever is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.model.findings import Finding, Priority
from fengqiao.nav import F64
from fengqiao.rules.overdue.params import HOUR_MS, NAME, Params
from fengqiao.rules.ports import Ports
from fengqiao.rules.telling import date_hhmm, iso, vessel_name
from fengqiao.rules.tracks import Flags, Rows
from fengqiao.rules.weather_here import Here, Weather
from fengqiao.situation.outings import Outings
from fengqiao.situation.picture import Picture
from fengqiao.situation.trips import newest_rows
from fengqiao.zones.coast import shores


def outstayed(
    picture: Picture, params: Params, heard: Flags, weather: Weather, ports: Ports
) -> tuple[list[Finding], set[int]]:
    """Boats out longer than usual and the grace. Who may well be home keeps an alert and raises none; silent for long
    she is undecided, no more."""
    v, out = picture.vessels, picture.outings
    usual_h, known = usual_hours(out.hours, params.usual_share, params.usual_outings)
    over = (picture.at_ms - out.out_ms) / HOUR_MS > usual_h + params.grace_h  # NaN: not known
    over &= ~np.isin(out.mmsi, np.array([trip.mmsi for trip in picture.trips], np.int64))
    at = np.flatnonzero(over)
    rows = newest_rows(v, out.mmsi[at])
    findings, undecided = [], set()
    for n, row in zip(at.tolist(), rows.tolist(), strict=True):
        if row >= 0 and not picture.fishing_craft[row]:
            continue
        hers = row >= 0 and bool(heard[row]) and not out.deaf[n]  # and not another's who uses her number
        boat = _Boat(n, row, hers, float(usual_h[n]), int(known[n]))
        silent_s = (picture.at_ms - int(out.heard_ms[n])) / 1000.0
        home = _maybe_home(out, boat, params)
        if not boat.heard:
            undecided.add(int(out.mmsi[n]))
        if boat.heard or not home or silent_s <= params.unsure_s:
            findings.append(_finding(picture, params, boat, home, weather, ports))
    return findings, undecided


@dataclass(frozen=True, slots=True)
class _Boat:
    """One that is out longer than usual."""

    n: int  # row among the outings
    row: int  # and among the vessels; -1: the fleet has forgotten her
    heard: bool  # lately
    usual_h: float
    known: int  # outings that tell it


def usual_hours(hours: NDArray[np.float32], share: float, least: int) -> tuple[F64, Rows]:
    """Hours that ``share`` of each boat's outings do not exceed, NaN with fewer than ``least`` known; and how many are.

    ``hours`` (n, outings): 0 none, NaN unknown. The quantile at (n + 1) share (Weibull), which of the fewest that can
    tell is the longest.
    """
    known = np.where(hours > 0, hours, np.nan).astype(np.float64)
    n = (hours > 0).sum(axis=1)
    ranked = np.sort(known, axis=1)  # NaN last
    place = np.clip((n + 1) * share - 1.0, 0.0, np.maximum(n - 1, 0))
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    lower, upper = (np.take_along_axis(ranked, k[:, None], axis=1)[:, 0] for k in (low, high))
    return np.where(n >= least, lower + (place - low) * (upper - lower), np.nan), n


def _maybe_home(out: Outings, boat: _Boat, params: Params) -> bool:
    """Heard last in a harbour's waters or at a berth; or silent since we did not listen, or where her coming home is
    often not heard."""
    unknown = int(np.isnan(out.hours[boat.n]).sum())
    often = boat.known < params.usual_heard * (boat.known + unknown)
    unheard = not boat.heard and (bool(out.deaf[boat.n]) or often)
    return unheard or bool(out.near[boat.n]) or _berthed(out, boat.n, params)


def _berthed(out: Outings, n: int, params: Params) -> bool:
    """Lies still so near to the charted shore that it is a berth no chart names; at anchor farther off she is out."""
    if not out.lies_ms[n]:
        return False
    coast = shores(out.lon_deg[n : n + 1], out.lat_deg[n : n + 1])
    return bool(coast.on_land[0]) or bool(coast.distance_m[0] <= params.berth_m)


def _finding(picture: Picture, params: Params, boat: _Boat, home: bool, weather: Weather, ports: Ports) -> Finding:
    out, n = picture.outings, boat.n
    mmsi, where = int(out.mmsi[n]), (round(float(out.lon_deg[n]), 6), round(float(out.lat_deg[n]), 6))
    here = weather.at(*where, params.gale_beaufort, params.gale_wave_m)
    level = Priority(Priority.CAUTION + bool(here.told_by))
    message = "alert.overdue.usual" if boat.heard else "alert.overdue.usual_silent"
    facts, news = _facts(picture, params, boat, here, ports), (int(out.heard_ms[n]),)
    return Finding(NAME, (str(mmsi),), None if home else level, level, message, facts, (mmsi,), None, where, news=news)


def _facts(picture: Picture, params: Params, boat: _Boat, here: Here, ports: Ports) -> dict[str, Any]:
    out, n, now = picture.outings, boat.n, picture.at_ms
    mmsi, heard_ms = int(out.mmsi[n]), int(out.heard_ms[n])
    lon, lat = float(out.lon_deg[n]), float(out.lat_deg[n])
    away_nm, port = ports.away(lon, lat, "")
    facts = {
        "vessel": vessel_name(picture, mmsi, boat.row),
        "vessel_mmsi": mmsi,
        "out_time": date_hhmm(int(out.out_ms[n])),
        "out_at": iso(int(out.out_ms[n])),
        "out_h": round((now - int(out.out_ms[n])) / HOUR_MS, 1),
        "out_since": "known" if out.sure[n] else "least",  # her leaving was not heard
        "usual_h": round(boat.usual_h, 1),
        "usual_outings": boat.known,
        "usual_pct": round(params.usual_share * 100.0),
        "last_heard": date_hhmm(heard_ms),
        "last_heard_at": iso(heard_ms),
        "position": nav.say_position(lon, lat),
        "silent_h": round((now - heard_ms) / HOUR_MS, 1),
        "overdue_weather": here.told_by or "fair",
        **here.facts,
    }
    if port is None:
        return facts
    return facts | {"away_nm": round(away_nm, 1), "port_zh": port.name_zh, "port_en": port.name_en}
