"""The call sheet: who is called, in which tongue first, with figures of now or none, and who could be there first."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao import nav, words
from fengqiao.app.call_sheet import (
    ASSUMED_KN,
    EXPOSED_MAX,
    HELPERS_MAX,
    REACH_NM,
    CallSheetFacts,
    Role,
    Scene,
    call_sheet,
    meeting_of,
    spoken_position,
)
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.register.vessel import Identity, Register, RegisteredVessel
from fengqiao.store.tables import AlertRow

NOW = 1_757_994_000_000
SHIP, BOAT, HELPER = 538_990_102, 412_990_108, 412_990_200
PAIR: dict[str, Any] = {
    "a": "BEIYAN PIONEER",
    "b": "浙普渔60108",
    "a_mmsi": SHIP,
    "b_mmsi": BOAT,
    "tcpa_min": 99.0,
    "cpa_m": 9999,
}
FOUND: dict[str, Any] = {
    "mmsi": 0,
    "kind": int(Kind.SHIP),
    "fix_ms": NOW,
    "lon_deg": 122.0,
    "lat_deg": 30.0,
    "sog_kn": 8.0,
    "fixes": 9,
}
FOUND |= {"cog_deg": 0.0, "ship_type": 30, "nav_status": 0, "length_m": 30.0, "class_b": True, "interval_s": 30.0}


def scene(*rows: dict[str, Any], lost: tuple[int, ...] = (), phones: dict[int, str] | None = None) -> Scene:
    """A bay of these vessels; ``phones`` are what the register knows, under the names ``注册<mmsi>``."""
    full = [FOUND | row for row in rows]
    columns = {}
    for name, dtype in Vessels.dtypes().items():
        column = np.zeros(len(full), dtype)
        if dtype == np.dtype(object):
            column[:] = ""
        for i, row in enumerate(full):
            if name in row:
                column[i] = row[name]
        columns[name] = column
    vessels = Vessels(**columns)
    known = tuple(
        RegisteredVessel(str(m), f"注册{m}", (Identity(m, f"注册{m}"),), owner="船东", phone=phone)
        for m, phone in (phones or {}).items()
    )
    names = np.array([n or str(m) for n, m in zip(vessels.name, vessels.mmsi, strict=True)], object)
    return Scene(NOW, vessels, names, vessels.ship_type == 30, np.isin(vessels.mmsi, lost), Register.of("r", known))


def alert(rule: str, *mmsi: int, message: str = "", lon: float | None = None, **facts: Any) -> AlertRow:
    where: dict[str, Any] = {"lon_deg": lon, "lat_deg": None if lon is None else 30.0}
    said: dict[str, Any] = {"text_zh": "", "text_en": "", "basis": {}, "key": [], "zone": None}
    state: dict[str, Any] = {
        "at_ms": NOW,
        "raised_ms": NOW,
        "change": "raised",
        "priority": 3,
        "active": True,
        "acked": False,
    }
    named: dict[str, Any] = {"run_id": "live", "alert": "x", "rule": rule, "message": message or f"alert.{rule}"}
    return AlertRow(**named, **state, **said, **where, mmsi=list(mmsi), facts=facts)


def head_on(**boat: Any) -> Scene:
    """A ship from Majuro two miles north of a boat, coming down on her at twelve knots; the boat goes at six."""
    ship = {"mmsi": SHIP, "name": "BEIYAN PIONEER", "lat_deg": 30.0 + 2 / 60, "sog_kn": 12.0, "cog_deg": 180.0}
    ship |= {"ship_type": 70, "class_b": False, "length_m": 180.0, "callsign": "V7AA"}
    boat = {"mmsi": BOAT, "name": "ZHEPUYU60108", "sog_kn": 6.0, "cog_deg": 0.0} | boat
    return scene(ship, boat, phones={BOAT: "000-1"})


def sentences(facts: CallSheetFacts) -> list[str]:
    return [said for one in facts.addressees for _, said in one.said]


def collision() -> AlertRow:
    return alert("collision", BOAT, SHIP, message="alert.collision.merchant_fishing", **PAIR)


def test_each_is_spoken_to_in_her_own_tongue_first() -> None:
    """A foreign merchant ship in English, a boat in Chinese; in English a boat has the Latin name she sends."""
    ship, boat = call_sheet(collision(), head_on()).addressees
    assert (ship.role, [lang for lang, _ in ship.said]) == (Role.MERCHANT, ["en", "zh"])
    assert (boat.role, [lang for lang, _ in boat.said]) == (Role.FISHING, ["zh", "en"])
    assert "ZHEPUYU60108" in ship.said[0][1] and f"注册{BOAT}" in ship.said[1][1]


def test_a_chinese_merchant_ship_is_spoken_to_in_chinese_first() -> None:
    bay = scene({"mmsi": 413_000_001, "ship_type": 70, "length_m": 90.0})
    (one,) = call_sheet(alert("zone", 413_000_001), bay).addressees
    assert one.said[0][0] == "zh"


def test_figures_spoken_are_of_now() -> None:
    """The alert said 99 minutes and 9999 metres once; 2 miles at 18 knots are 7 minutes."""
    facts = call_sheet(collision(), head_on())
    assert facts.meeting is not None and facts.meeting.tcpa_s == pytest.approx(2 / 18 * 3600, rel=0.01)
    assert not any(old in said for said in sentences(facts) for old in ("9999", "99 minutes", "99分钟"))
    assert "7分钟后" in facts.addressees[1].said[0][1] and "180 degrees" in facts.addressees[0].said[0][1]
    assert "000度" in facts.addressees[1].said[0][1]


def test_past_the_closest_point_the_question_is_contact() -> None:
    facts = call_sheet(collision(), head_on(lat_deg=30.0 + 4 / 60))
    assert all("contact" in said or "接触" in said for said in sentences(facts))
    assert not any("minutes" in said or "分钟" in said for said in sentences(facts))


def test_two_that_lie_still_have_passed_nothing() -> None:
    bay = scene({"mmsi": SHIP, "sog_kn": 0.0}, {"mmsi": BOAT, "sog_kn": 0.1, "lat_deg": 30.01})
    assert all(
        "distance not changing" in said or "间距不变" in said for said in sentences(call_sheet(collision(), bay))
    )


@pytest.mark.parametrize("boat", [{"sog_kn": np.nan}, {"cog_deg": np.nan}, {"lat_deg": np.nan}])
def test_what_is_unknown_is_not_spoken(boat: dict[str, float]) -> None:
    """No course is no forecast, and no speed is not 0 knots: no figure is given."""
    facts = call_sheet(collision(), head_on(**boat))
    assert facts.meeting is None
    assert not any("CPA" in said or "分钟" in said for said in sentences(facts))


def test_the_silent_one_is_asked_where_she_is() -> None:
    bay = head_on()
    lost = Scene(bay.at_ms, bay.vessels, bay.names, bay.fishing, bay.vessels.mmsi == BOAT, bay.register)
    ship, boat = call_sheet(collision(), lost).addressees
    assert "do you see her" in ship.said[0][1] and "收不到你船信号" in boat.said[0][1]


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(0, 20), st.floats(0, 359), st.floats(0, 20), st.floats(0, 359)
)
def test_both_hear_the_same_meeting(dx: float, dy: float, sog0: float, cog0: float, sog1: float, cog1: float) -> None:
    """Told the other way round the distances and times are the same, and the bearing is opposite."""
    first = {"mmsi": SHIP, "sog_kn": sog0, "cog_deg": cog0}
    second = {"mmsi": BOAT, "sog_kn": sog1, "cog_deg": cog1, "lon_deg": 122.0 + dx, "lat_deg": 30.0 + dy}
    bay = scene(first, second)
    there = meeting_of(alert("collision", a_mmsi=SHIP, b_mmsi=BOAT), bay)
    back = meeting_of(alert("collision", a_mmsi=BOAT, b_mmsi=SHIP), bay)
    assert there is not None and back is not None
    assert there.range_nm == pytest.approx(back.range_nm) and there.cpa_nm == pytest.approx(back.cpa_nm, abs=1e-6)
    assert there.tcpa_s == pytest.approx(back.tcpa_s, abs=1e-6)
    if there.range_nm > 0.001:
        assert (there.bearing_deg - back.bearing_deg) % 360.0 == pytest.approx(180.0, abs=1e-6)


def test_only_telephones_on_the_sheet_count_as_looked_at() -> None:
    """The ship is not in the register; a helper near by is, and so is somebody far away who is not shown."""
    bay = scene(
        {"mmsi": SHIP}, {"mmsi": BOAT}, {"mmsi": HELPER, "lon_deg": 122.1}, phones={BOAT: "1", HELPER: "2", 412: "3"}
    )
    facts = call_sheet(collision(), bay)
    assert facts.shown == (BOAT, HELPER)
    assert [one.known for one in facts.addressees] == [False, True]


def test_helpers_come_by_time_not_distance() -> None:
    """A fast ship five miles off is there before a boat that lies three miles off; only the latter is assumed."""
    bay = scene(
        {"mmsi": BOAT},
        {"mmsi": 1, "lat_deg": 30 + 5 / 60, "sog_kn": 25.0},
        {"mmsi": 2, "lat_deg": 30 + 3 / 60, "sog_kn": 0.0},
    )
    facts = call_sheet(alert("gap", BOAT), bay)
    assert [(h.mmsi, h.assumed_speed, round(h.course_deg)) for h in facts.helpers] == [(1, False, 180), (2, True, 180)]
    assert [round(h.minutes) for h in facts.helpers] == [12, 22]


@pytest.mark.parametrize(
    "other",
    [
        {"kind": int(Kind.GEAR)},
        {"kind": int(Kind.GEAR), "gear_doubt": True},
        {"kind": int(Kind.ATON)},
        {"nav_status": 2},
        {"nav_status": 6},
        {"lat_deg": np.nan, "lon_deg": np.nan},
        {"lat_deg": 30 + (REACH_NM + 1) / 60},
        {"mmsi": BOAT, "voice": 1},
    ],
)
def test_who_cannot_help_is_not_listed(other: dict[str, Any]) -> None:
    """Net buoys, aids, ships aground or not under command, whoever is too far, and she herself."""
    bay = scene({"mmsi": BOAT}, {"mmsi": HELPER} | other)
    assert call_sheet(alert("gap", BOAT), bay).helpers == ()


def test_a_silent_vessel_is_no_helper() -> None:
    assert call_sheet(alert("gap", BOAT), scene({"mmsi": BOAT}, {"mmsi": HELPER}, lost=(HELPER,))).helpers == ()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6), st.floats(0, 30)), max_size=20))
def test_helpers_are_those_a_patient_officer_would_find(ships: list[tuple[float, float, float]]) -> None:
    """Against measuring everybody one by one; and going faster never makes one later."""
    rows = [{"mmsi": i + 1, "lon_deg": 122 + x, "lat_deg": 30 + y, "sog_kn": s} for i, (x, y, s) in enumerate(ships)]
    facts = call_sheet(alert("gap", BOAT), scene({"mmsi": BOAT}, *rows))
    needed = {}
    for row in rows:
        away = float(nav.distance_nm(row["lon_deg"], row["lat_deg"], 122.0, 30.0))
        if away <= REACH_NM:
            needed[row["mmsi"]] = away / max(row["sog_kn"], ASSUMED_KN) * 60
    assert [h.minutes for h in facts.helpers] == pytest.approx(sorted(needed.values())[:HELPERS_MAX])


def test_after_a_close_pass_the_ship_is_asked_too() -> None:
    bay = head_on()
    silent, ship = call_sheet(alert("gap", BOAT, ship_mmsi=SHIP, pass_m=39, pass_time="11:53"), bay).addressees
    assert (silent.role, ship.role) == (Role.SILENT, Role.PASSER)
    assert "39 metres from ZHEPUYU60108" in ship.said[0][1]


@pytest.mark.parametrize(
    ("message", "facts", "lon", "begins"),
    [
        ("alert.distress.sart", {"device": "sart"}, 122.5, "call.distress.all"),
        ("alert.distress_no_position", {"device": "sart"}, None, "call.distress.nowhere"),
        ("alert.distress_place.land", {"device": "sart", "place": "land"}, 122.5, "call.distress.nowhere"),
        ("alert.distress_test", {"device": "sart"}, 122.5, "call.distress.test"),
    ],
)
def test_a_beacon_cannot_be_called_but_all_ships_can(
    message: str, facts: dict[str, Any], lon: float | None, begins: str
) -> None:
    (one,) = call_sheet(alert("distress", 970_990_001, message=message, lon=lon, **facts), scene()).addressees
    said = {"beacon": 970_990_001, "position": "--" if lon is None else spoken_position("zh", (lon, 30.0))}
    assert (one.role, one.mmsi, one.said[0]) == (Role.ALL, 0, ("zh", words.say("zh", begins, said)))


def test_a_ship_in_distress_is_called_first() -> None:
    sheet = call_sheet(alert("distress", BOAT, device="ship", lon=122.0), scene({"mmsi": BOAT}))
    assert [one.mmsi for one in sheet.addressees] == [BOAT, 0]


def test_in_a_gale_the_boats_beyond_their_rating_are_called_and_nobody_is_sent_out() -> None:
    boats = [{"mmsi": 412_000_000 + i} for i in range(EXPOSED_MAX + 5)]
    facts = call_sheet(alert("gale", lon=122.0, boats=boats, beaufort=8), scene(*boats))
    assert len(facts.addressees) == EXPOSED_MAX and {a.role for a in facts.addressees} == {Role.EXPOSED}
    assert facts.helpers == ()


def test_a_dead_feed_has_nobody_to_call() -> None:
    facts = call_sheet(alert("feed", feed="tcp"), scene({"mmsi": BOAT}))
    assert facts.addressees == () and facts.helpers == () and facts.position is None


@pytest.mark.parametrize("rule", ["collision", "gap", "distress", "zone", "gale", "feed", "some rule of tomorrow"])
@pytest.mark.parametrize("facts", [{}, {"a_mmsi": "x", "b_mmsi": None, "boats": [3, {}], "ship_mmsi": "y"}])
def test_no_alert_however_odd_leaves_the_officer_without_a_sheet(rule: str, facts: dict[str, Any]) -> None:
    for bay in (scene(), head_on()):
        said = sentences(call_sheet(alert(rule, BOAT, **facts), bay))
        assert not any(sentence.startswith("call.") for sentence in said)


def test_a_hostile_name_is_spoken_as_plain_text() -> None:
    hostile = "\x1b[31m[bold]{0}\u202eX"
    facts = call_sheet(alert("zone", BOAT), scene({"mmsi": BOAT, "name": hostile}))
    said = " ".join(sentences(facts))
    assert "{0}" in said and "[bold]" in said and "\x1b" not in said and "\u202e" not in said


def test_positions_are_said_in_words() -> None:
    assert spoken_position("zh", (122.305, 30.2083)) == "北纬30度12.5分，东经122度18.3分"
    assert spoken_position("en", (-0.5, -59.99999)) == "60 degrees 00.0 minutes South, 0 degrees 30.0 minutes West"
    assert spoken_position("zh", None) == "--"
