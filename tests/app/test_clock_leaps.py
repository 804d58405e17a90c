"""A computer whose clock leaps under a watch that goes by it: nobody is told silent, nobody goes unwarned."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyais.encode import encode_dict

from builders import T0
from clocks import Computer
from fengqiao import words
from fengqiao.app.clock_said import clock_said
from fengqiao.app.heard import from_raw_log
from fengqiao.app.keep_watch import LiveWatch, begin
from fengqiao.app.rebuild import rebuild
from fengqiao.app.whatif import WhatIf
from fengqiao.cli.main import run
from fengqiao.feeds import open_feed
from fengqiao.feeds.clock import STAND_S
from fengqiao.model.findings import AlertChange, ChangeKind
from fengqiao.model.inputs import Act, ActKind, Chunk, Tick
from fengqiao.model.trip import Trip, set_back
from fengqiao.store.frame import read_frame
from fengqiao.store.raw_log import RecordKind, read
from fengqiao.thresholds import Thresholds

BOAT, SHIP, SLOW, OTHERS = 412_000_001, 538_000_002, 412_000_003, (412_000_011, 412_000_012, 412_000_013, 412_000_014)
LON, LAT = 122.6, 30.2
DAY_S, HOUR_S = 86_400, 3_600
KN_DEG_S = 1 / 60 / 3_600  # of latitude


class Bay:
    """A boat and a ship that meet head on, four boats that go beside them, and a watch that hears them all."""

    def __init__(self, folder: Path, apart_nm: int = 10, at_ms: int = T0) -> None:
        self.apart_nm = apart_nm
        self.folder, self.computer = folder, Computer(at_ms)
        self.told: list[AlertChange] = []
        self.sailed_s = 0
        self.live = self.begins()

    def begins(self) -> LiveWatch:
        feed = open_feed("udp://127.0.0.1:0")
        feed.name = "udp"  # the port is another at every start
        clock = self.computer.clock()
        self.live = begin([feed], self.folder, self.told.append, lang="zh", shards=1, clock=clock)
        return self.live

    def killed(self) -> None:
        """As by kill -9: no last checkpoint."""
        self.live.pump.stop()
        self.live.log.close()
        self.live.store.close()

    def sails(self, seconds: int) -> None:
        """Everybody is heard every ten seconds, but for one boat every three minutes."""
        for _ in range(seconds // 10):
            self.computer.passes(10)
            self.sailed_s += 10
            said = [
                _fix(BOAT, 0.0, self.sailed_s * 6, 0),
                _fix(SHIP, 0.0, self.apart_nm * 3_600 - self.sailed_s * 14, 180, 14.0),
            ]
            said += [_fix(mmsi, 0.02 * n, self.sailed_s * 6, 0) for n, mmsi in enumerate(OTHERS, 1)]
            said += [_fix(SLOW, 0.1, self.sailed_s * 6, 0)] if self.sailed_s % 180 == 100 else []
            if self.sailed_s % 360 == 10:
                said += [
                    _static(BOAT, 30, 30),
                    _static(SLOW, 30, 30),
                    _static(SHIP, 70, 180),
                    *(_static(mmsi, 30, 30) for mmsi in OTHERS),
                ]
            now = self.live.clock.now_ms()  # as the thread of its feed would ask
            self.live.round([Chunk("udp", "p", now, b"".join(said))])

    @property
    def ticks(self) -> list[int]:
        return [record.at_ms for record in read(self.folder) if record.kind is RecordKind.TICK]

    @property
    def raised(self) -> list[str]:
        return [change.rule for change in self.told if change.change is ChangeKind.RAISED]

    def audited(self) -> list[tuple[str, float]]:
        """What the audit says of the clock."""
        rows = [self.live.store.audit_record(seq) for seq in range(1, self.live.store.audit_head().seq + 1)]
        told = [(str(row["what"]), json.loads(row["detail"])) for row in rows if row is not None]
        return [(what.removeprefix("clock_"), detail["apart_s"]) for what, detail in told if "apart_s" in detail]

    def rebuilt_the_same(self) -> bool:
        self.live.keeper.save()
        return rebuild(self.folder, self.folder.parent / "again", lambda _: None).same


def _fix(mmsi: int, east_deg: float, north_kn_s: float, course: int, speed: float = 6.0) -> bytes:
    fields = {"lon": LON + east_deg, "lat": LAT + north_kn_s * KN_DEG_S, "course": course, "speed": speed}
    return _lines({"type": 1, "mmsi": mmsi, "heading": course, "status": 0, "second": 60, **fields})


def _static(mmsi: int, ship_type: int, length_m: int) -> bytes:
    sides = {"to_bow": length_m - 10, "to_stern": 10, "to_port": 5, "to_starboard": 5}
    return _lines({"type": 5, "mmsi": mmsi, "shipname": f"V{mmsi % 100}", "ship_type": ship_type, **sides})


def _lines(message: dict[str, Any]) -> bytes:
    return "".join(f"{sentence}\r\n" for sentence in encode_dict(message, talker_id="AI")).encode()


@pytest.fixture
def bay(tmp_path: Path) -> Iterator[Bay]:
    made = Bay(tmp_path / "data")
    yield made
    made.live.pump.stop()
    made.live.stop()


def test_a_day_ahead_for_two_minutes_warns_as_ever_and_of_nobody(bay: Bay) -> None:
    """A bad answer from a time server: ticks go on every ten seconds, who begins to meet then is warned of then."""
    bay.sails(300)
    assert not bay.told
    bay.computer.leaps(DAY_S)
    bay.sails(120)
    assert [(c.rule, T0 + 300_000 < c.at_ms <= T0 + 420_000) for c in bay.told] == [("collision", True)]
    bay.computer.leaps(-DAY_S)
    bay.sails(60)
    assert bay.ticks == [T0 + second * 1_000 for second in range(10, 490, 10)]
    assert bay.raised == ["collision"]
    assert bay.audited() == [("leapt", DAY_S), ("returned", DAY_S)]
    assert bay.rebuilt_the_same()


def test_a_clock_put_back_two_hours_stops_no_tick(bay: Bay) -> None:
    bay.sails(300)
    bay.computer.leaps(-2 * HOUR_S)
    bay.sails(900)
    gaps = {after - before for before, after in zip(bay.ticks, bay.ticks[1:], strict=False)}
    assert gaps <= {10_000, 20_000} and len(bay.ticks) >= 119  # a hundredth slower once it has stood
    assert bay.raised == ["collision"]
    assert bay.audited() == [("leapt", -2 * HOUR_S), ("believed", -2 * HOUR_S)]
    assert bay.rebuilt_the_same()


def test_a_clock_that_was_put_right_is_believed_and_nobody_called_silent_for_it(bay: Bay) -> None:
    """Two hours ahead, for good: time goes there after ten minutes, the feed gets a chance to speak first; who
    speaks every three minutes gets hers."""
    bay.sails(300)
    bay.computer.leaps(2 * HOUR_S)
    bay.sails(int(STAND_S))
    assert bay.ticks[-1] == T0 + 900_000
    bay.computer.passes(10)
    bay.live.round([])  # nothing heard yet by the new time
    bay.sails(120)
    assert bay.ticks[-1] == T0 + 2 * HOUR_S * 1_000 + 1_030_000 and bay.ticks[-1] <= bay.computer.at_ms
    assert bay.raised == ["collision"]
    assert bay.audited() == [("leapt", 2 * HOUR_S), ("believed", 2 * HOUR_S)]


def test_a_computer_that_slept_is_at_once_on_time(bay: Bay) -> None:
    bay.sails(100)
    bay.computer.passes(8 * HOUR_S)
    bay.live.round([])
    bay.sails(60)
    assert bay.live.clock.now_ms() == bay.computer.at_ms
    assert bay.ticks[-1] == T0 + 160_000 + 8 * HOUR_S * 1_000
    assert not bay.raised and not bay.audited()


def test_a_start_after_a_small_setting_back_goes_on_from_what_was_told(bay: Bay) -> None:
    """Half an hour: no half hour without ticks; killed in between, the log tells the same again."""
    bay.sails(600)
    bay.killed()
    bay.computer.leaps(-HOUR_S / 2)
    bay.begins()
    bay.sails(60)
    assert bay.ticks[-1] >= T0 + 650_000 and bay.live.clock.apart().believed
    assert bay.raised == ["collision"]
    assert bay.rebuilt_the_same()


def test_a_start_after_a_large_one_begins_anew(bay: Bay) -> None:
    """The clock was a day ahead before: tracks of tomorrow would hide today's, so what was raised is told over and
    found again; who is a ship and who a boat is still known."""
    bay.sails(900)
    (raised,) = (change for change in bay.told if change.change is ChangeKind.RAISED)
    bay.killed()
    bay.computer.leaps(-DAY_S)
    bay.begins()
    bay.sails(60)
    over = next(change for change in bay.told if change.change is ChangeKind.RESOLVED)
    assert (over.alert, over.active, over.state.suppressed) == (raised.alert, False, "clock_was_ahead")
    again = bay.told[-1]
    assert (again.rule, again.active, again.message) == ("collision", True, raised.message)
    assert again.at_ms <= bay.computer.at_ms < raised.at_ms
    assert [row.alert for row in bay.live.store.listed_alerts("live")] == [again.alert]
    assert bay.rebuilt_the_same()
    bay.killed()
    assert [alert.alert for alert in bay.begins().keeper.watch.books[0].active] == [again.alert]


def test_a_day_ahead_for_half_a_minute_is_a_clock_that_was_wrong_as_well(bay: Bay) -> None:
    """Killed before the first tick: what came in by then is of tomorrow, and would hide what comes in now."""
    bay.sails(100)
    bay.killed()
    bay.computer.leaps(DAY_S)
    bay.begins()
    bay.sails(20)
    assert bay.ticks[-1] == T0 + 100_000
    bay.killed()
    bay.computer.leaps(-DAY_S)
    bay.begins()
    bay.sails(30)
    assert bay.live.keeper.watch.vessels().fix_ms.max() <= bay.computer.at_ms
    assert bay.rebuilt_the_same()


def test_what_was_told_by_a_wrong_clock_moves_no_later_start(bay: Bay) -> None:
    """A day after it was put right: what it told for tomorrow was half an hour ahead of now."""
    bay.sails(300)
    bay.live.stop()
    bay.computer.leaps(DAY_S)
    bay.begins()
    bay.sails(600)
    assert bay.raised == ["collision"]
    bay.live.stop()
    bay.computer.leaps(-DAY_S)
    bay.begins()
    bay.sails(100)
    bay.live.stop()
    bay.computer.passes(DAY_S - HOUR_S / 2)
    bay.begins()
    assert bay.live.clock.now_ms() == bay.computer.at_ms and bay.live.clock.apart().apart_s == 0


def test_a_clock_whose_battery_died_closes_no_alert(tmp_path: Path) -> None:
    """It starts in 1970, which no clock says that is right: the watch goes on from what was told. When the time server
    is asked it leaps to the right day, which is believed once it has stood."""
    bay = Bay(tmp_path / "data", at_ms=T0 + 800 * DAY_S * 1_000)
    bay.sails(900)
    (raised,) = (change for change in bay.told if change.change is ChangeKind.RAISED)
    bay.killed()
    off_s = bay.computer.at_ms / 1_000
    bay.computer.leaps(-off_s)
    bay.begins()
    bay.sails(60)
    assert [alert.alert for alert in bay.live.keeper.watch.books[0].active] == [raised.alert]
    assert bay.ticks[-1] > raised.at_ms
    bay.computer.leaps(off_s + HOUR_S)
    bay.sails(int(STAND_S) + 60)
    assert bay.live.clock.now_ms() == bay.computer.at_ms and bay.live.clock.apart().believed
    assert bay.rebuilt_the_same()
    bay.live.pump.stop()
    bay.live.stop()


def test_a_return_declared_by_a_clock_that_was_ahead_is_waited_for_now() -> None:
    """What is heard now speaks of it; an hour of leaving that somebody named stands."""
    ahead_ms = T0 + DAY_S * 1_000
    trip = Trip("1", BOAT, ahead_ms + 3_600_000, ahead_ms, ahead_ms, "li", out_ms=ahead_ms + 60_000)
    assert set_back(trip, T0) == replace(trip, departs_ms=T0, declared_ms=T0, out_ms=T0)
    named = replace(trip, departs_ms=ahead_ms + 7_000)
    assert set_back(named, T0).departs_ms == ahead_ms + 7_000
    seen = replace(trip, departs_ms=T0 - 9_000, declared_ms=T0 - 9_000, out_ms=T0 - 1_000)
    assert set_back(seen, T0) == seen


def test_a_question_about_the_past_is_not_ended_by_a_wrong_time(bay: Bay) -> None:
    """A day ahead for ten minutes, then put right: what both times heard of is asked of, but for the wrong time."""
    bay.sails(300)
    bay.live.stop()
    bay.computer.leaps(DAY_S)
    bay.begins()
    bay.sails(100)
    bay.live.store.put_act(Act("a1", 0, "li", "s1", ActKind.GALE_CANCEL, "g1"))
    bay.sails(500)
    bay.live.stop()
    bay.computer.leaps(-DAY_S)
    bay.begins()
    bay.sails(60)
    events = list(from_raw_log(bay.folder, bay.live.store, T0, bay.computer.at_ms, lambda _: None))
    assert [event.at_ms for event in events if isinstance(event, Tick)] == bay.ticks[:30] + bay.ticks[-6:]
    assert [event.act_id for event in events if isinstance(event, Act)] == ["a1"]
    asked = WhatIf(bay.live.keeper.watch.surroundings, Thresholds(), Thresholds(), T0)
    asked.run(events)
    assert asked.figures()["by_where"] == {"collision": {"both": 1}}
    assert [told.first.at_ms for told in asked.situations[0].told.values()] == [bay.told[-1].at_ms] * 2


def test_what_the_clock_did_is_on_the_frame_and_in_doctor(bay: Bay, capsys: pytest.CaptureFixture[str]) -> None:
    """The frame is of the system's clock, by which a desk sees how old it is; its time is that of the watch."""
    bay.sails(60)
    bay.computer.leaps(DAY_S)
    bay.sails(10)
    frame = read_frame(bay.folder)
    assert frame is not None and frame.at_ms == bay.computer.at_ms
    assert (frame.meta["time_ms"], frame.meta["clock"]) == (T0 + 70_000, {"apart_s": DAY_S, "believed": False})
    run(["doctor", "--data", str(bay.folder)])
    said = capsys.readouterr().out
    assert "本机时钟突跳 +24:00:00，未予采信" in said and "，0 秒前最后一句" in said


@pytest.mark.parametrize(
    ("apart_s", "believed", "said"),
    [(0, True, None), (-59, True, "0:00:59"), (-93_605, True, "26:00:05"), (-3_600, False, "-1:00:00")],
)
def test_how_far_apart_is_said_in_both_languages(apart_s: int, believed: bool, said: str | None) -> None:
    found = clock_said({"apart_s": apart_s, "believed": believed})
    assert (found is None) == (said is None)
    if found is not None:
        assert all(f"{said}" in words.say(lang, found.message, found.facts) for lang in words.LANGUAGES)
