from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.model.findings import Findings, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.model.health import ReceiverHealth
from fengqiao.register.vessel import Identity, RegisteredVessel
from fengqiao.rules import gap
from fengqiao.rules.gap import Params
from fengqiao.weather.observed import Station
from rules.scene import AT_MS, Scene, at_nm, moved, only, sentences

SHIP, BOAT, OTHERS = 477_000_001, 412_400_002, 412_500_000


def silent(minutes: float, neighbours: int = 3, sog: float = 4.0, **more: Any) -> Scene:
    """A boat last heard so long ago, and others around her last place that are heard now."""
    scene = Scene().boat(BOAT, *moved(*at_nm(0, 0), sog, 0.0, minutes * 60.0), sog, 0.0, age_s=minutes * 60.0, **more)
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


EAST, WEST = 0, 1
STATIONS = tuple(ReceiverHealth("hub", name, 9_000, AT_MS - 9_000_000, AT_MS) for name in ("EAST", "WEST"))


def of_two_stations(hers: list[int], hers_ago_s: list[float], theirs: int = WEST) -> Findings:
    """One feed of two stations. She was heard by ``hers`` so long before she fell silent, twelve minutes ago; her three
    neighbours are heard by ``theirs``."""
    at_ms = [AT_MS - 720_000 - int(s * 1000) for s in hers_ago_s]
    scene = silent(12, heard_by=[*hers, *[-1] * (4 - len(hers))], heard_by_ms=[*at_ms, *[0] * (4 - len(hers))])
    for row in scene.rows[1:]:
        row["heard_by"] = [theirs, -1, -1, -1]
    return ask(scene, receivers=STATIONS)


def test_neighbours_heard_by_another_station_prove_nothing() -> None:
    """Her own may be down. It is listed, told to nobody, and resolves nothing: it has a key of its own."""
    found = of_two_stations([EAST], [0])
    finding = only(found)
    assert (finding.suppressed, finding.key[-1], found.undecided) == ("uncovered", "coverage", frozenset({BOAT}))
    assert sentences(finding)[0] == (
        f"{BOAT}离线12分钟：最后报文11:18，位置30°00.0′N 122°36.0′E，由接收站 EAST收到；"
        "附近3艘船都是其他接收站收到的，可能是信号覆盖问题。"
    )
    assert "by receiving station EAST; 3 vessels near there are heard only by other stations" in sentences(finding)[1]


def test_her_own_station_hears_the_others() -> None:
    finding = only(of_two_stations([WEST], [0]))
    assert (finding.set_level, finding.suppressed, finding.facts["receiver"]) == (Priority.CAUTION, "", "WEST")
    assert "接收站 WEST仍收到其附近3艘船，不像是信号覆盖问题" in sentences(finding)[0]
    assert "receiving station WEST still hears 3 vessels near there" in sentences(finding)[1]


def test_a_station_that_hardly_heard_her_is_no_witness() -> None:
    """The west had her within three of her intervals (30 s) of the last report, or else it is the east that counts."""
    assert only(of_two_stations([EAST, WEST], [0, 90])).message == "alert.gap"
    assert only(of_two_stations([EAST, WEST], [0, 91])).message == "alert.gap_uncovered"


def test_a_slow_reporter_is_given_six_of_her_intervals() -> None:
    """Every 180 s: after 12 minutes a standing alert would be kept, but none is raised before 18."""
    assert only(ask(silent(12, interval_s=180.0))).set_level is None
    assert only(ask(silent(18, interval_s=180.0))).set_level is Priority.CAUTION


def heard_again(ago_s: float, down_s: float, every_s: float = 1.0, times: int = 1) -> dict[str, Any]:
    """A feed of one sentence in so many seconds that came back so long ago from an outage; of ``times``, each after
    as long a time in which it was up, the last."""
    begins = [ago_s + 2 * n * down_s for n in reversed(range(times))]
    deaf = tuple((AT_MS - int((ago + down_s) * 1000), AT_MS - int(ago * 1000)) for ago in begins)
    sentences = int(10_000 / every_s)
    return {"receivers": (ReceiverHealth("udp", "", sentences, AT_MS - 10_000_000, AT_MS, deaf),)}


def test_silence_counts_only_while_a_receiver_listens() -> None:
    """Ten minutes are due from her. After an hour without the feed she has them only when it is back for as long as
    she was not silent before; until then what stands is kept and nothing new is told."""
    assert only(ask(silent(69.5), **heard_again(300, 3_600))).set_level is None
    assert only(ask(silent(70), **heard_again(300, 3_600))).set_level is Priority.CAUTION
    assert only(ask(silent(17), **heard_again(170, 240, times=2))).set_level is None


