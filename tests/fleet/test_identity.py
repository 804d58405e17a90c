"""What carries the transponder, by what sign, and how sure that is."""

from math import nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import batch, fix, name
from fengqiao.app.decoding import decode_file
from fengqiao.fleet import Fleet, Kind
from fengqiao.fleet.identity import Confidence, GearSign, Sign, at_speed, gear_sign, tell

AIS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ais"
BOAT = 412_000_002


def test_what_carries_the_transponder() -> None:
    """By number, by message, by name; a boat's name with a number behind it is only a doubt."""
    assert tell(970010119, 1, "", False) == (Kind.SART, False)
    assert tell(994121234, 21, "BUOY 5", False) == (Kind.ATON, False)
    assert tell(979012345, 18, "", True) == (Kind.GEAR, False)
    assert tell(BOAT, 18, "NET 12 90%", True) == (Kind.GEAR, False)
    assert tell(BOAT, 18, "ZHEPUYU60001-3 85%", True) == (Kind.GEAR, False)
    assert tell(BOAT, 18, "ZHEPUYU60001-3", True) == (Kind.GEAR, True)
    assert tell(BOAT, 18, "PLANET", True) == (Kind.SHIP, False)
    assert tell(190000002, 18, "", True) == (Kind.GEAR, True)
    assert tell(190000002, 4, "", True) == (Kind.BASE, False)


@pytest.mark.parametrize(
    ("said", "sign", "confidence"),
    [
        ("ZHE PU YU 85%", "battery_name", 3),
        ("MIN 7.7V", "battery_name", 3),
        ("NET12 8V2", "battery_name", 3),
        ("NET12", "gear_word", 3),
        ("NET MARK", "gear_word", 3),
        ("BOUY 7", "gear_word", 3),
        ("12-34", "digits_name", 3),
        ("02333 287 82", "digits_name", 3),
        ("MINPINGYU63036-1", "boat_and_number", 2),
        ("ZHE DAI YU 04455-44", "boat_and_number", 2),
        ("SU 12--3", "dashes_name", 2),
        ("PLANET 12", None, 0),
        ("MAGNET", None, 0),
        ("ZHE DAI YU 04455", None, 0),
        ("STENA 4V", None, 0),
        ("CT4-1234", None, 0),
        ("", None, 0),
    ],
)
def test_a_name_that_gear_bears(said: str, sign: str | None, confidence: int) -> None:
    found = gear_sign(BOAT, said, True)
    assert (found.sign.value, int(found.confidence)) == (sign, confidence) if found else sign is None


def test_the_battery_where_the_length_belongs() -> None:
    """Tenths of a volt, no beam, ship type 36 or 37, class B: likely, so a doubt; a yacht of that length has a beam."""
    assert gear_sign(BOAT, "", True, 37, 84, 0) == GearSign(Sign.BATTERY_LENGTH, Confidence.LIKELY)
    assert tell(BOAT, 18, "", True, 37, 84, 0) == (Kind.GEAR, True)
    yachts = [(True, 37, 84, 12), (True, 37, 12, 0), (False, 37, 84, 0), (True, 30, 84, 0), (True, 37, nan, nan)]
    assert [gear_sign(BOAT, "", *yacht) for yacht in yachts] == [None] * 5


def test_a_number_of_no_country_is_possible_and_with_the_type_likely() -> None:
    assert gear_sign(190_000_002, "", True) == GearSign(Sign.NUMBER, Confidence.POSSIBLE)
    assert gear_sign(190_000_002, "", True, 36) == GearSign(Sign.NUMBER, Confidence.LIKELY)
    assert gear_sign(190_000_002, "", False) is None


def test_what_makes_way_is_less_surely_a_buoy_and_what_drifts_more() -> None:
    """Drift alone never makes it sure; of no speed nothing is said."""
    of = {c: GearSign(Sign.NUMBER, c) for c in Confidence}
    possible, likely, sure = of.values()
    assert [at_speed(sign, 8.0) for sign in (possible, likely, sure)] == [possible, possible, likely]
    assert [at_speed(sign, 1.0) for sign in (possible, likely, sure)] == [likely, likely, sure]
    assert [at_speed(sign, nan) for sign in (possible, likely, sure)] == [possible, likely, sure]


@given(st.integers(0, 2**30 - 1), st.integers(1, 27), st.text(max_size=20), st.booleans(), st.integers(-1, 255))
def test_gear_is_told_exactly_where_a_sign_says_so(mmsi: int, msg: int, said: str, b: bool, ship_type: int) -> None:
    """And less than sure exactly where it is a doubt, in which collision sees a boat."""
    kind, doubt = tell(mmsi, msg, said, b, ship_type)
    sign = gear_sign(mmsi, said, b, ship_type)
    assert kind is not Kind.GEAR or (sign is not None and sign.sure is not doubt)
    assert kind is Kind.GEAR or not doubt


def test_the_fleet_heeds_type_and_battery() -> None:
    """A nameless class B set of type 37, 84 m long and without a beam, is a doubtful buoy."""
    said = {**name(BOAT, "", ship_type=37, msg_type=24), "length": 84, "beam": 0}
    fleet = Fleet()
    fleet.fold(batch(fix(BOAT, 0, 122.0, 30.0, msg_type=18), said=(said,)))
    v = fleet.vessels()
    assert (v.kind[0], v.gear_doubt[0]) == (Kind.GEAR, True)


@pytest.mark.skipif(not AIS.is_dir(), reason="shared recordings are not here")
@pytest.mark.parametrize(
    "file", ["denmark_20131112.tag.nmea", "channel_guernsey_20110726.tag.nmea", "stupan_sweden.nmea"]
)
def test_ordinary_ships_are_no_buoys(file: str) -> None:
    """European recordings, without a net buoy: one station in a thousand is possibly one, none likely."""
    told: dict[int, dict[str, object]] = {}
    for m in decode_file(str(AIS / file)).messages:
        told.setdefault(m["mmsi"], {}).update({k: m[k] for k in ("name", "ship_type", "type") if k in m})
    ships = {mmsi: said for mmsi, said in told.items() if tell(mmsi, int(str(said["type"])), "", False)[0] is Kind.SHIP}
    gear = {
        mmsi: sign
        for mmsi, said in ships.items()
        if (sign := gear_sign(mmsi, str(said.get("name", "")), said["type"] in (18, 19, 24)))
    }
    assert len(gear) <= 0.001 * len(ships)
    assert {sign.confidence for sign in gear.values()} <= {Confidence.POSSIBLE}
