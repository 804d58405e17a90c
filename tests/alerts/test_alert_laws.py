"""Laws of the alert book that hold for every history of findings, silences and acts."""

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengqiao.alerts import AlertBook, LoadMeter, Params, change_order, flood_of
from fengqiao.alerts.acts import DO
from fengqiao.model.findings import AlertChange, ChangeKind, Finding, Findings, Priority
from fengqiao.model.inputs import Act, ActKind

T0 = 1_757_993_400_000
RULES = ("collision", "gap")
VESSELS = (1, 2, 3)
KEYS = tuple((str(a), str(b)) for a in VESSELS for b in VESSELS if a < b)
HOLD_S = 60.0
BASIS = {"code": "0.1.0"}
BOOKS = 16
FEW = Params(flood_raised_max=1)
laws = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Moment:
    """One tick of a history: what the rules answer, and what an officer does to everything listed after it."""

    at_ms: int
    answers: tuple[Findings, ...]
    does: ActKind | None


Saying = tuple[Priority | None, Priority, float, int, str, float]

# What a rule may say of a key: set level, hold level, delay, fresh reports, why it is told to nobody, and the
# closest distance; half of the time nothing.
SAYINGS: list[Saying] = [
    (set_level, hold_level, delay_s, fresh, "rafted" if told_to_nobody else "", cpa_nm)
    for set_level in (None, *Priority)
    for hold_level in Priority
    for delay_s, fresh in ((0.0, 1), (30.0, 1), (30.0, 2))
    for told_to_nobody, cpa_nm in ((False, 0.8), (False, 0.2), (True, 0.2))
    if hold_level >= (set_level or 0)
]
sayings = st.lists(st.none() | st.sampled_from(SAYINGS), min_size=len(KEYS), max_size=len(KEYS))
undecideds = st.sampled_from([frozenset[int](), frozenset[int](), frozenset({1}), frozenset({2, 3})])
answered = st.sampled_from([True] * 9 + [False])
steps_ms = st.sampled_from([1000, 10_000, 30_000, 30_000, 60_000, 60_000, 700_000])
rule_answers = st.tuples(answered, sayings, undecideds)
done = st.sampled_from([None] * 6 + [*DO])
moments = st.tuples(steps_ms, st.tuples(*[rule_answers] * len(RULES)), done)


def answer(rule: str, said: Sequence[Saying | None], silent: frozenset[int], at_ms: int) -> Findings:
    found = []
    for key, saying in zip(KEYS, said, strict=True):
        if saying is not None:
            set_level, hold_level, delay_s, fresh, hushed, cpa_nm = saying
            mmsi, news = tuple(map(int, key)), at_ms // 20_000
            facts = {"news": news, "cpa_nm": cpa_nm}
            finding = Finding(rule, key, set_level, hold_level, f"alert.{rule}", facts, mmsi, suppressed=hushed)
            found.append(replace(finding, delay_s=delay_s, news=(news, news), fresh_reports=fresh))
    return Findings(rule, tuple(found), silent, HOLD_S)


@st.composite
def histories(draw: st.DrawFn) -> list[Moment]:
    at_ms, out = T0, []
    for step_ms, rules, does in draw(st.lists(moments, min_size=1, max_size=20)):
        at_ms += step_ms
        asked = [(rule, said) for rule, said in zip(RULES, rules, strict=True) if said[0]]
        answers = tuple(answer(rule, sayings, silent, at_ms) for rule, (_, sayings, silent) in asked)
        out.append(Moment(at_ms, answers, does))
    return out


def do_all(book: AlertBook, at_ms: int, does: ActKind | None) -> Iterator[AlertChange]:
    """An officer does the same to everything listed; what is refused makes no change."""
    facts = {"minutes": 5, "reason": "拖网船队", "to": "东席", "text": "已电话联系"}
    for alert in book.active if does else ():
        outcome = book.perform(Act("a", at_ms, "王海", "1", does or ActKind.NOTE, alert.alert, facts), BASIS)
        assert (outcome.refusal is None) == bool(outcome.changes)
        yield from outcome.changes


def take_all(book: AlertBook, at_ms: int) -> None:
    list(do_all(book, at_ms, ActKind.ACKNOWLEDGE))


def live(
    book: AlertBook, history: Sequence[Moment], seen: Callable[[Moment, list[AlertChange]], None] | None = None
) -> list[AlertChange]:
    """All changes of a history; ``seen`` looks at the book right after each tick."""
    out: list[AlertChange] = []
    for moment in history:
        changes = book.admit(moment.at_ms, moment.answers, BASIS)
        if seen is not None:
            seen(moment, changes)
        out += changes
        out += do_all(book, moment.at_ms, moment.does)
    return out


