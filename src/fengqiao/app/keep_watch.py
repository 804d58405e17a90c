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
from fengqiao.app.journal import Session, begin_session, fold_again
from fengqiao.app.keeper import Keeper, Run, Source, Tell, act_to_json
from fengqiao.app.runs import DEMO_RUN, LIVE_RUN
from fengqiao.app.ticker import TICK_MS
from fengqiao.app.tuning import Tuning
from fengqiao.feeds import Pump, open_feed
from fengqiao.feeds.clock import AGREED, Apart, OurClock, was_ahead
from fengqiao.feeds.feed import Feed, name_apart
from fengqiao.model.errors import InputFault
from fengqiao.model.inputs import Chunk, Clock, Context
from fengqiao.store import checkpoint
from fengqiao.store.database import Store, open_store
from fengqiao.store.durable import remove_leftovers
from fengqiao.store.folder import take_reserve
from fengqiao.store.frame import write_frame
from fengqiao.store.raw_log import RawLog, RecordKind, read
from fengqiao.store.tables import RunKind
from fengqiao.thresholds import Thresholds

TAKE_S = 0.2
FRAME_EVERY_MS = 1_000
SYNC_EVERY_MS = 1_000  # power loss may cost the last second; kill -9 costs nothing
REGISTER_EVERY_MS = 10_000
THRESHOLDS_EVERY_MS = 10_000  # a restart to change a number would cost the datagrams that come meanwhile
LISTEN_S = 30.0  # a class B set under way speaks as often: ITU-R M.1371
SOURCE_STOPPED_S = 20.0  # two ticks without a newer stamp: a source clock that stands still, no pause between sentences


Tuned = Callable[[str, Thresholds | InputFault], None]


@dataclass(frozen=True, slots=True)
class Status:
    """The line a receiver reads: everything counted here is in the raw log."""

    at_ms: int
    sentences: int
    chunks: int
    seq: int
    vessels: int
    alerts: int
    dropped: int  # datagrams lost, by us or by the system
    apart: Apart = AGREED  # how the system's clock differs from ours


