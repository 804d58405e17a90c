"""How heavily the alerts weigh on a seat, measured as ISA-18.2 and IEC 62682 measure alarm systems.

Every figure runs over the whole span the meter saw, empty windows included: a quiet night is part of the truth. What
is counted is a *call*: an alert raised, worsened, closer or escalated, heard again worse than it was lost, or off the
shelf because its time is over, for each asks for the officer anew. Calls at WARNING and above (``warned``) are the
alarms of the standard; cautions ask for no action and are counted apart.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from fengqiao.alerts.states import BookCounts, RuleKey
from fengqiao.alerts.targets import beyond_target
from fengqiao.model.findings import AlertChange, ChangeKind, Priority

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

CALLS = frozenset({ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.CLOSER, ChangeKind.ESCALATED})
WARNED_MIN = Priority.WARNING
WINDOW_MS = 600_000  # ISA-18.2 counts by ten minutes
HOUR_MS = 3_600_000
FLOOD_CALLS_MAX = 10  # more than this in a window is a flood
CHATTER_RAISED = 3  # the common working rule, three activations
CHATTER_MS = 60_000  # in sixty seconds; the standard names no number
DAY_MS = 86_400_000
STALE_MS = DAY_MS  # active for longer than a day
TOP_KEYS = 10
KEYS_MAX = 50_000  # keys counted apart; beyond it the rarer half is let go, and counted
HOURS_KEPT = 24 * 31  # of the histogram; the totals forget nothing
LISTED_MAX = 100  # floods and chatter episodes told one by one; the rest are counted
ANSWER_SOON_MS, ANSWER_LATE_MS = 120_000, 300_000  # when an unanswered alarm, an unanswered warning is escalated


@dataclass(slots=True)
class LoadMeter:
    """Adds up a stream of alert changes in the order of time; its memory does not grow with the span.

    Load is per seat, and every seat is shown and sounds every alert until somebody takes it: what calls one officer
    calls them all. So each seat bears the whole, and a flood does not vanish because a colleague signs on. How many
    seats shared the answering (``staff``) stands beside it.
    """

    start_ms: int | None = None
    now_ms: int = 0
    seats: int = 1
    seat_ms: int = 0  # sum of seats over time
    changes: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)  # raised
    by_priority: Counter[Priority] = field(default_factory=Counter)  # raised
    calls: Counter[Priority] = field(default_factory=Counter)
    by_change: Counter[ChangeKind] = field(default_factory=Counter)  # calls
    by_key: Counter[RuleKey] = field(default_factory=Counter)  # calls
    keys_let_go: int = 0
    chatter_episodes: int = 0
    chatter: list[tuple[int, RuleKey]] = field(default_factory=list)  # the first of them
    stale_max: int = 0
    flood_windows: int = 0  # of the windows before the present one
    floods: list[tuple[int, int]] = field(default_factory=list)  # when begun, calls; the first of them
    fullest_window: int = 0  # raised
    fullest_warned: int = 0  # calls at warning and above in one window
    fullest_hour: int = 0
    answered: Counter[str] = field(default_factory=Counter)  # of warned alerts: "soon", "late", "not" in five minutes
    hours: dict[int, list[int]] = field(default_factory=dict)  # hour since 1970 -> calls warned, cautioned
    _window: int = 0  # number of the present window, from start_ms on
    _window_raised: int = 0
    _window_warned: int = 0
    _hour: int = 0  # since 1970
    _hour_warned: int = 0
    _lately: dict[RuleKey, list[int]] = field(default_factory=dict)  # raised within CHATTER_MS, oldest first
    _waiting: dict[str, int] = field(default_factory=dict)  # alert id -> called, oldest first; nobody has answered yet
    _active_since: dict[str, int] = field(default_factory=dict)  # alert id -> raised, in the order they were raised
    _told_as: dict[str, Priority] = field(default_factory=dict)  # alert id -> as what it was told last, while active

    def tick(self, at_ms: int) -> None:
        """Time has come this far; an earlier time changes nothing."""
        if self.start_ms is None:
            self.start_ms = self.now_ms = at_ms
        if at_ms > self.now_ms:
            self.seat_ms += self.seats * (at_ms - self.now_ms)
            self.now_ms = at_ms
        window = (self.now_ms - self.start_ms) // WINDOW_MS
        if window > self._window:
            self._close_window()
            self._window, self._window_raised, self._window_warned = window, 0, 0
        if self.now_ms // HOUR_MS > self._hour:
            self._hour, self._hour_warned = self.now_ms // HOUR_MS, 0
        # Keys stand in the order of their latest raise, so the old ones are in front.
        while self._lately and self.now_ms - next(iter(self._lately.values()))[-1] > CHATTER_MS:
            del self._lately[next(iter(self._lately))]
        while self._waiting and self.now_ms - next(iter(self._waiting.values())) > ANSWER_LATE_MS:
            del self._waiting[next(iter(self._waiting))]
            self.answered["not"] += 1
        self.stale_max = max(self.stale_max, self._stale())

    def staff(self, at_ms: int, seats: int) -> None:
        """From now on so many seats are staffed; an empty one is one that nobody answers at."""
        self.tick(at_ms)
        self.seats = max(1, seats)

    def stand(self, alert: str, raised_ms: int) -> None:
        """An alert raised before the span and still active; tell these first, the oldest before the newer."""
        self._active_since[alert] = raised_ms

    def add(self, changes: Iterable[AlertChange]) -> None:
        for change in changes:
            self.changes[change.change.value] += 1
            if self._is_call(change):
                self.tick(change.at_ms)  # what people do does not drive time
                self._add_call(change)
            self._told_as[change.alert] = change.priority
            if change.change is ChangeKind.RAISED:
                self._add_raised(change)
            elif change.change is ChangeKind.RESOLVED:
                self._active_since.pop(change.alert, None)
            elif change.change in (ChangeKind.ACKNOWLEDGED, ChangeKind.SHELVED):
                self._answer(change)
            if not change.active:
                self._told_as.pop(change.alert, None)

    @property
    def warned(self) -> int:
        """Calls at WARNING and above."""
        return self.calls.total() - self.calls[Priority.CAUTION]

    @property
    def active(self) -> list[str]:
        """Ids of the alerts not resolved yet, the oldest first."""
        return list(self._active_since)

    def figures(self, held_back: Iterable[BookCounts] | None = None) -> dict[str, JSON]:
        """The figures by name, units in the names; a share of nothing is None, as is a verdict on too short a span.

        ``warned*`` and ``cautioned`` are calls, ``raised*`` alerts raised, of every level.
        What the books held back stands among them if their counts are given.
        """
        raised = self.changes[ChangeKind.RAISED]
        windows, hours = self._windows(), (self.now_ms - (self.start_ms or 0)) / HOUR_MS
        floods = self.flood_windows + self._flooded()
        calls = self.calls.total()
        cautioned = self.calls[Priority.CAUTION]
        urgent = self.calls[Priority.ALARM] + self.calls[Priority.EMERGENCY]
        answers = self.answered.total()
        out: dict[str, JSON] = {
            "span_s": (self.now_ms - (self.start_ms or 0)) / 1000,
            "seats_avg": _share(self.seat_ms, self.now_ms - (self.start_ms or 0)),
            "windows_10_min": windows,
            "raised": raised,
            "raised_per_10_min_avg": _share(raised, windows),
            "raised_per_10_min_max": self.fullest_window,
            "raised_by_rule": dict(sorted(self.by_rule.items())),
            "raised_by_priority": {p.word: self.by_priority[p] for p in Priority},
            "calls": calls,
            "calls_by_change": {str(kind): n for kind, n in sorted(self.by_change.items())},
            "calls_by_priority": {p.word: self.calls[p] for p in Priority},
            "warned": self.warned,
            "warned_per_10_min_avg": _share(self.warned, windows),
            "warned_per_10_min_max": self.fullest_warned,
            "warned_per_hour_avg": _share(self.warned, max(1.0, hours)) if windows else None,
            "warned_per_hour_max": self.fullest_hour,
            "flood_windows": floods,
            "flood_windows_share": _share(floods, windows),
            "cautioned": cautioned,
            "calls_warning_share": _share(self.calls[Priority.WARNING], calls),
            "calls_alarm_or_emergency_share": _share(urgent, calls),
            "top_10_keys_share": _share(sum(n for _, n in self.by_key.most_common(TOP_KEYS)), calls),
            "keys_let_go": self.keys_let_go,
            "chatter_episodes": self.chatter_episodes,
            "active": len(self._active_since),
            "stale_over_24_h": self._stale(),
            "stale_over_24_h_max": self.stale_max,
            "answered_in_2_min": self.answered["soon"],
            "answered_in_5_min": self.answered["soon"] + self.answered["late"],
            "unanswered_in_5_min": self.answered["not"],
            "answered_in_2_min_share": _share(self.answered["soon"], answers),
            "answered_in_5_min_share": _share(answers - self.answered["not"], answers),
            "changes": dict(sorted(self.changes.items())),
        }
        out["beyond_target"] = beyond_target(out)
        return out if held_back is None else out | _held_back(held_back)

    def details(self) -> dict[str, JSON]:
        """What stands behind the figures: hours, sources, floods and chatter, each list bounded; times in ms UTC."""
        top = sorted(self.by_key.most_common(TOP_KEYS), key=lambda source: (-source[1], source[0]))
        return {
            "from_ms": self.start_ms,
            "to_ms": self.now_ms,
            "hours": [[hour * HOUR_MS, *counts] for hour, counts in sorted(self.hours.items())],
            "top_sources": [{"rule": rule, "key": list(key), "calls": n} for (rule, key), n in top],
            "floods": [[at_ms, calls] for at_ms, calls in self._all_floods()],
            "chatter": [{"at_ms": at_ms, "rule": rule, "key": list(key)} for at_ms, (rule, key) in self.chatter],
        }

    def _is_call(self, change: AlertChange) -> bool:
        if change.change is ChangeKind.REGAINED:
            return change.priority > self._told_as.get(change.alert, change.priority)
        # Whoever takes it off the shelf himself has it in sight.
        return change.change in CALLS or (change.change is ChangeKind.UNSHELVED and not change.acked)

    def _add_call(self, change: AlertChange) -> None:
        where = (change.rule, change.key)
        self.by_change[change.change] += 1
        self.calls[change.priority] += 1
        self.by_key[where] += 1
        if len(self.by_key) > KEYS_MAX:
            self._let_rare_keys_go()
        warned = change.priority >= WARNED_MIN
        self.hours.setdefault(self._hour, [0, 0])[0 if warned else 1] += 1
        while len(self.hours) > HOURS_KEPT:
            del self.hours[next(iter(self.hours))]
        if warned:
            self._window_warned += 1
            self._hour_warned += 1
            self.fullest_warned = max(self.fullest_warned, self._window_warned)
            self.fullest_hour = max(self.fullest_hour, self._hour_warned)
            if change.change is not ChangeKind.ESCALATED:  # no new question: the old one was not answered
                self._waiting.setdefault(change.alert, self.now_ms)

    def _add_raised(self, change: AlertChange) -> None:
        self.by_rule[change.rule] += 1
        self.by_priority[change.priority] += 1
        self._window_raised += 1
        self.fullest_window = max(self.fullest_window, self._window_raised)
        self._active_since[change.alert] = change.at_ms
        self._listen_for_chatter((change.rule, change.key))

    def _answer(self, change: AlertChange) -> None:
        called_ms = self._waiting.pop(change.alert, None)
        if called_ms is not None:
            self.answered[_answered_in(change.at_ms - called_ms)] += 1

    def _listen_for_chatter(self, where: RuleKey) -> None:
        """Three raises within a minute are one episode; a fourth begins to count towards the next."""
        lately = [ms for ms in self._lately.pop(where, ()) if self.now_ms - ms <= CHATTER_MS]
        lately.append(self.now_ms)
        if len(lately) == CHATTER_RAISED:
            self.chatter_episodes += 1
            if len(self.chatter) < LISTED_MAX:
                self.chatter.append((lately[0], where))
        else:
            self._lately[where] = lately

    def _let_rare_keys_go(self) -> None:
        kept = self.by_key.most_common(KEYS_MAX // 2)
        self.keys_let_go += len(self.by_key) - len(kept)
        self.by_key = Counter(dict(kept))

    def _flooded(self) -> bool:
        return self._window_warned > FLOOD_CALLS_MAX

    def _close_window(self) -> None:
        self.floods = list(self._all_floods())
        self.flood_windows += self._flooded()

    def _all_floods(self) -> Iterator[tuple[int, int]]:
        yield from self.floods
        if self._flooded() and len(self.floods) < LISTED_MAX:
            yield (self.start_ms or 0) + self._window * WINDOW_MS, self._window_warned

    def _windows(self) -> int:
        """Windows begun since the start; one that is only being entered counts once something is told in it."""
        if self.start_ms is None:
            return 0
        whole, rest = divmod(self.now_ms - self.start_ms, WINDOW_MS)
        entered = whole == self._window and (self._window_raised > 0 or self._window_warned > 0)
        return max(1, whole + (rest > 0 or entered))

    def _stale(self) -> int:
        stale = 0
        for raised_ms in self._active_since.values():
            if self.now_ms - raised_ms <= STALE_MS:
                break  # the rest were raised later still
            stale += 1
        return stale


def _answered_in(waited_ms: int) -> str:
    if waited_ms > ANSWER_LATE_MS:
        return "not"
    return "soon" if waited_ms <= ANSWER_SOON_MS else "late"


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _held_back(books: Iterable[BookCounts]) -> dict[str, JSON]:
    """The counts of every book added up; those kept by reason are added reason by reason."""
    out: dict[str, Any] = {}
    for name, value in (count for book in books for count in asdict(book).items()):
        if isinstance(value, dict):
            named = {where if isinstance(where, str) else ":".join(where): n for where, n in value.items()}
            out[name] = dict(sorted((Counter(out.get(name, {})) + Counter(named)).items()))
        else:
            out[name] = out.get(name, 0) + value
    return out
