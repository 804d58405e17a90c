"""What other thresholds would have raised: heard once, watched twice, compared situation by situation.

A situation is all that either watch raised about one key of one rule without ten minutes' rest between: the same
rest after which the alert book no longer takes a return for the same. Of a meeting of two vessels the closest
approach that they really came to is measured, so that a lead is minutes before what happened, not before a forecast.

Whatever is told is acknowledged at once, on both sides: thresholds are compared, not what becomes of alerts that
nobody answers.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from fengqiao import nav
from fengqiao.alerts.load import LoadMeter
from fengqiao.app.heard import Feeds, Heard
from fengqiao.app.keeper import CLOCK_WAS_AHEAD
from fengqiao.app.ticker import TICK_MS
from fengqiao.fleet.past import past
from fengqiao.fleet.vessels import Vessels
from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.model.inputs import Act, ActKind, Tick
from fengqiao.rules import collision
from fengqiao.situation import Surroundings
from fengqiao.thresholds import Thresholds
from fengqiao.watch import Watch, revision_of

REST_MS = 600_000  # so long without an alert and it is another situation: the guard of the alert book
LISTED_MAX = 10_000  # situations kept one by one; beyond it they are only counted
BACK_MS = 900_000  # the ring of past fixes tells a quarter of an hour: who was told late may have passed already
STALE_S = 180.0  # older fixes do not say where a vessel is: class B over 2 kn is lost after as long
SIDES = ("a", "b")
ANSWERER = "whatif"


@dataclass(slots=True)
class Told:
    """What one watch said of a situation."""

    first: AlertChange
    level: Priority  # the highest
    warned_ms: int | None  # when it first was a warning or more
    raised: int = 1  # how often
    open: bool = True


@dataclass(slots=True)
class Situation:
    rule: str
    key: tuple[str, ...]
    told: dict[str, Told] = field(default_factory=dict)  # by side
    closed_ms: int = 0  # when the last alert of it closed; while one is open it is not meant
    closest_ms: int = 0
    closest_nm: float = float("inf")
    measured_ms: int = 0  # the last time that both were heard

    @property
    def pair(self) -> bool:
        """Whether it is a meeting of two vessels, whose range can be measured."""
        named = [name.replace(".", "", 1).isdigit() for name in self.key]
        return self.rule == collision.NAME and len(named) == 2 and all(named)

    @property
    def open(self) -> bool:
        return any(told.open for told in self.told.values())

    @property
    def where(self) -> str:
        """``both``, or the one side that told of it."""
        return "both" if len(self.told) == len(SIDES) else next(iter(self.told))

    @property
    def passed(self) -> bool:
        """Whether the two were seen to part again: before that the closest is only the closest yet."""
        return self.closest_ms < self.measured_ms

    def lead_min(self, side: str) -> float | None:
        """Minutes from that side's first warning to the closest approach; None without the one or the other."""
        told = self.told.get(side)
        if told is None or told.warned_ms is None or not self.passed:
            return None
        return (self.closest_ms - told.warned_ms) / 60_000

    def b_earlier_min(self) -> float | None:
        """How much earlier b told of it than a: of meetings the first warning, of all else the first word."""
        if len(self.told) < len(SIDES):
            return None
        a, b = (self.told[side] for side in SIDES)
        if self.pair:
            if a.warned_ms is None or b.warned_ms is None:
                return None
            return (a.warned_ms - b.warned_ms) / 60_000
        return (a.first.at_ms - b.first.at_ms) / 60_000


@dataclass(slots=True)
class Side:
    """One watch and how heavily it weighs on a seat."""

    thresholds: Thresholds
    watch: Watch
    load: LoadMeter = field(default_factory=LoadMeter)


