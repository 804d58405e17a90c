"""How heavily alerts weigh on one seat, in the figures of ISA-18.2."""

import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.alerts import TARGETS, BookCounts, LoadMeter, Verdict, verdicts
from fengqiao.alerts import load as load_figures
from fengqiao.model.findings import AlertChange, ChangeKind, Priority

T0 = 1_757_993_400_000
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def change(
    at_s: float,
    key: str = "412000002",
    kind: ChangeKind = ChangeKind.RAISED,
    rule: str = "collision",
    priority: Priority = Priority.WARNING,
    alert: str = "",
    acked: bool = False,
) -> AlertChange:
    name = alert or f"{rule}-{key}-{at_s}"
    at_ms = T0 + int(at_s * 1000)
    return AlertChange(at_ms, kind, name, rule, (key,), priority, (), None, None, f"alert.{rule}", {}, True, acked, {})


def metered(*changes: AlertChange, until_s: float = 0.0) -> LoadMeter:
    """A meter that began at 0 s, saw these changes in order and ran until ``until_s``."""
    meter = LoadMeter()
    meter.tick(T0)
    meter.add(changes)
    meter.tick(T0 + int(until_s * 1000))
    return meter


def test_empty_windows_count() -> None:
    """Four alerts in the first ten minutes of an hour are 0.67 a window, not four."""
    figures = metered(*(change(i) for i in range(4)), until_s=HOUR_S).figures()
    assert (figures["windows_10_min"], figures["raised_per_10_min_avg"], figures["raised_per_10_min_max"]) == (
        6,
        round(4 / 6, 4),
        4,
    )


def test_a_flood_is_more_than_ten_in_a_window() -> None:
    """Ten in one window are none, eleven in the next are one: one window in four."""
    ten = [change(i, str(i)) for i in range(10)]
    eleven = [change(10 * MINUTE_S + i, str(i)) for i in range(11)]
    figures = metered(*ten, *eleven, until_s=40 * MINUTE_S).figures()
    assert (figures["flood_windows_share"], figures["raised_per_10_min_max"]) == (0.25, 11)


def test_the_present_window_counts_before_it_is_over() -> None:
    """A flood is in the figures while it lasts."""
    figures = metered(*(change(i, str(i)) for i in range(11)), until_s=11).figures()
    assert (figures["windows_10_min"], figures["flood_windows_share"]) == (1, 1.0)


def test_a_window_that_is_only_being_entered_counts_with_its_first_alert() -> None:
    """A span of exactly ten minutes is one window, and two if something is raised at its last instant."""
    quiet, busy = metered(until_s=10 * MINUTE_S).figures(), metered(change(10 * MINUTE_S)).figures()
    assert (quiet["windows_10_min"], busy["windows_10_min"], busy["raised_per_10_min_avg"]) == (1, 2, 0.5)


def test_neither_late_ticks_nor_acts_move_time() -> None:
    """The span ends at the latest tick, whatever comes late and whenever a person says it was."""
    meter = metered(until_s=HOUR_S)
    meter.tick(T0 + 1000)
    meter.add([change(DAY_S, kind=ChangeKind.ACKNOWLEDGED)])
    assert meter.figures()["span_s"] == HOUR_S


def test_what_asks_for_nobody_weighs_nothing() -> None:
    """Acknowledging, easing and resolving are told under changes and are no calls."""
    quiet = [kind for kind in ChangeKind if kind.value not in load_figures.CALLS]
    others = [change(1, kind=kind, alert="a", acked=True) for kind in quiet]
    figures = metered(*others).figures()
    assert (figures["calls"], figures["changes"]) == (0, {kind.value: 1 for kind in sorted(c.change for c in others)})


def test_worse_and_unanswered_alerts_call_anew() -> None:
    """Raised as a caution, a warning two minutes later, escalated to an alarm: one alert, three calls, one a caution.

    By alerts raised alone this hour would show a single caution.
    """
    again = [change(120, kind=ChangeKind.WORSENED, alert="a")]
    if "escalated" in {kind.value for kind in ChangeKind}:
        again.append(change(420, kind=ChangeKind("escalated"), alert="a", priority=Priority.ALARM))
    figures = metered(change(0, priority=Priority.CAUTION, alert="a"), *again, until_s=HOUR_S).figures()
    told = ("raised", "calls", "warned", "cautioned")
    assert [figures[name] for name in told] == [1, 1 + len(again), len(again), 1]
    assert figures["warned_per_hour_avg"] == len(again)


