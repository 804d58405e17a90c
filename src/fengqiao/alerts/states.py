"""An alert, the words for how it stands, and the steps and refusals of its life: values only.

The words are those of the standards, one table: two booleans (ISA-18.2) and what people did about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fengqiao.model.findings import AlertChange, AlertState, ChangeKind, Finding, Priority

RuleKey = tuple[str, tuple[str, ...]]


class Refusal(StrEnum):
    """Why an act changed nothing."""

    UNKNOWN_ALERT = "unknown_alert"  # not listed: never was, or it was resolved and acknowledged and has left
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    NOTE_EMPTY = "note_empty"
    NOTE_TOO_LONG = "note_too_long"  # a note is never cut: what was said is kept whole or not taken
    NOT_ABOUT_ALERTS = "not_about_alerts"
    NOTHING_SOUNDS = "nothing_sounds"
    NOT_ACTIVE = "not_active"  # its condition is gone: all it waits for is to be acknowledged
    NEVER_WITHHELD = "never_withheld"  # distress and emergencies are neither shelved nor taken out of service
    ALREADY_SHELVED = "already_shelved"
    NOT_SHELVED = "not_shelved"
    REASON_MISSING = "reason_missing"
    MINUTES_WRONG = "minutes_wrong"  # not a whole number, or beyond the limit
    RECEIVER_MISSING = "receiver_missing"
    RECEIVER_TOO_LONG = "receiver_too_long"
    NOT_A_SOURCE = "not_a_source"  # only a rule, feed, zone or vessel can be taken out of service
    ALREADY_OUT_OF_SERVICE = "already_out_of_service"
    NOT_OUT_OF_SERVICE = "not_out_of_service"


class Standing(StrEnum):
    """How an alert stands, in one word."""

    UNACKNOWLEDGED = "unacked"
    ACKNOWLEDGED = "acked"
    SILENCED = "silenced"
    SHELVED = "shelved"
    TRANSFERRED = "transferred"
    ESCALATED = "escalated"
    LOST = "lost"
    RESOLVED_UNACKNOWLEDGED = "over"


STANDINGS = (  # the first that holds, and where the state is from
    (Standing.RESOLVED_UNACKNOWLEDGED, "BAM rectified-unacknowledged; ISA-18.2 RTN-unack"),
    (Standing.SHELVED, "ISA-18.2 shelved"),
    (Standing.LOST, "D: silence is not safety"),
    (Standing.SILENCED, "BAM 7.3.5 active-silenced"),
    (Standing.ESCALATED, "BAM 6.2.2, until somebody answers"),
    (Standing.TRANSFERRED, "BAM responsibility transferred, until the receiver acknowledges"),
    (Standing.ACKNOWLEDGED, "BAM active-acknowledged; ISA-18.2 acknowledged"),
    (Standing.UNACKNOWLEDGED, "BAM active-unacknowledged; ISA-18.2 unacknowledged"),
)


def standing(active: bool, acked: bool, state: AlertState, at_ms: int) -> Standing:
    """The word for it at an instant."""
    holds = {
        Standing.RESOLVED_UNACKNOWLEDGED: not active,
        Standing.SHELVED: bool(state.shelved_until_ms),
        Standing.LOST: state.lost,
        Standing.SILENCED: not acked and at_ms < state.silenced_until_ms,
        Standing.ESCALATED: not acked and bool(state.escalated),
        Standing.TRANSFERRED: not acked and bool(state.holder),
        Standing.ACKNOWLEDGED: acked,
    }
    return next((word for word, _ in STANDINGS if holds.get(word)), Standing.UNACKNOWLEDGED)


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
    suppressed: dict[tuple[str, str], int] = field(default_factory=dict)  # onsets, by rule and reason

    def hush(self, rule: str, reason: str) -> None:
        self.suppressed[rule, reason] = self.suppressed.get((rule, reason), 0) + 1


@dataclass(frozen=True, slots=True)
class Alert:
    """A listed alert: active, or resolved and not yet acknowledged."""

    alert: str
    rule: str
    key: tuple[str, ...]
    level: Priority  # what its facts have given it
    finding: Finding  # the latest that upholds the level: message, facts, vessels, zone, position
    raised_ms: int
    changed_ms: int
    active: bool = True
    acked: bool = False
    state: AlertState = AlertState()

    @property
    def priority(self) -> Priority:
        """What it is told as: its level, or an alarm where a warning was left unanswered (MSC.302(87) 6.2.2)."""
        return Priority.ALARM if self.state.lifted else self.level

    @property
    def lost(self) -> bool:
        return self.state.lost

    @property
    def shelved(self) -> bool:
        return self.state.shelved_until_ms > 0


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A condition that holds now and is told to nobody."""

    finding: Finding
    reason: str
    since_ms: int


def level_of(finding: Finding) -> Priority:
    """The level a finding upholds."""
    return finding.hold_level if finding.set_level is None else max(finding.set_level, finding.hold_level)


def as_it_was(finding: Finding, _raised_ms: int, _suppressed: str) -> Finding:
    """``Ended`` where nobody has more to say of an alert than its last finding."""
    return finding


def never_withheld(rule: str, priority: Priority) -> bool:
    """Distress and whatever else is about life now can be silenced for thirty seconds and nothing more."""
    return rule == "distress" or priority >= Priority.EMERGENCY


def change_of(
    at_ms: int, kind: ChangeKind, alert: Alert, basis: Mapping[str, Any], actor: str = "", note: str = ""
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
        state=alert.state,
    )


def change_order(change: AlertChange) -> tuple[int, bool, str]:
    """Sorts the changes of one tick, from one book or many, as a book lists its alerts: most urgent first, what is so
    by its facts before what was lifted for want of an answer, then by alert id."""
    return -change.priority, change.state.lifted, change.alert
