"""Times in the text around sentences, read for many lines at once.

Only the spellings that whole recordings are written in are read here: one TAG block before the sentence, a date
before it, seconds behind it. Everything else is left to ``sentence``, which knows every spelling and is slower.
"""

import re
from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, U8, U64, WORD_CHARS, columns, folded, numbers, places, windows
from fengqiao.ais.sentence import EPOCH_DIGITS_MAX, EPOCH_MS_MIN, MILLISECONDS_FROM
from fengqiao.model.reports import NO_TIME_MS

Mask = NDArray[np.bool_]

COMMA, STAR, BACKSLASH, COLON, DIGIT_0 = b",*\\:0"
DIGITS = EPOCH_DIGITS_MAX + 1  # one more is looked at: a number that goes on is another number
USUAL_CHARS = 48  # a single sentence of a position report has 43 or 44 between its first letter and its checksum
USUAL_TAG = re.compile(rb"\\(?:s:[^,*\\:]{1,32},)?c:")
SECONDS_DIGITS, MILLISECONDS_DIGITS = 10, 13
TAIL_DIGITS = 9  # a time has no fewer
TAG_END = 4  # '*', two digits and a backslash
DATE_CHARS = len("2016-03-31 00:00:01,")
DATE_SIGNS = ((4, b"-/"), (7, b"-/"), (10, b" T"), (13, b":"), (16, b":"), (19, b","))
DATE_FIELDS = ((0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2))
PGHP = int.from_bytes(b"$PGHP,1,", "little")
PGHP_FIELDS = 7  # year, month, day, hour, minute, second, millisecond
PGHP_DIGITS = 4
GNSS_MASK = np.uint64(int.from_bytes(b"\xff\0\0\xff\xff\xff\xff\0", "little"))  # any talker
RMC = int.from_bytes(b"$\0\0RMC,\0", "little")
ZDA = int.from_bytes(b"$\0\0ZDA,\0", "little")
GNSS_CHARS = 96  # a sentence has at most 82 (NMEA 0183); the fields read here end long before
GNSS_TIME_AT = len("$GPRMC,")
RMC_STATUS, RMC_DATE = 2, 9  # fields of NMEA 0183: time, status, position, speed, course, date
ZDA_DATE = (2, 3, 4)  # day, month, year behind the time
CENTURY, CENTURY_ENDS = 2000, 80  # two digits of a year: GPS began in 1980, AIS after 2000
FRACTION_DIGITS = 6
# Two characters, the first in the low byte, to the number they are in hexadecimal.
HEX_PAIRS = np.full(1 << 16, -1, np.int16)
for _high, _low in product(b"0123456789ABCDEFabcdef", repeat=2):
    HEX_PAIRS[_high | _low << 8] = int(bytes((_high, _low)), 16)


def xor(data: bytes, start: I64, stop: I64) -> U8:
    """Exclusive or of the bytes of each span, the checksum of NMEA 0183; spans are in order and not empty."""
    length = stop - start
    both = folded(np.bitwise_xor, data, start, length, USUAL_CHARS)
    for half in (32, 16, 8):
        both ^= both >> np.uint64(half)
    out: U8 = both.astype(np.uint8)
    longer = np.flatnonzero(length > USUAL_CHARS)
    if len(longer):
        out[longer] = spans(np.bitwise_xor, np.frombuffer(data, np.uint8), start[longer], stop[longer])
    return out


def spans(fold: np.ufunc, buffer: U8, start: I64, stop: I64) -> U8:
    """``fold`` over the bytes of each span; spans are in order and not empty."""
    edges = np.empty(2 * len(start), np.int64)
    edges[0::2], edges[1::2] = start, stop
    out: U8 = fold.reduceat(buffer, edges)[0::2] if len(start) else np.empty(0, np.uint8)
    return out


def hex_at(data: bytes, at: I64) -> NDArray[np.int16]:
    """Two hexadecimal digits as a number, -1 where they are none."""
    pairs = np.ndarray((len(data) - 1,), "V2", data, strides=(1,))
    out: NDArray[np.int16] = HEX_PAIRS[pairs[at].view(np.dtype("<u2"))]
    return out


