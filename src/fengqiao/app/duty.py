"""Keeping the watch as people do: signing on, the duty log, what came of alarms, handing over, the daily report."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from fengqiao.model.errors import UsageFault
from fengqiao.model.findings import Priority
from fengqiao.papers.duty_report import DutyDay, duty_report
from fengqiao.store.database import Store
from fengqiao.store.tables import AlertRow

OUTCOMES = ("called", "notified", "false", "other")  # 已呼叫 已通知 误报 其他
OPEN_CASE_STATES = ("reported", "accepted", "assigned", "mediating", "agreed", "performing")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a handover is not taken, and the alerts that stand in its way."""

    reason: str  # owed | unacknowledged
    alerts: tuple[AlertRow, ...]


def sign_on(store: Store, seat: str, officer: str, at_ms: int) -> None:
    """UsageFault without a name."""
    if not officer.strip():
        raise UsageFault("officer_missing")
    store.begin_shift(seat, officer.strip(), at_ms)


def who_is_on(store: Store, seat: str) -> str:
    shift = store.officer_on(seat)
    return shift.officer if shift else ""


def log_line(
    store: Store,
    text: str,
    officer: str,
    seat: str,
    at_ms: int,
    run_id: str,
    *,
    mmsi: int = 0,
    alert: str = "",
    position: tuple[float, float] | None = None,
) -> None:
    """One line of the duty log; vessel name and position are filled in from her latest state."""
    if not text.strip():
        raise UsageFault("log_empty")
    row = next(iter(store.latest(run_id, mmsi)), None) if mmsi else None
    known = store.load_register().at(mmsi, at_ms) if mmsi else None
    name = known.name if known else (row.name or str(mmsi)) if row else str(mmsi) if mmsi else ""
    lon, lat = position or ((row.lon_deg, row.lat_deg) if row else (None, None))
    line = {"at_ms": at_ms, "officer": officer, "seat": seat, "text": text.strip(), "run_id": run_id, "alert": alert}
    store.write_log({**line, "mmsi": mmsi, "vessel": name, "lon_deg": lon, "lat_deg": lat})


def give_outcome(
    store: Store, run_id: str, alert: str, outcome: str, text: str, officer: str, seat: str, at_ms: int
) -> None:
    if outcome not in OUTCOMES:
        raise UsageFault("unknown_outcome", outcome=outcome, known=", ".join(OUTCOMES))
    store.give_outcome(run_id, alert, outcome, text, officer, seat, at_ms)


def open_items(store: Store, run_id: str, lang: str) -> list[dict[str, Any]]:
    """What the next officer must know of: listed alerts, outcomes owed, cases under way, gales in force."""
    items = [
        _item(
            "alert",
            a.alert,
            "resolved" if not a.active else "acked" if a.acked else "unacked",
            _text(a, lang),
            a.priority,
        )
        for a in store.listed_alerts(run_id)
    ]
    items += [_item("outcome", a.alert, "owed", _text(a, lang), a.priority) for a in store.owed_outcomes(run_id)]
    items += [_item("case", c.case_no, c.state, c.title) for c in store.case_list(OPEN_CASE_STATES)]
    items += [_item("gale", g.gale_id, "", f"{g.source} {g.beaufort}") for g in store.gales(run_id)]
    return items


def _item(kind: str, name: str, state: str, text: str, priority: int = 0) -> dict[str, Any]:
    return {"kind": kind, "id": name, "state": state, "priority": priority, "text": text}


def _text(alert: AlertRow, lang: str) -> str:
    return alert.text_zh if lang == "zh" else alert.text_en


def stands_in_the_way(store: Store, run_id: str) -> Refused | None:
    """What must be done before anybody may leave the seat."""
    waiting = tuple(a for a in store.listed_alerts(run_id) if not a.acked and a.priority >= Priority.ALARM)
    if waiting:
        return Refused("unacknowledged", waiting)
    owed = tuple(store.owed_outcomes(run_id))
    return Refused("owed", owed) if owed else None


def hand_over(store: Store, run_id: str, seat: str, to_officer: str, at_ms: int, lang: str) -> Refused | str:
    """Give the seat to the next officer: the snapshot's hash, or why not yet.

    Refused while an outcome is owed or an alarm waits unacknowledged: nobody hands over what he has not seen.
    UsageFault if nobody is on, or the next one has no name.
    """
    now = who_is_on(store, seat)
    if not now or not to_officer.strip():
        raise UsageFault("officer_missing")
    refused = stands_in_the_way(store, run_id)
    if refused is not None:
        return refused
    items = open_items(store, run_id, lang)
    snapshot = hashlib.sha256(json.dumps(items, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    store.hand_over(seat, now, to_officer.strip(), at_ms, items, snapshot)
    return snapshot


def report(store: Store, run_id: str, seat: str, from_ms: int, to_ms: int, lang: str) -> str:
    """值班日报: the day in figures we measured, and the log."""
    changes = [c for c in store.changes(run_id) if from_ms <= c.at_ms < to_ms]
    outcomes = [o for o in store.outcomes(run_id) if from_ms <= o.at_ms < to_ms]
    head = store.audit_head()
    latest = store.latest(run_id)
    return duty_report(
        DutyDay(
            from_ms=from_ms,
            to_ms=to_ms,
            officer=who_is_on(store, seat),
            vessels_heard=sum(row.fix_ms >= from_ms for row in latest),
            raised=[
                (c.at_ms, c.priority, c.text_zh if lang == "zh" else c.text_en) for c in changes if c.change == "raised"
            ],
            acknowledge_s=acknowledge_times(changes),
            open_alerts=len(store.listed_alerts(run_id)),
            owed=len(store.owed_outcomes(run_id)),
            outcomes=[o.outcome for o in outcomes],
            cases_new=[c.case_no for c in store.case_list() if from_ms <= c.created_ms < to_ms],
            cases_open=len(store.case_list(OPEN_CASE_STATES)),
            log=[
                (line.at_ms, line.officer, line.vessel, line.text) for line in reversed(store.log_lines(from_ms, to_ms))
            ],
            handovers=[(h.at_ms, h.from_officer, h.to_officer, len(h.items)) for h in store.handovers(from_ms, to_ms)],
            audit_seq=head.seq,
            audit_hash=head.hash,
        ),
        lang,
    )


def acknowledge_times(changes: list[Any]) -> list[float]:
    """Seconds from raised to first acknowledged, of every alert that was."""
    raised = {c.alert: c.at_ms for c in changes if c.change == "raised"}
    seen = [c for c in changes if c.change == "acknowledged"]
    return [(c.at_ms - raised.pop(c.alert)) / 1000 for c in seen if c.alert in raised]
