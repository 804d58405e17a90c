"""Ships on their tracks and what is heard of them: many cases in one sea, each in waters of its own.

A case lies a hundred miles from the next, so that one watch judges all of them at once and each as if it were alone.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.judgement.listeners import Listener, Pair, ordered
from fengqiao import nav
from fengqiao.app.ticker import Ticker
from fengqiao.model.inputs import Tick
from fengqiao.model.reports import UNITS_PER_DEGREE, Known, Lines, Positions, ReportBatch, Statics, Texts
from fengqiao.nav import F64
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch
from fengqiao.zones.zoneset import ZoneSet

FEED = ("bench",)
NOON_MS = 1_758_024_000_000  # 2025-09-16T12:00:00Z
CARGO, FISHING, UNSAID = 70, 30, -1
EVERYTHING = int(Known.POSITION | Known.SOG | Known.COG | Known.HEADING | Known.SECOND | Known.ACCURACY)
# Seconds between reports by speed in knots (ITU-R M.1371 table 1; class B carrier sense).
CLASS_A = ((14.0, 10), (23.0, 6), (math.inf, 2))
CLASS_B = ((2.0, 180), (math.inf, 30))
SAID_EVERY_S = 360
MERCHANT_COG_DEG = 1.0  # an autopilot's (study §2a); boats have what the noise says
ROWS_LAT, COLUMNS_LON = np.arange(20.0, 42.0, 1.7), np.arange(-178.0, 178.0, 2.6)


@dataclass(frozen=True)
class Leg:
    """From this second on, on this course at this speed."""

    at_s: float
    sog_kn: float
    cog_deg: float


@dataclass(frozen=True)
class Ship:
    mmsi: int
    east_nm: float
    north_nm: float
    legs: tuple[Leg, ...]
    ship_type: int = CARGO
    class_b: bool = False
    length_m: int = 180
    every_s: float | None = None  # between reports, where the standard's table is not to be followed
    silent_s: float = math.inf  # no report from here on
    status: int | None = None  # navigational status, of class A

    def place_nm(self, at_s: F64) -> tuple[F64, F64]:
        """Miles east and north of the middle of her waters."""
        east, north = (np.full(len(at_s), float(nm)) for nm in (self.east_nm, self.north_nm))
        ends = [*(leg.at_s for leg in self.legs[1:]), math.inf]
        for leg, end in zip(self.legs, ends, strict=True):
            hours = np.clip(np.minimum(end, at_s) - leg.at_s, 0.0, None) / 3600
            east += leg.sog_kn * hours * math.sin(math.radians(leg.cog_deg))
            north += leg.sog_kn * hours * math.cos(math.radians(leg.cog_deg))
        return east, north

    def leg(self, at_s: float) -> Leg:
        return [leg for leg in self.legs if leg.at_s <= at_s][-1]

    def report_times(self, end_s: float) -> F64:
        """Seconds of her reports; nobody begins on the same second."""
        times, at = [], float(self.mmsi % 97) % self._every_s(0.0)
        while at < min(end_s, self.silent_s):
            times.append(at)
            at += self._every_s(at)
        return np.array(times)

    def _every_s(self, at_s: float) -> float:
        if self.every_s is not None:
            return self.every_s
        speed = self.leg(at_s).sog_kn
        return float(next(s for most, s in (CLASS_B if self.class_b else CLASS_A) if speed <= most))


@dataclass(frozen=True)
class Noise:
    """Standard errors of what boats report, and what becomes of reports on their way."""

    cog_deg: float = 0.0
    sog_kn: float = 0.0
    place_m: float = 0.0
    late_s: float = 0.0  # the most a report may be held up, so that later ones overtake it
    twice: float = 0.0  # share of reports that come again within half a minute


@dataclass(frozen=True)
class Case:
    name: str
    ships: tuple[Ship, ...]
    minutes: float
    group: str = ""
    quiet: bool = False  # nobody of this case may be warned of, however near they work
    lead_min: float | None = None  # the least that is asked for; None: what the kind of pair asks for
    turn_s: float | None = None  # when somebody turned: told so soon after the second report from then on
    waters: tuple[float, float] | None = None  # longitude and latitude of its middle, if it matters
    must: tuple[Pair, ...] = ()  # warned of though the reconstruction does not bring them quite together


@dataclass(frozen=True)
class Met:
    """What really came of a pair."""

    pair: Pair
    nearest_nm: float
    at_s: float


def encounters(case: Case) -> list[Met]:
    """Every pair of numbers of the case, to the second; of two craft under one number the one that came nearer."""
    seconds = np.arange(int(case.minutes * 60) + 1, dtype=float)
    places = [np.stack(ship.place_nm(seconds)) for ship in case.ships]
    nearest: dict[Pair, Met] = {}
    for (one, here), (other, there) in combinations(zip(case.ships, places, strict=True), 2):
        apart = np.hypot(*(here - there))
        least = int(apart.argmin())
        met = Met(ordered(one.mmsi, other.mmsi), float(apart[least]), float(least))
        if one.mmsi != other.mmsi and met.nearest_nm < nearest.get(met.pair, _NEVER).nearest_nm:
            nearest[met.pair] = met
    return list(nearest.values())


_NEVER = Met((0, 0), math.inf, 0.0)


def waters(n: int) -> tuple[float, float]:
    """Longitude and latitude of the n-th case's waters."""
    row, column = n % len(ROWS_LAT), n // len(ROWS_LAT)
    return float(COLUMNS_LON[column]), float(ROWS_LAT[row])


