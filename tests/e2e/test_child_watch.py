"""A watch started by a desk: it shows a picture, comes back when killed, and says why when it cannot start."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from live import UDP, until

from fengqiao.app.child_watch import ChildWatch
from fengqiao.model.errors import EnvironmentFault
from fengqiao.store.frame import read_frame
from fengqiao.store.lock import watch_running

pytestmark = pytest.mark.slow


@contextmanager
def child(folder: Path, *args: str, pipe: int | None = None) -> Iterator[ChildWatch]:
    folder.mkdir(exist_ok=True)
    watch = ChildWatch(folder, args, pipe)
    try:
        yield watch
    finally:
        watch.stop()


def seq(folder: Path) -> int:
    frame = read_frame(folder)
    return frame.seq if frame is not None else -1


def test_it_begins_with_a_picture_and_ends_with_a_checkpoint(tmp_path: Path) -> None:
    with child(tmp_path / "d", "--feed", UDP) as watch:
        watch.begin()
        assert seq(tmp_path / "d") >= 1 and watch_running(tmp_path / "d")
    assert (tmp_path / "d" / "checkpoint").exists() and not watch_running(tmp_path / "d")


def test_killed_it_comes_back(tmp_path: Path) -> None:
    """kill -9 of the watch: within seconds there is a new one on the same folder, with new pictures."""
    folder = tmp_path / "d"
    with child(folder, "--feed", UDP) as watch:
        watch.begin()
        first = watch.pid
        os.kill(first, signal.SIGKILL)
        until(lambda: watch.pid != first and watch_running(folder))
        killed_ms = time.time_ns() // 1_000_000
        until(lambda: (frame := read_frame(folder)) is not None and frame.at_ms >= killed_ms)


def test_one_that_cannot_start_says_why(tmp_path: Path) -> None:
    with child(tmp_path / "d", "--feed", "mqtt://x", "--lang", "en") as watch, pytest.raises(EnvironmentFault) as fault:
        watch.begin()
    assert "mqtt://x" in fault.value.facts["reason"]


def test_it_reads_the_pipe_that_was_ours(tmp_path: Path) -> None:
    """The bytes that came on standard input reach the child; we keep the terminal."""
    ours, theirs = os.pipe()
    with child(tmp_path / "d", "--feed", "-", pipe=ours) as watch:
        os.write(theirs, b"!AIVDM,1,1,,A,13P:v?h009Ogbr4NkiITkU>L089D,0*0A\n")
        watch.begin()
        until(lambda: (frame := read_frame(tmp_path / "d")) is not None and frame.meta["sentences"]["in"] >= 1)
        os.close(theirs)
    os.close(ours)
