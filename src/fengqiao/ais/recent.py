"""Messages heard lately: the same transmission comes in through every receiver in range.

A payload is known by 64 bits drawn from it. Two payloads of one ten seconds that agree in them by chance are expected
once in ten thousand years of a busy feed; and who can make them agree on purpose must know the other's payload
beforehand, and could as well send that.
"""

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, U8, U64, columns, windows

DUPLICATE_MS = 10_000  # hubs differ by seconds; a station that says exactly the same waits longer (M.1371 table 1)
REMEMBER_MAX = 200_000  # messages: ten seconds of a feed of twenty thousand messages a second
NEVER = np.iinfo(np.int64).min // 2

MIX = np.uint64(0x9E37_79B9_7F4A_7C15)  # 2**64 over the golden ratio: odd, and its bits are well spread
FOLD = np.uint64(29)
BLOCK_CHARS = 32  # a position report is 28


def digests(sextets: bytes, codes: U8, start: I64, length: I64) -> U64:
    """64 bits (n,) that stand for each payload; ``codes`` (n, BLOCK_CHARS) are the first of them, and what follows."""
    mixed = _mix((length.astype(np.uint64) + np.uint64(1)) * MIX, codes, length)
    rows = np.arange(len(start))
    at = BLOCK_CHARS
    while len(rows := rows[length[rows] > at]):
        more = windows(sextets, start[rows] + at, BLOCK_CHARS)
        mixed[rows] = _mix(mixed[rows], more, length[rows] - at)
        at += BLOCK_CHARS
    return mixed


def _mix(seed: U64, codes: U8, length: I64) -> U64:
    out = seed
    for column in columns(codes, length):
        out = (out ^ column) * MIX
        out ^= out >> FOLD
    return out


class Recent:
    """Messages used within the last ten seconds of believed time, whichever feed brought them."""

    def __init__(self) -> None:
        self.digest: U64 = np.empty(0, np.uint64)
        self.ref_ms: I64 = np.empty(0, np.int64)
        self.feed: I64 = np.empty(0, np.int64)
        self.newest: dict[int, int] = {}  # feed -> its latest time

    def __len__(self) -> int:
        return len(self.digest)

    def fresh(self, digest: U64, ref_ms: I64, feed: NDArray[np.int16]) -> NDArray[np.bool_]:
        """Which messages (n,) were not used less than DUPLICATE_MS before or after; those are used now.

        What a feed brought is forgotten once its time has gone on by as much.
        """
        known = len(self)
        digest = np.concatenate([self.digest, digest])
        ref_ms = np.concatenate([self.ref_ms, ref_ms])
        feeds = np.concatenate([self.feed, feed])
        used, last = np.ones((2, len(digest)), np.bool_)
        order = np.argsort(digest)
        same = digest[order[1:]] == digest[order[:-1]]
        if same.any():
            twice = np.zeros(len(order), np.bool_)
            twice[1:] = same
            twice[:-1] |= same
            again = order[twice]
            group = np.cumsum(np.concatenate([[True], ~same])[twice])
            again = np.sort(group * len(order) + again) % len(order)  # in every group by arrival
            used[again], last[again] = _judge(again, digest[again], ref_ms, feeds, known, self.newest)
        self._remember(digest, ref_ms, feeds, last, known)
        return used[known:]

    def _remember(self, digest: U64, ref_ms: I64, feeds: I64, last: NDArray[np.bool_], known: int) -> None:
        """Keep of every payload when it was ``last`` used, as long as that matters."""
        came, when = feeds[known:], ref_ms[known:]
        for feed in range(int(came.max(initial=-1)) + 1):
            mine = when[came == feed]
            if len(mine):
                self.newest[feed] = max(self.newest.get(feed, NEVER), int(mine.max()))
        newest = np.array([self.newest.get(feed, NEVER) for feed in range(int(feeds.max(initial=0)) + 1)])
        kept = np.flatnonzero(last & (newest[feeds] - ref_ms <= DUPLICATE_MS))[-REMEMBER_MAX:]
        self.digest, self.ref_ms, self.feed = digest[kept], ref_ms[kept], feeds[kept]


def _judge(
    rows: I64, digest: U64, ref_ms: I64, feeds: I64, known: int, newest: dict[int, int]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of messages that share their payload with others, in the order of payloads and arrival: which are used.

    And which are the last of their group to be used.

    In every group the first is used, then the first that is not near it, then the first that is not near that one.
    The first ``known`` of all messages were used before.
    """
    place = np.arange(len(rows))
    other = np.concatenate([[True], digest[1:] != digest[:-1]])
    begins = np.flatnonzero(other)
    ref, feed = ref_ms[rows], feeds[rows]
    reached = _reached(rows, ref_ms, feeds, known, newest)
    used = rows < known
    group = np.cumsum(other) - 1
    last = np.maximum.reduceat(np.where(used, place, begins[group]), begins)  # of each group, the one used last
    used[last] = True
    live = place[place > last[group]]
    while len(live):
        of = last[group[live]]
        near = (np.abs(ref[live] - ref[of]) <= DUPLICATE_MS) & (reached[feed[of], live] - ref[of] <= DUPLICATE_MS)
        apart = live[~near]
        first = apart[np.concatenate([[True], group[apart[1:]] != group[apart[:-1]]])] if len(apart) else apart
        used[first] = True
        last[group[first]] = first
        going = np.zeros(len(begins), np.bool_)
        going[group[first]] = True
        live = live[going[group[live]]]
        live = live[live > last[group[live]]]
    latest = np.zeros(len(rows), np.bool_)
    latest[last] = True
    return used, latest


def _reached(rows: I64, ref_ms: I64, feeds: I64, known: int, newest: dict[int, int]) -> I64:
    """How far the time of each feed (f, n) had come before each of the rows."""
    out = np.full((int(feeds.max()) + 1, len(rows)), NEVER)
    for feed in range(len(out)):
        mine = np.flatnonzero(feeds[known:] == feed) + known
        so_far = np.concatenate([[newest.get(feed, NEVER)], ref_ms[mine]])
        out[feed] = np.maximum.accumulate(so_far)[np.searchsorted(mine, rows)]
    return out
