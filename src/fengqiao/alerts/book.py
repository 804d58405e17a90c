"""The book of alerts: what rules find, made into the few things an officer is told, and what was done about them.

Two booleans carry the state (ISA-18.2): ``active``, the condition holds, and ``acked``, somebody has seen it.
An alert whose condition cannot be judged for want of news is *lost* and stays active: silence is not safety. What
becomes of a key depends on that key alone, so books that share the keys out among them say together what one says;
only the limit of a full book is counted per book.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from fengqiao.alerts.ids import alert_id
from fengqiao.model.findings import AlertChange, ChangeKind, Finding, Findings, Priority
from fengqiao.model.inputs import Act, ActKind
from fengqiao.words import plain

RERAISE_GUARD_MS = 600_000  # chatter guard: inside 10 min a key comes back only on a higher level
ASKING_KEEP_MS = 600_000  # a rule that has not answered for 10 min no longer vouches for what it asked
LISTED_MAX = 10_000  # far beyond what any seat can read; a flood must not grow our memory
NOTE_CHARS_MAX = 500  # half a page; longer text belongs in the duty log
ALWAYS_TOLD = Priority.ALARM  # from here up nothing is withheld, neither as chatter nor because the book is full

RuleKey = tuple[str, tuple[str, ...]]


class Refusal(StrEnum):
    """Why an act changed nothing."""

    UNKNOWN_ALERT = "unknown_alert"  # not listed: never was, or it was resolved and acknowledged and has left
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    NOTE_EMPTY = "note_empty"
    NOTE_TOO_LONG = "note_too_long"  # a note is never cut: what was said is kept whole or not taken
    NOT_ABOUT_ALERTS = "not_about_alerts"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act did: its changes, or the reason why there are none."""

    changes: tuple[AlertChange, ...] = ()
    refusal: str | None = None  # of the alert book, a Refusal; other doors of the watch have words of their own


@dataclass(slots=True)
class BookCounts:
    """What the book held back, so that nothing is held back unseen."""

    suppressed_reraises: int = 0  # came back within the chatter guard, no higher than before
    overflow: int = 0  # raises that waited because the book was full
    unacknowledged_dropped: int = 0  # resolved cautions and warnings nobody acknowledged, dropped to make room
    disagreements: int = 0  # two parts of one rule's answer spoke differently of one key


@dataclass(frozen=True, slots=True)
class Alert:
    """A listed alert: active, or resolved and not yet acknowledged."""

    alert: str
    rule: str
    key: tuple[str, ...]
    priority: Priority
    finding: Finding  # the latest that upholds the level: message, facts, vessels, zone, position
    raised_ms: int
    changed_ms: int
    active: bool = True
    acked: bool = False
    lost: bool = False  # active as far as known, but there is no news to judge by


@dataclass(frozen=True, slots=True)
class _Answer:
    """All that one rule said at one tick, however many parts it said it in."""

    findings: dict[tuple[str, ...], Finding]
    undecided: frozenset[int]
    hold_ms: float


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
    priority: Priority


