"""What rules answer and what the alert book makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum, StrEnum
from typing import Any


class Priority(IntEnum):
    """The four priorities of IMO MSC.302(87) (bridge alert management), least first."""

    CAUTION = 1  # 注意: awareness
    WARNING = 2  # 警告: precaution
    ALARM = 3  # 报警: attention and action at once
    EMERGENCY = 4  # 紧急: life is at stake

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's answer about one key at one tick.

    ``set_level`` is the level the facts would raise now; ``hold_level`` (never lower) is the level they are still
    strong enough to keep: the gap between the two is the hysteresis. A finding with set_level None only holds.
    """

    rule: str
    key: tuple[str, ...]  # deterministic and sorted: the same situation always has the same key
    set_level: Priority | None
    hold_level: Priority
    message: str  # id in the word catalogues, e.g. "alert.collision"
    facts: Mapping[str, Any]  # JSON values only; numbers rounded to what the sentence shows
    mmsi: tuple[int, ...] = ()
    zone: str | None = None  # zone id@rev
    position: tuple[float, float] | None = None  # lon, lat in degrees: where to look
    delay_s: float = 0.0  # must stay set this long before it is raised; 0 is the fast path
    news: tuple[int, ...] = ()  # fix times it rests on (one per vessel): only news resolves an alert
    fresh_reports: int = 1  # each entry of news must have moved this often (counting the first) before it is raised
    latched: tuple[str, ...] = ()  # facts that keep the value they had when the alert was raised (COLREG 13(d))
    suppressed: str = ""  # why it is told to nobody though it is computed: the book lists and counts it by this word


@dataclass(frozen=True, slots=True)
class Findings:
    """All answers of one rule at one tick."""

    rule: str
    findings: tuple[Finding, ...] = ()
    undecided: frozenset[int] = field(default_factory=frozenset)  # vessels of which there is no news to judge by
    hold_s: float = 180.0  # a condition must be gone this long before its alert eases or resolves


# What a rule has to say of an alert that is over: from its last finding, when it was raised (ms), and why it is told to
# nobody or "", to the finding that its record ends with.
Ended = Callable[[Finding, int, str], Finding]


class ChangeKind(StrEnum):
    RAISED = "raised"
    WORSENED = "worsened"
    EASED = "eased"
    ACKNOWLEDGED = "acknowledged"
    NOTED = "noted"
    RESOLVED = "resolved"
    LOST = "lost"
    REGAINED = "regained"
    CLOSER = "closer"  # no higher level, but the closest distance has halved since somebody saw it
    ESCALATED = "escalated"  # nobody answered: a warning became an alarm, or an alarm goes to the shift leader
    SILENCED = "silenced"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    TRANSFERRED = "transferred"
    OUT_OF_SERVICE = "out_of_service"  # of a rule, feed, zone or vessel, no single alert
    IN_SERVICE = "in_service"


@dataclass(frozen=True, slots=True)
class AlertState:
    """How an alert stands beside its two booleans, by what people did and did not do.

    Times are Unix milliseconds UTC; 0 and "" where there is nothing to say.
    """

    lost: bool = False  # active as far as known, but there is no news to judge by
    escalated: str = ""  # "alarm": a warning that nobody answered; "leader": an alarm that nobody answered
    lifted: bool = False  # told as an alarm for want of an answer, not by its facts
    holder: str = ""  # to which person or seat it was handed over last
    silenced_until_ms: int = 0  # it makes no sound until then
    shelved_until_ms: int = 0
    shelf_reason: str = ""
    suppressed: str = ""  # resolved not because its facts went, but because they are told to nobody, by this reason

    def as_json(self) -> dict[str, Any]:
        """What there is to say: the fields that are not as they began."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class AlertChange:
    """One step in the life of an alert: everything that decided it is in it."""

    at_ms: int
    change: ChangeKind
    alert: str  # deterministic id: rule, key and the instant it was raised
    rule: str
    key: tuple[str, ...]
    priority: Priority
    mmsi: tuple[int, ...]
    zone: str | None
    position: tuple[float, float] | None
    message: str
    facts: Mapping[str, Any]
    active: bool  # two booleans: the condition holds,
    acked: bool  # and somebody has seen it
    basis: Mapping[str, str]  # code version, settings hash, revisions of zones, register, gales
    actor: str = ""  # who acted, for what people do
    note: str = ""  # what was noted; the reason of a shelf; to whom it was handed over
    state: AlertState = AlertState()
