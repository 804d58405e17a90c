"""Set E: a real boat's track moved in time and place onto a real ship's, so that they meet: real noise, known truth.

Reports are taken as they were heard, gaps, courses and all; only clock, place and number are moved. The boat's reported
place at one instant is laid on the ship's, a tenth of a mile off at most. Both tracks must have been heard at that
instant (two fixes at most FIXES_S apart), for else nobody knows that they met; before it they may have any holes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.judgement.figures import leads, ratio, wilson
from benchmarks.judgement.listeners import Ours, Teller, ordered
from benchmarks.judgement.peers import PROFILES, Peer
from benchmarks.judgement.recordings import DATA, heard
from benchmarks.judgement.sea import CARGO, FISHING, NOON_MS, Air, Leg, Ship, play, waters
from fengqiao import nav
from fengqiao.model.reports import UNITS_PER_DEGREE, Known, Positions
from fengqiao.nav import F64

FILE = "channel_guernsey_20110726.tag.nmea"
BOATS = (227511000, 227533000, 227822000, 228316000, 228325000)  # its fishing boats that move
INJECTIONS = 100
BEFORE_MS, AFTER_MS = 45 * 60_000, 5 * 60_000
FIXES_S = {"ship": 60.0, "boat": 180.0}
SHIP_KN, BOAT_KN = (7.0, 30.0), (1.0, 12.0)
OFF_NM = 0.1
MEET_MS = NOON_MS + BEFORE_MS


@dataclass(frozen=True)
class Instant:
    """A vessel at one moment of her own recording."""

    positions: Positions  # of her alone, in order
    at_ms: int
    lon: float
    lat: float
    heard: int  # fixes in the half hour before
    sog_kn: float


def run() -> None:
    if not (DATA / FILE).is_file():
        print(f"Set E: not run, there is no {DATA / FILE}\n")
        return
    positions = Positions.join(batch.positions for batch in heard(DATA / FILE)[1])
    dice = np.random.default_rng(5)
    ships = [i for i in instants(positions, "ship", dice) if SHIP_KN[0] <= i.sog_kn <= SHIP_KN[1]]
    boats = [i for i in instants(positions, "boat", dice) if BOAT_KN[0] <= i.sog_kn <= BOAT_KN[1]]
    chosen = [(ships[dice.integers(len(ships))], boats[dice.integers(len(boats))]) for _ in range(INJECTIONS)]
    tellers: list[Teller] = [Ours(("collision",)), *(Peer(profile) for profile in PROFILES)]
    air = Air()
    for n, (ship, boat) in enumerate(chosen):
        inject(air, n, ship, boat, dice)
    play([air.batch()], tellers)
    names = {ship.positions.mmsi[0] for ship, _ in chosen}, {boat.positions.mmsi[0] for _, boat in chosen}
    print(f"Set E: {INJECTIONS} meetings of {len(names[0])} real ships and {len(names[1])} real boats ({FILE})")
    for teller in tellers:
        _line(teller, chosen)
    print()


def _line(teller: Teller, chosen: list[tuple[Instant, Instant]]) -> None:
    lead, times, late = [], 0, 0
    missed_fixes, told_fixes = [], []
    for n, (_, boat) in enumerate(chosen):
        pair = ordered(*numbers(n))
        warned = teller.log.warned_ms(pair)
        times += len(teller.log.pairs.get(pair, ()))
        if warned is not None and warned < MEET_MS:
            lead.append((MEET_MS - warned) / 60_000)
            told_fixes.append(boat.heard)
        else:
            late += warned is not None
            missed_fixes.append(boat.heard)
    print(f"{teller.log.name:<20} warned before {wilson(len(lead), len(chosen))}, too late {late}", end="")
    print(f"; activations each {ratio(times, len(lead) + late)}; lead median / p10 {leads(lead)} min", end="")
    if missed_fixes and told_fixes:
        print(
            f"; the boat's fixes in 30 min: told {np.median(told_fixes):.0f}, missed {np.median(missed_fixes):.0f}",
            end="",
        )
    print()


def instants(positions: Positions, what: str, dice: np.random.Generator) -> Iterator[Instant]:
    """Moments at which a vessel was surely heard, with what was heard of her around them."""
    usable = ((positions.known & (Known.POSITION | Known.SOG)) == (Known.POSITION | Known.SOG)) & (
        positions.msg_type <= 3
    )
    usable &= np.isin(positions.mmsi, BOATS) == (what == "boat")
    for mmsi in np.unique(positions.mmsi[usable]):
        own = positions.take(usable & (positions.mmsi == mmsi))
        own = own.take(np.argsort(own.fix_ms, kind="stable"))
        own = own.take(np.flatnonzero(np.diff(own.fix_ms, prepend=0) > 0))
        near = np.flatnonzero(np.diff(own.fix_ms) <= FIXES_S[what] * 1000)
        for at in dice.permutation(near)[:40]:
            begin = own.fix_ms[at]
            if begin - own.fix_ms[0] < BEFORE_MS * 0.6:
                continue  # she must have been there for a while
            lon, lat = own.lon[at] / UNITS_PER_DEGREE, own.lat[at] / UNITS_PER_DEGREE
            fixes = int(((own.fix_ms <= begin) & (own.fix_ms > begin - 1_800_000)).sum())
            yield Instant(own, int(begin), float(lon), float(lat), fixes, float(own.sog[at]) / 10)


def numbers(n: int) -> tuple[int, int]:
    return 477_000_000 + n, 412_000_000 + n


def inject(air: Air, n: int, ship: Instant, boat: Instant, dice: np.random.Generator) -> None:
    """Both into waters of their own, so that they meet there at MEET_MS."""
    off = dice.uniform(0.0, OFF_NM), dice.uniform(0.0, 360.0)
    for mmsi, one, aside, said in zip(numbers(n), (ship, boat), ((0.0, 0.0), off), (CARGO, FISHING), strict=True):
        rows = one.positions.take(np.abs(one.positions.fix_ms - one.at_ms + (BEFORE_MS - AFTER_MS) // 2) <= _HALF_MS)
        lon, lat = _moved(rows, one, waters(n), aside)
        fix = MEET_MS + rows.fix_ms - one.at_ms
        kept = ("msg_type", "known", "sog", "cog", "heading", "nav_status")
        columns = {name: getattr(rows, name) for name in kept}
        air.add(ref_ms=fix, fix_ms=fix, mmsi=np.full(len(rows), mmsi), lon=lon, lat=lat, **columns)
        air.said.append((int(fix[0]), Ship(mmsi, 0, 0, (Leg(0, 0, 0),), said, length_m=180 if said == CARGO else 20)))


_HALF_MS = (BEFORE_MS + AFTER_MS) // 2


def _moved(rows: Positions, one: Instant, to: tuple[float, float], aside: tuple[float, float]) -> tuple[F64, F64]:
    """Degrees of her fixes when her place at the instant is laid on ``to``, metres kept."""
    lon, lat = rows.lon / UNITS_PER_DEGREE, rows.lat / UNITS_PER_DEGREE
    east, north = nav.offset_m(np.asarray(one.lon), np.asarray(one.lat), lon, lat)
    east = east + aside[0] * nav.NM_M * np.sin(np.radians(aside[1]))
    north = north + aside[0] * nav.NM_M * np.cos(np.radians(aside[1]))
    there = to[1] + north / nav.metres_per_degree(np.asarray(to[1]))[1]
    return to[0] + east / nav.metres_per_degree((to[1] + there) / 2)[0], there
