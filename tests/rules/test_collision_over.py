"""The last word on a meeting: what became of it, not what it once was on the way to."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from builders import T0, batch, fix, name
from fengqiao.fleet.vessels import RING
from fengqiao.model.findings import AlertChange, ChangeKind
from fengqiao.model.inputs import Act, ActKind, Tick
from fengqiao.rules import collision
from fengqiao.rules.collision import Params
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch
from fengqiao.words import say
from fengqiao.zones.zoneset import ZoneSet
from rules.scene import Scene, at_nm, moved, only

SHIP, BOAT = 477_000_010, 412_400_020
MEET_S, END_S, TICK_S = 900, 1_500, 30
# What the ship does instead of going on, each in waters of her own: from when on, which course.
TURNS = {"passes": (MEET_S, 0.0), "turns": (180, 60.0), "turns back": (480, 180.0), "unheard": (MEET_S, 0.0)}
UNHEARD_S = (600, 1_200)


def sailed(n: int, turn_s: float, then: float) -> list[dict[str, Any]]:
    """A ship of 14 kn northbound and a boat of 6 kn westbound that would pass at a cable after a quarter of an hour."""
    east, hours = 60.0 * n, MEET_S / 3600.0
    ship = at_nm(east, -14.0 * hours)
    boat = at_nm(east + 0.11 + 6.0 * hours, 0.0)
    corner = moved(*ship, 14.0, 0.0, turn_s)
    out = []
    for s in range(0, END_S, 10):
        there = moved(*ship, 14.0, 0.0, s) if s < turn_s else moved(*corner, 14.0, then, s - turn_s)
        out.append(fix(SHIP + n, s, *there, 14.0, 0.0 if s < turn_s else then))
        if s % 30 == 0:
            out.append(fix(BOAT + n, s, *moved(*boat, 6.0, 270.0, s), 6.0, 270.0, msg_type=18))
    return out


@cache
def over(shards: int) -> list[AlertChange]:
    """How the alerts of all these end; then each is acknowledged."""
    watch = Watch(("a",), Surroundings(ZoneSet()), shards=shards)
    fixes = [one for n, (at_s, then) in enumerate(TURNS.values()) for one in sailed(n, at_s, then)]
    silent = len(TURNS) - 1
    fixes = [
        one
        for one in fixes
        if one["mmsi"] not in (SHIP + silent, BOAT + silent)
        or not UNHEARD_S[0] <= (one["at_ms"] - T0) / 1000 < UNHEARD_S[1]
    ]
    fixes.sort(key=lambda one: (one["at_ms"], one["mmsi"]))
    said = [name(SHIP + n, f"SHIP {n}", 0, 70) for n in range(len(TURNS))]
    watch.step(batch(said=(*said, *(name(BOAT + n, f"BOAT {n}", 0, 30) for n in range(len(TURNS))))))
    changes: list[AlertChange] = []
    for at_s in range(0, END_S, TICK_S):
        at_ms = T0 + at_s * 1000
        watch.step(batch(*(one for one in fixes if at_ms - TICK_S * 1000 < one["at_ms"] <= at_ms)))
        changes += watch.step(Tick(at_ms)).changes
    ended = sorted((c for c in changes if c.change is ChangeKind.RESOLVED), key=lambda c: c.mmsi)
    for n, change in enumerate(ended):
        act = Act(f"a{n}", T0 + END_S * 1000, "王海", "1", ActKind.ACKNOWLEDGE, change.alert, {})
        ended += watch.step(act).changes
    return ended


def ending(way: str) -> AlertChange:
    return over(1)[list(TURNS).index(way)]


def test_a_meeting_that_passed_ends_with_how_near_it_came_and_when() -> None:
    change = ending("passes")
    assert change.facts["cpa_nm"] == pytest.approx(0.1, abs=0.01)
    assert abs((change.at_ms - T0) / 1000 + change.facts["tcpa_s"] - MEET_S) <= 30
    assert say("zh", change.message, change.facts).startswith("SHIP 0与BOAT 0正在驶离，现距1.")
    assert "海里；11:4" in say("zh", change.message, change.facts)
    assert "nm apart; nearest at 11:4" in say("en", change.message, change.facts)


def test_a_turn_that_ends_a_meeting_is_told_with_what_it_leads_to() -> None:
    """The ship turns sixty degrees to starboard twelve minutes before, and will pass two miles off."""
    change = ending("turns")
    assert (change.facts["turner"], change.facts["cpa_nm"] > 0.5, change.facts["tcpa_s"] > 0) == ("SHIP 1", True, True)
    zh, en = (say(lang, change.message, change.facts) for lang in ("zh", "en"))
    assert zh.startswith("SHIP 1已改变航向或航速，SHIP 1与BOAT 1将在") and "分钟后相距约" in zh
    assert en.startswith("SHIP 1 has altered course or speed: SHIP 1 and BOAT 1 will pass about")


def test_who_turned_back_is_opening_and_was_nearest_when_she_turned() -> None:
    change = ending("turns back")
    assert change.message == "alert.collision.over.passed"
    assert change.facts["cpa_nm"] > 1.0 and abs((change.at_ms - T0) / 1000 + change.facts["tcpa_s"] - 480) <= 60


def test_how_near_they_came_unheard_is_not_guessed() -> None:
    """Both fall silent before they meet and are heard again when it is over."""
    change = ending("unheard")
    assert change.message == "alert.collision.over.opening"
    assert "最近时的距离不详" in say("zh", change.message, change.facts)
    assert "how near they came is not known" in say("en", change.message, change.facts)


@pytest.mark.parametrize(
    ("unheard_s", "nearest_m"),
    [
        pytest.param((), 541.0, id="heard throughout, at the turn"),
        pytest.param((300, 420), None, id="unheard from before the turn until she has passed"),
        pytest.param((60, 180), 541.0, id="unheard long after, when she cannot have come back"),
    ],
)
def test_a_line_across_silence_is_no_track(unheard_s: tuple[int, ...], nearest_m: float | None) -> None:
    """Six minutes ago the ship turned away from a boat that lay ahead; on the straight line she would have hit her."""
    forecast = Scene().merchant(SHIP, *at_nm(0.0, -1.0), 14.0, 0.0).boat(BOAT, *at_nm(0.0, 0.0), 2.0, 90.0)
    finding = only(collision.check(forecast.picture(), Params()))
    corner, scene = at_nm(0.0, -0.3), Scene()
    back_s = np.arange(RING - 1, -1, -1) * 30
    there = [moved(*corner, 14.0, 270.0 if s < 360 else 0.0, 360.0 - s) for s in back_s.tolist()]
    heard = (back_s <= 660) & ~((back_s > unheard_s[0]) & (back_s < unheard_s[1]) if unheard_s else back_s < 0)
    ring: dict[str, Any] = {
        "ring_ms": np.where(heard, scene.at_ms - back_s * 1000, 0),
        "ring_sog": np.where(heard, 14.0, np.nan),
    }
    order = np.argsort(ring["ring_ms"], kind="stable")
    ring |= {f"ring_{name}": np.where(heard, [p[n] for p in there], np.nan) for n, name in enumerate(("lon", "lat"))}
    ring = {column: values[order] for column, values in ring.items()}
    scene.merchant(SHIP, *there[-1], 14.0, 270.0, **ring)
    scene.boat(BOAT, *at_nm(0.0, 0.0), 0.0, 90.0)
    told = collision.ended(scene.picture(), Params())(finding, scene.at_ms - 600_000, "")
    assert told.message == f"alert.collision.over.{'passed' if nearest_m else 'opening'}"
    assert nearest_m is None or told.facts["cpa_m"] == pytest.approx(nearest_m, abs=20.0)


def test_two_that_stop_side_by_side_are_not_said_to_be_clear_of_each_other(scene: Scene) -> None:
    """They may have run into each other, and be fast: the last word asks to call them."""
    scene.boat(BOAT, *at_nm(0.0, 0.0), 6.0, 0.0).boat(BOAT + 1, *at_nm(0.25, 0.25), 6.0, 270.0)
    finding = only(collision.check(scene.picture(), Params()))
    after = Scene().boat(BOAT, *at_nm(0.0, 0.0), 0.0, 0.0).boat(BOAT + 1, *at_nm(0.01, 0.0), 0.0, 270.0)
    told = collision.ended(after.picture(), Params())(finding, scene.at_ms - 600_000, "")
    zh, en = (say(lang, told.message, told.facts) for lang in ("zh", "en"))
    assert "相距约19米，间距几乎不变" in zh and "about 19 m apart" in en


def test_whoever_acknowledges_it_later_reads_the_same() -> None:
    changes = over(1)
    resolved, acknowledged = changes[: len(TURNS)], changes[len(TURNS) :]
    assert [(c.alert, c.message, c.facts) for c in acknowledged] == [(c.alert, c.message, c.facts) for c in resolved]


def test_three_workers_end_a_meeting_as_one_does() -> None:
    assert over(3) == over(1)


@pytest.mark.parametrize("reason", ["moored", "out_of_service"])
def test_what_is_only_told_no_more_is_not_over(scene: Scene, reason: str) -> None:
    """Its last forecast stands: they may still be about to meet."""
    scene.merchant(SHIP, *at_nm(0.0, -1.4), 14.0, 0.0).boat(BOAT, *at_nm(0.6, 0.0), 6.0, 270.0)
    picture = scene.picture()
    finding = only(collision.check(picture, Params()))
    assert collision.ended(picture, Params())(finding, scene.at_ms - 60_000, reason) == finding
