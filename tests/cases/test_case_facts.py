"""Facts as people type them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.cases.facts import fact_of, fen_of, typed_name
from fengqiao.cases.lifecycle import FEN_MAX, NEEDS


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("32000", 3_200_000),
        ("32,000", 3_200_000),
        ("１，２００．５元", 120_050),
        ("￥ 800", 80_000),
        ("0.01", 1),
        ("0", 0),
        ("99999999999.99", FEN_MAX - 1),
    ],
)
def test_yuan_become_fen(typed: str, fen: int) -> None:
    assert fen_of(typed) == fen


@pytest.mark.parametrize(
    "typed", ["", "元", "-5", "1e5", "nan", "inf", "1.005", "3²", "三万二", "٣", "100000000000", "1.2.3", "9" * 400]
)
def test_what_is_no_amount_is_not_guessed(typed: str) -> None:
    assert fen_of(typed) is None


@given(fen=st.integers(0, FEN_MAX - 1))
@settings(max_examples=200, deadline=None)
def test_no_fen_is_lost(fen: int) -> None:
    """Floats would lose some: 1.15 yuan is 114.99999999999999 fen."""
    assert fen_of(f"{fen // 100:,}.{fen % 100:02d}") == fen


@pytest.mark.parametrize(
    ("name", "typed", "fact"),
    [
        ("amount_yuan", "1200.5", ("amount_fen", 120_050)),
        ("amount_yuan", "many", ("amount_fen", "many")),
        ("paid_fen", "80000", ("paid_fen", 80_000)),
        ("paid_fen", "８", ("paid_fen", "８")),
        ("rights_told", "是", ("rights_told", True)),
        ("nobody_refuses", "no", ("nobody_refuses", False)),
        ("paid", "maybe", ("paid", "maybe")),
        ("reason", " 撤回 ", ("reason", "撤回")),
    ],
)
def test_a_fact_gets_its_kind_from_its_name(name: str, typed: str, fact: tuple[str, Any]) -> None:
    assert fact_of(name, typed) == fact


@pytest.mark.parametrize("need", NEEDS)
def test_the_name_people_type_leads_back_to_the_need(need: str) -> None:
    assert fact_of(typed_name(need), "1")[0] == need


@given(name=st.sampled_from([*NEEDS, "amount_yuan", "paid"]), typed=st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_typed(name: str, typed: str) -> None:
    got, value = fact_of(name, typed)
    assert got and isinstance(value, str | int | bool)
