"""pyais messages into the integers of ITU-R M.1371, with what the sender did not give marked as unknown.

Sentinels are those of M.1371-5 annex 8. A value outside what the field can mean counts as not given.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from fengqiao.ais.gate import peek
from fengqiao.model.reports import UNITS_PER_DEGREE, Known

LON_UNITS_MAX = 180 * UNITS_PER_DEGREE
LAT_UNITS_MAX = 90 * UNITS_PER_DEGREE
UNITS_PER_TENTH_MINUTE = 1_000  # types 17, 22, 23, 27 say positions in 1/10 minute
HEADINGS = 360  # 511 is "not available", 360 to 510 mean nothing
COGS_TENTHS = 3600  # 3600 is "not available", above means nothing
COARSE = 27  # long range: no second, and positions in 1/10 minute
SECONDS = 60  # 60 is "not available", 61 to 63 name the positioning mode
ROT_UNKNOWN = -128
ROT_AT = 42  # bit of the rate of turn in types 1, 2, 3 (table 48)
SHIP_TYPE_AT: Mapping[int, int] = MappingProxyType({5: 232, 19: 263, 23: 114, 24: 40})  # tables 52, 72, 78, 81
TEXT_AT: Mapping[int, int] = MappingProxyType({12: 72, 14: 40})  # tables 62, 64
NO_SUCH_FIELD = -1
ATON_NAME_AT = 43  # type 21 (table 74): twenty characters, and where they are all used
ATON_NAME_END = 163
ATON_NAME_MORE_AT = 272  # the name goes on here, to the end of the message
SIDES = ("to_bow", "to_stern", "to_port", "to_starboard")

# Known as plain integers: IntFlag arithmetic is too slow for every report.
POSITION, SOG, COG, HEADING = int(Known.POSITION), int(Known.SOG), int(Known.COG), int(Known.HEADING)
ROT, NAV_STATUS, SECOND = int(Known.ROT), int(Known.NAV_STATUS), int(Known.SECOND)
ACCURACY = int(Known.ACCURACY)


class Speed(NamedTuple):
    """How a type says speed and course over ground."""

    to_tenths: int  # pyais value times this is tenths of a knot
    unknown: int  # in tenths of a knot
    cog_to_tenths: int = 10


TENTHS = Speed(10, 1023)
SPEEDS: Mapping[int, Speed] = MappingProxyType(
    {
        1: TENTHS,
        2: TENTHS,
        3: TENTHS,
        18: TENTHS,
        19: TENTHS,
        9: Speed(10, 10230),  # whole knots, 1023 not available (table 60)
        27: Speed(10, 630),  # whole knots, 63 not available; whole degrees (table 85)
    }
)
WITH_HEADING = frozenset({1, 2, 3, 18, 19})
WITH_ROT = frozenset({1, 2, 3})
WITH_NAV_STATUS = frozenset({1, 2, 3, 27})
WITH_POSITION = frozenset({1, 2, 3, 4, 9, 11, 18, 19, 21, 27})
WITH_STATIC = frozenset({5, 19, 21, 24})
WITH_TEXT = frozenset(TEXT_AT)
UNKNOWN_FIX = (0, 0, 0)


class Position(NamedTuple):
    """The last columns of ``Positions``, in their order."""

    known: int
    lon: int
    lat: int
    sog: int
    cog: int
    heading: int
    rot: int
    nav_status: int
    second: int


class Static(NamedTuple):
    """The last columns of ``Statics``, in their order."""

    name: str
    callsign: str
    destination: str
    imo: int
    ship_type: int
    to_bow: int
    to_stern: int
    to_port: int
    to_starboard: int
    draught_dm: int


def position(message: Any, payload: bytes) -> Position:
    """What a message of WITH_POSITION says about where its sender is and how it moves."""
    kind = message.msg_type
    known, lon, lat = _fix(round(message.lon * UNITS_PER_DEGREE), round(message.lat * UNITS_PER_DEGREE))
    if message.accuracy:
        known |= ACCURACY
    sog = cog = heading = rot = nav_status = second = 0
    speed = SPEEDS.get(kind)
    if speed is not None:
        raw_sog, raw_cog = round(message.speed * speed.to_tenths), round(message.course * speed.cog_to_tenths)
        if raw_sog < speed.unknown:
            sog, known = raw_sog, known | SOG
        if raw_cog < COGS_TENTHS:
            cog, known = raw_cog, known | COG
    if kind in WITH_HEADING and message.heading < HEADINGS:
        heading, known = message.heading, known | HEADING
    if kind in WITH_ROT and (raw_rot := rate_of_turn(payload)) != ROT_UNKNOWN:
        rot, known = raw_rot, known | ROT
    if kind in WITH_NAV_STATUS:
        nav_status, known = int(message.status), known | NAV_STATUS
    if kind != COARSE and message.second < SECONDS:
        second, known = message.second, known | SECOND
    return Position(known, lon, lat, sog, cog, heading, rot, nav_status, second)


def _fix(lon: int, lat: int) -> tuple[int, int, int]:
    """Known bit, longitude and latitude in 1/600000 degree."""
    if -LON_UNITS_MAX <= lon <= LON_UNITS_MAX and -LAT_UNITS_MAX <= lat <= LAT_UNITS_MAX:
        return POSITION, lon, lat
    return UNKNOWN_FIX


def rate_of_turn(payload: bytes) -> int:
    raw = peek(payload, ROT_AT, 8)
    return raw - 256 if raw > 127 else raw


def static(message: Any, payload: bytes, fill: int) -> Static:
    """What a message of WITH_STATIC says about who its sender is."""
    kind = message.msg_type
    has_type = kind in SHIP_TYPE_AT and not (kind == 24 and message.partno == 0)
    bow, stern, port, starboard = (getattr(message, side, NO_SUCH_FIELD) for side in SIDES)
    return Static(
        name=_aton_name(payload, fill) if kind == 21 else clean(getattr(message, "shipname", "")),
        callsign=clean(getattr(message, "callsign", "")),
        destination=clean(getattr(message, "destination", "")),
        imo=getattr(message, "imo", 0),
        ship_type=peek(payload, SHIP_TYPE_AT[kind], 8) if has_type else NO_SUCH_FIELD,
        to_bow=bow,
        to_stern=stern,
        to_port=port,
        to_starboard=starboard,
        draught_dm=round(message.draught * 10) if kind == 5 else NO_SUCH_FIELD,
    )


def _aton_name(payload: bytes, fill: int) -> str:
    name = letters(payload, ATON_NAME_AT, ATON_NAME_END)
    if "@" not in name:
        name += letters(payload, ATON_NAME_MORE_AT, len(payload) * 6 - fill)
    return clean(name)


def clean(text: str) -> str:
    """Text up to the first '@', which ends it (M.1371-5 table 47), without blanks around it."""
    return text.partition("@")[0].strip()


def text(message: Any, payload: bytes, fill: int) -> str:
    """Safety related text of a message of WITH_TEXT."""
    return clean(letters(payload, TEXT_AT[message.msg_type], len(payload) * 6 - fill))


def letters(payload: bytes, start: int, stop: int) -> str:
    """Six-bit ASCII from bit ``start``, in whole characters: bits left over before ``stop`` are no letter."""
    codes = (peek(payload, at, 6) for at in range(start, stop - 5, 6))
    return "".join(chr(code + 64) if code < 32 else chr(code) for code in codes)


def fix_ms(base_ms: int, known: int, second: int) -> int:
    """The latest instant not later than a second after ``base_ms`` that lies in the report's own UTC second.

    A fix is so at most 60 s old; without a second it is as old as its stamp.
    """
    if not known & SECOND:
        return base_ms
    latest = base_ms + 1_000
    fix = latest - latest % 60_000 + second * 1_000
    return fix if fix <= latest else fix - 60_000
