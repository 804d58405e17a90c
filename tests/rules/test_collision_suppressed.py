"""What the collision rule computes and tells to nobody: every reason, and that none is missing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao import nav
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding, Priority
from fengqiao.rules import collision
from fengqiao.rules.collision import Params, judge, suppressed
from fengqiao.rules.collision.suppressed import Reason
from fengqiao.words import LANGUAGES, catalogue
from rules.scene import Scene, at_nm, only, sentences

SHIP, BOAT = 477_000_001, 412_400_002


def found(scene: Scene) -> Finding:
    return only(collision.check(scene.picture(), Params()))


def alongside(first: dict[str, Any], second: dict[str, Any], apart_nm: float = 0.05) -> Scene:
    """Two on one course so far apart, abeam of each other."""
    scene = Scene()
    usual = {"sog": 4.0, "cog": 0.0}
    scene.vessel(SHIP, *at_nm(0.0, 0.0), **usual | first)
    return scene.vessel(BOAT, *at_nm(apart_nm, 0.0), **usual | second)


FISHING = {"ship_type": 30, "class_b": True, "fishing": True}
CARGO = {"ship_type": 70, "length_m": 180.0}
YACHT = {"ship_type": 37, "class_b": True}
BUOY = {"kind": int(Kind.GEAR), "class_b": True}


@pytest.mark.parametrize(
    ("first", "second", "apart_nm", "reason"),
    [
        pytest.param(CARGO, FISHING, 0.01, "raft", id="a boat hands her catch over to a ship under way"),
        pytest.param(CARGO, {"ship_type": 52}, 0.05, "service", id="a tug"),
        pytest.param(CARGO, FISHING | {"cog_deg": np.nan}, 0.05, "unknown_motion", id="no course"),
        pytest.param(FISHING, FISHING, 0.06, "company", id="two that have worked together"),
        pytest.param(FISHING, BUOY, 0.05, "net_buoy", id="a buoy adrift"),
        pytest.param(YACHT, YACHT, 0.05, "other_craft", id="two yachts"),
        pytest.param(FISHING, FISHING | {"ring_s": 60.0}, 0.06, "slow", id="strangers abreast"),
    ],
)
def test_who_is_within_a_cable_and_not_told_of_has_a_reason(
    first: dict[str, Any], second: dict[str, Any], apart_nm: float, reason: str
) -> None:
    """And the reason is a word in both languages."""
    finding = found(alongside(first, second, apart_nm))
    assert finding.suppressed == reason
    assert not any("suppressed" in sentence or reason in sentence.split() for sentence in sentences(finding))


def test_past_and_clear_is_a_reason() -> None:
    """A minute and more after they met, opening at 2 knots."""
    scene = Scene().boat(SHIP, *at_nm(0.0, 0.0), 3.0, 90.0, ring_s=60.0)
    assert found(scene.boat(BOAT, *at_nm(-0.08, 0.0), 1.0, 90.0, ring_s=60.0)).suppressed == "opening"


def test_what_lies_alongside_for_ten_minutes_is_a_raft_and_what_just_came_is_not() -> None:
    """Two metres a second ago they were strangers: a ring of three minutes proves no raft."""
    assert found(alongside(CARGO, FISHING, 0.01)).suppressed == "raft"
    assert found(alongside(CARGO, FISHING | {"ring_s": 180.0}, 0.01)).set_level is Priority.ALARM


def test_company_that_closes_is_told_of_nearer_than_strangers_and_the_difference_is_listed() -> None:
    """Company is told within 0.1 nm and five minutes; strangers on a sure course already eight minutes before."""
    scene = Scene().boat(BOAT, *at_nm(0.0, 0.0), 4.0, 0.0).boat(BOAT + 1, *at_nm(0.63, 0.63), 5.0, 0.0)
    scene.rows[1] |= {"cog_deg": 259.4}
    finding = found(scene)
    assert (finding.suppressed, finding.facts["pair"]) == ("company", "company")


def test_in_harbour_nobody_is_counted_for_being_near(scene: Scene) -> None:
    harbour = {"near_harbour": True}
    assert not collision.check(alongside(YACHT | harbour, YACHT | harbour).picture(), Params()).findings


def test_every_reason_has_a_word() -> None:
    for lang in LANGUAGES:
        assert {f"suppressed.{reason}" for reason in Reason} <= set(catalogue(lang))


VESSEL = st.tuples(
    st.floats(-0.3, 0.3),
    st.floats(-0.3, 0.3),
    st.floats(0.6, 20.0) | st.just(np.nan),
    st.floats(0.0, 359.9) | st.just(np.nan),
    st.sampled_from(("boat", "ship", "yacht", "tug", "unsaid", "buoy")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(VESSEL, min_size=2, max_size=7))
def test_every_moving_pair_within_a_cable_is_accounted_for(vessels: list[Any]) -> None:
    """Told of or suppressed with a reason, whoever they are and whatever is known of their motion."""
    sorts: dict[str, dict[str, Any]] = {
        "boat": FISHING, "ship": CARGO, "yacht": YACHT, "tug": {"ship_type": 52}, "unsaid": {}, "buoy": BUOY,
    }  # fmt: skip
    scene = Scene()
    for n, (east, north, sog, cog, sort) in enumerate(vessels):
        scene.vessel(BOAT + n, *at_nm(east, north), sog, cog, stopped=False, **sorts[sort])
    answer = collision.check(scene.picture(), Params())
    accounted = {f.mmsi for f in answer.findings}
    for n, one in enumerate(vessels):
        for m, other in enumerate(vessels[:n]):
            places = (np.asarray(x) for x in (*at_nm(*other[:2]), *at_nm(*one[:2])))
            if float(nav.distance_nm(*places)) < Params().close_nm - 1e-6:
                assert (BOAT + m, BOAT + n) in accounted
    assert len({f.key for f in answer.findings}) == len(answer.findings)


def test_a_crowd_of_forged_ships_is_bounded_and_hides_no_pair_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty boats on one spot would be 780 alerts: as many are told as there is room for, the rest counted, and those
    it concerns are undecided; the one honest pair miles away is told all the same."""
    monkeypatch.setattr(judge, "FINDINGS_MAX", 100)
    monkeypatch.setattr(suppressed, "FINDINGS_MAX", 50)
    rng = np.random.default_rng(1)
    scene = Scene().merchant(SHIP, *at_nm(20.0, 2.0), 14.0, 180.0).boat(BOAT, *at_nm(20.0, 0.0), 4.0, 0.0)
    for n in range(40):
        scene.boat(BOAT + 1 + n, *at_nm(*rng.normal(0.0, 0.02, 2)), 8.0, float(rng.uniform(0, 360)), ring_s=60.0)
    answer = collision.check(scene.picture(), Params())
    told = [f for f in answer.findings if not f.suppressed]
    assert len(answer.findings) <= 100 + 50 + 1
    assert (str(BOAT), str(SHIP)) in {f.key for f in told} and BOAT not in answer.undecided
    overload = next(f for f in told if f.key[0] == "overload")
    assert overload.facts["pairs"] >= 780 - 150 and overload.facts["vessels"] == len(answer.undecided) > 10
