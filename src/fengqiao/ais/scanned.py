"""The table of sentences: what was found in a text, and where in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, PAD, SEXTETS
from fengqiao.ais.sentence import NO_MARKS, Marks, read_marks, tail_marks
from fengqiao.model.columns import Columns, column
from fengqiao.model.reports import NO_TIME_MS

NO_TIME = int(NO_TIME_MS)
USUAL_TAG = re.compile(rb"\\(?:s:([^,*\\]+),)?c:[0-9]+\*[0-9A-Fa-f]{2}\\")
TAIL = len(",0*00")

# Which clock said the time of a sentence, the weakest last but for none at all.
CLOCKS = ("none", "tag", "prefix", "pghp", "gnss")
NO_CLOCK, TAG_CLOCK, PREFIX_CLOCK, PGHP_CLOCK, GNSS_CLOCK = range(len(CLOCKS))


@dataclass(frozen=True, slots=True)
class Found(Columns):
    """Candidate sentences, good or refused, in arrival order. Offsets are into ``Scanned.data``."""

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
    station: NDArray[np.uint64] = column(np.uint64)  # what stands for the name of who heard it; 0 where none is named


@dataclass(frozen=True, slots=True)
class Sentences(Found):
    """The same, and what brought each."""

    feed: NDArray[np.int16] = column(np.int16)
    peer: NDArray[np.int32] = column(np.int32)  # index into Scanned.peers
    received_ms: NDArray[np.int64] = column(np.int64)
    seq: NDArray[np.int64] = column(np.int64)
    receiver: NDArray[np.int16] = column(np.int16)  # index into Receivers.all


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
