"""``fengqiao decode``: what is in a recording, one object a message."""

from typing import Annotated, Any

import typer

from fengqiao.app.decoding import decode_file
from fengqiao.cli.common import LANG, Json, Lang, iso, print_json, t
from fengqiao.words import plain


def add_to(app: typer.Typer) -> None:
    app.command(help=t("cli.decode"))(decode)


def decode(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help=t("cli.decode.file"))],
    as_json: Json = False,
    stats: Annotated[bool, typer.Option("--stats", help=t("cli.decode.stats"))] = False,
    lang: Lang = LANG,
) -> None:
    run = decode_file(file)
    for message in run.messages:
        if stats:
            continue
        if as_json:
            print_json(message)
        else:
            print(_line(message))
    if stats and as_json:
        print_json(run.counts.as_json())
    elif stats:
        _print_stats(run.counts.as_json())
    if run.untimed_start_ms is not None and not as_json:
        typer.echo(t("cli.untimed", files=file, start=iso(run.untimed_start_ms)), err=True)


def _line(message: dict[str, Any]) -> str:
    rest = {k: v for k, v in message.items() if k not in ("at", "type", "mmsi")}
    return plain(f"{message.get('at', '')}  {message['type']:>2}  {message['mmsi']:09d}  {_fields(rest)}")


def _fields(said: dict[str, Any]) -> str:
    return "  ".join(f"{name}={_value(value)}" for name, value in said.items())


def _value(value: Any) -> str:
    """What has parts of its own stands in brackets."""
    if isinstance(value, dict):
        return f"({_fields(value)})"
    return ",".join(map(_value, value)) if isinstance(value, list) else str(value)


def _print_stats(counts: dict[str, Any]) -> None:
    for name in ("in", "used", "duplicates", "expired", "waiting", "not_ais"):
        print(f"{counts[name]:>9,}  {t(f'count.{name}')}")
    for reason, n in counts["refused"].items():
        print(f"{n:>9,}  {t('count.refused')}: {t(f'refused.{reason}')}")
