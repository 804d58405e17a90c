"""Bytes from real sockets and pipes, with their peers and their ends."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fengqiao.feeds import Feed, Pump, open_feed, tcp, udp
from fengqiao.feeds.pump import CHUNK_COST_BYTES
from fengqiao.feeds.udp import UdpFeed
from fengqiao.model.errors import EnvironmentFault
from fengqiao.model.inputs import Chunk, Clock

# Two sentences of the GPSD sample set, and a type 5 in two parts.
ONE = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"
TWO = b"!AIVDM,1,1,,A,16SteH0P00Jt63hHaa6SagvJ087r,0*42"
WAIT_S = 120.0  # gives up a hopeless test; nothing is measured by it


def pump_until(pump: Pump, enough: Callable[[list[Chunk]], bool]) -> list[Chunk]:
    """What came out until ``enough`` was satisfied or the pump had no more."""
    chunks: list[Chunk] = []
    give_up = time.monotonic() + WAIT_S
    while not enough(chunks) and pump.running and time.monotonic() < give_up:
        chunks += pump.take(0.2)
    return chunks


def port_of(feed: Feed) -> int:
    return int(feed.name.rpartition(":")[2])


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(WAIT_S)
        yield listening


def test_a_datagram_without_line_end_stays_a_chunk_of_its_own() -> None:
    """Twenty datagrams without CRLF are twenty whole chunks, never glued, stamped by the clock that was given."""
    feed = open_feed("udp://127.0.0.1:0")
    with Pump([feed], iter(range(7, 100)).__next__) as pump, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for n in range(20):
            sender.sendto(ONE + b"%d" % n, ("127.0.0.1", port_of(feed)))
        chunks = pump_until(pump, lambda got: len(got) == 20)
    assert [c.data for c in chunks] == [ONE + b"%d" % n for n in range(20)]
    assert all(c.whole and not c.closed and c.feed == feed.name for c in chunks)
    assert [c.received_ms for c in chunks] == list(range(7, 27))


def test_interleaved_udp_peers_are_told_apart() -> None:
    """Two senders taking turns keep their own peer name, so that their parts never mix."""
    feed = open_feed("udp://127.0.0.1:0?clock=source")
    with (
        Pump([feed]) as pump,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as a,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as b,
    ):
        for sender, data in ((a, b"a1"), (b, b"b1"), (a, b"a2"), (b, b"b2")):
            sender.sendto(data, ("127.0.0.1", port_of(feed)))
        peers = [f"127.0.0.1:{sender.getsockname()[1]}" for sender in (a, b)]
        chunks = pump_until(pump, lambda got: len(got) == 4)
    assert [(c.peer, c.data) for c in chunks] == [
        (peers[0], b"a1"),
        (peers[1], b"b1"),
        (peers[0], b"a2"),
        (peers[1], b"b2"),
    ]
    assert feed.clock is Clock.SOURCE


BURST = 100_000  # 200,000 in all; far more than a receive buffer of 256 kB holds
FEW_BYTES = 20 * (100 + CHUNK_COST_BYTES)  # a queue that overflows from such a buffer alone, had nobody read meanwhile


def burst(port: int, name: str) -> None:
    """So many datagrams from another process, as fast as it can send."""
    code = (
        "import socket\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        f"s.connect(('127.0.0.1', {port}))\n"
        f"for n in range({BURST}): s.send(b'{name}%d,!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A' % n)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=WAIT_S)


def test_a_burst_of_datagrams_is_received_or_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """200,000 of them: half while nobody reads, half while nobody takes. Nothing is lost in silence."""
    monkeypatch.setattr(udp, "RECEIVE_BUFFER_BYTES", 256 << 10)
    feed = open_feed("udp://127.0.0.1:0")
    assert isinstance(feed, UdpFeed)
    if feed.system_dropped() is None:
        feed.close()
        pytest.skip("this system does not say how many datagrams it lost")
    burst(port_of(feed), "unread")
    lost_unread = feed.system_dropped() or 0
    received = set()
    with Pump([feed], bytes_max=FEW_BYTES) as pump:
        burst(port_of(feed), "untaken")
        give_up = time.monotonic() + WAIT_S
        while time.monotonic() < give_up:
            received |= {c.data for c in pump.take(0.1)}
            (loss,) = pump.losses()
            if len(received) + loss.known == 2 * BURST:
                break
    (at_end,) = pump.losses()
    assert len(received) + loss.known == 2 * BURST
    assert (lost_unread > 0, loss.ours > 0, loss.system or 0) == (True, True, max(lost_unread, loss.system or 0))
    assert (at_end, pump.dropped) == (loss, loss.ours)


def test_where_the_system_does_not_say_its_losses_are_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No table of sockets, or one without that column: never a 0 that nobody counted."""
    (tmp_path / "udp").write_text("sl local_address inode\n 1: 0100007F:931F 561784\n")
    for table in (tmp_path / "none", tmp_path / "udp"):
        monkeypatch.setattr(udp, "SOCKETS", {socket.AF_INET: table})
        feed = open_feed("udp://127.0.0.1:0")
        with Pump([feed]) as pump:
            (loss,) = pump.losses()
        assert (loss.feed, loss.ours, loss.system, loss.known) == (feed.name, 0, None, 0)
        assert loss.buffer_bytes > 0