def shuffled(answers: Sequence[Findings], turn: int) -> list[Findings]:
    """The same answers in other words: each finding and each undecided vessel in a part of its own, order turned."""
    parts = []
    for a in answers:
        parts.append(Findings(a.rule, (), frozenset(), a.hold_s))
        parts += [Findings(a.rule, (f, f), frozenset(), a.hold_s) for f in a.findings]
        parts += [Findings(a.rule, (), frozenset({mmsi}), a.hold_s) for mmsi in a.undecided]
    cut = turn % max(1, len(parts))
    return (parts[cut:] + parts[:cut])[:: 1 if turn % 2 else -1]


@laws
@given(histories(), st.integers(0, 50))
def test_order_and_parts_do_not_matter(history: list[Moment], turn: int) -> None:
    """However answers are cut into parts, doubled and ordered, changes and memory are the same."""
    one, other = AlertBook(), AlertBook()
    recut = [Moment(m.at_ms, tuple(shuffled(m.answers, turn)), m.does) for m in history]
    assert live(one, history) == live(other, recut)
    assert one == other


@laws
@given(histories())
def test_sixteen_books_say_what_one_says(history: list[Moment]) -> None:
    """Keys shared out over sixteen books by hash: merged by ``change_order`` it is the tale of one book."""
    one, many = AlertBook(), [AlertBook() for _ in range(BOOKS)]
    for moment in history:
        merged: list[AlertChange] = []
        for i, book in enumerate(many):
            merged += book.admit(moment.at_ms, [share(a, i) for a in moment.answers], BASIS)
        assert one.admit(moment.at_ms, moment.answers, BASIS) == sorted(merged, key=change_order)
        done = [c for book in many for c in do_all(book, moment.at_ms, moment.does)]
        assert list(do_all(one, moment.at_ms, moment.does)) == sorted(done, key=change_order)
        assert flood_of(one.active, moment.at_ms, FEW) == flood_of(
            (alert for book in many for alert in book.active), moment.at_ms, FEW
        )
    assert one.counts.suppressed_reraises == sum(book.counts.suppressed_reraises for book in many)
    assert one.counts.suppressed == sum((Counter(book.counts.suppressed) for book in many), Counter())
    by_key = sorted((each for book in many for each in book.suppressed), key=lambda s: (s.finding.rule, s.finding.key))
    assert list(one.suppressed) == by_key


def share(answer: Findings, i: int) -> Findings:
    mine = tuple(f for f in answer.findings if crc32(repr((f.rule, f.key)).encode()) % BOOKS == i)
    return Findings(answer.rule, mine, answer.undecided, answer.hold_s)


# What may follow what in the life of one alert; None is before it was raised.
MAY_FOLLOW: dict[ChangeKind, set[str | None]] = {
    ChangeKind.RAISED: {None},
    ChangeKind.WORSENED: {"active"},
    ChangeKind.EASED: {"active"},
    ChangeKind.CLOSER: {"active"},
    ChangeKind.LOST: {"active"},
    ChangeKind.REGAINED: {"lost"},
    ChangeKind.RESOLVED: {"active", "lost"},
    ChangeKind.ESCALATED: {"active", "lost"},
    ChangeKind.SILENCED: {"active", "lost"},
    ChangeKind.SHELVED: {"active", "lost"},
    ChangeKind.UNSHELVED: {"active", "lost"},
    ChangeKind.TRANSFERRED: {"active", "lost"},
    ChangeKind.ACKNOWLEDGED: {"active", "lost", "over"},
    ChangeKind.NOTED: {"active", "lost", "over"},
}
BECOMES = {
    ChangeKind.RAISED: "active",
    ChangeKind.WORSENED: "active",
    ChangeKind.LOST: "lost",
    ChangeKind.REGAINED: "active",
    ChangeKind.RESOLVED: "over",
}
CALLS = (ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.CLOSER)  # to be seen, or to be seen again
SEES = (ChangeKind.ACKNOWLEDGED, ChangeKind.SHELVED)


def acked_after(change: AlertChange, before: bool) -> bool:
    """Whether somebody has seen it after that change, as the manual says."""
    if change.change is ChangeKind.UNSHELVED:
        return before and bool(change.actor)  # taken off by a person it is seen; ended by itself it calls again
    if change.change is ChangeKind.REGAINED:
        return before and change.acked  # heard again worse it calls again
    return (before or change.change in SEES) and change.change not in CALLS


