"""``fengqiao trip``: when boats said they would be back; a running watch heeds it within a second."""

from pathlib import Path
from typing import Annotated, Any

import typer

from fengqiao.app.history import mmsi_of, names_of
from fengqiao.app.runs import watched_run
from fengqiao.app.trips import open_trip, read_list, state_facts
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, Seat, clock_ms, iso, note, print_json, t
from fengqiao.cli.doing import do
from fengqiao.model.errors import Exit
from fengqiao.model.inputs import ActKind
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.store.tables import TripRow
from fengqiao.words import plain

app = typer.Typer(rich_markup_mode=None)


@app.command(name="declare", help=t("cli.trip.declare"))
def declare(
    vessel: Annotated[str, typer.Argument(metavar="VESSEL", help=t("cli.trip.vessel"))],
    due: Annotated[str, typer.Option("--due", metavar="TIME", help=t("cli.trip.due"))],
    harbour: Annotated[str, typer.Option("--to", metavar="HARBOUR", help=t("cli.trip.to"))] = "",
    left: Annotated[str, typer.Option("--left", metavar="TIME", help=t("cli.trip.left"))] = "",
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        trip: dict[str, Any] = {"mmsi": mmsi_of(store, vessel), "due_ms": clock_ms(due), "harbour": harbour}
    trip |= {"departs_ms": clock_ms(left)} if left else {}
    do(ActKind.TRIP_DECLARE, vessel, {"trips": [trip]}, (seat, actor), as_json, folder)


@app.command(name="end", help=t("cli.trip.end"))
def end(
    trip: Annotated[str, typer.Argument(metavar="TRIP|VESSEL", help=t("cli.trip.which"))],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help=t("cli.trip.why"))] = "",
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        meant = open_trip(store, trip)
    do(ActKind.TRIP_END, meant, {"why": why}, (seat, actor), as_json, folder)


@app.command(name="import", help=t("cli.trip.import"))
def import_csv(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help=t("cli.trip.file"))],
    seat: Seat = "desk",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        read = read_list(file, store, clock_ms(None))
    for flaw in read.flaws:
        note(t(f"trip.{flaw.reason}", **flaw.facts))
    note(t("cli.trip.imported", n=len(read.trips), flaws=len(read.flaws)))
    if not read.trips:
        raise typer.Exit(Exit.BAD_INPUT)
    do(ActKind.TRIP_DECLARE, file.name, {"trips": list(read.trips)}, (seat, actor), as_json, folder)


@app.command(name="list", help=t("cli.trip.list"))
def list_trips(
    every: Annotated[bool, typer.Option("--all", help=t("cli.trip.all"))] = False,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        rows = [row for row in store.trip_rows(watched_run(store)) if every or row.ended_ms is None]
        names = names_of(store, [row.mmsi for row in rows], clock_ms(None))
    for row in rows:
        if as_json:
            print_json(_as_object(row, names[row.mmsi]))
        else:
            print(plain(t("cli.trip.line", vessel=names[row.mmsi], **state_facts(LANG, row))))
    raise typer.Exit(Exit.DONE if rows else Exit.NO)


def _as_object(row: TripRow, name: str) -> dict[str, Any]:
    times = {"due": row.due_ms, "departs": row.departs_ms, "declared": row.declared_ms}
    seen = {"out": row.out_ms or None, "ended": row.ended_ms}
    return {
        "trip": row.trip_id,
        "mmsi": row.mmsi,
        "vessel": name,
        "harbour": row.harbour or None,
        **{key: None if at_ms is None else iso(at_ms) for key, at_ms in (times | seen).items()},
        "declared_by": row.declared_by,
        "ended_by": row.ended_by or None,
        "ended_why": row.ended_why or None,
    }
