"""The chart pane: the sea, what nobody has seen yet, and the vessel the officer points at."""

from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from fengqiao.app.bay import zones_of
from fengqiao.desk.chart.scene import Scene, Targets, View
from fengqiao.desk.chart.view import Layer
from fengqiao.desk.look import alert_lines, states_of, target_lines, weather_lines
from fengqiao.desk.pane import Pane
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.spot import Spot, vessel_spot
from fengqiao.desk.text import position_text, tr
from fengqiao.desk.themes import BAY
from fengqiao.desk.widgets.chart_map import ChartMap
from fengqiao.desk.widgets.layer_bar import LayerBar, word_of
from fengqiao.desk.widgets.place_prompt import PlacePrompt
from fengqiao.desk.widgets.prose import Prose
from fengqiao.desk.widgets.top import Line
from fengqiao.zones.coast import CHARTED, land
from fengqiao.zones.grid import grid_no
from fengqiao.zones.places import named_places

SIDE_ALERTS = 8  # more than that stand in the alerts pane
HOME = View(*BAY, 700.0, 80, 20)  # Zhoushan, its approaches and the grounds to the east


class ChartPane(Pane):
    DEFAULT_CSS = "ChartPane { layers: default over; }"
    BINDINGS: ClassVar[list[Any]] = [
        Binding("g", "go_to", "desk.key.go_to", id="chart.go_to"),
        Binding("d", "layers", "desk.key.layers", id="chart.layers"),
        Binding("escape", "clear", "desk.key.clear_mark", show=False, id="chart.clear"),
    ]

    def compose(self) -> ComposeResult:
        zones = zones_of(self.desk.folder).zones
        home = View(HOME.lon, HOME.lat, HOME.metres_per_col, HOME.cols, HOME.rows, self.desk_app.ascii_only)
        with Horizontal():
            scene = Scene(land(), zones, self.desk_app.desk.lang, CHARTED, named_places())
            yield ChartMap(scene, home, self.desk_app.palette, id="map")
            with Vertical(id="side"):
                yield Prose(id="side-alerts", classes="boxed")
                yield Prose(id="side-target", classes="boxed")
                yield Prose(id="side-weather", classes="boxed")
        yield Line(id="under")
        yield PlacePrompt(id="place")
        yield LayerBar(id="layers")

    def on_mount(self) -> None:
        self._selected: int | None = None  # mmsi
        self._mark_last = False  # the officer asked for a place after he picked the vessel
        self._picture = DeskPicture()
        self.query_one("#side-target", Prose).border_title = tr("desk.chart.target")
        self.query_one("#side-weather", Prose).border_title = tr("desk.chart.weather")

    @property
    def map(self) -> ChartMap:
        return self.query_one("#map", ChartMap)

    @property
    def prompt(self) -> PlacePrompt:
        return self.query_one(PlacePrompt)

    @property
    def bar(self) -> LayerBar:
        return self.query_one(LayerBar)

    def show(self, picture: DeskPicture) -> None:
        self._picture = picture
        row = picture.row_of(self._selected) if self._selected is not None else -1
        self.map.show(
            Targets(
                picture.vessels,
                picture.names,
                states_of(picture),
                picture.alert_level,
                picture.alert_unacked,
                picture.lost,
                row,
                picture.time_ms,
            )
        )
        self._draw_side()
        self._draw_under()

    def beat(self, blink: bool) -> None:
        self.map.set_blink(blink)

    def focus_first(self) -> None:
        """Where a place is being typed the keys go on to it."""
        if self.prompt.is_open:
            self.prompt.open()
        elif self.bar.is_open:
            self.bar.open()
        else:
            self.map.focus()

    def wear(self, palette: str) -> None:
        self.map.set_palette(palette)

    def selected_mmsi(self) -> int | None:
        return self._selected

    def spot(self) -> Spot | None:
        """What was pointed at last, vessel or marked place; with neither the cursor."""
        vessel, mark = vessel_spot(self._picture, self._selected), self.map.mark
        marked = Spot(tr("desk.nearest.mark"), mark) if mark else None
        cursor = Spot(tr("desk.nearest.cursor"), self.map.cursor)
        return (marked or vessel if self._mark_last else vessel or marked) or cursor

    def select(self, mmsi: int) -> None:
        self._selected, self._mark_last = mmsi, False
        row = self._picture.row_of(mmsi)
        if row >= 0:
            self.map.select(row, centre=True)

    def action_go_to(self) -> None:
        self.prompt.open()

    def action_clear(self) -> None:
        if self.prompt.is_open:
            self.prompt.action_close()
        elif self.map.mark is not None:
            self.map.clear_mark()
        else:
            self._selected, self.map.following = None, False
            self.map.select(-1)

    @on(PlacePrompt.Found)
    def _found(self, event: PlacePrompt.Found) -> None:
        self._mark_last = True
        self.map.go_to(event.lon, event.lat)

    def action_layers(self) -> None:
        self.bar.open()

    @on(LayerBar.Changed)
    def _layers_changed(self, event: LayerBar.Changed) -> None:
        self.map.set_layers(event.layers)
        self._draw_under()

    @on(PlacePrompt.Closed)
    @on(LayerBar.Closed)
    def _back_to_map(self) -> None:
        self.map.focus()

    @on(ChartMap.Picked)
    def _picked(self, event: ChartMap.Picked) -> None:
        if event.row >= 0:
            self._selected, self._mark_last = int(self._picture.vessels.mmsi[event.row]), False
        self._draw_side()
        if event.opened and self._selected is not None:
            self.desk_app.open_dossier(self._selected)

    @on(ChartMap.Moved)
    def _moved(self, event: ChartMap.Moved) -> None:
        self._draw_under(event.cursor)

    def _draw_side(self) -> None:
        picture = self._picture
        box = self.query_one("#side-alerts", Prose)
        box.border_title = tr("desk.chart.alerts", waiting=len(picture.unacknowledged))
        lines = [line for a in picture.alerts[:SIDE_ALERTS] for line in (*alert_lines(self.desk_app, a), Text())]
        box.put(lines or [Text(tr("desk.chart.no_alerts"), style="dim")])
        row = picture.row_of(self._selected) if self._selected is not None else -1
        said = target_lines(picture, row) if row >= 0 else [Text(tr("desk.chart.no_target"), style="dim")]
        self.query_one("#side-target", Prose).put(said)
        self._draw_weather(row)

    def _draw_weather(self, row: int) -> None:
        """By the vessel that is selected, else by the middle of the chart; no box where no station is near."""
        view, v = self.map.view, self._picture.vessels
        lon, lat = (float(v.lon_deg[row]), float(v.lat_deg[row])) if row >= 0 else (view.lon, view.lat)
        lines = weather_lines(self._picture, lon, lat)
        box = self.query_one("#side-weather", Prose)
        box.display = bool(lines)
        box.put(lines)

    def _draw_under(self, cursor: tuple[float, float] | None = None) -> None:
        view = self.map.view
        lon, lat = cursor or (view.lon, view.lat)
        cell = grid_no(lon, lat)
        left = tr("desk.chart.cursor", position=position_text(lon, lat), cell=str(cell) if cell else "--")
        if self.map.following:
            left += f"  [{tr('desk.chart.follow')}]"
        if not len(self._picture.vessels):
            left += f"  {tr('desk.chart.waiting')}"
        shown = f"{self.map.shown}/{len(self._picture.vessels)}"
        right = (
            f"{shown}  {tr('desk.chart.warning')} "
            if self.size.width >= 100
            else f"{shown} {tr('desk.chart.warning_short')}"
        )
        self.query_one("#under", Line).put([*_left_off(view), (f" {left}", Style())], [(right, Style(dim=True))])


def _left_off(view: View) -> list[tuple[str, Style]]:
    """Before anything else, so that nobody believes that what is not drawn is not there."""
    off = [word_of(layer) for layer in Layer if layer not in view.layers]
    return [(f" {tr('desk.chart.left_off', layers=' '.join(off))} ", Style(bold=True, reverse=True))] if off else []
