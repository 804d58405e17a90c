"""One run of the watch: inputs in, alerts told, positions archived, everything stored before it is shown.

Live, replay and rebuild differ only in where chunks and ticks come from; all three fold through here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fengqiao import words
from fengqiao.ais import Decoder
from fengqiao.alerts.load import LoadMeter
from fengqiao.app.ticker import Ticker
from fengqiao.fleet.said import Identities
from fengqiao.model.errors import InputFault
from fengqiao.model.findings import AlertChange, AlertState, ChangeKind, Priority
from fengqiao.model.inputs import Act, ActKind, Chunk, Clock, Context, Tick
from fengqiao.model.reports import Positions, ReportBatch
from fengqiao.situation import Surroundings
from fengqiao.store.archive import write_segments
from fengqiao.store.database import Store
from fengqiao.store.tables import AlertRow, TripEnd
from fengqiao.thresholds import Thresholds
from fengqiao.watch import Watch

TRIP_ENDS = {ActKind.TRIP_DECLARE: TripEnd.REPLACED, ActKind.TRIP_END: TripEnd.PERSON}  # why a return is over by it
CLOCK_WAS_AHEAD = "clock_was_ahead"  # why an alert is over whose times were wrong
RECOMPUTED = "recomputed"  # why an alert is over that the log, judged anew, does not bring
SAVE_EVERY_MS = 60_000  # a position segment a minute: what a reader of the archive may lag behind

Tell = Callable[[AlertChange], None]


@dataclass(frozen=True, slots=True)
class Source:
    """One feed as the journal names it."""

    clock: Clock
    ends: bool = False  # a recording: when it is over it is finished, not dead


@dataclass(frozen=True, slots=True)
class Run:
    run_id: str
    folder: Path  # where its archive goes


class Keeper:
    def __init__(
        self,
        run: Run,
        store: Store,
        sources: Mapping[str, Source],
        around: Surroundings,
        tell: Tell,
        *,
        stream_ticks: bool,
        acts: Sequence[Act] = (),
        shards: int = 1,
        thresholds: Thresholds | None = None,
    ) -> None:
        self.run, self.store = run, store
        self.stream_ticks = stream_ticks  # time is what the sentences say; else ticks come from our clock, journalled
        self.sources = dict(sources)
        self.decoder = Decoder({name: source.clock for name, source in sources.items()})
        self.ticker = Ticker()
        self.thresholds = thresholds or Thresholds()
        self.refused: InputFault | None = None  # why the thresholds file as it lies there is not in force
        self.watch = Watch(tuple(sources), around, self.thresholds.settings, shards=shards)
        self.load = LoadMeter()
        self.acts_done: dict[str, str | None] = {}  # act id to refusal, until the inbox has it too
        self.saved_ms = 0
        self.met_ms = 0  # the latest time that anything was ticked or done, or came in by our clock
        self._tell = tell
        self._planned = sorted(acts, key=lambda act: act.at_ms)
        self._unsaved: list[Positions] = []
        self._said = Identities()

    def hear(self, chunks: Sequence[Chunk]) -> None:
        """Fold chunks; in a run with stream ticks the judgements in between happen as well."""
        if not self.stream_ticks:
            came_in = (chunk.received_ms for chunk in chunks if not self.sources[chunk.feed].ends)
            self.met_ms = max(self.met_ms, max(came_in, default=0))
        self._take(self.decoder.decode(chunks))
        for chunk in chunks:
            if chunk.closed and self.sources[chunk.feed].ends:
                self.watch.step(Context("feed_ended", "", chunk.feed))

    def pass_time(self, at_ms: int) -> None:
        """A tick of our clock, journalled: time goes on though no sentence says so."""
        if self.stream_ticks:
            self.ticker.pass_to(at_ms)
        self.tick(at_ms)

    def tick(self, at_ms: int) -> None:
        while self._planned and self._planned[0].at_ms <= at_ms:
            self.act(self._planned.pop(0))
        self.met_ms = max(self.met_ms, at_ms)
        waited = self.watch.surroundings.trips
        outcome = self.watch.step(Tick(at_ms))
        self._keep(outcome.changes)
        if self.watch.surroundings.trips is not waited:
            self.store.save_trips(self.run.run_id, self.watch.surroundings.trips, at_ms, TripEnd.HOME)
        self.load.tick(at_ms)
        if at_ms % SAVE_EVERY_MS == 0:
            self.save()

    def act(self, act: Act) -> str | None:
        """Apply what a person did; the reason if it was refused."""
        self.met_ms = max(self.met_ms, act.at_ms)
        outcome = self.watch.step(act)
        self._keep(outcome.changes)
        self.acts_done[act.act_id] = outcome.refusal
        if outcome.refusal is None and act.kind in (ActKind.GALE_ISSUE, ActKind.GALE_CANCEL):
            self.store.save_gales(self.run.run_id, self.watch.surroundings.gales, act)
        if outcome.refusal is None and act.kind in TRIP_ENDS:
            why, trips = TRIP_ENDS[act.kind], self.watch.surroundings.trips
            self.store.save_trips(self.run.run_id, trips, act.at_ms, why, act.actor)
        return outcome.refusal

    def close_orphans(self) -> list[str]:
        """Ids of the alerts that the store lists and no book knows; they are told as resolved, and by what.

        Newer code judged the log anew and does not find them, or a full book dropped them. Nobody could acknowledge
        them, and an alarm among them would keep every officer in the seat.
        """
        known = {alert.alert for book in self.watch.books for alert in book.active}
        orphans = [row for row in self.store.listed_alerts(self.run.run_id) if row.alert not in known]
        self._keep([_closed(row, self.watch.at_ms, self.watch.basis()) for row in orphans])
        return sorted(row.alert for row in orphans)

    def begin_anew(self, at_ms: int) -> list[str]:
        """Forget all that was heard and raised: a clock was far ahead, and no later time will be reckoned from it.

        Alerts are told as over, and by what; whatever is out of service is back. What still holds is found again.
        Ids of these alerts.
        """
        self.save()
        listed = [alert for book in self.watch.books for alert in book.active]
        self._keep([*self.watch.close_all(CLOCK_WAS_AHEAD)])
        self.decoder = Decoder({name: source.clock for name, source in self.sources.items()})
        self.ticker, self.load, self.met_ms = Ticker(), LoadMeter(), 0
        self.watch = self.watch.anew(tuple(self.sources), at_ms)
        self.store.save_trips(self.run.run_id, self.watch.surroundings.trips, at_ms, TripEnd.REPLACED)
        return sorted(alert.alert for alert in listed)

    def judge_by(self, thresholds: Thresholds) -> str:
        """Other thresholds from now on; the revision, which is the settings mark of every alert they decide."""
        self.thresholds = thresholds
        self.watch.step(Context("settings", "", thresholds.settings))
        return self.watch.basis()["settings"]

    def finish(self) -> None:
        """The inputs are over: empty the decoder, judge once more, save."""
        self._take(self.decoder.flush())
        if self.stream_ticks:
            for tick in self.ticker.close():
                self.tick(tick.at_ms)
        self.save()

    def save(self) -> None:
        """Everything folded so far into the archive and the store.

        A segment is named by its first row, so a catch-up after a crash writes the same file again.
        """
        positions = Positions.join(self._unsaved)
        self._unsaved = []
        if len(positions):
            feeds = self.decoder.feeds
            self.store.save_segments(write_segments(self.run.folder, self.run.run_id, positions, feeds))
        self.store.save_said(self.run.run_id, self._said.take())
        self.store.save_latest(self.run.run_id, self.watch.vessels(), self.decoder.feeds)
        self.saved_ms = self.watch.at_ms

    def dump(self) -> dict[str, Any]:
        """All state, for a checkpoint between two inputs."""
        return {
            "watch": self.watch.dump(),
            "decoder": self.decoder,
            "ticker": self.ticker,
            "load": self.load,
            "sources": self.sources,
            "unsaved": self._unsaved,
            "said": self._said,
            "acts_done": self.acts_done,
            "saved_ms": self.saved_ms,
            "met_ms": self.met_ms,
            "thresholds": self.thresholds,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.watch.load(state["watch"])
        self.decoder, self.ticker = state["decoder"], state["ticker"]
        self.load, self.sources = state["load"], state["sources"]
        self._said, self.met_ms = state["said"], state["met_ms"]
        self.judge_by(state["thresholds"])
        self._unsaved, self.acts_done, self.saved_ms = state["unsaved"], state["acts_done"], state["saved_ms"]

    def adopt(self, sources: Mapping[str, Source], stream_ticks: bool) -> None:
        """A new session with its own feeds: those of before that are not among them are over."""
        self.stream_ticks = stream_ticks
        self.sources |= sources
        held = self.decoder.adopt({name: source.clock for name, source in sources.items()})
        self._take(held)
        self.watch.pulse.adopt(tuple(sources))

    def _take(self, batch: ReportBatch) -> None:
        if not self.stream_ticks:
            self._fold(batch)
            return
        for part in self.ticker.cut(batch):
            if isinstance(part, Tick):
                self.tick(part.at_ms)
            else:
                self._fold(part)

    def _fold(self, batch: ReportBatch) -> None:
        if len(batch.positions):
            self._unsaved.append(batch.positions)
        self._said.add(batch.statics)
        self.watch.step(batch)

    def _keep(self, changes: Sequence[AlertChange]) -> None:
        """Stored first, told after: nobody is shown an alert that a crash could take back."""
        if not changes:
            return
        told = [(c, sentence("zh", c), sentence("en", c)) for c in changes]
        self.store.save_changes(self.run.run_id, told)
        self.load.add(changes)
        for change in changes:
            self._tell(change)


def _closed(row: AlertRow, at_ms: int, basis: Mapping[str, str]) -> AlertChange:
    return AlertChange(
        at_ms=max(at_ms, row.at_ms + 1),
        change=ChangeKind.RESOLVED,
        alert=row.alert,
        rule=row.rule,
        key=tuple(row.key),
        priority=Priority(row.priority),
        mmsi=tuple(row.mmsi),
        zone=row.zone,
        position=None if row.lon_deg is None or row.lat_deg is None else (row.lon_deg, row.lat_deg),
        message=row.message,
        facts=row.facts,
        active=False,
        acked=True,
        basis=basis,
        state=AlertState(suppressed=RECOMPUTED),
    )


def sentence(lang: str, change: AlertChange) -> str:
    """The one sentence that explains an alert."""
    return words.say(lang, change.message, change.facts)


def act_to_json(act: Act) -> bytes:
    fields = ("act_id", "at_ms", "actor", "seat", "kind", "target", "facts")
    return json.dumps({name: getattr(act, name) for name in fields}, ensure_ascii=False).encode()


def act_from_json(data: bytes) -> Act:
    raw = json.loads(data)
    return Act(**{**raw, "kind": ActKind(raw["kind"])})
