"""What the weather is at a place now: the gale warnings in force there, and the nearest station on AIS that says."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from fengqiao import nav
from fengqiao.model.gale import GaleWarning
from fengqiao.nav import F64
from fengqiao.rules.areas import gale_area
from fengqiao.rules.telling import hhmm
from fengqiao.situation.picture import Picture
from fengqiao.weather.observed import Station

# Least mean wind of each Beaufort number from 1, m/s (GB/T 28591).
BEAUFORT_M_S = (0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1)


@dataclass(frozen=True, slots=True)
class Here:
    """Weather at one place. Unknown numbers are NaN, and an unknown wind is 0 of which nobody speaks."""

    beaufort: int = 0  # mean wind, the higher of what is warned of and what is measured
    wave_m: float = float("nan")
    visibility_nm: float = float("nan")
    told_by: str = ""  # gale | wind | waves: which sentence tells it
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Weather:
    """Ready to be asked about places: areas are drawn and stations picked once a tick."""

    at_ms: int
    gales: tuple[tuple[GaleWarning, BaseGeometry], ...]
    stations: tuple[Station, ...]
    station_nm: float
    _saying: dict[str, "_Saying"] = field(default_factory=dict)  # by what they say, once asked

    @classmethod
    def of(cls, picture: Picture, station_nm: float, station_s: float) -> "Weather":
        """``station_nm``: how far a station speaks; ``station_s``: for how long what it said holds."""
        now = picture.at_ms
        drawn = ((gale, gale_area(picture, gale)) for gale in picture.gales if gale.from_ms <= now < gale.to_ms)
        fresh = tuple(s for s in picture.stations if now - s.at_ms <= station_s * 1000.0)
        return cls(now, tuple((gale, area) for gale, area in drawn if area is not None), fresh, station_nm)

    def at(self, lon: float, lat: float, beaufort_min: int, wave_m_min: float) -> Here:
        """The weather at a place; ``told_by`` and ``facts`` say why it counts as bad, if by the two limits it does."""
        over = [gale for gale, area in self.gales if shapely.contains_xy(area, lon, lat)]
        warned = max(over, key=lambda gale: (gale.beaufort, gale.gale_id), default=None)
        wind, wave, sight = (self._nearest(lon, lat, name) for name in ("wind_kn", "wave_height_m", "visibility_nm"))
        measured = beaufort(wind[0].values["wind_kn"] * nav.KN_M_S) if wind else 0
        wave_m = float(wave[0].values["wave_height_m"]) if wave else float("nan")
        visibility_nm = float(sight[0].values["visibility_nm"]) if sight else float("nan")
        force = max(measured, warned.beaufort if warned else 0)
        if warned is not None and warned.beaufort >= max(beaufort_min, measured):
            told, facts = "gale", {"beaufort": warned.beaufort, "gale_source": warned.source}
        elif wind and measured >= beaufort_min:
            told, facts = "wind", {"beaufort": measured, "wind_kn": round(wind[0].values["wind_kn"])} | _said(*wind)
        elif wave and wave_m >= wave_m_min:
            told, facts = "waves", {"wave_m": round(wave_m, 1)} | _said(*wave)
        else:
            told, facts = "", {}
        return Here(force, wave_m, visibility_nm, told, facts)

    def _nearest(self, lon: float, lat: float, name: str) -> tuple[Station, float] | None:
        """The nearest station that says ``name``, and how many miles off; of one place the newest."""
        if name not in self._saying:
            self._saying[name] = _Saying.of(self.stations, name)
        saying = self._saying[name]
        if not saying.stations:
            return None
        away = nav.distance_nm(lon, lat, saying.lon, saying.lat)
        best = int(np.lexsort((saying.mmsi, -saying.at_ms, np.round(away, 1)))[0])
        return (saying.stations[best], float(away[best])) if away[best] <= self.station_nm else None


@dataclass(frozen=True, slots=True)
class _Saying:
    """Stations that say one thing, as columns."""

    stations: tuple[Station, ...]
    lon: F64
    lat: F64
    at_ms: NDArray[np.int64]
    mmsi: NDArray[np.int64]

    @classmethod
    def of(cls, stations: tuple[Station, ...], name: str) -> "_Saying":
        those = tuple(s for s in stations if name in s.values)
        lon, lat = np.array([s.lon_deg for s in those], float), np.array([s.lat_deg for s in those], float)
        at_ms, mmsi = np.array([s.at_ms for s in those], np.int64), np.array([s.mmsi for s in those], np.int64)
        return cls(those, lon, lat, at_ms, mmsi)


def beaufort(wind_m_s: float) -> int:
    """Beaufort number of a mean wind; a wind told in whole knots may be a centimetre a second short of its force."""
    return int(np.searchsorted(BEAUFORT_M_S, wind_m_s + 0.01, side="right"))


def _said(station: Station, away_nm: float) -> dict[str, Any]:
    return {"station_nm": round(away_nm, 1), "station_time": hhmm(station.at_ms), "station_mmsi": station.mmsi}
