from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from fengqiao.model.findings import Findings, Priority
from fengqiao.register.vessel import Identity, RegisteredVessel
from fengqiao.rules import zone as zone_rule
from fengqiao.rules.zone import Params
from fengqiao.zones.zone import NO_END_MS, Use, Window, Zone
from rules.scene import AT_MS, Scene, at_nm, only, sentences

BOAT = 412_400_002
DAY_MS = 86_400_000


def zone(**more: Any) -> Zone:
    usual: dict[str, Any] = {
        "zone_id": "moratorium-ecs",
        "rev": 3,
        "kind": "moratorium",
        "role": "area",
        "name_zh": "伏休海域",
        "name_en": "Moratorium waters",
        "geometry": shapely.box(122, 29, 123, 31),
        "confidence": "official",
        "use": Use.ENFORCE,
        "source": ("农业农村部通告〔2025〕1号",),
        "windows": (window(),),
        "rule": {"fishing": False},
    }
    return Zone(**usual | more)


def window(**more: Any) -> Window:
    return Window(AT_MS - DAY_MS, AT_MS + DAY_MS, **more)


def boat(gear: str = "pair_trawl", permits: tuple[str, ...] = (), **more: Any) -> Scene:
    """A boat of known gear that has towed at 3 kn for a quarter of an hour."""
    known = RegisteredVessel("1", "浙普渔68681", (Identity(BOAT, "浙普渔68681"),), gear=gear, permits=permits)
    return Scene().boat(BOAT, *at_nm(0, 0), **{"sog": 3.0} | more).registered(*([known] if gear else []))


def ask(scene: Scene, *zones: Zone) -> Findings:
    return zone_rule.check(scene.picture({z.zone_id: [0] for z in zones}, zones), Params())


def test_fishing_in_the_moratorium_is_a_warning_with_its_source() -> None:
    finding = only(ask(boat(), zone()))
    assert (finding.set_level, finding.zone, finding.key) == (
        Priority.WARNING,
        "moratorium-ecs@3",
        ("moratorium-ecs", str(BOAT)),
    )
    zh, en = sentences(finding)
    assert zh == (
        "浙普渔68681在伏休海域内以捕捞航速3.0节航行，自11:20起在区内，"
        "禁捕期至2025-09-17 11:30；依据：农业农村部通告〔2025〕1号。"
    )
    assert en.startswith("浙普渔68681 is moving at fishing speed (3.0 kn) in Moratorium waters, inside since 11:20")


@pytest.mark.parametrize(
    ("windows", "more", "zh_end", "en_end"),
    [
        ((Window(0, NO_END_MS),), {}, "禁捕期为长期", "closed permanently"),
        ((), {}, "禁捕期为长期", "closed permanently"),  # always
        ((), {"valid_to_ms": AT_MS + DAY_MS}, "禁捕期至2025-09-17 11:30", "closed until 2025-09-17 11:30"),
    ],
)
def test_a_ban_without_an_end_is_said_to_have_none(
    windows: tuple[Window, ...], more: dict[str, Any], zh_end: str, en_end: str
) -> None:
    zh, en = sentences(only(ask(boat(), zone(windows=windows, **more))))
    assert zh_end in zh and en_end in en


def test_an_unchecked_zone_only_suspects() -> None:
    """疑似, never 违规: a zone nobody has checked gives a hint to look and names its confidence."""
    finding = only(ask(boat(), zone(use=Use.ADVISE, confidence="literature")))
    assert (finding.set_level, finding.hold_level) == (Priority.CAUTION, Priority.CAUTION)
    assert "疑似" in sentences(finding)[0] and "尚未核对" in sentences(finding)[0]
    assert finding.facts["confidence"] == "literature"


def test_a_test_zone_only_tests() -> None:
    finding = only(ask(boat(), zone(use=Use.TEST, rule={"enter": "alarm"})))
    assert (finding.set_level, finding.message) == (Priority.CAUTION, "alert.zone.entry_test")


def test_steaming_through_closed_waters_is_no_fishing_but_keeps_an_alert() -> None:
    """At 9 kn nothing is asked for; an alert already raised stays while she is inside and the window bites."""
    finding = only(ask(boat(sog=9.0), zone(use=Use.ADVISE)))
    assert (finding.set_level, finding.hold_level) == (None, Priority.CAUTION)


