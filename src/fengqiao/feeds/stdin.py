"""``-``: whatever a pipe brings on standard input."""

import os
import select
import sys
import threading

from fengqiao.feeds.feed import CLOCK, POLL_S, READ_BYTES, NowMs, Put, because, options
from fengqiao.model.errors import EnvironmentFault
from fengqiao.model.inputs import Chunk, Clock

FD = 0


class StdinFeed:
    live = True
    lossy = False

    def __init__(self, clock: Clock) -> None:
        self.name = "stdin"
        self.clock = clock

    def run(self, put: Put, stop: threading.Event, now_ms: NowMs) -> None:
        while not stop.is_set():
            if not _readable(POLL_S):
                continue
            data = os.read(FD, READ_BYTES)
            at_ms = now_ms()
            if not data:
                put(Chunk(self.name, "", at_ms, b"", closed=True))
                return
            put(Chunk(self.name, "", at_ms, data))

    def close(self) -> None:
        """Standard input belongs to whoever started us."""


def _readable(wait_s: float) -> bool:
    if sys.platform == "win32":  # select knows only sockets there: the read itself waits
        return True
    return bool(select.select([FD], [], [], wait_s)[0])


def parse(url: str, rest: str) -> StdinFeed:
    """``-`` or ``-?clock=source``. EnvironmentFault if standard input is closed."""
    chosen = options(url, rest.removeprefix("?"), CLOCK)
    try:
        os.fstat(FD)
    except OSError as fault:
        raise EnvironmentFault("feed_stdin", reason=because(fault)) from fault
    return StdinFeed(chosen.get("clock", Clock.RECEIVER))
