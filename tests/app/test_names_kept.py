"""What stations call themselves is kept by the watch, over kills and restarts, and a rebuild finds the same."""

from pathlib import Path

import pytest
from pyais.encode import encode_dict

from clocks import Computer
from fengqiao.app.history import mmsi_of, names_of
from fengqiao.app.keep_watch import LiveWatch, begin
from fengqiao.app.rebuild import rebuild
from fengqiao.feeds import open_feed
from fengqiao.model.errors import UsageFault
from fengqiao.model.inputs import Chunk
from fengqiao.store.database import Store, open_store
from fengqiao.store.tables import RunKind

T0 = 1_757_993_400_000
MINUTE = 60_000
BOAT, OTHER = 412_345_678, 412_345_679


def opened(folder: Path, minute: int = 0) -> LiveWatch:
    clock = Computer(T0 + minute * MINUTE).clock()
    return begin([open_feed("udp://127.0.0.1:0")], folder, lambda change: None, lang="zh", shards=1, clock=clock)


def hear(live: LiveWatch, minute: int, mmsi: int, **said: str) -> None:
    """One message 24 A at that minute, and the time of it."""
    (feed,) = live.live
    sentences = encode_dict({"type": 24, "partno": 0, "mmsi": mmsi, **said}, talker_id="AI")
    data = "".join(f"{sentence}\r\n" for sentence in sentences).encode()
    live.clock.go_on_from(T0 + minute * MINUTE)
    live.round([Chunk(feed, "p", T0 + minute * MINUTE, data)])


def die(live: LiveWatch) -> None:
    """As if killed: nothing is saved any more."""
    live.pump.stop()
    live.log.close()
    live.store.close()


def rows(store: Store) -> list[tuple[object, ...]]:
    return [(r.mmsi, r.name, r.first_ms, r.last_ms) for mmsi in (BOAT, OTHER) for r in store.said(mmsi)]


def test_names_outlive_kills_and_are_rebuilt_the_same(tmp_path: Path) -> None:
    data, again = tmp_path / "data", tmp_path / "again"
    live = opened(data)
    for minute in range(3):
        hear(live, minute, BOAT, shipname="ZHE DAI YU 01")
    die(live)  # the last minute of it is in the raw log alone
    live = opened(data, 10)
    hear(live, 10, BOAT, shipname="FU YUN 9")
    hear(live, 11, OTHER, shipname="ZHEPUYU60001")
    live.pump.stop()
    live.stop()
    with open_store(data) as store:
        kept = rows(store)
        assert kept == [
            (BOAT, "ZHE DAI YU 01", T0, T0 + 2 * MINUTE),
            (BOAT, "FU YUN 9", T0 + 10 * MINUTE, T0 + 10 * MINUTE),
            (OTHER, "ZHEPUYU60001", T0 + 11 * MINUTE, T0 + 11 * MINUTE),
        ]
        at = [names_of(store, [BOAT], T0 + minute * MINUTE)[BOAT] for minute in (1, 5, 30)]
        assert at == ["ZHE DAI YU 01", "ZHE DAI YU 01", "FU YUN 9"]
    assert rebuild(data, again, lambda change: None).same
    with open_store(again) as store:
        assert rows(store) == kept


def test_a_vessel_is_found_by_a_name_that_she_ever_bore(tmp_path: Path) -> None:
    """In pinyin or in Han; of a name that two bore nobody is found."""
    with open_store(tmp_path) as store:
        store.begin_run("live", RunKind.LIVE, T0, {})
    live = opened(tmp_path)
    hear(live, 0, BOAT, shipname="ZHE DAI YU 01234")
    hear(live, 1, BOAT, shipname="FU YUN 9")
    hear(live, 2, OTHER, shipname="FU YUN 9")
    live.pump.stop()
    live.stop()
    with open_store(tmp_path) as store:
        asked = ["ZHE DAI YU 01234", "zhe dai yu 01234", "浙岱渔01234"]
        assert [mmsi_of(store, name) for name in asked] == [BOAT] * 3
        with pytest.raises(UsageFault) as fault:
            mmsi_of(store, "FU YUN 9")
    assert fault.value.facts["found"] == f"{BOAT}, {OTHER}"


def test_nothing_is_asked_of_the_store_for_nobody(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        assert (store.names_at([], T0), store.numbers_called([]), store.said_at(BOAT, T0).name) == ({}, set(), "")
        assert names_of(store, [BOAT], T0) == {BOAT: str(BOAT)}
