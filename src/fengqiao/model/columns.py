"""Equal-length numpy columns under names: the shape in which thousands of reports travel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray


def column(dtype: DTypeLike) -> Any:
    """Declare a column of ``dtype`` in a ``Columns`` dataclass."""
    return field(metadata={"dtype": np.dtype(dtype)})


@dataclass(frozen=True, slots=True)
class Columns:
    """Base of all column tables: every field is an array of shape (n,) with the dtype it declares."""

    def __len__(self) -> int:
        return len(getattr(self, self.names()[0]))

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        return tuple(f.name for f in fields(cls))

    @classmethod
    @cache
    def dtypes(cls) -> Mapping[str, np.dtype[Any]]:
        return MappingProxyType({f.name: f.metadata["dtype"] for f in fields(cls)})

    @classmethod
    def empty(cls) -> Self:
        return cls(**{name: np.empty(0, dtype) for name, dtype in cls.dtypes().items()})

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Any]]) -> Self:
        """Columns from rows that give every field in declared order."""
        if not rows:
            return cls.empty()
        out: dict[str, NDArray[Any]] = {}
        for (name, dtype), values in zip(cls.dtypes().items(), zip(*rows, strict=True), strict=True):
            array = np.empty(len(rows), dtype)
            array[:] = values
            out[name] = array
        return cls(**out)

    @classmethod
    def join(cls, parts: Iterable[Self]) -> Self:
        kept = [p for p in parts if len(p)]
        if not kept:
            return cls.empty()
        if len(kept) == 1:
            return kept[0]
        return cls(**{n: np.concatenate([getattr(p, n) for p in kept]) for n in cls.names()})

    def take(self, rows: NDArray[Any] | slice) -> Self:
        """The rows chosen by a slice, an index array or a boolean mask, in that order."""
        if isinstance(rows, slice):
            return type(self)(*(getattr(self, n)[rows] for n in self.names()))
        at = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return type(self)(*(getattr(self, n).take(at, axis=0) for n in self.names()))

    def with_columns(self, **new: NDArray[Any]) -> Self:
        return type(self)(**{n: new.get(n, getattr(self, n)) for n in self.names()})
