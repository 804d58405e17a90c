"""A line of JSON into sentences: as AIS-catcher writes it, with the sentences in it, and as gpsd does, without any.

AIS-catcher keeps what it received under ``nmea``, when under ``rxuxtime`` or ``rxtime`` and where, if it was told,
under ``station_id``; gpsd says through which ``device``. gpsd says the fields of a
message and no more: they are written back into a payload, by the very tables that payloads are read with, and that
goes the way of all others, so that one gate judges both. A field that is missing, or is no value of its kind, is
written as "not available".
"""

import json
import math
import re
from binascii import crc32
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from fengqiao.ais.armour import SEXTETS
from fengqiao.ais.columns import (
    ATON,
    ATON_NAME_MORE_AT,
    COGS_TENTHS,
    FIGURES,
    LAYOUTS,
    NAMES,
    PART_A,
    PART_B,
    ROT_UNKNOWN,
    SECONDS,
    SIDE_BITS,
    SIDES,
    SIDES_AT,
    Layout,
)
from fengqiao.ais.gate import BITS, MMSI_MAX, PART_AT, STATIC_PARTS
from fengqiao.ais.json_message import ROT_NO_SENSOR, ROT_PER_ROOT
from fengqiao.ais.sentence import Marks, checksum, civil_ms, epoch_ms
from fengqiao.model.reports import UNITS_PER_DEGREE

ARMOUR = bytes(SEXTETS.index(code) for code in range(64))
NUMBER_MAX = 1e10  # no field of a message holds as much; keeps every product far inside of what a float can say
CHANNELS = frozenset("AB")
INSTANT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z?")  # type 4
ETA = re.compile(r"([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})Z?")  # type 5
RXTIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})")
TURNS: Mapping[str, int] = MappingProxyType({"fastright": ROT_NO_SENSOR, "fastleft": -ROT_NO_SENSOR})
FAST = 1022  # gpsd's word for 102.2 knots or more
LONG_RANGE = 27
STATION_CHARS_MAX = 64
SAYS_AIS = re.compile(rb'"class"\s*:\s*"AIS"')


class JsonLine(NamedTuple):
    """What a line of JSON brings: sentences with what is said of them, or a reason why not, or nothing of AIS."""

    sentences: Sequence[bytes]
    marks: Marks
    refusal: str = ""


class Field(NamedTuple):
    """A number of a message: its name in JSON and where it stands."""

    name: str
    start: int
    width: int
    unknown: int = 0
    per_unit: int = 1  # of the bits in one of people's units
    signed: bool = False


