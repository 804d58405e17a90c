"""``file:PATH``: a recording, plain or packed, played at its own times or, where it has none, at its byte pace."""

import gzip
import heapq
import math
import re
import threading
import time
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import zstandard

from fengqiao.feeds.feed import CLOCK, READ_BYTES, NowMs, Put, because, name_apart, options
from fengqiao.model.errors import EnvironmentFault, InputFault
from fengqiao.model.inputs import Chunk, Clock

BYTE_PACE = 3_840  # bytes a second of an AIS receiver's serial line: IEC 61162-2, 38,400 baud, ten bits a byte
UNTIMED_START_MS = 946_684_800_000  # 2000-01-01T00:00:00Z: plainly not the day of any recording
LINE_BYTES_MAX = 65_536  # a file without newlines must not grow our memory
SNIFF_LINES = 5_000  # some seconds of the largest feeds: a receiver says the time once a second
SNIFF_BYTES = 1 << 20
STAMPS_MIN = 8  # so many stamps among the lines sniffed make a file timed; one forged stamp must not
STAMP_SHARE_MIN = 0.25  # or, in a short file, this share: some loggers write one time line for three sentences
CLOCK_LINES_MIN = 2  # RMC or ZDA lines that agree make a file timed: each speaks for all lines behind it
CENTURY = 2000  # an RMC says two digits of its year
JUMP_MS = 600_000  # a step ahead longer than ten minutes is believed only
JUMP_LINES = 8  # when so many stamps in a row say so
ZSTD_FEED_BYTES = 1_024  # 4 bytes of zstd may hold a 128 kB block: so much input makes 32 MB at the very most
ZIP_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # unpacked a bounded piece at a time; bzip2 and lzma are not
ZSTD_WINDOW_BYTES_MAX = 128 << 20  # what `zstd --long` and `--ultra -22` may need to unpack


class FileFeed:
    live = False
    lossy = False

    def __init__(self, path: Path, clock: Clock, speed: float, start_ms: int | None) -> None:
        """Looks into the file; InputFault or EnvironmentFault if it cannot be played."""
        self.path = path
        self.name = f"file:{path.name}"
        self.speed = speed
        self._start_ms = UNTIMED_START_MS if start_ms is None else start_ms
        first_ms = _sniff(path)
        self._first_ms = first_ms if start_ms is None else None
        self.untimed = self._first_ms is None
        self.clock = Clock.RECEIVER if self.untimed else clock

    @property
    def begins_ms(self) -> int:
        """When it begins: by its own stamps, or as was said."""
        return self._start_ms if self._first_ms is None else self._first_ms

    @property
    def packed(self) -> bool:
        """Whether its content is other bytes than those of the file."""
        with self.path.open("rb") as raw:
            return _unpacker(self.path, raw) in (_gunzip, _unzstd, _unzip)

    def chunks(self) -> Iterator[Chunk]:
        """The whole recording as fast as it can be read, then one empty chunk that closes it.

        ``received_ms`` never goes back. The data joined is the unpacked file, byte for byte. InputFault where a
        packed file is damaged, after what could be read before that place.
        """
        parts = _at_byte_pace if self._first_ms is None else _at_stamps
        at_ms = start_ms = self.begins_ms
        for at_ms, data in parts(_lines(blocks(self.path)), start_ms):
            yield Chunk(self.name, "", at_ms, data)
        yield Chunk(self.name, "", at_ms, b"", closed=True)

    def run(self, put: Put, stop: threading.Event, _now_ms: NowMs) -> None:
        began_s, first_ms = time.monotonic(), None
        for chunk in self.chunks():
            first_ms = chunk.received_ms if first_ms is None else first_ms
            due_s = (chunk.received_ms - first_ms) / 1000 / self.speed if self.speed else 0.0
            if stop.wait(min(max(0.0, began_s + due_s - time.monotonic()), threading.TIMEOUT_MAX)):
                return
            put(chunk)

    def close(self) -> None:
        """Nothing is open between reads."""


def merge_by_time(feeds: Sequence[FileFeed]) -> Iterator[Chunk]:
    """Several recordings as one, by time; at the same time in the order given. Names are told apart first."""
    name_apart(feeds)
    return heapq.merge(*(feed.chunks() for feed in feeds), key=lambda chunk: chunk.received_ms)


