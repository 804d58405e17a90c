"""Silent after a pass: boats that are heard no more once a ship has run over them, and silences that mean nothing.

Cosco Hong Kong 2011: the rescue centre learned of it 18 hours later. Minerva Pisces 2016: an echo lost under the bow.
Asked (study §5): told within ten minutes, and at most one false alarm a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.judgement.accidents import accidents
from benchmarks.judgement.exact import BOAT, MERCHANT, numbered
from benchmarks.judgement.listeners import Ours
from benchmarks.judgement.sea import NOON_MS, Case, Leg, Ship, air, boat, encounters, meeting, play
from fengqiao.model.findings import AlertChange, Priority

ASKED_MIN = 10.0
AFTER_MIN = 25.0  # listened to after the silence


@dataclass(frozen=True)
class Silence:
    case: Case
    boat: int  # place of the silent boat among the ships
    must: bool  # an alarm; else none may come


def silences() -> list[Silence]:
    cosco = next(a.case for a in accidents() if "Cosco" in a.case.name)
    # The boats' 8 kn on 074 from port to starboard are published; the ship's course and speed are supposed.
    pisces = (meeting(MERCHANT, 30, 13, 344), boat(meeting(BOAT, 30, 8, 74)))
    wide = (meeting(MERCHANT, 30, 14, 0), boat(meeting(BOAT, 30, 4, 90, 1.5)))
    return [
        _falls_silent(cosco),
        _falls_silent(Case("Minerva Pisces and a boat of 8 kn on 074°, 2016-01-13", pisces, 30)),
        _falls_silent(Case("a boat of class A, run over", (pisces[0], replace(pisces[1], class_b=False)), 30)),
        _falls_silent(Case("nobody else is heard there any more", pisces, 30), neighbours=False, must=False),
        _falls_silent(Case("the ship passed a mile and a half off", wide, 30), must=False),
    ]


def _falls_silent(case: Case, neighbours: bool = True, must: bool = True) -> Silence:
    """The boat is heard until the nearest; four others at work within five miles are heard on, or fall silent too."""
    over_s = encounters(case)[0].at_s
    ship, victim = case.ships
    around = [
        boat(Ship(BOAT + 5 + n, east, north, (Leg(0, 3.0, 40.0 + 30 * n),)))
        for n, (east, north) in enumerate(((3.0, 2.0), (-4.0, 1.0), (2.0, -4.0), (-1.0, 5.0)))
    ]
    if not neighbours:
        around = [replace(other, silent_s=over_s) for other in around]
        ship = replace(ship, silent_s=over_s)
    ships = (ship, replace(victim, silent_s=over_s), *around)
    return Silence(Case(case.name, ships, over_s / 60 + AFTER_MIN), 1, must)


def run() -> bool:
    chosen = silences()
    cases = numbered([silence.case for silence in chosen])
    ours = Ours(("gap",))
    play([air(cases, NOON_MS)], [ours])
    print("Silent after a pass: minutes from the last report to the alarm")
    good = True
    for silence, case in zip(chosen, cases, strict=True):
        silent = case.ships[silence.boat]
        last_s = float(silent.report_times(case.minutes * 60)[-1])
        told = _alarm_min(ours.changes, silent.mmsi, last_s)
        verdict = ("" if told is not None and told <= ASKED_MIN else "MISSED") if silence.must else ""
        verdict = "WOKE FOR NOTHING" if not silence.must and told is not None else verdict
        good &= not verdict
        asked = f"asked: {ASKED_MIN:.0f}" if silence.must else "asked: none"
        print(f"{case.name:<62}{'-' if told is None else f'{told:.1f}':>7}   ({asked})  {verdict}")
    print()
    return good


def _alarm_min(changes: Sequence[AlertChange], mmsi: int, last_s: float) -> float | None:
    at = [c.at_ms for c in changes if mmsi in c.mmsi and c.active and c.priority >= Priority.ALARM]
    return min(((ms - NOON_MS) / 1000 - last_s) / 60 for ms in at) if at else None
