"""Cases on screen: the list, what stays where it is, and whose name is hidden from whom."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bay import demo_bay
from hands import settle, text_of, type_keys, until
from textual.pilot import Pilot

from fengqiao.desk.app import DeskApp
from fengqiao.desk.panes.cases import CasesPane
from fengqiao.desk.widgets import virtual_table
from fengqiao.store.database import Store, open_store


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_bay(tmp_path_factory.mktemp("bay"), 16)


@pytest.fixture
def bay(played: Path, tmp_path: Path) -> Path:
    """A folder of its own for every test: what officers do is never undone."""
    return Path(shutil.copytree(played, tmp_path / "bay"))


@asynccontextmanager
async def desk(
    folder: Path, size: tuple[int, int] = (120, 36), lang: str = "zh"
) -> AsyncIterator[tuple[DeskApp, Pilot[None], Store]]:
    with open_store(folder) as store:
        store.begin_shift("desk", "王建国", 1)
        app = DeskApp(folder, store, lang)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.picture.seq > 0 and app.desk.officer)
            await type_keys(app, pilot, "4")
            yield app, pilot, store


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
