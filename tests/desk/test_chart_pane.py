"""The chart as the officer uses it: a place asked for by name, colours by the hour, layers, names, and the whole
screen as the terminal has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bay import demo_bay
from hands import text_of, type_keys, until
from textual.pilot import Pilot
from textual.widgets import Input

from fengqiao import words
from fengqiao.desk.app import DeskApp
from fengqiao.desk.chart.palette import Ink
from fengqiao.desk.panes.chart import ChartPane
from fengqiao.desk.text import BEIJING
from fengqiao.desk.themes import ORDER, THEMES, palette_at
from fengqiao.desk.widgets.chart_map import ChartMap
from fengqiao.nav import distance_nm
from fengqiao.store.database import open_store
from fengqiao.zones.places import place_of


@pytest.fixture(scope="module")
def bay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_bay(tmp_path_factory.mktemp("bay"), 16)


@asynccontextmanager
async def desk(
    folder: Path, size: tuple[int, int] = (80, 24), lang: str = "zh", **more: Any
) -> AsyncIterator[tuple[DeskApp, Pilot[None], ChartMap]]:
    with open_store(folder) as store:
        if not store.officer_on("desk"):
            store.begin_shift("desk", "王建国", 1)
        app = DeskApp(folder, store, lang, **more)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: app.picture.seq and app.desk.officer)
            await pilot.pause(0.1)
            yield app, pilot, app.query_one(ChartMap)


def marked(shown: ChartMap) -> list[tuple[int, int]]:
    """Cells (row, column) of the cross."""
    assert shown._frame is not None
    cells = (shown._frame.key & 255 == Ink.SELECTED) & (shown._frame.cp == ord("+"))
    return [(int(r), int(c)) for r, c in np.argwhere(cells)]


def shows(app: DeskApp, text: str) -> bool:
    return text in text_of(app)


# --- a place asked for ---


@pytest.mark.parametrize(
    "said", ["东福山东面5海里", "dongfushan", "北纬三洞度幺两点五分 东经幺两两度幺八点三分", "122.305,30.208"]
)
async def test_a_place_is_gone_to_and_marked_as_it_was_said(bay: Path, said: str) -> None:
    """By Han name, pinyin, bearing and distance, or a position read out; the cross stays until Esc."""
    async with desk(bay) as (app, pilot, shown):
        await pilot.press("g")
        app.query_one(ChartPane).prompt.query_one(Input).value = said
        await pilot.press("enter", "plus")
        lon, lat = place_of(said)
        assert shown.mark == (lon, lat) and shown.has_focus
        assert distance_nm(shown.view.lon, shown.view.lat, lon, lat) < 0.01
        ((row, col),) = marked(shown)
        assert abs(row - shown.view.rows // 2) <= 1 and abs(col - shown.view.cols // 2) <= 1
        await pilot.press("escape")
        assert marked(shown) == []


async def test_a_place_not_understood_is_said_and_the_text_stays(bay: Path) -> None:
    """At the foot: header, banner and the text that wants mending are all in sight."""
    async with desk(bay) as (app, pilot, shown):
        before, (head, banner) = shown.view, text_of(app).splitlines()[:2]
        await type_keys(app, pilot, "g", *"nowhere", "enter")
        lines = text_of(app).splitlines()
        assert shown.view == before and not marked(shown)
        assert lines[1] == banner and head[:20] == lines[0][:20]
        assert "nowhere" in lines[22] and lines[22].startswith(f" {words.say('zh', 'desk.chart.go_to')}")
        assert "nowhere" in "".join(lines[19:22]) and "! " in "".join(lines[19:22])
        await type_keys(app, pilot, *["backspace"] * 7, *"qushan", "enter")
        assert shown.mark == place_of("衢山岛")


async def test_esc_closes_the_prompt_and_leaves_the_view_and_the_mark(bay: Path) -> None:
    async with desk(bay) as (app, pilot, shown):
        await type_keys(app, pilot, "g", *"daishan", "enter")
        before = shown.view
        await type_keys(app, pilot, "g", *"zhou", "escape")
        assert shown.view == before and shown.mark is not None and shown.has_focus
        assert not app.query_one(ChartPane).prompt.is_open


async def test_letters_of_a_place_are_no_keys_and_f_keys_go_on_working(bay: Path) -> None:
    """A, S, p, 2 and the others are typed; what cannot wait has an F-key, and the prompt is there afterwards."""
    async with desk(bay) as (app, pilot, _):
        palette, waiting = app.palette, len(app.picture.unacknowledged)
        await type_keys(app, pilot, "g", *"ASp2co/g")
        prompt = app.query_one(ChartPane).prompt
        assert prompt.query_one(Input).value == "ASp2co/g" and len(app.screen_stack) == 1
        assert (app.palette, len(app.picture.unacknowledged)) == (palette, waiting)
        await type_keys(app, pilot, "f5", "1")
        assert prompt.query_one(Input).has_focus and prompt.query_one(Input).value == "ASp2co/g"


async def test_the_key_for_a_place_means_nothing_elsewhere(bay: Path) -> None:
    async with desk(bay) as (app, pilot, _):
        await type_keys(app, pilot, "2", "g", "slash", "g", "f11", "g")
        assert not app.query_one(ChartPane).prompt.is_open


async def test_the_mark_hides_no_vessel(bay: Path) -> None:
    """A vessel in the middle of the cross keeps her symbol."""
    async with desk(bay) as (app, _, shown):
        row = app.picture.row_of(412990112)
        v = app.picture.vessels
        shown.go_to(float(v.lon_deg[row]), float(v.lat_deg[row]))
        assert shown._frame is not None
        x, y = shown.view.project(v.lon_deg[row : row + 1], v.lat_deg[row : row + 1])
        assert shown._frame.key[int(y[0]), int(x[0])] & 255 == Ink.DANGER and marked(shown) == []


# --- colours by the hour ---


def wears(app: DeskApp, palette: str) -> bool:
    return app.palette == palette


def beijing_ms(said: str) -> int:
    return round(datetime.fromisoformat(said).replace(tzinfo=BEIJING).timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "palette"),
    [
        ("2025-06-21T12:00", "day"),
        ("2025-06-21T18:53", "day"),
        ("2025-06-21T18:56", "dusk"),
        ("2025-06-21T19:20", "dusk"),
        ("2025-06-21T19:24", "night"),
        ("2025-12-21T18:53", "night"),
        ("2025-12-21T06:40", "dusk"),
        ("2025-12-21T06:44", "day"),
    ],
)
def test_the_palette_is_that_of_the_light_over_the_bay(at: str, palette: str) -> None:
    """Sunset on the longest day at 18:54, the end of twilight at 19:22; sunrise on the shortest at 06:42."""
    assert palette_at(beijing_ms(at)) == palette


async def test_a_replay_of_a_night_looks_like_night(bay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the time of what is shown, not by ours; and day again when the sun has risen there."""
    async with desk(bay) as (app, pilot, shown):
        assert (app.palette, shown._palette) == ("day", "day")  # a quarter to twelve
        picture = app.picture
        for at, palette in (("2025-06-22T02:00", "night"), ("2025-06-22T04:30", "dusk"), ("2025-06-22T08:00", "day")):
            then = replace(picture, time_ms=beijing_ms(at))
            monkeypatch.setattr(app.source, "read", partial(replace, then))
            await until(pilot, partial(wears, app, palette))
            assert (shown._palette, app.theme) == (palette, THEMES[palette].name)


