"""One message as ``fengqiao decode --json`` prints it: people's units, and nothing the sender did not give."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import isnan
from types import MappingProxyType
from typing import Any

from fengqiao.ais.columns import (
    COG,
    HEADING,
    NAV_STATUS,
    POSITION,
    ROT,
    SIDES,
    SOG,
    TEXT_AT,
    UNITS_PER_TENTH_MINUTE,
    WITH_POSITION,
    WITH_STATIC,
    clean,
)
from fengqiao.ais.decode import decode, other_fields
from fengqiao.ais.gate import peek
from fengqiao.ais.weather import FI_AT, FI_BITS, INTERNATIONAL, VALUES
from fengqiao.model.reports import PRECIPITATION, TRENDS, UNITS_PER_DEGREE

UNIX = datetime(1970, 1, 1, tzinfo=UTC)
DEGREE_DECIMALS = 7  # 1/600000 degree is 0.0000017: seven decimals tell neighbours apart and round back exactly
ROT_PER_ROOT = 4.733  # M.1371-5 table 48: ROT_AIS = 4.733 sqrt(degrees a minute)
ROT_NO_SENSOR = 127  # +-127 only says "turning, faster than 5 degrees in 30 s", not how fast

# Positions of areas and beacons in 1/10 minute: type -> (name, bit, width). Tables 69, 77, 78.
CORNERS = (("ne_lon", 0, 18), ("ne_lat", 18, 17), ("sw_lon", 35, 18), ("sw_lat", 53, 17))
COARSE_AT: Mapping[int, tuple[tuple[str, int, int], ...]] = MappingProxyType(
    {
        17: (("lon", 40, 18), ("lat", 58, 17)),
        22: tuple((name, 69 + at, width) for name, at, width in CORNERS),
        23: tuple((name, 40 + at, width) for name, at, width in CORNERS),
    }
)

SHIP_TYPE_OF_GROUP = 114  # type 23 (table 78)
RANGES: Mapping[str, int] = MappingProxyType({"lon": 180, "lat": 90})  # beyond: 181 and 91 are "not available"

# pyais' names of fields that are said above in our own words, or mean nothing to a reader.
SAID = frozenset(
    {"msg_type", "lon", "lat", "speed", "course", "heading", "turn", "status", "shipname", "callsign", "imo", "text"}
    | {"ship_type", "destination", "draught", "radio", "name_ext", "full_name", "reserved_1", "reserved_2", *SIDES}
)
# Values that say "not available" in any type that has the field: tables 51, 52, 60.
NOT_GIVEN = frozenset(
    {("year", 0), ("month", 0), ("day", 0), ("hour", 24), ("minute", 60), ("alt", 4095)}
    | {("second", second) for second in range(60, 64)}
)


# How the columns of an observation that are no measurements are said.
WEATHER_WORDS: Mapping[str, Callable[[int], Any]] = MappingProxyType(
    {
        "pressure_trend": TRENDS.__getitem__,
        "water_level_trend": TRENDS.__getitem__,
        "precipitation": PRECIPITATION.__getitem__,
        "visibility_beyond": bool,
        "ice": bool,
    }
)

Row = Mapping[str, Any]  # of a table of reports


def as_json(
    sextets: bytes,
    fill: int,
    base_ms: int,
    position: Row | None,
    static: Row | None,
    text: Row | None,
    observation: Row | None,
) -> dict[str, Any]:
    """The message with keys whose names end in their unit; unknown fields are absent.

    The rows are those of the message in the tables of a batch, as far as it has any. Every other field is as pyais
    reads it; where pyais cannot, there is none.
    """
    kind = peek(sextets, 0, 6)
    out: dict[str, Any] = {"type": kind, "mmsi": peek(sextets, 8, 30), "at": iso(base_ms)}
    if position is not None:
        out["at"] = iso(position["fix_ms"])
        out |= _motion(position)
    if static is not None:
        out |= _identity(static)
    if text is not None:
        out |= {"to_mmsi": text["to_mmsi"]} if text["to_mmsi"] else {}
        out["text"] = text["text"]
    if observation is not None:
        return out | {"dac": INTERNATIONAL, "fi": peek(sextets, FI_AT, FI_BITS), "weather": weather(observation)}
    return out | _others(kind, sextets, fill, out)


def iso(at_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return (UNIX + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def weather(seen: Row) -> dict[str, Any]:
    """What a station said of weather and water, and when and where it was so."""
    out: dict[str, Any] = {"at": iso(seen["at_ms"])}
    for end in ("lon", "lat"):
        if not isnan(seen[f"{end}_deg"]):
            out[end] = round(seen[f"{end}_deg"], DEGREE_DECIMALS)
    for name, blank in VALUES.items():
        value = seen[name]
        if value == blank or isnan(value):
            continue
        out[name] = WEATHER_WORDS[name](value) if name in WEATHER_WORDS else value
    return out


def _motion(p: Row) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if p["known"] & POSITION:
        out["lon"] = round(p["lon"] / UNITS_PER_DEGREE, DEGREE_DECIMALS)
        out["lat"] = round(p["lat"] / UNITS_PER_DEGREE, DEGREE_DECIMALS)
    if p["known"] & SOG:
        out["sog_kn"] = p["sog"] / 10
    if p["known"] & COG:
        out["cog_deg"] = p["cog"] / 10
    if p["known"] & HEADING:
        out["heading_deg"] = p["heading"]
    if p["known"] & ROT and abs(p["rot"]) != ROT_NO_SENSOR:
        turn = round((p["rot"] / ROT_PER_ROOT) ** 2, 1)
        out["rot_deg_min"] = -turn if p["rot"] < 0 else turn
    if p["known"] & NAV_STATUS:
        out["nav_status"] = p["nav_status"]
    return out


def _identity(s: Row) -> dict[str, Any]:
    out: dict[str, Any] = {key: s[key] for key in ("name", "callsign", "destination") if s[key]}
    if s["imo"]:
        out["imo"] = s["imo"]
    if s["ship_type"] > 0:
        out["ship_type"] = s["ship_type"]
    sides = [s[side] for side in SIDES]
    if max(sides) > 0:  # a 0 beside others is a distance: the antenna stands at that end
        out |= {f"{side}_m": value for side, value in zip(SIDES, sides, strict=True)}
    if s["draught_dm"] > 0:
        out["draught_m"] = s["draught_dm"] / 10
    return out


def _others(kind: int, sextets: bytes, fill: int, said: Mapping[str, Any]) -> dict[str, Any]:
    """What is left: as pyais has it, save positions in minutes, text and the raw ship type."""
    message = decode(sextets, fill)
    if message is None:
        return {}
    own_words = kind in WITH_POSITION or kind in WITH_STATIC or kind in TEXT_AT or kind in COARSE_AT
    out: dict[str, Any] = {}
    for name, value in other_fields(message).items():
        if name in said or (own_words and name in SAID) or name == "msg_type" or (name, value) in NOT_GIVEN:
            continue
        if isinstance(value, str):
            value = clean(value)
            if not value:
                continue
        elif name in RANGES and abs(value) > RANGES[name]:
            continue
        out[name] = value
    if kind in COARSE_AT and not (kind == 22 and message.addressed):
        for name, at, width in COARSE_AT[kind]:
            _coarse(out, name, peek(sextets, at, width), width)
    if kind == 23 and (ship_type := peek(sextets, SHIP_TYPE_OF_GROUP, 8)):
        out["ship_type"] = ship_type
    return out


def _coarse(out: dict[str, Any], name: str, raw: int, width: int) -> None:
    """Put a position in 1/10 minute, two's complement, in degrees; leave it out when out of range (181, 91)."""
    out.pop(name, None)
    value = raw - (1 << width) if raw >> (width - 1) else raw
    degrees = value * UNITS_PER_TENTH_MINUTE / UNITS_PER_DEGREE
    if abs(degrees) <= RANGES[name[-3:]]:
        out[name] = round(degrees, DEGREE_DECIMALS)
