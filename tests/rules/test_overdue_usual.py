"""Boats that named no hour and are out longer than they usually are: who is told of, and who is not."""

import pickle
from functools import cache
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from builders import T0, batch, fix, name
from fengqiao.model.findings import ChangeKind, Findings, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.model.inputs import Act, ActKind, Tick
from fengqiao.model.trip import Trip
from fengqiao.rules import overdue
from fengqiao.rules.overdue import Params
from fengqiao.rules.overdue.usual import usual_hours
from fengqiao.situation import Surroundings
from fengqiao.situation.outings import OUTINGS, Outings
from fengqiao.watch import Watch
from fengqiao.zones.zone import Use, Zone
from fengqiao.zones.zoneset import ZoneSet
from rules.scene import AT_MS, Scene, at_nm, moved, only, sentences

BOAT = 412_400_002
HOUR, DAY_H = 3_600_000, 24.0
PORT = Zone(
    "port-sjm", 1, "fishing_port", "point_label", "沈家门", "Shenjiamen", shapely.Point(*at_nm(0, 0)), "official",
    Use.ADVISE, ("A",), uncertainty_m=2000.0,
)  # fmt: skip
RING = ((122.0, 29.0), (124.0, 29.0), (124.0, 31.0), (122.0, 31.0))
BLOWING = GaleWarning("g1", 7, AT_MS - 1, AT_MS + 1, "舟山市气象台", polygon=RING)
USUAL = [9.0, 10.0, 11.0] * 6 + [12.0]  # of 19 outings the longest is the 95th percentile
BERTHED = {"lies_ms": AT_MS - 9 * HOUR, "lon_deg": 122.195, "lat_deg": 30.245}  # 70 m from the charted shore
STEPS = (ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.EASED, ChangeKind.RESOLVED)


def out(out_h: float, age_s: float = 20.0, before: list[float] = USUAL, **more: Any) -> Outings:
    """She is out for so long and was last heard then; 12 h are usual."""
    lon, lat = moved(*at_nm(20.0, 0.0), 4.0, 0.0, -age_s)
    hers: dict[str, Any] = {
        "mmsi": BOAT,
        "out_ms": AT_MS - int(out_h * HOUR),
        "heard_ms": AT_MS - int(age_s * 1000),
        "sure": True,
    }
    hers |= {"lon_deg": lon, "lat_deg": lat, "hours": [0.0] * (OUTINGS - len(before)) + before}
    row = {**dict.fromkeys(Outings.names(), 0), **hers, **more}
    return Outings.from_rows([[row[column] for column in Outings.names()]])


def sea(age_s: float = 20.0, **more: Any) -> Scene:
    return Scene().boat(BOAT, *at_nm(20.0, 0.0), 4.0, 0.0, age_s=age_s, **more)


def ask(scene: Scene, outings: Outings, **more: Any) -> Findings:
    return overdue.check(scene.picture(outings=outings, zones=(PORT,), **more), Params())


def test_out_longer_than_usual_is_a_caution_with_the_hours_that_are() -> None:
    finding = only(ask(sea(), out(14.5)))
    assert (finding.set_level, finding.key, finding.mmsi) == (Priority.CAUTION, (str(BOAT),), (BOAT,))
    assert (finding.facts["usual_h"], finding.facts["usual_outings"], finding.facts["out_h"]) == (12.0, 19, 14.5)
    zh, en = sentences(finding)
    assert zh == (
        f"{BOAT}已出海14小时未归，比平常久（19个航次记录，95%在12小时内回港），未报备回港时间；"
        "2025-09-16 11:29在30°00.0′N 122°59.0′E。"
    )
    assert en.startswith(f"{BOAT} has been out for 14 h, longer than usual for her (95% of 19 known outings took 12 h")


def test_in_bad_weather_a_warning() -> None:
    finding = only(ask(sea(), out(14.5), gales=(BLOWING,)))
    assert finding.set_level is Priority.WARNING
    assert sentences(finding)[0].endswith("所在海域大风警报生效，级别上调一级。")


@pytest.mark.parametrize("known", [True, False], ids=["in the fleet", "forgotten by it"])
def test_silent_at_sea_she_is_told_of_and_undecided(known: bool) -> None:
    """Whose coming home is always heard, and this time was not."""
    answer = ask(sea(30 * 3600.0) if known else Scene(), out(40.0, 30 * 3600.0))
    finding = only(answer)
    assert (finding.set_level, finding.message) == (Priority.CAUTION, "alert.overdue.usual_silent")
    assert answer.undecided == {BOAT} and "至今30.0小时无报文" in sentences(finding)[0]
    assert all("{" not in said and "alert." not in said for said in sentences(finding))


