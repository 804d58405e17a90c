"""The desk as a whole: keys, words, colours, hostile names, and what it says when the watch is silent."""

import re
import shutil
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bay import demo_bay, frame
from hands import HOSTILE, text_of, type_keys, until
from rich.cells import cell_len
from textual.pilot import Pilot

from fengqiao import words
from fengqiao.desk.actions import ACTIONS, PANES, bindings, words_of
from fengqiao.desk.app import DeskApp
from fengqiao.desk.around import head_forms
from fengqiao.desk.chart.palette import PALETTES
from fengqiao.desk.desk import Desk
from fengqiao.desk.panes.alerts import AlertsPane
from fengqiao.desk.picture import DeskPicture, Mode
from fengqiao.desk.source import PictureSource
from fengqiao.desk.text import Language, fault_text
from fengqiao.desk.themes import THEMES
from fengqiao.desk.widgets.top import Keys
from fengqiao.model.errors import UsageFault
from fengqiao.model.findings import Priority
from fengqiao.model.inputs import ActKind
from fengqiao.store.database import open_store
from fengqiao.store.frame import write_frame


@pytest.fixture(scope="module")
def bay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_bay(tmp_path_factory.mktemp("bay"), 16)


@asynccontextmanager
async def desk(
    folder: Path, size: tuple[int, int] = (120, 36), lang: str = "zh", **more: Any
) -> AsyncIterator[tuple[DeskApp, Pilot[None]]]:
    with open_store(folder) as store:
        if not store.officer_on("desk"):
            store.begin_shift("desk", "王建国", 1)
        app = DeskApp(folder, store, lang, **more)
        async with app.run_test(size=size) as pilot:
            await settled(app, pilot)
            yield app, pilot


async def settled(app: DeskApp, pilot: Pilot[None]) -> None:
    """The first picture is drawn and the officer known."""
    await until(pilot, lambda: app.picture.seq and app.desk.officer)
    await pilot.pause(0.2)


@pytest.mark.parametrize(("mode", "later_s"), [(Mode.LIVE, 90), (Mode.DEMO, 0)])
def test_the_clock_of_a_live_watch_goes_on_when_it_has_died(tmp_path: Path, mode: Mode, later_s: int) -> None:
    """A line written while nobody watches bears when it was written; a demonstration's hour simply stands."""
    with open_store(tmp_path) as store:
        desk = Desk(tmp_path, store, "zh", picture=DeskPicture(seq=7, age_s=90.0, time_ms=1_000_000, mode=mode))
        assert desk.time_ms() == 1_000_000 + later_s * 1000
        desk.picture = replace(desk.picture, age_s=1.0)
        assert desk.time_ms() == 1_000_000