@pytest.mark.parametrize("use", [Use.ENFORCE, Use.ADVISE, Use.TEST])
def test_who_is_not_seen_fishing_is_not_said_to_fish(use: Use) -> None:
    """What keeps an alert, and stands in the list of what nobody is told, accuses a boat that only lies there of
    nothing."""
    finding = only(ask(boat(sog=0.1, ring_sog=np.full(32, 0.1)), zone(use=use)))
    zh, en = sentences(finding)
    assert finding.message == "alert.zone.inside" and finding.set_level is None
    assert "未见捕捞：航速0.1节" in zh and "疑似" not in zh and "not seen fishing: 0.1 kn" in en


def test_a_short_slow_down_is_no_fishing() -> None:
    speeds = np.where(np.arange(32) < 24, 8.5, 3.0)
    assert only(ask(boat(ring_sog=speeds), zone())).set_level is None


def test_near_a_harbour_slow_is_no_fishing() -> None:
    assert only(ask(boat(near_harbour=True), zone())).set_level is None


@pytest.mark.parametrize(
    "case",
    [
        pytest.param((boat(), zone(windows=(Window(AT_MS, AT_MS),))), id="season over"),
        pytest.param((boat(), zone(valid_to_ms=AT_MS)), id="zone no longer valid"),
        pytest.param((boat("hook"), zone(windows=(window(gear_except=("hook",)),))), id="gear excepted"),
        pytest.param((boat("pot"), zone(windows=(window(gear=("gillnet",)),))), id="other gear meant"),
        pytest.param(
            (boat(permits=("moratorium",)), zone(windows=(window(permit_ok=True),))), id="permit for the measure"
        ),
        pytest.param((boat(permits=("moratorium-ecs",)), zone()), id="permit for the zone"),
        pytest.param((boat("gillnet"), zone(kind="trawl_prohibited", windows=())), id="trawl line, no trawler"),
        pytest.param((boat(fishing=False), zone()), id="no fishing boat"),
        pytest.param((boat(own=False), zone()), id="another judge's"),
        pytest.param((boat(), zone(use=Use.DISPLAY)), id="only shown"),
        pytest.param((boat(), zone(rule={"enter": "record"})), id="nothing asked"),
    ],
)
def test_what_does_not_concern_her_says_nothing(case: tuple[Scene, Zone]) -> None:
    assert ask(*case) == Findings("zone", hold_s=180.0)


def test_a_special_permit_lifts_only_windows_that_allow_it() -> None:
    assert only(ask(boat(permits=("moratorium",)), zone())).set_level is Priority.WARNING


def test_a_trawler_behind_the_trawl_line_is_meant() -> None:
    assert only(ask(boat("single_trawl"), zone(kind="trawl_prohibited", windows=()))).set_level is Priority.WARNING


def test_unknown_gear_is_possibly_concerned() -> None:
    """A boat the register does not know may be one of those meant: look, do not accuse."""
    finding = only(ask(boat(""), zone(windows=(window(gear_except=("hook",)),))))
    assert (finding.set_level, finding.message) == (Priority.CAUTION, "alert.zone.fishing_gear_unknown")


@pytest.mark.parametrize(("word", "level"), [("notice", 1), ("warn", 2), ("alarm", 3)])
def test_entry_has_the_level_the_zone_asks_for(word: str, level: int) -> None:
    entered = zone(kind="wind_farm", windows=(), rule={"enter": word})
    assert only(ask(boat(sog=9.0), entered)).set_level == level


def test_entering_and_fishing_are_one_alert() -> None:
    """A zone that asks for both: one key, the higher level, the sentence about the fishing."""
    both = zone(windows=(), rule={"enter": "notice", "fishing": False})
    entered, fishing = only(ask(boat(sog=9.0), both)), only(ask(boat(), both))
    assert entered.key == fishing.key
    assert (entered.set_level, entered.hold_level) == (Priority.CAUTION, Priority.WARNING)
    assert (fishing.set_level, fishing.message) == (Priority.WARNING, "alert.zone.fishing")


def test_a_boat_unheard_for_ten_minutes_is_undecided() -> None:
    scene = boat(age_s=601.0)
    assert ask(scene, zone()) == Findings("zone", undecided=frozenset({BOAT}), hold_s=180.0)


def test_unknown_speed_still_reads_as_a_sentence() -> None:
    finding = only(ask(boat(sog_kn=np.nan), replace(zone(), windows=())))
    zh, en = sentences(replace(finding, message="alert.zone.entry"))
    assert "航速（现不详），限制为长期；" in zh and ", speed now unknown, restricted permanently;" in en
