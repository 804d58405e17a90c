"""Signing on, the log, what came of alarms, and handing over, on a real database."""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st

from duty.duty_cases import ALARM, EASED, GONE, MINUTE, RAISED, SEEN, A, latest_boat, live, tell
from fengqiao.app import casework, duty
from fengqiao.app.casework import Draft
from fengqiao.app.duty import Refused
from fengqiao.model.errors import FengqiaoError, UsageFault
from fengqiao.model.findings import ChangeKind, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.store import Store, open_store
from fengqiao.store.audit import AUDIT
from fengqiao.store.connection import Database, alembic_config, bring_up, connect
from fengqiao.store.duty import SHIFT
from fengqiao.store.tables import RunKind
from store.store_cases import T0, act

DESK = "desk"
FRESH_SEATS = itertools.count()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "data") as opened:
        yield live(opened)


def hand_over(store: Store, at_ms: int = T0 + MINUTE, to: str = "李海波") -> Refused | str:
    return duty.hand_over(store, "live", DESK, to, at_ms, "zh")


def outcome(store: Store, what: str = "called", alert: str = ALARM, at_ms: int = T0) -> bool:
    return duty.give_outcome(store, "live", alert, what, "", "王建国", DESK, at_ms)


def audited(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(sa.select(AUDIT.c.what).order_by(AUDIT.c.seq)).scalars())


def test_nobody_hands_over_what_he_has_not_seen_or_not_said(store: Store) -> None:
    """Refused while an alarm waits, then while its outcome is owed; then the next officer is on."""
    duty.sign_on(store, DESK, " 王建国 ", T0)
    tell(store, RAISED)
    waiting = hand_over(store)
    tell(store, SEEN, T0 + 1)
    owing = hand_over(store)
    kept = duty.who_is_on(store, DESK)
    outcome(store)
    done = hand_over(store)
    assert isinstance(waiting, Refused) and (waiting.reason, [a.alert for a in waiting.alerts]) == (
        "unacknowledged",
        [ALARM],
    )
    assert isinstance(owing, Refused) and (owing.reason, [a.alert for a in owing.alerts]) == ("owed", [ALARM])
    assert isinstance(done, str) and (kept, duty.who_is_on(store, DESK)) == ("王建国", "李海波")


def test_an_alarm_that_has_eased_or_ended_since_still_owes_its_outcome(store: Store) -> None:
    """It was an alarm when somebody took it upon himself."""
    for alert, after in (("eased", EASED), ("ended", GONE)):
        tell(store, RAISED, T0, alert)
        tell(store, SEEN, T0 + 1, alert)
        tell(store, after, T0 + 2, alert, priority=Priority.WARNING, acked=True)
    assert [a.alert for a in store.owed_outcomes("live")] == ["eased", "ended"]


def test_a_warning_owes_nothing_and_another_run_is_not_asked(store: Store) -> None:
    """Only alarms and emergencies of the run that is handed over stand in the way."""
    tell(store, RAISED, priority=Priority.WARNING)
    tell(store, SEEN, T0 + 1, priority=Priority.WARNING)
    tell(store, RAISED, T0, "alarm")
    assert [[a.alert for a in store.in_the_way(run)] for run in ("live", "replay-1")] == [["alarm"], []]


def test_an_alarm_that_ended_unseen_must_still_be_seen(store: Store) -> None:
    """已解除待签收 stands in the way as an active one does; leaving the seat empty is refused alike."""
    duty.sign_on(store, DESK, "王建国", T0)
    tell(store, RAISED)
    tell(store, GONE, T0 + 1)
    refused = duty.sign_off(store, "live", DESK, T0 + 2)
    assert refused is not None and refused.reason == "unacknowledged"
    assert duty.who_is_on(store, DESK) == "王建国"