def test_no_two_actions_share_a_key() -> None:
    keys = [key for action in ACTIONS for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert len(bindings()) == len(ACTIONS)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_every_key_has_words(lang: str) -> None:
    said = words.catalogue(lang)
    assert all(words_of(action.name) in said for action in ACTIONS)


def test_what_cannot_wait_has_an_f_key() -> None:
    """With a Chinese input method on, letters do not arrive."""
    by_name = {action.name: action.keys for action in ACTIONS}
    for name in ("acknowledge", "silence", "locate", "call_sheet", "nearest", "open_case", "log_line", "search"):
        assert any(key.startswith("f") and key[1:].isdigit() for key in by_name[name].split(","))


ON_SCREEN = ("seat_taken", "not_on", "nobody_on", "actor_missing", "reason_missing", "source_has_case", "no_such_case")


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("name", [*ON_SCREEN, "no_such_tip"])
def test_a_fault_on_screen_is_mended_by_key_and_on_the_command_line_by_command(
    lang: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Language, "now", lang)
    facts = {"seat": "desk", "officer": "wang", "source": "a1", "case_no": "c1", "tip": "t1"}
    shown, told = fault_text(UsageFault(name, **facts)), words.say(lang, f"error.{name}", facts)
    assert not re.search(r"fengqiao |--\w|_ACTOR", shown) and "{" not in shown and "error." not in shown
    assert re.search(r"fengqiao |--\w", told)


def test_a_fault_without_words_of_its_own_on_screen_has_those_of_the_command_line() -> None:
    assert fault_text(UsageFault("log_empty")) == words.say(Language.now, "error.log_empty")


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_no_words_of_the_desk_name_a_command(lang: str) -> None:
    said = {name: text for name, text in words.catalogue(lang).items() if name.startswith("desk.")}
    assert said and not {name: text for name, text in said.items() if re.search(r"\bfengqiao [a-z]", text)}


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_fixed_words_have_a_width_all_terminals_agree_on(lang: str) -> None:
    """No East-Asian ambiguous character in what the desk itself says: some terminals give it two cells."""
    for name, text in words.catalogue(lang).items():
        if name.startswith("desk."):
            bad = [c for c in text if unicodedata.east_asian_width(c) == "A"]
            assert not bad, (name, bad)


def test_night_stays_dark() -> None:
    """Nothing at night is brighter than 45 per cent, so that eyes stay used to the dark."""
    for colour in (*PALETTES["night"], *(v for v in vars(THEMES["night"]).values() if isinstance(v, str))):
        if colour.startswith("#"):
            r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
            assert 0.2126 * r + 0.7152 * g + 0.0722 * b <= 0.45, colour


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 45)])
@pytest.mark.parametrize("lang", words.LANGUAGES)
async def test_head_and_banner_stand_on_every_pane(bay: Path, size: tuple[int, int], lang: str) -> None:
    """Demonstration, officer, clock and the gravest alert, whatever is open and however small the screen."""
    async with desk(bay, size, lang) as (app, pilot):
        for key in "12345":
            await pilot.press(key)
            await pilot.pause(0.1)
            head, banner = text_of(app).splitlines()[:2]
            assert words.say(lang, "desk.mode.demo") in head and "11:45:59" in head and "王建国" in head
            assert banner.lstrip().startswith("!!") and "QINGLAN HARBOR" in banner


DIALOGS = (
    *(["1", "f1"], ["3", "t"], ["2", "enter"], ["5", "h"], ["5", "P"], ["5", "i"]),
    *(["4", "w"], ["4", "m"], ["o"], ["L"], ["3", "f7"], ["2", "N"]),
)


@pytest.mark.parametrize("keys", DIALOGS, ids="-".join)
async def test_no_dialog_hides_header_banner_or_keys(bay: Path, tmp_path: Path, keys: list[str]) -> None:
    """On the smallest screen as on any: what nobody has seen yet is in sight above whatever is open."""
    folder = Path(shutil.copytree(bay, tmp_path / "bay"))
    async with desk(folder, (80, 24)) as (app, pilot):
        await type_keys(app, pilot, *keys)
        assert len(app.screen_stack) == 2
        lines = text_of(app).splitlines()
        assert lines[0].startswith(" 演示 ") and lines[1].startswith(" !! 报警 11:38 QINGLAN HARBOR")
        assert lines[-2].startswith(("╰", "─")) and lines[-1].lstrip().startswith("F")  # papers have no sides there


@pytest.mark.parametrize("keys", [*DIALOGS, ["3"], ["5"]], ids="-".join)
async def test_bars_are_one_cell_and_whole(bay: Path, tmp_path: Path, keys: list[str]) -> None:
    """Half blocks are two cells wide on some terminals; the bars of sheets look as those of tables."""
    folder = Path(shutil.copytree(bay, tmp_path / "bay"))
    async with desk(folder, (80, 24), "en") as (app, pilot):
        await type_keys(app, pilot, *keys)
        lines = text_of(app).splitlines()[2:-1]
        sheet = [line for line in lines if line.startswith(("│", "╭"))] or lines  # papers have no sides there
        body = "\n".join(sheet)
        assert body and not set(body) & set("▁▂▃▄▅▆▇█▉▊▋▌▍▎▏")


