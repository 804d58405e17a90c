"""``fengqiao tip``: what people tell us, from the grid, by telephone or at the door."""

from typing import Annotated, Any

import typer

from fengqiao.app.casework import day_of, find_tip, masked_name, masked_phone, masked_text, unmask_tip
from fengqiao.cases.causes import CHANNELS
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, clock_ms, day_clock, iso, print_json, t
from fengqiao.model.errors import Exit, UsageFault
from fengqiao.nav import say_position
from fengqiao.store.case_tables import TipRow
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.words import LANGUAGES, plain, say
from fengqiao.zones.places import place_of

app = typer.Typer(rich_markup_mode=None)
SPOKEN = {"网格": "grid"}  # what people say for short
CHANNEL_OF = (
    SPOKEN | {say(lang, f"tip.channel.{c}"): c for lang in LANGUAGES for c in CHANNELS} | {c: c for c in CHANNELS}
)


@app.command(name="new", help=t("cli.tip.new"))
def new(
    text: Annotated[str, typer.Option("--text", help=t("cli.tip.text"))],
    channel: Annotated[str, typer.Option("--channel", metavar="grid|call|visit", help=t("cli.tip.channel"))] = "call",
    at: Annotated[str, typer.Option("--at", metavar="POSITION", help=t("cli.zones.position"))] = "",
    vessel: Annotated[str, typer.Option("--vessel", help=t("cli.tip.vessel"))] = "",
    reporter: Annotated[str, typer.Option("--reporter", help=t("cli.tip.reporter"))] = "",
    phone: Annotated[str, typer.Option("--phone", help=t("cli.tip.phone"))] = "",
    when: Annotated[str | None, typer.Option("--when", metavar="TIME", help=t("cli.tip.when"))] = None,
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if channel not in CHANNEL_OF:
        raise UsageFault("unknown_channel", channel=channel, known=", ".join(CHANNELS))
    if not actor:
        raise UsageFault("actor_missing")
    at_ms = clock_ms(when)
    lon, lat = place_of(at) if at else (None, None)
    tip = {"at_ms": at_ms, "channel": CHANNEL_OF[channel], "text": text, "lon_deg": lon, "lat_deg": lat}
    tip |= {"vessel": vessel, "reporter": reporter, "phone": phone, "officer": actor}
    with open_store(data_folder(str(data) if data else None)) as store:
        number = store.add_tip(tip, day_of(at_ms), "cli")
    if as_json:
        print_json({"tip": number})
    else:
        print(t("cli.tip.kept", tip=number))


@app.command(name="list", help=t("cli.tip.list"))
def list_tips(as_json: Json = False, data: Data = None, lang: Lang = LANG) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        tips = store.tips()
    for tip in tips:
        _print(tip, True, as_json)
    raise typer.Exit(Exit.DONE if tips else Exit.NO)


@app.command(name="show", help=t("cli.tip.show"))
def show(
    number: Annotated[str, typer.Argument(metavar="TIP", help=t("cli.tip.number"))],
    unmask: Annotated[bool, typer.Option("--unmask", help=t("cli.tip.unmask"))] = False,
    reason: Annotated[str, typer.Option("--reason", help=t("cli.case.reason"))] = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        now = clock_ms(None)
        tip = unmask_tip(store, number, actor, "cli", reason, now) if unmask else find_tip(store, number)
    _print(tip, not unmask, as_json)


def _print(tip: TipRow, masked: bool, as_json: bool) -> None:
    if as_json:
        print_json(as_object(tip, masked))
    else:
        print(plain(line(tip, masked)))


def as_object(tip: TipRow, masked: bool) -> dict[str, Any]:
    return {
        "tip": tip.tip,
        "at": iso(tip.at_ms),
        "channel": tip.channel,
        "text": masked_text(tip.text, [tip.reporter]) if masked else tip.text,
        "vessel": tip.vessel,
        "lon": tip.lon_deg,
        "lat": tip.lat_deg,
        "reporter": masked_name(tip.reporter) if masked else tip.reporter,
        "phone": masked_phone(tip.phone) if masked else tip.phone,
        "officer": tip.officer,
        "case": tip.case_no or None,
    }


def line(tip: TipRow, masked: bool) -> str:
    said = as_object(tip, masked)
    where = "" if tip.lon_deg is None or tip.lat_deg is None else say_position(tip.lon_deg, tip.lat_deg)
    channel = t(f"tip.channel.{tip.channel}")
    parts = (tip.tip, day_clock(tip.at_ms), channel, said["reporter"], said["phone"], tip.vessel, where, said["text"])
    return "  ".join(part for part in (*parts, tip.case_no) if part)
