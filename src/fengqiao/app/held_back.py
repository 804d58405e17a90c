"""Everything that is followed and told to nobody just now: shelved, out of service, suppressed, folded in a flood.

Read from store and frame, so that it is there without a watch as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fengqiao import words
from fengqiao.rules.telling import BEIJING
from fengqiao.store.database import Store
from fengqiao.store.frame import read_frame
from fengqiao.store.tables import AlertRow


@dataclass(frozen=True, slots=True)
class HeldBack:
    """``suppressed`` are the newest of ``by_reason``, which counts all; ``hidden`` cautions of a flood."""

    shelved: Sequence[AlertRow] = ()
    out_of_service: Sequence[AlertRow] = ()
    suppressed: Sequence[Mapping[str, Any]] = ()
    by_reason: Mapping[str, int] = field(default_factory=dict)
    hidden: Sequence[str] = ()

    def lines(self, lang: str) -> Iterator[str]:
        """A line each, under the kind it is of; one sentence where there is nothing."""
        if not (self.shelved or self.out_of_service or self.by_reason or self.hidden):
            yield words.say(lang, "held.nothing")
        for alert in self.shelved:
            until, reason = clock(alert.state["shelved_until_ms"]), alert.state["shelf_reason"]
            yield words.say(lang, "held.shelved", {"until": until, "reason": reason, "text": _text(lang, alert)})
            yield f"    {alert.alert}"
        for row in self.out_of_service:
            until = clock(row.facts["until_ms"])
            yield words.say(lang, "held.out_of_service", {"until": until, "text": _text(lang, row)})
        for which, n in self.by_reason.items():
            rule, _, reason = which.partition(":")
            yield words.say(lang, "held.suppressed", {"rule": rule, "reason": reason_word(lang, reason), "n": n})
            for each in self.suppressed:
                if (each["rule"], each["reason"]) == (rule, reason):
                    yield f"    {clock(each['since_ms'])}  {words.plain(each[f'text_{lang}'])}"
        if self.hidden:
            yield words.say(lang, "held.hidden", {"n": len(self.hidden)})

    def as_json(self) -> dict[str, Any]:
        return {
            "shelved": [{"alert": a.alert, **a.state, "text_zh": a.text_zh} for a in self.shelved],
            "out_of_service": [{"alert": row.alert, **row.facts} for row in self.out_of_service],
            "suppressed_by_reason": dict(self.by_reason),
            "suppressed": [dict(each) for each in self.suppressed],
            "hidden": list(self.hidden),
        }


def held_back(store: Store, folder: Path, run_id: str, at_ms: int) -> HeldBack:
    """What is held back in a run at an instant; what only the watch knows is that of its last picture of this run."""
    frame = read_frame(folder)
    meta = frame.meta if frame is not None and frame.meta.get("run") == run_id else {}
    book = meta.get("book", {})
    shelved = [alert for alert in store.listed_alerts(run_id) if alert.active and alert.state.get("shelved_until_ms")]
    return HeldBack(
        sorted(shelved, key=lambda alert: (alert.state["shelved_until_ms"], alert.alert)),
        store.out_of_service(run_id, at_ms),
        book.get("suppressed", ()),
        book.get("suppressed_by_reason", {}),
        book.get("flood", {}).get("hidden", ()),
    )


def reason_word(lang: str, reason: str) -> str:
    """Why something is told to nobody, in words."""
    return words.say(lang, "held.reason", {"suppressed": reason})


def clock(at_ms: int) -> str:
    """Beijing time with its day: an outage may end tomorrow."""
    return f"{datetime.fromtimestamp(at_ms / 1000, BEIJING):%m-%d %H:%M}"


def _text(lang: str, row: AlertRow) -> str:
    return row.text_zh if lang == "zh" else row.text_en
