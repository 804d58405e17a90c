"""A complete thresholds file to start from: what a centre set as it stands, everything else commented out.

Commented out, so that a number nobody decided about goes on to follow the program when a newer version has a better
one. Taking the mark off any line makes it count; read back, the file means what is in force.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from fengqiao.thresholds.checks import label
from fengqiao.thresholds.declared import Setting, declared
from fengqiao.thresholds.in_force import Thresholds
from fengqiao.thresholds.values import to_plain

OFF = "#: "  # before what is commented out; other comments begin "# "


def write_thresholds(thresholds: Thresholds, say: Callable[[str], str]) -> str:
    """``say`` gives the words for a message id: the introduction, and a heading for every rule."""
    lines = [f"# {line}" for line in say("thresholds.file").splitlines()]
    set_here = {(c.rule, c.name.partition(".")[0], c.row): c.source for c in thresholds.changes}
    for rule, settings in declared().items():
        lines += ["", f"# {say(f'rule.{rule}')}", f"[{rule}]"]
        plain = [setting for setting in settings.values() if setting.row is None]
        for setting in plain:
            source = set_here.get((rule, setting.name, ""))
            lines += _entry(setting, getattr(thresholds.params[rule], setting.name), source)
        for setting in settings.values():
            if setting.row is not None:
                lines += _rows(setting, getattr(thresholds.params[rule], setting.name), set_here)
    return "\n".join(lines) + "\n"


def _entry(setting: Setting, value: Any, source: str | None) -> Iterator[str]:
    fields_ = {"value": to_plain(value), "unit": setting.unit, "source": source or setting.source}
    inside = ", ".join(f"{key} = {_toml(v)}" for key, v in fields_.items() if v != "")
    yield f"{'' if source else OFF}{setting.name} = {{ {inside} }}"


def _rows(setting: Setting, rows: Any, set_here: Any) -> Iterator[str]:
    yield ""
    yield f"# {setting.source}"
    for row in rows:
        off = "" if (setting.rule, setting.name, label(setting, row)) in set_here else OFF
        yield f"{off}[[{setting.rule}.{setting.name}]]"
        for f in fields(row):
            yield f"{off}{f.name} = {_toml(to_plain(getattr(row, f.name)))}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value)  # inf is a number of TOML's too
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # JSON's strings are TOML's, but for the one control character that JSON lets stand.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