def read(line: bytes) -> JsonLine | None:
    """What a line that begins with '{' says; None if it is no JSON."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("class") != "AIS":
        return JsonLine((), Marks())
    nmea = said.get("nmea")
    given = [nmea] if isinstance(nmea, str) else nmea if isinstance(nmea, list) else []
    texts = [text.encode("ascii", "replace") for text in given if isinstance(text, str)]
    group = b"%d" % crc32(line) if len(texts) > 1 else None
    marks = Marks(_station(said), group, near_ms=_received_ms(said))
    if texts:
        return JsonLine(texts, marks)
    kind = _whole(said.get("type"))
    if kind is None or kind not in BITS:
        return JsonLine((), marks, "type")
    made = [_sentence(payload, fill, said.get("channel")) for payload, fill in _payloads(kind, said)]
    return JsonLine(made, marks, "" if made else "undecodable")


def _station(said: Mapping[str, Any]) -> bytes | None:
    """Which receiver heard it. A device of AIS-catcher is the name of the program."""
    name = said.get("station_id", said.get("device") if "nmea" not in said else None)
    plain = isinstance(name, (str, int)) and not isinstance(name, bool)
    return str(name)[:STATION_CHARS_MAX].encode("utf-8", "replace") or None if plain else None


def _received_ms(said: Mapping[str, Any]) -> int | None:
    """When it was received: seconds since 1970, or ``20220831155001`` in UTC."""
    unix, text = said.get("rxuxtime"), said.get("rxtime")
    if isinstance(unix, str):
        return epoch_ms(unix.encode("ascii", "replace"))
    seconds = _number(unix)
    if seconds is not None and seconds >= 0:
        return epoch_ms(b"%.3f" % seconds)
    found = RXTIME.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    return civil_ms(year, month, day, hour, minute, second, 0)


def _number(value: object) -> float | int | None:
    if not isinstance(value, (int, float)) or not -NUMBER_MAX <= value <= NUMBER_MAX:
        return None
    return value


def _whole(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number == int(number) else None


def _of_layout(layout: Layout) -> Iterator[Field]:
    degree = UNITS_PER_DEGREE // layout.units
    yield Field("accuracy", layout.accuracy, 1)
    yield Field("lon", layout.lon, layout.lon_bits, 181 * degree, degree, True)
    yield Field("lat", layout.lat, layout.lat_bits, 91 * degree, degree, True)
    if layout.sog is not None:
        yield Field("speed", layout.sog, layout.sog_bits, layout.sog_unknown, 10 // layout.sog_tenths)
    if layout.cog is not None:
        unknown = COGS_TENTHS if layout.cog_tenths == 1 else (1 << layout.cog_bits) - 1
        yield Field("course", layout.cog, layout.cog_bits, unknown, 10 // layout.cog_tenths)
    if layout.heading is not None:
        yield Field("heading", layout.heading, 9, 511)
    if layout.second is not None:
        yield Field("second", layout.second, 6, SECONDS)
    if layout.rot is not None:
        yield Field("turn", layout.rot, 8, ROT_UNKNOWN, signed=True)
    if layout.nav_status is not None:
        yield Field("status", layout.nav_status, 4, 15)


# Numbers that no table of ``columns`` has, for ``fengqiao decode``; bits of M.1371-5, tables 48 to 85.
CARRIER_SENSE = ("cs", "display", "dsc", "band", "msg22", "assigned", "raim")
MORE: Mapping[tuple[int, ...], tuple[Field, ...]] = MappingProxyType(
    {
        (1, 2, 3): (Field("maneuver", 143, 2), Field("raim", 148, 1)),
        (4, 11): (Field("epfd", 134, 4), Field("raim", 148, 1)),
        (5,): (Field("ais_version", 38, 2), Field("epfd", 270, 4), Field("dte", 422, 1)),
        (9,): (Field("alt", 38, 12, 4095), Field("dte", 142, 1), Field("raim", 147, 1)),
        (18,): tuple(Field(name, 141 + n, 1) for n, name in enumerate(CARRIER_SENSE)),
        (19,): (Field("epfd", 301, 4), Field("raim", 305, 1)),
        (21,): (
            *(Field("aid_type", 38, 5), Field("epfd", 249, 4), Field("off_position", 259, 1)),
            *(Field("raim", 268, 1), Field("virtual_aid", 269, 1)),
        ),
        (27,): (Field("raim", 39, 1), Field("gnss", 94, 1)),
    }
)
WORDS_OF: Mapping[str, tuple[str, int]] = MappingProxyType(  # column -> name in JSON, per unit
    {"imo": ("imo", 1), "ship_type": ("shiptype", 1), "draught_dm": ("draught", 10)}
)
TEXTS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"name": ("shipname", "name"), "callsign": ("callsign",), "destination": ("destination",)}
)
DATED = frozenset({4, 11})  # whose second is that of a whole date
# Dates of these and of type 5: where they are, and "not available".
INSTANT_BITS = ((38, 14, 0), (52, 4, 0), (56, 5, 0), (61, 5, 24), (66, 6, 60), (72, 6, 60))
ETA_BITS = ((274, 4, 0), (278, 5, 0), (283, 5, 24), (288, 6, 60))


def _fields() -> Iterator[tuple[int, tuple[Field, ...]]]:
    """All numbers of each kind of message."""
    out: dict[int, list[Field]] = {}
    for kinds, layout in LAYOUTS.items():
        for kind in kinds:
            out[kind] = [f for f in _of_layout(layout) if kind not in DATED or f.name != "second"]
    for kind, figures in FIGURES.items():
        for column, (start, width) in figures.items():
            name, per_unit = WORDS_OF[column]
            out.setdefault(kind, []).append(Field(name, start, width, 0, per_unit))
    for kind, at in SIDES_AT.items():
        for side, width in zip(SIDES, SIDE_BITS, strict=True):
            out[kind].append(Field(side, at, width))
            at += width
    for kinds, more in MORE.items():
        for kind in kinds:
            out[kind].extend(more)
    return ((kind, tuple(fields)) for kind, fields in out.items())


FIELDS: Mapping[int, tuple[Field, ...]] = MappingProxyType(dict(_fields()))
PART_B_NAMES = frozenset({"callsign", "vendorid", *(field.name for field in FIELDS[PART_B])})


class _Bits:
    """A payload under way: bits by their place."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.value = 0

    def put(self, start: int, width: int, raw: int) -> None:
        self.value |= (raw & ((1 << width) - 1)) << (self.length - start - width)

    def letters(self, start: int, chars: int, text: str) -> None:
        for n, char in enumerate(text[:chars].upper()):
            self.put(start + 6 * n, 6, ord(char) & 63 if " " <= char <= "_" else ord("?"))

    def armoured(self) -> tuple[bytes, int]:
        fill = -self.length % 6
        value, chars = self.value << fill, (self.length + fill) // 6
        return bytes(ARMOUR[value >> 6 * n & 63] for n in reversed(range(chars))), fill


