"""The duty pane: what is open now, and the log of the watch, which only grows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from fengqiao.app.load import Lately
from fengqiao.desk.dialogs.handover import Handed, HandoverDialog, folded, item_text
from fengqiao.desk.dialogs.sheet import Paper, Sheet
from fengqiao.desk.load_text import load_text
from fengqiao.desk.pane import Pane
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import clock, day_clock, position_text, tr
from fengqiao.desk.themes import THEMES
from fengqiao.desk.widgets.top import Line
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.model.findings import Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.store.duty_tables import DutyLogRow, HandoverRow
from fengqiao.words import plain

FETCH_EVERY_S = 10.0
SHEET_MAX = 120  # columns that a sheet takes at most
SHEET_FRAME = 8  # of these for border, padding and the bar
NARROW = 110  # columns; below it the summary gives its room to the log
SUM_COLUMNS, SUM_COLUMNS_NARROW = 44, 28
SUM_FRAME = 5  # of these for border, padding and the bar


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log as it is shown: written by an officer, or a handover. ``key`` is its own for good."""

    key: tuple[str, int]
    at_ms: int
    officer: str
    text: str
    mmsi: int = 0
    vessel: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class Duties:
    """What the store knows of the watch: ``items`` as ``app.duty.open_items`` gives them."""

    items: Sequence[dict[str, Any]] = ()
    entries: Sequence[Entry] = ()
    gales: Sequence[GaleWarning] = field(default_factory=tuple)
    lately: Lately = field(default_factory=Lately)


