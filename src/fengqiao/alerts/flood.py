"""A flood of alerts, made readable: warnings folded by merchant ship, cautions hidden but counted, alarms never.

A view over the alerts of all books at an instant, nothing kept: books cut into shards fold the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fengqiao.alerts.params import Params
from fengqiao.alerts.states import Alert
from fengqiao.model.findings import Priority


@dataclass(frozen=True, slots=True)
class Fold:
    """Warnings that one call to one ship settles; at least two."""

    mmsi: int
    name: str
    alerts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flood:
    raised: int  # of what is listed, within the window
    on: bool = False
    folds: tuple[Fold, ...] = ()
    hidden: tuple[str, ...] = ()  # cautions


def flood_of(alerts: Iterable[Alert], at_ms: int, params: Params) -> Flood:
    """``alerts``: everything listed, in any order."""
    listed = sorted(alerts, key=lambda alert: alert.alert)
    raised = sum(at_ms - alert.raised_ms < params.flood_window_s * 1000 for alert in listed)
    if raised <= params.flood_raised_max:
        return Flood(raised)
    hidden = tuple(a.alert for a in listed if a.priority is Priority.CAUTION)
    return Flood(raised, True, _folds(listed, params), hidden)


def _folds(listed: Iterable[Alert], params: Params) -> tuple[Fold, ...]:
    by_ship: dict[int, list[Alert]] = {}
    for alert in listed:
        ship = merchant_of(alert)
        if alert.priority is Priority.WARNING and not alert.shelved and ship is not None:
            by_ship.setdefault(ship, []).append(alert)
    return tuple(
        Fold(ship, str(of[0].finding.facts.get("a", ship)), tuple(a.alert for a in of))
        for ship, of in sorted(by_ship.items())
        if len(of) >= params.fold_alerts_min
    )


def merchant_of(alert: Alert) -> int | None:
    """The merchant ship that a collision alert is about: the first of its two vessels, as the rule names them."""
    facts = alert.finding.facts
    ship = facts.get("a_mmsi")
    return ship if isinstance(ship, int) and str(facts.get("pair", "")).startswith("merchant") else None
