"""The fold: what reports do to a fleet."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import T0, batch, fix, name, same_columns
from fengqiao.fleet import Fleet, Kind, Vessels
from fengqiao.model.reports import Altitudes, Known, ReportBatch, Texts

BOAT = 412000001
DEG_PER_NM = 1 / 60


def folded(*batches: ReportBatch) -> Fleet:
    fleet = Fleet()
    for one in batches:
        fleet.fold(one)
    return fleet


def test_the_latest_fix_is_the_state() -> None:
    """Degrees, knots and milliseconds of the newest report, and how often it was heard."""
    fleet = folded(batch(fix(BOAT, 0, 122.0, 30.0), fix(BOAT, 10, 122.0005, 30.0, sog=9.5, cog=271.2)))
    v = fleet.vessels()
    assert (len(v), v.lon_deg[0], v.sog_kn[0], v.cog_deg[0]) == (1, 122.0005, 9.5, 271.2)
    assert (v.fix_ms[0], v.fixes[0], v.interval_s[0], v.first_ms[0]) == (T0 + 10_000, 2, 10.0, T0)


def test_a_late_report_never_moves_a_track_backwards() -> None:
    """It is counted and set aside, however it arrives."""
    fleet = folded(batch(fix(BOAT, 60, 122.01, 30.0)), batch(fix(BOAT, 30, 122.005, 30.0)))
    assert fleet.vessels().lon_deg[0] == 122.01
    assert (fleet.counts.taken, fleet.counts.late) == (1, 1)


def test_a_doubled_report_counts_once() -> None:
    fleet = folded(batch(fix(BOAT, 0, 122.0, 30.0), fix(BOAT, 0, 122.0, 30.0)))
    assert (fleet.counts.taken, fleet.counts.doubled, fleet.vessels().fixes[0]) == (1, 1, 1)


def test_one_impossible_fix_moves_nothing() -> None:
    """A bit error 30 nm away is set aside; the track goes on."""
    fleet = folded(batch(fix(BOAT, 0, 122.0, 30.0), fix(BOAT, 10, 122.5, 30.0), fix(BOAT, 20, 122.001, 30.0)))
    v = fleet.vessels()
    assert (len(v), v.lon_deg[0], fleet.counts.impossible) == (1, 122.001, 1)


def test_two_transmitters_under_one_number_become_two_voices() -> None:
    """Alternating reports from two places end as two steady tracks, neither jumping."""
    here = [fix(BOAT, 20 * k, 122.0 + k * 0.0008, 30.0) for k in range(10)]
    there = [fix(BOAT, 20 * k + 10, 123.0 + k * 0.0008, 31.0) for k in range(10)]
    both = [report for pair in zip(here, there, strict=True) for report in pair]
    v = folded(batch(*both)).vessels()
    assert len(v) == 2 and sorted(v.voice) == [0, 1]
    assert np.allclose(sorted(v.lon_deg), [122.0072, 123.0072])


def test_a_wrong_first_fix_is_taken_over_by_the_true_track() -> None:
    """A track that began with garbage does not leave a ghost behind."""
    fleet = folded(batch(fix(BOAT, 0, 10.0, 60.0), *(fix(BOAT, 10 * k, 122.0, 30.0) for k in range(1, 5))))
    v = fleet.vessels()
    assert (len(v), v.lon_deg[0]) == (1, 122.0)


def test_unknown_stays_unknown() -> None:
    """No speed and no course are NaN, never 0; an unknown status is -1."""
    v = folded(batch(fix(BOAT, 0, 122.0, 30.0, known=int(Known.POSITION)))).vessels()
    assert np.isnan(v.sog_kn[0]) and np.isnan(v.cog_deg[0]) and v.nav_status[0] == -1


def test_a_distress_device_without_a_place_is_heard() -> None:
    """A SART may transmit before its receiver has a fix: it has a row all the same, its place unknown."""
    v = folded(batch(fix(970010119, 0, 0, 0, known=int(Known.NAV_STATUS), nav_status=14))).vessels()
    assert (len(v), v.kind[0], v.nav_status[0]) == (1, Kind.SART, 14)
    assert np.isnan(v.lon_deg[0])


def test_a_name_heard_before_the_first_fix_is_kept() -> None:
    v = folded(
        batch(said=(name(BOAT, "ZHEPUYU60001", ship_type=30, length=38),)), batch(fix(BOAT, 5, 122.0, 30.0))
    ).vessels()
    assert (v.name[0], v.ship_type[0], v.length_m[0]) == ("ZHEPUYU60001", 30, 38.0)


def test_a_safety_text_keeps_its_addressee_until_the_next() -> None:
    """Heard before the first fix as well; a text to all is to nobody in particular."""
    to_one, to_all = (
        Texts.from_rows([(0, 0, T0, BOAT, to, text)]) for to, text in ((412000002, "CALL ON 16"), (0, "MAYDAY"))
    )
    fleet = folded(replace(batch(), texts=to_one), batch(fix(BOAT, 0, 122.0, 30.0)))
    v = fleet.vessels()
    assert (v.safety_text[0], v.safety_to[0]) == ("CALL ON 16", 412000002)
    fleet.fold(replace(batch(), texts=to_all))
    v = fleet.vessels()
    assert (v.safety_text[0], v.safety_to[0]) == ("MAYDAY", 0)


def test_an_aircraft_that_no_longer_knows_its_altitude_has_none() -> None:
    fleet = folded(batch(fix(111232511, 0, 122.0, 30.0, msg_type=9)))
    seen = [fleet.vessels().altitude_m[0]]
    for height in (300, -1):
        fleet.fold(replace(batch(), altitudes=Altitudes.from_rows([(0, 0, T0, 111232511, height)])))
        seen.append(fleet.vessels().altitude_m[0])
    assert np.array_equal(seen, [np.nan, 300.0, np.nan], equal_nan=True)


def test_the_ring_keeps_one_fix_in_half_a_minute() -> None:
    v = folded(batch(*(fix(BOAT, 10 * k, 122.0 + k * 1e-4, 30.0) for k in range(10)))).vessels()
    assert [int(ms - T0) // 1000 for ms in v.ring_ms[0, -4:]] == [0, 30, 60, 90]


def test_a_vessel_unheard_for_a_day_is_forgotten() -> None:
    fleet = folded(batch(fix(BOAT, 0, 122.0, 30.0), fix(BOAT + 1, 80_000, 122.1, 30.0)))
    kept = fleet.forget(T0 + 25 * 3_600_000)
    assert kept is not None and list(kept) == [1]
    assert list(fleet.vessels().mmsi) == [BOAT + 1]


def test_who_is_missed_is_not_forgotten() -> None:
    """Her latest voice stays, and her name; an older transmitter under her number goes as others go."""
    far = [fix(BOAT, s, lon, 30.0) for s, lon in ((0, 122.0), (10, 122.0005), (40, 123.5), (50, 123.5))]
    fleet = folded(batch(*far, fix(BOAT + 1, 0, 122.0, 30.0), said=(name(BOAT, "ZHE PU"),)))
    assert len(fleet) == 3
    kept = fleet.forget(T0 + 48 * 3_600_000, {BOAT, BOAT + 7})
    vessels = fleet.vessels()
    assert kept is not None and (list(vessels.mmsi), list(vessels.name)) == ([BOAT], ["ZHE PU"])
    assert round(float(vessels.lon_deg[0]), 3) == 123.5


reports = st.lists(
    st.builds(
        fix,
        st.sampled_from([BOAT, BOAT + 1, BOAT + 2]),
        st.integers(0, 600),
        st.floats(121.9, 122.4),
        st.floats(29.9, 30.1),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(reports, st.lists(st.integers(0, 40), max_size=5))
def test_cutting_the_stream_changes_nothing(said: list[dict[str, object]], cuts: list[int]) -> None:
    """One batch, or the same reports in any number of batches: the same fleet."""
    whole = folded(batch(*said))
    edges = [0, *sorted(min(c, len(said)) for c in cuts), len(said)]
    parts = folded(*(batch(*said[a:b]) for a, b in pairwise(edges)))
    assert whole.counts == parts.counts
    assert same_columns(by_identity(whole.vessels()), by_identity(parts.vessels()))


@settings(max_examples=60, deadline=None)
@given(reports)
def test_every_report_is_accounted_for(said: list[dict[str, object]]) -> None:
    counts = folded(batch(*said)).counts
    assert counts.taken + counts.late + counts.doubled + counts.impossible == len(said)


def by_identity(vessels: Vessels) -> Vessels:
    return vessels.take(np.lexsort((vessels.voice, vessels.mmsi)))


def test_who_is_who_outlives_a_beginning_anew_by_a_day() -> None:
    """The first look for whom to forget comes within ten minutes; a ship that speaks only later is a ship still."""
    fleet = Fleet()
    fleet.fold(batch(said=(name(412_000_001, "ZHE PU YU 1", 0, 30),)))
    fresh = fleet.anew()
    for later_h, known in ((0.0, 30), (23.0, 30), (25.0, -1)):
        fresh.forget(T0 + int(later_h * 3_600_000))
        heard = fresh.anew() if known == 30 else fresh
        heard.fold(batch(fix(412_000_001, later_h * 3600, 122.3, 29.9)))
        assert heard.vessels().ship_type.tolist() == [known]
