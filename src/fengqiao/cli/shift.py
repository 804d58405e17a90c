"""``fengqiao shift``: who keeps the watch."""

from typing import Annotated, NoReturn

import typer

from fengqiao.app import duty
from fengqiao.app.runs import watched_run
from fengqiao.app.shift_plan import ShiftPlan, load_plan
from fengqiao.cli.common import LANG, Data, Json, Lang, Seat, clock_ms, day_clock, iso, note, print_json, t
from fengqiao.model.errors import Exit, InputFault
from fengqiao.store.database import open_store
from fengqiao.store.duty_tables import ShiftRow
from fengqiao.store.folder import data_folder
from fengqiao.words import plain

app = typer.Typer(rich_markup_mode=None)


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
        shift = store.officer_on(seat)
    _say(shift, as_json)


@app.command(name="off", help=t("cli.shift.off"))
def off(
    to: Annotated[str | None, typer.Option("--to", help=t("cli.shift.to"))] = None,
    seat: Seat = "desk",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        run_id, now = watched_run(store), clock_ms(None)
        if to is None:
            done: duty.Refused | str | None = duty.sign_off(store, run_id, seat, now)
        else:
            done = duty.hand_over(store, run_id, seat, to, now, lang)
        shift = store.officer_on(seat)
    if isinstance(done, duty.Refused):
        _refuse(done, lang, as_json)
    _say(shift, as_json, done)


@app.command(name="show", help=t("cli.shift.show"))
def show(seat: Seat = "desk", as_json: Json = False, data: Data = None, lang: Lang = LANG) -> None:
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        shift = store.officer_on(seat)
    _say(shift, as_json)
    if not as_json:
        try:
            _say_plan(load_plan(folder))
        except InputFault as fault:  # who is on is known all the same
            note(t(fault.message, **fault.facts))
    raise typer.Exit(Exit.DONE if shift else Exit.NO)


def _say(shift: ShiftRow | None, as_json: bool, snapshot: str | None = None) -> None:
    if as_json:
        who = {"officer": shift.officer, "since": iso(shift.from_ms), "planned": shift.planned or None} if shift else {}
        print_json({"officer": None, **who, **({"snapshot": snapshot} if snapshot else {})})
    elif shift:
        print(t("cli.shift.since", officer=shift.officer, since=day_clock(shift.from_ms), shift=shift.planned).rstrip())
        if snapshot:
            print(t("cli.shift.snapshot", hash=snapshot))
    else:
        print(t("desk.nobody"))


def _say_plan(plan: ShiftPlan) -> None:
    print(t("cli.shift.plan_example" if plan.example else "cli.shift.plan"))
    for shift in plan.shifts:
        begins, ends = (f"{minute // 60:02}:{minute % 60:02}" for minute in (shift.from_min, shift.to_min))
        print(f"  {plain(shift.name)}  {begins}-{ends}")


def _refuse(refused: duty.Refused, lang: str, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"refused": refused.reason, "alerts": [a.alert for a in refused.alerts]})
    else:
        print(t(f"duty.refused_{refused.reason}", n=len(refused.alerts)))
        for alert in refused.alerts:
            print(f"  {plain(alert.alert)}  {plain(alert.text_zh if lang == 'zh' else alert.text_en)}")
    raise typer.Exit(Exit.NO)
