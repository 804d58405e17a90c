"""Declared returns in acts and in lists that a harbour office sends."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengqiao.model.errors import InputFault
from fengqiao.register.trips import declared, moment_ms, parse_trips, trips_from_facts

AT_MS = int(datetime(2026, 11, 28, 4, 0, tzinfo=UTC).timestamp() * 1000)
HOUR = 3_600_000
LIST = """船名,MMSI,出港时间,报备回港时间,回港港口
浙普渔68681,,2026-11-28 05:30,2026-11-29 18:00,沈家门
,412000002,,2026年11月29日 6时30分,
浙岱渔1,,,2026-11-29 18:00,
,41200,,2026-11-29 18:00,
,412000003,,下午,
,412000004,2026-11-30 01:00,2026-11-29 18:00,
,412000005,,2027-12-29 18:00,
,412000002,,2026-11-29 20:00,高亭
"""


def called(name: str) -> int | None:
    return {"浙普渔68681": 412_000_001}.get(name)


def test_a_list_is_read_line_by_line() -> None:
    """The last line about a vessel counts; what is wrong is told by its line, as the file counts them."""
    read = parse_trips(LIST, AT_MS, called)
    evening = moment_ms("2026-11-29 18:00")
    assert [(t["mmsi"], t["due_ms"], t.get("departs_ms"), t["harbour"]) for t in read.trips] == [
        (412_000_001, evening, moment_ms("2026/11/28 05:30"), "沈家门"),
        (412_000_002, evening + 2 * HOUR, None, "高亭"),
    ]
    assert [(f.line, f.reason) for f in read.flaws] == [
        (4, "vessel"), (5, "mmsi"), (6, "due_ms"), (7, "departs_ms"), (8, "due_ms"),
    ]  # fmt: skip
    assert evening == datetime(2026, 11, 29, 10, 0, tzinfo=UTC).timestamp() * 1000


@pytest.mark.parametrize(
    ("text", "error"), [("", "trips_empty"), ("\n\n", "trips_empty"), ("船名,港口\n甲,乙", "trips_header")]
)
def test_a_file_that_is_no_list_says_so(text: str, error: str) -> None:
    with pytest.raises(InputFault) as caught:
        parse_trips(text, AT_MS, called)
    assert caught.value.message == f"error.{error}"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "trips"), ({"trips": []}, "trips"), ({"trips": "x"}, "trips"), ({"trips": [7]}, "mmsi"),
        ({"trips": [{"mmsi": True, "due_ms": AT_MS}]}, "mmsi"), ({"trips": [{"mmsi": 412_000_001}]}, "due_ms"),
        ({"trips": [{"mmsi": 412_000_001, "due_ms": AT_MS * 2}]}, "due_ms"),
        ({"trips": [{"mmsi": 412_000_001, "due_ms": AT_MS, "departs_ms": AT_MS}]}, "departs_ms"),
        ({"trips": [{"mmsi": 412_000_001, "due_ms": AT_MS, "harbour": "长" * 61}]}, "harbour"),
    ],
)  # fmt: skip
def test_an_act_that_cannot_be_used_names_the_field(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(InputFault) as caught:
        trips_from_facts(facts, AT_MS, "王建国")
    assert (caught.value.message, caught.value.facts["field"]) == ("error.trip_unread", field)


@pytest.mark.parametrize("cell", ["0001-01-01 00:00", "x" * 200_000, "\0", "9999-12-31 23:59"])
def test_a_monstrous_cell_is_one_flaw(cell: str) -> None:
    """The line is left out and named; the others are read."""
    read = parse_trips(f"mmsi,due\n412000001,{cell}\n412000002,2026-11-29 18:00\n", AT_MS, called)
    assert ([flaw.line for flaw in read.flaws], len(read.trips)) == ([2], 1)


def test_a_monstrous_heading_is_no_heading() -> None:
    with pytest.raises(InputFault):
        parse_trips("mmsi,due," + "x" * 200_000 + "\n412000001,2026-11-29 18:00\n", AT_MS, called)


@pytest.mark.parametrize("due_ms", [2**53, 253_402_300_799_000])
def test_not_even_a_watch_without_time_takes_an_hour_beyond_every_calendar(due_ms: int) -> None:
    with pytest.raises(InputFault):
        trips_from_facts({"trips": [{"mmsi": 412_000_001, "due_ms": due_ms}]}, 0, "王建国")


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever stands in a file, it is read, remarked on or refused with a sentence."""
    for whole in (text, "MMSI,due\n" + text, "船名;报备回港时间\n" + text):
        try:
            read = parse_trips(whole, AT_MS, called)
        except InputFault:
            continue
        assert read.trips or read.flaws or len(whole.split("\n")) >= 1


def test_a_watch_that_does_not_know_the_time_yet_takes_any_hour() -> None:
    (trip,) = trips_from_facts({"trips": [{"mmsi": 412_000_001, "due_ms": AT_MS}]}, 0, "王建国")
    assert (trip.due_ms, trip.departs_ms) == (AT_MS, 0)


def test_a_new_declaration_takes_the_place_of_the_old() -> None:
    """Said again unchanged it keeps what was seen of it."""
    first = trips_from_facts({"trips": [{"mmsi": 412_000_001, "due_ms": AT_MS + HOUR}]}, AT_MS, "王建国")
    out = (first[0].__class__(**{n: getattr(first[0], n) for n in first[0].__slots__} | {"out_ms": AT_MS + 1}),)
    same = trips_from_facts({"trips": [{"mmsi": 412_000_001, "due_ms": AT_MS + HOUR}]}, AT_MS + 2, "李海波")
    later = trips_from_facts({"trips": [{"mmsi": 412_000_001, "due_ms": AT_MS + 2 * HOUR}]}, AT_MS + 2, "李海波")
    assert declared(out, same) == out
    assert declared(out, later) == later
