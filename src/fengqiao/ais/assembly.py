"""Parts of messages into whole payloads, and never parts of two messages into one."""

from dataclasses import dataclass, field
from typing import NamedTuple

from fengqiao.model.health import SentenceCounts

EXPIRE_MS = 3_000  # the parts of one message leave the air within five slots (0.13 s); hubs add up to a few seconds
WAITING_MAX = 1024  # messages of one feed with parts missing
GROUP_LINES = 32  # the parts of a TAG group stand within so many sentences, even where stamps leap by half an hour

Key = tuple[str | bytes | int | None, ...]


class Part(NamedTuple):
    """One part of a message."""

    key: Key  # what parts of one message share
    number: int  # which part it is, from 1
    total: int
    payload: bytes
    fill: int
    stamped: bool  # base_ms is its own, not the time of the feed
    ref_ms: int
    base_ms: int
    source: bytes | None
    group: bytes | None  # TAG group, where one holds it together with others


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

    def pair(self, first: Part, second: Part) -> list[Part] | None:
        """As two calls of ``take`` where that is plain: both halves of a message, and no part of it under its key."""
        key = first.key
        if key != second.key or (first.number, second.number, first.total) != (1, 2, 2):
            return None
        if second.ref_ms - first.ref_ms > EXPIRE_MS or (
            first.stamped and second.stamped and abs(second.base_ms - first.base_ms) > EXPIRE_MS
        ):
            return None
        before = self.entries.get(key)
        if before is not None:
            if not before.complete or before.parts[1].payload == first.payload:
                return None
            del self.entries[key]
        entry = self._open(key, first.ref_ms)
        entry.parts = {1: first, 2: second}
        entry.complete = True
        return [first, second]

    def take(self, part: Part) -> list[Part] | None:
        """All parts in order if this one completes its message; otherwise it is counted and None returned."""
        key = part.key
        entry = self.entries.get(key)
        if entry is not None and _apart(entry, part):
            self._close(key)
            entry = None
        if entry is None:
            entry = self._open(key, part.ref_ms)
        number = part.number
        there = entry.parts.get(number)
        if there is not None and there.payload == part.payload:
            self.counts.duplicates += 1
            return None
        if there is not None and entry.complete:
            del self.entries[key]
            entry = self._open(key, part.ref_ms)
        elif there is not None or entry.torn:
            self._tear(key, entry, part.ref_ms)
            return None
        entry.parts[number] = part
        self.counts.waiting += 1
        if len(entry.parts) < part.total:
            return None
        self.counts.waiting -= len(entry.parts)
        entry.complete = True
        return [entry.parts[n] for n in sorted(entry.parts)]

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
        if entry.torn:
            entry.torn += 1  # not for longer, or a busy key would never be free again
            return
        del self.entries[key]
        self.entries[key] = Entry(ref_ms, self.line, torn=len(entry.parts) + 1)

    def _close(self, key: Key) -> None:
        entry = self.entries.pop(key)
        lost = entry.torn + (0 if entry.complete else len(entry.parts))
        self.counts.waiting -= lost
        self.counts.expired += lost


def _apart(entry: Entry, part: Part) -> bool:
    """Whether the part's own stamp says that it belongs to another message than those there."""
    return part.stamped and any(abs(part.base_ms - p.base_ms) > EXPIRE_MS for p in entry.parts.values() if p.stamped)
