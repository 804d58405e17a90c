"""What the chart costs: ``python -m benchmarks.chart``. Frames and keys in ms, and ratios against peers in one run."""

import asyncio
import gc
import io
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.events import Key
from textual.screen import Screen

from benchmarks.__main__ import cheapest
from fengqiao.app.bay import zones_of
from fengqiao.desk.chart.raster import F64, dots_along, fill_parity
from fengqiao.desk.chart.scene import Scene, Targets, View
from fengqiao.desk.widgets.chart_map import ChartMap
from fengqiao.fleet.vessels import RING, Vessels
from fengqiao.words.resources import shipped
from fengqiao.zones.coast import decode_land
from fengqiao.zones.places import named_places

VESSELS = 5_000
FRAMES = 20
SIZE = (160, 45)
WHOLE_BAY = View(122.5, 30.0, 1_800.0, *SIZE)
VIEWS = {
    "whole bay": WHOLE_BAY,
    "approaches": replace(WHOLE_BAY, metres_per_col=700.0),
    "one strait": replace(WHOLE_BAY, metres_per_col=120.0),
}
SEGMENTS = 5_000
TICKS = 40
METRES_PER_TICK = 3.6  # fourteen knots for half a second
METRES_PER_DEGREE = 96_000  # of longitude, here


def main() -> None:
    scene, targets = whole_bay(VESSELS)
    for name, view in VIEWS.items():
        still, moved = frame_ms(scene, view, targets, move=False), frame_ms(scene, view, targets, move=True)
        print(f"frame 160x45, {VESSELS:,} vessels, {name:<10}  what moves {still:5.1f} ms   everything {moved:5.1f} ms")
    for how in ("as it starts", "gc frozen"):  # the collector walks coast, zones and fleet unless told to leave them
        tick_ms, keys_ms = asyncio.run(on_screen(scene, targets))
        print(
            f"widget, {how:<12}  2 Hz: {tick_ms:4.1f} ms CPU a tick = {tick_ms / 500:.1%} of a core   pan: "
            f"{np.median(keys_ms):3.0f} ms median, {np.percentile(keys_ms, 95):3.0f} ms p95, key to frame"
        )
        gc.collect()
        gc.freeze()
    for what, ours, peer, said in comparisons():
        mine, theirs = cheapest(ours, peer)
        print(f"{what:<44}{mine * 1000:9.2f} ms{theirs * 1000:10.2f} ms{mine / theirs:8.3f}  {said}")


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
    coast = list(decode_land(land["delta"], land["offsets"]))
    scene = Scene(coast, zones_of(None).zones, places=named_places())
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


def comparisons() -> list[tuple[str, Callable[[], object], Callable[[], object], str]]:
    land = np.load(io.BytesIO(shipped("charts", "coast", "land.npz").read_bytes()))
    coast = decode_land(land["delta"], land["offsets"])
    rings = [shapely.get_coordinates(p.exterior) for p in coast]
    edges = np.concatenate([np.hstack([r[:-1], r[1:]]) for r in rings])
    (x0, y0), (x1, y1) = (WHOLE_BAY.project(edges[:, k], edges[:, k + 1]) for k in (0, 2))
    pixels = np.stack([x0 * 2, y0 * 4, x1 * 2, y1 * 4], axis=1)
    col, row = np.meshgrid(np.arange(SIZE[0] * 2) + 0.5, np.arange(SIZE[1] * 4) + 0.5)
    lon, lat = WHOLE_BAY.unproject(0, 0)
    east, south = WHOLE_BAY.unproject(*SIZE)
    lons, lats = lon + (east - lon) * col / (SIZE[0] * 2), lat + (south - lat) * row / (SIZE[1] * 4)
    whole = shapely.union_all(coast)
    shapely.prepare(whole)
    dice = np.random.default_rng(1)
    ends = dice.uniform(0, [[SIZE[0] * 2], [SIZE[1] * 4]], (2, SEGMENTS))
    far = ends + dice.normal(0, 12, (2, SEGMENTS))
    return [
        (
            f"land of {len(rings):,} rings on {lons.size:,} pixels",
            lambda: fill_parity(pixels, SIZE[1] * 4, SIZE[0] * 2),
            lambda: shapely.contains_xy(whole, lons, lats),
            "shapely.contains_xy, prepared union",
        ),
        (
            f"dots of {SEGMENTS:,} lines",
            lambda: dots_along(ends[0], ends[1], far[0], far[1], SIZE[0] * 2, SIZE[1] * 4),
            lambda: bresenham_all(ends, far),
            "Bresenham in a Python loop",
        ),
    ]


def bresenham_all(begin: F64, end: F64) -> set[tuple[int, int]]:
    """The usual way: one line after the other, one dot after the other."""
    out = set()
    for x, y, x1, y1 in np.stack([*begin, *end], axis=1).astype(int).tolist():
        dx, dy = abs(x1 - x), -abs(y1 - y)
        step_x, step_y, error = (1 if x < x1 else -1), (1 if y < y1 else -1), dx + dy
        while True:
            if 0 <= x < SIZE[0] * 2 and 0 <= y < SIZE[1] * 4:
                out.add((x, y))
            if (x, y) == (x1, y1):
                break
            twice = 2 * error
            if twice >= dy:
                x, error = x + step_x, error + dy
            if twice <= dx:
                y, error = y + step_y, error + dx
    return out


class Host(App[None]):
    """Says when a frame has gone out."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene, self.sent = scene, asyncio.Event()

    def compose(self) -> ComposeResult:
        yield ChartMap(self.scene, WHOLE_BAY, "dusk")

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        self.sent.set()


async def on_screen(scene: Scene, targets: Targets) -> tuple[float, list[float]]:
    """CPU ms of one tick in which every vessel has moved, repaint included; wall ms from each key to its frame."""
    app, keys = Host(scene), []
    async with app.run_test(size=SIZE) as pilot:
        chart = app.query_one(ChartMap)
        chart.focus()
        await pilot.pause()
        begun = time.process_time()
        for turn in range(TICKS):
            lon = targets.vessels.lon_deg + turn * METRES_PER_TICK / METRES_PER_DEGREE
            app.sent.clear()
            chart.show(replace(targets, vessels=replace(targets.vessels, lon_deg=lon)))
            await asyncio.wait_for(app.sent.wait(), 5)
        tick_ms = (time.process_time() - begun) / TICKS * 1000
        for turn in range(TICKS):
            app.sent.clear()
            sent_at = time.perf_counter()
            app.post_message(Key("right" if turn % 8 < 4 else "left", None))
            await asyncio.wait_for(app.sent.wait(), 5)
            keys.append((time.perf_counter() - sent_at) * 1000)
    return tick_ms, keys


if __name__ == "__main__":
    main()
