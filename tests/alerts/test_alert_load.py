"""How heavily alerts weigh on one seat, in the figures of ISA-18.2."""

import json
import pickle

import pytest

from fengqiao.alerts import TARGETS, BookCounts, LoadMeter
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
) -> AlertChange:
    name = alert or f"{rule}-{key}-{at_s}"
    at_ms = T0 + int(at_s * 1000)
    return AlertChange(at_ms, kind, name, rule, (key,), priority, (), None, None, f"alert.{rule}", {}, True, False, {})


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


def test_only_raises_are_load() -> None:
    """Acknowledging, easing and resolving are told under changes and weigh nothing."""
    others = [change(1, kind=kind, alert="a") for kind in ChangeKind if kind is not ChangeKind.RAISED]
    figures = metered(*others).figures()
    assert (figures["raised"], figures["changes"]) == (0, {kind.value: 1 for kind in sorted(c.change for c in others)})


def test_by_rule_and_priority() -> None:
    figures = metered(
        change(1, rule="gap", priority=Priority.CAUTION),
        change(2, "x"),
        change(3, "y", priority=Priority.EMERGENCY),
        change(4, "z", priority=Priority.ALARM),
    ).figures()
    assert figures["raised_by_rule"] == {"collision": 3, "gap": 1}
    assert figures["raised_by_priority"] == {"caution": 1, "warning": 1, "alarm": 1, "emergency": 1}
    assert (figures["raised_warning_share"], figures["raised_alarm_or_emergency_share"]) == (0.25, 0.5)


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
    assert meter.figures(BookCounts(suppressed_reraises=3))["suppressed_reraises"] == 3
    assert "suppressed_reraises" not in meter.figures()


def test_no_verdict_on_less_than_thirty_days() -> None:
    """The standard judges thirty days or more; a busy hour proves nothing."""
    assert metered(change(1), until_s=29 * DAY_S).figures()["beyond_target"] is None


def test_thirty_days_are_judged_by_the_table() -> None:
    """One chattering key in a quiet month: chatter and top-ten share are beyond target, the averages are not."""
    changes = [change(i, priority=Priority.CAUTION) for i in (0, 1, 2)]
    figures = metered(*changes, until_s=30 * DAY_S).figures()
    assert figures["beyond_target"] == ["top_10_keys_share", "chatter_episodes"]


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