def place(at: tuple[float, float], east_nm: F64, north_nm: F64) -> tuple[F64, F64]:
    """Degrees of points so many miles from ``at``, on the plane half way between."""
    lat = at[1] + north_nm * nav.NM_M / nav.metres_per_degree(np.asarray(at[1]))[1]
    lat = at[1] + north_nm * nav.NM_M / nav.metres_per_degree((at[1] + lat) / 2)[1]
    lon = at[0] + east_nm * nav.NM_M / nav.metres_per_degree((at[1] + lat) / 2)[0]
    return (lon + 180.0) % 360.0 - 180.0, lat


@dataclass
class Air:
    """Rows of reports gathered in columns, then made one batch in the order they arrive."""

    parts: list[dict[str, NDArray[Any]]] = field(default_factory=list)
    said: list[tuple[int, Ship]] = field(default_factory=list)  # instant, who

    def add(self, **columns: NDArray[Any]) -> None:
        self.parts.append(columns)

    def batch(self) -> ReportBatch:
        columns = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        order = np.argsort(columns["ref_ms"], kind="stable")
        columns = {name: column[order] for name, column in columns.items()}
        said = sorted(self.said, key=lambda s: s[0])
        ref = np.concatenate([np.array([ms for ms, _ in said], np.int64), columns["ref_ms"]])
        row = np.argsort(ref, kind="stable")  # a ship says who she is before where
        line = np.empty(len(ref), np.int32)
        line[row] = np.arange(len(ref), dtype=np.int32)
        mmsi = np.concatenate([np.array([ship.mmsi for _, ship in said], np.int64), columns["mmsi"]])
        n = len(said)
        return ReportBatch(
            FEED, _lines(ref[row], mmsi[row]), _positions(columns, line[n:]), _statics(said, line), _TEXTS
        )


_TEXTS = Texts.empty()


def _lines(ref: NDArray[np.int64], mmsi: NDArray[np.int64]) -> Lines:
    n = len(ref)
    zeros = np.zeros(n, np.int16)
    return Lines(zeros, np.arange(n), ref, ref, ref, np.ones(n, bool), mmsi.astype(np.int32), zeros)


