"""Parts of messages into whole payloads, and never parts of two messages into one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from fengqiao.ais.armour import I64
from fengqiao.model.health import SentenceCounts
from fengqiao.model.reports import NO_TIME_MS

EXPIRE_MS = 3_000  # the parts of one message leave the air within five slots (0.13 s); hubs add up to a few seconds
WAITING_MAX = 1024  # messages of one feed with parts missing
# Parts that overtook each other are not farther apart, even by stamps of whole seconds. Numbers of messages go round
# after ten (IEC 61162-1): a port with four static reports a second uses one again within EXPIRE_MS.
LATE_MS = 1_000
GROUP_LINES = 32  # the parts of a TAG group stand within so many sentences, even where stamps leap by half an hour

Key = tuple[str | bytes, bytes | None, bytes]


class Part(NamedTuple):
    """One part of a message."""

    key: Key  # what parts of one message share: who sent them, the TAG group that holds them together, their heads
    number: int  # which part it is, from 1
    total: int
    payload: bytes
    fill: int
    stamped: bool  # base_ms is its own, not the time of the feed
    ref_ms: int
    base_ms: int
    source: bytes | None
    receiver: int


@dataclass(slots=True)
class Entry:
    """Parts that share a key; kept for a while once complete, so that an echo of a part is known as one."""

    first_ms: int
    line: int  # how many sentences the assembler had seen by then
    parts: dict[int, Part] = field(default_factory=dict)
    complete: bool = False
    torn: int = 0  # parts that can no longer be told apart: two messages claimed the same place


class Assembler:
    """Waiting parts of one feed. Parts may come in any order and must come within EXPIRE_MS of the first.

    With ``linger``, a part also waits for that many sentences: a satellite feed is no clock between two of its lines.
    """

    def __init__(self, counts: SentenceCounts, linger: int = 0) -> None:
        self.counts = counts
        self.linger = linger
        self.line = 0
        self.entries: dict[Key, Entry] = {}  # oldest first

    def take(self, part: Part) -> list[Part] | None:
        """All parts in order if this one completes its message; otherwise it is counted and None returned."""
        key, number = part.key, part.number
        entry = self.entries.get(key)
        if entry is not None and entry.torn:  # not for longer, or a busy key would never be free again
            entry.torn += 1
            self.counts.waiting += 1
            return None
        # Asked of every second part of all: what is rare stands first.
        apart = entry is not None and (part.stamped or part.source is not None) and _apart(entry, part)
        if entry is not None and (apart or (part.ref_ms - entry.first_ms > LATE_MS and _overtaken(entry, part))):
            self._close(key)
            entry = None
        there = entry.parts.get(number) if entry is not None else None
        if entry is not None and there is not None:
            if there.payload == part.payload:
                self.counts.duplicates += 1
                return None
            if not entry.complete:
                self._tear(key, entry, part.ref_ms)
                return None
            del self.entries[key]
            entry = None
        if entry is None:
            entry = self._open(key, part.ref_ms)
        entry.parts[number] = part
        self.counts.waiting += 1
        if len(entry.parts) < part.total:
            return None
        self.counts.waiting -= part.total
        entry.complete = True
        return [entry.parts[n] for n in range(1, part.total + 1)]

    def expire(self, ref_ms: int) -> None:
        """Sentence number ``line`` came at ``ref_ms``: let go of what has waited too long (or a clock was set back)."""
        while self.entries:
            key, oldest = next(iter(self.entries.items()))
            if abs(ref_ms - oldest.first_ms) <= EXPIRE_MS or self.line - oldest.line < self.linger:
                return
            self._close(key)

    def forget(self) -> None:
        """Nothing that waits will be completed."""
        for key in list(self.entries):
            self._close(key)

    def _open(self, key: Key, ref_ms: int) -> Entry:
        if len(self.entries) >= WAITING_MAX:
            self._close(next(iter(self.entries)))
        entry = self.entries[key] = Entry(ref_ms, self.line)
        return entry

    def _tear(self, key: Key, entry: Entry, ref_ms: int) -> None:
        """Two messages under one key at one time: no telling whose the next part is, so neither is put together."""
        self.counts.waiting += 1
        del self.entries[key]
        self.entries[key] = Entry(ref_ms, self.line, torn=len(entry.parts) + 1)

    def _close(self, key: Key) -> None:
        entry = self.entries.pop(key)
        lost = entry.torn + (0 if entry.complete else len(entry.parts))
        self.counts.waiting -= lost
        self.counts.expired += lost


def _apart(entry: Entry, part: Part) -> bool:
    """Whether its own stamp or source says that a part belongs to another message than those there.

    In a TAG group only the first line needs to name the source, but two that are named are two stations' groups.
    """
    if part.source and any(p.source not in (None, part.source) for p in entry.parts.values()):
        return True
    return part.stamped and any(p.stamped and abs(part.base_ms - p.base_ms) > EXPIRE_MS for p in entry.parts.values())


def _overtaken(entry: Entry, part: Part) -> bool:
    """Whether a part that comes LATE_MS and more after others is an earlier one: then the number has gone round, and
    their rest was lost. That of a TAG group does not go round so soon."""
    return part.key[1] is None and part.number < min(entry.parts)


class Assembly:
    """What waits of one feed, and how far the feed has come."""

    def __init__(self, counts: SentenceCounts) -> None:
        self.alone = Assembler(counts)
        self.groups = Assembler(counts, linger=GROUP_LINES)  # for parts that a TAG group holds together
        self.line = 0  # sentences so far
        self.ref_ms = int(NO_TIME_MS)  # of the last of them
        self.looked_ms = int(NO_TIME_MS)  # when it was last looked whether a part had waited too long

    def whole(self, ref_ms: I64, at: I64, parts: Iterable[Part]) -> Iterator[tuple[int, list[Part]]]:
        """Messages that the ``parts`` complete: which part did (its place in ``at``), and its parts in order.

        The next sentences of the feed came at ``ref_ms``; the parts are those ``at`` these places.
        """
        if not len(ref_ms):
            return
        steady = ref_ms[0] >= self.ref_ms and bool((ref_ms[1:] >= ref_ms[:-1]).all())
        # What waits can only have waited too long once time has moved: while it goes forward it is enough to look
        # before a part and at the end. A clock that was set back is looked at with every sentence.
        looked = 0
        for n, (line, part) in enumerate(zip(at.tolist(), parts, strict=True)):
            if not steady:
                self._expire_all(ref_ms, looked, line)
                looked = line + 1
            if part.ref_ms != self.looked_ms or part.key[1] or self.groups.entries:
                self._expire(part.ref_ms, line)
            whole = (self.groups if part.key[1] else self.alone).take(part)
            if whole is not None:
                yield n, whole
        if not steady:
            self._expire_all(ref_ms, looked, len(ref_ms))
        self._expire(int(ref_ms[-1]), len(ref_ms) - 1)
        self.line += len(ref_ms)
        self.ref_ms = int(ref_ms[-1])

    def forget(self) -> None:
        """Nothing that waits will be completed."""
        self.alone.forget()
        self.groups.forget()

    def _expire_all(self, ref_ms: I64, start: int, stop: int) -> None:
        for line, ref in enumerate(ref_ms[start:stop].tolist(), start):
            self._expire(ref, line)

    def _expire(self, ref_ms: int, more: int) -> None:
        """The sentence after ``more`` others came at ``ref_ms``."""
        self.groups.line = self.line + more + 1
        if ref_ms != self.looked_ms and self.alone.entries:
            self.alone.expire(ref_ms)  # which depends on nothing but the time
        if self.groups.entries:
            self.groups.expire(ref_ms)
        self.looked_ms = ref_ms
