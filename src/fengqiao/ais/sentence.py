"""One line of text into its AIS sentences, with the marks (source, group, time) that travel beside them.

A line may carry a TAG block (NMEA 0183 v4.10 annex on TAG blocks), an epoch or date prefix, a coastguard suffix
(``,r003669987,1152921693``) and more than one sentence. Nothing here raises: what cannot be read has a reason.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from typing import NamedTuple

from fengqiao.ais.gate import sentence_refusal

EPOCH_MS_MIN = 946_684_800_000  # 2000-01-01: before AIS nobody stamped a sentence; a receiver without clock says 1970
MILLISECONDS_FROM = 100_000_000_000  # as seconds the year 5138, as milliseconds 1973: larger numbers are milliseconds
EPOCH_DIGITS_MAX = 14  # milliseconds up to the year 5138; keeps every time well inside 64 bits
UNIX = datetime(1970, 1, 1, tzinfo=UTC)

START = re.compile(rb"![^!,*\\]{2}VD[MO],")
BODY = re.compile(
    rb"!([^!,*\\]{2})VD[MO],([^,*]*),([^,*]*),([^,*]*),([^,*]*),([^,*]*),([^,*]*)\*([0-9A-Fa-f]{2})", re.DOTALL
)
TAG = re.compile(rb"\\([^\\]*)\\", re.DOTALL)
HEX = re.compile(rb"[0-9A-Fa-f]{2}")
EPOCH = re.compile(rb"(\d{9,14})(?:\.(\d{1,6}))?(?!\d)")
DATE = re.compile(
    rb"(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?\s*(?:Z|UTC|([+-])(\d\d):?(\d\d))?"
)
SUFFIX = re.compile(rb"[\s,](\d{9,14})(?:\.(\d{1,6}))?\s*$")  # the last field of a tail
STATION = re.compile(rb",([rb][0-9A-Za-z]+)(?=,|\s*$)")  # a coastguard's receiver ('r') or base station ('b')
GROUP = re.compile(rb"\d+-\d+-(\d+)|\d+G\d+:(\d+)")  # two spellings of the same: 1-2-1604 and 1G2:1604


class Marks(NamedTuple):
    """What is said about a sentence outside of it. None where nobody said."""

    source: bytes | None = None  # TAG s, or the coastguard's station
    group: bytes | None = None  # TAG g: the id that parts of one message share
    tag_ms: int | None = None  # TAG c
    near_ms: int | None = None  # a prefix or suffix


NO_MARKS = Marks()


class Parsed(NamedTuple):
    """The part of a sentence that stands in its own text."""

    total: int  # parts of the message
    part: int  # which of them this is, from 1
    start: int  # offset of the payload
    payload: bytes
    fill: int
    refusal: str  # "" when the sentence is good


def checksum(text: bytes) -> int:
    """XOR of all bytes, as NMEA 0183 asks; a long integer folds on itself faster than a loop."""
    if len(text) > 128:
        return reduce(xor, text)
    n = int.from_bytes(text, "big")
    n ^= n >> 512
    n ^= n >> 256
    n ^= n >> 128
    n ^= n >> 64
    n ^= n >> 32
    n ^= n >> 16
    return (n ^ n >> 8) & 0xFF


def refused(reason: str) -> Parsed:
    return Parsed(1, 1, 0, b"", 0, reason)


def parse_body(body: bytes) -> tuple[Parsed, bytes]:
    """The sentence at the start of ``body`` and the tail behind its checksum."""
    match = BODY.match(body)
    if match is None:
        return refused(_damage(body)), b""
    total, part, payload, fill, given = match.group(2, 3, 6, 7, 8)
    end = match.end()
    if checksum(body[1 : end - 3]) != int(given, 16):
        return refused("checksum"), body[end:]
    reason = sentence_refusal(total, part, payload, fill)
    if reason:
        return refused(reason), body[end:]
    return Parsed(int(total), int(part), match.start(6), payload, int(fill), ""), body[end:]


def _damage(body: bytes) -> str:
    """Why ``body`` is no sentence: first of no checksum, a wrong one, and wrong fields under a good one."""
    star = body.find(b"*")
    if star < 0 or not HEX.match(body, star + 1):
        return "no_checksum"
    return "framing" if intact(body, star) else "checksum"


def intact(body: bytes, star: int) -> bool:
    return checksum(body[1:star]) == int(body[star + 1 : star + 3], 16)


def bodies(line: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Lead, offset and body of each sentence in a line; a TAG block between two sentences leads the later one."""
    starts = [match.start() for match in START.finditer(line)]
    if not starts:
        return
    lead = line[: starts[0]]
    for start, stop in zip(starts, [*starts[1:], len(line)], strict=True):
        body = line[start:stop]
        tag = body.find(b"\\")
        if tag < 0:
            yield lead, start, body
            lead = b""
        else:
            yield lead, start, body[:tag]
            lead = body[tag:]


