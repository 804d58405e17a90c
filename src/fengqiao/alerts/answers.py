"""Each rule's answer in one piece, whatever parts and order it came in, and what of it is told to nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fengqiao.alerts.service import Outage, covering
from fengqiao.alerts.states import BookCounts
from fengqiao.model.findings import Finding, Findings

OUT_OF_SERVICE = "out_of_service"  # the one reason of suppression that a person gave


@dataclass(frozen=True, slots=True)
class Answer:
    """All that one rule said at one tick: ``findings`` that are told, ``suppressed`` that are not."""

    findings: dict[tuple[str, ...], Finding]
    suppressed: dict[tuple[str, ...], Finding]
    undecided: frozenset[int]
    hold_ms: float


def unite(answers: Iterable[Findings], out: Sequence[Outage], counts: BookCounts) -> dict[str, Answer]:
    parts: dict[str, list[Findings]] = {}
    for answer in answers:
        parts.setdefault(answer.rule, []).append(answer)
    return {rule: _united(parts[rule], out, counts) for rule in parts}


def _united(parts: list[Findings], out: Sequence[Outage], counts: BookCounts) -> Answer:
    found: dict[tuple[str, ...], Finding] = {}
    disputed: set[tuple[str, ...]] = set()
    for finding in (f for part in parts for f in part.findings):
        other = found.setdefault(finding.key, finding)
        if other != finding:
            disputed.add(finding.key)
            found[finding.key] = min(other, finding, key=_gravest_first)
    counts.disagreements += len(disputed)
    if out:
        found = {key: _taken_out(finding, out) for key, finding in found.items()}
    told = {key: finding for key, finding in found.items() if not finding.suppressed}
    hushed = {key: finding for key, finding in found.items() if finding.suppressed}
    undecided = frozenset[int]().union(*(part.undecided for part in parts))
    return Answer(told, hushed, undecided, max(part.hold_s for part in parts) * 1000)


def _taken_out(finding: Finding, out: Sequence[Outage]) -> Finding:
    outage = None if finding.suppressed else covering(out, finding)
    return finding if outage is None else replace(finding, suppressed=OUT_OF_SERVICE)


def _gravest_first(finding: Finding) -> tuple[Any, ...]:
    """Which of two contradicting findings counts: the one that is told, the graver; else any, but always the same."""
    facts = sorted((name, repr(value)) for name, value in finding.facts.items())
    told = bool(finding.suppressed)
    return told, -(finding.set_level or 0), -finding.hold_level, repr(replace(finding, facts={})), facts
