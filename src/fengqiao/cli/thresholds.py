"""``fengqiao thresholds``: the numbers the watch judges by, where each comes from, and what this centre changed."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from fengqiao import words
from fengqiao.app.tuning import FILE, text_of, thresholds_of
from fengqiao.cli.common import LANG, Data, Json, Lang, note, print_json, t
from fengqiao.model.errors import Exit
from fengqiao.store.folder import data_folder
from fengqiao.thresholds import Setting, Thresholds, declared, read_thresholds, write_thresholds
from fengqiao.thresholds.checks import label
from fengqiao.thresholds.declared import columns
from fengqiao.thresholds.values import to_plain
from fengqiao.watch import revision_of

MARK = "*"  # before what the centre set
Given = Annotated[Path | None, typer.Option("--thresholds", metavar="FILE", help=t("cli.opt.thresholds"))]


def add_to(app: typer.Typer) -> None:
    app.command(name="thresholds", help=t("cli.thresholds"))(thresholds)


def thresholds(
    check: Annotated[Path | None, typer.Option("--check", metavar="FILE", help=t("cli.thresholds.check"))] = None,
    write: Annotated[bool, typer.Option("--write", help=t("cli.thresholds.write"))] = False,
    given: Given = None,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if check is not None:
        raise typer.Exit(_check(check, as_json))
    folder = data_folder(str(data) if data else None)
    found = thresholds_of(folder, given)
    if write:
        print(write_thresholds(found, t), end="")
    elif as_json:
        numbers = [asdict(number) for number in _numbers(found)]
        print_json({"revision": revision_of(found.settings), "thresholds": _finite(numbers)})
    else:
        _print(found, given or folder / FILE)


@dataclass(frozen=True, slots=True)
class _Number:
    """One line of the list: a setting, or one column of a row of a table."""

    rule: str
    name: str
    unit: str
    value: Any
    factory: Any  # None: a row that the factory has not
    source: str  # of the factory value
    set_by: str | None  # who decided on another, when


def _numbers(found: Thresholds) -> Iterator[_Number]:
    set_by = {(c.rule, c.name, c.row): c.source for c in found.changes}
    for rule, settings in declared().items():
        for setting in settings.values():
            value = getattr(found.params[rule], setting.name)
            if setting.row is not None:
                yield from _row_numbers(setting, value, set_by)
                continue
            said = set_by.get((rule, setting.name, ""))
            plain = to_plain(value), to_plain(setting.factory)
            yield _Number(rule, setting.name, setting.unit, *plain, setting.source, said)


def _row_numbers(setting: Setting, rows: Any, set_by: dict[tuple[str, str, str], str]) -> Iterator[_Number]:
    assert setting.row is not None, "only tables have rows"
    factory = {label(setting, row): row for row in setting.factory}
    for row in rows:
        named = label(setting, row)
        old = factory.get(named)
        for column in columns(setting.row).values():
            if column.name in setting.key:
                continue
            said = set_by.get((setting.rule, f"{setting.name}.{column.name}", named))
            was = None if old is None else to_plain(getattr(old, column.name))
            source = setting.source if old is None else old.source
            now = to_plain(getattr(row, column.name))
            yield _Number(setting.rule, f"{setting.name}[{named}].{column.name}", column.unit, now, was, source, said)


def _check(file: Path, as_json: bool) -> Exit:
    found, faults = read_thresholds(text_of(file), file.name)
    revision = revision_of(found.settings)
    if as_json:
        told = [{"fault": fault.message.removeprefix("error.thresholds_"), **fault.facts} for fault in faults]
        sound = {} if faults else {"changes": [asdict(c) for c in found.changes], "revision": revision}
        print_json(_finite({"file": str(file), "faults": told} | sound))
    else:
        for fault in faults:
            print(words.say(LANG, fault.message, fault.facts))
        facts = {"file": str(file), "count": len(faults), "changes": len(found.changes), "revision": revision}
        note(t("cli.thresholds.faults" if faults else "cli.thresholds.well", **facts))
    return Exit.BAD_INPUT if faults else Exit.DONE


def _print(found: Thresholds, file: Path) -> None:
    rule = ""
    numbers = list(_numbers(found))
    wide = max(len(number.name) for number in numbers)
    for number in numbers:
        if number.rule != rule:
            rule = number.rule
            print(f"\n{t(f'rule.{rule}')} [{rule}]")
        value = f"{_said(number.value)} {number.unit}".rstrip()
        factory = "" if number.set_by is None else t("cli.thresholds.was", factory=_said(number.factory))
        mark = " " if number.set_by is None else MARK
        print(words.plain(f"{mark} {number.name:<{wide}}  {value:<14}  {factory}{number.set_by or number.source}"))
    facts = {"file": str(file), "changes": len(found.changes), "revision": revision_of(found.settings)}
    print()
    note(t("cli.thresholds.source" if file.exists() else "cli.thresholds.factory", **facts))


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "–".join(map(_said, value)) if len(value) == 2 else ", ".join(map(_said, value))
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value).lower()


def _finite(value: Any) -> Any:
    """JSON has no infinity: the row for all the rest is said in words."""
    if isinstance(value, float) and math.isinf(value):
        return "inf"
    if isinstance(value, dict):
        return {key: _finite(v) for key, v in value.items()}
    return [_finite(v) for v in value] if isinstance(value, list) else value
