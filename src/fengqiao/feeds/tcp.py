"""``tcp://host:port``: connects to a server of sentences, and connects again whenever it is lost."""

import contextlib
import socket
import threading

from fengqiao.feeds.feed import (
    CLOCK,
    POLL_S,
    READ_BYTES,
    NowMs,
    Put,
    address,
    because,
    options,
    shown_address,
    unresolved,
)
from fengqiao.model.errors import EnvironmentFault, UsageFault
from fengqiao.model.inputs import Chunk, Clock

CONNECT_S = 5.0  # a server that answers slower than this is as good as down
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # between attempts; the last for ever
# A server that lost its power sends no farewell: probe after 30 s of silence, give up after three probes.
KEEPALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))


class TcpFeed:
    live = True
    lossy = False

    def __init__(self, scheme: str, host: str, port: int, sock: socket.socket, clock: Clock, hello: bytes) -> None:
        """``hello`` is what a server is told on every connection before it speaks."""
        self.name = f"{scheme}://{shown_address(host, port)}"
        self.clock = clock
        self._to = (host, port)
        self._hello = hello
        self._sock = sock
        self._connections = 1

    def run(self, put: Put, stop: threading.Event, now_ms: NowMs) -> None:
        failures = 0
        while not stop.is_set():
            heard = self._drain(put, stop, now_ms)
            failures = 0 if heard else failures + 1  # a server that only hangs up is not to be hammered
            while not stop.wait(PAUSES_S[min(failures, len(PAUSES_S) - 1)]):
                try:
                    self._sock = _connect(*self._to)
                except OSError:
                    failures += 1
                else:
                    self._connections += 1
                    break

    def close(self) -> None:
        self._sock.close()

    def _drain(self, put: Put, stop: threading.Event, now_ms: NowMs) -> bool:
        """Read one connection to its end; whether it brought anything."""
        peer = f"{shown_address(*self._to)}#{self._connections}"  # numbered: a new one never ends an old one's line
        heard = False
        with self._sock:
            with contextlib.suppress(OSError):  # whoever does not listen hangs up, which is seen below
                self._sock.sendall(self._hello)
            while not stop.is_set():
                try:
                    data = self._sock.recv(READ_BYTES)
                except TimeoutError:
                    continue
                except OSError:
                    break
                if not data:
                    break
                put(Chunk(self.name, peer, now_ms(), data))
                heard = True
        put(Chunk(self.name, peer, now_ms(), b"", closed=True))
        return heard


def _connect(host: str, port: int) -> socket.socket:
    sock = socket.create_connection((host, port), timeout=CONNECT_S)
    sock.settimeout(POLL_S)
    with contextlib.suppress(OSError):  # the probes are a help, not a condition
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE:
            if hasattr(socket, option):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return sock


def parse(url: str, rest: str) -> TcpFeed:
    """``tcp://host:port[?clock=source]``. EnvironmentFault if nobody answers now; later losses are retried."""
    where, _, query = rest.partition("?")
    host, port = address(url, where, lowest_port=1)
    chosen = options(url, query, CLOCK)
    return connected("tcp", url, host, port, chosen.get("clock", Clock.RECEIVER))


def connected(scheme: str, url: str, host: str, port: int, clock: Clock, hello: bytes = b"") -> TcpFeed:
    """A feed of the server there. EnvironmentFault if nobody answers."""
    if not host:
        raise UsageFault("feed_address", url=url, scheme=scheme)
    try:
        sock = _connect(host, port)
    except (socket.gaierror, UnicodeError) as fault:
        raise unresolved(url, host, fault) from fault
    except OSError as fault:
        raise EnvironmentFault("feed_refused", url=url, reason=because(fault)) from fault
    return TcpFeed(scheme, host, port, sock, clock, hello)
