"""Times that stand on lines of their own, each for sentences behind it: $PGHP, and a receiver's $--RMC and $--ZDA."""

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais import stamps
from fengqiao.ais.armour import I64, U64
from fengqiao.ais.framing import PeerClock
from fengqiao.ais.scanned import GNSS_CLOCK, NO_TIME, PGHP_CLOCK, Sentences
from fengqiao.ais.text import Text

Mask = NDArray[np.bool_]
GNSS_REACH_MS = 60_000  # of our receive time: by then a receiver that says the time at all has said it again
GNSS_REACH_SENTENCES = 4_500  # what two channels of 2,250 slots carry in that minute; where receive time stands still
GNSS_STEP_MS = 600_000  # a clock that goes on by more than ten minutes between two of its lines,
GNSS_BACK_MS = 60_000  # or goes back by a minute, is two clocks or a broken one: the next line must bear it out


def with_clock_lines(text: Text, line: I64, rows: Sentences) -> Sentences:
    """Rows with those times where nothing better is said of a sentence."""
    at, head = stamps.dollars(text.data, text.ends)
    return with_gnss(text, line, with_pghp(text, line, rows, at, head), at, head)


def _telling(text: Text, at: I64, said_ms: I64) -> tuple[I64, I64]:
    """On which lines there is nothing but a time, and those times."""
    on = np.searchsorted(text.ends, at)
    telling = (text.bangs[on] == 0) & ~text.comment[on] & ~text.long[on]
    return on[telling], said_ms[telling]


def with_pghp(text: Text, line: I64, rows: Sentences, at: I64, head: U64) -> Sentences:
    """Rows with the times of $PGHP lines, each for the sentence behind it and the other parts of the same message."""
    on, said_ms = _telling(text, *stamps.pghp_lines(text.data, text.ends, at, head))
    carried = [n for n, peer in enumerate(text.peers) if peer.pghp_ms is not None]
    if not len(on) and not carried:
        return rows
    # Everything in the order of peers, then lines: what was carried over stands before a peer's first line.
    span = len(text.starts) + 1
    event_peer = np.concatenate([np.array(carried, np.int64), text.peer_of[text.piece[on]]])
    event = event_peer * span + np.concatenate([np.zeros(len(carried), np.int64), on + 1])
    event_ms = np.concatenate([np.array([text.peers[n].pghp_ms for n in carried], np.int64), said_ms])
    used = np.concatenate([np.array([text.peers[n].pghp_used for n in carried], bool), np.zeros(len(on), bool)])
    by = np.argsort(event)
    event, event_ms, event_peer, used = event[by], event_ms[by], event_peer[by], used[by]
    place = rows.peer.astype(np.int64) * span + line + 1
    order = np.argsort(place, kind="stable")
    part, done = rows.part[order], (rows.part == rows.total)[order]
    of = np.searchsorted(event, place[order], side="right") - 1  # the event before each sentence
    heard = (of >= 0) & (event_peer[of] == rows.peer[order])
    new = heard & (np.diff(of, prepend=-2) != 0)
    new[1:] |= heard[1:] & (np.diff(rows.peer[order]) != 0)
    goes_on = heard & ~new & (part != 1) & ~np.concatenate([[True], done[:-1]])
    since = np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(of))))
    begins = new & ~(used[of] & (part == 1))
    stamped = begins[since] & heard
    out, clock = rows.stamp_ms.copy(), rows.clock.copy()
    mine = order[stamped & (out[order] == NO_TIME)]
    clock[mine] = PGHP_CLOCK
    out[mine] = event_ms[of[stamped & (rows.stamp_ms[order] == NO_TIME)]]
    for n in np.unique(event_peer).tolist():
        last = int(np.searchsorted(event_peer, n, side="right")) - 1
        after = np.flatnonzero(heard & (of == last))
        peer = text.peers[n]
        if not len(after):
            peer.pghp_ms, peer.pghp_used = int(event_ms[last]), bool(used[last])
        elif stamped[after[-1]] and not done[after[-1]]:
            peer.pghp_ms, peer.pghp_used = int(event_ms[last]), True
        else:
            peer.pghp_ms = None
    return rows.with_columns(stamp_ms=out, clock=clock)


