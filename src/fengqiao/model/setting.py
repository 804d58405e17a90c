"""A number that a centre may tune: its value, its unit and where it comes from, in the line that declares it."""

from dataclasses import field
from typing import Any


def setting(
    value: Any,
    unit: str,
    source: str,
    *,
    at_least: float | str | None = None,
    at_most: float | str | None = None,
    key: tuple[str, ...] = (),
    rising: tuple[str, ...] = (),
    falling: tuple[str, ...] = (),
    within: tuple[tuple[str, str], ...] = (),
) -> Any:
    """A field of a frozen parameter dataclass. ``unit`` is "" for shares and counts; ``source`` cites the study's
    section or a publication, or says "D" and the reason where the choice is this project's own.

    ``at_least`` and ``at_most`` narrow the bounds its unit sets: a number, or the name of another setting of the same
    parameters that this one may not pass. For a table (a tuple of flat frozen dataclasses) ``key`` names the columns
    that tell rows apart (default: those that are words, flags or levels); along the last of them the columns
    ``rising`` may not fall and those ``falling`` may not rise: an alarm is no wider than a warning. Of each pair
    ``within`` the first column may not exceed the second of its row.
    """
    bounds = {"at_least": at_least, "at_most": at_most}
    table = {"key": key, "rising": rising, "falling": falling, "within": within}
    return field(default=value, metadata={"unit": unit, "source": source, **bounds, **table})
