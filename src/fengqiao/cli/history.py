"""``fengqiao history``: where a vessel went, and who was near a place."""

import re
from typing import Annotated, Any

import numpy as np
import typer

from fengqiao.app import history
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, clock, clock_ms, iso, note, print_json, t
from fengqiao.fleet.passes import Basis, Pass
from fengqiao.model.errors import Exit, UsageFault
from fengqiao.nav import NM_M, parse_position, say_position
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.words import plain

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
From = Annotated[str, typer.Option("--from", metavar="TIME", help=t("cli.act.from"))]
To = Annotated[str, typer.Option("--to", metavar="TIME", help=t("cli.act.to"))]
Reason = Annotated[str, typer.Option("--reason", help=t("cli.history.reason"))]


@app.command(name="track", help=t("cli.history.track"))
def track(
    vessel: Annotated[str, typer.Argument(metavar="MMSI|NAME", help=t("cli.history.vessel"))],
    begins: From,
    ends: To,
    reason: Reason = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder, from_ms, to_ms = data_folder(str(data) if data else None), clock_ms(begins), clock_ms(ends)
    with open_store(folder) as store:
        mmsi = history.mmsi_of(store, vessel)
        history.log_question(
            store, actor, reason, clock_ms(None), from_ms, {"track": mmsi, "from": from_ms, "to": to_ms}
        )
        found = history.way(store, folder, mmsi, from_ms, to_ms)
    for i in range(len(found.fix_ms)):
        lon, lat, sog = float(found.lon_deg[i]), float(found.lat_deg[i]), float(found.sog_kn[i])
        if as_json:
            known = {} if np.isnan(sog) else {"sog_kn": sog}
            print_json(
                {"at": iso(int(found.fix_ms[i])), "lon": lon, "lat": lat, **known, "after_gap": bool(found.gap[i])}
            )
        else:
            speed = "--" if np.isnan(sog) else f"{sog:.1f}"
            gap = f"  {t('cli.history.gap')}" if found.gap[i] else ""
            print(f"{iso(int(found.fix_ms[i]))}  {say_position(lon, lat)}  {speed} kn{gap}")
    note(t("cli.history.track_sum", name=plain(found.name), n=len(found.fix_ms), nm=found.run_nm))
    raise typer.Exit(Exit.DONE if len(found.fix_ms) else Exit.NO)


@app.command(name="near", help=t("cli.history.near"))
def near(
    begins: From,
    ends: To,
    at: Annotated[str, typer.Option("--at", metavar="POSITION", help=t("cli.history.at"))] = "",
    line: Annotated[str, typer.Option("--line", metavar="P1;P2;…", help=t("cli.history.line"))] = "",
    radius: Annotated[str, typer.Option("--radius", metavar="0.5nm|800m", help=t("cli.history.radius"))] = "0.5nm",
    reason: Reason = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if bool(at) == bool(line):
        raise UsageFault("history_place")
    points = [parse_position(p) for p in (line.split(";") if line else [at]) if p.strip()]
    folder, from_ms, to_ms = data_folder(str(data) if data else None), clock_ms(begins), clock_ms(ends)
    with open_store(folder) as store:
        asked = {"near": points, "radius": radius, "from": from_ms, "to": to_ms}
        history.log_question(store, actor, reason, clock_ms(None), from_ms, asked)
        found = history.near(store, folder, points, radius_m(radius), from_ms, to_ms)
    if as_json:
        print_json(
            {
                "vessels": [as_object(p, found.names) for p in found.passes],
                "net_buoys": [as_object(p, found.names) for p in found.buoys],
                "looked_at": {"fixes": found.fixes, "vessels": found.vessels, "feeds": list(found.feeds)},
                "segments_too_fast": found.too_fast,
                "files_unreadable": list(found.broken),
                "note": t("cli.history.not_excluded"),
            }
        )
    else:
        for title, passes in (("cli.history.vessels", found.passes), ("cli.history.buoys", found.buoys)):
            if passes:
                print(t(title, n=len(passes)))
            for one in passes:
                print("  " + line_of(one, found.names))
        print(
            t("cli.history.looked_at", fixes=found.fixes, vessels=found.vessels, feeds=", ".join(found.feeds) or "--")
        )
        print(t("cli.history.not_excluded"))
    sure = [p for p in found.passes if p.basis is not Basis.GAP]
    raise typer.Exit(Exit.DONE if sure else Exit.NO)


def radius_m(text: str) -> float:
    """``0.5nm`` or ``800m``."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(nm|m|海里|米)", text.strip())
    if not found:
        raise UsageFault("radius_unread", text=text)
    return float(found.group(1)) * (NM_M if found.group(2) in ("nm", "海里") else 1.0)


def as_object(one: Pass, names: dict[int, str]) -> dict[str, Any]:
    return {
        "mmsi": one.mmsi,
        "name": names.get(one.mmsi, ""),
        "distance_m": round(one.distance_m, 1),
        "at": iso(one.at_ms),
        "basis": one.basis.value,
        "between": [iso(one.before_ms), iso(one.after_ms)],
    }


def line_of(one: Pass, names: dict[int, str]) -> str:
    facts = {
        "name": plain(names.get(one.mmsi, "")),
        "mmsi": one.mmsi,
        "metres": one.distance_m,
        "clock": clock(one.at_ms),
    }
    return t(f"cli.history.basis_{one.basis}", **facts)
