from typing import Any

import numpy as np
import pytest
import shapely

from fengqiao.fleet.vessels import RING, Kind
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.rules import distress
from fengqiao.rules.distress import Params
from fengqiao.zones.zone import Use, Zone
from rules.scene import Scene, at_nm, only, sentences

SART, BOAT = 970_123_456, 412_400_002
PORT = Zone(
    "port-sjm", 1, "fishing_port", "point_label", "沈家门", "Shenjiamen", shapely.Point(122.30, 29.945), "official",
    Use.ADVISE, ("A",), uncertainty_m=2000.0,
)  # fmt: skip


def beacon(kind: Kind = Kind.SART, nav_status: int = 14, **more: Any) -> Scene:
    return Scene().vessel(SART, *at_nm(0, 0), 0.3, 0.0, kind=int(kind), nav_status=nav_status, **more)


def found(scene: Scene, **more: Any) -> Finding:
    return only(distress.check(scene.picture(**more), Params()))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Kind.SART, "alert.distress.sart"),
        (Kind.MOB, "alert.distress.mob"),
        (Kind.EPIRB, "alert.distress.epirb"),
        (Kind.SHIP, "alert.distress.ship"),
    ],
)
def test_an_active_beacon_is_an_emergency_at_once(kind: Kind, message: str) -> None:
    finding = found(beacon(kind).boat(BOAT, *at_nm(2.0, 0.0)))
    assert (finding.set_level, finding.delay_s, finding.message) == (Priority.EMERGENCY, 0.0, message)


def test_the_alert_says_who_can_help_and_how_soon() -> None:
    """The nearest by time, not by distance; boats that lie still are reckoned at what they make when called."""
    scene = beacon().boat(BOAT, *at_nm(2.0, 0.0), 0.0, 0.0, name="浙普渔68681")
    scene.merchant(477_000_001, *at_nm(4.0, 0.0), 20.0, 0.0).boat(BOAT + 1, *at_nm(1.0, 0.0), age_s=2_000.0)
    finding = found(scene)
    assert [(n["mmsi"], n["minutes"]) for n in finding.facts["nearest"]] == [(477_000_001, 12), (BOAT, 15)]
    zh, en = sentences(finding)
    assert zh == (
        f"AIS搜救示位标（AIS-SART） {SART} 已启动，位置30°00.0′N 122°36.0′E，最后报文11:30；"
        "附近2艘船可施救，最快477000001（4.0海里，约12分钟）。"
    )
    assert "AIS-SART 970123456 is active at 30°00.0′N 122°36.0′E" in en


@pytest.mark.parametrize("kind", [Kind.SART, Kind.MOB, Kind.EPIRB, Kind.SHIP])
def test_where_no_ship_is_near_it_says_so_in_words(kind: Kind) -> None:
    finding = found(beacon(kind).boat(BOAT, *at_nm(13.0, 0.0)))
    zh, en = sentences(finding)
    assert zh.endswith("12海里内未收到可施救船舶。") and "—" not in zh
    assert en.lower().endswith("no ship that could help is heard within 12 nm.")


def test_a_device_under_test_without_a_position_says_so() -> None:
    zh, en = sentences(found(beacon(nav_status=15, lon_deg=np.nan, lat_deg=np.nan)))
    assert "位置不详" in zh and "position unknown" in en


def test_a_boat_that_missed_three_reports_is_no_helper_but_may_be_the_one_in_distress() -> None:
    """Struck at sea she is the nearest of all, and still within the limit at which others forget her."""
    scene = beacon().boat(BOAT, *at_nm(0.1, 0.0), 8.0, 0.0, age_s=100.0).boat(BOAT + 1, *at_nm(6.0, 0.0), 8.0, 0.0)
    assert [n["mmsi"] for n in found(scene).facts["nearest"]] == [BOAT + 1]


@pytest.mark.parametrize(
    ("nav_status", "text", "level"),
    [
        (15, "", Priority.CAUTION),
        (15, "SART TEST", Priority.CAUTION),
        (-1, "SART TEST", Priority.CAUTION),
        (15, "SART ACTIVE", Priority.EMERGENCY),  # in doubt it is real
        (14, "SART TEST", Priority.EMERGENCY),  # the text may be left from a test that came before
        (-1, "", Priority.EMERGENCY),
    ],
)
def test_tests_are_kept_apart_and_doubt_means_distress(nav_status: int, text: str, level: Priority) -> None:
    assert found(beacon(nav_status=nav_status, safety_text=text)).set_level is level


def test_a_text_to_somebody_makes_no_test_of_a_beacon() -> None:
    """A device under test says so to all; and the finding says whom a text was for."""
    finding = found(beacon(nav_status=-1, safety_text="TEST?", safety_to=412_000_001))
    assert (finding.set_level, finding.facts["text_to"]) == (Priority.EMERGENCY, 412_000_001)


def test_a_beacon_without_a_position_says_so() -> None:
    finding = found(beacon(lon_deg=np.nan, lat_deg=np.nan))
    assert (finding.set_level, finding.message) == (Priority.EMERGENCY, "alert.distress_no_position")
    assert (finding.position, finding.facts["has_position"], finding.facts["nearest"]) == (None, False, [])


def test_a_beacon_that_falls_silent_is_lost_not_over() -> None:
    answer = distress.check(beacon(age_s=1_081.0).picture(), Params())
    assert answer == Findings("distress", undecided=frozenset({SART}), hold_s=180.0)


def test_a_ship_that_says_nothing_of_distress_is_none() -> None:
    assert distress.check(beacon(Kind.SHIP, 15).picture(), Params()) == Findings("distress", hold_s=180.0)


