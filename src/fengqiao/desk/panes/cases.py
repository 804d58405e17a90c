"""The cases pane: what is registered, how far it has come, and what may happen next."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll

from fengqiao.app.casework import Draft, masked
from fengqiao.cases.causes import CAUSES
from fengqiao.cases.facts import TRUTHS, fact_of, typed_name
from fengqiao.cases.lifecycle import Refusal, State, Transition, possible
from fengqiao.desk.desk import shown_draft
from fengqiao.desk.dialogs.form import Field, Form
from fengqiao.desk.pane import Pane
from fengqiao.desk.panes.tips import TipList
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import day_clock, position_text, tr
from fengqiao.desk.widgets.prose import Prose
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.store.case_tables import CaseRow
from fengqiao.store.casework import CaseFile
from fengqiao.words import plain

FETCH_EVERY_S = 10.0  # another desk or a command may have registered something
OF_CASES = ("group", "step", "by_hand", "on_the_spot", "unmask")  # actions
SPOT = ("rights_told", "terms", "amount_fen", "paid")  # what 当场调解 asks beyond a case's own fields
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("all", ()),
    ("intake", ("reported", "accepted")),
    ("inquiry", ("assigned",)),
    ("mediation", ("mediating", "agreed", "performing")),
    ("ended", ("fulfilled", "terminated", "withdrawn", "not_accepted", "closed")),
)


class CasesPane(Pane):
    DEFAULT_CSS = """
    CasesPane, CasesPane #case-part { layout: vertical; }
    CasesPane #case-list { height: 1fr; min-height: 5; }
    CasesPane #case-box { height: 2fr; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("left,h", "group(-1)", "desk.key.group", show=False),
        Binding("right,l", "group(1)", "desk.key.group"),
        Binding("e", "step", "desk.key.case_step"),
        Binding("w", "by_hand", "desk.key.case_new"),
        Binding("m", "on_the_spot", "desk.key.on_the_spot"),
        Binding("x", "tips", "desk.key.tips"),
        Binding("u", "unmask", "desk.key.unmask"),
    ]

    def compose(self) -> ComposeResult:
        self._cases: list[CaseRow] = []
        self._file: CaseFile | None = None
        self._group = 0
        self._shown_plain = ""  # the one case whose names somebody has asked to see
        columns = (
            Col(tr("desk.col.case_no"), 27, lambda i: self._cases[i].case_no),
            Col(tr("desk.col.state"), 14, lambda i: tr(f"case.state.{self._cases[i].state}")),
            Col(tr("desk.col.cause"), 16, lambda i: tr(f"case.cause.{self._cases[i].cause}"), keep=1),
            Col(tr("desk.col.lead"), 9, lambda i: self._cases[i].lead, keep=2),
            Col(tr("desk.col.what"), 200, lambda i: self._cases[i].title),
        )
        with Container(id="case-part"):
            yield VirtualTable(columns, id="case-list")
            with VerticalScroll(id="case-box", classes="boxed", can_focus=False):
                yield Prose(id="case-detail")
        yield TipList(id="tip-part")

    @property
    def table(self) -> VirtualTable:
        return self.query_one("#case-list", VirtualTable)

    def on_mount(self) -> None:
        self.tips.display = False
        self._new_tips = 0
        self.set_interval(FETCH_EVERY_S, self._fetch_if_seen)

    @property
    def tips(self) -> TipList:
        return self.query_one(TipList)

    def show(self, _: DeskPicture) -> None:
        """Cases and tips change by hand only: they are fetched when the pane opens, after every act, when somebody
        elsewhere has told something, and now and then."""
        if self.desk_app.new_tips != self._new_tips:
            self._new_tips = self.desk_app.new_tips
            self.tips.fetch()
            self._draw_box()

    def focus_first(self) -> None:
        (self.tips if self.tips.display else self).table.focus()
        self.fetch()
        self.tips.fetch()

    def action_tips(self) -> None:
        """From the cases to what people told, and back."""
        self._show_tips(not self.tips.display)
        self.focus_first()

    def _show_tips(self, shown: bool) -> None:
        self.query_one("#case-part").display = not shown
        self.tips.display = shown

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """What is done with a case is not done where none is in sight."""
        return action not in OF_CASES or not self.tips.display

    def selected_mmsi(self) -> int | None:
        if self.tips.display:
            return None
        return next((v.mmsi for v in self._file.vessels if v.mmsi), None) if self._file else None

    def fetch(self, case_no: str = "") -> None:
        """Read the list again and stand on ``case_no``, or where the cursor is."""
        if case_no:
            self._group = 0
            self._show_tips(False)
            self.table.focus()
        states = GROUPS[self._group][1]
        self.desk_app.do(lambda: self.desk.cases(states), then=lambda cases: self._got(cases, case_no))

    def _fetch_if_seen(self) -> None:
        if self.display:
            self.fetch()
            self.tips.fetch()

    def _got(self, cases: list[CaseRow], stand_on: str) -> None:
        self._cases = cases
        self.table.update_list((case.case_no for case in cases), stand_on or None)
        self._open()

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        self._shown_plain = ""
        self._open()

    def _open(self) -> None:
        row = self.table.cursor
        if 0 <= row < len(self._cases):
            number = self._cases[row].case_no
            self.desk_app.do(lambda: self.desk.store.case_file(number), then=self._opened)
        else:
            self._opened(None)

    def _opened(self, found: CaseFile | None) -> None:
        self._file = found
        self._draw_box()
        if found is None:
            text = Text(tr("desk.row_gone" if self._cases else "desk.cases.none"), style="dim")
        else:
            text = case_text(found if found.case.case_no == self._shown_plain else masked(found))
        self.query_one("#case-detail", Prose).put(list(text.split("\n")))

    def _draw_box(self) -> None:
        box = self.query_one("#case-box")
        box.border_title = tr(f"desk.group.{GROUPS[self._group][0]}")
        box.border_subtitle = tr("desk.cases.to_tips", n=self.desk_app.new_tips)

    def action_group(self, step: int) -> None:
        self._group = (self._group + step) % len(GROUPS)
        self.table.release()  # another question: nothing is withheld
        self.fetch()

    # --- acts ---

    def action_step(self) -> None:
        if self._file is not None:
            self.desk_app.on_watch.as_officer(self._ask_step, self._file)

    def _ask_step(self, file: CaseFile) -> None:
        steps = possible(State(file.case.state))
        if not steps:
            self.desk_app.notify(tr("desk.cases.over"))
            return
        options = tuple((t.event, tr(f"case.event.{t.event}")) for t in steps)
        field = Field("event", tr("desk.cases.event"), options=options, needed=True)
        self.desk_app.push_screen(Form(tr("desk.key.case_step"), [field]), self._event_chosen)

    def _event_chosen(self, said: dict[str, str] | None) -> None:
        if said is None or self._file is None:
            return
        step = next(t for t in possible(State(self._file.case.state)) if t.event == said["event"])
        if not step.takes:
            self._do(step, {})
            return
        fields = [need_field(need, self.desk.officer, step.outcomes) for need in step.takes]
        title = tr(f"case.event.{step.event}")
        self.desk_app.push_screen(Form(title, fields), lambda given: self._do(step, given))

    def _do(self, step: Transition, given: dict[str, str] | None) -> None:
        if given is None or self._file is None:
            return
        facts = facts_of(given)
        number = self._file.case.case_no
        self.desk_app.do(lambda: self.desk.case_do(number, step.event, facts), then=self._done)

    def _done(self, done: Refusal | str) -> None:
        if isinstance(done, Refusal):
            self.desk_app.notify(refusal_text(done), severity="warning")
        self.fetch()

    def action_by_hand(self) -> None:
        self.desk_app.on_watch.as_officer(self._ask_case)

    def _ask_case(self) -> None:
        self.desk_app.push_screen(
            Form(tr("desk.key.case_new"), case_fields(Draft(), self.selected_mmsi())), self._by_hand
        )

    def _by_hand(self, said: dict[str, str] | None) -> None:
        if said is not None:
            self.desk_app.do(lambda: self.desk.register_by_hand(said), then=self._registered)

    def action_on_the_spot(self) -> None:
        self.desk_app.on_watch.as_officer(self._ask_settled)

    def _ask_settled(self) -> None:
        fields = [
            *case_fields(Draft(), self.selected_mmsi()),
            *(need_field(need, "") for need in SPOT),
        ]
        self.desk_app.push_screen(Form(tr("desk.key.on_the_spot"), fields), self._settle)

    def _settle(self, said: dict[str, str] | None) -> None:
        if said is not None:
            facts = facts_of({name: said[name] for name in map(typed_name, SPOT)})
            self.desk_app.do(lambda: self.desk.settle_on_the_spot(said, facts), then=self._settled)

    def _settled(self, done: Refusal | str) -> None:
        if isinstance(done, Refusal):
            self.desk_app.notify(refusal_text(done), severity="warning")
        else:
            self._registered(done)

    def _registered(self, case_no: str) -> None:
        self.desk_app.notify(tr("desk.cases.registered", case_no=case_no))
        self.fetch(case_no)

    def action_unmask(self) -> None:
        if self._file is not None:
            self.desk_app.on_watch.as_officer(self._ask_why)

    def _ask_why(self) -> None:
        field = Field("reason", tr("desk.dossier.reason"), needed=True)
        self.desk_app.push_screen(Form(tr("desk.dossier.unmask"), [field]), self._unmask)

    def _unmask(self, said: dict[str, str] | None) -> None:
        if said is not None and self._file is not None:
            number = self._file.case.case_no
            self.desk_app.do(lambda: self.desk.unmask_case(number, said["reason"]), then=self._unmasked)

    def _unmasked(self, found: CaseFile) -> None:
        self._shown_plain = found.case.case_no
        self._opened(found)


