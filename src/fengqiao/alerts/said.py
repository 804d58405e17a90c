"""What a person said with an act, read once: text made plain, minutes within their limit, or why it is not taken."""

from fengqiao.alerts.states import Refusal
from fengqiao.model.inputs import Act
from fengqiao.words import plain


def text_of(act: Act, name: str, chars_max: int, missing: Refusal) -> str | Refusal:
    """One plain line; never cut: it is kept whole or refused."""
    text = act.facts.get(name)
    said = " ".join(text.split()) if isinstance(text, str) else ""
    if not said:
        return missing
    return plain(said) if len(said) <= chars_max else Refusal.NOTE_TOO_LONG


def minutes_of(act: Act, minutes_max: int) -> int | Refusal:
    """Whole minutes from one to the limit."""
    minutes = act.facts.get("minutes")
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= minutes_max:
        return Refusal.MINUTES_WRONG
    return minutes
