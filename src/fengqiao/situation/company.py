"""Boats that keep together, and who tows a net with whom: measured from rings, never remembered (decisions/0002)."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.grid import CHUNK_PAIRS, fairly, pairs_within
from fengqiao.fleet.past import Past, past
from fengqiao.fleet.vessels import Vessels
from fengqiao.model.setting import setting
from fengqiao.nav import F64

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
Gears = NDArray[np.object_]

MINUTE_MS = 60_000
PAIRS_MAX = 200_000  # boats at towing speed near each other: ten times the densest grounds; beyond, somebody forges
STALE_S = 180.0  # class B over 2 kn is lost after as long (study §2a)


@dataclass(frozen=True, slots=True)
class Params:
    """Of pair trawling."""

    gears: tuple[str, ...] = setting(
        ("pair_trawl", "other", ""), "", "D: boats registered for another gear tow no pair net"
    )
    range_nm: tuple[float, float] = setting((0.05, 1.0), "nm", "study §2d, pair trawl")
    kn: tuple[float, float] = setting((2.0, 6.0), "kn", "study §2d, pair trawl")
    turn_deg: float = setting(20.0, "deg", "study §2d, pair trawl")
    speed_kn: float = setting(1.0, "kn", "study §2d, pair trawl")
    minutes: int = setting(15, "min", "D: §2d asks 30 of 40 min; the ring surely holds 15", at_least=1, at_most=16)
    minutes_min: int = setting(10, "min", "D: minutes of which both are known", at_least=1, at_most="minutes")
    share: float = setting(0.75, "", "study §2d: 30 of 40 min", at_most=1.0)
    stale_s: float = setting(600.0, "s", "study §2f: the silence that the gap rule calls silence")


DEFAULT = Params()


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
    told = replace(told, lon=lon, lat=lat)
    one, other = where[: len(a)], where[len(a) :]
    parts = [_kept(told, one[n : n + CHUNK_PAIRS], other[n : n + CHUNK_PAIRS], terms) for n in _starts(len(a))]
    return Company(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _starts(n: int) -> range:
    return range(0, max(n, 1), CHUNK_PAIRS)


def _kept(told: Past, one: Rows, other: Rows, terms: Together) -> tuple[NDArray[np.int64], NDArray[np.int64], F64]:
    """The columns of ``Company`` for pairs of rows of ``told``."""
    range_nm = nav.distance_nm(told.lon[one], told.lat[one], told.lon[other], told.lat[other])
    (near, far), (slow, fast) = terms.range_nm, terms.each_kn
    working = (told.sog_kn >= slow) & (told.sog_kn <= fast)
    together = (range_nm >= near) & (range_nm <= far) & working[one] & working[other]
    together &= np.abs(nav.angle_between_deg(told.cog_deg[one], told.cog_deg[other])) <= terms.turn_deg
    together &= np.abs(told.sog_kn[one] - told.sog_kn[other]) <= terms.speed_kn
    known = np.isfinite(range_nm)
    common = known.sum(axis=1)
    mean_nm = np.where(known, range_nm, 0.0).sum(axis=1) / np.maximum(common, 1)
    return common, together.sum(axis=1), np.where(common > 0, mean_nm, np.nan)


def partners(
    vessels: Vessels, at_ms: int, boats: Flags, near_harbour: Flags, gear: Gears, params: Params = DEFAULT
) -> NDArray[np.int64]:
    """Mmsi of the boat that each one tows a net with, told from motion alone; 0 none.

    Two boats that kept 0.05-1 nm apart on one course at one speed for most of the last quarter of an hour, of which
    each is the nearest such to the other.
    """
    out = np.zeros(len(vessels), np.int64)
    slow, fast = params.kn
    towing = boats & ~near_harbour & np.isin(gear, params.gears)
    towing &= (vessels.sog_kn >= slow - params.speed_kn) & (vessels.sog_kn <= fast + params.speed_kn)
    towing &= at_ms - vessels.fix_ms <= params.stale_s * 1000.0
    found = pairs_within(np.where(towing, vessels.lon_deg, np.nan), vessels.lat_deg, 2.0 * params.range_nm[1])
    a, b = found.i, found.j
    two = vessels.mmsi[a] != vessels.mmsi[b]  # two voices of one number are a question of identity
    a, b, range_nm = a[two], b[two], found.range_nm[two]
    some = fairly(a, PAIRS_MAX, range_nm)
    a, b = a[some], b[some]
    if not len(a):
        return out
    terms = Together(params.range_nm, params.turn_deg, params.speed_kn, params.kn)
    kept = company(vessels, at_ms, a, b, params.minutes, terms)
    pair = kept.lasting(params.minutes_min, params.share)
    for one, other in _mutual(vessels, a[pair], b[pair], kept.range_nm[pair]):
        out[one], out[other] = vessels.mmsi[other], vessels.mmsi[one]
    return out


def _mutual(v: Vessels, a: Rows, b: Rows, range_nm: F64) -> NDArray[np.int64]:
    """Pairs each of which is the other's nearest, as rows of shape (n_pairs, 2)."""
    one, other, near = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(range_nm, 2)
    order = np.lexsort((v.voice[other], v.mmsi[other], near, one))
    first = np.unique(one[order], return_index=True)[1]
    rows, best = one[order][first], other[order][first]
    nearest = np.full(len(v), -1)
    nearest[rows] = best
    mutual = (nearest[best] == rows) & (rows < best)
    return np.stack([rows[mutual], best[mutual]], axis=1)
