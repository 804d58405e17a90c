"""Keeping the watch as people do: signing on, the duty log, what came of alarms, handing over, the daily report."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fengqiao.alerts.labels import Label
from fengqiao.app.load import load_between
from fengqiao.app.shift_plan import planned_name
from fengqiao.cases.lifecycle import TERMINAL, State
from fengqiao.fleet.vessels import Kind
from fengqiao.model.errors import UsageFault
from fengqiao.papers.duty_report import DutyDay, Gale, Heard, Line, Officer, duty_report
from fengqiao.store.case_tables import CaseRow
from fengqiao.store.database import Store
from fengqiao.store.duty import LOG_LINES_MAX
from fengqiao.store.duty_tables import DutyLogRow, OutcomeRow
from fengqiao.store.tables import AlertRow, LatestRow, RunKind
from fengqiao.store.values import canonical

FALSE_ALARM = "false"
OUTCOMES = ("called", "notified", FALSE_ALARM, "other")  # 已呼叫 已通知 误报 其他
LABELS = tuple(label.value for label in Label)  # 确有其事 虚警 无法判断
OPEN_CASE_STATES = tuple(state.value for state in State if state not in TERMINAL)
TEXT_CHARS_MAX = 4_000  # of a line of the log, of what came of an alert: two pages; every desk draws them whole
RECENT_LINES = 10  # of the log, handed over with what is open: about what one reads while standing
LISTED_MAX = 20  # alarms and cases named one by one in the report; the rest are counted
VESSELS = (Kind.SHIP, Kind.CRAFT)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a handover is not taken, and the alerts that stand in its way."""

    reason: str  # owed | unacknowledged
    alerts: tuple[AlertRow, ...]


def sign_on(store: Store, seat: str, officer: str, at_ms: int) -> None:
    """UsageFault without a name, or "seat_taken" while somebody else sits there: then it takes a handover."""
    store.begin_shift(seat, _named(officer), at_ms, planned_name(store.folder, at_ms))


def sign_off(store: Store, run_id: str, seat: str, at_ms: int) -> Refused | None:
    """Leave the seat empty; refused as a handover is. UsageFault "nobody_on" where nobody sits."""
    return _refused(store.end_shift(run_id, seat, at_ms))


def who_is_on(store: Store, seat: str) -> str:
    shift = store.officer_on(seat)
    return shift.officer if shift else ""


def acting(store: Store, seat: str, named: str) -> str:
    """In whose name something is done: whoever is named, else who is on watch at the seat.

    UsageFault "nobody_acts" where neither is: nothing is written in nobody's name.
    """
    who = named.strip() or who_is_on(store, seat)
    if not who:
        raise UsageFault("nobody_acts", seat=seat)
    return who


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
) -> DutyLogRow:
    """One line of the duty log; vessel name and position are filled in from her latest state.

    Where several transmitters send her number it is the newest of them, as everywhere on the screen.
    """
    if not text.strip():
        raise UsageFault("log_empty")
    _short(text)
    row = max(store.latest(run_id, mmsi), key=lambda voice: voice.fix_ms, default=None) if mmsi else None
    known = store.load_register().at(mmsi, at_ms) if mmsi else None
    name = known.name if known else (row.name or str(mmsi)) if row else str(mmsi) if mmsi else ""
    lon, lat = position or ((row.lon_deg, row.lat_deg) if row else (None, None))
    line: dict[str, Any] = {"at_ms": at_ms, "officer": officer, "seat": seat, "text": text.strip(), "run_id": run_id}
    line |= {"alert": alert, "mmsi": mmsi, "vessel": name, "lon_deg": lon, "lat_deg": lat}
    store.write_log(line)
    return DutyLogRow(**line)


def give_outcome(
    store: Store, run_id: str, alert: str, outcome: str, text: str, officer: str, seat: str, at_ms: int, label: str = ""
) -> bool:
    """True for the first word on an alert, False for a correction. UsageFault for an unknown alert, outcome, label,
    "text_too_long".

    ``label`` says whether the alert was true; "" where he does not say.
    """
    if outcome not in OUTCOMES:
        raise UsageFault("unknown_outcome", outcome=outcome, known=", ".join(OUTCOMES))
    _short(text)
    return store.give_outcome(run_id, alert, outcome, text, officer, seat, at_ms, _label(label) if label else "")


