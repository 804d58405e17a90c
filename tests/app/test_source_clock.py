"""A watch that goes by its feeds' own clock, and what becomes of time when they stop."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from clocks import Computer
from fengqiao.app.demo import demonstration
from fengqiao.app.keep_watch import LiveWatch, begin
from fengqiao.app.rebuild import rebuild
from fengqiao.app.ticker import TICK_MS
from fengqiao.cli.main import run
from fengqiao.feeds import open_feed
from fengqiao.feeds.clock import now_ms
from fengqiao.model.findings import AlertChange, ChangeKind
from fengqiao.store.frame import read_frame

LINES = 600  # of the demonstration: some twenty seconds at sea
LATER = 7_000  # lines further on time has passed that hundred seconds
WAIT_S = 120.0  # gives up a hopeless test; nothing is measured by it
Tell = Callable[[AlertChange], None]


def recorded(stop: int) -> list[bytes]:
    with Path(demonstration().files[0]).open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        return bytes(stream.read(2_000_000)).splitlines()[:stop]


def heard_by_udp(folder: Path, tell: Tell, lines: list[bytes], computer: Computer) -> LiveWatch:
    """A watch on a real port that has heard ``lines`` and then nothing more."""
    clock, feed = computer.clock(), open_feed("udp://127.0.0.1:0?clock=source")
    live = begin([feed], folder, tell, lang="zh", shards=1, clock=clock)
    send(live, lines)
    return live


def send(live: LiveWatch, lines: list[bytes]) -> None:
    (name,) = live.live
    give_up = time.monotonic() + WAIT_S
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for taken, line in enumerate(lines, live.chunks + 1):
            sender.sendto(line, ("127.0.0.1", int(name.rpartition(":")[2])))
            while live.chunks < taken and time.monotonic() < give_up:
                live.round(live.pump.take(0.1))
            assert live.chunks == taken


def let_pass(computer: Computer, live: LiveWatch, seconds: int) -> None:
    """Rounds without a sentence, a second of our clock apart."""
    for _ in range(seconds):
        computer.passes(1)
        live.round([])


def end(live: LiveWatch) -> None:
    live.pump.stop()
    live.stop()


@pytest.fixture
def told() -> list[AlertChange]:
    return []


@pytest.fixture
def computer() -> Computer:
    return Computer(now_ms())


def test_time_goes_on_when_a_live_source_stops(tmp_path: Path, told: list[AlertChange], computer: Computer) -> None:
    """Two minutes after the last datagram its silence is an alarm, of its own time; the frame and doctor say why."""
    live = heard_by_udp(tmp_path, told.append, recorded(LINES), computer)
    stood_ms = live.keeper.ticker.reached_ms
    let_pass(computer, live, 120)
    frame = read_frame(tmp_path)
    reached_ms, ticked_ms = live.time_ms(live.clock.now_ms()), live.keeper.watch.at_ms
    end(live)
    dead = [c for c in told if c.message == "alert.feed_dead" and c.change is ChangeKind.RAISED]
    assert len(dead) == 1 and stood_ms + 60_000 < dead[0].at_ms <= stood_ms + 90_000
    assert reached_ms - stood_ms == 120_000 and 0 <= reached_ms - ticked_ms < TICK_MS
    assert frame is not None and frame.meta["source_stopped_s"] == 120


def test_a_source_that_speaks_again_is_believed_again(
    tmp_path: Path, told: list[AlertChange], computer: Computer
) -> None:
    lines = recorded(LATER + LINES)
    live = heard_by_udp(tmp_path, told.append, lines[:LINES], computer)
    let_pass(computer, live, 100)
    alone_ms, alone_s = live.time_ms(live.clock.now_ms()), live.source_stopped_s()
    send(live, lines[LATER:])
    back_ms, back_s = live.time_ms(live.clock.now_ms()), live.source_stopped_s()
    stream_ms = live.keeper.ticker.reached_ms
    end(live)
    assert alone_s == 100.0 and back_s == 0.0
    assert back_ms == stream_ms > alone_ms


def test_what_was_told_then_is_told_again_by_the_raw_log(
    tmp_path: Path, told: list[AlertChange], computer: Computer
) -> None:
    """The ticks that no sentence brought are journalled: folded again, the same alerts, a second start none twice."""
    live = heard_by_udp(tmp_path / "data", told.append, recorded(LINES), computer)
    let_pass(computer, live, 100)
    end(live)
    again = rebuild(tmp_path / "data", tmp_path / "again", lambda _: None, lang="zh")
    assert told and again.same


def test_a_recording_stays_where_it_ends(tmp_path: Path, told: list[AlertChange], computer: Computer) -> None:
    """Time of a file is over when the file is."""
    file = tmp_path / "bay.nmea"
    file.write_bytes(b"\n".join(recorded(LINES)))
    live = begin(
        [open_feed(f"file:{file}?speed=0")], tmp_path / "data", told.append, lang="zh", shards=1, clock=computer.clock()
    )
    give_up = time.monotonic() + WAIT_S
    while live.pump.running and time.monotonic() < give_up:
        live.round(live.pump.take(0.1))
    stood_ms = live.time_ms(live.clock.now_ms())
    let_pass(computer, live, 120)
    after: tuple[int, Any] = live.time_ms(live.clock.now_ms()), live.source_stopped_s()
    end(live)
    assert stood_ms > 0 and after == (stood_ms, 0.0)


def test_doctor_says_that_the_source_stands_still(
    tmp_path: Path, told: list[AlertChange], computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    live = heard_by_udp(tmp_path, told.append, recorded(LINES), computer)
    let_pass(computer, live, 60)
    end(live)
    run(["doctor", "--data", str(tmp_path)])
    assert "数据源的时钟已停走 " in capsys.readouterr().out
