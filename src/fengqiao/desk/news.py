"""What a desk reads anew twice a second, and what was just done here, shown until the watch has taken it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fengqiao.desk.desk import Desk
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.source import PictureSource, in_order
from fengqiao.store.tables import AlertRow

TAKEN_S = 5.0  # a watch takes an act within a fifth of a second; after five something is wrong


@dataclass(frozen=True, slots=True)
class News:
    picture: DeskPicture
    owed: frozenset[str]  # alarms acknowledged of which nobody has said what came
    new_tips: int  # told by somebody, and not yet a case
    officer: str  # on at this seat, as the store says
    before: str  # who sat at this desk when the reading began


def read_news(desk: Desk, source: PictureSource) -> News:
    """Everything at once; reads the disk."""
    before, officer = desk.officer, desk.who_is_on()
    picture = source.read()
    owed = frozenset(alert.alert for alert in desk.store.owed_outcomes(picture.run_id))
    return News(picture, owed, desk.store.new_tips(), officer, before)


class JustSeen:
    """What was acknowledged here shows so at once; if the watch has not taken it in a while, it shows as it is again.

    ``now_s`` is the desk's own steady clock.
    """

    def __init__(self) -> None:
        self._until_s: dict[str, float] = {}

    def add(self, alert: str, now_s: float) -> None:
        self._until_s[alert] = now_s + TAKEN_S

    def over(self, alerts: Iterable[AlertRow], now_s: float) -> Sequence[AlertRow]:
        self._until_s = {alert: until for alert, until in self._until_s.items() if until > now_s}
        return in_order([_acked(a) if a.alert in self._until_s and not a.acked else a for a in alerts])


def _acked(alert: AlertRow) -> AlertRow:
    """The same alert as the watch will soon say it is: the screen must not wait for the next picture."""
    return AlertRow(**{**alert.model_dump(), "acked": True})
