"""Keeping the watch on screen: signing on, one line for the log, what is open, handing over, the day's report."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from bay import frame
from hands import same_as_golden, settle, text_of, type_keys, until
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import Input

from fengqiao.app.duty import snapshot_of
from fengqiao.desk.app import DeskApp
from fengqiao.desk.desk import Desk
from fengqiao.desk.dialogs.handover import HandoverDialog, folded
from fengqiao.desk.dialogs.log_line import LogLine, Subject, subjects
from fengqiao.desk.dialogs.sign_on import SignOnDialog, meant
from fengqiao.desk.panes.duty import DutyPane
from fengqiao.desk.text import clock, position_text
from fengqiao.desk.themes import THEMES
from fengqiao.desk.widgets import virtual_table
from fengqiao.desk.widgets.top import Line
from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.store.database import Store, open_store
from fengqiao.store.frame import write_frame
from fengqiao.store.records import LATEST
from fengqiao.store.tables import AlertRow

BOAT = 412990112  # 浙普渔60112: the alarm in the banner is about her


@asynccontextmanager
async def desk(
    folder: Path, officer: str = "王建国", size: tuple[int, int] = (120, 36), lang: str = "zh"
) -> AsyncIterator[tuple[DeskApp, Pilot[None], Store]]:
    with open_store(folder) as store:
        if officer:
            store.begin_shift("desk", officer, 1)
        app = DeskApp(folder, store, lang)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.picture.seq > 0 and app.desk.officer == officer)
            if not officer:
                await until(pilot, lambda: isinstance(app.screen, SignOnDialog) and " 11:45:59  " in text_of(app))
            await settle(app, pilot)
            yield app, pilot, store


def acknowledged(store: Store, alert: AlertRow) -> None:
    """The watch has taken an acknowledgement."""
    change = AlertChange(
        at_ms=alert.at_ms + 1,
        change=ChangeKind.ACKNOWLEDGED,
        alert=alert.alert,
        rule=alert.rule,
        key=tuple(alert.key),
        priority=Priority(alert.priority),
        mmsi=tuple(alert.mmsi),
        zone=alert.zone,
        position=None if alert.lon_deg is None or alert.lat_deg is None else (alert.lon_deg, alert.lat_deg),
        message=alert.message,
        facts=alert.facts,
        active=alert.active,
        acked=True,
        basis=alert.basis,
        actor="王建国",
    )
    store.save_changes("demo", [(change, alert.text_zh, alert.text_en)])


def all_seen(store: Store) -> None:
    for alert in store.listed_alerts("demo"):
        acknowledged(store, alert)


def all_told(store: Store) -> None:
    for alert in store.owed_outcomes("demo"):
        store.give_outcome("demo", alert.alert, "called", "", "王建国", "desk", alert.at_ms + 2)


# --- signing on ---


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("name", "keys"), [("sign-on", ()), ("help", (*"li", "enter", "f1"))])
async def test_sign_on_and_help_look_as_they_looked(bay: Path, lang: str, name: str, keys: tuple[str, ...]) -> None:
    with open_store(bay) as store:
        for at, before in enumerate(("张三", "李海波")):
            store.begin_shift("desk", before, at)
            store.end_shift("demo-none", "desk", at)
    async with desk(bay, officer="", size=(80, 24), lang=lang) as (app, pilot, _):
        await until(pilot, lambda: "08:00-16:00" in text_of(app) and "李海波" in text_of(app))
        app.open_pane("duty")
        await until(pilot, lambda: "- BEIYAN PIONEER" in text_of(app))
        await type_keys(app, pilot, *keys)
        same_as_golden(f"{name}-{lang}-80x24", app)


async def test_who_signs_on_stands_in_the_header_and_on_every_act(bay: Path) -> None:
    async with desk(bay, officer="") as (app, pilot, store):
        await until(pilot, lambda: "早班 08:00-16:00" in text_of(app))
        await type_keys(app, pilot, *"李海波", "enter", "f2")
        await until(pilot, store.waiting_acts)
        assert "李海波" in text_of(app).splitlines()[0]
        assert [(act.actor, act.kind) for act in store.waiting_acts()] == [("李海波", "acknowledge")]


async def test_nobody_watches_without_a_name(bay: Path) -> None:
    """Neither Esc nor an empty Enter passes by the question."""
    async with desk(bay, officer="") as (app, pilot, store):
        await type_keys(app, pilot, "escape", "enter", "space", "enter")
        assert isinstance(app.screen, SignOnDialog) and "请填写" in text_of(app)
        assert store.officer_on("desk") is None


async def test_names_known_are_offered_by_digit_and_by_arrow(bay: Path) -> None:
    with open_store(bay) as store:
        for at, name in enumerate(("张三", "李海波", "王建国")):
            store.begin_shift("desk", name, at)
            store.end_shift("demo-none", "desk", at)
    async with desk(bay, officer="") as (app, pilot, store):
        await until(pilot, lambda: "1 王建国  2 李海波  3 张三" in text_of(app))
        await type_keys(app, pilot, "down", "down", "down", "down")
        assert app.screen.query_one(Input).value == "王建国"
        await type_keys(app, pilot, "up")
        assert app.screen.query_one(Input).value == "张三"
        app.screen.query_one(Input).value = "2"
        await type_keys(app, pilot, "enter")
        on = store.officer_on("desk")
        assert on is not None and on.officer == app.desk.officer == "李海波"


async def test_a_taken_seat_passes_on_by_handover_only(bay: Path) -> None:
    async with desk(bay) as (app, pilot, store):
        await type_keys(app, pilot, "o", *"zhang", "enter")
        await until(pilot, lambda: isinstance(app.screen, SignOnDialog) and "席位 desk 由 王建国 值班" in text_of(app))
        assert "到 5值班 按 H 交接班" in text_of(app) and "fengqiao shift" not in text_of(app)
        on = store.officer_on("desk")
        await type_keys(app, pilot, "escape")
        assert on is not None and on.officer == app.desk.officer == "王建国"


async def test_a_broken_shift_plan_keeps_nobody_from_the_seat(bay: Path) -> None:
    (bay / "duty.toml").write_text("[[shift", "utf-8")
    async with desk(bay, officer="") as (app, pilot, _):
        await type_keys(app, pilot, *"li", "enter")
        await until(pilot, lambda: app.desk.officer == "li")


async def test_the_header_follows_the_seat(bay: Path) -> None:
    """Handed over at another desk or by command: acts here bear the new name, not the old one."""
    async with desk(bay) as (app, pilot, store):
        store.end_shift("demo-none", "desk", 2)
        store.begin_shift("desk", "李海波", 3)
        await until(pilot, lambda: "李海波" in text_of(app).splitlines()[0])
        assert app.desk.officer == "李海波"


@given(st.text(max_size=8), st.lists(st.text(min_size=1, max_size=4), max_size=6))
@settings(max_examples=200)
def test_only_a_digit_in_range_chooses_a_name(typed: str, names: list[str]) -> None:
    said = typed.strip()
    chosen = said.isdecimal() and 1 <= int(said) <= len(names)
    assert meant(typed, names) == (names[int(said) - 1] if chosen else said)


# --- the log line ---


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)])
async def test_a_log_line_has_time_vessel_and_position_filled_in(bay: Path, size: tuple[int, int]) -> None:
    """What is shown is what is written; banner and most of the pane stay in sight."""
    async with desk(bay, size=size) as (app, pilot, store):
        before = text_of(app).splitlines()
        await type_keys(app, pilot, "f11")
        row = app.picture.row_of(BOAT)
        at = float(app.picture.vessels.lon_deg[row]), float(app.picture.vessels.lat_deg[row])
        shown = text_of(app).splitlines()
        assert shown[1] == before[1] and shown[2:-6] == before[2:-6]
        facts = f"{clock(app.picture.time_ms)}  王建国  浙普渔60112 {BOAT}  {position_text(*at)}"
        assert facts in shown[-5]
        await type_keys(app, pilot, *"已呼叫,对方右转", "enter")
        line = store.log_lines()[0]
        assert (line.text, line.officer, line.vessel) == ("已呼叫,对方右转", "王建国", "浙普渔60112")
        assert (line.at_ms, line.mmsi, (line.lon_deg, line.lat_deg)) == (app.picture.time_ms, BOAT, at)
        assert line.alert == app.picture.unacknowledged[0].alert and not isinstance(app.screen, LogLine)


async def test_a_line_may_be_about_another_vessel_or_none(bay: Path) -> None:
    async with desk(bay) as (app, pilot, store):
        other = next(mmsi for mmsi in app.picture.unacknowledged[0].mmsi if mmsi != BOAT)
        await type_keys(app, pilot, "f11", "tab", "a", "enter", "f11", "tab", "tab", "b", "enter")
        assert [(line.text, line.mmsi) for line in store.log_lines()] == [("b", 0), ("a", other)]
        assert (store.log_lines()[0].alert, store.log_lines()[0].lon_deg) == ("", None)


async def test_the_name_written_is_the_name_shown(bay: Path) -> None:
    """Of a number that two transmitters send, the newest one's: in the dialog, and in the line that comes of it."""
    ship = 477990101
    kept = frame(bay)
    i = int(np.flatnonzero(kept.columns["mmsi"] == ship)[0])
    new = {"voice": int(kept.columns["voice"][i]) + 1, "fix_ms": int(kept.columns["fix_ms"][i]) + 1, "name": "HER TWIN"}
    columns = {name: np.concatenate([values, values[i : i + 1]]) for name, values in kept.columns.items()}
    for name, value in new.items():
        columns[name][-1] = value
    write_frame(bay, replace(kept, columns=columns))
    with open_store(bay) as store:
        (row,) = store.latest("demo", ship)
        with store.writing() as connection:
            connection.execute(sa.insert(LATEST), {**row.model_dump(), **new})
    async with desk(bay) as (app, pilot, store):
        app.push_screen(LogLine(app.desk, ship, None))
        await settle(app, pilot)
        assert "HER TWIN 477990101" in text_of(app)
        await type_keys(app, pilot, *"called", "enter")
        await until(pilot, store.log_lines)
        assert store.log_lines()[0].vessel == "HER TWIN"


