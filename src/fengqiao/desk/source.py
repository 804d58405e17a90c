"""Reads the frame and the store of a watch into a ``DeskPicture``; knows nothing of the screen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao.desk.picture import DeskPicture, Mode
from fengqiao.feeds.clock import now_ms
from fengqiao.fleet import Vessels
from fengqiao.register.vessel import Register
from fengqiao.rules.tracks import lost_after_s
from fengqiao.situation.situation import fishing_craft
from fengqiao.store.database import Store
from fengqiao.store.frame import Frame, read_frame
from fengqiao.store.tables import AlertRow

REGISTER_EVERY_MS = 10_000


class PictureSource:
    """One desk's eye on one data folder."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.store = folder, store
        self._register = Register()
        self._register_ms = 0

    def read(self) -> DeskPicture:
        """The picture as it stands; an old or missing frame shows as ``stale``, never as an error."""
        now = now_ms()
        frame = read_frame(self.folder)
        if frame is None:
            return DeskPicture()
        self._heed_register(now)
        run_id = str(frame.meta["run"])
        alerts = in_order(self.store.listed_alerts(run_id))
        return picture_of(frame, alerts, self._register, frame.age_s(now))

    def _heed_register(self, now: int) -> None:
        if now - self._register_ms < REGISTER_EVERY_MS:
            return
        self._register_ms = now
        if self.store.register_revision() != self._register.revision:
            self._register = self.store.load_register()


def picture_of(frame: Frame, alerts: Sequence[AlertRow], register: Register, age_s: float) -> DeskPicture:
    vessels = Vessels(**{name: np.asarray(frame.columns[name], dtype) for name, dtype in column_types().items()})
    time_ms = int(frame.meta["time_ms"])
    level, unacked = alert_columns(vessels, alerts)
    run_id = str(frame.meta["run"])
    return DeskPicture(
        seq=frame.seq,
        age_s=age_s,
        time_ms=time_ms,
        mode=Mode.DEMO if run_id.startswith("demo") else Mode.REPLAY if run_id.startswith("replay") else Mode.LIVE,
        run_id=run_id,
        vessels=vessels,
        names=display_names(vessels, register, time_ms),
        fishing=fishing_craft(vessels, register),
        lost=(time_ms - vessels.fix_ms) / 1000 > lost_after_s(vessels),
        activity=np.asarray(frame.columns.get("activity", ()), np.uint8),
        partner=np.asarray(frame.columns.get("partner", ()), np.int64),
        alert_level=level,
        alert_unacked=unacked,
        alerts=tuple(alerts),
        register=register,
        feeds=tuple(frame.meta["feeds"]),
        meta=frame.meta,
    )


def column_types() -> dict[str, np.dtype[np.generic]]:
    return {name: dtype.base for name, dtype in Vessels.dtypes().items()}


def display_names(vessels: Vessels, register: Register, time_ms: int) -> NDArray[np.object_]:
    """Register name at that time, else what AIS says, else the number."""
    out = np.where(vessels.name == "", vessels.mmsi.astype(str), vessels.name).astype(object)
    for row in np.flatnonzero(np.isin(vessels.mmsi, np.fromiter(register.mmsis, np.int64))):
        known = register.at(int(vessels.mmsi[row]), time_ms)
        if known is not None:
            out[row] = known.name
    return out


def alert_columns(vessels: Vessels, alerts: Sequence[AlertRow]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Gravest active alert of each vessel, and whether any of hers waits for somebody to see it."""
    level, unacked = np.zeros(len(vessels), np.uint8), np.zeros(len(vessels), bool)
    for alert in alerts:
        rows = np.isin(vessels.mmsi, alert.mmsi)
        if alert.active:
            level[rows] = np.maximum(level[rows], alert.priority)
        if not alert.acked:
            unacked |= rows
    return level, unacked


def in_order(alerts: Sequence[AlertRow]) -> list[AlertRow]:
    """Unacknowledged before acknowledged, these before shelved; active before resolved, gravest first, of these what
    is so by its facts before what was escalated for want of an answer, newest first."""

    def place(a: AlertRow) -> tuple[Any, ...]:
        shelved, lifted = bool(a.state.get("shelved_until_ms")), bool(a.state.get("lifted"))
        return a.acked, shelved, not a.active, -a.priority, lifted, -a.raised_ms, a.alert

    return sorted(alerts, key=place)
