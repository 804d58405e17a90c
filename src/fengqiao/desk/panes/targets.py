"""The targets pane: every vessel, found by whatever the officer types."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from fengqiao.desk.chart.scene import TargetState
from fengqiao.desk.look import activity_word, kind_word, number, states_of
from fengqiao.desk.pane import Pane
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import ago, position_text, tr
from fengqiao.desk.themes import THEMES
from fengqiao.desk.widgets.top import Line
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.model.findings import Priority
from fengqiao.register.search import VesselIndex
from fengqiao.situation.activity import Activity

SORTS = ("alert", "name", "age", "speed")
FILTERS = ("all", "fishing", "merchant", "alerted", "lost", "gear")
QUESTION_CHARS_MAX = 40
KINDS = ("desk.kind.fishing", "desk.kind.merchant", "desk.kind.gear_doubt", "desk.kind.epirb")  # rarer ones may be cut
ACTIVITIES = tuple(f"activity.{each.word}" for each in Activity if each)
PRIORITIES = tuple(f"priority.{priority.word}" for priority in Priority)
ALERT_CELLS_MAX = 11  # enough for "emergency.."; more would cost a narrow screen the MMSI
VOICE_BITS = 16  # a row's key is her number and, below it, which of its transmitters she is

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture as the table shows it; arrays aligned with its vessels."""

    picture: DeskPicture
    keys: Rows  # who a row is, across pictures
    states: NDArray[np.uint8]  # TargetState
    ages: Rows  # differs whenever the word for the age does

    @classmethod
    def of(cls, picture: DeskPicture) -> "Shown":
        v = picture.vessels
        keys = (v.mmsi << VOICE_BITS) | v.voice.astype(np.int64)
        return cls(picture, keys, states_of(picture), _age_words((picture.time_ms - v.fix_ms) / 1000.0))

    def rows(self, keys: Rows) -> Rows:
        """Where these are now, in their order; who is gone is left out."""
        sorter = np.argsort(self.keys, kind="stable")
        if not len(sorter):
            return sorter
        near = sorter[np.minimum(np.searchsorted(self.keys, keys, sorter=sorter), len(sorter) - 1)]
        there: Rows = near[self.keys[near] == keys]
        return there


@dataclass(frozen=True, slots=True)
class Index:
    """What is searched, and which rows of which picture it was made of."""

    made_of: Shown
    vessels: VesselIndex

    @classmethod
    def of(cls, shown: Shown) -> "Index":
        """Takes its time (a third of a second for 20,000 new names): call it in a thread."""
        p, v = shown.picture, shown.picture.vessels
        heard = zip(p.names.tolist(), v.name.tolist(), v.callsign.tolist(), strict=True)
        mmsi = v.mmsi.tolist()
        return cls(shown, VesselIndex(mmsi, [(*texts, *_written(p, m)) for texts, m in zip(heard, mmsi, strict=True)]))

    def find(self, asked: str) -> Rows:
        """Keys of who matches, the best first."""
        return self.made_of.keys[np.array(self.vessels.find(asked), np.int64)]


