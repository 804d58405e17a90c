"""Everything the centre knows of one vessel, gathered from register, archive, alerts and cases."""

from dataclasses import dataclass
from pathlib import Path

from fengqiao.app.history import Way, way
from fengqiao.register.vessel import RegisteredVessel
from fengqiao.store.case_tables import CaseRow
from fengqiao.store.database import Store
from fengqiao.store.tables import AlertRow, LatestRow

RECENT_MS = 2 * 3_600_000
ALERTS_MAX = 50


@dataclass(frozen=True, slots=True)
class DossierFacts:
    mmsi: int
    latest: LatestRow | None
    vessel: RegisteredVessel | None  # whoever bears the number now, by the register
    formerly: tuple[RegisteredVessel, ...]  # who bore it at other times
    track: Way
    alerts: tuple[AlertRow, ...]
    cases: tuple[CaseRow, ...]


def dossier(store: Store, folder: Path, run_id: str, mmsi: int, at_ms: int) -> DossierFacts:
    register = store.load_register()
    now = register.at(mmsi, at_ms)
    others = tuple(v for v in register.vessels if v is not now and any(i.mmsi == mmsi for i in v.identities))
    alerts = [a for a in store.alerts() if mmsi in a.mmsi][:ALERTS_MAX]
    return DossierFacts(
        mmsi,
        next(iter(store.latest(run_id, mmsi)), None),
        now,
        others,
        way(store, folder, mmsi, at_ms - RECENT_MS, at_ms + 60_000),
        tuple(alerts),
        tuple(store.case_list(mmsi=mmsi)),
    )