def give_label(store: Store, run_id: str, alert: str, label: str, officer: str, seat: str, at_ms: int) -> None:
    """Whether an alert was true. UsageFault for an unknown alert or label."""
    store.give_label(run_id, alert, _label(label), officer, seat, at_ms)


def open_items(store: Store, run_id: str, lang: str, at_ms: int = 0) -> list[dict[str, Any]]:
    """What the next officer must know of: listed alerts with those on the shelf, outcomes owed, cases under way, gales
    not over by then, and what is out of service."""
    items = [_item("alert", a.alert, _state(a), _text(a, lang), a.priority) for a in store.listed_alerts(run_id)]
    items += [_item("outcome", a.alert, "owed", _text(a, lang), a.priority) for a in store.owed_outcomes(run_id)]
    items += [_item("case", c.case_no, c.state, c.title) for c in cases_of(store, run_id, OPEN_CASE_STATES)]
    items += [_item("gale", g.gale_id, "", f"{g.source} {g.beaufort}") for g in store.gales(run_id) if g.to_ms > at_ms]
    items += [
        _item("out_of_service", row.alert, f"{row.facts['until_ms']}", _text(row, lang))
        for row in store.out_of_service(run_id, at_ms)
    ]
    return items


def stands_in_the_way(store: Store, run_id: str) -> Refused | None:
    """What must be done before anybody may leave the seat."""
    return _refused(store.in_the_way(run_id))


def hand_over(store: Store, run_id: str, seat: str, to_officer: str, at_ms: int, lang: str) -> Refused | str:
    """Give the seat to the next officer: the snapshot's hash, or why not yet.

    Refused while an outcome is owed or an alarm waits unacknowledged: nobody hands over what he has not seen.
    UsageFault if nobody is on, or the next one has no name or is the same.
    """
    now, next_one = who_is_on(store, seat), _named(to_officer)
    if not now:
        raise UsageFault("nobody_on", seat=seat)
    if now == next_one:
        raise UsageFault("handover_to_self", officer=now)
    recent = store.log_lines(limit=RECENT_LINES, run_id=run_id)
    items = open_items(store, run_id, lang, at_ms) + [_log_item(line) for line in recent]
    planned = planned_name(store.folder, at_ms)
    waiting = store.hand_over(run_id, seat, now, next_one, at_ms, items, snapshot_of(items), planned)
    return _refused(waiting) or snapshot_of(items)


def snapshot_of(items: Sequence[dict[str, Any]]) -> str:
    """sha256, in hex, of the canonical JSON of the items: the same from the list and from the kept row."""
    return hashlib.sha256(canonical(items).encode()).hexdigest()


def report(store: Store, run_id: str, seat: str, from_ms: int, to_ms: int, lang: str) -> str:
    """值班日报 of [from_ms, to_ms): the period in figures we measured, and the log; what is open, as of now.

    Only of this run: what was tried in a demonstration kept in the same folder does not stand in a report of the watch.
    """
    head = store.audit_head()
    load = load_between(store, run_id, from_ms, to_ms, lang)
    new = [c for c in reversed(cases_of(store, run_id)) if from_ms <= c.created_ms < to_ms]
    given, corrected = told_outcomes(store.outcomes(run_id), from_ms, to_ms)
    lines = store.log_lines(from_ms, to_ms, run_id=run_id)
    return duty_report(
        DutyDay(
            from_ms=from_ms,
            to_ms=to_ms,
            officers=[Officer(s.officer, s.planned, s.from_ms, s.to_ms) for s in store.sittings(seat, from_ms, to_ms)],
            heard=heard(store.latest(run_id), from_ms, to_ms),
            gales=[
                Gale(g.source, g.beaufort, g.from_ms, g.to_ms)
                for g in store.gales(run_id)
                if g.from_ms < to_ms and g.to_ms > from_ms
            ],
            load=load.figures,
            precision=load.precision,
            urgent=[(c.at_ms, _text(c, lang)) for c in store.raised_urgent(run_id, from_ms, to_ms, LISTED_MAX)],
            acknowledge_s=[ms / 1000 for ms in store.acknowledge_times_ms(run_id, from_ms, to_ms)],
            outcomes=given,
            corrections=corrected,
            cases_new=[(c.case_no, f"case.cause.{c.cause}") for c in new[:LISTED_MAX]],
            cases_new_count=len(new),
            handovers=[
                (h.at_ms, h.from_officer, h.to_officer, sum(i["kind"] != "log" for i in h.items), h.snapshot)
                for h in store.handovers(from_ms, to_ms)
                if h.seat == seat
            ],
            log=[Line(n.at_ms, n.officer, n.vessel, n.lon_deg, n.lat_deg, n.text) for n in reversed(lines)],
            log_count=store.log_count(from_ms, to_ms, run_id) if len(lines) == LOG_LINES_MAX else len(lines),
            open_alerts=len(store.listed_alerts(run_id)),
            owed=len(store.owed_outcomes(run_id)),
            cases_open=len(cases_of(store, run_id, OPEN_CASE_STATES)),
            audit_seq=head.seq,
            audit_hash=head.hash,
        ),
        lang,
    )


