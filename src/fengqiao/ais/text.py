"""The lines of one batch, and what is known of each before it is read."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, PAD, U8, places, sextets_of
from fengqiao.ais.framing import LINE_BYTES_MAX, Peer, Piece
from fengqiao.ais.scanned import Found, Sentences

BANG, HASH, BRACE = b"!#{"


class Text:
    """The lines of one batch, all their line ends cut off."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.data = b"".join([p.lines for p in pieces]) + PAD
        self.sextets = sextets_of(self.data)
        self.buffer: U8 = np.frombuffer(self.data, np.uint8)
        ends, starts = self._line_ends()
        full = ends > starts
        self.starts: I64 = starts if full.all() else starts[full]
        self.ends: I64 = ends if full.all() else ends[full]
        self.first: U8 = self.buffer[self.starts]
        self.comment = self.first == HASH
        self.json = self.first == BRACE
        self.long = self.ends - self.starts > LINE_BYTES_MAX
        self._bangs()
        self._pieces(pieces)

    def _line_ends(self) -> tuple[I64, I64]:
        """Where lines end, before their line ends, and begin; lines between two line ends are empty."""
        ends = places(self.buffer, 10)
        returns = int(np.count_nonzero(self.buffer == 13))
        every = returns == len(ends) and bool((self.buffer[ends - 1] == 13).all())
        if returns and not every:
            ends = np.flatnonzero((self.buffer == 10) | (self.buffer == 13))
        starts = np.empty_like(ends)
        starts[:1], starts[1:] = 0, ends[:-1] + 1
        return (ends - 1 if returns and every else ends), starts

    def _bangs(self) -> None:
        """How many '!' are in each line, and where the first of them stands."""
        at = places(self.buffer, BANG)
        if len(at) == len(self.starts) and (at >= self.starts).all() and (at < self.ends).all():
            self.bangs: I64 = np.ones(len(at), np.int64)
            self.bang: I64 = at
            return
        before = np.searchsorted(at, self.starts)
        self.bangs = np.diff(before, append=len(at))
        self.bang = np.append(at, 0)[before]

    def _pieces(self, pieces: Sequence[Piece]) -> None:
        of: dict[Peer, int] = {}
        peer = [of.setdefault(p.peer, len(of)) for p in pieces]
        self.peers = list(of)
        stops = np.cumsum([len(p.lines) for p in pieces])
        lines = np.diff(np.searchsorted(self.starts, stops), prepend=0)
        self.piece: I64 = np.repeat(np.arange(len(pieces)), lines)
        self.peer_of: NDArray[np.int32] = np.array(peer, np.int32)
        self.feed_of: NDArray[np.int16] = np.array([p.feed for p in pieces], np.int16)
        self.received_of: I64 = np.array([p.received_ms for p in pieces], np.int64)
        self.seq_of: I64 = np.array([p.seq for p in pieces], np.int64)

    def line(self, n: int) -> bytes:
        return self.data[self.starts[n] : self.ends[n]]

    def peer(self, n: int) -> Peer:
        return self.peers[int(self.peer_of[self.piece[n]])]

    def rows(self, line: I64, found: Found) -> Sentences:
        """What was found in these lines, and what brought it."""
        only = len(self.feed_of) == 1
        piece = np.zeros(len(line), np.int64) if only else self.piece.take(line)
        return Sentences(
            feed=self.feed_of.take(piece),
            peer=self.peer_of.take(piece),
            received_ms=self.received_of.take(piece),
            seq=self.seq_of.take(piece),
            receiver=np.zeros(len(line), np.int16),
            **{name: getattr(found, name) for name in found.names()},
        )
