"""Positions on the disk: lossless, whole or absent, and found again by time, vessel and place."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.model.errors import EnvironmentFault
from fengqiao.model.reports import Known, Positions
from fengqiao.store.archive import LAST_MS, read_positions, schema, write_segment, write_segments
from fengqiao.store.database import Store
from fengqiao.store.durable import remove_leftovers, replace_file
from store.store_cases import T0, positions

MINUTE = 60_000
WRITE_UNTIL_KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from typing import Any
from store.store_cases import T0, positions
from fengqiao.store.archive import write_segment
n = 0
while True:
    at = T0 + 60_000 * n
    rows = positions(*({"ref_ms": at, "fix_ms": at, "seq": n, "lon": i} for i in range(200)))
    write_segment(Path(sys.argv[1]), "live", at, rows, ["udp"])
    print(n, flush=True)
    n += 1
"""
LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"


FEEDS = ["udp:10110", "tcp:舟山"]


def any_positions() -> st.SearchStrategy[Positions]:
    """Rows of any value the columns can hold, within ten minutes."""

    def column(name: str, dtype: np.dtype[Any]) -> st.SearchStrategy[int]:
        info = np.iinfo(dtype)
        times = name in ("ref_ms", "fix_ms", "received_ms")
        low, high = (T0, T0 + 10 * MINUTE) if times else (0, 1) if name == "feed" else (int(info.min), int(info.max))
        return st.integers(low, high)

    row = st.tuples(*(column(name, dtype) for name, dtype in Positions.dtypes().items()))
    return st.lists(row, min_size=1, max_size=20).map(Positions.from_rows)


@settings(max_examples=20, deadline=None)
@given(given_rows=any_positions())
def test_every_number_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, given_rows: Positions) -> None:
    """Integers as the air brought them, feeds by name, no row lost, none twice however often it was written."""
    folder = tmp_path_factory.mktemp("archive")
    for _ in range(2):
        infos = write_segments(folder, "live", given_rows, FEEDS)
    table = read_positions(folder, T0 - 1, T0 + 11 * MINUTE).table
    names = [n for n in Positions.names() if n not in ("line", "feed")]
    back = sorted(zip(table.column("feed").to_pylist(), *(table.column(n).to_pylist() for n in names), strict=True))
    feeds = [FEEDS[i] for i in given_rows.feed]
    given = {
        (feed, *row)
        for feed, row in zip(feeds, zip(*(getattr(given_rows, n).tolist() for n in names), strict=True), strict=True)
    }
    assert back == sorted(given)
    assert sum(info.rows for info in infos) == len(given_rows)


def test_the_schema_on_disk_is_that_of_the_reports(tmp_path: Path) -> None:
    """Every column of Positions but line, in its own integer type; the run stands in the file."""
    info = write_segment(tmp_path, "live", T0, positions({}), ["udp"])
    kept = pq.read_schema(tmp_path / info.path)
    dtypes = {n: d for n, d in Positions.dtypes().items() if n not in ("line", "feed")}
    assert {n: kept.field(n).type.to_pandas_dtype() for n in dtypes} == {n: d.type for n, d in dtypes.items()}
    assert (kept.names, kept.metadata[b"run_id"]) == (schema().names, b"live")


def test_equal_rows_are_equal_bytes(tmp_path: Path) -> None:
    """A watch that catches up writes the same file again; the manifest says what is in it."""
    rows = positions({"seq": 7}, {"seq": 8, "lon": 73_600_000, "fix_ms": T0 + 10, "mmsi": 412990009})
    one, two = (write_segment(tmp_path / n, "live", T0, rows, ["udp"]) for n in "ab")
    assert one == two
    assert (tmp_path / "a" / one.path).read_bytes() == (tmp_path / "b" / one.path).read_bytes()
    assert one.path.startswith("archive/live/date=2026-11-22/hour=13/seg-00-7-")
    assert (one.t0_ms, one.t1_ms, one.mmsi_min, one.mmsi_max, one.rows) == (T0, T0 + 10, 412990001, 412990009, 2)
    assert (one.lon_min_deg, one.lon_max_deg, one.lat_min_deg) == (122.5, 73_600_000 / 600_000, 30.1)


def test_late_rows_of_one_chunk_never_overwrite_earlier_ones(tmp_path: Path) -> None:
    """Two halves of a minute out of the same chunk are two files."""
    for lon in (1, 2):
        write_segment(tmp_path, "live", T0, positions({"seq": 7, "lon": lon}), ["udp"])
    assert read_positions(tmp_path).table.column("lon").to_pylist() == [1, 2]


