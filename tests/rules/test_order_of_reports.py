"""In what order the reports of ten seconds come in is chance: what is said of them is not."""

import math
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import T0, batch, fix, name
from fengqiao.model.findings import AlertChange
from fengqiao.model.inputs import Tick
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch
from fengqiao.zones.zoneset import ZoneSet
from rules.scene import at_nm

TICK_S = 10
MEET_S = 1_320.0
# mmsi, ship type, length, knots, course, seconds between reports; all are at one place after MEET_S but the last.
FLEET = (
    (477_000_001, 70, 180, 14.0, 0.0, 5),
    (412_000_012, 30, 30, 4.0, 270.0, 10),
    (412_000_013, 30, 30, 6.5, 200.0, 3),
    (413_000_004, 80, 120, 12.0, 90.0, 4),
)


def heard(begin_s: int) -> list[dict[str, object]]:
    """The reports of one tick, in the order of time."""
    fixes = []
    for mmsi, _, _, sog, cog, every in FLEET:
        for second in range(begin_s, begin_s + TICK_S):
            if (second + mmsi) % every == 0:
                run_nm = sog * (second - MEET_S) / 3600
                lon, lat = at_nm(run_nm * math.sin(math.radians(cog)), run_nm * math.cos(math.radians(cog)))
                fixes.append(fix(mmsi, second, lon, lat, sog, cog))
    return sorted(fixes, key=lambda f: f["at_ms"])


def told(shuffle: Random | None) -> list[AlertChange]:
    watch = Watch(("a",), Surroundings(ZoneSet()))
    changes: list[AlertChange] = []
    watch.step(batch(said=tuple(name(m, f"SHIP {m}", ship_type=kind, length=long) for m, kind, long, *_ in FLEET)))
    for begin_s in range(0, int(MEET_S) + 60, TICK_S):
        reports = heard(begin_s)
        if shuffle is not None:
            shuffle.shuffle(reports)
        cut = shuffle.randint(0, len(reports)) if shuffle is not None else 0
        for piece in (reports[:cut], reports[cut:]):
            watch.step(batch(*piece))
        changes += watch.step(Tick(T0 + (begin_s + TICK_S) * 1000)).changes
    return changes


STEADY = told(None)


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_reports_within_a_tick_changes_nothing(shuffle: Random) -> None:
    """Two ships and two boats meet: every change, to its last fact, is the same in any order and in any pieces."""
    assert {change.rule for change in STEADY} == {"collision"} and len(STEADY) > 6
    assert told(shuffle) == STEADY
