from typing import Any

import pytest

from fengqiao.model.findings import Findings, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.register.vessel import Identity, RegisteredVessel
from fengqiao.rules import gap
from fengqiao.rules.gap import Params
from rules.scene import AT_MS, Scene, at_nm, moved, only, sentences

SHIP, BOAT, OTHERS = 477_000_001, 412_400_002, 412_500_000


def silent(minutes: float, neighbours: int = 3, **more: Any) -> Scene:
    """A boat last heard so long ago, and others around her last place that are heard now."""
    scene = Scene().boat(BOAT, *moved(*at_nm(0, 0), 4.0, 0.0, minutes * 60.0), 4.0, 0.0, age_s=minutes * 60.0, **more)
    for n in range(neighbours):
        scene.boat(OTHERS + n, *at_nm(2.0 + n, 1.0), 4.0, 90.0, age_s=20.0)
    return scene


def ask(scene: Scene, **more: Any) -> Findings:
    return gap.check(scene.picture(**more), Params())


def test_silent_among_others_who_are_heard() -> None:
    finding = only(ask(silent(12)))
    assert (finding.set_level, finding.message, finding.mmsi) == (Priority.CAUTION, "alert.gap", (BOAT,))
    zh, en = sentences(finding)
    assert zh == (
        f"{BOAT}离线12分钟：最后报文11:18，位置30°00.0′N 122°36.0′E；同一数据源仍收到其附近3艘船，不像是信号覆盖问题。"
    )
    assert en.startswith(f"{BOAT} has been silent for 12 min: last heard 11:18 at 30°00.0′N")


def test_without_neighbours_it_is_the_coverage() -> None:
    """Too few are heard where she was: nothing is claimed, and nothing about her is decided."""
    assert ask(silent(12, neighbours=2)) == Findings("gap", undecided=frozenset({BOAT}), hold_s=60.0)


def test_neighbours_on_another_feed_prove_nothing() -> None:
    assert not ask(silent(12, feed=1)).findings


def test_a_slow_reporter_is_given_six_of_her_intervals() -> None:
    """Every 180 s: after 12 minutes a standing alert would be kept, but none is raised before 18."""
    assert only(ask(silent(12, interval_s=180.0))).set_level is None
    assert only(ask(silent(18, interval_s=180.0))).set_level is Priority.CAUTION


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"stopped": True}, id="was lying still"),
        pytest.param({"near_harbour": True}, id="was in harbour"),
        pytest.param({"fishing": False}, id="neither fishing nor registered"),
        pytest.param({"fixes": 1}, id="one fix, perhaps a damaged mmsi"),
        pytest.param({"own": False}, id="another judge's"),
    ],
)
def test_whose_silence_is_no_matter(more: dict[str, Any]) -> None:
    assert ask(silent(12, **more)) == Findings("gap", hold_s=60.0)


def test_a_registered_vessel_is_watched_whatever_she_says_she_is() -> None:
    scene = silent(12, fishing=False, ship_type=60)
    scene.registered(RegisteredVessel("7", "浙嵊渔运135", (Identity(BOAT, "浙嵊渔运135"),)))
    assert only(ask(scene)).facts["vessel"] == "浙嵊渔运135"


def test_after_half_a_day_she_is_forgotten() -> None:
    assert ask(silent(12 * 60 + 1)) == Findings("gap", hold_s=60.0)


def test_in_a_gale_silence_weighs_more() -> None:
    ring = ((122.0, 29.5), (123.5, 29.5), (123.5, 30.5), (122.0, 30.5))
    blowing = GaleWarning("g1", 8, AT_MS - 1, AT_MS + 1, "舟山市气象台", polygon=ring)
    finding = only(ask(silent(12), gales=(blowing,)))
    assert (finding.set_level, finding.facts["beaufort"]) == (Priority.WARNING, 8)
    assert "大风中离线12分钟（舟山市气象台，8级）" in sentences(finding)[0]
    over = GaleWarning("g1", 8, AT_MS - 2, AT_MS, "舟山市气象台", polygon=ring)
    assert only(ask(silent(12), gales=(over,))).set_level is Priority.CAUTION


def passed(minutes: float, pass_nm: float = 0.1, pass_s: float = 0.0, **more: Any) -> Scene:
    """A ship at 14 kn went by ``pass_s`` after the boat's last fix and has gone on; nobody else is near."""
    scene = silent(minutes, neighbours=0, **more)
    gone_nm = 14.0 * (minutes * 60.0 - pass_s) / 3600.0
    return scene.merchant(SHIP, *at_nm(pass_nm, gone_nm), 14.0, 0.0, name="COSCO HONG KONG")


def test_silent_after_a_close_pass_is_an_alarm_within_minutes() -> None:
    """浙岭渔运135, 2011: the rescue centre learned of it 18 hours later. Here: after three minutes, an alarm."""
    finding = only(ask(passed(3.5)))
    assert (finding.set_level, finding.message) == (Priority.ALARM, "alert.gap_after_pass")
    assert finding.facts["ship_mmsi"] == SHIP
    assert "在COSCO HONG KONG于11:26距其约185米驶过后离线" in sentences(finding)[0]


def test_the_pass_may_come_after_her_last_report() -> None:
    """She is reckoned on: the ship reached her two minutes after she was last heard."""
    assert only(ask(passed(6.0, pass_s=120.0))).message == "alert.gap_after_pass"


@pytest.mark.parametrize(("pass_nm", "pass_s"), [(0.5, 0.0), (0.1, 400.0), (0.1, -1200.0)])
def test_a_wide_or_a_distant_pass_is_none(pass_nm: float, pass_s: float) -> None:
    assert not ask(passed(9.0, pass_nm, pass_s)).findings


def test_one_situation_one_alert_that_is_not_eased_for_want_of_news() -> None:
    """When the tracks no longer reach back to the pass, plain silence takes over the key, and she is undecided:
    the book keeps the level that was once given."""
    early, late = ask(passed(3.5)), ask(silent(40))
    assert only(early).key == only(late).key
    assert BOAT in early.undecided & late.undecided
