"""Decode a recording or standard input without keeping watch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fengqiao.ais import Decoder
from fengqiao.feeds import Pump, open_feed
from fengqiao.feeds.file import UNTIMED_START_MS, FileFeed
from fengqiao.fleet.stations import station_of
from fengqiao.model.errors import FengqiaoError, UsageFault
from fengqiao.model.health import SentenceCounts
from fengqiao.model.inputs import Chunk

CHUNKS_AT_ONCE = 256  # big batches decode faster; what comes of them does not depend on it


@dataclass(slots=True)
class Decoding:
    """``messages`` is read once; ``counts`` are whole when it is exhausted."""

    messages: Iterator[dict[str, Any]]
    counts: SentenceCounts
    untimed_start_ms: int | None


def decode_file(file: str) -> Decoding:
    """Every message of a file, or of standard input for ``-``.

    InputFault or EnvironmentFault if it cannot be read, UsageFault for a feed that never ends.
    """
    feed = open_feed("-") if file == "-" else open_recording(file)
    decoder = Decoder({feed.name: feed.clock})
    groups = _grouped(feed.chunks()) if isinstance(feed, FileFeed) else _until_closed(Pump([feed]))
    untimed = isinstance(feed, FileFeed) and feed.untimed
    return Decoding(_messages(decoder, groups), decoder.counts, UNTIMED_START_MS if untimed else None)


def open_recording(file: str) -> FileFeed:
    """A recording by its path or ``file:`` URL. UsageFault for a live feed, InputFault for what cannot be played."""
    scheme = file.partition("://")[0]
    if file == "-" or (scheme != file and scheme != "file"):
        raise UsageFault("replay_not_a_file", url=file)
    feed = open_feed(file if file.startswith("file:") else f"file:{file}")
    assert isinstance(feed, FileFeed), "the file scheme makes file feeds"
    return feed


def _messages(decoder: Decoder, groups: Iterator[Sequence[Chunk]]) -> Iterator[dict[str, Any]]:
    for group in groups:
        yield from map(with_station, decoder.messages(group))
    yield from map(with_station, decoder.flush_messages())


def with_station(message: dict[str, Any]) -> dict[str, Any]:
    return message | station_said(message["mmsi"])


def station_said(mmsi: int) -> dict[str, str]:
    """What a number says, for machines: class of station, and the country's ISO 3166-1 code where it names one."""
    told = station_of(mmsi)
    return {"station": told.station.value} | ({"country": told.country.code} if told.country else {})


def _grouped(chunks: Iterator[Chunk]) -> Iterator[Sequence[Chunk]]:
    """A file is cut where its time moves on, at every sentence of some: a decoder is as fast as its groups are long."""
    group: list[Chunk] = []
    try:
        for chunk in chunks:
            group.append(chunk)
            if len(group) == CHUNKS_AT_ONCE:
                yield group
                group = []
    except FengqiaoError:
        yield group  # what stands before the damage
        raise
    yield group


def _until_closed(pump: Pump) -> Iterator[Sequence[Chunk]]:
    with pump:
        while True:
            chunks = pump.take(0.2)
            yield chunks
            if not chunks and not pump.running:
                return
