"""Gear in the water: the trawl behind a boat, the net between two boats, the line between buoys."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengqiao import watch
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding, Priority
from fengqiao.register.vessel import Identity, RegisteredVessel
from fengqiao.rules import RuleSettings, collision
from fengqiao.rules.collision import Params, nets
from fengqiao.situation.activity import Activity
from rules.scene import Scene, at_nm, only, sentences

SHIP, BOAT, MATE, BUOY = 477_000_001, 412_400_002, 412_400_003, 900_120_011


def told(scene: Scene, **columns: Any) -> list[Finding]:
    """What the rule tells of, with these columns of the picture given row by row."""
    given: dict[str, Any] = {k: np.array(v) for k, v in columns.items()}
    picture = scene.picture(**given)
    return [f for f in collision.check(picture, Params()).findings if not f.suppressed]


def trawler(scene: Scene, gear: str = "single_trawl") -> Scene:
    """A boat that tows north at 3 knots."""
    scene.registered(RegisteredVessel("1", "浙普渔1", (Identity(BOAT, "浙普渔1"),), gear=gear))
    return scene.boat(BOAT, *at_nm(0.0, 0.0), 3.0, 0.0)


def astern(scene: Scene, nm: float) -> Scene:
    """A ship at 14 knots from the west that in ten minutes passes so far astern of a boat that tows north at 3."""
    return scene.merchant(SHIP, *at_nm(-14.0 / 6.0, 0.5 - nm), 14.0, 90.0, name="COSCO ROSE")


TOWING = {"activity": [Activity.FISHING, Activity.UNDER_WAY]}


def test_a_ship_that_runs_into_a_trawl_is_told_though_she_passes_the_boat_well_clear(scene: Scene) -> None:
    """Eight cables astern: no warning between the hulls, but her way leads over the net."""
    (finding,) = told(astern(trawler(scene), 0.8), **TOWING)
    assert (finding.set_level, finding.message) == (Priority.WARNING, "alert.collision.gear.astern")
    assert finding.facts["cpa_nm"] > 0.5 and finding.facts["encounter"] == "domain"
    assert (finding.facts["give_way"], finding.facts["stand_on"]) == ([SHIP], [BOAT])
    zh, en = sentences(finding)
    assert zh.startswith(
        "COSCO ROSE（商船，14.0节）将在8分钟后驶入浙普渔1（渔船，3.0节）的拖网水域，网具在其船尾1海里之内；"
    )
    assert "COSCO ROSE应给正在捕鱼的对方让路（第18条）" in zh
    assert "will run into the trawl of 浙普渔1 (fishing vessel, 3.0 kn), within 1 nm astern of her, in 8 min" in en


@pytest.mark.parametrize(
    ("gear", "activity", "nm"),
    [
        pytest.param("single_trawl", Activity.FISHING, 1.6, id="clear of the net"),
        pytest.param("single_trawl", Activity.UNDER_WAY, 0.8, id="a trawler on passage has no net out"),
        pytest.param("gillnet", Activity.FISHING, 0.8, id="a gillnet is not behind the boat"),
    ],
)
def test_no_trawl_no_trawl_warning(scene: Scene, gear: str, activity: Activity, nm: float) -> None:
    levels = [f.set_level for f in told(astern(trawler(scene, gear), nm), activity=[activity, Activity.UNDER_WAY])]
    assert Priority.WARNING not in levels


@pytest.mark.parametrize(
    ("east", "message"),
    [(0.2, "inside"), (0.6, "inside"), (0.9, "passed"), (1.3, "")],
)
def test_a_ship_in_a_trawl_or_just_out_of_it_is_not_said_to_come_to_it(scene: Scene, east: float, message: str) -> None:
    """Eight cables astern of the boat, eastbound: half a mile to each side is her gear, three quarters still keep."""
    trawler(scene).merchant(SHIP, *at_nm(east, -0.8), 14.0, 90.0)
    findings = told(scene, **TOWING)
    assert [f.message for f in findings] == ([f"alert.collision.gear.{message}"] if message else [])


def pair_trawl(scene: Scene, **mate: Any) -> Scene:
    """Two boats three cables apart with one net between them, towing north."""
    scene.boat(BOAT, *at_nm(0.0, 0.0), 3.0, 0.0, name="ZHE PU YU 1")
    return scene.boat(MATE, *at_nm(0.3, 0.0), 3.0, 0.0, name="ZHE PU YU 2", **mate)


TOGETHER = {"activity": [Activity.FISHING, Activity.FISHING, Activity.UNDER_WAY], "partner": [MATE, BOAT, 0]}


def test_a_ship_between_two_boats_with_one_net_is_one_alert_that_says_so(scene: Scene) -> None:
    """Southbound between the two in eight minutes: one key for both meetings, and all three are in it."""
    pair_trawl(scene).merchant(SHIP, *at_nm(0.1, 17.0 * 8.0 / 60.0), 14.0, 180.0, name="COSCO ROSE")
    (finding,) = told(scene, **TOGETHER)
    assert (finding.key, finding.mmsi) == ((str(BOAT), str(SHIP)), (BOAT, MATE, SHIP))
    assert finding.message == "alert.collision.gear.between"
    zh, en = sentences(finding)
    assert (
        "将在8分钟后从两船之间穿过：ZHE PU YU 1与ZHE PU YU 2正在对拖，网具在两船之后；COSCO ROSE应给正在捕鱼的对方让路"
        in zh
    )
    assert "will pass between two boats in 8 min: ZHE PU YU 1 and ZHE PU YU 2 tow one net" in en


def test_a_ship_beside_a_pair_of_trawlers_does_not_pass_between_them(scene: Scene) -> None:
    pair_trawl(scene).merchant(SHIP, *at_nm(0.7, 17.0 * 8.0 / 60.0), 14.0, 180.0)
    (finding,) = told(scene, **TOGETHER)
    assert finding.message != "alert.collision.gear.between" and finding.facts["b"] == "ZHE PU YU 2"


def test_the_mate_of_a_pair_may_be_silent(scene: Scene) -> None:
    """A mate unheard for an hour is not where she was: the boat then tows as one alone."""
    pair_trawl(scene, age_s=3_600.0).merchant(SHIP, *at_nm(0.1, 17.0 * 8.0 / 60.0), 14.0, 180.0)
    (finding,) = told(scene, **TOGETHER)
    assert finding.message != "alert.collision.gear.between"


def net_line(scene: Scene, apart_nm: float = 0.8) -> Scene:
    """Four buoys in a line to the north; the ends three gaps apart."""
    for n in range(4):
        buoy: dict[str, Any] = {"kind": int(Kind.GEAR), "class_b": True, "stopped": True, "name": f"网{n + 1}"}
        scene.vessel(BUOY + n, *at_nm(0.0, apart_nm * n), 0.3, 10.0, **buoy)
    return scene


def test_a_ship_across_a_net_line_is_told_where(scene: Scene) -> None:
    """Between two buoys, neither of which she would come near: the net between them she would cut."""
    finding = only(collision.check(net_line(scene).merchant(SHIP, *at_nm(-2.0, 0.4), 12.0, 90.0).picture(), Params()))
    assert (finding.set_level, finding.key, finding.mmsi) == (Priority.CAUTION, ("net", str(SHIP)), (SHIP,))
    assert finding.facts["buoys"] == [BUOY, BUOY + 1]
    zh, en = sentences(finding)
    assert zh == "477000001（12.0节）将在9分钟后驶入网位仪网1一带的网列，真方位090°，现距2.0海里；请提醒其绕行。"
    assert en.startswith("477000001 (12.0 kn) will cross a net line at buoy 网1 in 9 min")


@pytest.mark.parametrize(
    ("apart_nm", "north", "cog"),
    [
        pytest.param(0.8, 0.4, 270.0, id="bound away"),
        pytest.param(0.8, 3.0, 90.0, id="beyond the end of the line"),
        pytest.param(1.2, 0.6, 90.0, id="buoys too far apart to mark one net"),
    ],
)
def test_no_net_in_her_way_no_warning(scene: Scene, apart_nm: float, north: float, cog: float) -> None:
    net_line(scene, apart_nm).merchant(SHIP, *at_nm(-2.0, north), 12.0, cog)
    assert not told(scene)


@pytest.mark.parametrize(
    ("east", "asks", "zh"),
    [
        (0.0, True, "477000001（12.0节）正在驶过网位仪网1一带的网列，网具可能受损。"),
        (0.5, False, "477000001刚驶离网位仪网1一带的网列；请核实网具是否受损。"),
    ],
)
def test_a_ship_in_a_net_or_just_past_it_is_not_said_to_come_to_it(
    scene: Scene, east: float, asks: bool, zh: str
) -> None:
    """What the alert says when it ends: she has passed, not that she will be there in 0 minutes."""
    finding = only(collision.check(net_line(scene).merchant(SHIP, *at_nm(east, 0.4), 12.0, 90.0).picture(), Params()))
    assert (finding.set_level is not None, finding.hold_level) == (asks, Priority.CAUTION)
    assert sentences(finding)[0] == zh


def test_a_ship_gone_from_a_net_for_more_than_a_minute_is_no_more_spoken_of(scene: Scene) -> None:
    assert not told(net_line(scene).merchant(SHIP, *at_nm(0.6, 0.4), 12.0, 90.0))


def test_a_net_buoy_with_a_set_of_the_wrong_class_marks_her_net_between_two_reports(scene: Scene) -> None:
    """Net buoys report every few minutes, whatever class their sets give themselves."""
    for row in net_line(scene).rows:
        row |= {"class_b": False, "fix_ms": scene.at_ms - 240_000}
    assert told(scene.merchant(SHIP, *at_nm(-2.0, 0.4), 12.0, 90.0))


METRES = st.floats(-5_000.0, 5_000.0)


@given(METRES, METRES, st.floats(1.0, 2_000.0), st.floats(1.0, 15.0), st.floats(0.0, 360.0))
def test_the_time_in_the_water_of_a_net_is_the_time_within_so_many_metres_of_it(
    x: float, y: float, length: float, m_s: float, cog: float
) -> None:
    """Against stepping along her way a second at a time."""
    net = np.array([0.0]), np.array([length])
    speed = np.array([m_s * np.sin(np.radians(cog))]), np.array([m_s * np.cos(np.radians(cog))])
    enter, left = nets.crossing_s((np.array([x]), np.array([y])), speed, net, 463.0)
    t = np.arange(-3_000.0, 3_000.0)
    px, py = x + speed[0] * t, y + speed[1] * t
    within = t[np.hypot(px, py - np.clip(py, 0.0, length)) <= 463.0]
    if len(within):
        assert abs(within[0] - max(enter[0], t[0])) <= 1.01 and abs(within[-1] - min(left[0], t[-1])) <= 1.01
    else:
        assert not left[0] - enter[0] > 1.01 or enter[0] > 2_999.0 or left[0] < -2_999.0


@pytest.mark.parametrize("shards", [2, 3, 16])
def test_gear_across_a_border_of_cells_is_one_alert(scene: Scene, shards: int) -> None:
    """Cut into cells at 122.5 and 30.0 degrees, with the pair on one side and the ship or her net on the other."""
    east = -5.2  # the border of cells lies 5.2 nm west of the origin
    scene.boat(BOAT, *at_nm(east - 0.1, 0.0), 3.0, 0.0).boat(MATE, *at_nm(east + 0.2, 0.0), 3.0, 0.0)
    scene.merchant(SHIP, *at_nm(east + 0.05, 2.2), 14.0, 180.0).merchant(SHIP + 1, *at_nm(east - 2.0, 0.4), 12.0, 90.0)
    for n in range(4):
        scene.vessel(BUOY + n, *at_nm(east + 0.1, 0.8 * n), 0.3, 10.0, kind=int(Kind.GEAR), class_b=True, stopped=True)
    picture = scene.picture(
        activity=np.array([Activity.FISHING] * 2 + [Activity.UNDER_WAY] * 6),
        partner=np.array([MATE, BOAT, *[0] * 6]),
    )

    def said(n: int) -> list[Finding]:
        parts = [a for a in watch.judge(picture, RuleSettings(), n) if a.rule == "collision"]
        return sorted((f for part in parts for f in part.findings), key=lambda f: f.key)

    assert said(shards) == said(1)
    assert {"alert.collision.gear.between", "alert.collision.net"} <= {f.message for f in said(1)}
