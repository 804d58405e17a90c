"""The frame, the checkpoint and the folders: small files that are whole or count as absent."""

import collections
import datetime
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengqiao.fleet.vessels import RING, Vessels
from fengqiao.model.errors import EnvironmentFault
from fengqiao.model.findings import Priority
from fengqiao.model.inputs import Tick
from fengqiao.store import checkpoint
from fengqiao.store.folder import data_folder, disk_free, give_reserve, scratch_folder, take_reserve
from fengqiao.store.frame import FILE, Frame, read_frame, write_frame
from store.store_cases import T0, change, positions

REPLACE_UNTIL_KILLED = """
import sys
from pathlib import Path
import numpy as np
from fengqiao.store.frame import Frame, write_frame
n = 0
while True:
    write_frame(Path(sys.argv[1]), Frame(n, n, {"mmsi": np.full(n % 7 * 1000, n)}, {"n": n}))
    if n == 0: print("began", flush=True)
    n += 1
"""


def test_a_frame_comes_back_with_its_columns(tmp_path: Path) -> None:
    """Numbers, flags, text and rings keep type and shape; unknown stays NaN."""
    columns = {
        "mmsi": np.array([412990001, 412990002]),
        "sog_kn": np.array([3.5, np.nan]),
        "accurate": np.array([True, False]),
        "name": np.array(["浙样渔00001", "坏\ud800"], object),
        "ring_lon": np.arange(2.0 * RING).reshape(2, RING),
    }
    write_frame(tmp_path, Frame(9, T0, columns, {"run": "live", "feeds": [{"feed": "udp", "age_s": float("nan")}]}))
    frame = read_frame(tmp_path)
    assert frame is not None
    assert (frame.seq, frame.at_ms, frame.meta) == (9, T0, {"run": "live", "feeds": [{"feed": "udp", "age_s": None}]})
    assert frame.columns["name"].tolist() == ["浙样渔00001", "坏\ufffd"]
    for name in ("mmsi", "sog_kn", "accurate", "ring_lon"):
        np.testing.assert_array_equal(frame.columns[name], columns[name])
        assert frame.columns[name].dtype == columns[name].dtype


@pytest.mark.parametrize("count", [0, 3])
def test_a_whole_fleet_makes_a_frame(tmp_path: Path, count: int) -> None:
    """An empty sea is a frame too, with every column."""
    rows = {n: np.zeros(count, d) if d.kind != "O" else np.full(count, "", object) for n, d in Vessels.dtypes().items()}
    write_frame(tmp_path, Frame(1, T0, rows))
    frame = read_frame(tmp_path)
    assert frame is not None
    assert {n: c.shape for n, c in frame.columns.items()} == {n: c.shape for n, c in rows.items()}


