"""The watch is a fold over journalled inputs: fold, judge, admit, in that order.

Nothing in here reads a clock, a socket, a file or a random number. ``fold`` is keyed by vessel, ``judge`` by sea
cell with a halo, ``admit`` by alert; with ``shards`` greater than one each stage really is cut up that way, and the
alerts are the same.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from fengqiao import __version__, nav, rules
from fengqiao.alerts import AlertBook, Outage, Outcome, Refusal, Service, as_it_was, change_order
from fengqiao.alerts import Params as AlertParams
from fengqiao.fleet import Fleet, Vessels
from fengqiao.fleet.health import FeedPulse
from fengqiao.model.errors import InputFault
from fengqiao.model.findings import AlertChange, Ended, Findings
from fengqiao.model.inputs import Act, ActKind, Context, Tick, WatchInput
from fengqiao.model.reports import ReportBatch
from fengqiao.model.trip import Trip, set_back
from fengqiao.register.trips import declared, trips_from_facts
from fengqiao.situation import Picture, Situation, Surroundings
from fengqiao.situation.activity import Doing, activities, gears
from fengqiao.situation.company import partners
from fengqiao.situation.lying import Lying
from fengqiao.situation.outings import Outings
from fengqiao.situation.situation import fishing_craft
from fengqiao.situation.trips import follow
from fengqiao.weather import Stations, gale_from_facts

CELL_DEG = 0.5
HALO_NM = 15.0  # no cell rule looks farther: collision 13 and two links of net, gap 14 (bounds of their settings)
FORGET_EVERY_MS = 600_000

Flags = NDArray[np.bool_]
NOTHING = Outcome()


class Shard:
    """What one worker remembers of its vessels."""

    def __init__(self) -> None:
        self.fleet = Fleet()
        self.situation = Situation()


class Watch:
    def __init__(
        self,
        feeds: tuple[str, ...],
        surroundings: Surroundings,
        settings: rules.RuleSettings | None = None,
        shards: int = 1,
    ) -> None:
        self.surroundings = surroundings
        self.settings = settings or rules.RuleSettings()
        self._settings_mark = revision_of(self.settings)
        self.pulse = FeedPulse(feeds)
        self.stations = Stations()
        self.at_ms = 0
        self._trips_mark = trips_mark(surroundings.trips)
        self._shards = [Shard() for _ in range(shards)]
        self._books = [AlertBook(self.alert_params) for _ in range(shards)]
        self.service = Service()
        self.doing = Doing.empty()  # at the last tick: shown, never judged by, and no part of a checkpoint

    def step(self, event: WatchInput) -> Outcome:
        match event:
            case ReportBatch():
                fold(self._shards, self.pulse, event)
                self.stations.fold(event.observations)
                return NOTHING
            case Tick(at_ms):
                self.at_ms = at_ms
                self._look(at_ms)
                picture = self._follow_trips(self.picture(at_ms))
                v = picture.vessels
                self.doing = Doing(v.mmsi, v.voice, picture.activity, picture.partner)
                answers = judge(picture, self.settings, len(self._shards))
                self._forget(at_ms)
                basis = self.basis()
                ended = self.service.end(at_ms, basis)
                over = rules.endings(picture, self.settings)
                told = admit(self._books, at_ms, answers, basis, self.service.out, over)
                return Outcome((*ended, *told))
            case Act():
                return self._perform(event)
            case Context():
                self._surround(event)
                return NOTHING

    def vessels(self) -> Vessels:
        """Every segment now, rows by mmsi and voice: what the frame shows between two ticks."""
        vessels = Vessels.join(shard.fleet.vessels() for shard in self._shards)
        return vessels.take(np.lexsort((vessels.voice, vessels.mmsi)))

    def dump(self) -> dict[str, Any]:
        """All memory of the watch as plain objects; surroundings come from their own revisions, but for the gales
        and the returns that people typed."""
        return {
            "shards": self._shards,
            "books": self._books,
            "service": self.service,
            "pulse": self.pulse,
            "stations": self.stations,
            "at_ms": self.at_ms,
            "gales": self.surroundings.gales,
            "trips": self.surroundings.trips,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        self._shards, self._books, self.service = state["shards"], state["books"], state["service"]
        for book in self._books:
            book.params = self.alert_params
        self.pulse, self.stations, self.at_ms = state["pulse"], state["stations"], state["at_ms"]
        self.surroundings = replace(self.surroundings, gales=state["gales"], trips=state["trips"])
        self._trips_mark = trips_mark(self.surroundings.trips)

    def picture(self, at_ms: int) -> Picture:
        """All that is known at a tick, rows by mmsi and voice, whichever shard keeps them."""
        around = self.surroundings
        vessels = Vessels.join(shard.fleet.vessels() for shard in self._shards)
        order = np.lexsort((vessels.voice, vessels.mmsi))
        vessels = vessels.take(order)

        def of(name: str) -> NDArray[Any]:
            return np.concatenate([getattr(s.situation, name)[: len(s.fleet)] for s in self._shards])[order]

        stopped, near_harbour, boats = of("stopped"), of("near_harbour"), fishing_craft(vessels, around.register)
        gear = gears(vessels, around.register, at_ms)
        # Over the whole sea, before it is cut into cells: a boat's partner may lie in another one.
        partner = partners(vessels, at_ms, boats, near_harbour, gear, self.settings.params["company"])
        return Picture(
            at_ms=at_ms,
            vessels=vessels,
            own=np.ones(len(vessels), bool),
            stopped=stopped,
            fishing_craft=boats,
            watched=around.zones.watched,
            inside=of("inside"),
            entered_ms=of("entered_ms"),
            near_harbour=near_harbour,
            sheltered=of("sheltered"),
            zones_by_id=around.zones.by_id,
            register=around.register,
            gales=around.gales,
            trips=around.trips,
            stations=tuple(self.stations),
            feeds=self.pulse.health(at_ms),
            receivers=self.pulse.receivers.health(self.pulse.feeds),
            activity=activities(
                vessels, at_ms, stopped, near_harbour, boats, gear, partner, self.settings.params["activity"]
            ),
            partner=partner,
            lying=Lying.join(s.situation.lying.take(slice(len(s.fleet))) for s in self._shards).take(order),
            outings=Outings.join(s.situation.outings.out for s in self._shards).by_mmsi(),
        )

    def basis(self) -> dict[str, str]:
        """What an alert decided now rests on, beside the facts in it."""
        around = self.surroundings
        return {
            "code": __version__,
            "settings": self._settings_mark,
            "zones": around.zones.revision,
            "register": around.register.revision,
            "gales": digest([asdict(g) for g in around.gales]) if around.gales else "none",
            "trips": self._trips_mark,
        }

    def _look(self, at_ms: int) -> None:
        """Bring every shard's situation up to date."""
        around, params = self.surroundings, self.settings.params
        receivers = self.pulse.receivers.health(self.pulse.feeds)
        for shard in self._shards:
            vessels, situation = shard.fleet.vessels(), shard.situation
            situation.look(vessels, around.zones, params["lying"])
            boats = fishing_craft(vessels, around.register)
            harbour, stopped = situation.near_harbour, situation.stopped
            situation.outings.heed(vessels, boats, harbour, stopped, receivers, at_ms, params["outings"])

    def _follow_trips(self, picture: Picture) -> Picture:
        """Who came home is waited for no more."""
        trips = follow(self.surroundings.trips, picture.vessels, picture.near_harbour, picture.stopped, picture.at_ms)
        if trips is None:
            return picture
        self._wait_for(trips)
        return replace(picture, trips=trips)

    def _wait_for(self, trips: tuple[Trip, ...]) -> None:
        self.surroundings = replace(self.surroundings, trips=trips)
        self._trips_mark = trips_mark(trips)

    def close_all(self, why: str) -> tuple[AlertChange, ...]:
        """Every listed alert as over without an answer, and whatever is out of service as back."""
        basis = self.basis()
        back = self.service.end(self.at_ms, basis, all_of_them=True)
        closed = [change for book in self._books for change in book.close_all(self.at_ms, why, basis)]
        return (*back, *sorted(closed, key=change_order))

    def anew(self, feeds: tuple[str, ...], at_ms: int) -> "Watch":
        """One that has heard nobody yet, among the same surroundings; names, types and how long outings took are still
        known.

        ``at_ms``: the time now, of which the one before was ahead.
        """
        trips = tuple(set_back(trip, at_ms) for trip in self.surroundings.trips)
        fresh = Watch(feeds, replace(self.surroundings, trips=trips), self.settings, shards=len(self._shards))
        for shard, known in zip(fresh._shards, self._shards, strict=True):
            shard.fleet = known.fleet.anew()
            shard.situation.outings = known.situation.outings.anew()
        return fresh

    @property
    def books(self) -> Sequence[AlertBook]:
        return self._books

    @property
    def fleets(self) -> Iterator[Fleet]:
        return (shard.fleet for shard in self._shards)

    @property
    def alert_params(self) -> AlertParams:
        params: AlertParams = self.settings.params.get("alerts") or AlertParams()
        return params

    def _perform(self, act: Act) -> Outcome:
        if act.kind is ActKind.GALE_ISSUE:
            try:
                gale = gale_from_facts(act.target, act.facts)
            except InputFault as fault:
                return Outcome(refusal=f"{fault.message}:{fault.facts.get('field')}")
            others = tuple(g for g in self.surroundings.gales if g.gale_id != gale.gale_id)
            self.surroundings = replace(self.surroundings, gales=(*others, gale))
            return NOTHING
        if act.kind is ActKind.GALE_CANCEL:
            kept = tuple(g for g in self.surroundings.gales if g.gale_id != act.target)
            known = len(kept) < len(self.surroundings.gales)
            self.surroundings = replace(self.surroundings, gales=kept)
            return NOTHING if known else Outcome(refusal="unknown_gale")
        if act.kind in (ActKind.OUT_OF_SERVICE, ActKind.IN_SERVICE):
            what, _, name = act.target.partition(":")
            if what == "rule" and name.strip() not in {rule.NAME for rule, _ in self.settings.each()}:
                return Outcome(refusal=Refusal.NOT_A_SOURCE)  # a slip of the pen would leave the rule in service
            return self.service.perform(act, self.basis(), self.alert_params)
        if act.kind is ActKind.TRIP_DECLARE:
            try:
                self._wait_for(declared(self.surroundings.trips, trips_from_facts(act.facts, act.at_ms, act.actor)))
            except InputFault as fault:
                return Outcome(refusal=f"trip_unread:{fault.facts.get('field')}")
            return NOTHING
        if act.kind is ActKind.TRIP_END:
            ended = [t.mmsi for t in self.surroundings.trips if t.trip_id == act.target]
            self._wait_for(tuple(t for t in self.surroundings.trips if t.trip_id != act.target))
            for mmsi in ended:  # nor is she waited for by what is usual: a person knows better
                self._shards[mmsi % len(self._shards)].situation.outings.end(mmsi)
            return NOTHING if ended else Outcome(refusal="unknown_trip")
        outcomes = [book.perform(act, self.basis()) for book in self._books]
        changes = tuple(sorted((c for o in outcomes for c in o.changes), key=change_order))
        # The book that keeps the alert answers for all: the others only say that they do not know it.
        knows = (o for o in outcomes if o.refusal is not Refusal.UNKNOWN_ALERT)
        return Outcome(changes) if changes else next(knows, outcomes[0])

    def _surround(self, event: Context) -> None:
        if event.kind == "feed_ended":
            self.pulse.ended.add(event.value)
        elif event.kind == "settings":
            self.settings, self._settings_mark = event.value, revision_of(event.value)
            for book in self._books:
                book.params = self.alert_params
        else:
            self.surroundings = replace(self.surroundings, **{event.kind: event.value})

    def _forget(self, at_ms: int) -> None:
        if at_ms % FORGET_EVERY_MS:
            return
        self.stations.forget(at_ms)
        # Who is forgotten is undecided no more, and her alerts would resolve by silence.
        missed = frozenset(m for book in self._books for a in book.active if a.active for m in a.finding.mmsi)
        for shard in self._shards:
            kept = shard.fleet.forget(at_ms, missed)
            if kept is not None:
                shard.situation.keep(kept)


