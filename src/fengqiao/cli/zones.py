"""``fengqiao zones``: what the charts say of a place, and whether the charts themselves are sound."""

from pathlib import Path
from typing import Annotated, Any

import typer

from fengqiao import words
from fengqiao.app.bay import zone_texts, zones_of
from fengqiao.cli.common import LANG, Data, Json, Lang, clock_ms, print_json, t
from fengqiao.model.errors import Exit
from fengqiao.nav import say_position
from fengqiao.store.folder import data_folder
from fengqiao.zones.grid import grid_no
from fengqiao.zones.load import lint
from fengqiao.zones.places import place_of
from fengqiao.zones.zoneset import Hit

app = typer.Typer(rich_markup_mode=None)


@app.command(name="at", help=t("cli.zones.at"))
def at(
    position: Annotated[str, typer.Argument(metavar="POSITION", help=t("cli.zones.position"))],
    when: Annotated[str | None, typer.Option("--when", metavar="TIME", help=t("cli.zones.when"))] = None,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    lon, lat = place_of(position)
    at_ms = clock_ms(when)
    hits = zones_of(data_folder(str(data)) if data else None).at(lon, lat, at_ms)
    cell = grid_no(lon, lat)
    if as_json:
        zones = [_object(hit, at_ms) for hit in hits]
        print_json({"lon": lon, "lat": lat, "grid": str(cell) if cell else None, "zones": zones})
    else:
        print(say_position(lon, lat) + (f"  {t('cli.zones.grid', cell=str(cell))}" if cell else ""))
        for hit in hits:
            print(_line(hit, at_ms, lang))
        print(t("cli.zones.warning"))
    raise typer.Exit(Exit.DONE if hits else Exit.NO)


@app.command(name="lint", help=t("cli.zones.lint"))
def lint_zones(
    path: Annotated[Path | None, typer.Argument(metavar="[FILE|DIR]", help=t("cli.zones.path"))] = None,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    texts = zone_texts(data_folder(str(data)) if data else None, path)
    problems = lint(texts)
    for problem in problems:
        if as_json:
            print_json({"file": problem.file, "feature": problem.feature, "problem": problem.reason, **problem.facts})
        else:
            said = words.say(lang, problem.message, problem.facts)
            print(words.plain(f"{problem.file}  {problem.feature}  {said}"))
    if not as_json:
        print(t("cli.zones.linted", files=len(texts), problems=len(problems)))
    raise typer.Exit(Exit.BAD_INPUT if problems else Exit.DONE)


def _object(hit: Hit, at_ms: int) -> dict[str, Any]:
    zone = hit.zone
    return {
        "zone": zone.ref,
        "kind": zone.kind,
        "name_zh": zone.name_zh,
        "name_en": zone.name_en,
        "confidence": zone.confidence,
        "use": zone.use.value,
        "source": list(zone.source),
        "legal_basis": list(zone.legal_basis),
        "in_season": any(w.bites(at_ms) for w in zone.windows) if zone.windows else None,
        "distance_to_border_m": round(hit.distance_to_border_m),
        "near_border": hit.near_border,
    }


def _line(hit: Hit, at_ms: int, lang: str) -> str:
    zone = hit.zone
    name = zone.name_zh if lang == "zh" else zone.name_en
    season = ""
    if zone.windows:
        season = t("cli.zones.in_season" if any(w.bites(at_ms) for w in zone.windows) else "cli.zones.off_season")
    near = t("cli.zones.near") if hit.near_border else ""
    facts = {"confidence": t(f"confidence.{zone.confidence}"), "use": t(f"use.{zone.use}")}
    return words.plain(f"  {name}  {season}{near}  {t('cli.zones.trust', **facts)}  {zone.ref}")
