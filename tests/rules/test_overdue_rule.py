"""Declared returns: who is told of, when, how gravely, and who is not."""

from dataclasses import replace
from typing import Any

import pytest
import shapely

from builders import T0, batch, fix, name
from fengqiao.model.findings import ChangeKind, Findings, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.model.inputs import Act, ActKind, Tick
from fengqiao.model.trip import Trip
from fengqiao.rules import overdue
from fengqiao.rules.overdue import Params
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch
from fengqiao.zones.zone import Use, Zone
from fengqiao.zones.zoneset import ZoneSet
from rules.scene import AT_MS, Scene, at_nm, moved, only, sentences

BOAT = 412_400_002
HOUR = 3_600_000
STEPS = (ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.EASED, ChangeKind.LOST, ChangeKind.RESOLVED)
PORT = Zone(
    "port-sjm", 1, "fishing_port", "point_label", "沈家门", "Shenjiamen", shapely.Point(*at_nm(0, 0)), "official",
    Use.ADVISE, ("A",), uncertainty_m=2000.0,
)  # fmt: skip
FAR = replace(PORT, zone_id="port-far", name_zh="远港", name_en="Far", geometry=shapely.Point(*at_nm(60, 0)))
RING = ((122.0, 29.0), (124.0, 29.0), (124.0, 31.0), (122.0, 31.0))
BLOWING = GaleWarning("g1", 7, AT_MS - 1, AT_MS + 1, "舟山市气象台", polygon=RING)


def trip(late_h: float, **more: Any) -> Trip:
    """A return due so many hours ago, of a boat seen outside since yesterday."""
    due_ms = AT_MS - int(late_h * HOUR)
    usual = Trip("t1", BOAT, due_ms, AT_MS - 30 * HOUR, AT_MS - 30 * HOUR, "王建国", "沈家门", AT_MS - 29 * HOUR)
    return replace(usual, **more)


def ask(scene: Scene, *trips: Trip, **more: Any) -> Findings:
    return overdue.check(scene.picture(trips=trips, zones=(PORT, FAR), **more), Params())


def off(nm: float, age_s: float = 20.0, sog: float = 4.0, **more: Any) -> Scene:
    """She is so many miles off the port, last heard then."""
    return Scene().boat(BOAT, *moved(*at_nm(nm, 0), sog, 0.0, age_s), sog, 0.0, age_s=age_s, **more)


def test_two_hours_over_and_near_home_is_a_caution() -> None:
    finding = only(ask(off(6.0), trip(2.0)))
    assert (finding.set_level, finding.key, finding.mmsi) == (Priority.CAUTION, (str(BOAT),), (BOAT,))
    zh, en = sentences(finding)
    assert zh == (
        f"{BOAT}逾期未归：报备2025-09-16 09:30回港（沈家门），已过2.0小时；2025-09-16 11:29仍在30°00.0′N 122°42.9′E，"
        "距沈家门6.0海里，按8.0节还需0.7小时。"
    )
    assert en.startswith(f"{BOAT} is overdue: return declared for 2025-09-16 09:30 (沈家门), 2.0 h ago; at ")


@pytest.mark.parametrize(
    ("scene", "late_h", "level", "message"),
    [
        pytest.param(off(0.5), 1.9, None, "", id="within the grace"),
        pytest.param(off(20.0), 2.0, Priority.WARNING, "alert.overdue.heard", id="hours away"),
        pytest.param(off(6.0, age_s=1_200.0), 2.0, Priority.WARNING, "alert.overdue.silent", id="silent"),
        pytest.param(Scene(), 2.0, Priority.WARNING, "alert.overdue.never", id="never heard"),
        pytest.param(off(6.0, age_s=31 * 3600.0), 2.0, Priority.WARNING, "alert.overdue.never", id="long ago"),
        pytest.param(off(1.0, near_harbour=True), 2.0, None, "", id="coming in"),
        pytest.param(
            off(1.0, near_harbour=True, age_s=1_200.0), 2.0, Priority.WARNING, "alert.overdue.silent",
            id="silent under way off the harbour",
        ),
        pytest.param(off(0.5, sog=2.0, near_harbour=True, age_s=3_600.0), 2.0, None, "", id="at her berth"),
    ],
)  # fmt: skip
def test_how_grave_it_is(scene: Scene, late_h: float, level: Priority | None, message: str) -> None:
    findings = ask(scene, trip(late_h)).findings
    assert [(f.set_level, f.message) for f in findings] == ([(level, message)] if level else [])
    for finding in findings:
        assert all("{" not in said and "alert." not in said for said in sentences(finding))


def test_a_boat_never_seen_leaving_is_asked_about() -> None:
    """Her set was on in harbour after the report and is off since: whether she went nobody knows."""
    finding = only(ask(off(0.5, sog=0.0, near_harbour=True, age_s=12 * 3_600.0), trip(2.0, out_ms=0)))
    assert (finding.set_level, finding.message) == (Priority.WARNING, "alert.overdue.silent")


