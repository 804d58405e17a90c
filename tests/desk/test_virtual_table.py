"""The table against its model: what is on the screen is the slice of the order, whatever happened before."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from fengqiao.desk.widgets import virtual_table
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable

HOSTILE = "\x1b[31m[bold]e\ufe0f\u0301\u200d{0}\u202e" + "渔" * 20


class Host(App[None]):
    """A table of vessels; counts what it is asked to format and remembers what it is told."""

    def __init__(self, names: Sequence[str], columns: Sequence[Col] | None = None) -> None:
        super().__init__()
        self.names = list(names)
        self.formatted: list[int] = []
        self.told: list[tuple[str, int]] = []
        self.chosen: list[tuple[int, bool]] = []
        self._columns = columns or (Col("name", 16, self.name_of), Col("row", 6, str, keep=1, right=True))

    def compose(self) -> ComposeResult:
        yield VirtualTable(self._columns)

    def name_of(self, row: int) -> str:
        self.formatted.append(row)
        return self.names[row]

    @property
    def table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        self.told.append(("highlighted", event.row))

    @on(VirtualTable.RowSelected)
    def _selected(self, event: VirtualTable.RowSelected) -> None:
        self.told.append(("selected", event.row))

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        self.chosen.append((event.row, event.opened))

    @property
    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    @property
    def shown(self) -> list[int]:
        """Rows of the data on the screen, read from it."""
        return [int(line.split()[-1]) for line in self.lines[1:] if line.strip()]


@asynccontextmanager
async def hosted(
    names: Sequence[str] | int, size: tuple[int, int] = (40, 12), columns: Sequence[Col] | None = None
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    app = Host([f"n{k}" for k in range(names)] if isinstance(names, int) else names, columns)
    async with app.run_test(size=size) as pilot:
        app.table.focus()
        app.table.set_rows(range(len(app.names)))
        await pilot.pause()
        yield app, pilot


def show_list(app: Host, names: Sequence[str], stand_on: str | None = None) -> None:
    app.names = list(names)
    app.table.update_list(names, stand_on)


def pointed(app: Host) -> list[str]:
    return [line.split()[0] for line in app.lines if line.startswith(">")]


@pytest.mark.parametrize(
    ("keys", "cursor", "top"),
    [
        (["j", "down", "k"], 1, 0),
        (["pagedown"], 11, 1),
        (["pagedown", "pagedown", "up"], 21, 12),
        (["end"], 99, 89),
        (["end", "pageup", "home"], 0, 0),
        (["k"], 0, 0),
    ],
)
async def test_keys_move_the_cursor_and_the_rows_in_sight(keys: list[str], cursor: int, top: int) -> None:
    async with hosted(100) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        assert (app.table.cursor, app.table.top) == (cursor, top)
        assert app.shown == list(range(top, top + 11)) and pointed(app) == [f">n{cursor}"]


async def test_moving_and_opening_are_told() -> None:
    """Who does not care which hears both as Chosen."""
    async with hosted(5) as (app, pilot):
        await pilot.press("j", "enter")
        await pilot.pause()
        assert app.told == [("highlighted", 1), ("selected", 1)] and app.chosen == [(1, False), (1, True)]


async def test_a_click_moves_a_double_click_opens_and_the_head_and_the_empty_part_do_nothing() -> None:
    async with hosted(3) as (app, pilot):
        await pilot.click(VirtualTable, offset=(4, 0))
        await pilot.click(VirtualTable, offset=(4, 9))
        assert app.told == []
        await pilot.click(VirtualTable, offset=(4, 2))
        assert app.told == [("highlighted", 1)]
        await pilot.double_click(VirtualTable, offset=(4, 3))
        assert app.told[-1] == ("selected", 2)


async def test_the_wheel_moves_the_view_and_leaves_the_cursor() -> None:
    """New data does not pull the view back to a cursor that the operator has scrolled away from."""
    async with hosted(100) as (app, pilot):
        for _ in range(10):
            app.table.post_message(events.MouseScrollDown(app.table, 5, 5, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert app.table.top > 10 and app.table.cursor == 0
        top = app.table.top
        app.table.set_rows(range(99))
        await pilot.pause()
        assert app.table.top == top and app.shown == list(range(top, top + 11))
        await pilot.press("j")
        assert app.table.cursor == 1 and 1 in app.shown


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_rows_in_sight_are_the_slice_of_the_order(data: st.DataObject) -> None:
    """After any run of sorts, filters, moves and sizes; the cursor stays with its row while that is shown."""

    async def run() -> None:
        async with hosted(60) as (app, pilot):
            table = app.table
            for _ in range(data.draw(st.integers(1, 6))):
                before = table.cursor
                kept = data.draw(st.lists(st.integers(0, 59), unique=True, max_size=60))
                table.set_rows(kept)
                assert table.cursor == (before if before in kept else table.cursor)
                for key in data.draw(st.lists(st.sampled_from(["j", "k", "pagedown", "end", "home"]), max_size=3)):
                    await pilot.press(key)
                if data.draw(st.booleans()):
                    await pilot.resize_terminal(40, data.draw(st.integers(3, 20)))
                await pilot.pause()
                assert (
                    app.shown
                    == table.order[table.top : table.top + table.page].tolist()
                    == kept[table.top :][: table.page]
                )
                assert not kept or f">n{table.cursor}" in pointed(app)

    asyncio.run(run())


async def test_the_cursor_follows_its_vessel_when_rows_are_sorted_and_renumbered() -> None:
    """Keys say who is who: a vessel keeps the cursor though its row and its place are others."""
    async with hosted(30) as (app, pilot):
        keys = np.arange(30) + 412_000_000
        app.table.update_rows(range(30), keys)
        app.table.go(7)
        app.table.release()
        app.table.update_rows(range(29), keys[::-1][:29])
        await pilot.pause()
        assert app.table.cursor == 22 and pointed(app) == [">n22"]
        app.table.update_rows([1, 0], [keys[3], keys[4]])
        assert app.table.cursor == -1, "she is gone, and nobody chose another"
        app.table.update_rows([], [])
        assert app.table.cursor == -1


async def test_rows_keep_their_places_while_the_operator_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who left is gone, who is new stands at the end; at rest the order comes, and the cursor is where it was."""
    monkeypatch.setattr(virtual_table, "HOLD_S", 3600.0)
    async with hosted(6) as (app, pilot):
        keys = np.arange(6) * 10
        app.table.update_rows([0, 1, 2, 3], keys)
        await pilot.press("j")
        app.table.update_rows([5, 3, 1, 0], keys)
        await pilot.pause()
        assert app.shown == [0, 1, 3, 5] and app.table.is_held
        app.table.update_rows([4, 2, 0, 3], keys[::-1])
        await pilot.pause()
        assert app.shown == [4, 2, 0, 3] and app.table.cursor == 4
        app.table.release()
        await pilot.pause()
        assert app.shown == [4, 2, 0, 3] and not app.table.is_held


