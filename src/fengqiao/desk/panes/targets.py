"""The targets pane: every vessel, found by whatever the officer types."""

import time
from typing import Any, ClassVar

import numpy as np
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from fengqiao.desk.chart.scene import TargetState
from fengqiao.desk.look import kind_word, number, states_of
from fengqiao.desk.pane import Pane
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import ago, position_text, tr
from fengqiao.desk.widgets.top import Line
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.model.findings import Priority
from fengqiao.register.search import VesselIndex

SORTS = ("alert", "name", "age", "speed")
FILTERS = ("all", "fishing", "merchant", "alerted", "lost", "gear")


class TargetsPane(Pane):
    DEFAULT_CSS = """
    TargetsPane { layout: vertical; }
    TargetsPane Input { height: 1; border: none; padding: 0 1; background: $surface; }
    TargetsPane #target-line { height: 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("s", "sort", "desk.key.sort"),
        Binding("f", "filter", "desk.key.filter"),
        Binding("escape", "clear", "desk.key.clear", show=False),
    ]

    def compose(self) -> ComposeResult:
        self._picture = DeskPicture()
        self._states = np.zeros(0, np.uint8)
        self._index = VesselIndex([], [])
        self._indexed: tuple[Any, ...] = ()
        self._sort, self._filter, self._took_ms, self._hits = SORTS[0], FILTERS[0], 0.0, 0
        columns = (
            Col("", 3, self._mark),
            Col(tr("desk.col.name"), 20, lambda i: str(self._picture.names[i])),
            Col("MMSI", 9, lambda i: f"{int(self._picture.vessels.mmsi[i]):09d}", keep=4),
            Col(tr("desk.col.kind"), 10, lambda i: kind_word(self._picture, i)),
            Col(tr("desk.col.sog"), 5, lambda i: number(self._picture.vessels.sog_kn[i], 1), right=True),
            Col(tr("desk.col.cog"), 4, lambda i: number(self._picture.vessels.cog_deg[i], 0), right=True),
            Col(tr("desk.col.position"), 22, self._position, keep=5),
            Col(tr("desk.col.age"), 5, self._age, right=True),
            Col(tr("desk.col.alert"), 6, self._alert, keep=1),
        )
        yield Input(placeholder=tr("desk.targets.search"), id="target-search", compact=True)
        yield VirtualTable(columns, self._style, id="target-list")
        yield Line(id="target-line")

    @property
    def table(self) -> VirtualTable:
        return self.query_one("#target-list", VirtualTable)

    @property
    def search(self) -> Input:
        return self.query_one("#target-search", Input)

    def show(self, picture: DeskPicture) -> None:
        chosen = self.selected_mmsi()
        self._picture, self._states = picture, states_of(picture)
        self._reindex()
        self._arrange(picture.row_of(chosen) if chosen is not None else None)

    def focus_first(self) -> None:
        self.table.focus()

    def selected_mmsi(self) -> int | None:
        row, v = self.table.cursor, self._picture.vessels
        return int(v.mmsi[row]) if 0 <= row < len(v) else None

    def start_search(self) -> None:
        self.search.focus()

    def _reindex(self) -> None:
        v = self._picture.vessels
        said = (tuple(v.mmsi.tolist()), tuple(self._picture.names.tolist()), tuple(v.name.tolist()))
        if said != self._indexed:
            self._indexed = said
            rows = list(zip(self._picture.names.tolist(), v.name.tolist(), v.callsign.tolist(), strict=True))
            self._index = VesselIndex(v.mmsi.tolist(), rows)

    def _arrange(self, cursor: int | None) -> None:
        """Search, filter, sort: what is left, in order."""
        begun = time.perf_counter()
        hits = np.array(self._index.find(self.search.value), np.int64)
        self._took_ms = (time.perf_counter() - begun) * 1000
        kept = hits[self._passes()[hits]] if len(hits) else hits
        if not self.search.value:
            kept = kept[np.lexsort((self._picture.vessels.mmsi[kept], self._rank()[kept]))]
        self._hits = len(kept)
        self.table.set_rows(kept.tolist(), cursor)
        self._draw_line()

    def _passes(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        p = self._picture
        by_filter: dict[str, np.ndarray[Any, np.dtype[np.bool_]]] = {
            "all": np.ones(len(p.vessels), bool),
            "fishing": self._states == TargetState.FISHING,
            "merchant": self._states == TargetState.MERCHANT,
            "alerted": p.alert_level > 0,
            "lost": p.lost,
            "gear": self._states == TargetState.GEAR,
        }
        return by_filter[self._filter]

    def _rank(self) -> np.ndarray[Any, Any]:
        v, p = self._picture.vessels, self._picture
        if self._sort == "alert":
            return -(p.alert_level.astype(np.int64) * 2 + p.alert_unacked)
        if self._sort == "name":
            return np.argsort(np.argsort(p.names.astype(str), kind="stable"))
        return v.fix_ms * -1 if self._sort == "age" else -np.nan_to_num(v.sog_kn, nan=-1.0)

    def _draw_line(self) -> None:
        facts = {"shown": self._hits, "all": len(self._picture.vessels), "ms": self._took_ms}
        words = {"sort": tr(f"desk.sort.{self._sort}"), "filter": tr(f"desk.filter.{self._filter}")}
        self.query_one("#target-line", Line).put([(" " + tr("desk.targets.line", **facts, **words), Style())])

    def action_sort(self) -> None:
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self._arrange(None)

    def action_filter(self) -> None:
        self._filter = FILTERS[(FILTERS.index(self._filter) + 1) % len(FILTERS)]
        self._arrange(None)

    def action_clear(self) -> None:
        self.search.value = ""
        self.table.focus()

    @on(Input.Changed, "#target-search")
    def _typed(self) -> None:
        self._arrange(None)

    @on(Input.Submitted, "#target-search")
    def _submitted(self) -> None:
        self.table.focus()

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        mmsi = self.selected_mmsi()
        if event.opened and mmsi is not None:
            self.desk_app.open_dossier(mmsi)

    def _mark(self, row: int) -> str:
        level = int(self._picture.alert_level[row])
        mark = "!!" if level >= Priority.ALARM else "! " if level == Priority.WARNING else "- " if level else "  "
        mark = "x " if self._picture.lost[row] and not level else mark
        return mark + ("*" if self._picture.alert_unacked[row] else " ")

    def _style(self, row: int) -> str:
        level = int(self._picture.alert_level[row])
        return "bold" if level >= Priority.ALARM else "dim" if self._picture.lost[row] else ""

    def _position(self, row: int) -> str:
        v = self._picture.vessels
        return position_text(float(v.lon_deg[row]), float(v.lat_deg[row]))

    def _age(self, row: int) -> str:
        return ago((self._picture.time_ms - int(self._picture.vessels.fix_ms[row])) / 1000)

    def _alert(self, row: int) -> str:
        level = int(self._picture.alert_level[row])
        return tr(f"priority.{Priority(level).word}") if level else ""
