"""Membership and stillness of every fleet row, updated once a tick from the rows that moved on."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.gale import GaleWarning
from fengqiao.model.trip import Trip
from fengqiao.register.vessel import Register
from fengqiao.situation import lying
from fengqiao.situation.lying import Lying
from fengqiao.situation.outings import OutingLog
from fengqiao.zones.zoneset import ZoneSet

STOP_KN_MAX = 0.2  # a stop begins at or below
GO_KN_MIN = 0.5  # and ends at or above: Global Fishing Watch's pair for port stops
FISHING_SHIP_TYPE = 30  # ITU-R M.1371 table 53
ENGAGED_IN_FISHING = 7  # navigational status
OUT_FIXES = 2  # leaving, too, takes two fixes

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the watch is told from outside, each with its revision."""

    zones: ZoneSet
    register: Register = field(default_factory=Register)
    gales: tuple[GaleWarning, ...] = ()
    trips: tuple[Trip, ...] = ()  # declared returns that are waited for


class Situation:
    """Columns aligned with one fleet's rows; and the outings of its boats, which outlive them."""

    def __init__(self) -> None:
        self._zones_revision = ""
        self._seen_ms = np.zeros(0, np.int64)  # fix each row was last judged at
        self.stopped: Flags = np.zeros(0, bool)
        self.near_harbour: Flags = np.zeros(0, bool)
        self.sheltered: Flags = np.zeros(0, bool)
        self.lying = Lying.blank(0)
        self.outings = OutingLog()
        self.inside: Flags = np.zeros((0, 0), bool)
        self.entered_ms = np.zeros((0, 0), np.int64)
        self._streak = np.zeros((0, 0), np.int8)  # fixes in a row that speak against ``inside``
        self._streak_ms = np.zeros((0, 0), np.int64)  # when that streak began: the time of entry

    def look(self, vessels: Vessels, zones: ZoneSet, params: lying.Params = lying.DEFAULT) -> None:
        """Bring every row with a newer fix up to date."""
        self._fit(len(vessels), zones)
        rows = np.flatnonzero((vessels.fix_ms > self._seen_ms) & ~np.isnan(vessels.lon_deg))
        if not len(rows):
            return
        self._seen_ms[rows] = vessels.fix_ms[rows]
        lon, lat, sog = vessels.lon_deg[rows], vessels.lat_deg[rows], vessels.sog_kn[rows]
        self.stopped[rows] = np.where(self.stopped[rows], ~(sog >= GO_KN_MIN), sog <= STOP_KN_MAX)
        self.near_harbour[rows] = zones.near_harbour(lon, lat)
        self.lying.heed(rows, vessels, self.stopped[rows], params)
        self.sheltered[rows] = self.stopped[rows] & zones.at_shelter(lon, lat)
        self._cross(rows, lon, lat, vessels.fix_ms[rows], zones)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """The fleet forgot vessels: keep these rows, in this order."""
        for name in ("_seen_ms", "stopped", "near_harbour", "sheltered", *MATRICES):
            setattr(self, name, getattr(self, name)[rows])
        self.lying = self.lying.take(rows)

    def _fit(self, n: int, zones: ZoneSet) -> None:
        if zones.revision != self._zones_revision:  # other zones: membership begins anew, and so do entries
            self._zones_revision = zones.revision
            self._seen_ms = np.zeros(len(self._seen_ms), np.int64)
            for name in MATRICES:
                setattr(self, name, np.zeros((len(self._seen_ms), len(zones.watched)), getattr(self, name).dtype))
        more = n - len(self._seen_ms)
        if more > 0:
            for name in ("_seen_ms", "stopped", "near_harbour", "sheltered", *MATRICES):
                setattr(self, name, _longer(getattr(self, name), more))
            self.lying = Lying.join([self.lying, Lying.blank(more)])

    def _cross(
        self,
        rows: NDArray[np.int64],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        fix_ms: NDArray[np.int64],
        zones: ZoneSet,
    ) -> None:
        """Enter on the zone's number of fixes inside, leave on two fixes beyond its outer band."""
        if not zones.watched:
            return
        was = self.inside[rows]
        against = np.where(was, zones.beyond(lon, lat), zones.contains(lon, lat))
        begun = against & (self._streak[rows] == 0)
        self._streak_ms[rows] = np.where(begun, fix_ms[:, None], self._streak_ms[rows])
        streak = np.where(against, np.minimum(self._streak[rows] + 1, 100), 0).astype(np.int8)
        need = np.where(was, OUT_FIXES, np.array([z.in_fixes for z in zones.watched]))
        turned = streak >= need
        self._streak[rows] = np.where(turned, 0, streak)
        self.inside[rows] = was ^ turned
        self.entered_ms[rows] = np.where(turned & ~was, self._streak_ms[rows], self.entered_ms[rows])


MATRICES = ("inside", "entered_ms", "_streak", "_streak_ms")


def fishing_craft(vessels: Vessels, register: Register) -> Flags:
    """Fishing by what they say they are, by what they say they do, or by the centre's own register."""
    registered = np.isin(vessels.mmsi, np.fromiter(register.fishing_mmsi, np.int64))
    says = (vessels.ship_type == FISHING_SHIP_TYPE) | (vessels.nav_status == ENGAGED_IN_FISHING)
    fishing: Flags = (says | registered) & (vessels.kind == Kind.SHIP)
    return fishing


def _longer(array: NDArray[Any], more: int) -> NDArray[Any]:
    return np.concatenate([array, np.zeros((more, *array.shape[1:]), array.dtype)])
