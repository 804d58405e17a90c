"""What is out of service: listed with end and reason as long as it is, put back by a key; and the form that takes a
rule, a feed, a zone or a vessel out, from an alert that it would no longer tell.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.worker import Worker

from fengqiao.alerts import Outage, never_withheld, sources_of
from fengqiao.app.acts import limits_in
from fengqiao.desk.dialogs.form import Field, Form
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.look import sentence
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import BEIJING, day_clock, tr
from fengqiao.desk.widgets.virtual_table import Col, VirtualTable
from fengqiao.model.findings import Priority
from fengqiao.model.inputs import ActKind
from fengqiao.store.tables import AlertRow
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp

SHOWN_MAX = 3  # lines; what is beyond them is scrolled to
MINUTES_SHOWN = 480  # offered: a shift, as by command
CLOCK_MINUTES_MAX = 720  # a clock time farther ahead is most likely one that has just passed, and not tomorrow's
MINUTES = re.compile("[0-9]{1,5}")
CLOCK = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])")
FULL_WIDTH = str.maketrans("０１２３４５６７８９：", "0123456789:")  # what a Chinese input method types

Source = tuple[str, str]  # kind and name, as in ``alerts.service``


class OutOfService(Container):
    """A line each, the first to end first; nothing is drawn where everything is in service."""

    DEFAULT_CSS = """
    OutOfService { height: auto; }
    OutOfService VirtualTable { background: $surface; }
    """
    BINDINGS: ClassVar[list[Any]] = [Binding("x", "back", "desk.key.in_service")]

    def compose(self) -> ComposeResult:
        self._out: Sequence[Outage] = ()
        self._picture = DeskPicture()
        self._zones: Mapping[str, str] | None = None  # names by id, once one of them is out of service
        columns = (
            Col(tr("desk.out.title"), 27, lambda i: self._named(self._out[i])),
            Col(tr("desk.out.until"), 11, lambda i: until_text(self._out[i].until_ms)),
            Col(tr("desk.col.officer"), 8, lambda i: self._out[i].actor, keep=1),
            Col(tr("desk.out.reason"), 200, lambda i: self._out[i].reason),
        )
        yield VirtualTable(columns, lambda _: "bold", id="out-list")

    def on_mount(self) -> None:
        self.display = False

    @property
    def table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    @property
    def desk_app(self) -> "DeskApp":
        from fengqiao.desk.app import DeskApp

        app = self.app
        assert isinstance(app, DeskApp)
        return app

    def show(self, picture: DeskPicture) -> None:
        self._picture, self._out = picture, outages(picture)
        self.table.styles.height = 1 + min(len(self._out), SHOWN_MAX)
        self.display = bool(self._out)
        self.table.update_list((outage.kind, outage.name) for outage in self._out)
        if self._zones is None and any(outage.kind == "zone" for outage in self._out):
            self._zones = {}
            self.desk_app.do(self.desk_app.desk.zone_names, then=self._got_zones)

    def _got_zones(self, names: Mapping[str, str]) -> None:
        self._zones = names
        self.show(self._picture)

    def _named(self, outage: Outage) -> str:
        return source_name((outage.kind, outage.name), self._picture, (self._zones or {}).get(outage.name, ""))

    @on(VirtualTable.Chosen)
    def _chosen(self, event: VirtualTable.Chosen) -> None:
        event.stop()
        if event.opened:
            outage = self._out[event.row]
            self.app.push_screen(Sheet(self._named(outage), outage_text(outage)))

    def action_back(self) -> None:
        """Back into service, without a question: nothing is told less by it."""
        row = self.table.cursor
        if 0 <= row < len(self._out):
            outage = self._out[row]
            done = tr("desk.out.back", what=self._named(outage))
            self.desk_app.on_watch.as_officer(
                self.desk_app.act, ActKind.IN_SERVICE, f"{outage.kind}:{outage.name}", {}, done
            )

    def take_out(self, alert: AlertRow | None) -> None:
        """Ask what of this alert, until when and why; without an alert go to what is out of service."""
        app = self.desk_app
        if alert is None:
            self.table.focus() if self._out else app.notify(tr("desk.no_alert"))
        elif never_withheld(alert.rule, Priority(alert.priority)):
            app.notify(tr("refusal.never_withheld"), severity="warning")
        else:
            app.on_watch.as_officer(self._ask, alert)

    def _ask(self, alert: AlertRow) -> None:
        out = {(outage.kind, outage.name) for outage in self._out}
        sources = [source for source in sources_of(alert.rule, alert.key, alert.mmsi, alert.zone) if source not in out]
        if not sources:  # it is on its way off the list
            self.desk_app.notify(tr("refusal.already_out_of_service"))
            return
        zone = str(alert.facts.get("zone_zh" if tr("lang") == "zh" else "zone_en") or "")
        names = {source: source_name(source, self._picture, zone) for source in sources}
        most = minutes_max(self._picture)
        fields = (
            Field("what", tr("desk.out.what"), options=offers(names), needed=True, listed=True),
            Field("until", tr("desk.out.ends"), str(min(MINUTES_SHOWN, most)), needed=True, amiss=self._amiss),
            Field("reason", tr("desk.shelve.reason"), needed=True),
        )
        intro = f"{sentence(alert)}\n{tr('desk.out.intro', hours=most / 60)}"
        send = partial(self._take_out, names)
        self.desk_app.push_screen(Form(tr("desk.key.out_of_service"), fields, intro, send))

    def _amiss(self, typed: str) -> str:
        most = minutes_max(self._picture)
        minutes = minutes_until(typed, self.desk_app.desk.time_ms())
        return "" if minutes is not None and 1 <= minutes <= most else tr("desk.out.amiss", minutes=most)

    def _take_out(self, names: Mapping[Source, str], said: Mapping[str, str], form: Form) -> Worker[None] | None:
        at_ms = self.desk_app.desk.time_ms()
        minutes = minutes_until(said["until"], at_ms)
        if minutes is None:  # the clock has come to it since the form looked
            form.answered(self._amiss(said["until"]))
            return None
        kind, _, name = said["what"].partition(":")
        done = tr("desk.out.taken", what=names[kind, name], until=until_text(at_ms + minutes * 60_000))
        facts = {"minutes": minutes, "reason": said["reason"]}
        return self.desk_app.act(ActKind.OUT_OF_SERVICE, said["what"], facts, done, form)


def outages(picture: DeskPicture) -> list[Outage]:
    """What the watch says is out of service and has not come to its end; the first to end first."""
    told = (Outage(**each) for each in picture.meta.get("book", {}).get("out_of_service", ()))
    return sorted((o for o in told if o.until_ms > picture.time_ms), key=lambda o: (o.until_ms, o.kind, o.name))


def outage_of(alert: AlertRow, picture: DeskPicture) -> Outage | None:
    """By what an alert that is listed is told no more: it leaves the list when its time to hold is over."""
    if never_withheld(alert.rule, Priority(alert.priority)):
        return None
    mine = sources_of(alert.rule, alert.key, alert.mmsi, alert.zone)
    return next((outage for outage in outages(picture) if (outage.kind, outage.name) in mine), None)


def minutes_max(picture: DeskPicture) -> int:
    """For how long the centre allows it at most."""
    return limits_in(picture.meta)["out_of_service_min_max"]


def minutes_until(typed: str, at_ms: int) -> int | None:
    """Whole minutes typed as such, or until Beijing clocks next show ``HH:MM``, within half a day; None for neither."""
    said = typed.strip().translate(FULL_WIDTH)
    if MINUTES.fullmatch(said):
        return int(said)
    clock = CLOCK.fullmatch(said)
    if clock is None:
        return None
    now = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING)
    then = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
    then += timedelta(days=then <= now)
    minutes = ceil((then - now) / timedelta(minutes=1))
    return minutes if minutes <= CLOCK_MINUTES_MAX else None


def source_name(source: Source, picture: DeskPicture, zone: str) -> str:
    """What it is, in words; ``zone`` is the name of the zone, if it is one and known by a name."""
    kind, name = source
    if kind == "rule":
        name = tr(f"rule.{name}")
    elif kind == "vessel":
        row = picture.row_of(int(name))
        name = str(picture.names[row]) if row >= 0 else name
    elif kind == "zone":
        name = zone or name
    return f"{tr(f'kind.{kind}')} {plain(name)}"


def offers(names: Mapping[Source, str]) -> tuple[tuple[str, str], ...]:
    """As choices of a form: the target of the act, and what would no longer be told."""
    return tuple((":".join(source), tr(f"desk.out.covers_{source[0]}", what=name)) for source, name in names.items())


def until_text(until_ms: int) -> str:
    """MM-DD HH:MM: it may be tomorrow."""
    return day_clock(until_ms)[:-3]


def outage_text(outage: Outage) -> Text:
    """One of them, whole."""
    span = tr("desk.out.span", begins=until_text(outage.from_ms), until=until_text(outage.until_ms))
    return Text("\n").join(
        map(Text, (span, f"{tr('desk.col.officer')} {plain(outage.actor)}", "", plain(outage.reason)))
    )
