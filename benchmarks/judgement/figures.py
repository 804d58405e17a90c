"""The arithmetic of the tables: shares with their uncertainty, leads, and load by ten minutes."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WINDOW_MS = 600_000
FLOOD = 10  # more than this in a window (ISA-18.2)
CHATTER_TIMES, CHATTER_MS = 3, 60_000
Z_95 = 1.959964


def wilson(k: int, n: int) -> str:
    """``k of n`` with the 95 % interval of Wilson: of few cases nobody may say "100 %"."""
    if not n:
        return "0 of 0"
    p, z2 = k / n, Z_95**2
    middle, half = p + z2 / (2 * n), Z_95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return f"{k} of {n} (95 %: {max(0.0, low):.0%} to {min(1.0, high):.0%})"


def leads(minutes: Sequence[float]) -> str:
    """Median and tenth percentile, in minutes."""
    if not minutes:
        return "-"
    return f"{np.median(minutes):.1f} / {np.percentile(minutes, 10):.1f}"


def ratio(part: float, whole: float) -> str:
    return f"{part / whole:.2f}" if whole else "-"


@dataclass(frozen=True)
class Load:
    """Activations over a span, empty windows and hours counted."""

    activations: int
    per_hour: float
    hour_max: int
    window_max: int
    floods: float  # share of windows of ten minutes with more than FLOOD
    chatter: int

    @classmethod
    def of(cls, at: Sequence[tuple[int, object]], begin_ms: int, end_ms: int) -> "Load":
        """``at``: instant and key of each activation."""
        span = max(end_ms - begin_ms, 1)
        windows = Counter((ms - begin_ms) // WINDOW_MS for ms, _ in at)
        hours = Counter((ms - begin_ms) // 3_600_000 for ms, _ in at)
        flooded = sum(n > FLOOD for n in windows.values())
        return cls(
            len(at),
            len(at) / (span / 3_600_000),
            max(hours.values(), default=0),
            max(windows.values(), default=0),
            flooded / math.ceil(span / WINDOW_MS),
            chatter(at),
        )


def chatter(at: Sequence[tuple[int, object]]) -> int:
    """Keys that came up three times within a minute."""
    by_key: dict[object, list[int]] = {}
    for ms, key in at:
        by_key.setdefault(key, []).append(ms)
    behind = CHATTER_TIMES - 1
    return sum(
        any(b - a <= CHATTER_MS for a, b in zip(times, times[behind:], strict=False)) for times in by_key.values()
    )
