"""Folding sentences in which Chinese and Latin stand side by side."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from fengqiao.desk.widgets.prose import folded

WIDE_AND_NARROW = st.text(st.sampled_from("渔船碰 ab，。（）7%-"), max_size=60)


def plain(text: str, width: int) -> list[str]:
    return [line.plain for line in folded([Text(text)], width)]


def test_a_name_of_two_words_stays_in_its_line() -> None:
    """What knows only blanks as places to break would leave QINGLAN alone on a line."""
    assert plain("QINGLAN HARBOR（商船）将在7分钟后通过", 24) == ["QINGLAN HARBOR（商船）将", "在7分钟后通过"]


def test_no_line_begins_with_a_full_stop_or_ends_with_a_bracket() -> None:
    assert plain("浙普渔甲乙丙。（待核）", 12) == ["浙普渔甲乙", "丙。（待核）"]


def test_a_word_too_long_is_cut_where_the_line_ends() -> None:
    assert plain("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_a_folded_line_goes_on_under_its_own_indentation() -> None:
    assert plain("  one two three", 9) == ["  one two", "  three"]


def test_styles_stay_with_their_words() -> None:
    first, second = folded([Text.assemble(("aaaa ", "bold"), ("bbbb", "red"))], 5)
    assert [(s.style, first.plain[s.start : s.end]) for s in first.spans] == [("bold", "aaaa")]
    assert [(s.style, second.plain[s.start : s.end]) for s in second.spans] == [("red", "bbbb")]


@settings(max_examples=150, deadline=None)
@given(WIDE_AND_NARROW, st.integers(4, 30))
@example("777。渔 。", 4)  # what a cut carries over is itself too wide
def test_nothing_is_lost_and_nothing_too_wide(text: str, width: int) -> None:
    lines = plain(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize("width", [0, 1, 2])
def test_no_room_at_all_still_ends(width: int) -> None:
    assert "".join(plain("渔ab船", width)).replace(" ", "") == "渔ab船"