def test_found_by_time_vessel_and_place(tmp_path: Path) -> None:
    """From included, to not; a box across 180 degrees too; a report without position is in no box."""
    there = {"lon": 179 * 600_000, "lat": 0}
    write_segments(
        tmp_path,
        "live",
        positions(
            {"seq": 1},
            {"seq": 2, "fix_ms": T0 + MINUTE, "ref_ms": T0 + MINUTE, "mmsi": 412990002},
            {"seq": 3, "fix_ms": T0 - 1, "ref_ms": T0 + 10, "mmsi": 412990003, **there},
            {"seq": 4, "fix_ms": T0 + 86_400_000, "ref_ms": T0 + 86_400_000, "known": int(Known.SOG)},
        ),
        ["udp"],
    )

    def seqs(*args: object, **more: object) -> list[int]:
        return read_positions(tmp_path, *args, **more).table.column("seq").to_pylist()  # type: ignore[arg-type,no-any-return]

    assert [seqs(), seqs(T0, T0 + MINUTE), seqs(T0 - 1, T0)] == [[3, 1, 2, 4], [1], [3]]
    assert [seqs(mmsi=412990002), seqs(mmsi=[412990003, 412990001]), seqs(mmsi=[])] == [[2], [3, 1, 4], []]
    assert [seqs(bbox=(122.4, 30.0, 122.6, 30.2)), seqs(bbox=(178.0, -1.0, -178.0, 1.0))] == [[1, 2], [3]]


def test_an_empty_archive_has_the_same_columns(tmp_path: Path) -> None:
    table = read_positions(tmp_path).table
    assert (table.num_rows, table.schema.names) == (0, schema().names)


def test_a_segment_is_one_minute(tmp_path: Path) -> None:
    """Rows of another minute would never be found by their name."""
    for rows in (Positions.empty(), positions({}, {"ref_ms": T0 + MINUTE})):
        with pytest.raises(ValueError, match="one minute"):
            write_segment(tmp_path, "live", T0, rows, ["udp"])


@pytest.mark.parametrize("at", [-(2**62), LAST_MS + MINUTE, 2**62])
def test_a_clock_gone_wild_still_has_a_path(tmp_path: Path, at: int) -> None:
    write_segments(tmp_path, "live", positions({"ref_ms": at}), ["udp"])
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:-20], lambda b: b"x" * len(b)])
def test_a_broken_file_is_left_out_and_named(tmp_path: Path, damage: object) -> None:
    good = write_segment(tmp_path, "live", T0, positions({"seq": 1}), ["udp"])
    bad = write_segment(tmp_path, "live", T0, positions({"seq": 2}), ["udp"])
    path = tmp_path / bad.path
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    found = read_positions(tmp_path)
    assert (found.table.column("seq").to_pylist(), found.broken) == ([1], (bad.path,))
    assert good.path not in found.broken


def test_killed_while_writing_leaves_whole_segments_only(tmp_path: Path) -> None:
    """Each segment the child reported is there whole; what it was writing is no segment and is cleared away."""
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path), str(Path(__file__).parents[1])],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    said = [int(child.stdout.readline()) for _ in range(40)]
    child.kill()
    said += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    child.stdout.close()
    child.wait()
    remove_leftovers(tmp_path)
    found = read_positions(tmp_path)
    assert (found.broken, list(tmp_path.rglob("*.tmp"))) == ((), [])
    counts = np.bincount(found.table.column("seq").to_numpy())
    assert set(said) <= set(np.flatnonzero(counts)) and set(counts) == {200}


def test_what_a_crash_left_is_removed(tmp_path: Path) -> None:
    write_segment(tmp_path, "live", T0, positions({}), ["udp"])
    (tmp_path / "archive/live/date=2026-11-22/hour=13/seg-00-9-0.parquet.tmp").write_bytes(b"half")
    assert (remove_leftovers(tmp_path), read_positions(tmp_path).num_rows) == (1, 1)


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    """In a child with a file size limit: one fault, no half file, no leftover."""
    replace_file(tmp_path / "x", b"old")
    script = (
        LIMIT
        + "import sys; from pathlib import Path; from fengqiao.store.durable import replace_file\n"
        + "from fengqiao.model.errors import EnvironmentFault\n"
        + "try: replace_file(Path(sys.argv[1]), b'n' * 50_000)\n"
        + "except EnvironmentFault as fault: print(fault.message)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "x")], capture_output=True, text=True)
    assert (done.stdout.strip(), (tmp_path / "x").read_bytes(), len(list(tmp_path.iterdir()))) == (
        "error.disk_full",
        b"old",
        1,
    )


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where a folder should be")
    with pytest.raises(EnvironmentFault) as caught:
        write_segment(tmp_path, "live", T0, positions({}), ["udp"])
    assert caught.value.message == "error.disk_failed"


def test_the_manifest_knows_each_file_once(either: Store, tmp_path: Path) -> None:
    rows = positions({"seq": 1}, {"seq": 2, "ref_ms": T0 + MINUTE, "fix_ms": T0 + MINUTE, "known": 0})
    infos = write_segments(tmp_path, "live", rows, ["udp"])
    either.save_segments(infos)
    either.save_segments(infos)
    assert either.segments("live") == infos
    assert (either.segments("live", T0, T0 + 1), either.segments("replay")) == (infos[:1], [])
