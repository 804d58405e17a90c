from dataclasses import replace

import pytest

from fengqiao.model.findings import Findings, Priority
from fengqiao.model.health import FeedHealth
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
