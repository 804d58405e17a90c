"""Bytes in, reports out: framing, time, gate, assembly, duplicates and decoding in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fengqiao.ais.assembly import GROUP_LINES, Assembler
from fengqiao.ais.batch import LineRow, build
from fengqiao.ais.clock import ReceiverClock, SourceClock, TimeCounts, Timed, clock_for
from fengqiao.ais.decode import decode
from fengqiao.ais.framing import Framer
from fengqiao.ais.gate import message_refusal
from fengqiao.ais.heard import Heard
from fengqiao.ais.json_message import as_json
from fengqiao.ais.recent import Recent
from fengqiao.ais.sentence import Sentence
from fengqiao.model.health import SentenceCounts
from fengqiao.model.inputs import Chunk, Clock
from fengqiao.model.reports import NO_TIME_MS, ReportBatch

DAMAGED = frozenset({"framing", "no_checksum", "checksum"})
NO_TIME = int(NO_TIME_MS)


@dataclass(slots=True)
class Station:
    """All state of one feed."""

    index: int
    framer: Framer
    clock: ReceiverClock | SourceClock
    assembler: Assembler
    groups: Assembler  # for parts that a TAG group holds together


@dataclass(slots=True)
class Harvest:
    """What one call brought in."""

    lines: list[LineRow] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)


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
        self._stations = {name: self._station(index, kind) for index, (name, kind) in enumerate(feeds.items())}

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
        for station in self._stations.values():
            station.framer.forget()
            station.assembler.forget()
            station.groups.forget()

    def adopt(self, feeds: Mapping[str, Clock]) -> ReportBatch:
        """A new session with these feeds: each begins its own time, and indexes of feeds known before stay.

        Returns what was still held back for its time, settled by what there is.
        """
        harvest = Harvest()
        for station in self._stations.values():
            self._settle(station, harvest)
        self.restart()
        for name, kind in feeds.items():
            known = self._stations.get(name)
            if known is None:
                self._stations[name] = self._station(len(self._stations), kind)
            else:
                known.clock = clock_for(kind, self.times)
        self.feeds = tuple(self._stations)
        return self._batch(harvest)

    def _station(self, index: int, kind: Clock) -> Station:
        framer = Framer(self.counts, self.times)
        groups = Assembler(self.counts, linger=GROUP_LINES)
        return Station(index, framer, clock_for(kind, self.times), Assembler(self.counts), groups)

    def _batch(self, harvest: Harvest) -> ReportBatch:
        return build(self.feeds, harvest.lines, harvest.heard)

    def _dicts(self, harvest: Harvest) -> list[dict[str, Any]]:
        return [as_json(h, self.feeds[h.feed]) for h in harvest.heard]

    def _take(self, chunks: Sequence[Chunk]) -> Harvest:
        harvest = Harvest()
        for chunk in chunks:
            station = self._stations[chunk.feed]
            self._pass(station, station.framer.feed(chunk), harvest)
        return harvest

    def _finish(self) -> Harvest:
        harvest = Harvest()
        for station in self._stations.values():
            self._pass(station, station.framer.finish(), harvest)
            self._settle(station, harvest)
        return harvest

    def _settle(self, station: Station, harvest: Harvest) -> None:
        timed: list[Timed] = []
        station.clock.finish(timed)
        for each in timed:
            self._account(station, each, harvest)

    def _pass(self, station: Station, sentences: Sequence[Sentence], harvest: Harvest) -> None:
        timed: list[Timed] = []
        for sentence in sentences:
            station.clock.admit(sentence, timed)
        for each in timed:
            self._account(station, each, harvest)

    def _account(self, station: Station, timed: Timed, harvest: Harvest) -> None:
        """Give the sentence its line and its place in the books."""
        s, ref_ms, _ = timed
        stamp = NO_TIME if s.stamp_ms is None else s.stamp_ms
        harvest.lines.append((station.index, s.seq, s.received_ms, stamp, ref_ms, s.refusal not in DAMAGED))
        self.counts.came_in += 1
        for assembler in (station.assembler, station.groups):
            if assembler.entries:
                assembler.expire(ref_ms)
        if s.refusal:
            self.counts.refused[s.refusal] += 1
        elif s.total == 1:
            self._whole(station, [timed], timed, harvest)
        else:
            parts = (station.groups if s.group else station.assembler).take(timed)
            if parts is not None:
                self._whole(station, parts, timed, harvest)

    def _whole(self, station: Station, parts: Sequence[Timed], last: Timed, harvest: Harvest) -> None:
        """A message is whole: ``last`` completed it, its part number one tells its own time and source."""
        payload = b"".join([part.sentence.payload for part in parts])
        fill = parts[-1].sentence.fill
        refusal = message_refusal(payload, fill)
        if refusal:
            self.counts.refused[refusal] += len(parts)
            return
        if self._recent.heard(payload, last.ref_ms):
            self.counts.duplicates += len(parts)
            return
        message = decode(payload, fill)
        if message is None:
            self.counts.refused["undecodable"] += len(parts)
            return
        self._recent.remember(payload, last.ref_ms, station.index)
        self.counts.used += len(parts)
        line, s, first = len(harvest.lines) - 1, last.sentence, parts[0]
        harvest.heard.append(
            Heard(
                line=line,
                feed=station.index,
                seq=s.seq,
                received_ms=s.received_ms,
                ref_ms=last.ref_ms,
                base_ms=first.base_ms,
                source=first.sentence.source,
                payload=payload,
                fill=fill,
                message=message,
            )
        )