async def test_the_order_comes_when_the_operator_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_table, "HOLD_S", 0.2)
    async with hosted(3) as (app, pilot):
        app.table.update_rows([0, 1, 2], [7, 8, 9])
        await pilot.press("j")
        app.table.update_rows([2, 1, 0], [7, 8, 9])
        assert app.table.order.tolist() == [0, 1, 2]
        for _ in range(50):
            await pilot.pause(0.05)
            if not app.table.is_held:
                break
        assert app.shown == [2, 1, 0] and app.table.cursor == 1


async def test_what_the_operator_asks_for_is_never_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_table, "HOLD_S", 3600.0)
    async with hosted(3) as (app, pilot):
        app.table.update_rows([0, 1, 2], [7, 8, 9])
        await pilot.press("j")
        app.table.set_rows([2, 0, 1])
        await pilot.pause()
        assert app.shown == [2, 0, 1] and app.table.is_held


async def test_a_list_known_by_names_keeps_its_places_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newcomer does not push down what the operator looks at; when he rests it stands where the list has it."""
    monkeypatch.setattr(virtual_table, "HOLD_S", 60.0)
    async with hosted(["a", "b", "c", "new", "newer"]) as (app, pilot):
        show_list(app, "abc")
        await pilot.press("j")
        await pilot.pause()
        assert pointed(app) == [">b"]
        show_list(app, ["new", "a", "b", "c"])
        await pilot.pause()
        assert [line.split()[0] for line in app.lines[1:5]] == ["a", ">b", "c", "new"]
        app.table.release()
        await pilot.pause()
        assert [line.split()[0] for line in app.lines[1:5]] == ["new", "a", ">b", "c"]


async def test_a_list_stands_on_what_the_operator_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_table, "HOLD_S", 60.0)
    async with hosted(["a", "b", "c", "new", "newer"]) as (app, pilot):
        show_list(app, "abc")
        await pilot.press("j")
        show_list(app, ["new", "a", "b", "c"], "c")
        await pilot.pause()
        assert [line.split()[0] for line in app.lines[1:5]] == ["new", "a", "b", ">c"]
        show_list(app, ["newer", "a", "c"], "gone")
        await pilot.pause()
        assert pointed(app) == [">c"]


async def test_when_the_row_under_the_cursor_is_gone_no_other_is_meant() -> None:
    """Enter and every other key mean a row that the operator chose; the first move goes to where the cursor was."""
    async with hosted(["a", "b", "c"]) as (app, pilot):
        show_list(app, "abc")
        await pilot.press("j")
        show_list(app, "ac")
        await pilot.pause()
        assert app.table.cursor == -1 and pointed(app) == []
        app.table.release()
        show_list(app, "ca")
        await pilot.press("enter")
        await pilot.pause()
        assert app.table.cursor == -1 and ("selected", 1) not in app.told
        await pilot.press("j")
        await pilot.pause()
        assert pointed(app) == [">a"]


async def test_touching_rows_out_of_sight_paints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """And one in sight paints its line."""
    async with hosted(1000) as (app, pilot):
        painted: list[int] = []

        def paint(y: int) -> Strip:
            painted.append(y)
            return Strip.blank(40, Style())

        monkeypatch.setattr(app.table, "render_line", paint)
        app.table.touch(range(500, 1000))
        await pilot.pause()
        assert painted == []
        app.table.touch([3])
        await pilot.pause()
        assert painted == [4]


async def test_touching_a_row_in_sight_formats_that_row_only() -> None:
    async with hosted(1000) as (app, pilot):
        app.formatted.clear()
        app.names[4] = "renamed"
        app.table.touch([4, 700])
        await pilot.pause()
        assert app.formatted == [4] and "renamed" in app.lines[5]


async def test_moving_formats_the_row_left_and_the_row_reached() -> None:
    """Rows drawn once are not drawn again for a step or a scroll."""
    async with hosted(1000) as (app, pilot):
        app.formatted.clear()
        await pilot.press("j")
        await pilot.pause()
        assert sorted(app.formatted) == [0, 1]
        await pilot.press("end", "home")
        await pilot.pause()
        app.formatted.clear()
        await pilot.press("end")
        await pilot.pause()
        assert len(app.formatted) <= 2


async def test_a_partial_repaint_is_the_whole_one() -> None:
    """Wide characters give way to narrow ones and back in single rows: nothing is left half."""
    async with hosted(["沪崇渔10147", "x", "浙"] * 10, (31, 12)) as (app, pilot):
        for turn in range(4):
            for row in range(0, 12, 2):
                app.names[row] = ("沪崇渔" * turn + "a" * row)[:20]
            app.table.touch(range(0, 12, 2))
            await pilot.pause()
            partial = app.lines
            app.table.set_rows(range(30))
            await pilot.pause()
            assert app.lines == partial and all(cell_len(line) == 31 for line in partial)


@pytest.mark.parametrize("width", [3, 4, 5, 8, 16, 17, 18, 23, 24, 25, 26, 40])
async def test_hostile_text_is_plain_and_no_line_is_torn(width: int) -> None:
    """Markup, escapes, turned direction, joiners, wide characters: every line is as wide as the screen."""
    async with hosted([HOSTILE, "渔", "a" * 50], (width, 5)) as (app, _):
        text = "".join(app.lines)
        assert not set(text) & set("\x1b\u202e\u200d\ufe0f\u0301")
        assert {cell_len(line) for line in app.lines} == {width}
        assert width < 16 or "[31m[bold]" in app.lines[1]


async def test_cut_text_says_so_and_a_cut_number_is_no_number() -> None:
    columns = (Col("n", 6, lambda _: "浙普渔60001"), Col("v", 4, lambda _: "123.4", right=True))
    async with hosted(1, (20, 3), columns) as (app, _):
        assert app.lines[1].rstrip() == ">浙普.. ####"


async def test_a_cell_may_have_looks_of_its_own() -> None:
    """Segments keep their style on top of the row's, are made plain and cut like any text."""
    cell = [Segment("!!", Style(reverse=True)), Segment("\x1b碰撞碰撞")]
    async with hosted(1, (12, 3), (Col("", 8, lambda _: cell),)) as (app, pilot):
        assert app.table.render_line(1).text == ">!!\ufffd碰 ..   "
        app.screen.set_focus(None)
        await pilot.pause()
        assert [s.text for s in app.table.render_line(1) if s.style and s.style.reverse] == ["!!"]