async def test_up_brings_back_ones_own_lines(bay: Path) -> None:
    with open_store(bay) as store:
        for at, (officer, text) in enumerate((("王建国", "first"), ("李海波", "other"), ("王建国", "second"))):
            line = {"at_ms": at, "officer": officer, "seat": "desk", "text": text, "run_id": "demo", "alert": ""}
            store.write_log({**line, "mmsi": 0, "vessel": "", "lon_deg": None, "lat_deg": None})
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "f11", *"now")
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await type_keys(app, pilot, key)
            seen.append(app.screen.query_one(Input).value)
        assert seen == ["second", "first", "first", "second", "now"]


async def test_an_empty_line_is_not_written_and_a_hasty_enter_writes_once(bay: Path) -> None:
    async with desk(bay) as (app, pilot, store):
        await type_keys(app, pilot, "f11", "enter")
        assert isinstance(app.screen, LogLine) and "请填写" in text_of(app)
        await type_keys(app, pilot, "a")
        field = app.screen.query_one(Input)
        field.post_message(Input.Submitted(field, "a"))
        field.post_message(Input.Submitted(field, "a"))
        await until(pilot, lambda: not isinstance(app.screen, LogLine))
        assert [line.text for line in store.log_lines()] == ["a"]


async def test_an_alarm_can_be_acknowledged_while_a_line_is_written(bay: Path) -> None:
    async with desk(bay) as (app, pilot, store):
        await type_keys(app, pilot, "f11", *"abc", "f2")
        await until(pilot, store.waiting_acts)
        assert isinstance(app.screen, LogLine) and app.screen.query_one(Input).value == "abc"


