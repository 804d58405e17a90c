"""States and transitions of a mediation case, as a table that grows.

Sources: 人民调解法 (2010) by article; row numbers of the fuller table (fifteen states) that this one grows into. The
words of states and events stand in the catalogues as ``case.state.<state>`` and ``case.event.<event>``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    REPORTED = "reported"  # 待受理
    NOT_ACCEPTED = "not_accepted"  # 不予受理
    ACCEPTED = "accepted"  # 已受理待指派
    ASSIGNED = "assigned"  # 调查核实
    MEDIATING = "mediating"  # 调解中
    AGREED = "agreed"  # 达成协议待生效
    PERFORMING = "performing"  # 履行中
    FULFILLED = "fulfilled"  # 已履行
    TERMINATED = "terminated"  # 调解终止
    WITHDRAWN = "withdrawn"  # 撤回
    CLOSED = "closed"  # 结案


class Outcome(StrEnum):
    """How a case ended: it cannot be closed without one."""

    SETTLED = "settled"  # 成功
    SELF_SETTLED = "self_settled"  # 自行和解
    FAILED = "failed"  # 不成
    REFUSED = "refused"  # 拒绝调解
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"  # 移送
    UNPERFORMED = "unperformed"  # 未履行
    SUED = "sued"  # 转诉讼


TERMINAL = frozenset({State.NOT_ACCEPTED, State.CLOSED})


@dataclass(frozen=True, slots=True)
class Transition:
    row: str  # of the fuller table
    event: str
    origin: State
    target: State
    needs: tuple[str, ...]  # names in NEEDS
    source: str


S = State
TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "T02", "accept", S.REPORTED, S.ACCEPTED, ("rights_told", "nobody_refuses"), "人民调解法 §17; 司法部令75号 §30"
    ),
    Transition("T03", "refuse", S.REPORTED, S.NOT_ACCEPTED, ("reason",), "人民调解法 §17, §26"),
    Transition("T05", "assign", S.ACCEPTED, S.ASSIGNED, ("lead",), "人民调解法 §19"),
    Transition("T06", "mediate", S.ASSIGNED, S.MEDIATING, ("place",), "人民调解法 §20-22"),
    Transition("T07", "decline", S.ASSIGNED, S.TERMINATED, ("reason",), "人民调解法 §17, §26"),
    Transition("T08", "again", S.MEDIATING, S.MEDIATING, ("place",), "人民调解法 §21"),
    Transition("T09", "agree", S.MEDIATING, S.AGREED, ("terms", "amount_fen"), "人民调解法 §28-29"),
    Transition("T10", "effect", S.AGREED, S.PERFORMING, ("form",), "人民调解法 §29-30"),
    Transition("T11", "retract", S.AGREED, S.MEDIATING, ("reason",), "人民调解法 §23"),
    Transition("T12", "perform", S.PERFORMING, S.FULFILLED, ("paid_fen",), "人民调解法 §31"),
    Transition("T14", "default", S.PERFORMING, S.TERMINATED, ("reason",), "人民调解法 §32"),
    Transition("T16", "fail", S.MEDIATING, S.TERMINATED, ("reason",), "人民调解法 §26"),
    *(
        Transition("T20", "withdraw", origin, S.WITHDRAWN, ("reason",), "人民调解法 §23")
        for origin in (S.REPORTED, S.ACCEPTED, S.ASSIGNED, S.MEDIATING)
    ),
    *(
        Transition("T30", "close", origin, S.CLOSED, ("outcome",), "人民调解法 §27")
        for origin in (S.FULFILLED, S.TERMINATED, S.WITHDRAWN)
    ),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not taken: the reason's id, and the thing that is missing or wrong."""

    reason: str  # no_such_event | missing | wrong
    field: str = ""


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _fen(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**13


# What a step may need, and when it counts as given.
NEEDS: dict[str, Callable[[Any], bool]] = {
    "rights_told": lambda value: value is True,  # 权利义务告知
    "nobody_refuses": lambda value: value is True,  # no party clearly refuses
    "reason": _text,
    "lead": _text,  # 承办人
    "place": _text,
    "terms": _text,  # what was agreed
    "amount_fen": _fen,  # 0: nothing is to be paid
    "form": lambda value: value in ("written", "oral"),
    "paid_fen": _fen,
    "outcome": lambda value: value in set(Outcome),
}


def possible(state: State) -> tuple[Transition, ...]:
    """What may happen next."""
    return tuple(t for t in TRANSITIONS if t.origin is state)


def decide(state: State, event: str, facts: Mapping[str, Any]) -> Transition | Refusal:
    """The transition that ``event`` makes, or why it makes none."""
    step = next((t for t in possible(state) if t.event == event), None)
    if step is None:
        return Refusal("no_such_event", event)
    for need in step.needs:
        if facts.get(need) in (None, ""):
            return Refusal("missing", need)
        if not NEEDS[need](facts[need]):
            return Refusal("wrong", need)
    if event == "effect" and facts["form"] == "oral" and not _paid_on_the_spot(facts):
        return Refusal("missing", "paid_on_the_spot")  # an oral agreement that is not performed at once must be written
    return step


def _paid_on_the_spot(facts: Mapping[str, Any]) -> bool:
    return facts.get("paid_on_the_spot") is True or facts.get("writing_waived") is True


ON_THE_SPOT = ("accept", "assign", "mediate", "agree", "effect", "perform", "close")


def on_the_spot(facts: Mapping[str, Any]) -> list[Transition] | Refusal:
    """当场调解: register to closed in one go, an oral agreement performed at once. What is missing first refuses it."""
    given = {
        "rights_told": True,
        "nobody_refuses": True,
        "form": "oral",
        "paid_on_the_spot": facts.get("paid") is True,
        "paid_fen": facts.get("amount_fen"),
        "outcome": Outcome.SETTLED.value,
        **facts,
    }
    if facts.get("paid") is not True:
        return Refusal("missing", "paid")
    state, steps = State.REPORTED, []
    for event in ON_THE_SPOT:
        step = decide(state, event, given)
        if isinstance(step, Refusal):
            return step
        steps.append(step)
        state = step.target
    return steps
