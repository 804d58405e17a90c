"""Who has gone out and who is home, of those that declared a return."""

from dataclasses import replace
from typing import Any

import pytest

from builders import T0, batch, fix
from fengqiao.fleet import Fleet
from fengqiao.model.trip import Trip
from fengqiao.situation.trips import follow, newest_rows

BOAT = 412_000_001
HOUR = 3_600_000
DECLARED = Trip("t1", BOAT, T0 + 10 * HOUR, T0, T0, "王建国")
OUT = replace(DECLARED, out_ms=T0 + HOUR)


def seen(
    trip: Trip, at_h: float, *, near: bool, lies: bool, sog: float = 0.0, after_h: float = 0.0
) -> tuple[Trip, ...]:
    """What is waited for when she was last heard at ``at_h``, asked ``after_h`` later."""
    fleet = Fleet()
    fleet.fold(batch(fix(BOAT + 1, 0, 122.0, 30.0), fix(BOAT, at_h * 3600, 122.0, 30.0, sog)))
    rows = fleet.vessels()
    hers = rows.mmsi == BOAT
    waited = follow((trip,), rows, hers & near, hers & lies, T0 + int((at_h + after_h) * HOUR))
    return (trip,) if waited is None else waited


@pytest.mark.parametrize(
    ("trip", "at_h", "how", "left"),
    [
        pytest.param(DECLARED, 1.0, {"near": True, "lies": True}, (DECLARED,), id="has not left"),
        pytest.param(DECLARED, 1.0, {"near": False, "lies": False, "sog": 6.0}, (OUT,), id="goes out"),
        pytest.param(OUT, 5.0, {"near": True, "lies": True}, (), id="home early"),
        pytest.param(OUT, 5.0, {"near": True, "lies": False, "sog": 6.0}, (OUT,), id="passes a harbour"),
        pytest.param(OUT, 5.0, {"near": True, "lies": False, "sog": 6.0, "after_h": 3.0}, (OUT,), id="silent"),
        pytest.param(OUT, 5.0, {"near": True, "lies": False, "sog": 2.0, "after_h": 0.1}, (OUT,), id="berthing"),
        pytest.param(OUT, 5.0, {"near": True, "lies": False, "sog": 2.0, "after_h": 0.2}, (), id="berthed"),
        pytest.param(OUT, 0.5, {"near": True, "lies": True}, (OUT,), id="older than her leaving"),
        pytest.param(DECLARED, 10.0, {"near": True, "lies": True}, (), id="stayed in harbour"),
        pytest.param(OUT, 5.0, {"near": False, "lies": True}, (OUT,), id="at anchor outside"),
    ],
)  # fmt: skip
def test_home_or_not(trip: Trip, at_h: float, how: dict[str, Any], left: tuple[Trip, ...]) -> None:
    assert seen(trip, at_h, **how) == left


def test_who_was_never_heard_is_waited_for() -> None:
    stranger = replace(DECLARED, mmsi=412_999_999)
    assert seen(stranger, 1.0, near=True, lies=True) == (stranger,)
    fleet = Fleet()
    nothing = fleet.vessels().class_b
    assert follow((DECLARED,), fleet.vessels(), nothing, nothing, T0) is None
    assert list(newest_rows(fleet.vessels(), fleet.vessels().mmsi)) == []
