"""``fengqiao nearest``: who can be at a place soonest."""

from math import isfinite
from typing import Annotated, Any

import typer

from fengqiao.app.nearest import Nearest, Ship, how_old, nearest
from fengqiao.cli.common import LANG, Data, Json, Lang, clock_ms, day_clock, iso, print_json, t
from fengqiao.model.errors import Exit
from fengqiao.nav import say_position
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.words import plain
from fengqiao.zones.places import place_of


def add_to(app: typer.Typer) -> None:
    app.command(name="nearest", help=t("cli.nearest"))(ask)


def ask(
    place: Annotated[str, typer.Argument(metavar="PLACE", help=t("nearest.place"))],
    most: Annotated[int, typer.Option("--most", min=1, max=200, help=t("nearest.most"))] = 10,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    where = place_of(place)
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        found = nearest(store, folder, where, most, clock_ms(None))
    if as_json:
        print_json(as_object(found))
    else:
        _print(found)
    raise typer.Exit(Exit.DONE if found.ships else Exit.NO)


def as_object(found: Nearest) -> dict[str, Any]:
    return {
        "place": list(found.place),
        "run": found.run,
        "as_of": iso(found.time_ms),
        "age_s": round(found.age_s, 1) if isfinite(found.age_s) else None,
        "within_nm": found.within_nm,
        "response_kn_min": found.response_kn,
        "berthed_min": found.berthed_min,
        "in_range": found.in_range,
        "ships": [
            {
                "mmsi": s.mmsi,
                "name": s.name,
                "minutes": round(s.minutes, 1),
                "distance_nm": round(s.distance_nm, 2),
                "bearing_deg": round(s.bearing_deg) % 360,
                "sog_kn": None if s.sog_kn is None else round(s.sog_kn, 1),
                "lon": round(s.lon_deg, 6),
                "lat": round(s.lat_deg, 6),
                "heard": iso(s.fix_ms),
                "fishing": s.fishing,
                "in_harbour": s.berthed,
                "activity": s.activity.word,
            }
            for s in found.ships
        ],
    }


def _print(found: Nearest) -> None:
    limits = {"within": found.within_nm, "kn": found.response_kn, "berthed": found.berthed_min}
    said = {"place": say_position(*found.place), "at": day_clock(found.time_ms), "run": found.run}
    print(t("nearest.asked", **said, ships=found.in_range, **limits))
    if (old := how_old(found)) is not None:
        print(t(old[0], **old[1]))
    for ship in found.ships:
        print(_row(ship))
    if not found.ships:
        print(t("nearest.none"))


def _row(s: Ship) -> str:
    notes = (t("nearest.fishing") if s.fishing else "") + (t("nearest.berthed") if s.berthed else "")
    notes += f" {t(f'activity.{s.activity.word}')}" if s.activity and not s.berthed else ""
    speed = "—" if s.sog_kn is None else f"{s.sog_kn:.1f}"
    facts = {"minutes": s.minutes, "distance_nm": s.distance_nm, "bearing_deg": round(s.bearing_deg) % 360}
    return t("nearest.row", name=plain(s.name), mmsi=s.mmsi, speed=speed, notes=notes, **facts)