class TargetsPane(Pane):
    DEFAULT_CSS = """
    TargetsPane { layout: vertical; }
    TargetsPane Input { height: 1; border: none; padding: 0 1; background: $surface; }
    TargetsPane Input:focus { background: $panel; }
    TargetsPane #target-line { height: 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("s", "sort", "desk.key.sort"),
        Binding("f", "filter", "desk.key.filter"),
        Binding("escape", "clear", "desk.key.clear", show=False),
        Binding("down", "to_list", show=False),
    ]

    def compose(self) -> ComposeResult:
        self._shown = Shown.of(DeskPicture())
        self._order: Rows = np.zeros(0, np.int64)  # what was last asked of the table
        self._names: Rows | None = None  # place of each row in the order of names, made when it is wanted
        self._index: Index | None = None
        self._indexing = False
        self._found: Rows = np.zeros(0, np.int64)  # keys that the search found
        self._sort, self._filter, self._took_ms = SORTS[0], FILTERS[0], 0.0
        yield Input(
            placeholder=tr("desk.targets.search"), id="target-search", compact=True, max_length=QUESTION_CHARS_MAX
        )
        yield VirtualTable(self._columns(), self._style, id="target-list")
        yield Line(id="target-line")

    def _columns(self) -> list[Col]:
        """The columns that a narrow screen can do without have the higher ``keep``."""
        return [
            Col("", 3, self._mark),
            Col(tr("desk.col.name"), 20, lambda i: str(self._picture.names[i])),
            Col("MMSI", 9, lambda i: f"{int(self._picture.vessels.mmsi[i]):09d}", keep=5),
            Col(tr("desk.col.callsign"), 7, lambda i: self._picture.vessels.callsign[i], keep=7),
            Col(tr("desk.col.kind"), _widest(KINDS), lambda i: kind_word(self._picture, i, self._shown.states), keep=2),
            Col(tr("desk.col.doing"), _widest(ACTIVITIES), self._doing, keep=9),
            Col(tr("desk.col.length"), 4, lambda i: number(self._picture.vessels.length_m[i], 0), keep=8, right=True),
            Col(tr("desk.col.sog"), 5, lambda i: number(self._picture.vessels.sog_kn[i], 1), right=True),
            Col(tr("desk.col.cog"), 4, lambda i: number(self._picture.vessels.cog_deg[i], 0), keep=3, right=True),
            Col(tr("desk.col.position"), 18, self._position, keep=6),
            Col(tr("desk.col.heard"), 4, self._age, right=True),
            Col(tr("desk.col.alert"), min(_widest(PRIORITIES), ALERT_CELLS_MAX), self._alert, keep=1),
            Col(tr("desk.col.destination"), 17, lambda i: self._picture.vessels.destination[i], keep=10),
        ]

    @property
    def table(self) -> VirtualTable:
        return self.query_one("#target-list", VirtualTable)

    @property
    def search(self) -> Input:
        return self.query_one("#target-search", Input)

    @property
    def _picture(self) -> DeskPicture:
        return self._shown.picture

    def show(self, picture: DeskPicture) -> None:
        was, now = self._shown, Shown.of(picture)
        changed = changed_rows(was, now)
        self._shown = now
        if changed is None or not _same(was.picture.names, picture.names):
            self._names = None
        if changed is None or len(changed):
            order = self._ordered()
            if changed is None or not np.array_equal(order, self._order):
                self._order = order
                self.table.update_rows(order, now.keys)
            else:
                self.table.touch(changed)
        self._reindex()
        self._draw_line()

    def focus_first(self) -> None:
        self.table.focus()

    def selected_mmsi(self) -> int | None:
        row, v = self.table.cursor, self._picture.vessels
        return int(v.mmsi[row]) if 0 <= row < len(v) else None

    def start_search(self) -> None:
        self.search.focus()

    # --- what is shown, and in which order ---

    def _ordered(self) -> Rows:
        """Rows that the search found and the filter lets through: as found, or else as sorted."""
        asked = bool(self.search.value)
        rows = self._shown.rows(self._found) if asked else np.arange(len(self._picture.vessels))
        rows = rows[self._passes()[rows]]
        return rows if asked else rows[np.lexsort((self._shown.keys[rows], self._rank()[rows]))]

    def _passes(self) -> NDArray[np.bool_]:
        p, states = self._picture, self._shown.states
        by_filter: dict[str, NDArray[np.bool_]] = {
            "all": np.ones(len(p.vessels), bool),
            "fishing": states == TargetState.FISHING,
            "merchant": states == TargetState.MERCHANT,
            "alerted": (p.alert_level > 0) | p.alert_unacked,
            "lost": p.lost,
            "gear": states == TargetState.GEAR,
        }
        return by_filter[self._filter]

    def _rank(self) -> NDArray[Any]:
        v, p = self._picture.vessels, self._picture
        if self._sort == "alert":
            return -(p.alert_level.astype(np.int64) * 2 + p.alert_unacked)
        if self._sort == "name":
            if self._names is None:
                self._names = name_places(p.names.tolist())
            return self._names
        return -v.fix_ms if self._sort == "age" else -np.nan_to_num(v.sog_kn, nan=-1.0)

    def _arrange(self, first: bool = False) -> None:
        """The operator asked for something else: show it at once, with the cursor on the first row or where it was."""
        self._order = self._ordered()
        self.table.set_rows(self._order, int(self._order[0]) if first and len(self._order) else None)
        self._draw_line()

    def _draw_line(self) -> None:
        shown, every = len(self._order), len(self._picture.vessels)
        if not self.search.value:
            said = tr("desk.targets.shown", shown=shown, all=every)
        elif self._index is None:
            said = tr("desk.targets.indexing")
        else:
            said = tr("desk.targets.found", shown=shown, all=every, ms=self._took_ms)
        order = tr("desk.targets.as_found") if self.search.value else tr(f"desk.sort.{self._sort}")
        looks = tr("desk.targets.looks", filter=tr(f"desk.filter.{self._filter}"), sort=order)
        strong = Style(bold=bool(self.search.value))
        self.query_one("#target-line", Line).put([(f" {said}", strong)], [(f"{looks} ", Style())])

    def action_sort(self) -> None:
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self._arrange()

    def action_filter(self) -> None:
        self._filter = FILTERS[(FILTERS.index(self._filter) + 1) % len(FILTERS)]
        self._arrange()

    # --- searching ---

    def _reindex(self) -> None:
        """Make the index anew where names have changed; while nobody searches, that can wait."""
        wanted = self._index is None or self.search.has_focus or bool(self.search.value)
        if self._indexing or not wanted or (self._index is not None and _alike(self._index.made_of, self._shown)):
            return
        self._indexing = True
        self.desk_app.do(Index.of, self._shown, then=self._indexed)

    def _indexed(self, index: Index) -> None:
        self._index, self._indexing = index, False
        if self.search.value:
            self._ask()
            self._arrange(first=not len(self._order))

    def _ask(self) -> None:
        if self._index is None:
            self._found = np.zeros(0, np.int64)
            return
        begun = time.perf_counter()
        self._found = self._index.find(self.search.value)
        self._took_ms = (time.perf_counter() - begun) * 1000

    @on(Input.Changed, "#target-search")
    def _typed(self) -> None:
        """The best find is under the cursor while the officer still types."""
        asked = bool(self.search.value)
        if asked:
            self._ask()
        self._reindex()
        self._arrange(first=asked)

    @on(Input.Submitted, "#target-search")
    def _submitted(self, event: Input.Submitted) -> None:
        """One find is opened; of several the officer chooses."""
        event.stop()
        self.table.focus()
        if self.search.value and len(self._order) == 1:
            self._open()

    def on_descendant_focus(self, _: events.DescendantFocus) -> None:
        self._reindex()

    def action_clear(self) -> None:
        self.search.value = ""
        self.table.focus()

    def action_to_list(self) -> None:
        self.table.focus()

    @on(VirtualTable.RowSelected)
    def _selected(self, event: VirtualTable.RowSelected) -> None:
        event.stop()
        self._open()

    def _open(self) -> None:
        mmsi = self.selected_mmsi()
        if mmsi is not None:
            self.desk_app.open_dossier(mmsi)

    # --- cells ---

    def _mark(self, row: int) -> Sequence[Segment]:
        """How grave (!! ! -), whether she is silent (x), whether somebody has seen it (* not yet)."""
        p = self._picture
        level, unseen = int(p.alert_level[row]), bool(p.alert_unacked[row])
        mark = "!!" if level >= Priority.ALARM else "! " if level == Priority.WARNING else "- " if level else "  "
        mark = "x " if p.lost[row] and not level else mark
        loud = unseen and level >= Priority.ALARM
        return [Segment(mark + ("*" if unseen else " "), Style(reverse=True) if loud else None)]

    def _style(self, row: int) -> str:
        level, theme = int(self._picture.alert_level[row]), THEMES[self.desk_app.palette]
        if level >= Priority.ALARM:
            return f"bold {theme.error}"
        if level == Priority.WARNING:
            return str(theme.warning)
        return "dim" if self._picture.lost[row] and not level and not self._picture.alert_unacked[row] else ""

    def _position(self, row: int) -> str:
        v = self._picture.vessels
        return position_text(float(v.lon_deg[row]), float(v.lat_deg[row]))

    def _doing(self, row: int) -> str:
        return activity_word(int(self._picture.activity[row]))

    def _age(self, row: int) -> str:
        return ago((self._picture.time_ms - int(self._picture.vessels.fix_ms[row])) / 1000)

    def _alert(self, row: int) -> str:
        level = int(self._picture.alert_level[row])
        return tr(f"priority.{Priority(level).word}") if level else ""


def changed_rows(was: Shown, now: Shown) -> Rows | None:
    """Rows that look different now, by what they are made of; None where rows are not the same vessels any more."""
    if not np.array_equal(was.keys, now.keys):
        return None
    p, q = was.picture, now.picture
    differs = (p.vessels.fix_ms != q.vessels.fix_ms) | (p.alert_level != q.alert_level)
    differs |= (p.alert_unacked != q.alert_unacked) | (p.lost != q.lost) | (p.activity != q.activity)
    differs |= (was.states != now.states) | (was.ages != now.ages) | (p.vessels.gear_doubt != q.vessels.gear_doubt)
    differs |= ~np.isclose(p.vessels.length_m, q.vessels.length_m, equal_nan=True)
    for before, after in zip(_texts(p), _texts(q), strict=True):
        differs |= before != after
    return np.flatnonzero(differs)


def name_places(names: Sequence[str]) -> Rows:
    """Place of each name among them, in the order of pinyin as far as GB 2312 sorts by it, Latin first."""
    order = sorted(range(len(names)), key=lambda i: names[i].encode("gb18030", "replace"))
    places = np.empty(len(names), np.int64)
    places[order] = np.arange(len(names))
    return places


def _widest(messages: Sequence[str]) -> int:
    """Cells of the longest of these words in the language of the desk."""
    return max(cell_len(tr(message)) for message in messages)


def _age_words(seconds: NDArray[np.float64]) -> Rows:
    """A number for each word that ``ago`` has."""
    rounded = np.where(seconds < 100, np.round(np.maximum(seconds, 0)), 1000 + np.round(seconds / 60))
    return np.where(seconds < 6000, rounded, 10_000 + np.round(seconds / 3600)).astype(np.int64)


def _texts(p: DeskPicture) -> tuple[NDArray[np.object_], ...]:
    return p.names, p.vessels.name, p.vessels.callsign, p.vessels.destination


def _alike(a: Shown, b: Shown) -> bool:
    """Whether the same can be found in both."""
    same = a.picture.register.revision == b.picture.register.revision and np.array_equal(a.keys, b.keys)
    return same and all(_same(x, y) for x, y in zip(_texts(a.picture)[:3], _texts(b.picture)[:3], strict=True))


def _same(a: NDArray[np.object_], b: NDArray[np.object_]) -> bool:
    return np.array_equal(a, b)


def _written(picture: DeskPicture, mmsi: int) -> tuple[str, ...]:
    """What the register lets her be found by: the names and callsigns she ever had, and her group."""
    vessel = picture.register.at(mmsi, picture.time_ms)
    if vessel is None:
        return ()
    borne = (text for identity in vessel.identities for text in (identity.name, identity.callsign) if text)
    return (*dict.fromkeys(borne), vessel.group)
