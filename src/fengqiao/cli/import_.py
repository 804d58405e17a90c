"""``fengqiao import``: recordings and tables from elsewhere into the archive."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from fengqiao.app.import_undo import Brought, brought, check_actor, undo_import
from fengqiao.app.importing import Imported, Progress, import_file
from fengqiao.cli.common import (
    LANG,
    Actor,
    Data,
    Json,
    Lang,
    clock_ms,
    day_clock,
    iso,
    note,
    print_json,
    say_clocks,
    t,
)
from fengqiao.model.errors import Exit, UsageFault
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder

SAY_EVERY_BYTES = 100 << 20  # without a terminal: a line of progress each hundred megabytes


def add_to(app: typer.Typer) -> None:
    app.command(name="import", help=t("cli.import"))(import_files)


def import_files(
    files: Annotated[list[str] | None, typer.Argument(metavar="[FILE…]", help=t("cli.import.files"))] = None,
    undo: Annotated[str, typer.Option("--undo", metavar="RUN", help=t("cli.import.undo"))] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=t("cli.import.undo_reason"))] = "",
    yes: Annotated[bool, typer.Option("--yes", help=t("cli.import.undo_yes"))] = False,
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    if bool(files) == bool(undo):
        raise UsageFault("import_what")
    if undo:
        _undo(folder, undo, actor, reason, sure=yes, as_json=as_json)
    show = _bar if sys.stderr.isatty() else _lines
    for file in files or ():
        with show() as progress:
            done = import_file(file, folder, progress, lang)
        if as_json:
            times = {"first": _iso(done.first_ms), "last": _iso(done.last_ms)}
            print_json({"import": {**done.as_json(), **times, "data": str(folder)}})
        else:
            _say(done)


def _undo(folder: Path, run_id: str, actor: str, reason: str, *, sure: bool, as_json: bool) -> NoReturn:
    """Show what goes, ask, and take it back."""
    check_actor(actor, reason)
    with open_store(folder) as store:
        _preview(brought(store, run_id))
    if not sure and not (sys.stdin.isatty() and typer.confirm(t("cli.import.undo_sure"), err=True)):
        note(t("cli.import.undo_kept"))
        raise typer.Exit(Exit.NO)
    gone = undo_import(folder, run_id, actor, reason, clock_ms(None))
    if as_json:
        print_json({"undone": {"run": run_id, "file": gone.file, "positions": gone.positions, "data": str(folder)}})
    note(t("cli.import.undone", run=run_id, file=gone.file))
    raise typer.Exit(Exit.DONE)


def _preview(goes: Brought) -> None:
    facts = {"run": goes.run_id, "file": goes.file, "n": goes.positions, "names": goes.names}
    note(t("cli.import.undo_goes", imported=day_clock(goes.imported_ms), **facts))
    if goes.first_ms is not None and goes.last_ms is not None:
        note(t("cli.import.span", first=day_clock(goes.first_ms), last=day_clock(goes.last_ms)))


def _iso(at_ms: int | None) -> str | None:
    return None if at_ms is None else iso(at_ms)


def _say(done: Imported) -> None:
    if done.content_bytes == done.before_bytes and done.before_bytes:
        note(t("cli.import.nothing_new", file=done.file, run=done.run_id))
        return
    if done.before_bytes:
        note(t("cli.import.went_on", file=done.file, megabytes=done.before_bytes / 1e6))
    counts = done.counts
    facts = {"n": done.positions, "lines": counts.came_in, "run": done.run_id, "file": done.file}
    note(t("cli.import.done", refused=sum(counts.refused.values()), duplicates=counts.duplicates, **facts))
    if reasons := [t("cli.import.reason", reason=t(f"refused.{r}"), n=n) for r, n in sorted((+counts.refused).items())]:
        note(t("cli.import.refused", reasons=t("feed.clock_between").join(reasons)))
    if done.clocks:
        note(t("feed.clocks", feed=done.file, clocks=say_clocks(done.clocks)))
    if done.beijing:
        note(t("cli.import.beijing", file=done.file, run=done.run_id))
    if done.first_ms is not None and done.last_ms is not None:
        note(t("cli.import.span", first=day_clock(done.first_ms), last=day_clock(done.last_ms)))


@contextmanager
def _lines() -> Iterator[Progress]:
    said = 0

    def tell(done: Imported, total: int | None) -> None:
        nonlocal said
        if done.content_bytes - said >= SAY_EVERY_BYTES:
            said = done.content_bytes
            note(t("cli.import.progress", megabytes=said / 1e6, sentences=done.counts.came_in))

    yield tell


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar where the size of the content is known, lines where it is packed."""
    bar = None
    with ExitStack() as until_done, _lines() as say:

        def tell(done: Imported, total: int | None) -> None:
            nonlocal bar
            if total is None:
                say(done, total)
                return
            if bar is None:
                shown = typer.progressbar(length=total, label=done.file, file=sys.stderr)
                bar = until_done.enter_context(shown)
                bar.update(done.before_bytes)
            bar.update(done.content_bytes - bar.pos)

        yield tell
