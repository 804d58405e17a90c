from dataclasses import replace
from math import cos, erf, radians, sin, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao import nav
from fengqiao.alerts import AlertBook
from fengqiao.fleet import grid
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import ChangeKind, Finding, Priority
from fengqiao.model.inputs import Act, ActKind
from fengqiao.rules import collision
from fengqiao.rules.collision import Params
from fengqiao.rules.collision.chance import probability_within
from rules.scene import AT_MS, Scene, at_nm, only, sentences

SHIP, BOAT = 477_000_001, 412_400_002


def meeting(
    scene: Scene, tcpa_min: float, dcpa_nm: float = 0.0, ship: dict[str, Any] | None = None, **boat: Any
) -> Scene:
    """A merchant ship northbound at 14 kn and a boat westbound at 6 kn, so long before they pass so near."""
    hours = tcpa_min / 60.0
    across = 14.0 / sqrt(14.0**2 + 6.0**2)  # of an eastward offset, what is left as miss distance
    scene.merchant(SHIP, *at_nm(0.0, -14.0 * hours), 14.0, 0.0, **ship or {})
    return scene.boat(BOAT, *at_nm(6.0 * hours + dcpa_nm / across, 0.0), 6.0, 270.0, **boat)


def found(scene: Scene, **more: Any) -> Finding:
    return only(collision.check(scene.picture(**more), Params()))


def told(scene: Scene) -> list[Finding]:
    """What somebody hears of."""
    return [f for f in collision.check(scene.picture(), Params()).findings if not f.suppressed]


def hushed(scene: Scene) -> str:
    """Why the only finding is told to nobody."""
    assert not told(scene)
    return found(scene).suppressed


def apl_southampton(seconds: float, ship_age_s: float = 5.0, boat_age_s: float = 60.0) -> Scene:
    """2018-03-15, so long after 23:13 (TSIB; study §0.3): container ship at 21 kn, 浙岭渔52035 at 1.4 kn.

    Her ARPA then said: bow crossing range 1.3 nm in 15 min, which is DCPA 0.06 nm and TCPA 18.9 min.
    """
    drift = 1.4 * sin(radians(45.0))
    east, north = drift * (seconds / 3600.0 - 0.25), 5.25 + 1.3 + drift * (seconds / 3600.0 - 0.25)
    scene = Scene(AT_MS + round(seconds * 1000))
    scene.merchant(SHIP, *at_nm(0.0, 21.0 * seconds / 3600.0), 21.0, name="APL SOUTHAMPTON", age_s=ship_age_s)
    return scene.boat(BOAT, *at_nm(east, north), 1.4, 45.0, name="ZHELINGYU52035", age_s=boat_age_s)


def test_apl_southampton_in_numbers_and_words() -> None:
    """The study's numbers come back from the ARPA's: 0.06 nm in 18.9 min, crossing the bow at 1.3 nm in 15 min."""
    finding = found(apl_southampton(0.0))
    assert {k: finding.facts[k] for k in ("cpa_nm", "tcpa_min", "bow_cross_nm", "bow_cross_min")} == {
        "cpa_nm": pytest.approx(0.064, abs=0.003),
        "tcpa_min": pytest.approx(18.9, abs=0.1),
        "bow_cross_nm": pytest.approx(1.3, abs=0.01),
        "bow_cross_min": pytest.approx(15.0, abs=0.1),
    }
    zh, en = sentences(finding)
    assert zh.startswith("APL SOUTHAMPTON（商船，21.0节）将在19分钟后距ZHELINGYU52035（渔船，1.4节）约119米通过，")
    assert "，渔船15分钟后在其船首前1.3海里穿过；APL SOUTHAMPTON正在追越，应让路（避碰规则第13条）。现距6.3海里" in zh
    assert en.startswith("APL SOUTHAMPTON (merchant ship, 21.0 kn) will pass 119 m from ZHELINGYU52035")
    assert "; APL SOUTHAMPTON is overtaking and must keep clear (COLREG 13). Now 6.3 nm off" in en


