"""``fengqiao act``: what people do, through the one door; a running watch applies it within a second."""

from typing import Annotated, Any

import typer

from fengqiao.alerts import ALL
from fengqiao.app.held_back import held_back
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, Seat, print_json, t
from fengqiao.cli.doing import do
from fengqiao.feeds.clock import now_ms
from fengqiao.model.inputs import ActKind
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.zones.places import place_of

app = typer.Typer(rich_markup_mode=None)
AlertId = Annotated[str, typer.Argument(metavar="ALERT", help=t("cli.act.alert"))]
Source = Annotated[str, typer.Argument(metavar="KIND:NAME", help=t("cli.act.source_out"))]
Reason = Annotated[str, typer.Option("--reason", help=t("cli.act.reason"))]


@app.command(help=t("cli.act.acknowledge"))
def acknowledge(
    alert: AlertId, seat: Seat = "desk", actor: Actor = "", as_json: Json = False, data: Data = None, lang: Lang = LANG
) -> None:
    do(ActKind.ACKNOWLEDGE, alert, {}, (seat, actor), as_json, data)


@app.command(help=t("cli.act.note"))
def note(
    alert: AlertId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=t("cli.act.text"))],
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    do(ActKind.NOTE, alert, {"text": text}, (seat, actor), as_json, data)


@app.command(help=t("cli.act.silence"))
def silence(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help=t("cli.act.alert"))] = ALL,
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    do(ActKind.SILENCE, alert, {}, (seat, actor), as_json, data)


@app.command(help=t("cli.act.shelve"))
def shelve(
    alert: AlertId,
    reason: Reason,
    minutes: Annotated[int, typer.Option("--minutes", help=t("cli.act.shelf_minutes"))] = 30,
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    do(ActKind.SHELVE, alert, {"minutes": minutes, "reason": reason}, (seat, actor), as_json, data)


@app.command(help=t("cli.act.unshelve"))
def unshelve(
    alert: AlertId, seat: Seat = "desk", actor: Actor = "", as_json: Json = False, data: Data = None, lang: Lang = LANG
) -> None:
    do(ActKind.UNSHELVE, alert, {}, (seat, actor), as_json, data)


@app.command(help=t("cli.act.transfer"))
def transfer(
    alert: AlertId,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help=t("cli.act.receiver"))],
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    do(ActKind.TRANSFER, alert, {"to": to}, (seat, actor), as_json, data)


@app.command(name="out-of-service", help=t("cli.act.out_of_service"))
def out_of_service(
    what: Source,
    reason: Reason,
    minutes: Annotated[int, typer.Option("--minutes", help=t("cli.act.out_minutes"))] = 480,
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    do(ActKind.OUT_OF_SERVICE, what, {"minutes": minutes, "reason": reason}, (seat, actor), as_json, data)


@app.command(name="in-service", help=t("cli.act.in_service"))
def in_service(
    what: Source, seat: Seat = "desk", actor: Actor = "", as_json: Json = False, data: Data = None, lang: Lang = LANG
) -> None:
    do(ActKind.IN_SERVICE, what, {}, (seat, actor), as_json, data)


@app.command(help=t("cli.act.held"))
def held(
    run: Annotated[str, typer.Option("--run", help=t("cli.act.run"))] = "live",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        back = held_back(store, folder, run, now_ms())
    if as_json:
        print_json(back.as_json())
        return
    for line in back.lines(lang):
        print(line)


@app.command(help=t("cli.act.gale"))
def gale(
    name: Annotated[str, typer.Argument(metavar="NAME", help=t("cli.act.gale_name"))],
    level: Annotated[int, typer.Option("--level", min=1, max=17, help=t("cli.act.level"))] = 0,
    begins: Annotated[str, typer.Option("--from", metavar="TIME", help=t("cli.act.from"))] = "",
    ends: Annotated[str, typer.Option("--to", metavar="TIME", help=t("cli.act.to"))] = "",
    zone: Annotated[str, typer.Option("--zone", metavar="ID", help=t("cli.act.zone"))] = "",
    polygon: Annotated[str, typer.Option("--polygon", metavar="POSITIONS", help=t("cli.act.polygon"))] = "",
    source: Annotated[str, typer.Option("--source", help=t("cli.act.source"))] = "",
    cancel: Annotated[bool, typer.Option("--cancel", help=t("cli.act.cancel"))] = False,
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if cancel:
        do(ActKind.GALE_CANCEL, name, {}, (seat, actor), as_json, data)
        return
    ring = [list(place_of(p)) for p in polygon.split(";") if p.strip()]
    facts: dict[str, Any] = {"beaufort": level, "from": begins, "to": ends, "source": source}
    facts |= {"zone": zone} if zone else {"polygon": ring}
    do(ActKind.GALE_ISSUE, name, facts, (seat, actor), as_json, data)
