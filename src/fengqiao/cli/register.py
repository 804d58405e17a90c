"""``fengqiao register``: the vessels the centre knows."""

from pathlib import Path
from typing import Annotated

import typer

from fengqiao import words
from fengqiao.app.registering import import_register
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, print_json, t
from fengqiao.model.errors import Exit
from fengqiao.store.folder import data_folder

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def register() -> None:
    """A group, even while it has one command."""


@app.command(name="import", help=t("cli.register.import"))
def import_csv(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help=t("cli.register.file"))],
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    done = import_register(file, data_folder(str(data) if data else None), actor)
    if as_json:
        refused = [{"line": r.line, "field": r.field, "reason": r.reason, "value": r.value} for r in done.refused]
        print_json({"revision": done.revision, "vessels": len(done.vessels), "refused": refused})
    else:
        for problem in (*done.refused, *done.warnings):
            print(words.say(lang, problem.message, problem.facts))
        print(t("cli.register.done", vessels=len(done.vessels), refused=len(done.refused), revision=done.revision))
    raise typer.Exit(Exit.DONE if done.vessels else Exit.BAD_INPUT)
