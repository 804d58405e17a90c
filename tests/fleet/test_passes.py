"""Laws of who was near: the way between fixes counts, silence accuses nobody, one number may be two vessels."""

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from fengqiao.fleet.passes import SAME_M, Basis, Passes, Track, find_passes

GEOD = Geod(ellps="WGS84")
PLACE = (122.5, 30.0)
MINUTE = 60_000
HALF_MILE = 926.0
# Minutes and offsets in metres from the place, one vessel: speeds up to 40 kn and beyond, silences among them.
OFFSET = st.floats(-9000, 9000)
FIX = st.tuples(st.integers(0, 120), OFFSET, OFFSET)
FIXES = st.lists(FIX, min_size=1, max_size=8, unique_by=lambda fix: fix[0])
LINE = st.lists(st.tuples(st.floats(122.4, 122.6), st.floats(29.95, 30.05)), min_size=1, max_size=4)


def track(*fixes: tuple[float, float, float], mmsi: int = 412000001) -> Track:
    """Fixes as minute, metres east and metres north of the place."""
    rows = []
    for minute, east, north in fixes:
        azimuth, metres = np.degrees(np.arctan2(east, north)), np.hypot(east, north)
        lon, lat, _ = GEOD.fwd(*PLACE, azimuth, metres)
        rows.append((mmsi, round(minute * MINUTE), lon, lat, 1))
    return Track.from_rows(rows)


def asked(
    fixes: Track, radius_m: float = HALF_MILE, minutes: tuple[float, float] = (0, 120), line: object = (PLACE,)
) -> Passes:
    begins, ends = (round(m * MINUTE) for m in minutes)
    return find_passes(fixes, np.array(line, float), radius_m, begins, ends)


def test_a_vessel_is_seen_between_her_fixes() -> None:
    """Two fixes two miles apart, six minutes between: she crossed the circle although no fix lies in it."""
    (one,) = asked(track((10, -1852, 300), (16, 1852, 300))).near
    assert abs(one.distance_m - 300) < 0.5
    assert (one.at_ms, one.basis) == (13 * MINUTE, Basis.INTERPOLATED)
    assert (one.before_ms, one.after_ms) == (10 * MINUTE, 16 * MINUTE)


def test_a_fix_at_the_closest_point_is_measured() -> None:
    (one,) = asked(track((10, -1852, 300), (13.4, 0, 300), (16, 1852, 300))).near
    assert (one.at_ms, one.basis) == (round(13.4 * MINUTE), Basis.MEASURED)


def test_a_near_fix_outside_the_radius_measures_nothing() -> None:
    """A fast vessel's fix half a minute off may lie outside: then the pass itself was not measured."""
    (one,) = asked(track((10, -700, 50), (10.8, 700, 50)), radius_m=300).near
    assert one.basis is Basis.INTERPOLATED


def test_silence_is_possible_and_never_asserted() -> None:
    """Twenty minutes between two fixes on either side: she could have come by, at the speed it would have taken."""
    found = asked(track((10, -1852, 300), (30, 1852, 300)), minutes=(5, 35))
    assert found.near == ()
    (one,) = found.possible
    assert (one.before_ms, one.after_ms) == (10 * MINUTE, 30 * MINUTE)
    assert 5.9 < one.needed_kn < 6.1


def test_silence_to_the_end_is_possible() -> None:
    """A vessel that falls silent nearby and is not heard again is not forgotten; one far away is."""
    near_and_far = [track((10, -5000, 0)), track((10, -80_000, 0), mmsi=412000002)]
    (one,) = asked(Track.join(near_and_far), minutes=(0, 60)).possible
    assert (one.mmsi, one.before_ms, one.after_ms) == (412000001, 10 * MINUTE, None)
    assert abs(one.needed_kn - (5000 - HALF_MILE) / 3000 / 0.514444) < 0.01


def test_only_the_time_asked_about_counts() -> None:
    """She passes at minute 13; of the time until minute 11 only the way until then is measured."""
    (one,) = asked(track((10, -1852, 0), (16, 1852, 0)), radius_m=2000, minutes=(0, 11)).near
    assert one.at_ms == 11 * MINUTE
    assert abs(one.distance_m - 1852 * 2 / 3) < 1.0


def test_one_number_from_two_places_is_two_tracks() -> None:
    """A clone fifty miles off, heard in turns: no way leads from one to the other, and the answer says so."""
    here, there = [(m, -1852 + 617 * m, 300.0) for m in range(7)], [(m + 0.5, 90_000.0, 300.0) for m in range(7)]
    found = asked(track(*here, *there))
    assert found.too_fast == 13
    assert [(p.mmsi, round(p.distance_m), p.doubled) for p in found.near] == [(412000001, 300, True)]


def test_a_broken_position_does_not_break_the_track() -> None:
    """One fix thrown a degree away on the air: the way goes on past it."""
    (one,) = asked(track((10, -900, 200), (11, 100_000, 0), (12, 900, 200))).near
    assert abs(one.distance_m - 200) < 0.5
    assert one.at_ms == 11 * MINUTE


