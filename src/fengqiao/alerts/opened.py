"""One active alert from tick to tick: what findings do to it, and what mere time does when nobody answers."""

from dataclasses import dataclass, field, replace

from fengqiao.alerts.acts import off_the_shelf
from fengqiao.alerts.answers import Answer
from fengqiao.alerts.params import Params
from fengqiao.alerts.states import Alert, level_of
from fengqiao.model.findings import ChangeKind, Finding, Priority


@dataclass(slots=True)
class Opened:
    """An active alert and its clocks, each running only while what it times goes on without a break."""

    alert: Alert
    unanswered_since_ms: int
    weaker_since_ms: int | None = None  # findings, or their decided absence, no longer uphold the level
    gone_since_ms: int | None = None  # there is no finding, and that is decided
    closer_since_ms: int | None = None  # half as near as when somebody saw it
    seen_at_nm: float | None = None  # the closest distance that was told when somebody saw it
    asked: bool = True  # its facts, as far as known, would raise it anew at its level; else they only hold it
    eased: bool = False  # came down to its level: then nobody is called for it
    steps: set[tuple[str, int]] = field(default_factory=set)  # of escalation, by level: each is taken once

    # --- what findings do ---

    def see(
        self, at_ms: int, finding: Finding, granted: Priority | None, judged: Answer, params: Params
    ) -> ChangeKind | None:
        """The condition is there. ``granted``: a higher level whose delay and reports are satisfied."""
        regained = self.alert.lost
        self.gone_since_ms = None
        if judged.undecided.isdisjoint(finding.mmsi):
            self.asked = (finding.set_level or 0) >= self.alert.level
        if regained or level_of(finding) >= self.alert.level:
            state = replace(self.alert.state, lost=False)
            self.alert = replace(self.alert, finding=latched(self.alert.finding, finding), state=state)
        if granted is not None:
            self._rise(at_ms, granted)
            return ChangeKind.REGAINED if regained else ChangeKind.WORSENED
        eased = self._eases(at_ms, finding, judged)
        if regained:
            return ChangeKind.REGAINED
        if eased:
            return ChangeKind.EASED
        told = self.alert.changed_ms >= at_ms  # something was told of it at this very tick: one change at a time
        return ChangeKind.CLOSER if not told and self._closes_in(at_ms, finding, params) else None

    def miss(self, at_ms: int, judged: Answer, suppressed: str = "") -> ChangeKind | None:
        """The condition is not there: lost if one of its vessels is undecided, else on its way to resolved.

        ``suppressed``: why it is told to nobody, which decides that it is not there.
        """
        if not suppressed and not judged.undecided.isdisjoint(self.alert.finding.mmsi):
            return self._lose()
        self.weaker_since_ms = at_ms if self.weaker_since_ms is None else self.weaker_since_ms
        self.gone_since_ms = at_ms if self.gone_since_ms is None else self.gone_since_ms
        self.closer_since_ms = None
        if at_ms - self.gone_since_ms < judged.hold_ms:
            return None
        state = replace(off_the_shelf(self.alert).state, lost=False, silenced_until_ms=0, suppressed=suppressed)
        self.alert = replace(self.alert, active=False, state=state)
        return ChangeKind.RESOLVED

    def _rise(self, at_ms: int, level: Priority) -> None:
        """A higher level is a new call: off the shelf, to be answered anew, with its sound."""
        self.weaker_since_ms = None
        called = "leader" if ("leader", int(max(level, Priority.ALARM))) in self.steps else ""  # is so but once
        state = replace(off_the_shelf(self.alert).state, escalated=called, lifted=False, silenced_until_ms=0)
        self.alert = replace(self.alert, level=level, state=state)
        self.asked, self.eased = True, False
        self._call(at_ms)

    def _eases(self, at_ms: int, finding: Finding, judged: Answer) -> bool:
        # Where a vessel is undecided, a weaker level may be mere want of news: its clock does not run.
        if level_of(finding) >= self.alert.level or not judged.undecided.isdisjoint(finding.mmsi):
            self.weaker_since_ms = None
            return False
        self.weaker_since_ms = at_ms if self.weaker_since_ms is None else self.weaker_since_ms
        if at_ms - self.weaker_since_ms < judged.hold_ms:
            return False
        self.weaker_since_ms = None
        self.eased = True
        state = replace(self.alert.state, escalated="", lifted=False)
        kept = latched(self.alert.finding, finding)
        self.alert = replace(self.alert, finding=kept, level=level_of(finding), state=state)
        return True

    def _closes_in(self, at_ms: int, finding: Finding, params: Params) -> bool:
        """Half as near as it was acknowledged at, for as long as a raise would have to wait."""
        now_nm, seen_nm = distance_nm(finding), self.seen_at_nm
        closer = self.alert.acked and not self.alert.shelved and finding.set_level is not None
        closer = closer and level_of(finding) >= self.alert.level
        if not closer or now_nm is None or seen_nm is None or seen_nm < params.closer_from_nm:
            self.closer_since_ms = None
            return False
        if now_nm > seen_nm * params.closer_factor:
            self.closer_since_ms = None
            return False
        self.closer_since_ms = at_ms if self.closer_since_ms is None else self.closer_since_ms
        if at_ms - self.closer_since_ms < finding.delay_s * 1000:
            return False
        self._call(at_ms)
        return True

    def _lose(self) -> ChangeKind | None:
        self.weaker_since_ms = self.gone_since_ms = self.closer_since_ms = None
        if self.alert.lost:
            return None
        self.alert = replace(self.alert, state=replace(self.alert.state, lost=True))
        return ChangeKind.LOST

    # --- what people and time do ---

    def take(self, after: Alert) -> None:
        """Somebody acted on it: ``after`` is how it stands now."""
        if after.acked and not self.alert.acked:
            self.seen_at_nm, self.closer_since_ms = distance_nm(after.finding), None
        self.alert = after

    def pass_time(self, at_ms: int, params: Params) -> ChangeKind | None:
        """What the time alone brings: the end of its shelf, or the next step up if nobody answers."""
        if self.alert.shelved:
            return self._leave_shelf(at_ms)
        step = self._next_step(at_ms, params)
        if step is None:
            return None
        self.steps.add(step)
        lifted = self.alert.state.lifted or step[0] == "alarm"
        self.alert = replace(self.alert, state=replace(self.alert.state, escalated=step[0], lifted=lifted))
        self.unanswered_since_ms = at_ms  # an alarm only now: its own time to be answered begins
        return ChangeKind.ESCALATED

    def _leave_shelf(self, at_ms: int) -> ChangeKind | None:
        if at_ms < self.alert.state.shelved_until_ms:
            return None
        self.alert = off_the_shelf(self.alert)
        self._call(at_ms)
        return ChangeKind.UNSHELVED

    def _next_step(self, at_ms: int, params: Params) -> tuple[str, int] | None:
        """The step of escalation that is due. For what has eased, or is only held by its hysteresis, none is."""
        alert = self.alert
        if alert.acked or self.eased or not self.asked or self.gone_since_ms is not None:
            return None
        waited_s = (at_ms - self.unanswered_since_ms) / 1000
        if alert.priority is Priority.WARNING:
            step, due_s = ("alarm", int(alert.level)), params.warning_unanswered_s
        elif alert.priority >= Priority.ALARM:
            step, due_s = ("leader", int(alert.priority)), params.alarm_unanswered_s
        else:
            return None
        return step if waited_s >= due_s and step not in self.steps else None

    def _call(self, at_ms: int) -> None:
        """It asks to be seen, from now on."""
        self.alert = replace(self.alert, acked=False)
        self.unanswered_since_ms, self.closer_since_ms = at_ms, None


def latched(before: Finding, now: Finding) -> Finding:
    """The newer finding, but for the facts that were settled when the alert was raised."""
    settled = {name: before.facts[name] for name in now.latched if name in before.facts}
    return replace(now, facts={**now.facts, **settled}) if settled else now


def distance_nm(finding: Finding) -> float | None:
    """The closest distance that a finding speaks of, if it does."""
    value = finding.facts.get("cpa_nm")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
