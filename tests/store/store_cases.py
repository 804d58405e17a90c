"""Values that several store tests save."""

from typing import Any

import numpy as np

from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.model.inputs import Act, ActKind
from fengqiao.model.reports import Known, Positions

T0 = 1_795_352_400_000  # 2026-11-22T13:00:00Z


def act(act_id: str, at_ms: int = T0, **other: Any) -> Act:
    fields = {"actor": "王一", "seat": "甲席", "kind": ActKind.ACKNOWLEDGE, "target": "gap|412990001|1", **other}
    return Act(act_id, at_ms, **fields)


def change(kind: ChangeKind, at_ms: int, alert: str = "gap|412990001|1", **other: Any) -> AlertChange:
    fields: dict[str, Any] = {
        "rule": "gap",
        "key": (alert,),
        "priority": Priority.WARNING,
        "mmsi": (412990001,),
        "zone": None,
        "position": (122.5, 30.1),
        "message": "alert.gap",
        "facts": {"silent_min": 12.5, "name": "浙样渔00001"},
        "active": kind is not ChangeKind.RESOLVED,
        "acked": kind is ChangeKind.ACKNOWLEDGED,
        "basis": {"code": "0.1.0", "settings": "abc"},
        **other,
    }
    return AlertChange(at_ms=at_ms, change=kind, alert=alert, **fields)


def positions(*rows: dict[str, int]) -> Positions:
    """Rows of position reports; what a row does not say is that of a boat off Zhoushan at T0."""
    base = {
        "ref_ms": T0,
        "fix_ms": T0,
        "received_ms": T0,
        "mmsi": 412990001,
        "msg_type": 18,
        "known": int(Known.POSITION | Known.SOG),
        "lon": 73_500_000,
        "lat": 18_060_000,
        "sog": 45,
    }
    filled = [{**base, **row} for row in rows]
    return Positions(
        **{name: np.array([row.get(name, 0) for row in filled], dtype) for name, dtype in Positions.dtypes().items()}
    )
