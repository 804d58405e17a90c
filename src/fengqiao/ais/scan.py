"""Whole lines into a table of sentences.

A line that is one good sentence in an ordinary dress, and nearly every line is, is read together with all others of
its kind: shape, checksum, alphabet and time as columns. Any other line is read by itself, by ``odd_lines``, which
knows every spelling and gives every reason. Both ways must tell the same of a line that either could read.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais import stamps
from fengqiao.ais.armour import I64, NO_SEXTET, PAD, SEXTETS, U8, U64, folded, windows
from fengqiao.ais.clock import TimeCounts
from fengqiao.ais.clock_lines import with_clock_lines
from fengqiao.ais.framing import Piece
from fengqiao.ais.gate import CODE
from fengqiao.ais.odd_lines import OddLines, said
from fengqiao.ais.receivers import NOBODY, Receivers, named, tagged
from fengqiao.ais.scanned import NO_CLOCK, NO_TIME, PREFIX_CLOCK, TAG_CLOCK, TAIL, Found, Scanned, Sentences
from fengqiao.ais.sentence import read_marks, tail_marks
from fengqiao.ais.text import Text
from fengqiao.model.health import SentenceCounts

Mask = NDArray[np.bool_]
COMMA, STAR, BACKSLASH, ZERO, FIVE, NINE = b",*\\059"
HEAD = int.from_bytes(b"!\0\0VDM,\0", "little"), int.from_bytes(b"\xff\0\0\xff\xff\xfd\xff\0", "little")  # VDM, VDO
ALONE = int.from_bytes(b",1,,\0,\0\0", "little"), int.from_bytes(b"\xff\xff\xff\xff\0\xff\0\0", "little")
ONE = ord("1")
TALKER = ~np.isin(np.arange(256), np.frombuffer(b"!,*\\", np.uint8))
TALKERS = (TALKER[:, None] & TALKER).ravel()  # of two characters as one number
USUAL_CHARS = 32  # a position report has 28
BODY_CHARS = 64  # a sentence has at most 62 characters of payload
ANY_NO_SEXTET = np.uint64(int.from_bytes(bytes([NO_SEXTET]) * 8, "little"))


def scan(pieces: Sequence[Piece], counts: SentenceCounts, times: TimeCounts, receivers: Receivers) -> Scanned:
    """Every candidate sentence; other lines are counted, and what they say of time is kept for the next sentence."""
    if not pieces:
        return Scanned.nothing()
    text = Text(pieces)
    line, rows = _usual(text)
    odd = OddLines(text, counts, times)
    odd.read(line)
    if odd.lines:
        unread = np.ones(len(text.starts), np.bool_)
        unread[list(odd.read_lines)] = False
        kept = unread.take(line)
        if not kept.all():
            line, rows = line[kept], rows.take(kept)
    rows = _marked(text, rows, times)
    marks = {}
    if odd.lines:
        line = np.concatenate([line, np.array(odd.lines, np.int64)])
        order = np.argsort(line, kind="stable")
        marks = dict(zip(np.flatnonzero(order >= len(rows)).tolist(), odd.marks, strict=True))
        line, rows = line[order], Found.join([rows, odd.rows()]).take(order)
    found = with_clock_lines(text, line, text.rows(line, rows))
    data, sextets = text.data, text.sextets
    if odd.made:
        made = b"".join([*odd.made, PAD])
        data, sextets = data + made, sextets + made.translate(SEXTETS)
    scanned = Scanned(data, sextets, tuple(p.name for p in text.peers), found, marks)
    scanned.rows = _heard(text, scanned, receivers)
    return scanned


def _heard(text: Text, scanned: Scanned, receivers: Receivers) -> Sentences:
    """The rows with the receiver of each: the station it names, else the one that sends by itself."""
    rows, senders = scanned.rows, [peer.station for peer in text.peers]
    station = rows.station
    if any(senders):
        station = np.where(station == NOBODY, named(senders).take(rows.peer), station)

    def name(row: int) -> bytes:
        return scanned.marks_of(row).source or senders[rows.peer[row]]

    return rows.with_columns(receiver=receivers.places(rows.feed, station, name))


def _usual(text: Text) -> tuple[I64, Found]:
    """Lines that are one sentence in ordinary dress, and what was found in them, without stamps.

    All are good but for those of which nothing but the checksum is wrong.
    """
    line = np.flatnonzero((text.bangs == 1) & ~text.comment & ~text.long & ~text.json)
    data, buffer = text.data, text.buffer
    lead, head, stop = (column.take(line) for column in (text.starts, text.bang, text.ends))
    start, total, part, good = _heads(data, head)
    star, whole = _star(text, start, stop)
    good &= whole
    fill = buffer.take(star - 1) - ZERO
    good &= _armoured(text.sextets, start, star - 2) & (fill <= FIVE - ZERO)
    said = stamps.hex_at(data, star + 1)
    good &= said >= 0
    damaged = stamps.xor(data, head + 1, star) != said
    wrong = np.flatnonzero(damaged)
    total[wrong], part[wrong], fill[wrong] = 1, 1, 0  # nothing is known of it
    # A backslash would end its text: of those with one, and those with a tail, ``odd_lines`` finds the end.
    good[wrong] &= (windows(data, head[wrong], 16) != BACKSLASH).all(axis=1) & (star[wrong] + 3 == stop[wrong])
    found = Found(
        stamp_ms=np.full(len(line), NO_TIME),
        clock=np.full(len(line), NO_CLOCK, np.uint8),
        total=total,
        part=part,
        fill=fill,
        reason=damaged * np.uint8(CODE["checksum"]),
        lead=lead,
        head=head,
        start=start,
        length=star - 2 - start,
        stop=stop,
        station=np.zeros(len(line), np.uint64),
    )
    kept = np.flatnonzero(good)
    return (line, found) if len(kept) == len(line) else (line[kept], found.take(kept))


def _heads(data: bytes, head: I64) -> tuple[I64, U8, U8, Mask]:
    """Where payloads start, how many parts, which of them, and which heads are of the usual shape."""
    words = windows(data, head, 16).view(np.uint64)
    first, second = words[:, 0], words[:, 1]
    good = (first & np.uint64(HEAD[1])) == HEAD[0]
    good &= TALKERS.take((first >> np.uint64(8)).astype(np.uint16))
    start = head + len("!AIVDM,1,1,,A,")
    total, part = np.ones((2, len(head)), np.uint8)
    # Nearly all are whole messages that say their channel.
    alone = ((second & np.uint64(ALONE[1])) == ALONE[0]) & (first >> np.uint64(56) == ONE)
    channel = (second >> np.uint64(32)).astype(np.uint8)
    others = np.flatnonzero(~alone | (channel == COMMA) | (channel == STAR))
    if len(others):
        where, total[others], part[others], fair = _other_heads(words[others])
        start[others] = head[others] + where
        good[others] &= fair
    return start, total, part, good


def _other_heads(words: U64) -> tuple[U8, U8, U8, Mask]:
    """Of heads with several parts, or without a channel: where the payload starts, and as above."""
    total = (words[:, 0] >> np.uint64(56)).astype(np.uint8)
    c = words.view(np.uint8)[:, 8:].T  # characters 8 to 15
    part = c[1]
    no_id = c[3] == COMMA
    channel, then = np.where(no_id, c[4], c[5]), np.where(no_id, c[5], c[6])
    no_channel = channel == COMMA
    good = (c[0] == COMMA) & (c[2] == COMMA) & (part > ZERO) & (part <= total) & (total <= NINE)
    good &= (no_id | ((c[4] == COMMA) & (c[3] != STAR))) & (no_channel | ((then == COMMA) & (channel != STAR)))
    return np.uint8(15) - no_id - no_channel, total - ZERO, part - ZERO, good


def _armoured(sextets: bytes, start: I64, stop: I64) -> Mask:
    """Which payloads hold only characters of the armour."""
    length = stop - start
    good: Mask = (folded(np.bitwise_or, sextets, start, length, USUAL_CHARS) & ANY_NO_SEXTET) == 0
    longer = np.flatnonzero(length > USUAL_CHARS)
    if len(longer):
        buffer = np.frombuffer(sextets, np.uint8)
        good[longer] = stamps.spans(np.bitwise_or, buffer, start[longer], stop[longer]) & NO_SEXTET == 0
    return good


def _star(text: Text, start: I64, stop: I64) -> tuple[I64, Mask]:
    """Where the '*' of the checksum stands, and whether there is a payload and one fill digit before it."""
    buffer = text.buffer
    star = stop - 3  # nothing behind the checksum, as in most lines
    elsewhere = np.flatnonzero(buffer.take(star) != STAR)
    if len(elsewhere):
        near = windows(text.data, start[elsewhere], BODY_CHARS) == STAR
        star[elsewhere] = start[elsewhere] + near.argmax(axis=1)
        for n in elsewhere[~near.any(axis=1)].tolist():
            star[n] = text.data.find(b"*", int(start[n]))  # -1 where none is
    whole = (star - 2 > start) & (star + 3 <= stop)
    star = np.where(whole, star, start + 2)
    return star, whole & (buffer.take(star - 2) == COMMA)


def _marked(text: Text, rows: Found, times: TimeCounts) -> Found:
    """The usual sentences with the time and the station that stand before or behind each of them."""
    out, clock, station = rows.stamp_ms.copy(), rows.clock.copy(), rows.station.copy()
    sources: dict[int, bytes] = {}  # of rows whose marks were read one by one
    led = np.flatnonzero(rows.head > rows.lead)
    tag = text.buffer[rows.lead[led]] == BACKSLASH
    for some, kind in ((led[tag], TAG_CLOCK), (led[~tag], PREFIX_CLOCK)):
        if not len(some):
            continue
        lead, head = rows.lead[some], rows.head[some]
        if kind == TAG_CLOCK:
            at, station[some], known = _tags(text.data, lead, head)
        else:
            at, known = stamps.dates(text.data, lead, head)
        out[some[known]], clock[some[known]] = at[known], kind
        for row in some[~known].tolist():
            marks, bad = read_marks(text.data[rows.lead[row] : rows.head[row]])
            times.bad_tags += bad
            out[row], clock[row] = said(marks)
            sources[row] = marks.source or b""
    behind = rows.start + rows.length + TAIL
    timeless = out == NO_TIME
    tailed = np.flatnonzero((behind < rows.stop) & (timeless | (station == NOBODY)))
    if len(tailed):
        at, known = stamps.tails(text.data, behind[tailed], rows.stop[tailed])
        for row in tailed[~known].tolist():
            source, stamp = tail_marks(text.data[behind[row] : rows.stop[row]])
            out[row] = stamp if timeless[row] and stamp is not None else out[row]
            sources[row] = sources.get(row) or source or b""
        late = timeless[tailed]
        out[tailed[known & late]] = at[known & late]
        clock[tailed[late]] = PREFIX_CLOCK
    clock[out == NO_TIME] = NO_CLOCK
    if sources:
        station[list(sources)] = named(list(sources.values()))
    return rows.with_columns(stamp_ms=out, clock=clock, station=station)


def _tags(data: bytes, start: I64, stop: I64) -> tuple[I64, U64, Mask]:
    """Times (n,) and stations of leads that are one TAG block, and which were read.

    Many sentences of one second have the same lead, which is read once.
    """
    other = stamps.unlike_before(data, start, stop - start)
    first = np.flatnonzero(other)
    at, good = stamps.tags(data, start[first], stop[first])
    station, read = tagged(data, start[first], stop[first])
    of = np.cumsum(other) - 1
    return at.take(of), station.take(of), (good & read).take(of)
