"""Who meets whom how, and who gives way: what the first alert of each made encounter says, against the rules.

COLREG 13 to 15 as the study words them (§2b), worked out here by hand for one pair from the tracks themselves, at the
instant the alert was raised. Within a few degrees of a limit of the rules either class is right: those are left out.
"""

import math
from collections.abc import Sequence

import numpy as np

from benchmarks.judgement.exact import MEETS_NM
from benchmarks.judgement.listeners import ordered
from benchmarks.judgement.sea import Case, Ship, encounters
from fengqiao.model.findings import AlertChange, ChangeKind

ABAFT_DEG, HEAD_ON_DEG, DOUBT_DEG = 112.5, 10.0, 4.0
MAKES_WAY_KN = 0.5
BY_GEOMETRY = ("head_on", "crossing", "overtaking")  # duties that rule 18, fairways and draught have no part in


def run(cases: Sequence[Case], changes: Sequence[AlertChange], begin_ms: int) -> bool:
    raised: dict[tuple[int, int], AlertChange] = {}
    for change in changes:
        if change.change is ChangeKind.RAISED and len(change.mmsi) == 2:
            raised.setdefault(ordered(*change.mmsi), change)
    wrong, classes, duties = [], 0, 0
    for case in cases:
        for met in encounters(case):
            told = raised.get(met.pair)
            one, other = (next(s for s in case.ships if s.mmsi == mmsi) for mmsi in met.pair)
            if told is None or met.nearest_nm > MEETS_NM or len(one.legs) > 1 or len(other.legs) > 1:
                continue
            expected = by_the_rules(one, other, (told.at_ms - begin_ms) / 1000)
            if expected is None:
                continue
            name, gives_way = expected
            classes += 1
            if told.facts["encounter"] != name:
                wrong.append(f"{case.name}, {met.pair}: {told.facts['encounter']}, not {name}")
            elif told.facts["duty"] in BY_GEOMETRY:
                duties += 1
                if sorted(told.facts["give_way"]) != gives_way:
                    wrong.append(f"{case.name}: {told.facts['give_way']} gives way, not {gives_way}")
    print(f"class of encounter by COLREG 13 to 15: {classes} pairs, of {duties} also who gives way: {len(wrong)} wrong")
    for line in wrong[:10]:
        print(f"  {line}")
    print()
    return not wrong


def by_the_rules(one: Ship, other: Ship, at_s: float) -> tuple[str, list[int]] | None:
    """The class and who gives way; None so near a limit of the rules that either is right."""
    if min(one.legs[0].sog_kn, other.legs[0].sog_kn) < MAKES_WAY_KN:
        return "still", []
    sees, seen = _bow_deg(one, other, at_s), _bow_deg(other, one, at_s)  # where each sees the other, off the bow
    turn = _wrap(other.legs[0].cog_deg - one.legs[0].cog_deg)
    limits = (abs(sees) - ABAFT_DEG, abs(seen) - ABAFT_DEG, 180 - abs(turn) - HEAD_ON_DEG, abs(sees) - HEAD_ON_DEG)
    if min(map(abs, limits)) < DOUBT_DEG:
        return None
    for ship, bow, target in ((one, seen, other), (other, sees, one)):
        if abs(bow) > ABAFT_DEG and ship.legs[0].sog_kn > target.legs[0].sog_kn:
            return "overtaking", [ship.mmsi]
    if 180 - abs(turn) <= HEAD_ON_DEG and abs(sees) <= HEAD_ON_DEG and abs(seen) <= HEAD_ON_DEG:
        return "head_on", list(ordered(one.mmsi, other.mmsi))
    return "crossing", [one.mmsi if 0 < sees <= ABAFT_DEG else other.mmsi]


def _bow_deg(from_ship: Ship, to_ship: Ship, at_s: float) -> float:
    now = np.array([at_s])
    here, there = from_ship.place_nm(now), to_ship.place_nm(now)
    bearing = math.degrees(math.atan2(float(there[0][0] - here[0][0]), float(there[1][0] - here[1][0])))
    return _wrap(bearing - from_ship.legs[0].cog_deg)


def _wrap(deg: float) -> float:
    return (deg + 180.0) % 360.0 - 180.0
