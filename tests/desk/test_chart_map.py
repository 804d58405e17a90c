"""The chart as a widget: keys, mouse, messages, and repaints that change only what changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from sea import ISLAND, VIEW, boats, zone
from textual.app import App, ComposeResult
from textual.events import Click, MouseMove, MouseScrollUp, MouseUp
from textual.pilot import Pilot

from fengqiao.desk.chart.raster import as_text
from fengqiao.desk.chart.scene import Scene, Targets, View
from fengqiao.desk.widgets.chart_map import FAST, PAN_CELLS, ChartMap, span_of

SIZE = (60, 20)
FLEET = boats([(10, 5), (31, 10), (45, 12)], names=["浙普渔1", "浙普渔2", "浙普渔3"])


class Host(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, view: View = VIEW) -> None:
        super().__init__()
        self.home, self.heard = view, list[Any]()

    def compose(self) -> ComposeResult:
        yield ChartMap(Scene([ISLAND], []), self.home, "dusk")

    def on_chart_map_picked(self, event: ChartMap.Picked) -> None:
        self.heard.append((event.row, event.opened))

    def on_chart_map_moved(self, event: ChartMap.Moved) -> None:
        self.heard.append(event.cursor)

    @property
    def picked(self) -> list[tuple[int, bool]]:
        return [said for said in self.heard if isinstance(said[1], bool)]


@asynccontextmanager
async def chart(
    targets: Targets = FLEET, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[ChartMap, Pilot[None], Host]]:
    app = Host()
    async with app.run_test(size=size) as pilot:
        shown = app.query_one(ChartMap)
        shown.focus()
        shown.show(targets)
        await pilot.pause()
        yield shown, pilot, app


def screen_text(app: Host) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


# --- repaints ---

cells = st.lists(st.sampled_from("浙普渔AB 1"), min_size=1, max_size=16)


def row_of(said: list[str], width: int = 16) -> list[str]:
    """A row of cells; "" is the right half of a wide character."""
    out: list[str] = []
    for char in said:
        if len(out) + cell_len(char) <= width:
            out += [char, ""] if cell_len(char) == 2 else [char]
    return out + [" "] * (width - len(out))


@settings(max_examples=300, deadline=None)
@given(cells, cells)
def test_repainting_the_changed_part_gives_the_whole_new_row(before: list[str], after: list[str]) -> None:
    """A terminal blanks the other half of a wide character that is cut: so no repaint may ever cut one."""
    old, new = row_of(before), row_of(after)
    changed = np.array([a != b for a, b in zip(old, new, strict=True)])
    if not changed.any():
        return
    region = span_of(3, changed, np.array([a == "" or b == "" for a, b in zip(old, new, strict=True)]))
    a, b = region.x, region.right
    assert region.y == 3 and old[a] != "" and new[a] != ""
    assert b == 16 or (old[b] != "" and new[b] != "")
    assert old[:a] + new[a:b] + old[b:] == new


async def test_after_many_small_repaints_the_screen_is_that_of_a_fresh_chart() -> None:
    """Boats with Chinese names cross each other; what is on the screen is always the whole new frame."""
    dice = np.random.default_rng(3)
    names = [f"浙普渔{k}" if k % 2 else f"BOAT {k}" for k in range(12)]
    place = dice.uniform([0, 0], SIZE, (12, 2))
    async with chart() as (shown, pilot, app):
        for turn in range(15):
            place = np.clip(place + dice.normal(0, 1.0, (12, 2)), 0, np.array(SIZE) - 1)
            level = [3 if k == turn % 12 else 0 for k in range(12)]
            fleet = boats([(int(c), int(r)) for c, r in place], names=names, level=level, unacked=[True] * 12)
            shown.show(fleet)
            shown.set_blink(turn % 2 == 0)
            await pilot.pause()
            fresh = Scene([ISLAND], []).frame(shown.view, fleet, shown.blink)
            assert screen_text(app) == as_text(fresh.cp)


async def test_only_rows_that_changed_are_repainted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with chart() as (shown, _, _):
        asked: list[Any] = []
        monkeypatch.setattr(shown, "refresh", lambda *regions, **_: asked.append(regions))
        shown.show(FLEET)
        assert asked == []
        shown.show(replace(FLEET, level=np.array([0, 3, 0], np.uint8), unacked=np.array([False, True, False])))
        assert 0 < len(asked[0]) <= 3
        asked.clear()
        shown.set_blink(False)
        (region,) = asked[0]
        assert (region.y, region.height, region.width) == (10, 1, 3)


async def test_before_any_news_there_is_the_coast() -> None:
    async with chart(Targets()) as (shown, _, app):
        assert shown.shown == 0 and "▌" in screen_text(app) and "nm" in screen_text(app)


async def test_a_resized_chart_fills_its_new_room() -> None:
    async with chart() as (shown, pilot, app):
        await pilot.resize_terminal(90, 30)
        await pilot.pause()
        assert (shown.view.cols, shown.view.rows) == (90, 30)
        assert screen_text(app) == as_text(Scene([ISLAND], []).frame(shown.view, FLEET).cp)


@pytest.mark.parametrize("palette", ["day", "night", "mono"])
async def test_a_palette_changes_colours_and_nothing_else(palette: str) -> None:
    async with chart() as (shown, pilot, app):
        text, before = screen_text(app), shown.render_line(10)._segments[0].style
        shown.set_palette(palette)
        await pilot.pause()
        assert screen_text(app) == text and shown.render_line(10)._segments[0].style != before


async def test_without_colour_danger_is_white_on_black_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    danger = replace(FLEET, level=np.array([0, 3, 0], np.uint8), unacked=np.ones(3, bool))
    async with chart(danger) as (shown, _, app):
        (style,) = [s.style for s in shown.render_line(10) if "!!" in s.text]
        assert style is not None and style.reverse and style.bold
        assert style.color is not None and style.color.name == "#ffffff" and "●!!" in screen_text(app)


async def test_the_ascii_skin_can_be_put_on_and_taken_off() -> None:
    async with chart() as (shown, pilot, app):
        full = screen_text(app)
        shown.set_ascii(True)
        await pilot.pause()
        assert "#" in screen_text(app) and "●" not in screen_text(app)
        shown.set_ascii(False)
        await pilot.pause()
        assert screen_text(app) == full


async def test_zones_can_come_later() -> None:
    async with chart() as (shown, pilot, app):
        shown.set_zones([zone("anchorage", 122.055, 29.995, 122.105, 30.025, name_zh="马峙锚地")])
        await pilot.pause()
        assert "马峙锚地" in screen_text(app)


# --- keys ---


@pytest.mark.parametrize(
    ("keys", "dx", "dy"),
    [(("left", "h"), -1, 0), (("right", "l"), 1, 0), (("up", "k"), 0, -1), (("down", "j"), 0, 1)],
)
async def test_arrows_and_letters_pan(keys: tuple[str, str], dx: int, dy: int) -> None:
    """By whole cells; five times as far with Shift; and say so."""
    async with chart() as (shown, pilot, app):
        for key, times in ((keys[0], 1), (keys[1], 1), (f"shift+{keys[0]}", FAST)):
            left, top = shown.view.corner
            await pilot.press(key)
            assert shown.view.corner == (left + dx * times * PAN_CELLS[0], top - dy * times * PAN_CELLS[1])
        await pilot.pause()
        assert app.heard[-1] == (shown.view.lon, shown.view.lat)


async def test_plus_and_minus_zoom_and_zero_goes_home() -> None:
    async with chart() as (shown, pilot, _):
        await pilot.press("plus")
        assert shown.view.metres_per_col < VIEW.metres_per_col
        await pilot.press("minus", "minus")
        assert shown.view.metres_per_col > VIEW.metres_per_col
        await pilot.press("left", "0")
        assert (shown.view.lon, shown.view.lat, shown.view.metres_per_col) == (VIEW.lon, VIEW.lat, VIEW.metres_per_col)


async def test_tab_goes_from_the_middle_outward_and_back() -> None:
    async with chart() as (shown, pilot, app):
        await pilot.press("tab", "tab", "tab", "tab", "shift+tab", "enter")
        await pilot.pause()
        assert [row for row, _ in app.picked] == [1, 2, 0, 1, 0, 0]
        assert [opened for _, opened in app.picked] == [False] * 5 + [True]
        assert shown.targets.selected == 0


async def test_tab_on_an_empty_sea_and_enter_on_nothing_do_nothing() -> None:
    async with chart(Targets()) as (_, pilot, app):
        await pilot.press("tab", "enter", "f")
        assert app.picked == []


async def test_following_keeps_the_chosen_one_in_the_middle_until_one_pans() -> None:
    async with chart() as (shown, pilot, _):
        await pilot.press("tab", "f")
        assert shown.following
        moved = replace(boats([(50, 3), (3, 17), (45, 12)]), selected=1)
        shown.show(moved)
        x, y = shown.view.project(moved.vessels.lon_deg[1:2], moved.vessels.lat_deg[1:2])
        assert (int(x[0]), int(y[0])) == (30, 10)
        await pilot.press("left")
        assert not shown.following


def test_every_key_has_an_id_and_a_message_for_its_words() -> None:
    ids = [binding.id for binding in ChartMap.BINDINGS]
    assert len(ids) == len(set(ids)) and all(said.startswith("chart.") for said in ids)
    assert all(binding.description.startswith("desk.key.") for binding in ChartMap.BINDINGS)


# --- the mouse ---


async def test_a_click_picks_what_is_near() -> None:
    async with chart() as (_, pilot, app):
        await pilot.click(ChartMap, offset=(33, 10))
        await pilot.click(ChartMap, offset=(58, 1))
        assert [row for row, _ in app.picked] == [1]


async def test_dragging_moves_the_sea_with_the_hand_and_picks_nothing() -> None:
    async with chart() as (shown, pilot, app):
        left, top = shown.view.corner
        await pilot.mouse_down(ChartMap, offset=(31, 10))
        await pilot._post_mouse_events([MouseMove], ChartMap, offset=(36, 12), button=1)
        await pilot._post_mouse_events([MouseUp, Click], ChartMap, offset=(36, 12), button=1)
        await pilot.hover(ChartMap, offset=(40, 3))
        assert shown.view.corner == (left - 5, top + 2) and app.picked == []


async def test_the_wheel_zooms_about_the_pointer() -> None:
    async with chart() as (shown, pilot, _):
        before = shown.view.unproject(10.5, 5.5)
        await pilot._post_mouse_events([MouseScrollUp], ChartMap, offset=(10, 5))
        x, y = shown.view.project(*(np.array([v]) for v in before))
        assert shown.view.metres_per_col < VIEW.metres_per_col
        assert abs(x[0] - 10.5) <= 1 and abs(y[0] - 5.5) <= 1


async def test_the_cursor_is_told_as_a_position() -> None:
    async with chart() as (shown, pilot, app):
        await pilot.hover(ChartMap, offset=(12, 7))
        await pilot.pause()
        assert app.heard[-1] == pytest.approx(shown.view.unproject(12.5, 7.5))


def test_of_many_moves_in_a_row_only_the_last_is_worth_telling() -> None:
    first, second = ChartMap.Moved(VIEW, (1.0, 2.0)), ChartMap.Moved(VIEW, (3.0, 4.0))
    assert first.can_replace(second) and not first.can_replace(ChartMap.Picked(1))
