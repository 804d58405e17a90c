"""The duty report of a small made-up day, from the store to the sheet, in both languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from duty.duty_cases import ALARM, MINUTE, RAISED, SEEN, A, latest_boat, live, tell
from fengqiao.app import duty
from fengqiao.app.duty import heard, told_outcomes
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.papers.duty_report import Heard
from fengqiao.store import Store, open_store
from fengqiao.store.duty_tables import OutcomeRow
from fengqiao.store.tables import LatestRow
from store.store_cases import T0, act, change

T = TypeVar("T")
HOUR = 60 * MINUTE
FORM = "({year})试人调字第{number:04d}号"

ZH = """\
湾区联合治理中心  值班日报
2026-11-22 20:00 至 2026-11-22 23:00  北京时间
值班员  王建国  11-22 20:30 至 11-22 21:30  中班
值班员  李海波  11-22 21:30 至 今  中班
--------------------------------------------------------------------------------
一、海上态势  收到船位: 船舶 2 艘, 网位仪 1 个
    大风警报  某台  8 级  11-22 20:00 至 11-23 08:00
二、预警  发生 2 条
    按等级  报警 1  警告 1
    按类别  碰撞危险 1  离线 1
    提请处置  警告及以上 2 次, 注意 0 次  (发生 2)
    负荷 (每席位, 警告及以上)  每十分钟平均 0.1 次, 最多 2 次, 一小时最多 2 次;
      超过十次的时段 0 个; 反复触发 0 次; 平均席位 1.0
    逐时 (警告及以上+注意)  21:00 2+0
    签收时效  警告及以上 2 条: 2分钟内 1 (50%), 5分钟内 1 (50%), 5分钟未签收 1
    准确率 (属实占属实与虚警之和; 95%置信区间, Wilson)
        2026-11  碰撞危险   0% (0%-79%)  属实 0 虚警 1 不明 0 未判 0
        2026-11  离线       尚无判定  不明 0 未判 1
    签收 1 条  用时中位数 38 秒
    11-22 21:00 collision-1 两船将相碰
三、处置结果  1 条  已呼叫 1
    更正 1 条: 已呼叫 改为 误报
四、纠纷  新登记 1 件
    (2026)试人调字第0001号 渔船碰撞
五、交接班  1 次
    11-22 21:30  王建国 交 李海波  移交 4 项  清单校验码 {snapshot}
六、值班日志  1 条
    11-22 21:05 王建国 浙样渔00001 30°06.0′N 122°30.0′E
      VHF16呼叫无应答，经卫星电话联系上船长，船长表示主机故障已抛锚待修，无人员
      受伤，无需救助，已通知附近船舶注意避让
七、未了事项 (出报时)  在列预警 2 条, 欠处置结果 0 条, 在办纠纷 1 件
--------------------------------------------------------------------------------
审计链  第 {seq} 条
    {head}

签字: 交班 ______________  接班 ______________
"""

EN = """\
Bay governance centre  Duty report
2026-11-22 20:00 to 2026-11-22 23:00  Beijing time
On watch  王建国  11-22 20:30 to 11-22 21:30  中班
On watch  李海波  11-22 21:30 to now  中班
--------------------------------------------------------------------------------
1. At sea  positions heard: 2 vessels, 1 net buoys
    gale warning  某台  Beaufort 8  11-22 20:00 to 11-23 08:00
2. Alerts  2 raised
    by priority  alarm 1  warning 1
    by rule  collision 1  gap 1
    calls  2 at warning or above, 0 cautions  (raised 2)
    load (a seat, warning and above)  per ten minutes 0.1 on average, 2 at most,
      2 in an hour at most; 0 windows over ten; chatter 0 times; 1.0 seats
    by hour (warning and above+caution)  21:00 2+0
    Answered  2 at warning or above: 1 within 2 min (50%), 1 within 5 min (50%),
      1 not within 5 min
    Precision (true among true and false; 95 % interval, Wilson)
        2026-11  collision  0% (0%-79%)  true 0 false 1 unclear 0 unsaid 0
        2026-11  gap        none decided  unclear 0 unsaid 1
    1 acknowledged  median time 38 s
    11-22 21:00 collision-1 two boats meet
3. Outcomes  1  called 1
    1 corrected: called to false alarm
4. Disputes  1 registered
    (2026)试人调字第0001号 collision
5. Shift handovers  1
    11-22 21:30  王建国 to 李海波  4 items open  list hash {snapshot}
6. Duty log  1 lines
    11-22 21:05 王建国 浙样渔00001 30°06.0′N 122°30.0′E
      VHF16呼叫无应答，经卫星电话联系上船长，船长表示主机故障已抛锚待修，无人员
      受伤，无需救助，已通知附近船舶注意避让
7. Open when printed  alerts listed 2, outcomes owed 0, disputes under way 1
--------------------------------------------------------------------------------
audit chain  link {seq}
    {head}

