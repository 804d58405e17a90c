"""A number that a centre may tune: its value, its unit and where it comes from, in the line that declares it."""

from dataclasses import field
from typing import Any


def setting(value: Any, unit: str, source: str) -> Any:
    """A field of a frozen parameter dataclass. ``unit`` is "" for shares and counts; ``source`` cites the study's
    section or a publication, or says "D" and the reason where the choice is this project's own."""
    return field(default=value, metadata={"unit": unit, "source": source})
