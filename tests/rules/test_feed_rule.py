from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.fleet.receiver_pulse import ReceiverPulse
from fengqiao.model.findings import Findings, Priority
from fengqiao.model.health import FeedHealth, ReceiverHealth
from fengqiao.model.reports import Lines, Receiver
from fengqiao.rules import feed
from fengqiao.rules.feed import Params
from rules.scene import AT_MS, Scene, only, sentences

HOUR_MS = 3_600_000
BUSY = FeedHealth("udp:10110", 36_000, 10, AT_MS - 2 * HOUR_MS, AT_MS, 5.0)
SLOW = replace(BUSY, sentences=600)  # a sentence in 12 s


def ask(health: FeedHealth, silent_s: float = 0.0) -> Findings:
    health = replace(health, last_ms=AT_MS - int(silent_s * 1000), first_ms=health.first_ms - int(silent_s * 1000))
    return feed.check(Scene().picture(feeds=(health,)), Params())


@pytest.mark.parametrize(("health", "silent_s"), [(BUSY, 60.0), (SLOW, 240.0)])
def test_a_feed_is_given_twenty_sentences_or_a_minute(health: FeedHealth, silent_s: float) -> None:
    assert not ask(health, silent_s).findings
    assert only(ask(health, silent_s + 1.0)).set_level is Priority.ALARM


def test_the_slowest_feed_is_noticed_in_ten_minutes() -> None:
    assert only(ask(replace(BUSY, sentences=2), 601.0)).set_level is Priority.ALARM


def test_a_dead_feed_in_words() -> None:
    finding = only(ask(BUSY, 90.0))
    assert finding.key == ("feed", "udp:10110")
    assert sentences(finding)[0] == (
        "数据源 udp:10110 已90秒没有报文（限60秒），最后一条11:28；在恢复之前，沉默不代表安全。"
    )


def test_a_file_played_to_its_end_is_finished_not_dead() -> None:
    assert not ask(replace(BUSY, ended=True), 9_000.0).findings


def test_a_feed_that_never_spoke_is_given_a_minute() -> None:
    finding = only(ask(FeedHealth("tcp", 0, 0, 0, 0, 0.0)))
    assert (finding.set_level, finding.delay_s, finding.message) == (Priority.ALARM, 60.0, "alert.feed_never")


@pytest.mark.parametrize(
    ("damaged", "sentences_in", "level"),
    [(31, 100, Priority.WARNING), (30, 100, None), (90, 99, "none"), (20, 100, "none")],
)
def test_damage_is_told_beyond_three_in_ten(damaged: int, sentences_in: int, level: object) -> None:
    """Over 30 % of at least 100 sentences warns; it is kept until it is clearly better (20 %)."""
    findings = ask(replace(BUSY, damaged=damaged, sentences=sentences_in)).findings
    assert [f.set_level for f in findings] == ([] if level == "none" else [level])


STEADY = ReceiverHealth("udp:10110", "EAST", 1_200, AT_MS - 3 * HOUR_MS, AT_MS - 660_000)


def of_station(health: ReceiverHealth, feed_health: FeedHealth = BUSY, others: int = -1) -> Findings:
    """Two boats were heard by it to its end, the second also by ``others``."""
    scene, end_ms = Scene(), health.last_ms
    scene.boat(412_000_001, 122.6, 30.0, age_s=670.0, heard_by=[1, -1, -1, -1], heard_by_ms=[end_ms, 0, 0, 0])
    scene.boat(412_000_002, 122.7, 30.0, age_s=670.0, heard_by=[1, others, -1, -1], heard_by_ms=[end_ms, end_ms, 0, 0])
    nameless = replace(health, station="", last_ms=AT_MS)
    return feed.check(scene.picture(feeds=(feed_health,), receivers=(nameless, health)), Params())


def test_a_silent_station_of_a_feed_that_goes_on() -> None:
    """The boats that it alone heard are out of sight."""
    finding = only(of_station(STEADY, others=0))
    assert (finding.set_level, finding.key) == (Priority.WARNING, ("feed", "udp:10110", "station", "EAST"))
    assert sentences(finding)[0] == (
        "数据源 udp:10110 的接收站 EAST 已11分钟没有报文（最后一条11:19），其他接收站正常；"
        "只有它收得到的1艘船现在看不到，沉默不代表安全。"
    )


