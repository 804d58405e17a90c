"""What every pane is given once a second: everything known, frozen, rows aligned with ``vessels``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet import Vessels
from fengqiao.register.vessel import Register
from fengqiao.store.tables import AlertRow

STALE_S = 5.0  # a frame is written once a second: five missed ones are no accident


class Mode(StrEnum):
    LIVE = "live"
    DEMO = "demo"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class DeskPicture:
    """``age_s`` is how old the frame is by our clock, infinite where there is none or nobody knows; ``time_ms`` is what
    time it is for the watch."""

    seq: int = 0
    age_s: float = float("inf")  # no frame yet
    time_ms: int = 0
    mode: Mode = Mode.LIVE
    run_id: str = "live"
    vessels: Vessels = field(default_factory=Vessels.empty)
    names: NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, object))  # register, else AIS, else mmsi
    fishing: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    lost: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))  # silent beyond its reporting limits
    activity: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))  # Activity at the last tick
    partner: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))  # mmsi; 0 none
    alert_level: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))  # Priority, 0 none
    alert_unacked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    alerts: tuple[AlertRow, ...] = ()  # active or unacknowledged: unacknowledged first, gravest, newest
    register: Register = field(default_factory=Register)
    feeds: tuple[Mapping[str, Any], ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What a frame does not tell is unknown of every row."""
        n = len(self.vessels)
        for name, none in (("activity", np.zeros(n, np.uint8)), ("partner", np.zeros(n, np.int64))):
            if len(getattr(self, name)) != n:
                object.__setattr__(self, name, none)

    @property
    def stale(self) -> bool:
        """The watch has stopped telling: nothing on the screen may pass for the present."""
        return self.age_s > STALE_S

    @property
    def unacknowledged(self) -> tuple[AlertRow, ...]:
        return tuple(alert for alert in self.alerts if not alert.acked)

    def row_of(self, mmsi: int) -> int:
        """Row of a vessel's newest voice, -1 if it is not in the picture."""
        rows = np.flatnonzero(self.vessels.mmsi == mmsi)
        return int(rows[np.argmax(self.vessels.fix_ms[rows])]) if len(rows) else -1
