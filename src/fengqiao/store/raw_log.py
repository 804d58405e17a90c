"""The truth: every input of the watch exactly as it came, in hourly segments chained by hash.

``<root>/raw/<origin>/YYYY/MM/DD/HH.log``, one chain for each writer. A segment is one line of JSON (format, origin,
first seq, name and sha256 of the whole segment before it) and then records: a head of 12 bytes (length and CRC-32 of
the body, CRC-32 of these two) and the body. A crash tears only the end of the last segment; since the head vouches
for the length, a torn end and a damaged middle can be told apart, and only the former is ever cut off.

The hash of the segment being written stands nowhere yet: whoever keeps ``Verdict.head_sha256`` in another place
guards the end of the chain too.
"""

import hashlib
import json
import os
import struct
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, IntFlag, StrEnum
from itertools import groupby
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from fengqiao.model.errors import EnvironmentFault, InputFault
from fengqiao.model.inputs import Chunk
from fengqiao.store.lock import chain_folder, take_lock, write_fault

FORMAT = 1
HEADER_BYTES_MAX = 4_096  # a segment's first line is some 200 bytes; a file without newlines is not read whole
DATA_BYTES_MAX = 64 << 20  # the largest context, a national register, is a few MB
HOUR_MS = 3_600_000
LAST_HOUR = 70_389_527  # of the year 9999: even a clock gone wild has a path
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_HEAD = struct.Struct("<II")  # body length, crc32 of body; crc32 of these eight bytes follows
_HEAD_BYTES = _HEAD.size + 4
_BODY = struct.Struct("<QBHqHH")  # seq, kind, flags, at_ms, bytes of feed, bytes of peer; then feed, peer, data
_BODY_BYTES_MAX = _BODY.size + 2 * 0xFFFF + DATA_BYTES_MAX
_SEGMENTS = "[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]/[0-9][0-9].log"
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would make two bytes of every 0x0A


class RecordKind(IntEnum):
    START = 1  # a session of the watch began
    CHUNK = 2
    TICK = 3
    ACT = 4
    CONTEXT = 5


class ChunkFlag(IntFlag):
    WHOLE = 1
    CLOSED = 2


@dataclass(frozen=True, slots=True)
class Record:
    seq: int  # 1, 2, 3 … without a gap
    kind: RecordKind
    at_ms: int  # Unix milliseconds UTC
    feed: str
    peer: str
    flags: int  # 0..65535; of a chunk: ChunkFlag
    data: bytes


class Flaw(StrEnum):
    """Why a chain does not hold."""

    RECORD = "record"  # a record is damaged
    HEADER = "header"  # a segment's first line cannot be read or tells of another chain
    ORDER = "order"  # seq does not go on by one: something is missing, doubled or moved
    PREVIOUS = "previous"  # the segment before is not the one whose hash was taken


@dataclass(frozen=True, slots=True)
class Break:
    segment: str
    offset: int  # bytes from the start of the segment
    flaw: Flaw


@dataclass(frozen=True, slots=True)
class Verdict:
    segments: int  # that held
    records: int
    torn_bytes: int  # at the very end: what a crash left half-written, no flaw
    head_sha256: str  # of the last segment that held, as far as it goes
    broken: Break | None  # the first broken link


