"""How an alert change is printed: a line for a person, an object for a program."""

from typing import Any

from fengqiao import words
from fengqiao.app.keeper import Tell, sentence
from fengqiao.cli.common import clock, iso, print_json
from fengqiao.model.findings import AlertChange


def teller(lang: str, as_json: bool) -> Tell:
    def tell(change: AlertChange) -> None:
        if as_json:
            print_json(as_object(lang, change))
        else:
            print(line(lang, change), flush=True)

    return tell


def as_object(lang: str, change: AlertChange) -> dict[str, Any]:
    said = {"actor": change.actor, "note": change.note}
    return {
        "at": iso(change.at_ms),
        "change": change.change.value,
        "alert": change.alert,
        "rule": change.rule,
        "priority": change.priority.word,
        "mmsi": list(change.mmsi),
        "zone": change.zone,
        "facts": dict(change.facts),
        "text": sentence(lang, change),
        "active": change.active,
        "acked": change.acked,
        **({"state": state} if (state := change.state.as_json()) else {}),
        **{name: value for name, value in said.items() if value},
    }


def line(lang: str, change: AlertChange) -> str:
    """``11:43:10 [警告] 发生 商渔碰撞 …``: time in Beijing, how urgent, what changed, why."""
    priority = words.say(lang, f"priority.{change.priority.word}")
    what = words.say(lang, f"change.{change.change}")
    return f"{clock(change.at_ms)} [{priority}] {what}  {sentence(lang, change)}"