@laws
@given(histories())
def test_the_two_booleans_follow_from_the_changes(history: list[Moment]) -> None:
    """From the changes alone one knows what is listed, active, acknowledged and at which level, after every history."""
    book, state, acked = AlertBook(), dict[str, str](), dict[str, bool]()
    level = dict[str, Priority]()
    for c in live(book, history):
        now, before = state.get(c.alert), acked.get(c.alert, False)
        assert now in MAY_FOLLOW[c.change]
        assert not (before and c.change in (ChangeKind.ACKNOWLEDGED, ChangeKind.ESCALATED, ChangeKind.SILENCED))
        state[c.alert] = BECOMES.get(c.change, now or "active")
        acked[c.alert] = acked_after(c, before)
        if c.priority > level.get(c.alert, 0):
            assert c.change in (ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.ESCALATED, ChangeKind.REGAINED)
        if c.priority < level.get(c.alert, 0):
            assert c.change in (ChangeKind.EASED, ChangeKind.REGAINED)
        level[c.alert] = c.priority
        assert (c.active, c.acked) == (state[c.alert] != "over", acked[c.alert])
        assert c.state.lost == (state[c.alert] == "lost")
    listed = {a: (state[a] != "over", acked[a], level[a]) for a in state if state[a] != "over" or not acked[a]}
    assert {a.alert: (a.active, a.acked, a.priority) for a in book.active} == listed


@laws
@given(histories())
def test_once_resolved_stays_resolved(history: list[Moment]) -> None:
    """After an alert has resolved nothing happens to it but notes and its acknowledgement, at most one."""
    over: set[str] = set()
    seen: set[str] = set()
    for c in live(AlertBook(), history):
        if c.alert in over:
            assert c.change in (ChangeKind.ACKNOWLEDGED, ChangeKind.NOTED) and not c.active
            assert c.change is not ChangeKind.ACKNOWLEDGED or c.alert not in seen
            seen |= {c.alert} if c.acked else set()
        over |= {c.alert} if c.change is ChangeKind.RESOLVED else set()


@laws
@given(histories())
def test_every_shelf_ends(history: list[Moment]) -> None:
    """Nothing stays on the shelf beyond its end, but for the one tick at which something else is told of it; and it
    is there for a person's reason only."""
    book = AlertBook()

    def check(moment: Moment, _: list[AlertChange]) -> None:
        for alert in (a for a in book.active if a.shelved):
            ended = alert.state.shelved_until_ms <= moment.at_ms
            assert alert.active and alert.acked and alert.state.shelf_reason
            assert not ended or alert.changed_ms == moment.at_ms

    for c in live(book, history, check):
        if c.change is ChangeKind.SHELVED:
            assert c.actor and c.note == c.state.shelf_reason and c.state.shelved_until_ms == c.at_ms + 300_000
        if c.change in (*CALLS, ChangeKind.UNSHELVED, ChangeKind.RESOLVED):
            assert c.state.shelved_until_ms == 0 and c.state.shelf_reason == ""


@laws
@given(histories())
def test_escalation_takes_each_step_once(history: list[Moment]) -> None:
    """At most once a step and level; only what nobody has seen, and nothing that has come down to its level."""
    taken: set[tuple[str, str, Priority]] = set()
    came_by: dict[str, ChangeKind] = {}
    for c in live(AlertBook(), history):
        if c.change is ChangeKind.ESCALATED:
            step = (c.alert, c.state.escalated, c.priority)
            assert step not in taken and not c.acked and c.priority >= Priority.ALARM and not c.actor
            assert came_by[c.alert] is not ChangeKind.EASED and not c.state.shelved_until_ms
            taken.add(step)
        if c.change in (ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.EASED):
            came_by[c.alert] = c.change
        elif c.change is ChangeKind.REGAINED and not c.acked:
            came_by[c.alert] = ChangeKind.WORSENED if came_by[c.alert] is ChangeKind.EASED else came_by[c.alert]


@laws
@given(histories())
def test_silence_changes_nothing_but_the_sound(history: list[Moment]) -> None:
    """Silenced or handed over, an alert is as active, as urgent and as unseen as before."""
    before: dict[str, AlertChange] = {}
    for c in live(AlertBook(), history):
        if c.change in (ChangeKind.SILENCED, ChangeKind.TRANSFERRED):
            was = before[c.alert]
            assert (c.active, c.acked, c.priority) == (was.active, was.acked, was.priority)
            assert c.state.silenced_until_ms in (0, c.at_ms + 30_000)
        before[c.alert] = c


OWN = ("waiting", "too_weak")  # reasons of the book itself