def _positions(columns: dict[str, NDArray[Any]], line: NDArray[np.int32]) -> Positions:
    """``columns`` has ref_ms, fix_ms, mmsi, msg_type, known, lon, lat (degrees), sog, cog, heading, nav_status."""
    n = len(line)
    given = {"lon": np.rint(columns["lon"] * UNITS_PER_DEGREE), "lat": np.rint(columns["lat"] * UNITS_PER_DEGREE)}
    given |= {"line": line, "feed": np.zeros(n), "seq": np.arange(n), "received_ms": columns["ref_ms"]}
    given |= {"rot": np.zeros(n), "second": columns["fix_ms"] // 1000 % 60}
    all_columns = columns | given
    return Positions(**{name: all_columns[name].astype(dtype) for name, dtype in Positions.dtypes().items()})


def _statics(said: Sequence[tuple[int, Ship]], line: NDArray[np.int32]) -> Statics:
    return Statics.from_rows([_static(int(line[n]), ship, ms) for n, (ms, ship) in enumerate(said)])


def _static(line: int, ship: Ship, at_ms: int) -> tuple[int | str, ...]:
    half = ship.length_m // 2
    name = f"{'ZHE DAI YU ' if ship.ship_type == FISHING else 'SHIP '}{ship.mmsi % 100_000:05d}"
    return (line, 0, at_ms, ship.mmsi, 5, name, "", "", 0, ship.ship_type, half, half, 5, 5, 30)


def air(cases: Sequence[Case], begin_ms: int = NOON_MS, noise: Noise | None = None, seed: int = 1) -> ReportBatch:
    """All that is heard of all cases, each in waters of its own."""
    noise = noise or Noise()
    dice = np.random.default_rng(seed)
    out = Air()
    for n, case in enumerate(cases):
        for ship in case.ships:
            _send(out, ship, case.minutes * 60, case.waters or waters(n), begin_ms, noise, dice)
    return out.batch()


def _send(
    out: Air,
    ship: Ship,
    end_s: float,
    at: tuple[float, float],
    begin_ms: int,
    noise: Noise,
    dice: np.random.Generator,
) -> None:
    times = ship.report_times(end_s)
    n = len(times)
    legs = [ship.leg(t) for t in times]
    cog_error = (noise.cog_deg if ship.class_b else min(noise.cog_deg, MERCHANT_COG_DEG)) * dice.normal(size=n)
    cog = np.array([leg.cog_deg for leg in legs]) + cog_error
    sog = np.maximum(np.array([leg.sog_kn for leg in legs]) + noise.sog_kn * dice.normal(size=n), 0.0)
    east, north = ship.place_nm(times)
    east, north = (v + noise.place_m / nav.NM_M * dice.normal(size=n) for v in (east, north))
    lon, lat = place(at, east, north)
    fix = begin_ms + np.rint(times * 1000).astype(np.int64)
    late = np.rint(dice.uniform(0, noise.late_s * 1000, n)).astype(np.int64)
    known = EVERYTHING | (int(Known.NAV_STATUS) if ship.status is not None else 0)
    columns = {
        "ref_ms": fix + late,
        "fix_ms": fix,
        "mmsi": np.full(n, ship.mmsi),
        "msg_type": np.full(n, 18 if ship.class_b else 1),
        "known": np.full(n, known),
        "lon": lon,
        "lat": lat,
        "sog": np.rint(sog * 10),
        "cog": np.rint(cog * 10) % 3600,
        "heading": np.rint(cog) % 360,
        "nav_status": np.full(n, ship.status or 0),
    }
    out.add(**columns)
    again = dice.random(n) < noise.twice
    if again.any():
        once_more = {name: column[again] for name, column in columns.items()}
        out.add(**once_more | {"ref_ms": once_more["ref_ms"] + dice.integers(1_000, 30_000, int(again.sum()))})
    if ship.ship_type != UNSAID:
        said_s = np.arange(0, min(end_s, ship.silent_s), SAID_EVERY_S)
        out.said += [(begin_ms + int(s) * 1000, ship) for s in said_s]


def play(
    batches: Iterable[ReportBatch],
    listeners: Sequence[Listener],
    around: Surroundings | None = None,
    feeds: tuple[str, ...] = FEED,
) -> Watch:
    """Through the whole watch, cut at the ticks as a replay cuts it; every listener is asked at every tick."""
    watch, ticker = Watch(feeds, around or Surroundings(ZoneSet())), Ticker()

    def step(part: ReportBatch | Tick) -> None:
        outcome = watch.step(part)
        if isinstance(part, Tick):
            for listener in listeners:
                listener.tick(part.at_ms, watch, outcome.changes)

    for batch in batches:
        for part in ticker.cut(batch):
            step(part)
    for tick in ticker.close():
        step(tick)
    return watch


def meeting(mmsi: int, at_min: float, sog_kn: float, cog_deg: float, miss_nm: float = 0.0) -> Ship:
    """A vessel that is in the middle of the waters after so many minutes, or passes it at a distance to starboard."""
    run, course = sog_kn * at_min / 60, math.radians(cog_deg)
    east = -run * math.sin(course) - miss_nm * math.cos(course)
    north = -run * math.cos(course) + miss_nm * math.sin(course)
    return Ship(mmsi, east, north, (Leg(0, sog_kn, cog_deg),))


def boat(ship: Ship, every_s: float | None = None) -> Ship:
    """The same as a fishing boat with a class B set."""
    return replace(ship, ship_type=FISHING, class_b=True, length_m=30, every_s=every_s)