def test_the_end_of_a_shelf_calls_and_so_does_who_is_heard_again_worse() -> None:
    """Off the shelf because its time is over, and lost and heard again as an alarm: both ask anew; taken off the shelf
    by a person, and heard again no worse, ask nobody."""
    shelf = [change(0, alert="a"), change(600, kind=ChangeKind.UNSHELVED, alert="a")]
    by_hand = [change(601, alert="b"), change(700, kind=ChangeKind.UNSHELVED, alert="b", acked=True)]
    lost = [change(701, alert=name) for name in "cd"] + [change(800, kind=ChangeKind.LOST, alert=n) for n in "cd"]
    heard = [
        change(900, kind=ChangeKind.REGAINED, alert="c"),
        change(900, kind=ChangeKind.REGAINED, alert="d", priority=Priority.ALARM),
    ]
    figures = metered(*shelf, *by_hand, *lost, *heard, until_s=HOUR_S).figures()
    assert (figures["warned"], figures["calls_by_change"]) == (6, {"raised": 4, "regained": 1, "unshelved": 1})


def test_an_escalation_asks_no_second_question() -> None:
    """Raised at 0 s, escalated at 300 s and 420 s, taken at 430 s: not answered in five minutes, once, and not "within
    ten seconds" either."""
    steps = [change(s, kind=ChangeKind.ESCALATED, alert="a", priority=Priority.ALARM) for s in (300, 420)]
    seen = change(430, kind=ChangeKind.ACKNOWLEDGED, alert="a", acked=True)
    figures = metered(change(0, alert="a"), *steps, seen, until_s=HOUR_S).figures()
    assert (figures["answered_in_5_min"], figures["unanswered_in_5_min"]) == (0, 1)


def test_cautions_are_no_load_of_the_standard() -> None:
    """Eleven cautions and a warning in ten minutes are no flood, and one call at warning or above."""
    cautions = [change(i, str(i), priority=Priority.CAUTION) for i in range(11)]
    figures = metered(*cautions, change(12, "w"), until_s=10 * MINUTE_S).figures()
    told = ("flood_windows", "warned_per_10_min_avg", "warned_per_10_min_max", "cautioned", "raised")
    assert [figures[name] for name in told] == [0, 1.0, 1, 11, 12]


def test_a_flood_is_no_smaller_for_a_second_seat() -> None:
    """Twelve warnings sound at every seat: with one on or with two, each is flooded. How many shared it is said."""
    meter = metered(*(change(i, str(i)) for i in range(12)))
    meter.staff(T0 + HOUR_S * 1000, 2)
    meter.add(change(HOUR_S + i, str(i)) for i in range(12))
    meter.tick(T0 + 2 * HOUR_S * 1000)
    figures = meter.figures()
    told = ("flood_windows", "warned_per_10_min_max", "warned_per_hour_avg", "warned", "seats_avg")
    assert [figures[name] for name in told] == [2, 12, 12.0, 24, 1.5]


def test_an_empty_chair_makes_no_load_vanish() -> None:
    """Nobody signed on: the whole load stands as on one seat."""
    meter = metered()
    meter.staff(T0, 0)
    meter.add(change(i, str(i)) for i in range(6))
    assert meter.figures()["warned_per_10_min_max"] == 6


def test_how_soon_calls_are_answered() -> None:
    """At 120 s is within two minutes, at 300 s within five, later is not; who is not yet five minutes old waits."""
    seen = ChangeKind.ACKNOWLEDGED
    asked = [change(0, name, alert=name) for name in "abcd"] + [change(0, "e", alert="e", priority=Priority.CAUTION)]
    answers = [change(s, n, seen, alert=n) for s, n in ((120, "a"), (300, "b"), (301, "c"), (301, "e"))]
    meter = metered(*asked, *answers, change(400, "f", alert="f"), until_s=500)
    figures = meter.figures()
    told = ("answered_in_2_min", "answered_in_5_min", "unanswered_in_5_min", "answered_in_2_min_share")
    assert [figures[name] for name in told] == [1, 2, 2, 0.25]
    assert list(meter._waiting) == ["f"]


def test_what_stood_before_the_span_is_stale_within_it() -> None:
    """Raised twenty hours before the span and never resolved: stale after four hours of it, without being a call."""
    meter = LoadMeter()
    meter.stand("old", T0 - 20 * HOUR_S * 1000)
    meter.tick(T0)
    before = meter.figures()
    meter.tick(T0 + 4 * HOUR_S * 1000 + 1)
    after = meter.figures()
    assert (before["stale_over_24_h"], after["stale_over_24_h"], after["calls"], after["active"]) == (0, 1, 0, 1)


