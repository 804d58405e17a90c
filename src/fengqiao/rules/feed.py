"""A feed that fell silent, or that brings mostly damage: the watch is blind and must say so."""

from dataclasses import dataclass

from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.health import FeedHealth
from fengqiao.model.setting import setting
from fengqiao.rules.telling import hhmm, iso
from fengqiao.situation.picture import Picture

NAME = "feed"
SCOPE = "bay"


@dataclass(frozen=True, slots=True)
class Params:
    silent_s_min: float = setting(
        60.0, "s", "D: a minute without one sentence on a coast with ships is a broken line", at_most="silent_s_max"
    )
    silent_sentences: float = setting(
        20.0, "", "D: or the time in which so many should have come: chance of none e^-20", at_least=1.0
    )
    silent_s_max: float = setting(600.0, "s", "D: however slow a feed, ten minutes are noticed")
    loss_set: float = setting(0.30, "", "D: share of damaged sentences; a sound line loses under 1 %", at_most=1.0)
    loss_hold: float = setting(0.20, "", "D: kept until clearly better", at_most="loss_set")
    loss_sentences_min: int = setting(100, "", "D: fewer say nothing about a share", at_least=1)
    starting_s: float = setting(60.0, "s", "D: a feed that never spoke is given this long to begin")
    hold_s: float = setting(30.0, "s", "D: sentences that come again are proof enough")


def check(picture: Picture, params: Params) -> Findings:
    findings = []
    for feed in picture.feeds:
        if not feed.ended and (dead := _dead(picture.at_ms, feed, params)):
            findings.append(dead)
        if damaged := _damaged(feed, params):
            findings.append(damaged)
    return Findings(NAME, tuple(findings), hold_s=params.hold_s)


def _dead(at_ms: int, feed: FeedHealth, params: Params) -> Finding | None:
    if not feed.sentences:
        return _alarm(feed, "alert.feed_never", {"feed": feed.feed}, params.starting_s)
    silent_s = (at_ms - feed.last_ms) / 1000.0
    limit_s = _silence_limit_s(feed, params)
    if silent_s <= limit_s:
        return None
    facts = {
        "feed": feed.feed,
        "silent_s": round(silent_s),
        "limit_s": round(limit_s),
        "last_heard": hhmm(feed.last_ms),
        "last_heard_at": iso(feed.last_ms),
        "sentences": feed.sentences,
    }
    return _alarm(feed, "alert.feed_dead", facts, 0.0)


def _alarm(feed: FeedHealth, message: str, facts: dict[str, object], delay_s: float) -> Finding:
    return Finding(NAME, ("feed", feed.feed), Priority.ALARM, Priority.ALARM, message, facts, delay_s=delay_s)


def _silence_limit_s(feed: FeedHealth, params: Params) -> float:
    # The mean over all its time, not ``rate_per_s``: the last minute of a dead feed has no rate to judge it by.
    seconds = max(feed.last_ms - feed.first_ms, 1000) / 1000.0
    expected_s = params.silent_sentences * seconds / feed.sentences
    return min(max(expected_s, params.silent_s_min), params.silent_s_max)


def _damaged(feed: FeedHealth, params: Params) -> Finding | None:
    loss = feed.damaged / max(feed.sentences, 1)
    if feed.sentences < params.loss_sentences_min or loss <= params.loss_hold:
        return None
    facts = {
        "feed": feed.feed,
        "loss_percent": round(loss * 100.0),
        "damaged": feed.damaged,
        "sentences": feed.sentences,
    }
    level = Priority.WARNING
    ask = level if loss > params.loss_set else None
    return Finding(NAME, ("feed", feed.feed, "loss"), ask, level, "alert.feed_damaged", facts)
