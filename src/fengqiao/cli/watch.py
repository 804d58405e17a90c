"""``fengqiao watch``: keep watch over live feeds."""

import signal
import threading
from typing import Annotated

import typer

from fengqiao import words
from fengqiao.app.clock_said import clock_said
from fengqiao.app.demo import demonstration
from fengqiao.app.keep_watch import Status, keep_watch
from fengqiao.cli.common import LANG, Data, Json, Lang, clock, iso, note, print_json, t
from fengqiao.cli.telling import teller
from fengqiao.cli.thresholds import Given
from fengqiao.model.errors import InputFault, UsageFault
from fengqiao.store.folder import data_folder, scratch_folder
from fengqiao.thresholds import Thresholds


def add_to(app: typer.Typer) -> None:
    app.command(help=t("cli.watch"))(watch)


def watch(
    feed: Annotated[list[str] | None, typer.Option("--feed", "-f", metavar="URL", help=t("cli.watch.feed"))] = None,
    demo: Annotated[bool, typer.Option("--demo", help=t("cli.watch.demo"))] = False,
    speed: Annotated[float, typer.Option("--speed", min=0.1, max=1000, help=t("cli.watch.speed"))] = 1.0,
    status_s: Annotated[float, typer.Option("--status", metavar="SECONDS", min=0.2, help=t("cli.watch.status"))] = 10,
    shards: Annotated[int, typer.Option("--shards", min=1, max=64, help=t("cli.opt.shards"))] = 1,
    given: Given = None,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if bool(feed) == demo:
        raise UsageFault("watch_both" if demo else "watch_no_feed")
    shown = demonstration() if demo else None
    urls = [f"file:{file}?speed={speed}" for file in shown.files] if shown else list(feed or ())
    folder = scratch_folder("demo") if demo and not data else data_folder(str(data) if data else None)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    note(t("cli.watch.begins", feeds=", ".join(urls), folder=str(folder)))

    def show(status: Status) -> None:
        if as_json:
            figures = _figures(status) | {"clock": status.apart.as_json()}
            print_json({"status": {"at": iso(status.at_ms), **figures}})
            return
        note(t("cli.watch.line", clock=clock(status.at_ms), **_figures(status)))
        if said := clock_said(status.apart.as_json()):
            note(f"!! {t(said.message, **said.facts)}")

    keep_watch(
        urls,
        folder,
        teller(lang, as_json),
        show,
        stop,
        lang=lang,
        shards=shards,
        status_every_ms=int(status_s * 1000),
        demo=shown,
        thresholds=given,
        tuned=_say_thresholds,
    )


def _say_thresholds(revision: str, found: Thresholds | InputFault) -> None:
    if isinstance(found, InputFault):
        note(t("cli.thresholds.kept", revision=revision, said=words.say(LANG, found.message, found.facts)))
    else:
        note(t("cli.thresholds.in_force", revision=revision, changes=len(found.changes)))


def _figures(status: Status) -> dict[str, int]:
    names = ("sentences", "chunks", "seq", "vessels", "alerts", "dropped")
    return {name: getattr(status, name) for name in names}
