"""What others would have told: OpenCPN's and jaffadog's rules with their shipped defaults, over all pairs.

Both watch for one own ship; here every vessel is the own ship in turn, which is what a shore desk would get. They see
our decoded and tracked fleet, and judge it as they do: targets where they were last heard, a sphere, one threshold to
set and to clear (study §1.1, §1.2, read in the sources at the commits named there).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.judgement.listeners import Log, Pair
from fengqiao.fleet.grid import I64, pairs_within
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.findings import AlertChange, Priority
from fengqiao.nav import F64, KN_M_S, NM_M
from fengqiao.watch import Watch

VESSEL_KINDS = (Kind.SHIP, Kind.CRAFT, Kind.HANDHELD, Kind.GEAR)
REMOVED_S = 600.0  # OpenCPN removes, jaffadog drops from its list, what was not heard for ten minutes
LOOK_NM = 40.0  # two miles in thirty minutes at 76 kn together


@dataclass(frozen=True)
class Band:
    level: Priority
    cpa_nm: float
    tcpa_min: float
    target_kn: float  # of the faster of the two: slower targets are left out


@dataclass(frozen=True)
class Profile:
    name: str
    bands: tuple[Band, ...]  # most urgent first
    range_nm: float  # beyond it nothing is computed
    earth_m: float  # radius of its sphere
    unknown_stands: bool  # a target without course or speed counts as standing still
    source: str


_OPENCPN_M = 60.0 * NM_M * 180.0 / np.pi  # a minute of latitude is a mile
OPENCPN = Profile(
    "OpenCPN defaults",
    (Band(Priority.WARNING, 2.0, 30.0, 0.2),),
    20.0,
    _OPENCPN_M,
    False,
    "OpenCPN 01873e32: CPA 2 nm, TCPA 30 min, CPAMax 20 nm, moored 0.2 kn",
)
COASTAL = Profile(
    "jaffadog coastal",
    (Band(Priority.ALARM, 1.0, 10.0, 0.5), Band(Priority.WARNING, 2.0, 30.0, 0.0)),
    np.inf,
    6_371_000.0,
    True,
    "signalk-ais-target-prioritizer d736cb5e",
)
HARBOUR = Profile(
    "jaffadog harbour",
    (Band(Priority.ALARM, 0.1, 5.0, 3.0), Band(Priority.WARNING, 0.5, 10.0, 0.5)),
    np.inf,
    6_371_000.0,
    True,
    "signalk-ais-target-prioritizer d736cb5e",
)
PROFILES = (OPENCPN, COASTAL, HARBOUR)


class Peer:
    def __init__(self, profile: Profile) -> None:
        self.log = Log(profile.name)
        self._profile = profile
        self._level: dict[Pair, Priority] = {}

    def tick(self, at_ms: int, watch: Watch, _: Sequence[AlertChange]) -> None:
        now = judge(self._profile, watch.vessels(), at_ms)
        for pair, level in now.items():
            before = self._level.get(pair)
            self.log.reach(pair, level, at_ms)
            if before is None:
                self.log.activate(at_ms, pair, pair)
            elif level > before:
                self.log.steps.append((at_ms, pair))
        self._level = now
        self.log.standing.append(len(now))


def judge(profile: Profile, v: Vessels, at_ms: int) -> dict[Pair, Priority]:
    """Every pair that stands in one of the profile's bands now, with the most urgent."""
    heard = np.isin(v.kind, VESSEL_KINDS) & (at_ms - v.fix_ms <= REMOVED_S * 1000.0)
    sog, cog = v.sog_kn, v.cog_deg
    if profile.unknown_stands:
        sog, cog = np.where(np.isfinite(sog) & np.isfinite(cog), sog, 0.0), np.nan_to_num(cog)
    heard &= np.isfinite(sog) & (np.isfinite(cog) | (sog < 0.01))
    found = pairs_within(np.where(heard, v.lon_deg, np.nan), v.lat_deg, min(LOOK_NM, profile.range_nm))
    i, j = found.i, found.j
    cpa_nm, tcpa_min = approach(profile.earth_m, v, sog, np.nan_to_num(cog), i, j)
    fastest = np.maximum(sog[i], sog[j])
    out: dict[Pair, Priority] = {}
    for band in reversed(profile.bands):
        stands = (cpa_nm < band.cpa_nm) & (tcpa_min > 0.0) & (tcpa_min < band.tcpa_min)
        stands &= (fastest > band.target_kn) & (v.mmsi[i] != v.mmsi[j])
        for n in np.flatnonzero(stands):
            one, other = sorted((int(v.mmsi[i[n]]), int(v.mmsi[j[n]])))
            out[one, other] = band.level
    return out


def approach(earth_m: float, v: Vessels, sog: F64, cog: F64, i: I64, j: I64) -> tuple[F64, F64]:
    """Closest approach on the peers' plane: a sphere, flat at the first vessel's latitude, places as last heard."""
    per_rad = np.cos(np.radians(v.lat_deg[i])) * earth_m
    east = np.radians((v.lon_deg[j] - v.lon_deg[i] + 180.0) % 360.0 - 180.0) * per_rad
    north = np.radians(v.lat_deg[j] - v.lat_deg[i]) * earth_m
    vx, vy = sog * KN_M_S * np.sin(np.radians(cog)), sog * KN_M_S * np.cos(np.radians(cog))
    wx, wy = vx[j] - vx[i], vy[j] - vy[i]
    w2 = wx**2 + wy**2
    t = np.where(w2 > 0.0, -(east * wx + north * wy) / np.where(w2 > 0.0, w2, 1.0), -1.0)
    return np.hypot(east + wx * t, north + wy * t) / NM_M, t / 60.0