def test_where_others_hear_as_much_it_is_a_caution() -> None:
    health = replace(STEADY, last_ms=AT_MS - 3_600_000)
    scene = Scene().boat(412_000_001, 122.6, 30.0, heard_by=[1, 0, -1, -1], heard_by_ms=[AT_MS, health.last_ms, 0, 0])
    found = feed.check(scene.picture(feeds=(BUSY,), receivers=(health,)), Params())
    assert (only(found).set_level, only(found).message) == (Priority.CAUTION, "alert.station_silent_others")


@pytest.mark.parametrize(
    "health",
    [
        pytest.param(replace(STEADY, last_ms=AT_MS - 600_000), id="ten minutes are not over"),
        pytest.param(replace(STEADY, since_ms=STEADY.last_ms - 7_190_000), id="it spoke for less than two hours"),
        pytest.param(replace(STEADY, sentences=300), id="it spoke too seldom"),
        pytest.param(replace(STEADY, station=""), id="what names no station"),
    ],
)
def test_stations_that_come_and_go_are_no_matter(health: ReceiverHealth) -> None:
    assert of_station(health).findings == ()


def test_when_the_whole_feed_is_dead_that_alone_is_told() -> None:
    dead = replace(BUSY, last_ms=AT_MS - 650_000)
    assert only(of_station(STEADY, dead)).message == "alert.feed_dead"
    assert of_station(STEADY, replace(dead, ended=True)).findings == ()


def spoke(*minutes: float) -> tuple[ReceiverHealth, ...]:
    """Health of a station that said one thing at each of these minutes."""
    pulse = ReceiverPulse()
    for minute in minutes:
        ms = AT_MS + int(minute * 60_000)
        pulse.fold(Lines.from_rows([(0, 1, ms, ms, ms, True, 0, 1)]), (Receiver(0), Receiver(0, "EAST")))
    return pulse.health(("udp:10110",))


def test_a_station_begins_anew_after_a_pause_of_ten_minutes() -> None:
    nameless, east = spoke(0, 5, 14)
    assert nameless == ReceiverHealth("udp:10110", "", 0, 0, 0)
    assert (east.sentences, east.since_ms, east.last_ms) == (3, AT_MS, AT_MS + 840_000)
    east = spoke(0, 5, 16, 17)[1]
    assert (east.sentences, east.since_ms, east.last_ms) == (2, AT_MS + 960_000, AT_MS + 1_020_000)


def test_its_last_pauses_longer_than_a_minute_are_kept() -> None:
    """A minute of speech, four of silence: the last eight of them."""
    minutes = [5 * n + k for n in range(20) for k in (0, 1)]
    pauses = [(AT_MS + (5 * n + 1) * 60_000, AT_MS + (5 * n + 5) * 60_000) for n in range(19)]
    assert spoke(*minutes)[1].deaf_ms == tuple(pauses[-8:])


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_cuts_and_order_within_ten_seconds_change_no_pulse(data: st.DataObject) -> None:
    minutes = data.draw(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 2)), min_size=1, max_size=30))
    ms = np.array([AT_MS + sum(m for m, _ in minutes[:n]) * 6_000 for n in range(len(minutes))])
    rows = [(0, 1, int(t), int(t), int(t), True, 0, who) for t, (_, who) in zip(ms, minutes, strict=True)]
    receivers = (Receiver(0), Receiver(0, "EAST"), Receiver(0, "WEST"))
    whole, cut = ReceiverPulse(), ReceiverPulse()
    whole.fold(Lines.from_rows(rows), receivers)
    for row in sorted(rows, key=lambda r: (r[2] // 10_000, data.draw(st.integers(0, 9)))):
        cut.fold(Lines.from_rows([row]), receivers)
    assert whole.health(("hub",)) == cut.health(("hub",))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 12), st.integers(0, 1)), min_size=1, max_size=20))
def test_what_a_hub_sends_late_fills_no_pause_however_it_is_cut(said: list[tuple[int, int, int]]) -> None:
    """Each so many minutes after the one before, and as many late."""
    at_ms = [AT_MS + sum(minutes for minutes, _, _ in said[: n + 1]) * 60_000 for n in range(len(said))]
    times = [at - late * 60_000 for at, (_, late, _) in zip(at_ms, said, strict=True)]
    rows = [(0, 1, t, t, t, True, 0, who) for t, (_, _, who) in zip(times, said, strict=True)]
    receivers = (Receiver(0), Receiver(0, "EAST"))
    whole, cut = ReceiverPulse(), ReceiverPulse()
    whole.fold(Lines.from_rows(rows), receivers)
    for row in rows:
        cut.fold(Lines.from_rows([row]), receivers)
    assert whole.health(("hub",)) == cut.health(("hub",))
