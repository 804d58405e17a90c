"""Who listens to a sea or a recording, tick by tick, and what each would have told the seat: ours and the peers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.watch import Watch

Pair = tuple[int, int]

WORSE = (ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.CLOSER)  # the sea called the officer,
AGAIN = ChangeKind.ESCALATED  # nobody answered: in these runs nobody ever does


class Listener(Protocol):
    """Told every tick."""

    def tick(self, at_ms: int, watch: Watch, changes: Sequence[AlertChange], /) -> None: ...


class Teller(Listener, Protocol):
    """A listener that keeps a log of what it would have told."""

    log: "Log"


@dataclass
class Log:
    """What reached the seat as a warning or an alarm. Cautions are shown to nobody who is busy, and do not count."""

    name: str
    begun: list[tuple[int, object]] = field(default_factory=list)  # every activation: instant and what of
    steps: list[tuple[int, object]] = field(default_factory=list)  # further calls of one that stands: worse, nearer
    again: list[tuple[int, object]] = field(default_factory=list)  # escalations, for want of an answer
    pairs: dict[Pair, list[int]] = field(default_factory=dict)  # activations of each pair of vessels
    first: dict[tuple[Pair, Priority], int] = field(default_factory=dict)  # when each level was first reached
    standing: list[int] = field(default_factory=list)  # how many at once, by tick
    sources: Counter[object] = field(default_factory=Counter)

    def activate(self, at_ms: int, what: object, *pairs: Pair) -> None:
        self.begun.append((at_ms, what))
        self.sources[what] += 1
        for pair in pairs:
            self.pairs.setdefault(pair, []).append(at_ms)

    def reach(self, pair: Pair, level: Priority, at_ms: int) -> None:
        self.first.setdefault((pair, level), at_ms)

    def warned_ms(self, pair: Pair) -> int | None:
        """When a pair was first warned or alarmed of."""
        times = [
            ms for level in (Priority.WARNING, Priority.ALARM) if (ms := self.first.get((pair, level))) is not None
        ]
        return min(times, default=None)


class Ours:
    """The alert book of the watch itself, every rule."""

    def __init__(self, rules: tuple[str, ...] = ()) -> None:
        self.log = Log("fengqiao")
        self.changes: list[AlertChange] = []
        self._rules = rules  # empty: all
        self._level: dict[str, Priority] = {}  # of active alerts

    def tick(self, _at_ms: int, _watch: Watch, changes: Sequence[AlertChange]) -> None:
        for change in changes:
            if not self._rules or change.rule in self._rules:
                self.changes.append(change)
                self._take(change)
        self.log.standing.append(sum(level >= Priority.WARNING for level in self._level.values()))

    def _take(self, change: AlertChange) -> None:
        before, pairs = self._level.get(change.alert), pairs_of(change)
        for pair in pairs:
            self.log.reach(pair, change.priority, change.at_ms)
        what = (change.rule, *change.key)
        if change.change is AGAIN:
            self.log.again.append((change.at_ms, what))
        elif change.change in WORSE and change.priority >= Priority.WARNING:
            if before is None or before < Priority.WARNING:
                self.log.activate(change.at_ms, what, *pairs)
            else:
                self.log.steps.append((change.at_ms, what))
        if change.active:
            self._level[change.alert] = change.priority
        else:
            self._level.pop(change.alert, None)


def pairs_of(change: AlertChange) -> tuple[Pair, ...]:
    """The pairs an alert tells of: a ship that comes between two boats with one net is told once, of both."""
    if change.rule != "collision" or len(change.mmsi) < 2:
        return ()
    ship = change.mmsi[0] if len(change.mmsi) == 2 else int(change.facts["a_mmsi"])
    return tuple(ordered(ship, mmsi) for mmsi in change.mmsi if mmsi != ship)


def ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
