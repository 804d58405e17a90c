"""The thresholds a watch judges by: every parameter, and which of them a centre set and on whose word."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from fengqiao.rules import RuleSettings
from fengqiao.thresholds.declared import declared, parameters
from fengqiao.thresholds.values import Misfit, from_plain, to_plain


@dataclass(frozen=True, slots=True)
class Change:
    """One number that a centre set: in a table, ``row`` names the row and ``name`` is ``table.column``."""

    rule: str
    name: str
    row: str
    value: Any  # plain data, as are the factory's
    factory: Any  # None: the factory has no such row
    source: str  # who decided, when
    line: int = 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Without a file of the centre's: the factory's values."""

    params: Mapping[str, Any] = field(default_factory=lambda: {name: kind() for name, kind in parameters().items()})
    changes: tuple[Change, ...] = ()

    @property
    def settings(self) -> RuleSettings:
        return RuleSettings(self.params)

    def to_json(self) -> dict[str, Any]:
        """Every value in force, not only what was set: rebuilding must not depend on the factory of another version."""
        values = {rule: to_plain(params) for rule, params in self.params.items()}
        return {"values": values, "changes": [asdict(change) for change in self.changes]}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Thresholds":
        """As journalled, perhaps by another version: what it does not know has this one's factory value."""
        values = raw["values"]
        params = {rule: _restored(rule, kind, values.get(rule, {})) for rule, kind in parameters().items()}
        return cls(params, tuple(Change(**change) for change in raw["changes"]))


def _restored(rule: str, kind: type[Any], values: Mapping[str, Any]) -> Any:
    kept = {}
    for f in fields(kind):
        try:
            kept[f.name] = from_plain(declared()[rule][f.name].kind, values[f.name])
        except (KeyError, Misfit):
            continue
    return replace(kind(), **kept)