def test_the_usual_pauses_of_a_slow_station_are_no_outages() -> None:
    """Of one that says something every half minute two minutes without a word mean little."""
    assert only(ask(silent(12), **heard_again(60, 120, every_s=30.0))).set_level is Priority.CAUTION
    assert only(ask(silent(12), **heard_again(60, 150))).set_level is None


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"stopped": True}, id="was lying still"),
        pytest.param({"near_harbour": True, "sog": 2.9}, id="was at her berth"),
        pytest.param({"stopped": True, "sheltered": True}, id="lay in shelter"),
        pytest.param({"fishing": False}, id="neither fishing nor registered"),
    ],
)
def test_whose_silence_is_no_matter(more: dict[str, Any]) -> None:
    """Nothing is claimed; but who is silent is undecided wherever she was."""
    assert ask(silent(40, **more)) == Findings("gap", undecided=frozenset({BOAT}), hold_s=60.0)


@pytest.mark.parametrize("more", [{"fixes": 1}, {"own": False}], ids=["perhaps a damaged mmsi", "another judge's"])
def test_of_whom_nothing_is_said_at_all(more: dict[str, Any]) -> None:
    assert ask(silent(12, **more)) == Findings("gap", hold_s=60.0)


def test_the_way_into_harbour_hides_nobody() -> None:
    """At 4 kn in a harbour's waters she is not at her berth yet. Who lies at the quay must be heard for her to count
    as silent: else the land hides her."""
    assert ask(silent(12, near_harbour=True)).findings == ()
    scene = silent(12, near_harbour=True)
    for n in range(3):
        scene.boat(OTHERS + 50 + n, *at_nm(0.5, n / 10), 0.0, near_harbour=True, age_s=20.0)
    assert only(ask(scene)).message == "alert.gap"


def test_a_registered_vessel_is_watched_whatever_she_says_she_is() -> None:
    scene = silent(12, fishing=False, ship_type=60)
    scene.registered(RegisteredVessel("7", "浙嵊渔运135", (Identity(BOAT, "浙嵊渔运135"),)))
    assert only(ask(scene)).facts["vessel"] == "浙嵊渔运135"


def test_after_half_a_day_she_is_no_news() -> None:
    """Nothing is raised then, but what was raised stays: she is undecided for as long as she is silent."""
    assert ask(silent(12 * 60 + 1)) == Findings("gap", undecided=frozenset({BOAT}), hold_s=60.0)


def test_in_a_gale_silence_weighs_more() -> None:
    ring = ((122.0, 29.5), (123.5, 29.5), (123.5, 30.5), (122.0, 30.5))
    blowing = GaleWarning("g1", 8, AT_MS - 1, AT_MS + 1, "舟山市气象台", polygon=ring)
    finding = only(ask(silent(12), gales=(blowing,)))
    assert (finding.set_level, finding.facts["beaufort"]) == (Priority.WARNING, 8)
    assert "大风中离线12分钟（舟山市气象台，8级）" in sentences(finding)[0]
    over = GaleWarning("g1", 8, AT_MS - 2, AT_MS, "舟山市气象台", polygon=ring)
    assert only(ask(silent(12), gales=(over,))).set_level is Priority.CAUTION


RING = ((122.0, 29.5), (123.5, 29.5), (123.5, 30.5), (122.0, 30.5))


def blowing(beaufort: int) -> tuple[GaleWarning, ...]:
    return (GaleWarning("g1", beaufort, AT_MS - 1, AT_MS + 1, "舟山市气象台", polygon=RING),)


@pytest.mark.parametrize(("minutes", "beaufort", "level"), [
    (4.9, 8, None), (5.0, 8, Priority.WARNING), (5.0, 6, Priority.CAUTION), (9.0, 5, None), (10.0, 5, Priority.CAUTION),
])  # fmt: skip
def test_in_force_six_half_the_time_will_do(minutes: float, beaufort: int, level: Priority | None) -> None:
    found = ask(silent(minutes), gales=blowing(beaufort)).findings
    assert (found[0].set_level if found else None) is level


def test_a_measured_wind_or_sea_counts_as_one_warned_of() -> None:
    """The nearest station that says so, if it is near and lately heard."""
    lon, lat = at_nm(8.0, 0.0)
    windy = Station(992_359_001, lon, lat, AT_MS - 1_200_000, {"wind_kn": 30.0})
    rough = Station(992_359_001, lon, lat, AT_MS - 1_200_000, {"wind_kn": 10.0, "wave_height_m": 2.6})
    finding = only(ask(silent(6), stations=(windy,)))
    assert (finding.set_level, finding.facts["beaufort"], finding.facts["station_nm"]) == (Priority.WARNING, 7, 8.0)
    assert "8海里外测站11:10实测平均风30节，7级" in sentences(finding)[0]
    finding = only(ask(silent(6), stations=(rough,)))
    assert (finding.set_level, finding.message) == (Priority.WARNING, "alert.gap_in_waves")
    assert "实测浪高2.6米" in sentences(finding)[0] and "waves of 2.6 m" in sentences(finding)[1]
    stale, far = replace(windy, at_ms=AT_MS - 7_200_000), replace(windy, lat_deg=lat + 1.0)
    assert only(ask(silent(6), stations=(stale, far))).set_level is None


def test_at_anchor_in_a_gale_she_is_missed() -> None:
    """At anchor off the coast sets may be off; in a gale nobody assumes it. Lying, she reports every three minutes."""
    at_anchor: dict[str, Any] = {"sog": 0.0, "stopped": True}
    assert ask(silent(20, **at_anchor)).findings == ()
    assert ask(silent(8, **at_anchor), gales=blowing(8)).findings == ()
    assert only(ask(silent(9, **at_anchor), gales=blowing(8))).set_level is Priority.WARNING


