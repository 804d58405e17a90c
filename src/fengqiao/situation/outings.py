"""Outings seen from motion: since when a boat is out of harbour, and how long those before took her.

Kept by number and not by the fleet's rows: the fleet forgets who is unheard for a day, her habits are of months. What a
person declared is another matter (``trips``). An outing is known only if both its ends were heard; silence is neither
an outing nor the end of one. One that was interrupted by long silence, or ends nobody knows when, is kept as unknown:
how many of hers are tells whether her coming home is heard at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.columns import Columns, column
from fengqiao.model.health import ReceiverHealth
from fengqiao.model.setting import setting
from fengqiao.situation.trips import BERTHED_S, BERTHING_KN_MAX

HOUR_MS = 3_600_000
OUTINGS = 40  # kept of each boat: two years of long voyages, a season of day trips; habits change with it
BOATS_MAX = (
    50_000  # twice a province's fleet (study §3.6: 15 200 fitted in Zhejiang): 12 MB; forged numbers must not grow
)
FORGET_MS = 400 * 24 * HOUR_MS  # D: a moratorium and a refit; who stays away longer begins anew

Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Params:
    seam_s: float = setting(
        7_200.0, "s", "D: from her berth to open water and back to it; unheard for longer the hour is a guess"
    )
    silent_s: float = setting(43_200.0, "s", "D: as for gales: unheard for 12 h she may have been home and out again")
    lies_s: float = setting(43_200.0, "s", "D: who lies still for 12 h is laid up or at anchor, on no passage home")
    short_h: float = setting(1.0, "h", "D: to shift her berth is no outing")
    deaf_s: float = setting(
        3_600.0, "s", "D: in an hour without us, or who heard her, she is in from the edge of hearing"
    )


DEFAULT = Params()


@dataclass(frozen=True, slots=True)
class Outings(Columns):
    """One row a boat, by mmsi; times 0 where there is nothing to say."""

    mmsi: Rows = column(np.int64)
    heard_ms: Rows = column(np.int64)  # her last fix, and where it was
    lon_deg: NDArray[np.float64] = column(np.float64)
    lat_deg: NDArray[np.float64] = column(np.float64)
    receiver: NDArray[np.int16] = column(np.int16)  # that heard it; -1 not known
    near: Flags = column(np.bool_)  # in a harbour's waters
    deaf: Flags = column(np.bool_)  # since then that receiver, or the watch, was not listening, or two use her number
    home_ms: Rows = column(np.int64)  # last fix at a berth; 0: where she comes from is not known
    outside_ms: Rows = column(np.int64)  # last fix outside harbour
    lies_ms: Rows = column(np.int64)  # outside: since when she lies still
    out_ms: Rows = column(np.int64)  # first fix outside of the outing she is on; 0: on none
    sure: Flags = column(np.bool_)  # her leaving was heard, and nothing has cast doubt on it since
    hours: NDArray[np.float32] = column(
        (np.float32, (OUTINGS,))
    )  # outings before, the newest last; 0 none, NaN unknown

    def by_mmsi(self) -> Self:
        return self.take(np.argsort(self.mmsi))

    def at(self, mmsi: Rows) -> Rows:
        """Row of each number; -1 where there is none."""
        if not len(self):
            return np.full(len(mmsi), -1, np.int64)
        found = np.minimum(np.searchsorted(self.mmsi, mmsi), len(self) - 1)
        return np.where(self.mmsi[found] == mmsi, found, -1)


class OutingLog:
    """Every boat that was ever seen at a berth, brought up to date once a tick."""

    def __init__(self) -> None:
        self.boats = Outings.empty()
        self.dropped = 0  # boats forgotten for want of room
        self._at_ms = 0

    @property
    def out(self) -> Outings:
        """The boats that are on an outing."""
        return self.boats.take(self.boats.out_ms > 0)

    def heed(
        self,
        vessels: Vessels,
        boats: Flags,
        near_harbour: Flags,
        stopped: Flags,
        receivers: Sequence[ReceiverHealth],
        at_ms: int,
        params: Params = DEFAULT,
    ) -> None:
        """All rows of a fleet as they stand at a tick; ``boats`` are fishing craft, and only they are taken up."""
        v = vessels
        away = self._at_ms > 0 and at_ms - self._at_ms > params.deaf_s * 1000.0  # the watch itself was
        self._at_ms = max(self._at_ms, at_ms)
        self.boats.heard_ms[self.boats.heard_ms == 0] = at_ms  # begun anew: by this time she is counted as unheard
        # Two transmitters under one number: one of them may lie in harbour while the other is out.
        alone = ~np.isin(v.mmsi, v.mmsi[v.voice > 0]) & ~np.isnan(v.lon_deg) & (v.kind == Kind.SHIP)
        berthing = ~(v.sog_kn >= BERTHING_KN_MAX) & (at_ms - v.fix_ms >= BERTHED_S * 1000.0)
        home = alone & near_harbour & (stopped | berthing)
        self._take_up(v, np.flatnonzero(home & boats), at_ms)
        if not len(self.boats):
            return
        quiet = np.array([r.last_ms > 0 and at_ms - r.last_ms > params.deaf_s * 1000.0 for r in receivers], bool)
        self.boats.deaf[:] |= away | _of(quiet, self.boats.receiver)
        row = self.boats.at(v.mmsi)
        self._lose_sight(np.unique(row[(row >= 0) & ~alone]))
        rows = np.flatnonzero((row >= 0) & alone)
        at = row[rows]
        self._hear(v, rows, at, near_harbour[rows], stopped[rows], params)
        self._come_home(v, rows[home[rows]], at[home[rows]], params)

    def anew(self) -> "OutingLog":
        """One that knows how long their outings took and no more: a time of before may lie ahead of now."""
        boats, fresh = self.boats, OutingLog()
        blank = {name: np.zeros((len(boats), *dtype.shape), dtype.base) for name, dtype in Outings.dtypes().items()}
        fresh.boats = Outings(**blank | {"mmsi": boats.mmsi.copy(), "hours": boats.hours.copy()})
        fresh._push(np.flatnonzero(boats.out_ms > 0), np.float64(np.nan))
        return fresh

    def end(self, mmsi: int) -> None:
        """A person knows that she is on no outing any more, or why she is out."""
        at = self.boats.at(np.array([mmsi], np.int64))
        self._doubt(at[at >= 0])

    def _take_up(self, v: Vessels, rows: Rows, at_ms: int) -> None:
        """Boats that are at a berth for the first time; who was unheard for longest goes where there is no room."""
        new = rows[self.boats.at(v.mmsi[rows]) < 0]
        if not len(new):
            return
        fresh = {name: np.zeros((len(new), *dtype.shape), dtype.base) for name, dtype in Outings.dtypes().items()}
        fresh |= {"mmsi": v.mmsi[new].astype(np.int64), "heard_ms": v.fix_ms[new] - 1}
        all_boats = Outings.join([self.boats, Outings(**fresh)])
        newest = np.lexsort((all_boats.mmsi, -all_boats.heard_ms))
        kept = newest[:BOATS_MAX]
        self.dropped += len(newest) - len(kept)
        kept = kept[all_boats.heard_ms[kept] > at_ms - FORGET_MS]
        self.boats = all_boats.take(kept).by_mmsi()

    def _hear(self, v: Vessels, rows: Rows, at: Rows, near: Flags, stopped: Flags, params: Params) -> None:
        """What newer fixes tell of who goes out, and of who is out."""
        boats, fix_ms = self.boats, v.fix_ms[rows]
        fresh = fix_ms > boats.heard_ms[at]
        rows, at, near, stopped, fix_ms = rows[fresh], at[fresh], near[fresh], stopped[fresh], fix_ms[fresh]
        silent_s = (fix_ms - boats.heard_ms[at]) / 1000.0
        was_out = boats.out_ms[at] > 0
        # Last heard in a harbour's waters she may have berthed sooner.
        broken = was_out & (silent_s > np.where(boats.near[at], min(params.seam_s, params.silent_s), params.silent_s))
        leaves = ~was_out & ~near & ~stopped & (boats.home_ms[at] > 0)
        heard_leaving = leaves & (fix_ms - boats.home_ms[at] <= params.seam_s * 1000.0)
        boats.sure[at] = heard_leaving | (boats.sure[at] & ~broken & ~leaves)
        boats.out_ms[at] = np.where(leaves | broken, fix_ms, boats.out_ms[at])
        since = np.where(boats.lies_ms[at] > 0, boats.lies_ms[at], fix_ms)
        boats.lies_ms[at] = np.where(stopped & ~near, since, 0)
        boats.outside_ms[at] = np.where(near, boats.outside_ms[at], fix_ms)
        boats.heard_ms[at], boats.near[at], boats.deaf[at] = fix_ms, near, False
        boats.lon_deg[at], boats.lat_deg[at] = v.lon_deg[rows], v.lat_deg[rows]
        boats.receiver[at] = v.heard_by[rows, 0]
        laid_up = (boats.lies_ms[at] > 0) & (fix_ms - boats.lies_ms[at] >= params.lies_s * 1000.0)
        self._doubt(at[laid_up])

    def _come_home(self, v: Vessels, rows: Rows, at: Rows, params: Params) -> None:
        boats, fix_ms = self.boats, v.fix_ms[rows]
        back = boats.out_ms[at] > 0
        hours = (fix_ms - boats.out_ms[at]) / HOUR_MS
        known = boats.sure[at] & (fix_ms - boats.outside_ms[at] <= params.seam_s * 1000.0)
        counts = back & ((hours >= params.short_h) | ~boats.sure[at])
        self._push(at[counts], np.where(known, hours, np.nan)[counts])
        boats.out_ms[at] = 0
        boats.home_ms[at] = fix_ms

    def _lose_sight(self, at: Rows) -> None:
        """Whether what is heard is theirs is not known: who was out may be home, which no stranger's voice decides."""
        out = at[self.boats.out_ms[at] > 0]
        self.boats.deaf[out], self.boats.sure[out] = True, False
        self._doubt(at[self.boats.out_ms[at] == 0])

    def _doubt(self, at: Rows) -> None:
        """Where they are at home is not known any more: an outing that they were on has an unknown end."""
        at = np.unique(at)
        self._push(at[self.boats.out_ms[at] > 0], np.float64(np.nan))
        self.boats.out_ms[at] = self.boats.home_ms[at] = 0

    def _push(self, at: Rows, hours: NDArray[np.float64] | np.float64) -> None:
        self.boats.hours[at, :-1] = self.boats.hours[at, 1:]
        self.boats.hours[at, -1] = hours


def _of(quiet: Flags, receiver: NDArray[np.int16]) -> Flags:
    """Whether each boat's receiver is quiet; one that nobody keeps count of is not."""
    counted = (receiver >= 0) & (receiver < len(quiet))
    return counted & quiet[np.where(counted, receiver, 0)] if len(quiet) else counted & False