signed: from ______________  to ______________
"""


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Store]:
    """One alarm acknowledged after 38 s, called, then found false; a gap; a gale; a case; a handover."""
    with open_store(tmp_path / "data") as store:
        live(store)
        for mmsi, kind in ((A, Kind.SHIP), (A + 1, Kind.CRAFT), (A + 2, Kind.GEAR), (A + 3, Kind.BASE)):
            latest_boat(store, mmsi, kind=int(kind))
        gale = GaleWarning("g", 8, T0 - HOUR, T0 + 11 * HOUR, "某台", zone="z")
        store.save_gales("live", [gale], act("g"))
        duty.sign_on(store, "desk", "王建国", T0 - 30 * MINUTE)
        tell(store, RAISED)
        tell(store, RAISED, T0 + 1, "gap-1", priority=Priority.WARNING, rule="gap")
        tell(store, SEEN, T0 + 38_000)
        text = (
            "VHF16呼叫无应答，经卫星电话联系上船长，船长表示主机故障已抛锚待修，"
            "无人员受伤，无需救助，已通知附近船舶注意避让"
        )
        duty.log_line(store, text, "王建国", "desk", T0 + 5 * MINUTE, "live", mmsi=A, alert=ALARM)
        for minute, what in ((6, "called"), (9, "false")):
            duty.give_outcome(store, "live", ALARM, what, "", "王建国", "desk", T0 + minute * MINUTE)
        store.register_case(CASE, (), (), None, FORM)
        assert isinstance(duty.hand_over(store, "live", "desk", "李海波", T0 + 30 * MINUTE, "zh"), str)
        yield store


CASE = {"year": 2026, "state": "reported", "title": "网被拖走", "cause": "C01", "source": "hand", "run_id": "live"} | {
    "alert": "",
    "tip": "",
    "place": "",
    "lon_deg": None,
    "lat_deg": None,
    "occurred_from_ms": T0,
    "occurred_to_ms": T0,
    "created_ms": T0,
    "created_by": "王建国",
}


@pytest.mark.parametrize(("lang", "golden"), [("zh", ZH), ("en", EN)])
def test_the_sheet_of_a_small_day(day: Store, lang: str, golden: str) -> None:
    """Every figure on it can be counted by hand from the day above."""
    head, (handed,) = day.audit_head(), day.handovers()
    facts = {"seq": head.seq, "head": head.hash, "snapshot": handed.snapshot[:16]}
    assert duty.report(day, "live", "desk", T0 - HOUR, T0 + 2 * HOUR, lang) == golden.format(**facts)


def test_another_day_has_only_what_is_open_now(day: Store) -> None:
    """Nothing of today's happenings is told as yesterday's."""
    told = duty.report(day, "live", "desk", T0 - 25 * HOUR, T0 - HOUR, "zh")
    assert (
        "二、预警  发生 0 条\n三、处置结果  0 条\n四、纠纷  新登记 0 件\n五、交接班  0 次\n六、值班日志  0 条\n" in told
    )
    assert "船舶 0 艘" in told and "值班员  ____\n" in told and "大风" not in told and "签收" not in told


def test_a_sheet_is_of_one_seat(day: Store) -> None:
    """Officers and handovers of another seat stand on that one's sheet; the log is everybody's."""
    duty.sign_on(day, "east", "赵小山", T0)
    duty.hand_over(day, "live", "east", "钱二", T0 + 1, "zh")
    here, there = (duty.report(day, "live", seat, T0 - HOUR, T0 + 2 * HOUR, "zh") for seat in ("desk", "east"))
    assert "赵小山" not in here and "王建国 交" not in there
    assert "赵小山 交 钱二" in there and "六、值班日志  1 条" in there


@pytest.mark.slow
def test_a_day_is_whole_however_long_the_run_behind_it(day: Store) -> None:
    """More changes than one answer of the store holds lie before the day."""
    old = [(change(RAISED, T0 - (99 * HOUR) + n, f"old-{n}"), "", "") for n in range(10_001)]
    day.save_changes("live", old)
    told = duty.report(day, "live", "desk", T0 - HOUR, T0 + 2 * HOUR, "zh")
    assert "二、预警  发生 2 条\n" in told and "签收 1 条  用时中位数 38 秒" in told


def test_a_flood_is_counted_where_it_is_not_listed(day: Store) -> None:
    """Twenty alarms stand on the sheet, the rest as a number."""
    for n in range(25):
        tell(day, RAISED, T0 + MINUTE + n, f"more-{n}")
    told = duty.report(day, "live", "desk", T0 - HOUR, T0 + 2 * HOUR, "zh")
    assert (told.count("两船将相碰"), "    另有 6 条未列\n" in told) == (20, True)


def test_of_a_past_day_the_vessels_are_counted_at_least() -> None:
    """Who was heard before and after may have been heard within; nobody claims to know."""
    spans = ((5, 15), (15, 25), (5, 9), (20, 25), (5, 25))
    rows = [row(LatestRow, kind=0, first_ms=first, fix_ms=last) for first, last in spans]
    assert heard(rows, 10, 20) == Heard(2, 0, at_least=True)
    assert heard(rows[:-1], 10, 20) == Heard(2, 0, at_least=False)


def test_a_correction_is_told_on_its_own_day_and_counted_once() -> None:
    """The outcome of yesterday stays yesterday's; today's word on it is a correction."""
    said = (("a", "called", 1), ("b", "other", 11), ("a", "false", 12), ("a", "other", 25))
    given = [row(OutcomeRow, alert=alert, outcome=what, at_ms=at_ms) for alert, what, at_ms in said]
    days = [told_outcomes(given, *span) for span in ((0, 10), (10, 20), (20, 30))]
    assert days == [(["called"], []), (["other"], [("called", "false")]), ([], [("false", "other")])]


def row(table: type[T], **columns: Any) -> T:
    """A row of which only these columns matter."""
    return table(**columns)
