"""The shift plan: example and file, shifts over midnight, and slips in the file that keep nobody from his seat."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.app.shift_plan import EXAMPLE, FILE, load_plan, planned_name, read_plan
from fengqiao.model.errors import InputFault

MIDNIGHT_MS = 1_795_276_800_000  # 2026-11-22T00:00 in Beijing
MINUTE_MS = 60_000
NIGHT = '[[shift]]\nname = "夜班"\nfrom = "20:00"\nto = "08:00"\n'


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.sets(st.integers(0, 1439), min_size=1, max_size=24).map(sorted),
    minute=st.integers(-1440, 2879),
    day=st.integers(-20_000, 20_000),
)
def test_shifts_that_meet_end_to_end_cover_every_minute_once(cuts: list[int], minute: int, day: int) -> None:
    """Whatever the hours, one of them over midnight: the shift that runs is the one that began last."""
    ends = [*cuts[1:], cuts[0]]
    text = "".join(
        f'[[shift]]\nname = "{a}"\nfrom = "{clock(a)}"\nto = "{clock(b)}"\n' for a, b in zip(cuts, ends, strict=True)
    )
    plan = read_plan(text.encode())
    found = plan.at(MIDNIGHT_MS + (day * 1440 + minute) * MINUTE_MS + 59_999)
    began = max((a for a in cuts if a <= minute % 1440), default=cuts[-1])
    assert found is not None and found.name == str(began)
    assert sum(shift.runs(minute % 1440) for shift in plan.shifts) == 1
    assert sum(shift.length_min for shift in plan.shifts) == 1440


def test_a_night_shift_runs_over_midnight_and_leaves_the_day_open() -> None:
    """20:00 is in, 08:00 is out, and by day no shift runs."""
    plan = read_plan(NIGHT.encode())
    running = {
        minute: plan.at(MIDNIGHT_MS + minute * MINUTE_MS) is not None for minute in (0, 479, 480, 1199, 1200, 1439)
    }
    assert running == {0: True, 479: True, 480: False, 1199: False, 1200: True, 1439: True}


def test_without_a_file_an_example_of_three_shifts_covers_the_day(tmp_path: Path) -> None:
    """It says of itself that it is an example."""
    plan = load_plan(tmp_path)
    assert plan is EXAMPLE and plan.example
    assert [planned_name(tmp_path, MIDNIGHT_MS + h * 60 * MINUTE_MS) for h in (0, 8, 16, 23)] == [
        "夜班",
        "早班",
        "中班",
        "中班",
    ]


def test_midnight_may_be_written_from_both_sides() -> None:
    """16:00 to 24:00 and 00:00 to 08:00 meet without overlapping."""
    late = '[[shift]]\nname = "中班"\nfrom = "16:00"\nto = "24:00"\n'
    night = '[[shift]]\nname = "夜班"\nfrom = "24:00"\nto = "08:00"\n'
    assert [(s.from_min, s.length_min) for s in read_plan((late + night).encode()).shifts] == [(960, 480), (0, 480)]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"shift = 3",
        b"[[shift]]\nname = 'x'\nfrom = '08:00'",
        b"[[shift]]\nname = ''\nfrom = '08:00'\nto = '16:00'",
        b"[[shift]]\nname = 'x'\nfrom = '8:00'\nto = '16:00'",
        b"[[shift]]\nname = 'x'\nfrom = '08:60'\nto = '16:00'",
        b"[[shift]]\nname = 'x'\nfrom = 8\nto = '16:00'",
        NIGHT.encode() + b"[[shift]]\nname = 'x'\nfrom = '07:59'\nto = '20:00'",
        b"\xff\xfe",
        b"[[shift",
        b"#" * 70_000,
    ],
)
def test_a_slip_in_the_file_is_named_and_keeps_nobody_from_signing_on(tmp_path: Path, text: bytes) -> None:
    """The fault names the file; the shift is then simply not named."""
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises(InputFault) as caught:
        load_plan(tmp_path)
    assert caught.value.message == "error.shift_plan" and caught.value.facts["path"].endswith(FILE)
    assert planned_name(tmp_path, MIDNIGHT_MS) == ""


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: (NIGHT + t).encode("utf-8", "surrogatepass")))
def test_no_file_is_worse_than_a_value_error(data: bytes) -> None:
    """Any bytes are a plan or a ValueError."""
    with suppress(ValueError):
        assert read_plan(data).shifts
