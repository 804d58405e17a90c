"""One message as ``fengqiao decode --json`` prints it: people's units, and nothing the sender did not give."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import isnan
from types import MappingProxyType
from typing import Any

from fengqiao.ais.applications import as_pyais
from fengqiao.ais.columns import (
    COG,
    HEADING,
    NAV_STATUS,
    POSITION,
    ROT,
    SIDES,
    SOG,
)
from fengqiao.ais.gate import peek
from fengqiao.ais.particulars import DEGREE_DECIMALS, particulars
from fengqiao.ais.weather import CIRCULARS, INTERNATIONAL, VALUES
from fengqiao.model.reports import PRECIPITATION, TRENDS, UNITS_PER_DEGREE

UNIX = datetime(1970, 1, 1, tzinfo=UTC)
ROT_PER_ROOT = 4.733  # M.1371-5 table 48: ROT_AIS = 4.733 sqrt(degrees a minute)
ROT_NO_SENSOR = 127  # +-127 only says "turning, faster than 5 degrees in 30 s", not how fast

IMO_MIN = 1_000_000  # M.1371-5 table 52: below are numbers that nobody has
UNDEFINED, TEST_DEVICES = 15, 97  # navigational status: of AIS-SART, MOB and EPIRB (97x) it means that they are tested

OWN_TABLES = frozenset((INTERNATIONAL, fi) for fi in CIRCULARS)  # where these say nothing, nothing is said

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

    The rows are those of the message in the tables of a batch, as far as it has any.
    """
    kind = peek(sextets, 0, 6)
    out: dict[str, Any] = {"type": kind, "mmsi": peek(sextets, 8, 30), "at": iso(base_ms)}
    if position is not None:
        out["at"] = iso(position["fix_ms"])
        out |= _motion(position)
    if static is not None:
        out |= _identity(static)
    if text is not None:
        out["text"] = text["text"]
    out |= particulars(kind, sextets, fill)
    if observation is not None:
        del out["data"]
        out["weather"] = weather(observation)
    elif (out.get("dac"), out.get("fi")) not in OWN_TABLES and (application := as_pyais(kind, sextets, fill)):
        out["as_pyais"] = application
    return out


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
    if p["known"] & NAV_STATUS and (p["nav_status"] != UNDEFINED or p["mmsi"] // 10_000_000 == TEST_DEVICES):
        out["nav_status"] = p["nav_status"]
    return out


def _identity(s: Row) -> dict[str, Any]:
    out: dict[str, Any] = {key: s[key] for key in ("name", "callsign", "destination") if s[key]}
    if s["imo"] >= IMO_MIN:
        out["imo"] = s["imo"]
    if s["ship_type"] > 0:
        out["ship_type"] = s["ship_type"]
    sides = [s[side] for side in SIDES]
    if max(sides) > 0:  # a 0 beside others is a distance: the antenna stands at that end
        out |= {f"{side}_m": value for side, value in zip(SIDES, sides, strict=True)}
    if s["draught_dm"] > 0:
        out["draught_m"] = s["draught_dm"] / 10
    return out
