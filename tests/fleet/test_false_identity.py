"""What two fixes of one number, or two numbers of one track, give away."""

from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import T0
from fengqiao import nav
from fengqiao.app.decoding import decode_file
from fengqiao.fleet.false_identity import FAR_M, MMSI_BITS, Odd, bit_errors, jumps, neighbours, oddities, two_places
from fengqiao.fleet.passes import Track, in_order, voices
from fengqiao.fleet.stations import StationClass, station_of

AIS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ais"
BOAT = 412_000_001


def sailing(mmsi: int, lon: float, lat: float, minutes: range, kn: float = 8.0, shift_s: int = 0) -> list[Any]:
    """A fix a minute on a course due north."""
    return [(mmsi, T0 + m * 60_000 + shift_s * 1000, lon, lat + m * kn / 3600.0, 18) for m in minutes]


def track_of(*rows: tuple[Any, ...]) -> Track:
    return in_order(Track.from_rows(rows))


def told(track: Track) -> list[Any]:
    return [odd.odd for odd in oddities(track, voices(track)[0])]


def test_one_number_in_two_places_at_once() -> None:
    """Both places, how far apart, how often each was heard; the jumps between them are not told again."""
    track = track_of(*sailing(BOAT, 122.0, 30.0, range(30)), *sailing(BOAT, 123.0, 30.0, range(30), shift_s=20))
    (odd,) = oddities(track, voices(track)[0])
    assert (odd.odd, odd.mmsi, odd.fixes, odd.other_fixes) == (Odd.TWO_PLACES, BOAT, 30, 30)
    assert {odd.lon_deg, odd.other_lon_deg} == {122.0, 123.0}
    between = nav.distance_m(odd.lon_deg, odd.lat_deg, odd.other_lon_deg, odd.other_lat_deg)
    assert odd.distance_m == pytest.approx(float(between)) and 90_000 < odd.distance_m < 100_000


def test_a_number_given_on_is_not_in_two_places() -> None:
    """Half an hour later where a vessel can have gone is nothing, a minute later beyond that a jump."""
    far = sailing(BOAT, 122.3, 30.0, range(60, 90))
    assert told(track_of(*sailing(BOAT, 122.0, 30.0, range(30)), *far)) == []
    early = sailing(BOAT, 127.0, 30.0, range(31, 60))
    track = track_of(*sailing(BOAT, 122.0, 30.0, range(30)), *early)
    assert list(two_places(track, voices(track)[0])) == [] and told(track) == [Odd.JUMP]


def test_a_broken_position_is_a_jump_with_its_speed() -> None:
    """There and back are two; the faster one is told. Nothing of an aircraft, which flies."""
    broken = (BOAT, T0 + 15 * 60_000 + 20_000, 125.0, 30.0, 18)
    track = track_of(*sailing(BOAT, 122.0, 30.0, range(30)), broken)
    (odd,) = oddities(track, voices(track)[0])
    assert (odd.odd, odd.fixes) == (Odd.JUMP, 2)
    assert odd.speed_kn == pytest.approx(odd.distance_m / nav.KN_M_S / ((odd.other_ms - odd.at_ms) / 1000))
    plane = [(111_412_001, *row[1:]) for row in (*sailing(BOAT, 122.0, 30.0, range(30)), broken)]
    assert told(track_of(*plane)) == []


@given(st.integers(0, MMSI_BITS - 1), st.integers(3, 26), st.integers(0, 59))
@settings(max_examples=60)
def test_a_number_broken_by_one_bit_is_its_owners(bit: int, minute: int, second: int) -> None:
    """Whichever bit: a fix on the owner's own track, heard once, is no vessel."""
    owner = sailing(BOAT, 122.0, 30.0, range(30))
    ghost = sailing(BOAT ^ (1 << bit), 122.0, 30.0 + second / 60 * 8 / 3600, range(minute, minute + 1), shift_s=second)
    (odd,) = bit_errors(track_of(*owner, *ghost))
    assert (odd.mmsi, odd.other_mmsi, odd.fixes, odd.other_fixes) == (BOAT ^ (1 << bit), BOAT, 1, 30)
    assert odd.distance_m <= 1.0 and isnan(odd.speed_kn) and odd.mmsi in neighbours(BOAT)


@pytest.mark.parametrize(
    "other",
    [
        sailing(BOAT ^ 1, 122.002, 30.0, range(5, 6)),  # a pair trawler 200 m off, with the next number
        sailing(BOAT ^ 1, 122.0, 30.0, range(5, 9)),  # heard as often as a vessel
        sailing(BOAT ^ 3, 122.0, 30.0, range(5, 6)),  # two bits off
        sailing(BOAT ^ 1, 122.0, 30.0, range(90, 91)),  # long after
    ],
)
def test_a_vessel_of_her_own_is_no_bit_error(other: list[Any]) -> None:
    assert list(bit_errors(track_of(*sailing(BOAT, 122.0, 30.0, range(30)), *other))) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from([BOAT, BOAT ^ 1]), st.integers(0, 3_600), st.floats(121.0, 124.0), st.floats(29.0, 31.0)
        ),
        max_size=40,
    )
)
@settings(max_examples=80)
def test_nothing_is_said_of_what_a_vessel_can_do(rows: list[Any]) -> None:
    """Any fixes at all: what is told needs more than 60 knots, and its figures are its own fixes'."""
    track = track_of(*((m, T0 + s * 1000, lon, lat, 18) for m, s, lon, lat in rows))
    fixes = set(zip(track.mmsi.tolist(), track.fix_ms.tolist(), track.lon_deg.tolist(), strict=True))
    for odd in oddities(track, voices(track)[0]):
        assert odd.speed_kn > 60 and odd.distance_m >= FAR_M
        assert {(odd.mmsi, odd.at_ms, odd.lon_deg), (odd.mmsi, odd.other_ms, odd.other_lon_deg)} <= fixes
    assert list(jumps(Track.empty(), np.zeros(0, np.int64))) == list(bit_errors(Track.empty())) == []


@pytest.mark.skipif(not AIS.is_dir(), reason="shared recordings are not here")
@pytest.mark.parametrize("file", ["denmark_20131112.tag.nmea", "channel_guernsey_20110726.tag.nmea"])
def test_nothing_silly_is_said_of_ordinary_ships(file: str) -> None:
    """Of real traffic hardly a ship in a hundred is odd."""
    rows = [
        (m["mmsi"], int(np.datetime64(m["at"][:-1], "ms").astype(np.int64)), m["lon"], m["lat"], m["type"])
        for m in decode_file(str(AIS / file)).messages
        if "lon" in m and station_of(m["mmsi"]).station is StationClass.SHIP
    ]
    track = track_of(*rows)
    ships = len(np.unique(track.mmsi))
    odd = {one.mmsi for one in (*oddities(track, voices(track)[0]), *bit_errors(track))}
    assert ships > 90 and len(odd) <= 0.01 * ships, odd