def test_what_a_line_may_be_about() -> None:
    """The vessel in hand, those of the alert, nothing; each once."""
    where: dict[str, Any] = {"alert": "x", "lon_deg": 122.0, "lat_deg": 30.0}
    alert, feed = AlertRow(**where, mmsi=[1, 2]), AlertRow(**where, mmsi=[])
    of = {mmsi: Subject(mmsi, "x", 122.0, 30.0) for mmsi in (0, 1, 2)}
    assert subjects(2, alert) == (of[2], of[1], Subject())
    assert subjects(9, alert) == (Subject(9), of[1], of[2], Subject())
    assert subjects(None, feed) == (of[0], Subject())
    assert subjects(None, None) == (Subject(),)


# --- the pane ---


async def test_the_log_only_grows_newest_first_and_a_hostile_line_is_plain(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "5")
        app.desk.write_log("first", 0, "")
        app.desk.write_log("[bold]{0}\x1b[31m\u202e" + "渔" * 20, BOAT, "")
        await type_keys(app, pilot, "1", "5")
        shown = text_of(app)
        assert shown.index("[bold]{0}") < shown.index("first") and "浙普渔60112" in shown
        assert "\x1b" not in shown and "\u202e" not in shown
        assert app.query_one(DutyPane).selected_mmsi() == BOAT