def parse(url: str, rest: str) -> FileFeed:
    """``file:PATH[?speed=10][&start=2026-01-01T00:00:00Z][&clock=receiver]``, or the path alone.

    ``speed`` is how many times faster than it happened, 0 as fast as it can be read. ``start`` says when the first
    byte was received: it plays the file at its byte pace whatever stamps it bears.
    """
    path, _, query = rest.rpartition("?") if "?" in rest and not _exists(rest) else (rest, "", "")
    chosen = options(url, query, FILE_OPTIONS)
    path = path[2:] if url.startswith("file://") else path
    return FileFeed(Path(path), chosen.get("clock", Clock.SOURCE), chosen.get("speed", 1.0), chosen.get("start"))


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 <= speed < math.inf:
        raise ValueError(text)
    return speed


def _instant_ms(text: str) -> int:
    at = datetime.fromisoformat(text)
    return _unix_ms(at if at.tzinfo else at.replace(tzinfo=UTC))


FILE_OPTIONS: Mapping[str, Callable[[str], Any]] = {**CLOCK, "speed": _speed, "start": _instant_ms}


# --- bytes ---------------------------------------------------------------------------------------------------------


# What is damaged, of another kind or locked with a password, or has a name in no spelling.
ZIP_FAULTS = (zipfile.BadZipFile, RuntimeError, UnicodeDecodeError)


def blocks(path: Path) -> Iterator[bytes]:
    """The unpacked file, a bounded piece at a time.

    EnvironmentFault: it cannot be read. InputFault: it is no plain file, is empty, is a damaged archive, or a zip of
    several files.
    """
    out = 0
    try:
        _be_plain(path)
        with path.open("rb") as raw:
            for block in _unpacker(path, raw)(raw):
                out += len(block)
                yield block
    except FileNotFoundError as fault:
        raise InputFault("feed_missing", path=str(path)) from fault
    except (gzip.BadGzipFile, EOFError, zlib.error, zstandard.ZstdError, *ZIP_FAULTS) as fault:
        raise InputFault("feed_archive", path=str(path), offset=out, reason=because(fault)) from fault
    except (OSError, ValueError) as fault:  # ValueError: a NUL in the path
        raise EnvironmentFault("feed_unreadable", path=str(path), reason=because(fault)) from fault
    if not out:
        raise InputFault("feed_empty", path=str(path))


def _be_plain(path: Path) -> None:
    if path.is_dir():
        raise InputFault("feed_directory", path=str(path))
    if path.exists() and not path.is_file():
        raise InputFault("feed_not_plain", path=str(path))


def _unpacker(path: Path, raw: BinaryIO) -> Callable[[BinaryIO], Iterator[bytes]]:
    """By the first bytes, so that a misnamed file still reads; a name that promises an archive must hold one."""
    head = raw.read(4)
    raw.seek(0)
    if head[:2] == b"\x1f\x8b" or (head and path.suffix == ".gz"):
        return _gunzip
    if head == b"\x28\xb5\x2f\xfd" or (head and path.suffix == ".zst"):
        return _unzstd
    if head == b"PK\x03\x04" or (head and path.suffix == ".zip"):
        return _unzip
    return lambda plain: iter(lambda: plain.read(READ_BYTES), b"")


def _gunzip(raw: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=raw) as packed:
        yield from iter(lambda: packed.read(READ_BYTES), b"")


def _unzstd(raw: BinaryIO) -> Iterator[bytes]:
    """Frame after frame; zstandard's own readers would take a file cut short for a whole one."""
    frames = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES_MAX)
    frame = frames.decompressobj()
    for data in iter(lambda: raw.read(ZSTD_FEED_BYTES), b""):
        while data:
            if frame.eof:
                frame = frames.decompressobj()
            yield frame.decompress(data)
            data = frame.unused_data
    if not frame.eof:
        raise EOFError("the last frame is cut short")


