"""A feed or a station of it that fell silent, or brings mostly damage: the watch is blind there and must say so."""

from dataclasses import dataclass

import numpy as np

from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import Finding, Findings, Priority
from fengqiao.model.health import FeedHealth, ReceiverHealth
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
    station_silent_s: float = setting(600.0, "s", "D: stations are slower than a feed, and at night slower yet")
    station_steady_s: float = setting(
        7_200.0, "s", "D: who did not speak for so long without a pause of ten minutes is a guest of the weather"
    )
    station_sentences: float = setting(20.0, "", "D: in the time of the silence so many should have come", at_least=1.0)
    station_delay_s: float = setting(
        180.0, "s", "D: when a feed comes back its stations do one by one: each twice a minute or more"
    )
    hold_s: float = setting(30.0, "s", "D: sentences that come again are proof enough")


def check(picture: Picture, params: Params) -> Findings:
    findings = []
    for feed in picture.feeds:
        if not feed.ended and (dead := _dead(picture.at_ms, feed, params)):
            findings.append(dead)
        if damaged := _damaged(feed, params):
            findings.append(damaged)
    speaking = {f.feed for f in picture.feeds if not (f.ended or _dead(picture.at_ms, f, params))}
    for n, receiver in enumerate(picture.receivers):
        if receiver.station and receiver.feed in speaking and _fell_silent(picture.at_ms, receiver, params):
            findings.append(_station(picture, n, receiver, params))
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


def _fell_silent(at_ms: int, receiver: ReceiverHealth, params: Params) -> bool:
    """Whether a station says nothing that spoke steadily and often."""
    spoke_s = (receiver.last_ms - receiver.since_ms) / 1000.0
    due = receiver.sentences / max(spoke_s, 1.0) * params.station_silent_s
    silent_s = (at_ms - receiver.last_ms) / 1000.0
    return silent_s > params.station_silent_s and spoke_s >= params.station_steady_s and due >= params.station_sentences


def _station(picture: Picture, n: int, receiver: ReceiverHealth, params: Params) -> Finding:
    boats = _only_heard_by(picture, n, receiver.last_ms)
    facts = {
        "feed": receiver.feed,
        "receiver": receiver.station,
        "silent_min": round((picture.at_ms - receiver.last_ms) / 60_000),
        "last_heard": hhmm(receiver.last_ms),
        "last_heard_at": iso(receiver.last_ms),
        "boats": boats,
    }
    level = Priority.WARNING if boats else Priority.CAUTION
    key = ("feed", receiver.feed, "station", receiver.station)
    message = "alert.station_silent" if boats else "alert.station_silent_others"
    return Finding(NAME, key, level, level, message, facts, delay_s=params.station_delay_s)


def _only_heard_by(picture: Picture, n: int, last_ms: int) -> int:
    """How many ships were heard by this receiver to its end, by no other then, and by nobody since."""
    v = picture.vessels
    window_ms = 600_000  # a ship at anchor reports every three minutes
    hers = (v.kind == Kind.SHIP) & (v.heard_by[:, 0] == n) & (v.heard_by_ms[:, 0] >= last_ms - window_ms)
    hers &= v.heard_by_ms[:, 1] < last_ms - window_ms
    return len(np.unique(v.mmsi[hers]))


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