def fold(shards: Sequence[Shard], pulse: FeedPulse, batch: ReportBatch) -> None:
    """Keyed by vessel: every report goes to the shard that keeps its mmsi."""
    pulse.fold(batch.lines, batch.receivers)
    n = len(shards)
    if n == 1:
        shards[0].fleet.fold(batch)
        return
    for k, shard in enumerate(shards):
        positions, statics, texts, altitudes = batch.positions, batch.statics, batch.texts, batch.altitudes
        shard.fleet.fold(
            ReportBatch(
                batch.feeds,
                batch.lines,
                positions.take(positions.mmsi % n == k),
                statics.take(statics.mmsi % n == k),
                texts.take(texts.mmsi % n == k),
                altitudes=altitudes.take(altitudes.mmsi % n == k),
                receivers=batch.receivers,
            )
        )


def judge(picture: Picture, settings: rules.RuleSettings, shards: int = 1) -> list[Findings]:
    """Keyed by sea cell: each judge sees its cells and a halo around them and answers for what lies in its cells."""
    answers = []
    parts = [picture] if shards == 1 else list(cells(picture, shards))
    for rule, params in settings.each():
        asked = parts if rule.SCOPE == "cell" else [picture]
        answers += [rule.check(part, params) for part in asked]
    return answers


