"""Silence is not safety: what holds from the first report to the last alert, however long nobody is heard."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import T0, batch, fix, name
from fengqiao.model.findings import AlertChange, ChangeKind
from fengqiao.model.inputs import Tick
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch
from fengqiao.zones.zone import Use, Zone
from fengqiao.zones.zoneset import ZoneSet
from rules.scene import at_nm, moved

CLOSED = Zone(
    "closed", 1, "marine_reserve", "area", "保护区", "Reserve", shapely.box(122.3, 29.7, 123.0, 30.3), "official",
    Use.ENFORCE, ("A",), rule={"enter": "warn"},
)  # fmt: skip
MINUTE, HOUR = 60, 3_600
# Ticks as they come while things happen, and then only those at which the watch forgets, for more than a day.
TICKS_S = (*range(600, 20 * MINUTE, 20), *range(20 * MINUTE, 2 * HOUR, 180), *range(2 * HOUR, 30 * HOUR, 1_200))
SURE_S = 25 * MINUTE  # after the last report: by then whatever it said has been judged


def sailed(rng: np.random.Generator, n: int) -> list[dict[str, Any]]:
    """Reports of a boat or a ship for ten to nineteen minutes, and no more."""
    mmsi, ship = 412_000_001 + n, rng.random() < 0.4
    start, sog, cog = at_nm(*rng.normal(0.0, 1.5, 2)), float(rng.choice([0.0, 4.0, 14.0])), float(rng.uniform(0, 360))
    last_s, every_s = int(rng.integers(600, 1_140)), 10 if ship else 30
    told: dict[str, Any] = {"msg_type": 1 if ship else 18}
    return [fix(mmsi, s, *moved(*start, sog, cog, s), sog, cog, **told) for s in range(0, last_s, every_s)]


def kept(rng: np.random.Generator, vessels: int, shards: int) -> tuple[list[AlertChange], dict[int, int]]:
    """All that a watch tells of vessels that fall silent one after the other, but for three that are heard for an
    hour more; and when each was heard last."""
    watch = Watch(("a",), Surroundings(ZoneSet((CLOSED,), "r1")), shards=shards)
    fixes = [one for n in range(vessels) for one in sailed(rng, n)]
    for n in range(3):
        fixes += [fix(412_500_000 + n, s, *at_nm(2.0, n), 0.0, 0.0, msg_type=18) for s in range(0, 2 * HOUR, 60)]
    fixes.sort(key=lambda one: (one["at_ms"], one["mmsi"]))
    types = {one["mmsi"]: 30 if one["msg_type"] == 18 else 70 for one in fixes}
    watch.step(batch(said=tuple(name(mmsi, "", 0, ship_type) for mmsi, ship_type in types.items())))
    changes: list[AlertChange] = []
    heard = 0
    for at_s in TICKS_S:
        news = [one for one in fixes[heard:] if one["at_ms"] <= T0 + at_s * 1000]
        heard += len(news)
        watch.step(batch(*news))
        changes += watch.step(Tick(T0 + at_s * 1000)).changes
    return changes, {one["mmsi"]: one["at_ms"] for one in fixes}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=6, deadline=None)
def test_no_silence_resolves_or_eases_anything(seed: int) -> None:
    """Whatever was raised about somebody who is then silent for a day and more stays as grave as it was."""
    changes, last_ms = kept(np.random.default_rng(seed), 12, 1)
    gone = [c for c in changes if c.mmsi and c.change in (ChangeKind.RESOLVED, ChangeKind.EASED)]
    assert [c for c in gone if c.at_ms > max(last_ms[m] for m in c.mmsi) + SURE_S * 1000] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_three_workers_tell_of_silence_what_one_tells(seed: int) -> None:
    alone, _ = kept(np.random.default_rng(seed), 12, 1)
    shared, _ = kept(np.random.default_rng(seed), 12, 3)
    assert alone == shared and {c.rule for c in alone} >= {"gap", "zone"}
