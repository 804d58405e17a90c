"""Boats that cannot help themselves: adrift, not under command, dragging, stopped all at once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fengqiao import watch
from fengqiao.ais import Decoder
from fengqiao.app.ticker import Ticker
from fengqiao.fleet.vessels import RING
from fengqiao.model.findings import Finding, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.model.inputs import Chunk, Clock
from fengqiao.register.vessel import Identity, Register, RegisteredVessel
from fengqiao.rules import condition
from fengqiao.rules.condition import Params
from fengqiao.situation import Picture, Situation, Surroundings
from fengqiao.situation.activity import Activity
from fengqiao.situation.lying import Lying
from fengqiao.zones.zoneset import ZoneSet
from rules.scene import AT_MS, Scene, at_nm, moved, only, sentences

BOAT, SHIP = 412_000_001, 477_000_001
HERE = at_nm(0, 0)
GALE = GaleWarning("g1", 8, AT_MS - 1, AT_MS + 1, "舟山市气象台", polygon=((122, 29), (124, 29), (124, 31), (122, 31)))
RECORDING = Path(__file__).resolve().parents[3] / "shared" / "data" / "ais" / "drift_212123000.tag.nmea"


def told(picture: Picture) -> tuple[Finding, ...]:
    return condition.check(picture, Params()).findings


def known(picture: Picture, **columns: Any) -> Picture:
    """The picture with what Situation remembers of its first row."""
    lying = Lying.blank(len(picture.vessels))
    for name, value in columns.items():
        getattr(lying, name)[0] = value
    return replace(picture, lying=lying)


def doing(picture: Picture, *what: Activity) -> Picture:
    return replace(picture, activity=np.array(what, np.uint8))


# --- adrift ---


def adrift(minutes: float = 25.0, sog: float = 1.0, **more: Any) -> Picture:
    return known(Scene().boat(BOAT, *HERE, sog, **more).picture(), askew_ms=AT_MS - int(minutes * 60_000))


def test_a_boat_carried_across_her_heading_for_twenty_minutes_may_be_adrift() -> None:
    finding = only(condition.check(adrift(), Params()))
    assert (finding.key, finding.set_level) == (("adrift", str(BOAT)), Priority.CAUTION)
    zh, en = sentences(finding)
    assert "疑似失去动力" in zh and "1.0节" in zh
    assert "may be adrift" in en


@pytest.mark.parametrize(
    ("why", "picture"),
    [
        ("not yet for long", adrift(minutes=15)),
        ("at work", doing(adrift(), Activity.FISHING)),
        ("in harbour", adrift(near_harbour=True)),
        ("at anchor by her own word", adrift(nav_status=1)),
        ("under way again", adrift(sog=6.0)),
        ("not ours", known(Scene().merchant(SHIP, *HERE, 1.0).picture(), askew_ms=AT_MS - 3_000_000)),
    ],
)
def test_who_is_not_adrift(why: str, picture: Picture) -> None:
    assert told(picture) == (), why


def test_adrift_in_a_gale_is_a_warning() -> None:
    assert only(condition.check(replace(adrift(), gales=(GALE,)), Params())).set_level is Priority.WARNING


def test_a_silent_boat_is_undecided_and_not_safe() -> None:
    answer = condition.check(adrift(age_s=1_200.0, nav_status=-1), Params())
    assert (answer.findings, answer.undecided) == ((), frozenset({BOAT}))


# --- not under command ---


def test_a_boat_not_under_command_is_taken_at_her_word() -> None:
    finding = only(condition.check(Scene().boat(BOAT, *HERE, 1.0, nav_status=2).picture(), Params()))
    assert (finding.set_level, finding.message) == (Priority.WARNING, "alert.condition.nuc")
    assert finding.delay_s == 180.0  # a status set by mistake is soon put right


def test_a_boat_at_seven_knots_forgot_the_status() -> None:
    assert told(Scene().boat(BOAT, *HERE, 7.0, nav_status=2).picture()) == ()


def beside_boats(off_nm: float, what: Activity = Activity.DRIFTING) -> Picture:
    scene = Scene().merchant(SHIP, *HERE, 1.2, nav_status=2).boat(BOAT, *at_nm(off_nm, 0), 4.0)
    return doing(scene.picture(), what, Activity.FISHING)


def test_a_ship_not_under_command_among_boats_is_told_with_the_nearest_boat() -> None:
    finding = only(condition.check(beside_boats(3.0), Params()))
    assert (finding.set_level, finding.mmsi) == (Priority.CAUTION, (SHIP,))
    assert finding.facts["boat_mmsi"] == BOAT and finding.facts["range_nm"] == 3.0


def test_a_ship_not_under_command_far_from_boats_or_making_way_is_others_care() -> None:
    assert told(beside_boats(8.0)) == told(beside_boats(3.0, Activity.UNDER_WAY)) == ()


# --- dragging ---


def at_anchor(off_m: float, drift_kn: float = 1.0, **more: Any) -> Picture:
    """A boat with a heading, ``off_m`` north of her anchor and going north."""
    columns = {"heading_deg": 90.0, "nav_status": 1, "sog": drift_kn, "cog": 0.0} | more
    boat = Scene().boat(BOAT, *at_nm(0, off_m / 1852.0), columns.pop("sog"), columns.pop("cog"), **columns)
    headed = not np.isnan(columns["heading_deg"])
    return known(
        boat.picture(),
        berth_lon=HERE[0],
        berth_lat=HERE[1],
        berth_n=20,
        headed=headed,
        out_n=3,
        swing_m=160.0 if headed else 300.0,
    )


def test_a_boat_that_leaves_her_circle_beam_on_may_drag() -> None:
    """Thirty metres of boat and four shackles: she swings within 160 m of her anchor."""
    finding = only(condition.check(at_anchor(250.0), Params()))
    assert (finding.key, finding.set_level) == (("anchor", str(BOAT)), Priority.WARNING)
    assert (finding.facts["off_m"], finding.facts["swing_m"]) == (250, 160)
    assert "走锚" in sentences(finding)[0]


def test_a_boat_that_still_points_at_her_anchor_only_swings_wide() -> None:
    assert told(at_anchor(250.0, heading_deg=180.0)) == ()


def test_two_circles_off_she_is_loose_however_she_points() -> None:
    assert told(at_anchor(350.0, heading_deg=180.0))


def test_one_that_lies_or_weighs_anchor_does_not_drag() -> None:
    assert told(at_anchor(250.0, drift_kn=0.1)) == told(at_anchor(250.0, drift_kn=6.0)) == ()


def test_without_heading_only_her_word_or_a_gale_tells_dragging_from_going_to_work() -> None:
    quiet = at_anchor(500.0, heading_deg=np.nan, nav_status=-1)
    assert told(quiet) == ()
    assert only(condition.check(at_anchor(500.0, heading_deg=np.nan), Params())).facts["swing_m"] == 300
    assert only(condition.check(replace(quiet, gales=(GALE,)), Params())).set_level is Priority.ALARM


# --- sudden stop ---


def stopping(*before: float, beside: bool = False, **more: Any) -> Picture:
    """Speeds of the last fixes, half a minute apart; now 0.3 kn and dead in the water."""
    speeds = np.r_[np.full(RING - len(before), 8.0), before]
    scene = Scene().boat(BOAT, *HERE, 0.3, ring_sog=speeds, **more)
    if beside:
        scene.merchant(SHIP, *moved(*at_nm(0.05, 0), 14.0, 0.0, 60.0), 14.0, 0.0)
    return scene.picture()


def test_a_boat_that_stops_as_a_ship_passes_may_have_been_run_down() -> None:
    """Eight knots, and a minute later none, with a ship a hundred metres off."""
    finding = only(condition.check(stopping(8.0, 0.4, 0.3, 0.3, beside=True), Params()))
    assert (finding.set_level, finding.suppressed) == (Priority.WARNING, "")
    assert finding.facts["other_mmsi"] == SHIP
    assert "疑似碰撞" in sentences(finding)[0] and "perhaps a collision" in sentences(finding)[1]


def test_a_stop_alone_at_sea_is_listed_but_told_to_nobody() -> None:
    """Boats stop so at their gear all day long."""
    assert only(condition.check(stopping(8.0, 0.4, 0.3, 0.3), Params())).suppressed == "stop_may_be_work"


def test_but_in_a_gale_it_is_told() -> None:
    finding = only(condition.check(replace(stopping(8.0, 0.4, 0.3, 0.3), gales=(GALE,)), Params()))
    assert (finding.suppressed, finding.set_level) == ("", Priority.WARNING)


@pytest.mark.parametrize(
    ("why", "picture"),
    [
        ("slowed down first", stopping(8.0, 7.0, 5.0, 4.2, 2.0, 0.3)),
        ("took minutes", stopping(8.0, 3.5, 3.0, 2.5, 1.5, 0.3)),
        ("in harbour", stopping(8.0, 0.3, 0.3, 0.3, near_harbour=True)),
        ("long ago", stopping(8.0, *[0.3] * 25)),
        ("still makes way", stopping(8.0, 2.5, 2.5, 2.0)),
    ],
)
def test_what_is_no_sudden_stop(why: str, picture: Picture) -> None:
    if why == "still makes way":
        picture = replace(picture, vessels=picture.vessels.with_columns(sog_kn=np.array([2.0])))
    assert told(picture) == (), why


# --- what Situation remembers ---


def lain(*fixes: tuple[float, float, float, float, float], silent: tuple[int, ...] = ()) -> Lying:
    """Fixes three minutes apart: knots, course, heading, miles east and north."""
    situation, boat = Situation(), Scene().boat(BOAT, *HERE).picture().vessels
    for k, (sog, cog, heading, east, north) in enumerate(fixes):
        lon, lat = at_nm(east, north)
        columns = {"sog_kn": sog, "cog_deg": cog, "heading_deg": heading, "lon_deg": lon, "lat_deg": lat}
        now = boat.with_columns(
            fix_ms=np.array([AT_MS + k * 180_000]), **{name: np.array([value]) for name, value in columns.items()}
        )
        situation.look(now, ZoneSet())
    return situation.lying


def test_where_she_stopped_is_where_she_lies_until_she_makes_way() -> None:
    still = (0.0, 0.0, 90.0, 0.0, 0.0)
    lies = lain(*[still] * 6)
    assert (int(lies.berth_n[0]), bool(lies.headed[0])) == (6, True)
    assert lies.berth_lon[0] > HERE[0]  # the anchor lies ahead
    assert lain(*[still] * 6, (5.0, 0.0, 0.0, 0.0, 0.2)).berth_n[0] == 0


def test_what_is_outside_is_counted_and_does_not_move_the_anchor() -> None:
    still, away = (0.0, 0.0, 90.0, 0.0, 0.0), (1.0, 0.0, 90.0, 0.0, 0.3)
    lies, left = lain(*[still] * 6), lain(*[still] * 6, away, away)
    assert left.out_n[0] == 2 and left.berth_n[0] == 6
    assert left.berth_lat[0] == lies.berth_lat[0]
    assert lain(*[still] * 6, away, (0.0, 0.0, 90.0, 0.0, 0.5)).out_n[0] == 0  # brought up again


def test_a_drift_is_counted_from_its_first_fix_and_one_look_ahead_does_not_end_it() -> None:
    across, ahead = (1.0, 0.0, 120.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0, 0.0)
    assert lain(across, across, ahead, across).askew_ms[0] == AT_MS
    assert lain(across, across, ahead, ahead, ahead).askew_ms[0] == 0


# --- all together ---


def test_a_ship_adrift_for_a_day_is_found() -> None:
    """The recording of 212123000, adrift in the Baltic with status 2, as if she were a boat of ours."""
    if not RECORDING.exists():
        pytest.skip("the recording is not here")
    hers = RegisteredVessel("1", "漂流船", (Identity(212_123_000, "漂流船"),), gear="other")
    it = watch.Watch(("a",), Surroundings(ZoneSet(), Register.of("r", (hers,))))
    lines = RECORDING.read_bytes().splitlines(keepends=True)[:900]
    heard = Decoder({"a": Clock.SOURCE}).decode([Chunk("a", "", 0, b"".join(lines))])
    for part in Ticker().cut(heard):
        it.step(part)
    seen = it.picture(it.at_ms)
    finding = only(condition.check(seen, Params()))
    assert finding.message == "alert.condition.nuc" and finding.facts["since"]
    assert Activity(int(seen.activity[0])) is Activity.DRIFTING


def test_three_judges_say_what_one_says() -> None:
    """A ship adrift and the boat nearest to her lie in different cells."""
    scene = Scene().merchant(SHIP, 122.998, 30.0, 1.2, nav_status=2).boat(BOAT, 123.03, 30.0, 4.0)
    picture = doing(scene.picture(), Activity.DRIFTING, Activity.FISHING)
    parts = [f for part in watch.cells(picture, 3) for f in told(part)]
    assert parts == list(told(picture)) and len(parts) == 1