def _payloads(kind: int, said: Mapping[str, Any]) -> Iterator[tuple[bytes, int]]:
    """The payloads that say as much; none for kinds that are not written back."""
    if kind == STATIC_PARTS:
        # gpsd puts both parts of a type 24 together and says them as one.
        if "shipname" in said or not PART_B_NAMES & said.keys():
            yield _payload(kind, PART_A, said)
        if PART_B_NAMES & said.keys():
            yield _payload(kind, PART_B, said)
    elif kind in FIELDS:
        yield _payload(kind, kind, said)


def _payload(kind: int, layout: int, said: Mapping[str, Any]) -> tuple[bytes, int]:
    length = {5: 424, PART_B: 168}.get(layout, BITS[kind][0])
    more = _text(said, TEXTS_OF["name"])[NAMES[ATON]["name"][1] :] if kind == ATON else ""
    room = (BITS[ATON][1] - ATON_NAME_MORE_AT) // 6
    bits = _Bits(length + 6 * len(more[:room]))
    bits.put(0, 6, kind)
    bits.put(6, 2, _whole(said.get("repeat")) or 0)
    mmsi = _whole(said.get("mmsi")) or 0
    bits.put(8, 30, mmsi if 0 < mmsi <= MMSI_MAX else 0)
    if kind == STATIC_PARTS:
        bits.put(PART_AT, 2, layout - PART_A)
    scaled = said.get("scaled") is True
    for field in FIELDS.get(layout, ()):
        bits.put(field.start, field.width, _raw(field, said.get(field.name), scaled, kind))
    for column, (start, chars) in NAMES.get(layout, {}).items():
        bits.letters(start, chars, _text(said, TEXTS_OF[column]))
    bits.letters(ATON_NAME_MORE_AT, room, more)
    if kind in DATED:
        _put_date(bits, said.get("timestamp"), INSTANT, INSTANT_BITS)
    if kind == 5:
        _put_date(bits, said.get("eta"), ETA, ETA_BITS)
    return bits.armoured()


def _text(said: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((value for name in names if isinstance(value := said.get(name), str)), "")


def _raw(field: Field, value: object, scaled: bool, kind: int) -> int:
    """The bits of a field, "not available" for what is no value of it."""
    if isinstance(value, str):
        return _worded(field, value)
    number = _number(value)
    if number is None or (scaled and kind == LONG_RANGE and field.name in ("lon", "lat")):
        return field.unknown  # gpsd says long range positions to a tenth of a degree: six miles are no position
    if field.name == "turn" and scaled:
        raw = round(math.copysign(ROT_PER_ROOT * math.sqrt(abs(number)), number))
        return max(1 - ROT_NO_SENSOR, min(ROT_NO_SENSOR - 1, raw))
    raw = round(number * field.per_unit) if scaled else round(number)
    low = -(1 << (field.width - 1)) if field.signed else 0
    return raw if low <= raw < low + (1 << field.width) else field.unknown


def _worded(field: Field, value: str) -> int:
    if field.name == "turn":
        return TURNS.get(value, field.unknown)
    return FAST if field.name == "speed" and value == "fast" and field.width == FAST.bit_length() else field.unknown


def _put_date(bits: _Bits, value: object, shape: re.Pattern[str], places: Sequence[tuple[int, int, int]]) -> None:
    found = shape.fullmatch(value) if isinstance(value, str) else None
    given = [int(part) for part in found.groups()] if found else [unknown for _, _, unknown in places]
    for (start, width, unknown), part in zip(places, given, strict=True):
        bits.put(start, width, part if part < 1 << width else unknown)


def _sentence(payload: bytes, fill: int, channel: object) -> bytes:
    body = b"AIVDM,1,1,,%b,%b,%d" % (str(channel).encode() if channel in CHANNELS else b"", payload, fill)
    return b"!%b*%02X" % (body, checksum(body))
