"""The alerts pane: everything listed, and of the one chosen its sentence, its life and what is owed."""

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from fengqiao.desk.look import mark_of, state_word, style_of
from fengqiao.desk.pane import Pane
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import ago, clock, tr
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.model.findings import Priority
from fengqiao.store.tables import AlertChangeRow, AlertRow
from fengqiao.words import plain


class AlertsPane(Pane):
    DEFAULT_CSS = """
    AlertsPane { layout: vertical; }
    AlertsPane #alert-list { height: 1fr; min-height: 6; }
    AlertsPane #alert-box { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        self._alerts: tuple[AlertRow, ...] = ()
        self._changes: list[AlertChangeRow] = []
        self._picture = DeskPicture()
        columns = (
            Col("", 3, lambda i: mark_of(self._alerts[i])),
            Col(tr("desk.col.priority"), 6, lambda i: tr(f"priority.{Priority(self._alerts[i].priority).word}")),
            Col(tr("desk.col.rule"), 10, lambda i: tr(f"rule.{self._alerts[i].rule}")),
            Col(tr("desk.col.raised"), 8, lambda i: clock(self._alerts[i].raised_ms)),
            Col(tr("desk.col.age"), 4, self._age, keep=2, right=True),
            Col(tr("desk.col.state"), 12, lambda i: state_word(self._alerts[i]), keep=1),
            Col(tr("desk.col.what"), 200, self._sentence),
        )
        yield VirtualTable(columns, self._style, id="alert-list")
        with VerticalScroll(id="alert-box", classes="boxed", can_focus=False):
            yield Static(id="alert-detail", markup=False)

    @property
    def table(self) -> VirtualTable:
        return self.query_one("#alert-list", VirtualTable)

    def show(self, picture: DeskPicture) -> None:
        chosen = self.selected_alert()
        self._picture, self._alerts = picture, picture.alerts
        row = next((i for i, a in enumerate(self._alerts) if a.alert == chosen), None)
        self.table.set_rows(range(len(self._alerts)), row)
        self._follow(force=row is not None and self._stale(self._alerts[row]))

    def focus_first(self) -> None:
        self.table.focus()

    def selected_alert(self) -> str | None:
        row = self.table.cursor
        return self._alerts[row].alert if 0 <= row < len(self._alerts) else None

    def selected_mmsi(self) -> int | None:
        row = self.table.cursor
        return self._alerts[row].mmsi[0] if 0 <= row < len(self._alerts) and self._alerts[row].mmsi else None

    def next_unacknowledged(self) -> None:
        """The next one below the cursor that nobody has seen, from the top again after the last."""
        n, at = len(self._alerts), self.table.cursor
        for step in range(1, n + 1):
            row = (at + step) % n
            if not self._alerts[row].acked:
                self.table.go_to(row)
                return

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        self._follow(force=True)

    def _stale(self, alert: AlertRow) -> bool:
        last = self._changes[-1] if self._changes else None
        return last is None or last.alert != alert.alert or last.at_ms != alert.at_ms or last.change != alert.change

    def _follow(self, force: bool) -> None:
        alert = self.selected_alert()
        if alert is None:
            self.query_one("#alert-detail", Static).update(Text(tr("desk.chart.no_alerts"), style="dim"))
        elif force:
            run = self._picture.run_id
            self.desk_app.do(lambda: self.desk.store.changes(run, alert=alert), then=self._got_changes)
        else:
            self._draw()

    def _got_changes(self, changes: list[AlertChangeRow]) -> None:
        self._changes = changes
        self._draw()

    def _draw(self) -> None:
        row = self.table.cursor
        if not 0 <= row < len(self._alerts):
            return
        alert = self._alerts[row]
        lines = [Text(plain(self._sentence(row)), style="bold"), Text("")]
        if alert.rule == "zone":
            lines.append(Text(tr("desk.alert.unchecked"), style="dim"))
        for change in self._changes if self._changes and self._changes[0].alert == alert.alert else ():
            who = f" {plain(change.actor)}" if change.actor else ""
            said = f" {plain(change.note)}" if change.note else ""
            level = tr(f"priority.{Priority(change.priority).word}")
            lines.append(Text(f"{clock(change.at_ms)} {tr(f'change.{change.change}')} {level}{who}{said}"))
        if alert.alert in self.desk_app.owed:
            lines.append(Text(tr("desk.alert.owed"), style="bold"))
        self.query_one("#alert-box").border_title = alert.alert
        self.query_one("#alert-detail", Static).update(Text("\n").join(lines))

    def _style(self, row: int) -> str:
        return style_of(self.desk_app, self._alerts[row])

    def _sentence(self, row: int) -> str:
        alert = self._alerts[row]
        return alert.text_zh if self.desk.lang == "zh" else alert.text_en

    def _age(self, row: int) -> str:
        return ago((self._picture.time_ms - self._alerts[row].raised_ms) / 1000)
