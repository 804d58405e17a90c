"""``fengqiao tip``: what people tell us, from the grid, by telephone or at the door."""

from typing import Annotated

import typer

from fengqiao.app.casework import day_of
from fengqiao.cases.causes import CHANNELS
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, clock_ms, iso, print_json, t
from fengqiao.model.errors import Exit, UsageFault
from fengqiao.nav import parse_position, say_position
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.words import plain

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command(name="new", help=t("cli.tip.new"))
def new(
    text: Annotated[str, typer.Option("--text", help=t("cli.tip.text"))],
    channel: Annotated[str, typer.Option("--channel", metavar="grid|call|visit", help=t("cli.tip.channel"))] = "call",
    at: Annotated[str, typer.Option("--at", metavar="POSITION", help=t("cli.zones.position"))] = "",
    vessel: Annotated[str, typer.Option("--vessel", help=t("cli.tip.vessel"))] = "",
    reporter: Annotated[str, typer.Option("--reporter", help=t("cli.tip.reporter"))] = "",
    phone: Annotated[str, typer.Option("--phone", help=t("cli.tip.phone"))] = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if channel not in CHANNELS:
        raise UsageFault("unknown_channel", channel=channel, known=", ".join(CHANNELS))
    if not actor:
        raise UsageFault("actor_missing")
    lon, lat = parse_position(at) if at else (None, None)
    tip = {"at_ms": clock_ms(None), "channel": channel, "text": text}
    tip |= {"lon_deg": lon, "lat_deg": lat, "vessel": vessel, "reporter": reporter, "phone": phone, "officer": actor}
    with open_store(data_folder(str(data) if data else None)) as store:
        number = store.add_tip(tip, day_of(tip["at_ms"]), "cli")
    if as_json:
        print_json({"tip": number})
    else:
        print(t("cli.tip.kept", tip=number))


@app.command(name="list", help=t("cli.tip.list"))
def list_tips(as_json: Json = False, data: Data = None, lang: Lang = LANG) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        tips = store.tips()
    for tip in tips:
        if as_json:
            shown = {
                "tip": tip.tip,
                "at": iso(tip.at_ms),
                "channel": tip.channel,
                "text": tip.text,
                "case": tip.case_no,
            }
            print_json(shown)
        else:
            where = (
                say_position(tip.lon_deg, tip.lat_deg) if tip.lon_deg is not None and tip.lat_deg is not None else ""
            )
            print(plain(f"{tip.tip}  {t(f'tip.channel.{tip.channel}')}  {tip.text}  {where}  {tip.case_no}"))
    raise typer.Exit(Exit.DONE if tips else Exit.NO)
