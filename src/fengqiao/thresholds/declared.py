"""What the rules declare as tunable: every setting with its type, unit, factory value, bounds and source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from fengqiao.alerts import Params as AlertParams
from fengqiao.rules import PARAMETERS

DAY_S = 86_400.0
BOUNDS = {  # what makes sense at sea, by unit; a declaration may narrow it
    "s": (0.0, 30 * DAY_S),
    "min": (0.0, DAY_S / 60.0),
    "h": (0.0, 30 * 24.0),
    "nm": (0.0, 15.0),  # no rule is shown more than 15 nm around its vessel (watch.HALO_NM)
    "m": (0.0, 15.0 * 1852.0),
    "kn": (0.0, 102.2),  # the highest speed that AIS can say (ITU-R M.1371)
    "deg": (0.0, 360.0),
    "deg/min": (0.0, 720.0),  # ROT by an indicator ends at 708° a minute (ITU-R M.1371)
}
ANY = (0.0, float("inf"))  # shares and counts; nothing that is measured here is less than nothing
BEAUFORT = (0.0, 17.0)  # the Chinese scale, GB/T 28591-2012
QUALIFIERS = ("min", "max")  # of a name, after its unit: closing_kn_min


@dataclass(frozen=True, slots=True)
class Setting:
    """One tunable number, flag, word, short list of them, or table."""

    rule: str
    name: str
    kind: Any  # its type as annotated
    factory: Any
    unit: str
    source: str
    at_least: float | str | None = None
    at_most: float | str | None = None
    key: tuple[str, ...] = ()
    rising: tuple[str, ...] = ()
    falling: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()

    @property
    def row(self) -> type[Any] | None:
        """The class of its rows, if it is a table."""
        of = get_args(self.kind)[0] if get_origin(self.kind) is tuple else None
        return of if isinstance(of, type) and is_dataclass(of) else None

    @property
    def bounds(self) -> tuple[float, float]:
        """What its unit and its declaration allow, other settings apart."""
        low, high = BOUNDS.get(self.unit, ANY)
        low = self.at_least if isinstance(self.at_least, int | float) else low
        return low, self.at_most if isinstance(self.at_most, int | float) else high


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: Any
    unit: str

    @property
    def bounds(self) -> tuple[float, float]:
        return BEAUFORT if self.name == "beaufort" else BOUNDS.get(self.unit, ANY)


def parameters() -> dict[str, type[Any]]:
    """The parameter class of everything that has one, by its name in the file."""
    return {**PARAMETERS, "alerts": AlertParams}


@cache
def declared() -> Mapping[str, Mapping[str, Setting]]:
    """Every setting, by rule and name, in the order in which they are declared."""
    return {rule: dict(_settings(rule, params)) for rule, params in parameters().items()}


def columns(row: type[Any]) -> Mapping[str, Column]:
    """The columns of a table but for the source, which every row has."""
    kinds = get_type_hints(row)
    return {f.name: Column(f.name, kinds[f.name], unit_in(f.name)) for f in fields(row) if f.name != "source"}


def unit_in(name: str) -> str:
    """The unit that a name ends in, "" for none: ``tcpa_min`` is minutes, ``closing_kn_min`` a least speed."""
    parts = name.split("_")
    last = parts.pop()
    if last in QUALIFIERS and parts and parts[-1] in BOUNDS:
        return parts[-1]
    return last if parts and last in BOUNDS else ""


def _settings(rule: str, params: type[Any]) -> Iterator[tuple[str, Setting]]:
    kinds = get_type_hints(params)
    for f in fields(params):
        setting = Setting(rule, f.name, kinds[f.name], f.default, **f.metadata)
        if setting.row is not None and not setting.key:
            setting = replace(setting, key=_words_in(setting.row))
        yield f.name, setting


def _words_in(row: type[Any]) -> tuple[str, ...]:
    """Columns that name a row: words, flags and levels."""
    return tuple(c.name for c in columns(row).values() if c.kind in (str, bool) or issubclass(c.kind, Enum))
