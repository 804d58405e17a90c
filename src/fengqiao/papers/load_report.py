"""预警负荷: how heavily the alerts weighed, beside what the standards ask; too short a span is not judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from fengqiao import words
from fengqiao.alerts.labels import Precision
from fengqiao.alerts.targets import SPAN_DAYS_MIN, SPAN_S_MIN, verdicts
from fengqiao.model.findings import Priority
from fengqiao.papers.sheet import INDENT, RULE, beijing, day_when, padded, printed, when

HOUR_MS = 3_600_000
HOURS_LISTED_MAX = 48  # beyond two days the hours of all days are laid over each other
BAR_CELLS = 48
LISTED_MAX = 20  # floods, episodes and alerts told one by one; the rest are counted
HELD_BACK = ("suppressed_reraises", "overflow", "unacknowledged_dropped", "disagreements")


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert that is active at the end."""

    raised_ms: int
    priority: Priority
    text: str
    lost: bool = False  # the text is of when its vessels were last heard


@dataclass(frozen=True, slots=True)
class Load:
    """What the report says. ``names``: of vessels, by their part of an alert's key."""

    figures: Mapping[str, Any]  # ``LoadMeter.figures`` and ``details`` in one
    names: Mapping[str, str] = field(default_factory=dict)
    standing: Sequence[Standing] = ()
    precision: Sequence[Precision] = ()


def load_report(load: Load, lang: str) -> str:
    """The report in one language: no line over ``sheet.PAGE_CELLS`` cells, no control or direction characters."""
    figures = load.figures
    if figures["from_ms"] is None:
        return printed([_say(lang, "nothing")])
    lines = [
        *_head(figures, lang),
        RULE,
        *_totals(figures, lang),
        *_targets(figures, lang),
        *_sources(load, lang),
        *_floods(figures, lang),
        *_hours(figures, lang),
        *_chatter(load, lang),
        *_held_back(figures, lang),
        *answered_lines(figures, lang),
        *_standing(load, lang),
        *precision_lines(load.precision, lang),
    ]
    return printed(lines)


def as_json(load: Load) -> dict[str, Any]:
    """The same for programs: every figure, each target with its verdict and source, names where there are any."""
    judged = [
        {"figure": t.figure, "value": load.figures[t.figure], "at_most": t.at_most, "limit": t.limit}
        | {"verdict": verdict.value, "source": t.source}
        for t, verdict in verdicts(load.figures)
    ]
    sources = [source | {"names": _names(load, source["key"])} for source in load.figures["top_sources"]]
    standing = [asdict(s) | {"priority": s.priority.word} for s in load.standing]
    return {
        **load.figures,
        "top_sources": sources,
        "targets": judged,
        "standing": standing,
        "precision": [p.as_json() for p in load.precision],
    }


