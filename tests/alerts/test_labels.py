"""Precision from what officers say of alerts afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengqiao.alerts.labels import precision, wilson


@pytest.mark.parametrize(
    ("hits", "n", "interval"),
    # By hand from the formula; 0 of 10 and 10 of 10 as in Brown, Cai, DasGupta, Statistical Science 16 (2001).
    [(0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (5, 10, (0.2366, 0.7634)), (81, 263, (0.2553, 0.3662))],
)
def test_wilsons_interval(hits: int, n: int, interval: tuple[float, float]) -> None:
    """81 of 263 is the worked example of Newcombe, Statistics in Medicine 17 (1998)."""
    found = wilson(hits, n)
    assert found is not None and (round(found[0], 4), round(found[1], 4)) == interval


def test_of_nothing_there_is_no_precision() -> None:
    assert wilson(0, 0) is None
    (only,) = precision([("gap", "2026-11", "unclear"), ("gap", "2026-11", "")])
    assert (only.share, only.interval, only.unclear, only.unlabelled) == (None, None, 1, 1)


def test_precision_is_by_rule_and_month_and_says_who_is_missing() -> None:
    """Unclear and unlabelled alerts are in neither part of the fraction and stand beside it."""
    said = [("gap", "2026-10", "true")] * 3 + [("gap", "2026-10", "false")] + [("gap", "2026-11", "")]
    october, november, zone = precision([*said, ("gap", "2026-10", "unclear"), ("zone", "2026-10", "false")])
    assert (october.rule, october.month, october.share, october.interval) == ("gap", "2026-10", 0.75, (0.3006, 0.9544))
    assert (november.share, november.unlabelled, zone.share) == (None, 1, 0.0)
    assert october.as_json() == {
        "rule": "gap",
        "month": "2026-10",
        "true": 3,
        "false": 1,
        "unclear": 1,
        "unlabelled": 0,
        "precision": 0.75,
        "wilson_95": (0.3006, 0.9544),
    }


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_share_and_narrows_with_more(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    found, more = wilson(hits, n), wilson(4 * hits, 4 * n)
    assert found is not None and more is not None
    assert 0.0 <= found[0] <= hits / n + 1e-9 and hits / n - 1e-9 <= found[1] <= 1.0
    assert more[1] - more[0] < found[1] - found[0]
