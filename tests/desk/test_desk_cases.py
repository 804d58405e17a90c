"""Cases and tips on screen: the lists, what stays where it is, what is filled in, whose name is hidden from whom."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from hands import HOSTILE, AtDesk, at_pane, same_as_golden, settle, text_of, type_keys, until
from rich.cells import cell_len
from textual.widgets import Input

from fengqiao.desk.app import DeskApp
from fengqiao.desk.panes.cases import CasesPane
from fengqiao.desk.panes.tips import TipList, TipSheet
from fengqiao.desk.widgets import virtual_table
from fengqiao.store.audit import AUDIT
from fengqiao.store.database import Store


def desk(folder: Path, size: tuple[int, int] = (120, 36), lang: str = "zh") -> AtDesk:
    return at_pane(folder, "4", size, lang)


def register(app: DeskApp, title: str, applicant: str = "王大海 13800000001") -> str:
    said = {"title": title, "cause": "C03", "applicant": applicant, "respondent": "", "place": "衢山"}
    return app.desk.register_by_hand({**said, "vessels": "412990112"})


def titles(app: DeskApp) -> list[str]:
    """The pointer and the title of every case in the list."""
    lines = text_of(app).splitlines()[3:]
    return [line[0] + line.split()[-1] for line in lines if "人调字" in line and not line.startswith("│")]


async def test_a_case_from_elsewhere_moves_no_row_while_the_officer_steps(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands at the end until he rests; what he opens meanwhile is the case he looked at."""
    monkeypatch.setattr(virtual_table, "HOLD_S", 60.0)
    async with desk(bay) as (app, pilot, _):
        pane = app.query_one(CasesPane)
        register(app, "甲案")
        register(app, "乙案")
        pane.fetch()
        await settle(app, pilot)
        await type_keys(app, pilot, "j")
        assert titles(app) == [" 乙案", ">甲案"]
        register(app, "丙案")
        pane.fetch()
        await settle(app, pilot)
        assert titles(app) == [" 乙案", ">甲案", " 丙案"]
        pane.table.release()
        await pilot.pause()
        assert titles(app) == [" 丙案", " 乙案", ">甲案"]


async def test_names_shown_for_one_case_are_hidden_in_the_next(bay: Path) -> None:
    """A reason was given for one case: another that comes under the cursor by itself stays masked."""
    async with desk(bay) as (app, pilot, _):
        pane = app.query_one(CasesPane)
        register(app, "甲案")
        pane.fetch()
        await settle(app, pilot)
        await type_keys(app, pilot, "u", *"why", "enter")
        assert "王大海" in text_of(app)
        pane.fetch(register(app, "乙案", "李小江 13900000002"))
        await settle(app, pilot)
        assert titles(app)[0] == ">乙案" and "李某某" in text_of(app) and "李小江" not in text_of(app)


# --- tips ---

AT_MS = 1_757_994_000_000  # 11:40 of the day of the demonstration, in Beijing


def tell(store: Store, text: str, minutes: int = 0, **more: object) -> str:
    """As ``fengqiao tip new`` keeps it."""
    tip = {"channel": "call", "text": text, "lon_deg": 122.66, "lat_deg": 30.2, "vessel": "浙普渔60112"}
    tip |= {"reporter": "王大海", "phone": "13800000001", "officer": "张三", "at_ms": AT_MS + minutes * 60_000}
    return store.add_tip({**tip, **more}, "20250916", "cli")


def tips(app: DeskApp) -> list[str]:
    """The pointer and the mark of every tip in the list, and its text."""
    lines = text_of(app).splitlines()[3:]
    return [line[:2] + line.split()[-1] for line in lines if " 09-16 11:4" in line and not line.startswith("│")]


async def test_tips_stand_beside_the_cases_newest_first_and_are_counted(bay: Path) -> None:
    """One told elsewhere while the list is open comes in by itself; the header counts those without a case."""
    async with desk(bay) as (app, pilot, store):
        tell(store, "渔网被拖走")
        await until(pilot, lambda: "4案件 +1" in text_of(app).splitlines()[0] and "未登记 1 条" in text_of(app))
        await type_keys(app, pilot, "x")
        assert tips(app) == [">*渔网被拖走"]
        shown = text_of(app)
        assert all(word in shown for word in ("09-16 11:40", "来电", "王某某", "浙普渔60112", "30-12.0N 122-39.6E"))
        tell(store, "有船在休渔区拖网", 2)
        await until(pilot, lambda: "4案件 +2" in text_of(app).splitlines()[0] and len(tips(app)) == 2)
        assert tips(app) == [" *有船在休渔区拖网", ">*渔网被拖走"]
        await type_keys(app, pilot, "x")
        assert "案号" in text_of(app)


async def test_who_told_it_is_shown_in_the_opened_tip_only_with_a_reason_and_the_look_is_logged(bay: Path) -> None:
    async with desk(bay) as (app, pilot, store):
        number = tell(store, "渔网被拖走, 王大海说")
        await type_keys(app, pilot, "x", "enter")
        assert isinstance(app.screen, TipSheet)
        await type_keys(app, pilot, "u", "enter")
        assert "王大海" not in text_of(app) and "13800000001" not in text_of(app) and looks(store) == []
        await type_keys(app, pilot, *"call back", "enter")
        shown = text_of(app)
        assert "王大海  13800000001" in shown and "渔网被拖走, 王大海说" in shown
        assert looks(store) == [("tip_unmask", "王建国", {"tip": number, "reason": "call back"})]
        await type_keys(app, pilot, "escape")
        assert "王大海" not in text_of(app), "and hidden again in the list"