def digits(data: bytes, at: I64) -> tuple[I64, I64]:
    """The number from each offset on, and how many digits it has; at most EPOCH_DIGITS_MAX are of use."""
    figures = windows(data, at, DIGITS) - DIGIT_0  # below '0' wraps round to above 9
    count = np.argmax(figures > 9, axis=1)
    count[(figures <= 9).all(axis=1)] = DIGITS
    value = np.zeros(len(at), np.int64)
    for n in range(int(count.max(initial=0))):
        value = np.where(n < count, value * 10 + figures[:, n], value)
    return value, count


def epochs(value: I64, count: I64) -> I64:
    """Unix milliseconds from seconds or milliseconds; NO_TIME_MS for what cannot be a time of AIS."""
    ms = np.where(value >= MILLISECONDS_FROM, value, value * 1000)
    out: I64 = np.where((count > 0) & (count <= EPOCH_DIGITS_MAX) & (ms >= EPOCH_MS_MIN), ms, NO_TIME_MS)
    return out


def tags(data: bytes, start: I64, stop: I64) -> tuple[I64, Mask]:
    """Times (n,) of leads that are one TAG block with at most one ``c``, and which leads were read.

    Most recordings say the same before every time: those leads are read first, by the places of their digits.
    """
    times, good = _tags_alike(data, start, stop)
    rest = np.flatnonzero(~good)
    if len(rest):
        times[rest], good[rest] = _tags_of_any_shape(data, start[rest], stop[rest])
    return times, good


