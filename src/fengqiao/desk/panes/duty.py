"""The duty pane: what is open now, and the log of the watch."""

from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from fengqiao.app.duty import Refused
from fengqiao.desk.dialogs.form import Field, Form
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.pane import Pane
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import clock, position_text, tr
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.store.duty_tables import DutyLogRow
from fengqiao.words import plain

REFRESH_S = 5.0


class DutyPane(Pane):
    BINDINGS: ClassVar[list[Any]] = [
        Binding("h", "hand_over", "desk.key.hand_over"),
        Binding("P", "report", "desk.key.report"),
        Binding("i", "items", "desk.key.open_items"),
    ]

    def compose(self) -> ComposeResult:
        self._lines: list[DutyLogRow] = []
        self._items: list[dict[str, Any]] = []
        columns = (
            Col(tr("desk.col.time"), 8, lambda i: clock(self._lines[i].at_ms)),
            Col(tr("desk.col.officer"), 8, lambda i: self._lines[i].officer),
            Col(tr("desk.col.name"), 14, lambda i: self._lines[i].vessel, keep=1),
            Col(tr("desk.col.position"), 22, self._position, keep=2),
            Col(tr("desk.col.text"), 200, lambda i: self._lines[i].text),
        )
        with Horizontal():
            with VerticalScroll(id="open-box", classes="boxed", can_focus=False):
                yield Static(id="open-items", markup=False)
            yield VirtualTable(columns, id="duty-log")

    def on_mount(self) -> None:
        self.query_one("#open-box").border_title = tr("desk.duty.open")
        self.set_interval(REFRESH_S, self._fetch)

    def show(self, picture: DeskPicture) -> None:
        if picture.seq and not self._items and not self._lines:
            self._fetch()

    def focus_first(self) -> None:
        self.query_one(VirtualTable).focus()
        self._fetch()

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()

    def selected_mmsi(self) -> int | None:
        row = self.query_one(VirtualTable).cursor
        return self._lines[row].mmsi or None if 0 <= row < len(self._lines) else None

    def _fetch(self) -> None:
        if self.display:
            self.desk_app.do(lambda: (self.desk.open_items(), self.desk.log_lines()), then=self._got)

    def _got(self, found: tuple[list[dict[str, Any]], list[DutyLogRow]]) -> None:
        self._items, self._lines = found
        self.query_one("#open-items", Static).update(items_text(self._items))
        self.query_one(VirtualTable).set_rows(range(len(self._lines)))

    def _position(self, row: int) -> str:
        line = self._lines[row]
        return "" if line.lon_deg is None or line.lat_deg is None else position_text(line.lon_deg, line.lat_deg)

    def action_items(self) -> None:
        self.desk_app.push_screen(Sheet(tr("desk.duty.open"), items_text(self._items)))

    def action_report(self) -> None:
        self.desk_app.do(self.desk.write_report, then=self._reported)

    def _reported(self, written: tuple[str, str]) -> None:
        path, text = written
        self.desk_app.push_screen(Sheet(tr("desk.duty.report", path=path), Text(plain_lines(text))))

    def action_hand_over(self) -> None:
        fields = [Field("to", tr("desk.duty.to"), needed=True)]
        intro = tr("desk.duty.intro", officer=self.desk.officer or "--", n=len(self._items))
        self.desk_app.push_screen(Form(tr("desk.key.hand_over"), fields, intro), self._named)

    def _named(self, said: dict[str, str] | None) -> None:
        if said is not None:
            self.desk_app.do(lambda: self.desk.hand_over(said["to"]), then=lambda done: self._handed(done, said["to"]))

    def _handed(self, done: Refused | str, officer: str) -> None:
        if isinstance(done, Refused):
            lines = [Text(tr(f"desk.duty.refused_{done.reason}", n=len(done.alerts)), style="bold"), Text("")]
            lines += [Text("- " + plain(a.text_zh if self.desk.lang == "zh" else a.text_en)) for a in done.alerts]
            self.desk_app.push_screen(Sheet(tr("desk.key.hand_over"), Text("\n").join(lines)))
        else:
            self.desk_app.signed_on(officer)
            self.desk_app.notify(tr("desk.duty.handed", officer=plain(officer), snapshot=done[:12]))
            self._fetch()


def items_text(items: list[dict[str, Any]]) -> Text:
    """What is open, by kind."""
    if not items:
        return Text(tr("desk.duty.nothing"), style="dim")
    out = Text()
    for kind in ("outcome", "alert", "case", "gale"):
        mine = [item for item in items if item["kind"] == kind]
        if mine:
            out.append(tr(f"desk.duty.kind_{kind}", n=len(mine)) + "\n", "bold")
        for item in mine:
            out.append("  " + plain(f"{item['id'] if kind == 'case' else ''} {item['text']}".strip()) + "\n")
    return out


def plain_lines(text: str) -> str:
    return "\n".join(plain(line) for line in text.splitlines())
