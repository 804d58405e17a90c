"""Whether alerts were true: said with an outcome or by itself, corrected, counted; and the seats that shared them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from duty.duty_cases import ALARM, MINUTE, RAISED, SEEN, live, tell
from fengqiao.app import duty
from fengqiao.app.load import load_between, load_since
from fengqiao.model.errors import UsageFault
from fengqiao.model.findings import Priority
from fengqiao.papers.load_report import as_json, load_report
from fengqiao.papers.sheet import PAGE_CELLS, width
from fengqiao.store import Store, open_store
from store.store_cases import T0

HOUR = 60 * MINUTE
BY = ("王建国", "desk")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "data") as store:
        live(store)
        tell(store, RAISED)
        yield store


def label(store: Store) -> str:
    ((_, _, said),) = store.labelled("live")
    return said


def test_a_label_stands_beside_the_outcome(store: Store) -> None:
    """Called, and it was true; the chain holds both words."""
    assert label(store) == ""
    duty.give_outcome(store, "live", ALARM, "called", "已让清", *BY, T0 + 1, "true")
    assert label(store) == "true" and store.verify_chain() is None
    with store.reading() as connection:
        whats = [row[0] for row in connection.exec_driver_sql("SELECT what FROM audit ORDER BY seq")]
    assert whats == ["outcome", "label"]


def test_a_false_alarm_is_false_until_another_outcome_corrects_it(store: Store) -> None:
    """What an outcome implies another takes back; what an officer said himself only he changes, or a false alarm."""
    said = []
    for n, (outcome, truth) in enumerate((("false", ""), ("called", ""), ("called", "unclear"), ("notified", ""))):
        duty.give_outcome(store, "live", ALARM, outcome, "", *BY, T0 + n, truth)
        said.append(label(store))
    duty.give_outcome(store, "live", ALARM, "false", "", *BY, T0 + 8)
    said.append(label(store))
    duty.give_label(store, "live", ALARM, "true", *BY, T0 + 9)
    assert [*said, label(store)] == ["false", "", "unclear", "unclear", "false", "true"]


def test_a_label_nobody_knows_and_an_alert_nobody_raised_are_refused(store: Store) -> None:
    with pytest.raises(UsageFault, match="unknown_label"):
        duty.give_label(store, "live", ALARM, "perhaps", *BY, T0)
    with pytest.raises(UsageFault, match="alert_unknown"):
        duty.give_label(store, "live", "gap-9", "true", *BY, T0)
    with pytest.raises(UsageFault, match="unknown_label"):
        duty.give_outcome(store, "live", ALARM, "called", "", *BY, T0, "wahr")
    assert (label(store), store.outcomes("live")) == ("", [])


def test_precision_is_of_the_month_the_alert_was_raised_in(store: Store) -> None:
    """T0 is in November; one raised after midnight Beijing time is December's, though UTC still says November."""
    tell(store, RAISED, T0 + 8 * 24 * HOUR + 3 * HOUR + MINUTE, "collision-2")
    duty.give_label(store, "live", ALARM, "true", *BY, T0 + 40 * 24 * HOUR)
    found = load_between(store, "live", T0, T0 + 30 * 24 * HOUR, "zh").precision
    assert [(p.month, p.true, p.unlabelled) for p in found] == [("2026-11", 1, 0), ("2026-12", 0, 1)]


def test_the_load_is_whole_on_every_seat(store: Store) -> None:
    """Four warnings in the first hour with one seat on, four in the second with two: each seat had eight calls."""
    duty.sign_on(store, "desk", "王建国", T0 - MINUTE)
    for n in range(3):
        tell(store, RAISED, T0 + n, f"a-{n}", priority=Priority.WARNING)
    duty.sign_on(store, "east", "李海波", T0 + HOUR)
    for n in range(4):
        tell(store, RAISED, T0 + HOUR + 1 + n, f"b-{n}", priority=Priority.WARNING)
    assert store.staffed(T0, T0 + 2 * HOUR) == [(T0, 1), (T0 + HOUR, 2)]
    figures = load_between(store, "live", T0, T0 + 2 * HOUR, "zh").figures
    told = ("warned", "warned_per_hour_avg", "warned_per_10_min_max", "seats_avg")
    assert [figures[name] for name in told] == [8, 4.0, 4, 1.5]


def test_before_the_watch_began_there_was_no_quiet(store: Store) -> None:
    """Thirty days asked of a watch of one hour are one hour: too short to judge, whatever they would flatter."""
    figures = load_since(store, "live", T0 - 30 * 24 * HOUR, T0 + HOUR, "zh").figures
    assert (figures["span_s"], figures["windows_10_min"], figures["beyond_target"]) == (3600, 6, None)


def test_what_stood_before_the_span_is_told_and_does_not_call(store: Store) -> None:
    """Raised two days before, resolved within: active at first, stale, and none of the calls."""
    span = (T0 + 48 * HOUR, T0 + 49 * HOUR)
    found = load_between(store, "live", *span, "zh")
    assert (found.figures["active"], found.figures["stale_over_24_h_max"], found.figures["calls"]) == (1, 1, 0)
    assert [s.text for s in found.standing] == ["collision-1 两船将相碰"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_of_a_watch_fits_the_sheet_and_its_json_is_whole(store: Store, lang: str) -> None:
    """Hostile sentences and names stay on their lines; every figure of the table is in the JSON with its verdict."""
    bad = "\x1b[31m{0}\u202e\n" + "船" * 90
    store.save_changes("live", [])
    for n in range(12):
        tell(store, RAISED, T0 + n, f"{bad}{n}", priority=Priority.WARNING)
    tell(store, SEEN, T0 + MINUTE)
    duty.give_label(store, "live", ALARM, "true", *BY, T0 + MINUTE)
    found = load_between(store, "live", T0, T0 + HOUR, lang)
    text = load_report(found, lang)
    assert all(width(line) <= PAGE_CELLS for line in text.splitlines())
    assert "load." not in text and "\x1b" not in text and "\u202e" not in text
    told = json.loads(json.dumps(as_json(found)))
    assert {t["figure"]: t["verdict"] for t in told["targets"]}["warned_per_10_min_avg"] == "too_short"
    assert told["precision"][0]["true"] == 1 and told["flood_windows"] == 1