def test_a_seat_passes_on_by_handover_only(store: Store) -> None:
    """Signing on over somebody else is refused, or owing would be evaded; signing on twice changes nothing."""
    duty.sign_on(store, DESK, "王建国", T0)
    duty.sign_on(store, DESK, "王建国", T0 + 1)
    with pytest.raises(UsageFault) as caught:
        duty.sign_on(store, DESK, "李海波", T0 + 2)
    assert (caught.value.message, caught.value.facts["officer"]) == ("error.seat_taken", "王建国")
    assert [(s.officer, s.from_ms, s.to_ms) for s in store.sittings(DESK)] == [("王建国", T0, None)]
    assert audited(store) == ["sign_on"]


@pytest.mark.parametrize(
    ("signed_on", "to", "fault"),
    [("王建国", "王建国", "handover_to_self"), ("王建国", "  ", "officer_missing"), ("", "李海波", "nobody_on")],
)
def test_a_handover_needs_two_officers(store: Store, signed_on: str, to: str, fault: str) -> None:
    """One who is on, and another who comes."""
    if signed_on:
        duty.sign_on(store, DESK, signed_on, T0)
    with pytest.raises(UsageFault) as caught:
        hand_over(store, to=to)
    assert (caught.value.message, store.handovers()) == (f"error.{fault}", [])


def test_of_two_handovers_at_once_one_is_taken(store: Store) -> None:
    """Two desks press at once: one successor, one handover, the other hears that the officer is no longer on."""
    duty.sign_on(store, DESK, "王建国", T0)
    ready, faults = threading.Barrier(2), list[str]()

    def press(to: str) -> None:
        ready.wait()
        try:
            store.hand_over("live", DESK, "王建国", to, T0 + 1, [], "")
        except UsageFault as fault:
            faults.append(fault.message)

    threads = [threading.Thread(target=press, args=(name,)) for name in ("李海波", "赵小山")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faults, len(store.handovers()), len(store.sittings(DESK))) == (["error.not_on"], 1, 2)


def test_what_is_handed_over_can_be_proved_later(store: Store) -> None:
    """Open alerts, warnings of wind not yet over and the last log lines are kept, with a hash that holds."""
    duty.sign_on(store, DESK, "王建国", T0)
    tell(store, RAISED, priority=Priority.WARNING)
    over = GaleWarning("old", 7, T0 - 9, T0, "某台", zone="z")
    store.save_gales("live", [over, replace(over, gale_id="new", to_ms=T0 + 9 * MINUTE)], act("g"))
    duty.log_line(store, "呼叫无应答", "王建国", DESK, T0, "live", mmsi=A)
    snapshot = hand_over(store)
    (row,) = store.handovers()
    assert {(i["kind"], i["id"], i["state"]) for i in row.items} == {
        ("alert", ALARM, "unacked"),
        ("gale", "new", ""),
        ("log", "1", ""),
    }
    assert (row.snapshot, duty.snapshot_of(row.items)) == (snapshot, snapshot)
    assert duty.snapshot_of(row.items[1:]) != snapshot


def test_the_first_outcome_stands_and_later_ones_correct_it(store: Store) -> None:
    """Nothing is overwritten; what is said of an alert nobody raised is refused, and so is an outcome nobody knows."""
    tell(store, RAISED)
    said = [outcome(store), outcome(store, "false")]
    assert (said, [o.outcome for o in store.outcomes("live", ALARM)]) == ([True, False], ["called", "false"])
    for alert, what, fault in (("nobody's", "called", "alert_unknown"), (ALARM, "sunk", "unknown_outcome")):
        with pytest.raises(UsageFault) as caught:
            outcome(store, what, alert)
        assert caught.value.message == f"error.{fault}"
    assert len(store.outcomes("live")) == 2