def cases_of(store: Store, run_id: str, states: Sequence[str] = ()) -> list[CaseRow]:
    """Cases of a watch, from whatever it, a replay or an import showed; those of a demonstration are of that alone."""
    demos = {run.run_id for run in store.runs() if run.kind == RunKind.DEMO}
    return [case for case in store.case_list(states) if (case.run_id in demos) == (run_id in demos)]


def heard(latest: Sequence[LatestRow], from_ms: int, to_ms: int) -> Heard:
    """How many vessels and net buoys were heard in [from_ms, to_ms), as far as first and latest fix can tell.

    Of one heard before and after the period they cannot: then the figures are least figures, and it says so.
    """
    sure = [r for r in latest if from_ms <= r.first_ms < to_ms or from_ms <= r.fix_ms < to_ms]
    unsure = any(r.first_ms < from_ms and r.fix_ms >= to_ms for r in latest)
    return Heard(sum(r.kind in VESSELS for r in sure), sum(r.kind == Kind.GEAR for r in sure), at_least=unsure)


def told_outcomes(outcomes: Sequence[OutcomeRow], from_ms: int, to_ms: int) -> tuple[list[str], list[tuple[str, str]]]:
    """First outcomes given in [from_ms, to_ms), and corrections given then as (from, to)."""
    stands: dict[str, str] = {}
    first: list[str] = []
    corrected: list[tuple[str, str]] = []
    for given in outcomes:
        before, stands[given.alert] = stands.get(given.alert), given.outcome
        if not from_ms <= given.at_ms < to_ms:
            continue
        if before is None:
            first.append(given.outcome)
        else:
            corrected.append((before, given.outcome))
    return first, corrected


def _label(label: str) -> str:
    if label not in LABELS:
        raise UsageFault("unknown_label", label=label, known=", ".join(LABELS))
    return label


def _short(text: str) -> None:
    if len(text) > TEXT_CHARS_MAX:
        raise UsageFault("text_too_long", limit=TEXT_CHARS_MAX)


def _named(officer: str) -> str:
    if not officer.strip():
        raise UsageFault("officer_missing")
    return officer.strip()


def _refused(waiting: Sequence[AlertRow]) -> Refused | None:
    """Alarms not acknowledged first: what came of them cannot be asked before."""
    unseen = tuple(a for a in waiting if not a.acked)
    if unseen:
        return Refused("unacknowledged", unseen)
    return Refused("owed", tuple(waiting)) if waiting else None


def _item(kind: str, name: str, state: str, text: str, priority: int = 0) -> dict[str, Any]:
    return {"kind": kind, "id": name, "state": state, "priority": priority, "text": text}


def _log_item(line: DutyLogRow) -> dict[str, Any]:
    return {**_item("log", str(line.seq), "", line.text), "at_ms": line.at_ms, "officer": line.officer}


def _state(alert: AlertRow) -> str:
    if alert.active and alert.state.get("shelved_until_ms"):
        return "shelved"
    return "resolved" if not alert.active else "acked" if alert.acked else "unacked"


def _text(alert: Any, lang: str) -> str:
    return str(alert.text_zh if lang == "zh" else alert.text_en)
