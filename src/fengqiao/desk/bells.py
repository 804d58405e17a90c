"""What an officer hears: a bell for every alarm that nobody has seen, and thirty seconds of silence when he asks.

Times are arguments: ``now_s`` of the desk's own steady clock, ``at_ms`` that of the watch.
"""

from collections.abc import Sequence

from fengqiao.desk.picture import DeskPicture
from fengqiao.model.findings import Priority
from fengqiao.store.tables import AlertRow

SILENCE_S = 30.0  # IMO MSC.302(87) 7.3.5: the sound comes back after thirty seconds
BELL_EVERY_S = 30.0


class Bells:
    """One desk's bell: what it has rung for, and until when it rests."""

    def __init__(self) -> None:
        self.silent_until_s = 0.0
        self._rung_s = 0.0
        self._heard: set[tuple[str, str]] = set()  # alerts that have sounded, and how far they had been escalated

    def rest(self, now_s: float) -> None:
        self.silent_until_s = now_s + SILENCE_S

    def is_silent(self, picture: DeskPicture, at_ms: int, now_s: float) -> bool:
        return now_s < self.silent_until_s or bool(waiting(picture) and not sounding(picture, at_ms))

    def rings(self, picture: DeskPicture, at_ms: int, now_s: float) -> bool:
        """Whether to ring now: for every new alarm and every step of escalation at once, and again while one waits;
        silence lasts thirty seconds."""
        waits = {(a.alert, a.state.get("escalated", "")) for a in waiting(picture)}
        new, self._heard = waits - self._heard, waits
        due = now_s >= self._rung_s + BELL_EVERY_S and not self.is_silent(picture, at_ms, now_s)
        if not (new or (waits and due)):
            return False
        self.silent_until_s = 0.0 if new else self.silent_until_s
        self._rung_s = now_s
        return True


def waiting(picture: DeskPicture) -> Sequence[AlertRow]:
    """Alarms that nobody has seen."""
    return [a for a in picture.unacknowledged if a.priority >= Priority.ALARM and a.active]


def sounding(picture: DeskPicture, at_ms: int) -> Sequence[AlertRow]:
    """Those that the alert book has not silenced (MSC.302(87) 7.3.5)."""
    return [a for a in waiting(picture) if a.state.get("silenced_until_ms", 0) <= at_ms]
