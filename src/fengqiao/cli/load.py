"""``fengqiao load``: how heavily the alerts weighed on the watch, and how many were true."""

from typing import Annotated

import typer

from fengqiao.app.load import load_since, watch_time_ms
from fengqiao.app.runs import watched_run
from fengqiao.cli.common import LANG, Data, Json, Lang, clock_ms, forwards, print_json, t
from fengqiao.papers.load_report import as_json as as_object
from fengqiao.papers.load_report import load_report
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder

MONTH_MS = 30 * 86_400_000  # what the standards judge


def add_to(app: typer.Typer) -> None:
    app.command(name="load", help=t("cli.load"))(load)


def load(
    begins: Annotated[str | None, typer.Option("--from", metavar="TIME", help=t("cli.load.from"))] = None,
    ends: Annotated[str | None, typer.Option("--to", metavar="TIME", help=t("cli.load.to"))] = None,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        run_id = watched_run(store)
        to_ms = clock_ms(ends) if ends else watch_time_ms(store.folder, run_id) or clock_ms(None)
        from_ms = clock_ms(begins) if begins else to_ms - MONTH_MS
        forwards(from_ms, to_ms)
        found = load_since(store, run_id, from_ms, to_ms + (ends is None), lang)
    if as_json:
        print_json({"run": run_id, **as_object(found)})
    else:
        print(load_report(found, lang), end="")
