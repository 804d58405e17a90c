"""The alerts pane: everything listed, and of the one chosen its sentence, how it stands now, its life, what is owed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.worker import Worker

from fengqiao.app.acts import limits_in
from fengqiao.app.call_sheet import Scene, meeting_of, scene_of_alert
from fengqiao.app.held_back import HeldBack
from fengqiao.desk.dialogs.form import Field, Form
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.look import mark_of, priority_word, sentence, state_word, style_of
from fengqiao.desk.pane import Pane
from fengqiao.desk.panes.out_of_service import OutOfService, outage_of, outages, until_text
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.spot import Spot, vessel_spot
from fengqiao.desk.text import ago, clock, position_text, tr
from fengqiao.desk.widgets.prose import Prose
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.model.findings import ChangeKind, Priority
from fengqiao.model.inputs import ActKind
from fengqiao.nav import NM_M
from fengqiao.store.duty_tables import OutcomeRow
from fengqiao.store.tables import AlertChangeRow, AlertRow
from fengqiao.words import plain

WHOLE = re.compile("[0-9]{1,4}")
SHELF_MIN = 30  # minutes offered
# What of an alert's facts the sentence leaves out and an officer asks for; ``desk.fact.<rule>`` words them.
FACTS = ("collision", "zone", "gap", "gale", "distress")


class AlertsPane(Pane):
    DEFAULT_CSS = """
    AlertsPane { layout: vertical; }
    AlertsPane #alert-list { height: 2fr; min-height: 6; }
    AlertsPane #alert-box { height: 3fr; }
    """

    BINDINGS: ClassVar[list[Any]] = [
        Binding("z", "shelve", "desk.key.shelve"),
        Binding("m", "transfer", "desk.key.transfer"),
        Binding("x", "out_of_service", "desk.key.out_of_service"),
        Binding("h", "held", "desk.key.held"),
        Binding("f", "fold", "desk.key.fold", show=False),
    ]

    def compose(self) -> ComposeResult:
        self._alerts: tuple[AlertRow, ...] = ()  # a line each; what is folded away has none
        self._folded = Folded()
        self._unfolded = False  # the officer wants to see every line, flood or not
        self._life: tuple[list[AlertChangeRow], list[OutcomeRow]] = ([], [])
        self._read: tuple[str, int, str, bool] | None = None  # the state in which ``_life`` was asked for
        self._picture = DeskPicture()
        columns = (
            Col("", 3, lambda i: mark_of(self._alerts[i])),
            Col(tr("desk.col.priority"), 7, lambda i: priority_word(self._alerts[i])),
            Col(tr("desk.col.rule"), 9, lambda i: tr(f"rule.{self._alerts[i].rule}")),
            Col(tr("desk.col.vessels"), 30, self._whom),
            Col(tr("desk.col.raised"), 6, lambda i: clock(self._alerts[i].raised_ms)[:5]),
            Col(tr("desk.col.age"), 4, self._age, right=True),
            Col(tr("desk.col.state"), 13, self._state),
            Col(tr("desk.col.what"), 200, lambda i: sentence(self._alerts[i]), keep=1),
        )
        yield VirtualTable(columns, self._style, id="alert-list")
        yield OutOfService(id="alert-out")
        with VerticalScroll(id="alert-box", classes="boxed", can_focus=False):
            yield Prose(id="alert-detail")

    @property
    def table(self) -> VirtualTable:
        return self.query_one("#alert-list", VirtualTable)

    def show(self, picture: DeskPicture) -> None:
        chosen = self._chosen
        self._picture = picture
        self._folded = Folded() if self._unfolded else folded(picture)
        self._alerts = tuple(a for a in picture.alerts if a.alert not in self._folded.away)
        if chosen is not None and not chosen.acked and any(a.alert == chosen.alert and a.acked for a in self._alerts):
            self.table.hold()  # acknowledged where it stands: the next one is below it, not below where it will go
        self.table.update_list(alert.alert for alert in self._alerts)
        self._show_out(picture)
        self._follow()

    def _show_out(self, picture: DeskPicture) -> None:
        part = self.query_one(OutOfService)
        if part.table.has_focus and not outages(picture):
            self.table.focus()  # the last line goes, and keys must go somewhere
        part.show(picture)

    def focus_first(self) -> None:
        self.table.focus()

    def selected_alert(self) -> str | None:
        chosen = self._chosen
        return chosen.alert if chosen else None

    def with_folded(self, alert: str) -> tuple[str, ...]:
        return tuple(a.alert for a in self._folded.lines.get(alert, ()) if not a.acked) or (alert,)

    def action_shelve(self) -> None:
        """Put it on the shelf with reason and end; one that is there is taken off it, without a question."""
        alert = self._chosen
        if alert is None:
            return
        if alert.state.get("shelved_until_ms"):
            act, done = self.desk_app.act, tr("desk.alert.unshelved")
            self.desk_app.on_watch.as_officer(act, ActKind.UNSHELVE, alert.alert, {}, done)
        else:
            self.desk_app.on_watch.as_officer(self._ask_shelf, alert)

    def _ask_shelf(self, alert: AlertRow) -> None:
        most = limits_in(self._picture.meta)["shelf_min_max"]
        label, offered = tr("desk.shelve.minutes", most=most), str(min(SHELF_MIN, most))
        fields = (
            Field("minutes", label, offered, needed=True, amiss=self._minutes_amiss),
            Field("reason", tr("desk.shelve.reason"), needed=True),
        )

        def send(said: dict[str, str], form: Form) -> Worker[None]:
            minutes = int(said["minutes"])
            facts, done = {"minutes": minutes, "reason": said["reason"]}, tr("desk.alert.shelved", minutes=minutes)
            return self.desk_app.act(ActKind.SHELVE, alert.alert, facts, done, form)

        self.desk_app.push_screen(Form(tr("desk.key.shelve"), fields, sentence(alert), send))

    def _minutes_amiss(self, typed: str) -> str:
        most = limits_in(self._picture.meta)["shelf_min_max"]
        good = WHOLE.fullmatch(typed) is not None and 1 <= int(typed) <= most
        return "" if good else tr("desk.shelve.amiss", minutes=most)

    def action_transfer(self) -> None:
        """Hand it over to a person or a seat, on record."""
        if self._chosen is not None:
            self.desk_app.on_watch.as_officer(self._ask_receiver, self._chosen.alert)

    def _ask_receiver(self, alert: str) -> None:
        fields = (Field("to", tr("desk.transfer.to"), needed=True),)

        def send(said: dict[str, str], form: Form) -> Worker[None]:
            done = tr("desk.alert.transferred", to=said["to"])
            return self.desk_app.act(ActKind.TRANSFER, alert, {"to": said["to"]}, done, form)

        self.desk_app.push_screen(Form(tr("desk.key.transfer"), fields, tr("desk.transfer"), send))

    def action_out_of_service(self) -> None:
        self.query_one(OutOfService).take_out(self._chosen)

    def action_held(self) -> None:
        """Everything that is followed and told to nobody."""
        self.desk_app.do(self.desk.held_back, then=self._show_held)

    def _show_held(self, held: HeldBack) -> None:
        lines = "\n".join(held.lines(self.desk.lang))
        self.desk_app.push_screen(Sheet(tr("desk.key.held"), Text(lines)))

    def action_fold(self) -> None:
        self._unfolded = not self._unfolded
        self.show(self._picture)

    def selected_mmsi(self) -> int | None:
        chosen = self._chosen
        return chosen.mmsi[0] if chosen and chosen.mmsi else None

    def spot(self) -> Spot | None:
        return alert_spot(self._chosen, self._picture) if self._chosen else None

    def next_unacknowledged(self) -> None:
        """The next one below the cursor that nobody has seen, from the top again after the last."""
        rows, here = self.table.order.tolist(), self.table.cursor
        at = rows.index(here) + 1 if here in rows else 0
        for row in rows[at:] + rows[:at]:
            if not self._alerts[row].acked:
                self.table.go_to(row)
                return

    @property
    def _chosen(self) -> AlertRow | None:
        row = self.table.cursor
        return self._alerts[row] if 0 <= row < len(self._alerts) else None

    @on(VirtualTable.Chosen)
    def _went(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        self._follow()
        if event.opened:
            self.desk_app.action_locate()

    def _follow(self) -> None:
        """Draw the chosen alert; when it has changed since its life was read, read that again."""
        alert = self._chosen
        if alert is not None:
            state = (alert.alert, alert.at_ms, alert.change, alert.alert in self.desk_app.owed)
            if state != self._read:
                self._read = state
                self._fetch(alert.alert)
        self._draw()

    def _fetch(self, alert: str) -> None:
        store, run = self.desk.store, self._picture.run_id
        self.desk_app.do(lambda: (store.changes(run, alert=alert), store.outcomes(run, alert)), then=self._got)

    def _got(self, life: tuple[list[AlertChangeRow], list[OutcomeRow]]) -> None:
        self._life = life
        self._draw()

    def _draw(self) -> None:
        alert, owed, box = self._chosen, len(self.desk_app.owed), self.query_one("#alert-box")
        box.border_title = plain(alert.alert) if alert else ""
        said = (tr("desk.alert.owed_count", n=owed) if owed else "", self._folded.words())
        box.border_subtitle = "  ".join(filter(None, said))
        self.query_one("#alert-detail", Prose).put(self._detail(alert))

    def _detail(self, alert: AlertRow | None) -> list[Text]:
        if alert is None:
            return [Text(tr("desk.row_gone" if self._alerts else "desk.chart.no_alerts"), style="dim")]
        lines = [Text(plain(sentence(alert)), style="bold"), *now_lines(alert, self._picture)]
        lines += fact_lines(alert) + state_lines(alert)
        if alert.active and (outage := outage_of(alert, self._picture)):
            lines.append(Text(tr("desk.out.covered", until=until_text(outage.until_ms)), style="bold"))
        for other in self._folded.lines.get(alert.alert, ())[1:]:
            lines.append(Text(f"{mark_of(other)} {plain(sentence(other))}"))
        changes, outcomes = self._life
        if changes and changes[0].alert == alert.alert:
            lines += [Text(""), Text(tr("desk.alert.timeline"), style="bold"), *map(change_line, changes)]
            lines += [outcome_line(outcome) for outcome in outcomes]
        if alert.alert in self.desk_app.owed:
            lines.append(Text(tr("desk.alert.owed"), style="bold reverse"))
        return lines

    def _style(self, row: int) -> str:
        alert = self._alerts[row]
        return style_of(self.desk_app, alert) if alert.active else "dim"

    def _state(self, row: int) -> str:
        alert = self._alerts[row]
        # What calls anew is not seen: that comes before what is owed for having seen it once.
        seen = alert.active and alert.acked and not alert.state.get("shelved_until_ms")
        if seen and alert.alert in self.desk_app.owed:
            return tr("desk.alert.state.owed")
        return state_word(alert, self._picture.time_ms)

    def _whom(self, row: int) -> str:
        alert = self._alerts[row]
        fold = self._folded.lines.get(alert.alert)
        return (
            about(alert, self._picture) if fold is None else tr("desk.alert.fold", name=fold_name(alert), n=len(fold))
        )

    def _age(self, row: int) -> str:
        return ago((self._picture.time_ms - self._alerts[row].raised_ms) / 1000)


@dataclass(frozen=True, slots=True)
class Folded:
    """In a flood: the line of an alert that stands for several, by its id, and the ids that have no line."""

    lines: Mapping[str, Sequence[AlertRow]] = field(default_factory=dict)
    away: frozenset[str] = frozenset()
    cautions: int = 0

    def words(self) -> str:
        if not self.away:
            return ""
        return tr("desk.alert.flood", cautions=self.cautions, folds=len(self.lines))


def folded(picture: DeskPicture) -> Folded:
    """What the watch says of a flood, of the alerts that are listed; the first of a fold in the list stands for it."""
    flood = picture.meta.get("book", {}).get("flood", {})
    if not flood.get("on"):
        return Folded()
    ships = {alert: fold["mmsi"] for fold in flood["folds"] for alert in fold["alerts"]}
    by_ship: dict[int, list[AlertRow]] = {}
    for alert in picture.alerts:
        if alert.alert in ships and alert.priority == Priority.WARNING:  # it may have risen since the frame was made
            by_ship.setdefault(ships[alert.alert], []).append(alert)
    lines = {of[0].alert: of for of in by_ship.values() if len(of) > 1}
    hidden = {a.alert for a in picture.alerts if a.priority == Priority.CAUTION} & set(flood["hidden"])
    away = frozenset(hidden | {a.alert for of in lines.values() for a in of[1:]})
    return Folded(lines, away, len(hidden))


def fold_name(alert: AlertRow) -> str:
    """The merchant ship by the name her alerts give her."""
    return plain(str(alert.facts.get("a", "")))


def state_lines(alert: AlertRow) -> list[Text]:
    """Who has it, until when it is on the shelf and why, how far it was escalated."""
    state, out = alert.state, []
    if state.get("escalated"):
        out.append(Text(tr(f"escalated.{state['escalated']}"), style="bold"))
    if state.get("shelved_until_ms"):
        until = clock(state["shelved_until_ms"])
        out.append(Text(tr("desk.alert.on_shelf", until=until, reason=plain(state["shelf_reason"]))))
    if state.get("holder"):
        out.append(Text(tr("desk.alert.holder", holder=plain(state["holder"]))))
    if state.get("suppressed"):
        out.append(Text(tr("desk.alert.suppressed", suppressed=state["suppressed"])))
    return out


def scene_of(picture: DeskPicture) -> Scene:
    return Scene(picture.time_ms, picture.vessels, picture.names, picture.fishing, picture.lost, picture.register)


def alert_spot(alert: AlertRow, picture: DeskPicture) -> Spot | None:
    """Where to go for an alert, as its call sheet has it; None for one about no place."""
    place = scene_of_alert(alert, scene_of(picture))
    if place is None:
        return None
    heard = (spot for mmsi in alert.mmsi if (spot := vessel_spot(picture, mmsi)) and spot.place == place)
    age_s = next((spot.age_s for spot in heard), (picture.time_ms - alert.at_ms) / 1000)
    return Spot(about(alert, picture), place, tuple(alert.mmsi), age_s)


def about(alert: AlertRow, picture: DeskPicture) -> str:
    """Whom it is about, in few words: the vessels by the names they have now, else the waters or the feed."""
    names = [_name(mmsi, picture) for mmsi in alert.mmsi]
    waters = alert.facts.get("area_zh" if tr("lang") == "zh" else "area_en")
    return " / ".join(names) or str(waters or alert.facts.get("feed") or "--")


def _name(mmsi: int, picture: DeskPicture) -> str:
    row = picture.row_of(mmsi)
    return str(picture.names[row]) if row >= 0 else str(mmsi)


def now_lines(alert: AlertRow, picture: DeskPicture) -> list[Text]:
    """How the two stand to each other now: the sentence above them was true when the alert last changed."""
    lines = [Text(tr("desk.alert.as_of", clock=clock(alert.at_ms)), style="dim")]
    if alert.rule == "collision" and len(alert.mmsi) >= 2:
        met, at = meeting_of(alert, scene_of(picture)), clock(picture.time_ms)
        if met is None:
            lines.append(Text(tr("desk.alert.now.unknown", clock=at), style="bold"))
        else:
            facts = {"range_nm": met.range_nm, "cpa_m": met.cpa_nm * NM_M, "tcpa_min": met.tcpa_s / 60.0}
            style = "bold" if met.stage == "ahead" else ""
            lines.append(Text(tr(f"desk.alert.now.{met.stage}", clock=at, **facts), style=style))
    if alert.lon_deg is not None and alert.lat_deg is not None:
        lines.append(Text(tr("desk.alert.position", position=position_text(alert.lon_deg, alert.lat_deg))))
    return lines


def fact_lines(alert: AlertRow) -> list[Text]:
    out = []
    if alert.message.endswith("_suspected"):
        out.append(Text(tr("desk.alert.unchecked")))
    known = {name: "--" if value in (None, "") else value for name, value in alert.facts.items()}
    said = tr(f"desk.fact.{alert.rule}", **known) if alert.rule in FACTS else ""
    # Old alerts and rare messages of a rule lack some of its facts: then the sentence has to do.
    if said and not said.startswith("desk.fact."):
        out += [Text(line, style="dim") for line in said.split("\n")]
    if alert.facts.get("text_to"):
        out.append(Text(tr("desk.fact.text_to", mmsi=f"{alert.facts['text_to']:09d}"), style="dim"))
    return out


def change_line(change: AlertChangeRow) -> Text:
    """One step of its life. An escalation says which: to an alarm and to the shift leader are two."""
    step = change.state.get("escalated") if change.change == ChangeKind.ESCALATED else ""
    what = tr(f"escalated.{step}") if step else tr(f"change.{change.change}")
    level = "" if step else tr(f"priority.{Priority(change.priority).word}")
    said = filter(None, (clock(change.at_ms), what, level, plain(change.actor), plain(change.note)))
    return Text(f"  {'  '.join(said)}")


def outcome_line(given: OutcomeRow) -> Text:
    words = (tr("desk.alert.outcome"), tr(f"outcome.{given.outcome}"), plain(given.officer), plain(given.text))
    return Text(f"  {clock(given.at_ms)}  {'  '.join(filter(None, words))}")
