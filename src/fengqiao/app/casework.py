"""From an alert, a tip or by hand to the filed case: everything that is known is filled in, tracks attached by hash."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from fengqiao.app.history import folder_of_run
from fengqiao.cases.causes import SUGGESTED
from fengqiao.cases.lifecycle import Refusal, State, decide, on_the_spot
from fengqiao.model.errors import InputFault, UsageFault
from fengqiao.store.archive import read_positions
from fengqiao.store.casework import CaseFile
from fengqiao.store.database import Store
from fengqiao.store.tables import AlertRow, LatestRow

# 本地规则: how a centre numbers its cases; each centre has its own form.
NUMBER_FORM = "({year})舟定湾人调字第{number:04d}号"
WINDOW_MS = 30 * 60_000  # on both sides of an alert: what led to it and what came of it
BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Draft:
    """A case before it is registered; dialogs and commands fill in what is not known yet."""

    title: str = ""
    cause: str = ""
    source: str = "hand"
    run_id: str = ""
    alert: str = ""
    tip: str = ""
    place: str = ""
    lon_deg: float | None = None
    lat_deg: float | None = None
    occurred_from_ms: int = 0
    occurred_to_ms: int = 0
    vessels: tuple[Mapping[str, Any], ...] = ()  # mmsi, name, role, basis
    parties: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)  # side, name, phone


def draft_from_alert(store: Store, alert: AlertRow, text: str) -> Draft:
    """What an alert already tells: vessels with roles, time, place, a cause to start from."""
    latest = {row.mmsi: row for row in _latest(store, alert)}
    vessels = tuple(
        {
            "mmsi": mmsi,
            "name": _name(store, mmsi, alert.at_ms, latest),
            "role": "party" if i == 0 or alert.rule != "collision" else "involved",
            "basis": "register" if store_knows(store, mmsi, alert.at_ms) else "ais",
        }
        for i, mmsi in enumerate(alert.mmsi)
    )
    return Draft(
        title=text[:80],
        cause=SUGGESTED.get(alert.rule, "C18"),
        source="alert",
        run_id=alert.run_id,
        alert=alert.alert,
        lon_deg=alert.lon_deg,
        lat_deg=alert.lat_deg,
        occurred_from_ms=alert.raised_ms - WINDOW_MS,
        occurred_to_ms=alert.at_ms + WINDOW_MS,
        vessels=vessels,
    )


def draft_from_tip(store: Store, tip: str) -> Draft:
    """What a person told us, as the beginning of a case. InputFault if there is no such tip."""
    row = next((r for r in store.tips() if r.tip == tip), None)
    if row is None:
        raise InputFault("no_such_tip", tip=tip)
    told = row.vessel.isdigit()
    vessels = ({"mmsi": int(row.vessel) if told else 0, "name": row.vessel, "role": "involved", "basis": "told"},)
    return Draft(
        title=row.text[:80],
        cause="C18",
        source="tip",
        tip=tip,
        lon_deg=row.lon_deg,
        lat_deg=row.lat_deg,
        occurred_from_ms=row.at_ms - 2 * WINDOW_MS,
        occurred_to_ms=row.at_ms,
        vessels=vessels if row.vessel else (),
        parties=({"side": "applicant", "name": row.reporter, "phone": row.phone},) if row.reporter else (),
    )


def find_alert(store: Store, alert: str) -> AlertRow:
    """The alert of that id in any run of the folder. InputFault if there is none."""
    for row in store.alerts():
        if row.alert == alert:
            return row
    raise InputFault("no_such_alert", alert=alert)


def register(store: Store, folder: Path, draft: Draft, officer: str, at_ms: int) -> str:
    """Register the draft; its number. UsageFault names what a case cannot do without."""
    if not officer:
        raise UsageFault("actor_missing")
    if not draft.cause:
        raise UsageFault("case_incomplete", field="cause")
    if not draft.vessels and not draft.parties:
        raise UsageFault("case_incomplete", field="vessels")
    if not draft.occurred_to_ms:
        raise UsageFault("case_incomplete", field="occurred")
    row = {name: getattr(draft, name) for name in COPIED}
    row |= {"year": datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).year, "state": State.REPORTED.value}
    row |= {"created_ms": at_ms, "created_by": officer}
    return store.register_case(row, draft.vessels, draft.parties, attach_track(folder, draft), NUMBER_FORM)


COPIED = (
    *("title", "cause", "source", "run_id", "alert", "tip", "place", "lon_deg", "lat_deg"),
    *("occurred_from_ms", "occurred_to_ms"),
)


def attach_track(folder: Path, draft: Draft) -> dict[str, Any] | None:
    """Which positions of the vessels lie in the window, and the hash that seals them; None without a vessel."""
    mmsi = sorted({int(v["mmsi"]) for v in draft.vessels if v["mmsi"]})
    if not mmsi:
        return None
    found = read_positions(folder_of_run(folder, draft.run_id), draft.occurred_from_ms, draft.occurred_to_ms, mmsi)
    return {
        "run_id": draft.run_id,
        "mmsi": mmsi,
        "from_ms": draft.occurred_from_ms,
        "to_ms": draft.occurred_to_ms,
        "positions": found.num_rows,
        "sha256": track_hash(found.table.select(["fix_ms", "mmsi", "lon", "lat", "sog", "cog"]).to_pydict()),
    }


def track_hash(columns: Mapping[str, Sequence[int]]) -> str:
    """sha256 over one line a position, ``name=value`` in column order: anyone can compute it again."""
    names = list(columns)
    lines = (
        " ".join(f"{n}={v}" for n, v in zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def do(
    store: Store, case_no: str, event: str, facts: Mapping[str, Any], officer: str, seat: str, at_ms: int
) -> Refusal | str:
    """Take one step of the procedure: the new state, or why not."""
    case = file_of(store, case_no).case
    step = decide(State(case.state), event, facts)
    if isinstance(step, Refusal):
        return step
    if not store.step_case(case_no, case.row_version, event, step.target.value, facts, officer, seat, at_ms):
        return Refusal("moved_on")
    return step.target.value


def settle_on_the_spot(
    store: Store, folder: Path, draft: Draft, facts: Mapping[str, Any], officer: str, seat: str, at_ms: int
) -> Refusal | str:
    """当场调解 in one form: register, agree orally, pay, close. The case number, or what is missing: then nothing is
    registered."""
    given = {"lead": officer, "place": draft.place, **facts}
    steps = on_the_spot(given)
    if isinstance(steps, Refusal):
        return steps
    given |= {"rights_told": True, "nobody_refuses": True, "form": "oral", "paid_on_the_spot": True}
    given |= {"paid_fen": given["amount_fen"], "outcome": "settled"}
    case_no = register(store, folder, draft, officer, at_ms)
    for version, step in enumerate(steps, 1):
        said = {need: given[need] for need in step.needs}
        store.step_case(case_no, version, step.event, step.target.value, said, officer, seat, at_ms)
    return case_no


def file_of(store: Store, case_no: str) -> CaseFile:
    """The whole case. InputFault if there is none of that number."""
    found = store.case_file(case_no)
    if found is None:
        raise InputFault("no_such_case", case_no=case_no)
    return found


def unmask(store: Store, case_no: str, officer: str, seat: str, reason: str, at_ms: int) -> CaseFile:
    """The case with names and numbers readable: a reason is needed, and the look is logged. UsageFault without one."""
    if not reason.strip() or not officer:
        raise UsageFault("reason_missing" if officer else "actor_missing")
    found = file_of(store, case_no)
    store.log_look(officer, seat, at_ms, "case_unmask", {"case_no": case_no, "reason": reason})
    return found


def masked_name(name: str) -> str:
    """王某某: enough to know which one is meant, not who."""
    return f"{name[0]}某某" if name else ""


def masked_phone(phone: str) -> str:
    """138****0001."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****" if phone else ""


def day_of(at_ms: int) -> str:
    """The day in Beijing, YYYYMMDD: what tips are numbered by."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).strftime("%Y%m%d")


def store_knows(store: Store, mmsi: int, at_ms: int) -> bool:
    return store.load_register().at(mmsi, at_ms) is not None


def _latest(store: Store, alert: AlertRow) -> list[LatestRow]:
    return [row for mmsi in alert.mmsi for row in store.latest(alert.run_id, mmsi)]


def _name(store: Store, mmsi: int, at_ms: int, latest: Mapping[int, LatestRow]) -> str:
    known = store.load_register().at(mmsi, at_ms)
    return known.name if known else latest[mmsi].name if mmsi in latest and latest[mmsi].name else str(mmsi)
