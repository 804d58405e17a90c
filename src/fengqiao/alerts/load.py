"""How heavily the alerts weigh on one seat, measured as ISA-18.2 and IEC 62682 measure alarm systems.

Every figure runs over the whole span the meter saw, empty windows included: a quiet night is part of the truth.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from fengqiao.alerts.book import BookCounts, RuleKey
from fengqiao.model.findings import AlertChange, ChangeKind, Priority

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

WINDOW_MS = 600_000  # ISA-18.2 counts by ten minutes
FLOOD_RAISED_MAX = 10  # more than this in a window is a flood
CHATTER_RAISED = 3  # the common working rule, three activations
CHATTER_MS = 60_000  # in sixty seconds; the standard names no number
DAY_MS = 86_400_000
STALE_MS = DAY_MS  # active for longer than a day
TOP_KEYS = 10
KEYS_MAX = 50_000  # keys counted apart; beyond it the rarer half is let go, and counted
SPAN_DAYS_MIN = 30  # the standard judges no less: a busy hour proves nothing either way


@dataclass(frozen=True, slots=True)
class Target:
    """What a standard asks of one figure: at most ``at_most``, and never beyond ``limit`` where it names one."""

    figure: str
    at_most: float
    limit: float | None
    source: str


_ISA = "ANSI/ISA-18.2 (2009, 2016), IEC 62682, EEMUA 191, by secondary tables"
_MIX = f"{_ISA}: about 80 % low, 15 % medium, 5 % high, read as caution, warning, alarm with emergency"
TARGETS = (
    Target("raised_per_10_min_avg", 1.0, 2.0, _ISA),
    Target("raised_per_10_min_max", FLOOD_RAISED_MAX, None, _ISA),
    Target("flood_windows_share", 0.01, None, _ISA),
    Target("top_10_keys_share", 0.05, None, _ISA),
    Target("chatter_episodes", 0, None, f"{_ISA}; three in 60 s is common practice, not the standard's"),
    Target("stale_over_24_h_max", 4, None, f"{_ISA}: fewer than 5 on any day"),
    Target("raised_warning_share", 0.15, None, _MIX),
    Target("raised_alarm_or_emergency_share", 0.05, None, _MIX),
)


@dataclass(slots=True)
class LoadMeter:
    """Adds up a stream of alert changes in the order of time; its memory does not grow with the span."""

    start_ms: int | None = None
    now_ms: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    by_priority: Counter[Priority] = field(default_factory=Counter)
    by_key: Counter[RuleKey] = field(default_factory=Counter)
    keys_let_go: int = 0
    chatter_episodes: int = 0
    stale_max: int = 0
    flood_windows: int = 0  # of the windows before the present one
    fullest_window: int = 0
    _window: int = 0  # number of the present window, from start_ms on
    _window_raised: int = 0
    _lately: dict[RuleKey, list[int]] = field(default_factory=dict)  # raised within CHATTER_MS, oldest first
    _active_since: dict[str, int] = field(default_factory=dict)  # alert id -> raised, in the order they were raised

    def tick(self, at_ms: int) -> None:
        """Time has come this far; an earlier time changes nothing."""
        if self.start_ms is None:
            self.start_ms = self.now_ms = at_ms
        self.now_ms = max(self.now_ms, at_ms)
        window = (self.now_ms - self.start_ms) // WINDOW_MS
        if window > self._window:
            self.flood_windows += self._window_raised > FLOOD_RAISED_MAX
            self._window, self._window_raised = window, 0
        # Keys stand in the order of their latest raise, so the old ones are in front.
        while self._lately and self.now_ms - next(iter(self._lately.values()))[-1] > CHATTER_MS:
            del self._lately[next(iter(self._lately))]
        self.stale_max = max(self.stale_max, self._stale())

    def add(self, changes: Iterable[AlertChange]) -> None:
        for change in changes:
            self.changes[change.change.value] += 1
            if change.change is ChangeKind.RAISED:
                self.tick(change.at_ms)  # what people do does not drive time
                self._add_raised(change)
            elif change.change is ChangeKind.RESOLVED:
                self._active_since.pop(change.alert, None)

    def figures(self, book: BookCounts | None = None) -> dict[str, JSON]:
        """The figures by name, units in the names; a share of nothing is None, as is a verdict on too short a span.

        What the book held back stands among them if its counts are given.
        """
        raised = self.changes[ChangeKind.RAISED]
        windows = self._windows()
        floods = self.flood_windows + (self._window_raised > FLOOD_RAISED_MAX)
        urgent = self.by_priority[Priority.ALARM] + self.by_priority[Priority.EMERGENCY]
        out: dict[str, JSON] = {
            "span_s": (self.now_ms - (self.start_ms or 0)) / 1000,
            "windows_10_min": windows,
            "raised": raised,
            "raised_per_10_min_avg": _share(raised, windows),
            "raised_per_10_min_max": self.fullest_window,
            "flood_windows_share": _share(floods, windows),
            "raised_by_rule": dict(sorted(self.by_rule.items())),
            "raised_by_priority": {p.word: self.by_priority[p] for p in Priority},
            "raised_warning_share": _share(self.by_priority[Priority.WARNING], raised),
            "raised_alarm_or_emergency_share": _share(urgent, raised),
            "top_10_keys_share": _share(sum(n for _, n in self.by_key.most_common(TOP_KEYS)), raised),
            "keys_let_go": self.keys_let_go,
            "chatter_episodes": self.chatter_episodes,
            "active": len(self._active_since),
            "stale_over_24_h": self._stale(),
            "stale_over_24_h_max": self.stale_max,
            "changes": dict(sorted(self.changes.items())),
        }
        out["beyond_target"] = self._beyond(out)
        return out if book is None else out | _held_back(book)

    def _add_raised(self, change: AlertChange) -> None:
        where = (change.rule, change.key)
        self.by_rule[change.rule] += 1
        self.by_priority[change.priority] += 1
        self.by_key[where] += 1
        if len(self.by_key) > KEYS_MAX:
            self._let_rare_keys_go()
        self._window_raised += 1
        self.fullest_window = max(self.fullest_window, self._window_raised)
        self._active_since[change.alert] = change.at_ms
        self._listen_for_chatter(where)

    def _listen_for_chatter(self, where: RuleKey) -> None:
        """Three raises within a minute are one episode; a fourth begins to count towards the next."""
        lately = [ms for ms in self._lately.pop(where, ()) if self.now_ms - ms <= CHATTER_MS]
        lately.append(self.now_ms)
        if len(lately) == CHATTER_RAISED:
            self.chatter_episodes += 1
        else:
            self._lately[where] = lately

    def _let_rare_keys_go(self) -> None:
        kept = self.by_key.most_common(KEYS_MAX // 2)
        self.keys_let_go += len(self.by_key) - len(kept)
        self.by_key = Counter(dict(kept))

    def _windows(self) -> int:
        """Windows begun since the start; one that is only being entered counts once something is raised in it."""
        if self.start_ms is None:
            return 0
        whole, rest = divmod(self.now_ms - self.start_ms, WINDOW_MS)
        return max(1, whole + (rest > 0 or self._window_raised > 0))

    def _stale(self) -> int:
        stale = 0
        for raised_ms in self._active_since.values():
            if self.now_ms - raised_ms <= STALE_MS:
                break  # the rest were raised later still
            stale += 1
        return stale

    def _beyond(self, figures: dict[str, JSON]) -> JSON:
        """Names of the figures beyond their target."""
        if self.start_ms is None or self.now_ms - self.start_ms < SPAN_DAYS_MIN * DAY_MS:
            return None
        return [t.figure for t in TARGETS if isinstance(v := figures[t.figure], int | float) and v > t.at_most]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _held_back(book: BookCounts) -> dict[str, JSON]:
    return {
        "suppressed_reraises": book.suppressed_reraises,
        "overflow": book.overflow,
        "unacknowledged_dropped": book.unacknowledged_dropped,
        "disagreements": book.disagreements,
    }
