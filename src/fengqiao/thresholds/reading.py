"""A centre's thresholds file, read strictly: whatever is not understood wholly is refused, with its line and mend."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from fengqiao.model.errors import InputFault
from fengqiao.thresholds.checks import label, label_of, out_of_bounds, out_of_order, out_of_row, passes_another, shown
from fengqiao.thresholds.declared import Column, Setting, columns, declared, parameters
from fengqiao.thresholds.in_force import Change, Thresholds
from fengqiao.thresholds.lines import LineFinder
from fengqiao.thresholds.values import Misfit, from_plain, to_plain

ENTRY_KEYS = ("value", "unit", "source")


def read_thresholds(text: str, file: str) -> tuple[Thresholds, tuple[InputFault, ...]]:
    """What the text puts in force, and everything wrong with it, by line; with any fault nothing of it may be used."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # no TOML, a number of thousands of digits, lists without end
        return Thresholds(), (_syntax(text, file, str(error)),)
    reader = _Reader(file, LineFinder(text))
    found = reader.read(raw)
    return found, tuple(sorted(reader.faults, key=lambda fault: int(fault.facts["line"])))


class _Reader:
    """Collects values, changes and faults on the way through one file."""

    def __init__(self, file: str, lines: LineFinder) -> None:
        self.faults: list[InputFault] = []
        self._file, self._lines = file, lines
        self._changes: list[Change] = []

    def read(self, raw: Mapping[str, Any]) -> Thresholds:
        values: dict[str, dict[str, Any]] = {}
        for rule, table in raw.items():
            if rule not in declared():
                self._fault("unknown_rule", self._lines.of(rule), setting=rule, nearest=_nearest(rule, declared()))
            elif not isinstance(table, dict):
                self._fault("rule_no_table", self._lines.of(rule), rule=rule)
            else:
                values[rule] = dict(self._rule(rule, table))
        params = {rule: replace(kind(), **values.get(rule, {})) for rule, kind in parameters().items()}
        if not self.faults:
            self._relations(params)
        return Thresholds(params, tuple(self._changes))

    def _rule(self, rule: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, entry in table.items():
            setting = declared()[rule].get(name)
            line = self._lines.of(rule, name)
            if setting is None:
                self._fault("unknown_name", line, rule=rule, setting=name, nearest=_nearest(name, declared()[rule]))
            elif setting.row is not None:
                yield name, self._table(setting, entry, line)
            else:
                yield name, self._entry(setting, entry, line)

    def _entry(self, setting: Setting, entry: Any, line: int) -> Any:
        where = {"rule": setting.rule, "setting": setting.name}
        if not isinstance(entry, dict):
            self._fault("no_source", line, **where, value=shown(entry))
            return setting.factory
        for key in entry.keys() - set(ENTRY_KEYS):
            self._fault("unknown_key", line, **where, key=key, nearest=_nearest(key, ENTRY_KEYS))
        if "value" not in entry:
            self._fault("no_value", line, **where)
            return setting.factory
        if "unit" in entry and entry["unit"] != setting.unit:
            self._fault("unit", line, **where, given=str(entry["unit"]), unit=setting.unit or '""')
        value = self._value(setting, entry["value"], line, where)
        source = self._source(entry, line, where, setting.source if value != setting.factory else None)
        if value != setting.factory or source != setting.source:
            plain = to_plain(value), to_plain(setting.factory)
            self._changes.append(Change(setting.rule, setting.name, "", *plain, source, line))
        return value

    def _table(self, setting: Setting, entries: Any, line: int) -> tuple[Any, ...]:
        """The factory's rows with those of the file in their places; rows it does not have come to stand at the end,
        or in their order where rows are told apart by numbers."""
        where = {"rule": setting.rule, "setting": setting.name}
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self._fault("no_rows", line, **where)
            return ()
        rows = {label(setting, row): row for row in setting.factory}
        seen: set[str] = set()
        for n, entry in enumerate(entries):
            at = self._lines.of(setting.rule, setting.name, n)
            read = self._row(setting, rows, entry, at)
            if read is None:
                continue
            named = label(setting, read)
            if named in seen:
                self._fault("row_twice", at, **where, row=named)
            seen.add(named)
            rows[named] = read
        numbered = all(columns(type(row))[name].kind in (int, float) for row in setting.factory for name in setting.key)
        ordered = (
            sorted(rows.values(), key=lambda r: [getattr(r, k) for k in setting.key]) if numbered else rows.values()
        )
        return tuple(ordered)

    def _row(self, setting: Setting, rows: Mapping[str, Any], entry: Mapping[str, Any], line: int) -> Any:
        """One row of the file, whole; None if it cannot be understood."""
        assert setting.row is not None, "only tables have rows"
        known, before = columns(setting.row), len(self.faults)
        where = {"rule": setting.rule, "setting": setting.name}
        given: dict[str, Any] = {}
        for name, plain in entry.items():
            if name in known:
                given[name] = self._value(known[name], plain, line, {**where, "setting": f"{setting.name}.{name}"})
            elif name != "source":
                self._fault("unknown_key", line, **where, key=name, nearest=_nearest(name, (*known, "source")))
        missing = [name for name in setting.key if name not in given]
        if missing:
            self._fault("row_key", line, **where, missing=", ".join(missing))
        if len(self.faults) > before:
            return None
        named = label_of(to_plain(given[name]) for name in setting.key)
        old = next((row for row in setting.factory if label(setting, row) == named), None)
        if old is None and (lacking := [name for name in known if name not in given]):
            self._fault("row_new", line, **where, row=named, missing=", ".join(lacking), nearest=_nearest(named, rows))
            return None
        return self._placed(setting, old, given, entry, named, line)

    def _placed(
        self, setting: Setting, old: Any, given: dict[str, Any], entry: Mapping[str, Any], named: str, line: int
    ) -> Any:
        differs = {name: v for name, v in given.items() if old is None or getattr(old, name) != v}
        stale = old.source if old is not None and differs else None
        where = {"rule": setting.rule, "setting": setting.name, "row": named}
        source = self._source(entry, line, where, stale)
        if old is not None and not differs and source == old.source:
            return old
        for name in differs or [name for name in given if name not in setting.key]:
            factory = None if old is None else to_plain(getattr(old, name))
            column = f"{setting.name}.{name}"
            self._changes.append(Change(setting.rule, column, named, to_plain(given[name]), factory, source, line))
        assert setting.row is not None, "only tables have rows"
        return setting.row(**given, source=source) if old is None else replace(old, **given, source=source)

    def _value(self, of: Setting | Column, plain: Any, line: int, where: Mapping[str, str]) -> Any:
        try:
            value = from_plain(of.kind, plain)
        except Misfit as misfit:
            detail = str(misfit.facts.get("known", misfit.facts.get("count", "")))
            self._fault("kind", line, **where, value=shown(plain), wanted=misfit.wanted, detail=detail)
            return of.factory if isinstance(of, Setting) else None
        if bounds := out_of_bounds(of, value):
            low, high = bounds
            facts = {"value": shown(plain), "low": f"{low:g}", "high": f"{high:g}", "unit": of.unit}
            self._fault("range", line, **where, **facts)
        return value

    def _source(self, entry: Mapping[str, Any], line: int, where: Mapping[str, str], stale: str | None) -> str:
        """Who decided, when. ``stale``: a source that speaks of another value and may not stand for this one."""
        source = entry.get("source")
        if not isinstance(source, str) or not source.strip():
            what = "no_row_source" if "row" in where else "no_source"
            self._fault(what, line, **where, value=shown(entry.get("value", "…")))
            return ""
        if source == stale:
            self._fault("stale_source", line, **where)
        return source.strip()

    def _relations(self, params: Mapping[str, Any]) -> None:
        changed = {(c.rule, c.name.partition(".")[0]): c.line for c in reversed(self._changes)}
        for rule, settings in declared().items():
            for setting in settings.values():
                for other, message, facts in passes_another(setting, params[rule]):
                    line = changed.get((rule, setting.name), changed.get((rule, other), 1))
                    self._fault(message, line, **facts)
                for pair, facts in out_of_order(setting, getattr(params[rule], setting.name)):
                    before, row = (label(setting, row) for row in pair)
                    line = next((c.line for c in self._changes if c.row in (before, row)), 1)
                    self._fault("rows_order", line, row=row, **facts)
                for at, facts in out_of_row(setting, getattr(params[rule], setting.name)):
                    line = next((c.line for c in self._changes if c.row == label(setting, at)), 1)
                    self._fault("row_columns", line, **facts)

    def _fault(self, what: str, line: int, **facts: Any) -> None:
        self.faults.append(InputFault(f"thresholds_{what}", file=self._file, line=line, **facts))


def _nearest(name: str, known: Any) -> str:
    """What may have been meant: the closest names, or all where none is close."""
    return ", ".join(get_close_matches(name, list(known), n=3, cutoff=0.6) or list(known))


def _syntax(text: str, file: str, reason: str) -> InputFault:
    at = re.search(r"line (\d+)", reason)
    line = int(at[1]) if at else len(text.splitlines())
    return InputFault("thresholds_syntax", file=file, line=line, reason=reason)