def test_details_name_hours_sources_floods_and_chatter() -> None:
    """T0 is 11:30 Beijing time: eleven calls of one key at once, then a caution of another in the next hour."""
    burst = [change(i, "busy") for i in range(11)]
    found = metered(*burst, change(45 * MINUTE_S, "calm", priority=Priority.CAUTION), until_s=HOUR_S).details()
    hour = T0 // 3_600_000 * 3_600_000
    assert found["hours"] == [[hour, 11, 0], [hour + 3_600_000, 0, 1]]
    assert found["top_sources"] == [
        {"rule": "collision", "key": ["busy"], "calls": 11},
        {"rule": "collision", "key": ["calm"], "calls": 1},
    ]
    assert found["floods"] == [[T0, 11.0]]
    chatter: Any = found["chatter"]
    assert [episode["at_ms"] for episode in chatter] == [T0, T0 + 3000, T0 + 6000]


STREAMS = st.lists(
    st.tuples(
        st.integers(0, 3 * DAY_S),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([ChangeKind.RAISED, ChangeKind.WORSENED, ChangeKind.RESOLVED, ChangeKind.ACKNOWLEDGED]),
        st.sampled_from(list(Priority)),
    ),
    max_size=80,
).map(sorted)


def of(stream: list[tuple[int, str, ChangeKind, Priority]]) -> LoadMeter:
    return metered(*(change(s, key, kind, priority=p, alert=key) for s, key, kind, p in stream), until_s=3 * DAY_S)


@given(STREAMS)
@settings(max_examples=150, deadline=None)
def test_hours_sources_and_levels_each_add_up_to_the_calls(stream: list[tuple[int, str, ChangeKind, Priority]]) -> None:
    """However they are cut up, no call is lost and none counted twice."""
    meter = of(stream)
    figures, hours = meter.figures(), list(meter.hours.values())
    assert sum(map(sum, hours)) == sum(meter.by_key.values()) == meter.calls.total() == figures["calls"]
    assert [sum(h[0] for h in hours), sum(h[1] for h in hours)] == [figures["warned"], figures["cautioned"]]


@given(STREAMS, st.data())
@settings(max_examples=100, deadline=None)
def test_the_parts_of_a_stream_weigh_as_much_as_the_whole(
    stream: list[tuple[int, str, ChangeKind, Priority]], data: st.DataObject
) -> None:
    """Two meters that share the alerts out count together what one counts; no part is fuller than the whole."""
    mine = data.draw(st.sets(st.sampled_from(["a", "b", "c"])))
    parts = [of([c for c in stream if (c[1] in mine) == here]) for here in (True, False)]
    whole = of(stream)
    assert parts[0].calls + parts[1].calls == whole.calls and parts[0].changes + parts[1].changes == whole.changes
    assert parts[0].by_key + parts[1].by_key == whole.by_key
    assert max(p.fullest_warned for p in parts) <= whole.fullest_warned <= sum(p.fullest_warned for p in parts)
    assert parts[0].answered + parts[1].answered == whole.answered


@given(STREAMS, st.integers(0, 80))
@settings(max_examples=100, deadline=None)
def test_a_stream_in_pieces_weighs_as_in_one(stream: list[tuple[int, str, ChangeKind, Priority]], cut: int) -> None:
    """A restart between two changes, with the meter kept, changes nothing."""
    changes = [change(s, key, kind, priority=p, alert=key) for s, key, kind, p in stream]
    meter = LoadMeter()
    meter.tick(T0)
    meter.add(changes[:cut])
    meter = pickle.loads(pickle.dumps(meter))
    meter.add(changes[cut:])
    meter.tick(T0 + 3 * DAY_S * 1000)
    assert meter == of(stream)


def test_by_rule_and_priority() -> None:
    figures = metered(
        change(1, rule="gap", priority=Priority.CAUTION),
        change(2, "x"),
        change(3, "y", priority=Priority.EMERGENCY),
        change(4, "z", priority=Priority.ALARM),
    ).figures()
    assert figures["raised_by_rule"] == {"collision": 3, "gap": 1}
    assert figures["raised_by_priority"] == {"caution": 1, "warning": 1, "alarm": 1, "emergency": 1}
    assert (figures["calls_warning_share"], figures["calls_alarm_or_emergency_share"]) == (0.25, 0.5)


def test_the_share_of_the_ten_worst_keys() -> None:
    """Ten keys with two alerts each and twenty with one: the ten make half of the load."""
    changes = [change(i, str(i % 30)) for i in range(30)] + [change(30 + i, str(i)) for i in range(10)]
    assert metered(*changes).figures()["top_10_keys_share"] == 0.5