def test_udp_binds_ipv6() -> None:
    """An IPv6 address in brackets is bound, and the peer is shown in brackets."""
    try:
        feed = open_feed("udp://[::1]:0")
    except EnvironmentFault as fault:
        pytest.skip(f"no IPv6 here: {fault.facts['reason']}")
    with Pump([feed]) as pump, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        sender.sendto(ONE, ("::1", port_of(feed)))
        chunks = pump_until(pump, lambda got: len(got) == 1)
        peer = f"[::1]:{sender.getsockname()[1]}"
    assert feed.name == f"udp://[::1]:{port_of(feed)}"
    assert [(c.peer, c.data) for c in chunks] == [(peer, ONE)]


def test_udp_joins_a_multicast_group() -> None:
    """A group address is joined on the named interface, and two programs may listen to it at once."""
    try:
        feed = open_feed("udp://239.192.0.4:0?interface=127.0.0.1")
        other = open_feed(f"udp://239.192.0.4:{port_of(feed)}?interface=127.0.0.1")
    except EnvironmentFault as fault:
        pytest.skip(f"no multicast here: {fault.facts['reason']}")
    with Pump([feed, other]) as pump, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        sender.sendto(ONE, ("239.192.0.4", port_of(feed)))
        chunks = pump_until(pump, lambda got: len(got) == 2)
    assert sorted(c.feed for c in chunks) == sorted([feed.name, other.name])
    assert {c.data for c in chunks} == {ONE}


def test_a_port_in_use_is_said_at_once() -> None:
    """A port that somebody holds is an environment fault when opening, not in a thread later."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        with pytest.raises(EnvironmentFault) as caught:
            open_feed(f"udp://127.0.0.1:{holder.getsockname()[1]}")
    assert caught.value.message == "error.feed_bind"
    assert "in use" in caught.value.facts["reason"]


@pytest.mark.parametrize("scheme", ["udp", "tcp"])
def test_a_host_nobody_knows(scheme: str) -> None:
    """A name that cannot be found is named with the reason (RFC 6761 keeps .invalid unknown for ever)."""
    with pytest.raises(EnvironmentFault) as caught:
        open_feed(f"{scheme}://bay.invalid:10110")
    assert caught.value.message == "error.feed_unresolved"
    assert caught.value.facts["host"] == "bay.invalid"


def test_a_closed_tcp_port_is_said_at_once(server: socket.socket) -> None:
    """Nobody listening there is an environment fault when opening."""
    port = server.getsockname()[1]
    server.close()
    with pytest.raises(EnvironmentFault) as caught:
        open_feed(f"tcp://127.0.0.1:{port}")
    assert caught.value.message == "error.feed_refused"


def test_tcp_server_drops_in_mid_line_and_comes_back(server: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broken line is closed, and the new connection is another peer: it never ends the old one's line."""
    monkeypatch.setattr(tcp, "PAUSES_S", (0.01,))
    at = f"127.0.0.1:{server.getsockname()[1]}"
    feed = open_feed(f"tcp://{at}")
    with Pump([feed]) as pump:
        for data in (ONE[:20], TWO + b"\r\n"):
            connection, _ = server.accept()
            with connection:
                connection.sendall(data)
        chunks = pump_until(pump, lambda got: sum(c.closed for c in got) == 2)
    assert [(c.peer, c.data, c.closed) for c in chunks] == [
        (f"{at}#1", ONE[:20], False),
        (f"{at}#1", b"", True),
        (f"{at}#2", TWO + b"\r\n", False),
        (f"{at}#2", b"", True),
    ]


