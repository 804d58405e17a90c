"""``fengqiao log``: the duty log, outcomes of alarms, and the daily report."""

from typing import Annotated

import typer

from fengqiao.app import duty
from fengqiao.app.keep_watch import watched_run
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, clock_ms, iso, print_json, t
from fengqiao.model.errors import Exit
from fengqiao.nav import parse_position
from fengqiao.store.database import Store, open_store
from fengqiao.store.folder import data_folder
from fengqiao.words import plain

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
SEAT = "desk"
DAY_MS = 86_400_000


@app.command(name="add", help=t("cli.log.add"))
def add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help=t("cli.log.text"))],
    vessel: Annotated[int, typer.Option("--vessel", metavar="MMSI", help=t("cli.log.vessel"))] = 0,
    at: Annotated[str, typer.Option("--at", metavar="POSITION", help=t("cli.zones.position"))] = "",
    alert: Annotated[str, typer.Option("--alert", metavar="ID", help=t("cli.act.alert"))] = "",
    actor: Actor = "",
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    position = parse_position(at) if at else None
    with open_store(data_folder(str(data) if data else None)) as store:
        duty.log_line(
            store,
            text,
            _who(store, actor),
            SEAT,
            clock_ms(None),
            watched_run(store),
            mmsi=vessel,
            alert=alert,
            position=position,
        )


@app.command(name="outcome", help=t("cli.log.outcome"))
def outcome(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help=t("cli.act.alert"))],
    what: Annotated[str, typer.Argument(metavar="called|notified|false|other", help=t("cli.log.what"))],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help=t("cli.log.text"))] = "",
    actor: Actor = "",
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        duty.give_outcome(store, watched_run(store), alert, what, text, _who(store, actor), SEAT, clock_ms(None))


@app.command(name="show", help=t("cli.log.show"))
def show(
    begins: Annotated[str | None, typer.Option("--from", metavar="TIME", help=t("cli.act.from"))] = None,
    ends: Annotated[str | None, typer.Option("--to", metavar="TIME", help=t("cli.act.to"))] = None,
    report: Annotated[bool, typer.Option("--report", help=t("cli.log.report"))] = False,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    to_ms = clock_ms(ends)
    from_ms = clock_ms(begins) if begins else to_ms - DAY_MS
    with open_store(data_folder(str(data) if data else None)) as store:
        if report:
            print(duty.report(store, watched_run(store), SEAT, from_ms, to_ms, lang), end="")
            return
        lines = list(reversed(store.log_lines(from_ms, to_ms)))
    for line in lines:
        if as_json:
            print_json({"at": iso(line.at_ms), "officer": line.officer, "text": line.text, "mmsi": line.mmsi or None})
        else:
            print(plain(f"{iso(line.at_ms)}  {line.officer}  {line.vessel}  {line.text}"))
    raise typer.Exit(Exit.DONE if lines else Exit.NO)


def _who(store: Store, actor: str) -> str:
    return actor or duty.who_is_on(store, SEAT) or "--"
