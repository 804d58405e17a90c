"""Recordings from elsewhere into the archive: fast, once, and on from where it was broken off.

No watch is kept over them: a year of a station is read over lunch. What a file brings is kept as a run of its own,
named by the beginning of its content, so the same recording under another name or packed is the same run; of a file
that has grown only the new part is read.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fengqiao import __version__
from fengqiao.ais import Decoder, Tables, shape_of
from fengqiao.app.decoding import open_recording
from fengqiao.feeds.clock import now_ms
from fengqiao.feeds.file import FileFeed, blocks
from fengqiao.fleet.said import Identities
from fengqiao.model.errors import EnvironmentFault, FengqiaoError, InputFault
from fengqiao.model.health import SentenceCounts
from fengqiao.model.inputs import Chunk
from fengqiao.model.reports import Positions, ReportBatch
from fengqiao.store import checkpoint
from fengqiao.store.archive import write_days
from fengqiao.store.database import Store, open_store
from fengqiao.store.durable import replace_file
from fengqiao.store.lock import take_lock
from fengqiao.store.tables import RunKind

BLOCK_BYTES = 1 << 21  # read and decoded at once: each call costs a millisecond, and larger blocks leave the cache
SAVE_BYTES = 48 << 20  # of content between two savings: a million sentences, some hundred megabytes of memory
HEAD_BYTES = 4096  # of the beginning of the content that name the run, and that hold the header of a table
RUN_DIGITS = 12
ALIKE_MAX = 100  # contents that begin alike
AHEAD_MS = 24 * 3_600_000  # a table read in the wrong zone, or our clock, may be so far off
LEDGER = "import.json"  # in the folder of a run: how much of which content is in the archive


@dataclass(slots=True)
class Imported:
    """What one file brought. ``before_bytes`` of its content had been read by an earlier call."""

    file: str
    run_id: str
    content_bytes: int = 0
    before_bytes: int = 0
    positions: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    counts: SentenceCounts = field(default_factory=SentenceCounts)
    clocks: dict[str, int] = field(default_factory=dict)  # sentences by what said their time; empty for tables
    beijing: bool = False  # times without a zone were read as Beijing's

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "counts": self.counts.as_json()}


Progress = Callable[[Imported, int | None], None]  # with the size of the whole content, where it is known


class Reader(Protocol):
    """Blocks of content into reports. Plain data, so that it can be kept and go on."""

    counts: SentenceCounts
    feeds: tuple[str, ...]

    def decode(self, chunks: Sequence[Chunk]) -> ReportBatch: ...

    def flush(self) -> ReportBatch: ...


def import_file(file: str, folder: Path, progress: Progress | None = None, lang: str = "zh") -> Imported:
    """Read one recording or table into the archive under ``folder``.

    InputFault where it cannot be read or says no time, EnvironmentFault "import_busy" while another call reads it.
    What was read before a fault, a kill or a full disk is kept, and the next call goes on there.
    """
    feed = open_recording(file)
    with open_store(folder) as store:
        run_id, content, ledger = _place(feed, folder)
        where = folder / "runs" / run_id
        with alone(where, str(feed.path)):
            if Ledger.of(where) == ledger:  # nobody read into it since we looked
                done = Imported(str(feed.path), run_id, content.at, content.at)
                if not ledger.complete or not content.ended:
                    _Importing(feed, content, ledger, where, store, done, progress, lang).run()
                return done
    return import_file(file, folder, progress, lang)


@dataclass(slots=True)
class Ledger:
    """How much of a content is in the archive: bytes from its beginning, their digest, whether it ended there."""

    read: int = 0
    sha256: str = hashlib.sha256().hexdigest()
    complete: bool = False
    ends: dict[str, str] = field(default_factory=dict)  # where earlier files of this content ended: bytes -> digest

    @classmethod
    def of(cls, folder: Path) -> "Ledger":
        """What stands in the folder of a run; an empty one where nothing does, or nothing that can be read."""
        try:
            return cls(**json.loads((folder / LEDGER).read_bytes()))
        except (OSError, ValueError, TypeError):
            return cls()

    def save(self, folder: Path) -> None:
        replace_file(folder / LEDGER, json.dumps(asdict(self)).encode())


class Content:
    """The unpacked content of a file, read once from its beginning, with its digest. Of a damaged one what is whole."""

    def __init__(self, path: Path) -> None:
        self._blocks = filter(None, blocks(path))  # zstd: a thousand bytes may bring nothing yet, and are not the end
        self._rest = b""
        self._digest = hashlib.sha256()
        self._fault: FengqiaoError | None = None  # which ended it; raised once all before it is read
        self.at = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def ended(self) -> bool:
        self._fill(1)
        return not self._rest

    def head(self) -> bytes:
        """The beginning of what was not read yet; it stays unread."""
        self._fill(HEAD_BYTES)
        return self._rest[:HEAD_BYTES]

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end."""
        self._fill(size)
        data, self._rest = self._rest[:size], self._rest[size:]
        self._digest.update(data)
        self.at += len(data)
        return data

    def _fill(self, size: int) -> None:
        held, length = [self._rest], len(self._rest)
        try:
            while length < size and (block := next(self._blocks, b"")):
                held.append(block)
                length += len(block)
        except FengqiaoError as fault:
            self._fault = fault
        self._rest = b"".join(held)
        if self._fault is not None and not self._rest:
            raise self._fault


