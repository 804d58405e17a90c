"""The desk as a Textual app: it reads a picture once a second and hands it to the pane that is visible."""

import asyncio
import gc
from collections.abc import Callable, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import ActiveBinding
from textual.filter import Monochrome, NoColor
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import ContentSwitcher
from textual.worker import Worker, WorkerState

from fengqiao.app.acts import Performed
from fengqiao.desk import asking
from fengqiao.desk.actions import ACTIONS, PANES, bindings
from fengqiao.desk.around import banner, head_forms, keys_of, worded
from fengqiao.desk.bells import Bells
from fengqiao.desk.case_opening import CaseOpening
from fengqiao.desk.desk import Desk
from fengqiao.desk.dialogs.dossier import Dossier
from fengqiao.desk.dialogs.form import Form
from fengqiao.desk.dialogs.help import HelpDialog
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.narrow import NarrowOnly
from fengqiao.desk.news import JustSeen, News, read_news
from fengqiao.desk.on_watch import OnWatch
from fengqiao.desk.pane import Pane
from fengqiao.desk.panes import PANE_CLASSES
from fengqiao.desk.panes.alerts import AlertsPane
from fengqiao.desk.panes.chart import ChartPane
from fengqiao.desk.panes.targets import TargetsPane
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.source import PictureSource
from fengqiao.desk.text import Language, fault_text, tr
from fengqiao.desk.themes import AUTO, ORDER, THEMES, palette_at
from fengqiao.desk.widgets.top import Keys, Line
from fengqiao.model.errors import FengqiaoError
from fengqiao.model.findings import Priority
from fengqiao.model.inputs import ActKind
from fengqiao.store.database import Store
from fengqiao.store.tables import AlertRow

READ_EVERY_S = 0.5
BLINK_EVERY_S = 0.5
LEAVE_S = 10.0  # long enough to read the sentence, too short to be forgotten
LEAVE_KEYS = frozenset(next(action.keys for action in ACTIONS if action.name == "leave").split(","))