def with_gnss(text: Text, line: I64, rows: Sentences, at: I64, head: U64) -> Sentences:
    """Rows with the times of RMC and ZDA lines, each for the sentences of its peer up to the next and within reach.

    A sentence is younger than the line before it, by up to the time from line to line; it is given the latest time
    that it may have. A fix is the latest instant in its own second up to then, so one given too early a time would
    be put a whole minute back.
    """
    on, said_ms = _telling(text, *stamps.gnss_lines(text.data, text.ends, at, head))
    carried = [(n, peer.clock) for n, peer in enumerate(text.peers) if peer.clock is not None]
    if not len(on) and not carried:
        return rows
    # Everything in the order of peers, then lines: what was carried over stands before a peer's first line.
    span = len(text.starts) + 1
    old = np.array(
        [(n, n * span, c.said_ms, c.ms, c.received_ms, c.sentences, c.period_ms) for n, c in carried], np.int64
    )
    piece = text.piece[on]
    peer = text.peer_of[piece].astype(np.int64)
    none = np.zeros_like(on)
    new = np.column_stack([peer, peer * span + on + 1, said_ms, said_ms, text.received_of[piece], none, none])
    events = np.concatenate([old.reshape(len(carried), 7), new])
    events = events[np.argsort(events[:, 1])]
    whose, _, said = events[:, :3].T
    follows = np.concatenate([[False], whose[1:] == whose[:-1]])
    step = np.diff(said, prepend=said[:1])
    believed = ~follows | ((step >= -GNSS_BACK_MS) & (step <= GNSS_STEP_MS))
    moved = follows & (step > 0) & (step <= GNSS_REACH_MS)
    events[moved, 6] = step[moved]
    events[:, 6] = events[np.maximum.accumulate(np.where(moved | ~follows, np.arange(len(events)), 0)), 6]
    said_last = events[np.append(~follows[1:], True)][:, [2, 6]].tolist()  # of each peer, in their order
    whose, place, _, ms, received, sentences, period = events[believed].T
    order = np.argsort(rows.peer.astype(np.int64) * span + line + 1, kind="stable")
    places = (rows.peer.astype(np.int64) * span + line + 1)[order]
    first = np.searchsorted(places, place)  # the sentence behind each event
    of = np.searchsorted(place, places, side="right") - 1
    heard = (of >= 0) & (whose[of] == rows.peer[order])
    since = np.arange(len(of)) - first[of] + sentences[of]
    elapsed = rows.received_ms[order] - received[of]
    heard &= (since < GNSS_REACH_SENTENCES) & (np.abs(elapsed) <= GNSS_REACH_MS)
    heard &= rows.stamp_ms[order] == NO_TIME
    latest = np.where(heard, ms[of] + np.maximum(period[of], elapsed), NO_TIME)
    latest, done = _held_together(text, rows.take(order), latest)
    heard = (latest != NO_TIME) & (rows.stamp_ms[order] == NO_TIME)
    out, clock = rows.stamp_ms.copy(), rows.clock.copy()
    out[order[heard]], clock[order[heard]] = latest[heard], GNSS_CLOCK
    ends = np.flatnonzero(np.append(whose[1:] != whose[:-1], True)).tolist()
    for n, (said_ms, period_ms) in zip(ends, said_last, strict=True):
        own = int(whose[n])
        begins, stop = np.searchsorted(places, [own * span, (own + 1) * span]).tolist()
        before = text.peers[own].clock
        open_ms = before.open_ms if before is not None else None
        if stop > begins:
            open_ms = None if done[stop - 1] or latest[stop - 1] == NO_TIME else int(latest[stop - 1])
        behind = int(sentences[n]) + stop - int(first[n])
        text.peers[own].clock = PeerClock(said_ms, period_ms, int(ms[n]), int(received[n]), behind, open_ms)
    return rows.with_columns(stamp_ms=out, clock=clock)


def _held_together(text: Text, rows: Sentences, latest: I64) -> tuple[I64, Mask]:
    """Times of sentences in the order of peers, all parts of a message with that of its first; which sentences end one.

    A clock line between two parts would tear them apart where it moves time by more than parts may wait.
    """
    done = rows.part == rows.total
    first = np.diff(rows.peer, prepend=-1) != 0
    opened = [NO_TIME if p.clock is None or p.clock.open_ms is None else p.clock.open_ms for p in text.peers]
    open_ms = np.array(opened, np.int64)[rows.peer]
    latest = np.where(first & (rows.part != 1) & (open_ms != NO_TIME), open_ms, latest)
    goes_on = (rows.part != 1) & ~first & ~np.append(True, done[:-1])
    begun = latest[np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(rows))))]
    return np.where(goes_on & (begun != NO_TIME), begun, latest), done
