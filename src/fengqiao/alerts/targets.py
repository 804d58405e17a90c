"""What the standards ask of the load on one seat, and how figures stand to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SPAN_DAYS_MIN = 30  # the standard judges no less: a busy hour proves nothing either way
SPAN_S_MIN = SPAN_DAYS_MIN * 86_400


@dataclass(frozen=True, slots=True)
class Target:
    """What a standard asks of one figure: at most ``at_most``, and never beyond ``limit`` where it names one."""

    figure: str
    at_most: float
    limit: float | None
    source: str


class Verdict(StrEnum):
    WITHIN = "within"
    BEYOND_TARGET = "beyond_target"
    BEYOND_LIMIT = "beyond_limit"
    UNKNOWN = "unknown"  # there is no figure: nothing was told at all
    TOO_SHORT = "too_short"  # to be judged


_ISA = "ANSI/ISA-18.2 (2009, 2016), IEC 62682, EEMUA 191, by secondary tables"
_MIX = f"{_ISA}: about 80 % low, 15 % medium, 5 % high, read as caution, warning, alarm with emergency"
TARGETS = (
    Target("warned_per_10_min_avg", 1.0, 2.0, _ISA),
    Target("warned_per_hour_avg", 6.0, 12.0, _ISA),
    Target("warned_per_10_min_max", 10.0, None, _ISA),
    Target("flood_windows_share", 0.01, None, _ISA),
    Target("top_10_keys_share", 0.05, None, _ISA),
    Target("chatter_episodes", 0, None, f"{_ISA}; three in 60 s is common practice, not the standard's"),
    Target("stale_over_24_h_max", 4, None, f"{_ISA}: fewer than 5 on any day"),
    Target("calls_warning_share", 0.15, None, _MIX),
    Target("calls_alarm_or_emergency_share", 0.05, None, _MIX),
)


def verdicts(figures: Mapping[str, Any]) -> list[tuple[Target, Verdict]]:
    """Each target with how its figure stands to it; on less than thirty days none is judged."""
    return [(target, _verdict(figures, target)) for target in TARGETS]


def beyond_target(figures: Mapping[str, Any]) -> Any:
    """Names of the figures beyond their target; None where the span is too short to judge."""
    if figures["span_s"] < SPAN_S_MIN:
        return None
    return [t.figure for t, verdict in verdicts(figures) if verdict in (Verdict.BEYOND_TARGET, Verdict.BEYOND_LIMIT)]


def _verdict(figures: Mapping[str, Any], target: Target) -> Verdict:
    value = figures[target.figure]
    if figures["span_s"] < SPAN_S_MIN:
        return Verdict.TOO_SHORT
    if value is None:
        return Verdict.UNKNOWN
    if target.limit is not None and value > target.limit:
        return Verdict.BEYOND_LIMIT
    return Verdict.BEYOND_TARGET if value > target.at_most else Verdict.WITHIN
