"""What a vessel is doing, told from her last minutes; in doubt unknown, never a guess.

Read from the ring of past fixes, so that nothing is remembered but lying still, which ``Situation`` keeps. The order
of evidence: lying in harbour; lying with a status or held in one place; towing with a partner; working as her gear
works; saying that she fishes; drifting; making way.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.columns import Columns, column
from fengqiao.model.setting import setting
from fengqiao.nav import F64
from fengqiao.register.vessel import Register
from fengqiao.situation.company import Flags, Gears

NOT_UNDER_COMMAND, AT_ANCHOR, MOORED, ENGAGED_IN_FISHING = 2, 1, 5, 7  # navigational status, ITU-R M.1371
BEIJING_MS, HOUR_MS = 8 * 3_600_000, 3_600_000
VOICE_BITS = 16
THIRDS = 3  # the way made good goes from the middle of the first third of fixes to the middle of the last


class Activity(IntEnum):
    UNKNOWN = 0
    UNDER_WAY = 1
    FISHING = 2
    DRIFTING = 3
    ANCHORED = 4
    MOORED = 5
    IN_HARBOUR = 6

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Work:
    """How boats of one gear go while they fish. ``scatter_deg``: the least spread of courses, 0 if none is asked."""

    gear: str
    slow_kn: float
    fast_kn: float
    scatter_deg: float
    from_hour: int  # Beijing time, 0 and 24: at any
    to_hour: int
    source: str


WORK = (
    Work("pair_trawl", 1.9, 5.6, 5.0, 0, 24, "于杰 2021 (study §2e); her partner unheard, so courses as any trawl"),
    Work("single_trawl", 2.0, 5.0, 5.0, 0, 24, "study §2e, any trawl"),
    Work("beam_shrimp", 2.0, 4.0, 5.0, 0, 24, "study §2e, unverified"),
    Work("gillnet", 0.5, 3.0, 0.0, 0, 24, "study §2e, unverified: drift and haul; she sets as she steams"),
    Work("light_seine", 0.0, 1.2, 0.0, 18, 6, "study §2e, 灯光围/罩: drift in the dark, unverified"),
    Work("pot", 0.3, 3.0, 5.0, 0, 24, "D: docs/activity.md, labelled pots and traps fish at 0.2-3.0 kn (p5-p95)"),
    Work("hook", 2.0, 5.0, 5.0, 0, 24, "study §2e, unverified: longline hauling; she sets as she steams"),
    Work("", 2.0, 5.0, 5.0, 0, 24, "study §2e, any trawl: the commonest gear stands for one not registered"),
    Work("other", 2.0, 5.0, 5.0, 0, 24, "as for a gear not registered"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Params:
    work: tuple[Work, ...] = setting(WORK, "", "study §2e")
    window_s: float = setting(600.0, "s", "study §2e: spread of courses over 10 min")
    fixes_min: int = setting(3, "", "D: class B up to 2 kn, and some class A not under command, report every 180 s")
    span_s_min: float = setting(300.0, "s", "D: half the window, or nothing is said of the last minutes")
    share: float = setting(0.7, "", "D: hauling and turning take the rest, as for company (§2d)")
    stale_s: float = setting(600.0, "s", "study §2f: the silence that the gap rule calls silence")
    stale_lying_s: float = setting(1080.0, "s", "study §2a: lost-target limit of a vessel that lies")
    lying_kn_max: float = setting(0.5, "kn", "study §2d: at 0.5 kn and more a status of lying counts for nothing")
    held_kn_max: float = setting(0.15, "kn", "D: 46 m in 10 min: what the tide carries goes faster but for slack water")
    drift_kn: tuple[float, float] = setting((0.3, 3.0), "kn", "study §2g, drift")
    drift_askew_deg: float = setting(45.0, "deg", "study §2g: heading and course differ by more")
    drift_ship_kn_max: float = setting(1.5, "kn", "D: no ship steers for minutes so slowly; boats may haul their gear")
    drift_straight: float = setting(0.6, "", "D: way made good over way run: a ship at anchor comes and goes")
    way_kn_min: float = setting(3.0, "kn", "D: faster than any drift of §2g")
    says_fishing_kn_max: float = setting(
        7.0, "kn", "D: above the fastest tow (5.6 kn) with room for stream: status forgotten"
    )


DEFAULT = Params()


@dataclass(frozen=True, slots=True)
class Doing(Columns):
    """What every vessel was doing at a tick; rows in the order of mmsi and voice."""

    mmsi: NDArray[np.int64] = column(np.int64)
    voice: NDArray[np.int16] = column(np.int16)
    activity: NDArray[np.uint8] = column(np.uint8)  # Activity
    partner: NDArray[np.int64] = column(np.int64)  # whom she tows a net with: mmsi; 0 none

    def of(self, vessels: Vessels) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Activity and partner of each row of ``vessels``; unknown of who was not there at the tick."""
        n = len(vessels)
        if not len(self):
            return np.zeros(n, np.uint8), np.zeros(n, np.int64)
        mine, asked = _keys(self.mmsi, self.voice), _keys(vessels.mmsi, vessels.voice)
        at = np.minimum(np.searchsorted(mine, asked), len(mine) - 1)
        there = mine[at] == asked
        return np.where(there, self.activity[at], 0).astype(np.uint8), np.where(there, self.partner[at], 0)


