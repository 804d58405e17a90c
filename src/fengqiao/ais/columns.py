"""Whole messages into the columns of a ReportBatch, in the integers of ITU-R M.1371.

Where a field stands is a table here, by message type; bit numbers are those of M.1371-5 annex 8, counted from 0.
Sentinels are those of the standard: a value outside what the field can mean counts as not given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, U8, U64, codes, field, said_in, signed, words
from fengqiao.ais.gate import PART_AT, STATIC_PARTS, peek
from fengqiao.model.columns import Columns, column
from fengqiao.model.reports import UNITS_PER_DEGREE, Altitudes, Known, Lines, Positions, Statics, Texts

LON_UNITS_MAX = 180 * UNITS_PER_DEGREE
LAT_UNITS_MAX = 90 * UNITS_PER_DEGREE
UNITS_PER_TENTH_MINUTE = 1_000  # long range reports say positions in 1/10 minute
HEADINGS = 360  # 511 is "not available", 360 to 510 mean nothing
COGS_TENTHS = 3600  # 3600 is "not available", above means nothing
NAV_STATUSES = 16  # 15 is said by some on purpose
SECONDS = 60  # 60 is "not available", 61 to 63 name the positioning mode
ROT_UNKNOWN = -128
NO_SUCH_FIELD = -1
AUXILIARY = 98  # a craft of a mother ship (M.585): where others have dimensions its 24B names the mother ship

# Known as plain integers: IntFlag arithmetic is slow.
POSITION, SOG, COG, HEADING = int(Known.POSITION), int(Known.SOG), int(Known.COG), int(Known.HEADING)
ROT, NAV_STATUS, SECOND, ACCURACY = int(Known.ROT), int(Known.NAV_STATUS), int(Known.SECOND), int(Known.ACCURACY)


@dataclass(frozen=True, slots=True)
class Messages(Columns):
    """Whole messages that passed the gate and were not heard before, in the order in which they were completed."""

    line: NDArray[np.int64] = column(np.int64)  # of the sentence that completed it: what tells its feed and time
    base_ms: NDArray[np.int64] = column(np.int64)  # its own time, from which its fix is reckoned
    start: NDArray[np.int64] = column(np.int64)  # of the whole payload
    length: NDArray[np.int64] = column(np.int64)
    fill: NDArray[np.uint8] = column(np.uint8)
    parts: NDArray[np.uint8] = column(np.uint8)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a position report has its fields: first bits; None for what it does not have."""

    accuracy: int
    lon: int
    lat: int
    sog: int | None = None
    cog: int | None = None
    heading: int | None = None
    second: int | None = None
    rot: int | None = None
    nav_status: int | None = None
    lon_bits: int = 28
    lat_bits: int = 27
    units: int = 1  # of 1/600000 degree
    sog_bits: int = 10
    sog_tenths: int = 1  # one unit of speed in 0.1 kn
    cog_bits: int = 12
    cog_tenths: int = 1

    @property
    def sog_unknown(self) -> int:
        return (1 << self.sog_bits) - 1


CLASS_A = Layout(60, 61, 89, sog=50, cog=116, heading=128, second=137, rot=42, nav_status=38)  # table 48
CLASS_B = Layout(56, 57, 85, sog=46, cog=112, heading=124, second=133)  # tables 70, 72
BASE = Layout(78, 79, 107, second=72)  # table 51
LAYOUTS: Mapping[tuple[int, ...], Layout] = MappingProxyType(
    {
        (1, 2, 3): CLASS_A,
        (18, 19): CLASS_B,
        (4, 11): BASE,
        (9,): Layout(60, 61, 89, sog=50, cog=116, second=128, sog_tenths=10),  # table 60: whole knots
        (21,): Layout(163, 164, 192, second=253),  # table 74
        (27,): Layout(  # table 85: 1/10 minute, whole knots, whole degrees
            38, 44, 62, 79, 85, None, None, None, 40, 18, 17, UNITS_PER_TENTH_MINUTE, 6, 10, 9, 10
        ),
    }
)
EVERY_LAYOUT = tuple(LAYOUTS.values())
ATON_PLACE = list(LAYOUTS).index((21,))
MOTION_WORDS, ATON_WORDS = 3, 6  # of 48 bits: in the first 144 stands what any but an ATON says of place and motion
STATIC_WORDS = 9  # the 424 bits of type 5
WITH_POSITION = frozenset(kind for kinds in LAYOUTS for kind in kinds)
WITH_STATIC = frozenset({5, 19, 21, 24})
TEXT_AT: Mapping[int, int] = MappingProxyType({12: 72, 14: 40})  # tables 62, 64
ADDRESSED, ADDRESSEE_AT = 12, 40  # table 62: 30 bits
AIRCRAFT, ALTITUDE_AT, ALTITUDE_UNKNOWN = 9, (38, 12), 4095  # table 60
MOTION = {name: Positions.dtypes()[name] for name in ("known", "lon", "lat", "sog", "cog", "heading", "rot")}
MOTION |= {name: Positions.dtypes()[name] for name in ("nav_status", "second")}
LAYOUT_OF = np.zeros(64, np.uint8)  # type -> its place in EVERY_LAYOUT
for _place, _some in enumerate(LAYOUTS):
    LAYOUT_OF[list(_some)] = _place
