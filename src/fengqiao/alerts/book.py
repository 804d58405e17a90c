"""The book of alerts: what rules find, made into the few things an officer is told, and what was done about them.

Two booleans carry the state (ISA-18.2): ``active``, the condition holds, and ``acked``, somebody has seen it; beside
them stands what people and time did (``AlertState``). An alert whose condition cannot be judged for want of news is
*lost* and stays active: silence is not safety. What becomes of a key depends on that key alone, so books that share
the keys out among them say together what one says; only the limit of a full book is counted per book.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fengqiao.alerts.acts import ALL, DO, Done, silence, sounds
from fengqiao.alerts.answers import OUT_OF_SERVICE, Answer, unite
from fengqiao.alerts.ids import alert_id
from fengqiao.alerts.opened import Opened
from fengqiao.alerts.params import Params
from fengqiao.alerts.service import Outage, covering
from fengqiao.alerts.states import (
    Alert,
    BookCounts,
    Outcome,
    Refusal,
    RuleKey,
    Suppressed,
    as_it_was,
    change_of,
    change_order,
)
from fengqiao.model.findings import AlertChange, AlertState, ChangeKind, Ended, Finding, Findings, Priority
from fengqiao.model.inputs import Act, ActKind

WAITING = "waiting"  # for its delay to be over, for a second report, or for the chatter guard to end
TOO_WEAK = "too_weak"  # would keep an alert that stood, and does not raise one
TOO_BRIEF = "too_brief"  # gone before it had waited long enough
ALWAYS_TOLD = Priority.ALARM  # from here up nothing is withheld, neither as chatter nor because the book is full


@dataclass(slots=True)
class _Asking:
    """A level that a key asks for, on every tick since ``since_ms``, and has not been given yet."""

    since_ms: int
    seen_ms: int
    newest_ms: list[int] = field(default_factory=list)  # per entry of news: the newest yet,
    reports: list[int] = field(default_factory=list)  # and how many different ones, the first included
    suppressed: bool = False  # already counted as such
    overflowed: bool = False

    def hear(self, at_ms: int, news: tuple[int, ...]) -> None:
        self.seen_ms = at_ms
        if len(news) != len(self.newest_ms):  # other vessels than before: their reports are counted anew
            self.newest_ms, self.reports = list(news), [1] * len(news)
        for i, fix_ms in enumerate(news):
            if fix_ms > self.newest_ms[i]:
                self.newest_ms[i] = fix_ms
                self.reports[i] += 1

    def is_due(self, at_ms: int, finding: Finding) -> bool:
        waited = at_ms - self.since_ms >= finding.delay_s * 1000
        return waited and all(n >= finding.fresh_reports for n in self.reports)


@dataclass(frozen=True, slots=True)
class _Recent:
    """How a key's last alert ended: what the chatter guard remembers."""

    resolved_ms: int
    raised_ms: int
    level: Priority


