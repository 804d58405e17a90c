"""``fengqiao import``: recordings and tables from elsewhere into the archive."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated

import typer

from fengqiao.app.importing import Imported, Progress, import_file
from fengqiao.cli.common import LANG, Data, Json, Lang, day_clock, iso, note, print_json, say_clocks, t
from fengqiao.store.folder import data_folder

SAY_EVERY_BYTES = 100 << 20  # without a terminal: a line of progress each hundred megabytes


def add_to(app: typer.Typer) -> None:
    app.command(name="import", help=t("cli.import"))(import_files)


def import_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help=t("cli.import.files"))],
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    show = _bar if sys.stderr.isatty() else _lines
    for file in files:
        with show() as progress:
            done = import_file(file, folder, progress, lang)
        if as_json:
            times = {"first": _iso(done.first_ms), "last": _iso(done.last_ms)}
            print_json({"import": {**done.as_json(), **times, "data": str(folder)}})
        else:
            _say(done)


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
        note(t("cli.import.beijing", file=done.file))
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