def passed(minutes: float, pass_nm: float = 0.1, pass_s: float = 0.0, **more: Any) -> Scene:
    """A ship at 14 kn went by ``pass_s`` after the boat's last fix and has gone on; nobody else is near."""
    scene = silent(minutes, neighbours=0, **more)
    gone_nm = 14.0 * (minutes * 60.0 - pass_s) / 3600.0
    return scene.merchant(SHIP, *at_nm(pass_nm, gone_nm), 14.0, 0.0, name="COSCO HONG KONG")


def test_silent_after_a_close_pass_is_told_within_minutes() -> None:
    """浙岭渔运135, 2011: the rescue centre learned of it 18 hours later. Here: a warning when three reports are missed,
    an alarm when she could not even be a boat that slowed down and now reports every three minutes."""
    finding = only(ask(passed(3.0)))
    assert (finding.set_level, finding.message) == (Priority.WARNING, "alert.gap_after_pass")
    finding = only(ask(passed(6.5)))
    assert (finding.set_level, finding.message) == (Priority.ALARM, "alert.gap_after_pass")
    assert finding.facts["ship_mmsi"] == SHIP
    assert "在COSCO HONG KONG于11:23距其约185米驶过后离线" in sentences(finding)[0]


def test_a_class_a_boat_is_given_the_same_time() -> None:
    """Recorded on the Seine: ships that report every ten seconds pass at 90 m and are unheard for three minutes."""
    assert only(ask(passed(3.0, class_b=False, interval_s=10.0))).set_level is Priority.WARNING
    assert only(ask(passed(6.5, class_b=False, interval_s=10.0))).set_level is Priority.ALARM


@given(
    interval_s=st.floats(2.0, 290.0), fixes=st.integers(3, 99), sog=st.sampled_from((0.0, 1.0, 4.0)), b=st.booleans()
)
@settings(max_examples=60, deadline=None)
def test_within_ten_minutes_of_the_pass_whatever_her_set_does(
    interval_s: float, fixes: int, sog: float, b: bool
) -> None:
    """Study §5: no boat heard at least every five minutes is missed for longer than ten after the pass."""
    finding = only(ask(passed(10.0, interval_s=interval_s, fixes=fixes, sog=sog, class_b=b)))
    assert (finding.set_level, finding.message) == (Priority.ALARM, "alert.gap_after_pass")


def test_a_set_that_lies_is_given_its_three_minutes() -> None:
    """At 1 kn a class B set reports every three minutes, whatever it did a minute ago: nine must pass."""
    assert ask(passed(8.5, sog=1.0)).findings == ()
    assert only(ask(passed(9.0, sog=1.0))).set_level is Priority.ALARM


def test_silence_is_counted_from_the_pass() -> None:
    """Heard last nearly three minutes before the ship had caught up with her: the time since then must be long."""
    assert ask(passed(5.5, pass_s=120.0)).findings == ()
    assert only(ask(passed(6.0, pass_s=120.0))).message == "alert.gap_after_pass"


def test_she_may_report_on_for_minutes_before_she_goes_down() -> None:
    assert only(ask(passed(3.5, pass_s=-270.0))).message == "alert.gap_after_pass"
    assert ask(passed(3.5, pass_s=-330.0)).findings == ()


@pytest.mark.parametrize("more", [{"sog": 0.0, "stopped": True}, {"near_harbour": True}])
def test_at_anchor_and_off_a_harbour_only_what_can_have_touched_her_counts(more: dict[str, Any]) -> None:
    """Ships pass there all day: at 370 m, where the antenna of a ship of 400 m is whose bow strikes, and no farther."""
    near, wide = passed(9.5, 0.18, **more), passed(9.5, 0.25, **more)
    for scene in (near, wide):
        scene.boat(OTHERS, *at_nm(0.5, 0.5), 0.0, near_harbour=True, age_s=20.0)
    assert only(ask(near)).set_level is Priority.ALARM
    assert ask(wide).findings == ()


def test_in_fog_half_a_mile_is_close() -> None:
    fog = Station(992_359_001, *at_nm(5.0, 0.0), AT_MS - 600_000, {"visibility_nm": 0.3})
    assert only(ask(passed(7.0, 0.4), stations=(fog,))).facts["visibility_nm"] == 0.3
    assert ask(passed(7.0, 0.4)).findings == ()


def test_a_pass_during_an_outage_is_told_when_she_had_time_to_speak() -> None:
    """The feed came back a minute ago, the ship spoke at once; the boat is due in half a minute."""
    assert ask(passed(4.0, pass_s=30.0), **heard_again(60, 170)).findings == ()
    assert only(ask(passed(6.5, pass_s=30.0), **heard_again(190, 170))).set_level is Priority.WARNING
    assert only(ask(passed(9.5, pass_s=30.0), **heard_again(390, 170))).set_level is Priority.ALARM


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