def admit(
    books: Sequence[AlertBook],
    at_ms: int,
    answers: Sequence[Findings],
    basis: Mapping[str, str],
    out: Sequence[Outage] = (),
    ended: Ended = as_it_was,
) -> tuple[AlertChange, ...]:
    """Keyed by alert: every finding goes to the book that keeps its key."""
    changes: list[AlertChange] = []
    n = len(books)
    for k, book in enumerate(books):
        mine = answers if n == 1 else [_only(answer, k, n) for answer in answers]
        changes += book.admit(at_ms, mine, basis, out, ended)
    return tuple(sorted(changes, key=change_order))


def cells(picture: Picture, n: int) -> Iterator[Picture]:
    """The picture cut into ``n`` judges' shares of the sea, each with its halo; together they own every row once."""
    v = picture.vessels
    lon, lat = np.nan_to_num(v.lon_deg), np.nan_to_num(v.lat_deg)  # a device without a place belongs somewhere too
    col, row = np.floor(lon / CELL_DEG).astype(np.int64), np.floor(lat / CELL_DEG).astype(np.int64)
    owner = (col * 7 + row * 3) % n
    for k in range(n):
        own = owner == k
        if own.any() or (k == 0 and not len(own)):  # an empty sea is answered for as well
            yield _part(picture, own, own | _halo(lon, lat, col, row, own))


