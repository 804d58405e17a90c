"""What the desk costs: ``python -m benchmarks.desk``. Chart frames of 5,000 vessels, tables of 20,000 rows."""

import asyncio
import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from benchmarks.__main__ import cheapest
from fengqiao.app.bay import zones_of
from fengqiao.desk.chart.scene import Scene, Targets, View
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.fleet.vessels import RING, Vessels
from fengqiao.words.resources import shipped
from fengqiao.zones.coast import decode_land

FRAMES = 20
ROWS = 20_000
CHANGED = 1_000


def main() -> None:
    scene, targets = whole_bay(5_000)
    for name, view in (
        ("whole bay", View(122.5, 30.0, 1_800.0, 160, 45)),
        ("mid zoom", View(122.3, 29.95, 300.0, 160, 45)),
    ):
        still, moved = frame_ms(scene, view, targets, move=False), frame_ms(scene, view, targets, move=True)
        print(f"chart 160x45, 5,000 vessels, {name:<10} only what moves {still:6.1f} ms   view moved {moved:6.1f} ms")
    ours, theirs = cheapest(lambda: asyncio.run(ours_updates()), lambda: asyncio.run(theirs_updates()))
    print(
        f"table of {ROWS:,} rows, {CHANGED:,} changed: ours {ours:.2f} s, textual DataTable {theirs:.2f} s, "
        f"ratio {ours / theirs:.3f}"
    )


def frame_ms(scene: Scene, view: View, targets: Targets, move: bool) -> float:
    """Median of FRAMES frames; the whole scene, land included, where the view moves."""
    took = []
    for k in range(FRAMES):
        shown = view.panned(k + 1, 0) if move else view
        begun = time.process_time()
        scene.frame(shown, targets, blink=k % 2 == 0)
        took.append((time.process_time() - begun) * 1000)
    return float(np.median(took[1:]))


def whole_bay(n: int) -> tuple[Scene, Targets]:
    land = np.load(io.BytesIO(shipped("charts", "coast", "land.npz").read_bytes()))
    scene = Scene(list(decode_land(land["delta"], land["offsets"])), zones_of(None).zones)
    dice = np.random.default_rng(1)
    columns: dict[str, Any] = {name: np.zeros(n, dtype) for name, dtype in Vessels.dtypes().items()}
    columns |= {
        "mmsi": 412_000_000 + np.arange(n),
        "lon_deg": dice.uniform(121, 124, n),
        "lat_deg": dice.uniform(29, 31.5, n),
    }
    columns |= {"sog_kn": dice.uniform(0, 14, n), "cog_deg": dice.uniform(0, 360, n)}
    ages = 1_700_000_000_000 + np.arange(RING) * 30_000
    columns["ring_ms"] = np.tile(ages, (n, 1))
    columns["ring_lon"] = columns["lon_deg"][:, None] - 0.0005 * np.arange(RING)[::-1]
    columns["ring_lat"] = np.tile(columns["lat_deg"][:, None], (1, RING))
    vessels = Vessels(**columns)
    names = np.array([f"浙普渔{k:05d}" for k in range(n)], object)
    state = dice.integers(0, 4, n).astype(np.uint8)
    level = np.where(dice.random(n) < 0.004, 3, 0).astype(np.uint8)
    return scene, Targets(vessels, names, state, level, level > 0, np.zeros(n, bool), 0)


class Host(App[None]):
    def __init__(self, table: Callable[[], Any]) -> None:
        super().__init__()
        self._table = table

    def compose(self) -> ComposeResult:
        yield self._table()


async def ours_updates() -> None:
    values = np.zeros(ROWS)
    columns = [Col(f"c{k}", 12, lambda row: f"{values[row]:.1f}") for k in range(8)]
    app = Host(lambda: VirtualTable(columns))
    async with app.run_test(size=(160, 45)) as pilot:
        table = app.query_one(VirtualTable)
        table.set_rows(range(ROWS))
        for turn in range(3):
            values[:CHANGED] = turn
            table.touch(range(CHANGED))
            await pilot.pause()


async def theirs_updates() -> None:
    app = Host(DataTable)
    async with app.run_test(size=(160, 45)) as pilot:
        table = app.query_one(DataTable)
        keys = table.add_columns(*(f"c{k}" for k in range(8)))
        table.add_rows([["0.0"] * 8 for _ in range(ROWS)])
        await pilot.pause()
        rows = list(table.rows)[:CHANGED]
        for turn in range(3):
            for row in rows:
                for key in keys:
                    table.update_cell(row, key, f"{turn}.0")
            await pilot.pause()


if __name__ == "__main__":
    main()
