"""Cases and tips on a real database: numbers, one transaction a step, searching, and nothing without its audit row."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from fengqiao.model.errors import InputFault
from fengqiao.store import Store
from fengqiao.store.casework import StepTaken
from store.store_cases import T0

FORM = "({year})试人调字第{number:04d}号"
TRACK = {"run_id": "live", "mmsi": [412990001], "from_ms": T0, "to_ms": T0 + 9, "positions": 3, "sha256": "ab"}
PARTIES = (
    {"side": "applicant", "name": "王大海", "phone": "13800000001"},
    {"side": "respondent", "name": "", "phone": ""},
)
BOATS = ({"mmsi": 412990001, "name": "浙样渔00001", "role": "involved", "basis": "told"},)


def new_case(store: Store, steps: Sequence[StepTaken] = (), track: Any = TRACK, **other: Any) -> str:
    row = {
        "year": 2026,
        "state": "reported",
        "title": "渔网被拖走",
        "cause": "C03",
        "source": "hand",
        "run_id": "live",
        "alert": "",
        "tip": "",
        "place": "桃花岛东",
        "lon_deg": 122.3,
        "lat_deg": 29.8,
        "occurred_from_ms": T0,
        "occurred_to_ms": T0 + 9,
        "created_ms": T0,
        "created_by": "李四",
        **other,
    }
    return store.register_case(row, BOATS, PARTIES, track, FORM, "甲席", steps)


def new_tip(store: Store, day: str = "20261122") -> str:
    tip = {"at_ms": T0, "channel": "call", "text": "网没了", "lon_deg": None, "lat_deg": None, "vessel": ""}
    return store.add_tip({**tip, "reporter": "王大海", "phone": "13800000001", "officer": "李四"}, day, "甲席")


def count(store: Store, table: str) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def run(store: Store, statement: str) -> None:
    with store.writing() as connection:
        connection.execute(sa.text(statement))


def test_numbers_run_through_the_year_and_begin_anew(either: Store) -> None:
    numbers = [new_case(either), new_case(either), new_case(either, year=2027), new_case(either)]
    assert numbers == [
        "(2026)试人调字第0001号",
        "(2026)试人调字第0002号",
        "(2027)试人调字第0001号",
        "(2026)试人调字第0003号",
    ]


def test_two_desks_never_get_one_number(store: Store) -> None:
    numbers: list[str] = []
    desks = [threading.Thread(target=lambda: numbers.append(new_case(store))) for _ in range(8)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert len(set(numbers)) == 8


def test_a_case_comes_back_as_it_was_registered(either: Store) -> None:
    found = either.case_file(new_case(either))
    assert found is not None and found.track is not None
    assert (found.case.title, found.case.row_version, found.case.amount_fen) == ("渔网被拖走", 1, 0)
    assert [(v.mmsi, v.role) for v in found.vessels] == [(412990001, "involved")]
    assert [(p.side, p.name, p.phone) for p in found.parties] == [(p["side"], p["name"], p["phone"]) for p in PARTIES]
    assert (found.track.mmsi, found.track.sha256) == ([412990001], "ab")
    assert [(s.event, s.officer, s.seat) for s in found.steps] == [("register", "李四", "甲席")]


def test_a_step_moves_the_case_and_is_audited(either: Store) -> None:
    case_no = new_case(either)
    before = either.audit_head().seq
    assert either.step_case(case_no, 1, "assign", "assigned", {"lead": "赵六", "reason": "近"}, "李四", "甲席", T0 + 1)
    found = either.case_file(case_no)
    assert found is not None
    assert (found.case.state, found.case.lead, found.case.row_version) == ("assigned", "赵六", 2)
    assert (found.steps[-1].origin, found.steps[-1].facts) == ("reported", {"lead": "赵六", "reason": "近"})
    assert (either.audit_head().seq - before, either.verify_chain()) == (1, None)


def test_a_case_that_moved_on_refuses_the_late_step(either: Store) -> None:
    """Two officers read the same version: the first step is taken, the second leaves no trace."""
    case_no = new_case(either)
    taken = [either.step_case(case_no, 1, "accept", "accepted", {}, who, "甲席", T0) for who in ("李四", "赵六")]
    found = either.case_file(case_no)
    assert found is not None
    assert (taken, len(found.steps), either.audit_head().seq) == ([True, False], 2, 2)


def test_a_moved_seal_is_audited_with_its_step(either: Store) -> None:
    case_no = new_case(either)
    later = {**TRACK, "to_ms": T0 + 99, "positions": 7, "sha256": "cd"}
    either.step_case(case_no, 1, "accept", "accepted", {}, "李四", "甲席", T0, later)
    found = either.case_file(case_no)
    assert found is not None and found.track is not None
    assert (found.track.to_ms, found.track.sha256, either.audit_head().seq) == (T0 + 99, "cd", 3)


@pytest.mark.parametrize("broken", ["audit", "case_step", "case_party"])
def test_a_case_is_registered_whole_or_not_at_all(store: Store, broken: str) -> None:
    """Whatever fails last, nothing of the case is left, not even its number."""
    run(store, f"ALTER TABLE {broken} RENAME TO away")
    with pytest.raises(sa.exc.DBAPIError):
        new_case(store, [StepTaken("accept", "accepted", {})])
    run(store, f"ALTER TABLE away RENAME TO {broken}")
    assert [count(store, t) for t in ("case_file", "case_vessel", "case_step", "audit")] == [0, 0, 0, 0]
    assert new_case(store) == "(2026)试人调字第0001号"


def test_steps_taken_with_the_registration_are_all_there(either: Store) -> None:
    steps = [StepTaken("accept", "accepted", {}), StepTaken("close", "closed", {"outcome": "settled", "paid_fen": 5})]
    found = either.case_file(new_case(either, steps))
    assert found is not None
    assert [(s.event, s.origin, s.target) for s in found.steps[1:]] == [
        ("accept", "reported", "accepted"),
        ("close", "accepted", "closed"),
    ]
    assert (found.case.state, found.case.outcome, found.case.paid_fen, found.case.row_version) == (
        "closed",
        "settled",
        5,
        3,
    )


def test_one_alert_is_one_case_in_its_run(either: Store) -> None:
    """The second officer is told the number of the first; a replay of the same hours is another matter."""
    first = new_case(either, alert="gap-1", source="alert")
    with pytest.raises(InputFault) as fault:
        new_case(either, alert="gap-1", source="alert")
    assert (fault.value.message, fault.value.facts["case_no"]) == ("error.source_has_case", first)
    assert new_case(either, alert="gap-1", source="alert", run_id="replay-2") != first


def test_a_tip_becomes_one_case(either: Store) -> None:
    tip = new_tip(either)
    case_no = new_case(either, tip=tip, source="tip")
    with pytest.raises(InputFault, match="source_has_case"):
        new_case(either, tip=tip, source="tip")
    kept = either.tip(tip)
    assert kept is not None
    assert (kept.state, kept.case_no, either.tips(new_only=True)) == ("case", case_no, [])


def test_tips_are_numbered_by_their_day(either: Store) -> None:
    tips = [new_tip(either), new_tip(either), new_tip(either, "20261123"), new_tip(either)]
    assert tips == ["20261122-001", "20261122-002", "20261123-001", "20261122-003"]
    assert either.tip("20261122-009") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第0001", True),
        ("拖走", True),
        ("桃花岛", True),
        ("样渔00001", True),
        ("412990001", True),
        ("王大海", True),
        ("13800000001", True),
        ("李四海", False),
        ("41299000", False),
        ("9" * 30, False),
        ("%", False),
        ("_", False),
        ("'; DROP TABLE case_file; --", False),
        ("\0\ud800", False),
    ],
)
def test_a_case_is_found_by_what_people_know_of_it(either: Store, text: str, found: bool) -> None:
    """Number, words of it, place, vessel, party, telephone; signs of the query language are only signs."""
    new_case(either)
    assert bool(either.case_list(text=text)) is found


def test_lists_are_cut_by_state_vessel_and_alert(either: Store) -> None:
    first, second = new_case(either), new_case(either, alert="gap-1", source="alert")
    either.step_case(first, 1, "accept", "accepted", {}, "李四", "甲席", T0)
    assert [c.case_no for c in either.case_list()] == [second, first]
    assert [c.case_no for c in either.case_list(["accepted"])] == [first]
    assert [c.case_no for c in either.case_list(alert="gap-1")] == [second]
    assert (len(either.case_list(mmsi=412990001)), either.case_list(mmsi=412990002)) == (2, [])


def test_who_is_named_is_known_by_case(either: Store) -> None:
    assert either.party_names([first := new_case(either), "none"]) == {first: ["王大海", ""], "none": []}


def test_hostile_text_is_kept_as_text(either: Store) -> None:
    """NUL and lone surrogates, which databases refuse, are replaced; all else stays as it was said."""
    case_no = new_case(either, title="\x1b[31m\0'\ud800{x}")
    either.step_case(case_no, 1, "refuse", "not_accepted", {"reason": "\0\ud83d", "note": "'"}, "李四", "甲席", T0)
    found = either.case_file(case_no)
    assert found is not None
    assert (found.case.title, found.steps[-1].facts) == (
        "\x1b[31m\ufffd'\ufffd{x}",
        {"reason": "\ufffd\ufffd", "note": "'"},
    )
    assert either.verify_chain() is None
