"""``udp://host:port``: binds there and takes every datagram as it is; a multicast group is joined."""

import ipaddress
import os
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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
from fengqiao.model.errors import EnvironmentFault
from fengqiao.model.inputs import Chunk, Clock

RECEIVE_BUFFER_BYTES = 16 << 20  # asked for first: 80 s of 2,000 sentences a second; the system grants what it allows
RECEIVE_BUFFER_BYTES_MIN = 64 << 10
SOCKETS = {socket.AF_INET: Path("/proc/net/udp"), socket.AF_INET6: Path("/proc/net/udp6")}  # of Linux
INODE_CELL, DROPS_CELL = 9, 12  # of a row of these
GROUP_OPTIONS: Mapping[str, Callable[[str], Any]] = {**CLOCK, "interface": str}

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class UdpFeed:
    live = True
    lossy = True

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        host, port = sock.getsockname()[:2]
        self.name = f"udp://{shown_address(host, port)}"
        self.clock = clock
        self.buffer_bytes = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self._sock = sock
        self._row = SOCKETS.get(sock.family), str(os.fstat(sock.fileno()).st_ino) if sys.platform != "win32" else ""
        self._dropped: int | None = None

    def system_dropped(self) -> int | None:
        """As the table of sockets says, which also knows of what was lost behind the last datagram that came."""
        table, inode = self._row
        if table is not None and self._sock.fileno() >= 0:
            self._dropped = _drops(table, inode)
        return self._dropped

    def run(self, put: Put, stop: threading.Event, now_ms: NowMs) -> None:
        self._sock.setblocking(False)  # a socket with a timeout asks twice for every datagram
        with self._sock:
            while not stop.is_set():
                try:
                    data, peer = self._sock.recvfrom(READ_BYTES)
                except BlockingIOError:
                    select.select([self._sock], [], [], POLL_S)
                    continue
                at_ms = now_ms()
                if data:
                    put(Chunk(self.name, shown_address(*peer[:2]), at_ms, data, whole=True))
            self.system_dropped()

    def close(self) -> None:
        self._sock.close()


def parse(url: str, rest: str) -> UdpFeed:
    """``udp://host:port[?clock=source][&interface=NAME]``, the interface for a multicast group only.

    No host is every IPv4 address of this machine; port 0 lets the system choose, and the name tells which.
    EnvironmentFault: the name is not known, the port is taken or not allowed, the group cannot be joined.
    """
    where, _, query = rest.partition("?")
    host, port = address(url, where, lowest_port=0)
    family, to = _resolve(url, host, port)
    ip = ipaddress.ip_address(to[0].partition("%")[0])
    chosen = options(url, query, GROUP_OPTIONS if ip.is_multicast else CLOCK)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        _bind(sock, ip, to)
        if ip.is_multicast:
            _join(sock, ip, chosen.get("interface", ""))
    except (OSError, ValueError) as fault:
        sock.close()
        raise EnvironmentFault("feed_bind", url=url, reason=because(fault)) from fault
    _widen(sock)
    return UdpFeed(sock, chosen.get("clock", Clock.RECEIVER))


def _resolve(url: str, host: str, port: int) -> tuple[int, Any]:
    try:
        family = socket.AF_UNSPEC if host else socket.AF_INET
        found = socket.getaddrinfo(host or None, port, family, socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as fault:
        raise unresolved(url, host, fault) from fault
    return found[0][0], found[0][4]


def _bind(sock: socket.socket, ip: IpAddress, to: Any) -> None:
    if ip.version == 6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if ip.is_unspecified else 1)
    if ip.is_multicast:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a chart plotter may listen to the same group
        if sys.platform == "win32":  # which cannot bind to a group; elsewhere that keeps other groups out
            to = ("", *to[1:])
    sock.bind(to)


def _join(sock: socket.socket, ip: IpAddress, interface: str) -> None:
    """Join the group on an interface given by name or number, for IPv4 also by its address."""
    if ip.version == 6:
        membership = ip.packed + struct.pack("@I", _index(interface) if interface else 0)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, membership)
        return
    try:
        on = ipaddress.IPv4Address(interface or 0).packed
    except ValueError:
        on = bytes(4) + struct.pack("@i", _index(interface))  # struct ip_mreqn
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, ip.packed + on)


def _index(interface: str) -> int:
    return int(interface) if interface.isdecimal() else socket.if_nametoindex(interface)


def _drops(table: Path, inode: str) -> int | None:
    """Datagrams that the socket has lost; None where there is no such table or no such row."""
    try:
        rows = table.read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    cells = next((cells for row in rows if (cells := row.split())[INODE_CELL : INODE_CELL + 1] == [inode]), [])
    return int(cells[DROPS_CELL]) if len(cells) > DROPS_CELL and cells[DROPS_CELL].isdecimal() else None


def _widen(sock: socket.socket) -> None:
    """Ask for the largest receive buffer: some systems cut the wish down, others refuse it."""
    size = RECEIVE_BUFFER_BYTES
    while size >= RECEIVE_BUFFER_BYTES_MIN:
        try:
            return sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        except OSError:
            size //= 2
