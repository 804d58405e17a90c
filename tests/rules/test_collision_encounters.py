"""Who gives way, by COLREG 13 to 15 and 18, and what the fairway changes."""

from math import cos, radians, sin
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fengqiao import nav
from fengqiao.model.findings import Finding, Priority
from fengqiao.rules import collision
from fengqiao.rules.collision import Params
from fengqiao.rules.collision.encounter import ENCOUNTERS, Duty, classify
from fengqiao.rules.collision.motion import Motion, turn_deg_min
from fengqiao.situation.activity import Activity
from fengqiao.words import LANGUAGES, catalogue, say
from fengqiao.zones.zone import Use, Zone
from rules.scene import Scene, at_nm, sentences

OWN, OTHER = 412_400_002, 477_000_003


def told(scene: Scene, **more: Any) -> Finding:
    (finding,) = (f for f in collision.check(scene.picture(**more), Params()).findings if not f.suppressed)
    return finding


def duties(finding: Finding) -> tuple[str, list[int], list[int], str]:
    return tuple(finding.facts[k] for k in ("encounter", "give_way", "stand_on", "rule"))


# The single ships of the 22 Imazu cases (study §2b): heading, speed, class, and what the own ship, northbound at 12
# knots, has to do: they all meet at the origin.
IMAZU = [
    ("180", 12.0, "head_on", "both"),
    ("270", 12.0, "crossing", "gives way"),
    ("090", 12.0, "crossing", "stands on"),
    ("000", 4.67, "overtaking", "gives way"),
    ("045", 12.0, "crossing", "stands on"),
    ("315", 12.0, "crossing", "gives way"),
    ("330", 12.0, "crossing", "gives way"),
    ("345", 12.0, "crossing", "gives way"),
    ("015", 12.0, "crossing", "stands on"),
    ("350", 12.0, "crossing", "gives way"),
    ("010", 12.0, "crossing", "stands on"),
    ("225", 12.0, "crossing", "gives way"),
]


def imazu(heading: str, kn: float, own: dict[str, Any], other: dict[str, Any]) -> Scene:
    """Four minutes before they meet."""
    hours, cog = 4.0 / 60.0, radians(float(heading))
    scene = Scene().merchant(OWN, *at_nm(0.0, -12.0 * hours), 12.0, 0.0, **own)
    return scene.merchant(OTHER, *at_nm(-kn * hours * sin(cog), -kn * hours * cos(cog)), kn, float(heading), **other)


