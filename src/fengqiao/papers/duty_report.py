"""值班日报: one page of plain text; only figures that were measured stand in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from statistics import median

from fengqiao import words
from fengqiao.model.findings import Priority

BEIJING = timezone(timedelta(hours=8))
RULE = "-" * 72


@dataclass(frozen=True, slots=True)
class DutyDay:
    from_ms: int
    to_ms: int
    officer: str
    vessels_heard: int
    raised: Sequence[tuple[int, int, str]]  # when, priority, sentence
    acknowledge_s: Sequence[float]
    open_alerts: int
    owed: int
    outcomes: Sequence[str]
    cases_new: Sequence[str]
    cases_open: int
    log: Sequence[tuple[int, str, str, str]]  # when, officer, vessel, text
    handovers: Sequence[tuple[int, str, str, int]]  # when, from, to, items
    audit_seq: int
    audit_hash: str


def duty_report(day: DutyDay, lang: str) -> str:
    def t(name: str, **facts: object) -> str:
        return words.say(lang, f"report.{name}", facts)

    by_priority = Counter(priority for _, priority, _ in day.raised)
    counts = "  ".join(
        f"{words.say(lang, f'priority.{p.word}')} {by_priority[p]}" for p in reversed(Priority) if by_priority[p]
    )
    outcomes = "  ".join(f"{words.say(lang, f'outcome.{o}')} {n}" for o, n in sorted(Counter(day.outcomes).items()))
    first = f"{median(day.acknowledge_s):.0f}" if day.acknowledge_s else "--"
    lines = [
        t("title", begins=_when(day.from_ms), ends=_when(day.to_ms), officer=day.officer or "____"),
        RULE,
        t("sea", vessels=day.vessels_heard),
        t("alerts", raised=len(day.raised), counts=counts or "0", ack_s=first, open=day.open_alerts, owed=day.owed),
        *(f"   {_clock(at)} {words.plain(text)}" for at, priority, text in day.raised if priority >= Priority.ALARM),
        t("outcomes", outcomes=outcomes or "0"),
        t("cases", new=len(day.cases_new), open=day.cases_open),
        *(f"   {case}" for case in day.cases_new),
        t("handovers", n=len(day.handovers)),
        *(f"   {_clock(at)} {words.plain(a)} -> {words.plain(b)} ({n})" for at, a, b, n in day.handovers),
        t("log", n=len(day.log)),
        *(
            f"   {_clock(at)} {words.plain(who)} {words.plain(vessel)} {words.plain(text)}"
            for at, who, vessel, text in day.log
        ),
        RULE,
        t("foot", seq=day.audit_seq, hash=day.audit_hash[:16]),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def _clock(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).strftime("%H:%M:%S")