IS_POSITION, IS_STATIC, IS_TEXT = (np.isin(np.arange(64), list(s)) for s in (WITH_POSITION, WITH_STATIC, TEXT_AT))

# Texts and numbers of static reports: type -> field -> (bit, characters) or (bit, width). Tables 52, 72, 74, 80, 81.
PART_A, PART_B = 240, 241  # the two parts of type 24 as two types
NAMES: Mapping[int, Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        5: {"name": (112, 20), "callsign": (70, 7), "destination": (302, 20)},
        19: {"name": (143, 20)},
        21: {"name": (43, 20)},
        PART_A: {"name": (40, 20)},
        PART_B: {"callsign": (90, 7)},
    }
)
FIGURES: Mapping[int, Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        5: {"imo": (40, 30), "ship_type": (232, 8), "draught_dm": (294, 8)},
        19: {"ship_type": (263, 8)},
        21: {},
        PART_A: {},
        PART_B: {"ship_type": (40, 8)},
    }
)
SIDES = ("to_bow", "to_stern", "to_port", "to_starboard")
SIDES_AT: Mapping[int, int] = MappingProxyType({5: 240, 19: 271, 21: 219, PART_B: 132})
SIDE_BITS = (9, 9, 6, 6)
ATON = 21
ATON_NAME_MORE_AT, ATON_NAME_MORE_CHARS = 272, 16  # a name without an end goes on here, to the end of the message


def positions(sextets: bytes, messages: Messages, kind: U8, lines: Lines) -> Positions:
    """The rows of those messages that say where their sender is."""
    rows = np.flatnonzero(IS_POSITION.take(kind))
    said, kind = messages.take(rows), kind[rows]
    bits = words(sextets, said.start, MOTION_WORDS)
    out = _motion(bits, kind, sextets, said.start)
    return Positions(
        seq=lines.seq[said.line],
        received_ms=lines.received_ms[said.line],
        fix_ms=fix_ms(said.base_ms, out["known"], out["second"]),
        mmsi=field(bits, 8, 30),
        msg_type=kind,
        **_heard(said, lines),
        **out,
    )


def _heard(said: Messages, lines: Lines) -> dict[str, NDArray[Any]]:
    """Where and when messages were heard: the columns that all tables have."""
    at = said.line
    return {"line": at.astype(np.int32), "feed": lines.feed[at], "ref_ms": lines.ref_ms[at]}


def _motion(bits: U64, kind: U8, sextets: bytes, start: I64) -> dict[str, NDArray[Any]]:
    """What reports of types ``kind`` (n,) say of place and motion, from their first ``bits``.

    All are read as if they had the layout that most of them have, and the others once more, as what they are.
    """
    of = LAYOUT_OF.take(kind)
    most = int(np.bincount(of, minlength=1).argmax())
    out = _read(words(sextets, start, ATON_WORDS) if most == ATON_PLACE else bits, EVERY_LAYOUT[most])
    for n, layout in enumerate(EVERY_LAYOUT):
        where = np.flatnonzero(of == n)
        if n != most and len(where):
            own = words(sextets, start[where], ATON_WORDS) if n == ATON_PLACE else bits.take(where, axis=1)
            for name, values in _read(own, layout).items():
                out[name][where] = values
    return out


def _read(bits: U64, layout: Layout) -> dict[str, NDArray[Any]]:
    """The columns of one layout, 0 where it has no such field or its value says nothing."""
    lon = signed(bits, layout.lon, layout.lon_bits).astype(np.int32) * np.int32(layout.units)
    lat = signed(bits, layout.lat, layout.lat_bits).astype(np.int32) * np.int32(layout.units)
    located = (np.abs(lon) <= LON_UNITS_MAX) & (np.abs(lat) <= LAT_UNITS_MAX)
    known = field(bits, layout.accuracy, 1).astype(np.uint16) * np.uint16(ACCURACY)
    known += located * np.uint16(POSITION)
    out = {name: np.zeros(len(known), dtype) for name, dtype in MOTION.items()}
    out["known"], out["lon"], out["lat"] = known, lon * located, lat * located

    def keep(name: str, values: I64, below: int, flag: int, unit: int = 1) -> None:
        raw = values.astype(MOTION[name]) * MOTION[name].type(unit)
        given = raw < below
        out[name] = raw * given
        np.add(known, given * np.uint16(flag), out=known)

    if layout.sog is not None:
        unit = layout.sog_tenths
        keep("sog", field(bits, layout.sog, layout.sog_bits), layout.sog_unknown * unit, SOG, unit)
    if layout.cog is not None:
        keep("cog", field(bits, layout.cog, layout.cog_bits), COGS_TENTHS, COG, layout.cog_tenths)
    if layout.heading is not None:
        keep("heading", field(bits, layout.heading, 9), HEADINGS, HEADING)
    if layout.second is not None:
        keep("second", field(bits, layout.second, 6), SECONDS, SECOND)
    if layout.nav_status is not None:
        keep("nav_status", field(bits, layout.nav_status, 4), NAV_STATUSES, NAV_STATUS)
    if layout.rot is not None:
        raw = signed(bits, layout.rot, 8).astype(np.int8)
        given = raw != ROT_UNKNOWN
        out["rot"] = raw * given
        known += given * np.uint16(ROT)
    return out


