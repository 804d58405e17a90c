"""Where somebody means: a position, or a place people know by name, however the telephone brings it."""

import json
from dataclasses import dataclass
from functools import cache

from fengqiao.nav import parse_place
from fengqiao.words.resources import shipped


def place_of(text: str) -> tuple[float, float]:
    """Longitude and latitude, degrees, of a position or of a shipped name with or without bearing and distance.

    UsageFault as from ``nav.parse_place``.
    """
    return parse_place(text, places())


@dataclass(frozen=True, slots=True)
class Place:
    """An island by name. ``rank`` 1 is what everybody knows, 4 a rock."""

    name_zh: str
    name_en: str
    lon_deg: float
    lat_deg: float
    rank: int
    area_km2: float


@cache
def named_places() -> tuple[Place, ...]:
    """The islands whose names ship with the charts, the foremost and largest first."""
    features = json.loads(shipped("charts", "coast", "names.geojson").read_text("utf-8"))["features"]
    said = [(feature["properties"], feature["geometry"]["coordinates"]) for feature in features]
    found = [Place(p["name_zh"], p["name_en"], at[0], at[1], p["rank"], p["area_km2"]) for p, at in said]
    return tuple(sorted(found, key=lambda place: (place.rank, -place.area_km2)))


@cache
def places() -> dict[str, tuple[float, float]]:
    """Names of islands that ship with the charts, Chinese and English, and where they lie."""
    return {name: (p.lon_deg, p.lat_deg) for p in named_places() for name in (p.name_zh, p.name_en)}
