"""What a vessel is doing, told from her last minutes; and who tows a net with whom."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import T0, batch, fix, name
from fengqiao import nav, watch
from fengqiao.fleet import Fleet
from fengqiao.fleet.vessels import Vessels
from fengqiao.model.inputs import Tick
from fengqiao.register.vessel import GEARS, Identity, Register, RegisteredVessel
from fengqiao.rules import RuleSettings
from fengqiao.situation import Situation, Surroundings
from fengqiao.situation.activity import WORK, Activity, Doing, Params, Work, activities, gears
from fengqiao.situation.company import partners
from fengqiao.situation.picture import Picture
from fengqiao.situation.situation import fishing_craft
from fengqiao.zones.zone import Use, Zone
from fengqiao.zones.zoneset import ZoneSet

BOAT, OTHER = 412_000_001, 412_000_002
MINUTES = 16
END_MS = T0 + MINUTES * 60_000
HARBOUR = Zone(
    "port", 1, "harbour_basin", "area", "港", "Port", shapely.box(121.0, 29.0, 121.2, 29.2), "official", Use.DISPLAY,
    ("test",),
)  # fmt: skip
ZONES = ZoneSet((HARBOUR,), "r1")
AT_SEA, IN_PORT = (122.9, 30.0), (121.1, 29.1)

Motion = Callable[[float], tuple[float, float]]  # seconds to knots and degrees


def steady(sog: float, cog: float = 90.0) -> Motion:
    return lambda _: (sog, cog)


def towing(sog: float) -> Motion:
    """The course of a boat with a net over the side wanders."""
    return lambda at_s: (sog, 90.0 + 20.0 * np.sin(at_s / 90.0))


def track(
    mmsi: int,
    motion: Motion,
    at: tuple[float, float] = AT_SEA,
    every_s: int = 30,
    until_s: int = 60 * MINUTES,
    **more: Any,
) -> list[dict[str, Any]]:
    """Her reports; ``north_nm`` shifts the whole track."""
    lon, lat = at[0], at[1] + more.pop("north_nm", 0.0) / 60.0
    out = []
    for at_s in range(0, until_s + 1, every_s):
        sog, cog = motion(at_s)
        out.append(fix(mmsi, at_s, lon, lat, sog, cog, **{"msg_type": 18, "heading": round(cog)} | more))
        there = nav.dead_reckon(*(np.asarray(v, float) for v in (lon, lat, sog, cog, every_s)))
        lon, lat = float(there[0]), float(there[1])
    return out


def boat(mmsi: int = BOAT) -> dict[str, Any]:
    return name(mmsi, f"BOAT {mmsi % 100}", ship_type=30)


def ship(mmsi: int = BOAT) -> dict[str, Any]:
    return name(mmsi, "CARGO", ship_type=70, length=180)


def register(**gear_of: str) -> Register:
    known = ((int(key[1:]), gear) for key, gear in gear_of.items())
    vessels = (RegisteredVessel(str(m), f"浙普渔{m}", (Identity(m, f"浙普渔{m}"),), gear=gear) for m, gear in known)
    return Register.of("r", tuple(vessels))


def picture(
    *fixes: list[dict[str, Any]],
    said: tuple[dict[str, Any], ...],
    known: Register | None = None,
    settings: RuleSettings | None = None,
) -> Picture:
    """All that the watch knows a quarter of an hour later, judged as it goes."""
    it = watch.Watch(("a",), Surroundings(ZONES, known or Register()), settings)
    it.step(batch(*sorted((f for one in fixes for f in one), key=lambda f: (f["at_ms"], f["mmsi"])), said=said))
    it.step(Tick(END_MS))
    return it.picture(END_MS)


def doing(motion: Motion, *, who: dict[str, Any] | None = None, gear: str = "", **more: Any) -> Activity:
    known = register(**{f"m{BOAT}": gear}) if gear else None
    seen = picture(track(BOAT, motion, **more), said=(who or boat(),), known=known)
    return Activity(int(seen.activity[0]))


def test_a_ship_at_speed_is_under_way() -> None:
    assert doing(steady(12.0), who=ship()) is Activity.UNDER_WAY


def test_a_boat_faster_than_her_gear_works_is_under_way() -> None:
    assert doing(steady(6.5)) is Activity.UNDER_WAY
    assert doing(steady(4.5), gear="gillnet") is Activity.UNDER_WAY


def test_a_boat_that_tows_with_a_wandering_course_fishes() -> None:
    assert doing(towing(3.2)) is Activity.FISHING
    assert doing(towing(3.2), gear="single_trawl") is Activity.FISHING


def test_a_boat_that_goes_straight_at_towing_speed_may_tow_or_steam_slowly() -> None:
    """Nobody can tell from here, so nobody says it."""
    assert doing(steady(3.2)) is Activity.UNKNOWN


def test_the_same_motion_is_work_for_one_gear_and_none_for_another() -> None:
    """A gillnetter hauls at 1 to 3 knots; a trawler does not tow at 1.2."""
    assert doing(steady(1.2), gear="gillnet") is Activity.FISHING
    assert doing(steady(1.2), gear="single_trawl") is Activity.UNKNOWN


def test_a_light_seiner_that_drifts_by_day_does_not_fish() -> None:
    """T0 is half past eleven in the morning in Beijing: her lights are of no use."""
    assert doing(steady(0.8), gear="light_seine") is Activity.UNKNOWN


def test_carriers_of_catch_do_not_fish() -> None:
    assert doing(towing(3.2), gear="auxiliary") is not Activity.FISHING


def test_who_says_that_she_fishes_is_believed_at_fishing_speed_only() -> None:
    """Status 7 is often forgotten on the way home."""
    assert doing(steady(3.0), nav_status=7, msg_type=1) is Activity.FISHING
    assert doing(steady(9.0), nav_status=7, msg_type=1) is Activity.UNDER_WAY


def test_a_boat_that_stays_in_one_place_at_sea_is_anchored() -> None:
    assert doing(steady(0.0)) is Activity.ANCHORED


def test_a_stow_netter_that_lies_still_may_be_at_her_net() -> None:
    assert doing(steady(0.0), gear="stow_net") is Activity.UNKNOWN


def test_lying_in_harbour_is_no_anchoring_unless_she_says_so() -> None:
    assert doing(steady(0.0), at=IN_PORT) is Activity.IN_HARBOUR
    assert doing(steady(0.0), at=IN_PORT, nav_status=5, msg_type=1) is Activity.MOORED
    assert doing(steady(0.0), at=IN_PORT, nav_status=1, msg_type=1) is Activity.ANCHORED


def test_a_status_of_lying_counts_for_nothing_under_way() -> None:
    assert doing(steady(9.0), who=ship(), nav_status=5, msg_type=1) is Activity.UNDER_WAY


@pytest.mark.parametrize("who", [ship(), boat()], ids=["ship", "boat"])
def test_who_goes_across_her_heading_drifts(who: dict[str, Any]) -> None:
    assert doing(steady(1.0), who=who, heading=200, msg_type=1) is Activity.DRIFTING


def test_a_ship_too_slow_to_steer_drifts_but_a_boat_may_haul() -> None:
    assert doing(steady(1.0), who=ship(), msg_type=1) is Activity.DRIFTING
    assert doing(steady(1.0)) is Activity.UNKNOWN


def test_a_ship_just_heard_is_unknown_unless_she_is_fast() -> None:
    assert doing(steady(4.0), who=ship(), until_s=0) is Activity.UNKNOWN
    few = track(BOAT, steady(12.0))[-2:]
    assert picture(few, said=(ship(),)).activity[0] == Activity.UNDER_WAY


def test_silence_makes_unknown() -> None:
    """Eleven minutes without a word: whatever she did, nobody knows what she does."""
    assert doing(steady(12.0), who=ship(), until_s=300) is Activity.UNKNOWN


def test_every_gear_but_those_that_lie_or_carry_has_a_way_of_working() -> None:
    assert {row.gear for row in WORK} == {"", *GEARS} - {"stow_net", "small_stow_net", "auxiliary"}
    assert all(row.source for row in WORK)


def test_a_centre_that_knows_its_boats_better_changes_the_table() -> None:
    """In its thresholds: here, that all boats tow at 3 to 4 knots, straight or not."""
    tow = (Work("", 3.0, 4.0, 0.0, 0, 24, "舟山 2026"),)
    own = RuleSettings({**RuleSettings().params, "activity": Params(work=tow)})
    tracks = track(BOAT, steady(3.2))
    assert picture(tracks, said=(boat(),)).activity[0] == Activity.UNKNOWN
    assert picture(tracks, said=(boat(),), settings=own).activity[0] == Activity.FISHING


# --- pairs ---


def pair(north_nm: float = 0.3, one: float = 3.5, other: float = 3.5, known: Register | None = None) -> Picture:
    tracks = track(BOAT, steady(one)), track(OTHER, steady(other), north_nm=north_nm)
    return picture(*tracks, said=(boat(BOAT), boat(OTHER)), known=known)


def test_two_boats_abreast_at_towing_speed_tow_one_net() -> None:
    """And so they fish, straight as they go."""
    seen = pair()
    assert seen.partner.tolist() == [OTHER, BOAT]
    assert seen.activity.tolist() == [Activity.FISHING] * 2


@pytest.mark.parametrize(
    ("case", "seen"),
    [
        ("too far", {"north_nm": 1.2}),
        ("alongside", {"north_nm": 0.02}),
        ("steaming", {"one": 8.0, "other": 8.0}),
        ("one faster", {"one": 2.2, "other": 4.8}),
        ("another gear", {"known": register(**{f"m{BOAT}": "gillnet", f"m{OTHER}": "gillnet"})}),
    ],
)
def test_what_is_no_pair(case: str, seen: dict[str, Any]) -> None:
    assert not pair(**seen).partner.any(), case


def test_of_three_boats_the_two_nearest_are_the_pair() -> None:
    third = 412_000_003
    tracks = [track(m, steady(3.5), north_nm=n) for m, n in ((BOAT, 0.0), (OTHER, 0.2), (third, 0.7))]
    seen = picture(*tracks, said=(boat(BOAT), boat(OTHER), boat(third)))
    assert dict(zip(seen.vessels.mmsi.tolist(), seen.partner.tolist(), strict=True)) == {
        BOAT: OTHER,
        OTHER: BOAT,
        third: 0,
    }


def test_the_parts_of_a_picture_keep_what_was_found_over_the_whole() -> None:
    """A pair across the border of two sea cells is a pair to both judges."""
    seen = pair()
    halves = [seen, *watch.cells(seen, 3)]
    assert all(part.partner.tolist() == seen.partner.tolist() for part in halves)


def rows_of(seed: int) -> tuple[Vessels, Register]:
    dice = np.random.default_rng(seed)
    motions = [steady(float(s), float(dice.uniform(0, 360))) for s in (0.0, 0.8, 3.0, 3.2, 9.0)] + [towing(3.0)]
    tracks = [
        track(
            412_000_000 + k, motions[int(dice.integers(len(motions)))], north_nm=float(dice.uniform(0, 2)), every_s=60
        )
        for k in range(6)
    ]
    fleet = Fleet()
    fleet.fold(batch(*(f for one in tracks for f in one), said=tuple(boat(412_000_000 + k) for k in range(0, 6, 2))))
    return fleet.vessels(), register(m412000001="gillnet", m412000003="pair_trawl")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    """What a vessel does and with whom is a matter of her and her neighbours, not of who keeps her."""
    vessels, known = rows_of(seed)

    def told(rows: np.ndarray[Any, np.dtype[np.int64]]) -> dict[int, tuple[int, int]]:
        some = vessels.take(rows)
        situation = Situation()
        situation.look(some, ZONES)
        boats, gear = fishing_craft(some, known), gears(some, known, END_MS)
        partner = partners(some, END_MS, boats, situation.near_harbour, gear)
        did = activities(some, END_MS, situation.stopped, situation.near_harbour, boats, gear, partner)
        return {int(m): (int(p), int(a)) for m, p, a in zip(some.mmsi, partner, did, strict=True)}

    order = np.arange(len(vessels))
    assert told(order) == told(order[::-1])


def test_a_picture_made_without_them_knows_neither() -> None:
    seen = pair()
    bare = replace(seen, activity=np.zeros(0, np.uint8), partner=np.zeros(0, np.int64))
    assert not bare.activity.any() and not bare.partner.any() and len(bare.partner) == len(seen.vessels)


def test_between_two_ticks_each_keeps_what_she_did_and_a_newcomer_is_unknown() -> None:
    """Rows move when vessels come and go; another transmitter of the same number is another."""
    blank = {name: np.zeros((4, *dtype.shape), dtype.base) for name, dtype in Vessels.dtypes().items()}
    now = Vessels(**{**blank, "mmsi": np.array([5, 7, 7, 9]), "voice": np.array([0, 0, 1, 0], np.int16)})
    told = Doing(np.array([3, 7, 9]), np.zeros(3, np.int16), np.array([1, 2, 3], np.uint8), np.array([0, 9, 7]))
    activity, partner = told.of(now)
    assert activity.tolist() == [0, 2, 0, 3] and partner.tolist() == [0, 9, 0, 7]
    assert [array.tolist() for array in Doing.empty().of(now)] == [[0] * 4, [0] * 4]
