"""By which receivers each vessel was heard last, however often the same report came in.

The outcome depends on what was heard and not on its order, nor on how it was cut into batches: of every receiver the
latest time counts, and those with the latest times are kept.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet.vessels import HEARERS

I64 = NDArray[np.int64]
NOBODY = -1


class Hearings(NamedTuple):
    """Rows of the fleet that were heard, by which receiver and when: arrays of shape (n,), in any order."""

    row: I64
    receiver: NDArray[np.int16]
    at_ms: I64


def credit(heard_by: NDArray[np.int16], heard_by_ms: I64, heard: Hearings) -> None:
    """Bring the columns (rows, HEARERS) up to date, the receiver that heard last first; of equals the lower index."""
    if not len(heard.row):
        return
    rows, at = np.unique(heard.row, return_inverse=True)
    before = np.repeat(np.arange(len(rows)), HEARERS)
    row = np.concatenate([before, at])
    receiver = np.concatenate([heard_by[rows].ravel(), heard.receiver])
    at_ms = np.concatenate([heard_by_ms[rows].ravel(), heard.at_ms])
    latest = np.lexsort((-at_ms, receiver, row))
    latest = latest[_first_of(row[latest], receiver[latest])]
    latest = latest[receiver[latest] != NOBODY]
    order = latest[np.lexsort((receiver[latest], -at_ms[latest], row[latest]))]
    begins = np.flatnonzero(_first_of(row[order]))
    place = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    kept = place < HEARERS
    order, place = order[kept], place[kept]
    heard_by[rows], heard_by_ms[rows] = NOBODY, 0
    heard_by[rows[row[order]], place], heard_by_ms[rows[row[order]], place] = receiver[order], at_ms[order]


def only_row(known: I64, row_of: I64, mmsi: NDArray[np.int32]) -> I64:
    """The row (n,) of each number, -1 where it has none, or several: of two under one number nothing but a place
    tells whose a message is. ``known`` are the numbers of the rows ``row_of``, sorted."""
    first, after = np.searchsorted(known, mmsi, "left"), np.searchsorted(known, mmsi, "right")
    out = np.full(len(mmsi), NOBODY, np.int64)
    rows = np.flatnonzero(after - first == 1)
    out[rows] = row_of[first[rows]]
    return out


def _first_of(*keys: NDArray[np.int64] | NDArray[np.int16]) -> NDArray[np.bool_]:
    """Where sorted keys begin anew."""
    out = np.ones(len(keys[0]), np.bool_)
    out[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return out
