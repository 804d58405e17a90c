"""``fengqiao history``: where a vessel went, and who was near a place. The shapes of --json: docs/history.md."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from fengqiao.app import history
from fengqiao.app.decoding import station_said
from fengqiao.app.history import Near, Question, Way
from fengqiao.cli.common import BEIJING, LANG, Actor, Data, Json, Lang, clock_ms, iso, note, print_json, t
from fengqiao.fleet.false_identity import Oddity
from fengqiao.fleet.passes import Pass, Silence
from fengqiao.fleet.stations import StationClass, station_of
from fengqiao.fleet.vessels import Kind
from fengqiao.model.errors import EnvironmentFault, Exit, UsageFault
from fengqiao.nav import NM_M, say_position
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.zones.places import place_of

POSSIBLE_SHOWN = 20  # the likeliest; --json has them all
UNITS_M = {"nm": NM_M, "海里": NM_M, "m": 1.0, "米": 1.0, "km": 1000.0, "公里": 1000.0}

app = typer.Typer(rich_markup_mode=None)
From = Annotated[str, typer.Option("--from", metavar="TIME", help=t("history.from"))]
To = Annotated[str, typer.Option("--to", metavar="TIME", help=t("history.to"))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=t("history.reason"))]
RunId = Annotated[str, typer.Option("--run", metavar="RUN", help=t("history.run"))]


@app.command(name="track", help=t("history.track"))
def track(
    vessel: Annotated[str, typer.Argument(metavar="MMSI|NAME", help=t("history.vessel"))],
    begins: From,
    ends: To,
    run: RunId = "",
    geojson: Annotated[Path | None, typer.Option("--geojson", metavar="FILE", help=t("history.geojson"))] = None,
    reason: Reason = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder, from_ms, to_ms = data_folder(str(data) if data else None), clock_ms(begins), clock_ms(ends)
    if to_ms <= from_ms:
        raise UsageFault("history_question")
    with open_store(folder) as store:
        mmsi = history.mmsi_of(store, vessel)
        asked = {"track": mmsi, "from_ms": from_ms, "to_ms": to_ms, "run": run}
        history.log_question(store, actor, reason, clock_ms(None), from_ms, asked)
        found = history.way(store, folder, mmsi, from_ms, to_ms, run)
    if geojson is not None:
        _write(geojson, history.as_geojson(found))
    if as_json:
        print_json(track_as_object(found))
    else:
        _print_track(found)
    raise typer.Exit(Exit.DONE if len(found.fix_ms) else Exit.NO)


@app.command(name="near", help=t("history.near"))
def near(
    begins: From,
    ends: To,
    at: Annotated[str, typer.Option("--at", metavar="POSITION", help=t("history.at"))] = "",
    line: Annotated[str, typer.Option("--line", metavar="P1;P2;…", help=t("history.line"))] = "",
    radius: Annotated[str, typer.Option("--radius", metavar="0.5nm|800m", help=t("history.radius"))] = "0.5nm",
    run: RunId = "",
    reason: Reason = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if bool(at) == bool(line):
        raise UsageFault("history_place")
    points = history.parse_line(line) if line else [place_of(at)]
    asked = Question(points, radius_m(radius), clock_ms(begins), clock_ms(ends), run)
    asked.check()
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        said = {"near": points, "radius_m": asked.radius_m, "from_ms": asked.from_ms, "to_ms": asked.to_ms, "run": run}
        history.log_question(store, actor, reason, clock_ms(None), asked.from_ms, said)
        found = history.near(store, folder, asked)
    if as_json:
        print_json(near_as_object(asked, found))
    else:
        _print_near(asked, found)
    raise typer.Exit(Exit.DONE if found.passes else Exit.NO)


def radius_m(text: str) -> float:
    """``0.5nm``, ``800m``, ``0.5海里``. UsageFault "radius_unread"."""
    found = re.fullmatch(rf"(\d{{1,6}}(?:\.\d{{1,6}})?)\s*({'|'.join(UNITS_M)})", text.strip().lower(), re.ASCII)
    if not found:
        raise UsageFault("radius_unread", text=text)
    return float(found.group(1)) * UNITS_M[found.group(2)]


def near_as_object(asked: Question, found: Near) -> dict[str, Any]:
    coverage = found.coverage
    return {
        "asked": {
            "line": [list(point) for point in asked.line],
            "radius_m": round(asked.radius_m, 1),
            "from": iso(asked.from_ms),
            "to": iso(asked.to_ms),
        },
        "vessels": [pass_as_object(p, found) for p in found.passes],
        "possible": [silence_as_object(s, found) for s in found.possible],
        "net_buoys": [pass_as_object(p, found) for p in found.buoys],
        "looked_at": {
            "fixes": coverage.fixes,
            "vessels": len(coverage.vessels),
            "steps_too_fast": found.too_fast,
            "feeds": [
                {"feed": f.feed, "fixes": f.fixes, "first": iso(f.first_ms), "last": iso(f.last_ms)}
                for _, f in sorted(coverage.feeds.items())
            ],
            "runs": [{"run": run, "kind": kind.value} for run, kind in sorted(coverage.runs.items())],
            "files_unreadable": sorted(coverage.broken),
        },
        "note": t("history.not_excluded"),
    }


def pass_as_object(one: Pass, found: Near) -> dict[str, Any]:
    return {
        **_who(one.mmsi, found),
        "distance_m": round(one.distance_m, 1),
        "at": iso(one.at_ms),
        "lon": round(one.lon_deg, 6),
        "lat": round(one.lat_deg, 6),
        "basis": one.basis.value,
        "fixes": [iso(one.before_ms), iso(one.after_ms)],
        "sources": [*map(history.source_of, one.satellite)],
        "doubled": one.doubled,
        **_sign_as_object(one.mmsi, found),
    }


def _sign_as_object(mmsi: int, found: Near) -> dict[str, str]:
    sign = found.signs.get(mmsi)
    return {"sign": sign.sign.value, "confidence": sign.confidence.name.lower()} if sign else {}


def silence_as_object(one: Silence, found: Near) -> dict[str, Any]:
    fixes = [None if at_ms is None else iso(at_ms) for at_ms in (one.before_ms, one.after_ms)]
    heard = zip((one.before_ms, one.after_ms), one.satellite, strict=True)
    sources = [None if at_ms is None else history.source_of(satellite) for at_ms, satellite in heard]
    how = {"basis": "gap_possible", "fixes": fixes, "sources": sources, "needed_kn": round(one.needed_kn, 1)}
    return {**_who(one.mmsi, found), **how}


def track_as_object(found: Way) -> dict[str, Any]:
    return {
        "mmsi": found.mmsi,
        "name": found.name,
        **station_said(found.mmsi),
        "fixes": [
            {
                "at": iso(int(found.fix_ms[i])),
                "lon": round(float(found.lon_deg[i]), 7),
                "lat": round(float(found.lat_deg[i]), 7),
                "sog_kn": None if np.isnan(found.sog_kn[i]) else float(found.sog_kn[i]),
                "after_gap": bool(found.gap[i]),
                "voice": int(found.voice[i]),
                "source": history.source_of(bool(found.satellite[i])),
            }
            for i in range(len(found.fix_ms))
        ],
        "run_nm": round(found.run_nm, 3),
        "gap_nm": round(found.gap_nm, 3),
        "files_unreadable": list(found.broken),
        "odd": [odd_as_object(odd) for odd in found.odd],
    }


def odd_as_object(odd: Oddity) -> dict[str, Any]:
    return {
        "odd": odd.odd.value,
        "at": [iso(odd.at_ms), iso(odd.other_ms)],
        "places": [
            [round(odd.lon_deg, 6), round(odd.lat_deg, 6)],
            [round(odd.other_lon_deg, 6), round(odd.other_lat_deg, 6)],
        ],
        "distance_m": round(odd.distance_m, 1),
        "speed_kn": None if np.isnan(odd.speed_kn) else round(odd.speed_kn, 1),
        "sources": [*map(history.source_of, odd.satellite)],
        "of_mmsi": odd.other_mmsi,
        "fixes": [odd.fixes, odd.other_fixes],
        "text": history.oddity_text(LANG, odd, say_position, second_clock),
    }


def second_clock(at_ms: int) -> str:
    """Beijing date and wall clock to the second: what a question about the past asks for and answers in."""
    return datetime.fromtimestamp(at_ms / 1000, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _who(mmsi: int, found: Near) -> dict[str, Any]:
    return {"mmsi": mmsi, "name": found.names[mmsi], "kind": Kind(found.kinds[mmsi]).name.lower(), **station_said(mmsi)}


def _whose(mmsi: int) -> str:
    """In one word: the country of a ship; of what is no ship, also what it is."""
    told = station_of(mmsi)
    country = told.country.name(LANG) if told.country else t("station.no_country")
    return country if told.station is StationClass.SHIP else f"{t(f'station.{told.station}')} {country}"


def _print_near(asked: Question, found: Near) -> None:
    place = " — ".join(say_position(*point) for point in asked.line)
    span = {"begins": second_clock(asked.from_ms), "ends": second_clock(asked.to_ms)}
    print(t("history.asked", place=place, metres=asked.radius_m, **span))
    for title, passes in (("vessels", found.passes), ("buoys", found.buoys)):
        if passes or title == "vessels":
            print(t(f"history.{title}", n=len(passes)))
        for one in passes:
            print("  " + _line_of(one, found))
    if found.possible:
        print(t("history.possible", n=len(found.possible), shown=min(POSSIBLE_SHOWN, len(found.possible))))
    for silence in found.possible[:POSSIBLE_SHOWN]:
        print("  " + _line_of_silence(silence, found))
    _print_coverage(found)
    print(t("history.not_excluded"))


def _print_coverage(found: Near) -> None:
    coverage = found.coverage
    print(t("history.looked_at", fixes=coverage.fixes, vessels=len(coverage.vessels), too_fast=found.too_fast))
    for _, feed in sorted(coverage.feeds.items()):
        span = {"begins": second_clock(feed.first_ms), "ends": second_clock(feed.last_ms)}
        print("  " + t("history.feed", feed=feed.feed, fixes=feed.fixes, **span))
    if not coverage.feeds:
        print("  " + t("history.no_feed"))
    for run, kind in sorted(coverage.runs.items()):
        print("  " + t(f"history.run_{kind}", run=run))
    if coverage.broken:
        print(t("history.broken", n=len(coverage.broken), files=", ".join(sorted(coverage.broken))))


def _line_of(one: Pass, found: Near) -> str:
    who = {"name": found.names[one.mmsi], "mmsi": one.mmsi, "whose": _whose(one.mmsi), "metres": one.distance_m}
    fixes = {"before": second_clock(one.before_ms), "after": second_clock(one.after_ms)}
    said = t(f"history.{one.basis}", **who, **fixes, clock=second_clock(one.at_ms))
    sign = found.signs.get(one.mmsi)
    reason = t("history.sign", sign=sign.sign.value, gear_confidence=sign.confidence.name.lower()) if sign else ""
    said += history.satellite_text(LANG, one.satellite)
    return said + (t("history.doubled") if one.doubled else "") + reason


def _line_of_silence(one: Silence, found: Near) -> str:
    before, after = (None if at is None else second_clock(at) for at in (one.before_ms, one.after_ms))
    how = "silence" if before and after else "silence_after" if before else "silence_before"
    who = {"name": found.names[one.mmsi], "mmsi": one.mmsi, "whose": _whose(one.mmsi)}
    facts = {**who, "needed": one.needed_kn}
    said = t(f"history.{how}", **facts, before=before or "--", after=after or "--")
    return said + history.satellite_text(LANG, one.satellite)


def _print_track(found: Way) -> None:
    for i in range(len(found.fix_ms)):
        speed = "--" if np.isnan(found.sog_kn[i]) else f"{found.sog_kn[i]:.1f}"
        position = say_position(float(found.lon_deg[i]), float(found.lat_deg[i]))
        marks = [t("history.gap")] if found.gap[i] else []
        marks += [t("history.other_voice")] if i and found.voice[i] != found.voice[i - 1] else []
        marks += [t("history.satellite")] if found.satellite[i] else []
        print("  ".join([second_clock(int(found.fix_ms[i])), position, f"{speed} kn", *marks]))
    sums = {"n": len(found.fix_ms), "run_nm": found.run_nm, "gap_nm": found.gap_nm}
    note(t("history.track_sum", name=found.name, mmsi=found.mmsi, whose=_whose(found.mmsi), **sums))
    for odd in found.odd:
        note("! " + history.oddity_text(LANG, odd, say_position, second_clock))
    if found.broken:
        note(t("history.track_broken", n=len(found.broken), files=", ".join(found.broken)))


def _write(file: Path, value: dict[str, Any]) -> None:
    try:
        file.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    except OSError as error:
        raise EnvironmentFault("file_unwritten", file=str(file), reason=error.strerror or str(error)) from None
