from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengqiao.fleet import grid
from fengqiao.fleet.grid import fairly, pairs_within
from fengqiao.nav import distance_nm

POINTS = st.lists(st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.booleans()), min_size=0, max_size=40)


@settings(max_examples=150, deadline=None)
@given(
    POINTS,
    st.sampled_from((0.0, 122.5, 179.95, -179.95)),
    st.sampled_from((-75.0, 0.0, 30.0, 78.0)),
    st.floats(0.05, 15),
)
def test_agrees_with_measuring_everyone(
    points: list[tuple[float, float, bool]], lon0: float, lat0: float, radius_nm: float
) -> None:
    """The grid finds exactly the pairs that measuring everyone finds, date line and high latitudes included."""
    lon = np.array([(lon0 + x + 180.0) % 360.0 - 180.0 for x, _, _ in points], float)
    lat = np.array([lat0 + y for _, y, _ in points], float)
    found = pairs_within(lon, lat, radius_nm)
    near = [
        (i, j) for i, j in combinations(range(len(lon)), 2) if distance_nm(lon[i], lat[i], lon[j], lat[j]) <= radius_nm
    ]
    assert list(zip(found.i.tolist(), found.j.tolist(), strict=True)) == near
    assert found.overflow == 0


@settings(max_examples=60, deadline=None)
@given(POINTS, st.floats(0.5, 12))
def test_seekers_are_enough(points: list[tuple[float, float, bool]], radius_nm: float) -> None:
    """With seekers only pairs with at least one of them come, each once."""
    lon = np.array([122.5 + x for x, _, _ in points], float)
    lat = np.array([30.0 + y for _, y, _ in points], float)
    seek = np.array([s for _, _, s in points], bool)
    every, sought = pairs_within(lon, lat, radius_nm), pairs_within(lon, lat, radius_nm, seek)
    with_seeker = seek[every.i] | seek[every.j]
    assert np.array_equal(sought.i, every.i[with_seeker])
    assert np.array_equal(sought.j, every.j[with_seeker])


def test_rows_without_a_place_pair_with_nobody() -> None:
    found = pairs_within(np.array([122.5, np.nan, 122.5]), np.array([30.0, 30.0, np.nan]), 12.0)
    assert len(found.i) == 0


def test_a_forged_swarm_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a limit leaves out is counted, and every row it may concern is named."""
    monkeypatch.setattr(grid, "NEIGHBOURS_MAX", 10)
    found = pairs_within(np.full(30, 122.5), np.full(30, 30.0), 1.0)
    assert (len(found.i), found.overflow) == (30 * 29 // 2 - 190, 190)  # the first of them misses 19, the next 18, …
    assert found.cut.all()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(POINTS, st.integers(1, 5), st.integers(5, 60))
def test_whoever_is_not_named_as_cut_was_measured_against_everyone(
    monkeypatch: pytest.MonkeyPatch, points: list[tuple[float, float, bool]], neighbours: int, most: int
) -> None:
    """A pair that a limit kept out has both its rows named, and is counted."""
    lon = np.array([122.5 + x for x, _, _ in points], float)
    lat = np.array([30.0 + y for _, y, _ in points], float)
    seek = np.array([s for _, _, s in points], bool)
    every = pairs_within(lon, lat, 12.0, seek)
    with monkeypatch.context() as limits:
        limits.setattr(grid, "NEIGHBOURS_MAX", neighbours)
        limits.setattr(grid, "PAIRS_MAX", most)
        found = pairs_within(lon, lat, 12.0, seek)
    kept = set(zip(found.i.tolist(), found.j.tolist(), strict=True))
    missed = set(zip(every.i.tolist(), every.j.tolist(), strict=True)) - kept
    assert all(found.cut[i] and found.cut[j] for i, j in missed)
    assert len(missed) <= found.overflow


def test_no_more_pairs_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "PAIRS_MAX", 100)
    monkeypatch.setattr(grid, "CHUNK_PAIRS", 64)
    found = pairs_within(np.full(30, 122.5), np.full(30, 30.0), 1.0)
    assert len(found.i) == 100
    assert found.overflow == 30 * 29 // 2 - 100
    assert found.cut.any()


@pytest.mark.parametrize("radius_nm", [0.0, 1e-12, 0.001])
def test_any_small_radius_is_measured(radius_nm: float) -> None:
    """Two at one place, one a hair away: a radius near nothing, that a centre may set, finds the first two."""
    lon, lat = np.array([122.6, 122.6, 122.6001]), np.array([30.0, 30.0, 30.0])
    found = pairs_within(lon, lat, radius_nm)
    assert list(zip(found.i.tolist(), found.j.tolist(), strict=True)) == [(0, 1)]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=60), st.integers(1, 40))
def test_what_there_is_room_for_is_shared_fairly(pairs: list[tuple[int, int]], limit: int) -> None:
    """Nobody has two more pairs kept than somebody who had one left out, and each keeps her nearest."""
    vessel, near = np.array([p[0] for p in pairs], np.int64), np.array([p[1] for p in pairs], float)
    kept = fairly(vessel, limit, near)
    assert kept.sum() == min(limit, len(pairs))
    for one in set(vessel[~kept].tolist()):
        mine = vessel == one
        assert near[mine & kept].max(initial=-1.0) <= near[mine & ~kept].min()
        assert all(
            int((kept & (vessel == other)).sum()) <= int((kept & mine).sum()) + 1 for other in set(vessel.tolist())
        )
