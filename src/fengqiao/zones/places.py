"""Where somebody means: a position, or a place people know by name, however the telephone brings it."""

import json
from functools import cache

from fengqiao.nav import parse_place
from fengqiao.words.resources import shipped


def place_of(text: str) -> tuple[float, float]:
    """Longitude and latitude, degrees, of a position or of a shipped name with or without bearing and distance.

    UsageFault as from ``nav.parse_place``.
    """
    return parse_place(text, places())


@cache
def places() -> dict[str, tuple[float, float]]:
    """Names of islands that ship with the charts, Chinese and English, and where they lie."""
    out: dict[str, tuple[float, float]] = {}
    for feature in json.loads(shipped("charts", "coast", "names.geojson").read_text("utf-8"))["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        out |= {feature["properties"][name]: (lon, lat) for name in ("name_zh", "name_en")}
    return out
