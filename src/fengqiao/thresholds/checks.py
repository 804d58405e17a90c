"""What values make sense: within what their unit and declaration allow, and in order among each other."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from fengqiao.thresholds.declared import Column, Setting
from fengqiao.thresholds.values import to_plain


def out_of_bounds(of: Setting | Column, value: Any) -> tuple[float, float] | None:
    """The bounds that the value, or one of a list, does not keep."""
    low, high = of.bounds
    numbers = [v for v in (value if isinstance(value, tuple) else (value,)) if _is_number(v)]
    key = isinstance(of, Column) and of.name.startswith("under_")  # "under infinity" is the row for all the rest
    return (low, high) if any(not (low <= v <= high or (key and v == float("inf"))) for v in numbers) else None


def passes_another(setting: Setting, params: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Settings of one rule that must not pass each other, and spans that run backwards: (other, message, facts)."""
    value = getattr(params, setting.name)
    where = {"rule": setting.rule, "setting": setting.name, "value": f"{to_plain(value)}"}
    for bound, message in ((setting.at_least, "below"), (setting.at_most, "above")):
        if not isinstance(bound, str):
            continue
        other = getattr(params, bound)
        if value < other if message == "below" else value > other:
            yield bound, message, {**where, "other": bound, "other_value": f"{other}"}
    if isinstance(value, tuple) and len(value) == 2 and all(map(_is_number, value)) and value[0] > value[1]:
        yield setting.name, "span", where


def label(setting: Setting, row: Any) -> str:
    """What tells a row from the others, e.g. ``merchant_fishing/warning``."""
    return label_of(to_plain(getattr(row, name)) for name in setting.key)


def label_of(key: Iterable[Any]) -> str:
    return "/".join(f"{part:g}" if isinstance(part, float) else shown(part) for part in key)


def shown(plain: Any) -> str:
    """As it is written in TOML, near enough."""
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def out_of_order(setting: Setting, rows: Any) -> Iterator[tuple[tuple[Any, Any], dict[str, Any]]]:
    """Pairs of rows that break the order of their table: an alarm wider than the warning before it."""
    if setting.row is None or not (setting.rising or setting.falling):
        return
    *groups, along = setting.key

    def place(row: Any) -> Any:
        return [str(to_plain(getattr(row, name))) for name in groups], getattr(row, along)

    for before, row in pairwise(sorted(rows, key=place)):
        if place(before)[0] != place(row)[0]:
            continue  # of another table within the table
        for name in (*setting.rising, *setting.falling):
            was, now = getattr(before, name), getattr(row, name)
            if now < was if name in setting.rising else now > was:
                facts = {"rule": setting.rule, "setting": setting.name, "column": name, "value": now, "before": was}
                yield (before, row), {**facts, "before_row": label(setting, before)}


def out_of_row(setting: Setting, rows: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Rows in which one column exceeds another that it may not."""
    for row in rows if setting.row is not None else ():
        for small, large in setting.within:
            value, limit = getattr(row, small), getattr(row, large)
            if value > limit:
                where = {"rule": setting.rule, "setting": setting.name, "row": label(setting, row)}
                yield row, {**where, "column": small, "value": value, "other": large, "other_value": limit}


def _is_number(value: Any) -> bool:
    # A level counts up too, but is a word here.
    return isinstance(value, int | float) and type(value) in (int, float)
