"""The truth survives: torn ends, tampering, kill -9, a full disk, a second writer."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.model.errors import EnvironmentFault, InputFault
from fengqiao.model.inputs import Chunk
from fengqiao.store.raw_log import (
    DATA_BYTES_MAX,
    HOUR_MS,
    Flaw,
    RawLog,
    Record,
    RecordKind,
    chunk_of,
    read,
    verify,
)

T0 = 1_769_990_400_000  # 2026-02-02T00:00:00Z
FEW = settings(max_examples=60, deadline=None)
WAIT_S = 240.0  # gives up a hopeless test; nothing is measured by it

any_text = st.text(st.characters(), max_size=20)  # surrogates too: a file's name need not be proper Unicode
any_record = st.builds(
    Record,
    seq=st.just(0),
    kind=st.sampled_from(RecordKind),
    at_ms=st.one_of(st.integers(T0, T0 + 4 * HOUR_MS), st.integers(-(2**63), 2**63 - 1)),
    feed=any_text,
    peer=any_text,
    flags=st.integers(0, 0xFFFF),
    data=st.binary(max_size=300),
)


@contextmanager
def folder() -> Iterator[Path]:
    """A fresh folder for each example of a property."""
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


def append(log: RawLog, record: Record) -> Record:
    seq = log.append(record.kind, record.at_ms, record.feed, record.peer, record.flags, record.data)
    return replace(record, seq=seq)


def fill(root: Path, records: list[Record]) -> list[Record]:
    with closing(RawLog(root)) as log:
        return [append(log, record) for record in records]


def ticks(*hours: float) -> list[Record]:
    return [Record(0, RecordKind.TICK, T0 + int(h * HOUR_MS), "", "", 0, b"tick %d" % n) for n, h in enumerate(hours)]


def segments(root: Path) -> list[Path]:
    return sorted((root / "raw" / "main").rglob("*.log"))


@given(st.lists(any_record, max_size=12), st.integers(0, 14))
@FEW
def test_what_is_appended_is_read_back(records: list[Record], after_seq: int) -> None:
    """Records of any bytes, names and times come back as they were, numbered from 1, also from the middle on."""
    with folder() as root:
        stored = fill(root, records)
        assert [record.seq for record in stored] == list(range(1, len(records) + 1))
        assert list(read(root)) == stored
        assert list(read(root, after_seq=after_seq)) == stored[after_seq:]
        assert verify(root).broken is None


@given(st.lists(any_record, min_size=1, max_size=6), any_record, st.data())
@FEW
def test_a_log_cut_at_any_byte_keeps_what_stands_before_and_goes_on(
    records: list[Record], more: Record, data: st.DataObject
) -> None:
    """Whatever byte the last segment ends at: every record before it is read, and appending continues its count."""
    with folder() as root:
        stored = fill(root, records)
        last = segments(root)[-1]
        size = last.stat().st_size
        cut = data.draw(st.integers(0, size))
        os.truncate(last, cut)
        kept = list(read(root))
        assert kept == stored[: len(kept)]
        with closing(RawLog(root)) as log:
            assert log.last_seq == len(kept)
            assert log.torn_bytes == cut - sum(p.stat().st_size for p in [last] if p.exists())
            added = append(log, more)
        assert list(read(root)) == [*kept, added]
        assert verify(root).broken is None


@given(st.lists(any_record, min_size=2, max_size=5), st.data())
@FEW
def test_a_flipped_byte_is_never_read_as_truth(records: list[Record], data: st.DataObject) -> None:
    """Any one byte changed: reading stops there with its place, or at the very end takes it for torn."""
    with folder() as root:
        stored = fill(root, records)
        path = data.draw(st.sampled_from(segments(root)))
        content = bytearray(path.read_bytes())
        at = data.draw(st.integers(content.index(b"\n") + 1, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        got: list[Record] = []
        try:
            for record in read(root):
                got = [*got, record]
            assert got == stored[:-1]  # only the last record of all may pass for torn
        except InputFault as fault:
            assert (fault.message, fault.facts["segment"]) == ("error.raw_log_damaged", str(path))
            assert fault.facts["offset"] <= at
        assert got == stored[: len(got)]


def test_segments_follow_the_hour_and_never_go_back(tmp_path: Path) -> None:
    """Each hour has its segment; a clock set back goes on in the open one, and a batch is split at the hour."""
    fill(tmp_path, ticks(0.2, 0.9, 1.1, 0.5))
    with closing(RawLog(tmp_path)) as log:
        chunks = [Chunk("udp", "p", T0 + int(h * HOUR_MS), b"x") for h in (0.3, 1.9, 3.0, 25.0)]
        stored = log.append_chunks(chunks)
    names = [str(p.relative_to(tmp_path).as_posix()) for p in segments(tmp_path)]
    assert names == [f"raw/main/2026/02/{d}.log" for d in ("02/00", "02/01", "02/03", "03/01")]
    assert [chunk.seq for chunk in stored] == [5, 6, 7, 8]
    assert [(r.seq, r.at_ms) for r in read(tmp_path, after_seq=4)] == [(c.seq, c.received_ms) for c in stored]
    assert verify(tmp_path).segments == 4


def test_chunks_come_back_as_chunks(tmp_path: Path) -> None:
    """Feed, peer, time, bytes and both flags of a chunk survive, and it knows its place."""
    chunks = [
        Chunk("udp://[::]:10110", "10.0.0.7:4001", T0, b"!AIVDM", whole=True),
        Chunk("tcp://hub:5631", "hub:5631#2", T0 + 1, b"", closed=True),
        Chunk("file:bay.nmea", "", T0 + 2, bytes(range(256))),
    ]
    with closing(RawLog(tmp_path)) as log:
        stored = log.append_chunks(chunks)
        assert log.append_chunks([]) == []
    assert [chunk_of(record) for record in read(tmp_path)] == stored
    assert stored == [replace(chunk, seq=n) for n, chunk in enumerate(chunks, 1)]


def test_reading_from_the_middle_opens_no_earlier_segment(tmp_path: Path) -> None:
    """Catching up reads only the tail: records of an earlier hour may even be unreadable."""
    stored = fill(tmp_path, ticks(0, 1, 2, 3))
    first = segments(tmp_path)[0]
    first.write_bytes(first.read_bytes()[:-1] + b"?")
    assert list(read(tmp_path, after_seq=2)) == stored[2:]


def test_reading_beside_the_writer(tmp_path: Path) -> None:
    """What has been appended is there to read at once, without sync or close."""
    with closing(RawLog(tmp_path)) as log:
        stored = [append(log, record) for record in ticks(0, 0.1)]
        assert list(read(tmp_path)) == stored
        log.sync()
        stored.append(append(log, ticks(1.0)[0]))
        log.sync()
        assert list(read(tmp_path)) == stored


def test_there_is_nothing_to_read_in_a_new_folder(tmp_path: Path) -> None:
    """A chain that was never begun is empty and whole."""
    assert list(read(tmp_path)) == []
    verdict = verify(tmp_path)
    assert (verdict.segments, verdict.records, verdict.broken) == (0, 0, None)


def test_a_loss_of_power_that_left_zeros_is_a_torn_end(tmp_path: Path) -> None:
    """A file that had grown before its bytes came ends in zeros: cut off and counted, not called damage."""
    stored = fill(tmp_path, ticks(0, 0.1))
    with segments(tmp_path)[0].open("ab") as file:
        file.write(bytes(5_000))
    assert list(read(tmp_path)) == stored
    assert verify(tmp_path).torn_bytes == 5_000
    with closing(RawLog(tmp_path)) as log:
        assert (log.last_seq, log.torn_bytes) == (2, 5_000)


def test_nothing_is_cut_off_before_a_later_record(tmp_path: Path) -> None:
    """Damage in the middle of the last segment is refused, not mended: the records after it are evidence."""
    fill(tmp_path, ticks(0, 0.1, 0.2))
    path = segments(tmp_path)[0]
    content = path.read_bytes().replace(b"tick 1", b"tick 7")
    path.write_bytes(content)
    for opening in (lambda: RawLog(tmp_path), lambda: list(read(tmp_path))):
        with pytest.raises(InputFault) as caught:
            opening()
        assert caught.value.message == "error.raw_log_damaged"
    assert path.read_bytes() == content
    with pytest.raises(InputFault):  # and the refused opening has given back its lock
        RawLog(tmp_path)


def rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    """A segment in which a record was changed by somebody who knows the format and mended its checksum."""
    header, rest = content.split(b"\n", 1)
    out = header + b"\n"
    while rest:
        length = int.from_bytes(rest[:4], "little")
        body, rest = rest[12 : 12 + length].replace(old, new), rest[12 + length :]
        head = len(body).to_bytes(4, "little") + crc32(body).to_bytes(4, "little")
        out += head + crc32(head).to_bytes(4, "little") + body
    return out


def test_tampering_that_mends_its_checksum_breaks_the_chain(tmp_path: Path) -> None:
    """One word changed in an old segment, checksum and all: the next segment's hash tells."""
    fill(tmp_path, ticks(0, 1, 2))
    first, second, _ = segments(tmp_path)
    first.write_bytes(rewritten(first.read_bytes(), b"tick 0", b"tick 9"))
    assert next(read(tmp_path)).data == b"tick 9"  # by itself it looks whole
    verdict = verify(tmp_path)
    assert verdict.broken is not None
    assert (verdict.broken.segment, verdict.broken.flaw) == (str(second), Flaw.PREVIOUS)


