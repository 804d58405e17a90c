"""Set A: encounters made exactly. What meets must be warned of in good time and once; what passes clear must not.

What has to happen is not written beside each case but follows from the tracks: a pair that comes within MEETS_NM is an
encounter; a pair that keeps course and speed and stays CLEAR_NM off is none; between them either answer is right.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.judgement.listeners import Log, Ours, Pair, Teller
from benchmarks.judgement.peers import PROFILES, Peer
from benchmarks.judgement.sea import (
    FISHING,
    NOON_MS,
    UNSAID,
    Case,
    Leg,
    Met,
    Noise,
    Ship,
    air,
    boat,
    encounters,
    meeting,
    play,
)

MEETS_NM, CLEAR_NM = 0.1, 1.0
MEET_MIN = 35.0  # long enough before for every gate to be crossed on the way
TURN_TOLD_S = 30.0  # after the second report since a turn (study §5)
# Least lead asked for, minutes: the study's median for a boat, half of the table's gate for ships; two boats or small
# craft are told by 3 min at the latest, less a tick and half a minute that their reports may be old.
LEAD_MIN = {"merchant and boat": 15.0, "ships": 5.0, "boats": 2.5, "other": 2.5}
MERCHANT, BOAT, SECOND = 477_000_001, 412_000_012, 477_000_034
MIDNIGHT_MS = NOON_MS + 43_200_000


def kind_of(case: Case, pair: Pair) -> str:
    fishing = [ship.ship_type == FISHING for ship in case.ships if ship.mmsi in pair]
    if not any(fishing):
        other = any(ship.class_b for ship in case.ships if ship.mmsi in pair)
        return "other" if other else "ships"
    return "boats" if all(fishing) else "merchant and boat"


# --- the cases -----------------------------------------------------------------------------------------------------


def numbered(cases: Sequence[Case]) -> list[Case]:
    """Every ship of every case under a number of her own, so that one sea can hold them all."""
    return [_renumbered(case, n) for n, case in enumerate(cases)]


def _renumbered(case: Case, n: int) -> Case:
    new: dict[int, int] = {}
    for ship in case.ships:  # two ships under one number keep sharing one
        new.setdefault(ship.mmsi, ship.mmsi // 1_000_000 * 1_000_000 + n * 20 + len(new))
    ships = tuple(replace(ship, mmsi=new[ship.mmsi]) for ship in case.ships)
    must = tuple((min(pair), max(pair)) for pair in ((new[a], new[b]) for a, b in case.must))
    return replace(case, ships=ships, must=must)


def cases() -> Iterator[Case]:
    yield from steady()
    yield from overtaking()
    yield from among_themselves()
    yield from clear()
    yield from turns()
    yield from trawlers()
    yield from crowds()
    yield from imazu()


def steady() -> Iterator[Case]:
    """Merchant ship and fishing boat in every class of COLREG 13 to 15."""
    for cog, name in ((180, "head-on"), (270, "crossing, boat from starboard"), (90, "crossing, boat from port")):
        for boat_kn in (1.5, 4.0, 8.0):
            ships = (meeting(MERCHANT, MEET_MIN, 14, 0), boat(meeting(BOAT, MEET_MIN, boat_kn, cog)))
            yield Case(f"merchant 14 kn, boat {boat_kn} kn, {name}", ships, MEET_MIN + 3, "steady")
    for cog in (225, 315, 45, 135):
        ships = (meeting(MERCHANT, MEET_MIN, 18, 0), boat(meeting(BOAT, MEET_MIN, 5, cog)))
        yield Case(f"merchant 18 kn, boat 5 kn on {cog:03d}", ships, MEET_MIN + 3, "steady")
    fast = (meeting(MERCHANT, MEET_MIN, 24, 0), boat(meeting(BOAT, MEET_MIN, 9, 200)))
    yield Case("merchant 24 kn, boat 9 kn", fast, MEET_MIN + 3, "steady")
    still = boat(Ship(BOAT, 0, 0, (Leg(0, 0.0, 0.0),)))
    yield Case("merchant 14 kn onto a boat that lies still", (meeting(MERCHANT, MEET_MIN, 14, 0), still), 38, "steady")
    silent = replace(meeting(MERCHANT, MEET_MIN, 14, 0), ship_type=UNSAID)
    ships = (silent, boat(meeting(BOAT, MEET_MIN, 4, 250)))
    yield Case("class A that never said who she is, and a boat", ships, MEET_MIN + 3, "steady")


def overtaking() -> Iterator[Case]:
    for slower in (13.0, 12.0, 10.0, 4.0):
        ships = (meeting(MERCHANT, MEET_MIN, 14, 0), boat(meeting(BOAT, MEET_MIN, slower, 2)))
        yield Case(f"merchant 14 kn overtakes a boat of {slower} kn", ships, MEET_MIN + 3, "overtaking", lead_min=8.0)
    for slower in (8.0, 9.0):
        ships = (boat(meeting(BOAT, MEET_MIN, 10, 0)), boat(meeting(BOAT + 9, MEET_MIN, slower, 4)))
        yield Case(f"boat 10 kn overtakes a boat of {slower} kn", ships, MEET_MIN + 3, "overtaking")
    ships = (meeting(MERCHANT, MEET_MIN, 16, 0), meeting(SECOND, MEET_MIN, 12, 5))
    yield Case("merchant ship overtakes a merchant ship", ships, MEET_MIN + 3, "overtaking")


def among_themselves() -> Iterator[Case]:
    for cog, name in ((180, "head-on"), (100, "crossing"), (300, "crossing")):
        pair = (boat(meeting(BOAT, MEET_MIN, 8, 0)), boat(meeting(BOAT + 9, MEET_MIN, 8, cog)))
        yield Case(f"two boats under way, {name} {cog:03d}", pair, MEET_MIN + 3, "boats")
        ships = (meeting(MERCHANT, MEET_MIN, 14, 0), meeting(SECOND, MEET_MIN, 12, cog))
        yield Case(f"two merchant ships, {name} {cog:03d}", ships, MEET_MIN + 3, "ships")
    yacht = replace(meeting(BOAT, MEET_MIN, 6, 270), ship_type=37, class_b=True, length_m=12)
    yield Case("merchant ship and a pleasure craft", (meeting(MERCHANT, MEET_MIN, 14, 0), yacht), MEET_MIN + 3, "other")


def clear() -> Iterator[Case]:
    for miss in (1.2, 2.0, 4.0):
        for cog in (180, 270):
            ships = (meeting(MERCHANT, MEET_MIN, 14, 0), boat(meeting(BOAT, MEET_MIN, 4, cog, miss)))
            yield Case(f"merchant passes a boat on {cog:03d}, {miss} nm from her course", ships, MEET_MIN + 3, "clear")
    ships = (boat(meeting(BOAT, MEET_MIN, 4, 0)), boat(meeting(BOAT + 9, MEET_MIN, 4, 0, 0.3)))
    yield Case("two boats tow side by side 0.3 nm apart", ships, MEET_MIN, "clear", quiet=True)
    ships = (Ship(MERCHANT, 0, 0, (Leg(0, 0.0, 0.0),)), Ship(SECOND, 0.03, 0, (Leg(0, 0.0, 0.0),)))
    yield Case("two ships at anchor beside each other", ships, 30, "clear", quiet=True)
    rafted = tuple(boat(Ship(BOAT + n, 0.01 * n, 0, (Leg(0, 0.0, 0.0),))) for n in range(4))
    yield Case("four boats rafted together", rafted, 40, "clear", quiet=True)
    leaving = (Leg(0, 12, 0), Leg(900, 12, 60))
    ships = (replace(meeting(MERCHANT, MEET_MIN, 12, 0), legs=leaving), boat(Ship(BOAT, 0, 0, (Leg(0, 3.0, 90.0),))))
    yield Case("merchant turns away twenty minutes before a boat", ships, 45, "clear")


def turns() -> Iterator[Case]:
    """Someone turns towards the other with few minutes left."""
    for left_min in (4.0, 5.5):
        for boat_kn in (4.0, 8.0):
            yield _boat_turns(left_min, boat_kn)
        yield _ship_turns(left_min)


def _boat_turns(left_min: float, boat_kn: float) -> Case:
    """A boat that would pass a mile off steers for where the ship will be ``left_min`` later."""
    turn_s, ship_kn = 1_800.0, 14.0
    ship = meeting(MERCHANT, turn_s / 60 + left_min, ship_kn, 0)  # she meets the boat in the middle of the waters
    run = boat_kn * left_min / 60
    east = min(0.9 * run, 1.0)
    north = math.sqrt(max(run**2 - east**2, 0.0))
    back = boat_kn * turn_s / 3600
    to = math.degrees(math.atan2(-east, -north)) % 360
    legs = (Leg(0, boat_kn, 0), Leg(turn_s, boat_kn, to))
    turning = boat(Ship(BOAT, east, north - back, legs))
    name = f"boat of {boat_kn} kn turns towards a ship {left_min} min before"
    return Case(name, (ship, turning), turn_s / 60 + left_min + 3, "late turn", turn_s=turn_s)


def _ship_turns(left_min: float) -> Case:
    turn_s, ship_kn = 1_800.0, 14.0
    run = ship_kn * left_min / 60
    legs = (Leg(0, ship_kn, 50), Leg(turn_s, ship_kn, 0))
    back = ship_kn * turn_s / 3600
    course = math.radians(50)
    ship = Ship(MERCHANT, -back * math.sin(course), -run - back * math.cos(course), legs)
    fisher = boat(meeting(BOAT, turn_s / 60 + left_min, 3, 250))
    name = f"ship turns towards a boat {left_min} min before"
    return Case(name, (ship, fisher), turn_s / 60 + left_min + 3, "late turn", turn_s=turn_s)


def trawlers() -> Iterator[Case]:
    """Pair trawlers a third of a mile abreast; a merchant ship steers for the gap between them."""
    meet = 50.0  # their company shows after half an hour
    for cog, name in ((180, "from ahead"), (0, "from astern"), (270, "from starboard")):
        pair = [boat(meeting(BOAT + 9 * n, meet, 3.5, 0, side)) for n, side in enumerate((-0.16, 0.16))]
        ship = meeting(MERCHANT, meet, 14, cog)
        must = ((BOAT, MERCHANT), (BOAT + 9, MERCHANT))
        yield Case(f"merchant between pair trawlers, {name}", (ship, *pair), meet + 3, "trawlers", must=must)


def crowds() -> Iterator[Case]:
    """Twelve boats at work on one ground and a merchant ship through them; ten boats that tow abreast."""
    for seed in range(3):
        dice = np.random.default_rng(seed)
        boats = []
        for n in range(12):
            turned = dice.uniform(0, 360)
            legs = tuple(Leg(600.0 * k, 2.5 + 0.1 * n, (turned + 180.0 * k) % 360) for k in range(6))
            east, north = dice.uniform(-1.5, 1.5, 2)
            boats.append(boat(Ship(BOAT + n, float(east), float(north), legs)))
        ship = meeting(MERCHANT, 40, 15, float(dice.uniform(0, 360)))
        name = f"merchant through twelve boats at work ({seed})"
        yield Case(name, (ship, *boats), 50, "crowd", lead_min=4.0)  # they turn every ten minutes
    abreast = tuple(boat(meeting(BOAT + n, 30, 3.5, 20, 0.25 * n)) for n in range(10))
    yield Case("ten boats tow abreast", abreast, 60, "crowd", quiet=True)


IMAZU = (
    "180|270|000s|045|180 270|350 315|000s 315|180 270|330 270|270 015|090 330|180 315 350|180 010 045|350 315 270"
    "|000s 315 270|045 090 270|000s 010 315|225 345 330|015 345 225|000s 345 270|345 015 270|000s 315 270"
)
IMAZU_SPEEDS_KN = (6.0, 12.0, 18.0)
IMAZU_AGES_S = (2.0, 10.0, 30.0, 180.0)  # seconds between the boats' reports, so old they may be; 2: as good as new


def imazu() -> Iterator[Case]:
    """The study's table of 22: own ship a merchant ship, the others boats as fast; 5 and 8, 15 and 22 are alike."""
    for speed in IMAZU_SPEEDS_KN:
        for age in IMAZU_AGES_S:
            for number, headings in enumerate(IMAZU.split("|"), 1):
                others = []
                for n, heading in enumerate(headings.split()):
                    own = speed * 4.67 / 12.0 if heading.endswith("s") else speed
                    others.append(boat(meeting(BOAT + n, 28, own, float(heading[:3])), every_s=age))
                ships = (meeting(MERCHANT, 28, speed, 0), *others)
                name = f"Imazu {number}: {headings} at {speed:.0f} kn, reports every {age:.0f} s"
                yield Case(name, ships, 30, "imazu")