async def test_new_lines_move_no_line_the_officer_reads(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the newest line rows keep their places while he steps, and the cursor its line afterwards; on the newest
    the cursor stays on the newest."""
    monkeypatch.setattr(virtual_table, "HOLD_S", 60.0)
    async with desk(bay) as (app, pilot, _):

        def write(*texts: str) -> None:
            for text in texts:
                app.desk.write_log(text, 0, "")

        def log() -> list[str]:
            """The pointer and the last word of every line of the log."""
            shown = text_of(app).splitlines()[3:10]
            return [(">" if ">" in line else " ") + line.split()[-1] for line in shown if "王建国" in line]

        write("第一条", "第二条")
        await type_keys(app, pilot, "5")
        assert log() == [">第二条", " 第一条"]
        write("第三条")
        app.query_one(DutyPane).fetch()
        await settle(app, pilot)
        assert log() == [">第三条", " 第二条", " 第一条"]
        await type_keys(app, pilot, "j")
        write("第四条")
        app.query_one(DutyPane).fetch()
        await settle(app, pilot)
        assert log() == [" 第三条", ">第二条", " 第一条", " 第四条"]
        app.query_one(DutyPane).table.release()
        await pilot.pause()
        assert log() == [" 第四条", " 第三条", ">第二条", " 第一条"]


async def test_what_is_open_is_counted(bay: Path) -> None:
    """Alerts by level, unacknowledged, owed: as the picture and the store have them."""
    async with desk(bay, size=(80, 24)) as (app, pilot, store):
        top = app.picture.unacknowledged[0]
        acknowledged(store, top)
        n = len(app.picture.unacknowledged)
        await until(pilot, lambda: len(app.picture.unacknowledged) == n - 1)
        await type_keys(app, pilot, "5")
        alarms = sum(a.active and a.priority == Priority.ALARM for a in app.picture.alerts)
        shown = text_of(app)
        assert f"!! 报警 {alarms}" in shown and f"!! 未签收 {n - 1}" in shown and "!! 欠处置结果 1" in shown


async def test_the_days_report_is_written_and_read(bay: Path) -> None:
    async with desk(bay, size=(80, 24)) as (app, pilot, _):
        app.desk.write_log("已呼叫浙普渔60112", BOAT, "")
        await type_keys(app, pilot, "5", "P")
        await until(pilot, lambda: "值班日报 已写入" in text_of(app))
        (path,) = (bay / "reports").iterdir()
        written = path.read_text("utf-8")
        assert path.name == "duty-2025-09-16-114559.txt" and "已呼叫浙普渔60112" in written
        await type_keys(app, pilot, "pagedown", "pagedown")
        assert "签字" in text_of(app)


@pytest.mark.parametrize(("size", "lang"), [((80, 24), "zh"), ((120, 36), "zh"), ((80, 24), "en")])
async def test_the_pane_looks_as_it_looked(bay: Path, size: tuple[int, int], lang: str) -> None:
    async with desk(bay, size=size, lang=lang) as (app, pilot, _):
        app.desk.write_log("已呼叫，对方右转", BOAT, "")
        await type_keys(app, pilot, "5")
        same_as_golden(f"duty-{lang}-{size[0]}x{size[1]}", app)


async def test_the_load_stands_under_the_log_beside_its_targets(bay: Path) -> None:
    """As the store has it: calls on the one seat in ten minutes and an hour, the day's figures, and no verdict."""
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "5")
        found = app.desk.load_lately()
        assert found.window > 0 and found.hour >= found.window
        shown = text_of(app)
        assert f"近10分钟 {found.window:g} (目标10)" in shown and f"近1小时 {found.hour:g} (目标6)" in shown
        assert f"10分钟最多 {found.day['warned_per_10_min_max']:g}/10" in shown
        assert "反复触发 0/0" in shown and "不足30天, 不作评判" in shown