async def test_a_form_longer_than_the_screen_says_its_keys_and_shows_the_field_that_is_written(
    bay: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(bay, tmp_path / "bay"))
    async with desk(folder, (80, 24), "en") as (app, pilot):
        await type_keys(app, pilot, "4", "m", *["up"] * 3, *"42")
        shown = text_of(app)
        assert words.say("en", "desk.form.keys") in shown and "│ amount (yuan)     42" in shown
        await type_keys(app, pilot, *["down"] * 2, *"crushed")
        assert "│ What happened     crushed" in text_of(app)


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("width", [80, 120, 160])
@pytest.mark.parametrize("pane", ["1", "2", "3", "4", "5"])
async def test_keys_at_the_foot_are_whole_and_help_is_never_left_out(
    bay: Path, lang: str, width: int, pane: str
) -> None:
    """Nothing is cut in the middle of a word, acknowledging comes first, and where all the others stand is told."""
    async with desk(bay, (width, 24), lang) as (app, pilot):
        await type_keys(app, pilot, pane)
        foot = text_of(app).splitlines()[-1]
        keys = app.query_one(Keys)
        whole = {f"{key.shown} {key.words}" for part in keys._keys for key in part}
        shown = re.split(r"\s{2,}", foot.strip())
        assert set(shown) <= whole and len(shown) >= 6
        assert shown[0] == f"F2 {words.say(lang, 'desk.key.acknowledge')}"
        assert shown[-1] == f"F1 {words.say(lang, 'desk.key.help_panel')}" and cell_len(foot) >= width - 1


@pytest.mark.parametrize("lang", words.LANGUAGES)
async def test_the_names_of_all_panes_stand_in_the_header_of_a_narrow_screen(bay: Path, lang: str) -> None:
    async with desk(bay, (80, 24), lang) as (app, _):
        head = text_of(app).splitlines()[0]
        assert [words.say(lang, f"desk.pane.{pane}") in head for pane in PANES] == [True] * len(PANES)


async def test_a_click_on_a_key_is_the_key(bay: Path) -> None:
    async with desk(bay, (80, 24)) as (app, pilot):
        at = text_of(app).splitlines()[-1].index("F4")
        await pilot.click(Keys, offset=(at + 1, 0))
        await pilot.pause()
        assert app.is_silent


async def test_under_a_sheet_f2_means_the_alert_of_the_sheet_or_of_the_banner(bay: Path, tmp_path: Path) -> None:
    """Never the one under the cursor of a list that the sheet covers."""
    folder = Path(shutil.copytree(bay, tmp_path / "bay"))
    async with desk(folder, (80, 24)) as (app, pilot):
        await type_keys(app, pilot, "3", "j", "j")
        covered, banner = app.query_one(AlertsPane).selected_alert(), app.picture.unacknowledged[0].alert
        await type_keys(app, pilot, "f1", "f2", "escape", "t", "f2")

        def taken() -> list[str]:
            return [act.target for act in app.desk.store.waiting_acts() if act.kind is ActKind.ACKNOWLEDGE]

        await until(pilot, lambda: len(taken()) == 2)
        assert taken() == [banner, covered] and covered != banner