def stranger(line: bytes) -> str:
    """What a line without any AIS sentence is: "not_ais", or "framing" for a sentence damaged in its first letters."""
    at = line.find(b"!")
    if at < 0 or not _only_marks(line[:at]):
        return "not_ais"
    star = line.find(b"*", at)
    whole = star > 0 and HEX.match(line, star + 1) is not None and intact(line[at:], star - at)
    return "not_ais" if whole and line[at + 3 : at + 5] != b"VD" else "framing"


def _only_marks(lead: bytes) -> bool:
    rest = TAG.sub(b"", lead).strip(b" \t,;")
    return not rest or EPOCH.fullmatch(rest) is not None or DATE.fullmatch(rest) is not None


def read_marks(lead: bytes) -> tuple[Marks, int]:
    """Marks in the text before a sentence, and how many TAG blocks in it were bad."""
    if not lead:
        return NO_MARKS, 0
    source = group = None
    tag_ms: int | None = None
    bad = 0
    for block in TAG.findall(lead):
        fields = _tag_fields(block)
        if fields is None:
            bad += 1
            continue
        for field in fields:
            key = field[:2]
            if key == b"c:":
                tag_ms = epoch_ms(field[2:])
            elif key == b"s:":
                source = field[2:] or None
            elif key == b"g:" or b"G" in key:
                group = _group(field) or group
    near_ms = None if lead[-1:] == b"\\" and lead[:1] == b"\\" else _prefix_ms(lead)
    return Marks(source, group, tag_ms, near_ms), bad


def _tag_fields(block: bytes) -> list[bytes] | None:
    star = block.rfind(b"*")
    if star < 0 or not HEX.fullmatch(block, star + 1) or checksum(block[:star]) != int(block[star + 1 :], 16):
        return None
    return block[:star].split(b",")


def _group(field: bytes) -> bytes | None:
    match = GROUP.fullmatch(field[2:] if field[:2] == b"g:" else field)
    return (match[1] or match[2]) if match else None


def _prefix_ms(lead: bytes) -> int | None:
    rest = TAG.sub(b"", lead).strip(b" \t,;[\"'")
    if match := DATE.match(rest):
        return date_ms(match)
    if match := EPOCH.match(rest):
        return epoch_ms(match[1], match[2])
    return None


def tail_marks(tail: bytes) -> tuple[bytes | None, int | None]:
    """Receiver and time out of the text behind a checksum."""
    if not tail:
        return None, None
    station = STATION.search(tail)
    stamp = SUFFIX.search(tail)
    return (station[1] if station else None), (epoch_ms(stamp[1], stamp[2]) if stamp else None)


def epoch_ms(digits: bytes, fraction: bytes | None = None) -> int | None:
    """Unix milliseconds from seconds or milliseconds, told apart by size; None for what cannot be a time of AIS."""
    if not digits.isdigit():
        whole, _, fraction = digits.partition(b".")
        if not (whole.isdigit() and fraction.isdigit()):
            return None
        digits = whole
    if len(digits) > EPOCH_DIGITS_MAX:
        return None
    value = int(digits)
    ms = value if value >= MILLISECONDS_FROM else value * 1000 + _thousandths(fraction)
    return ms if ms >= EPOCH_MS_MIN else None


def _thousandths(fraction: bytes | None) -> int:
    return int(fraction[:3].ljust(3, b"0")) if fraction else 0


def date_ms(match: re.Match[bytes]) -> int | None:
    """Unix milliseconds of a DATE match; without a zone it is UTC."""
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    ms = civil_ms(year, month, day, hour, minute, second, _thousandths(match[7]))
    if ms is None or not match[8]:
        return ms
    offset_ms = (int(match[9]) * 60 + int(match[10])) * 60_000
    return ms - offset_ms if match[8] == b"+" else ms + offset_ms


def civil_ms(year: int, month: int, day: int, hour: int, minute: int, second: int, ms: int) -> int | None:
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    value = (at - UNIX) // timedelta(milliseconds=1) + ms
    return value if value >= EPOCH_MS_MIN else None
