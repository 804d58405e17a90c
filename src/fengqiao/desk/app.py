"""The desk as a Textual app: it reads a picture once a second and hands it to the pane that is visible."""

import asyncio
import gc
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding
from textual.filter import Monochrome, NoColor
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import ContentSwitcher
from textual.worker import Worker, WorkerState

from fengqiao.app.acts import Performed
from fengqiao.app.casework import Draft
from fengqiao.app.clock_said import clock_said
from fengqiao.desk.actions import PANES, bindings
from fengqiao.desk.desk import Desk
from fengqiao.desk.dialogs.call_sheet import CallSheet
from fengqiao.desk.dialogs.dossier import Dossier
from fengqiao.desk.dialogs.form import Form
from fengqiao.desk.dialogs.help import HelpDialog, key_name
from fengqiao.desk.dialogs.log_line import LogLine
from fengqiao.desk.dialogs.nearest import NearestSheet
from fengqiao.desk.dialogs.outcome import OutcomeDialog
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.dialogs.sign_on import SignOnDialog
from fengqiao.desk.narrow import NarrowOnly
from fengqiao.desk.pane import Pane
from fengqiao.desk.panes import PANE_CLASSES
from fengqiao.desk.panes.alerts import AlertsPane, alert_spot
from fengqiao.desk.panes.cases import CasesPane, case_fields
from fengqiao.desk.panes.chart import ChartPane
from fengqiao.desk.panes.duty import DutyPane
from fengqiao.desk.panes.targets import TargetsPane
from fengqiao.desk.picture import DeskPicture, Mode
from fengqiao.desk.source import PictureSource, in_order
from fengqiao.desk.text import Language, ago, clock, fault_text, tr
from fengqiao.desk.themes import AUTO, ORDER, THEMES, palette_at
from fengqiao.desk.widgets.top import Key, Keys, Line
from fengqiao.model.errors import FengqiaoError
from fengqiao.model.findings import Priority
from fengqiao.model.inputs import ActKind
from fengqiao.store.database import Store
from fengqiao.store.tables import AlertRow

READ_EVERY_S = 0.5
BLINK_EVERY_S = 0.5
SILENCE_S = 30.0  # IMO MSC.302(87) 7.3.5: the sound comes back after thirty seconds
BELL_EVERY_S = 30.0
URGENT = ("acknowledge", "silence")  # of the keys below, shown before those of pane and dialog
HELP = "help_panel"
TAKEN_S = 5.0  # a watch takes an act within a fifth of a second; after five something is wrong


class DeskScreen(Screen[None]):
    """The one screen under all dialogs; its footer speaks the desk's language."""

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """Binding descriptions are message ids; they become words where footer and help read them."""
        return {key: _worded(active) for key, active in super().active_bindings.items()}