@pytest.mark.parametrize(
    ("scene", "outing"),
    [
        pytest.param(sea(), out(13.9), id="within the grace"),
        pytest.param(sea(), out(99.0, before=USUAL[1:]), id="18 outings tell no 95th percentile"),
        pytest.param(sea(), out(99.0, before=[float("nan")] * 30), id="outings of unknown length tell none"),
        pytest.param(sea(fishing=False, ship_type=70), out(99.0), id="a merchant ship"),
        pytest.param(sea(), Outings.empty(), id="in harbour or laid up: on no outing"),
    ],
)  # fmt: skip
def test_who_is_not_told_of(scene: Scene, outing: Outings) -> None:
    assert ask(scene, outing) == Findings("overdue", hold_s=180.0)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"near": True}, id="in a harbour's waters when last heard"),
        pytest.param({"deaf": True}, id="who heard her was dead meanwhile"),
        pytest.param({"before": USUAL + [float("nan")] * 5}, id="a fifth of her outings ends unheard"),
        pytest.param(BERTHED, id="at a berth that no chart has"),
    ],
)  # fmt: skip
def test_who_is_just_not_heard_is_undecided(how: dict[str, Any]) -> None:
    """Nothing is raised of her, and nothing resolved: an alert is kept for half a day, then it is lost."""
    answer = ask(sea(7_200.0), out(40.0, 7_200.0, **how))
    assert (only(answer).set_level, only(answer).hold_level, answer.undecided) == (
        None,
        Priority.CAUTION,
        frozenset({BOAT}),
    )
    answer = ask(sea(50_000.0), out(40.0, 50_000.0, **how))
    assert answer == Findings("overdue", undecided=frozenset({BOAT}), hold_s=180.0)


def test_heard_on_her_way_in_or_at_a_berth_no_chart_has_she_only_keeps_what_was_raised() -> None:
    for how in ({"near": True}, BERTHED):
        finding = only(ask(sea(), out(40.0, **how)))
        assert (finding.set_level, finding.hold_level) == (None, Priority.CAUTION)
    at_anchor = only(ask(sea(), out(40.0, lies_ms=AT_MS - HOUR)))
    assert at_anchor.set_level is Priority.CAUTION


def test_a_declared_return_goes_before_what_is_usual() -> None:
    """Due tomorrow she is on time, however long she is out; overdue by her own word there is one finding."""
    due = Trip("t1", BOAT, AT_MS + 20 * HOUR, AT_MS - 40 * HOUR, AT_MS - 40 * HOUR, "王建国", "", AT_MS - 39 * HOUR)
    assert ask(sea(), out(40.0), trips=(due,)).findings == ()
    late = Trip("t1", BOAT, AT_MS - 3 * HOUR, AT_MS - 40 * HOUR, AT_MS - 40 * HOUR, "王建国", "", AT_MS - 39 * HOUR)
    assert only(ask(sea(), out(40.0), trips=(late,))).message == "alert.overdue.heard"


def test_who_left_unheard_is_out_for_at_least_so_long() -> None:
    said = sentences(only(ask(sea(), out(15.0, sure=False))))
    assert "至少已出海15小时" in said[0] and "out for at least 15 h" in said[1]


@given(
    st.lists(st.one_of(st.floats(1.0, 900.0, width=32), st.just(float("nan"))), max_size=OUTINGS),
    st.floats(0.5, 0.97),
    st.integers(5, OUTINGS),
)
def test_what_is_usual_agrees_with_the_textbook(hours: list[float], share: float, least: int) -> None:
    """Weibull's quantile of those known, whatever is between them; none with too few."""
    known = [h for h in hours if h == h]
    usual, n = usual_hours(np.array([[0.0] * (OUTINGS - len(hours)) + hours], np.float32), share, least)
    assert n[0] == len(known)
    if len(known) < least:
        assert np.isnan(usual[0])
    else:
        assert usual[0] == pytest.approx(np.quantile(known, share, method="weibull"), rel=1e-5)
        assert min(known) <= usual[0] <= max(known)


# --- a season of one boat, through the whole watch ---


@cache
def lived(outings: int, shards: int) -> bytes:
    """A watch's memory after so many day trips of 10 h, the last of 12; each end is heard."""
    watch = bay(shards)
    watch.step(batch(said=(name(BOAT, "ZHE PU YU 1", 0, 30, 20),)))
    for day in range(outings):
        length_h = 12.0 if day == outings - 1 else 10.0
        for at_h, off_nm in ((4.0, 0.1), (5.0, 6.0), (10.0, 6.0), (4.5 + length_h, 6.0), (5.0 + length_h, 0.1)):
            hear(watch, day * DAY_H + at_h, off_nm)
            assert tick(watch, day * DAY_H + at_h) == []
    return pickle.dumps(watch.dump())


def bay(shards: int) -> Watch:
    return Watch(("a",), Surroundings(ZoneSet((PORT,), "r1")), shards=shards)


def season(outings: int, shards: int = 1) -> tuple[Watch, float]:
    """The watch restored as from a checkpoint, and the hour at which the season was over."""
    watch = bay(shards)
    watch.load(pickle.loads(lived(outings, shards)))
    return watch, outings * DAY_H


def hear(watch: Watch, at_h: float, off_nm: float) -> None:
    lon, lat = at_nm(off_nm, 0.0)
    watch.step(batch(fix(BOAT, at_h * 3600, lon, lat, 4.0 if off_nm > 1.0 else 0.0)))


