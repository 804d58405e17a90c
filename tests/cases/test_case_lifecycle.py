"""The procedure of a case: laws of the table, what each step asks for, and settling on the spot."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao import words
from fengqiao.cases.causes import CAUSES, CHANNELS, SIDES, SUGGESTED, SUGGESTED_ROLE, VESSEL_ROLES
from fengqiao.cases.lifecycle import (
    FEN_MAX,
    GUARDS,
    NEEDS,
    TERMINAL,
    TEXT_CHARS_MAX,
    TRANSITIONS,
    Outcome,
    Refusal,
    State,
    Transition,
    decide,
    on_the_spot,
    possible,
    spot_facts,
)

GOOD: dict[str, Any] = {
    "rights_told": True,
    "nobody_refuses": True,
    "reason": "当事人不愿调解",
    "lead": "李四",
    "place": "沈家门调解室",
    "terms": "乙方赔甲方网具款",
    "amount_fen": 3_200_000,
    "form": "written",
    "paid_fen": 3_200_000,
}
JUNK = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
)
STEPS = st.sampled_from(TRANSITIONS)
FORM: dict[str, Any] = {
    "applicant": "王大海",
    "respondent": "李小船",
    "lead": "李四",
    "place": "沈家门",
    "terms": "当场赔付网具款",
    "amount_fen": 80_000,
    "paid": True,
}


def facts_for(step: Transition) -> dict[str, Any]:
    """All that a step needs, and nothing else."""
    known = GOOD | {"outcome": step.outcomes[0].value if step.outcomes else ""}
    return {need: known[need] for need in step.needs}


def reached(start: State) -> set[State]:
    found, ahead = {start}, [start]
    while ahead:
        for step in possible(ahead.pop()):
            if step.target not in found:
                found.add(step.target)
                ahead.append(step.target)
    return found


def test_every_state_is_reached_from_the_first() -> None:
    assert reached(State.REPORTED) == set(State)


@pytest.mark.parametrize("state", State)
def test_every_case_can_end_and_an_ended_one_stays_so(state: State) -> None:
    assert reached(state) & TERMINAL
    assert (not possible(state)) == (state in TERMINAL)


def test_the_table_is_sound() -> None:
    """One transition for a state and an event, one row id for each origin; needs and guards are ones we know."""
    assert len({(t.origin, t.event) for t in TRANSITIONS}) == len(TRANSITIONS) == len({t.row for t in TRANSITIONS})
    assert {need for t in TRANSITIONS for need in t.needs} == set(NEEDS)
    assert {guard for t in TRANSITIONS for guard in t.guards} == set(GUARDS)
    assert all(t.source and bool(t.outcomes) == ("outcome" in t.needs) for t in TRANSITIONS)


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda t: f"{t.row}-{t.event}")
def test_a_step_with_all_it_needs_is_taken(step: Transition) -> None:
    assert decide(step.origin, step.event, facts_for(step), {"amount_fen": 3_200_000}) is step


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda t: f"{t.row}-{t.event}")
def test_what_is_missing_is_named(step: Transition) -> None:
    """Needs left out one at a time: the refusal names exactly that one."""
    for need in step.needs:
        for blank in (None, ""):
            assert decide(step.origin, step.event, facts_for(step) | {need: blank}) == Refusal("missing", need)


@given(step=STEPS, facts=st.dictionaries(st.sampled_from([*NEEDS, "note", "paid_on_the_spot", "x"]), JUNK))
@settings(max_examples=300, deadline=None)
def test_no_junk_takes_a_step_that_its_needs_forbid(step: Transition, facts: dict[str, Any]) -> None:
    """Whatever comes in, the answer is the transition with every need met, or a refusal that names a fact."""
    done = decide(step.origin, step.event, facts)
    if isinstance(done, Refusal):
        assert done.field in {*step.needs, *(name for g in step.guards for name in GUARDS[g].reads)}
    else:
        assert all(NEEDS[need](facts[need]) for need in step.needs)


@given(state=st.sampled_from(State), event=st.sampled_from([t.event for t in TRANSITIONS]) | st.text(max_size=6))
@settings(max_examples=200, deadline=None)
def test_only_steps_of_the_table_are_possible(state: State, event: str) -> None:
    done = decide(state, event, {})
    known = any(t.event == event for t in possible(state))
    assert known != (done == Refusal("no_such_event", event))


@given(words_=st.lists(st.tuples(st.sampled_from([t.event for t in TRANSITIONS]), st.booleans()), max_size=30))
@settings(max_examples=100, deadline=None)
def test_a_walk_never_leaves_the_table(words_: list[tuple[str, bool]]) -> None:
    """Any sequence of events: each step taken starts where the last one ended, and after an end comes none."""
    state = State.REPORTED
    for event, given_ in words_:
        step = next((t for t in possible(state) if t.event == event), None)
        done = decide(state, event, facts_for(step) if step and given_ else {}, {"amount_fen": 1})
        if isinstance(done, Transition):
            assert done.origin is state and state not in TERMINAL
            state = done.target


@pytest.mark.parametrize(
    ("origin", "outcome"),
    [
        (State.WITHDRAWN, Outcome.SETTLED),
        (State.TERMINATED, Outcome.SETTLED),
        (State.FULFILLED, Outcome.UNPERFORMED),
        (State.FULFILLED, Outcome.TRANSFERRED),
    ],
)
def test_a_case_is_closed_with_what_became_of_it(origin: State, outcome: Outcome) -> None:
    """A withdrawn case closed as settled would falsify the rate of success."""
    assert decide(origin, "close", {"outcome": outcome.value}) == Refusal("wrong", "outcome")


def test_an_oral_agreement_is_performed_at_once_or_written() -> None:
    """T09: 口头协议 only where it is paid on the spot, or both waive writing (人民调解法 §28)."""
    later = decide(State.AGREED, "effect", {"form": "oral"})
    at_once = decide(State.AGREED, "effect", {"form": "oral", "paid_on_the_spot": True})
    waived = decide(State.AGREED, "effect", {"form": "oral", "writing_waived": True})
    assert later == Refusal("missing", "paid_on_the_spot")
    assert isinstance(at_once, Transition) and isinstance(waived, Transition)


def test_paid_in_part_is_not_performed() -> None:
    part = decide(State.PERFORMING, "perform", {"paid_fen": 1_600_000}, {"amount_fen": 3_200_000})
    assert part == Refusal("short_paid", "paid_fen")


@pytest.mark.parametrize("amount", [-1, FEN_MAX, True, 1.5, "800", float("nan")])
def test_money_is_whole_fen_within_reason(amount: Any) -> None:
    facts = {"terms": "赔付", "amount_fen": amount}
    assert decide(State.MEDIATING, "agree", facts) == Refusal("wrong", "amount_fen")


def test_a_page_is_enough_for_a_fact() -> None:
    long = "长" * (TEXT_CHARS_MAX + 1)
    assert decide(State.MEDIATING, "fail", {"reason": long}) == Refusal("wrong", "reason")


def test_on_the_spot_is_the_whole_way_in_one_list() -> None:
    steps = on_the_spot(FORM)
    assert isinstance(steps, list)
    assert [s.event for s in steps] == ["accept", "assign", "mediate", "agree", "effect", "perform", "close"]
    assert (steps[0].origin, steps[-1].target) == (State.REPORTED, State.CLOSED)
    assert all(a.target is b.origin for a, b in pairwise(steps))


@pytest.mark.parametrize("name", FORM)
def test_on_the_spot_names_what_is_missing(name: str) -> None:
    assert on_the_spot({k: v for k, v in FORM.items() if k != name}) == Refusal("missing", name)


@pytest.mark.parametrize("name", ["rights_told", "nobody_refuses"])
def test_on_the_spot_is_for_the_willing_and_the_told(name: str) -> None:
    assert on_the_spot(FORM | {name: False}) == Refusal("wrong", name)


def test_on_the_spot_cannot_be_talked_into_another_end() -> None:
    """What the form says by itself is not overruled by stray facts: it is oral, paid in full and settled."""
    said = spot_facts(FORM | {"form": "written", "outcome": "sued", "paid_fen": 1})
    assert (said["form"], said["outcome"], said["paid_fen"]) == ("oral", "settled", 80_000)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_everything_of_a_case_has_words(lang: str) -> None:
    """States, events, facts, roles, causes and refusals are shown to people in both languages."""
    reasons = ("no_such_event", "missing", "wrong", "not_asked", "short_paid", "moved_on", "has_case")
    takes = {name for t in TRANSITIONS for name in t.takes} | set(FORM) | {"cause", "vessels", "occurred"}
    wanted = {f"case.state.{s}" for s in State} | {f"case.event.{t.event}" for t in TRANSITIONS}
    wanted |= {f"case.outcome.{o}" for o in Outcome} | {f"case.refusal.{r}" for r in reasons}
    wanted |= {f"case.need.{name}" for name in takes} | {f"case.cause.{c}" for c in CAUSES}
    wanted |= {f"case.role.{r}" for r in VESSEL_ROLES} | {f"case.side.{s}" for s in SIDES}
    wanted |= {f"tip.channel.{c}" for c in CHANNELS} | {f"field.{f}" for f in ("cause", "vessels", "occurred")}
    assert wanted - set(words.catalogue(lang)) == set()


def test_what_an_alert_suggests_is_in_the_lists() -> None:
    assert set(SUGGESTED.values()) <= set(CAUSES) and set(SUGGESTED_ROLE.values()) <= set(VESSEL_ROLES)
