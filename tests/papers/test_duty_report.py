"""Lines of a paper: they fit the sheet, lose nothing, and what comes from outside stays on its line."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.alerts.load import LoadMeter
from fengqiao.papers.duty_report import DutyDay, Gale, Heard, Line, Officer, duty_report
from fengqiao.papers.sheet import PAGE_CELLS, fold, width

T0 = 1_795_352_400_000
TEXTS = st.text(st.sampled_from("渔船，。 ab\u0301（）ｆ-1"), max_size=200)
EMPTY = DutyDay(
    from_ms=T0,
    to_ms=T0 + 1,
    officers=(),
    heard=Heard(0, 0, at_least=False),
    gales=(),
    load=LoadMeter().figures() | LoadMeter().details(),
    precision=(),
    urgent=(),
    acknowledge_s=(),
    outcomes=(),
    corrections=(),
    cases_new=(),
    cases_new_count=0,
    handovers=(),
    log=(),
    log_count=0,
    open_alerts=0,
    owed=0,
    cases_open=0,
    audit_seq=0,
    audit_hash="0" * 64,
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.integers(0, 12), st.integers(24, 80))
def test_folding_fits_the_sheet_and_loses_nothing_but_blanks(text: str, indent: int, cells: int) -> None:
    """However wide the characters, and wherever the blanks stand."""
    line = " " * indent + text
    folded = list(fold(line, cells))
    assert all(width(part) <= cells for part in folded)
    assert "".join("".join(folded).split()) == "".join(line.split())
    assert all(part.startswith(" " * (indent + 2)) for part in folded[1:])


def test_a_line_is_cut_at_a_blank_where_one_is_near_the_end() -> None:
    """Words stay whole; Chinese, which has no blanks, is cut between characters."""
    assert list(fold("ab cde fg", 6)) == ["ab cde", "  fg"]
    assert list(fold("浙样渔一二三四", 8)) == ["浙样渔一", "  二三四"]


def test_no_line_begins_with_a_closing_mark() -> None:
    """The character before goes down with it."""
    assert list(fold("浙样渔船，来电", 8)) == ["浙样渔", "  船，来", "  电"]


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("浙渔", 4), ("（ｆ", 4), ("e\u0301", 1), ("", 0)])
def test_widths_are_those_of_a_terminal(text: str, cells: int) -> None:
    """Two cells for wide and full-width characters, none for a mark above another."""
    assert width(text) == cells


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_text_stays_on_its_line_and_on_the_sheet(lang: str) -> None:
    """Escapes, line ends, turned direction and templates in names and sentences are plain characters of one entry."""
    bad = "\x1b[31m{0.__class__}\u202e\r\n一、伪造 0\n" + "船" * 90
    line = Line(T0, bad, bad, 122.5, 30.1, bad)
    day = replace(
        EMPTY,
        officers=(Officer(bad, bad, T0, None),),
        gales=(Gale(bad, 8, T0, T0 + 1),),
        urgent=((T0, bad),),
        cases_new=((bad, "case.cause.C01"),),
        cases_new_count=1,
        handovers=((T0, bad, bad, 1, bad),),
        log=(line,),
        log_count=1,
    )
    told = duty_report(day, lang)
    assert not any(c in told for c in "\x1b\u202e\r") and "{0.__class__}" in told
    assert all(width(part) <= PAGE_CELLS for part in told.splitlines())
    assert not any(part.startswith("一、伪造") for part in told.splitlines())


def test_what_was_not_measured_is_not_printed() -> None:
    """No alert raised: no share, no load, no median; nothing audited: no head; nobody on: a line to fill in."""
    told = duty_report(EMPTY, "zh")
    assert not any(
        word in told for word in ("按等级", "负荷", "用时", "大风", "更正", "另有", "审计链", "None", "report.")
    )
    assert "值班员  ____\n" in told


def test_a_log_cut_short_says_how_much_it_left_out() -> None:
    """The latest lines are printed, the earlier ones counted."""
    told = duty_report(replace(EMPTY, log=(Line(T0, "王建国", "", None, None, "巡查"),), log_count=2_041), "zh")
    assert "六、值班日志  2041 条\n    另有 2040 条未列\n    11-22 21:00 王建国 巡查\n" in told