def test_a_way_round_the_back_of_the_earth_meets_nobody() -> None:
    far = Track.from_rows([(1, 0, -57.6, 30.0, 1), (1, 15 * MINUTE, -57.4, 30.0, 1)])
    assert asked(far) == Passes((), (), 0)


def test_the_date_line_is_no_wall() -> None:
    fixes = Track.from_rows([(1, 0, 179.99, 30.0, 1), (1, 5 * MINUTE, -179.99, 30.0, 1)])
    (one,) = asked(fixes, line=((-180.0, 30.001),)).near
    assert abs(one.distance_m - GEOD.inv(180, 30.001, 180, 30.0)[2]) < 0.5


def test_nothing_heard_nobody_near() -> None:
    assert asked(Track.empty()) == Passes((), (), 0)


@settings(max_examples=150, deadline=None)
@given(FIXES, LINE)
def test_a_line_has_no_direction(fixes: list[tuple[float, float, float]], line: list[tuple[float, float]]) -> None:
    assert asked(track(*fixes), line=line) == asked(track(*fixes), line=line[::-1])


@settings(max_examples=150, deadline=None)
@given(FIXES, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(fixes: list[tuple[float, float, float]], random: object) -> None:
    """Late, doubled or shuffled reports give the same answer."""
    shuffled = sorted(fixes + fixes[:2], key=lambda _: random.random())  # type: ignore[attr-defined]  # Random
    assert asked(track(*fixes)) == asked(track(*shuffled))


@settings(max_examples=150, deadline=None)
@given(FIXES, LINE, st.floats(1, 9000), st.floats(1, 3))
def test_a_wider_circle_holds_all_of_a_narrower(
    fixes: list[tuple[float, float, float]], line: list[tuple[float, float]], radius_m: float, more: float
) -> None:
    narrow, wide = (asked(track(*fixes), radius, line=line).near for radius in (radius_m, radius_m * more))
    distances = {p.mmsi: p.distance_m for p in wide}
    assert all(distances[p.mmsi] == p.distance_m for p in narrow)


@settings(max_examples=150, deadline=None)
@given(FIXES, st.floats(0, 60), st.floats(60, 120))
def test_a_longer_time_holds_all_of_a_shorter(
    fixes: list[tuple[float, float, float]], begins: float, ends: float
) -> None:
    short, long = (asked(track(*fixes), 9000, minutes).near for minutes in ((begins, ends), (0, 120)))
    assert [p.mmsi for p in short if not any(q.distance_m <= p.distance_m + 1e-3 for q in long)] == []


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(OFFSET, OFFSET), min_size=2, max_size=6), st.floats(0.01, 0.99))
def test_a_fix_on_her_way_changes_nothing(corners: list[tuple[float, float]], share: float) -> None:
    """A fix where she was believed to be anyway tells nothing new: no pass becomes nearer or farther."""
    whole = track(*((12 * i, east, north) for i, (east, north) in enumerate(corners)))  # 26 km in 12 minutes at most
    before = asked(whole, 9000)
    assume(before.too_fast == 0)
    at_ms = round(share * 12 * MINUTE)
    azimuth, _, length = GEOD.inv(whole.lon_deg[0], whole.lat_deg[0], whole.lon_deg[1], whole.lat_deg[1])
    lon, lat, _ = GEOD.fwd(whole.lon_deg[0], whole.lat_deg[0], azimuth, length * at_ms / (12 * MINUTE))
    after = asked(Track.join([whole, Track.from_rows([(412000001, at_ms, lon, lat, 1)])]), 9000)
    assert [p.mmsi for p in after.near] == [p.mmsi for p in before.near]
    assert all(abs(p.distance_m - q.distance_m) < 0.5 for p, q in zip(before.near, after.near, strict=True))


@settings(max_examples=150, deadline=None)
@given(FIXES, FIX)
@example(
    [(0, -1717.0, 0.0), (1, 635.0, 0.0), (2, 0.0, 0.0)], (0, 2352.0, 0.0)
)  # alike to a nanometre: then the earlier counts
def test_a_later_fix_never_puts_her_farther_off(
    fixes: list[tuple[float, float, float]], last: tuple[float, float, float]
) -> None:
    """What she did after takes nothing back of what she did before."""
    end = max(fix[0] for fix in fixes) + 1
    before, after = asked(track(*fixes), 9000).near, asked(track(*fixes, (end, *last[1:])), 9000).near
    assert all(any(q.distance_m <= p.distance_m + SAME_M for q in after) for p in before)


@settings(max_examples=150, deadline=None)
@given(FIXES)
def test_nobody_is_both_near_and_possible(fixes: list[tuple[float, float, float]]) -> None:
    found = asked(track(*fixes))
    assert not {p.mmsi for p in found.near} & {s.mmsi for s in found.possible}
    assert all(p.distance_m <= HALF_MILE for p in found.near)