@pytest.mark.parametrize(("heading", "kn", "encounter", "duty"), IMAZU)
@pytest.mark.parametrize("swapped", [False, True])
def test_imazu_classes(heading: str, kn: float, encounter: str, duty: str, swapped: bool) -> None:
    """And the other way round they swap their roles: the class is the same, whoever has the smaller number."""
    own, other = {"mmsi": OTHER} if swapped else {}, {"mmsi": OWN} if swapped else {}
    scene = imazu(heading, kn, {}, {})
    scene.rows[0] |= own
    scene.rows[1] |= other
    me, her = (OTHER, OWN) if swapped else (OWN, OTHER)
    finding = told(scene)
    expected = {"both": ([OWN, OTHER], []), "gives way": ([me], [her]), "stands on": ([her], [me])}[duty]
    said, give_way, stand_on, _ = duties(finding)
    assert (said, sorted(give_way), stand_on) == (encounter, *expected)


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        pytest.param({}, {"nav_status": 7}, ([OWN], [OTHER], "18", "fishing"), id="the other fishes"),
        pytest.param({"nav_status": 7}, {}, ([OTHER], [OWN], "18", "fishing"), id="the own ship fishes"),
        pytest.param({"nav_status": 7}, {"nav_status": 2}, ([OWN], [OTHER], "18", "not_under_command"), id="NUC"),
        pytest.param({}, {"nav_status": 3}, ([OWN], [OTHER], "18", "restricted"), id="restricted"),
        pytest.param({}, {"ship_type": 30, "fishing": True}, ([OTHER], [OWN], "15", "crossing"), id="on passage"),
        pytest.param({}, {"nav_status": 8}, ([OTHER], [OWN], "15", "crossing"), id="a ship does not sail"),
        pytest.param({}, {"nav_status": 4}, ([], [], "18(d)", "draught"), id="constrained by her draught"),
    ],
)
def test_rule_18_goes_by_what_she_does_and_not_by_what_she_is(
    own: dict[str, Any], other: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    """A ship from port would give way by rule 15; who fishes, or cannot help herself, has the way; a fishing boat on
    passage is a power-driven vessel (3(d))."""
    facts = told(imazu("090", 12.0, own, other)).facts
    assert (facts["give_way"], facts["stand_on"], facts["rule"], facts["duty"]) == expected


def test_seen_to_fish_is_fishing_and_steaming_under_yesterdays_status_is_not() -> None:
    boat: dict[str, Any] = {"ship_type": 30, "fishing": True}
    scene = imazu("090", 12.0, {}, boat)
    assert told(scene, activity=np.array([Activity.UNDER_WAY, Activity.FISHING])).facts["duty"] == "fishing"
    late = imazu("090", 12.0, {}, boat | {"nav_status": 7})
    assert told(late, activity=np.array([Activity.UNDER_WAY, Activity.UNDER_WAY])).facts["duty"] == "crossing"


def test_overtaking_stands_before_fishing() -> None:
    """Rule 13 holds notwithstanding: a trawler that overtakes keeps clear."""
    finding = told(imazu("000", 4.67, {"nav_status": 7}, {}))
    assert duties(finding) == ("overtaking", [OWN], [OTHER], "13")


@pytest.mark.parametrize(("nav_status", "gives"), [(7, [OWN]), (1, [])])
def test_who_lies_still_keeps_clear_of_nobody(nav_status: int, gives: list[int]) -> None:
    """At her net she has the way by rule 18; at anchor the rules name nobody, and the sentence says what is plain."""
    scene = Scene().merchant(OWN, *at_nm(0.0, -0.8), 12.0, 0.0)
    finding = told(scene.boat(OTHER, *at_nm(0.02, 0.0), 0.0, 0.0, nav_status=nav_status))
    assert (finding.facts["encounter"], finding.facts["give_way"]) == ("still", gives)
    assert nav_status == 7 or "一方停着不走，由航行的一方及早绕开" in sentences(finding)[0]


def test_two_that_pass_on_the_same_side_are_bound_by_no_rule() -> None:
    """Starboard to starboard at three cables: to order both to starboard would bring them together."""
    scene = Scene().merchant(OWN, *at_nm(0.0, -0.4), 12.0, 0.0).boat(OTHER, *at_nm(0.3, 0.4), 8.0, 185.0)
    assert duties(told(scene)) == ("passing", [], [], "")


def lane(kind: str, confidence: str = "official") -> Zone:
    return Zone(
        "lane", 1, kind, "area", "航道", "Lane", shapely.box(122.4, 29.8, 122.8, 30.2), confidence, Use.ADVISE, ()
    )


@pytest.mark.parametrize(("kind", "duty", "rule"), [("fairway", "fairway", "9(c)"), ("tss_lane", "lane", "10(i)")])
def test_in_a_fairway_who_fishes_must_not_impede(kind: str, duty: str, rule: str) -> None:
    """The sentence says that instead of giving way, and the fairway's own column of the table holds."""
    scene = imazu("090", 12.0, {}, {"ship_type": 30, "fishing": True, "nav_status": 7, "name": "ZHE PU YU 1"})
    finding = told(scene, zones=(lane(kind),))
    facts = finding.facts
    assert (facts["context"], facts["duty"], facts["rule"]) == ("fairway", duty, rule)
    assert (facts["give_way"], facts["stand_on"], facts["not_impede"]) == ([], [], [OTHER])
    assert "ZHE PU YU 1正在" in sentences(finding)[0] and "不应妨碍对方通行" in sentences(finding)[0]


def test_a_lane_nobody_has_confirmed_is_open_sea() -> None:
    scene = imazu("090", 12.0, {}, {"ship_type": 30, "fishing": True})
    assert told(scene, zones=(lane("fairway", "unverified"),)).facts["context"] == "open"


def test_every_duty_has_a_word() -> None:
    for lang in LANGUAGES:
        assert {f"duty.{duty}" for duty in Duty} <= set(catalogue(lang))


def motion_of(*vessels: tuple[float, float, float, float]) -> Motion:
    """East and north in nm, knots and degrees, of vessels whose motion is known to perfection."""
    places = [at_nm(east, north) for east, north, _, _ in vessels]
    lon, lat = np.array([p[0] for p in places]), np.array([p[1] for p in places])
    sog, cog = np.array([v[2] for v in vessels]), np.array([v[3] for v in vessels]) % 360.0
    nothing = np.zeros(len(vessels))
    return Motion(lon, lat, sog, cog, np.zeros(len(vessels), bool), nothing, nothing)


def classes(motion: Motion, a: int, b: int) -> tuple[str, bool, bool]:
    encounter, a_clear, b_clear = classify(Params(), motion, np.array([a]), np.array([b]))
    return ENCOUNTERS[encounter[0]].value, bool(a_clear[0]), bool(b_clear[0])


VESSEL = st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.floats(1.0, 20.0), st.floats(0.0, 359.0))