async def test_narrow_screens_leave_out_what_is_worth_least() -> None:
    columns = tuple(Col(f"c{k}", 8, lambda _: "x", keep=k) for k in (0, 3, 1, 2))
    for width, heads in ((40, "c0 c3 c1 c2"), (30, "c0 c1 c2"), (20, "c0 c1"), (12, "c0"), (5, "c0")):
        async with hosted(2, (width, 4), columns) as (app, _):
            assert app.lines[0].split() == heads.split()


async def test_without_colour_the_cursor_and_the_bar_still_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with hosted(100) as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        assert pointed(app) == [">n99"] and app.shown == list(range(89, 100))
        app.table.set_rows([])
        await pilot.pause()
        assert app.shown == [] and app.table.cursor == -1


SNAPSHOT_80 = """\
    船名         MMSI      类型       航速 位置                   更新
 !! 沪崇渔10147  412310147 拖网        9.8 30-21.9N 122-47.5E       1s
>!! 浙岱渔12300  412412300 拖网        4.2 30-21.6N 122-48.0E       2s
 x  浙象渔11795  412411795 张网         -- 30-12.4N 122-52.1E      38m
    QINGLAN HA.. 412000037 货船       14.2 30-26.1N 122-20.0E       3s"""
SNAPSHOT_120 = """\
    船名         MMSI      类型       航速 位置                   更新 报警
 !! 沪崇渔10147  412310147 拖网        9.8 30-21.9N 122-47.5E       1s 碰撞
>!! 浙岱渔12300  412412300 拖网        4.2 30-21.6N 122-48.0E       2s 伏休
 x  浙象渔11795  412411795 张网         -- 30-12.4N 122-52.1E      38m 离线
    QINGLAN HA.. 412000037 货船       14.2 30-26.1N 122-20.0E       3s"""
