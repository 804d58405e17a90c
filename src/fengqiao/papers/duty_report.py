"""值班日报: plain text for one sheet of paper; only figures that were measured stand in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from fengqiao import words
from fengqiao.alerts.labels import Precision
from fengqiao.model.findings import Priority
from fengqiao.nav import say_position
from fengqiao.papers.load_report import answered_lines, busy_hours, call_kinds, precision_lines
from fengqiao.papers.sheet import INDENT, RULE, day_when, printed, when


@dataclass(frozen=True, slots=True)
class Officer:
    name: str
    planned: str
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class Heard:
    vessels: int
    buoys: int
    at_least: bool


@dataclass(frozen=True, slots=True)
class Gale:
    source: str
    beaufort: int
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the duty log."""

    at_ms: int
    officer: str
    vessel: str
    lon_deg: float | None
    lat_deg: float | None
    text: str


@dataclass(frozen=True, slots=True)
class DutyDay:
    """What the report says of [from_ms, to_ms); lists that were cut short have their whole count beside them."""

    from_ms: int
    to_ms: int
    officers: Sequence[Officer]
    heard: Heard
    gales: Sequence[Gale]
    load: Mapping[str, Any]  # figures and details of ``alerts.load``
    precision: Sequence[Precision]  # of the alerts raised in the period
    urgent: Sequence[tuple[int, str]]  # when, sentence; the first alarms and emergencies raised
    acknowledge_s: Sequence[float]
    outcomes: Sequence[str]
    corrections: Sequence[tuple[str, str]]  # outcome before, outcome after
    cases_new: Sequence[tuple[str, str]]  # number, message id of the cause
    cases_new_count: int
    handovers: Sequence[tuple[int, str, str, int, str]]  # when, from, to, items open, hash of the list
    log: Sequence[Line]
    log_count: int
    open_alerts: int
    owed: int
    cases_open: int
    audit_seq: int
    audit_hash: str


def duty_report(day: DutyDay, lang: str) -> str:
    """The report in one language: no line over ``sheet.PAGE_CELLS`` cells, no control or direction characters."""
    lines = [
        *_head(day, lang),
        RULE,
        *_sea(day, lang),
        *_alerts(day, lang),
        *_outcomes(day, lang),
        *_cases(day, lang),
        *_handovers(day, lang),
        *_log(day, lang),
        _say(lang, "open", alerts=day.open_alerts, owed=day.owed, cases=day.cases_open),
        RULE,
        *((_say(lang, "audit", seq=day.audit_seq), INDENT + day.audit_hash) if day.audit_seq else ()),
        "",
        _say(lang, "signed"),
    ]
    return printed(lines)


def _head(day: DutyDay, lang: str) -> Iterator[str]:
    yield _say(lang, "title")
    begins, ends = day_when(day.from_ms), day_when(day.to_ms)
    yield _say(lang, "period", begins=begins, ends=ends)
    on = [
        _say(lang, "officer", name=o.name, shift=o.planned, begins=when(o.from_ms), ends=_until(lang, o.to_ms)).strip()
        for o in day.officers
    ]
    yield from (_say(lang, "officers", officer=one) for one in on or ["____"])


def _sea(day: DutyDay, lang: str) -> Iterator[str]:
    least = "_at_least" if day.heard.at_least else ""
    yield _say(lang, f"sea{least}", vessels=day.heard.vessels, buoys=day.heard.buoys)
    for gale in day.gales:
        said = {"source": gale.source, "beaufort": gale.beaufort}
        yield INDENT + _say(lang, "gale", **said, begins=when(gale.from_ms), ends=when(gale.to_ms))


