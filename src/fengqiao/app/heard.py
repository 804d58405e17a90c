"""What a watch once heard, as the inputs of another: recordings, or a stretch of a data folder's raw log.

Nothing is stored: this is for questions about the past, not for keeping watch over it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fengqiao.ais import Decoder
from fengqiao.app.decoding import CHUNKS_AT_ONCE
from fengqiao.app.journal import Session
from fengqiao.app.keeper import act_from_json
from fengqiao.app.recordings import Progress, Recordings
from fengqiao.app.ticker import Ticker
from fengqiao.model.errors import InputFault
from fengqiao.model.inputs import Chunk, Context, Tick, WatchInput
from fengqiao.model.reports import ReportBatch
from fengqiao.store.database import Store
from fengqiao.store.raw_log import Record, RecordKind, chunk_of, read

WARM_UP_MS = 1_800_000  # names and tracks from half an hour before, longer than any rule looks back
DECLARED = ("gale_", "trip_", "out_of_service", "in_service")  # acts on no single alert, which another may not raise


@dataclass(frozen=True, slots=True)
class Feeds:
    """A session with these feeds begins: those of before that are not among them are over."""

    names: tuple[str, ...]
    anew_ms: int = 0  # the time then, where the clock had been ahead before and the watch began anew; else 0


Heard = WatchInput | Feeds


def from_recordings(files: Sequence[str], progress: Progress) -> Iterator[Heard]:
    """Whole recordings, merged by their own times.

    InputFault or UsageFault for what cannot be played.
    """
    recordings = Recordings(files)
    decoder, ticker = Decoder(recordings.clocks), Ticker()
    yield Feeds(tuple(recordings.clocks))
    for group in recordings.groups(progress):
        yield from ticker.cut(decoder.decode(group))
        yield from (Context("feed_ended", "", chunk.feed) for chunk in group if chunk.closed)
    yield from ticker.cut(decoder.flush())
    yield from ticker.close()


def from_raw_log(
    folder: Path, store: Store, from_ms: int, to_ms: int, progress: Callable[[int], None]
) -> Iterator[Heard]:
    """What the watch of ``folder`` heard from half an hour before ``from_ms`` until ``to_ms``, and, of all time before,
    what people declared. Answers to alerts are left out. ``progress`` is told the time reached.

    InputFault for a log that is empty or damaged.
    """
    records = read(folder)
    first = next(records, None)
    if first is None or first.kind is not RecordKind.START:
        raise InputFault("raw_log_empty", folder=str(folder))
    session = Session.from_json(first.data)
    log = _Log(store, session, from_ms - WARM_UP_MS)
    yield Feeds(tuple(session.sources))
    for record in _until(to_ms, records):
        yield from log.take(record)
        progress(record.at_ms)
    yield from log.rest()


def _until(to_ms: int, records: Iterator[Record]) -> Iterator[Record]:
    """Records up to a time. One of later ends them, unless the clock was ahead there: then what was heard by the wrong
    time is left out, and it goes on where the watch began anew, with what was done and surrounded it meanwhile."""
    kept: list[Record] | None = None  # of a later time, perhaps a wrong one
    for record in records:
        if record.kind is RecordKind.START and Session.from_json(record.data).anew and record.at_ms <= to_ms:
            yield from kept or ()
            kept = None
        if kept is None and record.at_ms > to_ms:
            kept = []
        if kept is None:
            yield record
        elif record.kind not in (RecordKind.CHUNK, RecordKind.TICK):
            kept.append(record)


class _Log:
    """The decoder and the ticks of a raw log, as the watch that wrote it had them."""

    def __init__(self, store: Store, session: Session, begin_ms: int) -> None:
        self._store, self._session, self._begin_ms = store, session, begin_ms
        self._decoder = Decoder({name: source.clock for name, source in session.sources.items()})
        self._ticker = Ticker()
        self._waiting: list[Chunk] = []

    def take(self, record: Record) -> Iterator[Heard]:
        if record.kind is RecordKind.CHUNK:
            if record.at_ms >= self._begin_ms:
                self._waiting.append(chunk_of(record))
            if len(self._waiting) < CHUNKS_AT_ONCE:
                return
        yield from self.rest()
        yield from self._other(record)

    def rest(self) -> Iterator[Heard]:
        """What waits to be decoded together."""
        if not self._waiting:
            return
        yield from self._cut(self._decoder.decode(self._waiting))
        for chunk in self._waiting:
            if chunk.closed and self._session.sources[chunk.feed].ends:
                yield Context("feed_ended", "", chunk.feed)
        self._waiting = []

    def _other(self, record: Record) -> Iterator[Heard]:
        if record.kind is RecordKind.START:
            self._session = Session.from_json(record.data)
            sources = {name: source.clock for name, source in self._session.sources.items()}
            if self._session.anew:
                self._decoder, self._ticker = Decoder(sources), Ticker()
            else:
                yield from self._cut(self._decoder.adopt(sources))
            yield Feeds(tuple(sources), record.at_ms if self._session.anew else 0)
        elif record.kind is RecordKind.ACT:
            act = act_from_json(record.data)
            if act.kind.startswith(DECLARED):
                yield act
        elif record.kind is RecordKind.CONTEXT:
            said = json.loads(record.data)
            if revision := said.get("register"):
                yield Context("register", revision, self._store.load_register(revision))
        elif record.kind is RecordKind.TICK and record.at_ms >= self._begin_ms:
            yield from self._pass(record.at_ms)

    def _pass(self, at_ms: int) -> Iterator[Heard]:
        if self._session.stream_ticks:
            self._ticker.pass_to(at_ms)
        yield Tick(at_ms)

    def _cut(self, batch: ReportBatch) -> Iterator[Heard]:
        if self._session.stream_ticks:
            yield from self._ticker.cut(batch)
        else:
            yield batch
