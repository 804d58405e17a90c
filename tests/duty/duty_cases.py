"""A store with one live run, and the alerts that duty tests hand over."""

from typing import Any

import sqlalchemy as sa

from fengqiao.model.findings import ChangeKind, Priority
from fengqiao.store import Store
from fengqiao.store.records import LATEST
from fengqiao.store.tables import RunKind
from store.store_cases import T0, change

MINUTE = 60_000
A = 412990001
ALARM = "collision-1"
RAISED, SEEN, EASED, GONE = ChangeKind.RAISED, ChangeKind.ACKNOWLEDGED, ChangeKind.EASED, ChangeKind.RESOLVED


def live(store: Store) -> Store:
    store.begin_run("live", RunKind.LIVE, T0, {})
    return store


def tell(store: Store, kind: ChangeKind, at_ms: int = T0, alert: str = ALARM, **other: Any) -> None:
    """One step of an alert, of a collision alarm unless told otherwise."""
    fields = {"priority": Priority.ALARM, "rule": "collision", **other}
    said = (f"{alert} 两船将相碰", f"{alert} two boats meet")
    store.save_changes("live", [(change(kind, at_ms, alert, **fields), *said)])


def latest_boat(store: Store, mmsi: int = A, **other: object) -> None:
    """Her latest state, as the watch saves it."""
    row = {c.name: 0 for c in LATEST.columns} | {"run_id": "live", "mmsi": mmsi, "first_ms": T0, "fix_ms": T0}
    row |= {"lon_deg": 122.5, "lat_deg": 30.1, "name": "浙样渔00001", **other}
    row |= {n: str(row[n] or "") for n in ("feed", "callsign", "destination", "safety_text")}
    row |= {n: bool(row[n]) for n in ("gear_doubt", "accurate", "class_b")}
    with store.writing() as connection:
        connection.execute(sa.insert(LATEST), row)
