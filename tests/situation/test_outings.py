"""Outings told from motion: which are known, which are not, and what is no outing at all."""

import numpy as np
import pytest

from builders import T0, batch, fix
from fengqiao.fleet import Fleet
from fengqiao.model.health import ReceiverHealth
from fengqiao.situation import outings
from fengqiao.situation.outings import OUTINGS, OutingLog, Params

BOAT = 412_000_001
HOUR = 3_600_000
BERTH, MOUTH, SEA, LIES = ("harbour", 0.0), ("harbour", 6.0), ("sea", 6.0), ("sea", 0.0)
Step = tuple[float, tuple[str, float]]
DAY: tuple[Step, ...] = ((0.0, BERTH), (1.0, SEA), (6.0, SEA), (10.5, SEA), (11.0, BERTH))


def lived(*steps: Step, boats: bool = True, twin: bool = False, then_h: float = 0.0) -> OutingLog:
    """Her log after fixes so many hours after T0, each judged at once, and once more ``then_h`` later."""
    fleet, log = Fleet(), OutingLog()
    for at_h, (where, sog) in steps:
        fleet.fold(batch(fix(BOAT, at_h * 3600, 122.3 + 0.1 * (where == "sea"), 29.9, sog)))
        if twin:
            fleet.fold(batch(*(fix(BOAT, at_h * 3600 + s, 124.0, 31.0, 6.0) for s in (60, 120))))
        for after_h in (0.05, then_h) if (at_h, (where, sog)) == steps[-1] and then_h else (0.05,):
            v = fleet.vessels()
            near = np.full(len(v), where == "harbour")
            log.heed(v, np.full(len(v), boats), near, v.sog_kn <= 0.2, (), T0 + int((at_h + after_h) * HOUR))
    return log


def hours(log: OutingLog) -> list[float | None]:
    """Of her outings, the newest last; None for one of which only the fact is known."""
    kept = log.boats.hours[0] if len(log.boats) else np.zeros(0)
    return [None if np.isnan(h) else round(float(h), 2) for h in kept if h != 0]


@pytest.mark.parametrize(
    ("steps", "known"),
    [
        pytest.param(DAY, [10.0], id="out and home"),
        pytest.param(((0, BERTH), (1, SEA), (11, SEA), (12, SEA), (12.5, BERTH)), [11.5], id="10 h unheard at sea"),
        pytest.param(((0, BERTH), (1, SEA), (6, SEA), (6.2, MOUTH), (6.5, SEA), (9, SEA), (9.5, BERTH)), [8.5],
                     id="passes a harbour"),
        pytest.param(((0, BERTH), (0.2, SEA), (0.6, BERTH)), [], id="shifts her berth"),
        pytest.param(((0, BERTH), (200.0, BERTH), (400.0, BERTH)), [], id="laid up and silent between"),
        pytest.param(((0, BERTH), (30.0, SEA), (40.0, SEA), (40.5, BERTH)), [None], id="leaves unheard"),
        pytest.param(((0, BERTH), (1, SEA), (40.0, BERTH)), [None], id="comes home unheard"),
        pytest.param(((0, BERTH), (1, SEA), (20.0, SEA), (22, SEA), (22.5, BERTH)), [None], id="unheard for 19 h"),
        pytest.param(((0, BERTH), (1, SEA), (2, MOUTH), (9.0, SEA), (9.5, BERTH)), [None], id="silent off a harbour"),
        pytest.param(((0, BERTH), (1, SEA), (2, LIES), (9, LIES), (14.5, LIES), (15, SEA), (15.5, BERTH)), [None],
                     id="lies still for half a day outside"),
        pytest.param(((0, SEA), (1, SEA), (9, BERTH)), [], id="never seen leaving"),
        pytest.param(((0, BERTH), (1, LIES), (5, LIES), (5.5, BERTH)), [], id="lies just outside"),
    ],
)  # fmt: skip
def test_what_is_an_outing(steps: tuple[Step, ...], known: list[float | None]) -> None:
    assert hours(lived(*steps)) == known


def test_she_is_out_from_the_first_fix_outside_and_silence_does_not_end_it() -> None:
    log = lived((0, BERTH), (0.5, MOUTH), (1, SEA), (3, SEA), then_h=400.0)
    assert (list(log.out.mmsi), list(log.out.out_ms), list(log.out.sure)) == ([BOAT], [T0 + HOUR], [True])
    assert list(log.out.heard_ms) == [T0 + 3 * HOUR]


def test_who_falls_silent_slowly_in_harbour_is_at_her_berth() -> None:
    """As for declared returns: ten minutes of silence at berthing speed."""
    slow = ("harbour", 2.0)
    assert hours(lived((0, BERTH), (1, SEA), (6, SEA), (6.5, slow), then_h=0.1)) == []
    assert hours(lived((0, BERTH), (1, SEA), (6, SEA), (6.5, slow), then_h=0.2)) == [5.5]


def test_others_than_fishing_boats_are_not_followed_nor_is_a_number_that_two_use() -> None:
    assert hours(lived(*DAY, boats=False)) == hours(lived(*DAY, twin=True)) == []


def test_a_person_ends_an_outing() -> None:
    log = lived(*DAY[:3])
    log.end(BOAT)
    log.end(BOAT + 1)  # nobody knows her
    assert len(log.out) == 0 and hours(log) == [None]


def test_her_habits_outlive_the_fleet_that_forgot_her_and_only_the_last_are_kept() -> None:
    days = [(at_h + 48.0 * day, what) for day in range(OUTINGS + 5) for at_h, what in DAY]
    assert hours(lived(*days)) == [10.0] * OUTINGS


@pytest.mark.parametrize("why", ["receiver", "watch", ""])
def test_what_happens_while_nobody_listens_is_not_known(why: str) -> None:
    """An hour without who heard her last, or without the watch itself, and she may be home: until heard again."""
    fleet, log = Fleet(), OutingLog()

    def tick(at_h: float, quiet_s: float = 0.0) -> bool:
        at_ms, v = T0 + int(at_h * HOUR), fleet.vessels()
        receivers = (ReceiverHealth("a", "", 9, T0, at_ms - int(quiet_s * 1000)),)
        log.heed(v, v.mmsi > 0, np.array([at_h < 0.5]), v.sog_kn <= 0.2, receivers, at_ms)
        return bool(log.out.deaf.any())

    for at_h, sog in ((0.0, 0.0), (1.0, 6.0)):
        fleet.fold(batch(fix(BOAT, at_h * 3600, 122.3 + 0.1 * at_h, 29.9, sog)))
        tick(at_h)
    assert tick(1.9 if why != "watch" else 2.1, 3_700.0 if why == "receiver" else 3_500.0) is bool(why)
    assert tick(2.2) is bool(why)
    fleet.fold(batch(fix(BOAT, 2.3 * 3600, 122.5, 29.9, 6.0)))
    assert tick(2.3) is False


def test_a_flood_of_numbers_does_not_grow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was unheard for longest goes, and it is counted; a year unheard and she begins anew."""
    monkeypatch.setattr(outings, "BOATS_MAX", 3)
    fleet, log = Fleet(), OutingLog()
    for n in range(5):
        fleet.fold(batch(fix(BOAT + n, n * 60, 122.3 + n * 0.01, 29.9, 0.0)))
        v = fleet.vessels()
        every = np.ones(len(v), bool)
        log.heed(v, every, every, every, (), T0 + n * 60_000, Params())
    assert set(log.boats.mmsi) <= {BOAT + n for n in range(5)} and len(log.boats) == 3 and log.dropped > 0
    assert list(log.boats.mmsi) == sorted(log.boats.mmsi)