def tick(watch: Watch, at_h: float) -> list[tuple[str, str, str]]:
    changes = watch.step(Tick(T0 + int(at_h * HOUR))).changes
    return [(c.change.value, c.priority.word, c.message) for c in changes if c.rule == "overdue" and c.change in STEPS]


def stays_out(watch: Watch, begin_h: float, silent_from_h: float, end_h: float) -> list[tuple[float, Any]]:
    """One more outing from 5:00 on, heard every half hour until she falls silent or, at 20:00, lies in harbour; what is
    told of it, by the hour of the day. Others are heard throughout."""
    hear(watch, begin_h + 4.0, 0.1)
    told = []
    for hour in np.arange(5.0, end_h, 0.5).tolist():
        if hour < silent_from_h:
            hear(watch, begin_h + hour, 6.0 if hour < 20.0 else 0.1)
        watch.step(batch(fix(477_000_001, (begin_h + hour) * 3600, 124.0, 30.0, 0.0)))
        told += [(hour, what) for what in tick(watch, begin_h + hour)]
    return told


@pytest.mark.parametrize("shards", [1, 3])
def test_she_is_told_of_once_from_the_hour_she_outstays_and_over_when_she_is_home(shards: int) -> None:
    """12 h and the grace of 2: out since 5:00 she is told of after 19:00; in at 20:00 it is over."""
    told = stays_out(*season(19, shards), 99.0, 21.5)
    assert told == [
        (19.5, ("raised", "caution", "alert.overdue.usual")), (20.5, ("resolved", "caution", "alert.overdue.usual")),
    ]  # fmt: skip


def test_a_clock_put_right_takes_no_habits() -> None:
    """The watch begins anew a day back: what is usual for her is known, and a day that never was counts for nothing."""
    watch, begin_h = season(19)
    hear(watch, begin_h + 5.0, 6.0)
    tick(watch, begin_h + 5.0)
    fresh = watch.anew(("a",), watch.at_ms)
    fresh.step(batch(said=(name(BOAT, "ZHE PU YU 1", int((begin_h - DAY_H) * 3600), 30, 20),)))
    hear(fresh, begin_h - DAY_H + 3.5, 0.1)
    tick(fresh, begin_h - DAY_H + 3.5)
    told = stays_out(fresh, begin_h - DAY_H, 99.0, 21.5)
    assert [what for _, what in told] == [
        ("raised", "caution", "alert.overdue.usual"), ("resolved", "caution", "alert.overdue.usual"),
    ]  # fmt: skip


def test_silent_she_is_told_of_too_and_silence_does_not_end_it() -> None:
    """Silent from 8:00 on, until the fleet forgets whom nobody misses, and beyond."""
    told = stays_out(*season(19), 8.0, 5.0 + 30.0)
    assert told == [(19.5, ("raised", "caution", "alert.overdue.usual_silent"))]


def test_a_stranger_with_her_number_does_not_bring_her_home() -> None:
    """Missed and silent since 18:00; at 21:00 another set says her number, far off. What stands is neither confirmed
    nor over: after half a day it counts as lost."""
    watch, begin_h = season(19)
    watch.step(batch(said=(name(BOAT, "ZHE PU YU 1", (begin_h + 4.0) * 3600, 30, 20),)))
    told = stays_out(watch, begin_h, 18.5, 21.0)
    for hour in np.arange(21.0, 32.0, 0.5).tolist():
        strange = (fix(BOAT, (begin_h + hour) * 3600 + s, 126.0, 33.0, 8.0) for s in (0, 60, 120))
        watch.step(batch(*strange))
        told += [(hour, what) for what in tick(watch, begin_h + hour + 0.1)]
    assert told == [(19.5, ("raised", "caution", "alert.overdue.usual"))]
    assert [alert.state.lost for book in watch.books for alert in book.active if alert.finding.rule == "overdue"] == [
        True
    ]


def test_nothing_is_told_of_who_has_not_enough_outings_behind_her() -> None:
    assert stays_out(*season(18), 99.0, 21.5) == []


def test_nothing_is_told_of_who_is_laid_up() -> None:
    """Home since the last outing, silent for three weeks."""
    watch, begin_h = season(19)
    assert [told for day in range(21) for told in tick(watch, begin_h + day * DAY_H)] == []


def test_a_return_declared_and_ended_by_a_person_ends_the_waiting() -> None:
    """She telephoned from another harbour: what is usual must not bring her back on the list."""
    watch, begin_h = season(19)
    told = stays_out(watch, begin_h, 99.0, 6.5)
    at_ms, due = T0 + int((begin_h + 6.0) * HOUR), T0 + int((begin_h + 17.0) * HOUR)
    declare = {"trips": [{"mmsi": BOAT, "due_ms": due}]}
    watch.step(Act("a1", at_ms, "王建国", "desk", ActKind.TRIP_DECLARE, "t", declare))
    watch.step(Act("a2", at_ms, "王建国", "desk", ActKind.TRIP_END, watch.surroundings.trips[0].trip_id))
    for hour in np.arange(6.5, 20.0, 0.5).tolist():
        hear(watch, begin_h + hour, 6.0)
        told += [(hour, what) for what in tick(watch, begin_h + hour)]
    assert told == []
