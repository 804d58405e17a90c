"""Laws of the alert book that hold for every history of findings, silences and acts."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengqiao.alerts import AlertBook, LoadMeter, Params, change_order
from fengqiao.model.findings import AlertChange, ChangeKind, Finding, Findings, Priority
from fengqiao.model.inputs import Act, ActKind

T0 = 1_757_993_400_000
RULES = ("collision", "gap")
VESSELS = (1, 2, 3)
KEYS = tuple((str(a), str(b)) for a in VESSELS for b in VESSELS if a < b)
HOLD_S = 60.0
BASIS = {"code": "0.1.0"}
BOOKS = 16
laws = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Moment:
    """One tick of a history: what the rules answer, and whether an officer takes everything listed after it."""

    at_ms: int
    answers: tuple[Findings, ...]
    takes: bool


Saying = tuple[Priority | None, Priority, float, int]

# What a rule may say of a key: set level, hold level, delay and fresh reports; half of the time nothing.
SAYINGS: list[Saying] = [
    (set_level, hold_level, delay_s, fresh)
    for set_level in (None, *Priority)
    for hold_level in Priority
    for delay_s, fresh in ((0.0, 1), (30.0, 1), (30.0, 2))
    if hold_level >= (set_level or 0)
]
sayings = st.lists(st.none() | st.sampled_from(SAYINGS), min_size=len(KEYS), max_size=len(KEYS))
undecideds = st.sampled_from([frozenset[int](), frozenset[int](), frozenset({1}), frozenset({2, 3})])
answered = st.sampled_from([True] * 9 + [False])
steps_ms = st.sampled_from([1000, 10_000, 30_000, 30_000, 60_000, 60_000, 700_000])
rule_answers = st.tuples(answered, sayings, undecideds)
moments = st.tuples(steps_ms, st.tuples(*[rule_answers] * len(RULES)), st.sampled_from([True] + [False] * 4))


def answer(rule: str, said: Sequence[Saying | None], silent: frozenset[int], at_ms: int) -> Findings:
    found = []
    for key, saying in zip(KEYS, said, strict=True):
        if saying is not None:
            set_level, hold_level, delay_s, fresh = saying
            mmsi, news = tuple(map(int, key)), at_ms // 20_000
            facts = {"news": news}
            finding = Finding(rule, key, set_level, hold_level, f"alert.{rule}", facts, mmsi)
            found.append(replace(finding, delay_s=delay_s, news=(news, news), fresh_reports=fresh))
    return Findings(rule, tuple(found), silent, HOLD_S)


@st.composite
def histories(draw: st.DrawFn) -> list[Moment]:
    at_ms, out = T0, []
    for step_ms, rules, takes in draw(st.lists(moments, min_size=1, max_size=20)):
        at_ms += step_ms
        asked = [(rule, said) for rule, said in zip(RULES, rules, strict=True) if said[0]]
        answers = tuple(answer(rule, sayings, silent, at_ms) for rule, (_, sayings, silent) in asked)
        out.append(Moment(at_ms, answers, takes))
    return out


def take_all(book: AlertBook, at_ms: int) -> Iterator[AlertChange]:
    for alert in book.active:
        outcome = book.perform(Act("a", at_ms, "王海", "1", ActKind.ACKNOWLEDGE, alert.alert), BASIS)
        yield from outcome.changes


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
        if moment.takes:
            out += take_all(book, moment.at_ms)
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
    recut = [Moment(m.at_ms, tuple(shuffled(m.answers, turn)), m.takes) for m in history]
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
        if moment.takes:
            taken = [c for book in many for c in take_all(book, moment.at_ms)]
            assert list(take_all(one, moment.at_ms)) == sorted(taken, key=change_order)
    assert one.counts.suppressed_reraises == sum(book.counts.suppressed_reraises for book in many)


def share(answer: Findings, i: int) -> Findings:
    mine = tuple(f for f in answer.findings if crc32(repr((f.rule, f.key)).encode()) % BOOKS == i)
    return Findings(answer.rule, mine, answer.undecided, answer.hold_s)


# What may follow what in the life of one alert; None is before it was raised.
MAY_FOLLOW: dict[ChangeKind, set[str | None]] = {
    ChangeKind.RAISED: {None},
    ChangeKind.WORSENED: {"active"},
    ChangeKind.EASED: {"active"},
    ChangeKind.LOST: {"active"},
    ChangeKind.REGAINED: {"lost"},
    ChangeKind.RESOLVED: {"active", "lost"},
}
BECOMES = {ChangeKind.LOST: "lost", ChangeKind.RESOLVED: "over"}


@laws
@given(histories())
def test_the_two_booleans_follow_from_the_changes(history: list[Moment]) -> None:
    """From the changes alone one knows what is listed, active, acknowledged and at which level, after every history."""
    book, state, acked = AlertBook(), dict[str, str](), dict[str, bool]()
    level = dict[str, Priority]()
    for c in live(book, history):
        now = state.get(c.alert)
        if c.change is ChangeKind.ACKNOWLEDGED:
            assert not acked[c.alert]
            acked[c.alert] = True
        else:
            assert now in MAY_FOLLOW[c.change]
            state[c.alert] = BECOMES.get(c.change, "active")
            rose = c.priority > level.get(c.alert, 0)
            acked[c.alert] = acked.get(c.alert, False) and not rose
            assert rose == (c.change in (ChangeKind.RAISED, ChangeKind.WORSENED)) or c.change is ChangeKind.REGAINED
        level[c.alert] = c.priority
        assert (c.active, c.acked) == (state[c.alert] != "over", acked[c.alert])
    listed = {a: (state[a] != "over", acked[a], level[a]) for a in state if state[a] != "over" or not acked[a]}
    assert {a.alert: (a.active, a.acked, a.priority) for a in book.active} == listed


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
    list(take_all(book, end_ms + 61_000))
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
                assert undecided[c.rule].isdisjoint(c.mmsi)

    live(AlertBook(), history, check)


@laws
@given(histories())
def test_an_urgent_finding_on_the_fast_path_is_always_told(history: list[Moment]) -> None:
    """Alarm or emergency without delay: after that very tick there is an active alert at least that high."""
    book = AlertBook(Params(listed_max=1))

    def check(moment: Moment, _: list[AlertChange]) -> None:
        level = {(a.rule, a.key): a.priority for a in book.active if a.active and not a.lost}
        for f in (f for a in moment.answers for f in a.findings):
            if (f.set_level or 0) >= Priority.ALARM and f.delay_s == 0:
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
