"""Python values made fit for any database, and one text for one value."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """Text every database takes: NUL and lone surrogates, which PostgreSQL and UTF-8 refuse, are replaced."""
    if text.isascii() and "\0" not in text:
        return text
    return "".join(REPLACEMENT if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)


def storable(value: Any) -> Any:
    """JSON values only: numbers that are no numbers become null, tuples and sets lists, anything else its text."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return clean(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case np.generic() | np.ndarray():
            return storable(value.tolist())
        case Mapping():
            return {clean(str(k)): storable(v) for k, v in value.items()}
        case set() | frozenset():
            return sorted((storable(v) for v in value), key=canonical)
        case Iterable():
            return [storable(v) for v in value]
    return clean(str(value))


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(storable(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
