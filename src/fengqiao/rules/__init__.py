"""One file per rule: ``check(picture, params) -> Findings``, stateless, parameters in a frozen dataclass beside it.

To add a rule: write ``rules/<name>.py`` with ``NAME``, ``SCOPE`` ("cell": asked per sea cell, answers for the rows
the picture marks as own and looks no farther than 15 nm from them; "bay": asked once over everything), ``Params``
and ``check``; add the module to ``RULES``; give its messages to ``words/<language>/alerts.po``. What several rules
share: ``tracks`` (age of news, who is a merchant ship, the last minutes), ``telling`` (names and times in facts),
``areas`` (where a gale holds), ``weather_here`` (wind, sea and sight at a place), ``close_pass`` (who passed whom),
``ports`` (which harbour is near).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fengqiao.model.findings import Ended, Finding, Findings
from fengqiao.rules import collision, condition, distress, feed, gale, gap, overdue, zone
from fengqiao.situation import activity, company, lying, outings
from fengqiao.situation.picture import Picture


class Rule(Protocol):
    """What a rule module offers. Its parameters are its own: only it reads them."""

    NAME: str
    SCOPE: str  # "cell" | "bay"
    Params: type[Any]

    def check(self, picture: Picture, params: Any) -> Findings: ...


RULES: tuple[Rule, ...] = (collision, condition, distress, feed, gale, gap, overdue, zone)


# By the name under which a centre tunes them: those of the rules, and those of what the picture itself tells.
PARAMETERS: dict[str, type[Any]] = {
    **{rule.NAME: rule.Params for rule in RULES},
    "activity": activity.Params,
    "company": company.Params,
    "lying": lying.Params,
    "outings": outings.Params,
}


def _defaults() -> dict[str, Any]:
    return {name: params() for name, params in PARAMETERS.items()}


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """The parameters of every rule and of the situation, by name; its ``dataclasses.asdict`` is what the settings hash
    is made of."""

    params: Mapping[str, Any] = field(default_factory=_defaults)

    def each(self) -> Iterator[tuple[Rule, Any]]:
        return ((rule, self.params[rule.NAME]) for rule in RULES)


ENDINGS = {collision.NAME: collision.ended}  # of the rules that have something to say of an alert that is over


def endings(picture: Picture, settings: RuleSettings) -> Ended:
    """What is said of an alert that is over, by its rule; where that adds nothing its last finding stands."""
    by_rule = {name: ended(picture, settings.params[name]) for name, ended in ENDINGS.items()}

    def ended(finding: Finding, raised_ms: int, suppressed: str) -> Finding:
        say = by_rule.get(finding.rule)
        return finding if say is None else say(finding, raised_ms, suppressed)

    return ended