async def test_one_key_makes_a_case_of_a_tip_with_everything_filled_in(bay: Path) -> None:
    """The form shows persons masked; what is left as it stands is registered as it was told."""
    async with desk(bay) as (app, pilot, store):
        number = tell(store, "渔网被拖走, 打我电话13800000001")
        await type_keys(app, pilot, "x", "f7")
        shown = text_of(app)
        assert "王某某 138****0001" in shown and "412990112" in shown and "13800000001" not in shown
        cause = app.screen.query_one("#f-cause", Input)
        cause.value = "3"
        await type_keys(app, pilot, *["enter"] * 6)
        (case,) = store.case_list()
        file = store.case_file(case.case_no)
        assert file is not None and (case.tip, case.source, case.cause) == (number, "tip", "C03")
        assert case.title == "渔网被拖走, 打我电话13800000001" and (case.lon_deg, case.lat_deg) == (122.66, 30.2)
        assert case.occurred_to_ms == AT_MS
        assert [(v.mmsi, v.name, v.role) for v in file.vessels] == [(412990112, "浙普渔60112", "involved")]
        assert ("applicant", "王大海", "13800000001") in [(p.side, p.name, p.phone) for p in file.parties]
        await until(pilot, lambda: "案件 +" not in text_of(app).splitlines()[0])
        assert titles(app) == [">打我电话138****0001"]
        await type_keys(app, pilot, "x", "c")
        await until(pilot, lambda: titles(app) and not app.query_one(TipList).display)
        assert len(store.case_list()) == 1, "the case it has become is shown, not a second one made"


async def test_a_vessel_known_by_name_only_comes_into_the_case(bay: Path) -> None:
    async with desk(bay) as (app, pilot, store):
        tell(store, "夜里拖网", vessel="黑船", reporter="", phone="")
        await type_keys(app, pilot, "x", "c", *["enter"] * 6)
        file = store.case_file(store.case_list()[0].case_no)
        assert file is not None and [(v.mmsi, v.name) for v in file.vessels] == [(0, "黑船")]
        assert [p.side for p in file.parties] == ["respondent"]


async def test_a_tip_is_written_down_at_the_desk(bay: Path) -> None:
    """A place that cannot be understood is asked again, with all that was typed."""
    async with desk(bay) as (app, pilot, store):
        await type_keys(app, pilot, "x", "w", *"net", "down", "down", *"nowhere")
        await type_keys(app, pilot, "enter")
        assert store.tips() == [] and "! " in text_of(app) and app.screen.query_one("#f-text", Input).value == "net"
        app.screen.query_one("#f-place", Input).value = "30-12N 122-40E"
        app.screen.query_one("#f-reporter", Input).value = "王大海"
        await type_keys(app, pilot, "enter")
        (tip,) = store.tips()
        assert (tip.text, tip.channel, tip.reporter, tip.officer) == ("net", "call", "王大海", "王建国")
        assert tip.lat_deg == pytest.approx(30.2) and tip.at_ms == app.desk.time_ms()
        assert tips(app) == [">*net"] or "net" in text_of(app)


async def test_a_hostile_tip_is_plain_text(bay: Path) -> None:
    async with desk(bay, (80, 24)) as (app, pilot, store):
        tell(store, HOSTILE, vessel=HOSTILE, reporter=HOSTILE, phone=HOSTILE)
        for key in ("x", "enter", "escape", "c", "enter", "enter", "enter", "enter", "enter", "enter"):
            await type_keys(app, pilot, key)
            shown = text_of(app)
            assert "\x1b" not in shown and "\u202e" not in shown
            assert all(cell_len(line) <= 80 for line in shown.splitlines())


def looks(store: Store) -> list[tuple[str, str, dict[str, object]]]:
    with store.reading() as connection:
        rows = connection.execute(sa.select(AUDIT).where(AUDIT.c.what.endswith("unmask"))).mappings().all()
    return [
        (row["what"], row["actor"], json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"])
        for row in rows
    ]


# --- what they look like ---


@pytest.mark.parametrize(("lang", "size"), [("zh", (80, 24)), ("zh", (120, 36)), ("en", (80, 24))])
@pytest.mark.parametrize(("name", "keys"), [("cases", ()), ("tips", ("x",))])
async def test_the_screen_is_as_it_was_looked_at(
    bay: Path, lang: str, size: tuple[int, int], name: str, keys: tuple[str, ...]
) -> None:
    async with desk(bay, size, lang) as (app, pilot, store):
        register(app, "拖网割断流刺网", "王大海 13800000001")
        register(app, "索要修船款")
        tell(store, "渔网被拖走, 打我电话13800000001")
        tell(store, "有船在休渔区拖网", 2, channel="grid", vessel="黑船", lon_deg=None, lat_deg=None)
        app.query_one(CasesPane).fetch()
        await until(pilot, lambda: app.new_tips == 2)
        await type_keys(app, pilot, *keys, "j")
        same_as_golden(f"{name}-{lang}-{size[0]}x{size[1]}", app)
        assert all(cell_len(line) <= size[0] for line in text_of(app).splitlines())