def _keys(mmsi: NDArray[np.int64], voice: NDArray[np.int16]) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = (mmsi << VOICE_BITS) | voice.astype(np.int64)
    return keys


@dataclass(frozen=True, slots=True)
class Recent:
    """The fixes of the last minutes; arrays of shape (n,), NaN where nothing can be said."""

    enough: Flags  # of fixes and of time between them
    sog_kn: F64  # mean
    run_kn: F64  # what was made good from the first of them to the last
    scatter_deg: F64  # circular standard deviation of the courses
    told: Flags  # of shape (n, RING): which fixes of the ring they are
    fast: Flags  # the newest is faster than any gear works

    @classmethod
    def of(cls, v: Vessels, at_ms: int, params: Params) -> "Recent":
        told = (v.ring_ms > at_ms - params.window_s * 1000.0) & (v.ring_ms > 0)
        n = told.sum(axis=1)
        span_s = (v.ring_ms[:, -1] - np.where(told, v.ring_ms, v.ring_ms[:, -1:]).min(axis=1, initial=2**62)) / 1000.0
        enough = (n >= params.fixes_min) & (span_s >= params.span_s_min)
        return cls(
            enough,
            _mean(v.ring_sog, told),
            _made_good_kn(v, told, n),
            _scatter_deg(v.ring_cog, told),
            told,
            v.sog_kn > params.says_fishing_kn_max,
        )

    def mostly(self, params: Params, flags: Flags) -> Flags:
        """Rows of whose recent fixes ``flags``, of shape (n, RING), holds for the most part."""
        most: Flags = (flags & self.told).sum(axis=1) >= params.share * np.maximum(self.told.sum(axis=1), 1)
        return most


def gears(vessels: Vessels, register: Register, at_ms: int) -> Gears:
    """Registered gear of each row, "" where there is none."""
    out = np.full(len(vessels), "", object)
    for row in np.flatnonzero(np.isin(vessels.mmsi, np.fromiter(register.mmsis, np.int64))):
        known = register.at(int(vessels.mmsi[row]), at_ms)
        out[row] = known.gear if known else ""
    return out


def activities(
    vessels: Vessels,
    at_ms: int,
    stopped: Flags,
    near_harbour: Flags,
    boats: Flags,
    gear: Gears,
    partner: NDArray[np.int64],
    params: Params = DEFAULT,
) -> NDArray[np.uint8]:
    """``Activity`` of each row; ``boats`` are fishing craft, ``gear`` what they are registered for."""
    v = vessels
    recent = Recent.of(v, at_ms, params)
    age_s = (at_ms - v.fix_ms) / 1000.0
    known = (v.kind == Kind.SHIP) & (age_s <= np.where(stopped, params.stale_lying_s, params.stale_s))
    lies = stopped | (v.sog_kn < params.lying_kn_max)
    fishers = boats & (gear != "auxiliary") & (v.nav_status != NOT_UNDER_COMMAND)
    works = fishers & ~near_harbour & recent.enough & ~recent.fast & _works(v, recent, at_ms, gear, params)
    says = (v.nav_status == ENGAGED_IN_FISHING) & ~near_harbour & ~recent.fast
    nets = np.isin(gear, ("stow_net", "small_stow_net"))  # at anchor and at work look alike in so short a time
    held = stopped & recent.enough & (recent.run_kn <= params.held_kn_max) & ~nets
    held &= v.nav_status != NOT_UNDER_COMMAND
    evidence = [
        (~known, Activity.UNKNOWN),
        (lies & (v.nav_status == AT_ANCHOR), Activity.ANCHORED),
        (lies & (v.nav_status == MOORED), Activity.MOORED),
        (stopped & near_harbour, Activity.IN_HARBOUR),
        ((partner > 0) | works | says, Activity.FISHING),
        (held, Activity.ANCHORED),
        (_drifts(v, recent, boats, near_harbour, params), Activity.DRIFTING),
        (_makes_way(v, recent, fishers, gear, params), Activity.UNDER_WAY),
    ]
    flags, answers = zip(*evidence, strict=True)
    return np.select(flags, [int(a) for a in answers], int(Activity.UNKNOWN)).astype(np.uint8)


