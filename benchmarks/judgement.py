"""What the watch would have said: ``python -m benchmarks.judgement``. Encounters made exactly, and the real watch.

Set A: every encounter class, and what must not be raised. Set B: accidents, from their published times and motions,
never tuned on. Each vessel is laid on her track to the metre, reports as her class of equipment does, and goes through
fleet, situation, rules and alert book tick by tick. Leads count from the first warning or alarm to the nearest.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fengqiao import nav
from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.model.inputs import Tick
from fengqiao.model.reports import UNITS_PER_DEGREE, Known, Lines, Positions, ReportBatch, Statics, Texts
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch
from fengqiao.zones.zoneset import ZoneSet

T0_MS = 1_757_993_400_000
TICK_S = 10
ORIGIN = (122.9, 30.0)  # open sea east of Zhoushan
CARGO, FISHING = 70, 30
EVERYTHING = int(Known.POSITION | Known.SOG | Known.COG | Known.HEADING | Known.SECOND | Known.ACCURACY)
# Seconds between reports by speed in knots (M.1371-5 table 1; class B carrier sense).
CLASS_A = ((14.0, 10), (23.0, 6), (math.inf, 2))
CLASS_B = ((2.0, 180), (math.inf, 30))
WARNED = (Priority.WARNING, Priority.ALARM)


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

    def leg(self, at_s: float) -> Leg:
        return [leg for leg in self.legs if leg.at_s <= at_s][-1]

    def place_nm(self, at_s: float) -> tuple[float, float]:
        east, north = self.east_nm, self.north_nm
        for leg, end in zip(self.legs, [*(leg.at_s for leg in self.legs[1:]), at_s], strict=True):
            hours = max(0.0, min(end, at_s) - leg.at_s) / 3600
            east += leg.sog_kn * hours * math.sin(math.radians(leg.cog_deg))
            north += leg.sog_kn * hours * math.cos(math.radians(leg.cog_deg))
        return east, north


@dataclass(frozen=True)
class Case:
    name: str
    ships: tuple[Ship, ...]
    minutes: float
    must: bool  # be warned of; else nobody may be woken
    lead_min: float = 0.0  # the least that is asked for
    within_s: float | None = None  # for a late turn: after this second, at the latest so soon
    turn_s: float = 0.0


@dataclass
class Told:
    """What was said of the case, in seconds from its beginning."""

    first: dict[Priority, float] = field(default_factory=dict)
    raised: Counter[tuple[str, ...]] = field(default_factory=Counter)  # how often each pair was raised

    @property
    def warned_s(self) -> float | None:
        return min((s for level, s in self.first.items() if level in WARNED), default=None)


def main() -> None:
    good = True
    for title, cases in (("Set A: made exactly", tuple(set_a())), ("Set B: as it happened", tuple(set_b()))):
        print(f"{title}\n{'':<58}{'nearest':>9}{'caution':>9}{'warning':>9}{'alarm':>9}  minutes before")
        leads = []
        for case in cases:
            told, (nearest_nm, at_s) = judge(case), closest(case)
            verdict = fails(case, told, at_s)
            good &= not verdict
            leads += [(at_s - told.warned_s) / 60] if told.warned_s is not None and case.must else []
            times = [before(told.first.get(level), at_s) for level in (Priority.CAUTION, *WARNED)]
            print(
                f"{case.name:<58}{nearest_nm * nav.NM_M:>7.0f} m" + "".join(f"{t:>9}" for t in times) + f"  {verdict}"
            )
        middle, low = np.median(leads), np.percentile(leads, 10)
        print(f"lead of {len(leads)}: median {middle:.1f} min, tenth percentile {low:.1f}\n")
    sys.exit(not good)


def before(at_s: float | None, end_s: float) -> str:
    return "-" if at_s is None else f"{(end_s - at_s) / 60:.1f}"


def fails(case: Case, told: Told, at_s: float) -> str:
    warned = told.warned_s
    if not case.must:
        return "" if warned is None else "WOKE FOR NOTHING"
    if warned is None or warned > at_s:
        return "MISSED"
    if case.within_s is not None and warned > case.turn_s + case.within_s:
        return f"LATE, {warned - case.turn_s:.0f} s after the turn"
    if case.within_s is None and at_s - warned < case.lead_min * 60:
        return f"SHORT of {case.lead_min:.0f} min"
    return "TWICE" if max(told.raised.values()) > 1 else ""


def closest(case: Case) -> tuple[float, float]:
    """Least distance of any two vessels of the case in nm, and when, to the second."""
    best = (math.inf, 0.0)
    for second in range(int(case.minutes * 60)):
        places = [ship.place_nm(second) for ship in case.ships]
        for n, one in enumerate(places):
            for other in places[n + 1 :]:
                best = min(best, (math.dist(one, other), float(second)))
    return best


def judge(case: Case) -> Told:
    watch = Watch(("bench",), Surroundings(ZoneSet()))
    told = Told()
    for tick in range(TICK_S, int(case.minutes * 60) + TICK_S, TICK_S):
        watch.step(reports(case.ships, tick - TICK_S, tick))
        outcome = watch.step(Tick(T0_MS + tick * 1000))
        for change in outcome.changes:
            note(told, change, tick)
    return told


def note(told: Told, change: AlertChange, at_s: float) -> None:
    if change.rule != "collision":
        return
    if change.change == ChangeKind.RAISED:
        told.raised[change.key] += 1
    told.first.setdefault(change.priority, float(at_s))


def reports(ships: Sequence[Ship], begin_s: int, end_s: int) -> ReportBatch:
    """What is heard in [begin_s, end_s), in order of time."""
    fixes, said = [], []
    for ship in ships:
        offset = ship.mmsi % 10  # nobody reports on the same second
        for second in range(begin_s, end_s):
            leg = ship.leg(second)
            every = next(s for most, s in (CLASS_B if ship.class_b else CLASS_A) if leg.sog_kn <= most)
            if second % every == offset % every:
                fixes.append((second, ship, leg))
        if begin_s % 360 == 0:
            said.append(ship)
    fixes.sort(key=lambda f: f[0])
    n = len(said)
    at = [T0_MS + begin_s * 1000] * n + [T0_MS + second * 1000 for second, _, _ in fixes]
    mmsi = [ship.mmsi for ship in said] + [ship.mmsi for _, ship, _ in fixes]
    return ReportBatch(
        ("bench",),
        Lines.from_rows([(0, i, t, t, t, True, m) for i, (t, m) in enumerate(zip(at, mmsi, strict=True))]),
        Positions.from_rows([position(n + i, *fix) for i, fix in enumerate(fixes)]),
        Statics.from_rows([static(i, ship, at[i]) for i, ship in enumerate(said)]),
        Texts.empty(),
    )


def position(line: int, second: int, ship: Ship, leg: Leg) -> tuple[int, ...]:
    east, north = ship.place_nm(second)
    per_lon, per_lat = nav.metres_per_degree(np.asarray(ORIGIN[1]))
    lon = ORIGIN[0] + east * nav.NM_M / float(per_lon)
    lat = ORIGIN[1] + north * nav.NM_M / float(per_lat)
    at = T0_MS + second * 1000
    kind = 18 if ship.class_b else 1
    cog, heading = round(leg.cog_deg * 10) % 3600, round(leg.cog_deg) % 360
    place = round(lon * UNITS_PER_DEGREE), round(lat * UNITS_PER_DEGREE)
    return (
        line,
        0,
        line,
        at,
        at,
        at,
        ship.mmsi,
        kind,
        EVERYTHING,
        *place,
        round(leg.sog_kn * 10),
        cog,
        heading,
        0,
        0,
        0,
    )


def static(line: int, ship: Ship, at_ms: int) -> tuple[int | str, ...]:
    half = ship.length_m // 2
    name = f"{'ZHE DAI YU ' if ship.ship_type == FISHING else 'SHIP '}{ship.mmsi % 100_000:05d}"
    return (line, 0, at_ms, ship.mmsi, 5, name, "", "", 0, ship.ship_type, half, half, 5, 5, 30)


# --- set A ---------------------------------------------------------------------------------------------------------


def meeting(mmsi: int, at_min: float, sog_kn: float, cog_deg: float, miss_nm: float = 0.0) -> Ship:
    """A vessel that is at the origin after so many minutes, or passes it at a distance to her starboard."""
    run = sog_kn * at_min / 60
    course = math.radians(cog_deg)
    east = -run * math.sin(course) - miss_nm * math.cos(course)
    north = -run * math.cos(course) + miss_nm * math.sin(course)
    return Ship(mmsi, east, north, (Leg(0, sog_kn, cog_deg),))


def boat(ship: Ship) -> Ship:
    """The same as a fishing boat with a class B set."""
    return replace(ship, ship_type=FISHING, class_b=True, length_m=30)


MERCHANT, BOAT_1, BOAT_2, SECOND = 477_000_001, 412_000_012, 412_000_023, 477_000_034
MEET_MIN = 35.0  # long enough before for every gate to be crossed on the way


def set_a() -> Iterator[Case]:
    """Merchant ship and fishing boat in every class; fishing boats among themselves; merchant ships; and passes."""
    for cog, name in ((180, "head-on"), (270, "crossing, boat from starboard"), (90, "crossing, boat from port")):
        for boat_kn in (1.5, 4.0, 8.0):
            ships = (meeting(MERCHANT, MEET_MIN, 14, 0), boat(meeting(BOAT_1, MEET_MIN, boat_kn, cog)))
            yield Case(f"merchant 14 kn, boat {boat_kn} kn, {name}", ships, MEET_MIN + 3, True, 15)
    for cog in (225, 315, 45, 135):
        ships = (meeting(MERCHANT, MEET_MIN, 18, 0), boat(meeting(BOAT_1, MEET_MIN, 5, cog)))
        yield Case(f"merchant 18 kn, boat 5 kn on {cog:03d}", ships, MEET_MIN + 3, True, 15)
    for slower in (13.0, 10.0, 4.0):
        ships = (meeting(MERCHANT, MEET_MIN, 14, 0), boat(meeting(BOAT_1, MEET_MIN, slower, 2)))
        yield Case(f"merchant 14 kn overtakes a boat of {slower} kn", ships, MEET_MIN + 3, True, 8)
    still = boat(Ship(BOAT_1, 0, 0, (Leg(0, 0.0, 0.0),)))
    yield Case("merchant 14 kn onto a boat that lies still", (meeting(MERCHANT, MEET_MIN, 14, 0), still), 38, True, 15)
    pair = (boat(meeting(BOAT_1, MEET_MIN, 8, 0)), boat(meeting(BOAT_2, MEET_MIN, 8, 100)))
    yield Case("two boats under way, crossing", pair, MEET_MIN + 3, True, 3)
    ships = (meeting(MERCHANT, MEET_MIN, 14, 0), meeting(SECOND, MEET_MIN, 12, 270))
    yield Case("two merchant ships, crossing", ships, MEET_MIN + 3, True, 5)
    for miss in (1.2, 2.0, 4.0):
        ships = (meeting(MERCHANT, MEET_MIN, 14, 0), boat(meeting(BOAT_1, MEET_MIN, 4, 180, miss)))
        yield Case(f"merchant passes a boat at {miss} nm", ships, MEET_MIN + 3, False)
    ships = (boat(meeting(BOAT_1, MEET_MIN, 4, 0)), boat(meeting(BOAT_2, MEET_MIN, 4, 0, 0.3)))
    yield Case("two boats tow side by side 0.3 nm apart", ships, MEET_MIN, False)
    ships = (Ship(MERCHANT, 0, 0, (Leg(0, 0.0, 0.0),)), Ship(SECOND, 0.03, 0, (Leg(0, 0.0, 0.0),)))
    yield Case("two ships at anchor beside each other", ships, 30, False)
    yield late_turn()
    yield from imazu()


def late_turn() -> Case:
    """A boat that would pass a mile off turns towards the ship four minutes before they are abreast."""
    turn_s, boat_kn = 1_800.0, 8.0
    ship = Ship(MERCHANT, 0, 0, (Leg(0, 14, 0),))
    ship_then = ship.place_nm(turn_s)
    east, north = ship_then[0] + 1.0, ship_then[1] + 1.2
    to = math.degrees(math.atan2(-1.0, -1.2 + 14 * 4 / 60)) % 360
    back = boat_kn * turn_s / 3600
    fisher = Ship(BOAT_1, east, north + back, (Leg(0, boat_kn, 180), Leg(turn_s, boat_kn, to)), FISHING, True, 30)
    return Case("boat turns towards a ship late", (ship, fisher), 38, True, within_s=60, turn_s=turn_s)


IMAZU = (
    "180|270|000s|045|180 270|350 315|000s 315|180 270|330 270|270 015|090 330|180 315 350|180 010 045|350 315 270"
    "|000s 315 270|045 090 270|000s 010 315|225 345 330|015 345 225|000s 345 270|345 015 270|000s 315 270"
)


def imazu() -> Iterator[Case]:
    """The 22 cases of the Imazu problem, the own ship a merchant ship, the others fishing boats at her speed."""
    for number, headings in enumerate(IMAZU.split("|"), 1):
        own = meeting(MERCHANT, 25, 12, 0)
        others = []
        for n, heading in enumerate(headings.split()):
            speed = 4.67 if heading.endswith("s") else 12.0
            others.append(boat(meeting(412_000_100 + 11 * n, 25, speed, float(heading[:3]))))
        yield Case(f"Imazu {number}: {headings}", (own, *others), 27, True, 0)


# --- set B ---------------------------------------------------------------------------------------------------------


def set_b() -> Iterator[Case]:
    """Turned so that the ship steers north: times, speeds and distances are those of the reports."""
    # 2018-03-15: 21 kn against 1.4 kn; the ship's radar plot said she would have the boat 1.3 nm ahead on her bow line
    # in 15 minutes, which is 0.06 nm at the closest, 18.9 minutes on. The warning given came 10 minutes before.
    fisher = boat(meeting(BOAT_1, 33.9, 1.4, 44))
    ship = meeting(MERCHANT, 33.9, 21, 0, -0.06)
    yield Case("APL Southampton and 浙岭渔52035, 2018", (ship, fisher), 37, True, 15)
    # 2011: both turned towards each other at 1.5 nm, closing at more than 20 kn: four and a half minutes to live.
    turn_s, half = 1_800.0, 0.75
    ship_kn, boat_kn = 13.0, 8.0
    north = math.sqrt((2 * half) ** 2 - 0.8**2)
    ship = Ship(
        MERCHANT, 0, -ship_kn / 2, (Leg(0, ship_kn, 0), Leg(turn_s, ship_kn, math.degrees(math.asin(0.8 / 1.5))))
    )
    toward = 180 + math.degrees(math.asin(0.8 / 1.5))
    fisher = Ship(
        BOAT_1, 0.8, north + boat_kn / 2, (Leg(0, boat_kn, 180), Leg(turn_s, boat_kn, toward)), FISHING, True, 40
    )
    yield Case("Cosco Hong Kong and 浙岭渔运135, 2011", (ship, fisher), 36, True, within_s=60, turn_s=turn_s)


if __name__ == "__main__":
    main()
