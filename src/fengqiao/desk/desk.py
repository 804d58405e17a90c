"""What officers do at a desk: the one place from which panes and dialogs act on store and inbox.

Methods may touch the disk: call them from a worker thread (``DeskApp.do``), never while drawing.
"""

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fengqiao.desk.picture import DeskPicture
from fengqiao.feeds.feed import now_ms
from fengqiao.model.inputs import Act, ActKind
from fengqiao.store.database import Store

SEAT = "desk"


@dataclass(slots=True)
class Desk:
    """One seat at one data folder, and who sits there."""

    folder: Path
    store: Store
    lang: str
    seat: str = SEAT
    officer: str = ""  # on every act; "" until somebody signs on
    picture: DeskPicture = field(default_factory=DeskPicture)

    def acknowledge(self, alert: str) -> None:
        self._put(ActKind.ACKNOWLEDGE, alert, {})

    def note(self, alert: str, text: str) -> None:
        self._put(ActKind.NOTE, alert, {"text": text})

    def time_ms(self) -> int:
        """The time that acts and log lines bear: the watch's, which in a demonstration is not ours."""
        return self.picture.time_ms or now_ms()

    def _put(self, kind: ActKind, target: str, facts: dict[str, Any]) -> None:
        self.store.put_act(Act(uuid.uuid4().hex, now_ms(), self.officer, self.seat, kind, target, facts))