def case_fields(draft: Draft, mmsi: int | None) -> list[Field]:
    """What a case is registered with; ``draft`` fills in what is known."""
    causes = tuple((code, tr(f"case.cause.{code}")) for code in CAUSES)
    shown = shown_draft(draft)
    vessels = shown["vessels"] or (str(mmsi) if mmsi else "")
    return [
        Field("title", tr("desk.case.title"), shown["title"]),
        Field("cause", tr("desk.case.cause"), draft.cause, options=causes, needed=True),
        Field("vessels", tr("desk.case.vessels"), vessels),
        Field("applicant", tr("desk.case.applicant"), shown["applicant"]),
        Field("respondent", tr("desk.case.respondent"), shown["respondent"]),
        Field("place", tr("desk.case.place"), draft.place),
    ]


def need_field(need: str, officer: str, outcomes: Sequence[str] = ()) -> Field:
    """One thing a step needs, as it is asked for: amounts in yuan, choices by number."""
    words = tr(f"case.need.{need}")
    if need in TRUTHS:
        return Field(need, words, options=(("yes", tr("desk.yes")), ("no", tr("desk.no"))), needed=True)
    if need == "outcome":
        return Field(need, words, options=tuple((o, tr(f"case.outcome.{o}")) for o in outcomes), needed=True)
    if need == "form":
        return Field(need, words, options=tuple((f, tr(f"case.form.{f}")) for f in ("written", "oral")), needed=True)
    return Field(typed_name(need), words, officer if need == "lead" else "", needed=True)