@laws
@given(histories())
def test_what_is_suppressed_is_listed_and_never_raised(history: list[Moment]) -> None:
    """After a tick the book lists exactly the suppressed of the rules that answered, and raised none of them; beside
    them stands what still waits to be raised."""
    book = AlertBook()

    def check(moment: Moment, changes: list[AlertChange]) -> None:
        hushed = {(f.rule, f.key) for a in moment.answers for f in a.findings if f.suppressed}
        answered = {a.rule for a in moment.answers}
        listed = {(s.finding.rule, s.finding.key) for s in book.suppressed if s.reason not in OWN}
        waits = {(s.finding.rule, s.finding.key) for s in book.suppressed if s.reason in OWN}
        assert waits.isdisjoint({(alert.rule, alert.key) for alert in book.active if alert.active} | hushed)
        assert {where for where in listed if where[0] in answered} == hushed
        told = (ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.CLOSER, ChangeKind.REGAINED, ChangeKind.LOST)
        assert not {(c.rule, c.key) for c in changes if c.change in told} & hushed

    live(book, history, check)


@laws
@given(histories(), st.integers(0, 19))
def test_a_restart_changes_nothing(history: list[Moment], at: int) -> None:
    """Dumped to bytes and loaded in the middle of any history, the book goes on as if nothing had been."""
    one, other = AlertBook(), AlertBook()
    told = live(one, history)
    again = live(other, history[:at])
    other = pickle.loads(pickle.dumps(other))
    assert again + live(other, history[at:]) == told
    assert one == other


@laws
@given(histories())
def test_every_raise_is_balanced_in_the_end(history: list[Moment]) -> None:
    """Once every vessel is heard and no danger left, every alert resolves; once taken, the book is empty."""
    book = AlertBook()
    changes = live(book, history)
    end_ms = history[-1].at_ms
    calm = [Findings(rule, hold_s=HOLD_S) for rule in RULES]
    for at_ms in (end_ms + 1000, end_ms + 61_000):
        changes += book.admit(at_ms, calm, BASIS)
    kinds = Counter((c.alert, c.change) for c in changes)
    raised = {alert for alert, kind in kinds if kind is ChangeKind.RAISED}
    assert raised == {alert for alert, kind in kinds if kind is ChangeKind.RESOLVED}
    assert all(kinds[alert, ChangeKind.RAISED] == kinds[alert, ChangeKind.RESOLVED] == 1 for alert in raised)
    take_all(book, end_ms + 61_000)
    book.admit(end_ms + 2_000_000, calm, BASIS)
    assert book == AlertBook(counts=book.counts)


@laws
@given(histories())
def test_nothing_changes_without_a_cause(history: list[Moment]) -> None:
    """One change to an alert a tick; and the same answers at the same instant again change nothing more."""
    book = AlertBook()

    def again(moment: Moment, changes: list[AlertChange]) -> None:
        assert len({c.alert for c in changes}) == len(changes)
        assert changes == sorted(changes, key=change_order)
        assert book.admit(moment.at_ms, moment.answers, BASIS) == []

    live(book, history, again)


@laws
@given(histories())
def test_only_news_resolves_or_eases(history: list[Moment]) -> None:
    """No alert is eased or resolved at a tick at which its rule is silent or one of its vessels is undecided."""

    def check(moment: Moment, changes: list[AlertChange]) -> None:
        undecided = {a.rule: a.undecided for a in moment.answers}
        for c in changes:
            if c.change in (ChangeKind.RESOLVED, ChangeKind.EASED):
                assert undecided[c.rule].isdisjoint(c.mmsi) or c.state.suppressed

    live(AlertBook(), history, check)


@laws
@given(histories())
def test_an_urgent_finding_on_the_fast_path_is_always_told(history: list[Moment]) -> None:
    """Alarm or emergency without delay: after that very tick there is an active alert at least that high."""
    book = AlertBook(Params(listed_max=1))

    def check(moment: Moment, _: list[AlertChange]) -> None:
        level = {(a.rule, a.key): a.priority for a in book.active if a.active and not a.lost}
        for f in (f for a in moment.answers for f in a.findings):
            if (f.set_level or 0) >= Priority.ALARM and f.delay_s == 0 and not f.suppressed:
                assert level[f.rule, f.key] >= (f.set_level or 0)

    live(book, history, check)


@laws
@given(histories())
def test_the_meter_counts_every_raise_and_knows_what_is_active(history: list[Moment]) -> None:
    """Load figures agree with the changes they came from and with the book."""
    book, meter = AlertBook(), LoadMeter()
    changes = live(book, history)
    for change in changes:
        meter.add([change])
    raised = sum(c.change is ChangeKind.RAISED for c in changes)
    figures = meter.figures()
    assert figures["raised"] == raised
    assert figures["active"] == sum(a.active for a in book.active)