def not_on_an_edge(one: tuple[float, ...], other: tuple[float, ...]) -> None:
    """Left out: where half a degree or a hundredth of a knot decides, for the plane turns by less."""
    east, north = other[0] - one[0], other[1] - one[1]
    assume(np.hypot(east, north) > 0.2 and abs(one[2] - other[2]) > 0.01)
    toward = float(np.degrees(np.arctan2(east, north)))
    bows = [float(nav.angle_between_deg(one[3], toward)), float(nav.angle_between_deg(other[3], toward + 180.0))]
    turn = float(nav.angle_between_deg(one[3], other[3]))
    edges = [abs(abs(b) - edge) for b in bows for edge in (0.0, 10.0, 110.5, 180.0)]
    edges += [abs(180.0 - abs(turn) - edge) for edge in (0.0, 10.0, 22.5, 180.0)]
    closing = other[2] * cos(radians(bows[1])) + one[2] * cos(radians(bows[0]))
    assume(min(edges) > 0.5 and abs(closing) > 0.05)


@settings(max_examples=200, deadline=None)
@given(VESSEL, VESSEL)
def test_swapping_a_pair_swaps_the_roles(one: Any, other: Any) -> None:
    not_on_an_edge(one, other)
    motion = motion_of(one, other)
    encounter, first, second = classes(motion, 0, 1)
    assert classes(motion, 1, 0) == (encounter, second, first)
    assert encounter in ("head_on", "passing") or first != second


@settings(max_examples=200, deadline=None)
@given(VESSEL, VESSEL, st.floats(0.0, 360.0), st.floats(-20.0, 20.0), st.floats(-20.0, 20.0))
def test_a_class_does_not_care_for_north_or_place(one: Any, other: Any, turn: float, east: float, north: float) -> None:
    """Turned and moved as one, the two are to each other what they were."""
    not_on_an_edge(one, other)
    c, s = cos(radians(turn)), sin(radians(turn))
    moved = [(x * c + y * s + east, y * c - x * s + north, kn, cog + turn) for x, y, kn, cog in (one, other)]
    assert classes(motion_of(*moved), 0, 1) == classes(motion_of(one, other), 0, 1)


@settings(max_examples=60, deadline=None)
@given(VESSEL, VESSEL)
def test_a_meeting_is_the_same_seen_from_either_side(one: Any, other: Any) -> None:
    """Numbers exchanged between the two boats: the same closest approach and probability, and who gives way is the
    same boat under her other number."""
    not_on_an_edge(one, other)

    def seen(first: int, second: int) -> dict[str, Any]:
        scene = Scene()
        for mmsi, (east, north, kn, cog) in ((first, one), (second, other)):
            scene.boat(mmsi, *at_nm(east, north), kn, cog, ring_s=60.0)
        found = [f for f in collision.check(scene.picture(), Params()).findings if "probability" in f.facts]
        return dict(found[0].facts) if found else {}

    there, back = seen(OWN, OTHER), seen(OTHER, OWN)
    swap = {OWN: OTHER, OTHER: OWN}
    for name in ("cpa_nm", "tcpa_s", "range_nm", "probability", "encounter"):
        assert there.get(name) == back.get(name)
    for name in ("give_way", "stand_on"):
        assert sorted(there.get(name, [])) == sorted(swap[m] for m in back.get(name, []))


