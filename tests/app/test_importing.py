"""Recordings from elsewhere: read once, on from where it was broken off, and found again by history."""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pytest

from ais.ais_builders import FIXTURES, T0, lines, report, stamped, unlike
from fengqiao.app import importing
from fengqiao.app.importing import Imported, import_file
from fengqiao.model.errors import EnvironmentFault, InputFault
from fengqiao.store.archive import read_positions
from fengqiao.store.database import open_store
from fengqiao.store.lock import take_lock

MINUTE_MS = 60_000
RIVER = next(p for p in FIXTURES.glob("*") if p.name.startswith("seine"))


def recording(count: int, first: int = 0) -> bytes:
    return lines(*(stamped(T0 + n * 7_000, unlike(n)) for n in range(first, count)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "station.nmea"
    path.write_bytes(recording(3_000))
    return path


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BLOCK_BYTES", 16_000)
    monkeypatch.setattr(importing, "SAVE_BYTES", 50_000)


def archived(folder: Path, done: Imported) -> pa.Table:
    return read_positions(folder / "runs" / done.run_id).table.drop_columns(["seq", "received_ms"])


def test_every_position_is_in_the_archive(file: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = import_file(str(file), data)
    assert (done.positions, done.counts.used, done.content_bytes) == (3_000, 3_000, file.stat().st_size)
    assert sorted(archived(data, done).column("mmsi").to_pylist()) == [412_000_000 + n for n in range(3_000)]
    assert len(list((data / "runs" / done.run_id).rglob("*.parquet"))) > 2  # saved on the way, by the day


def test_the_same_recording_twice_adds_nothing(file: Path, tmp_path: Path) -> None:
    """Under its name, another name, or packed."""
    data = tmp_path / "data"
    first = import_file(str(file), data)
    before = archived(data, first)
    packed, zipped = tmp_path / "other.nmea.gz", tmp_path / "other.zip"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    with ZipFile(zipped, "w", ZIP_DEFLATED) as archive:
        archive.write(file, "2025/station.nmea")
    for again in (file, packed, zipped):
        done = import_file(str(again), data)
        assert (done.run_id, done.positions, done.before_bytes) == (first.run_id, 0, file.stat().st_size)
    assert archived(data, first).equals(before)
    with open_store(data) as store:
        assert [run.run_id for run in store.runs()] == [first.run_id]


@pytest.mark.parametrize("at", [1, 4, 9])
def test_what_was_broken_off_goes_on(file: Path, tmp_path: Path, at: int) -> None:
    """Killed at any block: what comes in the end is what one reading gives."""
    data, whole = tmp_path / "data", tmp_path / "whole"
    script = (
        "import os, sys; from fengqiao.app import importing\n"
        "importing.BLOCK_BYTES, importing.SAVE_BYTES, left = 16_000, 50_000, [int(sys.argv[3])]\n"
        "def tell(done, total):\n"
        "    left[0] -= 1\n"
        "    left[0] or os.kill(os.getpid(), 9)\n"
        "importing.import_file(sys.argv[1], importing.Path(sys.argv[2]), tell)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, file, data, str(at)], check=False)
    assert killed.returncode == -9
    done = import_file(str(file), data)
    assert (done.before_bytes > 0) == (at > 4)
    expected = import_file(str(file), whole)
    assert archived(data, done).equals(archived(whole, expected))
    with open_store(data) as store, open_store(whole) as other:
        assert store.said(412_000_000) == other.said(412_000_000)


def test_of_a_file_that_grew_only_the_new_part_is_read(tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / "log.nmea"
    path.write_bytes(recording(1_000))
    before = import_file(str(path), data)
    path.write_bytes(recording(1_400))
    done = import_file(str(path), data)
    assert (done.run_id, done.positions, done.before_bytes) == (before.run_id, 400, len(recording(1_000)))
    path.write_bytes(recording(1_000))
    assert import_file(str(path), data).run_id == before.run_id  # the shorter one is known as well
    renamed = tmp_path / "log.until-october.nmea.gz"
    renamed.write_bytes(gzip.compress(recording(1_500)))
    done = import_file(str(renamed), data)
    assert (done.run_id, done.positions) == (before.run_id, 100)
    assert sorted(archived(data, done).column("mmsi").to_pylist()) == [412_000_000 + n for n in range(1_500)]


def test_recordings_that_only_begin_alike_are_two(tmp_path: Path) -> None:
    data, one, two = tmp_path / "data", tmp_path / "a.nmea", tmp_path / "b.nmea"
    one.write_bytes(recording(200))
    two.write_bytes(recording(100) + lines(*(stamped(T0 + n * 7_000, unlike(n + 500)) for n in range(100, 200))))
    assert import_file(str(one), data).run_id != import_file(str(two), data).run_id


def test_a_recording_without_time_is_refused(tmp_path: Path) -> None:
    """Nobody would know of which day it is."""
    path = tmp_path / "bare.nmea"
    path.write_bytes(lines(*(unlike(n) for n in range(20))))
    with pytest.raises(InputFault) as fault:
        import_file(str(path), tmp_path / "data")
    assert fault.value.message == "error.import_untimed"


def test_what_holds_nothing_known_is_said(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("posTime,shipid,x,y\n" + "1705883145,412510136,1,2\n" * 20)
    with pytest.raises(InputFault) as fault:
        import_file(str(path), tmp_path / "data")
    assert fault.value.message == "error.import_nothing"


@pytest.mark.parametrize("content", [b"%PDF-1.7\n" + bytes(5_000), "船名,MMSI\n浙岱渔1,412000001\n".encode("utf-16")])
def test_what_is_no_recording_at_all_is_not_one_without_time(content: bytes, tmp_path: Path) -> None:
    """A printed page, a table in UTF-16: who reads that the time is missing looks in the wrong place."""
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(InputFault) as fault:
        import_file(str(path), tmp_path / "data")
    assert fault.value.message == "error.import_nothing"


def test_a_clock_that_was_taken_for_beijings_is_said(file: Path, tmp_path: Path) -> None:
    """A table with plain English headings may be of UTC: eight hours are not assumed in silence."""
    table = tmp_path / "table.csv"
    table.write_text("mmsi,timestamp,lat,lon\n412000001,2025-09-16 11:30:00,30.1,122.3\n", "utf-8")
    done = import_file(str(table), tmp_path / "data")
    assert (done.first_ms, done.beijing) == (T0, True)
    assert not import_file(str(file), tmp_path / "data").beijing


def test_what_stands_before_damage_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive cut short brings what is whole; the whole archive goes on there."""
    monkeypatch.setattr(importing, "SAVE_BYTES", 1 << 30)
    data, path, whole = tmp_path / "data", tmp_path / "log.nmea.gz", gzip.compress(recording(2_400))
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputFault) as fault:
        import_file(str(path), data)
    assert fault.value.message == "error.feed_archive"
    with open_store(data) as store:
        assert len(list(store.runs())) == 1
    with pytest.raises(InputFault):
        import_file(str(path), data)  # again: no more than before
    path.write_bytes(whole)
    done = import_file(str(path), data)
    assert done.before_bytes > 0
    assert sorted(archived(data, done).column("mmsi").to_pylist()) == [412_000_000 + n for n in range(2_400)]


def test_two_at_once_are_told_apart(file: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    run = data / "runs" / import_file(str(file), data).run_id
    handle = take_lock(run, run)
    file.write_bytes(recording(3_100))
    with pytest.raises(EnvironmentFault) as fault:
        import_file(str(file), data)
    os.close(handle)
    assert fault.value.message == "error.import_busy"
    assert import_file(str(file), data).positions == 100


def test_names_are_those_of_the_day(tmp_path: Path) -> None:
    """A boat that changed her name is asked about by the one she bore then."""
    data, path = tmp_path / "data", tmp_path / "names.nmea"
    days = 24 * 60 * MINUTE_MS
    told = [
        stamped(T0 + n * days, report(24, 412_345_678, partno=0, shipname=name))
        for n, name in enumerate(["ZHE DAI YU 01", "ZHE DAI YU 01", "FU YUN 9", "FU YUN 9"])
    ]
    filler = [stamped(T0 + n * MINUTE_MS, unlike(n)) for n in range(4 * 24 * 60)]
    both = sorted([*told, *filler], key=lambda s: int(s.partition(b"c:")[2].partition(b"*")[0]))
    path.write_bytes(lines(*both))
    import_file(str(path), data)
    with open_store(data) as store:
        names = [store.names_at([412_345_678], T0 + n * days + MINUTE_MS) for n in range(-1, 4)]
        assert [n[412_345_678] for n in names] == ["ZHE DAI YU 01"] * 3 + ["FU YUN 9"] * 2
        assert len(store.said(412_345_678)) == 2


def test_a_river_of_two_days(tmp_path: Path) -> None:
    """A real recording, with its damaged lines counted."""
    done = import_file(str(RIVER), tmp_path)
    assert done.counts.balanced
    assert done.positions > 300
    assert done.first_ms is not None and done.last_ms is not None and done.first_ms < done.last_ms
