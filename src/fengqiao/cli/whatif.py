"""``fengqiao whatif``: what other thresholds would have raised and missed, and how early."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from fengqiao.app.bay import surroundings
from fengqiao.app.heard import from_raw_log, from_recordings
from fengqiao.app.keeper import sentence
from fengqiao.app.tuning import thresholds_of
from fengqiao.app.whatif import SIDES, Situation, WhatIf
from fengqiao.cli.common import LANG, Data, Json, Lang, clock_ms, day_clock, forwards, iso, print_json, t
from fengqiao.cli.progress import told_progress
from fengqiao.feeds.clock import now_ms
from fengqiao.model.errors import UsageFault
from fengqiao.model.findings import Priority
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder

LINES_MAX = 20  # situations of one sort that are printed; --json has all


def add_to(app: typer.Typer) -> None:
    app.command(name="whatif", help=t("cli.whatif"))(whatif)


def whatif(
    other: Annotated[Path, typer.Option("--with", metavar="FILE", help=t("cli.whatif.with"))],
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE…]", help=t("cli.whatif.files"))] = None,
    against: Annotated[Path | None, typer.Option("--against", metavar="FILE", help=t("cli.whatif.against"))] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="TIME", help=t("cli.whatif.from"))] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help=t("cli.whatif.to"))] = None,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if bool(files) == (since is not None):
        raise UsageFault("whatif_both" if files else "whatif_nothing")
    folder = data_folder(str(data) if data else None)
    a, b = thresholds_of(folder, against), thresholds_of(None, other)
    from_ms, to_ms = (clock_ms(since), clock_ms(until)) if since else (0, now_ms())
    forwards(from_ms, to_ms)
    with open_store(folder) as store:
        asked = WhatIf(surroundings(folder, store.load_register()), a, b, from_ms)
        if files:
            with told_progress() as progress:
                asked.run(from_recordings(files, progress))
        else:
            with _span(from_ms, to_ms) as progress:
                asked.run(from_raw_log(folder, store, from_ms, to_ms, progress))
    if as_json:
        situations = [_object(lang, situation) for situation in asked.situations]
        print_json(asked.figures() | {"list": situations})
    else:
        _print(asked, lang)


def _object(lang: str, situation: Situation) -> dict[str, Any]:
    sides = {
        side: {
            "raised_at": iso(told.first.at_ms),
            "raised": told.raised,
            "level": told.level.word,
            "warned_at": iso(told.warned_ms) if told.warned_ms is not None else None,
            "lead_min": _rounded(situation.lead_min(side)),
            "open": told.open,
            "text": sentence(lang, told.first),
        }
        for side, told in sorted(situation.told.items())
    }
    near = situation.closest_nm < float("inf")
    return {
        "rule": situation.rule,
        "key": list(situation.key),
        "where": situation.where,
        "closest_nm": round(situation.closest_nm, 3) if near else None,
        "closest_at": iso(situation.closest_ms) if near else None,
        "passed": situation.passed if situation.pair else None,
        "b_earlier_min": _rounded(situation.b_earlier_min()),
        **sides,
    }


def _rounded(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)


def _print(asked: WhatIf, lang: str) -> None:
    figures = asked.figures()
    for name in SIDES:
        side = figures["sides"][name]
        print(t("cli.whatif.side", side=name.upper(), revision=side["revision"], changed=side["changed"]))
    print("\n" + t("cli.whatif.by_level"))
    by_level = {
        (row["rule"], row["level"]): {n: _of(figures, n, row["rule"], row["level"]) for n in SIDES}
        for name in SIDES
        for row in figures["sides"][name]["by_level"]
    }
    for (rule, level), counts in sorted(by_level.items(), key=lambda row: (row[0][0], Priority[row[0][1].upper()])):
        print(t("cli.whatif.level", rule=rule, priority=level, **counts))
    print("\n" + t("cli.whatif.by_where"))
    for rule, counts in figures["by_where"].items():
        where = {name: counts.get(name, 0) for name in (*SIDES, "both")}
        earlier, warned = figures["b_earlier_min"].get(rule), figures["warned_only"].get(rule)
        said = t("cli.whatif.where", rule=rule, **where)
        said += t("cli.whatif.warned_only", **{name: warned.get(name, 0) for name in SIDES}) if warned else ""
        print(said + (t("cli.whatif.earlier", **earlier) if earlier else ""))
    print("\n" + t("cli.whatif.load"))
    for name in SIDES:
        load = figures["sides"][name]["load"]
        facts = {"avg": load["raised_per_10_min_avg"] or 0.0, "most": load["raised_per_10_min_max"]}
        held = {key: load[key] for key in ("raised", "chatter_episodes", "active", "suppressed_reraises")}
        print(t("cli.whatif.load_of", side=name.upper(), **facts, **held))
    _print_suppressed({name: figures["sides"][name]["load"]["suppressed"] for name in SIDES})
    for name in (*SIDES, "both"):
        _list(name, [s for s in asked.situations if s.where == name], lang)
    if asked.not_listed:
        print(t("cli.whatif.not_listed", n=asked.not_listed))


def _print_suppressed(counts: dict[str, dict[str, int]]) -> None:
    """By rule and reason, what each book counted and told nobody."""
    if not any(counts.values()):
        return
    print("\n" + t("cli.whatif.suppressed"))
    for where in sorted(set().union(*counts.values())):
        rule, _, reason = where.partition(":")
        both = {name: counts[name].get(where, 0) for name in SIDES}
        print(t("cli.whatif.suppressed_of", rule=rule, suppressed=reason, **both))


def _of(figures: dict[str, Any], name: str, rule: str, level: str) -> int:
    rows = figures["sides"][name]["by_level"]
    return next((row["situations"] for row in rows if (row["rule"], row["level"]) == (rule, level)), 0)


def _list(where: str, situations: list[Situation], lang: str) -> None:
    """The first of one sort; of what both told only where they differ in time or level."""
    if where == "both":
        situations = [s for s in situations if s.b_earlier_min() or len({told.level for told in s.told.values()}) > 1]
    if not situations:
        return
    print("\n" + t(f"cli.whatif.list_{where}", n=len(situations)))
    for situation in situations[:LINES_MAX]:
        told = situation.told.get("b") or situation.told["a"]
        said = f"{day_clock(told.first.at_ms)} [{t(f'priority.{told.level.word}')}] {sentence(lang, told.first)}"
        print(f"  {said}{_measured(situation)}")
    if len(situations) > LINES_MAX:
        print(t("cli.whatif.more", n=len(situations) - LINES_MAX))


def _measured(situation: Situation) -> str:
    """What became of a meeting, and how long before it each side warned."""
    minutes = situation.b_earlier_min()
    out = t("cli.whatif.b_earlier" if minutes > 0 else "cli.whatif.b_later", minutes=abs(minutes)) if minutes else ""
    if situation.closest_nm < float("inf"):
        leads = {side.upper(): situation.lead_min(side) for side in SIDES}
        said = ", ".join(f"{side} {lead:.1f}" for side, lead in leads.items() if lead is not None)
        out += t("cli.whatif.closest" if situation.passed else "cli.whatif.nearing", closest_nm=situation.closest_nm)
        out += t("cli.whatif.lead", leads=said) if said else ""
    return out


@contextmanager
def _span(from_ms: int, to_ms: int) -> Iterator[Callable[[int], None]]:
    """A bar over the time asked for; what lies before it goes by unseen."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with typer.progressbar(length=max(to_ms - from_ms, 1), file=sys.stderr) as bar:
        yield lambda at_ms: bar.update(max(at_ms - from_ms, bar.pos) - bar.pos)
