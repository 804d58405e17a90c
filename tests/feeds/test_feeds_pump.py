"""Feeds side by side: bounds, ends, faults and names."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fengqiao.feeds import Pump, open_feed
from fengqiao.feeds.feed import NowMs, Put, name_apart
from fengqiao.feeds.pump import CHUNK_COST_BYTES
from fengqiao.model.errors import InputFault
from fengqiao.model.inputs import Chunk, Clock

WAIT_S = 120.0  # gives up a hopeless test; nothing is measured by it


class Told:
    """A feed that does what a test tells it to."""

    live = True
    clock = Clock.RECEIVER

    def __init__(self, name: str, does: Callable[[Put, threading.Event], None], lossy: bool = False) -> None:
        self.name, self.lossy, self._does = name, lossy, does
        self.closed = 0

    def run(self, put: Put, stop: threading.Event, _now_ms: NowMs) -> None:
        self._does(put, stop)

    def close(self) -> None:
        self.closed += 1


def chunk(n: int, size: int = 100) -> Chunk:
    return Chunk("f", "", n, bytes(size))


def drain(pump: Pump) -> list[Chunk]:
    out: list[Chunk] = []
    while pump.running:
        out += pump.take(WAIT_S)
    return out


def test_a_full_queue_makes_a_patient_feed_wait_and_loses_nothing() -> None:
    """A pipe is read no further than there is room; once taken, the rest follows in order."""
    put_count = 0

    def pour(put: Put, stop: threading.Event) -> None:
        nonlocal put_count
        for n in range(50):
            put(chunk(n))
            put_count += 1

    with Pump([Told("pipe", pour)], bytes_max=3 * (100 + CHUNK_COST_BYTES)) as pump:
        first = pump.take(WAIT_S)
        assert put_count <= len(first) + 4  # three in the queue, one about to be
        everything = first + drain(pump)
    assert [c.received_ms for c in everything] == list(range(50))
    assert pump.dropped == 0


def test_a_full_queue_drops_and_counts_what_a_lossy_feed_brings() -> None:
    """A sender that cannot wait fills the queue; the rest is dropped and counted, memory stays bounded."""
    done = threading.Event()

    def flood(put: Put, stop: threading.Event) -> None:
        for n in range(50):
            put(chunk(n))
        done.set()

    with Pump([Told("udp", flood, lossy=True)], bytes_max=3 * (100 + CHUNK_COST_BYTES)) as pump:
        assert done.wait(WAIT_S)
        kept = drain(pump)
    assert [c.received_ms for c in kept] == [0, 1, 2]
    assert pump.dropped == 47


def test_a_feed_that_dies_is_named_and_the_others_go_on() -> None:
    """An input that breaks off is a fault with its reason; the pump runs on with the rest."""
    go_on = threading.Event()

    def die(put: Put, stop: threading.Event) -> None:
        raise OSError(5, "Input/output error")

    def spoil(put: Put, stop: threading.Event) -> None:
        raise InputFault("feed_archive", path="bay.gz", offset=0, reason="not a gzip file")

    def live(put: Put, stop: threading.Event) -> None:
        go_on.wait(WAIT_S)
        put(chunk(1))

    feeds = [Told("disk", die), Told("archive", spoil), Told("radio", live)]
    with Pump(feeds) as pump:
        while len(pump.faults) < 2:
            assert pump.take(0.01) == []
        assert pump.running
        go_on.set()
        assert [c.received_ms for c in drain(pump)] == [1]
    assert pump.faults == {"disk": "Input/output error", "archive": "not a gzip file"}
    assert pump.ended == {"disk", "archive", "radio"}
    assert all(feed.closed for feed in feeds)


def test_stopping_keeps_what_was_read() -> None:
    """A chunk that was waiting for room when the pump was stopped is still handed out."""
    waiting = threading.Event()

    def pour(put: Put, stop: threading.Event) -> None:
        put(chunk(1))
        waiting.set()
        put(chunk(2))
        stop.wait()

    pump = Pump([Told("pipe", pour)], bytes_max=1)
    assert waiting.wait(WAIT_S)
    pump.stop()
    assert pump.ended == {"pipe"}
    assert [c.received_ms for c in drain(pump)] == [1, 2]
    assert not pump.running


def test_take_gives_up_after_its_timeout() -> None:
    """Silence is an empty list, so that ticks go on; the feed is still running."""
    with Pump([Told("silent", lambda put, stop: void(stop.wait()))]) as pump:
        assert pump.take(0.01) == []
        assert pump.running and not pump.ended


def void(_: object) -> None:
    return None


def test_feeds_of_one_name_are_told_apart() -> None:
    """Two feeds that would bear one name get a number each, also beside one that bears such a number already."""
    feeds = [Told(name, lambda put, stop: None) for name in ("a", "a", "a#2", "b", "a")]
    name_apart(feeds)
    assert [f.name for f in feeds] == ["a", "a#2", "a#2#2", "b", "a#3"]


def test_two_files_of_one_name_play_side_by_side(tmp_path: Path) -> None:
    """Recordings called the same in two folders keep their bytes apart under two names."""
    for folder in ("east", "west"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bay.nmea").write_bytes(folder.encode() + b"\n")
    with Pump([open_feed(f"file:{tmp_path / folder / 'bay.nmea'}?speed=0") for folder in ("east", "west")]) as pump:
        data = {c.feed: c.data for c in drain(pump) if c.data}
    assert data == {"file:bay.nmea": b"east\n", "file:bay.nmea#2": b"west\n"}


@pytest.mark.parametrize("speed", ["0", "1000000"])
def test_a_file_ends_by_itself(tmp_path: Path, speed: str) -> None:
    """A file played to its end is over without a fault, and its last chunk closes its partial line."""
    (tmp_path / "bay.nmea").write_bytes(b"1398902400,!AIVDM\n1398902460,!AIV")
    with Pump([open_feed(f"{tmp_path / 'bay.nmea'}?speed={speed}")]) as pump:
        chunks = drain(pump)
    assert [(c.data, c.closed) for c in chunks] == [
        (b"1398902400,!AIVDM\n", False),
        (b"1398902460,!AIV", False),
        (b"", True),
    ]
    assert (pump.ended, pump.faults) == ({"file:bay.nmea"}, {})
