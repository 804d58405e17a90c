"""What a table of 20,000 vessels costs: ``python -m benchmarks.table``. Ours against textual's DataTable, one run.

CPU time of this process; both tables get the same updates on the same screen, taken by turns.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import numpy as np
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import DataTable

from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.register.search import VesselIndex

ROWS = 20_000
CHANGED = 1_000  # rows a second
SECONDS = 5  # simulated: one refresh each, as the desk does
COLUMNS = 8
TURNS = 2
SIZE = (160, 45)
PREFIXES = ("浙普渔", "浙岱渔", "浙嵊渔", "浙平渔", "浙乐渔运", "沪崇渔", "闽狮渔", "苏启渔", "浙象渔", "鲁荣渔")
QUESTIONS = ("1", "z", "zpy", "浙普渔1", "zhepuyu10010", "412", "浙乐渔运10014", "yuehai")


class Host(App[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


class Costs:
    """CPU seconds by what they were spent on; of several turns the least."""

    def __init__(self) -> None:
        self.of: dict[str, float] = {}

    def add(self, what: str, begun: float) -> None:
        self.of[what] = min(self.of.get(what, float("inf")), time.process_time() - begun)


def main() -> None:
    ours, theirs = Costs(), Costs()
    for _ in range(TURNS):
        values = Values()
        asyncio.run(on_screen(VirtualTable(columns_of(values)), partial(our_turn, values, ours)))
        asyncio.run(on_screen(DataTable(), partial(their_turn, Values(), theirs)))
    print(f"{ROWS:,} rows x {COLUMNS} columns at {SIZE[0]}x{SIZE[1]}, CPU time")
    print(f"{'what':<46}{'ours':>10}{'DataTable':>12}{'ratio':>8}")
    for what, mine in ours.of.items():
        print(f"{what:<46}{mine * 1000:>8.1f}ms{theirs.of[what] * 1000:>10.1f}ms{mine / theirs.of[what]:>8.3f}")
    search()


class Values:
    """What the cells show; ``advance`` changes a thousand random rows, most of them out of sight."""

    def __init__(self) -> None:
        self.dice = np.random.default_rng(1)
        self.cells = self.dice.uniform(0, 30, (ROWS, COLUMNS))

    def advance(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        rows = self.dice.choice(ROWS, CHANGED, replace=False)
        self.cells[rows] += 0.1
        return rows

    def text(self, row: int, column: int) -> str:
        return f"{self.cells[row, column]:.1f}" if column else f"浙普渔{row:05d}"


def columns_of(values: Values) -> list[Col]:
    return [Col(f"c{k}", 12, partial(values.text, column=k), right=k > 0) for k in range(COLUMNS)]


async def on_screen(table: Any, work: Callable[[Any, Pilot[None]], Awaitable[None]]) -> None:
    app = Host(table)
    async with app.run_test(size=SIZE) as pilot:
        table.focus()
        await work(table, pilot)


async def our_turn(values: Values, costs: Costs, table: VirtualTable, pilot: Pilot[None]) -> None:
    begun = time.process_time()
    table.set_rows(range(ROWS))
    await pilot.pause()
    costs.add("build", begun)
    begun = time.process_time()
    for _ in range(SECONDS):
        table.touch(values.advance())
        await pilot.pause()
    costs.add(f"{SECONDS} s of {CHANGED:,} rows a second", begun)
    begun = time.process_time()
    table.set_rows(np.argsort(values.cells[:, 1], kind="stable"))
    await pilot.pause()
    costs.add("sort", begun)
    begun = time.process_time()
    for _ in range(10):
        await pilot.press("pagedown")
    costs.add("10 pages down", begun)


async def their_turn(values: Values, costs: Costs, table: DataTable[str], pilot: Pilot[None]) -> None:
    begun = time.process_time()
    columns = table.add_columns(*(f"c{k}" for k in range(COLUMNS)))
    keys = table.add_rows([[values.text(row, k) for k in range(COLUMNS)] for row in range(ROWS)])
    await pilot.pause()
    costs.add("build", begun)
    begun = time.process_time()
    for _ in range(SECONDS):
        for row in values.advance().tolist():
            for k in range(1, COLUMNS):
                table.update_cell(keys[row], columns[k], values.text(row, k))
        await pilot.pause()
    costs.add(f"{SECONDS} s of {CHANGED:,} rows a second", begun)
    begun = time.process_time()
    table.sort(columns[1], key=float)
    await pilot.pause()
    costs.add("sort", begun)
    begun = time.process_time()
    for _ in range(10):
        await pilot.press("pagedown")
    costs.add("10 pages down", begun)


def search() -> None:
    """Build, build again when one name changed, and the dearest question of those an officer types."""
    names = [(f"{PREFIXES[k % len(PREFIXES)]}{10_000 + k}", f"YUE HAI {k}", f"B{k:05d}") for k in range(ROWS)]
    mmsi = [412_000_000 + k for k in range(ROWS)]
    begun = time.process_time()
    VesselIndex(mmsi, names)
    built = time.process_time() - begun
    names[7] = ("浙普渔99999", "", "")
    begun = time.process_time()
    index = VesselIndex(mmsi, names)
    again = time.process_time() - begun
    took = {asked: asking_ms(index, asked) for asked in QUESTIONS}
    dearest = max(took, key=took.__getitem__)
    print(
        f"\nsearch over {ROWS:,} vessels: build {built * 1000:.0f} ms, after a change {again * 1000:.0f} ms, questions",
        end=" ",
    )
    print(f"{np.median(list(took.values())):.1f} ms (median), dearest {dearest!r} {took[dearest]:.1f} ms")


def asking_ms(index: VesselIndex, asked: str) -> float:
    least = float("inf")
    for _ in range(5):
        begun = time.process_time()
        index.find(asked)
        least = min(least, time.process_time() - begun)
    return least * 1000


if __name__ == "__main__":
    main()
