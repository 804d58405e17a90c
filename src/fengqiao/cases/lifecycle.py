"""States and transitions of a mediation case, as a table that grows.

Sources: 人民调解法 (2010) by article; row numbers of the fuller table (fifteen states) that this one grows into. The
words of states and events stand in the catalogues as ``case.state.<state>`` and ``case.event.<event>``.

What a step asks for is in the table too: ``needs`` must be given with it, ``guards`` weigh what is given against what
the case already holds, ``outcomes`` are the ends that a case in that state can come to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
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
TEXT_CHARS_MAX = 2_000  # a page: more than that is a document of the dossier, not a fact of a step
FEN_MAX = 10**13  # a hundred billion yuan: no dispute of a bay comes near it, and 64 bits hold it


@dataclass(frozen=True, slots=True)
class Transition:
    row: str  # of the fuller table
    event: str
    origin: State
    target: State
    needs: tuple[str, ...]  # names in NEEDS
    source: str
    guards: tuple[str, ...] = ()  # names in GUARDS, asked once all needs are met
    outcomes: tuple[Outcome, ...] = ()  # what "outcome" may say here

    @property
    def takes(self) -> tuple[str, ...]:
        """Every fact this step has a use for: the needs first, then what its guards may ask and a remark."""
        return (*self.needs, *(name for guard in self.guards for name in GUARDS[guard].reads), "note")


S, R = State, Outcome  # columns of the table below
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
    Transition("T10", "effect", S.AGREED, S.PERFORMING, ("form",), "人民调解法 §29-30", ("written_or_done",)),
    Transition("T11", "retract", S.AGREED, S.MEDIATING, ("reason",), "人民调解法 §23"),
    Transition("T12", "perform", S.PERFORMING, S.FULFILLED, ("paid_fen",), "人民调解法 §31", ("paid_in_full",)),
    Transition("T13", "default", S.PERFORMING, S.TERMINATED, ("reason",), "人民调解法 §32"),
    Transition("T15", "fail", S.MEDIATING, S.TERMINATED, ("reason",), "人民调解法 §26"),
    *(
        Transition(row, "withdraw", origin, S.WITHDRAWN, ("reason",), "人民调解法 §23")
        for row, origin in (("T26", S.REPORTED), ("T27", S.ACCEPTED), ("T28", S.ASSIGNED), ("T29", S.MEDIATING))
    ),
    *(
        Transition(row, "close", origin, S.CLOSED, ("outcome",), "人民调解法 §27", outcomes=outcomes)
        for row, origin, outcomes in (
            ("T30", S.FULFILLED, (R.SETTLED,)),
            ("T31", S.TERMINATED, (R.FAILED, R.REFUSED, R.UNPERFORMED, R.SUED)),
            ("T32", S.WITHDRAWN, (R.WITHDRAWN, R.SELF_SETTLED)),
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not taken: the reason's id, and the thing that is missing or wrong."""

    reason: str  # no_such_event | missing | wrong | not_asked | short_paid | moved_on
    field: str = ""


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= TEXT_CHARS_MAX


def _fen(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < FEN_MAX


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
    "outcome": lambda value: isinstance(value, str) and value in set(Outcome),
}


NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Guard:
    """A question that needs more than one fact; ``reads`` are the facts it may want beyond the step's needs."""

    ask: Callable[[Mapping[str, Any], Mapping[str, Any]], Refusal | None]
    reads: tuple[str, ...] = ()


def _written_or_done(facts: Mapping[str, Any], _on_file: Mapping[str, Any]) -> Refusal | None:
    """An oral agreement that is not performed at once must be written, unless the parties waive it (§28)."""
    done = facts.get("paid_on_the_spot") is True or facts.get("writing_waived") is True
    return None if facts["form"] == "written" or done else Refusal("missing", "paid_on_the_spot")


def _paid_in_full(facts: Mapping[str, Any], on_file: Mapping[str, Any]) -> Refusal | None:
    """Performed means all of what was agreed; part of it is still 履行中."""
    return Refusal("short_paid", "paid_fen") if facts["paid_fen"] < on_file.get("amount_fen", 0) else None


GUARDS: dict[str, Guard] = {
    "written_or_done": Guard(_written_or_done, ("paid_on_the_spot", "writing_waived")),
    "paid_in_full": Guard(_paid_in_full),
}


def possible(state: State) -> tuple[Transition, ...]:
    """What may happen next."""
    return tuple(t for t in TRANSITIONS if t.origin is state)


def decide(
    state: State, event: str, facts: Mapping[str, Any], on_file: Mapping[str, Any] = NOTHING
) -> Transition | Refusal:
    """The transition that ``event`` makes, or why it makes none.

    ``facts`` come with the event; ``on_file`` is what the case holds already (``amount_fen``).
    """
    step = next((t for t in possible(state) if t.event == event), None)
    if step is None:
        return Refusal("no_such_event", event)
    for need in step.needs:
        if facts.get(need) in (None, ""):
            return Refusal("missing", need)
        if not NEEDS[need](facts[need]):
            return Refusal("wrong", need)
    if step.outcomes and facts["outcome"] not in step.outcomes:
        return Refusal("wrong", "outcome")  # a withdrawn case closed as settled would falsify every figure
    return next(filter(None, (GUARDS[guard].ask(facts, on_file) for guard in step.guards)), step)


ON_THE_SPOT = ("accept", "assign", "mediate", "agree", "effect", "perform", "close")


SPOT_PARTIES = ("applicant", "respondent")  # nobody is paid by, or settles with, a person unknown


def on_the_spot(facts: Mapping[str, Any]) -> list[Transition] | Refusal:
    """当场调解: register to closed in one go, an oral agreement performed at once. What is missing first refuses it.

    ``facts``: applicant, respondent, place, lead, terms, amount_fen, paid; see ``spot_facts`` for what the form says
    by itself.
    """
    given = spot_facts(facts)
    unnamed = [side for side in SPOT_PARTIES if not _text(given.get(side))]
    if unnamed:
        return Refusal("missing", unnamed[0])
    if given.get("paid") is not True:
        return Refusal("missing", "paid")
    state, steps = State.REPORTED, []
    for event in ON_THE_SPOT:
        step = decide(state, event, given, given)
        if isinstance(step, Refusal):
            return step
        steps.append(step)
        state = step.target
    return steps


def spot_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of every step of a settlement on the spot.

    Whoever files the form says with it that both came of their own will and were told their rights, unless the facts
    say otherwise.
    """
    said = {"rights_told": True, "nobody_refuses": True, **facts}
    paid = {"paid_on_the_spot": facts.get("paid") is True, "paid_fen": facts.get("amount_fen")}
    return {**said, **paid, "form": "oral", "outcome": Outcome.SETTLED.value}
