"""Runs feeds side by side and hands on what they bring, in order of arrival and within a bound of memory."""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Self

from fengqiao.feeds.clock import now_ms
from fengqiao.feeds.feed import Datagrams, Feed, Loss, NowMs, because, name_apart
from fengqiao.model.errors import FengqiaoError
from fengqiao.model.inputs import Chunk

QUEUE_BYTES_MAX = 64 << 20  # minutes of a national feed: a pause of the disk is bridged, memory stays bounded
CHUNK_COST_BYTES = 512  # of a chunk beside its data: a flood of tiny datagrams must not grow our memory either
TAKE_CHUNKS_MAX = 4_096  # at once, so that ticks get their turn under a flood
JOIN_S = 10.0  # a feed stops within a poll, or at worst one attempt to connect


class Pump:
    """A thread for each feed and one queue. It runs from the start; ``with`` or ``stop`` ends it.

    A full queue makes stdin, tcp and files wait; a lossy feed drops the chunk, counted in ``dropped`` and
    ``losses``. What live feeds bring is received at the time of ``clock``. ``ended`` holds the names of feeds that are
    over, ``faults`` why, for those that broke off.
    """

    def __init__(self, feeds: Sequence[Feed], clock: NowMs = now_ms, bytes_max: int = QUEUE_BYTES_MAX) -> None:
        name_apart(feeds)
        self._feeds = tuple(feeds)
        self._dropped = {feed.name: 0 for feed in feeds if feed.lossy}  # chunks
        self.ended: set[str] = set()
        self.faults: dict[str, str] = {}
        self._now_ms, self._bytes_max = clock, bytes_max
        self._queue: deque[Chunk] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._stop = threading.Event()
        # A read of standard input may never come back on some systems: it must not keep the program alive.
        self._threads = [threading.Thread(target=self._run, args=(f,), name=f.name, daemon=True) for f in feeds]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether anything may still come out of ``take``."""
        with self._changed:
            return bool(self._queue) or len(self.ended) < len(self._threads)

    @property
    def dropped(self) -> int:
        """Chunks that did not fit into the queue."""
        return sum(self._dropped.values())

    def losses(self) -> list[Loss]:
        """What feeds of datagrams have lost, each in its order."""
        return [
            Loss(feed.name, self._dropped[feed.name], feed.system_dropped(), feed.buffer_bytes)
            for feed in self._feeds
            if isinstance(feed, Datagrams)
        ]

    def take(self, timeout_s: float) -> list[Chunk]:
        """What has come in, at most TAKE_CHUNKS_MAX; waits for it up to ``timeout_s``, unless all feeds are over."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or len(self.ended) == len(self._threads), timeout_s)
            taken = [self._queue.popleft() for _ in range(min(len(self._queue), TAKE_CHUNKS_MAX))]
            self._bytes -= sum(map(_cost, taken))
            self._changed.notify_all()
        return taken

    def stop(self) -> None:
        """End all feeds. What they had read by then is still there to be taken."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(JOIN_S)

    def _run(self, feed: Feed) -> None:
        try:
            feed.run(lambda chunk: self._put(chunk, feed), self._stop, self._now_ms)
        except (OSError, FengqiaoError) as fault:
            self.faults = {**self.faults, feed.name: _reason(fault)}  # replaced, not changed: others iterate over it
        finally:
            feed.close()
            with self._changed:
                self.ended = self.ended | {feed.name}
                self._changed.notify_all()

    def _put(self, chunk: Chunk, feed: Feed) -> None:
        with self._changed:
            if feed.lossy and not self._has_room(chunk):
                self._dropped[feed.name] += 1
                return
            self._changed.wait_for(lambda: self._has_room(chunk) or self._stop.is_set())
            self._queue.append(chunk)
            self._bytes += _cost(chunk)
            self._changed.notify_all()

    def _has_room(self, chunk: Chunk) -> bool:
        return not self._queue or self._bytes + _cost(chunk) <= self._bytes_max


def _cost(chunk: Chunk) -> int:
    return len(chunk.data) + CHUNK_COST_BYTES


def _reason(fault: OSError | FengqiaoError) -> str:
    return because(fault) if isinstance(fault, OSError) else str(fault.facts.get("reason", fault.message))
