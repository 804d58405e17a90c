"""``fengqiao replay``: recordings, or the demonstration bay, as fast as they can be read."""

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from fengqiao.app.demo import acts_of, demonstration
from fengqiao.app.keeper import Keeper
from fengqiao.app.load import load_played
from fengqiao.app.replay import Replayed, replay
from fengqiao.app.tuning import thresholds_of
from fengqiao.cli.common import LANG, Json, Lang, iso, note, print_json, say_clocks, t
from fengqiao.cli.progress import told_progress
from fengqiao.cli.telling import teller
from fengqiao.cli.thresholds import Given
from fengqiao.feeds.file import UNTIMED_START_MS
from fengqiao.model.errors import UsageFault
from fengqiao.model.findings import AlertChange
from fengqiao.papers.load_report import as_json as as_object
from fengqiao.papers.load_report import load_report
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder, scratch_folder
from fengqiao.store.tables import RunKind


def add_to(app: typer.Typer) -> None:
    app.command(name="replay", help=t("cli.replay"))(replay_files)


def replay_files(
    files: Annotated[list[str] | None, typer.Argument(metavar="FILE…", help=t("cli.replay.files"))] = None,
    demo: Annotated[bool, typer.Option("--demo", help=t("cli.replay.demo"))] = False,
    acts: Annotated[Path | None, typer.Option("--acts", metavar="FILE", help=t("cli.replay.acts"))] = None,
    given: Given = None,
    report: Annotated[bool, typer.Option("--report", help=t("cli.replay.report"))] = False,
    shards: Annotated[int, typer.Option("--shards", min=1, max=64, help=t("cli.opt.shards"))] = 1,
    as_json: Json = False,
    data: Annotated[Path | None, typer.Option("--data", metavar="DIR", help=t("cli.replay.data"))] = None,
    lang: Lang = LANG,
) -> None:
    if bool(files) == demo:
        raise UsageFault("replay_nothing" if not files else "replay_both")
    kind = RunKind.DEMO if demo else RunKind.REPLAY
    folder = data_folder(str(data)) if data else scratch_folder(kind)
    shown = demonstration() if demo else None
    played = shown.files if shown else tuple(files or ())
    planned = shown.acts if shown else acts_of(acts) if acts else ()
    register = shown.vessels if shown else None
    if not as_json:
        note(t(f"cli.replay.begins_{kind}"))
    judged_by = thresholds_of(folder, given)
    with told_progress() if report else nullcontext() as progress:
        done = replay(
            played,
            folder,
            _untold if report else teller(lang, as_json),
            kind=kind,
            acts=planned,
            register=register,
            lang=lang,
            shards=shards,
            thresholds=judged_by,
            progress=progress,
        )
    if report:
        _print_report(done, lang, as_json)
    elif as_json:
        print_json({"summary": summary(done)})
    else:
        _print_summary(done)


def _untold(_: AlertChange) -> None:
    """A report counts changes; it does not list them."""


def _print_report(done: Replayed, lang: str, as_json: bool) -> None:
    keeper = done.keeper
    with open_store(done.folder) as store:
        held_back = (book.counts for book in keeper.watch.books)
        load = load_played(keeper.load, held_back, store, keeper.run.run_id, lang)
    if as_json:
        print_json({"summary": summary(done), "report": as_object(load)})
    else:
        _print_summary(done)
        print(load_report(load, lang), end="")


def summary(done: Replayed) -> dict[str, Any]:
    keeper = done.keeper
    return {
        "run": keeper.run.run_id,
        "data": str(done.folder),
        "sentences": keeper.decoder.counts.as_json(),
        "fixes": fixes(keeper),
        "times": asdict(keeper.decoder.times),
        "clocks": keeper.decoder.clocks,
        "untimed": {"files": list(done.untimed), "start": iso(UNTIMED_START_MS)} if done.untimed else None,
        "load": keeper.load.figures(book.counts for book in keeper.watch.books),
    }


def fixes(keeper: Keeper) -> dict[str, int]:
    counts = [asdict(fleet.counts) for fleet in keeper.watch.fleets]
    return {name: sum(c[name] for c in counts) for name in counts[0]}


def _load(figures: dict[str, Any]) -> dict[str, Any]:
    by_priority = figures["raised_by_priority"].items()
    return {
        "raised": figures["raised"],
        "avg": figures["raised_per_10_min_avg"] or 0.0,
        "most": figures["raised_per_10_min_max"],
        "active": figures["active"],
        "priorities": "、".join(f"{t(f'priority.{name}')} {n}" for name, n in by_priority if n) or "0",
    }


def _print_summary(done: Replayed) -> None:
    keeper = done.keeper
    figures = keeper.load.figures()
    counts = keeper.decoder.counts
    note("")
    books = {"came": counts.came_in, "refused_n": sum(counts.refused.values())}
    note(t("cli.replay.sentences", **books, **counts.as_json()))
    for feed, clocks in keeper.decoder.clocks.items():
        note(t("feed.clocks", feed=feed, clocks=say_clocks(clocks)))
    note(t("cli.replay.fixes", **fixes(keeper)))
    note(t("cli.replay.load", **_load(figures)))
    for name in done.untimed:
        note(t("cli.untimed", files=name, start=iso(UNTIMED_START_MS)))
    note(t("cli.replay.data_lies", folder=str(done.folder), run=keeper.run.run_id))
