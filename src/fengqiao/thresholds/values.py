"""Values of settings as plain data (TOML, JSON) and back, by their annotated type."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum, IntEnum
from typing import Any, get_args, get_origin, get_type_hints

WHOLE_MAX = 2**53  # beyond it a whole number is none that arrays and floats hold


class Misfit(Exception):
    """A value of the wrong type; ``wanted`` is the word for what is wanted (``thresholds.kind.<wanted>``)."""

    def __init__(self, wanted: str, **facts: Any) -> None:
        super().__init__(wanted)
        self.wanted, self.facts = wanted, facts


def to_plain(value: Any) -> Any:
    """Numbers, flags, words, lists and tables of these."""
    if isinstance(value, Enum):
        return word_of(value)
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    return value


def from_plain(kind: Any, plain: Any) -> Any:
    """The value of that type. Misfit if it is none."""
    if get_origin(kind) is tuple:
        return _items(get_args(kind), plain)
    if is_dataclass(kind) and isinstance(kind, type):
        return _row(kind, plain)
    if issubclass(kind, Enum):
        return _member(kind, plain)
    if kind is float and isinstance(plain, int | float) and not isinstance(plain, bool):
        return _number(plain)
    if kind in (bool, str) and isinstance(plain, kind):
        return plain
    if kind is int and isinstance(plain, int) and not isinstance(plain, bool) and abs(plain) <= WHOLE_MAX:
        return plain
    raise Misfit(kind.__name__)


def word_of(member: Enum) -> str:
    return member.name.lower() if isinstance(member, IntEnum) else str(member.value)


def _number(plain: float) -> float:
    if plain != plain or (isinstance(plain, int) and abs(plain) > WHOLE_MAX):
        raise Misfit("float")  # nan compares with nothing: no bound could hold it
    return float(plain)


def _items(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    if not isinstance(plain, list | tuple):
        raise Misfit("list")
    if kinds[-1] is Ellipsis:
        return tuple(from_plain(kinds[0], item) for item in plain)
    if len(plain) != len(kinds):
        raise Misfit("list_of", count=len(kinds))
    return tuple(from_plain(kind, item) for kind, item in zip(kinds, plain, strict=True))


def _member(kind: type[Enum], plain: Any) -> Enum:
    for member in kind:
        if word_of(member) == plain:
            return member
    raise Misfit("one_of", known=", ".join(word_of(member) for member in kind))


def _row(kind: type[Any], plain: Any) -> Any:
    """A row as it was written down by a program; people's rows are read more patiently, column by column."""
    if not isinstance(plain, Mapping):
        raise Misfit("table")
    kinds = get_type_hints(kind)
    try:
        return kind(**{name: from_plain(kinds[name], value) for name, value in plain.items()})
    except (KeyError, TypeError):
        raise Misfit("table") from None