class DeskApp(App[None]):
    CSS_PATH = "desk.tcss"
    TITLE = "海上枫桥"
    BINDINGS: ClassVar[list[Any]] = bindings()
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (150, "-xwide")]
    # Only the desk's own keys: quitting asks first, and nothing may shadow what a watch cannot wait for.
    animation_level = "none"

    def __init__(self, folder: Path, store: Store, lang: str, *, ascii_only: bool = False, palette: str = AUTO) -> None:
        super().__init__()
        Language.now = lang
        self.desk = Desk(folder, store, lang)
        self.source = PictureSource(folder, store)
        self.picture = DeskPicture()
        self.ascii_only = ascii_only
        if self.no_color:  # none at all, not shades of grey: no style of the desk says anything by hue alone
            self._filters = [NoColor() if isinstance(each, Monochrome) else each for each in self._filters]
        if ascii_only:
            self._filters.append(NarrowOnly())
        self.wanted = palette  # what the officer chose: a palette, or that it follow the sun
        self.palette = self._palette_now()
        self.blink = True
        self._silent_until = 0.0
        self._bell_at = 0.0
        self._heard: set[tuple[str, str]] = set()  # alerts that have sounded, and how far they had been escalated
        self.new_tips = 0  # told by somebody, and not yet a case
        self.owed: set[str] = set()  # alarms acknowledged of which nobody has said what came
        self._here: dict[str, float] = {}  # acknowledged here, shown so until then whatever the store says
        self._last: AlertRow | None = None  # the alert acknowledged last; it may have left the list since
        self._warned = False  # that leaving now leaves alerts unseen
        self._clock: Callable[[], float] = self._loop_time

    def get_default_screen(self) -> Screen[None]:
        return DeskScreen()

    def compose(self) -> ComposeResult:
        yield Line(id="head")
        yield Line(id="banner")
        with ContentSwitcher(initial=PANES[0], id="body"):
            for name in PANES:
                yield PANE_CLASSES[name](id=name)
        yield Keys(id="keys")

    def on_mount(self) -> None:
        for theme in THEMES.values():
            self.register_theme(theme)
        self._wear(self.palette)
        if self.ascii_only:
            self.add_class("-ascii")
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._draw_keys())
        self.screen_change_signal.subscribe(self, lambda _: self._draw_keys())
        self.read_soon()
        self.set_interval(READ_EVERY_S, self.read_soon)
        self.set_interval(BLINK_EVERY_S, self._toggle)
        self.pane.focus_first()
        self.do(self._see_who_is_on)
        self.call_after_refresh(_settle_memory)

    # --- what is seen ---

    @property
    def pane(self) -> Pane:
        current = self.query_one("#body", ContentSwitcher).current
        return self.query_one(f"#{current}", Pane)

    def receive(self, picture: DeskPicture) -> None:
        """A new picture: everything that is visible follows it."""
        self.picture = self.desk.picture = replace(picture, alerts=self._as_acknowledged(picture.alerts))
        picture = self.picture
        self._follow_sun()
        with self.batch_update():
            self._draw_head()
            self._draw_banner()
            self._draw_keys()
            self.pane.show(picture)
        self._sound()

    def _as_acknowledged(self, alerts: tuple[AlertRow, ...]) -> tuple[AlertRow, ...]:
        """What was acknowledged here shows so at once; if the watch has not taken it in a while, it shows so again."""
        now = self._clock()
        self._here = {alert: until for alert, until in self._here.items() if until > now}
        seen = [_acked(a) if a.alert in self._here and not a.acked else a for a in alerts]
        return tuple(in_order(seen))

    def read_soon(self) -> None:
        """Something was written: do not wait for the next half second to show it."""
        self.run_worker(self._read_picture, group="read", exclusive=True, thread=True, exit_on_error=False)

    def _read_picture(self) -> None:
        before, officer = self.desk.officer, self.desk.who_is_on()
        picture = self.source.read()
        owed = {alert.alert for alert in self.desk.store.owed_outcomes(picture.run_id)}
        new_tips = self.desk.store.new_tips()
        self.call_from_thread(self._take, picture, owed, new_tips, before, officer)

    def _take(self, picture: DeskPicture, owed: set[str], new_tips: int, before: str, officer: str) -> None:
        if self.is_mounted_whole:
            self.owed, self.new_tips = owed, new_tips
            # The seat may have passed on at another desk or by command; unless it just did here, after the reading.
            if self.desk.officer == before:
                self.desk.officer = officer
            self.receive(picture)

    @property
    def is_mounted_whole(self) -> bool:
        """Before the first and after the last frame there is nothing to draw on."""
        return self.is_running and bool(self.query("#banner"))

    def _toggle(self) -> None:
        if not self.is_mounted_whole:
            return
        self.blink = not self.blink
        self._draw_banner()
        self.pane.beat(self.blink)

    def _draw_head(self) -> None:
        mode, right = self.picture.mode, self._head_right()
        first = [] if mode is Mode.LIVE else [(f" {tr(f'desk.mode.{mode}')} ", Style(bold=True, reverse=True))]
        title = (f" {tr('desk.title' if self.size.width >= 110 else 'desk.title_short')} ", Style(bold=True))
        self.query_one("#head", Line).put_forms(
            ([*first, title, *self._tabs(f" {tab} " for tab in self._tab_words())], right),
            ([*first, *self._tabs(f" {tab} " for tab in self._tab_words())], right),
            (
                [*first, *self._tabs(f"{tab} " for tab in self._tab_words())],
                [(text[1:], style) for text, style in right],
            ),
            ([*first, *self._tabs(f" {n} " for n in range(1, len(PANES) + 1))], right),
        )

    def _head_right(self) -> list[tuple[str, Style]]:
        strong, time_ms = Style(bold=True), self.picture.time_ms
        said = (self.desk.officer or tr("desk.nobody"), clock(time_ms) if time_ms else "--:--:--")
        return [*self._clock_apart(), *self._feeds(), *((f" {text} ", strong) for text in said)]

    def _tab_words(self) -> list[str]:
        return [f"{n}{tr(f'desk.pane.{name}')}{self._count(name)}" for n, name in enumerate(PANES, 1)]

    def _tabs(self, words: Iterable[str]) -> list[tuple[str, Style]]:
        current = self.query_one("#body", ContentSwitcher).current
        looks = (Style(reverse=name == current, bold=name == current) for name in PANES)
        return list(zip(words, looks, strict=True))

    def _count(self, pane: str) -> str:
        if pane == "cases":
            return f" +{self.new_tips}" if self.new_tips else ""
        waiting = len(self.picture.unacknowledged)
        return f" {waiting}/{len(self.picture.alerts)}" if pane == "alerts" and self.picture.alerts else ""

    def _clock_apart(self) -> list[tuple[str, Style]]:
        """That the computer's clock says another time; which, where no alert has the banner."""
        said = None if self.picture.stale else clock_said(self.picture.meta.get("clock"))
        return [] if said is None else [(f" !! {tr('clock.short', **said.facts)} ", Style(bold=True, reverse=True))]

    def _feeds(self) -> list[tuple[str, Style]]:
        """Rate of all feeds and age of the newest sentence; in red, with a mark, when the watch or a feed is dead."""
        picture = self.picture
        if picture.stale:
            said = tr("desk.no_watch") if picture.seq == 0 else tr("desk.stale", age=ago(picture.age_s))
            return [(f" !! {said} ", Style(bold=True, reverse=True, color=self._danger()))]
        live = [feed for feed in picture.feeds if not feed["ended"]]
        rate = sum(feed["rate_per_s"] for feed in live)
        newest = max((feed["last_ms"] for feed in picture.feeds), default=0)
        age = ago((picture.time_ms - newest) / 1000) if newest else "--"
        return [(f" AIS {rate:.0f}/s {age} ", Style(dim=not live))]

    def _draw_banner(self) -> None:
        banner, picture = self.query_one("#banner", Line), self.picture
        if picture.stale:
            said = tr("desk.banner.no_watch" if picture.seq == 0 else "desk.banner.stale")
            banner.put([(f" !! {said}", Style(bold=True, reverse=True, color=self._danger()))])
            return
        waiting = picture.unacknowledged
        if not waiting and (apart := clock_said(picture.meta.get("clock"))):
            banner.put([(f" !! {tr(apart.message, **apart.facts)}", Style(bold=True))])
            return
        if not waiting:
            banner.put([(f" {tr('desk.banner.calm')}", Style(dim=True))])
            return
        top = waiting[0]
        loud = top.priority >= Priority.ALARM
        style = Style(bold=True, reverse=loud and (self.blink or self.is_silent), color=self.colour_of(top))
        mark = "!!" if loud else "! "
        more = f" +{len(waiting) - 1}" if len(waiting) > 1 else ""
        keys = f" {tr('desk.banner.keys')} " if self.size.width >= 100 else " F2 "
        # The sentence is of when the alert last changed: minutes in it count from there.
        left = [(f" {mark} {priority_word(top)} {clock(top.at_ms)[:5]} {text_of(top)}", style)]
        banner.put(left, [(f"{more} ", Style(bold=True)), (keys, Style(reverse=True))])

    def _draw_keys(self) -> None:
        """What works now, what a watch cannot wait for first; the key to the whole list is never left out."""
        if not self.is_mounted_whole:
            return
        active = [_worded(one).binding for one in self.screen.active_bindings.values() if one.binding.show]
        keys: dict[str, Key] = {}  # by action; of several keys the first
        for one in active:
            keys.setdefault(
                one.action.removeprefix("app."), Key(one.key, one.key_display or key_name(one.key), one.description)
            )
        always = [keys.pop(HELP)] if HELP in keys else []
        order = sorted(keys, key=lambda action: action not in URGENT)
        self.query_one(Keys).put_keys([keys[action] for action in order], always)

    def colour_of(self, alert: AlertRow) -> str | None:
        theme = THEMES[self.palette]
        if not alert.active:
            return theme.secondary
        return (
            theme.error
            if alert.priority >= Priority.ALARM
            else theme.warning
            if alert.priority == Priority.WARNING
            else None
        )

    def _danger(self) -> str | None:
        return THEMES[self.palette].error

    # --- what is heard ---

    @property
    def is_silent(self) -> bool:
        return self._clock() < self._silent_until or bool(self._waiting() and not self._sounding())

    def _waiting(self) -> list[AlertRow]:
        """Alarms that nobody has seen."""
        return [a for a in self.picture.unacknowledged if a.priority >= Priority.ALARM and a.active]

    def _sounding(self) -> list[AlertRow]:
        """Those that the alert book has not silenced (MSC.302(87) 7.3.5)."""
        at_ms = self.desk.time_ms()
        return [a for a in self._waiting() if a.state.get("silenced_until_ms", 0) <= at_ms]

    def _sound(self) -> None:
        """A bell for every new alarm and every step of escalation at once, and again while one waits; silence lasts
        thirty seconds."""
        waiting = {(a.alert, a.state.get("escalated", "")) for a in self._waiting()}
        now = self._clock()
        new = waiting - self._heard
        self._heard = waiting
        if new or (waiting and not self.is_silent and now >= self._bell_at + BELL_EVERY_S):
            self._silent_until = 0.0 if new else self._silent_until
            self._bell_at = now
            self.bell()

    def _loop_time(self) -> float:
        return asyncio.get_event_loop().time()

    # --- what is done ---

    def do(self, work: Callable[..., Any], *args: Any, then: Callable[[Any], object] | None = None) -> None:
        """Run something that touches the disk in a thread; ``then`` gets its result back on the screen's side."""

        def run() -> None:
            result = work(*args)
            if then is not None:
                self.call_from_thread(then, result)

        self.run_worker(run, group="do", thread=True, exit_on_error=False)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Names and reasons that people typed stand in these sentences: they are text, never markup."""
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A fault of a worker is said in one sentence; the desk goes on."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        if isinstance(error, FengqiaoError):
            self.notify(fault_text(error), severity="error")
        else:
            self.notify(tr("desk.fault", reason=f"{type(error).__name__}: {error}"), severity="error")

    def action_pane(self, name: str) -> None:
        self.open_pane(name)

    def open_pane(self, name: str) -> Pane:
        self.query_one("#body", ContentSwitcher).current = name
        pane = self.pane
        pane.show(self.picture)
        self._draw_head()
        pane.focus_first()
        return pane

    def current_alert(self) -> AlertRow | None:
        """The alert that keys mean: the one selected in the pane, else the one in the banner."""
        listed = {alert.alert: alert for alert in self.picture.alerts}
        chosen = listed.get(self.pane.selected_alert() or "")
        top = next(iter(self.picture.unacknowledged), None)
        # What was just acknowledged is what the officer calls about and files next, unless a new alarm comes in.
        if chosen is None and self._last is not None and (top is None or top.priority < Priority.ALARM):
            chosen = listed.get(self._last.alert, self._last)
        return chosen or top

    def action_acknowledge(self) -> None:
        """At once and without a question; what came of it is asked afterwards.

        Of a list in sight the alert under its cursor; where a sheet covers it, that of the sheet; else the banner's.
        """
        meant = self.screen.alert if isinstance(self.screen, Sheet) else self.pane.selected_alert()
        alert = next((a for a in self.picture.alerts if a.alert == meant), None)
        if alert is None or alert.acked:
            alert = next(iter(self.picture.unacknowledged), None)
        if alert is None:
            self.notify(tr("desk.nothing_to_acknowledge"))
        elif not self.desk.officer:
            self.action_sign_on()
        else:
            self._last = alert
            for each in self.pane.with_folded(alert.alert):
                self._here[each] = self._clock() + TAKEN_S
                self.do(self.desk.acknowledge, each)
            self.receive(self.picture)

    def action_silence(self) -> None:
        """At once at this desk, whoever sits there; the watch hears of it, and the bells of other desks rest too."""
        self._silent_until = self._clock() + SILENCE_S
        self.do(self.desk.silence)
        self.notify(tr("desk.silenced"))
        self._draw_banner()

    def act(self, kind: ActKind, target: str, facts: dict[str, Any], said: str) -> None:
        """Do what may be refused, and say what came of it: ``said`` where it was done."""

        def tell(done: Performed) -> None:
            refused = tr("cli.act.refused", reason=tr(f"refusal.{done.refusal}")) if done.refusal else ""
            self.notify(refused or (tr("cli.act.waiting") if done.state == "waiting" else said))
            self.read_soon()

        self.do(self.desk.act, kind, target, facts, then=tell)

    def action_next_alert(self) -> None:
        self.open_pane("alerts")
        self.query_one(AlertsPane).next_unacknowledged()

    def action_locate(self) -> None:
        mmsi = self._current_mmsi()
        if mmsi is not None:
            self.locate(mmsi)

    def locate(self, mmsi: int) -> None:
        """Show a vessel on the chart."""
        self.open_pane("chart")
        self.query_one(ChartPane).select(mmsi)

    def open_dossier(self, mmsi: int) -> None:
        self.do(lambda: self.desk.dossier(mmsi), then=lambda facts: self.push_screen(Dossier(facts, self)))

    def action_search(self) -> None:
        self.open_pane("targets")
        self.query_one(TargetsPane).start_search()

    def action_call_sheet(self) -> None:
        """Telephones are shown because the officer must call now; that they were looked at is logged."""
        alert = self.current_alert()
        if alert is None:
            self.notify(tr("desk.no_alert"))
            return
        self.push_screen(CallSheet(self.desk, alert, self.picture))

    def action_nearest(self) -> None:
        """Who can be soonest at what the officer points at; where he points at nothing, at the alert that keys mean."""
        pane, alert = self.pane, self.current_alert()
        spot = pane.spot()
        if spot is None and pane.selected_mmsi() is None and alert is not None:
            spot = alert_spot(alert, self.picture)
        if spot is None:
            self.notify(tr("desk.nearest.no_place"))
            return
        meant = pane.selected_alert() or ""
        self.do(self.desk.nearest, spot, then=lambda found: self.push_screen(NearestSheet(spot, found, meant)))

    def action_log_line(self) -> None:
        if self.desk.officer:
            self.push_screen(LogLine(self.desk, self.pane.selected_mmsi(), self.current_alert()), self._logged)
        else:
            self.action_sign_on()

    def _logged(self, written: bool | None) -> None:
        if written:
            self.notify(tr("desk.log.written"))
            self.query_one(DutyPane).fetch()

    def action_open_case(self) -> None:
        """From the current alert, everything filled in; the case it has already, if it has one."""
        alert = self.current_alert()
        if alert is None:
            self.open_pane("cases")
            self.query_one(CasesPane).action_by_hand()
        elif not self.desk.officer:
            self.action_sign_on()
        else:
            self.do(lambda: self.desk.draft_of(alert), then=self._drafted)

    def _drafted(self, found: tuple[Draft, str]) -> None:
        draft, case_no = found
        if case_no:
            self.show_case(case_no)
        else:
            self.ask_case(draft, tr("desk.case.from_alert"))

    def open_case_with(self, mmsi: int) -> None:
        """A case that somebody tells of this vessel."""
        if self.desk.officer:
            self.do(self.desk.draft_about, mmsi, then=self._about)
        else:
            self.action_sign_on()

    def _about(self, draft: Draft) -> None:
        self.ask_case(draft, tr("desk.dossier.case_intro", name=draft.title))

    def ask_case(self, draft: Draft, intro: str) -> None:
        """What is known stands in the form; what the officer makes of it becomes a case."""
        form = Form(tr("desk.key.open_case"), case_fields(draft, None), intro)
        self.push_screen(form, lambda said: self._file_case(draft, said))

    def _file_case(self, draft: Draft, said: dict[str, str] | None) -> None:
        if said is not None:
            self.do(lambda: self.desk.register(draft, said), then=self.show_case)

    def show_case(self, case_no: str) -> None:
        self.notify(tr("desk.cases.registered", case_no=case_no))
        self.open_pane("cases")
        self.query_one(CasesPane).fetch(case_no)

    def _current_mmsi(self) -> int | None:
        chosen = self.pane.selected_mmsi()
        alert = self.current_alert()
        return chosen if chosen is not None else (alert.mmsi[0] if alert is not None and alert.mmsi else None)

    def action_palette(self) -> None:
        """Round the palettes; one that was chosen stays until the sun is asked to choose again."""
        self.wanted = ORDER[(ORDER.index(self.wanted) + 1) % len(ORDER)]
        self._follow_sun()
        chosen = "desk.palette.auto_now" if self.wanted == AUTO else f"desk.palette.{self.palette}"
        self.notify(tr("desk.palette.chosen", chosen=tr(chosen, now=tr(f"desk.palette.{self.palette}"))))

    def _palette_now(self) -> str:
        return palette_at(self.desk.time_ms()) if self.wanted == AUTO else self.wanted

    def _follow_sun(self) -> None:
        palette = self._palette_now()
        if palette != self.palette:
            self.palette = palette
            self._wear(palette)

    def _wear(self, palette: str) -> None:
        self.theme = THEMES[palette].name
        for pane in self.query(Pane):
            pane.wear(palette)

    def action_sign_on(self) -> None:
        self.push_screen(SignOnDialog(self.desk), self._sign_on)

    def _sign_on(self, officer: str | None) -> None:
        if officer is not None:
            self.signed_on(officer)

    def _see_who_is_on(self) -> None:
        officer = self.desk.who_is_on()
        self.call_from_thread(self._greet, officer)

    def _greet(self, officer: str) -> None:
        self.signed_on(officer)
        if not officer:
            self.action_sign_on()

    def signed_on(self, officer: str) -> None:
        self.desk.officer = officer
        self._draw_head()

    def action_outcome(self) -> None:
        """What came of the alarms that were acknowledged, of those nobody has said it of."""
        if not self.desk.officer:
            self.action_sign_on()
        else:
            self.push_screen(
                OutcomeDialog(self.desk, self.pane.selected_alert() or (self._last.alert if self._last else ""))
            )

    def action_help_panel(self) -> None:
        self.push_screen(HelpDialog(self.screen.active_bindings.values()))

    def action_leave(self) -> None:
        """With alerts nobody has seen, leaving takes two presses."""
        if self.picture.unacknowledged and not self.picture.stale and not self._warned:
            self._warned = True
            self.notify(tr("desk.quit_again"), severity="warning")
        else:
            self.exit()


def text_of(alert: AlertRow) -> str:
    return alert.text_zh if Language.now == "zh" else alert.text_en


def priority_word(alert: AlertRow) -> str:
    return tr(f"priority.{Priority(alert.priority).word}")


def _acked(alert: AlertRow) -> AlertRow:
    """The same alert as the watch will soon say it is: the screen must not wait for the next picture."""
    return AlertRow(**{**alert.model_dump(), "acked": True})


def _worded(active: ActiveBinding) -> ActiveBinding:
    binding = active.binding
    if not binding.description.startswith("desk."):
        return active
    return active._replace(binding=replace(binding, description=tr(binding.description)))


def _settle_memory() -> None:
    """What start-up built lives as long as the desk: spare every later key the collector's walk through it."""
    gc.collect()
    gc.freeze()