def unlike_before(data: bytes, start: I64, length: I64) -> Mask:
    """Which texts are not as the one before them; long ones are not looked at and count as such."""
    chars = min(USUAL_CHARS, -(-int(length.max()) // WORD_CHARS) * WORD_CHARS)
    out = np.ones(len(start), np.bool_)
    out[1:] = (length[1:] != length[:-1]) | (length[1:] > chars)
    for column in columns(windows(data, start, chars), length):
        out[1:] |= column[1:] != column[:-1]
    return out


def _tags_alike(data: bytes, start: I64, stop: I64) -> tuple[I64, Mask]:
    """As ``tags``, for leads that are as the first one up to its ``c:``, with seconds or milliseconds behind it."""
    times, good = np.full(len(start), NO_TIME_MS), np.zeros(len(start), np.bool_)
    usual = USUAL_TAG.match(data, int(start[0]), int(stop[0]))
    if usual is None:
        return times, good
    said = usual.end() - int(start[0])  # characters of "\\s:somebody,c:" or "\\c:"
    figures = stop - TAG_END - start - said
    for many in (SECONDS_DIGITS, MILLISECONDS_DIGITS):
        rows = np.flatnonzero(figures == many)
        if not len(rows):
            continue
        text = windows(data, start[rows], said + many + TAG_END).T  # by characters: few and long columns
        like = (text[-1] == BACKSLASH) & (text[-TAG_END] == STAR)
        for n in range(1, said):
            like &= text[n] == usual[0][n]
        value = np.zeros(len(rows), np.int64)
        for numeral in text[said : said + many] - DIGIT_0:
            like &= numeral <= 9
            value *= 10
            value += numeral
        like &= xor(data, start[rows] + 1, stop[rows] - TAG_END) == hex_at(data, stop[rows] - TAG_END + 1)
        times[rows] = np.where(like, epochs(value, np.full(len(rows), many)), NO_TIME_MS)
        good[rows] = like
    return times, good


def _tags_of_any_shape(data: bytes, start: I64, stop: I64) -> tuple[I64, Mask]:
    buffer = np.frombuffer(data, np.uint8)
    slash = places(buffer, BACKSLASH)
    two = np.searchsorted(slash, stop) - np.searchsorted(slash, start) == 2
    good = two & (buffer[start] == BACKSLASH) & (buffer[stop - 1] == BACKSLASH) & (stop - start > TAG_END + 1)
    star = np.where(good, stop - TAG_END, start + 1)
    good &= buffer[star] == STAR
    good[good] = xor(data, start[good] + 1, star[good]) == hex_at(data, star[good] + 1)
    times = np.full(len(start), NO_TIME_MS)
    colon = np.flatnonzero((buffer[1:-1] == COLON) & (buffer[:-2] == ord("c")))  # offset of the 'c'
    colon = colon[(buffer[colon - 1] == COMMA) | (buffer[colon - 1] == BACKSLASH)]
    of = np.searchsorted(start, colon, side="right") - 1
    inside = (of >= 0) & (colon < star[of])
    colon, of = colon[inside], of[inside]
    value, count = digits(data, colon + 2)
    after = buffer[colon + 2 + count]
    good &= np.bincount(of, minlength=len(start)) <= 1
    good[of[(after != COMMA) & (after != STAR)]] = False
    times[of] = epochs(value, count)
    return times, good


def dates(data: bytes, start: I64, stop: I64) -> tuple[I64, Mask]:
    """Times (n,) of leads that are ``2016-03-31 00:00:01,`` and blanks, UTC, and which leads were read."""
    text = windows(data, start, DATE_CHARS + 1)
    good = (stop - start == DATE_CHARS) | ((stop - start == DATE_CHARS + 1) & (text[:, DATE_CHARS] == ord(" ")))
    for at, signs in DATE_SIGNS:
        good &= np.isin(text[:, at], np.frombuffer(signs, np.uint8))
    figures = text.astype(np.int64) - DIGIT_0
    parts: list[I64] = []
    for at, width in DATE_FIELDS:
        good &= ((figures[:, at : at + width] >= 0) & (figures[:, at : at + width] <= 9)).all(axis=1)
        parts.append(figures[:, at : at + width] @ (10 ** np.arange(width - 1, -1, -1)))
    ms, real = civil(parts)
    return ms, good & real


def civil(parts: Sequence[I64]) -> tuple[I64, Mask]:
    """Unix milliseconds of year, month, day, hour, minute, second and, if given, millisecond, all UTC.

    NO_TIME_MS before there was AIS; and which of them are dates.
    """
    year, month, day, hour, minute, second = parts[:6]
    good = (year >= 1) & (month >= 1) & (month <= 12) & (hour < 24) & (minute < 60) & (second < 60)
    good &= (day >= 1) & (day <= _days_of(year, np.where(good, month, 1)))
    ms = ((_day_number(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000
    if len(parts) > 6:
        ms = ms + parts[6]
    return np.where(ms >= EPOCH_MS_MIN, ms, NO_TIME_MS), good


def _days_of(year: I64, month: I64) -> I64:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    out: I64 = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month - 1] + (leap & (month == 2))
    return out


def _day_number(year: I64, month: I64, day: I64) -> I64:
    """Days since 1970-01-01 of the Gregorian calendar, counted in years that begin in March."""
    y = year - (month <= 2)
    m = (month + 9) % 12
    out: I64 = 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + day - 1 - 719_468
    return out


def tails(data: bytes, start: I64, stop: I64) -> tuple[I64, Mask]:
    """Times (n,) of tails that are a comma and seconds, and which tails were read."""
    buffer = np.frombuffer(data, np.uint8)
    value, count = digits(data, start + 1)
    good = (buffer[start] == COMMA) & (start + 1 + count == stop) & (count >= TAIL_DIGITS)
    return epochs(value, count), good


def dollars(data: bytes, ends: I64) -> tuple[I64, U64]:
    """Offsets of every '$' in the lines that end at ``ends``, and the eight bytes there."""
    none = not len(ends) or data.find(b"$", 0, int(ends[-1])) < 0
    at = np.empty(0, np.int64) if none else np.flatnonzero(np.frombuffer(data, np.uint8)[: ends[-1]] == ord("$"))
    return at, numbers(data, at)


def _intact(data: bytes, at: I64, ends: I64) -> tuple[I64, I64]:
    """Those of the sentences that begin at ``at`` whose checksum is good, and where their '*' stand."""
    buffer = np.frombuffer(data, np.uint8)
    star = np.flatnonzero(buffer == STAR)
    star = np.append(star, len(buffer) - 3)[np.searchsorted(star, at)]
    good = star + 3 <= ends[np.searchsorted(ends, at)]
    at, star = at[good], star[good]
    good = xor(data, at + 1, star) == hex_at(data, star + 1)
    return at[good], star[good]


def pghp_lines(data: bytes, ends: I64, at: I64, head: U64) -> tuple[I64, I64]:
    """Offsets of ``$PGHP,1,…*hh`` with a good checksum and a possible time, and those times."""
    buffer = np.frombuffer(data, np.uint8)
    at = at[head == PGHP]
    if not len(at):
        return at, at
    at, _ = _intact(data, at, ends)
    figures: list[I64] = []
    where = at + 8
    good = np.ones(len(at), np.bool_)
    for _ in range(PGHP_FIELDS):
        value, count = digits(data, where)
        good &= (count >= 1) & (count <= PGHP_DIGITS) & (buffer[where + count] == COMMA)
        figures.append(value)
        where = where + count + 1
    ms, real = civil(figures)
    good &= real & (ms != NO_TIME_MS)
    return at[good], ms[good]


def gnss_lines(data: bytes, ends: I64, at: I64, head: U64) -> tuple[I64, I64]:
    """Offsets of ``$--RMC`` and ``$--ZDA`` with a good checksum and a possible time, and those times.

    An RMC without a fix (status V) is not among them: the time of such a receiver may be that of its last power cut.
    """
    head = head & GNSS_MASK
    found: list[tuple[I64, I64]] = []
    for kind, read in ((RMC, _rmc_date), (ZDA, _zda_date)):
        mine = at[head == kind]
        if len(mine):
            mine, star = _intact(data, mine, ends)
            clock, timed = _time_of_day(data, mine)
            date, dated = read(data, mine, star)
            ms, real = civil([*date, *clock])
            good = timed & dated & real & (ms != NO_TIME_MS)
            found.append((mine[good], ms[good]))
    if not found:
        return at[:0], at[:0]
    where, ms = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(where)
    return where[order], ms[order]


def _time_of_day(data: bytes, at: I64) -> tuple[list[I64], Mask]:
    """Hour, minute, second and millisecond of ``hhmmss`` or ``hhmmss.ss``, the first field; and which were read."""
    buffer = np.frombuffer(data, np.uint8)
    clock, count = digits(data, at + GNSS_TIME_AT)
    behind = at + GNSS_TIME_AT + 6
    pointed = buffer[behind] == ord(".")
    fraction, places = digits(data, behind + 1)
    fine = pointed & (places <= FRACTION_DIGITS) & (buffer[behind + 1 + places] == COMMA)
    ms = np.where(fine, fraction, 0) * 1000 // 10 ** np.minimum(places, FRACTION_DIGITS)
    return [clock // 10_000, clock // 100 % 100, clock % 100, ms], (count == 6) & (fine | (buffer[behind] == COMMA))


def _rmc_date(data: bytes, at: I64, star: I64) -> tuple[list[I64], Mask]:
    """Year, month and day of ``ddmmyy``, and which were read of a receiver that had a fix."""
    buffer = np.frombuffer(data, np.uint8)
    fields = _Fields(data, at)
    status, where = fields.begin(RMC_STATUS), fields.begin(RMC_DATE)
    date, count = digits(data, where)
    good = (buffer[status] == ord("A")) & (buffer[status + 1] == COMMA) & (count == 6) & (where + 6 <= star)
    return [CENTURY + date % 100, date // 100 % 100, date // 10_000], good & (date % 100 < CENTURY_ENDS)


def _zda_date(data: bytes, at: I64, star: I64) -> tuple[list[I64], Mask]:
    """Year, month and day, and which were read."""
    fields = _Fields(data, at)
    good = np.ones(len(at), np.bool_)
    parts: list[I64] = []
    for n in ZDA_DATE:
        where = fields.begin(n)
        value, count = digits(data, where)
        good &= (count >= 1) & (count <= 4) & (where + count <= star)
        parts.append(value)
    day, month, year = parts
    return [year, month, day], good


class _Fields:
    """Where the fields of sentences begin; at the '$' what has none."""

    def __init__(self, data: bytes, at: I64) -> None:
        self.at = at
        self.commas = np.cumsum(windows(data, at, GNSS_CHARS) == COMMA, axis=1)

    def begin(self, field: int) -> I64:
        reached = self.commas >= field
        return self.at + np.where(reached[:, -1], np.argmax(reached, axis=1) + 1, 0)