async def test_a_second_seat_takes_no_call_away_and_a_flood_is_marked(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than ten calls on a seat in ten minutes is a flood whatever the month says."""
    async with desk(bay) as (app, pilot, store):
        one = app.desk.load_lately()
        store.begin_shift("east", "李海波", 1)
        two = app.desk.load_lately()
        assert (two.window, two.day["seats_avg"]) == (one.window, 2.0)
        monkeypatch.setattr(type(app.desk), "load_lately", lambda _: replace(one, window=11))
        await type_keys(app, pilot, "5")
        assert "!! 负荷/席位 近10分钟 11 (目标10)" in text_of(app)


async def test_thresholds_of_the_centre_stand_on_the_page_and_a_fault_in_warning_colour(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing while the factory's are in force; one line, and the whole fault on the sheet of open items."""
    facts = {"file": "thresholds.toml", "line": 3, "setting": "collison", "nearest": "collision"}
    fault = {"message": "error.thresholds_unknown_rule", "facts": facts}
    async with desk(bay, size=(80, 24)) as (app, pilot, _):
        await type_keys(app, pilot, "5")
        seen = app.picture

        async def told(**thresholds: Any) -> list[str]:
            meta = {**seen.meta, "thresholds": {"revision": "e57d214a0ef3", "changes": 0, "fault": None, **thresholds}}
            picture = replace(seen, meta=meta)
            monkeypatch.setattr(app.source, "read", lambda: picture)
            app.receive(picture)
            await settle(app, pilot)
            return text_of(app).splitlines()

        assert "门槛" not in "".join(await told())
        assert (await told(changes=3))[2].strip() == "门槛: 与出厂不同 3 处, 版本 e57d214a0ef3"
        line = (await told(fault=fault))[2]
        assert line.startswith(" ! 门槛文件有误, 未采用: thresholds.toml 第 3 行") and cell_len(line) <= 80
        (piece,) = [s for s in app.query_one("#duty-thresholds", Line).render_line(0) if "门槛" in s.text]
        assert piece.style is not None and piece.style.bold
        assert piece.style.color == Style.parse(str(THEMES[app.palette].warning)).color
        await type_keys(app, pilot, "i")
        shown = "".join(char for char in text_of(app) if char not in "│ \n")
        assert "没有规则[collison]；可写：collision(现用版本e57d214a0ef3)" in shown


async def test_one_key_shows_all_that_is_behind_the_load(bay: Path) -> None:
    """Targets, sources by name, hours; Esc goes back. A row of the table stays one line on eighty columns too."""
    async with desk(bay, size=(80, 24)) as (app, pilot, _):
        await type_keys(app, pilot, "5", "b")
        await until(pilot, lambda: "与标准对照" in text_of(app))
        assert "-" * 80 in text_of(app)
        await type_keys(app, pilot, "pagedown", "pagedown")
        assert "浙普渔60112" in text_of(app)
        await type_keys(app, pilot, "escape")
        assert len(app.screen_stack) == 1


# --- handing over ---


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_handover_looks_as_it_looked(bay: Path, lang: str) -> None:
    async with desk(bay, size=(80, 24), lang=lang) as (app, pilot, _):
        await type_keys(app, pilot, "5", "h", "space")
        same_as_golden(f"handover-{lang}-80x24", app)


async def test_nobody_hands_over_what_he_has_not_seen_or_not_finished(bay: Path) -> None:
    """Refused while alarms wait and while outcomes are owed, each with its mend; then taken, ticked item by item."""
    async with desk(bay, size=(80, 24)) as (app, pilot, store):
        banner, items, alarms = text_of(app).splitlines()[1], len(app.desk.open_items()), len(store.in_the_way("demo"))
        await type_keys(app, pilot, "5", "h")
        refused = text_of(app)
        assert banner == refused.splitlines()[1]
        waiting = f"还有 {alarms} 条报警未签收"
        assert waiting in refused and "F2" in refused and refused.count("[ ] !") == alarms > 0
        await type_keys(app, pilot, *["space"] * items, "tab", *"li", "enter")
        assert waiting in text_of(app)

        all_seen(store)
        await until(pilot, lambda: f"还欠 {alarms} 条处置结果" in text_of(app))
        assert "按 R 补填" in text_of(app) and text_of(app).count("[ ] !") == alarms
        await type_keys(app, pilot, "enter")
        assert "勾选" in text_of(app)
        on = store.officer_on("desk")
        assert on is not None and on.officer == "王建国" and store.handovers() == []

        all_told(store)
        await until(pilot, lambda: "不能交班" not in text_of(app))
        await type_keys(app, pilot, "shift+tab", *["space"] * items, "enter", "enter")
        await until(pilot, lambda: "已接班" in text_of(app))
        (row,) = store.handovers()
        assert (row.from_officer, row.to_officer) == ("王建国", "li") and row.snapshot == snapshot_of(row.items)
        assert row.snapshot in text_of(app) and "li" in text_of(app).splitlines()[0]
        await type_keys(app, pilot, "escape")
        await until(pilot, lambda: "王建国 -> li" in text_of(app))
        assert app.desk.officer == "li" and store.verify_chain() is None


async def test_what_came_up_since_it_was_ticked_must_be_looked_at(bay: Path) -> None:
    """An alert that grew graver while the officers went through the list is looked at again before the seat passes."""
    with open_store(bay) as store:
        all_seen(store)
        all_told(store)
    async with desk(bay) as (app, pilot, store):
        items = len(app.desk.open_items())
        await type_keys(app, pilot, "5", "h", *["space"] * items, "tab", *"li")
        dialog = app.screen
        assert isinstance(dialog, HandoverDialog) and f"已过目 {items}/{items}" in text_of(app)
        seen = frozenset(dialog._seen)
        alert = store.listed_alerts("demo")[0]
        graver = {**alert.model_dump(), "priority": Priority.EMERGENCY, "at_ms": alert.at_ms + 9}
        acknowledged(store, AlertRow(**graver))
        store.give_outcome("demo", alert.alert, "called", "", "王建国", "desk", alert.at_ms + 10)
        assert dialog._hand_over("li", seen) is None and store.handovers() == []
        await type_keys(app, pilot, "enter")
        await until(pilot, lambda: f"已过目 {items - 1}/{items}" in text_of(app))


async def test_what_has_gone_from_under_the_cursor_ticks_nothing_in_its_place(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resolved while he looked at it: Space ticks no item that he has not chosen; the next Space does."""
    async with desk(bay, size=(80, 24)) as (app, pilot, _):
        items = app.desk.open_items()
        monkeypatch.setattr(Desk, "open_items", lambda _: items)
        await type_keys(app, pilot, "5", "h", "space")
        assert text_of(app).count("[x]") == 1 and f"已过目 1/{len(items)}" in text_of(app)
        dialog = app.screen
        assert isinstance(dialog, HandoverDialog)
        gone = dialog._items[dialog.table.cursor]
        items = [item for item in items if item["id"] != gone["id"]]
        await until(pilot, lambda: "刚才所选的已不在列表中" in text_of(app))
        await type_keys(app, pilot, "space")
        assert text_of(app).count("[x]") == 1
        await type_keys(app, pilot, "space")
        assert text_of(app).count("[x]") == 2


async def test_outcomes_can_be_given_from_the_handover(bay: Path) -> None:
    with open_store(bay) as store:
        all_seen(store)
    async with desk(bay) as (app, pilot, store):
        owed = len(store.owed_outcomes("demo"))
        await type_keys(app, pilot, "5", "h", "r", "1", "enter")
        await until(pilot, lambda: len(store.owed_outcomes("demo")) == owed - 1)
        if not isinstance(app.screen, HandoverDialog):  # it asks for the next one: later
            await type_keys(app, pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, HandoverDialog) and f"还欠 {owed - 1} 条" in text_of(app))


async def test_nobody_hands_over_to_himself(bay: Path) -> None:
    with open_store(bay) as store:
        all_seen(store)
        all_told(store)
    async with desk(bay) as (app, pilot, store):
        await type_keys(app, pilot, "5", "h", *["space"] * len(app.desk.open_items()), "tab", *"王建国", "enter")
        assert "不能交班给自己" in text_of(app) and store.handovers() == []


@given(st.text("ab 渔，。（）60", max_size=80), st.integers(12, 60))
@settings(max_examples=200)
def test_folding_loses_nothing_and_keeps_within_the_width(text: str, width: int) -> None:
    lines = folded(text, width, "  ").split("\n")
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