def facts_of(said: Mapping[str, str]) -> dict[str, Any]:
    return dict(fact_of(name, typed) for name, typed in said.items())


def refusal_text(refusal: Refusal) -> str:
    field = tr(f"case.need.{refusal.field}") if refusal.field else ""
    return tr(f"case.refusal.{refusal.reason}", field=field)


def case_text(file: CaseFile) -> Text:
    case, out = file.case, Text()
    out.append(f"{case.case_no}  {tr(f'case.state.{case.state}')}\n", "bold")
    out.append(plain(case.title) + "\n")
    out.append(f"{tr(f'case.cause.{case.cause}')}  {tr('desk.col.lead')} {plain(case.lead) or '--'}\n")
    when = {"begins": day_clock(case.occurred_from_ms), "ends": day_clock(case.occurred_to_ms)}
    at = "" if case.lon_deg is None or case.lat_deg is None else position_text(case.lon_deg, case.lat_deg)
    out.append(tr("desk.case.when", **when, place=f"{plain(case.place)} {at}".strip() or "--") + "\n")
    for vessel in file.vessels:
        out.append(f"  {tr(f'case.role.{vessel.role}')}  {plain(vessel.name)}  {vessel.mmsi or ''}\n")
    for party in file.parties:
        name = plain(party.name) or tr("desk.case.unknown")
        out.append(f"  {tr(f'case.side.{party.side}')}  {name}  {plain(party.phone)}\n")
    if file.track is not None:
        out.append(tr("desk.case.track", n=file.track.positions, sha256=file.track.sha256[:16]) + "\n")
    if case.amount_fen or case.terms:
        money = {"amount": case.amount_fen / 100, "paid": case.paid_fen / 100}
        out.append(tr("desk.case.agreed", terms=plain(case.terms) or "--", **money) + "\n")
    if case.outcome:
        out.append(tr("desk.case.outcome", outcome=tr(f"case.outcome.{case.outcome}")) + "\n")
    out.append("\n" + tr("desk.case.steps") + "\n", "bold")
    for step in file.steps:
        moved = f"{tr(f'case.event.{step.event}')} -> {tr(f'case.state.{step.target}')}"
        out.append(f"  {day_clock(step.at_ms)} {plain(step.officer)} {moved}\n")
    nexts = "  ".join(tr(f"case.event.{t.event}") for t in possible(State(case.state)))
    out.append("\n" + tr("desk.case.next", events=nexts or "--") + "\n")
    return out
