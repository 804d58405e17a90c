"""What weather stations said last: one small fold of observations, and the nearest of them to a place.

A transmitter speaks for many stations, so a station is a sender and a place. Some tell their wind in one message and
their water level in another: an observation replaces those before it only where it says all that they said.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

from fengqiao import nav
from fengqiao.model.reports import NO_CODE, Observations

SAME_PLACE_DEG = 0.005  # a third of a mile: a buoy swings on its chain
STATIONS_MAX = 500  # more than any coast has in reach of its receivers; forged numbers must not grow our memory
FORGET_MS = 6 * 3_600_000  # a wind of six hours ago says nothing of the wind now
FAR_NM = 100.0  # weather from beyond is that of another sea
_HEAD = frozenset({"line", "feed", "ref_ms", "at_ms", "mmsi", "lon_deg", "lat_deg"})
VALUES = tuple(name for name in Observations.names() if name not in _HEAD)


@dataclass(frozen=True, slots=True)
class Station:
    """What one said at ``at_ms``; ``values`` are the columns of Observations that were given, and no others."""

    mmsi: int
    lon_deg: float
    lat_deg: float
    at_ms: int
    values: Mapping[str, float]

    def is_at(self, other: "Station") -> bool:
        return abs(self.lat_deg - other.lat_deg) < SAME_PLACE_DEG and abs(self.lon_deg - other.lon_deg) < SAME_PLACE_DEG

    def as_json(self) -> dict[str, Any]:
        place = {"lon_deg": round(self.lon_deg, 5), "lat_deg": round(self.lat_deg, 5)}
        return {"mmsi": self.mmsi, "at_ms": self.at_ms, **place, **self.values}


class Stations:
    """The latest of every station; plain containers, so that they travel in a checkpoint."""

    def __init__(self) -> None:
        self.overflow = 0  # observations of stations beyond STATIONS_MAX
        self._of: dict[int, list[Station]] = {}  # by sender, in the order in which they were heard
        self._kept = 0

    def __len__(self) -> int:
        return self._kept

    def __iter__(self) -> Iterator[Station]:
        return (station for mmsi in sorted(self._of) for station in self._of[mmsi])

    def fold(self, said: Observations) -> None:
        """Observations in the order in which they were heard; one that has no place is nobody's weather."""
        values = [getattr(said, name).tolist() for name in VALUES]
        for n, (mmsi, lon, lat, at_ms) in enumerate(
            zip(said.mmsi.tolist(), said.lon_deg.tolist(), said.lat_deg.tolist(), said.at_ms.tolist(), strict=True)
        ):
            if not isnan(lon):
                given = {name: v[n] for name, v in zip(VALUES, values, strict=True) if _is_given(v[n])}
                self._take(Station(mmsi, lon, lat, at_ms, given))

    def forget(self, at_ms: int) -> None:
        for mmsi, stations in list(self._of.items()):
            self._keep(mmsi, [s for s in stations if s.at_ms > at_ms - FORGET_MS])

    def _take(self, new: Station) -> None:
        here = [old for old in self._of.get(new.mmsi, ()) if old.is_at(new)]
        if any(old.at_ms > new.at_ms and old.values.keys() >= new.values.keys() for old in here):
            return  # late: all that it says has been said anew
        gone = [old for old in here if old.at_ms <= new.at_ms and old.values.keys() <= new.values.keys()]
        if not gone and self._kept >= STATIONS_MAX:
            self.overflow += 1
            return
        self._keep(new.mmsi, [*(s for s in self._of.get(new.mmsi, ()) if s not in gone), new])

    def _keep(self, mmsi: int, stations: list[Station]) -> None:
        self._kept += len(stations) - len(self._of.pop(mmsi, ()))
        if stations:
            self._of[mmsi] = stations


def _is_given(value: float) -> bool:
    return value != NO_CODE if isinstance(value, int) else not isnan(value)


def nearest(stations: Iterable[Mapping[str, Any]], lon: float, lat: float, name: str) -> tuple[Any, float] | None:
    """The station (as in JSON) nearest to a place, within FAR_NM, that says ``name``, and how many miles off it is.

    Of what one station said at different times, the newest.
    """
    saying = [station for station in stations if name in station]
    if not saying:
        return None
    away = nav.distance_nm(lon, lat, [s["lon_deg"] for s in saying], [s["lat_deg"] for s in saying])
    best = min(range(len(saying)), key=lambda n: (round(float(away[n]), 1), -saying[n]["at_ms"]))
    return (saying[best], float(away[best])) if away[best] <= FAR_NM else None
