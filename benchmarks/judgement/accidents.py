"""Set B: accidents and near misses, laid out again from what was published of them. Never tuned on.

Rule of choice: every collision or near miss with a fishing boat, or of two ships, of which a published text that could
be read gives course and speed of both (or positions that do), or the geometry itself; none was left out for its
outcome. ``told`` is what the text says, ``filled`` what it does not say and had to be supposed. Everybody keeps the
published motion before and after, and the boats are given class B sets, which some of them did not have: this asks
what the watch could have said had they been heard.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.judgement.exact import BOAT, MERCHANT, SECOND, numbered
from benchmarks.judgement.figures import leads, wilson
from benchmarks.judgement.listeners import Log, Ours, Teller
from benchmarks.judgement.peers import PROFILES, Peer
from benchmarks.judgement.sea import NOON_MS, Case, Leg, Ship, air, boat, encounters, meeting, play

MEET_MIN = 45.0  # everybody is laid back so far along the published motion
IN_TIME_MIN = 5.0


@dataclass(frozen=True)
class Accident:
    case: Case
    told: str
    filled: str
    source: str
    clock_min: float = 0.0  # what the tracks meet earlier than the published collision


def accidents() -> list[Accident]:
    return [
        _apl(),
        _cosco(),
        _steady(
            "Jin Shan Hai and Kekenni, 1991-06-17 00:35",
            (152.0, 13.0),
            (135.0, 3.0),
            "ship 152° 13 kn, prawn trawler about 135° 3 kn, neither altered",
            "nothing",
            "ATSB investigation 31, summary",
        ),
        _steady(
            "Handymariner and Lipari, 2001-01-18 04:35",
            (156.0, 14.0),
            (235.0, 15.0),
            "ship 156° 14 kn, lobster boat 235° 15 kn steady on autopilot, seen 25 minutes before",
            "the ship's turn at the very last is left out",
            "ATSB investigation 163, summary; media release 2002/16",
        ),
        _steady(
            "Fides and Nika, 2014-12-02 13:09",
            (135.0, 14.5),
            (337.5, 2.8),
            "ship south-easterly 14.5 kn, trawler north-north-west, less than 3 kn",
            "courses to the point of the compass; 2.8 kn",
            "MSIU Malta by safety4sea.com",
        ),
        _anchored(),
        _fog(),
        _steady(
            "Navegante and Teresa Maria, overtaking",
            (10.0, 11.0),
            (0.0, 10.0),
            "two fishing boats, 010° 11 kn overtakes 000° 10 kn, neither altered until alongside",
            "the sheer of the last seconds is left out",
            "TSB Canada by rulesmaster.com",
            boats=True,
        ),
        _steady(
            "MARS 200265: crossed ahead of a ship off Balboa, near miss",
            (148.0, 11.0),
            (225.0, 12.0),
            "ship 148° about 11 kn, fishing boat about 12 kn south-westerly from port, passed within 100 m",
            "ship steady at 11 kn though she was still gathering way; 50 m",
            "Nautical Institute MARS 200265",
            miss_nm=0.027,
        ),
        _container_and_coaster(),
        _fog_overtaking(),
    ]


NOT_RECONSTRUCTED = (
    ("Silver Phoenix and 浙嵊渔05885, 2014 (HK MAI)", "only the first page of the report could be read: no motion"),
    (
        "Minerva Pisces, 2016 (MSIU)",
        "the boats' 8 kn on 074° are published, the ship's motion could not be read; silence",
    ),
    (
        "Kanala and Liaodanyu 23626, 2019 (MSIU 16/2020)",
        "pair trawlers at 3 kn crossed her bow; no courses, no ship's speed",
    ),
    ("Orakai and Margriet, 2014 (MAIB 16/2015)", "altered towards at 1 nm; courses and speeds not on the pages read"),
    ("Frank W and Lilly, 2011 (DMAIB)", "only the first page could be read: no motion"),
    (
        "Hua Sheng Hai and Kirrixki, 2019 ([2024] IEHC 182)",
        "drifted, then turned across minutes before; no figures read",
    ),
    ("TS Pusan and M63514A, 2006 (HK MAI)", "only the first page could be read: no motion"),
    ("Glasgow Express and Mako, 2017 (ATSB 333)", "courses 299° and 210° published, speeds not on the pages read"),
    ("浙象渔B, 1999 (杨玉峰)", "ship 228° 15 kn, first seen at 2.6 nm; the boat's motion not on the pages read"),
)


def _steady(
    name: str,
    one: tuple[float, float],
    other: tuple[float, float],
    told: str,
    filled: str,
    source: str,
    miss_nm: float = 0.0,
    boats: bool = False,
) -> Accident:
    """Both on a steady course and speed until they meet."""
    first = meeting(MERCHANT, MEET_MIN, one[1], one[0])
    ships = (boat(first) if boats else first, boat(meeting(BOAT, MEET_MIN, other[1], other[0], miss_nm)))
    return Accident(Case(name, ships, MEET_MIN + 3), told, filled, source)


def _apl() -> Accident:
    """23:13: the boat would cross the bow line 15 minutes on, 1.3 nm ahead: 0.06 nm at the nearest, 18.9 min on."""
    ship_kn, boat_kn, course = 21.0, 1.4, 45.0
    radar_s = 1_500.0  # 23:13 in the case's own time
    across = boat_kn * math.sin(math.radians(course)) / 4
    ahead = ship_kn / 4 + 1.3 - boat_kn * math.cos(math.radians(course)) / 4
    back = radar_s / 3600
    ship = Ship(MERCHANT, 0, -ship_kn * back, (Leg(0, ship_kn, 0),))
    at_radar = (-across, ahead)
    run = boat_kn * back
    start = (at_radar[0] - run * math.sin(math.radians(course)), at_radar[1] - run * math.cos(math.radians(course)))
    fisher = boat(Ship(BOAT, *start, (Leg(0, boat_kn, course),)))
    return Accident(
        Case("APL Southampton and 浙岭渔52035, 2018-03-15 23:33", (ship, fisher), 48),
        "ship north-east 21 kn, boat east 1.4 kn; radar at 23:13: bow crossing 1.3 nm in about 15 min; warned at 23:23",
        "both steady before and after 23:13; the helm at 23:29 is left out",
        "TSIB Singapore by britanniapandi.com",
        clock_min=1.1,
    )


def _cosco() -> Accident:
    """Both turned towards each other at 1.5 nm, closing at more than 20 kn: four and a half minutes to live."""
    turn_s, apart, abeam, ship_kn, boat_kn = 1_800.0, 1.5, 0.8, 13.0, 8.0
    toward = math.degrees(math.asin(abeam / apart))
    north = math.sqrt(apart**2 - abeam**2)
    ship = Ship(MERCHANT, 0, -ship_kn / 2, (Leg(0, ship_kn, 0), Leg(turn_s, ship_kn, toward)))
    legs = (Leg(0, boat_kn, 180), Leg(turn_s, boat_kn, 180 + toward))
    carrier = replace(boat(Ship(BOAT, abeam, north + boat_kn / 2, legs)), length_m=40)
    case = Case("Cosco Hong Kong and 浙岭渔运135, 2011-03-06 02:18", (ship, carrier), 36, turn_s=turn_s)
    return Accident(
        case,
        "turned towards each other at about the same time, 1.5 nm apart, closing at over 20 kn",
        "13 and 8 kn, nearly opposite courses 0.8 nm apart before, at once on the new ones",
        "MAIB 27/2011 by maritimeaccident.org",
    )


def _anchored() -> Accident:
    """Plotted positions of the ship at 03:00 and 03:36 and where the boat lay at anchor."""
    per_minute = math.cos(math.radians(38.66))  # nm in a minute of longitude there
    east, north = (45.5 - 37.2) * per_minute, 39.5 - 39.7  # the ship at 03:00, from the boat
    run_east, run_north = -(45.5 - 36.6) * per_minute, 0.5
    course, sog = math.degrees(math.atan2(run_east, run_north)) % 360, math.hypot(run_east, run_north) / 0.6
    before = 0.25  # hours steady before 03:00
    start = (east - run_east / 0.6 * before, north - run_north / 0.6 * before)
    ship = Ship(MERCHANT, *start, (Leg(0, sog, course),))
    fisher = boat(Ship(BOAT, 0, 0, (Leg(0, 0.0, 0.0),)))
    return Accident(
        Case("爱佳 (ICL Raja Rajan) and 冀黄渔0824, 2000-04-12 03:30", (ship, fisher), 54, must=((BOAT, MERCHANT),)),
        "boat at anchor 38°39.7′N 118°37.2′E; ship plotted 03:00 and 03:36, about 12 kn",
        "straight from plot to plot, which passes 0.27 nm off the boat's place",
        "54seaman.com, case 3976",
    )


def _fog() -> Accident:
    """Twelve minutes before, 3 nm apart on 17 kn 240° and 6 kn 010° with a closest approach of 0.0."""
    wx, wy = (6 * _sin(10) - 17 * _sin(240), 6 * _cos(10) - 17 * _cos(240))
    meet_min = 3.0 / math.hypot(wx, wy) * 60
    ships = (meeting(MERCHANT, MEET_MIN, 17, 240), boat(meeting(BOAT, MEET_MIN, 6, 10)))
    return Accident(
        Case("container ship and potting boat in fog (Swedish Club)", ships, MEET_MIN + 3),
        "12 min before: ship 240° 17 kn, boat 010° 6 kn, 3 nm apart, CPA 0.0; ship to port to 210° 5 min before",
        f"steady until they meet, {meet_min:.1f} min after that plot; turns of the last minutes left out",
        "Swedish Club by safety4sea.com",
        clock_min=12.0 - meet_min,
    )


def _container_and_coaster() -> Accident:
    ships = (meeting(MERCHANT, MEET_MIN, 20, 149), meeting(SECOND, MEET_MIN, 8, 229))
    return Accident(
        Case("container ship and coaster at night (MARS 200859)", ships, MEET_MIN + 3),
        "149° about 20 kn, and 229° about 8 kn until the collision",
        "the container ship's turn of the last moments left out; steady at 20 kn though she was gathering way",
        "HK Marine Department by the Nautical Institute, MARS 200859",
    )


def _fog_overtaking() -> Accident:
    """The slower ship laid back from the collision along her published courses."""
    meet_s = MEET_MIN * 60
    legs = tuple(Leg(max(meet_s - 60 * before, 0), 6.0, cog) for before, cog in _SLOWER)
    bounds = [*(leg.at_s for leg in legs), meet_s]
    east = north = 0.0
    for leg, end in zip(legs, bounds[1:], strict=True):
        run = leg.sog_kn * (end - leg.at_s) / 3600
        east, north = east - run * _sin(leg.cog_deg), north - run * _cos(leg.cog_deg)
    slower = Ship(SECOND, east, north, legs, length_m=90)
    ships = (meeting(MERCHANT, MEET_MIN, 17, 280), slower)
    return Accident(
        Case("feeder overtakes a small tanker in fog (Swedish Club)", ships, MEET_MIN + 3),
        "280° 17 kn behind 280° 6 kn; 293° from 15 min before, 285° from 10, 289° from 5, 304° from 2",
        "laid back from the collision: 1.8 nm apart 10 min before, where the text has 1.4",
        "Swedish Club by safety4sea.com",
    )


_SLOWER = ((45, 280), (15, 293), (10, 285), (5, 289), (2, 304))  # minutes before, course


def _sin(deg: float) -> float:
    return math.sin(math.radians(deg))


def _cos(deg: float) -> float:
    return math.cos(math.radians(deg))


def run() -> None:
    chosen = accidents()
    cases = numbered([accident.case for accident in chosen])
    listeners: list[Teller] = [Ours(("collision",)), *(Peer(profile) for profile in PROFILES)]
    play([air(cases, NOON_MS)], listeners)
    print(
        "Set B: as it happened; minutes from the first warning to the nearest, in brackets to the published collision"
    )
    print(f"{'':<62}{'nearest':>9}" + "".join(f"{listener.log.name:>19}" for listener in listeners))
    times: dict[str, list[float]] = {listener.log.name: [] for listener in listeners}
    for accident, case in zip(chosen, cases, strict=True):
        met = encounters(case)[0]
        print(f"{accident.case.name:<62}{met.nearest_nm * 1852:>7.0f} m", end="")
        for listener in listeners:
            lead = _lead_min(listener.log, case)
            times[listener.log.name] += [] if lead is None else [lead]
            extra = f" ({lead + accident.clock_min:.1f})" if lead is not None and accident.clock_min else ""
            print(f"{'MISSED' if lead is None else f'{lead:.1f}{extra}':>19}", end="")
        print()
    for name, got in times.items():
        in_time = sum(lead >= IN_TIME_MIN for lead in got)
        print(f"{name:<20} warned {wilson(len(got), len(cases))}; {IN_TIME_MIN:.0f} min before {in_time}", end="")
        print(f"; lead median / p10 {leads(got)} min")
    _late_turn(listeners[0].log, cases)
    print("not reconstructed:")
    for name, why in NOT_RECONSTRUCTED:
        print(f"  {name}: {why}")
    print()


def _lead_min(log: Log, case: Case) -> float | None:
    met = encounters(case)[0]
    warned = log.warned_ms(met.pair)
    lead = None if warned is None else (met.at_s - (warned - NOON_MS) / 1000) / 60
    return lead if lead is not None and lead > 0 else None


def _late_turn(log: Log, cases: Sequence[Case]) -> None:
    for case in cases:
        if case.turn_s is None:
            continue
        warned = log.warned_ms(encounters(case)[0].pair)
        reports = sorted(t for ship in case.ships for t in ship.report_times(case.minutes * 60)[:] if t >= case.turn_s)
        slower = case.ships[1].report_times(case.minutes * 60)
        second = [t for t in slower if t >= case.turn_s][1]
        said = "not at all" if warned is None else f"{(warned - NOON_MS) / 1000 - second:+.0f} s"
        print(
            f"turn at the last ({case.name.split(',')[0]}): {said} from the boat's second report since (asked: +30 s)",
            end="",
        )
        print(f"; {reports[0] - case.turn_s:.0f} s until the first report of either")