def _unzip(raw: BinaryIO) -> Iterator[bytes]:
    """The one file inside; folders and what a Mac hides beside it do not count."""
    with zipfile.ZipFile(raw) as packed:
        inside = [m for m in packed.infolist() if not m.is_dir() and not re.match(r"__MACOSX/|(.*/)?\.", m.filename)]
        if len(inside) > 1:
            raise InputFault("feed_zip_several", path=raw.name, n=len(inside), first=inside[0].filename)
        for member in inside:
            if member.compress_type not in ZIP_KINDS:
                raise zipfile.BadZipFile(f"compression method {member.compress_type}")
            with packed.open(member) as whole:
                yield from iter(lambda: whole.read(READ_BYTES), b"")


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their ends, cut at LINE_BYTES_MAX; joined they are the input again."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield from _slices(line + b"\n", LINE_BYTES_MAX)
        if len(rest) > LINE_BYTES_MAX:
            *full, rest = _slices(rest, LINE_BYTES_MAX)
            yield from full
    if rest:
        yield rest


def _slices(data: bytes, size: int) -> Sequence[bytes]:
    if len(data) <= size:
        return (data,)
    return [data[start : start + size] for start in range(0, len(data), size)]


# --- time ----------------------------------------------------------------------------------------------------------

_DATE = re.compile(
    rb"\s*([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})[ T]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,6}))?"
    rb"(Z|[+-][0-9]{2}:?[0-9]{2})?(?=[\s,;!$\\])"
)
_TAG = re.compile(rb"\\(?:[^\\*]{0,256},)?c:([0-9]{1,13})[,*\\]")
_PGHP = re.compile(
    rb"\$PGHP,1,([0-9]{4}),([0-9]{1,2}),([0-9]{1,2}),([0-9]{1,2}),([0-9]{1,2}),([0-9]{1,2}),([0-9]{1,3}),"
)
_GNSS = re.compile(
    rb"\$[^,*]{2}(?:"
    rb"RMC,([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{0,6}))?,A,(?:[^,*]{0,16},){6}([0-9]{2})([0-9]{2})([0-7][0-9])[,*]"
    rb"|ZDA,([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{0,6}))?,([0-9]{1,2}),([0-9]{1,2}),([0-9]{4})[,*])"
)
_EPOCH = re.compile(rb"\s*([0-9]{10}|[0-9]{13})(?:\.([0-9]{1,6}))?(?=[\s,;:!$\\])")
_SUFFIX = re.compile(rb"\*[0-9A-Fa-f]{2},(?:[^,]{0,64},){0,8}([0-9]{10})\s*$")  # US Coast Guard: after the checksum
_RXUXTIME = re.compile(rb'\{.*"rxuxtime"\s*:\s*"?([0-9]{10})(?:\.([0-9]{1,6}))?')  # JSON of AIS-catcher
_RXTIME = re.compile(rb'\{.*"rxtime"\s*:\s*"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})"')
_SECONDS_MAX = 100_000_000_000  # a larger number counts milliseconds


def stamp_ms(line: bytes) -> int | None:
    """The time a line bears, for pacing only: whether to believe it is for ``ais`` to say.

    TAG block ``c:`` in seconds or milliseconds, ``$PGHP``, a date or Unix time in front, a Unix time at the end, the
    time of AIS-catcher's JSON; or ``$--RMC`` with a fix or ``$--ZDA``, which speak for the lines behind them.
    """
    own_ms = _own_ms(line)
    return _gnss_ms(line) if own_ms is None else own_ms


def _own_ms(line: bytes) -> int | None:
    if found := _TAG.search(line):
        return _epoch_ms(found[1], None)
    if found := _DATE.match(line):
        return _date_ms(found)
    if found := _PGHP.search(line):
        return _fields_ms([int(part) for part in found.groups()], None)
    if found := _EPOCH.match(line):
        return _epoch_ms(found[1], found[2])
    if found := _SUFFIX.search(line):
        return _epoch_ms(found[1], None)
    if found := _RXUXTIME.match(line):
        return _epoch_ms(found[1], found[2])
    if found := _RXTIME.match(line):
        return _fields_ms([*(int(part) for part in found.groups()), 0], None)
    return None


def _gnss_ms(line: bytes) -> int | None:
    found = _GNSS.search(line)
    if not found:
        return None
    rmc, zda = found.groups()[:7], found.groups()[7:]
    hour, minute, second, fraction, day, month, year = rmc if rmc[0] else zda
    parts = [int(part) for part in (year, month, day, hour, minute, second)]
    return _fields_ms([parts[0] + (CENTURY if rmc[0] else 0), *parts[1:], _milli(fraction)], None)


