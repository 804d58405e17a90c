"""``fengqiao import``: a foreign recording into the archive, as a run of its own."""

from typing import Annotated

import typer

from fengqiao.app.replay import replay
from fengqiao.cli.common import LANG, Data, Json, Lang, note, print_json, t
from fengqiao.cli.replay import summary
from fengqiao.store.folder import data_folder
from fengqiao.store.tables import RunKind


def add_to(app: typer.Typer) -> None:
    app.command(name="import", help=t("cli.import"))(import_files)


def import_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help=t("cli.replay.files"))],
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    done = replay(
        files, folder, lambda _: None, kind=RunKind.IMPORT, lang=lang, progress=None if as_json else _progress
    )
    said = summary(done)
    if as_json:
        print_json({"summary": said})
    else:
        note(t("cli.import.done", n=said["fixes"]["taken"], run=done.keeper.run.run_id, folder=str(folder)))


def _progress(megabytes: float, sentences: int) -> None:
    note(t("cli.import.progress", megabytes=megabytes, sentences=sentences))