class DeskScreen(Screen[None]):
    """The one screen under all dialogs; its footer speaks the desk's language."""

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """Binding descriptions are message ids; they become words where footer and help read them."""
        return {key: worded(active) for key, active in super().active_bindings.items()}


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
        self.bells = Bells()
        self.on_watch = OnWatch(self, self._draw_head)
        self.case_opening = CaseOpening(self)
        self.new_tips = 0  # told by somebody, and not yet a case
        self.owed: Set[str] = frozenset()  # alarms acknowledged of which nobody has said what came
        self._just_seen = JustSeen()
        self._last: AlertRow | None = None  # the alert acknowledged last; it may have left the list since
        self._leaving_s: float | None = None  # since when: told once that leaving leaves alerts unseen
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
        self.on_watch.greet()
        self.call_after_refresh(_settle_memory)

    # --- what is seen ---

    @property
    def pane(self) -> Pane:
        current = self.query_one("#body", ContentSwitcher).current
        return self.query_one(f"#{current}", Pane)

    def receive(self, picture: DeskPicture) -> None:
        """A new picture: everything that is visible follows it."""
        alerts = tuple(self._just_seen.over(picture.alerts, self._clock()))
        self.picture = self.desk.picture = replace(picture, alerts=alerts)
        self._follow_sun()
        with self.batch_update():
            self._draw_head()
            self._draw_banner()
            self._draw_keys()
            self.pane.show(self.picture)
        self._sound()

    def read_soon(self) -> None:
        """Something was written: do not wait for the next half second to show it."""
        self.run_worker(self._read_picture, group="read", exclusive=True, thread=True, exit_on_error=False)

    def _read_picture(self) -> None:
        self.call_from_thread(self._take, read_news(self.desk, self.source))

    def _take(self, news: News) -> None:
        if self.is_mounted_whole:
            self.owed, self.new_tips = news.owed, news.new_tips
            self.on_watch.follow(news.before, news.officer)
            self.receive(news.picture)

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
        pane = str(self.query_one("#body", ContentSwitcher).current)
        facts = (self.picture, self.on_watch.officer, pane, self.new_tips)
        self.query_one("#head", Line).put_forms(*head_forms(*facts, self.size.width, self.palette))

    def _draw_banner(self) -> None:
        lit = self.blink or self.is_silent
        self.query_one("#banner", Line).put(*banner(self.picture, self.size.width, self.palette, lit))

    def _draw_keys(self) -> None:
        if self.is_mounted_whole:
            self.query_one(Keys).put_keys(*keys_of(self.screen.active_bindings.values()))

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

    # --- what is heard ---

    @property
    def is_silent(self) -> bool:
        return self.bells.is_silent(self.picture, self.desk.time_ms(), self._clock())

    def _sound(self) -> None:
        if self.bells.rings(self.picture, self.desk.time_ms(), self._clock()):
            self.bell()

    def _loop_time(self) -> float:
        return asyncio.get_event_loop().time()

    # --- what is done ---

    def do(self, work: Callable[..., Any], *args: Any, then: Callable[[Any], object] | None = None) -> Worker[None]:
        """Run something that touches the disk in a thread; ``then`` gets its result back on the screen's side."""

        def run() -> None:
            result = work(*args)
            if then is not None:
                self.call_from_thread(then, result)

        return self.run_worker(run, group="do", thread=True, exit_on_error=False)

    def act(
        self, kind: ActKind, target: str, facts: dict[str, Any], said: str, form: Form | None = None
    ) -> Worker[None]:
        """Do what may be refused, and say what came of it: ``said`` where it was done. ``form``: who asked for it."""

        def tell(done: Performed) -> None:
            refused = done.refusal and tr("cli.act.refused", reason=tr(f"refusal.{done.refusal}", **done.limits))
            if form is None or not form.answered(refused):
                self.notify(refused or (tr("cli.act.waiting") if done.state == "waiting" else said))
            self.read_soon()

        return self.do(self.desk.act, kind, target, facts, then=tell)

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

    # --- what keys mean ---

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
        else:
            self.on_watch.as_officer(self._acknowledge, alert)

    def _acknowledge(self, alert: AlertRow) -> None:
        self._last = alert
        for each in self.pane.with_folded(alert.alert):
            self._just_seen.add(each, self._clock())
            self.do(self.desk.acknowledge, each)
        self.receive(self.picture)

    def action_silence(self) -> None:
        """At once at this desk, whoever sits there; the watch hears of it, and the bells of other desks rest too."""
        self.bells.rest(self._clock())
        self.do(self.desk.silence)
        self.notify(tr("desk.silenced"))
        self._draw_banner()

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
        asking.call_sheet(self)

    def action_nearest(self) -> None:
        asking.nearest(self)

    def action_log_line(self) -> None:
        self.on_watch.as_officer(asking.log_line, self)

    def action_outcome(self) -> None:
        self.on_watch.as_officer(asking.outcome, self, self._last.alert if self._last else "")

    def action_open_case(self) -> None:
        self.case_opening.of_alert(self.current_alert())

    def _current_mmsi(self) -> int | None:
        chosen = self.pane.selected_mmsi()
        alert = self.current_alert()
        return chosen if chosen is not None else (alert.mmsi[0] if alert is not None and alert.mmsi else None)

    def action_sign_on(self) -> None:
        self.on_watch.ask()

    def action_help_panel(self) -> None:
        self.push_screen(HelpDialog(self.screen.active_bindings.values()))

    def action_leave(self) -> None:
        """With alerts nobody has seen, leaving takes two presses, the second within ``LEAVE_S`` and no key between."""
        asked_s, self._leaving_s = self._leaving_s, self._clock()
        sure = asked_s is not None and self._leaving_s - asked_s <= LEAVE_S
        if self.picture.unacknowledged and not self.picture.stale and not sure:
            self.notify(tr("desk.quit_again", seconds=LEAVE_S), severity="warning", timeout=LEAVE_S)
        else:
            self.exit()

    async def on_event(self, event: events.Event) -> None:
        """Any other key says that he stays. Here it is seen whatever has the focus."""
        if isinstance(event, events.Key) and event.key not in LEAVE_KEYS:
            self._leaving_s = None
        await super().on_event(event)


def _settle_memory() -> None:
    """What start-up built lives as long as the desk: spare every later key the collector's walk through it."""
    gc.collect()
    gc.freeze()