VESSELS: tuple[tuple[str, ...], ...] = (
    ("!!", "沪崇渔10147", "412310147", "拖网", "9.8", "30-21.9N 122-47.5E", "1s", "碰撞"),
    ("!!", "浙岱渔12300", "412412300", "拖网", "4.2", "30-21.6N 122-48.0E", "2s", "伏休"),
    ("x", "浙象渔11795", "412411795", "张网", "--", "30-12.4N 122-52.1E", "38m", "离线"),
    ("", "QINGLAN HARBOR", "412000037", "货船", "14.2", "30-26.1N 122-20.0E", "3s", ""),
)


@pytest.mark.parametrize(("width", "wanted"), [(80, SNAPSHOT_80), (120, SNAPSHOT_120)])
async def test_what_it_looks_like(width: int, wanted: str) -> None:
    def cell(k: int) -> Any:
        return lambda row: VESSELS[row][k]

    heads: Any = (
        ("", 2),
        ("船名", 12),
        ("MMSI", 9, 4),
        ("类型", 8),
        ("航速", 6),
        ("位置", 22, 5),
        ("更新", 4),
        ("报警", 20, 6),
    )
    columns = [
        Col(title, cells, cell(k), keep=keep[0] if keep else 0, right=title in ("航速", "更新"))
        for k, (title, cells, *keep) in enumerate(heads)
    ]
    async with hosted([v[1] for v in VESSELS], (width, 8), columns) as (app, pilot):
        await pilot.press("j")
        await pilot.pause()
        assert "\n".join(line.rstrip() for line in app.lines).rstrip() == wanted