def test_apl_southampton_lead_time() -> None:
    """Caution at least 18 min before the collision (the incumbent had 10), warning 14, alarm 7; none comes late."""
    first: dict[Priority, float] = {}
    for seconds in range(-900, 1130, 10):
        finding = found(apl_southampton(seconds))
        if finding.set_level is not None:
            first.setdefault(finding.set_level, finding.facts["tcpa_min"])
    assert first[Priority.CAUTION] >= 18.0
    assert first[Priority.WARNING] >= 14.0
    assert first[Priority.ALARM] >= 7.0


def test_apl_southampton_through_the_alert_book() -> None:
    """As the officer meets it, with delays and a boat that reports every three minutes: one alert, first told at
    least 18 min before the collision, that only worsens until the ships have met, and then resolves."""
    book, told = AlertBook(), []
    for seconds in range(-900, 1600, 10):
        scene = apl_southampton(seconds, ship_age_s=seconds % 6, boat_age_s=seconds % 180)
        changes = book.admit(scene.at_ms, [collision.check(scene.picture(), Params())], {})
        for change in changes:  # answered at once: what happens to alerts nobody answers is the book's matter
            book.perform(Act("a", scene.at_ms, "王海", "1", ActKind.ACKNOWLEDGE, change.alert, {}), {})
        told += changes
    assert [(c.change, c.priority) for c in told] == [
        (ChangeKind.RAISED, Priority.CAUTION),
        (ChangeKind.WORSENED, Priority.WARNING),
        (ChangeKind.WORSENED, Priority.ALARM),
        (ChangeKind.RESOLVED, Priority.ALARM),
    ]
    assert [round(c.facts["tcpa_min"]) >= least for c, least in zip(told, (18, 11, 5), strict=False)] == [True] * 3


# Headings of the 22 Imazu encounters as MarWaltz/TUD_RL codes them (study §2b): own ship heads 000 and all meet at
# the origin after 25 minutes at 12 kn; "s" is the slow ship that is overtaken.
IMAZU = [
    "180", "270", "000s", "045", "180 270", "350 315", "000s 315", "180 270", "330 270", "270 015", "090 330",
    "180 315 350",
    "180 010 045", "350 315 270", "000s 315 270", "045 090 270", "000s 010 315", "225 345 330",
    "015 345 225", "000s 345 270", "345 015 270", "000s 315 270",
]  # fmt: skip


@pytest.mark.parametrize("speed_kn", [6.0, 12.0, 18.0])
@pytest.mark.parametrize("age_s", [0.0, 10.0, 30.0, 180.0])
@pytest.mark.parametrize("case", IMAZU)
def test_imazu_meetings_all_found(case: str, age_s: float, speed_kn: float) -> None:
    """Seven minutes before they meet every pair with the own ship asks for an alarm, however old the boats' reports."""
    scene = Scene().merchant(SHIP, *at_nm(0.0, -speed_kn * 7.0 / 60.0), speed_kn, 0.0)
    for n, heading in enumerate(case.split()):
        kn, cog = speed_kn * (4.67 / 12.0 if heading.endswith("s") else 1.0), float(heading[:3])
        away = -kn * 7.0 / 60.0
        place = at_nm(away * sin(radians(cog)), away * cos(radians(cog)))
        scene.boat(BOAT + n, *place, kn, cog, age_s=age_s)
    alarms = [f for f in collision.check(scene.picture(), Params()).findings if SHIP in f.mmsi]
    assert len(alarms) == len(case.split())
    assert all(f.set_level is Priority.ALARM for f in alarms)


def test_an_alarm_about_to_happen_waits_for_nothing(scene: Scene) -> None:
    finding = found(meeting(scene, 4.0))
    assert (finding.set_level, finding.delay_s, finding.fresh_reports) == (Priority.ALARM, 0.0, 1)