def _hour_lines(figures: Mapping[str, Any], lang: str) -> Iterator[str]:
    """One line an hour, quiet ones too, with a bar: # a call at warning or above, + a caution."""
    rows = _by_hour(figures)
    most = max((warned + cautioned for _, warned, cautioned in rows), default=0)
    per_mark = max(1, -(-most // BAR_CELLS))
    for hour, warned, cautioned in rows:
        marks = "#" * -(-warned // per_mark) + "+" * -(-cautioned // per_mark)
        yield f"{INDENT}{hour}  {warned:4d} {cautioned:4d}  {marks}".rstrip()
    if per_mark > 1:
        yield INDENT + _say(lang, "per_mark", n=per_mark)


def busy_hours(figures: Mapping[str, Any]) -> list[str]:
    """Hours with any call, as ``09:00 3+1``: calls at warning or above, then cautions."""
    said = [(f"{beijing(at_ms):%H:%M}", warned, cautioned) for at_ms, warned, cautioned in figures["hours"]]
    return [f"{hour} {warned}+{cautioned}" for hour, warned, cautioned in said]


def call_kinds(figures: Mapping[str, Any], lang: str) -> str:
    """What called, and how often: raised, worsened and so on."""
    kinds = figures["calls_by_change"].items()
    return _counts((words.say(lang, f"change.{kind}"), n) for kind, n in kinds)


def answered_lines(figures: Mapping[str, Any], lang: str) -> Iterator[str]:
    """How soon calls were answered; nothing where none was and none could be, as in a replay."""
    if "acknowledged" not in figures["changes"]:
        return
    total = figures["answered_in_5_min"] + figures["unanswered_in_5_min"]
    if total:
        soon, late = figures["answered_in_2_min"], figures["answered_in_5_min"]
        shares = {"soon_share": soon / total, "late_share": late / total}
        yield _say(lang, "answered", n=total, soon=soon, late=late, none=total - late, **shares)


def precision_lines(precision: Sequence[Precision], lang: str) -> Iterator[str]:
    """By rule and month: share of true alerts with its 95 % interval, and how many nobody labelled."""
    if not precision:
        return
    yield _say(lang, "precision")
    for p in precision:
        about = padded(f"{p.month}  {words.say(lang, f'rule.{p.rule}')}", 20)
        said = {"true": p.true, "false": p.false, "unclear": p.unclear, "unlabelled": p.unlabelled}
        if p.share is None or p.interval is None:
            yield INDENT + about + _say(lang, "precision_none", **said)
        else:
            low, high = p.interval
            yield INDENT + about + _say(lang, "precision_of", share=p.share, low=low, high=high, **said)


def number(figure: str, value: float | None) -> str:
    """A figure as people read it: a share in per cent; "--" where there is none."""
    if value is None:
        return "--"
    return f"{value:.1%}".replace(".0%", "%") if figure.endswith("_share") else f"{value:.2f}".rstrip("0").rstrip(".")


def _head(figures: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield _say(lang, "title")
    yield _say(lang, "period", begins=day_when(figures["from_ms"]), ends=day_when(figures["to_ms"]))
    seats = figures["seats_avg"] or 1.0
    yield _say(lang, "span", hours=figures["span_s"] / 3600, windows=figures["windows_10_min"], seats=seats)


def _totals(figures: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield _say(lang, "calls", n=figures["calls"], kinds=call_kinds(figures, lang)).rstrip()
    yield INDENT + _say(lang, "apart", warned=figures["warned"], cautioned=figures["cautioned"])
    if figures["calls"]:
        levels = [(words.say(lang, f"priority.{p.word}"), figures["calls_by_priority"][p.word]) for p in Priority]
        rules = [(words.say(lang, f"rule.{name}"), n) for name, n in figures["raised_by_rule"].items()]
        yield INDENT + _say(lang, "by_priority", counts=_counts(reversed(levels)))
        yield INDENT + _say(lang, "by_rule", counts=_counts(iter(rules)))


def _targets(figures: Mapping[str, Any], lang: str) -> Iterator[str]:
    """A table: figure, measured, target, limit, verdict."""
    yield _say(lang, "targets")
    yield _row(*(_say(lang, f"col.{name}") for name in ("figure", "value", "at_most", "limit", "verdict")))
    for target, verdict in verdicts(figures):
        yield _row(
            _say(lang, f"figure.{target.figure}"),
            number(target.figure, figures[target.figure]),
            number(target.figure, target.at_most),
            "" if target.limit is None else number(target.figure, target.limit),
            words.say(lang, f"load.verdict.{verdict}"),
        )
    if figures["span_s"] < SPAN_S_MIN:
        yield INDENT + _say(lang, "too_short", days=SPAN_DAYS_MIN)
    yield INDENT + _say(lang, "source")


def _row(figure: str, value: str, at_most: str, limit: str, verdict: str) -> str:
    cells = (padded(figure, 34), padded(value, 10), padded(at_most, 9), padded(limit, 9), verdict)
    return (INDENT + " ".join(cells)).rstrip()


def _sources(load: Load, lang: str) -> Iterator[str]:
    sources = load.figures["top_sources"]
    if not sources:
        return
    yield _say(lang, "sources", n=len(sources))
    for source in sources:
        share = source["calls"] / load.figures["calls"]
        yield INDENT + _say(lang, "one_source", n=source["calls"], share=share, source=_source(load, source, lang))
    if load.figures["keys_let_go"]:
        yield INDENT + _say(lang, "let_go", n=load.figures["keys_let_go"])


def _source(load: Load, source: Mapping[str, Any], lang: str) -> str:
    """Rule and what it is about: a vessel by name and number, a zone or a feed by its id, a net line by the word."""
    rule = words.say(lang, f"rule.{source['rule']}")
    names = _names(load, source["key"])
    known = words.catalogue(lang)
    about = [
        f"{name} {part}" if name else known.get(f"load.part.{part}", part)
        for part, name in names.items()
        if part != source["rule"]
    ]
    return f"{rule}  {words.plain(' - '.join(about))}"


def _names(load: Load, key: Sequence[str]) -> dict[str, str]:
    return {part: load.names.get(part, "") for part in key}


def _floods(figures: Mapping[str, Any], lang: str) -> Iterator[str]:
    yield _say(lang, "floods", n=figures["flood_windows"])
    shown = figures["floods"][:LISTED_MAX]
    for at_ms, calls in shown:
        yield INDENT + _say(lang, "flood", at=when(at_ms), n=calls)
    yield from _more(lang, figures["flood_windows"] - len(shown))


def _hours(figures: Mapping[str, Any], lang: str) -> Iterator[str]:
    if figures["calls"]:
        yield _say(lang, "hours" if _spelt_out(figures) else "hours_of_day")
        yield from _hour_lines(figures, lang)


def _spelt_out(figures: Mapping[str, Any]) -> bool:
    return bool(figures["to_ms"] - figures["from_ms"] <= HOURS_LISTED_MAX * HOUR_MS)


def _by_hour(figures: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """Hour as people say it, calls warned and cautioned: every hour of the span, or of the day in a long one."""
    counts = {int(at_ms): (int(warned), int(cautioned)) for at_ms, warned, cautioned in figures["hours"]}
    if _spelt_out(figures):
        first, last = figures["from_ms"] // HOUR_MS, figures["to_ms"] // HOUR_MS
        hours = range(first * HOUR_MS, (last + 1) * HOUR_MS, HOUR_MS)
        return [(f"{beijing(at_ms):%m-%d %H}", *counts.get(at_ms, (0, 0))) for at_ms in hours]
    of_day = [[0, 0] for _ in range(24)]
    for at_ms, (warned, cautioned) in counts.items():
        of_day[beijing(at_ms).hour][0] += warned
        of_day[beijing(at_ms).hour][1] += cautioned
    return [(f"{hour:02d}", warned, cautioned) for hour, (warned, cautioned) in enumerate(of_day)]


def _chatter(load: Load, lang: str) -> Iterator[str]:
    yield _say(lang, "chatter", n=load.figures["chatter_episodes"])
    shown = load.figures["chatter"][:LISTED_MAX]
    for episode in shown:
        yield f"{INDENT}{when(episode['at_ms'])}  {_source(load, episode, lang)}"
    yield from _more(lang, load.figures["chatter_episodes"] - len(shown))


def _held_back(figures: Mapping[str, Any], lang: str) -> Iterator[str]:
    """What was found and told to nobody, by reason; nothing where nobody counted it."""
    named = [(_say(lang, f"held.{name}"), figures[name]) for name in HELD_BACK if name in figures]
    if not named:
        return
    by_reason = figures.get("suppressed", {})
    total = sum(n for _, n in named) + sum(by_reason.values())
    yield _say(lang, "held", n=total)
    for where, n in by_reason.items():
        rule, _, reason = where.rpartition(":")
        about = words.say(lang, f"rule.{rule}") + "  " if rule else ""
        yield f"{INDENT}{about}{_reason(reason, lang)} {n}"
    yield from (f"{INDENT}{name} {n}" for name, n in named if n)


def _reason(reason: str, lang: str) -> str:
    """The word of a reason; a reason without one is shown as it is."""
    known = words.catalogue(lang).get(f"suppressed.{reason}")
    return known or words.plain(reason)


def _standing(load: Load, lang: str) -> Iterator[str]:
    yield _say(lang, "standing", n=load.figures["active"])
    shown = load.standing[:LISTED_MAX]
    for alert in shown:
        level = words.say(lang, f"priority.{alert.priority.word}")
        lost = words.say(lang, "change.lost") + "  " if alert.lost else ""
        yield f"{INDENT}{when(alert.raised_ms)} [{level}] {lost}{words.plain(alert.text)}"
    yield from _more(lang, load.figures["active"] - len(shown))


def _more(lang: str, n: int) -> Iterator[str]:
    if n > 0:
        yield INDENT + words.say(lang, "report.more", {"n": n})


def _counts(counts: Iterator[tuple[str, int]]) -> str:
    return "  ".join(f"{name} {n}" for name, n in counts if n)


def _say(lang: str, message: str, /, **facts: Any) -> str:
    return words.say(lang, f"load.{message}", facts)