def test_the_hash_of_the_end_guards_the_open_segment(tmp_path: Path) -> None:
    """What no later segment vouches for yet still changes the hash that ``verify`` gives to be kept elsewhere."""
    fill(tmp_path, ticks(0, 1))
    before = verify(tmp_path)
    last = segments(tmp_path)[-1]
    last.write_bytes(rewritten(last.read_bytes(), b"tick 1", b"tick 9"))
    after = verify(tmp_path)
    assert (before.broken, after.broken) == (None, None)
    assert before.head_sha256 != after.head_sha256


def test_a_missing_hour_breaks_the_chain(tmp_path: Path) -> None:
    """A segment taken out is found by verify as by reading, first or in the middle."""
    fill(tmp_path, ticks(0, 1, 2))
    first, second, third = segments(tmp_path)
    second.unlink()
    verdict = verify(tmp_path)
    assert verdict.broken is not None and verdict.broken.segment == str(third)
    with pytest.raises(InputFault):
        list(read(tmp_path))
    first.unlink()
    assert verify(tmp_path).broken is not None


def test_a_segment_of_another_chain_or_with_a_bad_first_line(tmp_path: Path) -> None:
    """A first line that is no header, or is another origin's, is named at offset 0."""
    fill(tmp_path, ticks(0, 1))
    path = segments(tmp_path)[0]
    header, rest = path.read_bytes().split(b"\n", 1)
    other = json.dumps({**json.loads(header), "origin": "north"}).encode()
    for line in (b"{}", b"[" * 3_000, b'"x"', other, header[:-9], b"\0" * 50 + b"x"):
        path.write_bytes(line + b"\n" + rest)
        broken = verify(tmp_path).broken
        assert broken is not None
        assert (broken.segment, broken.offset, broken.flaw) == (str(path), 0, Flaw.HEADER)