@dataclass(slots=True)
class _Open:
    """An active alert and its two clocks, each running only while what it times goes on without a break."""

    alert: Alert
    weaker_since_ms: int | None = None  # findings, or their decided absence, no longer uphold the level
    gone_since_ms: int | None = None  # there is no finding, and that is decided

    def see(self, at_ms: int, finding: Finding, granted: Priority | None, judged: _Answer) -> ChangeKind | None:
        """The condition is there. ``granted``: a higher level whose delay and reports are satisfied."""
        regained = self.alert.lost
        self.gone_since_ms = None
        if regained or _level(finding) >= self.alert.priority:
            self.alert = replace(self.alert, finding=_latched(self.alert.finding, finding), lost=False)
        if granted is not None:
            self.weaker_since_ms = None
            self.alert = replace(self.alert, priority=granted, acked=False)
            return ChangeKind.REGAINED if regained else ChangeKind.WORSENED
        eased = self._eases(at_ms, finding, judged)
        if regained:
            return ChangeKind.REGAINED
        return ChangeKind.EASED if eased else None

    def _eases(self, at_ms: int, finding: Finding, judged: _Answer) -> bool:
        # Where a vessel is undecided, a weaker level may be mere want of news: its clock does not run.
        if _level(finding) >= self.alert.priority or not judged.undecided.isdisjoint(finding.mmsi):
            self.weaker_since_ms = None
            return False
        self.weaker_since_ms = at_ms if self.weaker_since_ms is None else self.weaker_since_ms
        if at_ms - self.weaker_since_ms < judged.hold_ms:
            return False
        self.weaker_since_ms = None
        self.alert = replace(self.alert, finding=_latched(self.alert.finding, finding), priority=_level(finding))
        return True

    def miss(self, at_ms: int, judged: _Answer) -> ChangeKind | None:
        """The condition is not there: lost if one of its vessels is undecided, else on its way to resolved."""
        if not judged.undecided.isdisjoint(self.alert.finding.mmsi):
            return self._lose()
        self.weaker_since_ms = at_ms if self.weaker_since_ms is None else self.weaker_since_ms
        self.gone_since_ms = at_ms if self.gone_since_ms is None else self.gone_since_ms
        if at_ms - self.gone_since_ms < judged.hold_ms:
            return None
        self.alert = replace(self.alert, active=False, lost=False)
        return ChangeKind.RESOLVED

    def _lose(self) -> ChangeKind | None:
        self.weaker_since_ms = self.gone_since_ms = None
        if self.alert.lost:
            return None
        self.alert = replace(self.alert, lost=True)
        return ChangeKind.LOST


