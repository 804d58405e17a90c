"""Messages heard lately: the same transmission comes in through every receiver in range.

A payload is known by 64 bits drawn from it. Two payloads of one ten seconds that agree in them by chance are expected
once in ten thousand years of a busy feed; and who can make them agree on purpose must know the other's payload
beforehand, and could as well send that.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, U8, U64, columns, windows

DUPLICATE_MS = 10_000  # hubs differ by seconds; a station that says exactly the same waits longer (M.1371 table 1)
REMEMBER_MAX = 200_000  # messages: ten seconds of a feed of twenty thousand messages a second
NEVER = np.iinfo(np.int64).min // 2

MIX = np.uint64(0x9E37_79B9_7F4A_7C15)  # 2**64 over the golden ratio: odd, and its bits are well spread
FOLD = np.uint64(29)
BLOCK_CHARS = 32  # a position report is 28
PLACES_BITS = 17  # some three places for each message of a block: few meet by chance, and the places stay in the cache


def digests(sextets: bytes, codes: U8, start: I64, length: I64) -> U64:
    """64 bits (n,) that stand for each payload; ``codes`` (n, BLOCK_CHARS) are the first of them, and what follows."""
    out = mixed((length.astype(np.uint64) + np.uint64(1)) * MIX, codes, length)
    rows = np.arange(len(start))
    at = BLOCK_CHARS
    while len(rows := rows[length[rows] > at]):
        more = windows(sextets, start[rows] + at, BLOCK_CHARS)
        out[rows] = mixed(out[rows], more, length[rows] - at)
        at += BLOCK_CHARS
    return out


def mixed(seed: U64, codes: U8, length: I64) -> U64:
    """As ``digests`` go on from ``seed`` with so many more codes."""
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
        newest = self.newest.copy()
        for number in range(int(feed.max(initial=-1)) + 1):
            mine = ref_ms[feed == number]
            if len(mine):
                self.newest[number] = max(newest.get(number, NEVER), int(mine.max()))
        # What will be forgotten and lies before all of these is an echo of none.
        self._keep(self._held(self.ref_ms, self.feed) | (self.ref_ms >= ref_ms.min(initial=-NEVER) - DUPLICATE_MS))
        known = len(self)
        digest = np.concatenate([self.digest, digest])
        ref_ms = np.concatenate([self.ref_ms, ref_ms])
        feeds = np.concatenate([self.feed, feed])
        used, last = np.ones((2, len(digest)), np.bool_)
        again = _shared(digest)
        if len(again):
            used[again], last[again] = _judge(again, digest[again], ref_ms, feeds, known, newest)
        self.digest, self.ref_ms, self.feed = digest, ref_ms, feeds
        self._keep(last & self._held(ref_ms, feeds))
        return used[known:]

    def _held(self, ref_ms: I64, feeds: I64) -> NDArray[np.bool_]:
        """Which times still matter: those that their feed has not left behind."""
        newest = np.array([self.newest.get(feed, NEVER) for feed in range(int(feeds.max(initial=0)) + 1)])
        out: NDArray[np.bool_] = newest[feeds] - ref_ms <= DUPLICATE_MS
        return out

    def _keep(self, which: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(which)[-REMEMBER_MAX:]
        self.digest, self.ref_ms, self.feed = self.digest[rows], self.ref_ms[rows], self.feed[rows]


def _shared(digest: U64) -> I64:
    """Rows whose digest others have too, those of one digest together and in their order.

    Every row claims a place by its first bits. Who finds another there afterwards, and that other, are looked at.
    """
    rows = np.arange(len(digest), dtype=np.int32)
    place = (digest >> np.uint64(64 - PLACES_BITS)).astype(np.int64)
    holder = np.empty(1 << PLACES_BITS, np.int32)
    holder[place] = rows
    others = holder.take(place)
    met = np.flatnonzero(others != rows)
    looked_at = np.zeros(len(rows), np.bool_)
    looked_at[met] = looked_at[others[met]] = True
    some = np.flatnonzero(looked_at)
    order = np.argsort(digest[some])
    found = digest[some[order]]
    same = np.zeros(len(found) + 1, np.bool_)
    same[1:-1] = found[1:] == found[:-1]
    group = np.cumsum(~same[:-1])
    twice = same[1:] | same[:-1]
    key = np.sort(group[twice] * len(rows) + some[order[twice]])
    return key % len(rows) if len(key) else key


def _judge(
    rows: I64, digest: U64, ref_ms: I64, feeds: I64, known: int, newest: dict[int, int]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of messages that share their payload with others, in the order of payloads and arrival: which are used.

    And which are the last of their group to be used.

    In every group the first is used, then the first that is not near it, then the first that is not near that one.
    The first ``known`` of all messages were used before; no two of them share their payload.
    """
    ref, feed = ref_ms[rows], feeds[rows]
    other = np.concatenate([[True], digest[1:] != digest[:-1]])
    groups = np.flatnonzero(other)
    step = np.diff(ref, prepend=ref[:1])
    if not (step[~other] < 0).any():  # what comes so long after all others is near none of them
        other |= step > DUPLICATE_MS
    begins = np.flatnonzero(other)
    sizes = np.diff(begins, append=len(rows))
    reached = _reached(rows, ref_ms, feeds, known, newest)
    first = np.repeat(begins, sizes)
    far = np.abs(ref - ref[first]) > DUPLICATE_MS
    far |= reached[feed[first], np.arange(len(rows))] - ref[first] > DUPLICATE_MS
    far[begins] = False
    used = other
    some = np.flatnonzero(np.logical_or.reduceat(far, begins))  # few
    for begin, size in zip(begins[some].tolist(), sizes[some].tolist(), strict=True):
        span = slice(begin, begin + size)
        for at in _steps(ref[span].tolist(), feed[span].tolist(), reached[:, span].tolist()):
            used[begin + at] = True
    latest = np.zeros(len(rows), np.bool_)
    latest[np.maximum.reduceat(np.where(used, np.arange(len(rows)), 0), groups)] = True
    return used, latest


def _steps(ref: list[int], feed: list[int], reached: list[list[int]]) -> Iterator[int]:
    """Of the messages of one payload by arrival, those that are used; ``reached`` by feed."""
    at, come = ref[0], reached[feed[0]]
    yield 0
    for n, ref_ms in enumerate(ref):
        if n and (abs(ref_ms - at) > DUPLICATE_MS or come[n] - at > DUPLICATE_MS):
            at, come = ref_ms, reached[feed[n]]
            yield n


def _reached(rows: I64, ref_ms: I64, feeds: I64, known: int, newest: dict[int, int]) -> I64:
    """How far the time of each feed (f, n) had come before each of the rows, for those that are not known."""
    out = np.full((int(feeds.max()) + 1, len(rows)), NEVER)
    for feed in range(len(out)):
        so_far = np.where(feeds == feed, ref_ms, NEVER)
        so_far[:known] = NEVER
        so_far[1:] = so_far[:-1]
        so_far[0] = newest.get(feed, NEVER)
        out[feed] = np.maximum.accumulate(so_far)[rows]
    return out
