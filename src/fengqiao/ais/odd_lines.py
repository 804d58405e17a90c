"""Lines that are read one by one: in an unusual dress, damaged, of JSON, or with a TAG block on a line before them."""

from heapq import heapify, heappop, heappush

import numpy as np

from fengqiao.ais import json_lines
from fengqiao.ais.armour import I64
from fengqiao.ais.clock import TimeCounts
from fengqiao.ais.framing import Peer
from fengqiao.ais.gate import CODE
from fengqiao.ais.receivers import named
from fengqiao.ais.scanned import NO_CLOCK, NO_TIME, PREFIX_CLOCK, TAG_CLOCK, Found
from fengqiao.ais.sentence import NO_MARKS, Marks, Parsed, bodies, parse_body, read_marks, refused, stranger, tail_marks
from fengqiao.ais.text import Text
from fengqiao.model.health import SentenceCounts

LEADING = b"\r\n\t \x0b\x0c"  # a line that begins so may be blank
BACKSLASH = ord("\\")


class OddLines:
    """Lines that are read one by one, in order, with what their peers left waiting."""

    def __init__(self, text: Text, counts: SentenceCounts, times: TimeCounts) -> None:
        self.text = text
        self.counts = counts
        self.times = times
        self.lines: list[int] = []  # of each row
        self.marks: list[Marks] = []
        self.columns: list[tuple[int, ...]] = []
        self.read_lines: set[int] = set()
        self.made: list[bytes] = []  # sentences out of JSON: they stand behind all lines
        self.made_at = len(text.data)
        self.telling: I64 | None = None  # lines that may hold a sentence

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

    def rows(self) -> Found:
        """What was found, in order of lines."""
        names = ("stamp_ms", "clock", "total", "part", "fill", "reason", "lead", "head", "start", "length", "stop")
        types = Found.dtypes()
        columns = {
            name: np.array(values, types[name])
            for name, values in zip(names, zip(*self.columns, strict=True), strict=True)
        }
        return Found(**columns, station=named([marks.source or b"" for marks in self.marks]))

    def _next(self, peer: Peer, after: int) -> int | None:
        """The next line of the peer that may hold a sentence."""
        if self.telling is None:
            self.telling = np.flatnonzero((self.text.bangs > 0) & ~self.text.comment)
        for n in self.telling[np.searchsorted(self.telling, after, side="right") :]:
            if self.text.peer(int(n)) is peer:
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
                *said(marks),
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


def said(marks: Marks) -> tuple[int, int]:
    """The time that stands before or behind a sentence, and which clock said it."""
    if marks.tag_ms is not None:
        return marks.tag_ms, TAG_CLOCK
    return (marks.near_ms, PREFIX_CLOCK) if marks.near_ms is not None else (NO_TIME, NO_CLOCK)


def _over(marks: Marks, below: Marks) -> Marks:
    return Marks(
        marks.source or below.source,
        marks.group or below.group,
        below.tag_ms if marks.tag_ms is None else marks.tag_ms,
        below.near_ms if marks.near_ms is None else marks.near_ms,
    )
