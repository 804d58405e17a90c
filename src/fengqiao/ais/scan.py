"""Whole lines into a table of sentences.

A line that is one good sentence in an ordinary dress, and nearly every line is, is read together with all others of
its kind: shape, checksum, alphabet and time as columns. Any other line is read by itself, by ``sentence``, which
knows every spelling and gives every reason. Both ways must tell the same of a line that either could read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais import json_lines, stamps
from fengqiao.ais.armour import I64, NO_SEXTET, PAD, SEXTETS, U8, U64, folded, windows
from fengqiao.ais.clock import TimeCounts
from fengqiao.ais.framing import LINE_BYTES_MAX, Peer, PeerClock, Piece
from fengqiao.ais.gate import CODE
from fengqiao.ais.sentence import (
    NO_MARKS,
    Marks,
    Parsed,
    bodies,
    parse_body,
    read_marks,
    refused,
    stranger,
    tail_marks,
)
from fengqiao.model.columns import Columns, column
from fengqiao.model.health import SentenceCounts
from fengqiao.model.reports import NO_TIME_MS

Mask = NDArray[np.bool_]
NO_TIME = int(NO_TIME_MS)
LEADING = b"\r\n\t \x0b\x0c"  # a line that begins so may be blank
BANG, COMMA, STAR, BACKSLASH, HASH, BRACE, ZERO, FIVE, NINE = b"!,*\\#{059"
HEAD = int.from_bytes(b"!\0\0VDM,\0", "little"), int.from_bytes(b"\xff\0\0\xff\xff\xfd\xff\0", "little")  # VDM, VDO
TALKER = np.ones(256, np.bool_)
TALKER[np.frombuffer(b"!,*\\", np.uint8)] = False
USUAL_TAG = re.compile(rb"\\(?:s:([^,*\\]+),)?c:[0-9]+\*[0-9A-Fa-f]{2}\\")
USUAL_CHARS = 32  # a position report has 28
ANY_NO_SEXTET = np.uint64(int.from_bytes(bytes([NO_SEXTET]) * 8, "little"))
TAIL = len(",0*00")

# Which clock said the time of a sentence, the weakest last but for none at all.
CLOCKS = ("none", "tag", "prefix", "pghp", "gnss")
NO_CLOCK, TAG_CLOCK, PREFIX_CLOCK, PGHP_CLOCK, GNSS_CLOCK = range(len(CLOCKS))
GNSS_REACH_MS = 60_000  # of our receive time: by then a receiver that says the time at all has said it again
GNSS_REACH_SENTENCES = 4_500  # what two channels of 2,250 slots carry in that minute; where receive time stands still
GNSS_STEP_MS = 600_000  # a clock that goes on by more than ten minutes between two of its lines,
GNSS_BACK_MS = 60_000  # or goes back by a minute, is two clocks or a broken one: the next line must bear it out


@dataclass(frozen=True, slots=True)
class Sentences(Columns):
    """Candidate sentences, good or refused, in arrival order. Offsets are into ``Scanned.data``."""

    feed: NDArray[np.int16] = column(np.int16)
    peer: NDArray[np.int32] = column(np.int32)  # index into Scanned.peers
    received_ms: NDArray[np.int64] = column(np.int64)
    seq: NDArray[np.int64] = column(np.int64)
    stamp_ms: NDArray[np.int64] = column(np.int64)  # TAG > prefix and suffix > $PGHP > RMC and ZDA; NO_TIME_MS
    clock: NDArray[np.uint8] = column(np.uint8)  # which of CLOCKS said it
    total: NDArray[np.uint8] = column(np.uint8)  # parts of the message
    part: NDArray[np.uint8] = column(np.uint8)  # which of them this is, from 1
    fill: NDArray[np.uint8] = column(np.uint8)
    reason: NDArray[np.uint8] = column(np.uint8)  # gate.CODE; 0 for a good one
    lead: NDArray[np.int64] = column(np.int64)  # where its line, or what is its own of it, begins
    head: NDArray[np.int64] = column(np.int64)  # where its '!' stands
    start: NDArray[np.int64] = column(np.int64)  # its payload
    length: NDArray[np.int64] = column(np.int64)
    stop: NDArray[np.int64] = column(np.int64)  # where its line, or what is its own of it, ends


@dataclass(slots=True)
class Scanned:
    """Sentences with the text they stand in."""

    data: bytes  # ends with PAD
    sextets: bytes  # the same, translated by SEXTETS
    peers: tuple[str, ...]
    rows: Sentences
    marks: dict[int, Marks] = field(default_factory=dict)  # of rows that were read one by one

    def marks_of(self, row: int) -> Marks:
        """What is said about a sentence outside of it."""
        r = self.rows
        tail = int(r.start[row]) + int(r.length[row]) + TAIL
        tagged = bool(r.clock[row] == TAG_CLOCK)
        return self.marks_between(row, int(r.lead[row]), int(r.head[row]), tail, int(r.stop[row]), tagged)

    def marks_between(self, row: int, begins: int, head: int, tail: int, ends: int, tagged: bool) -> Marks:
        """As ``marks_of``, for who has the row's offsets at hand; ``tagged`` if a TAG block said its time."""
        known = self.marks.get(row)
        if known is not None:
            return known
        if begins == head and tail >= ends:
            return NO_MARKS
        text = self.data[begins:head]
        if tagged and tail >= ends and (usual := USUAL_TAG.fullmatch(text)):
            return Marks(source=usual[1])  # its time was believed, so the block was good
        lead, _ = read_marks(text)
        station, tail_ms = tail_marks(self.data[tail:ends])
        return Marks(lead.source or station, lead.group, lead.tag_ms, lead.near_ms or tail_ms)

    def take(self, rows: I64) -> "Scanned":
        """Some rows, with no more text than theirs."""
        kept = self.rows.take(rows)
        pieces = [self.data[a:b] for a, b in zip(kept.lead.tolist(), kept.stop.tolist(), strict=True)]
        lengths = np.array([len(p) for p in pieces], np.int64)
        moved = np.cumsum(lengths) - lengths - kept.lead
        marks = {n: self.marks[row] for n, row in enumerate(rows.tolist()) if row in self.marks}
        data = b"".join(pieces) + PAD
        return Scanned(data, data.translate(SEXTETS), self.peers, _shift(kept, moved), marks)

    @staticmethod
    def nothing() -> "Scanned":
        return Scanned(PAD, PAD.translate(SEXTETS), (), Sentences.empty())

    @staticmethod
    def join(parts: "Sequence[Scanned]") -> "Scanned":
        """Tables end to end."""
        whole = [p for p in parts if len(p.rows)]
        if len(whole) < 2:
            return whole[0] if whole else Scanned.nothing()
        texts: list[bytes] = []
        peers: list[str] = []
        rows: list[Sentences] = []
        marks: dict[int, Marks] = {}
        at = row = 0
        for p in whole:
            rows.append(_shift(p.rows, at).with_columns(peer=(p.rows.peer + len(peers)).astype(np.int32)))
            marks |= {row + n: m for n, m in p.marks.items()}
            texts.append(p.data)
            peers.extend(p.peers)
            at, row = at + len(p.data), row + len(p.rows)
        data = b"".join(texts)
        return Scanned(data, data.translate(SEXTETS), tuple(peers), Sentences.join(rows), marks)


