"""The chart as a widget: it keeps cells, and repaints only what changed."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fengqiao.desk.chart.palette import PALETTES
from fengqiao.desk.chart.raster import BOLD, REVERSE, UNDERLINE, Bools
from fengqiao.desk.chart.scene import Frame, Scene, Targets, View, pick
from fengqiao.desk.chart.view import CELL_HIGH, LAT_MAX, Layer
from fengqiao.zones.zone import Zone

PAN_CELLS = (8, 4)  # columns, rows at one key: an eighth of a small screen
FAST = 5  # times as far with Shift
ZOOM = 1.5
DIRECTIONS = (("left", "h", -1, 0), ("right", "l", 1, 0), ("up", "k", 0, -1), ("down", "j", 0, 1))
REPAINT_ALL = 0.6  # share of changed rows from which one whole repaint is cheaper than many small ones


class ChartMap(Widget, can_focus=True):
    DEFAULT_CSS = "ChartMap { height: 1fr; width: 1fr; }"
    # Letters move as in vi, arrows too; with Shift the arrows move farther (H J K L stay with the desk's own keys).
    BINDINGS: ClassVar[list[Any]] = [
        *(
            Binding(f"{key},{vi}", f"pan({dx},{dy})", "desk.key.pan", show=False, id=f"chart.pan_{key}")
            for key, vi, dx, dy in DIRECTIONS
        ),
        *(
            Binding(
                f"shift+{key}", f"pan({dx * FAST},{dy * FAST})", "desk.key.pan", show=False, id=f"chart.pan_{key}_far"
            )
            for key, _, dx, dy in DIRECTIONS
        ),
        Binding("plus,equals_sign", "zoom(1)", "desk.key.zoom", key_display="+/-", id="chart.zoom_in"),
        Binding("minus", "zoom(-1)", "desk.key.zoom", show=False, id="chart.zoom_out"),
        Binding("0", "fit", "desk.key.fit", show=False, id="chart.fit"),
        Binding("tab", "next_target(1)", "desk.key.next_target", id="chart.next"),
        Binding("shift+tab", "next_target(-1)", "desk.key.next_target", show=False, id="chart.previous"),
        Binding("f", "follow", "desk.key.follow", id="chart.follow"),
        Binding("enter", "open", "desk.key.open", show=False, id="chart.open"),
    ]

    class Picked(Message):
        """The officer points at a vessel (row of the targets shown)."""

        def __init__(self, row: int, opened: bool = False) -> None:
            super().__init__()
            self.row, self.opened = row, opened

    class Moved(Message):
        """View or cursor (longitude, latitude) changed."""

        def __init__(self, view: View, cursor: tuple[float, float]) -> None:
            super().__init__()
            self.view, self.cursor = view, cursor

        def can_replace(self, message: Message) -> bool:
            """Only the newest matters: a mouse moves faster than a line can be drawn."""
            return isinstance(message, ChartMap.Moved)

    def __init__(self, scene: Scene, home: View, palette: str, **more: Any) -> None:
        super().__init__(**more)
        self.scene = scene
        self.view = self._home = home
        self.targets = Targets()
        self.blink = True
        self.following = False
        self.mark: tuple[float, float] | None = None  # longitude, latitude of a place that was asked for
        self.shown = 0
        self._cursor = (home.lon, home.lat)
        self._frame: Frame | None = None
        self._strips: dict[int, Strip] = {}
        self._styles: dict[int, Style] = {}
        self._palette = palette
        self._held: tuple[int, int] | None = None  # where the mouse holds the chart
        self._dragged = False  # since the button went down: then its release picks nothing

    @property
    def cursor(self) -> tuple[float, float]:
        """Longitude and latitude under the mouse, or the middle once the chart has moved."""
        return self._cursor

    # --- what is shown ---

    def show(self, targets: Targets) -> None:
        """New targets; the view follows the selected one if asked to."""
        self.targets, before = targets, self.view
        if self.following and targets.selected >= 0:
            self._centre(targets.selected)
        if self.view != before:
            self.look_at(self.view)
        else:
            self.redraw()

    def set_palette(self, palette: str) -> None:
        self._palette = palette
        self._forget()

    def set_zones(self, zones: Sequence[Zone]) -> None:
        self.scene.set_zones(zones)
        self.redraw()

    def set_ascii(self, ascii_only: bool) -> None:
        self._home = replace(self._home, ascii_only=ascii_only)
        self.view = replace(self.view, ascii_only=ascii_only)
        self.redraw()

    def set_layers(self, layers: Layer) -> None:
        self.view = replace(self.view, layers=layers)
        self.redraw()

    def set_blink(self, blink: bool) -> None:
        if blink != self.blink:
            self.blink = blink
            self.redraw()

    def redraw(self) -> None:
        """Compute the frame anew and repaint the rows that differ, never cutting a wide character in half."""
        width, height = self.size
        if not width or not height:
            return
        if (width, height) != (self.view.cols, self.view.rows):
            self.view = replace(self.view, cols=width, rows=height)
        old, new = self._frame, self.scene.frame(self.view, self.targets, self.blink, self.mark)
        self._frame, self.shown = new, new.shown
        if old is None or old.cp.shape != new.cp.shape:
            self._strips.clear()
            self.refresh()
            return
        changed = (old.cp != new.cp) | (old.key != new.key)
        rows = np.flatnonzero(changed.any(axis=1))
        for row in rows:
            self._strips.pop(int(row), None)
        if len(rows) > REPAINT_ALL * len(changed):
            self.refresh()
        elif len(rows):
            half = (old.cp == 0) | (new.cp == 0)
            self.refresh(*(span_of(int(row), changed[row], half[row]) for row in rows))

    def render_line(self, y: int) -> Strip:
        if self._frame is None or y >= len(self._frame.cp):
            return Strip.blank(self.size.width, self.rich_style)
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._strip(self._frame, y)
        return strip

    def _strip(self, frame: Frame, y: int) -> Strip:
        cp, key = frame.cp[y], frame.key[y]
        starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
        ends = np.r_[starts[1:], len(key)]
        segments = [
            Segment("".join(chr(c) for c in cp[a:b].tolist() if c), self._style(int(key[a])))
            for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        return Strip([s for s in segments if s.text], len(cp))

    def _style(self, key: int) -> Style:
        style = self._styles.get(key)
        if style is None:
            attr = key >> 16
            # Without colour a terminal is sent greys by brightness, in which red is the darkest: so greys of our own.
            palette = PALETTES["mono" if self.app.no_color else self._palette]
            style = self._styles[key] = Style(
                color=palette[key & 255],
                bgcolor=palette[key >> 8 & 255],
                bold=bool(attr & BOLD),
                reverse=bool(attr & REVERSE),
                underline=bool(attr & UNDERLINE),
            )
        return style

    def _forget(self) -> None:
        self._styles.clear()
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._forget()

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()

    # --- where it looks ---

    def look_at(self, view: View) -> None:
        self.view = view
        self._cursor = (view.lon, view.lat)
        self.redraw()
        self.post_message(self.Moved(self.view, self._cursor))

    def go_to(self, lon: float, lat: float) -> None:
        """Look at a place and mark it."""
        self.following, self.mark = False, (lon, lat)
        self.look_at(replace(self.view, lon=lon, lat=min(LAT_MAX, max(-LAT_MAX, lat))))

    def clear_mark(self) -> None:
        self.mark = None
        self.redraw()

    def _centre(self, row: int) -> None:
        """Bring a target to the middle, by whole cells."""
        v = self.targets.vessels
        x, y = self.view.project(v.lon_deg[row : row + 1], v.lat_deg[row : row + 1])
        if np.isfinite(x[0]):
            dx, dy = math.floor(x[0]) - self.view.cols // 2, math.floor(y[0]) - self.view.rows // 2
            self.view = self.view.panned(dx, dy)

    def select(self, row: int, centre: bool = False) -> None:
        self.targets = replace(self.targets, selected=row)
        if row >= 0 and centre:
            self._centre(row)
        self.redraw()
        self.post_message(self.Picked(row))

    def action_pan(self, dx: int, dy: int) -> None:
        self.following = False
        self.look_at(self.view.panned(dx * PAN_CELLS[0], dy * PAN_CELLS[1]))

    def action_zoom(self, sign: int) -> None:
        self.look_at(self.view.zoomed(ZOOM**sign))

    def action_fit(self) -> None:
        self.following = False
        home = self._home
        self.look_at(replace(self.view, lon=home.lon, lat=home.lat, metres_per_col=home.metres_per_col))

    def action_follow(self) -> None:
        self.following = not self.following and self.targets.selected >= 0
        if self.following:
            self._centre(self.targets.selected)
        self.look_at(self.view)

    def action_open(self) -> None:
        if self.targets.selected >= 0:
            self.post_message(self.Picked(self.targets.selected, opened=True))

    def action_next_target(self, step: int) -> None:
        """Through the targets in view, nearest to the middle first."""
        v = self.targets.vessels
        x, y = self.view.project(v.lon_deg, v.lat_deg)
        inside = np.flatnonzero((x >= 0) & (y >= 0) & (x < self.view.cols) & (y < self.view.rows))
        if not len(inside):
            return
        away = np.hypot(x[inside] - self.view.cols / 2, CELL_HIGH * (y[inside] - self.view.rows / 2))
        order = inside[np.lexsort((v.mmsi[inside], away))]
        at = np.flatnonzero(order == self.targets.selected)
        self.select(int(order[(int(at[0]) + step) % len(order)] if len(at) else order[0]))

    # --- the mouse ---

    def on_click(self, event: events.Click) -> None:
        row = -1 if self._dragged else pick(self.view, self.targets, event.x, event.y)
        if row >= 0:
            self.select(row)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._held, self._dragged = (event.x, event.y), False
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._held is not None and event.button and (event.x, event.y) != self._held:
            dx, dy = self._held[0] - event.x, self._held[1] - event.y
            self._held, self._dragged, self.following = (event.x, event.y), True, False
            self.look_at(self.view.panned(dx, dy))
        self._cursor = self.view.unproject(event.x + 0.5, event.y + 0.5)
        self.post_message(self.Moved(self.view, self._cursor))

    def on_mouse_up(self, _: events.MouseUp) -> None:
        self._held = None
        self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.look_at(self.view.zoomed(ZOOM, event.x, event.y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.look_at(self.view.zoomed(1 / ZOOM, event.x, event.y))


def span_of(row: int, changed: Bools, half: Bools) -> Region:
    """The changed part of a row, widened where its end would cut a wide character, before or after.

    It never begins with a right half: its left half is the same only if both are.
    """
    where = np.flatnonzero(changed)
    a, b = int(where[0]), int(where[-1]) + 1
    while b < len(half) and half[b]:
        b += 1
    return Region(a, row, b - a, 1)