# --- streams that are not clean ------------------------------------------------------------------------------------


def streams() -> Iterator[tuple[str, int, Noise, list[Case]]]:
    """The steady cases again, as the air or the calendar spoils them: what, its first instant, its noise, the cases."""
    base = list(steady())
    at_180 = [replace(case, waters=(180.0, 20.0 + 2.0 * n)) for n, case in enumerate(base)]
    clash = [replace(case, ships=(*case.ships, _namesake(case.ships[1]))) for case in base]
    yield "over midnight", MIDNIGHT_MS - 25 * 60_000, Noise(), base
    yield "across 180 degrees", NOON_MS, Noise(), at_180
    yield "out of order, up to 20 s late", NOON_MS, Noise(late_s=20.0), base
    yield "every other report twice", NOON_MS, Noise(twice=0.5), base
    yield "another craft under the boat's number", NOON_MS, Noise(), clash


def _namesake(ship: Ship) -> Ship:
    """Another transmitter with the same number, thirty miles off and going her own way."""
    return replace(ship, east_nm=30.0, north_nm=-20.0, legs=(Leg(0, 7.0, 123.0),))


# --- what came of them ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a listener said of one pair."""

    case: Case
    met: Met
    kind: str
    must: bool
    never: bool
    warned_s: float | None  # before the nearest, or None
    times: int  # activations
    told_s: float  # the instant of the first, from the case's beginning

    def verdict(self) -> str:
        if self.must:
            return self._of_encounter()
        if self.never and self.times:
            return "WOKE FOR NOTHING"
        return ""

    def _of_encounter(self) -> str:
        if self.warned_s is None:
            return "MISSED"
        if self.case.turn_s is not None:
            due = _due_s(self.case, self.met)
            return f"LATE by {self.told_s - due:.0f} s" if self.told_s > due else self._once()
        asked = LEAD_MIN[self.kind] if self.case.lead_min is None else self.case.lead_min
        if self.warned_s < asked * 60:
            return f"SHORT: {self.warned_s / 60:.1f} of {asked:.0f} min"
        return self._once()

    def _once(self) -> str:
        return f"{self.times} TIMES" if self.times > 1 else ""