async def test_the_palette_key_goes_round_says_so_and_stays(bay: Path) -> None:
    """A choice of the officer's wins over the sun until he asks the sun to choose again."""
    async with desk(bay) as (app, pilot, _):
        for wanted, worn, word in (("day", "day", "白天"), ("dusk", "dusk", "晨昏"), ("night", "night", "夜间")):
            await pilot.press("p")
            await pilot.pause()
            app.receive(app.picture)
            assert (app.wanted, app.palette) == (wanted, worn)
            await until(pilot, partial(shows, app, f"配色: {word}"))
        await pilot.press("f8")
        await until(pilot, lambda: shows(app, "现为白天"))
        assert (app.wanted, app.palette) == (ORDER[0], "day")


# --- layers ---


async def test_what_is_left_off_the_chart_is_said_in_its_status_line(bay: Path) -> None:
    """Nobody may believe that a zone is not there; and zoom, pan and home leave off what was left off."""
    async with desk(bay, (120, 36)) as (app, pilot, shown):
        assert "未显示" not in text_of(app)
        await type_keys(app, pilot, "d", "space", "right", "right", "space", "escape", "plus", "0", "left")
        under = text_of(app).splitlines()[-2]
        assert under.startswith(" 未显示: 区域 尾迹 ") and shown.has_focus
        await type_keys(app, pilot, "d", "space", "left", "left", "enter", "d")
        assert "未显示" not in text_of(app)


