"""What the watch sees of declared returns: who has gone out, and who has come home."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet.vessels import Vessels
from fengqiao.model.trip import Trip

BERTHING_KN_MAX = 3.0  # as slow as this in a harbour's waters a boat goes to her berth, not past
BERTHED_S = 600.0  # and silent for this long there she has switched off

Flags = NDArray[np.bool_]


def newest_rows(vessels: Vessels, mmsi: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row of the voice heard last of each number; -1 where none is."""
    order = np.lexsort((vessels.voice, vessels.fix_ms, vessels.mmsi))
    ranked = vessels.mmsi[order]
    after = np.searchsorted(ranked, mmsi, "right") - 1
    found = (after >= 0) & (ranked[after] == mmsi) if len(order) else np.zeros(len(mmsi), bool)
    return np.where(found, order[after], -1) if len(order) else np.full(len(mmsi), -1, np.int64)


def follow(
    trips: Sequence[Trip], vessels: Vessels, near_harbour: Flags, stopped: Flags, at_ms: int
) -> tuple[Trip, ...] | None:
    """The returns still waited for, with what was seen by now; None if nothing changed.

    She is home when she lies in a harbour, or fell silent there at berthing speed, having been seen outside before;
    or when she lies in one after the hour she named, out or not.
    """
    if not trips:
        return None
    rows = newest_rows(vessels, np.array([trip.mmsi for trip in trips], np.int64))
    departs, due, out = (
        np.array([getattr(trip, name) for trip in trips]) for name in ("departs_ms", "due_ms", "out_ms")
    )
    known = rows >= 0
    fix_ms = np.where(known, vessels.fix_ms[rows], 0) if len(vessels) else np.zeros(len(trips), np.int64)
    seen = known & (fix_ms > departs)
    harbour = np.zeros(len(trips), bool)
    berthed = lies = harbour
    if seen.any():
        harbour, lies = seen & near_harbour[rows], seen & stopped[rows]
        slow = ~(vessels.sog_kn[rows] >= BERTHING_KN_MAX)
        berthed = lies | (slow & (at_ms - fix_ms >= BERTHED_S * 1000.0))
    left = seen & ~harbour & (out == 0)
    home = harbour & ((berthed & (out > 0) & (fix_ms > out)) | (lies & (fix_ms >= due)))
    if not (left.any() or home.any()):
        return None
    return tuple(replace(trips[i], out_ms=at_ms) if left[i] else trips[i] for i in np.flatnonzero(~home).tolist())
