"""One feed of two receiving stations, one of which dies: from sentences to what an officer is told."""

from dataclasses import astuple
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ais.ais_builders import report, tag
from clocks import Computer
from fengqiao.ais import Decoder
from fengqiao.alerts import Suppressed
from fengqiao.app.keep_watch import begin
from fengqiao.app.keeper import Keeper
from fengqiao.app.replay import replay
from fengqiao.feeds import open_feed
from fengqiao.model.findings import AlertChange, ChangeKind
from fengqiao.model.inputs import Chunk, Clock, Tick
from fengqiao.rules import RuleSettings
from fengqiao.rules.feed import Params as FeedParams
from fengqiao.situation import Surroundings
from fengqiao.watch import Watch
from fengqiao.zones.zoneset import ZoneSet
from rules.scene import AT_MS, at_nm

TICK_S = 30
LOST_S, NEVER_S = 1_500, 10_000
EASTERN = (412_000_001, 412_000_002, 412_000_003, 412_000_004)
WESTERN = (412_000_011, 412_000_012, 412_000_013, 412_000_014)  # among the eastern ones
LOST = 412_000_015  # heard by the west like those, until she falls silent
BOTH = 412_000_016  # heard by both
SETTINGS = RuleSettings(dict(RuleSettings().params) | {"feed": FeedParams(station_steady_s=1_200.0)})


def sentences(begin_s: int, east_s: int, west_s: int) -> list[bytes]:
    """What the hub sends in the time of a tick: every boat once, at 4 knots north, by whoever hears her.

    The stations end at ``east_s`` and ``west_s``, her who is lost is heard until LOST_S.
    """
    out: list[bytes] = []
    for n, mmsi in enumerate((*EASTERN, *WESTERN, LOST, BOTH)):
        at_s = begin_s + 2 * n + 1
        lon, lat = at_nm(0.5 * n, 4.0 * at_s / 3600)
        said = report(1, mmsi, lon=lon, lat=lat, speed=4.0, course=0.0, second=(AT_MS // 1000 + at_s) % 60, status=7)
        east = mmsi in (*EASTERN, BOTH) and begin_s < east_s
        west = mmsi not in EASTERN and begin_s < west_s and (mmsi != LOST or begin_s < LOST_S)
        stations = ["EAST"] * east + ["WEST"] * west
        out += [tag(f"s:{station},c:{AT_MS // 1000 + at_s}") + said + b"\r\n" for station in stations]
    return out


@cache
def watched(
    east_s: int = NEVER_S, west_s: int = NEVER_S, ends_s: int = 2_700, shards: int = 1, dice: Random | None = None
) -> tuple[list[AlertChange], list[Suppressed]]:
    watch, decoder = Watch(("hub",), Surroundings(ZoneSet()), SETTINGS, shards), Decoder({"hub": Clock.RECEIVER})
    changes: list[AlertChange] = []
    for begin_s in range(0, ends_s, TICK_S):
        said = sentences(begin_s, east_s, west_s)
        if dice:
            dice.shuffle(said)
        at_ms = AT_MS + (begin_s + TICK_S) * 1000
        for part in (said[:7], said[7:]):
            watch.step(decoder.decode([Chunk("hub", "", at_ms - 1, b"".join(part))]))
        changes += watch.step(Tick(at_ms)).changes
    untold = [each for book in watch.books for each in book.suppressed]
    return changes, sorted(untold, key=lambda each: each.finding.key)


def test_who_was_heard_by_the_dead_station_alone_is_not_said_to_be_lost() -> None:
    """The dead station is told, with how many boats it alone heard; their silence is listed with its reason. Who is
    silent though her own station hears the others is told of, by the name of that station."""
    changes, untold = watched(east_s=LOST_S)
    told = {(c.rule, c.mmsi): c for c in changes if c.change is ChangeKind.RAISED}
    assert set(told) == {("feed", ()), ("gap", (LOST,))}
    assert (told["feed", ()].facts["receiver"], told["feed", ()].facts["boats"]) == ("EAST", len(EASTERN))
    lost = told["gap", (LOST,)]
    assert (lost.facts["receiver"], lost.facts["neighbours"]) == ("WEST", 5)
    assert [(each.finding.mmsi, each.reason) for each in untold] == [((m,), "uncovered") for m in EASTERN]


@pytest.mark.parametrize(("shards", "dice"), [(3, None), (1, Random(7))], ids=["shards", "order"])
def test_shards_and_the_order_within_a_tick_change_nothing(shards: int, dice: Random | None) -> None:
    assert watched(east_s=LOST_S, shards=shards, dice=dice) == watched(east_s=LOST_S)


def test_what_was_told_before_her_station_died_stays() -> None:
    """Her silence is then listed as well, under a key of its own, and resolves nothing."""
    changes, untold = watched(west_s=2_400, ends_s=3_300)
    gap = [c for c in changes if c.rule == "gap"]
    assert [(c.change, c.active) for c in gap] == [(ChangeKind.RAISED, True), (ChangeKind.LOST, True)]
    assert LOST in {m for each in untold for m in each.finding.mmsi}


def test_a_replay_tells_what_the_watch_told(tmp_path: Path) -> None:
    """The same sentences from a file as over a line, cut otherwise: the same told of by the same stations."""
    said = [line for begin_s in range(0, 2_700, TICK_S) for line in sentences(begin_s, LOST_S, NEVER_S)]
    live_told: list[AlertChange] = []
    replay_told: list[AlertChange] = []
    feed = open_feed("udp://127.0.0.1:0?clock=source")
    live = begin([feed], tmp_path / "live", live_told.append, lang="zh", shards=1, clock=Computer(AT_MS).clock())
    for n in range(0, len(said), 7):
        live.round([Chunk(feed.name, "peer", AT_MS, b"".join(said[n : n + 7]))])
    live.pump.stop()
    (tmp_path / "said.nmea").write_bytes(b"".join(said))
    replayed = replay([str(tmp_path / "said.nmea")], tmp_path / "again", replay_told.append)

    def what(told: list[AlertChange]) -> list[tuple[Any, ...]]:
        return [(c.change, c.at_ms, c.rule, c.mmsi, c.priority, c.facts) for c in told]

    def by_station(keeper: Keeper) -> list[tuple[Any, ...]]:
        return [astuple(r)[1:] for r in keeper.watch.pulse.receivers.health(("one",))]

    assert [(c.mmsi, c.facts["receiver"]) for c in live_told if c.rule == "gap"] == [((LOST,), "WEST")]
    assert what(live_told) == what(replay_told)
    assert by_station(live.keeper) == by_station(replayed.keeper)
    live.stop()
