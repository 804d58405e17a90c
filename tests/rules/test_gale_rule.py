from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from fengqiao.model.findings import Findings, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.register.vessel import Identity, RegisteredVessel
from fengqiao.rules import gale
from fengqiao.rules.gale import Params
from fengqiao.zones.zone import Use, Zone
from rules.scene import AT_MS, Scene, at_nm, only, sentences

BOAT = 412_400_002
HOUR_MS = 3_600_000
RING = ((122.0, 29.5), (123.5, 29.5), (123.5, 30.5), (122.0, 30.5))
SEA = Zone(
    "sea-zhoushan",
    2,
    "sea_name",
    "area",
    "舟山海域",
    "Zhoushan waters",
    shapely.Polygon(RING),
    "official",
    Use.ADVISE,
    ("A",),
)


def warning(beaufort: int = 8, starts_h: float = -1.0, **more: Any) -> GaleWarning:
    usual: dict[str, Any] = {"polygon": RING} if "zone" not in more else {}
    begins = AT_MS + int(starts_h * HOUR_MS)
    return GaleWarning("g1", beaufort, begins, begins + 12 * HOUR_MS, "舟山市气象台", **usual | more)


def ask(scene: Scene, *gales: GaleWarning, zones: tuple[Zone, ...] = ()) -> Findings:
    return gale.check(scene.picture(gales=gales, zones=zones), Params())


def rated(scene: Scene, n: int, rating: int) -> Scene:
    mmsi = BOAT + n
    name = f"浙普渔{68_000 + n}"
    known = RegisteredVessel(
        str(n), name, (Identity(mmsi, name),), rating_beaufort=rating, rating_source="检验证书 2024-031"
    )
    return scene.boat(mmsi, *at_nm(n * 0.5, 0.0)).registered(known)


def test_one_warning_one_alert_with_every_boat_in_it(scene: Scene) -> None:
    """Boats beyond their rating now, the least rated first; the unrated are judged by length and counted apart."""
    rated(rated(rated(scene, 1, 7), 2, 8), 3, 6).boat(BOAT + 4, *at_nm(2.0, 0.0), length_m=22.0, name="ZHEPUYU1")
    scene.boat(BOAT + 5, *at_nm(3.0, 0.0), age_s=1_200.0).boat(BOAT + 6, *at_nm(0.0, 120.0))
    finding = only(ask(scene, warning(zone="sea-zhoushan"), zones=(SEA,)))
    assert (finding.set_level, finding.key, finding.zone) == (Priority.WARNING, ("g1",), "sea-zhoushan@2")
    assert [(b["name"], b["bears_beaufort"], b["rating"]) for b in finding.facts["boats"]] == [
        ("浙普渔68003", 6, "register"),
        ("ZHEPUYU1", 6, "class_default"),
        ("浙普渔68001", 7, "register"),
    ]
    assert sentences(finding)[0] == (
        "舟山市气象台：舟山海域平均风力8级，2025-09-16 10:30至2025-09-16 22:30（北京时间）。"
        "区内3艘渔船已超抗风等级（浙普渔68003 / ZHEPUYU1 / 浙普渔68001等），"
        "其中1艘无定级，按船长默认限值判断（未核实）；"
        "1艘暂未见超限，1艘离线、数据不足。"
    )


@pytest.mark.parametrize(("length_m", "stays_in"), [(11.9, 5), (12.0, 6), (24.0, 7), (40.0, 8), (float("nan"), 5)])
def test_class_defaults_and_unknown_length_as_the_smallest(length_m: float, stays_in: int) -> None:
    """Study §2.5: from force 6, 7, 8, 9 a boat of her length must not be out; of unknown length, from force 6."""
    scene = Scene().boat(BOAT, *at_nm(0, 0), length_m=length_m)
    assert not ask(scene, warning(stays_in)).findings
    assert only(ask(scene, warning(stays_in + 1))).facts["count_unrated"] == 1


def test_what_is_coming_is_a_caution_six_hours_ahead(scene: Scene) -> None:
    rated(scene, 1, 6)
    finding = only(ask(scene, warning(starts_h=5.9)))
    assert (finding.set_level, finding.message) == (Priority.CAUTION, "alert.gale_coming")
    assert not ask(scene, warning(starts_h=6.1)).findings


def test_over_is_over(scene: Scene) -> None:
    assert not ask(rated(scene, 1, 6), warning(starts_h=-12.0)).findings


def test_a_sheltered_boat_is_out_of_it(scene: Scene) -> None:
    assert not ask(scene.boat(BOAT, *at_nm(0, 0), 0.0, sheltered=True), warning()).findings


def test_only_silent_boats_in_it_is_unknown_not_well(scene: Scene) -> None:
    finding = only(ask(scene.boat(BOAT, *at_nm(0, 0), age_s=1_200.0), warning()))
    assert (finding.set_level, finding.message) == (Priority.CAUTION, "alert.gale_unknown")
    assert "数据不足，无法判断" in sentences(finding)[0]


@pytest.mark.parametrize(
    "area",
    [
        {"zone": "sea-nowhere"},
        {"polygon": RING[:2]},
        {"polygon": (RING[0],) * 4},
        {"polygon": ((float("nan"), 1.0),) * 3},
    ],
)
def test_an_area_that_is_not_on_the_chart_is_said(scene: Scene, area: dict[str, Any]) -> None:
    finding = only(ask(rated(scene, 1, 6), warning(**area)))
    assert (finding.set_level, finding.message) == (Priority.CAUTION, "alert.gale_area_unknown")


@given(st.integers(1, 16), st.integers(0, 10), st.sampled_from((float("nan"), 10.0, 20.0, 30.0, 50.0)))
def test_more_wind_never_makes_a_boat_safer(beaufort: int, rating: int, length_m: float) -> None:
    scene = Scene().boat(BOAT, *at_nm(0, 0), length_m=length_m)
    scene.registered(RegisteredVessel("1", "浙普渔1", (Identity(BOAT, ""),), rating_beaufort=rating))
    less, more = (len(ask(scene, warning(b)).findings) for b in (beaufort, beaufort + 1))
    assert less <= more
