"""The whole chart screen: as text in each size, language and skin; as a terminal has it after many partial repaints;
and without colour."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hands import comes_to_golden, text_of, type_keys, until
from rich.cells import cell_len
from test_chart_pane import desk
from textual._compositor import CompositorUpdate

from fengqiao.desk.app import DeskApp
from fengqiao.desk.panes.chart import ChartPane
from fengqiao.desk.widgets.chart_map import ChartMap
from fengqiao.model.findings import Priority

# --- as text ---


@pytest.mark.parametrize(
    ("name", "lang", "size", "ascii_only"),
    [
        ("chart-zh-80x24", "zh", (80, 24), False),
        ("chart-zh-120x36", "zh", (120, 36), False),
        ("chart-en-80x24", "en", (80, 24), False),
        ("chart-ascii-80x24", "zh", (80, 24), True),
    ],
)
async def test_the_chart_as_it_stands_on_the_screen(
    bay: Path, name: str, lang: str, size: tuple[int, int], ascii_only: bool
) -> None:
    async with desk(bay, size, lang, ascii_only=ascii_only) as (app, pilot, _):
        await comes_to_golden(name, app, pilot)


# --- as a terminal has it ---

TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|(\x1b\[[\d;]*m)|\x1b[^A-Za-z]*[A-Za-z]|(.)", re.S)
BLANK = (" ", "")
FEW = 3
FIRST = ("浙", "沪", "崇", "AB")


class Terminal:
    """Cells as a terminal keeps them: whatever overwrites half of a wide character blanks the other half."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.cells = [[BLANK] * size[0] for _ in range(size[1])]

    def feed(self, sent: str) -> None:
        x = y = 0
        style = ""
        for row, col, sgr, char in TOKEN.findall(sent):
            if row:
                x, y = int(col) - 1, int(row) - 1
            elif sgr:
                style = "" if sgr in ("\x1b[0m", "\x1b[m") else style + sgr
            elif char and char.isprintable():
                x += self._write(x, y, char, style)

    def _write(self, x: int, y: int, char: str, style: str) -> int:
        row, width = self.cells[y], cell_len(char)
        for at in range(x, min(x + width, len(row))):
            if row[at][0] == "" and at > 0:
                row[at - 1] = BLANK
            if at + 1 < len(row) and row[at + 1][0] == "":
                row[at + 1] = BLANK
            row[at] = (char if at == x else "", style)
        return width


def watched(app: DeskApp, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal that is sent all that the app sends from now on."""
    terminal, display = Terminal(size), app._display

    def both(screen: Any, renderable: Any) -> None:
        if isinstance(renderable, CompositorUpdate) and not app._batch_count:
            terminal.feed(renderable.render_segments(app.console))
        display(screen, renderable)

    monkeypatch.setattr(app, "_display", both)
    return terminal


def repainted(app: DeskApp, size: tuple[int, int]) -> Terminal:
    """The same screen drawn from nothing."""
    chart = app.query_one(ChartMap)
    chart._frame = chart.scene.frame(chart.view, chart.targets, chart.blink, chart.mark)
    chart._strips.clear()
    for widget in (app.screen, *app.screen.walk_children()):
        widget._styles_cache.clear()  # type: ignore[attr-defined]
    terminal = Terminal(size)
    terminal.feed(app.screen._compositor.render_full_update().render_segments(app.console))
    return terminal


def test_a_terminal_blanks_the_half_of_a_wide_character_that_is_left() -> None:
    terminal = Terminal((8, 1))
    terminal.feed("\x1b[1;1H沪崇渔\x1b[1;2HA\x1b[1;5HB")
    assert "".join(char for char, _ in terminal.cells[0]) == " A崇B   "


@pytest.mark.parametrize(("size", "ascii_only"), [((80, 24), False), ((120, 36), False), ((80, 24), True)])
async def test_after_many_pictures_pans_and_a_zoom_the_terminal_has_what_a_full_repaint_has(
    bay: Path, size: tuple[int, int], ascii_only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few boats at a time move, are renamed in wide characters or alerted, so that single rows are repainted in part;
    the prompt and the list of layers open over the chart."""
    dice = np.random.default_rng(7)
    for clock in ("READ_EVERY_S", "BLINK_EVERY_S"):  # the test turns the hands: nothing may be half drawn when it looks
        monkeypatch.setattr(f"fengqiao.desk.app.{clock}", 3600.0)
    async with desk(bay, size, ascii_only=ascii_only) as (app, pilot, shown):
        picture = app.picture
        monkeypatch.setattr(app.source, "read", lambda: picture)
        names, level = picture.names.copy(), picture.alert_level.copy()
        terminal = watched(app, size, monkeypatch)
        app.refresh()
        await pilot.pause()
        keys = ("left", "plus", "g", "escape", "d", "escape", "down", "l", "minus", "tab", "plus", "k")
        for turn in range(36):
            v = picture.vessels
            x, y = shown.view.project(v.lon_deg, v.lat_deg)
            near = np.flatnonzero((x >= 0) & (x < shown.view.cols) & (y >= 0) & (y < shown.view.rows))
            moved, renamed, alerted = dice.choice(near, (3, FEW))
            lon, names, level = v.lon_deg.copy(), names.copy(), level.copy()
            lon[moved] += dice.normal(0, 0.01, FEW)
            names[renamed] = [f"{dice.choice(FIRST)}渔{k}" for k in renamed]
            level[alerted] = dice.integers(0, 5, FEW)
            picture = replace(
                picture, vessels=replace(v, lon_deg=lon), names=names, alert_level=level, alert_unacked=level > 2
            )
            app.receive(picture)
            shown.set_blink(turn % 2 == 0)
            await pilot.pause()
            await until(pilot, lambda: not (shown._repaint_required or app.screen._dirty_widgets))
            assert terminal.cells == repainted(app, size).cells, turn
            if turn % 3 == 2:
                await pilot.press(keys[turn // 3])
        assert "渔" in text_of(app)


# --- without colour ---


@pytest.mark.parametrize("ascii_only", [False, True])
async def test_without_colour_alarm_caution_and_calm_differ_by_characters(
    bay: Path, ascii_only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR is set, every hue is gone: !! beside an alarm, ! a warning, - a caution, nothing beside who is calm."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk(bay, ascii_only=ascii_only) as (app, pilot, _):
        chosen = next(int(m) for m in app.picture.vessels.mmsi if str(m).startswith("4129902"))
        seen = {}
        for level in (0, Priority.CAUTION, Priority.WARNING, Priority.ALARM):
            alone = app.picture.vessels.mmsi == chosen
            picture = replace(app.picture, alert_level=np.where(alone, level, 0).astype(np.uint8))
            monkeypatch.setattr(app.source, "read", lambda picture=picture: picture)
            app.receive(picture)
            app.query_one(ChartPane).select(chosen)
            app.receive(picture)
            await type_keys(app, pilot, "d", "escape")
            (found,) = re.findall(r"\[([^\]\[ ]+)\]", text_of(app))
            seen[level] = found[1:]
        assert seen == {0: "", Priority.CAUTION: "-", Priority.WARNING: "!", Priority.ALARM: "!!"}