@dataclass(slots=True)
class AlertBook:
    """Every key's alert: asked for, open, resolved but unacknowledged, or lately gone.

    Plain values only: it pickles, compares and replays. It has no clock; ticks bring the time and never go back.
    """

    listed_max: int = LISTED_MAX
    counts: BookCounts = field(default_factory=BookCounts)
    _asking: dict[RuleKey, _Asking] = field(default_factory=dict)
    _open: dict[RuleKey, _Open] = field(default_factory=dict)
    _ids: dict[str, RuleKey] = field(default_factory=dict)  # of the open ones
    _resolved: dict[str, Alert] = field(default_factory=dict)  # unacknowledged, in the order they resolved
    _recent: dict[RuleKey, _Recent] = field(default_factory=dict)

    @property
    def active(self) -> tuple[Alert, ...]:
        """Alerts that are active or unacknowledged, most urgent first, then by id."""
        listed = (*(opened.alert for opened in self._open.values()), *self._resolved.values())
        return tuple(sorted(listed, key=lambda alert: (-alert.priority, alert.alert)))

    def get(self, alert: str) -> Alert | None:
        """The listed alert of that id; None if there never was one or it has left the book."""
        where = self._ids.get(alert)
        return self._resolved.get(alert) if where is None else self._open[where].alert

    def admit(self, at_ms: int, answers: Sequence[Findings], basis: Mapping[str, str]) -> list[AlertChange]:
        """Take what the rules answered at one tick; the changes it makes, at most one to an alert.

        Changes come in ``change_order``. A rule without an answer decides nothing about its alerts.
        """
        judged = _unite(answers, self.counts)
        self._forget(at_ms)
        changed: list[tuple[ChangeKind, Alert]] = []
        due: list[tuple[Priority, RuleKey, Finding]] = []
        for where in self._touched(judged):  # sorted: a full book must drop the same alerts in every replay
            answer = judged[where[0]]
            finding = answer.findings.get(where[1])
            opened = self._open.get(where)
            if opened is not None:
                changed += self._follow(at_ms, where, opened, finding, answer)
            elif (level := self._granted(at_ms, where, finding, above=0)) is not None and finding is not None:
                due.append((level, where, finding))
        for level, where, finding in sorted(due, key=lambda d: (-d[0], d[1])):
            changed += self._raise(at_ms, where, level, finding)
        decided = dict(basis)
        return sorted((_change(at_ms, kind, alert, decided) for kind, alert in changed), key=change_order)

    def perform(self, act: Act, basis: Mapping[str, str]) -> Outcome:
        """Do what a person did to an alert: acknowledge it, or note something on it (``act.facts["text"]``)."""
        if act.kind not in (ActKind.ACKNOWLEDGE, ActKind.NOTE):
            return Outcome(refusal=Refusal.NOT_ABOUT_ALERTS)
        alert = self.get(act.target)
        if alert is None:
            return Outcome(refusal=Refusal.UNKNOWN_ALERT)
        if act.kind is ActKind.NOTE:
            return _note(act, alert, basis)
        if alert.acked:
            return Outcome(refusal=Refusal.ALREADY_ACKNOWLEDGED)
        return self._acknowledge(act, replace(alert, acked=True, changed_ms=act.at_ms), basis)

    def _acknowledge(self, act: Act, acked: Alert, basis: Mapping[str, str]) -> Outcome:
        if acked.active:
            self._open[self._ids[acked.alert]].alert = acked
        else:
            del self._resolved[acked.alert]
        return Outcome((_change(act.at_ms, ChangeKind.ACKNOWLEDGED, acked, dict(basis), actor=act.actor),))

    def _touched(self, judged: Mapping[str, _Answer]) -> list[RuleKey]:
        """Every key that the answers speak of, be it by leaving it out."""
        found = {(rule, key) for rule, answer in judged.items() for key in answer.findings}
        known = {where for where in (*self._open, *self._asking) if where[0] in judged}
        return sorted(found | known)

    def _follow(
        self, at_ms: int, where: RuleKey, opened: _Open, finding: Finding | None, answer: _Answer
    ) -> list[tuple[ChangeKind, Alert]]:
        """One tick in the life of an open alert."""
        granted = self._granted(at_ms, where, finding, above=opened.alert.priority)
        kind = opened.miss(at_ms, answer) if finding is None else opened.see(at_ms, finding, granted, answer)
        if granted is not None:
            del self._asking[where]
        if kind is None:
            return []
        opened.alert = replace(opened.alert, changed_ms=at_ms)
        if kind is ChangeKind.RESOLVED:
            self._close(at_ms, where, opened.alert)
        return [(kind, opened.alert)]

    def _granted(self, at_ms: int, where: RuleKey, finding: Finding | None, above: int) -> Priority | None:
        """The level the key may have now, if it asks for more than ``above`` and has asked long enough."""
        level = None if finding is None else finding.set_level
        if finding is None or level is None or level <= above:
            self._asking.pop(where, None)
            return None
        asking = self._asking.setdefault(where, _Asking(at_ms, at_ms))
        asking.hear(at_ms, finding.news)
        return level if asking.is_due(at_ms, finding) else None

    def _raise(self, at_ms: int, where: RuleKey, level: Priority, finding: Finding) -> list[tuple[ChangeKind, Alert]]:
        if self._withheld(at_ms, where, level):
            return []
        del self._asking[where]
        rule, key = where
        alert = Alert(alert_id(rule, key, at_ms), rule, key, level, finding, at_ms, at_ms)
        self._open[where] = _Open(alert)
        self._ids[alert.alert] = where
        return [(ChangeKind.RAISED, alert)]

    def _withheld(self, at_ms: int, where: RuleKey, level: Priority) -> bool:
        """Whether a due raise must wait: it keeps asking, and is counted once for as long as it asks."""
        asking, recent = self._asking[where], self._recent.get(where)
        if recent is not None:
            if at_ms // 1000 == recent.raised_ms // 1000:
                return True  # ids tell seconds apart: the next second will do
            if level < ALWAYS_TOLD and level <= recent.priority:
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
        if len(self._open) + len(self._resolved) < self.listed_max:
            return True
        oldest = next((alert.alert for alert in self._resolved.values() if alert.priority < ALWAYS_TOLD), None)
        if oldest is None:
            return False
        del self._resolved[oldest]
        self.counts.unacknowledged_dropped += 1
        return True

    def _close(self, at_ms: int, where: RuleKey, alert: Alert) -> None:
        del self._open[where], self._ids[alert.alert]
        self._recent[where] = _Recent(at_ms, alert.raised_ms, alert.priority)
        if not alert.acked:
            self._resolved[alert.alert] = alert

    def _forget(self, at_ms: int) -> None:
        for where in [w for w, asking in self._asking.items() if at_ms - asking.seen_ms > ASKING_KEEP_MS]:
            del self._asking[where]
        for where in [w for w, recent in self._recent.items() if at_ms - recent.resolved_ms >= RERAISE_GUARD_MS]:
            del self._recent[where]