def fix_ms(base_ms: I64, known: NDArray[Any], second: NDArray[Any]) -> I64:
    """The latest instant not later than a second after ``base_ms`` that lies in the report's own UTC second.

    A fix is so at most 60 s old; without a second it is as old as its stamp.
    """
    latest = base_ms + 1_000
    fix = latest // 60_000 * 60_000 + second * np.int64(1_000)
    fix -= (fix > latest) * np.int64(60_000)
    return np.where((known & SECOND) > 0, fix, base_ms)


def statics(sextets: bytes, messages: Messages, kind: U8, lines: Lines) -> Statics:
    """The rows of those messages that say who their sender is."""
    rows = np.flatnonzero(IS_STATIC.take(kind))
    said, kind = messages.take(rows), kind[rows]
    n = len(rows)
    types = Statics.dtypes()
    out: dict[str, NDArray[Any]] = {name: np.full(n, "", np.object_) for name in ("name", "callsign", "destination")}
    out["imo"] = np.zeros(n, types["imo"])
    out |= {name: np.full(n, NO_SUCH_FIELD, types[name]) for name in ("ship_type", *SIDES, "draught_dm")}
    head = words(sextets, said.start, 1)
    mmsi = field(head, 8, 30)
    of = np.where(kind == STATIC_PARTS, PART_A + field(head, PART_AT, 2), kind)
    for each in NAMES:
        where = np.flatnonzero(of == each)
        if not len(where):
            continue
        start = said.start[where]
        for name, (at, chars) in NAMES[each].items():
            out[name][where] = said_in(codes(sextets, start, at, chars))
        bits = words(sextets, start, STATIC_WORDS) if FIGURES[each] or each in SIDES_AT else head[:, where]
        for name, (at, width) in FIGURES[each].items():
            out[name][where] = field(bits, at, width)
        if each in SIDES_AT:
            at = SIDES_AT[each]
            own = (mmsi[where] // 10_000_000 != AUXILIARY) | (each != PART_B)
            for name, width in zip(SIDES, SIDE_BITS, strict=True):
                out[name][where] = np.where(own, field(bits, at, width), NO_SUCH_FIELD)
                at += width
        if each == ATON:
            out["name"][where] = _aton_names(sextets, said.take(where))
    return Statics(mmsi=mmsi, msg_type=kind, **_heard(said, lines), **out)


def _aton_names(sextets: bytes, said: Messages) -> NDArray[np.object_]:
    """Names with what is said of them at the end of the message."""
    at, chars = NAMES[ATON]["name"]
    more = codes(sextets, said.start, ATON_NAME_MORE_AT, ATON_NAME_MORE_CHARS)
    there = (said.length * 6 - said.fill - ATON_NAME_MORE_AT) // 6
    more[np.arange(ATON_NAME_MORE_CHARS) >= there[:, None]] = 0
    return said_in(np.hstack([codes(sextets, said.start, at, chars), more]))


def texts(sextets: bytes, messages: Messages, kind: U8, lines: Lines) -> Texts:
    """The rows of safety related texts; they are few, and of any length."""
    out = []
    for row in np.flatnonzero(IS_TEXT.take(kind)).tolist():
        start, length = int(messages.start[row]), int(messages.length[row])
        payload = sextets[start : start + length]
        said = letters(payload, TEXT_AT[int(kind[row])], length * 6 - int(messages.fill[row]))
        to = peek(payload, ADDRESSEE_AT, 30) if kind[row] == ADDRESSED else 0
        line = messages.line[row]
        out.append((line, lines.feed[line], lines.ref_ms[line], peek(payload, 8, 30), to, clean(said)))
    return Texts.from_rows(out)


def altitudes(sextets: bytes, messages: Messages, kind: U8, lines: Lines) -> Altitudes:
    """The rows of the reports of aircraft."""
    rows = np.flatnonzero(kind == AIRCRAFT)
    if not len(rows):
        return Altitudes.empty()
    said = messages.take(rows)
    bits = words(sextets, said.start, 2)
    raw = field(bits, *ALTITUDE_AT)
    height = np.where(raw < ALTITUDE_UNKNOWN, raw, NO_SUCH_FIELD).astype(np.int16)
    return Altitudes(mmsi=field(bits, 8, 30), altitude_m=height, **_heard(said, lines))


def letters(sextets: bytes, start: int, stop: int) -> str:
    """Six-bit ASCII from bit ``start``, in whole characters: bits left over before ``stop`` are no letter."""
    codes = (peek(sextets, at, 6) for at in range(start, stop - 5, 6))
    return "".join(chr(code + 64) if code < 32 else chr(code) for code in codes)


def clean(said: str) -> str:
    """Text up to the first '@', which ends it (M.1371-5 table 47), without blanks around it."""
    return said.partition("@")[0].strip()