async def test_without_colour_danger_still_shows(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk(bay) as (app, pilot):
        for key in ("3", "1", "p", "p"):
            await pilot.press(key)
        assert "!!" in text_of(app)


async def test_the_ascii_skin_draws_no_ambiguous_character(bay: Path) -> None:
    """On terminals that give ambiguous characters two cells only the officer's own words may hold any."""
    async with desk(bay, ascii_only=True) as (app, _):
        chart = text_of(app).splitlines()[2:-2]
        left = "".join(line[:70] for line in chart)
        assert not [c for c in left if unicodedata.east_asian_width(c) == "A"]


async def test_a_hostile_name_is_plain_text_everywhere(bay: Path, tmp_path: Path) -> None:
    """Markup, escape codes, turned direction, twenty wide characters: no pane breaks, nothing is obeyed."""
    folder = tmp_path / "hostile"
    demo_bay(folder, 1)
    kept = frame(folder)
    names = kept.columns["name"].copy()
    names[:] = HOSTILE
    write_frame(folder, replace(kept, columns={**kept.columns, "name": names}))
    async with desk(folder) as (app, pilot):
        for key in ("1", "tab", "2", "enter", "escape", "f1", "escape", "3", "4", "5"):
            await type_keys(app, pilot, key)
            shown = text_of(app)
            assert "\x1b" not in shown and "\u202e" not in shown
        await type_keys(app, pilot, "2")
        await until(pilot, lambda: "[bold]{0}" in text_of(app))


async def test_a_silent_watch_is_told_in_words_and_reverse(bay: Path, tmp_path: Path) -> None:
    """An old frame never passes for the present."""
    folder = tmp_path / "old"
    demo_bay(folder, 1)
    kept = frame(folder)
    write_frame(folder, replace(kept, at_ms=1))
    async with desk(folder) as (app, _):
        head, banner = text_of(app).splitlines()[:2]
        assert words.say("zh", "desk.banner.stale") in banner and "!!" in head


@pytest.mark.parametrize(("ahead_s", "fresh"), [(55, True), (3_600, False)])
def test_a_frame_of_a_time_to_come_is_not_fresh(
    bay: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead_s: int, fresh: bool
) -> None:
    """The watch is dead and the clock was set back since: nobody knows how long ago the frame was written."""
    monkeypatch.undo()  # ``slow_is_fresh``
    kept = frame(bay)
    write_frame(tmp_path, replace(kept, meta={**kept.meta, "run": "live"}))
    monkeypatch.setattr("fengqiao.desk.source.now_ms", lambda: kept.at_ms - ahead_s * 1000)
    with open_store(tmp_path) as store:
        picture = PictureSource(tmp_path, store).read()
        assert picture.stale is not fresh
        assert Desk(tmp_path, store, "zh", picture=picture).time_ms() == picture.time_ms
    right = head_forms(picture, "", "chart", 0, 80, "day")[0][1]
    assert any("值守中断 --" in text for text, _ in right) is not fresh


async def test_a_clock_that_leapt_is_told_in_head_and_banner(tmp_path: Path) -> None:
    """The banner is an alert's as long as one waits; then it says what the mark in the head means."""
    folder = demo_bay(tmp_path / "leapt", 1)
    kept = frame(folder)
    write_frame(folder, replace(kept, meta={**kept.meta, "clock": {"apart_s": 86_400, "believed": False}}))
    async with desk(folder) as (app, pilot):
        assert "本机时钟突跳" not in text_of(app)
        await pilot.press("f2")
        await pilot.pause()
        head, banner = text_of(app).splitlines()[:2]
        assert "!! 时钟 +24:00:00" in head and "本机时钟突跳 +24:00:00" in banner


async def test_acknowledging_is_instant_and_counts_as_owed(tmp_path: Path) -> None:
    """F2 needs no dialog: the act is in the inbox with the officer's name, the screen moves on at once."""
    folder = demo_bay(tmp_path / "ack", 12)
    async with desk(folder) as (app, pilot):
        waiting = len(app.picture.unacknowledged)
        await pilot.press("f2")
        assert len(app.picture.unacknowledged) == waiting - 1
        await until(pilot, app.desk.store.waiting_acts)
        assert [(a.actor, a.kind) for a in app.desk.store.waiting_acts()] == [("王建国", "acknowledge")]


async def test_what_was_acknowledged_is_called_about_even_when_it_is_over(tmp_path: Path) -> None:
    """The boats have passed each other and the alert left the list: the call and the case are still about it."""
    folder = demo_bay(tmp_path / "over", 12)
    async with desk(folder) as (app, pilot):
        first = app.picture.unacknowledged[0]
        await pilot.press("f2")
        others = [a for a in app.picture.alerts if a.alert != first.alert]
        app.picture = replace(app.picture, alerts=tuple(a for a in others if a.priority < Priority.ALARM))
        meant = app.current_alert()
        assert meant is not None and meant.alert == first.alert


async def test_silence_lasts_thirty_seconds(bay: Path) -> None:
    async with desk(bay) as (app, pilot):
        now = 1000.0
        app._clock = lambda: now
        await pilot.press("f4")
        assert app.is_silent
        now = 1031.0
        assert not app.is_silent


def test_a_picture_without_a_frame_is_stale() -> None:
    assert DeskPicture().stale and DeskPicture().row_of(1) == -1
    assert not DeskPicture(seq=1, age_s=1.0).stale


async def test_leaving_with_alerts_unseen_takes_two_presses(bay: Path) -> None:
    """The second within ten seconds and with no other key between; else it is asked anew."""
    async with desk(bay) as (app, pilot):
        now = 1000.0
        app._clock = lambda: now
        await type_keys(app, pilot, "ctrl+q", "j", "ctrl+q")
        assert not app._exit
        now += 11.0
        await type_keys(app, pilot, "f12")
        assert not app._exit
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app._exit)


def test_names_are_the_registers_where_it_knows_them(bay: Path) -> None:
    with open_store(bay) as store:
        picture = PictureSource(bay, store).read()
    row = picture.row_of(412990112)
    assert picture.names[row] == "浙普渔60112" and picture.alert_level[row] == 3 and picture.alert_unacked[row]
    assert np.all(picture.alert_level[picture.vessels.mmsi == 538990102] == 3)
