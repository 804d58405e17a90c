"""Which receiving station heard a sentence, where the sentence or its sender says so.

A station is named by the TAG block (``s:``), by the coastguard's suffix, by a field of JSON, or else by the address
that a datagram came from. Names are read for all lines at once and known by 64 bits drawn from them; only a name that
was never met is looked at by itself.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, PAD, U8, U64, windows
from fengqiao.ais.recent import BLOCK_CHARS, MIX, digests, mixed
from fengqiao.model.reports import Receiver

STATIONS_MAX = 256  # of one feed: a national network has as many; who forges more shares the feed's own place
NAME_CHARS = 32  # of a name are shown
SHORT_CHARS = 16  # a name in a TAG block has at most 15 (NMEA 0183)
LEAD_CHARS = 80  # a TAG block has at most 80 (NMEA 0183)
NOBODY = np.uint64(0)
COMMA = ord(",")
NAMES = int.from_bytes(b"s:", "little")
TAG_END = 4  # '*', two digits and a backslash


class Receivers:
    """Every receiver met, in the order in which they first spoke. Plain data: it travels in a checkpoint."""

    def __init__(self) -> None:
        self.all: tuple[Receiver, ...] = ()
        self._own: list[int] = []  # of each feed, the place of what names no station
        self._room: list[int] = []  # how many more stations of each feed are told apart
        self._keys: U64 = np.empty(0, np.uint64)  # sorted
        self._at: NDArray[np.int16] = np.empty(0, np.int16)  # the place of each

    def add_feed(self, feed: int) -> None:
        """The next feed, by its index."""
        self._own.append(len(self.all))
        self._room.append(STATIONS_MAX)
        self.all += (Receiver(feed),)

    def places(self, feed: NDArray[np.int16], station: U64, name: Callable[[int], bytes]) -> NDArray[np.int16]:
        """Indices (n,) into ``all`` of sentences in arrival order; ``name`` says that of a row's station."""
        out = np.array(self._own, np.int16).take(feed)
        rows = np.flatnonzero(station != NOBODY)
        if not len(rows):
            return out
        keys = station[rows] ^ (feed[rows].astype(np.uint64) + np.uint64(1)) * MIX
        at, known = self._find(keys)
        strange = np.flatnonzero(~known & (np.array(self._room).take(feed[rows]) > 0))
        if len(strange):
            _, first = np.unique(keys[strange], return_index=True)
            for n in strange[np.sort(first)].tolist():
                self._meet(int(feed[rows[n]]), keys[n], name(int(rows[n])))
            at, known = self._find(keys)
        out[rows[known]] = self._at[at[known]]
        return out

    def _find(self, keys: U64) -> tuple[I64, NDArray[np.bool_]]:
        at = np.searchsorted(self._keys, keys)
        if not len(self._keys):
            return at, np.zeros(len(keys), np.bool_)
        at = np.minimum(at, len(self._keys) - 1)
        return at, self._keys[at] == keys

    def _meet(self, feed: int, key: np.uint64, name: bytes) -> None:
        if not self._room[feed]:
            return
        self._room[feed] -= 1
        found = Receiver(feed, name.decode("utf-8", "replace")[:NAME_CHARS])
        if found not in self.all:
            self.all += (found,)
        at = int(np.searchsorted(self._keys, key))
        self._keys = np.insert(self._keys, at, key)
        self._at = np.insert(self._at, at, self.all.index(found))  # alerts know it by name: who is shown alike is one


def named(names: Sequence[bytes]) -> U64:
    """What stands for each name (n,); NOBODY for an empty one."""
    data = b"".join(names) + PAD
    length = np.array([len(name) for name in names], np.int64)
    return _drawn(data, np.cumsum(length) - length, length)


def tagged(data: bytes, start: I64, stop: I64) -> tuple[U64, NDArray[np.bool_]]:
    """What stands for the stations (n,) that leads of one good TAG block name, and which leads were read."""
    length = stop - start
    chars = int(np.clip(length.max(initial=0), len("\\s:"), LEAD_CHARS))
    text = windows(data, start, chars)
    comma = text == COMMA
    if (length != chars).any():
        comma &= np.arange(chars) < length[:, None]
    commas = comma.sum(axis=1, dtype=np.uint8)
    first, ends = start + len("\\"), stop - TAG_END
    between = np.where(commas == 0, ends, start + comma.argmax(axis=1))  # where the first field ends
    named_first, named_last = _names(data, first), (commas == 1) & _names(data, between + 1)
    begins = np.where(named_last, between + 1, first)
    stops = np.where(named_last, ends, between)
    there = named_first | named_last
    read = length <= chars
    more = np.flatnonzero((commas > 1) & read)
    if len(more):
        begins[more], stops[more], there[more], read[more] = _of_many(data, start[more], ends[more], text[more])
    out = np.zeros(len(start), np.uint64)
    rows = np.flatnonzero(there & read)
    begins = begins[rows] + len("s:")
    out[rows] = _drawn(data, begins, stops[rows] - begins)
    return out, read


def _of_many(data: bytes, start: I64, ends: I64, text: U8) -> tuple[I64, I64, NDArray[np.bool_], NDArray[np.bool_]]:
    """Of leads with more than two fields: where that of the station begins and ends, whether there is one, and
    whether it was found."""
    begins = np.zeros(text.shape, np.bool_)
    begins[:, 1:-1] = (text[:, 1:-1] == NAMES & 0xFF) & (text[:, 2:] == NAMES >> 8)
    begins[:, 1:] &= (text[:, :-1] == COMMA) | (np.arange(1, text.shape[1]) == 1)
    begins &= np.arange(text.shape[1]) < (ends - start)[:, None]
    said = begins.sum(axis=1)
    at = start + begins.argmax(axis=1)
    comma = windows(data, at, NAME_CHARS) == COMMA
    stops = np.where(comma.any(axis=1), at + comma.argmax(axis=1), ends)
    stops = np.minimum(stops, ends)
    return at, stops, said > 0, (said <= 1) & (stops - at <= NAME_CHARS)


def _names(data: bytes, at: I64) -> NDArray[np.bool_]:
    """Where a field begins that names a station."""
    pairs = np.ndarray((len(data) - 1,), "V2", data, strides=(1,))
    out: NDArray[np.bool_] = pairs[at].view(np.uint16) == NAMES
    return out


def _drawn(data: bytes, start: I64, length: I64) -> U64:
    """64 bits (n,) that stand for each name; NOBODY for an empty one."""
    out = mixed((length.astype(np.uint64) + np.uint64(1)) * MIX, windows(data, start, SHORT_CHARS), length)
    longer = np.flatnonzero(length > SHORT_CHARS)
    if len(longer):
        out[longer] = digests(data, windows(data, start[longer], BLOCK_CHARS), start[longer], length[longer])
    out[length == 0] = NOBODY
    return out