@dataclass(slots=True)
class LiveWatch:
    """One watch over one data folder."""

    keeper: Keeper
    log: RawLog
    store: Store
    pump: Pump
    clock: OurClock  # the pump's too
    tuning: Tuning
    tuned: Tuned
    live: frozenset[str] = frozenset()  # feeds that are no recordings
    chunks: int = 0
    _frame_ms: int = 0
    _sync_ms: int = 0
    _register_ms: int = 0
    _thresholds_ms: int = 0
    _tick_ms: int = 0
    _checkpoint_ms: int = 0
    _frame_seq: int = 0
    _acted_ms: int = 0  # when the last act happened
    _whole: bool = True  # the last round came to its end: what is in memory is in log and store as well
    _source_ms: int = 0  # the latest time that the stream has said
    _moved_s: float = 0.0  # and when it did, by the steady clock

    def round(self, chunks: Sequence[Chunk]) -> None:
        """One turn: what came in, what people did, what time it is, what is shown."""
        self._whole = False
        now = self.clock.now_ms()
        if chunks:
            before = self.keeper.ticker.reached_ms
            self.keeper.hear(self.log.append_chunks(chunks))
            self.chunks += len(chunks)
            self._heed_source(before)
        self._do_acts(now)
        self._heed_register(now)
        self._heed_thresholds(now)
        self._heed_clock(now)
        if not self.keeper.stream_ticks:
            self._tick(now)
        elif self.source_stopped_s() and self.time_ms(now) // TICK_MS * TICK_MS > self.keeper.watch.at_ms:
            self._tick(self.time_ms(now))
        self._look_after(now)
        self._whole = True

    def time_ms(self, now: int) -> int:
        """What time it is for the watch: ours, or that of the source, which goes on when a live one stands still."""
        if not self.keeper.stream_ticks:
            return now
        run_on = self._source_ms + int(self.source_stopped_s() * 1000)
        return max(self.keeper.ticker.reached_ms, self.keeper.watch.at_ms, run_on)

    def source_stopped_s(self) -> float:
        """Seconds of our clock since a live source last said a later time; 0 while it does, and for recordings.

        A feed by whose stamps time goes takes time with it when it dies: nobody would be told of its silence.
        """
        if not self.keeper.stream_ticks or not self._source_ms or not self.live - self.pump.ended:
            return 0.0
        stopped_s = self.clock.steady_s() - self._moved_s
        return stopped_s if stopped_s >= SOURCE_STOPPED_S else 0.0

    def status(self) -> Status:
        now = self.clock.now_ms()
        counts = self.keeper.decoder.counts
        active = sum(len(book.active) for book in self.keeper.watch.books)
        vessels = sum(len(fleet) for fleet in self.keeper.watch.fleets)
        dropped = sum(loss.known for loss in self.pump.losses())
        return Status(now, counts.came_in, self.chunks, self.log.last_seq, vessels, active, dropped, self.clock.apart())

    def stop(self) -> None:
        """Leave a checkpoint, so that the next start has nothing to catch up with.

        None after a round that broke off, on a full disk for one: what the store did not take would be known to the
        memory and never told to anybody. The next start catches up from the log instead.
        """
        try:
            if self._whole:
                self.keeper.save()
                self._checkpoint()
        finally:
            self.log.close()
            self.store.close()

    def _tick(self, now: int) -> None:
        """Once in ten seconds; after a hole in our time only when whoever is there has had a chance to speak."""
        due = now // TICK_MS * TICK_MS
        if due > self._tick_ms and self.clock.awake_s() >= LISTEN_S:
            self._tick_ms = due
            self.log.append(RecordKind.TICK, due)
            self.keeper.pass_time(due)

    def _heed_source(self, before_ms: int) -> None:
        """What was heard may have moved the time."""
        reached = self.keeper.ticker.reached_ms
        if reached > before_ms:
            self._source_ms, self._moved_s = reached, self.clock.steady_s()

    def _do_acts(self, now: int) -> None:
        for act in self.store.waiting_acts():
            if act.act_id not in self.keeper.acts_done:
                met = replace(act, at_ms=self._act_ms(now))
                self.log.append(RecordKind.ACT, now, data=act_to_json(met))
                self.keeper.act(met)
            refusal = self.keeper.acts_done[act.act_id]
            self.store.mark_applied(act.act_id, refusal or "", now, refused=refusal is not None)
            del self.keeper.acts_done[act.act_id]

    def _act_ms(self, now: int) -> int:
        """An act happens when the watch meets it, in the time that the watch lives in.

        After whatever was told before, though a clock was set back, and no two in one instant: how an alert stands is
        what the latest of its changes says.
        """
        time_ms = max(self.time_ms(now), self.keeper.watch.at_ms)
        if time_ms:  # 0: no source has said yet what time it is
            self._acted_ms = time_ms = max(time_ms, self._acted_ms + 1)
        return time_ms

    def _heed_register(self, now: int) -> None:
        if now - self._register_ms < REGISTER_EVERY_MS:
            return
        self._register_ms = now
        revision = self.store.register_revision()
        if revision != self.keeper.watch.surroundings.register.revision:
            self.log.append(RecordKind.CONTEXT, now, data=json.dumps({"register": revision}).encode())
            self.keeper.watch.step(Context("register", revision, self.store.load_register(revision)))

    def _heed_thresholds(self, now: int) -> None:
        """A file that was put there, changed or removed; one with a fault changes nothing, and that is told."""
        if now - self._thresholds_ms < THRESHOLDS_EVERY_MS:
            return
        self._thresholds_ms = now
        found = self.tuning.look()
        if isinstance(found, Thresholds) and found != self.keeper.thresholds:
            self.log.append(RecordKind.CONTEXT, now, data=json.dumps({"thresholds": found.to_json()}).encode())
        take_thresholds(self.store, self.keeper, found, now, self.tuned)

    def _heed_clock(self, now: int) -> None:
        """Whoever asks later why a time is odd finds when the computer's clock leapt, how far, and whether it stood."""
        for news in self.clock.news():
            self.store.audit(now, "", "", f"clock_{news.what}", {"apart_s": round(news.apart_s, 1)})

    def _look_after(self, now: int) -> None:
        if now - self._sync_ms >= SYNC_EVERY_MS:
            self._sync_ms = now
            self.log.sync()
        if now - self._frame_ms >= FRAME_EVERY_MS:
            self._frame_ms = now
            self._frame_seq += 1
            time_ms, stopped_s = self.time_ms(now), self.source_stopped_s()
            losses, apart = self.pump.losses(), self.clock.apart()
            frame = frame_of(self.keeper, self._frame_seq, self.clock.system_ms(), time_ms, stopped_s, losses, apart)
            write_frame(self.store.folder, frame)
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
    thresholds: Path | None = None,
    tuned: Tuned = lambda _revision, _found: None,
    clock: OurClock | None = None,
) -> LiveWatch:
    """Keep watch until ``stop`` is set or every feed has ended; returns the watch as it was left.

    A demonstration stays on when its recordings are over, so that what it showed can still be worked on.
    ``thresholds``: a file in place of the folder's; ``tuned`` is told what it puts in force, or its fault, and the
    revision that is in force then.

    EnvironmentFault when another watch keeps this folder, a port is closed or the disk is full; UsageFault for a
    URL that means nothing. Feeds are opened before anything is written.
    """
    with ExitStack() as opened:
        feeds = [open_feed(url) for url in urls]
        for feed in feeds:
            opened.callback(feed.close)
        name_apart(feeds)
        tuning = Tuning(folder, thresholds)
        live = begin(feeds, folder, tell, lang=lang, shards=shards, demo=demo, tuning=tuning, tuned=tuned, clock=clock)
        opened.callback(live.stop)
        next_status, parent = 0, os.getppid()
        with live.pump:
            # A demonstration is for whoever started it: when they are gone, so is its reason.
            while not stop.is_set() and (demo is None or os.getppid() == parent):
                chunks = live.pump.take(TAKE_S)
                live.round(chunks)
                now = live.clock.now_ms()
                if now >= next_status:
                    status(live.status())
                    next_status = now + status_every_ms
                if not chunks and not live.pump.running:
                    if demo is None:
                        break
                    stop.wait(TAKE_S)
        status(live.status())
    return live