def test_a_boat_in_harbour_needs_time_to_get_under_way() -> None:
    """Two miles at 8 knots, and ten minutes to cast off."""
    lying = beacon().boat(BOAT, *at_nm(2.0, 0.0), 0.0, 0.0, near_harbour=True)
    assert found(lying).facts["nearest_min"] == 25


def test_of_several_beacons_each_has_its_own_nearest_ship() -> None:
    """OpenCPN took an arbitrary one of several (study §1.1)."""
    scene = beacon().vessel(SART + 1, *at_nm(0, 9.0), 0.3, 0.0, kind=int(Kind.SART), nav_status=14)
    scene.boat(BOAT, *at_nm(0, 1.0)).boat(BOAT + 1, *at_nm(0, 8.0))
    said = distress.check(scene.picture(), Params()).findings
    assert [(f.mmsi[0], f.facts["nearest"][0]["mmsi"]) for f in said] == [(SART, BOAT), (SART + 1, BOAT + 1)]


def at(lon: float, lat: float, **more: Any) -> Scene:
    """A beacon that says it is there, and a boat under way a mile east of it."""
    scene = Scene().vessel(SART, lon, lat, 0.0, 0.0, kind=int(Kind.SART), nav_status=14, **more)
    return scene.boat(BOAT, lon + 0.019, lat, 8.0, 0.0)


@pytest.mark.parametrize(
    ("where", "place"),
    [
        pytest.param((122.6, 30.0), "sea", id="open water"),
        pytest.param((122.10, 30.05), "land", id="4.5 km inland on Zhoushan island"),
        pytest.param((122.195, 30.245), "sea", id="70 m inland: a quay, a boat alongside, or the chart's error"),
        pytest.param((127.0, 30.0), "sea", id="beyond the chart: nothing is known against it"),
    ],
)  # fmt: skip
def test_a_place_on_land_is_told_as_one_and_is_an_emergency_all_the_same(
    where: tuple[float, float], place: str
) -> None:
    finding = found(at(*where))
    assert (finding.set_level, finding.facts["place"]) == (Priority.EMERGENCY, place)
    assert [n["mmsi"] for n in finding.facts["nearest"]] == ([] if place == "land" else [BOAT])
    assert finding.position == where


def test_on_land_it_says_how_far_from_the_sea_and_that_no_boats_are_reckoned() -> None:
    zh, en = sentences(found(at(122.10, 30.05)))
    assert zh == (
        f"AIS搜救示位标（AIS-SART） {SART} 已启动，但所报位置30°03.0′N 122°06.0′E不在海上（陆地或内河），"
        "离海约4.5公里，最后报文11:30；可能是岸上误发，也可能船位有误，查清前按遇险处置：请立即问船东和设备登记人。按此位置无法推算施救船舶。"
    )
    assert "is not at sea (land or inland water), about 4.5 km from the coast" in en


def test_in_harbour_waters_it_names_the_harbour_and_who_can_help() -> None:
    """A set that goes off alongside, or somebody fallen from the quay: level and boats as at sea."""
    finding = found(at(122.30, 29.944, near_harbour=True), zones=(PORT,))
    assert (finding.set_level, finding.facts["nearest_count"]) == (Priority.EMERGENCY, 1)
    zh, en = sentences(finding)
    assert "在港区水域，距沈家门0.1海里" in zh and "in harbour waters 0.1 nm from Shenjiamen" in en


def test_at_the_far_end_of_a_long_basin_it_is_said_how_far_the_port_is() -> None:
    """The nearest port need not be the one the basin is of: Shenjiamen's reaches to where Dinghai is nearer."""
    finding = found(at(122.195, 29.978, near_harbour=True), zones=(PORT,))
    assert "距沈家门5.8海里" in sentences(finding)[0] and finding.facts["nearest_count"] == 1


def test_a_place_from_where_no_radio_carries_is_not_believed() -> None:
    """Heard by a receiver whose ships are all off Zhoushan, it says it is 1 000 miles away: its place is wrong."""
    scene = Scene().vessel(SART, 135.0, 15.0, 0.0, 0.0, kind=int(Kind.SART), nav_status=14)
    for n in range(3):
        scene.boat(BOAT + n, *at_nm(n, 0.0))
    finding = found(scene)
    assert (finding.set_level, finding.message) == (Priority.EMERGENCY, "alert.distress_place.far")
    assert finding.facts["nearest"] == [] and finding.facts["others_nm"] == pytest.approx(1_128, rel=0.01)
    assert all("{" not in said and "alert." not in said for said in sentences(finding))
    scene.rows[-1]["feed"] = 1  # two ships tell nothing of the receiver's waters
    assert found(scene).facts["place"] == "sea"


def test_a_place_older_than_the_last_report_is_told_with_its_hour() -> None:
    """The device lost its fix: it is heard at 11:30, where it was is known of 11:20 only."""
    finding = found(at(122.6, 30.0, ring_ms=np.full(RING, Scene().at_ms - 600_000)))
    assert (finding.message, finding.facts["fix_old_s"]) == ("alert.distress_place.old", 600)
    zh, en = sentences(finding)
    assert "最后已知位置30°00.0′N 122°36.0′E是11:20的" in zh and "is of 11:20 and it may have drifted" in en


def test_a_test_ashore_stays_a_test() -> None:
    """Where sets are tried out."""
    finding = found(Scene().vessel(SART, 122.10, 30.05, 0.0, 0.0, kind=int(Kind.SART), nav_status=15))
    assert (finding.set_level, finding.message, finding.facts["place"]) == (
        Priority.CAUTION, "alert.distress_test", "land",
    )  # fmt: skip