class RawLog:
    """The one writer of a chain. Opening it mends a torn end and goes on with seq and chain.

    EnvironmentFault: another writer has it, or the disk says no. InputFault: the last segment is damaged before its
    end, where nothing may be cut off.
    """

    def __init__(self, root: Path, origin: str = "main") -> None:
        self._chain = chain_folder(root, origin)
        self._origin = origin
        self.last_seq = 0
        self.torn_bytes = 0  # cut off at opening; nobody was told that these had been stored
        self._fd = -1
        self._unsynced_folders: list[Path] = []
        self._lock_fd = take_lock(root, self._chain)
        try:
            self._recover()
        except BaseException:
            self.close()
            raise

    def append(
        self, kind: RecordKind, at_ms: int, feed: str = "", peer: str = "", flags: int = 0, data: bytes = b""
    ) -> int:
        """Store one record and return its seq; it then survives kill -9, and after ``sync`` a loss of power.

        EnvironmentFault: nothing of it was stored. ValueError: it is larger than DATA_BYTES_MAX.
        """
        record = Record(self.last_seq + 1, kind, at_ms, feed, peer, flags, data)
        self._store([record])
        return record.seq

    def append_chunks(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """Store chunks in one write and return them with their seq.

        EnvironmentFault: none was stored or, where they span a change of hour, only those of the hours before.
        """
        out = [replace(chunk, seq=self.last_seq + n) for n, chunk in enumerate(chunks, 1)]
        for _, together in groupby(map(_record_of, out), key=lambda record: self._hour_for(record.at_ms)):
            self._store(list(together))
        return out

    def sync(self) -> None:
        """Bring all that was appended onto the disk itself: it survives a loss of power."""
        if self._fd < 0:
            return
        try:
            os.fsync(self._fd)
            for folder in self._unsynced_folders:
                _sync_folder(folder)
        except OSError as fault:
            raise write_fault(self._path, fault) from fault
        self._unsynced_folders = []

    def close(self) -> None:
        for fd in (self._fd, self._lock_fd):
            if fd >= 0:
                os.close(fd)
        self._fd = self._lock_fd = -1

    def _hour_for(self, at_ms: int) -> int:
        """The hour a record is filed under: its own, but never one before the open segment's."""
        hour = min(max(at_ms // HOUR_MS, 0), LAST_HOUR)
        return max(hour, self._hour) if self._fd >= 0 else hour

    def _store(self, records: list[Record]) -> None:
        if self._lock_fd < 0:
            raise ValueError("the raw log is closed")
        data = b"".join(map(_encode, records))
        hour = self._hour_for(records[0].at_ms)
        if self._fd < 0 or hour != self._hour:
            self._begin_segment(hour, records[0].seq)
        self._write(data)
        self.last_seq = records[-1].seq

    def _write(self, data: bytes) -> None:
        """All of ``data`` or nothing."""
        try:
            if os.fstat(self._fd).st_size != self._size:  # what an earlier failure could not take back
                os.ftruncate(self._fd, self._size)
            _write_all(self._fd, data)
        except OSError as fault:
            with suppress(OSError):  # tried again before the next write, and by whoever opens the log next
                os.ftruncate(self._fd, self._size)
            raise write_fault(self._path, fault) from fault
        self._size += len(data)
        self._digest.update(data)

    def _begin_segment(self, hour: int, first_seq: int) -> None:
        """Begin the segment of ``hour`` and part with the open one; if that fails the open one stays."""
        path = self._chain / f"{EPOCH + timedelta(hours=hour):%Y/%m/%d/%H}.log"
        try:
            if self._fd >= 0:
                os.fsync(self._fd)  # its hash is about to be vouched for
                before = _name(self._path, self._chain), self._digest.hexdigest()
            else:
                before = "", ""
            line = _Header(FORMAT, self._origin, first_seq, *before).line()
            fd = _create(path, line)
        except OSError as fault:
            raise write_fault(path, fault) from fault
        if self._fd >= 0:
            os.close(self._fd)
        self._stand(fd, path, hour, hashlib.sha256(line), len(line))

    def _recover(self) -> None:
        """Find the last segment, cut off what a crash tore from it, and stand at its end."""
        while paths := _segment_paths(self._chain):
            segment = _Segment(paths[-1], self._chain)
            try:
                if segment.header is None:  # killed before its first line was whole: no record can be in it
                    self.torn_bytes += segment.path.stat().st_size
                    segment.path.unlink()
                    continue
                return self._resume(segment, segment.header)
            except OSError as fault:
                raise write_fault(segment.path, fault) from fault

    def _resume(self, segment: "_Segment", header: "_Header") -> None:
        self.last_seq = header.first_seq - 1
        for record in segment.records():
            self.last_seq = record.seq
        fd = os.open(segment.path, os.O_WRONLY | os.O_APPEND | _BINARY)
        self._stand(fd, segment.path, segment.hour(), segment.digest, segment.end)
        self.torn_bytes += os.fstat(fd).st_size - segment.end
        os.ftruncate(fd, segment.end)

    def _stand(self, fd: int, path: Path, hour: int, digest: "hashlib._Hash", size: int) -> None:
        self._fd, self._path, self._hour, self._digest, self._size = fd, path, hour, digest, size
        self._unsynced_folders = list(path.parents[:6])  # day, month, year, origin, raw, root: any may be new


def read(root: Path, origin: str = "main", after_seq: int = 0) -> Iterator[Record]:
    """Records after ``after_seq`` in order, also beside a writer; stops cleanly at a torn end.

    InputFault names the segment and the offset where a record is damaged or missing.
    """
    chain = chain_folder(root, origin)
    paths = _segment_paths(chain)
    begin = max(bisect_right(paths, after_seq + 1, key=lambda path: _first_seq(path, chain)) - 1, 0)
    expected = None
    for path in paths[begin:]:
        segment = _Segment(path, chain)
        for record in segment.records(expected, may_be_torn=path is paths[-1]):
            if record.seq > after_seq:
                yield record
        expected = segment.next_seq


def chunk_of(record: Record) -> Chunk:
    """The chunk that a record of kind CHUNK keeps."""
    flags = ChunkFlag(record.flags)
    whole, closed = ChunkFlag.WHOLE in flags, ChunkFlag.CLOSED in flags
    return Chunk(record.feed, record.peer, record.at_ms, record.data, whole, closed, record.seq)


def verify(root: Path, origin: str = "main") -> Verdict:
    """Read everything and recompute the chain up to its first broken link."""
    chain = chain_folder(root, origin)
    paths = _segment_paths(chain)
    segments = records = torn_bytes = 0
    name = sha256 = ""
    expected = 1
    for path in paths:
        try:
            segment = _Segment(path, chain)
            segment.follow(name, sha256)
            records += sum(1 for _ in segment.records(expected, may_be_torn=path is paths[-1]))
        except InputFault as fault:
            return Verdict(segments, records, torn_bytes, sha256, Break(**fault.facts))
        torn_bytes += segment.torn_bytes
        if segment.header:
            segments += 1
            name, sha256, expected = _name(path, chain), segment.digest.hexdigest(), segment.next_seq
    return Verdict(segments, records, torn_bytes, sha256, None)


# --- one segment ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    format: int
    origin: str
    first_seq: int
    previous: str  # name of the segment before, "" for the first of the chain
    previous_sha256: str

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


class _Segment:
    """One reading of a segment: ``end`` and ``digest`` cover the whole records met so far."""

    def __init__(self, path: Path, chain: Path) -> None:
        """Read the first line. InputFault if it is damaged; ``header`` is None if it was torn off."""
        self.path = path
        self.torn_bytes = 0
        self._origin = chain.name
        with _reading(path), path.open("rb") as file:
            line = file.readline(HEADER_BYTES_MAX)
        self.header = self._header(line)
        self.next_seq = self.header.first_seq if self.header else 0
        self.end = len(line) if self.header else 0
        self.digest = hashlib.sha256(line)

    def hour(self) -> int:
        try:
            at = datetime.strptime("/".join(self.path.with_suffix("").parts[-4:]), "%Y/%m/%d/%H")
        except ValueError:
            raise self._damaged(Flaw.HEADER) from None
        return (at.replace(tzinfo=UTC) - EPOCH) // timedelta(hours=1)

    def follow(self, name: str, sha256: str) -> None:
        """InputFault if this segment does not go on from that one."""
        if self.header and (self.header.previous, self.header.previous_sha256) != (name, sha256):
            raise self._damaged(Flaw.PREVIOUS, 0)

    def records(self, expected: int | None = None, may_be_torn: bool = True) -> Iterator[Record]:
        """The records; the first has seq ``expected``, if given, and each the next.

        InputFault at the first that is damaged or out of order, and for a torn end where there may not be one.
        """
        if self.header is None and may_be_torn:
            self.torn_bytes = self.path.stat().st_size
            return
        if self.header is None:
            raise self._damaged(Flaw.HEADER)
        if expected not in (None, self.next_seq):
            raise self._damaged(Flaw.ORDER, 0)
        with _reading(self.path), self.path.open("rb") as file:
            file.seek(self.end)
            while raw := self._next(file):
                record = self._record(raw[_HEAD_BYTES:])
                self.end += len(raw)
                self.next_seq = record.seq + 1
                self.digest.update(raw)
                yield record
        if self.torn_bytes and not may_be_torn:
            raise self._damaged(Flaw.RECORD)

    def _header(self, line: bytes) -> _Header | None:
        if not line.endswith(b"\n") and _looks_torn(line):
            return None
        try:
            header = _Header(**json.loads(line))
        except (ValueError, TypeError, RecursionError):
            raise self._damaged(Flaw.HEADER, 0) from None
        if (header.format, header.origin) != (FORMAT, self._origin) or type(header.first_seq) is not int:
            raise self._damaged(Flaw.HEADER, 0)
        return header

    def _next(self, file: BinaryIO) -> bytes:
        """Head and body of the next record as they stand; empty at the end, be it clean or torn."""
        head = file.read(_HEAD_BYTES)
        if len(head) < _HEAD_BYTES:
            return self._torn(len(head))
        length, crc = _HEAD.unpack_from(head)
        if head[_HEAD.size :] != _crc(head[: _HEAD.size]) or length > _BODY_BYTES_MAX:
            if not any(head) and not (rest := file.read(_BODY_BYTES_MAX)).strip(b"\0"):
                return self._torn(len(head) + len(rest))  # a loss of power: the file had grown, its bytes had not come
            raise self._damaged(Flaw.RECORD)
        body = file.read(length)
        if len(body) == length and crc32(body) == crc:
            return head + body
        if file.read(1):
            raise self._damaged(Flaw.RECORD)
        return self._torn(len(head) + len(body))

    def _torn(self, size: int) -> bytes:
        self.torn_bytes = size
        return b""

    def _record(self, body: bytes) -> Record:
        try:
            record = _decode(body)
        except (ValueError, struct.error):
            raise self._damaged(Flaw.RECORD) from None
        if record.seq != self.next_seq:
            raise self._damaged(Flaw.ORDER)
        return record

    def _damaged(self, flaw: Flaw, offset: int | None = None) -> InputFault:
        at = self.end if offset is None else offset
        return InputFault("raw_log_damaged", segment=str(self.path), offset=at, flaw=flaw)


def _looks_torn(line: bytes) -> bool:
    """Whether a first line without its end is one that a crash cut short, not one that was damaged later."""
    begun = line.isascii() and line.decode().isprintable() and len(line) < HEADER_BYTES_MAX
    return begun or not line.strip(b"\0")


def _first_seq(path: Path, chain: Path) -> int:
    header = _Segment(path, chain).header
    return header.first_seq if header else sys.maxsize


def _encode(record: Record) -> bytes:
    if len(record.data) > DATA_BYTES_MAX:
        raise ValueError(f"a record of {len(record.data)} bytes")
    feed, peer = _to_bytes(record.feed), _to_bytes(record.peer)
    start = _BODY.pack(record.seq, record.kind, record.flags, record.at_ms, len(feed), len(peer))
    body = b"".join((start, feed, peer, record.data))
    head = _HEAD.pack(len(body), crc32(body))
    return head + _crc(head) + body


def _decode(body: bytes) -> Record:
    """ValueError, struct.error: this is no record."""
    seq, kind, flags, at_ms, feed_bytes, peer_bytes = _BODY.unpack_from(body)
    peer_at = _BODY.size + feed_bytes
    data_at = peer_at + peer_bytes
    if data_at > len(body):
        raise ValueError("names longer than the record")
    feed, peer = _to_text(body[_BODY.size : peer_at]), _to_text(body[peer_at:data_at])
    return Record(seq, RecordKind(kind), at_ms, feed, peer, flags, body[data_at:])


def _record_of(chunk: Chunk) -> Record:
    flags = ChunkFlag.WHOLE * chunk.whole | ChunkFlag.CLOSED * chunk.closed
    return Record(chunk.seq, RecordKind.CHUNK, chunk.received_ms, chunk.feed, chunk.peer, flags, chunk.data)


def _crc(data: bytes) -> bytes:
    return crc32(data).to_bytes(4, "little")


def _to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a file's name need not be proper Unicode


def _to_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


# --- files ---------------------------------------------------------------------------------------------------------


def _segment_paths(chain: Path) -> list[Path]:
    """In the order of the chain: a segment's hour is always later than that of the one before."""
    return sorted(chain.glob(_SEGMENTS))


def _name(path: Path, chain: Path) -> str:
    return path.relative_to(chain).as_posix()


def _create(path: Path, line: bytes) -> int:
    """A new segment with its first line, open for appending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, 0o644)
    try:
        _write_all(fd, line)
    except OSError:
        os.close(fd)
        with suppress(OSError):  # what remains is found torn when the log is next opened
            path.unlink()
        raise
    return fd


def _write_all(fd: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # where a folder cannot be synced, nor need be
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise EnvironmentFault("raw_log_read", path=str(path), reason=fault.strerror or str(fault)) from fault