def test_one_fix_alone_is_not_believed_at_once(scene: Scene) -> None:
    finding = found(meeting(scene, 4.0, fixes=1))
    assert (finding.set_level, finding.delay_s, finding.fresh_reports) == (Priority.ALARM, 0.0, 2)


def test_what_is_far_off_waits_for_two_reports_of_each(scene: Scene) -> None:
    finding = found(meeting(scene, 12.0))
    assert (finding.set_level, finding.delay_s, finding.fresh_reports) == (Priority.WARNING, 30.0, 2)
    assert len(finding.news) == 2


def test_a_miss_between_set_and_clear_only_holds(scene: Scene) -> None:
    """At 0.7 nm a warning (0.5 nm) that stands is kept, but none is asked for: only the caution is."""
    finding = found(meeting(scene, 10.0, dcpa_nm=0.7))
    assert (finding.set_level, finding.hold_level) == (Priority.CAUTION, Priority.WARNING)


def test_what_has_passed_asks_for_nothing_and_is_kept_a_minute(scene: Scene) -> None:
    finding = found(meeting(scene, -0.5))
    assert (finding.set_level, finding.message) == (None, "alert.collision.meet.passed")
    assert not collision.check(meeting(Scene(), -1.5).picture(), Params()).findings


def test_silence_is_not_safety(scene: Scene) -> None:
    """A boat unheard beyond her lost limit is undecided: no forecast, and nothing about her may resolve."""
    answer = collision.check(meeting(scene, 6.0, age_s=190.0).picture(), Params())
    assert (answer.findings, answer.undecided) == ((), frozenset({BOAT}))


@pytest.mark.parametrize("unknown", ["sog_kn", "cog_deg"])
def test_unknown_motion_is_undecided_not_still(scene: Scene, unknown: str) -> None:
    meeting(scene, 6.0).rows[1][unknown] = np.nan
    answer = collision.check(scene.picture(), Params())
    assert (answer.findings, answer.undecided) == ((), frozenset({BOAT}))


def test_a_boat_at_anchor_without_a_course_can_be_run_down(scene: Scene) -> None:
    """Below half a knot the course is noise and the boat is taken as still, wherever it says it points."""
    scene.merchant(SHIP, *at_nm(0.0, -1.4), 14.0, 0.0).boat(BOAT, *at_nm(0.02, 0.0), 0.3, 180.0, cog_deg=np.nan)
    finding = found(scene)
    assert finding.set_level is Priority.ALARM
    assert finding.facts["b_cog_deg"] is None


def test_two_that_lie_still_are_no_pair(scene: Scene) -> None:
    scene.merchant(SHIP, *at_nm(0.0, 0.0), 0.1, 0.0).boat(BOAT, *at_nm(0.01, 0.0), 0.1, 0.0)
    assert not collision.check(scene.picture(), Params()).findings


def test_nav_status_alone_never_hides_a_ship_under_way(scene: Scene) -> None:
    """A ship that sails with status "moored" is judged by her speed (freeboard-sk #99)."""
    assert found(meeting(scene, 6.0, ship={"nav_status": 5})).set_level is Priority.ALARM


def test_in_a_harbour_only_close_quarters_count(scene: Scene) -> None:
    assert not collision.check(meeting(scene, 10.0, near_harbour=True).picture(), Params()).findings
    assert found(meeting(Scene(), 2.0, near_harbour=True)).set_level is Priority.ALARM


def test_a_boat_moored_at_an_uncharted_berth_is_in_harbour() -> None:
    """Lying still and moored she gets the harbour's close quarters; lying still at sea she gets the whole warning."""
    for nav_status, why in ((5, "moored"), (1, "")):
        scene = Scene().merchant(SHIP, *at_nm(0.0, -2.0), 14.0, 0.0)
        scene.boat(BOAT, *at_nm(0.1, 0.0), 0.0, 0.0, class_b=False, nav_status=nav_status)
        assert found(scene).suppressed == why


