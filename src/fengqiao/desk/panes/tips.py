"""What people told us, beside the cases: the list, a tip opened, and the case that is made of it.

Who told it is masked here; an opened tip shows it to who says why, and that is logged.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll

from fengqiao.app.casework import Draft
from fengqiao.cases.causes import CHANNELS
from fengqiao.desk.dialogs.form import Field, Form
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.text import day_clock, fault_text, position_text, tr
from fengqiao.desk.widgets.prose import Prose
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.model.errors import UsageFault
from fengqiao.store.case_tables import TipRow
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp

NEW = "new"  # a tip that nobody has made a case of


class TipList(Container):
    """Newest first; ``*`` marks a tip that is not yet a case."""

    DEFAULT_CSS = """
    TipList { layout: vertical; height: 1fr; }
    TipList #tip-list { height: 1fr; min-height: 5; }
    TipList #tip-box { height: 1fr; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("c,f7", "case", "desk.key.open_case"),
        Binding("w", "tell", "desk.key.tip_new"),
    ]

    def compose(self) -> ComposeResult:
        self._tips: list[TipRow] = []
        channels = max(cell_len(tr(f"tip.channel.{channel}")) for channel in CHANNELS)
        columns = (
            Col("", 1, lambda i: "*" if self._tips[i].state == NEW else " "),
            Col(tr("desk.col.time"), 11, lambda i: day_clock(self._tips[i].at_ms)[:-3]),
            Col(tr("desk.col.channel"), channels, lambda i: tr(f"tip.channel.{self._tips[i].channel}"), keep=2),
            Col(tr("desk.col.reporter"), 8, lambda i: self._tips[i].reporter or "--"),
            Col(tr("desk.col.vessel"), 12, lambda i: self._tips[i].vessel or "--", keep=3),
            Col(tr("desk.col.position"), 18, lambda i: where(self._tips[i]), keep=1),
            Col(tr("desk.col.text"), 200, lambda i: self._tips[i].text),
        )
        yield VirtualTable(columns, lambda i: "bold" if self._tips[i].state == NEW else "", id="tip-list")
        with VerticalScroll(id="tip-box", classes="boxed", can_focus=False):
            yield Prose(id="tip-detail")

    @property
    def table(self) -> VirtualTable:
        return self.query_one("#tip-list", VirtualTable)

    @property
    def desk_app(self) -> "DeskApp":
        from fengqiao.desk.app import DeskApp

        app = self.app
        assert isinstance(app, DeskApp)
        return app

    def fetch(self, tip: str = "") -> None:
        """Read the list again and stand on ``tip``, or where the cursor is."""
        self.desk_app.do(self.desk_app.desk.tips, then=lambda tips: self._got(tips, tip))

    def _got(self, tips: list[TipRow], stand_on: str) -> None:
        self._tips = tips
        self.table.update_list((tip.tip for tip in tips), stand_on or None)
        self._draw()

    @property
    def _chosen(self) -> TipRow | None:
        row = self.table.cursor
        return self._tips[row] if 0 <= row < len(self._tips) else None

    def _draw(self) -> None:
        tip, box = self._chosen, self.query_one("#tip-box")
        box.border_title = tr("desk.tips.title")
        box.border_subtitle = tr("desk.tips.to_cases")
        self.query_one("#tip-detail", Prose).put(tip_lines(tip) if tip else [Text(tr("desk.tips.none"), style="dim")])

    @on(VirtualTable.Chosen)
    def _went(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        self._draw()
        if event.opened and self._chosen is not None:
            self.app.push_screen(TipSheet(self._chosen, self))

    def action_case(self) -> None:
        if self._chosen is not None:
            self.register(self._chosen)

    def register(self, tip: TipRow) -> None:
        """A case of what was told, everything filled in; the case that it has become, if it has."""
        app = self.desk_app
        if tip.case_no:
            app.case_opening.show(tip.case_no)
        else:
            app.on_watch.as_officer(app.do, app.desk.draft_of_tip, tip.tip, then=self._drafted)

    def _drafted(self, draft: Draft) -> None:
        self.desk_app.case_opening.ask(draft, tr("desk.tips.filled", tip=draft.tip))

    def action_tell(self) -> None:
        self.desk_app.on_watch.as_officer(self._ask, {"channel": "call"})

    def _ask(self, said: Mapping[str, str], why_again: str = "") -> None:
        form = Form(tr("desk.key.tip_new"), tip_fields(said), why_again)
        self.app.push_screen(form, self._told)

    def _told(self, said: dict[str, str] | None) -> None:
        if said is not None:
            self.desk_app.do(self._keep, said, then=self._kept)

    def _keep(self, said: dict[str, str]) -> str | tuple[dict[str, str], UsageFault]:
        try:
            return self.desk_app.desk.new_tip(said)
        except UsageFault as fault:
            return said, fault

    def _kept(self, done: str | tuple[dict[str, str], UsageFault]) -> None:
        """What could not be understood is asked again, with all that was typed."""
        if isinstance(done, str):
            self.desk_app.notify(tr("desk.tips.kept", tip=done))
            self.fetch(done)
        else:
            said, fault = done
            self._ask(said, f"! {fault_text(fault)}")


class TipSheet(Sheet):
    """One tip, whole. Who told it and the telephone stay masked until a reason is given; the look is logged."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("u", "unmask", "desk.key.unmask"),
        Binding("c,f7", "case", "desk.key.open_case"),
    ]

    def __init__(self, tip: TipRow, tips: TipList) -> None:
        super().__init__(tr("desk.tips.one", tip=tip.tip), keys=tr("desk.tips.keys"))
        self._tip, self._tips = tip, tips
        self._masked = True

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = plain(self._title), self._keys
            yield Prose(tip_lines(self._tip, tr("desk.tips.masked")), id="sheet-text")

    def action_case(self) -> None:
        self.dismiss()
        self._tips.register(self._tip)

    def action_unmask(self) -> None:
        if self._masked:
            self._tips.desk_app.on_watch.as_officer(self._ask_why)

    def _ask_why(self) -> None:
        field = Field("reason", tr("desk.dossier.reason"), needed=True)
        self.app.push_screen(Form(tr("desk.dossier.unmask"), [field]), self._unmask)

    def _unmask(self, said: dict[str, str] | None) -> None:
        if said is not None:
            app = self._tips.desk_app
            app.do(app.desk.unmask_tip, self._tip.tip, said["reason"], then=self._unmasked)

    def _unmasked(self, tip: TipRow) -> None:
        if self.is_attached:
            self._masked = False
            self.query_one(Prose).put(tip_lines(tip, tr("desk.tips.unmasked")))


def tip_fields(said: Mapping[str, str]) -> list[Field]:
    channels = tuple((channel, tr(f"tip.channel.{channel}")) for channel in CHANNELS)
    return [
        Field("text", tr("desk.tips.text"), said.get("text", ""), needed=True),
        Field("channel", tr("desk.col.channel"), said.get("channel", ""), options=channels, needed=True),
        Field("place", tr("desk.case.place"), said.get("place", "")),
        Field("vessel", tr("desk.col.vessel"), said.get("vessel", "")),
        Field("reporter", tr("desk.col.reporter"), said.get("reporter", "")),
        Field("phone", tr("desk.tips.phone"), said.get("phone", "")),
    ]


def tip_lines(tip: TipRow, personal: str = "") -> list[Text]:
    """``personal`` says how the one who told it is shown."""
    state = tr("desk.tips.new") if tip.state == NEW else tr("desk.tips.is_case", case_no=tip.case_no)
    person = "  ".join(filter(None, (plain(tip.reporter) or "--", plain(tip.phone), personal)))
    return [
        Text(f"{tip.tip}  {day_clock(tip.at_ms)}  {tr(f'tip.channel.{tip.channel}')}  {state}", style="bold"),
        Text(f"{tr('desk.col.reporter')} {person}"),
        Text(f"{tr('desk.col.vessel')} {plain(tip.vessel) or '--'}  {tr('desk.case.place')} {where(tip)}"),
        Text(f"{tr('desk.tips.officer')} {plain(tip.officer)}", style="dim"),
        Text(""),
        Text(plain(tip.text)),
    ]


def where(tip: TipRow) -> str:
    return "--" if tip.lon_deg is None or tip.lat_deg is None else position_text(tip.lon_deg, tip.lat_deg)
