"""值班日报: plain text for one sheet of paper; only figures that were measured stand in it."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from statistics import median
from typing import Any

from fengqiao import words
from fengqiao.model.findings import Priority
from fengqiao.nav import say_position

BEIJING = timezone(timedelta(hours=8))
PAGE_CELLS = 80  # A4 upright in a 10-point fixed font; a Chinese character takes two
INDENT = "    "
NEVER_FIRST = "，。、；：！？）》」』”’"  # GB/T 15834: these marks do not begin a line
RULE = "-" * PAGE_CELLS


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
    load: Mapping[str, Any]  # figures of ``alerts.load``
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
    """The report in one language: no line over ``PAGE_CELLS`` cells, no control or direction characters."""
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
    return "".join(folded + "\n" for line in lines for folded in fold(line))


def fold(line: str, cells: int = PAGE_CELLS) -> Iterator[str]:
    """A line as several of at most ``cells`` cells, the later ones indented; cut at spaces, else between characters."""
    indent = " " * (len(line) - len(line.lstrip(" ")) + 2)
    rest, lead = line.rstrip(), ""
    while width(lead + rest) > cells:
        cut = _cut(rest, cells - len(lead))
        yield (lead + rest[:cut]).rstrip()
        rest, lead = rest[cut:].lstrip(" "), indent
    yield lead + rest if rest else rest


def width(text: str) -> int:
    """Cells on a terminal: two for wide characters, none for marks that sit on another."""
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cut(text: str, cells: int) -> int:
    """How many characters of ``text`` go on a line of ``cells``, at least one."""
    used, end = 0, 0
    while end < len(text) and used + _cells(text[end]) <= cells:
        used += _cells(text[end])
        end += 1
    while 1 < end < len(text) and text[end] in NEVER_FIRST:
        end -= 1
    at_space = text.rfind(" ", 0, end + 1)
    begins = len(text) - len(text.lstrip(" "))
    # A space far to the left would leave half a line empty: long Chinese sentences have hardly any.
    return at_space if at_space > max(begins, end // 2) else max(end, 1)


def _head(day: DutyDay, lang: str) -> Iterator[str]:
    yield _say(lang, "title")
    begins, ends = (f"{_beijing(at_ms):%Y-%m-%d %H:%M}" for at_ms in (day.from_ms, day.to_ms))
    yield _say(lang, "period", begins=begins, ends=ends)
    on = [
        _say(lang, "officer", name=o.name, shift=o.planned, begins=_when(o.from_ms), ends=_until(lang, o.to_ms)).strip()
        for o in day.officers
    ]
    yield from (_say(lang, "officers", officer=one) for one in on or ["____"])


def _sea(day: DutyDay, lang: str) -> Iterator[str]:
    least = "_at_least" if day.heard.at_least else ""
    yield _say(lang, f"sea{least}", vessels=day.heard.vessels, buoys=day.heard.buoys)
    for gale in day.gales:
        said = {"source": gale.source, "beaufort": gale.beaufort}
        yield INDENT + _say(lang, "gale", **said, begins=_when(gale.from_ms), ends=_when(gale.to_ms))


def _alerts(day: DutyDay, lang: str) -> Iterator[str]:
    load = day.load
    yield _say(lang, "alerts", raised=load["raised"])
    if load["raised"]:
        by_priority = [(f"priority.{p.word}", load["raised_by_priority"][p.word]) for p in reversed(Priority)]
        by_rule = [(f"rule.{name}", n) for name, n in load["raised_by_rule"].items()]
        yield INDENT + _say(lang, "by_priority", counts=_counts(lang, by_priority))
        yield INDENT + _say(lang, "by_rule", counts=_counts(lang, by_rule))
        average, most = load["raised_per_10_min_avg"], load["raised_per_10_min_max"]
        yield INDENT + _say(lang, "load", average=average, most=most, chatter=load["chatter_episodes"])
    if day.acknowledge_s:
        yield INDENT + _say(lang, "acknowledged", n=len(day.acknowledge_s), median_s=median(day.acknowledge_s))
    for at_ms, text in day.urgent:
        yield f"{INDENT}{_when(at_ms)} {words.plain(text)}"
    urgent = sum(load["raised_by_priority"][p.word] for p in Priority if p >= Priority.ALARM)
    yield from _more(lang, urgent - len(day.urgent))


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
        said = {"at": _when(at_ms), "giver": giver, "taker": taker, "n": items, "hash": snapshot[:16]}
        yield INDENT + _say(lang, "handover", **said)


def _log(day: DutyDay, lang: str) -> Iterator[str]:
    yield _say(lang, "log", n=day.log_count)
    yield from _more(lang, day.log_count - len(day.log))
    for line in day.log:
        where = "" if line.lon_deg is None or line.lat_deg is None else say_position(line.lon_deg, line.lat_deg)
        told = (_when(line.at_ms), line.officer, line.vessel, where, line.text)
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
    return _say(lang, "still_on") if at_ms is None else _when(at_ms)


def _when(at_ms: int) -> str:
    """Beijing date and time to the minute; the year stands at the top of the sheet."""
    return f"{_beijing(at_ms):%m-%d %H:%M}"


def _beijing(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING)
