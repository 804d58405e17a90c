"""Ticks out of the stream: cut where time crosses a boundary, wherever a batch ends."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import T0, batch, fix
from fengqiao.app.ticker import TICK_MS, TICKS_IN_A_GAP_MAX, Ticker
from fengqiao.model.inputs import Tick
from fengqiao.model.reports import ReportBatch

Event = tuple[str, int]


def events(*batches: ReportBatch) -> list[Event]:
    """Ticks and reports in the order a watch would meet them."""
    ticker, out = Ticker(), []
    for one in batches:
        for part in ticker.cut(one):
            if isinstance(part, Tick):
                out.append(("tick", part.at_ms))
            else:
                assert list(part.positions.line) == list(range(len(part)))
                out += [("report", int(t)) for t in part.positions.ref_ms]
    return out + [("tick", tick.at_ms) for tick in ticker.close()]


def reports(*seconds: float) -> ReportBatch:
    return batch(*(fix(412000001 + i, s, 122.0, 30.0) for i, s in enumerate(seconds)))


def test_a_tick_stands_between_what_came_before_and_after_it() -> None:
    assert events(reports(1, 9, 11)) == [
        ("report", T0 + 1_000),
        ("report", T0 + 9_000),
        ("tick", T0 + 10_000),
        ("report", T0 + 11_000),
        ("tick", T0 + 20_000),
    ]


def test_a_late_report_makes_no_tick() -> None:
    """Time that runs backwards in one sentence does not move the watch."""
    kinds = [kind for kind, _ in events(reports(11, 1, 12))]
    assert kinds == ["report", "report", "report", "tick"]


def test_of_a_long_hole_only_the_last_hour_is_ticked_through() -> None:
    ticks = [at for kind, at in events(reports(0, 86_400)) if kind == "tick"]
    assert len(ticks) == TICKS_IN_A_GAP_MAX + 1
    assert ticks[-2] == T0 + 86_400_000


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=30), st.lists(st.integers(0, 30), max_size=4))
def test_where_batches_end_changes_nothing(seconds: list[int], cuts: list[int]) -> None:
    edges = [0, *sorted(min(c, len(seconds)) for c in cuts), len(seconds)]
    parts = [reports(*seconds[a:b]) for a, b in itertools.pairwise(edges)]
    assert events(*parts) == events(reports(*seconds))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=30))
def test_ticks_come_every_ten_seconds_and_never_go_back(seconds: list[int]) -> None:
    ticks = [at for kind, at in events(reports(*seconds)) if kind == "tick"]
    assert all(b - a == TICK_MS for a, b in itertools.pairwise(ticks))
    assert ticks[-1] > T0 + max(seconds) * 1000 - TICK_MS
