"""What every command shares: the language, the options, and how things are printed."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any

import typer

from fengqiao import words
from fengqiao.model.errors import UsageFault

BEIJING = timezone(timedelta(hours=8))
YEARS = range(1971, 9999)  # which every time zone can say


def language_of(argv: Sequence[str], environ: dict[str, str]) -> str:
    """``--lang`` wherever it stands, else FENGQIAO_LANG, else Chinese; help texts need it before anything is parsed."""
    asked = [environ.get("FENGQIAO_LANG", "")]
    for i, arg in enumerate(argv):
        if arg == "--lang" and i + 1 < len(argv):
            asked.append(argv[i + 1])
        elif arg.startswith("--lang="):
            asked.append(arg.removeprefix("--lang="))
    known = [lang for lang in asked if lang in words.LANGUAGES]
    return known[-1] if known else "zh"


LANG = language_of(sys.argv[1:], dict(os.environ))


def t(message: str, **facts: Any) -> str:
    """A sentence of the interface in this process's language."""
    return words.say(LANG, message, facts)


def check_language(value: str) -> str:
    if value not in words.LANGUAGES:
        raise UsageFault("unknown_language", lang=value, known=", ".join(words.LANGUAGES))
    return value


Json = Annotated[bool, typer.Option("--json", help=t("cli.opt.json"))]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", envvar="FENGQIAO_DATA", help=t("cli.opt.data"))]
Lang = Annotated[
    str, typer.Option("--lang", metavar="zh|en", callback=check_language, help=t("cli.opt.lang"), show_default=False)
]
Seat = Annotated[str, typer.Option("--seat", help=t("cli.shift.seat"))]
Actor = Annotated[str, typer.Option("--actor", metavar="NAME", envvar="FENGQIAO_ACTOR", help=t("cli.opt.actor"))]


def clock_ms(when: str | None) -> int:
    """An instant as people type it (ISO 8601; Beijing time where no zone is given); now if none is."""
    if when is None:
        return int(datetime.now(UTC).timestamp() * 1000)
    try:
        instant = datetime.fromisoformat(when)
    except ValueError:
        raise UsageFault("time_unread", text=when) from None
    if instant.year not in YEARS:
        raise UsageFault("time_unread", text=when)
    return int((instant if instant.tzinfo else instant.replace(tzinfo=BEIJING)).timestamp() * 1000)


def forwards(from_ms: int, to_ms: int) -> None:
    """UsageFault where a span ends before it begins: its figures would all be nothing, and look like quiet."""
    if from_ms > to_ms:
        raise UsageFault("time_backwards", begins=day_clock(from_ms), ends=day_clock(to_ms))


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": ")), flush=True)


def iso(at_ms: int) -> str:
    """UTC with milliseconds: how machines read a time."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def say_clocks(clocks: dict[str, int]) -> str:
    """How many sentences had their time from which clock, those that gave any."""
    said = [t("feed.clock", clock=t(f"feed.clock.{name}"), n=n) for name, n in clocks.items() if n]
    return t("feed.clock_between").join(said) or t("feed.clock.nothing")


def clock(at_ms: int) -> str:
    """Beijing wall clock: how a duty officer reads one."""
    return datetime.fromtimestamp(at_ms / 1000, BEIJING).strftime("%H:%M:%S")


def day_clock(at_ms: int) -> str:
    """Beijing date and wall clock to the minute: what is not of today."""
    return datetime.fromtimestamp(at_ms / 1000, BEIJING).strftime("%Y-%m-%d %H:%M")


def note(text: str) -> None:
    """Something for the person at the terminal that must not mix with output a program reads."""
    print(text, file=sys.stderr, flush=True)
