"""What one vessel's track tells only over longer than her ring: where she lies at anchor, since when she goes askew."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.vessels import Vessels
from fengqiao.model.columns import Columns, column
from fengqiao.model.setting import setting
from fengqiao.nav import F64

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Params:
    length_m: float = setting(
        30.0, "m", "D: a boat that does not tell hers; class I and II boats are 12 m and longer (§2f)"
    )
    cable_m: float = setting(110.0, "m", "D: four shackles, over the ground; unverified for boats of here")
    noise_m: float = setting(20.0, "m", "study §2g: added to the circle")
    left_factor: float = setting(1.2, "", "study §2g: left beyond 1.2 R")
    fixes_max: int = setting(60, "", "D: the mean place follows three hours, not one swing")
    drift_kn: tuple[float, float] = setting((0.3, 3.0), "kn", "study §2g, drift")
    askew_deg: float = setting(45.0, "deg", "study §2g: heading and course differ by more")
    straight_s: float = setting(
        300.0, "s", "D: so long on her heading, lying or at speed before she counts as recovered"
    )
    silent_s: float = setting(
        1080.0, "s", "study §2a: lost-target limit of a vessel that lies; nothing spans more silence"
    )


DEFAULT = Params()


def swing_m(length_m: F64, headed: Flags, params: Params) -> F64:
    """Radius of the circle she swings in: about the anchor where her heading tells it, else about her mean place,
    from which, when the stream turns, she may come to lie the whole diameter away."""
    reach_m = np.where(np.isnan(length_m), params.length_m, length_m) + params.cable_m
    return np.where(headed, reach_m, 2.0 * reach_m) + params.noise_m


@dataclass(frozen=True, slots=True)
class Lying(Columns):
    """Columns aligned with a fleet's rows, brought up to date (in place) fix by fix."""

    berth_lon: F64 = column(np.float64)
    berth_lat: F64 = column(np.float64)
    berth_n: Rows = column(np.int64)  # fixes it is the mean of; 0: she lies nowhere
    headed: Flags = column(np.bool_)  # it is the anchor by her heading, not her mean place
    swing_m: F64 = column(np.float64)  # radius of that circle
    out_n: Rows = column(np.int64)  # fixes in a row outside the circle
    askew_ms: Rows = column(np.int64)  # since when she goes across her heading; 0: she does not
    straight_ms: Rows = column(np.int64)  # since when that is in doubt again
    seen_ms: Rows = column(np.int64)  # the fix before

    @classmethod
    def blank(cls, n: int) -> Self:
        return cls(**{name: np.zeros(n, dtype) for name, dtype in cls.dtypes().items()})

    def heed(self, rows: Rows, v: Vessels, stopped: Flags, params: Params = DEFAULT) -> None:
        """New fixes of ``rows``; ``stopped`` of the same."""
        silent = v.fix_ms[rows] - self.seen_ms[rows] > params.silent_s * 1000.0
        self.seen_ms[rows] = v.fix_ms[rows]
        self._anchor(rows, v, stopped, silent, params)
        self._go(rows, v, silent, params)

    def _anchor(self, rows: Rows, v: Vessels, stopped: Flags, silent: Flags, params: Params) -> None:
        """She lies from her first stop on until she makes way; what lies out of the circle does not move it."""
        headed = ~np.isnan(v.heading_deg[rows])
        lon, lat = _hold(v, rows, headed, params)
        n = np.where((v.sog_kn[rows] > params.drift_kn[1]) | (silent & ~stopped), 0, self.berth_n[rows])
        self.swing_m[rows] = swing_m(v.length_m[rows], self.headed[rows], params)
        limit_m = params.left_factor * self.swing_m[rows]
        own_lon, own_lat = v.lon_deg[rows], v.lat_deg[rows]
        out = (n > 0) & (nav.distance_m(self.berth_lon[rows], self.berth_lat[rows], own_lon, own_lat) > limit_m)
        afresh = stopped & ((n == 0) | out)  # brought up again, if elsewhere
        inside = (n > 0) & ~out & (headed == self.headed[rows])
        weight = np.where(afresh, 1.0, np.where(inside, 1.0 / (n + 1.0), 0.0))
        east = nav.angle_between_deg(self.berth_lon[rows], lon)
        self.berth_lon[rows] = np.where(afresh, lon, self.berth_lon[rows] + weight * np.where(inside, east, 0.0))
        north = lat - self.berth_lat[rows]
        self.berth_lat[rows] = np.where(afresh, lat, self.berth_lat[rows] + weight * np.where(inside, north, 0.0))
        self.headed[rows] = np.where(afresh, headed, self.headed[rows])
        self.berth_n[rows] = np.where(afresh, 1, np.minimum(n + inside, params.fixes_max))
        self.out_n[rows] = np.where(out & ~afresh, self.out_n[rows] + 1, 0)

    def _go(self, rows: Rows, v: Vessels, silent: Flags, params: Params) -> None:
        """She goes askew from the first fix across her heading until she is for minutes not seen to."""
        slow, fast = params.drift_kn
        askew = np.abs(nav.angle_between_deg(v.heading_deg[rows], v.cog_deg[rows])) > params.askew_deg
        askew &= (v.sog_kn[rows] >= slow) & (v.sog_kn[rows] <= fast)
        now = v.fix_ms[rows]
        since = np.where(silent, 0, self.askew_ms[rows])
        doubt = np.where(askew | (since == 0), 0, np.where(self.straight_ms[rows] > 0, self.straight_ms[rows], now))
        over = (doubt > 0) & (now - doubt >= params.straight_s * 1000.0)
        self.askew_ms[rows] = np.where(over, 0, np.where(askew & (since == 0), now, since))
        self.straight_ms[rows] = np.where(over, 0, doubt)


def _hold(v: Vessels, rows: Rows, headed: Flags, params: Params) -> tuple[F64, F64]:
    """Where what holds her lies: ahead of her by her length and cable where the heading is known, else where she is."""
    reach_m = np.where(np.isnan(v.length_m[rows]), params.length_m, v.length_m[rows]) + params.cable_m
    chi = np.radians(np.where(headed, v.heading_deg[rows], 0.0))
    per_lon, per_lat = nav.metres_per_degree(v.lat_deg[rows])
    ahead_m = np.where(headed, reach_m, 0.0)
    return v.lon_deg[rows] + ahead_m * np.sin(chi) / per_lon, v.lat_deg[rows] + ahead_m * np.cos(chi) / per_lat