def test_origins_keep_chains_of_their_own(tmp_path: Path) -> None:
    """Two writers of one data folder have each its chain and count."""
    with closing(RawLog(tmp_path)) as main, closing(RawLog(tmp_path, "replay-1")) as other:
        assert main.append(RecordKind.START, T0) == 1
        assert other.append(RecordKind.START, T0, data=b"r") == 1
    assert [r.data for r in read(tmp_path, "replay-1")] == [b"r"]
    with pytest.raises(ValueError, match="origin"):
        RawLog(tmp_path, "../elsewhere")


def test_only_one_writer(tmp_path: Path) -> None:
    """A second watch in the same folder is told so, and can begin when the first has ended."""
    with closing(RawLog(tmp_path)):
        with pytest.raises(EnvironmentFault) as caught:
            RawLog(tmp_path)
        assert (caught.value.message, caught.value.facts) == ("error.watch_running", {"folder": str(tmp_path)})
    RawLog(tmp_path).close()


def test_a_closed_log_and_an_oversized_record_are_refused(tmp_path: Path) -> None:
    """Writing after close, or more than a record may hold, is a mistake of ours and stores nothing."""
    log = RawLog(tmp_path)
    with pytest.raises(ValueError, match="bytes"):
        log.append(RecordKind.CONTEXT, T0, data=bytes(DATA_BYTES_MAX + 1))
    log.close()
    with pytest.raises(ValueError, match="closed"):
        log.append(RecordKind.TICK, T0)
    assert list(read(tmp_path)) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file where the data folder should be: the path and the system's reason are named."""
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(EnvironmentFault) as caught:
        RawLog(tmp_path / "data")
    assert caught.value.message == "error.raw_log_write"
    assert caught.value.facts["path"].startswith(str(tmp_path / "data"))