class DutyPane(Pane):
    DEFAULT_CSS = """
    DutyPane { layout: vertical; }
    DutyPane > Horizontal { height: 1fr; }
    DutyPane #duty-thresholds { display: none; background: $surface; }
    DutyPane #duty-open { scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    DutyPane #duty-log { height: 1fr; }
    DutyPane #duty-load { height: auto; border-top: solid $primary; }
    DutyPane #duty-line { height: auto; max-height: 5; border-top: solid $primary; padding: 0 1; }
    .-ascii DutyPane #duty-line, .-ascii DutyPane #duty-load { border-top: ascii $primary; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("h", "hand_over", "desk.key.hand_over"),
        Binding("P", "report", "desk.key.report"),
        Binding("i", "items", "desk.key.open_items"),
        Binding("b", "load", "desk.key.load"),
    ]

    def compose(self) -> ComposeResult:
        self._duties = Duties()
        self._picture = DeskPicture()
        columns = (
            Col(tr("desk.col.time"), 11, lambda i: self._when(self._duties.entries[i].at_ms)),
            Col(tr("desk.col.officer"), 8, lambda i: plain(self._duties.entries[i].officer)),
            Col(tr("desk.col.name"), 14, lambda i: plain(self._duties.entries[i].vessel), keep=1),
            Col(tr("desk.col.position"), 22, lambda i: self._duties.entries[i].position, keep=2),
            Col(tr("desk.col.text"), 200, lambda i: plain(self._duties.entries[i].text)),
        )
        yield Line(id="duty-thresholds")
        with Horizontal():
            with VerticalScroll(id="duty-open", classes="boxed", can_focus=False):
                yield Static(id="duty-sum", markup=False)
            with Vertical():
                yield VirtualTable(columns, id="duty-log")
                yield Static(id="duty-load", markup=False)
                yield Static(id="duty-line", markup=False)

    def on_mount(self) -> None:
        self.query_one("#duty-open").border_title = tr("desk.duty.open")
        self.set_interval(FETCH_EVERY_S, self.fetch)

    def on_resize(self) -> None:
        self.query_one("#duty-open").styles.width = self.sum_columns
        self._draw_sum()
        self._draw_load()
        self._draw_line()

    @property
    def sum_columns(self) -> int:
        return SUM_COLUMNS if self.size.width >= NARROW else SUM_COLUMNS_NARROW

    @property
    def table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    def show(self, picture: DeskPicture) -> None:
        self._picture = picture
        self._draw_sum()
        self._draw_thresholds()

    def focus_first(self) -> None:
        self.table.focus()
        self.fetch()

    def selected_mmsi(self) -> int | None:
        entry = self._selected()
        return entry.mmsi or None if entry else None

    def fetch(self) -> None:
        """Ask the store anew; a pane nobody sees asks nothing."""
        if self.display:
            self.desk_app.do(self._read, then=self._got)

    def _read(self) -> Duties:
        desk = self.desk
        entries = entries_of(desk.log_lines(), desk.handovers())
        return Duties(desk.open_items(), entries, desk.gales_in_force(), desk.load_lately())

    def _got(self, found: Duties) -> None:
        table, keys = self.table, [entry.key for entry in found.entries]
        # New lines come in at the top: the cursor stays on its line, unless it rests on the newest.
        newest = keys[0] if keys and table.cursor <= 0 and not table.is_held else None
        self._duties = found
        table.update_list(keys, newest)
        self._draw_sum()
        self._draw_load()
        self._draw_line()

    def _selected(self) -> Entry | None:
        row = self.table.cursor
        return self._duties.entries[row] if 0 <= row < len(self._duties.entries) else None

    def _when(self, at_ms: int) -> str:
        """The clock of today, with the date of any other day."""
        said = day_clock(at_ms)
        return clock(at_ms) if said[:5] == day_clock(self._picture.time_ms)[:5] else said[:-3]

    def _draw_sum(self) -> None:
        said = summary(self._picture, self._duties, self.sum_columns - SUM_FRAME)
        self.query_one("#duty-sum", Static).update(said)

    def _draw_thresholds(self) -> None:
        """Nothing where the factory's numbers are in force; the sheet of open items has a fault in full."""
        said, fault = thresholds_text(self._picture)
        line = self.query_one("#duty-thresholds", Line)
        line.display = bool(said)
        warning = Style(bold=True, color=THEMES[self.desk_app.palette].warning)
        line.put(
            [(f" {said}", warning if fault else Style())], [(f" {tr('desk.duty.in_full')} ", Style())] if fault else []
        )

    def _draw_load(self) -> None:
        width, brief = self.size.width - self.sum_columns - 4, self.size.width < NARROW
        self.query_one("#duty-load", Static).update(load_text(self._duties.lately, width, brief))

    def _draw_line(self) -> None:
        entry, width = self._selected(), self.size.width - self.sum_columns - 2
        self.query_one("#duty-line", Static).update(entry_text(entry, width) if entry else tr("desk.duty.no_lines"))

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        self._draw_line()

    def action_items(self) -> None:
        width = min(SHEET_MAX, self.size.width * 96 // 100) - SHEET_FRAME
        out = summary(self._picture, self._duties, width)
        if said := thresholds_text(self._picture)[0]:
            out = Text.assemble((folded(said, width), "bold"), "\n\n", out)
        self.desk_app.push_screen(Sheet(tr("desk.duty.open"), out))

    def action_load(self) -> None:
        self.desk_app.do(self.desk.load_report, then=self._weighed)

    def _weighed(self, text: str) -> None:
        self.desk_app.push_screen(Paper(tr("desk.key.load"), "\n".join(plain(line) for line in text.splitlines())))

    def action_report(self) -> None:
        self.desk_app.do(self.desk.write_report, then=self._reported)

    def _reported(self, written: tuple[str, str]) -> None:
        path, text = written
        said = Text(tr("desk.duty.report", path=path) + "\n\n", style="bold")
        said.append(Text("\n".join(plain(line) for line in text.splitlines()), style="not bold"))
        self.desk_app.push_screen(Paper(tr("desk.key.report"), said))

    def action_hand_over(self) -> None:
        self.desk_app.on_watch.as_officer(self._ask_hand_over)

    def _ask_hand_over(self) -> None:
        self.desk_app.push_screen(HandoverDialog(self.desk), self._handed)

    def _handed(self, _: Handed | None) -> None:
        self.fetch()


def entries_of(lines: Sequence[DutyLogRow], handovers: Sequence[HandoverRow]) -> list[Entry]:
    """The log and the handovers as one, the latest first."""
    entries = [_line(line) for line in lines] + [_handover(row) for row in reversed(handovers)]
    return sorted(entries, key=lambda entry: -entry.at_ms)


def _line(line: DutyLogRow) -> Entry:
    at = "" if line.lon_deg is None or line.lat_deg is None else position_text(line.lon_deg, line.lat_deg)
    return Entry(("line", line.seq), line.at_ms, line.officer, line.text, line.mmsi, line.vessel, at)


def _handover(row: HandoverRow) -> Entry:
    facts = {"before": row.from_officer, "officer": row.to_officer, "snapshot": row.snapshot[:12]}
    return Entry(("handover", row.seq), row.at_ms, row.from_officer, tr("desk.duty.handover_line", **facts))


def entry_text(entry: Entry, width: int) -> Text:
    """A line of the log with nothing left out, its text in lines of ``width`` cells."""
    about = f"{entry.vessel} {entry.mmsi:09d}" if entry.mmsi else ""
    head = "  ".join(filter(None, (day_clock(entry.at_ms), entry.officer, about, entry.position)))
    return Text.assemble((plain(head), "bold"), "\n", folded(entry.text, width))


def thresholds_text(picture: DeskPicture) -> tuple[str, bool]:
    """By which numbers the watch judges, where they are not the factory's; whether a file lies there with a fault."""
    told = picture.meta.get("thresholds") or {}
    fault = told.get("fault")
    if fault:
        said = plain(tr(fault["message"], **fault["facts"]))
        return "! " + tr("desk.duty.thresholds_fault", revision=told["revision"], said=said), True
    if told.get("changes"):
        return tr("desk.duty.thresholds", revision=told["revision"], changes=told["changes"]), False
    return "", False


def summary(picture: DeskPicture, duties: Duties, width: int) -> Text:
    """Counts first, then what is open, by kind, in lines of ``width`` cells."""
    out = Text()
    for words, n, grave in counts(picture, duties):
        mark = "!! " if grave and n else "   "
        out.append(f"{mark}{words} {n}\n", "bold" if grave and n else "" if n else "dim")
    out.append("\n")
    for kind in ("outcome", "alert", "case", "out_of_service"):
        mine = [item for item in duties.items if item["kind"] == kind]
        if mine:
            out.append(tr(f"desk.duty.kind_{kind}", n=len(mine)) + "\n", "bold")
        for item in mine:
            out.append(folded(f"- {item_text(item)}", width, "  ") + "\n")
    if duties.gales:
        out.append(tr("desk.duty.kind_gale", n=len(duties.gales)) + "\n", "bold")
    for gale in duties.gales:
        said = tr("desk.duty.gale", source=gale.source, beaufort=gale.beaufort, ends=day_clock(gale.to_ms)[:-3])
        out.append(folded(f"- {said}", width, "  ") + "\n")
    return out


def counts(picture: DeskPicture, duties: Duties) -> list[tuple[str, int, bool]]:
    """Words, number, and whether any at all is grave."""
    active = [alert for alert in picture.alerts if alert.active]
    by_level = [
        (tr(f"priority.{level.word}"), sum(a.priority == level for a in active), level >= Priority.ALARM)
        for level in reversed(Priority)
    ]
    kinds = [item["kind"] for item in duties.items]
    return [
        *by_level,
        (tr("desk.duty.unacknowledged"), len(picture.unacknowledged), True),
        (tr("desk.duty.owed"), kinds.count("outcome"), True),
        (tr("desk.duty.cases"), kinds.count("case"), False),
        (tr("desk.duty.gales"), len(duties.gales), False),
        (tr("desk.duty.feeds"), sum(alert.rule == "feed" for alert in active) + picture.stale, True),
    ]
