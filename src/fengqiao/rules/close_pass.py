"""Who passed close to a boat about the time of her last fix: read from the rings of both, never remembered."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.past import past
from fengqiao.fleet.vessels import Vessels
from fengqiao.nav import F64

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


CHUNK_PAIRS = 5_000  # looked at together: each takes some kilobytes meanwhile


@dataclass(frozen=True, slots=True)
class Pass:
    """A ship's nearest approach to where the boat was, or would have been on her course."""

    ship: int  # row
    range_m: float
    at_ms: int


@dataclass(frozen=True, slots=True)
class Window:
    """When a pass is looked for, around each boat's last fix."""

    before_s: float
    after_s: F64  # one per vessel row
    after_s_max: float  # of any row, whichever judge it is: what one sees must not depend on whom else he sees
    step_s: float
    stale_s: float  # nobody is reckoned on further than this

    def instants(self, last_ms: Rows, after_s: F64, now_ms: int) -> tuple[Rows, Flags]:
        """Instants of shape (n, k) and which of them count: none lies in the future, which is no pass yet."""
        steps = np.arange(-int(self.before_s / self.step_s), int(self.after_s_max / self.step_s) + 1)
        at_ms = last_ms[:, None] + (steps * int(self.step_s * 1000))[None, :]
        return at_ms, (steps[None, :] * self.step_s <= after_s[:, None]) & (at_ms <= now_ms)


def closest(vessels: Vessels, boat: Rows, ship: Rows, limit_nm: F64, window: Window, now_ms: int) -> dict[int, Pass]:
    """For each boat row the nearest pass below ``limit_nm`` (one per vessel row) among the pairs (boat, ship)."""
    if not len(boat):
        return {}
    boats, which = np.unique(boat, return_inverse=True)
    instants, counts = window.instants(vessels.fix_ms[boats], window.after_s[boats], now_ms)
    hers = _where(vessels, boats, instants, max(window.before_s, window.after_s_max))
    nearest, reached_m = np.zeros(len(boat), np.int64), np.full(len(boat), np.inf)
    for lo in range(0, len(boat), CHUNK_PAIRS):
        some = slice(lo, lo + CHUNK_PAIRS)
        one = which[some]
        ships = _where(vessels, ship[some], instants[one], window.stale_s)
        range_m = nav.distance_m(hers[0][one], hers[1][one], *ships)
        range_m = np.where(counts[one], np.nan_to_num(range_m, nan=np.inf), np.inf)
        nearest[some] = instants[one, range_m.argmin(axis=1)]
        reached_m[some] = range_m.min(axis=1)
    found: dict[int, Pass] = {}
    for i in np.lexsort((vessels.mmsi[ship], reached_m)):  # the nearest first; of two as near always the same
        row = int(boat[i])
        if reached_m[i] < limit_nm[row] * nav.NM_M:
            found.setdefault(row, Pass(int(ship[i]), float(reached_m[i]), int(nearest[i])))
    return found


def _where(v: Vessels, rows: Rows, instants: Rows, stale_s: float) -> tuple[F64, F64]:
    """Places of rows at past instants: the ring, or from the last fix on that fix, reckoned on by course and speed."""
    told = past(v, rows, instants, stale_s)
    since_s = (instants - v.fix_ms[rows][:, None]) / 1000.0
    newest: Flags = (since_s >= 0.0) & (since_s <= stale_s)

    def latest(ring: F64, now: F64) -> F64:
        return np.where(newest, now[rows][:, None], ring)

    sog = np.nan_to_num(latest(told.sog_kn, v.sog_kn))  # unknown motion: at least she was there
    cog = np.nan_to_num(latest(told.cog_deg, v.cog_deg))
    age = np.nan_to_num(np.where(newest, since_s, told.since_s))
    return nav.dead_reckon(latest(told.lon, v.lon_deg), latest(told.lat, v.lat_deg), sog, cog, age)
