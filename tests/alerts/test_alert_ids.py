"""Names of alerts: the same in every replay, safe wherever a name is typed or stored."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengqiao.alerts.ids import alert_id

T0 = 1_757_993_400_000  # 2025-09-16T03:30:00Z
keys = st.lists(st.text(max_size=60), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("rule", "key", "name"),
    [
        ("collision", ("412000002", "413000001"), "collision-412000002-413000001-20250916T033000Z"),
        ("zone", ("412000002", "moratorium-26.5-30@4"), "zone-412000002-moratorium-26.5-30@4-20250916T033000Z"),
        ("feed", ("udp10110",), "feed-udp10110-20250916T033000Z"),
    ],
)
def test_an_id_says_rule_key_and_instant(rule: str, key: tuple[str, ...], name: str) -> None:
    assert alert_id(rule, key, T0) == name


@given(st.text(max_size=200), keys, st.integers(0, 4_102_444_800_000))
def test_an_id_is_safe_and_short(rule: str, key: tuple[str, ...], raised_ms: int) -> None:
    """Whatever a feed or a vessel calls itself, the id is a safe file name and shell word of at most 128 characters."""
    name = alert_id(rule, key, raised_ms)
    assert re.fullmatch(r"[A-Za-z0-9._@-]{1,128}", name)


@given(st.integers(1, 4).flatmap(lambda n: st.tuples(*[st.lists(st.text(max_size=60), min_size=n, max_size=n)] * 2)))
def test_two_keys_have_two_ids(two: tuple[list[str], list[str]]) -> None:
    """Keys of one rule that differ in anything, even in what had to be replaced, have different ids."""
    a, b = map(tuple, two)
    assert (alert_id("zone", a, T0) == alert_id("zone", b, T0)) == (a == b)


def test_a_hyphen_that_could_stand_between_parts_is_told_apart() -> None:
    assert alert_id("zone", ("a-b", "c"), T0) != alert_id("zone", ("a", "b-c"), T0)


def test_a_long_key_is_cut_and_told_apart() -> None:
    """Two keys that differ only behind the cut still have two ids."""
    assert alert_id("zone", ("x" * 300 + "a",), T0) != alert_id("zone", ("x" * 300 + "b",), T0)
