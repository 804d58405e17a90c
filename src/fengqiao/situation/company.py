"""Boats that keep together: measured from two rings of past fixes, never remembered (docs/decisions/0002)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.past import past
from fengqiao.fleet.vessels import Vessels
from fengqiao.nav import F64

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

MINUTE_MS = 60_000
STALE_S = 180.0  # class B over 2 kn is lost after as long (study §2a)


@dataclass(frozen=True, slots=True)
class Together:
    """What counts as keeping together in one minute."""

    range_nm: tuple[float, float]
    turn_deg: float
    speed_kn: float
    each_kn: tuple[float, float] = (0.0, float("inf"))  # speed of either


@dataclass(frozen=True, slots=True)
class Company:
    """Of pairs of rows over the last whole minutes; arrays of shape (n_pairs,)."""

    common: NDArray[np.int64]  # minutes at which both are known
    together: NDArray[np.int64]  # and kept together
    range_nm: F64  # mean over the minutes in common; NaN where there are none

    def lasting(self, minutes_min: int, share: float) -> Flags:
        """Whether the pair kept together for ``share`` of at least ``minutes_min`` minutes in common."""
        lasting: Flags = (self.common >= minutes_min) & (self.together >= share * self.common)
        return lasting


def company(vessels: Vessels, at_ms: int, a: Rows, b: Rows, minutes: int, terms: Together) -> Company:
    """How the pairs of rows ``a[k]``, ``b[k]`` went at each of the last ``minutes`` whole minutes.

    Between fixes each is reckoned on by course and speed; a boat unheard for three minutes is unknown.
    """
    rows, where = np.unique(np.concatenate([a, b]), return_inverse=True)
    told = past(vessels, rows, at_ms - np.arange(minutes, dtype=np.int64) * MINUTE_MS, STALE_S)
    lon, lat = nav.dead_reckon(told.lon, told.lat, told.sog_kn, told.cog_deg, told.since_s)
    one, other = where[: len(a)], where[len(a) :]
    range_nm = nav.distance_nm(lon[one], lat[one], lon[other], lat[other])
    (near, far), (slow, fast) = terms.range_nm, terms.each_kn
    working = (told.sog_kn >= slow) & (told.sog_kn <= fast)
    together = (range_nm >= near) & (range_nm <= far) & working[one] & working[other]
    together &= np.abs(nav.angle_between_deg(told.cog_deg[one], told.cog_deg[other])) <= terms.turn_deg
    together &= np.abs(told.sog_kn[one] - told.sog_kn[other]) <= terms.speed_kn
    known = np.isfinite(range_nm)
    common = known.sum(axis=1)
    mean_nm = np.where(known, range_nm, 0.0).sum(axis=1) / np.maximum(common, 1)
    return Company(common, together.sum(axis=1), np.where(common > 0, mean_nm, np.nan))
