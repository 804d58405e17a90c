"""Zone membership with hysteresis, and lying still."""

import numpy as np
import shapely

from builders import T0, batch, fix, name
from fengqiao.fleet import Fleet
from fengqiao.register.vessel import Identity, Register, RegisteredVessel
from fengqiao.situation import Situation
from fengqiao.situation.situation import fishing_craft
from fengqiao.zones.zone import Use, Zone
from fengqiao.zones.zoneset import ZoneSet

BOAT = 412000001
EAST_OF_122 = Zone(
    "east",
    1,
    "restricted",
    "area",
    "东",
    "east",
    shapely.box(122.0, 29.0, 123.0, 31.0),
    "official",
    Use.ADVISE,
    ("test",),
    rule={"enter": "warn"},
)
ZONES = ZoneSet((EAST_OF_122,), "r1")
METRE_DEG = 1 / 96_486  # of longitude at 30 degrees north


def followed(*fixes: dict[str, object]) -> list[tuple[bool, int, bool]]:
    """Membership, entry time and stillness after each fix, one tick a fix."""
    fleet, situation, seen = Fleet(), Situation(), []
    for one in fixes:
        fleet.fold(batch(one))
        situation.look(fleet.vessels(), ZONES)
        entered = int(situation.entered_ms[0, 0])
        seen.append(
            (bool(situation.inside[0, 0]), (entered - T0) // 1000 if entered else -1, bool(situation.stopped[0]))
        )
    return seen


def at(second: float, metres_inside: float, sog: float = 5.0) -> dict[str, object]:
    return fix(BOAT, second, 122.0 + metres_inside * METRE_DEG, 30.0, sog=sog)


def test_two_fixes_inside_are_an_entry_dated_by_the_first() -> None:
    seen = followed(at(0, -200), at(30, 20), at(60, 200))
    assert [s[0] for s in seen] == [False, False, True]
    assert seen[-1][1] == 30


def test_one_stray_fix_inside_is_none() -> None:
    assert not any(s[0] for s in followed(at(0, -200), at(30, 20), at(60, -20), at(90, 20), at(120, -20)))


def test_noise_at_the_border_neither_leaves_nor_enters_again() -> None:
    """Thirty metres out is within the outer band: the boat is still inside, and her entry keeps its time."""
    seen = followed(at(0, 20), at(30, 20), at(60, -30), at(90, 10), at(120, -30), at(150, -30))
    assert all(s[0] for s in seen[1:]) and seen[-1][1] == 0


def test_two_fixes_beyond_the_band_are_a_leaving() -> None:
    seen = followed(at(0, 20), at(30, 20), at(60, -80), at(90, -80))
    assert [s[0] for s in seen] == [False, True, True, False]


def test_a_tick_without_news_decides_nothing() -> None:
    """The same fix looked at twice counts once."""
    fleet, situation = Fleet(), Situation()
    fleet.fold(batch(at(0, 20)))
    for _ in range(3):
        situation.look(fleet.vessels(), ZONES)
    assert not situation.inside[0, 0]


def test_a_stop_begins_slowly_and_ends_fast() -> None:
    """0.2 kn begins it, 0.4 kn does not end it, 0.5 kn does; an unknown speed changes nothing."""
    seen = followed(*(at(30 * k, 500, sog) for k, sog in enumerate([1.0, 0.4, 0.2, 0.4, 0.5, 0.4])))
    assert [s[2] for s in seen] == [False, False, True, True, False, False]


def test_other_zones_begin_membership_anew() -> None:
    fleet, situation = Fleet(), Situation()
    for one in (at(0, 20), at(30, 20)):
        fleet.fold(batch(one))
        situation.look(fleet.vessels(), ZONES)
    assert situation.inside[0, 0]
    situation.look(fleet.vessels(), ZoneSet((), "r2"))
    assert situation.inside.shape == (1, 0)


def test_forgotten_vessels_take_their_membership_along() -> None:
    fleet, situation = Fleet(), Situation()
    for second in (0, 30):
        fleet.fold(batch(fix(BOAT, second, 121.0, 30.0), fix(BOAT + 1, second, 122.5, 30.0)))
        situation.look(fleet.vessels(), ZONES)
    situation.keep(np.array([1]))
    assert situation.inside.tolist() == [[True]]


def test_who_counts_as_a_fishing_boat() -> None:
    """By ship type, by status, by the register; a net buoy never."""
    fleet = Fleet()
    fleet.fold(batch(said=(name(412000001, "A", ship_type=30), name(412000004, "NET 1 90%", ship_type=30))))
    fleet.fold(
        batch(
            fix(412000001, 0, 122.0, 30.0),
            fix(412000002, 0, 122.0, 30.0, nav_status=7),
            fix(412000003, 0, 122.0, 30.0),
            fix(412000004, 0, 122.0, 30.0, msg_type=18),
            fix(412000005, 0, 122.0, 30.0),
        )
    )
    known = RegisteredVessel("v", "浙普渔", (Identity(412000003, "x"),), gear="gillnet")
    fishing = fishing_craft(fleet.vessels(), Register.of("r", (known,)))
    assert fishing.tolist() == [True, True, True, False, False]