# --- turning


def test_a_turning_ship_is_reckoned_round_her_turn() -> None:
    """Thirty seconds at 60 degrees a minute: the arc of 30 degrees, as summed in steps of a tenth of a second."""
    lon, lat = (np.array([x]) for x in at_nm(0.0, 0.0))
    there = nav.dead_reckon_turning(lon, lat, np.array([12.0]), np.array([350.0]), np.array([60.0]), np.array([30.0]))
    x, y, cog = lon, lat, np.array([350.0])
    for _ in range(300):
        x, y = nav.dead_reckon(x, y, np.array([12.0]), cog + 0.05, np.array([0.1]))
        cog = cog + 0.1
    assert float(there[2][0]) == pytest.approx(20.0)
    assert float(nav.distance_m(there[0], there[1], x, y)[0]) < 0.1


@given(st.floats(-700.0, 700.0), st.floats(0.0, 180.0), st.floats(0.0, 25.0), st.floats(0.0, 359.0))
def test_a_turn_and_its_undoing_lead_back(turn: float, dt_s: float, kn: float, cog: float) -> None:
    lon, lat = (np.array([x]) for x in at_nm(0.0, 0.0))
    out = nav.dead_reckon_turning(lon, lat, np.array([kn]), np.array([cog]), np.array([turn]), np.array([dt_s]))
    back = nav.dead_reckon_turning(out[0], out[1], np.array([kn]), out[2], np.array([turn]), np.array([-dt_s]))
    assert float(nav.distance_m(lon, lat, back[0], back[1])[0]) < 0.5


@pytest.mark.parametrize(
    ("said", "used"), [(np.nan, 0.0), (4.0, 0.0), (-6.0, -6.0), (708.7, 708.7), (720.0, 10.0), (-720.0, -10.0)]
)
def test_which_turns_are_reckoned_with(said: float, used: float) -> None:
    """None below five degrees a minute; a "hard over" without a sensor says only ten."""
    scene = Scene().merchant(OWN, *at_nm(0.0, 0.0), rot_deg_min=said)
    assert turn_deg_min(scene.picture().vessels, Params())[0] == pytest.approx(used)


def test_a_turn_between_two_reports_is_seen_at_once() -> None:
    """Ten seconds after a report in a turn towards the boat the ship is reckoned on her new course: an alarm that the
    straight line, three cables clear, would not have given."""

    def asked(turn: float) -> Priority | None:
        scene = Scene().boat(OWN, *at_nm(0.0, 1.4), 0.3, 0.0, stopped=True, class_b=False, interval_s=10.0)
        lon, lat = at_nm(0.0, 0.0)
        scene.merchant(OTHER, lon, lat, 14.0, 340.0, age_s=0.0, rot_deg_min=turn)
        scene.rows[1]["fix_ms"] -= 10_000
        found = collision.check(scene.picture(), Params()).findings
        return found[0].set_level if found else None

    assert asked(0.0) is Priority.WARNING
    assert asked(120.0) is Priority.ALARM


@pytest.mark.parametrize(("lang", "said"), [("zh", "将在不到1分钟后"), ("en", "in under 1 min")])
def test_the_last_minute_is_not_said_as_none(lang: str, said: str) -> None:
    """A ship 200 m from a boat on her bow line: there are seconds left, not "0 minutes"."""
    scene = Scene().merchant(OTHER, *at_nm(0.0, -0.1), 14.0, 0.0).boat(OWN, *at_nm(0.0, 0.0), 4.0, 270.0)
    found = told(scene)
    assert said in say(lang, found.message, found.facts)
