"""The chart's cells: land by the even-odd rule, lines that never cut a wide character, rows of one width."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from fengqiao.desk.chart.palette import PALETTES, Ink
from fengqiao.desk.chart.raster import Canvas, as_text, fill_parity, quadrants
from fengqiao.desk.chart.scene import Scene, Targets, View, pick
from fengqiao.fleet.vessels import Vessels

points = st.tuples(st.floats(-5, 25, allow_nan=False), st.floats(-5, 15, allow_nan=False))


def edges_of(ring: list[tuple[float, float]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    a = np.array(ring, float)
    return np.hstack([a, np.roll(a, -1, axis=0)])


@settings(max_examples=120, deadline=None)
@given(st.lists(points, min_size=3, max_size=8, unique=True))
def test_land_is_what_a_ray_from_each_pixel_says(ring: list[tuple[float, float]]) -> None:
    """All edges at once give the same as counting crossings to the left of every pixel centre."""
    filled = fill_parity(edges_of(ring), 10, 20)
    for row in range(10):
        for col in range(20):
            crossings, near = 0, False
            for x0, y0, x1, y1 in edges_of(ring):
                if min(y0, y1) <= row + 0.5 < max(y0, y1):
                    x = x0 + (row + 0.5 - y0) * (x1 - x0) / (y1 - y0)
                    near |= abs(x - col - 0.5) < 1e-6
                    crossings += x <= col + 0.5
            assert near or filled[row, col] == bool(crossings % 2)


def test_quadrants_pack_two_by_two() -> None:
    land = np.array([[1, 0, 1, 1], [0, 0, 1, 1]], bool)
    assert quadrants(land).tolist() == [[1, 15]]


texts = st.text(st.sampled_from("浙普渔AB12"), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 19), texts | st.just("!")), max_size=25))
def test_whatever_is_written_over_whatever_rows_keep_their_width(said: list[tuple[int, int, str]]) -> None:
    """Half a wide character never stays: every row is exactly as many cells as it has."""
    canvas = Canvas(4, 20)
    for row, col, text in said:
        if len(text) == 1 and text.isascii():
            canvas.put(row, col, text, Ink.TEXT)
        elif col >= 0:
            canvas.write(row, col, text, Ink.TEXT)
    for row in canvas.cells()[0].tolist():
        assert cell_len("".join(chr(c) for c in row if c)) == 20


def fleet(n: int, **columns: Any) -> Vessels:
    blank: dict[str, Any] = {name: np.zeros(n, dtype) for name, dtype in Vessels.dtypes().items()}
    blank |= {"mmsi": 412000001 + np.arange(n), "cog_deg": np.zeros(n), "sog_kn": np.full(n, 8.0)}
    return Vessels(**{**blank, **columns})


def targets(n: int, lon: Any, lat: Any, names: list[str], level: int = 0) -> Targets:
    return Targets(
        fleet(n, lon_deg=np.asarray(lon, float), lat_deg=np.asarray(lat, float)),
        np.array(names, object),
        np.ones(n, np.uint8),
        np.full(n, level, np.uint8),
        np.full(n, level > 0),
        np.zeros(n, bool),
    )


ISLAND = shapely.box(122.0, 30.0, 122.05, 30.03)
VIEW = View(122.05, 30.02, 250.0, 60, 20)


def test_a_small_sea_with_one_island_and_two_boats() -> None:
    """Land, symbols by course, names beside them, a scale bar."""
    scene = Scene([ISLAND], [])
    shown = scene.frame(VIEW, targets(2, [122.07, 122.09], [30.0, 30.03], ["浙普渔60001", "B"]))
    text = as_text(shown.cp)
    assert "浙普渔60001" in text and text.count("▲") == 2 and "nm" in text and shown.shown == 2
    assert ((shown.key >> 8 & 255) == Ink.LAND).sum() > 50


def test_danger_is_marked_without_colour() -> None:
    text = as_text(Scene([], []).frame(VIEW, targets(1, [122.05], [30.02], ["A"], level=3)).cp)
    assert "▲!! A" in text


names = st.lists(st.text(st.sampled_from("浙普渔AB12[]\x1b\u202e"), min_size=1, max_size=20), min_size=12, max_size=12)


@settings(max_examples=60, deadline=None)
@given(names, st.lists(st.floats(121.9, 122.2), min_size=12, max_size=12), st.booleans())
def test_frames_keep_their_width_and_hold_no_escape(said: list[str], lon: list[float], ascii_only: bool) -> None:
    view = View(122.05, 30.02, 250.0, 60, 20, ascii_only)
    frame = Scene([ISLAND], []).frame(view, targets(12, lon, np.linspace(29.98, 30.06, 12), said, level=3))
    for row in frame.cp.tolist():
        text = "".join(chr(c) for c in row if c)
        assert cell_len(text) == 60 and "\x1b" not in text and "\u202e" not in text


def test_what_stands_still_is_drawn_once_and_never_spoilt() -> None:
    """The land kept from the frame before is the land of a fresh scene, whatever floated over it in between."""
    scene = Scene([ISLAND], [])
    for lon in (122.02, 122.03, 122.04):
        scene.frame(VIEW, targets(1, [lon], [30.01], ["X" * 10], level=3))
    again, fresh = scene.frame(VIEW, Targets()), Scene([ISLAND], []).frame(VIEW, Targets())
    assert np.array_equal(again.cp, fresh.cp) and np.array_equal(again.key, fresh.key)


def test_pick_takes_the_nearest_within_reach() -> None:
    shown = targets(2, [122.05, 122.06], [30.02, 30.02], ["A", "B"])
    x, y = VIEW.project(shown.vessels.lon_deg, shown.vessels.lat_deg)
    assert pick(VIEW, shown, x[1], y[1]) == 1
    assert pick(VIEW, shown, 0, 0) == -1 and pick(VIEW, Targets(), 1, 1) == -1


@settings(max_examples=60, deadline=None)
@given(st.floats(1.1, 4), st.integers(0, 59), st.integers(0, 19))
def test_zooming_keeps_the_place_under_the_pointer(factor: float, col: int, row: int) -> None:
    """To half a cell: the corner of a view lies on a whole cell, so that coasts keep their shape."""
    lon, lat = VIEW.unproject(col, row)
    x, y = VIEW.zoomed(factor, col, row).project(np.array([lon]), np.array([lat]))
    assert (x[0], y[0]) == pytest.approx((col, row), abs=0.51)


def test_every_palette_has_every_ink() -> None:
    assert {len(p) for p in PALETTES.values()} == {len(Ink)}
