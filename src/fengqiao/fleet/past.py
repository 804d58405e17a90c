"""The last minutes of tracks, read from the ring of past fixes that every vessel carries."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet.vessels import Vessels
from fengqiao.nav import F64

CHUNK_ROWS = 10_000  # compared together with their rings: a flood must not take all memory


@dataclass(frozen=True, slots=True)
class Past:
    """The last fix at or before each of several instants: arrays of shape (n_rows, n_instants), NaN where none."""

    lon: F64
    lat: F64
    sog_kn: F64
    cog_deg: F64
    since_s: F64  # from that fix to the instant


def past(vessels: Vessels, rows: NDArray[np.int64], instants_ms: NDArray[np.int64], stale_s: float) -> Past:
    """What the ring tells of ``rows`` at each of ``instants_ms``; fixes older than ``stale_s`` by then tell nothing.

    Instants of shape (n_instants,) for all rows alike, or (n_rows, n_instants) for each its own.
    """
    asked = np.broadcast_to(instants_ms, (len(rows), np.shape(instants_ms)[-1]))
    at = np.empty(asked.shape, np.int64)
    for lo in range(0, len(rows), CHUNK_ROWS):
        some = slice(lo, lo + CHUNK_ROWS)
        before = vessels.ring_ms[rows[some], :, None] <= asked[some, None, :]
        at[some] = before.sum(axis=1) - 1  # unfilled slots hold 0 and come first
    r, c = rows[:, None], np.maximum(at, 0)
    ms = vessels.ring_ms[r, c]
    since_s = (asked - ms) / 1000.0
    told = (at >= 0) & (ms > 0) & (since_s <= stale_s)

    def column(ring: F64) -> F64:
        return np.where(told, ring[r, c], np.nan)

    return Past(
        column(vessels.ring_lon),
        column(vessels.ring_lat),
        column(vessels.ring_sog),
        column(vessels.ring_cog),
        np.where(told, since_s, np.nan),
    )
