"""Positions as a telephone brings them: radio digits, and bearing and range from a place."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao import cli
from fengqiao.app.history import parse_line
from fengqiao.model.errors import UsageFault
from fengqiao.nav import bearing_deg, distance_nm, parse_place, parse_position
from fengqiao.zones.places import place_of, places

LANGGANG, HAIJIAO = (122.92, 30.43), (123.15658, 30.73456)
PLACES = {
    "浪岗山列岛": LANGGANG,
    "Langgang": LANGGANG,
    "东福山": (122.76591, 30.13568),
    "洞头": (121.15, 27.84),
    "大洋山": (122.06658, 30.58646),
    "大鱼山": (121.95938, 30.31714),
}


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("北纬三洞度幺两点五分 东经幺两两度幺八点三分", 122.305, 30 + 12.5 / 60),
        ("北纬三洞度洞拐分，东经幺两勾度四勾分", 129 + 49 / 60, 30 + 7 / 60),
        ("北纬30度12点5分 东经122度18点3分", 122.305, 30 + 12.5 / 60),
        ("北纬三十度1点5分 东经122度十八点3分", 122.305, 30 + 1.5 / 60),  # a point never vanishes
    ],
)
def test_radio_digits_are_digits(text: str, lon: float, lat: float) -> None:
    assert parse_position(text) == pytest.approx((lon, lat), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "place", "bearing", "range_nm"),
    [
        ("浪岗东面5海里", "浪岗山列岛", 90, 5),
        ("浪岗以东五海里", "浪岗山列岛", 90, 5),
        ("浪岗正东方向约两海里", "浪岗山列岛", 90, 2),
        ("浪岗东南偏东三点五海里处", "浪岗山列岛", 112.5, 3.5),
        ("浪岗方位110度五海里", "浪岗山列岛", 110, 5),
        ("浪岗 ５ 海里 东北", "浪岗山列岛", 45, 5),
        ("东福山东面半海里", "东福山", 90, 0.5),
        ("洞头南面拐海里", "洞头", 180, 7),
        ("大洋山西北1852米", "大洋山", 315, 1),
        ("Langgang 5 nm east", "Langgang", 90, 5),
        ("langgang 090 5nm", "Langgang", 90, 5),
        ("5 nm ESE of Langgang", "Langgang", 112.5, 5),
    ],
)
def test_reads_bearing_and_range_from_a_place(text: str, place: str, bearing: float, range_nm: float) -> None:
    lon, lat = parse_place(text, PLACES)
    assert distance_nm(*PLACES[place], lon, lat) == pytest.approx(range_nm, abs=1e-3)
    assert bearing_deg(*PLACES[place], lon, lat) == pytest.approx(bearing, abs=0.01)


def test_a_name_alone_and_a_position_are_places_too() -> None:
    assert parse_place("浪岗", PLACES) == LANGGANG
    assert parse_place("30.208 122.305", PLACES) == (122.305, 30.208)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("西福山东面5海里", "error.place_unknown"),
        ("浪岗东面500海里", "error.position_unread"),  # nobody measures that far from an island
        ("浪岗东面5里", "error.position_unread"),  # a li ashore is not a mile at sea
        ("浪岗370度5海里", "error.position_unread"),
        ("东面5海里", "error.position_unread"),
        ("", "error.position_unread"),
        ("浪岗东面5海里" + "处" * 200, "error.position_unread"),
    ],
)
def test_says_what_it_could_not_read(text: str, message: str) -> None:
    with pytest.raises(UsageFault) as refusal:
        parse_place(text, PLACES)
    assert refusal.value.message == message


def test_two_places_are_never_guessed_between() -> None:
    with pytest.raises(UsageFault) as refusal:
        parse_place("大洋东面5海里", PLACES | {"大洋屿": (121.5, 28.5)})
    assert refusal.value.message == "error.place_unclear"


def test_islands_ship_with_the_charts() -> None:
    """Every name of the charts is read back, in both languages."""
    assert parse_place("海礁", places()) == parse_place("Haijiao", places()) == pytest.approx(HAIJIAO)
    assert all(parse_place(name, places()) == at for name, at in places().items())


@pytest.mark.parametrize(
    "text",
    [
        "30-10N 122-40E;30-12N 122-45E",
        "30-10N 122-40E；30-12N 122-45E；",
        "30-10N 122-40E,30-12N 122-45E",
        "122.66666667,30.16666667,122.75,30.2",
        "N30-10,E122-40，N30-12,E122-45",
    ],
)
def test_lines_are_cut_at_semicolons_or_commas(text: str) -> None:
    assert parse_line(text) == [pytest.approx((122 + 2 / 3, 30 + 1 / 6)), pytest.approx((122.75, 30.2))]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="浪岗东西南北偏面以方位约距海里米nm 0159.°度点幺两洞十半,;Langofest", max_size=40))
def test_noise_is_read_or_refused(text: str) -> None:
    try:
        lon, lat = parse_place(text, PLACES)
    except UsageFault:
        return
    assert abs(lon) <= 180 and abs(lat) <= 90


def test_every_command_that_asks_where_takes_a_place_people_know() -> None:
    """One door for positions: a caller of the bare reader would refuse what the telephone brings."""
    assert place_of("海礁东面5海里") == parse_place("海礁东面5海里", places())
    commands = Path(cli.__file__).parent.glob("*.py")
    assert [file.name for file in commands if "parse_p" in file.read_text("utf-8")] == []