def test_a_line_about_a_vessel_says_her_name_and_where_she_was(store: Store) -> None:
    """From her latest state; a position told goes before it; of a vessel never heard the number is all there is."""
    latest_boat(store)
    lines = [
        duty.log_line(store, " 呼叫 ", "王建国", DESK, T0, "live", mmsi=A, alert=ALARM),
        duty.log_line(store, "她说", "王建国", DESK, T0, "live", mmsi=A, position=(122.0, 30.0)),
        duty.log_line(store, "来电", "王建国", DESK, T0, "live", mmsi=412990009),
        duty.log_line(store, "巡查", "王建国", DESK, T0, "live"),
    ]
    told = [(n.text, n.vessel, n.lon_deg, n.lat_deg, n.alert) for n in lines]
    kept = [(n.text, n.vessel, n.lon_deg, n.lat_deg, n.alert) for n in reversed(store.log_lines())]
    assert told == kept
    assert told == [
        ("呼叫", "浙样渔00001", 122.5, 30.1, ALARM),
        ("她说", "浙样渔00001", 122.0, 30.0, ""),
        ("来电", "412990009", None, None, ""),
        ("巡查", "", None, None, ""),
    ]


def test_an_empty_line_is_not_written(store: Store) -> None:
    """Blanks are no line."""
    with pytest.raises(UsageFault):
        duty.log_line(store, "  \n", "王建国", DESK, T0, "live")
    assert (store.log_lines(), audited(store)) == ([], [])


def test_a_whole_shift_only_ever_adds_rows_each_with_its_link_of_the_chain(store: Store) -> None:
    """No statement changes or deletes; each act is audited once, a refused one never; tampering shows."""
    tell(store, RAISED)
    tell(store, SEEN, T0 + 1)
    said: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement))
    duty.sign_on(store, DESK, "王建国", T0)
    hand_over(store)
    duty.log_line(store, "呼叫", "王建国", DESK, T0, "live", mmsi=A)
    outcome(store)
    outcome(store, "notified")
    hand_over(store)
    duty.sign_off(store, "live", DESK, T0 + 2 * MINUTE)
    verbs = {statement.split()[0].upper() for statement in said}
    assert verbs == {"BEGIN", "SELECT", "INSERT"}
    assert audited(store) == ["sign_on", "log", "outcome", "outcome_corrected", "handover", "sign_off"]
    assert store.verify_chain() is None
    with store.writing() as connection:
        connection.execute(sa.update(AUDIT).where(AUDIT.c.what == "outcome").values(actor="李海波"))
    assert store.verify_chain() == 3


def test_what_was_tried_in_a_demonstration_stands_in_no_report_of_the_watch(store: Store) -> None:
    """One folder, both kinds of run, the same hour: log, cases, handover and report are each of their own run."""
    store.begin_run("demo", RunKind.DEMO, T0, {})
    duty.sign_on(store, DESK, "王建国", T0)
    for run_id, said in (("live", "真船遇险"), ("demo", "演示练手")):
        duty.log_line(store, said, "王建国", DESK, T0 + 1, run_id)
        boat = {"mmsi": A, "name": "浙样渔00001", "role": "party", "basis": "told"}
        draft = Draft(f"{said}案", "C18", run_id=run_id, vessels=(boat,), occurred_from_ms=T0, occurred_to_ms=T0)
        casework.register(store, store.folder, draft, "王建国", T0 + 2, DESK)
    printed = {run_id: duty.report(store, run_id, DESK, T0, T0 + MINUTE, "zh") for run_id in ("live", "demo")}
    hand_over(store)
    (handed,) = store.handovers()
    assert [item["text"] for item in handed.items] == ["真船遇险案", "真船遇险"]
    assert ["真船遇险" in text for text in printed.values()] == [True, False]
    assert ["演示练手" in text for text in printed.values()] == [False, True]
    assert all("日志  1 条" in text and "在办纠纷 1 件" in text for text in printed.values())