@pytest.mark.parametrize("lang", words.LANGUAGES)
async def test_on_a_small_screen_all_that_is_left_off_is_said_in_full(bay: Path, lang: str) -> None:
    async with desk(bay, lang=lang) as (app, pilot, _):
        await type_keys(app, pilot, "d", *["space", "right"] * 4, "escape")
        under = text_of(app).splitlines()[-2]
        assert all(words.say(lang, f"desk.layer.{name}") in under for name in ("zones", "names", "tails", "vectors"))


async def test_the_list_of_layers_takes_no_key_from_the_desk(bay: Path) -> None:
    """With it open an alert is still acknowledged, and the other panes are a digit away."""
    async with desk(bay) as (app, pilot, _):
        waiting = len(app.picture.unacknowledged)
        await type_keys(app, pilot, "d", "f2")
        assert len(app.picture.unacknowledged) == waiting - 1
        await type_keys(app, pilot, "2", "1", "space")
        assert "[ ] " in text_of(app)


# --- weather at the nearest station ---

WEATHER = [
    {"mmsi": 4121001, "lon_deg": 122.45, "lat_deg": 30.72, "wind_kn": 24.0, "gust_kn": 31.0, "wind_deg": 40.0},
    {"mmsi": 4121002, "lon_deg": 122.93, "lat_deg": 30.43, "wave_height_m": 2.1, "wave_period_s": 7.0},
    {"mmsi": 4121003, "lon_deg": 121.0, "lat_deg": 30.0, "wind_kn": 3.0},
]


@pytest.mark.parametrize(
    ("lang", "wind", "wave", "source"),
    [
        ("zh", "东北风 24节  阵风 31节", "浪高 2.1米  周期 7秒", "004121001  0.0海里  8m前"),
        ("en", "Wind NE 24 kn  gusts 31 kn", "Waves 2.1 m  period 7 s", "004121001  0.0 nm off  8m ago"),
    ],
)
async def test_beside_the_chart_stands_the_weather_of_the_nearest_station(
    bay: Path, monkeypatch: pytest.MonkeyPatch, lang: str, wind: str, wave: str, source: str
) -> None:
    """Wind and waves may be told by two stations; each says how far off it is and how old its word."""
    async with desk(bay, (120, 36), lang) as (app, pilot, shown):
        at_ms = app.picture.time_ms - 480_000
        meta = {**app.picture.meta, "weather": [{"at_ms": at_ms, **station} for station in WEATHER]}
        monkeypatch.setattr(app.source, "read", partial(replace, app.picture, meta=meta))
        shown.go_to(122.45, 30.72)
        await until(pilot, partial(shows, app, wind))
        assert shows(app, wave) and shows(app, source)


async def test_a_station_that_knows_only_its_wind_leaves_no_number_for_the_rest(
    bay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(bay, (120, 36)) as (app, pilot, shown):
        meta = {**app.picture.meta, "weather": [{"at_ms": app.picture.time_ms, **WEATHER[2]}]}
        monkeypatch.setattr(app.source, "read", partial(replace, app.picture, meta=meta))
        shown.go_to(121.0, 30.0)
        await until(pilot, partial(shows, app, "风 3节  阵风 --节"))
        assert not shows(app, "浪高")


async def test_where_no_station_is_near_there_is_no_box(bay: Path) -> None:
    """The demonstration's buoy is seen from Zhoushan and not from Qingdao."""
    async with desk(bay, (120, 36)) as (app, pilot, shown):
        await until(pilot, partial(shows, app, "994139901"))
        shown.go_to(120.5, 36.0)
        await until(pilot, lambda: not app.query_one("#side-weather").display)
