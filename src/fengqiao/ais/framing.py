"""Bytes of one feed into whole lines, whatever way the bytes were cut."""

from dataclasses import dataclass, field

from fengqiao.ais.sentence import Marks
from fengqiao.model.health import SentenceCounts
from fengqiao.model.inputs import Chunk

LINE_BYTES_MAX = 2048  # above a full Ethernet datagram of sentences glued together without line ends
PEERS_MAX = 1024  # peers with something under way: a forger of sender addresses must not grow our memory


@dataclass(slots=True)
class PeerClock:
    """What a peer's own satellite receiver says of the time, in ``$--RMC`` and ``$--ZDA``."""

    said_ms: int  # by the last such line
    period_ms: int = 0  # from one to the next, as far as known
    ms: int = 0  # by the last that was believed,
    received_ms: int = 0  # which came then,
    sentences: int = 0  # and so many sentences ago
    open_ms: int | None = None  # the time of a message whose parts have begun and not ended


@dataclass(slots=True, eq=False)
class Peer:
    """What a peer has under way between two reads."""

    name: str
    station: bytes = b""  # the address that datagrams come from: a station that sends them itself
    partial: bytes = b""
    overflowed: bool = False  # the line under way was refused for its length; skip to its end
    marks: Marks | None = None  # a TAG block on a line of its own waits for its sentence
    pghp_ms: int | None = None
    pghp_used: bool = False  # it has stamped a first part and may stamp the rest of that message only
    clock: PeerClock | None = None
    received_ms: int = 0  # of its newest read
    seq: int = 0

    @property
    def idle(self) -> bool:
        waits = self.marks is not None or self.pghp_ms is not None or self.clock is not None
        return not self.partial and not self.overflowed and not waits


@dataclass(slots=True)
class Piece:
    """The lines that ended in one read, each with its line end."""

    lines: bytes
    feed: int
    peer: Peer
    received_ms: int
    seq: int


@dataclass(slots=True)
class Framer:
    """Lines of one feed; one partial line a peer."""

    feed: int
    counts: SentenceCounts
    peers: dict[str, Peer] = field(default_factory=dict)

    def cut(self, chunk: Chunk, out: list[Piece]) -> None:
        """Add the lines that end in this chunk. ``tidy`` once they have been read."""
        peer = self.peers.pop(chunk.peer, None) or self._greet(chunk.peer)
        if chunk.whole:  # its port is another with every start
            peer.station = chunk.peer.rpartition(":")[0].encode()
        self.peers[chunk.peer] = peer  # to the end: who has been silent longest stands first
        peer.received_ms, peer.seq = chunk.received_ms, chunk.seq
        self._end(peer, chunk.data, chunk.whole or chunk.closed, out)
        if chunk.closed:
            del self.peers[chunk.peer]

    def finish(self, out: list[Piece]) -> None:
        """Every partial line ends here, in the order in which the peers last spoke."""
        for peer in self.peers.values():
            self._end(peer, b"", True, out)
        self.peers.clear()

    def tidy(self) -> None:
        """Forget peers with nothing under way."""
        self.peers = {name: peer for name, peer in self.peers.items() if not peer.idle}

    def forget(self) -> None:
        """All peers are gone; what they left unfinished is refused."""
        for peer in self.peers.values():
            self._refuse_partial(peer)
        self.peers.clear()

    def _end(self, peer: Peer, data: bytes, ends: bool, out: list[Piece]) -> None:
        lines = self._lines(peer, data, ends)
        if lines:
            out.append(Piece(lines, self.feed, peer, peer.received_ms, peer.seq))

    def _greet(self, name: str) -> Peer:
        if len(self.peers) >= PEERS_MAX:
            self.tidy()
        if len(self.peers) >= PEERS_MAX:
            self._refuse_partial(self.peers.pop(next(iter(self.peers))))
        return Peer(name)

    def _refuse_partial(self, peer: Peer) -> None:
        if peer.partial.strip():
            self.counts.came_in += 1
            self.counts.refused["framing"] += 1

    @staticmethod
    def _lines(peer: Peer, data: bytes, ends: bool) -> bytes:
        """The whole lines there are now. One too long goes out as far as it came, and its rest is dropped."""
        text = peer.partial + data if peer.partial else data
        stop = len(text) if ends else max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        lines, peer.partial = text[:stop], text[stop:]
        if peer.overflowed:
            if not lines and not ends:
                peer.partial = b""
                return b""
            peer.overflowed = False
            lines = _after_first(lines)
        if lines and lines[-1] not in b"\r\n":
            lines += b"\n"
        if len(peer.partial) > LINE_BYTES_MAX:
            lines += peer.partial + b"\n"
            peer.partial, peer.overflowed = b"", True
        return lines


def _after_first(lines: bytes) -> bytes:
    """Without the first line, which may be empty."""
    ends = [at for at in (lines.find(b"\n"), lines.find(b"\r")) if at >= 0]
    return lines[min(ends) + 1 :] if ends else b""