def change_order(change: AlertChange) -> tuple[int, str]:
    """Sorts the changes of one tick, from one book or many: most urgent first, then by alert id."""
    return -change.priority, change.alert


def _latched(before: Finding, now: Finding) -> Finding:
    """The newer finding, but for the facts that were settled when the alert was raised."""
    settled = {name: before.facts[name] for name in now.latched if name in before.facts}
    return replace(now, facts={**now.facts, **settled}) if settled else now


def _level(finding: Finding) -> Priority:
    """The level a finding upholds."""
    return finding.hold_level if finding.set_level is None else max(finding.set_level, finding.hold_level)


def _unite(answers: Iterable[Findings], counts: BookCounts) -> dict[str, _Answer]:
    """Each rule's answer in one piece, whatever parts and order it came in."""
    parts: dict[str, list[Findings]] = {}
    for answer in answers:
        parts.setdefault(answer.rule, []).append(answer)
    return {rule: _united(parts[rule], counts) for rule in parts}


def _united(parts: list[Findings], counts: BookCounts) -> _Answer:
    findings: dict[tuple[str, ...], Finding] = {}
    disputed: set[tuple[str, ...]] = set()
    for finding in (f for part in parts for f in part.findings if not f.suppressed):
        other = findings.setdefault(finding.key, finding)
        if other != finding:
            disputed.add(finding.key)
            findings[finding.key] = min(other, finding, key=_gravest_first)
    counts.disagreements += len(disputed)
    undecided = frozenset[int]().union(*(part.undecided for part in parts))
    return _Answer(findings, undecided, max(part.hold_s for part in parts) * 1000)


def _gravest_first(finding: Finding) -> tuple[Any, ...]:
    """Which of two contradicting findings counts: the graver; else any, but always the same."""
    facts = sorted((name, repr(value)) for name, value in finding.facts.items())
    return -(finding.set_level or 0), -finding.hold_level, repr(replace(finding, facts={})), facts


def _note(act: Act, alert: Alert, basis: Mapping[str, str]) -> Outcome:
    text = act.facts.get("text")
    said = plain(" ".join(text.split())) if isinstance(text, str) else ""
    if not said:
        return Outcome(refusal=Refusal.NOTE_EMPTY)
    if len(said) > NOTE_CHARS_MAX:
        return Outcome(refusal=Refusal.NOTE_TOO_LONG)
    return Outcome((_change(act.at_ms, ChangeKind.NOTED, alert, dict(basis), actor=act.actor, note=said),))


def _change(
    at_ms: int, kind: ChangeKind, alert: Alert, basis: Mapping[str, str], actor: str = "", note: str = ""
) -> AlertChange:
    found = alert.finding
    return AlertChange(
        at_ms=at_ms,
        change=kind,
        alert=alert.alert,
        rule=alert.rule,
        key=alert.key,
        priority=alert.priority,
        mmsi=found.mmsi,
        zone=found.zone,
        position=found.position,
        message=found.message,
        facts=found.facts,
        active=alert.active,
        acked=alert.acked,
        basis=basis,
        actor=actor,
        note=note,
    )