def _place(feed: FileFeed, folder: Path) -> tuple[str, Content, Ledger]:
    """The run of this content, the content as far as that run has read it, and its ledger."""
    name = f"{RunKind.IMPORT}-{hashlib.sha256(Content(feed.path).head()).hexdigest()[:RUN_DIGITS]}"
    for number in range(1, ALIKE_MAX):
        run_id = name if number == 1 else f"{name}-{number}"
        content, ledger = Content(feed.path), Ledger.of(folder / "runs" / run_id)
        while content.at < ledger.read and not content.ended:
            content.take(min(BLOCK_BYTES, ledger.read - content.at))
        if content.sha256 == ledger.sha256 or (content.ended and ledger.ends.get(str(content.at)) == content.sha256):
            return run_id, content, ledger
    raise InputFault("import_alike", file=str(feed.path), most=ALIKE_MAX)


@contextmanager
def alone(folder: Path, file: str) -> Iterator[None]:
    """Nobody else reads into this run meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = take_lock(folder, folder)
    except EnvironmentFault as fault:
        if fault.message != "error.watch_running":
            raise
        raise EnvironmentFault("import_busy", file=file, folder=str(folder)) from fault
    try:
        yield
    finally:
        os.close(handle)


@dataclass(slots=True)
class _Importing:
    feed: FileFeed
    content: Content
    ledger: Ledger
    folder: Path
    store: Store
    done: Imported
    progress: Progress | None
    lang: str
    unsaved: list[Positions] = field(default_factory=list)
    said: Identities = field(default_factory=Identities)

    def run(self) -> None:
        reader = self._reader()
        self.done.counts = reader.counts
        saved = self.content.at
        total = None if self.feed.packed else self.feed.path.stat().st_size
        chunks = self._chunks(reader.feeds[0])
        while (chunk := self._next(chunks, reader)) is not None:
            self._keep(reader.decode([chunk]))
            if self.feed.untimed and isinstance(reader, Decoder) and reader.counts.used:
                raise InputFault("import_untimed", file=str(self.feed.path))
            self.done.content_bytes = self.content.at
            if self.progress is not None:
                self.progress(self.done, total)
            if self.content.at - saved >= SAVE_BYTES:
                self._save(reader, complete=False)
                saved = self.content.at
        self._keep(reader.flush())
        if isinstance(reader, Decoder):
            self.done.clocks = reader.clocks[reader.feeds[0]]
        self.done.beijing = isinstance(reader, Tables) and reader.local
        if not reader.counts.used:
            raise InputFault("import_nothing", file=str(self.feed.path), lines=reader.counts.came_in)
        self._save(reader, complete=True)

    def _reader(self) -> Reader:
        """The one that read so far, or a new one at the beginning."""
        until_ms = now_ms() + AHEAD_MS
        if self.content.at:
            kept = checkpoint.load(self.folder)
            if kept.seq == self.content.at and kept.state is not None:
                reader: Reader = kept.state
                if isinstance(reader, Tables):
                    reader.until_ms = until_ms
                return reader
            self.content = Content(self.feed.path)  # what it was is lost: the same is written again
            self.done.content_bytes = self.done.before_bytes = 0
        shape = shape_of(self.content.head())
        if shape is not None:
            return Tables(self.feed.name, shape, self.content.head(), until_ms)
        return Decoder({self.feed.name: self.feed.clock})

    def _chunks(self, feed: str) -> Iterator[Chunk]:
        """Under the name by which the reader knows its feed: the file may have another by now."""
        while data := self.content.take(BLOCK_BYTES):
            yield Chunk(feed, "", self.feed.begins_ms, data, seq=self.content.at - len(data))

    def _next(self, chunks: Iterator[Chunk], reader: Reader) -> Chunk | None:
        """The next block; what stands before damage is good and is kept, so that a whole file goes on there."""
        try:
            return next(chunks, None)
        except FengqiaoError:
            if self.unsaved:
                self._save(reader, complete=False)
            raise

    def _keep(self, batch: ReportBatch) -> None:
        self.said.add(batch.statics)
        if len(batch.positions):
            self.unsaved.append(batch.positions)

    def _save(self, reader: Reader, *, complete: bool) -> None:
        """Everything read so far, before the ledger says so."""
        basis = {"code": __version__, "file": self.feed.path.name}
        self.store.begin_run(self.done.run_id, RunKind.IMPORT, now_ms(), basis, self.lang)
        positions = Positions.join(self.unsaved)
        self.unsaved.clear()
        if len(positions):
            self.done.positions += len(positions)
            first, last = int(positions.fix_ms.min()), int(positions.fix_ms.max())
            self.done.first_ms = min(self.done.first_ms or first, first)
            self.done.last_ms = max(self.done.last_ms or last, last)
            self.store.save_segments(write_days(self.folder, self.done.run_id, positions, reader.feeds))
        self.store.save_said(self.done.run_id, self.said.take())
        checkpoint.save(self.folder, self.content.at, reader)
        if complete:
            self.ledger.ends[str(self.content.at)] = self.content.sha256
        self.ledger.read, self.ledger.sha256, self.ledger.complete = self.content.at, self.content.sha256, complete
        self.ledger.save(self.folder)
