"""Was the alert true? What officers say of it afterwards, and the precision that follows from it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

Z_95 = 1.959964  # normal quantile of 97.5 %: a two-sided interval of 95 %


class Label(StrEnum):
    TRUE = "true"  # 确有其事
    FALSE = "false"  # 虚警
    UNCLEAR = "unclear"  # 无法判断


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the alerts of one rule in one month: how many were called true, false, unclear, or nothing at all.

    Precision is the share of true ones among true and false. Unclear and unlabelled alerts are in neither, so their
    number stands beside it: of few labelled among many it says little, however narrow its interval.
    """

    rule: str
    month: str  # YYYY-MM, Beijing time; "" for several
    true: int = 0
    false: int = 0
    unclear: int = 0
    unlabelled: int = 0

    @property
    def share(self) -> float | None:
        decided = self.true + self.false
        return round(self.true / decided, 4) if decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of 95 %, by Wilson; None where nothing is decided."""
        low_high = wilson(self.true, self.true + self.false)
        return None if low_high is None else (round(low_high[0], 4), round(low_high[1], 4))

    def as_json(self) -> dict[str, object]:
        counts = {name: getattr(self, name) for name in ("rule", "month", "true", "false", "unclear", "unlabelled")}
        return {**counts, "precision": self.share, "wilson_95": self.interval}


def precision(alerts: Iterable[tuple[str, str, str]]) -> list[Precision]:
    """Alerts as (rule, month, label), the label "" where nobody gave one: by rule and month, in order."""
    counts = Counter(alerts)
    groups = sorted({(rule, month) for rule, month, _ in counts})
    words = {"true": Label.TRUE, "false": Label.FALSE, "unclear": Label.UNCLEAR, "unlabelled": ""}
    return [
        Precision(rule, month, **{name: counts[rule, month, label] for name, label in words.items()})
        for rule, month in groups
    ]


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share (E. B. Wilson, JASA 22, 1927): honest for few cases and for none or all."""
    if not n:
        return None
    p, z2 = hits / n, Z_95 * Z_95
    middle, half = p + z2 / (2 * n), Z_95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return max(0.0, low), min(1.0, high)