def _due_s(case: Case, met: Met) -> float:
    """When a turn must have been told: so long after the second report from it on of whoever turned."""
    turned = next(ship for ship in case.ships if len(ship.legs) > 1 and ship.mmsi in met.pair)
    since = [t for t in turned.report_times(case.minutes * 60) if case.turn_s is not None and t >= case.turn_s]
    return float(since[1]) + TURN_TOLD_S


def answers(cases: Sequence[Case], log: Log, begin_ms: int) -> list[Answer]:
    out = []
    for case in cases:
        for met in encounters(case):
            times = log.pairs.get(met.pair, [])
            told_ms = log.warned_ms(met.pair)
            told_s = math.inf if told_ms is None else (told_ms - begin_ms) / 1000
            kind = kind_of(case, met.pair)
            crowded = case.group == "crowd" and kind == "boats"  # boats at work on one ground: either answer is right
            must = (met.pair in case.must or met.nearest_nm <= MEETS_NM) and not case.quiet and not crowded
            steady = all(len(ship.legs) == 1 for ship in case.ships if ship.mmsi in met.pair)
            never = case.quiet or (met.nearest_nm >= CLEAR_NM and steady)  # who turns may have been on her way
            before = met.at_s - told_s if told_s <= met.at_s else None
            out.append(Answer(case, met, kind, must, never, before, len(times), told_s))
    return out


def run(cases: Sequence[Case], begin_ms: int, noise: Noise | None = None) -> tuple[dict[str, list[Answer]], Ours]:
    """Every listener's answers, by its name, ours first; and ours itself."""
    ours = Ours(("collision",))
    tellers: list[Teller] = [ours, *(Peer(profile) for profile in PROFILES)]
    play([air(cases, begin_ms, noise)], tellers)
    return {teller.log.name: answers(cases, teller.log, begin_ms) for teller in tellers}, ours
