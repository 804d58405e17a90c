"""Every pair of moving vessels that came within a tenth of a mile, found by brute force: told, kept back with a reason,
or unaccounted for.

Nothing here is shared with the watch but the decoder: tracks are put together anew from the positions, laid out at
every tick, every pair is measured, by geodesic where it is near. Then the watch is asked what it made of each: an alert
of the pair that stands about then, at whatever level, or a finding that it holds back with the reason why.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from benchmarks.judgement.listeners import Pair, ordered, pairs_of
from fengqiao.model.findings import AlertChange, Finding
from fengqiao.model.reports import UNITS_PER_DEGREE, Known, Positions
from fengqiao.nav import F64, NM_M
from fengqiao.rules import collision
from fengqiao.watch import Watch

NEAR_NM = 0.1
MOVING_KN = 0.5
FAST_KN = 60.0  # beyond it a fix is not of the same vessel
PAD_NM = 0.3
BETWEEN_S = 180.0  # farther apart two fixes tell nothing of what lies between
AROUND_MS = 60_000  # an alert counts that stands within a minute of when they were near
VESSEL_TYPES = (1, 2, 3, 18, 19, 27)
LISTED = 15
WGS84 = Geod(ellps="WGS84")
I64 = NDArray[np.int64]


@dataclass
class Near:
    """One pair while it was near."""

    pair: Pair
    first_ms: int
    last_ms: int
    nearest_m: float
    speeds_kn: tuple[float, float]


@dataclass
class Track:
    ms: list[int] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    sog: list[float] = field(default_factory=list)

    def takes(self, ms: int, lon: float, lat: float) -> bool:
        """Whether the vessel of this track could be there by then."""
        hours = (ms - self.ms[-1]) / 3_600_000
        if hours < 0:
            return False
        north, east = (lat - self.lat[-1]) * 60, (lon - self.lon[-1]) * 60 * np.cos(np.radians(lat))
        return bool(np.hypot(north, east) <= FAST_KN * hours + PAD_NM)

    def add(self, ms: int, lon: float, lat: float, sog: float) -> None:
        self.ms.append(ms)
        self.lon.append(lon)
        self.lat.append(lat)
        self.sog.append(sog)


def tracks(positions: Positions) -> list[tuple[int, Track]]:
    """Tracks of vessels with two fixes and more; a number that speaks from two places has two."""
    usable = np.isin(positions.msg_type, VESSEL_TYPES) & ((positions.known & Known.POSITION) != 0)
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(positions.fix_ms[rows], kind="stable")]
    by_mmsi: dict[int, list[Track]] = {}
    for row in rows:
        sog = positions.sog[row] / 10 if positions.known[row] & Known.SOG else np.nan
        fix = int(positions.fix_ms[row]), positions.lon[row] / UNITS_PER_DEGREE, positions.lat[row] / UNITS_PER_DEGREE
        own = by_mmsi.setdefault(int(positions.mmsi[row]), [])
        track = next((t for t in own if t.takes(*fix)), None)
        if track is None:
            track = Track()
            own.append(track)
        track.add(*fix, sog)
    return [(mmsi, track) for mmsi, own in by_mmsi.items() for track in own if len(track.ms) > 1]


def _pair(finding: Finding) -> Pair:
    return ordered(*finding.mmsi) if len(finding.mmsi) == 2 else (0, 0)


class Accounts:
    """Listens along with the others; ``report`` balances."""

    def __init__(self, positions: Positions) -> None:
        found = tracks(positions)
        self._mmsi = np.array([mmsi for mmsi, _ in found], np.int64)
        self._columns = [tuple(np.array(c, float) for c in (t.ms, t.lon, t.lat, t.sog)) for _, t in found]
        self._near: dict[Pair, Near] = {}
        self._told: dict[Pair, list[list[int]]] = {}  # spans in which an alert of the pair stands
        self._kept_back: dict[Pair, list[tuple[int, str]]] = {}
        self._waited: set[Pair] = set()  # a finding of the pair stood, which waits to be told
        self._last_ms = 0

    def tick(self, at_ms: int, watch: Watch, changes: Sequence[AlertChange]) -> None:
        self._last_ms = at_ms
        for change in changes:
            for pair in pairs_of(change):
                self._stands(pair, change)
        now = self._measure(at_ms)
        if now:
            self._ask(at_ms, watch, now)

    def _stands(self, pair: Pair, change: AlertChange) -> None:
        spans = self._told.setdefault(pair, [])
        if change.active and (not spans or spans[-1][1]):
            spans.append([change.at_ms, 0])
        elif not change.active and spans:
            spans[-1][1] = change.at_ms

    def _measure(self, at_ms: int) -> set[Pair]:
        """Pairs near each other at this instant, both moving; everyone against everyone."""
        mmsi, lon, lat, sog = self._laid_out(at_ms)
        moving = np.flatnonzero(sog >= MOVING_KN)
        mmsi, lon, lat, sog = mmsi[moving], lon[moving], lat[moving], sog[moving]
        north = np.abs(lat[:, None] - lat[None, :]) * 60
        east = np.abs(lon[:, None] - lon[None, :]) * 60 * np.cos(np.radians(lat))[:, None]
        close = np.triu((north < 2 * NEAR_NM) & (np.minimum(east, 21_600 - east) < 2 * NEAR_NM), 1)
        i, j = np.nonzero(close & (mmsi[:, None] != mmsi[None, :]))
        if not len(i):
            return set()
        apart_m = WGS84.inv(lon[i], lat[i], lon[j], lat[j])[2]
        now = set()
        for n in np.flatnonzero(apart_m < NEAR_NM * NM_M):
            one, other = sorted(((int(mmsi[i[n]]), float(sog[i[n]])), (int(mmsi[j[n]]), float(sog[j[n]]))))
            pair = one[0], other[0]
            now.add(pair)
            seen = self._near.setdefault(pair, Near(pair, at_ms, at_ms, np.inf, (one[1], other[1])))
            seen.last_ms = at_ms
            if apart_m[n] < seen.nearest_m:
                seen.nearest_m, seen.speeds_kn = float(apart_m[n]), (one[1], other[1])
        return now

    def _laid_out(self, at_ms: int) -> tuple[I64, F64, F64, F64]:
        rows, places = [], []
        for row, (ms, lon, lat, sog) in enumerate(self._columns):
            after = int(np.searchsorted(ms, at_ms))
            if not 0 < after < len(ms) or ms[after] - ms[after - 1] > BETWEEN_S * 1000:
                continue
            part = (at_ms - ms[after - 1]) / max(ms[after] - ms[after - 1], 1)
            turn = (lon[after] - lon[after - 1] + 180) % 360 - 180
            here = lat[after - 1] + part * (lat[after] - lat[after - 1])
            rows.append(row)
            places.append((lon[after - 1] + part * turn, here, np.nan_to_num(sog[after - 1])))
        lon, lat, sog = np.array(places).T if places else np.zeros((3, 0))
        return self._mmsi[np.array(rows, np.int64)], lon, lat, sog

    def _ask(self, at_ms: int, watch: Watch, now: set[Pair]) -> None:
        """What the watch's books list as told to nobody, and why; and what the rule asks for that has not been told."""
        for held in (held for book in watch.books for held in book.suppressed):
            if held.finding.rule == collision.NAME and (pair := _pair(held.finding)) in now:
                self._kept_back.setdefault(pair, []).append((at_ms, held.reason))
        answer = collision.check(watch.picture(at_ms), watch.settings.params[collision.NAME])
        self._waited |= now & {_pair(finding) for finding in answer.findings if not finding.suppressed}

    def report(self) -> None:
        told, kept, missing = 0, Counter[str](), []
        for near in self._near.values():
            reasons = Counter(reason for _, reason in self._kept_back.get(near.pair, ()))
            if self._was_told(near):
                told += 1
            elif reasons:
                kept[reasons.most_common(1)[0][0]] += 1
            else:
                missing.append(near)
        back = ", ".join(f"{reason} {n}" for reason, n in kept.most_common()) or "none"
        print(
            f"moving pairs within {NEAR_NM} nm by brute force: {len(self._near)}; told {told}; held back: {back}",
            end="",
        )
        print(f"; UNACCOUNTED {len(missing)}")
        for near in sorted(missing, key=lambda n: n.nearest_m)[:LISTED]:
            speeds = " and ".join(f"{kn:.1f}" for kn in near.speeds_kn)
            minutes = (near.last_ms - near.first_ms) / 60_000
            why = "asked for, but waited for news until it was over" if near.pair in self._waited else "not a word"
            where = f"{near.pair[0]} {near.pair[1]}: {near.nearest_m:.0f} m, {speeds} kn, {minutes:.1f} min"
            print(f"  UNACCOUNTED {where}: {why}")
        if len(missing) > LISTED:
            print(f"  … and {len(missing) - LISTED} more")

    def _was_told(self, near: Near) -> bool:
        spans = self._told.get(near.pair, ())
        return any(
            begin <= near.last_ms + AROUND_MS and (end or self._last_ms) >= near.first_ms - AROUND_MS
            for begin, end in spans
        )