class WhatIf:
    """Two watches over one stream. ``situations`` are whole when ``run`` has come to its end."""

    def __init__(self, around: Surroundings, a: Thresholds, b: Thresholds, from_ms: int = 0) -> None:
        self.sides = {
            name: Side(judged_by, Watch((), around, judged_by.settings))
            for name, judged_by in zip(SIDES, (a, b), strict=True)
        }
        self.from_ms = from_ms
        self.situations: list[Situation] = []
        self.not_listed = 0
        self.by_level: dict[str, Counter[tuple[str, Priority]]] = {side: Counter() for side in SIDES}
        self.by_where: dict[str, Counter[str]] = {}  # rule -> a, b, both
        self.warned_only: dict[str, Counter[str]] = {}  # rule -> a, b: told as a warning or above by that side alone
        self.earlier: dict[str, Counter[float]] = {}  # rule -> minutes that b was earlier, to a tenth
        self._going: dict[tuple[str, tuple[str, ...]], Situation] = {}

    def run(self, heard: Iterable[Heard]) -> None:
        for event in heard:
            for name, side in self.sides.items():
                if isinstance(event, Feeds):
                    self._begin(name, side, event)
                else:
                    outcome = side.watch.step(event)
                    self._take(name, side, event, outcome.changes)
            if isinstance(event, Feeds) and event.anew_ms:
                self._settle(None)  # its times are none to wait by
            if isinstance(event, Tick):
                self._measure(event.at_ms)
                self._settle(event.at_ms)
        self._settle(None)
        self.situations.sort(key=lambda s: (min(told.first.at_ms for told in s.told.values()), s.rule, s.key))

    def figures(self) -> dict[str, Any]:
        return {
            "sides": {name: self._side_figures(name, side) for name, side in self.sides.items()},
            "by_where": {rule: dict(sorted(counts.items())) for rule, counts in sorted(self.by_where.items())},
            "warned_only": {rule: dict(sorted(counts.items())) for rule, counts in sorted(self.warned_only.items())},
            "b_earlier_min": {rule: _earlier(minutes) for rule, minutes in sorted(self.earlier.items())},
            "situations": sum(sum(counts.values()) for counts in self.by_where.values()),
            "not_listed": self.not_listed,
        }

    def _side_figures(self, name: str, side: Side) -> dict[str, Any]:
        by_level = sorted(self.by_level[name].items())
        return {
            "revision": revision_of(side.thresholds.settings),
            "changed": len(side.thresholds.changes),
            "by_level": [{"rule": rule, "level": level.word, "situations": n} for (rule, level), n in by_level],
            "load": side.load.figures(book.counts for book in side.watch.books),
        }

    def _begin(self, name: str, side: Side, event: Feeds) -> None:
        if event.anew_ms:
            self._take(name, side, event, side.watch.close_all(CLOCK_WAS_AHEAD))
            side.watch = side.watch.anew(event.names, event.anew_ms)
        side.watch.pulse.adopt(event.names)

    def _take(self, name: str, side: Side, event: Heard, changes: tuple[AlertChange, ...]) -> None:
        wanted = tuple(change for change in changes if change.at_ms >= self.from_ms)
        side.load.add(wanted)
        if isinstance(event, Tick) and event.at_ms >= self.from_ms:
            side.load.tick(event.at_ms)
        for change in wanted:
            self._follow(name, change)
        for change in changes:
            if not change.acked:
                side.watch.step(
                    Act(f"whatif-{change.alert}", change.at_ms, ANSWERER, ANSWERER, ActKind.ACKNOWLEDGE, change.alert)
                )

    def _follow(self, name: str, change: AlertChange) -> None:
        where = (change.rule, change.key)
        going = self._going.get(where)
        if change.change is ChangeKind.RAISED:
            if going is None:
                going = self._going[where] = Situation(change.rule, change.key)
                if going.pair:
                    self._look_back(going, change.at_ms)
            told = going.told.get(name)
            if told is None:
                going.told[name] = told = Told(change, change.priority, None)
            else:
                told.raised, told.open = told.raised + 1, True
        elif going is None or (told := going.told.get(name)) is None:
            return  # of an alert that was raised before the time asked for
        told.level = max(told.level, change.priority)
        if change.priority >= Priority.WARNING and told.warned_ms is None:
            told.warned_ms = change.at_ms
        if change.change is ChangeKind.RESOLVED:
            told.open = False
            going.closed_ms = change.at_ms

    def _measure(self, at_ms: int) -> None:
        """The range of every pair that is told of, at this tick."""
        pairs = [going for going in self._going.values() if going.pair]
        if not pairs:
            return
        vessels = self._vessels()
        rows = _rows(vessels, pairs)
        range_nm = nav.distance_nm(*_places(vessels, rows[:, 0], at_ms), *_places(vessels, rows[:, 1], at_ms))
        range_nm = np.where((rows >= 0).all(axis=1), range_nm, np.nan)
        for pair, now_nm in zip(pairs, range_nm.tolist(), strict=True):
            pair.measured_ms = at_ms if now_nm == now_nm else pair.measured_ms
            if now_nm < pair.closest_nm:
                pair.closest_nm, pair.closest_ms = now_nm, at_ms

    def _look_back(self, pair: Situation, at_ms: int) -> None:
        """The closest that the two were in the last quarter of an hour."""
        vessels = self._vessels()
        (rows,) = _rows(vessels, [pair])
        if (rows < 0).any():
            return
        instants = at_ms - np.arange(BACK_MS // TICK_MS, 0, -1, dtype=np.int64) * TICK_MS
        told = past(vessels, rows, instants, STALE_S)
        sog, cog = np.nan_to_num(told.sog_kn), np.nan_to_num(told.cog_deg)
        lon, lat = nav.dead_reckon(told.lon, told.lat, sog, cog, np.nan_to_num(told.since_s))
        range_nm = np.nan_to_num(nav.distance_nm(lon[0], lat[0], lon[1], lat[1]), nan=np.inf)
        nearest = int(np.argmin(range_nm))
        if range_nm[nearest] < pair.closest_nm:
            pair.closest_nm, pair.closest_ms = float(range_nm[nearest]), int(instants[nearest])
            pair.measured_ms = int(instants[np.flatnonzero(np.isfinite(range_nm))[-1]])

    def _vessels(self) -> Vessels:
        # Both watches heard the same: where vessels are does not depend on thresholds.
        (fleet,) = self.sides["a"].watch.fleets
        return fleet.vessels()

    def _settle(self, at_ms: int | None) -> None:
        """Count the situations that have rested long enough; at the end (None) all."""
        for where, going in list(self._going.items()):
            if at_ms is not None and (going.open or at_ms - going.closed_ms <= REST_MS):
                continue
            del self._going[where]
            self._count(going)

    def _count(self, done: Situation) -> None:
        self.by_where.setdefault(done.rule, Counter())[done.where] += 1
        for name, told in done.told.items():
            self.by_level[name][done.rule, told.level] += 1
        warned = [name for name, told in done.told.items() if told.warned_ms is not None]
        if len(warned) == 1:
            self.warned_only.setdefault(done.rule, Counter())[warned[0]] += 1
        minutes = done.b_earlier_min()
        if minutes is not None:
            self.earlier.setdefault(done.rule, Counter())[round(minutes, 1)] += 1
        if len(self.situations) < LISTED_MAX:
            self.situations.append(done)
        else:
            self.not_listed += 1


def _rows(vessels: Vessels, pairs: list[Situation]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The rows of both vessels of every pair, shape (n_pairs, 2); -1 where one is no longer known."""
    codes = _codes(vessels.mmsi, vessels.voice)
    order = np.argsort(codes)
    named = [[name.partition(".") for name in pair.key] for pair in pairs]
    wanted = np.array([[_codes(int(m), int(v or 0)) for m, _, v in names] for names in named], np.int64)
    at = np.minimum(np.searchsorted(codes[order], wanted), max(len(codes) - 1, 0))
    if not len(codes):
        return np.full(wanted.shape, -1, np.int64)
    return np.where(codes[order][at] == wanted, order[at], -1)


def _codes(mmsi: Any, voice: Any) -> Any:
    return mmsi * 65_536 + voice


def _places(vessels: Vessels, rows: Any, at_ms: int) -> tuple[nav.F64, nav.F64]:
    """Where these are now by their last fix; NaN where that is too old to say."""
    age_s = np.maximum(at_ms - vessels.fix_ms[rows], 0) / 1000.0
    sog, cog = np.nan_to_num(vessels.sog_kn[rows]), np.nan_to_num(vessels.cog_deg[rows])
    lon, lat = nav.dead_reckon(vessels.lon_deg[rows], vessels.lat_deg[rows], sog, cog, age_s)
    return np.where(age_s <= STALE_S, lon, np.nan), np.where(age_s <= STALE_S, lat, np.nan)


def _earlier(minutes: Counter[float]) -> dict[str, Any]:
    every = sorted(minutes.elements())
    return {
        "compared": len(every),
        "earlier": sum(m > 0 for m in every),
        "later": sum(m < 0 for m in every),
        "median": round(median(every), 1),
        "most_later": -every[0] if every[0] < 0 else 0.0,
        "most_earlier": max(every[-1], 0.0),
    }
