"""``fengqiao rebuild``: derive alerts and archive again from the raw log and compare."""

from pathlib import Path
from typing import Annotated

import typer

from fengqiao.app.rebuild import rebuild
from fengqiao.cli.common import LANG, Data, Json, Lang, note, print_json, t
from fengqiao.model.errors import Exit
from fengqiao.store.folder import data_folder, scratch_folder


def add_to(app: typer.Typer) -> None:
    app.command(name="rebuild", help=t("cli.rebuild"))(rebuild_folder)


def rebuild_folder(
    into: Annotated[Path | None, typer.Option("--into", metavar="DIR", help=t("cli.rebuild.into"))] = None,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    target = data_folder(str(into)) if into else scratch_folder("rebuild")
    if not as_json:
        note(t("cli.rebuild.begins", folder=str(folder)))
    done = rebuild(folder, target, lambda _: None, lang)
    figures = {
        "records": done.records,
        "chain_broken_at": done.chain or None,
        "changes": done.changes,
        "changes_missing": done.changes_missing,
        "changes_extra": done.changes_extra,
        "positions": done.positions,
        "positions_kept": done.positions_kept,
        "sentences": done.keeper.decoder.counts.as_json(),
        "same": done.same,
        "into": str(target),
    }
    if as_json:
        print_json(figures)
    else:
        note(t("cli.rebuild.same" if done.same else "cli.rebuild.differs", **figures))
    raise typer.Exit(Exit.DONE if done.same else Exit.NO)
