"""Bytes in, reports out: framing, time, assembly, gate, duplicates and decoding in their order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais import columns
from fengqiao.ais.armour import I64, PAD, SEXTETS, U8, WORD_CHARS, packed, windows
from fengqiao.ais.assembly import Assembly, Part
from fengqiao.ais.clock import TOLD, ReceiverClock, SourceClock, TimeCounts, Told, clock_for
from fengqiao.ais.columns import Messages
from fengqiao.ais.framing import Framer, Piece
from fengqiao.ais.gate import CODE, REASONS, kinds, message_refusals, senders
from fengqiao.ais.json_message import as_json
from fengqiao.ais.parts import read_parts
from fengqiao.ais.receivers import Receivers
from fengqiao.ais.recent import BLOCK_CHARS, Recent, digests
from fengqiao.ais.scan import scan
from fengqiao.ais.scanned import CLOCKS, Scanned, Sentences
from fengqiao.ais.weather import observations
from fengqiao.model.columns import Columns
from fengqiao.model.health import SentenceCounts
from fengqiao.model.inputs import Chunk, Clock
from fengqiao.model.reports import Lines, ReportBatch

DAMAGED = np.isin(np.arange(len(CODE)), [CODE[reason] for reason in ("framing", "no_checksum", "checksum")])


@dataclass(slots=True)
class Station:
    """All state of one feed."""

    framer: Framer
    clock: ReceiverClock | SourceClock
    assembly: Assembly
    held: Scanned  # sentences whose time is in doubt
    clocks: list[int] = field(default_factory=lambda: [0] * len(CLOCKS))  # sentences by what said their time


@dataclass(slots=True)
class Clear:
    """Sentences of one feed whose time is clear."""

    scanned: Scanned
    told: Told
    by: I64  # the row of this batch that made each clear


@dataclass(slots=True)
class Harvest:
    """What one call brought in."""

    scanned: Scanned
    rows: Sentences  # those whose time is clear, in the order in which they count
    told: Told  # their times, and which rows of ``scanned`` they are
    sextets: bytes  # the text of ``scanned`` and the payloads that were put together
    messages: Messages
    kind: U8  # the type of each
    heard_mmsi: NDArray[np.int32]  # of each row: whose message it completed, heard before or not
    receiver: NDArray[np.int16]  # of each row, by which
    firsts: dict[int, Part]  # of messages that were put together, by line


class Decoder:
    """Chunks of any feeds into reports. Plain data: it can be pickled between any two calls and go on.

    What comes out depends on the bytes, their peers and their receive times, never on how reads cut the bytes.
    Sentences of a source-clocked feed whose time is in doubt come out in a later call; until then they are in no
    count. Lines holds the AIS sentences, good and refused; other lines are only counted.
    """

    def __init__(self, feeds: Mapping[str, Clock]) -> None:
        self.feeds = tuple(feeds)
        self.counts = SentenceCounts()
        self.times = TimeCounts()
        self._recent = Recent()
        self._receivers = Receivers()
        self._stations = [self._station(index, kind) for index, kind in enumerate(feeds.values())]

    @property
    def clocks(self) -> dict[str, dict[str, int]]:
        """Of each feed, how many sentences each of CLOCKS gave the time."""
        return {
            name: dict(zip(CLOCKS, station.clocks, strict=True))
            for name, station in zip(self.feeds, self._stations, strict=True)
        }

    def decode(self, chunks: Sequence[Chunk]) -> ReportBatch:
        """The reports that these chunks completed, lines in arrival order."""
        return self._batch(self._take(chunks))

    def flush(self) -> ReportBatch:
        """The end of all input: partial lines end and doubts about time are settled by what there is."""
        return self._batch(self._finish())

    def messages(self, chunks: Sequence[Chunk]) -> list[dict[str, Any]]:
        """As ``decode``, one JSON-ready dict a message of any type."""
        return self._dicts(self._take(chunks))

    def flush_messages(self) -> list[dict[str, Any]]:
        """As ``flush``, in dicts."""
        return self._dicts(self._finish())

    def restart(self) -> None:
        """A new session of the watch: old peers are gone, with their partial lines and waiting parts."""
        for station in self._stations:
            station.framer.forget()
            station.assembly.forget()

    def adopt(self, feeds: Mapping[str, Clock]) -> ReportBatch:
        """A new session with these feeds: each begins its own time, and indexes of feeds known before stay.

        Returns what was still held back for its time, settled by what there is.
        """
        batch = self._batch(self._harvest(self._settle()))
        self.restart()
        for name, kind in feeds.items():
            if name in self.feeds:
                self._stations[self.feeds.index(name)].clock = clock_for(kind, self.times)
            else:
                self._stations.append(self._station(len(self.feeds), kind))
                self.feeds += (name,)
        return batch

    def _station(self, index: int, kind: Clock) -> Station:
        clock = clock_for(kind, self.times)
        self._receivers.add_feed(index)
        return Station(Framer(index, self.counts), clock, Assembly(self.counts), Scanned.nothing())

    def _take(self, chunks: Sequence[Chunk]) -> Harvest:
        pieces: list[Piece] = []
        index = {name: n for n, name in enumerate(self.feeds)}
        for chunk in chunks:
            self._stations[index[chunk.feed]].framer.cut(chunk, pieces)
        return self._harvest(self._time(pieces))

    def _finish(self) -> Harvest:
        pieces: list[Piece] = []
        for station in self._stations:
            station.framer.finish(pieces)
        return self._harvest(self._time(pieces) + self._settle())

    def _time(self, pieces: Sequence[Piece]) -> list[Clear]:
        """The sentences of these pieces, and those held before them, as far as their time is clear."""
        fresh = scan(pieces, self.counts, self.times, self._receivers)
        for station in self._stations:
            station.framer.tidy()
        out = []
        for feed, station in enumerate(self._stations):
            own = np.flatnonzero(fresh.rows.feed == feed)
            if not len(own):
                continue
            mine = fresh if len(own) == len(fresh.rows) else fresh.take(own)
            rows = mine.rows
            told = station.clock.admit(rows.stamp_ms, rows.received_ms)
            held = len(station.held.rows)
            if held:
                mine = Scanned.join([station.held, mine])
            out.append(Clear(mine, told, own[told.by - held] if len(told.by) else told.by))
            station.held = mine.take(np.array(station.clock.keep(), np.int64))
        return out

    def _settle(self) -> list[Clear]:
        """What was held is settled by what there is."""
        out = []
        for station in self._stations:
            told = station.clock.finish()
            if len(told.row):
                out.append(Clear(station.held, told, told.by))
            station.held = Scanned.nothing()
        return out

    def _harvest(self, clear: Sequence[Clear]) -> Harvest:
        """The books on all sentences, and the messages that they complete."""
        scanned = Scanned.join([c.scanned for c in clear])
        begins = np.cumsum([0, *(len(c.scanned.rows) for c in clear)])
        told = Told.join(
            [Told(c.told.row + at, c.told.ref_ms, c.told.base_ms, c.by) for c, at in zip(clear, begins, strict=False)]
        )
        if len(clear) > 1:
            order = np.argsort(np.where(told.by < 0, len(told.by) + begins[-1], told.by), kind="stable")
            told = Told(*(getattr(told, name)[order] for name in TOLD))
        rows = scanned.rows
        if len(told.row) != len(rows) or (told.row != np.arange(len(rows))).any():
            rows = rows.take(told.row)
        self.counts.came_in += len(rows)
        self._note_clocks(rows)
        self._refuse(rows.reason)
        messages, joined, firsts = self._assemble(scanned, rows, told)
        sextets = scanned.sextets
        if joined:
            sextets += b"".join([*joined, PAD]).translate(SEXTETS)
        heard_mmsi, receiver = np.zeros(len(rows), np.int32), rows.receiver
        messages, kind = self._admit(sextets, messages, rows.feed, told.ref_ms, heard_mmsi)
        if firsts:  # of a TAG group only the first line need name its station
            receiver = receiver.copy()
            receiver[list(firsts)] = [part.receiver for part in firsts.values()]
        return Harvest(scanned, rows, told, sextets, messages, kind, heard_mmsi, receiver, firsts)

    def _note_clocks(self, rows: Sentences) -> None:
        counted = np.bincount(rows.feed.astype(np.int64) * len(CLOCKS) + rows.clock)
        for at in np.flatnonzero(counted).tolist():
            feed, clock = divmod(at, len(CLOCKS))
            self._stations[feed].clocks[clock] += int(counted[at])

    def _refuse(self, reasons: U8, sentences: U8 | None = None) -> None:
        """Count sentences by the CODE of why they are refused, 0 where they are not; one each, or as many as given."""
        at = np.flatnonzero(reasons)
        counted = np.bincount(reasons[at], None if sentences is None else sentences[at])
        for code in np.flatnonzero(counted).tolist():
            self.counts.refused[REASONS[code - 1]] += int(counted[code])

    def _assemble(self, scanned: Scanned, rows: Sentences, told: Told) -> tuple[Messages, list[bytes], dict[int, Part]]:
        """Whole messages as they stand in the text, and those of several parts, put together behind it."""
        complete = (rows.reason == 0) & (rows.total == 1)
        start, length, fill, base_ms = rows.start, rows.length, rows.fill, told.base_ms
        count = np.ones(len(rows), np.uint8)
        joined: list[bytes] = []
        firsts: dict[int, Part] = {}
        made: list[tuple[int, int, int, int]] = []
        for row, parts in self._put_together(scanned, rows, told):
            joined.append(b"".join([part.payload for part in parts]))
            made.append((row, parts[0].base_ms, parts[-1].fill, len(parts)))
            firsts[row] = parts[0]
        if made:
            start, length, fill, base_ms = start.copy(), length.copy(), fill.copy(), base_ms.copy()
            at = np.fromiter(firsts, np.int64, len(made))
            complete[at] = True
            _, base_ms[at], fill[at], count[at] = np.array(made, np.int64).T
            length[at] = lengths = np.array([len(payload) for payload in joined])
            start[at] = len(scanned.data) + np.cumsum(lengths) - lengths
        line = np.flatnonzero(complete)
        return Messages(line, base_ms[line], start[line], length[line], fill[line], count[line]), joined, firsts

    def _put_together(self, scanned: Scanned, rows: Sentences, told: Told) -> Iterator[tuple[int, list[Part]]]:
        """Messages of several parts: the row that completed each, and its parts in order."""
        parted = (rows.reason == 0) & (rows.total > 1)
        for feed, station in enumerate(self._stations):
            own = np.flatnonzero(rows.feed == feed)
            at = np.flatnonzero(parted[own])
            mine = own[at]
            parts = read_parts(scanned, rows.take(mine), told, mine)
            for n, whole in station.assembly.whole(told.ref_ms[own], at, parts):
                yield int(mine[n]), whole

    def _admit(
        self, sextets: bytes, messages: Messages, feed: NDArray[np.int16], ref_ms: I64, heard_mmsi: NDArray[np.int32]
    ) -> tuple[Messages, U8]:
        """Those that pass the gate and were not heard before, with their types; the others are counted.

        Whoever passed the gate is noted in the row that completed the message, heard before or not.
        """
        codes = windows(sextets, messages.start, BLOCK_CHARS)
        head = packed(codes[:, :WORD_CHARS])
        kind, mmsi = kinds(head), senders(head)
        refused = message_refusals(head, messages.length, messages.fill)
        good = np.flatnonzero(refused == 0)
        self._refuse(refused, messages.parts)
        line = messages.line[good]
        heard_mmsi[line] = mmsi[good]
        digest = digests(sextets, codes, messages.start, messages.length)
        fresh = self._recent.fresh(digest[good], ref_ms[line], feed[line])
        kept = good[fresh]
        self.counts.duplicates += int(messages.parts[good[~fresh]].sum())
        if len(kept) < len(refused):
            messages, kind = messages.take(kept), kind[kept]
        self.counts.used += int(messages.parts.sum())
        return messages, kind

    def _batch(self, harvest: Harvest) -> ReportBatch:
        rows, told, kind = harvest.rows, harvest.told, harvest.kind
        sextets, messages = harvest.sextets, harvest.messages
        lines = Lines(
            feed=rows.feed,
            seq=rows.seq,
            received_ms=rows.received_ms,
            source_ms=rows.stamp_ms,
            ref_ms=told.ref_ms,
            intact=~DAMAGED[rows.reason],
            heard_mmsi=harvest.heard_mmsi,
            receiver=harvest.receiver,
        )
        return ReportBatch(
            self.feeds,
            lines,
            columns.positions(sextets, messages, kind, lines),
            columns.statics(sextets, messages, kind, lines),
            columns.texts(sextets, messages, kind, lines),
            observations(sextets, messages, kind, lines),
            columns.altitudes(sextets, messages, kind, lines),
            self._receivers.all,
        )

    def _dicts(self, harvest: Harvest) -> list[dict[str, Any]]:
        batch, messages = self._batch(harvest), harvest.messages
        tables = [_by_line(t) for t in (batch.positions, batch.statics, batch.texts, batch.observations)]
        out = []
        for n, sextets in enumerate(payloads(harvest.sextets, messages)):
            line = int(messages.line[n])
            rows = [table.get(line) for table in tables]
            said = as_json(sextets, int(messages.fill[n]), int(messages.base_ms[n]), *rows)
            said["feed"] = self.feeds[harvest.rows.feed[line]]
            source = (
                harvest.firsts[line].source
                if line in harvest.firsts
                else harvest.scanned.marks_of(int(harvest.told.row[line])).source
            )
            if source:
                said["source"] = source.decode("utf-8", "replace")
            out.append(said)
        return out


def _by_line(table: Columns) -> dict[int, dict[str, Any]]:
    """Rows as dicts of plain values, by the line that completed them."""
    names = table.names()
    rows = zip(*(getattr(table, name).tolist() for name in names), strict=True)
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def payloads(sextets: bytes, messages: Messages) -> list[bytes]:
    """The six-bit codes of each message."""
    return [
        sextets[start : start + length]
        for start, length in zip(messages.start.tolist(), messages.length.tolist(), strict=True)
    ]