def _alerts(day: DutyDay, lang: str) -> Iterator[str]:
    load = day.load
    yield _say(lang, "alerts", raised=load["raised"])
    if load["raised"]:
        by_priority = [(f"priority.{p.word}", load["raised_by_priority"][p.word]) for p in reversed(Priority)]
        by_rule = [(f"rule.{name}", n) for name, n in load["raised_by_rule"].items()]
        yield INDENT + _say(lang, "by_priority", counts=_counts(lang, by_priority))
        yield INDENT + _say(lang, "by_rule", counts=_counts(lang, by_rule))
    yield from (INDENT + line for line in _load(day, lang))
    if day.acknowledge_s:
        yield INDENT + _say(lang, "acknowledged", n=len(day.acknowledge_s), median_s=median(day.acknowledge_s))
    for at_ms, text in day.urgent:
        yield f"{INDENT}{when(at_ms)} {words.plain(text)}"
    urgent = sum(load["raised_by_priority"][p.word] for p in Priority if p >= Priority.ALARM)
    yield from _more(lang, urgent - len(day.urgent))


def _load(day: DutyDay, lang: str) -> Iterator[str]:
    """How heavy the period was for one seat, by the hour, and how soon calls were answered; no verdict on one day."""
    load = day.load
    if load["calls"]:
        kinds = call_kinds(load, lang)
        yield _say(lang, "calls", warned=load["warned"], cautioned=load["cautioned"], kinds=kinds)
        facts = {"average": load["warned_per_10_min_avg"], "most": load["warned_per_10_min_max"]}
        facts |= {"most_hour": load["warned_per_hour_max"], "floods": load["flood_windows"]}
        yield _say(lang, "load", **facts, chatter=load["chatter_episodes"], seats=load["seats_avg"] or 1.0)
        yield _say(lang, "hours", hours=", ".join(busy_hours(load)))
    yield from answered_lines(load, lang)
    if any(p.share is not None or p.unclear for p in day.precision):
        yield from precision_lines(day.precision, lang)


def _outcomes(day: DutyDay, lang: str) -> Iterator[str]:
    counts = Counter(f"outcome.{name}" for name in day.outcomes)
    yield _say(lang, "outcomes", n=len(day.outcomes), counts=_counts(lang, sorted(counts.items()))).rstrip()
    for (before, after), n in sorted(Counter(day.corrections).items()):
        names = {"before": words.say(lang, f"outcome.{before}"), "after": words.say(lang, f"outcome.{after}")}
        yield INDENT + _say(lang, "corrected", n=n, **names)


def _cases(day: DutyDay, lang: str) -> Iterator[str]:
    yield _say(lang, "cases", n=day.cases_new_count)
    yield from (f"{INDENT}{words.plain(number)} {words.say(lang, cause)}" for number, cause in day.cases_new)
    yield from _more(lang, day.cases_new_count - len(day.cases_new))


def _handovers(day: DutyDay, lang: str) -> Iterator[str]:
    yield _say(lang, "handovers", n=len(day.handovers))
    for at_ms, giver, taker, items, snapshot in day.handovers:
        said = {"at": when(at_ms), "giver": giver, "taker": taker, "n": items, "hash": snapshot[:16]}
        yield INDENT + _say(lang, "handover", **said)


def _log(day: DutyDay, lang: str) -> Iterator[str]:
    yield _say(lang, "log", n=day.log_count)
    yield from _more(lang, day.log_count - len(day.log))
    for line in day.log:
        where = "" if line.lon_deg is None or line.lat_deg is None else say_position(line.lon_deg, line.lat_deg)
        told = (when(line.at_ms), line.officer, line.vessel, where, line.text)
        yield INDENT + " ".join(words.plain(part) for part in told if part)


def _more(lang: str, n: int) -> Iterator[str]:
    """What a list left out is counted."""
    if n > 0:
        yield INDENT + _say(lang, "more", n=n)


def _counts(lang: str, counts: Sequence[tuple[str, int]]) -> str:
    return "  ".join(f"{words.say(lang, name)} {n}" for name, n in counts if n)


def _say(lang: str, message: str, /, **facts: Any) -> str:
    return words.say(lang, f"report.{message}", facts)


def _until(lang: str, at_ms: int | None) -> str:
    return _say(lang, "still_on") if at_ms is None else when(at_ms)