def test_tcp_waits_longer_while_the_server_stays_down(server: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause grows to its last length, and a connection that brings data makes it short again."""
    pauses = (1.0, 2.0, 4.0)
    monkeypatch.setattr(tcp, "PAUSES_S", pauses)
    waited: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0.0)
            if len(waited) == 5:
                self.set()
            return self.is_set()

    feed = open_feed(f"tcp://127.0.0.1:{server.getsockname()[1]}")
    connection, _ = server.accept()
    connection.sendall(ONE)
    connection.close()
    server.close()
    feed.run(lambda chunk: None, Stop(), lambda: 0)
    assert waited == [1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_gpsd_is_asked_for_its_sentences_on_every_connection(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says before and beside them is passed on as it is."""
    monkeypatch.setattr(tcp, "PAUSES_S", (0.01,))
    at = f"127.0.0.1:{server.getsockname()[1]}"
    feed = open_feed(f"gpsd://{at}/")
    asked = []
    with Pump([feed]) as pump:
        for data in (b'{"class":"VERSION"}\r\n', ONE + b"\r\n"):
            connection, _ = server.accept()
            with connection:
                connection.settimeout(WAIT_S)
                asked.append(connection.makefile("rb").readline())
                connection.sendall(data)
        chunks = pump_until(pump, lambda got: sum(c.closed for c in got) == 2)
    assert feed.name == f"gpsd://{at}"
    assert asked == [b'?WATCH={"enable":true,"json":false,"nmea":true}\n'] * 2
    assert [c.data for c in chunks if c.data] == [b'{"class":"VERSION"}\r\n', ONE + b"\r\n"]


@pytest.mark.parametrize("where", ["bay.example", "192.0.2.7", "[2001:db8::7]", "[2001:db8::7]/"])
def test_a_gpsd_without_port_is_at_its_own(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, int]] = []

    def connect(host: str, port: int) -> socket.socket:
        called.append((host, port))
        raise ConnectionRefusedError

    monkeypatch.setattr(tcp, "_connect", connect)
    with pytest.raises(EnvironmentFault):
        open_feed(f"gpsd://{where}")
    assert called == [(where.strip("[]/"), 2947)]


def test_stdin_is_read_as_it_comes_and_closed_at_its_end() -> None:
    """A child that watches its standard input gets every byte, then one closing chunk."""
    child = (
        "from fengqiao.feeds import Pump, open_feed\n"
        "with Pump([open_feed('-?clock=source')]) as pump:\n"
        "    while pump.running:\n"
        "        for c in pump.take(1.0):\n"
        "            print(c.feed, c.peer, c.data, c.whole, c.closed, c.received_ms > 0, flush=True)\n"
        "print(pump.ended, pump.faults)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    process.stdin.write("first\npart")
    process.stdin.flush()
    seen = process.stdout.readline()  # it came while the pipe was still open
    rest, _ = process.communicate("ial\n", timeout=WAIT_S)
    assert seen == "stdin  b'first\\npart' False False True\n"
    assert rest.splitlines() == [
        "stdin  b'ial\\n' False False True",
        "stdin  b'' False True True",
        "{'stdin'} {}",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that can close standard input")
def test_a_closed_stdin_is_said_at_once() -> None:
    """A standard input that was closed by whoever started us is an environment fault."""
    code = (
        "from fengqiao.feeds import open_feed\n"
        "from fengqiao.model.errors import EnvironmentFault\n"
        "try: open_feed('-')\n"
        "except EnvironmentFault as fault: print(fault.message)\n"
    )
    env = {**os.environ, "PYTHON": sys.executable, "CODE": code}
    command = ["sh", "-c", 'exec "$PYTHON" -c "$CODE" <&-']
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=WAIT_S)
    assert done.stdout == "error.feed_stdin\n"
