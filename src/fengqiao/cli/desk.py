"""``fengqiao desk``: the screen, on a watch that runs or on one of its own."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from fengqiao.app.child_watch import ChildWatch
from fengqiao.cli.common import LANG, Data, Lang, note, t
from fengqiao.desk.terminal import needs_ascii, take_terminal, when_gone
from fengqiao.model.errors import EnvironmentFault, Exit, UsageFault
from fengqiao.store.folder import data_folder, scratch_folder
from fengqiao.store.lock import watch_running

PALETTES = ("auto", "day", "dusk", "night")


def add_to(app: typer.Typer) -> None:
    app.command(name="desk", help=t("cli.desk"))(desk)


def desk(
    feed: Annotated[list[str] | None, typer.Option("--feed", "-f", metavar="URL", help=t("cli.desk.feed"))] = None,
    demo: Annotated[bool, typer.Option("--demo", help=t("cli.desk.demo"))] = False,
    speed: Annotated[float, typer.Option("--speed", min=0.1, max=1000, help=t("cli.watch.speed"))] = 8.0,
    palette: Annotated[
        str, typer.Option("--palette", metavar="|".join(PALETTES), help=t("cli.desk.palette"))
    ] = PALETTES[0],
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if palette not in PALETTES:
        raise UsageFault("unknown_palette", palette=palette, known=", ".join(PALETTES))
    if feed and demo:
        raise UsageFault("watch_both")
    folder = scratch_folder("demo") if demo and not data else data_folder(str(data) if data else None)
    pipe = _terminal()
    # A lost line ends the desk in good order: its own watch is stopped and saved. Where no signal tells of it, or the
    # screen hangs on the dead terminal, ``_leave`` does.
    for name in ("SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: sys.exit(Exit.DONE))
    child = _watch(folder, feed or [], demo, speed, lang, pipe)
    when_gone(lambda: _leave(child))
    try:
        _show(folder, lang, palette, child)
    finally:
        if child is not None:
            with suppress(OSError):  # nobody is there to read it any more; the watch is to be stopped all the same
                note(t("cli.desk.stopping"))
            child.stop()
    note(t("cli.desk.data_lies", folder=str(folder)))


def _leave(child: ChildWatch | None) -> None:
    """Go without a word and without the screen library; all that was acted is in the store already."""
    if child is not None:
        child.stop()
    os._exit(Exit.DONE)


def _terminal() -> int | None:
    try:
        pipe = take_terminal()
    except OSError:
        raise EnvironmentFault("no_terminal") from None
    if not sys.__stderr__ or not sys.__stderr__.isatty():
        raise EnvironmentFault("no_terminal")
    return pipe


def _watch(folder: Path, feeds: list[str], demo: bool, speed: float, lang: str, pipe: int | None) -> ChildWatch | None:
    """A watch of our own where none runs and feeds are given; None where we join one, or only look at what was."""
    if watch_running(folder):
        if feeds or demo:
            raise UsageFault("desk_joins", folder=str(folder))
        return None
    if not feeds and not demo:
        if not (folder / "frame").exists():
            raise UsageFault("desk_no_watch", folder=str(folder))
        return None
    args = ["--demo", "--speed", str(speed)] if demo else [a for feed in feeds for a in ("--feed", feed)]
    note(t("cli.desk.starting"))
    return ChildWatch(folder, [*args, "--lang", lang], pipe)


def _show(folder: Path, lang: str, palette: str, child: ChildWatch | None) -> None:
    # Only now: the screen's libraries take as long to load as a watch of our own to start, and do so beside it.
    from fengqiao.desk.app import DeskApp
    from fengqiao.store.database import open_store

    if child is not None:
        child.begin()
    with open_store(folder) as store:
        DeskApp(folder, store, lang, ascii_only=needs_ascii(os.environ), palette=palette).run()