def test_a_failing_audit_row_takes_the_line_with_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is there without the other."""

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("fengqiao.store.duty.audit.append", fail)
    with pytest.raises(RuntimeError):
        duty.log_line(store, "呼叫", "王建国", DESK, T0, "live")
    with pytest.raises(RuntimeError):
        duty.sign_on(store, DESK, "王建国", T0)
    assert (store.log_lines(), duty.who_is_on(store, DESK)) == ([], "")


@pytest.fixture(scope="module")
def notebook_store() -> Iterator[Store]:
    engine, where, folder = connect("sqlite://")
    with Store(engine, where, folder) as store:
        bring_up(store)
        yield store


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(("on", "off", "to")), st.sampled_from("甲乙丙"), st.sampled_from("12"))),
)
def test_sittings_are_what_anybody_would_have_written_down(
    notebook_store: Store, steps: list[tuple[str, str, str]]
) -> None:
    """Whatever is tried, in whatever order, on two seats: the same officers from and to as a plain notebook says."""
    store, example = notebook_store, next(FRESH_SEATS)
    notebook = {f"{example}-{n}": list[tuple[str, int, int | None]]() for n in "12"}
    for at_ms, (step, name, number) in enumerate(steps):
        seat = f"{example}-{number}"
        page = notebook[seat]
        on = page[-1][0] if page and page[-1][2] is None else ""
        try:
            match step:
                case "on":
                    store.begin_shift(seat, name, at_ms)
                case "off":
                    store.end_shift("live", seat, at_ms)
                case "to":
                    store.hand_over("live", seat, on or "谁", name, at_ms, [], "")
        except FengqiaoError:
            continue
        if step == "on" and on:
            continue
        if on:
            page[-1] = (on, page[-1][1], at_ms)
        if step != "off":
            page.append((name, at_ms, None))
    for seat, page in notebook.items():
        assert [(s.officer, s.from_ms, s.to_ms) for s in store.sittings(seat)] == page


def test_a_store_of_before_keeps_who_sat_when(tmp_path: Path) -> None:
    """Shifts whose end was written into them are read the same after the migration, an empty seat among them."""
    engine, where, folder = connect(tmp_path / "data")
    before = [("desk", "甲", 10, 20), ("west", "丙", 12, None), ("desk", "乙", 20, 30), ("desk", "甲", 40, 50)]
    with Database(engine, where, folder) as database, database.writing() as connection:
        command.upgrade(alembic_config(connection), "0002")
        statement = "INSERT INTO shift (seat, officer, from_ms, to_ms) VALUES (:a, :b, :c, :d)"
        connection.execute(sa.text(statement), [dict(zip("abcd", row, strict=True)) for row in before])
    with open_store(tmp_path / "data") as store:
        after = [(s.seat, s.officer, s.from_ms, s.to_ms) for seat in ("desk", "west") for s in store.sittings(seat)]
        on = [store.officer_on(seat) for seat in ("desk", "west")]
        with store.writing() as connection:
            command.downgrade(alembic_config(connection), "0002")
            again = connection.execute(sa.text("SELECT seat, officer, from_ms, to_ms FROM shift ORDER BY seq")).all()
    assert after == [before[0], before[2], before[3], before[1]]
    assert [row.officer if row else None for row in on] == [None, "丙"]
    assert [tuple(row) for row in again] == before


def test_the_period_asked_for_bounds_who_sat(store: Store) -> None:
    """From is in, to is out, at both ends of a sitting."""
    duty.sign_on(store, DESK, "甲", T0)
    hand_over(store, T0 + 10, "乙")
    asked = [(T0 - 5, T0), (T0 - 5, T0 + 1), (T0 + 9, T0 + 10), (T0 + 10, T0 + 11)]
    assert [[s.officer for s in store.sittings(DESK, *span)] for span in asked] == [[], ["甲"], ["甲"], ["乙"]]
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(SHIFT)).scalar_one() == 2


def test_the_desk_asks_by_index_and_not_through_every_alert(store: Store) -> None:
    """Twice a second for years: acknowledged alarms are found without reading the other changes."""
    plans: list[str] = []

    def explain(connection: sa.Connection, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(str(row[-1]) for row in rows)

    tell(store, ChangeKind.RAISED)
    sa.event.listen(store.engine, "after_cursor_execute", explain)
    store.owed_outcomes("live")
    used = [plan for plan in plans if "alert_change" in plan]
    assert used and all("ix_alert_change_run_id_change_priority" in plan for plan in used)