def test_in_a_gale_one_level_higher() -> None:
    finding = only(ask(off(20.0), trip(2.0), gales=(BLOWING,)))
    assert finding.set_level is Priority.ALARM
    assert sentences(finding)[0].endswith("所在海域大风警报生效，级别上调一级。")
    assert only(ask(off(6.0), trip(2.0), gales=(BLOWING,))).set_level is Priority.WARNING


def test_who_cannot_keep_her_hour_is_told_of_before_it() -> None:
    """48 nm off with an hour left: six hours at 8 kn, four with the grace. A boat that has made 14 kn can."""
    finding = only(ask(off(48.0), trip(-1.0)))
    assert (finding.set_level, finding.message) == (Priority.CAUTION, "alert.overdue.coming")
    assert (
        "赶不上报备回港时间2025-09-16 12:30" in sentences(finding)[0] and "最早2025-09-16 17:" in sentences(finding)[0]
    )
    assert ask(off(48.0, sog=17.0), trip(-1.0)).findings == ()
    assert ask(off(23.0), trip(-1.0)).findings == ()
    assert ask(off(48.0), trip(-7.0)).findings == ()  # too early to say
    assert ask(off(48.0), trip(-1.0, out_ms=0)).findings == ()


def test_a_named_harbour_is_the_one_measured_to() -> None:
    """Without a name, or with one the chart does not know, to the nearest."""
    away = [
        only(ask(off(6.0), trip(2.0, harbour=h))).facts["away_nm"] for h in ("Far", "port-far", "沈家门", "", "宁波")
    ]
    assert away == [pytest.approx(54.0, abs=0.1)] * 2 + [pytest.approx(6.0, abs=0.1)] * 3
    assert "（未报港口）" in sentences(only(ask(off(6.0), trip(2.0, harbour=""))))[0]


def test_without_a_chart_she_is_overdue_all_the_same() -> None:
    finding = only(overdue.check(off(6.0).picture(trips=(trip(2.0),)), Params()))
    assert (finding.set_level, finding.message) == (Priority.CAUTION, "alert.overdue.heard_somewhere")


def kept(
    shards: int, *, comes_home: bool, ended: bool = False
) -> tuple[list[tuple[str, str, float]], tuple[Trip, ...]]:
    """A watch of fifteen hours: she leaves at 0:20, is due at 6:00 and seen at sea until 9:00, or home at 8:30."""
    watch = Watch(("a",), Surroundings(ZoneSet((PORT,), "r1")), shards=shards)
    facts = {"trips": [{"mmsi": BOAT, "due_ms": T0 + 6 * HOUR, "harbour": "沈家门"}]}
    watch.step(Act("a1", T0, "王建国", "desk", ActKind.TRIP_DECLARE, "t", facts))
    watch.step(batch(said=(name(BOAT, "ZHE PU YU 1", 0, 30),)))
    told = []
    for minute in range(0, 15 * 60, 5):
        out = 20 <= minute < 8 * 60 + 30 or not comes_home
        lon, lat = at_nm(5.0 if out and minute >= 20 else 0.1, 0.0)
        if minute <= 9 * 60:
            watch.step(batch(fix(BOAT, minute * 60, lon, lat, 4.0 if out else 0.0)))
        if ended and minute == 10 * 60:
            watch.step(
                Act("a2", T0 + minute * 60_000, "王建国", "desk", ActKind.TRIP_END, watch.surroundings.trips[0].trip_id)
            )
        if minute == 7 * 60:  # as after a kill: what is kept goes on
            again = Watch(("a",), Surroundings(ZoneSet((PORT,), "r1")), shards=shards)
            again.load(watch.dump())
            watch = again
        changes = watch.step(Tick(T0 + minute * 60_000)).changes
        told += [
            (c.change.value, c.priority.word, minute / 60) for c in changes if c.rule == "overdue" and c.change in STEPS
        ]
    return told, watch.surroundings.trips


@pytest.mark.parametrize("shards", [1, 3])
def test_she_is_waited_for_until_she_is_home(shards: int) -> None:
    """Told when she cannot be in by 8:00 from 5 miles off, over when she lies in harbour and waited for no more."""
    told, trips = kept(shards, comes_home=True)
    assert [(change, level) for change, level, _ in told] == [("raised", "caution"), ("resolved", "caution")]
    assert (told[0][2], trips) == (7 + 25 / 60, ()) and 8.5 < told[1][2] < 8.7


@pytest.mark.parametrize("shards", [1, 3])
def test_silence_makes_it_graver_and_ends_nothing(shards: int) -> None:
    told, trips = kept(shards, comes_home=False)
    assert [(change, level) for change, level, _ in told] == [("raised", "caution"), ("worsened", "warning")]
    assert [trip.mmsi for trip in trips] == [BOAT] and trips[0].out_ms == T0 + 20 * 60_000


def test_a_person_may_end_it() -> None:
    told, trips = kept(1, comes_home=False, ended=True)
    assert told[-1][0] == ChangeKind.RESOLVED and trips == ()
