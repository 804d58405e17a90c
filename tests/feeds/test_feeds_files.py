"""Recordings: unpacked within bounds, cut by their own time or by byte pace, never losing a byte."""

import gzip
import io
import itertools
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengqiao.feeds import FileFeed, merge_by_time, open_feed
from fengqiao.feeds.file import (
    BYTE_PACE,
    JUMP_LINES,
    JUMP_MS,
    LINE_BYTES_MAX,
    UNTIMED_START_MS,
    blocks,
    stamp_ms,
)
from fengqiao.model.errors import EnvironmentFault, FengqiaoError, InputFault
from fengqiao.model.inputs import Clock

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ais"
PACK: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,  # as the zstd command does
    ".zip": lambda data: zipped({"2025/bay.nmea": data}),
}


def zipped(files: Mapping[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


VDM = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"
T0 = 1_398_902_400  # 2014-05-01T00:00:00Z
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def feed_of(path: Path, text: str = "") -> FileFeed:
    feed = open_feed(f"file:{path}{text}")
    assert isinstance(feed, FileFeed)
    return feed


def recording(tmp_path: Path, data: bytes, name: str = "bay.nmea") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def epoch_lines(*seconds: float) -> bytes:
    return b"".join(b"%d,%s\r\n" % (s, VDM) for s in seconds)


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (rb"\s:yacht,c:1311652392*50\!AIVDM,1,1,,B,1535SB002qOgEEhLTmHb;H8L0H7T,0*76", "2011-07-26T03:53:12Z"),
        (rb"\s:dma,c:1384257600011*6C\!BSVDM,1,1,,A,13@:`L001N0ded0O6Fp8wW<00<0t,0*62", "2013-11-12T12:00:00.011Z"),
        (rb"\g:1-2-1604,s:r,c:1418169601,T:2014-12-10 00.00.01*37\!AIVDM", "2014-12-10T00:00:01Z"),
        (b"2016-03-31 00:00:01, !AIVDM,1,1,,B,33I>hf0PA706QD:L7NC5lT;`011Q,0*22", "2016-03-31T00:00:01Z"),
        (b"2016-03-31T08:00:01.25+08:00 !AIVDM", "2016-03-31T00:00:01.250Z"),
        (b"2016/03/31 00:00:01!AIVDM", "2016-03-31T00:00:01Z"),
        (b"$PGHP,1,2012,1,27,9,58,26,36,316,2,316000002,1AIS_S,0F*32", "2012-01-27T09:58:26.036Z"),
        (b'{"class":"AIS","rxtime":"20220831155001","nmea":["!AIVDM"]}', "2022-08-31T15:50:01Z"),
        (b'{"class":"AIS","rxtime":"20220831155001","rxuxtime":1661961001.5}', "2022-08-31T15:50:01.500Z"),
        (b"$GPZDA,170948,18,08,2022,00,00*48", "2022-08-18T17:09:48Z"),
        (b"$GPZDA,170948.25,18,8,2022,00,00", "2022-08-18T17:09:48.250Z"),
        (b"$GNRMC,114702.00,A,5738.77,N,01142.57,E,9.7,79.4,270112,,W*4B", "2012-01-27T11:47:02Z"),
        (b"1398902400,!AIVDM", "2014-05-01T00:00:00Z"),
        (b"1398902400.5 !AIVDM", "2014-05-01T00:00:00.500Z"),
        (b"1398902400123;!AIVDM", "2014-05-01T00:00:00.123Z"),
        (b"!AIVDM,1,1,,A,14`qQb0000o?u?DK>Smo2E`v0404,0*71,s24938,r003669987,1152921693\r\n", "2006-07-15T00:01:33Z"),
    ],
)
def test_time_stamps_in_the_forms_that_travel(line: bytes, at: str) -> None:
    """TAG seconds and milliseconds, dates, Unix time in front and behind, and $PGHP give Unix milliseconds."""
    assert stamp_ms(line) == ms(at)