def _shift(rows: Sentences, by: I64 | int) -> Sentences:
    return rows.with_columns(lead=rows.lead + by, head=rows.head + by, start=rows.start + by, stop=rows.stop + by)


class _Text:
    """The lines of one batch, all their line ends cut off."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.data = b"".join([p.lines for p in pieces]) + PAD
        self.sextets = self.data.translate(SEXTETS)
        self.buffer: U8 = np.frombuffer(self.data, np.uint8)
        ends, starts = self._line_ends()
        full = ends > starts
        self.starts: I64 = starts if full.all() else starts[full]
        self.ends: I64 = ends if full.all() else ends[full]
        self.first: U8 = self.buffer[self.starts]
        self.comment = self.first == HASH
        self.json = self.first == BRACE
        self.long = self.ends - self.starts > LINE_BYTES_MAX
        self._bangs()
        self._pieces(pieces)

    def _line_ends(self) -> tuple[I64, I64]:
        """Where lines end, before their line ends, and begin; lines between two line ends are empty."""
        ends = np.flatnonzero(self.buffer == 10)
        returns = self.data.count(b"\r")
        every = returns == len(ends) and bool((self.buffer[ends - 1] == 13).all())
        if returns and not every:
            ends = np.flatnonzero((self.buffer == 10) | (self.buffer == 13))
        starts = np.empty_like(ends)
        starts[:1], starts[1:] = 0, ends[:-1] + 1
        return (ends - 1 if returns and every else ends), starts

    def _bangs(self) -> None:
        """How many '!' are in each line, and where the first of them stands."""
        at = np.flatnonzero(self.buffer == BANG)
        if len(at) == len(self.starts) and (at >= self.starts).all() and (at < self.ends).all():
            self.bangs: I64 = np.ones(len(at), np.int64)
            self.bang: I64 = at
            return
        before = np.searchsorted(at, self.starts)
        self.bangs = np.diff(before, append=len(at))
        self.bang = np.append(at, 0)[before]

    def _pieces(self, pieces: Sequence[Piece]) -> None:
        of: dict[Peer, int] = {}
        peer = [of.setdefault(p.peer, len(of)) for p in pieces]
        self.peers = list(of)
        stops = np.cumsum([len(p.lines) for p in pieces])
        lines = np.diff(np.searchsorted(self.starts, stops), prepend=0)
        self.piece: I64 = np.repeat(np.arange(len(pieces)), lines)
        self.peer_of: NDArray[np.int32] = np.array(peer, np.int32)
        self.feed_of: NDArray[np.int16] = np.array([p.feed for p in pieces], np.int16)
        self.received_of: I64 = np.array([p.received_ms for p in pieces], np.int64)
        self.seq_of: I64 = np.array([p.seq for p in pieces], np.int64)

    def line(self, n: int) -> bytes:
        return self.data[self.starts[n] : self.ends[n]]

    def peer(self, n: int) -> Peer:
        return self.peers[int(self.peer_of[self.piece[n]])]

    def rows(self, line: I64, **columns: Any) -> Sentences:
        """Rows of these lines; what stands outside of the lines is filled in."""
        piece = self.piece[line]
        return Sentences(
            feed=self.feed_of[piece],
            peer=self.peer_of[piece],
            received_ms=self.received_of[piece],
            seq=self.seq_of[piece],
            **columns,
        )


def scan(pieces: Sequence[Piece], counts: SentenceCounts, times: TimeCounts) -> Scanned:
    """Every candidate sentence; other lines are counted, and what they say of time is kept for the next sentence."""
    if not pieces:
        return Scanned.nothing()
    text = _Text(pieces)
    line, rows = _usual(text)
    odd = _Odd(text, counts, times)
    odd.read(line)
    if odd.lines:
        usual = np.zeros(len(text.starts), np.bool_)
        usual[line] = True
        usual[list(odd.read_lines)] = False
        kept = usual[line]
        if not kept.all():
            line, rows = line[kept], rows.take(kept)
    rows = _stamps(text, rows, times)
    if odd.lines:
        line = np.concatenate([line, np.array(odd.lines, np.int64)])
        order = np.argsort(line, kind="stable")
        line = line[order]
        rows = Sentences.join([rows, odd.rows()]).take(order)
    marks = dict(zip(np.flatnonzero(np.isin(line, odd.lines)).tolist(), odd.marks, strict=True)) if odd.lines else {}
    at, head = stamps.dollars(text.data, text.ends)
    rows = _pghp(text, line, rows, at, head)
    rows = _gnss(text, line, rows, at, head)
    data, sextets = text.data, text.sextets
    if odd.made:
        made = b"".join([*odd.made, PAD])
        data, sextets = data + made, sextets + made.translate(SEXTETS)
    return Scanned(data, sextets, tuple(p.name for p in text.peers), rows, marks)


def _usual(text: _Text) -> tuple[I64, Sentences]:
    """Lines that are one good sentence in ordinary dress, and their rows, without stamps."""
    line = np.flatnonzero((text.bangs == 1) & ~text.comment & ~text.long & ~text.json)
    data, buffer = text.data, text.buffer
    head = text.bang[line]
    words = windows(data, head, 16).view(np.uint64)
    low = words[:, 0]
    c = words.view(np.uint8)[:, 8:].T  # characters 8 to 15
    total = (low >> np.uint64(56)).astype(np.uint8)
    part = c[1]
    no_id = c[3] == COMMA
    channel, then = np.where(no_id, c[4], c[5]), np.where(no_id, c[5], c[6])
    no_channel = channel == COMMA
    good = (low & np.uint64(HEAD[1])) == HEAD[0]
    good &= TALKER[buffer[head + 1]] & TALKER[buffer[head + 2]]
    good &= (c[0] == COMMA) & (c[2] == COMMA) & (part > ZERO) & (part <= total) & (total <= NINE)
    good &= (no_id | ((c[4] == COMMA) & (c[3] != STAR))) & (no_channel | ((then == COMMA) & (channel != STAR)))
    start = head + 15 - no_id - no_channel
    star, whole = _star(text, start, text.ends[line])
    good &= whole
    if not good.all():
        line, head, start, star = line[good], head[good], start[good], star[good]
        total, part = total[good], part[good]
    total, part = total - ZERO, part - ZERO
    fill = buffer[star - 1] - ZERO
    good = _armoured(text.sextets, start, star - 2) & (fill <= FIVE - ZERO)
    good &= stamps.xor(data, head + 1, star) == stamps.hex_at(data, star + 1)
    if not good.all():
        line, head, start, star = line[good], head[good], start[good], star[good]
        total, part, fill = total[good], part[good], fill[good]
    return line, text.rows(
        line,
        stamp_ms=np.full(len(line), NO_TIME),
        clock=np.full(len(line), NO_CLOCK, np.uint8),
        total=total,
        part=part,
        fill=fill,
        reason=np.zeros(len(line), np.uint8),
        lead=text.starts[line],
        head=head,
        start=start,
        length=star - 2 - start,
        stop=text.ends[line],
    )


def _armoured(sextets: bytes, start: I64, stop: I64) -> Mask:
    """Which payloads hold only characters of the armour."""
    length = stop - start
    good: Mask = (folded(np.bitwise_or, sextets, start, length, USUAL_CHARS) & ANY_NO_SEXTET) == 0
    longer = np.flatnonzero(length > USUAL_CHARS)
    if len(longer):
        buffer = np.frombuffer(sextets, np.uint8)
        good[longer] = stamps.spans(np.bitwise_or, buffer, start[longer], stop[longer]) < NO_SEXTET
    return good


def _star(text: _Text, start: I64, stop: I64) -> tuple[I64, Mask]:
    """Where the '*' of the checksum stands, and whether there is a payload and one fill digit before it."""
    buffer = text.buffer
    star = stop - 3  # nothing behind the checksum, as in most lines
    elsewhere = np.flatnonzero(buffer[star] != STAR)
    if len(elsewhere):
        stars = np.append(np.flatnonzero(buffer == STAR), len(buffer) - 3)
        star[elsewhere] = stars[np.searchsorted(stars, start[elsewhere])]
    whole = (star - 2 > start) & (star + 3 <= stop)
    star[~whole] = start[~whole] + 2
    return star, whole & (buffer[star - 2] == COMMA)


def _stamps(text: _Text, rows: Sentences, times: TimeCounts) -> Sentences:
    """The usual sentences with the time that stands before or behind each of them."""
    out, clock = rows.stamp_ms.copy(), rows.clock.copy()
    led = np.flatnonzero(rows.head > rows.lead)
    tag = text.buffer[rows.lead[led]] == BACKSLASH
    for some, read, kind in ((led[tag], stamps.tags, TAG_CLOCK), (led[~tag], stamps.dates, PREFIX_CLOCK)):
        if len(some):
            at, known = read(text.data, rows.lead[some], rows.head[some])
            out[some[known]], clock[some[known]] = at[known], kind
            for row in some[~known].tolist():
                marks, bad = read_marks(text.data[rows.lead[row] : rows.head[row]])
                times.bad_tags += bad
                out[row], clock[row] = _said(marks)
    behind = rows.start + rows.length + TAIL
    tailed = np.flatnonzero((behind < rows.stop) & (out == NO_TIME))
    if len(tailed):
        at, known = stamps.tails(text.data, behind[tailed], rows.stop[tailed])
        out[tailed[known]] = at[known]
        for row in tailed[~known].tolist():
            _, stamp = tail_marks(text.data[behind[row] : rows.stop[row]])
            out[row] = NO_TIME if stamp is None else stamp
        clock[tailed] = PREFIX_CLOCK
    clock[out == NO_TIME] = NO_CLOCK
    return rows.with_columns(stamp_ms=out, clock=clock)


def _said(marks: Marks) -> tuple[int, int]:
    """The time that stands before or behind a sentence, and which clock said it."""
    if marks.tag_ms is not None:
        return marks.tag_ms, TAG_CLOCK
    return (marks.near_ms, PREFIX_CLOCK) if marks.near_ms is not None else (NO_TIME, NO_CLOCK)


class _Odd:
    """Lines that are read one by one, in order, with what their peers left waiting."""

    def __init__(self, text: _Text, counts: SentenceCounts, times: TimeCounts) -> None:
        self.text = text
        self.counts = counts
        self.times = times
        self.lines: list[int] = []  # of each row
        self.marks: list[Marks] = []
        self.columns: list[tuple[int, ...]] = []
        self.read_lines: set[int] = set()
        self.made: list[bytes] = []  # sentences out of JSON: they stand behind all lines
        self.made_at = len(text.data)

    def read(self, usual: I64) -> None:
        """Everything but the usual lines, and of these the ones that a TAG line before them is about."""
        text = self.text
        plain = (text.bangs == 0) & ~text.long
        odd = ~plain & (~text.comment | text.long)
        odd[usual] = False
        blank = plain & np.isin(text.first, np.frombuffer(LEADING, np.uint8))
        alone = plain & ((text.first == BACKSLASH) | text.json)
        others = int(np.count_nonzero(plain | (text.comment & ~text.long))) - int(np.count_nonzero(blank | alone))
        self.counts.came_in += others
        self.counts.not_ais += others
        heap = np.flatnonzero(odd | blank | alone).tolist()  # sorted, so it is a heap
        heap += [n for peer in text.peers if peer.marks is not None and (n := self._next(peer, -1)) is not None]
        heapify(heap)
        while heap:
            n = heappop(heap)
            if n in self.read_lines:
                continue
            self.read_lines.add(n)
            peer = text.peer(n)
            self._line(n, peer)
            if peer.marks is not None and (then := self._next(peer, n)) is not None:
                heappush(heap, then)

    def rows(self) -> Sentences:
        """The rows found, in order of lines."""
        names = ("stamp_ms", "clock", "total", "part", "fill", "reason", "lead", "head", "start", "length", "stop")
        types = Sentences.dtypes()
        columns = {
            name: np.array(values, types[name])
            for name, values in zip(names, zip(*self.columns, strict=True), strict=True)
        }
        return self.text.rows(np.array(self.lines, np.int64), **columns)

    def _next(self, peer: Peer, after: int) -> int | None:
        """The next line of the peer that may hold a sentence."""
        text = self.text
        later = np.flatnonzero((text.bangs > 0) & ~text.comment)
        later = later[later > after]
        for n in later.tolist():
            if text.peer(n) is peer:
                return int(n)
        return None

    def _line(self, n: int, peer: Peer) -> None:
        text = self.text
        line, at = text.line(n), int(text.starts[n])
        said = json_lines.read(line) if text.json[n] and not text.long[n] else None
        if said is not None:
            self._json(n, at, line, said)
        elif text.long[n] and text.json[n] and not json_lines.SAYS_AIS.search(line):
            self._no_ais()
        elif text.long[n]:
            self._row(n, at, 0, refused("framing"), NO_MARKS, len(line))
        elif text.comment[n] or not self._sentences(n, line, at, peer):
            self._other(n, line, at, peer)

    def _sentences(self, n: int, line: bytes, at: int, waiting: Peer | None, marks: Marks | None = None) -> bool:
        """Rows of all sentences in a text; whether there are any. ``marks`` are said of all of them."""
        found = False
        for lead, start, body in bodies(line):
            parsed, tail = parse_body(body)
            marks = self._marks(lead, None if found else waiting, marks)
            station, tail_ms = tail_marks(tail)
            own = marks
            if station or tail_ms:
                own = Marks(marks.source or station, marks.group, marks.tag_ms, marks.near_ms or tail_ms)
            self._row(n, at, start, parsed, own, start + len(body))
            found = True
        return found

    def _json(self, n: int, at: int, line: bytes, said: json_lines.JsonLine) -> None:
        """What a line of JSON brought: as AIS-catcher and gpsd write it."""
        if said.refusal:
            self._row(n, at, 0, refused(said.refusal), said.marks, len(line))
        elif not said.sentences:
            self._no_ais()
        for text in said.sentences:
            if not self._sentences(n, text, self.made_at, None, said.marks):
                self._row(n, self.made_at, 0, refused("framing"), said.marks, len(text))
            self.made.append(text + b"\n")
            self.made_at += len(text) + 1

    def _no_ais(self) -> None:
        self.counts.came_in += 1
        self.counts.not_ais += 1

    def _row(self, n: int, at: int, head: int, parsed: Parsed, marks: Marks, stop: int) -> None:
        self.lines.append(n)
        self.marks.append(marks)
        self.columns.append(
            (
                *_said(marks),
                parsed.total,
                parsed.part,
                parsed.fill,
                CODE[parsed.refusal],
                at + head,
                at + head,
                at + head + parsed.start,
                len(parsed.payload),
                at + stop,
            )
        )

    def _marks(self, lead: bytes, waiting: Peer | None, before: Marks | None) -> Marks:
        """Marks of a sentence: its own lead, else those before it on the line, else a TAG line that waited."""
        marks, bad = read_marks(lead)
        self.times.bad_tags += bad
        if waiting is not None and waiting.marks is not None:
            before, waiting.marks = waiting.marks, None
        return _over(marks, before) if before is not None else marks

    def _other(self, n: int, line: bytes, at: int, peer: Peer) -> None:
        """A line without an AIS sentence: it may still be a TAG block, or a damaged sentence."""
        if not line.strip():
            return
        if not self.text.comment[n] and stranger(line) == "framing":
            self._row(n, at, 0, refused("framing"), NO_MARKS, len(line))
            return
        self._no_ais()
        if line[:1] == b"\\" and line.rstrip()[-1:] == b"\\":
            marks, bad = read_marks(line.strip())
            self.times.bad_tags += bad
            peer.marks = _over(marks, peer.marks or NO_MARKS)


def _over(marks: Marks, below: Marks) -> Marks:
    return Marks(
        marks.source or below.source,
        marks.group or below.group,
        below.tag_ms if marks.tag_ms is None else marks.tag_ms,
        below.near_ms if marks.near_ms is None else marks.near_ms,
    )


def _telling(text: _Text, at: I64, said_ms: I64) -> tuple[I64, I64]:
    """On which lines there is nothing but a time, and those times."""
    on = np.searchsorted(text.ends, at)
    telling = (text.bangs[on] == 0) & ~text.comment[on] & ~text.long[on]
    return on[telling], said_ms[telling]


def _pghp(text: _Text, line: I64, rows: Sentences, at: I64, head: U64) -> Sentences:
    """Rows with the times of $PGHP lines, each for the sentence behind it and the other parts of the same message."""
    on, said_ms = _telling(text, *stamps.pghp_lines(text.data, text.ends, at, head))
    carried = [n for n, peer in enumerate(text.peers) if peer.pghp_ms is not None]
    if not len(on) and not carried:
        return rows
    # Everything in the order of peers, then lines: what was carried over stands before a peer's first line.
    span = len(text.starts) + 1
    event_peer = np.concatenate([np.array(carried, np.int64), text.peer_of[text.piece[on]]])
    event = event_peer * span + np.concatenate([np.zeros(len(carried), np.int64), on + 1])
    event_ms = np.concatenate([np.array([text.peers[n].pghp_ms for n in carried], np.int64), said_ms])
    used = np.concatenate([np.array([text.peers[n].pghp_used for n in carried], bool), np.zeros(len(on), bool)])
    by = np.argsort(event)
    event, event_ms, event_peer, used = event[by], event_ms[by], event_peer[by], used[by]
    place = rows.peer.astype(np.int64) * span + line + 1
    order = np.argsort(place, kind="stable")
    part, done = rows.part[order], (rows.part == rows.total)[order]
    of = np.searchsorted(event, place[order], side="right") - 1  # the event before each sentence
    heard = (of >= 0) & (event_peer[of] == rows.peer[order])
    new = heard & (np.diff(of, prepend=-2) != 0)
    new[1:] |= heard[1:] & (np.diff(rows.peer[order]) != 0)
    goes_on = heard & ~new & (part != 1) & ~np.concatenate([[True], done[:-1]])
    since = np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(of))))
    begins = new & ~(used[of] & (part == 1))
    stamped = begins[since] & heard
    out, clock = rows.stamp_ms.copy(), rows.clock.copy()
    mine = order[stamped & (out[order] == NO_TIME)]
    clock[mine] = PGHP_CLOCK
    out[mine] = event_ms[of[stamped & (rows.stamp_ms[order] == NO_TIME)]]
    for n in np.unique(event_peer).tolist():
        last = int(np.searchsorted(event_peer, n, side="right")) - 1
        after = np.flatnonzero(heard & (of == last))
        peer = text.peers[n]
        if not len(after):
            peer.pghp_ms, peer.pghp_used = int(event_ms[last]), bool(used[last])
        elif stamped[after[-1]] and not done[after[-1]]:
            peer.pghp_ms, peer.pghp_used = int(event_ms[last]), True
        else:
            peer.pghp_ms = None
    return rows.with_columns(stamp_ms=out, clock=clock)


def _gnss(text: _Text, line: I64, rows: Sentences, at: I64, head: U64) -> Sentences:
    """Rows with the times of RMC and ZDA lines, each for the sentences of its peer up to the next and within reach.

    A sentence is younger than the line before it, by up to the time from line to line; it is given the latest time
    that it may have. A fix is the latest instant in its own second up to then, so one given too early a time would
    be put a whole minute back.
    """
    on, said_ms = _telling(text, *stamps.gnss_lines(text.data, text.ends, at, head))
    carried = [(n, peer.clock) for n, peer in enumerate(text.peers) if peer.clock is not None]
    if not len(on) and not carried:
        return rows
    # Everything in the order of peers, then lines: what was carried over stands before a peer's first line.
    span = len(text.starts) + 1
    old = np.array(
        [(n, n * span, c.said_ms, c.ms, c.received_ms, c.sentences, c.period_ms) for n, c in carried], np.int64
    )
    piece = text.piece[on]
    peer = text.peer_of[piece].astype(np.int64)
    none = np.zeros_like(on)
    new = np.column_stack([peer, peer * span + on + 1, said_ms, said_ms, text.received_of[piece], none, none])
    events = np.concatenate([old.reshape(len(carried), 7), new])
    events = events[np.argsort(events[:, 1])]
    whose, _, said = events[:, :3].T
    follows = np.concatenate([[False], whose[1:] == whose[:-1]])
    step = np.diff(said, prepend=said[:1])
    believed = ~follows | ((step >= -GNSS_BACK_MS) & (step <= GNSS_STEP_MS))
    moved = follows & (step > 0) & (step <= GNSS_REACH_MS)
    events[moved, 6] = step[moved]
    events[:, 6] = events[np.maximum.accumulate(np.where(moved | ~follows, np.arange(len(events)), 0)), 6]
    said_last = events[np.append(~follows[1:], True)][:, [2, 6]].tolist()  # of each peer, in their order
    whose, place, _, ms, received, sentences, period = events[believed].T
    order = np.argsort(rows.peer.astype(np.int64) * span + line + 1, kind="stable")
    places = (rows.peer.astype(np.int64) * span + line + 1)[order]
    first = np.searchsorted(places, place)  # the sentence behind each event
    of = np.searchsorted(place, places, side="right") - 1
    heard = (of >= 0) & (whose[of] == rows.peer[order])
    since = np.arange(len(of)) - first[of] + sentences[of]
    elapsed = rows.received_ms[order] - received[of]
    heard &= (since < GNSS_REACH_SENTENCES) & (np.abs(elapsed) <= GNSS_REACH_MS)
    heard &= rows.stamp_ms[order] == NO_TIME
    latest = np.where(heard, ms[of] + np.maximum(period[of], elapsed), NO_TIME)
    latest, done = _held_together(text, rows.take(order), latest)
    heard = (latest != NO_TIME) & (rows.stamp_ms[order] == NO_TIME)
    out, clock = rows.stamp_ms.copy(), rows.clock.copy()
    out[order[heard]], clock[order[heard]] = latest[heard], GNSS_CLOCK
    ends = np.flatnonzero(np.append(whose[1:] != whose[:-1], True)).tolist()
    for n, (said_ms, period_ms) in zip(ends, said_last, strict=True):
        own = int(whose[n])
        begins, stop = np.searchsorted(places, [own * span, (own + 1) * span]).tolist()
        before = text.peers[own].clock
        open_ms = before.open_ms if before is not None else None
        if stop > begins:
            open_ms = None if done[stop - 1] or latest[stop - 1] == NO_TIME else int(latest[stop - 1])
        behind = int(sentences[n]) + stop - int(first[n])
        text.peers[own].clock = PeerClock(said_ms, period_ms, int(ms[n]), int(received[n]), behind, open_ms)
    return rows.with_columns(stamp_ms=out, clock=clock)


def _held_together(text: _Text, rows: Sentences, latest: I64) -> tuple[I64, Mask]:
    """Times of sentences in the order of peers, all parts of a message with that of its first; which sentences end one.

    A clock line between two parts would tear them apart where it moves time by more than parts may wait.
    """
    done = rows.part == rows.total
    first = np.diff(rows.peer, prepend=-1) != 0
    opened = [NO_TIME if p.clock is None or p.clock.open_ms is None else p.clock.open_ms for p in text.peers]
    open_ms = np.array(opened, np.int64)[rows.peer]
    latest = np.where(first & (rows.part != 1) & (open_ms != NO_TIME), open_ms, latest)
    goes_on = (rows.part != 1) & ~first & ~np.append(True, done[:-1])
    begun = latest[np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(rows))))]
    return np.where(goes_on & (begun != NO_TIME), begun, latest), done
