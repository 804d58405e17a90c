"""The live watch: feeds into the raw log first, then through the fold; after kill -9 it catches up by itself.

Order of every round: chunks are appended to the raw log, then folded; a tick or an act is journalled, then applied.
So whatever was counted or shown can be derived again, and the journal holds every input in the order it was met.
"""

import json
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from fengqiao import __version__
from fengqiao.app.bay import surroundings
from fengqiao.app.demo import Demo
from fengqiao.app.frame import frame_of
from fengqiao.app.journal import Session, fold_again
from fengqiao.app.keeper import Keeper, Run, Source, Tell, act_to_json
from fengqiao.app.runs import DEMO_RUN, LIVE_RUN
from fengqiao.app.ticker import TICK_MS
from fengqiao.feeds import Pump, open_feed
from fengqiao.feeds.feed import Feed, name_apart, now_ms
from fengqiao.model.inputs import Chunk, Clock, Context
from fengqiao.store import checkpoint
from fengqiao.store.database import Store, open_store
from fengqiao.store.durable import remove_leftovers
from fengqiao.store.folder import take_reserve
from fengqiao.store.frame import write_frame
from fengqiao.store.raw_log import RawLog, RecordKind, read
from fengqiao.store.tables import RunKind

TAKE_S = 0.2
FRAME_EVERY_MS = 1_000
SYNC_EVERY_MS = 1_000  # power loss may cost the last second; kill -9 costs nothing
REGISTER_EVERY_MS = 10_000


@dataclass(frozen=True, slots=True)
class Status:
    """The line a receiver reads: everything counted here is in the raw log."""

    at_ms: int
    sentences: int
    chunks: int
    seq: int
    vessels: int
    alerts: int
    dropped: int


@dataclass(slots=True)
class LiveWatch:
    """One watch over one data folder."""

    keeper: Keeper
    log: RawLog
    store: Store
    pump: Pump
    chunks: int = 0
    _frame_ms: int = 0
    _sync_ms: int = 0
    _register_ms: int = 0
    _tick_ms: int = 0
    _checkpoint_ms: int = 0
    _frame_seq: int = 0

    def round(self, now: int, chunks: Sequence[Chunk]) -> None:
        """One turn: what came in, what people did, what time it is, what is shown."""
        if chunks:
            self.keeper.hear(self.log.append_chunks(chunks))
            self.chunks += len(chunks)
        self._do_acts(now)
        self._heed_register(now)
        if not self.keeper.stream_ticks:
            self._tick(now)
        self._look_after(now)

    def time_ms(self, now: int) -> int:
        """What time it is for the watch: ours, or that of the recording it plays."""
        return max(self.keeper.ticker.reached_ms, self.keeper.watch.at_ms) if self.keeper.stream_ticks else now

    def status(self, now: int) -> Status:
        counts = self.keeper.decoder.counts
        active = sum(len(book.active) for book in self.keeper.watch.books)
        vessels = sum(len(fleet) for fleet in self.keeper.watch.fleets)
        return Status(now, counts.came_in, self.chunks, self.log.last_seq, vessels, active, self.pump.dropped)

    def stop(self) -> None:
        """Leave a checkpoint, so that the next start has nothing to catch up with."""
        self.keeper.save()
        self._checkpoint()
        self.log.close()
        self.store.close()

    def _tick(self, now: int) -> None:
        due = now // TICK_MS * TICK_MS
        if due > self._tick_ms:
            self._tick_ms = due
            self.log.append(RecordKind.TICK, due)
            self.keeper.tick(due)

    def _do_acts(self, now: int) -> None:
        for act in self.store.waiting_acts():
            if act.act_id not in self.keeper.acts_done:
                # An act happens when the watch meets it, in the time that the watch lives in.
                met = replace(act, at_ms=self.time_ms(now))
                self.log.append(RecordKind.ACT, now, data=act_to_json(met))
                self.keeper.act(met)
            refusal = self.keeper.acts_done.pop(act.act_id)
            self.store.mark_applied(act.act_id, refusal or "", now, refused=refusal is not None)

    def _heed_register(self, now: int) -> None:
        if now - self._register_ms < REGISTER_EVERY_MS:
            return
        self._register_ms = now
        revision = self.store.register_revision()
        if revision != self.keeper.watch.surroundings.register.revision:
            self.log.append(RecordKind.CONTEXT, now, data=json.dumps({"register": revision}).encode())
            self.keeper.watch.step(Context("register", revision, self.store.load_register(revision)))

    def _look_after(self, now: int) -> None:
        if now - self._sync_ms >= SYNC_EVERY_MS:
            self._sync_ms = now
            self.log.sync()
        if now - self._frame_ms >= FRAME_EVERY_MS:
            self._frame_ms = now
            self._frame_seq += 1
            write_frame(self.store.folder, frame_of(self.keeper, self._frame_seq, now, self.time_ms(now)))
        if self.keeper.saved_ms != self._checkpoint_ms:
            self._checkpoint()

    def _checkpoint(self) -> None:
        self.log.sync()
        self._checkpoint_ms = self.keeper.saved_ms
        checkpoint.save(self.store.folder, self.log.last_seq, self.keeper.dump())


