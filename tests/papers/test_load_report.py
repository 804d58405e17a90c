"""The load report: every hour has its line, long spans are folded, verdicts fall on thirty days and not before."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.alerts.labels import precision
from fengqiao.alerts.load import LoadMeter
from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.papers.load_report import Load, Standing, load_report
from fengqiao.papers.sheet import PAGE_CELLS, width

T0 = 1_795_352_400_000  # 2026-11-22 21:00 Beijing time
HOUR_S, DAY_S = 3_600, 86_400


def change(at_s: int, key: str = "412000002", priority: Priority = Priority.WARNING) -> AlertChange:
    name, at_ms = f"gap-{key}-{at_s}", T0 + at_s * 1000
    return AlertChange(
        at_ms, ChangeKind.RAISED, name, "gap", (key,), priority, (), None, None, "alert.gap", {}, True, False, {}
    )


def weighed(*changes: AlertChange, until_s: int) -> Load:
    meter = LoadMeter()
    meter.tick(T0)
    meter.add(changes)
    meter.tick(T0 + until_s * 1000)
    return Load(meter.figures() | meter.details(), {"412000002": "浙样渔00002"})


def test_a_night_in_lines_that_can_be_counted_by_hand() -> None:
    """Twelve warnings at nine, nothing at ten, a caution at eleven: one flood, three lines, sources by name."""
    burst = [change(i) for i in range(12)]
    told = load_report(weighed(*burst, change(2 * HOUR_S, "412000003", Priority.CAUTION), until_s=3 * HOUR_S - 1), "zh")
    assert "    11-22 21    12    0  ############\n    11-22 22     0    0\n    11-22 23     0    1  +\n" in told
    assert "超过十次的十分钟时段 1 个\n    11-22 21:00 起  每席位 12 次\n" in told
    assert "      12 次  92.3%  离线  浙样渔00002 412000002\n" in told and "离线  412000003\n" in told
    assert "反复触发 4 次" in told and "不作评判" in told and "签收时效" not in told


@pytest.mark.parametrize(("lang", "word"), [("zh", "离线  网列\n"), ("en", "net line\n")])
def test_what_is_no_vessel_is_said_in_words(lang: str, word: str) -> None:
    assert word in load_report(weighed(change(0, "net"), until_s=HOUR_S), lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_sources_stay_on_their_line(lang: str) -> None:
    """The id of a centre's own zone, a name of the register: no escape, no forged line, wherever a source is named."""
    bad = "\x1b[2J{0}\u202e\n!! 伪造 0"
    meter = LoadMeter()
    meter.tick(T0)
    meter.add([change(i, bad) for i in range(3)])
    meter.tick(T0 + 600_000)
    load = Load(meter.figures() | meter.details(), {bad: bad}, [Standing(T0, Priority.ALARM, bad)])
    told = load_report(load, lang)
    assert told.count("{0}") >= 3 and not any(c in told for c in "\x1b\u202e")
    assert not any(line.startswith("!! 伪造") for line in told.splitlines())


def test_days_are_laid_over_each_other() -> None:
    """A hundred calls at nine in the evening of each of three days: one line for that hour, and what a mark means."""
    calls = [change(day * DAY_S + i, str(i)) for day, i in product(range(3), range(100))]
    told = load_report(weighed(*calls, until_s=3 * DAY_S), "zh")
    assert "\n    21   300    0  " + "#" * 43 + "\n" in told and "每个符号不超过 7 次" in told
    assert "\n    00     0    0\n    01     0    0\n" in told and "11-22 22" not in told


def test_a_month_is_judged_against_target_and_limit() -> None:
    """Thirty days, one chattering source: averages are within, its share and its chatter beyond the target."""
    told = load_report(weighed(change(0), change(1), change(2), until_s=30 * DAY_S), "zh")
    lines = {
        line.split()[0]: line.split()[-1] for line in told.splitlines() if line.startswith("    ") and line.split()
    }
    assert (lines["每十分钟平均"], lines["反复触发"], lines["前十个来源占"]) == ("达标", "超目标", "超目标")
    assert "不作评判" not in told


def test_a_recording_of_nothing_says_so() -> None:
    meter = LoadMeter()
    assert load_report(Load(meter.figures() | meter.details()), "zh") == "没有数据，无从统计预警负荷\n"


def test_what_stands_at_the_end_and_was_lost_says_so() -> None:
    """ "Now 0.2 nm apart" is of when they were last heard."""
    stands = [Standing(T0, Priority.ALARM, "现距0.2海里", lost) for lost in (True, False)]
    load = weighed(change(0), change(1), until_s=HOUR_S)
    told = load_report(Load(load.figures, {}, stands), "zh")
    assert "[报警] 离线，无法判断  现距0.2海里" in told and "[报警] 现距0.2海里" in told


@pytest.mark.parametrize("lang", ["zh", "en"])
@given(
    st.lists(st.tuples(st.integers(0, 3 * DAY_S), st.text(max_size=60), st.sampled_from(list(Priority))), max_size=30),
    st.text(max_size=200),
)
@settings(max_examples=40, deadline=None)
def test_no_line_leaves_the_sheet(lang: str, calls: list[tuple[int, str, Priority]], text: str) -> None:
    """Whatever stands in keys and sentences."""
    load = weighed(*(change(*call) for call in sorted(calls)), until_s=3 * DAY_S)
    said = precision([("gap", "2026-11", "true"), ("zone", "2026-11", "")])
    told = load_report(Load(load.figures, {}, [Standing(T0, Priority.ALARM, text)], said), lang)
    assert all(width(line) <= PAGE_CELLS for line in told.split("\n"))
