"""What people do to one alert: from the alert and the act to the alert after it, or the reason why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fengqiao.alerts.params import Params
from fengqiao.alerts.said import minutes_of, text_of
from fengqiao.alerts.states import Alert, Refusal, never_withheld
from fengqiao.model.findings import ChangeKind, Priority
from fengqiao.model.inputs import Act, ActKind

ALL = "all"  # the target of a silence that means everything that sounds
SOUNDS_FROM = Priority.ALARM


@dataclass(frozen=True, slots=True)
class Done:
    kind: ChangeKind
    alert: Alert  # as it stands after it
    note: str = ""


def sounds(alert: Alert, at_ms: int) -> bool:
    """Whether it may be heard: an alarm that nobody has seen and nobody has silenced."""
    waits = alert.active and not alert.acked and not alert.shelved
    return waits and alert.priority >= SOUNDS_FROM and at_ms >= alert.state.silenced_until_ms


def acknowledge(_act: Act, alert: Alert, _params: Params) -> Done | Refusal:
    if alert.acked:
        return Refusal.ALREADY_ACKNOWLEDGED
    return Done(ChangeKind.ACKNOWLEDGED, _with(replace(alert, acked=True), silenced_until_ms=0))


def note(act: Act, alert: Alert, params: Params) -> Done | Refusal:
    said = text_of(act, "text", params.note_chars_max, Refusal.NOTE_EMPTY)
    return said if isinstance(said, Refusal) else Done(ChangeKind.NOTED, alert, said)


def silence(act: Act, alert: Alert, params: Params) -> Done | Refusal:
    """The sound stops for thirty seconds; the alert waits on."""
    if not sounds(alert, act.at_ms):
        return Refusal.NOTHING_SOUNDS
    return Done(ChangeKind.SILENCED, _with(alert, silenced_until_ms=act.at_ms + int(params.silence_s * 1000)))


def shelve(act: Act, alert: Alert, params: Params) -> Done | Refusal:
    """Out of the way for a time, followed all the while; who shelves has seen it, so it is acknowledged as well."""
    reason = text_of(act, "reason", params.note_chars_max, Refusal.REASON_MISSING)
    minutes = minutes_of(act, params.shelf_min_max)
    if never_withheld(alert.rule, alert.priority):
        return Refusal.NEVER_WITHHELD
    if not alert.active:
        return Refusal.NOT_ACTIVE
    if alert.shelved:
        return Refusal.ALREADY_SHELVED
    if isinstance(reason, Refusal):
        return reason
    if isinstance(minutes, Refusal):
        return minutes
    until_ms = act.at_ms + minutes * 60_000
    shelved = _with(replace(alert, acked=True), silenced_until_ms=0, shelved_until_ms=until_ms, shelf_reason=reason)
    return Done(ChangeKind.SHELVED, shelved, reason)


def unshelve(_act: Act, alert: Alert, _params: Params) -> Done | Refusal:
    """Taken back by a person, who has it in sight: it stays acknowledged."""
    return Done(ChangeKind.UNSHELVED, off_the_shelf(alert)) if alert.shelved else Refusal.NOT_SHELVED


def transfer(act: Act, alert: Alert, params: Params) -> Done | Refusal:
    """Handed over to a person or a seat, on record. Who receives it accepts by acknowledging: until then its sound
    rests for thirty seconds and its time to escalate runs on, so that it cannot fall between two seats."""
    to = text_of(act, "to", params.name_chars_max, Refusal.RECEIVER_MISSING)
    if not alert.active:
        return Refusal.NOT_ACTIVE
    if isinstance(to, Refusal):
        return Refusal.RECEIVER_TOO_LONG if to is Refusal.NOTE_TOO_LONG else to
    quiet_ms = 0 if alert.acked else act.at_ms + int(params.silence_s * 1000)
    return Done(ChangeKind.TRANSFERRED, _with(alert, holder=to, silenced_until_ms=quiet_ms), to)


DO: Mapping[ActKind, Callable[[Act, Alert, Params], Done | Refusal]] = {
    ActKind.ACKNOWLEDGE: acknowledge,
    ActKind.NOTE: note,
    ActKind.SILENCE: silence,
    ActKind.SHELVE: shelve,
    ActKind.UNSHELVE: unshelve,
    ActKind.TRANSFER: transfer,
}


def off_the_shelf(alert: Alert) -> Alert:
    return _with(alert, shelved_until_ms=0, shelf_reason="")


def _with(alert: Alert, **state: Any) -> Alert:
    return replace(alert, state=replace(alert.state, **state))
