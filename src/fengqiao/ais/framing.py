"""Bytes of one feed into candidate sentences, whatever way the bytes were cut."""

from dataclasses import dataclass

from fengqiao.ais.clock import TimeCounts
from fengqiao.ais.sentence import (
    NO_MARKS,
    Marks,
    Parsed,
    Sentence,
    bodies,
    parse_body,
    pghp_ms,
    read_marks,
    refused,
    stranger,
    tail_marks,
)
from fengqiao.model.health import SentenceCounts
from fengqiao.model.inputs import Chunk

LINE_BYTES_MAX = 2048  # above a full Ethernet datagram of sentences glued together without line ends
PEERS_MAX = 1024  # peers with something under way: a forger of sender addresses must not grow our memory


@dataclass(slots=True)
class Peer:
    """What a peer has under way between two reads."""

    partial: bytes = b""
    overflowed: bool = False  # the line under way was refused for its length; skip to its end
    marks: Marks | None = None  # a TAG block on a line of its own waits for its sentence
    pghp_ms: int | None = None
    pghp_used: bool = False  # it has stamped a first part and may stamp the rest of that message only
    received_ms: int = 0  # of the read that is under way or was last
    seq: int = 0

    @property
    def idle(self) -> bool:
        return not self.partial and not self.overflowed and self.marks is None and self.pghp_ms is None


class Framer:
    """Lines and sentences of one feed; one partial line a peer."""

    def __init__(self, counts: SentenceCounts, times: TimeCounts) -> None:
        self.counts = counts
        self.times = times
        self.peers: dict[str, Peer] = {}

    def feed(self, chunk: Chunk) -> list[Sentence]:
        """Sentences whose line ended in this chunk, in order."""
        out: list[Sentence] = []
        peer = self._peer(chunk.peer)
        peer.received_ms, peer.seq = chunk.received_ms, chunk.seq
        for line in self._lines(peer, chunk.data, ends=chunk.whole or chunk.closed):
            self._read(line, peer, chunk.peer, out)
        if chunk.closed or peer.idle:
            del self.peers[chunk.peer]
        return out

    def finish(self) -> list[Sentence]:
        """Every partial line ends here, in the order in which the peers first spoke."""
        out: list[Sentence] = []
        for name, peer in self.peers.items():
            for line in self._lines(peer, b"", ends=True):
                self._read(line, peer, name, out)
        self.peers.clear()
        return out

    def forget(self) -> None:
        """All peers are gone; what they left unfinished is refused."""
        for peer in self.peers.values():
            self._refuse_partial(peer)
        self.peers.clear()

    def _peer(self, name: str) -> Peer:
        peer = self.peers.get(name)
        if peer is None:
            if len(self.peers) >= PEERS_MAX:
                self._refuse_partial(self.peers.pop(next(iter(self.peers))))
            peer = self.peers[name] = Peer()
        return peer

    def _refuse_partial(self, peer: Peer) -> None:
        if peer.partial.strip():
            self.counts.came_in += 1
            self.counts.refused["framing"] += 1

    @staticmethod
    def _lines(peer: Peer, data: bytes, ends: bool) -> list[bytes]:
        text = peer.partial + data
        lines = text.splitlines()  # of bytes: CR, LF and CRLF, nothing else
        peer.partial = lines.pop() if lines and not ends and text[-1] not in b"\r\n" else b""
        if peer.overflowed:
            if not lines and not ends:
                peer.partial = b""
                return []
            peer.overflowed = False
            lines = lines[1:]
        if len(peer.partial) > LINE_BYTES_MAX:
            lines.append(peer.partial)
            peer.partial, peer.overflowed = b"", True
        return lines

    def _read(self, line: bytes, peer: Peer, name: str, out: list[Sentence]) -> None:
        if len(line) > LINE_BYTES_MAX:
            out.append(_sentence(name, peer, NO_MARKS, None, refused("framing")))
            return
        marks: Marks | None = None
        if line[:1] != b"#":  # a comment may quote a sentence
            for lead, body in bodies(line):
                parsed, tail = parse_body(body)
                marks = self._marks(lead, peer if marks is None else None, marks)
                station, tail_ms = tail_marks(tail)
                own = marks
                if station or tail_ms:
                    own = Marks(marks.source or station, marks.group, marks.tag_ms, marks.near_ms or tail_ms)
                out.append(_sentence(name, peer, own, self._pghp(peer, parsed), parsed))
        if marks is None:
            self._other(line, peer, name, out)

    def _marks(self, lead: bytes, waiting: Peer | None, before: Marks | None) -> Marks:
        """Marks of a sentence: its own lead, else those before it on the line, else a TAG line that waited."""
        marks, bad = read_marks(lead)
        self.times.bad_tags += bad
        if waiting is not None and waiting.marks is not None:
            before, waiting.marks = waiting.marks, None
        return _over(marks, before) if before is not None else marks

    @staticmethod
    def _pghp(peer: Peer, parsed: Parsed) -> int | None:
        stamp = peer.pghp_ms
        if stamp is None:
            return None
        if peer.pghp_used and parsed.part == 1:
            peer.pghp_ms = None
            return None
        peer.pghp_used = True
        if parsed.part == parsed.total:
            peer.pghp_ms = None
        return stamp

    def _other(self, line: bytes, peer: Peer, name: str, out: list[Sentence]) -> None:
        """A line without an AIS sentence: it may still carry time, a TAG block, or a damaged sentence."""
        if not line.strip():
            return
        if line[:1] != b"#" and stranger(line) == "framing":
            out.append(_sentence(name, peer, NO_MARKS, None, refused("framing")))
            return
        self.counts.came_in += 1
        self.counts.not_ais += 1
        if b"$PGHP,1," in line and (stamp := pghp_ms(line)) is not None:
            peer.pghp_ms, peer.pghp_used = stamp, False
        elif line[:1] == b"\\" and line.rstrip()[-1:] == b"\\":
            marks, bad = read_marks(line.strip())
            self.times.bad_tags += bad
            peer.marks = _over(marks, peer.marks or NO_MARKS)


def _over(marks: Marks, below: Marks) -> Marks:
    return Marks(
        marks.source or below.source,
        marks.group or below.group,
        below.tag_ms if marks.tag_ms is None else marks.tag_ms,
        below.near_ms if marks.near_ms is None else marks.near_ms,
    )


def _sentence(name: str, peer: Peer, marks: Marks, pghp: int | None, parsed: Parsed) -> Sentence:
    stamp = marks.tag_ms
    if stamp is None:
        stamp = marks.near_ms if marks.near_ms is not None else pghp
    return Sentence(name, peer.received_ms, peer.seq, marks.source, marks.group, stamp, *parsed)