KILLED = """
import sys, time
from pathlib import Path
from fengqiao.model.inputs import Chunk
from fengqiao.store.raw_log import RawLog
log = RawLog(Path(sys.argv[1]))
at_ms = int(sys.argv[2])
while True:
    batch = [Chunk("udp", "p", at_ms + log.last_seq * 400_000, b"%d" % n * 50, whole=True) for n in range(7)]
    print(log.append_chunks(batch)[-1].seq, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """A writer killed at any moment, eight times over: every seq it spoke of is in the log, and the chain holds."""
    for round_ in range(8):
        command = [sys.executable, "-c", KILLED, str(tmp_path), str(T0)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout
            heard = [child.stdout.readline() for _ in range(5 + 13 * round_)]
            child.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
            heard += child.stdout.readlines()
        acknowledged = int([line for line in heard if line.endswith(b"\n")][-1])
        seqs = [record.seq for record in read(tmp_path)]
        assert seqs == list(range(1, len(seqs) + 1))
        assert acknowledged <= len(seqs)
    verdict = verify(tmp_path)
    assert (verdict.records, verdict.broken) == (len(seqs), None)
    assert verdict.segments > 8


FULL = """
import resource, sys
from pathlib import Path
from fengqiao.model.errors import EnvironmentFault
from fengqiao.model.inputs import Chunk
from fengqiao.store.raw_log import RawLog, RecordKind, verify
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
log = RawLog(Path(sys.argv[1]))
at_ms = int(sys.argv[2])
try:
    while True:
        log.append_chunks([Chunk("udp", "p", at_ms, b"x" * 300) for _ in range(9)])
except EnvironmentFault as fault:
    print(fault.message, log.last_seq)
print(verify(Path(sys.argv[1])).torn_bytes)        # what did not fit was taken back at once
print(log.append(RecordKind.TICK, at_ms))          # a small one still fits into the same segment
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
try:
    log.append(RecordKind.TICK, at_ms + 3_600_000)  # not even the first line of the next one does
except EnvironmentFault as fault:
    print(fault.message, log.last_seq)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(log.append(RecordKind.TICK, at_ms + 3_600_000))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file size")
def test_a_full_disk_keeps_the_log_whole(tmp_path: Path) -> None:
    """A write that does not fit is taken back and said; the log stays readable and goes on once there is room."""
    command = [sys.executable, "-c", FULL, str(tmp_path), str(T0)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S)
    assert done.stderr == ""
    full, torn, small, no_header, later = done.stdout.splitlines()
    stored = int(full.split()[1])
    assert (full, torn, small) == (f"error.disk_full {stored}", "0", str(stored + 1))
    assert (no_header, later) == (f"error.disk_full {stored + 1}", str(stored + 2))
    assert stored % 9 == 0 and 0 < stored * 300 < 20_000
    assert [record.seq for record in read(tmp_path)] == list(range(1, stored + 3))
    verdict = verify(tmp_path)
    assert (verdict.segments, verdict.torn_bytes, verdict.broken) == (2, 0, None)


def test_what_could_not_be_taken_back_is_taken_back_before_the_next_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a record written, and the disk too sick even to shorten the file: the next write clears it first."""
    real_write = os.write

    def sick_write(fd: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(5, "Input/output error")
        return real_write(fd, data[:20])

    def sick_truncate(fd: int, size: int) -> None:
        raise OSError(5, "Input/output error")

    with closing(RawLog(tmp_path)) as log:
        log.append(RecordKind.TICK, T0, data=b"before")
        with monkeypatch.context() as sick:
            sick.setattr(os, "write", sick_write)
            sick.setattr(os, "ftruncate", sick_truncate)
            with pytest.raises(EnvironmentFault) as caught:
                log.append(RecordKind.TICK, T0, data=b"lost" * 10)
        assert (caught.value.message, caught.value.facts["reason"]) == ("error.raw_log_write", "Input/output error")
        assert [r.data for r in read(tmp_path)] == [b"before"]
        assert log.append(RecordKind.TICK, T0, data=b"after") == 2
    assert [r.data for r in read(tmp_path)] == [b"before", b"after"]
    assert verify(tmp_path).broken is None