def _epoch_ms(digits: bytes, fraction: bytes | None) -> int:
    number = int(digits)
    return number if number >= _SECONDS_MAX else number * 1000 + _milli(fraction)


def _milli(fraction: bytes | None) -> int:
    return int((fraction or b"0").ljust(3, b"0")[:3])


def _date_ms(found: re.Match[bytes]) -> int | None:
    *parts, fraction, zone = found.groups()
    return _fields_ms([*(int(part) for part in parts), _milli(fraction)], zone)


def _fields_ms(fields: list[int], zone: bytes | None) -> int | None:
    """Year, month, day, hour, minute, second, millisecond; None where there is no such time."""
    *to_second, milli = fields
    try:
        at = datetime.fromisoformat("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*to_second) + (zone or b"Z").decode())
    except ValueError:
        return None
    return _unix_ms(at) + milli


def _unix_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _sniff(path: Path) -> int | None:
    """When a recording begins by its own stamps, or None if it has too few to be paced by.

    The middle of the first stamps is believed, and the earliest near it: a forged one can only be an outlier.
    Where sentences have none of their own, the clock lines of a receiver do.
    """
    lines = stamped = 0
    own: list[int] = []
    clock: list[int] = []
    for line in islice(_lines(_head(path)), SNIFF_LINES):
        lines += bool(line.strip())
        own_ms = _own_ms(line)
        if own_ms is not None:
            stamped += 1
            own = [*own, own_ms][:JUMP_LINES]
        elif len(clock) < JUMP_LINES and (at_ms := _gnss_ms(line)) is not None:
            clock.append(at_ms)
    if stamped and (stamped >= STAMPS_MIN or stamped >= lines * STAMP_SHARE_MIN):
        return _beginning(own)[0]
    begins_ms, agreed = _beginning(clock) if clock else (0, 0)
    return begins_ms if agreed >= CLOCK_LINES_MIN else None


def _beginning(first: Sequence[int]) -> tuple[int, int]:
    """The earliest of those near the middle, and how many are near it."""
    middle = sorted(first)[(len(first) - 1) // 2]
    near = [at_ms for at_ms in first if abs(at_ms - middle) <= JUMP_MS]
    return min(near), len(near)


def _head(path: Path) -> Iterator[bytes]:
    """The first blocks; of a damaged archive those before the damage, which is for the reading to meet."""
    read = 0
    try:
        for block in blocks(path):
            yield block
            read += len(block)
            if read >= SNIFF_BYTES:
                return
    except InputFault:
        if not read:
            raise


class _Playhead:
    """How far a recording has come: never back, and far ahead only when several stamps in a row agree."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms
        self._ahead: deque[int] = deque(maxlen=JUMP_LINES)

    def hear(self, stamp: int) -> int:
        if stamp - self.at_ms <= JUMP_MS:
            self._ahead.clear()
            self.at_ms = max(self.at_ms, stamp)
            return self.at_ms
        self._ahead.append(stamp)
        if len(self._ahead) == JUMP_LINES:
            self.at_ms = min(self._ahead)
        return self.at_ms


def _at_stamps(lines: Iterable[bytes], first_ms: int) -> Iterator[tuple[int, bytes]]:
    """Lines of one second at most together, under the latest stamp heard by their end."""
    playhead = _Playhead(first_ms)
    held: list[bytes] = []
    size, held_ms = 0, first_ms
    for line in lines:
        stamp = stamp_ms(line)
        at_ms = playhead.at_ms if stamp is None else playhead.hear(stamp)
        if held and (at_ms // 1000 != held_ms // 1000 or size + len(line) > LINE_BYTES_MAX):
            yield held_ms, b"".join(held)
            held, size = [], 0
        held.append(line)
        size += len(line)
        held_ms = at_ms
    if held:
        yield held_ms, b"".join(held)


def _at_byte_pace(lines: Iterable[bytes], start_ms: int) -> Iterator[tuple[int, bytes]]:
    """Lines of one second at most together, under the time their last byte would have come in."""
    held, offset = b"", 0
    for piece in chain.from_iterable(_slices(line, BYTE_PACE) for line in lines):
        if held and len(held) + len(piece) > BYTE_PACE:
            yield start_ms + offset * 1000 // BYTE_PACE, held
            held = b""
        held += piece
        offset += len(piece)
    if held:
        yield start_ms + offset * 1000 // BYTE_PACE, held