def _works(v: Vessels, recent: Recent, at_ms: int, gear: Gears, params: Params) -> Flags:
    """Went for most of the last minutes as boats of her gear go while they fish."""
    hour = (at_ms + BEIJING_MS) // HOUR_MS % 24
    works = np.zeros(len(v), bool)
    for row in params.work:
        dark = row.from_hour > row.to_hour
        now = (row.from_hour <= hour or hour < row.to_hour) if dark else row.from_hour <= hour < row.to_hour
        if now:
            speed = (v.ring_sog >= row.slow_kn) & (v.ring_sog <= row.fast_kn)
            spread = recent.scatter_deg > row.scatter_deg if row.scatter_deg else np.ones(len(v), bool)
            works |= (gear == row.gear) & spread & recent.mostly(params, speed)
    return works


def _drifts(v: Vessels, recent: Recent, boats: Flags, near_harbour: Flags, params: Params) -> Flags:
    """Carried along: not under command by her own word, across her heading, or a ship too slow to steer."""
    slow, fast = params.drift_kn
    carried = recent.mostly(params, (v.ring_sog >= slow) & (v.ring_sog <= fast)) & recent.enough
    carried &= (recent.run_kn >= slow) & (recent.run_kn >= params.drift_straight * recent.sog_kn) & ~recent.fast
    askew = np.abs(nav.angle_between_deg(v.heading_deg, v.cog_deg)) > params.drift_askew_deg
    ship = ~boats & ~v.class_b & (recent.sog_kn <= params.drift_ship_kn_max)
    drifts: Flags = carried & ~near_harbour & ((v.nav_status == NOT_UNDER_COMMAND) | askew | ship)
    return drifts


def _makes_way(v: Vessels, recent: Recent, fishers: Flags, gear: Gears, params: Params) -> Flags:
    """Under way beyond doubt: any ship at speed, a fishing boat only faster than her gear works."""
    fast_kn = {row.gear: row.fast_kn for row in params.work}
    limit = np.full(len(v), params.way_kn_min)
    for name in np.unique(gear[fishers].astype(str)):
        limit[fishers & (gear == name)] = max(fast_kn.get(name, 0.0), params.way_kn_min)
    mostly = recent.enough & recent.mostly(params, v.ring_sog > limit[:, None]) & (v.sog_kn > params.way_kn_min)
    way: Flags = mostly | recent.fast
    return way


def _mean(ring: F64, told: Flags) -> F64:
    known = told & np.isfinite(ring)
    n = known.sum(axis=1)
    return np.where(n > 0, np.where(known, ring, 0.0).sum(axis=1) / np.maximum(n, 1), np.nan)


def _scatter_deg(cog: F64, told: Flags) -> F64:
    """sqrt(-2 ln R) of the courses, R the length of their mean vector; NaN without any."""
    chi = np.radians(cog)
    r = np.minimum(np.hypot(_mean(np.sin(chi), told), _mean(np.cos(chi), told)), 1.0)
    return np.degrees(np.sqrt(-2.0 * np.log(np.maximum(r, 1e-6))))


def _made_good_kn(v: Vessels, told: Flags, n: NDArray[np.int64]) -> F64:
    """Speed from the mean place of the first third of the fixes to that of the last third: noise hardly counts."""
    nth = np.cumsum(told, axis=1)
    third = np.maximum(n // THIRDS, 1)[:, None]
    first, last = told & (nth <= third), told & (nth > n[:, None] - third)
    east = nav.angle_between_deg(v.ring_lon[:, -1:], v.ring_lon)  # so that 180 degrees is no seam
    lon0, lat0, lon1, lat1 = (_mean(ring, of) for of in (first, last) for ring in (east, v.ring_lat))
    ms = (v.ring_ms - v.ring_ms[:, -1:]).astype(float)
    hours = (_mean(ms, last) - _mean(ms, first)) / HOUR_MS
    return np.where(hours > 0, nav.distance_nm(lon0, lat0, lon1, lat1) / np.where(hours > 0, hours, 1.0), np.nan)