def _halo(
    lon: NDArray[np.float64], lat: NDArray[np.float64], col: NDArray[np.int64], row: NDArray[np.int64], own: Flags
) -> Flags:
    """Rows within HALO_NM of any cell that the judge owns something in."""
    near = np.zeros(len(lon), bool)
    for c, r in {(int(a), int(b)) for a, b in zip(col[own], row[own], strict=True)}:
        west = c * CELL_DEG
        # As seen from the cell's middle, so that 180 degrees is no seam.
        edge_lon = west + np.clip(nav.angle_between_deg(west + CELL_DEG / 2.0, lon) + CELL_DEG / 2.0, 0.0, CELL_DEG)
        edge_lat = np.clip(lat, r * CELL_DEG, (r + 1) * CELL_DEG)
        near |= nav.distance_nm(edge_lon, edge_lat, lon, lat) <= HALO_NM
    return near


def _part(picture: Picture, own: Flags, seen: Flags) -> Picture:
    rows = np.flatnonzero(seen)
    columns = ("stopped", "fishing_craft", "inside", "entered_ms", "near_harbour", "sheltered", "activity", "partner")
    cut = {name: getattr(picture, name)[rows] for name in columns}
    return replace(picture, vessels=picture.vessels.take(rows), own=own[rows], lying=picture.lying.take(rows), **cut)


def _only(answer: Findings, k: int, n: int) -> Findings:
    kept = tuple(f for f in answer.findings if crc32("|".join((f.rule, *f.key)).encode()) % n == k)
    return replace(answer, findings=kept)


def revision_of(settings: rules.RuleSettings) -> str:
    """The mark of these parameters in the basis of every alert that they decided."""
    return digest(asdict(settings))


def trips_mark(trips: Sequence[Trip]) -> str:
    """Which returns were waited for; what the watch has seen of them is no part of it."""
    return digest([(trip.trip_id, trip.harbour, trip.departs_ms) for trip in trips]) if trips else "none"


def digest(value: Any) -> str:
    """Short name of a JSON value: the same value always gets the same."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