@pytest.mark.parametrize(
    "line",
    [
        VDM,
        b"",
        b"$GPZDA,170948,31,02,2022,00,00*48",
        b"$GPRMC,114702.00,V,,,,,,,270112,,,N*70",
        b"$GPRMC,,A,5738.7695,N,1142.5722,E,9.700,79.436,230394,,W*44",
        b"#ECRMC,200255,A,5738.770,N,01142.572,E,9.700,79.449,060420,4.059,E,A*34",
        b"2016-13-31 00:00:01, !AIVDM",
        b"2016-03-31 00:00:60, !AIVDM",
        b"$PGHP,1,2012,2,30,9,58,26,36,316,2,316000002,1AIS_S,0F*32",
        b"412345678,!AIVDM",
        rb"\s:IALA*25\!AIVDM",
    ],
)
def test_lines_without_a_time(line: bytes) -> None:
    """What is no time, or a time that never was, gives none."""
    assert stamp_ms(line) is None


@given(st.binary(max_size=300))
@FEW
def test_stamps_survive_noise(line: bytes) -> None:
    """No bytes whatever make the stamp reader fail."""
    assert stamp_ms(line) is None or isinstance(stamp_ms(line), int)


@given(
    st.lists(st.one_of(st.binary(max_size=200), st.integers(0, 10**13).map(lambda n: b"%d,x\n" % n)), min_size=1),
    st.sampled_from(["", "?start=2026-01-01T00:00:00Z"]),
    st.sampled_from(["bay.nmea", "bay.nmea.gz", "bay.nmea.zst"]),
)
@FEW
def test_no_byte_is_lost_and_time_never_goes_back(tmp_path: Path, pieces: list[bytes], text: str, name: str) -> None:
    """The chunks of any file joined are the file, in order of time, and the last one closes it."""
    data = b"".join(pieces) or b"\n"
    packed = PACK[Path(name).suffix.removesuffix(".nmea")](data)
    if name == "bay.nmea" and (data[:2] == b"\x1f\x8b" or data[:4] in (b"\x28\xb5\x2f\xfd", b"PK\x03\x04")):
        return  # noise that looks like an archive
    chunks = list(feed_of(recording(tmp_path, packed, name), text).chunks())
    times = [c.received_ms for c in chunks]
    assert b"".join(c.data for c in chunks) == data
    assert times == sorted(times)
    assert [c.closed for c in chunks] == [False] * (len(chunks) - 1) + [True]


