"""Words on the desk: catalogue sentences in this desk's language, positions and times as officers read them."""

from datetime import UTC, datetime, timedelta, timezone
from math import inf
from typing import Any

from fengqiao import words
from fengqiao.model.errors import FengqiaoError

BEIJING = timezone(timedelta(hours=8))


class Language:
    """The desk's language: one desk is one process, so one for all of it, whichever thread draws."""

    now = "zh"


def tr(message: str, **facts: Any) -> str:
    return words.say(Language.now, message, facts)


def fault_text(fault: FengqiaoError) -> str:
    """What went wrong and how to mend it: by key or dialog, where the sentence of the command line names a command."""
    on_screen = f"desk.{fault.message}"
    return tr(on_screen if on_screen in words.catalogue(Language.now) else fault.message, **fault.facts)


def clock(at_ms: int) -> str:
    """Beijing wall clock, HH:MM:SS."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).strftime("%H:%M:%S")


def day_clock(at_ms: int) -> str:
    """Beijing date and wall clock, MM-DD HH:MM:SS."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).strftime("%m-%d %H:%M:%S")


def ago(seconds: float) -> str:
    """How long, in one short word: 8s, 12m, 3h; "--" where nobody knows."""
    if seconds == inf:
        return "--"
    if seconds < 100:
        return f"{max(0, seconds):.0f}s"
    return f"{seconds / 60:.0f}m" if seconds < 6000 else f"{seconds / 3600:.0f}h"


def position_text(lon: float, lat: float) -> str:
    """30-12.5N 122-18.3E: only characters that every terminal gives one cell."""
    if lon != lon or lat != lat:
        return "--"
    return f"{_dm(lat, 'N', 'S')} {_dm(lon, 'E', 'W')}"


def _dm(value: float, positive: str, negative: str) -> str:
    whole, minutes = divmod(round(abs(value) * 600), 600)
    return f"{whole}-{minutes / 10:04.1f}{positive if value >= 0 else negative}"
