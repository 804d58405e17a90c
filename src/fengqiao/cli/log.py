"""``fengqiao log``: the duty log, outcomes of alarms, and the daily report."""

from typing import Annotated, Any

import typer

from fengqiao.app import duty
from fengqiao.app.runs import watched_run
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, Seat, clock_ms, day_clock, forwards, iso, print_json, t
from fengqiao.model.errors import Exit
from fengqiao.nav import say_position
from fengqiao.store.database import open_store
from fengqiao.store.duty_tables import DutyLogRow
from fengqiao.store.folder import data_folder
from fengqiao.words import plain
from fengqiao.zones.places import place_of

app = typer.Typer(rich_markup_mode=None)
DAY_MS = 86_400_000


@app.command(name="add", help=t("cli.log.add"))
def add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help=t("cli.log.text"))],
    vessel: Annotated[int, typer.Option("--vessel", metavar="MMSI", help=t("cli.log.vessel"))] = 0,
    at: Annotated[str, typer.Option("--at", metavar="POSITION", help=t("cli.zones.position"))] = "",
    alert: Annotated[str, typer.Option("--alert", metavar="ID", help=t("cli.act.alert"))] = "",
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    position = place_of(at) if at else None
    with open_store(data_folder(str(data) if data else None)) as store:
        said: dict[str, Any] = {"mmsi": vessel, "alert": alert, "position": position}
        who, run_id = duty.acting(store, seat, actor), watched_run(store)
        line = duty.log_line(store, text, who, seat, clock_ms(None), run_id, **said)
    _print(line, as_json)


@app.command(name="outcome", help=t("cli.log.outcome"))
def outcome(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help=t("cli.act.alert"))],
    what: Annotated[str, typer.Argument(metavar="called|notified|false|other", help=t("cli.log.what"))],
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help=t("cli.log.text"))] = "",
    label: Annotated[str, typer.Option("--label", metavar="true|false|unclear", help=t("cli.log.truth"))] = "",
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        run_id, who = watched_run(store), duty.acting(store, seat, actor)
        first = duty.give_outcome(store, run_id, alert, what, text, who, seat, clock_ms(None), label)
        owed = len(store.owed_outcomes(run_id))
    if as_json:
        print_json({"alert": alert, "outcome": what, "correction": not first, "owed": owed})
    else:
        print(t("duty.outcome_kept" if first else "duty.outcome_corrected", outcome=t(f"outcome.{what}"), owed=owed))


@app.command(name="label", help=t("cli.log.label"))
def label(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help=t("cli.act.alert"))],
    truth: Annotated[str, typer.Argument(metavar="true|false|unclear", help=t("cli.log.truth"))],
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        run_id, who = watched_run(store), duty.acting(store, seat, actor)
        duty.give_label(store, run_id, alert, truth, who, seat, clock_ms(None))
    if as_json:
        print_json({"alert": alert, "label": truth})
    else:
        print(t("duty.label_kept", label=t(f"label.{truth}")))


@app.command(name="show", help=t("cli.log.show"))
def show(
    begins: Annotated[str | None, typer.Option("--from", metavar="TIME", help=t("cli.act.from"))] = None,
    ends: Annotated[str | None, typer.Option("--to", metavar="TIME", help=t("cli.act.to"))] = None,
    report: Annotated[bool, typer.Option("--report", help=t("cli.log.report"))] = False,
    seat: Seat = "desk",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    to_ms = clock_ms(ends) + (ends is None)  # a line of this very millisecond is of the past
    from_ms = clock_ms(begins) if begins else to_ms - DAY_MS
    forwards(from_ms, to_ms)
    with open_store(data_folder(str(data) if data else None)) as store:
        if report:
            print(duty.report(store, watched_run(store), seat, from_ms, to_ms, lang), end="")
            return
        lines = list(reversed(store.log_lines(from_ms, to_ms, run_id=watched_run(store))))
    for line in lines:
        _print(line, as_json)
    raise typer.Exit(Exit.DONE if lines else Exit.NO)


def _print(line: DutyLogRow, as_json: bool) -> None:
    if as_json:
        about = {"mmsi": line.mmsi or None, "vessel": line.vessel or None, "alert": line.alert or None}
        said = {"at": iso(line.at_ms), "officer": line.officer, "seat": line.seat, "text": line.text}
        print_json({**said, **about, "lon_deg": line.lon_deg, "lat_deg": line.lat_deg})
        return
    where = "" if line.lon_deg is None or line.lat_deg is None else say_position(line.lon_deg, line.lat_deg)
    told = (day_clock(line.at_ms), line.officer, line.vessel, where, line.text)
    print("  ".join(plain(part) for part in told if part))