def test_a_timed_file_is_cut_by_the_second_at_line_ends(tmp_path: Path) -> None:
    """Lines of one second travel together under their time; a line without one goes with those before it."""
    path = recording(tmp_path, epoch_lines(T0, T0) + VDM + b"\n" + epoch_lines(T0 + 1, T0 + 3))
    feed = feed_of(path)
    assert [(c.received_ms // 1000 - T0, c.data.count(b"\n")) for c in feed.chunks()] == [
        (0, 3),
        (1, 1),
        (3, 1),
        (3, 0),
    ]
    assert (feed.clock, feed.untimed, feed.live, feed.name) == (Clock.SOURCE, False, False, "file:bay.nmea")


def test_a_busy_second_and_a_line_without_end_stay_within_bounds(tmp_path: Path) -> None:
    """More than 64 kB in one second, or without a newline, is cut: memory stays bounded."""
    data = epoch_lines(*[T0] * 3_000) + b"x" * (3 * LINE_BYTES_MAX)
    chunks = list(feed_of(recording(tmp_path, data)).chunks())
    assert max(len(c.data) for c in chunks) <= LINE_BYTES_MAX
    assert b"".join(c.data for c in chunks) == data


@given(st.integers(0, 19), st.integers(0, 4_102_444_800))
@FEW
def test_one_forged_stamp_changes_no_other_time(tmp_path: Path, place: int, forged: int) -> None:
    """One stamp far ahead or behind, first or last or between, leaves the time of every other line alone."""
    if abs(forged - T0) * 1000 <= JUMP_MS + 60_000:
        return
    honest = [T0 + 2 * n for n in range(20)]
    lines = [*honest[:place], forged, *honest[place:]]
    expected = {c.received_ms // 1000 for c in feed_of(recording(tmp_path, epoch_lines(*honest))).chunks()}
    assert {c.received_ms // 1000 for c in feed_of(recording(tmp_path, epoch_lines(*lines))).chunks()} == expected


def test_a_long_gap_is_believed_when_enough_lines_agree(tmp_path: Path) -> None:
    """A receiver that was off for a day: seven stamps are not enough, the eighth moves the time on."""
    later = T0 + 86_400
    path = recording(tmp_path, epoch_lines(*range(T0, T0 + 20), *[later] * JUMP_LINES, later + 1))
    times = [c.received_ms // 1000 for c in feed_of(path).chunks() for _ in range(c.data.count(b"\n"))]
    assert times[-JUMP_LINES - 1 :] == [T0 + 19] * (JUMP_LINES - 1) + [later, later + 1]


def test_a_lone_vessel_heard_every_quarter_hour_still_moves_time(tmp_path: Path) -> None:
    """Where every step is longer than a jump the time follows behind; it neither stands still nor overtakes."""
    seconds = [T0 + 900 * n for n in range(40)]
    chunks = [c for c in feed_of(recording(tmp_path, epoch_lines(*seconds))).chunks() if c.data]
    assert chunks[-1].received_ms // 1000 == seconds[-JUMP_LINES]


def test_a_file_without_time_is_played_at_its_byte_pace(tmp_path: Path) -> None:
    """No stamps: its clock is the receiver's, it says so, and bytes come as over a 38,400 baud line."""
    data = (VDM + b"\r\n") * 1_000
    feed = feed_of(recording(tmp_path, data), "?clock=source")
    chunks = [c for c in feed.chunks() if c.data]
    assert (feed.untimed, feed.clock) == (True, Clock.RECEIVER)
    assert all(c.data.endswith(b"\r\n") for c in chunks)
    assert all(BYTE_PACE - len(VDM) - 2 < len(c.data) <= BYTE_PACE for c in chunks[:-1])
    ends = itertools.accumulate(len(c.data) for c in chunks)
    assert [c.received_ms for c in chunks] == [UNTIMED_START_MS + end * 1000 // BYTE_PACE for end in ends]


def test_one_stamp_does_not_make_a_file_timed(tmp_path: Path) -> None:
    """A single forged time among many sentences without one is not what the file is paced by."""
    assert feed_of(recording(tmp_path, (VDM + b"\n") * 99 + epoch_lines(4_070_908_800))).untimed


def test_a_stated_start_overrides_the_stamps(tmp_path: Path) -> None:
    """``start`` says when the first byte came in, in any zone; the stamps in the file are then not the pace."""
    feed = feed_of(recording(tmp_path, epoch_lines(T0, T0 + 60)), "?start=2026-01-01T08:00:00+08:00")
    assert feed.untimed
    assert next(iter(feed.chunks())).received_ms - ms("2026-01-01T00:00:00Z") in range(1000)


def test_recordings_are_merged_by_time(tmp_path: Path) -> None:
    """Two receivers of one bay become one stream by time; at the same time the first named comes first."""
    east = feed_of(recording(tmp_path, epoch_lines(T0, T0 + 2, T0 + 4), "east.nmea"))
    west = feed_of(recording(tmp_path, epoch_lines(T0 + 1, T0 + 2, T0 + 3), "west.nmea"))
    merged = [(c.received_ms // 1000 - T0, c.feed) for c in merge_by_time([east, west]) if c.data]
    e, w = east.name, west.name
    assert merged == [(0, e), (1, w), (2, e), (2, w), (3, w), (4, e)]


def test_merging_a_file_with_itself_tells_the_two_apart(tmp_path: Path) -> None:
    """The same name twice gets a number before the first chunk is asked for."""
    path = recording(tmp_path, epoch_lines(T0))
    merged = merge_by_time([feed_of(path), feed_of(path)])
    assert {c.feed for c in merged} == {"file:bay.nmea", "file:bay.nmea#2"}


def test_packed_in_several_frames(tmp_path: Path) -> None:
    """Archives made by appending one to another are read through to the last byte."""
    for name, pack in (("bay.gz", gzip.compress), ("bay.zst", zstandard.compress)):
        path = recording(tmp_path, pack(epoch_lines(T0)) + pack(epoch_lines(T0 + 1)), name)
        assert b"".join(c.data for c in feed_of(path).chunks()) == epoch_lines(T0, T0 + 1)


def test_of_a_zip_the_one_file_inside(tmp_path: Path) -> None:
    """Folders and what a Mac hides beside it do not count; two files are two recordings, and are refused by name."""
    table = {"x/": b"", "x/bay.csv": b"mmsi\n1\n", "__MACOSX/x/._bay.csv": b"\0", "x/.DS_Store": b"\0"}
    one, two = recording(tmp_path, zipped(table), "one.zip"), recording(tmp_path, zipped(table | {"b": b""}), "two.zip")
    assert b"".join(blocks(one)) == b"mmsi\n1\n"
    with pytest.raises(InputFault) as caught:
        list(blocks(two))
    assert (caught.value.message, caught.value.facts["first"]) == ("error.feed_zip_several", "x/bay.csv")


def test_a_zip_that_cannot_be_unpacked_piece_by_piece_is_refused(tmp_path: Path) -> None:
    path = recording(tmp_path, zipped({"bay.nmea": VDM * 100}, zipfile.ZIP_LZMA), "bay.zip")
    with pytest.raises(InputFault) as caught:
        list(blocks(path))
    assert caught.value.message == "error.feed_archive"


@pytest.mark.parametrize("name", ["bomb.gz", "bomb.zst", "bomb.zip"])
def test_an_archive_bomb_comes_in_bounded_pieces(tmp_path: Path, name: str) -> None:
    """200 MB of nothing in a few kB is handed on piece by piece; what is held at once stays far below that."""
    path = recording(tmp_path, PACK[Path(name).suffix](bytes(200_000_000)), name)
    tracemalloc.start()
    try:
        pieces = [len(c.data) for c in itertools.islice(feed_of(path).chunks(), 2_000)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(pieces) == 2_000 and max(pieces) == BYTE_PACE
    assert peak < 100_000_000


@pytest.mark.parametrize("name", ["bay.nmea.gz", "bay.nmea.zst", "bay.zip"])
@pytest.mark.parametrize("spoil", ["cut", "noise", "flip"])
def test_a_damaged_archive_is_said_with_its_place(tmp_path: Path, name: str, spoil: str) -> None:
    """Cut short, overwritten, or no archive at all: bad input, never a shorter recording taken for whole."""
    packed = PACK[Path(name).suffix](epoch_lines(*range(T0, T0 + 5_000)))
    half = len(packed) // 2
    data = {
        "cut": packed[:half],
        "noise": bytes(range(256)),
        "flip": packed[:half] + b"\xff" * 64 + packed[half + 64 :],
    }
    with pytest.raises(InputFault) as caught:
        list(feed_of(recording(tmp_path, data[spoil], name)).chunks())
    assert caught.value.message == "error.feed_archive"
    assert set(caught.value.facts) == {"path", "offset", "reason"}


def message_of(path: Path | str) -> str:
    with pytest.raises(FengqiaoError) as caught:
        open_feed(f"file:{path}")
    return caught.value.message


def test_what_is_no_recording_is_said_at_once(tmp_path: Path) -> None:
    """An empty file, an archive of nothing, a folder, a missing file, a device: one sentence each, when opening."""
    assert message_of(recording(tmp_path, b"")) == "error.feed_empty"
    assert message_of(recording(tmp_path, gzip.compress(b""), "nothing.gz")) == "error.feed_empty"
    assert message_of(recording(tmp_path, zstandard.compress(b""), "nothing.zst")) == "error.feed_empty"
    assert message_of(recording(tmp_path, b"", "empty.gz")) == "error.feed_empty"
    assert message_of(tmp_path) == "error.feed_directory"
    assert message_of(tmp_path / "gone.nmea") == "error.feed_missing"
    assert message_of("/dev/null") == "error.feed_not_plain"
    assert message_of("x" * 5_000) == "error.feed_unreadable"
    assert message_of("a\0b") == "error.feed_unreadable"


def test_a_file_we_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file closed to us is the environment's no, with the system's reason (root may read all: the no is made)."""
    path = recording(tmp_path, VDM)

    def no(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", no)
    with pytest.raises(EnvironmentFault) as caught:
        feed_of(path)
    assert (caught.value.message, caught.value.facts["reason"]) == ("error.feed_unreadable", "Permission denied")


def test_names_with_question_marks_and_bare_paths(tmp_path: Path) -> None:
    """A path is taken as it stands if there is such a file; options follow the last question mark."""
    path = recording(tmp_path, epoch_lines(T0), "what?.nmea")
    for url in (f"file:{path}", f"{path}", f"file://{path}", f"{path}?speed=0&clock=receiver"):
        feed = open_feed(url)
        assert feed.name == "file:what?.nmea"
    assert isinstance(feed, FileFeed)
    assert (feed.speed, feed.clock) == (0.0, Clock.RECEIVER)


def zda(second: int, day: int = 18) -> bytes:
    return b"$GPZDA,1709%02d,%02d,08,2022,00,00*48\n" % (second, day)


def test_clock_lines_of_a_receiver_time_a_recording(tmp_path: Path) -> None:
    """Two that agree are enough, however few they are: each speaks for all the lines behind it."""
    feed = feed_of(recording(tmp_path, (VDM + b"\n") * 2_000 + zda(48) + (VDM + b"\n") * 99 + zda(50) + VDM))
    assert (feed.untimed, feed.begins_ms) == (False, ms("2022-08-18T17:09:48Z"))
    assert [c.received_ms for c in feed.chunks()][-1] == ms("2022-08-18T17:09:50Z")


@pytest.mark.parametrize("data", [zda(48), zda(48) + zda(48, day=19)])
def test_one_clock_line_does_not(tmp_path: Path, data: bytes) -> None:
    """Nor do two that contradict each other."""
    assert feed_of(recording(tmp_path, (VDM + b"\n") * 99 + data)).untimed


def test_own_stamps_beat_clock_lines(tmp_path: Path) -> None:
    """A recording played again and stamped anew says two times: those of its sentences count."""
    assert feed_of(recording(tmp_path, (zda(48) + epoch_lines(T0)) * 20)).begins_ms == T0 * 1000


@pytest.mark.skipif(not SHARED.exists(), reason="the recordings of ../shared/data/ais are not here")
@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("seine_vernon_20160331.csvts.log", "2016-03-31T00:00:01Z"),
        ("denmark_20131112.tag.nmea", "2013-11-12T12:00:00.011Z"),
        ("drift_212123000.tag.nmea", "2014-10-02T16:30:03.887Z"),
        ("satellite_20211101.nm4", "2021-11-01T01:58:09Z"),
        ("stupan_sweden.nmea", "2022-08-18T17:09:48Z"),  # $GPZDA every two seconds and nothing else
        ("australia_20120127.pghp.txt.gz", "2012-01-27T11:47:00Z"),  # a time behind one line in forty
    ],
)
def test_real_recordings(name: str, begins: str | None) -> None:
    """Every byte of a real recording comes through in order of time, timed where it has stamps."""
    path = SHARED / name
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    feed = feed_of(path)
    chunks = list(feed.chunks())
    assert b"".join(c.data for c in chunks) == data
    assert [c.received_ms for c in chunks] == sorted(c.received_ms for c in chunks)
    assert (None if feed.untimed else chunks[0].received_ms // 1000) == (begins and ms(begins) // 1000)
