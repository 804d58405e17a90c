"""How the computer's clock and the time of the watch differ, as a sentence."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fengqiao.feeds.clock import STEPPED_BACK_MS


class Said(NamedTuple):
    message: str
    facts: dict[str, str]


def clock_said(clock: Mapping[str, Any] | None) -> Said | None:
    """``clock`` as a frame has it; None where there is nothing to say."""
    if not clock or not clock["apart_s"]:
        return None
    apart_s = int(clock["apart_s"])
    if not clock["believed"]:
        return Said("clock.leapt", {"apart": ("+" if apart_s > 0 else "-") + span(apart_s)})
    far = -apart_s * 1000 > STEPPED_BACK_MS
    return Said("clock.ahead_far" if far else "clock.ahead", {"apart": span(apart_s)})


def span(seconds: int) -> str:
    """Hours, minutes and seconds: 26:00:05."""
    minutes, second = divmod(abs(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"
