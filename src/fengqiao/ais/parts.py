"""Sentences that are parts of messages, with what tells whose parts they are."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, windows
from fengqiao.ais.assembly import Key, Part
from fengqiao.ais.clock import Told
from fengqiao.ais.scanned import GNSS_CLOCK, NO_CLOCK, TAG_CLOCK, TAIL, Scanned, Sentences

PART_AT = len("!AIVDM,2,")  # a good sentence has one digit each for its parts and which it is
HEAD_CHARS = len("!AIVDM,2,1,3,A,")  # of the usual ones: one digit or none tells the messages of a channel apart
TIMED = np.frombuffer(b"\\c:", np.uint8)
TIMED_CHARS = len("\\c:1600000000000*00\\")  # of the longest TAG block with a time and nothing else
COMMA = ord(",")


def read_parts(scanned: Scanned, rows: Sentences, told: Told, at: I64) -> Iterator[Part]:
    """Parts of messages, from their ``rows``; ``at`` is where those stand among all that were told."""
    data = scanned.data
    keys, sources = _keys(scanned, rows, told.row[at])
    payloads = [data[a:b] for a, b in zip(rows.start.tolist(), (rows.start + rows.length).tolist(), strict=True)]
    # What a receiver said of the time some lines ago is no mark of the message: it tells no two parts apart.
    stamped = (rows.clock != NO_CLOCK) & (rows.clock != GNSS_CLOCK)
    said = (c.tolist() for c in (rows.fill, stamped, told.ref_ms[at], told.base_ms[at]))
    receivers = rows.receiver.tolist()
    columns = (keys, rows.part.tolist(), rows.total.tolist(), payloads, *said, sources, receivers)
    return map(Part._make, zip(*columns, strict=True))


def _keys(scanned: Scanned, rows: Sentences, at: I64) -> tuple[Iterator[Key], list[bytes | None]]:
    """What the parts of one message share: who sent them, their TAG group, their heads; and the source of each."""
    origins: list[str | bytes] = [scanned.peers[peer] for peer in rows.peer.tolist()]
    groups: list[bytes | None] = [None] * len(rows)
    sources: list[bytes | None] = [None] * len(rows)
    tail = rows.start + rows.length + TAIL
    some = np.flatnonzero(_marked(scanned, rows, at, tail))
    places = (at, rows.lead, rows.head, tail, rows.stop, rows.clock == TAG_CLOCK)
    for n, *where in zip(some.tolist(), *(column[some].tolist() for column in places), strict=True):
        marks = scanned.marks_between(*where)
        groups[n], sources[n] = marks.group, marks.source
        if marks.source and not marks.group:  # in a TAG group only the first line needs to name the source
            origins[n] = marks.source
    return zip(origins, groups, _heads(scanned.data, rows), strict=True), sources


def _heads(data: bytes, rows: Sentences) -> list[bytes]:
    """Of each sentence all that stands before its payload but which part it is: talker, parts, number, channel."""
    chars = windows(data, rows.head, HEAD_CHARS)
    length = rows.start - rows.head
    chars[:, PART_AT] = 0
    chars[np.arange(HEAD_CHARS) >= length[:, None]] = 0
    out: list[bytes] = chars.view(f"S{HEAD_CHARS}")[:, 0].tolist()
    for n in np.flatnonzero(length > HEAD_CHARS).tolist():
        head = int(rows.head[n])
        out[n] = data[head : head + PART_AT] + b"\0" + data[head + PART_AT + 1 : int(rows.start[n])]
    return out


def _marked(scanned: Scanned, rows: Sentences, at: I64, tail: I64) -> NDArray[np.bool_]:
    """Beside which sentences stands something, other than one TAG block with nothing but a time in it."""
    length = rows.head - rows.lead
    text = windows(scanned.data, rows.lead, TIMED_CHARS)
    timed = (length <= TIMED_CHARS) & (rows.clock == TAG_CLOCK) & (text[:, : len(TIMED)] == TIMED).all(axis=1)
    timed &= ~((text == COMMA) & (np.arange(TIMED_CHARS) < length[:, None])).any(axis=1)
    out: NDArray[np.bool_] = ((length > 0) & ~timed) | (tail < rows.stop)
    if scanned.marks:
        out |= np.isin(at, list(scanned.marks))
    return out