@pytest.mark.parametrize(
    ("seconds", "episodes"),
    [((0, 30, 60), 1), ((0, 30, 61), 0), ((0, 1, 2, 3), 1), ((0, 1, 2, 3, 4, 5), 2), ((0, 50, 100, 110), 1), ((0,), 0)],
)
def test_three_raises_of_one_key_in_a_minute_are_chatter(seconds: tuple[int, ...], episodes: int) -> None:
    assert metered(*map(change, seconds)).figures()["chatter_episodes"] == episodes


def test_three_keys_in_a_minute_are_no_chatter() -> None:
    assert metered(*(change(i, str(i)) for i in range(3))).figures()["chatter_episodes"] == 0


def test_stale_is_active_for_more_than_a_day() -> None:
    """Two stand for over a day, one of them is resolved: one is stale now, two were at the worst."""
    meter = metered(change(0, "a", alert="a"), change(1, "b", alert="b"), until_s=DAY_S + 2)
    meter.add([change(DAY_S + 3, "a", ChangeKind.RESOLVED, alert="a")])
    meter.tick(T0 + (DAY_S + 4) * 1000)
    figures = meter.figures()
    assert (figures["active"], figures["stale_over_24_h"], figures["stale_over_24_h_max"]) == (1, 1, 2)


def test_a_share_of_nothing_is_unknown() -> None:
    """Before the first tick nothing is known, and nothing breaks."""
    figures = LoadMeter().figures()
    assert (figures["raised_per_10_min_avg"], figures["top_10_keys_share"], figures["beyond_target"]) == (None,) * 3


def test_what_was_held_back_is_told_when_known() -> None:
    """Suppressed re-raises come from the book; where its counts are not given they are absent, not zero."""
    meter = metered(change(1))
    books = [BookCounts(suppressed_reraises=3), BookCounts(suppressed_reraises=4)]
    assert meter.figures(books)["suppressed_reraises"] == 7
    assert "suppressed_reraises" not in meter.figures()


def test_no_verdict_on_less_than_thirty_days() -> None:
    """The standard judges thirty days or more; a busy hour proves nothing."""
    assert metered(change(1), until_s=29 * DAY_S).figures()["beyond_target"] is None


def test_thirty_days_are_judged_by_the_table() -> None:
    """One chattering key in a quiet month: chatter and top-ten share are beyond target, the averages are not."""
    changes = [change(i, priority=Priority.CAUTION) for i in (0, 1, 2)]
    figures = metered(*changes, until_s=30 * DAY_S).figures()
    assert figures["beyond_target"] == ["top_10_keys_share", "chatter_episodes"]


def test_verdicts_tell_target_from_limit() -> None:
    """1.5 a window for thirty days is beyond the target of 1 and within the limit of 2; 2.5 is beyond both."""
    short = dict(verdicts(metered(change(1)).figures()))
    assert set(short.values()) == {Verdict.TOO_SHORT}
    figures = metered(change(1), until_s=30 * DAY_S).figures()
    rate = TARGETS[0]
    asked = (0.5, 1.5, 2.5, None)
    said = [dict(verdicts({**figures, rate.figure: value}))[rate] for value in asked]
    assert said == [Verdict.WITHIN, Verdict.BEYOND_TARGET, Verdict.BEYOND_LIMIT, Verdict.UNKNOWN]


def test_every_target_has_its_figure_and_its_source() -> None:
    figures = metered(change(1)).figures()
    assert all(t.figure in figures and t.source for t in TARGETS)


def test_figures_are_json_and_survive_a_restart() -> None:
    meter = metered(change(1), change(2, "x"), until_s=HOUR_S)
    again = pickle.loads(pickle.dumps(meter))
    assert again == meter
    assert json.loads(json.dumps(meter.figures())) == again.figures()


def test_memory_of_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the rarer keys are let go and counted; the frequent one is still known."""
    monkeypatch.setattr(load_figures, "KEYS_MAX", 10)
    changes = [change(i, "often" if i % 2 else f"k{i}") for i in range(100)]
    meter = metered(*changes)
    assert len(meter.by_key) <= 10
    assert meter.by_key["collision", ("often",)] == 50
    assert meter.figures()["keys_let_go"] == 51 - len(meter.by_key)


def test_chatter_is_listened_for_a_minute_only() -> None:
    """What was raised longer ago than a minute is not kept for it."""
    meter = metered(*(change(i, str(i)) for i in range(300)))
    assert len(meter._lately) == 61