@pytest.mark.parametrize(
    ("lying", "kn", "min_left", "kind", "why"),
    [
        pytest.param(19, 6.0, 8.0, Kind.SHIP, "moored", id="a harbour that no chart knows"),
        pytest.param(18, 8.0, 8.0, Kind.SHIP, "", id="not so many: they may lie at sea"),
        pytest.param(19, 8.0, 8.0, Kind.GEAR, "", id="net buoys make no harbour"),
        pytest.param(19, 8.0, 2.0, Kind.SHIP, "", id="told close in, as in any harbour"),
        pytest.param(19, 14.0, 18.0, Kind.SHIP, "", id="at sea speed she comes into a fleet at anchor"),
    ],
)
def test_where_twenty_lie_within_half_a_kilometre_is_a_harbour(
    scene: Scene, lying: int, kn: float, min_left: float, kind: Kind, why: str
) -> None:
    """A boat lies 300 m from the outermost of a crowd; a ship comes straight at her, and into the crowd."""
    scene.merchant(SHIP, *at_nm(0.0, -kn * min_left / 60.0), kn, 0.0).boat(BOAT, *at_nm(0.0, 0.0), 0.0, 0.0)
    for n in range(lying):
        scene.vessel(BOAT + 1 + n, *at_nm(0.16 + n // 5 * 0.03, n % 5 * 0.03), 0.1, kind=int(kind), class_b=True)
    hers = next(f for f in collision.check(scene.picture(), Params()).findings if f.mmsi == (BOAT, SHIP))
    assert (hers.suppressed, hers.set_level is not None) == (why, True)


def test_who_slows_down_a_little_still_comes_at_a_fleet_at_anchor(scene: Scene) -> None:
    """Told of at 12 kn, she goes on at 8: nothing new is told before she is close, and nothing that was is over."""
    scene.merchant(SHIP, *at_nm(0.0, -2.0), 8.0, 0.0).boat(BOAT, *at_nm(0.0, 0.0), 0.0, 0.0)
    for n in range(19):
        scene.boat(BOAT + 1 + n, *at_nm(0.16 + n // 5 * 0.03, n % 5 * 0.03), 0.1)
    hers = next(f for f in collision.check(scene.picture(), Params()).findings if f.mmsi == (BOAT, SHIP))
    assert (hers.suppressed, hers.set_level, hers.hold_level) == ("", None, Priority.WARNING)


def ships(scene: Scene, tcpa_min: float, kn: float) -> Scene:
    """Two merchant ships, one northbound, one westbound, on collision courses."""
    scene.merchant(SHIP, *at_nm(0.0, -14.0 * tcpa_min / 60.0), 14.0, 0.0)
    return scene.merchant(SHIP + 1, *at_nm(kn * tcpa_min / 60.0, 0.0), kn, 270.0)


def test_merchant_ships_among_themselves_only_under_way() -> None:
    """Ships pass berths and anchorages all day; two under way that meet are told, but not as a caution."""
    assert not [f for f in collision.check(ships(Scene(), 12.0, 14.0).picture(), Params()).findings if f.set_level]
    assert found(ships(Scene(), 9.0, 14.0)).set_level is Priority.WARNING
    assert found(ships(Scene(), 4.0, 14.0)).set_level is Priority.ALARM
    assert hushed(ships(Scene(), 4.0, 0.2)) == "still"


def boats(scene: Scene, tcpa_min: float, kn: float = 8.0, **other: Any) -> Scene:
    hours = tcpa_min / 60.0
    scene.boat(BOAT, *at_nm(0.0, -kn * hours), kn, 0.0)
    return scene.boat(BOAT + 1, *at_nm(kn * hours, 0.0), kn, 270.0, **other)


def test_boats_among_themselves_are_watched_close_in(scene: Scene) -> None:
    """72 % of Zhoushan's collisions are among fishing boats: never blanked, but not every near pass is told."""
    assert not [f for f in collision.check(boats(scene, 9.0).picture(), Params()).findings if f.set_level]
    assert found(boats(Scene(), 4.0)).set_level is Priority.WARNING
    assert found(boats(Scene(), 2.0)).set_level is Priority.ALARM


def test_boats_that_work_together_are_company_and_still_watched() -> None:
    """A pair kept 0.3 nm apart for a quarter of an hour; one turns sharply across the other's bow."""
    scene = Scene().boat(BOAT, *at_nm(0.0, 0.0), 4.0, 0.0).boat(BOAT + 1, *at_nm(0.3, 0.3), 4.0, 0.0)
    scene.rows[1] |= {"cog_deg": 270.0}
    finding = found(scene)
    assert finding.facts["pair"] == "company"
    assert finding.set_level in (Priority.WARNING, Priority.ALARM)


def test_one_boat_overtaking_another_slowly_is_told(scene: Scene) -> None:
    """010 degrees at 11 knots onto 000 at 10: they close at two knots, too fast for company and slow for a harbour."""
    hours = 4.0 / 60.0
    scene.boat(BOAT, *at_nm(0.0, -10.0 * hours), 10.0, 0.0)
    scene.boat(BOAT + 1, *at_nm(-11.0 * hours * sin(radians(10.0)), -11.0 * hours * cos(radians(10.0))), 11.0, 10.0)
    finding = found(scene)
    assert (finding.set_level, finding.facts["pair"]) == (Priority.WARNING, "fishing_fishing")
    assert (finding.facts["encounter"], finding.facts["give_way"]) == ("overtaking", [BOAT + 1])


def test_company_on_a_slow_collision_course_is_an_alarm_at_last(scene: Scene) -> None:
    """330 and 345 degrees at 6 knots, closing at a knot and a half from a mile off: by their tracks they keep company,
    and two minutes before they meet they are told all the same."""
    hours = 2.0 / 60.0
    for n, cog in enumerate((330.0, 345.0)):
        scene.boat(BOAT + n, *at_nm(-6.0 * hours * sin(radians(cog)), -6.0 * hours * cos(radians(cog))), 6.0, cog)
    finding = found(scene)
    assert (finding.facts["pair"], finding.set_level, finding.suppressed) == ("company", Priority.ALARM, "")


def test_strangers_on_one_course_are_not_company() -> None:
    scene = Scene().boat(BOAT, *at_nm(0.0, 0.0), 4.0, 0.0).boat(BOAT + 1, *at_nm(0.3, 0.3), 4.0, 0.0, ring_s=240.0)
    scene.rows[1] |= {"cog_deg": 270.0}
    assert found(scene).facts["pair"] == "fishing_fishing"


def test_in_doubt_a_buoy_is_a_boat(scene: Scene) -> None:
    doubtful = meeting(scene, 3.0, kind=Kind.GEAR, gear_doubt=True, fishing=False, ship_type=-1)
    assert found(doubtful).facts["pair"] == "unknown"
    certain = meeting(Scene(), 3.0, kind=Kind.GEAR, fishing=False, ship_type=-1)
    assert not collision.check(certain.picture(), Params()).findings


def test_a_tug_alongside_a_ship_is_at_work(scene: Scene) -> None:
    assert found(meeting(scene, 3.0, ship_type=52, fishing=False)).suppressed == "service"


@pytest.mark.parametrize(("ship_type", "suppressed"), [(0, ""), (37, "still")])
def test_a_small_craft_that_lies_and_has_not_said_what_she_is_may_be_a_boat_at_her_net(
    scene: Scene, ship_type: int, suppressed: str
) -> None:
    """A yacht at anchor is passed by ships all day; of type 0 are many boats of this coast."""
    scene.merchant(SHIP, *at_nm(0.0, -0.9), 14.0, 0.0)
    finding = found(scene.vessel(BOAT, *at_nm(0.0, 0.0), 0.1, 0.0, ship_type=ship_type, class_b=True))
    assert finding.suppressed == suppressed and finding.set_level is not None


@pytest.mark.parametrize(("min_left", "level"), [(2.0, Priority.ALARM), (4.0, Priority.WARNING), (9.0, None)])
def test_two_small_craft_that_have_said_nothing_are_watched_as_two_boats(
    scene: Scene, min_left: float, level: Priority | None
) -> None:
    """Most class B sets of this coast are boats', and type 24 comes every six minutes or never."""
    for place, cog in ((at_nm(0.0, -8.0 * min_left / 60.0), 0.0), (at_nm(8.0 * min_left / 60.0, 0.0), 270.0)):
        scene.vessel(BOAT + int(cog), *place, 8.0, cog, class_b=True)
    (finding,) = collision.check(scene.picture(), Params()).findings
    assert (finding.set_level, finding.facts["pair"], finding.suppressed) == (level, "unknowns", "")
    zh, en = sentences(finding)
    assert "两船船型都不明，可能都是渔船" in zh and "both may be fishing vessels" in en


def test_small_craft_that_work_together_unnamed_are_company(scene: Scene) -> None:
    """Abreast for a quarter of an hour: they are listed as company, not told of."""
    for east in (0.0, 0.06):
        scene.vessel(BOAT + round(east * 100), *at_nm(east, 0.0), 4.0, 0.0, class_b=True)
    assert hushed(scene) == "company"


def test_a_yacht_and_a_craft_that_has_not_said_what_she_is_are_a_pair(scene: Scene) -> None:
    """She may be a boat, and a yacht is a small craft to a boat."""
    scene.vessel(BOAT, *at_nm(0.0, -0.3), 8.0, 0.0, class_b=True, ship_type=37)
    finding = found(scene.vessel(BOAT + 1, *at_nm(0.3, 0.0), 8.0, 270.0, class_b=True))
    assert (finding.facts["pair"], finding.set_level) == ("other", Priority.ALARM)


def test_a_patrol_ship_and_a_craft_that_has_not_said_what_she_is_are_a_pair(scene: Scene) -> None:
    """She may be a boat: nobody's work is to run into her."""
    scene.vessel(SHIP, *at_nm(0.0, 0.0), 20.0, 90.0, ship_type=55)
    finding = found(scene.vessel(BOAT, *at_nm(1.3, 0.0), 8.0, 270.0, class_b=True))
    assert (finding.facts["pair"], finding.suppressed) == ("other", "") and finding.set_level is not None


def test_a_class_a_ship_that_has_not_said_what_she_is_counts_as_merchant(scene: Scene) -> None:
    finding = found(meeting(scene, 6.0, ship={"ship_type": -1, "length_m": np.nan}))
    assert (finding.facts["pair"], finding.facts["a_mmsi"]) == ("merchant_fishing", SHIP)


def test_two_voices_of_one_mmsi_have_their_own_alerts(scene: Scene) -> None:
    """Two boats under one number meet the same ship: two keys; what they do to each other is a matter of identity."""
    meeting(scene, 4.0).boat(BOAT, *at_nm(0.45, 0.02), 6.0, 270.0, voice=1)
    assert {f.key for f in told(scene)} == {(str(BOAT), str(SHIP)), (f"{BOAT}.1", str(SHIP))}
    between = [f for f in collision.check(scene.picture(), Params()).findings if f.suppressed]
    assert [(f.key, f.suppressed) for f in between] == [((str(BOAT), f"{BOAT}.1"), "same_mmsi")]


def test_only_the_judge_of_the_smaller_mmsi_answers(scene: Scene) -> None:
    meeting(scene, 4.0, own=False)
    assert not collision.check(scene.picture(), Params()).findings
    assert found(meeting(Scene(), 4.0, ship={"own": False})).mmsi == (BOAT, SHIP)


def test_too_many_to_measure_is_said(monkeypatch: pytest.MonkeyPatch, scene: Scene) -> None:
    """Vessels whose neighbours were left out are undecided, and the officer is told how many."""
    monkeypatch.setattr(grid, "NEIGHBOURS_MAX", 5)
    for n in range(9):
        scene.boat(BOAT + n, *at_nm(0.001 * n, 0.0), 4.0, 0.0)
    answer = collision.check(scene.picture(), Params())
    assert answer.findings[-1].message == "alert.collision.overload"
    assert len(answer.undecided) == 6  # the three in the middle have been measured against everyone


PLACES = st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 20), st.floats(0, 359.9), st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(PLACES, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_answers_do_not_depend_on_the_order_of_rows(vessels: list[Any], chance: Any) -> None:
    """Any order of rows gives the same findings, and none asks for more than it holds."""
    scene = Scene()
    for n, (east, north, sog, cog, fishes) in enumerate(vessels):
        (scene.boat if fishes else scene.merchant)(BOAT + n, *at_nm(east, north), sog, cog)
    order = list(range(len(vessels)))
    chance.shuffle(order)
    picture = scene.picture()
    mixed = replace(
        picture,
        vessels=picture.vessels.take(np.array(order)),
        **{n: getattr(picture, n)[order] for n in ("own", "stopped", "fishing_craft", "near_harbour", "sheltered")},
        inside=picture.inside[order],
        entered_ms=picture.entered_ms[order],
    )
    answer = sorted(collision.check(picture, Params()).findings, key=lambda f: f.key)
    assert answer == sorted(collision.check(mixed, Params()).findings, key=lambda f: f.key)
    assert all(f.set_level is None or f.set_level <= f.hold_level for f in answer)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 180.0), st.booleans())
def test_ignorance_never_talks_an_encounter_down(age_s: float, accurate: bool) -> None:
    """The older and the vaguer the report, the wider the error; a collision course stays an alarm."""
    assert found(meeting(Scene(), 7.0, age_s=age_s, accurate=accurate)).set_level is Priority.ALARM


@given(st.floats(0.0, 4_000.0), st.floats(1.0, 2_000.0), st.floats(10.0, 2_000.0))
def test_probability_is_the_normal_one(miss_m: float, error_m: float, limit_m: float) -> None:
    """Phi((D-c)/s) - Phi((-D-c)/s), to six digits, with s no greater than D."""
    s = min(error_m, limit_m) * sqrt(2.0)
    expected = (erf((limit_m - miss_m) / s) - erf((-limit_m - miss_m) / s)) / 2.0
    assert float(probability_within(np.array(miss_m), np.array(error_m), limit_m)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.filterwarnings("error")
def test_within_a_limit_of_nothing_nobody_passes() -> None:
    """A row that a centre has silenced with a distance of 0 asks for nothing, and says nothing on the terminal."""
    assert probability_within(np.array([0.0, 100.0]), np.array([50.0, 50.0]), 0.0).tolist() == [0.0, 0.0]


def test_bow_crossing_is_nowhere_for_who_crosses_astern() -> None:
    """Eastbound astern of a northbound ship, and a parallel course: NaN; ahead of her: the range."""
    ship = (np.array([0.0] * 3), np.array([0.0] * 3), np.array([10.0] * 3), np.array([0.0] * 3))
    other = np.array([-0.1, -0.1, -0.1]), np.array([-0.1, 0.3, 0.3]), np.array([10.0] * 3), np.array([90.0, 0.0, 90.0])
    ahead_m, in_s = nav.bow_crossing(*ship, *other)
    assert np.isnan(ahead_m[:2]).all() and np.isnan(in_s[:2]).all()
    assert ahead_m[2] / nav.NM_M == pytest.approx(12.0, rel=0.01)
