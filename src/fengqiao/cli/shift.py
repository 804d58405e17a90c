"""``fengqiao shift``: who keeps the watch."""

from typing import Annotated

import typer

from fengqiao.app import duty
from fengqiao.app.keep_watch import watched_run
from fengqiao.cli.common import LANG, Data, Json, Lang, clock_ms, print_json, t
from fengqiao.model.errors import Exit, UsageFault
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.words import plain

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Seat = Annotated[str, typer.Option("--seat", help=t("cli.shift.seat"))]


@app.command(name="on", help=t("cli.shift.on"))
def on(
    officer: Annotated[str, typer.Option("--officer", help=t("cli.shift.officer"))],
    seat: Seat = "desk",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        duty.sign_on(store, seat, officer, clock_ms(None))
    _say(officer, as_json)


@app.command(name="off", help=t("cli.shift.off"))
def off(
    to: Annotated[str, typer.Option("--to", help=t("cli.shift.to"))] = "",
    seat: Seat = "desk",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        now = duty.who_is_on(store, seat)
        if not now:
            raise UsageFault("nobody_on", seat=seat)
        refused = duty.stands_in_the_way(store, watched_run(store))
        done = refused or (duty.hand_over(store, watched_run(store), seat, to, clock_ms(None), lang) if to else "")
        if not to and refused is None:
            store.end_shift(seat, now, clock_ms(None))
    if isinstance(done, duty.Refused):
        if as_json:
            print_json({"refused": done.reason, "alerts": [a.alert for a in done.alerts]})
        else:
            print(t(f"desk.duty.refused_{done.reason}", n=len(done.alerts)))
            for alert in done.alerts:
                print("  " + plain(alert.text_zh if lang == "zh" else alert.text_en))
        raise typer.Exit(Exit.NO)
    _say(to, as_json)


@app.command(name="show", help=t("cli.shift.show"))
def show(seat: Seat = "desk", as_json: Json = False, data: Data = None, lang: Lang = LANG) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        officer = duty.who_is_on(store, seat)
    _say(officer, as_json)
    raise typer.Exit(Exit.DONE if officer else Exit.NO)


def _say(officer: str, as_json: bool) -> None:
    if as_json:
        print_json({"officer": officer or None})
    else:
        print(t("cli.shift.now", officer=plain(officer)) if officer else t("desk.nobody"))
