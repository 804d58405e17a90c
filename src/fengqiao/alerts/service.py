"""Out of service: a rule, a feed, a zone or a vessel that lies, taken out by a person with a reason and an end.

Its findings are computed and told to nobody; distress and emergencies are told whatever is out of service. It ends
by itself at a tick. Kept once for a watch, not by key: what is out of service is so for every book.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fengqiao.alerts.ids import alert_id
from fengqiao.alerts.params import Params
from fengqiao.alerts.said import minutes_of, text_of
from fengqiao.alerts.states import Outcome, Refusal, level_of, never_withheld
from fengqiao.model.findings import AlertChange, AlertState, ChangeKind, Finding, Priority
from fengqiao.model.inputs import Act, ActKind
from fengqiao.words import plain

KINDS = ("rule", "feed", "zone", "vessel")
NAME_CHARS_MAX = 256  # a feed may be named by the path of a file
MMSI = re.compile("[0-9]{1,9}")
RULE = "service"  # the name under which these changes are kept: no rule finds them


@dataclass(frozen=True, slots=True)
class Outage:
    kind: str  # of KINDS
    name: str  # rule, feed, zone id without revision, or mmsi
    from_ms: int
    until_ms: int
    reason: str
    actor: str


@dataclass(slots=True)
class Service:
    """What is out of service now, by kind and name."""

    outages: dict[tuple[str, str], Outage] = field(default_factory=dict)

    @property
    def out(self) -> tuple[Outage, ...]:
        return tuple(self.outages[where] for where in sorted(self.outages))

    def perform(self, act: Act, basis: Mapping[str, str], params: Params) -> Outcome:
        """Take out of service (``facts``: reason, minutes) or back into it; ``act.target`` is "vessel:412000001"."""
        kind, _, name = act.target.partition(":")
        where = (kind, name.strip())
        if not _is_source(*where):
            return Outcome(refusal=Refusal.NOT_A_SOURCE)
        if act.kind is ActKind.IN_SERVICE:
            return self._back(act, where, basis)
        minutes = minutes_of(act, params.out_of_service_min_max)
        reason = text_of(act, "reason", params.note_chars_max, Refusal.REASON_MISSING)
        for refused in (minutes, reason):
            if isinstance(refused, Refusal):
                return Outcome(refusal=refused)
        if where == ("rule", "distress"):
            return Outcome(refusal=Refusal.NEVER_WITHHELD)
        if where in self.outages:
            return Outcome(refusal=Refusal.ALREADY_OUT_OF_SERVICE)
        outage = Outage(*where, act.at_ms, act.at_ms + int(minutes) * 60_000, str(reason), act.actor)
        self.outages[where] = outage
        return Outcome((_change(act.at_ms, ChangeKind.OUT_OF_SERVICE, outage, basis, act.actor),))

    def end(self, at_ms: int, basis: Mapping[str, str], all_of_them: bool = False) -> list[AlertChange]:
        """What has come to its end goes back into service by itself."""
        over = [outage for outage in self.out if all_of_them or outage.until_ms <= at_ms]
        for outage in over:
            del self.outages[outage.kind, outage.name]
        return [_change(max(at_ms, outage.from_ms + 1), ChangeKind.IN_SERVICE, outage, basis) for outage in over]

    def _back(self, act: Act, where: tuple[str, str], basis: Mapping[str, str]) -> Outcome:
        outage = self.outages.pop(where, None)
        if outage is None:
            return Outcome(refusal=Refusal.NOT_OUT_OF_SERVICE)
        return Outcome((_change(act.at_ms, ChangeKind.IN_SERVICE, outage, basis, act.actor),))


def _is_source(kind: str, name: str) -> bool:
    if kind not in KINDS or not 0 < len(name) <= NAME_CHARS_MAX or plain(name) != name:
        return False
    return kind != "vessel" or MMSI.fullmatch(name) is not None


def sources_of(rule: str, key: Sequence[str], mmsi: Sequence[int], zone: str | None) -> tuple[tuple[str, str], ...]:
    """Kind and name of what may be taken out of service so that such an alert is told no more, the narrowest first."""
    vessels = [part.partition(".")[0] for part in key]
    return (
        *(("vessel", name) for name in vessels if MMSI.fullmatch(name) and int(name) in mmsi),
        *((("feed", key[1]),) if rule == "feed" else ()),
        *((("zone", zone.partition("@")[0]),) if zone else ()),
        ("rule", rule),
    )


def covering(out: Sequence[Outage], finding: Finding) -> Outage | None:
    """The outage that keeps a finding from being told, if one does."""
    if not out or never_withheld(finding.rule, level_of(finding)):
        return None
    return next((outage for outage in out if _covers(outage, finding)), None)


def _covers(outage: Outage, finding: Finding) -> bool:
    match outage.kind:
        case "rule":
            return finding.rule == outage.name
        case "zone":
            return finding.zone is not None and finding.zone.partition("@")[0] == outage.name
        case "feed":
            return finding.rule == "feed" and outage.name in finding.key
        case _:
            # Found by the key: an alert about many vessels, such as a gale's, goes on for the others.
            return any(part.partition(".")[0] == outage.name for part in finding.key)


def _change(at_ms: int, kind: ChangeKind, outage: Outage, basis: Mapping[str, str], actor: str = "") -> AlertChange:
    """Kept beside the changes of alerts, yet no alert: neither active nor waiting for anybody."""
    facts = {"kind": outage.kind, "name": outage.name, "reason": outage.reason, "until_ms": outage.until_ms}
    named = {"rule": outage.name} if outage.kind == "rule" else {}  # a code, which has a word
    return AlertChange(
        at_ms=at_ms,
        change=kind,
        alert=alert_id(RULE, (outage.kind, outage.name), outage.from_ms),
        rule=RULE,
        key=(outage.kind, outage.name),
        priority=Priority.CAUTION,
        mmsi=(int(outage.name),) if outage.kind == "vessel" else (),
        zone=outage.name if outage.kind == "zone" else None,
        position=None,
        message=f"alert.{kind}{'.rule' if named else ''}",
        facts=facts | named,
        active=False,
        acked=True,
        basis=dict(basis),
        actor=actor,
        note=outage.reason if kind is ChangeKind.OUT_OF_SERVICE else "",
        state=AlertState(),
    )