def keep_watch(
    urls: Sequence[str],
    folder: Path,
    tell: Tell,
    status: Callable[[Status], None],
    stop: threading.Event,
    *,
    lang: str = "zh",
    shards: int = 1,
    status_every_ms: int = 10_000,
    demo: Demo | None = None,
) -> LiveWatch:
    """Keep watch until ``stop`` is set or every feed has ended; returns the watch as it was left.

    A demonstration stays on when its recordings are over, so that what it showed can still be worked on.

    EnvironmentFault when another watch keeps this folder, a port is closed or the disk is full; UsageFault for a
    URL that means nothing. Feeds are opened before anything is written.
    """
    with ExitStack() as opened:
        feeds = [open_feed(url) for url in urls]
        for feed in feeds:
            opened.callback(feed.close)
        name_apart(feeds)
        live = begin(feeds, folder, tell, lang=lang, shards=shards, demo=demo)
        opened.callback(live.stop)
        next_status, parent = 0, os.getppid()
        with live.pump:
            # A demonstration is for whoever started it: when they are gone, so is its reason.
            while not stop.is_set() and (demo is None or os.getppid() == parent):
                chunks = live.pump.take(TAKE_S)
                now = now_ms()
                live.round(now, chunks)
                if now >= next_status:
                    status(live.status(now))
                    next_status = now + status_every_ms
                if not chunks and not live.pump.running:
                    if demo is None:
                        break
                    stop.wait(TAKE_S)
        status(live.status(now_ms()))
    return live


def begin(
    feeds: Sequence[Feed], folder: Path, tell: Tell, *, lang: str, shards: int, demo: Demo | None = None
) -> LiveWatch:
    """Open the folder, catch up with its raw log, and begin a session with these feeds."""
    log = RawLog(folder)
    remove_leftovers(folder / "archive")  # what a crash left half-written; nobody else writes while we hold the log
    take_reserve(folder)
    store = open_store(folder)
    sources = {feed.name: Source(feed.clock, ends=not feed.live) for feed in feeds}
    stream_ticks = all(source.clock is Clock.SOURCE for source in sources.values())
    if demo:
        store.save_register(demo.register, "演示", "demo")
    around = surroundings(folder, store.load_register())
    run, kind = (Run(DEMO_RUN, folder), RunKind.DEMO) if demo else (Run(LIVE_RUN, folder), RunKind.LIVE)
    acts = demo.acts if demo else ()
    keeper = Keeper(run, store, sources, around, tell, stream_ticks=stream_ticks, acts=acts, shards=shards)
    store.begin_run(run.run_id, kind, now_ms(), keeper.watch.basis(), lang)
    catch_up(keeper, folder, store)
    register = keeper.watch.surroundings.register.revision
    session = Session(sources, stream_ticks, __version__, around.zones.revision, register)
    log.append(RecordKind.START, now_ms(), data=session.to_json())
    keeper.adopt(sources, stream_ticks)
    return LiveWatch(keeper, log, store, Pump(feeds))


def catch_up(keeper: Keeper, folder: Path, store: Store) -> int:
    """Fold what the raw log holds since the last checkpoint; how many records that were."""
    found = checkpoint.load(folder)
    after = 0
    if found.state is not None:
        keeper.restore(found.state)
        after = found.seq
    last = fold_again(keeper, read(folder, after_seq=after), store.load_register)
    return max(0, last - after)