def test_a_reader_never_sees_half_a_frame(tmp_path: Path) -> None:
    """While another process replaces it as fast as it can, each reading is one whole frame, never an older one."""
    child = subprocess.Popen(
        [sys.executable, "-c", REPLACE_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stdout.readline() == "began\n"
    seen: list[int] = []
    deadline = time.monotonic() + 240  # a busy machine may let the writer wait
    while len(seen) < 150 or (seen[-1] == seen[0] and time.monotonic() < deadline):
        frame = read_frame(tmp_path)
        assert frame is not None
        assert frame.meta["n"] == frame.seq and len(frame.columns["mmsi"]) == frame.seq % 7 * 1000
        assert set(frame.columns["mmsi"].tolist()) <= {frame.seq}
        seen.append(frame.seq)
    child.kill()
    child.wait()
    child.stdout.close()
    assert seen == sorted(seen) and seen[-1] > seen[0]


def test_no_frame_and_a_torn_frame_are_none(tmp_path: Path) -> None:
    """A desk then says that it has no picture; it does not crash."""
    write_frame(tmp_path, Frame(1, T0, {"mmsi": np.arange(1000)}))
    whole = (tmp_path / FILE).read_bytes()
    found = []
    for part in (b"", whole[:100], whole[: len(whole) // 2], whole[:-1], b"noise" * 100):
        (tmp_path / FILE).write_bytes(part)
        found.append(read_frame(tmp_path))
    (tmp_path / FILE).unlink()
    assert [*found, read_frame(tmp_path)] == [None] * 6


STATE = {
    "positions": positions({"seq": 5}),
    "objects": np.array(["浙样渔", None], object),
    "number": np.float64(1.5),
    "changes": [change(kind, T0) for kind in ("raised",)],  # type: ignore[arg-type]
    "counts": collections.Counter(a=1),
    "queue": collections.deque([Tick(1)], maxlen=5),
    "by": collections.defaultdict(list, {"x": [Priority.ALARM]}),
    "order": collections.OrderedDict(b=1, a=2),
    "when": (datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC), datetime.timedelta(seconds=3)),
    "sets": ({1, 2}, frozenset({(1, 2)}), bytearray(b"x"), 1j),
}


def test_a_checkpoint_gives_back_what_was_in_memory(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, 42, STATE)
    found = checkpoint.load(tmp_path)
    assert (found.seq, found.reasons) == (42, ())
    assert found.state["positions"].seq.tolist() == [5]
    assert found.state["objects"].tolist() == ["浙样渔", None]
    same = [k for k in STATE if k not in ("positions", "objects")]
    assert {k: found.state[k] for k in same} == {k: STATE[k] for k in same}


def test_without_a_checkpoint_the_log_is_replayed_from_its_start(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path) == checkpoint.Checkpoint(0, None)


@pytest.mark.parametrize("cut", [0, 1, 30, 200, -1])
def test_a_torn_checkpoint_counts_as_absent_and_the_one_before_serves(tmp_path: Path, cut: int) -> None:
    checkpoint.save(tmp_path, 1, {"n": 1})
    checkpoint.save(tmp_path, 2, {"n": 2, "more": list(range(100))})
    path = tmp_path / checkpoint.FILE
    path.write_bytes(path.read_bytes()[:cut])
    found = checkpoint.load(tmp_path)
    assert (found.seq, found.state, len(found.reasons)) == (1, {"n": 1}, 1)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(at=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_one_altered_byte_is_noticed(tmp_path: Path, at: int, flip: int) -> None:
    """Or, in the header, changes nothing that matters."""
    checkpoint.save(tmp_path, 7, STATE)
    path = tmp_path / checkpoint.FILE
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= flip
    path.write_bytes(data)
    (tmp_path / checkpoint.BEFORE).unlink(missing_ok=True)
    found = checkpoint.load(tmp_path)
    assert found.state is None or "positions" in found.state


def test_a_checkpoint_of_other_code_counts_as_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.save(tmp_path, 1, {})
    monkeypatch.setattr(checkpoint, "code_mark", lambda: "0.0.9+ffff")
    found = checkpoint.load(tmp_path)
    assert found.state is None and "other code" in found.reasons[0]


def named(module: str, name: str, argument: str) -> bytes:
    """A pickle that calls ``module.name(argument)``."""
    return (
        b"\x80\x04"
        + b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name))
        + b"\x93\x8c"
        + bytes([len(argument)])
        + argument.encode()
        + b"\x85R."
    )


def header_of(body: bytes) -> bytes:
    fields = {"magic": checkpoint.MAGIC, "format": checkpoint.FORMAT, "code": checkpoint.code_mark(), "seq": 1}
    return json.dumps({**fields, "sha256": hashlib.sha256(body).hexdigest()}).encode() + b"\n"


@pytest.mark.parametrize(
    "body",
    [
        named("posix", "system", "touch made"),
        named("builtins", "eval", "open('made', 'w')"),
        named("fengqiao.store.durable", "os.system", "touch made"),
        named("fengqiao.store.durable", "Path.touch", "made"),
        named("fengqiao.words", "files.__globals__", "made"),
        named("fengqiao.model.columns", "np.load", "made"),
        named("fengqiao.store.database", "open_store", "made"),
        named("fengqiao.store.connection", "Database", "made"),
        named("numpy", "load", "made"),
        named("builtins", "getattr", "made"),
    ],
)
def test_a_checkpoint_cannot_call_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """With a right hash, even: only our own classes and plain containers are built."""
    (tmp_path / checkpoint.FILE).write_bytes(header_of(body) + body)
    monkeypatch.chdir(tmp_path)
    found = checkpoint.load(tmp_path)
    assert found.state is None and "may not stand in a checkpoint" in found.reasons[0]
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint.FILE]


def test_the_folder_asked_for_goes_before_the_environment(tmp_path: Path) -> None:
    env = {"FENGQIAO_DATA": str(tmp_path / "env")}
    found = [data_folder(str(tmp_path / "asked"), env), data_folder(None, env), data_folder("", env)]
    assert found == [tmp_path / "asked", tmp_path / "env", tmp_path / "env"]
    assert all(folder.is_dir() for folder in found)


@pytest.mark.parametrize("where", ["/proc/1/nowhere", "nul\0byte"])
def test_a_folder_that_cannot_be_made(where: str) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        data_folder(where, {})
    assert caught.value.message == "error.data_folder"


def test_scratch_folders_are_new_each_time() -> None:
    one, two = scratch_folder("demo"), scratch_folder("demo")
    assert one != two and not any(one.iterdir()) and disk_free(one) > 0
    one.rmdir()
    two.rmdir()


def test_the_reserve_is_given_once(tmp_path: Path) -> None:
    take_reserve(tmp_path)
    assert [give_reserve(tmp_path), give_reserve(tmp_path)] == [True, False]