def begin(
    feeds: Sequence[Feed],
    folder: Path,
    tell: Tell,
    *,
    lang: str,
    shards: int,
    demo: Demo | None = None,
    tuning: Tuning | None = None,
    tuned: Tuned = lambda _revision, _found: None,
    clock: OurClock | None = None,
) -> LiveWatch:
    """Open the folder, catch up with its raw log, and begin a session with these feeds."""
    clock = clock or OurClock()
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
    tuning = tuning or Tuning(folder)
    found = tuning.look()
    wanted = found if isinstance(found, Thresholds) else None
    keeper = Keeper(
        run, store, sources, around, tell, stream_ticks=stream_ticks, acts=acts, shards=shards, thresholds=wanted
    )
    store.begin_run(run.run_id, kind, clock.now_ms(), keeper.watch.basis(), lang)
    keeper.judge_by(Thresholds())
    catch_up(keeper, folder, store)  # judged as it was judged then
    if orphans := keeper.close_orphans():
        store.audit(clock.now_ms(), "", "", "alerts_recomputed", {"code": __version__, "alerts": orphans})
    told_ms, anew = keeper.met_ms, not stream_ticks and was_ahead(keeper.met_ms, clock.now_ms())
    if anew:
        told_ms = 0
    elif not stream_ticks:
        clock.go_on_from(told_ms)  # the system's may have been set back since
    take_thresholds(store, keeper, found, clock.now_ms(), tuned)
    register = keeper.watch.surroundings.register.revision
    session = Session(sources, stream_ticks, __version__, around.zones.revision, register, keeper.thresholds, anew)
    begun_ms = clock.now_ms()
    log.append(RecordKind.START, begun_ms, data=session.to_json())
    closed = begin_session(keeper, session, begun_ms)
    if anew:
        store.audit(begun_ms, "", "", "clock_was_ahead", {"alerts": closed})
    live = frozenset(feed.name for feed in feeds if feed.live)
    # After a restart time goes on from what the source last said before it: a feed that died meanwhile is told of.
    return LiveWatch(
        keeper,
        log,
        store,
        Pump(feeds, clock.now_ms),
        clock,
        tuning,
        tuned,
        live,
        _tick_ms=told_ms // TICK_MS * TICK_MS,
        _acted_ms=told_ms,
        _source_ms=keeper.ticker.reached_ms,
        _moved_s=clock.steady_s(),
    )


def take_thresholds(
    store: Store, keeper: Keeper, found: Thresholds | InputFault | None, at_ms: int, tuned: Tuned
) -> None:
    """Judge by what was found from now on, with who decided it in the audit; a fault changes nothing and is told."""
    if found is not None:
        keeper.refused = found if isinstance(found, InputFault) else None
    if isinstance(found, InputFault):
        kept = keeper.watch.basis()["settings"]
        store.audit(at_ms, "", "", "thresholds_refused", {"fault": found.message, **found.facts, "kept": kept})
        tuned(kept, found)
    elif found is not None and found != keeper.thresholds:
        revision = keeper.judge_by(found)
        changes = found.to_json()["changes"]
        store.audit(at_ms, "", "", "thresholds_in_force", {"revision": revision, "changes": changes})
        tuned(revision, found)


def catch_up(keeper: Keeper, folder: Path, store: Store) -> int:
    """Fold what the raw log holds since the last checkpoint; how many records that were."""
    found = checkpoint.load(folder)
    after = 0
    if found.state is not None:
        keeper.restore(found.state)
        after = found.seq
    last = fold_again(keeper, read(folder, after_seq=after), store.load_register)
    return max(0, last - after)