@dataclass(slots=True)
class AlertBook:
    """Every key's alert: asked for, open, resolved but unacknowledged, or lately gone; and what is told to nobody.

    Plain values only: it pickles, compares and replays. It has no clock; ticks bring the time and never go back.
    """

    params: Params = field(default_factory=Params)
    counts: BookCounts = field(default_factory=BookCounts)
    _asking: dict[RuleKey, _Asking] = field(default_factory=dict)
    _open: dict[RuleKey, Opened] = field(default_factory=dict)
    _ids: dict[str, RuleKey] = field(default_factory=dict)  # of the open ones
    _resolved: dict[str, Alert] = field(default_factory=dict)  # unacknowledged, in the order they resolved
    _recent: dict[RuleKey, _Recent] = field(default_factory=dict)
    _suppressed: dict[RuleKey, Suppressed] = field(default_factory=dict)

    @property
    def active(self) -> tuple[Alert, ...]:
        """Alerts that are active or unacknowledged, most urgent first, alarms by their facts before others, by id."""
        listed = (*(opened.alert for opened in self._open.values()), *self._resolved.values())
        return tuple(sorted(listed, key=lambda alert: (-alert.priority, alert.state.lifted, alert.alert)))

    @property
    def suppressed(self) -> tuple[Suppressed, ...]:
        """What holds now and is told to nobody, by rule and key."""
        return tuple(self._suppressed[where] for where in sorted(self._suppressed))

    def get(self, alert: str) -> Alert | None:
        """The listed alert of that id; None if there never was one or it has left the book."""
        where = self._ids.get(alert)
        return self._resolved.get(alert) if where is None else self._open[where].alert

    def admit(
        self,
        at_ms: int,
        answers: Sequence[Findings],
        basis: Mapping[str, str],
        out: Sequence[Outage] = (),
        ended: Ended = as_it_was,
    ) -> list[AlertChange]:
        """Take what the rules answered at one tick; the changes it makes, at most one to an alert.

        Changes come in ``change_order``. A rule without an answer decides nothing about its alerts; time goes on for
        them all the same. ``out``: what is out of service; ``ended``: what is said of an alert that resolves.
        """
        judged = unite(answers, out, self.counts)
        self._forget(at_ms)
        changed: list[tuple[ChangeKind, Alert]] = []
        due: list[tuple[Priority, RuleKey, Finding]] = []
        touched = self._touched(judged)  # sorted: a full book must drop the same alerts in every replay
        for where in touched:
            answer = judged[where[0]]
            finding = answer.findings.get(where[1])
            opened = self._open.get(where)
            if opened is not None:
                self._hush(at_ms, where, answer.suppressed.get(where[1]))
                changed += self._follow(at_ms, where, opened, finding, answer, out, ended)
            elif (level := self._granted(at_ms, where, finding, above=0)) is not None and finding is not None:
                due.append((level, where, finding))
        for level, where, finding in sorted(due, key=lambda d: (-d[0], d[1])):
            changed += self._raise(at_ms, where, level, finding)
        for where in touched:
            if where not in self._open:
                self._hush(at_ms, where, *self._untold(where, judged[where[0]]))
        changed += self._pass_time(at_ms)
        decided = dict(basis)
        return sorted((change_of(at_ms, kind, alert, decided) for kind, alert in changed), key=change_order)

    def perform(self, act: Act, basis: Mapping[str, str]) -> Outcome:
        """Do what a person did to an alert; a silence may mean ``ALL`` that sound."""
        if act.kind not in DO:
            return Outcome(refusal=Refusal.NOT_ABOUT_ALERTS)
        if act.kind is ActKind.SILENCE and act.target == ALL:
            return self._silence_all(act, basis)
        alert = self.get(act.target)
        if alert is None:
            return Outcome(refusal=Refusal.UNKNOWN_ALERT)
        done = DO[act.kind](act, alert, self.params)
        if isinstance(done, Refusal):
            return Outcome(refusal=done)
        return Outcome((self._keep(act, done, basis),))

    def close_all(self, at_ms: int, why: str, basis: Mapping[str, str]) -> list[AlertChange]:
        """Every listed alert as over and asking for nothing, for a reason that is none of its facts; the book is done
        with after this. Each after whatever was told of it last."""
        closed = [
            replace(
                a, active=False, acked=True, state=AlertState(suppressed=why), changed_ms=max(at_ms, a.changed_ms + 1)
            )
            for a in self.active
        ]
        return [change_of(alert.changed_ms, ChangeKind.RESOLVED, alert, dict(basis)) for alert in closed]

    def _silence_all(self, act: Act, basis: Mapping[str, str]) -> Outcome:
        each = (silence(act, alert, self.params) for alert in self.active if sounds(alert, act.at_ms))
        changes = tuple(self._keep(act, done, basis) for done in each if isinstance(done, Done))
        return Outcome(changes) if changes else Outcome(refusal=Refusal.NOTHING_SOUNDS)

    def _keep(self, act: Act, done: Done, basis: Mapping[str, str]) -> AlertChange:
        after = done.alert
        if done.kind is not ChangeKind.NOTED:
            after = replace(after, changed_ms=act.at_ms)
        if after.active:
            self._open[self._ids[after.alert]].take(after)
        elif after.acked:
            del self._resolved[after.alert]
        return change_of(act.at_ms, done.kind, after, dict(basis), act.actor, done.note)

    def _touched(self, judged: Mapping[str, Answer]) -> list[RuleKey]:
        """Every key that the answers speak of, be it by leaving it out."""
        found = {(rule, key) for rule, answer in judged.items() for key in (*answer.findings, *answer.suppressed)}
        known = {where for where in (*self._open, *self._asking, *self._suppressed) if where[0] in judged}
        return sorted(found | known)

    def _untold(self, where: RuleKey, answer: Answer) -> tuple[Finding | None, str]:
        """What there is under a key that is no alert, and why it is none if not its rule said so."""
        hushed, finding = answer.suppressed.get(where[1]), answer.findings.get(where[1])
        if hushed is not None or finding is None:
            return hushed, ""
        return finding, WAITING if where in self._asking else TOO_WEAK

    def _hush(self, at_ms: int, where: RuleKey, finding: Finding | None, unasked: str = "") -> None:
        """Keep what is told to nobody in sight; each time a rule has it so, or for another reason, is counted.

        ``unasked`` reasons are the book's own, and only listed: most of what waits is told soon.
        """
        before = self._suppressed.pop(where, None)
        if finding is None:
            return
        reason = unasked or finding.suppressed
        goes_on = before is not None and before.reason == reason
        since_ms = before.since_ms if before is not None and goes_on else at_ms
        self._suppressed[where] = Suppressed(finding, reason, since_ms)
        if not (goes_on or unasked):
            self.counts.hush(where[0], reason)

    def _follow(
        self,
        at_ms: int,
        where: RuleKey,
        opened: Opened,
        finding: Finding | None,
        answer: Answer,
        out: Sequence[Outage],
        ended: Ended,
    ) -> list[tuple[ChangeKind, Alert]]:
        """One tick in the life of an open alert."""
        granted = self._granted(at_ms, where, finding, above=opened.alert.level)
        if finding is None:
            kind = opened.miss(at_ms, answer, self._why_untold(where, opened, out))
        else:
            kind = opened.see(at_ms, finding, granted, answer, self.params)
        if granted is not None:
            del self._asking[where]
        if kind is None:
            return []
        opened.alert = replace(opened.alert, changed_ms=at_ms)
        if kind is ChangeKind.RESOLVED:
            alert = opened.alert
            over = ended(alert.finding, alert.raised_ms, alert.state.suppressed)
            opened.alert = replace(alert, finding=over)
            self._close(at_ms, where, opened.alert)
        return [(kind, opened.alert)]

    def _why_untold(self, where: RuleKey, opened: Opened, out: Sequence[Outage]) -> str:
        hushed = self._suppressed.get(where)
        if hushed is not None:
            return hushed.reason
        # Out of service and silent as well: no news of it is awaited.
        return OUT_OF_SERVICE if covering(out, opened.alert.finding) else ""

    def _pass_time(self, at_ms: int) -> list[tuple[ChangeKind, Alert]]:
        """Shelves that end and calls that nobody answered, of the alerts that nothing else happened to just now."""
        changed = []
        for opened in self._open.values():
            if opened.alert.changed_ms < at_ms and (kind := opened.pass_time(at_ms, self.params)) is not None:
                opened.alert = replace(opened.alert, changed_ms=at_ms)
                changed.append((kind, opened.alert))
        return changed

    def _granted(self, at_ms: int, where: RuleKey, finding: Finding | None, above: int) -> Priority | None:
        """The level the key may have now, if it asks for more than ``above`` and has asked long enough."""
        level = None if finding is None else finding.set_level
        if finding is None or level is None or level <= above:
            self._give_up(where)
            return None
        asking = self._asking.setdefault(where, _Asking(at_ms, at_ms))
        asking.hear(at_ms, finding.news)
        return level if asking.is_due(at_ms, finding) else None

    def _give_up(self, where: RuleKey) -> None:
        """It no longer asks for more; where it was never told for want of time or of reports, that is counted."""
        asking = self._asking.pop(where, None)
        if asking is not None and where not in self._open and not (asking.suppressed or asking.overflowed):
            self.counts.hush(where[0], TOO_BRIEF)

    def _raise(self, at_ms: int, where: RuleKey, level: Priority, finding: Finding) -> list[tuple[ChangeKind, Alert]]:
        if self._withheld(at_ms, where, level):
            return []
        del self._asking[where]
        self._suppressed.pop(where, None)
        rule, key = where
        alert = Alert(alert_id(rule, key, at_ms), rule, key, level, finding, at_ms, at_ms)
        self._open[where] = Opened(alert, at_ms)
        self._ids[alert.alert] = where
        return [(ChangeKind.RAISED, alert)]

    def _withheld(self, at_ms: int, where: RuleKey, level: Priority) -> bool:
        """Whether a due raise must wait: it keeps asking, and is counted once for as long as it asks."""
        asking, recent = self._asking[where], self._recent.get(where)
        if recent is not None:
            if at_ms // 1000 == recent.raised_ms // 1000:
                return True  # ids tell seconds apart: the next second will do
            if level < ALWAYS_TOLD and level <= recent.level:
                self.counts.suppressed_reraises += not asking.suppressed
                asking.suppressed = True
                return True
        if level < ALWAYS_TOLD and not self._has_room():
            self.counts.overflow += not asking.overflowed
            asking.overflowed = True
            return True
        return False

    def _has_room(self) -> bool:
        """Room for one more, made if need be by dropping the resolved caution or warning nobody took for longest."""
        if len(self._open) + len(self._resolved) < self.params.listed_max:
            return True
        oldest = next((alert.alert for alert in self._resolved.values() if alert.priority < ALWAYS_TOLD), None)
        if oldest is None:
            return False
        del self._resolved[oldest]
        self.counts.unacknowledged_dropped += 1
        return True

    def _close(self, at_ms: int, where: RuleKey, alert: Alert) -> None:
        del self._open[where], self._ids[alert.alert]
        self._recent[where] = _Recent(at_ms, alert.raised_ms, alert.level)
        if not alert.acked:
            self._resolved[alert.alert] = alert

    def _forget(self, at_ms: int) -> None:
        keep_ms, guard_ms = self.params.asking_keep_s * 1000, self.params.reraise_guard_s * 1000
        for where in [w for w, asking in self._asking.items() if at_ms - asking.seen_ms > keep_ms]:
            del self._asking[where]
            self._suppressed.pop(where, None)
        for where in [w for w, recent in self._recent.items() if at_ms - recent.resolved_ms >= guard_ms]:
            del self._recent[where]
