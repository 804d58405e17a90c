"""What the watch derives and keeps: runs, latest vessel states, alerts with every change, gales, the manifest.

Everything here is saved by a key made of the inputs, so that folding them again after a crash leaves the same rows.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from math import isfinite
from typing import Any

import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql, sqlite

from fengqiao.alerts.load import LoadMeter
from fengqiao.fleet.vessels import Vessels
from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.model.inputs import Act
from fengqiao.store.archive import LAST_MS, SegmentInfo
from fengqiao.store.connection import Database, portions, upsert
from fengqiao.store.tables import (
    AlertChangeRow,
    AlertRow,
    GaleRow,
    LatestRow,
    RunKind,
    RunRow,
    SegmentRow,
    table,
)
from fengqiao.store.values import clean, storable

RUN, LATEST, ALERT, CHANGE = table(RunRow), table(LatestRow), table(AlertRow), table(AlertChangeRow)
GALE, SEGMENT = table(GaleRow), table(SegmentRow)
LOAD_COLUMNS = [CHANGE.c[n] for n in ("at_ms", "change", "alert", "rule", "key", "priority", "active", "acked")]
ALERTS_AT_ONCE = 500  # names in one IN list, rows held while looking for some
CHANGES_MAX = 10_000  # rows in one answer; ask again after the last
CHANGES_AT_ONCE = 2_000  # held while load is figured


class Runs(Database):
    def begin_run(self, run_id: str, kind: RunKind, started_ms: int, basis: Mapping[str, str], lang: str = "") -> None:
        """Open a run, or go on with the one of that id: then its row stays as it was."""
        row = {"run_id": run_id, "kind": kind.value, "started_ms": started_ms, "basis": dict(basis), "lang": lang}
        with self.writing() as connection:
            upsert(connection, RUN, [row], ["run_id"], keep=True)

    def runs(self) -> list[RunRow]:
        """Every run, the latest first."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(RUN).order_by(RUN.c.started_ms.desc(), RUN.c.run_id))
            return [RunRow(**row) for row in rows.mappings()]


class LatestStates(Database):
    def save_latest(self, run_id: str, vessels: Vessels, feeds: Sequence[str] = ()) -> None:
        """Keep the latest state of each identity segment; ``feeds`` are the names that ``vessels.feed`` indexes."""
        rows = latest_rows(run_id, vessels, feeds)
        with self.writing() as connection:
            upsert(connection, LATEST, rows, ["run_id", "mmsi", "voice"])

    def latest(self, run_id: str, mmsi: int | None = None) -> list[LatestRow]:
        query = sa.select(LATEST).where(LATEST.c.run_id == run_id).order_by(LATEST.c.mmsi, LATEST.c.voice)
        if mmsi is not None:
            query = query.where(LATEST.c.mmsi == mmsi)
        with self.reading() as connection:
            return [LatestRow(**row) for row in connection.execute(query).mappings()]


class Alerts(Database):
    def save_changes(self, run_id: str, changes: Sequence[tuple[AlertChange, str, str]]) -> None:
        """Keep alert changes with their Chinese and English sentence, and bring the alerts up to date.

        Saving the same changes again, all or some, in any division, leaves the same rows.
        """
        rows = list({row["change_key"]: row for row in (_change_row(run_id, *c) for c in changes)}.values())
        if not rows:
            return
        with self.writing() as connection:
            upsert(connection, CHANGE, rows, ["change_key"])
            for part in portions(sorted({row["alert"] for row in rows}), ALERTS_AT_ONCE):
                _project(connection, run_id, part)

    def alerts(self, run_id: str | None = None, active_only: bool = False) -> list[AlertRow]:
        """Alerts as they stand, of one run or of all, the gravest first and of these the newest."""
        query = sa.select(ALERT).order_by(ALERT.c.priority.desc(), ALERT.c.raised_ms.desc(), ALERT.c.alert)
        if run_id is not None:
            query = query.where(ALERT.c.run_id == run_id)
        if active_only:
            query = query.where(ALERT.c.active)
        with self.reading() as connection:
            return [AlertRow(**row) for row in connection.execute(query).mappings()]

    def alerts_named(self, run_id: str, names: Sequence[str]) -> list[AlertRow]:
        """Alerts of a run by id, as they stand; those it does not know are left out."""
        with self.reading() as connection:
            parts = (
                connection.execute(sa.select(ALERT).where(ALERT.c.run_id == run_id, ALERT.c.alert.in_(part)))
                for part in portions(names, ALERTS_AT_ONCE)
            )
            return [AlertRow(**row) for part in parts for row in part.mappings()]

    def alerts_of(self, mmsi: int, limit: int) -> list[AlertRow]:
        """Alerts of every run that a vessel is part of, the newest first."""
        # Both databases can search the text of a JSON column; what only looks like the number is left out here.
        named = sa.cast(ALERT.c.mmsi, sa.Text).contains(str(mmsi))
        query = sa.select(ALERT).where(named).order_by(ALERT.c.raised_ms.desc(), ALERT.c.run_id, ALERT.c.alert)
        with (
            self.reading() as connection,
            connection.execution_options(yield_per=ALERTS_AT_ONCE).execute(query) as rows,
        ):
            return list(islice((AlertRow(**row) for row in rows.mappings() if mmsi in row["mmsi"]), limit))

    def listed_alerts(self, run_id: str) -> list[AlertRow]:
        """Alerts of a run that still ask for something: active, or resolved and not yet acknowledged."""
        query = sa.select(ALERT).where(ALERT.c.run_id == run_id, ALERT.c.active | ~ALERT.c.acked)
        with self.reading() as connection:
            return [AlertRow(**row) for row in connection.execute(query).mappings()]

    def out_of_service(self, run_id: str, at_ms: int) -> list[AlertRow]:
        """What was taken out of service in a run and is not back at that instant, the first to end before the others.

        A watch that stands still brings nothing back: its end is looked at as well.
        """
        query = sa.select(ALERT).where(ALERT.c.run_id == run_id, ALERT.c.change == ChangeKind.OUT_OF_SERVICE.value)
        with self.reading() as connection:
            rows = [AlertRow(**row) for row in connection.execute(query).mappings()]
        out = [row for row in rows if row.facts["until_ms"] > at_ms]
        return sorted(out, key=lambda row: (row.facts["until_ms"], row.alert))

    def changes(
        self, run_id: str, after_seq: int = 0, alert: str | None = None, limit: int = CHANGES_MAX
    ) -> list[AlertChangeRow]:
        """Changes kept after row ``after_seq``, in the order they were first kept, of one alert or of all."""
        query = sa.select(CHANGE).where(CHANGE.c.run_id == run_id, CHANGE.c.seq > after_seq)
        if alert is not None:
            query = query.where(CHANGE.c.alert == alert)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(CHANGE.c.seq).limit(limit))
            return [AlertChangeRow(**row) for row in rows.mappings()]

    def change_keys(self, run_id: str) -> set[str]:
        """What a rebuild compares: the same inputs give the same keys."""
        query = sa.select(CHANGE.c.change_key).where(CHANGE.c.run_id == run_id)
        with self.reading() as connection:
            return set(connection.execute(query).scalars())

    def began_ms(self, run_id: str, by_ms: int) -> int:
        """Since when a run has been watching: it was opened or told something, by an instant; else that instant."""
        opened = sa.select(RUN.c.started_ms.label("at_ms")).where(RUN.c.run_id == run_id)
        told = sa.select(CHANGE.c.at_ms).where(CHANGE.c.run_id == run_id)
        known = sa.union_all(opened, told).subquery()
        with self.reading() as connection:
            first: int | None = connection.execute(
                sa.select(sa.func.min(known.c.at_ms)).where(known.c.at_ms <= by_ms)
            ).scalar()
        return by_ms if first is None else first

    def alert_load(self, run_id: str, from_ms: int, to_ms: int, staffed: Iterable[tuple[int, int]] = ()) -> LoadMeter:
        """The load (see ``alerts.load``) of a run over [from_ms, to_ms): what stood before and what was told within.

        ``staffed``: from when on how many seats were staffed, in order (``Duty.staffed``); else it is one.
        """
        query = sa.select(*LOAD_COLUMNS).where(
            CHANGE.c.run_id == run_id, CHANGE.c.at_ms >= from_ms, CHANGE.c.at_ms < to_ms
        )
        meter, steps = LoadMeter(), deque(staffed)
        with self.reading() as connection:
            for alert, raised_ms in connection.execute(_standing(run_id, from_ms)):
                meter.stand(alert, raised_ms)
            meter.tick(from_ms)
            ordered = query.order_by(CHANGE.c.at_ms, CHANGE.c.seq)
            for row in connection.execution_options(yield_per=CHANGES_AT_ONCE).execute(ordered).mappings():
                while steps and steps[0][0] <= row["at_ms"]:
                    meter.staff(*steps.popleft())
                meter.add((_called(row),))
        for step in steps:
            meter.staff(*step)
        meter.tick(to_ms)
        return meter


class Gales(Database):
    def save_gales(self, run_id: str, gales: Sequence[GaleWarning], act: Act) -> None:
        """Keep the warnings in force after ``act``: it issued what is new or other, and cancelled what is missing."""
        before = {gale.gale_id: gale for gale in self.gales(run_id)}
        issued = [_gale_row(run_id, gale, act) for gale in gales if before.get(gale.gale_id) != gale]
        gone = sorted(before.keys() - {gale.gale_id for gale in gales})
        which = (GALE.c.run_id == run_id) & GALE.c.gale_id.in_(gone) & GALE.c.cancelled_ms.is_(None)
        with self.writing() as connection:
            upsert(connection, GALE, issued, ["run_id", "gale_id"])
            cancelled = {"cancelled_ms": act.at_ms, "cancelled_by": clean(act.actor)}
            connection.execute(sa.update(GALE).where(which).values(cancelled))

    def gales(self, run_id: str) -> tuple[GaleWarning, ...]:
        """Warnings of a run that nobody cancelled, in the order of their id; over or not is for the reader to say."""
        query = sa.select(GALE).where(GALE.c.run_id == run_id, GALE.c.cancelled_ms.is_(None)).order_by(GALE.c.gale_id)
        with self.reading() as connection:
            return tuple(_gale(dict(row)) for row in connection.execute(query).mappings())


class Manifest(Database):
    def save_segments(self, segments: Sequence[SegmentInfo]) -> None:
        """Enter archive files; after their rename, so that the manifest never names a file that is not there."""
        with self.writing() as connection:
            upsert(connection, SEGMENT, [asdict(s) for s in segments], ["run_id", "path"])

    def segments(self, run_id: str, from_ms: int = 0, to_ms: int = LAST_MS) -> list[SegmentInfo]:
        """Archive files of a run that hold fixes of [from_ms, to_ms), in the order of their time."""
        query = sa.select(SEGMENT).where(SEGMENT.c.run_id == run_id, SEGMENT.c.t1_ms >= from_ms)
        with self.reading() as connection:
            rows = connection.execute(query.where(SEGMENT.c.t0_ms < to_ms).order_by(SEGMENT.c.t0_ms, SEGMENT.c.path))
            return [SegmentInfo(**row) for row in rows.mappings()]


def latest_rows(run_id: str, vessels: Vessels, feeds: Sequence[str]) -> list[dict[str, Any]]:
    """One dict a vessel row, ready for the ``latest`` table."""
    names = [n for n in Vessels.names() if n in LATEST.c]  # the others are for the picture now
    columns = {name: _plain_column(getattr(vessels, name)) for name in names}
    columns["feed"] = [feeds[i] if 0 <= i < len(feeds) else "" for i in columns["feed"]]
    return [
        {"run_id": run_id, **dict(zip(names, row, strict=True))}
        for row in zip(*(columns[n] for n in names), strict=True)
    ]


def _plain_column(array: NDArray[Any]) -> list[Any]:
    values: list[Any] = array.tolist()
    if array.dtype == object:
        return [clean(text) for text in values]
    if array.dtype.kind == "f":
        return [value if isfinite(value) else None for value in values]
    return values


def _change_row(run_id: str, change: AlertChange, text_zh: str, text_en: str) -> dict[str, Any]:
    lon_deg, lat_deg = change.position or (None, None)
    return {
        "change_key": change_key(run_id, change),
        "run_id": run_id,
        "alert": clean(change.alert),
        "at_ms": change.at_ms,
        "change": change.change.value,
        "rule": clean(change.rule),
        "key": list(change.key),
        "priority": int(change.priority),
        "mmsi": list(change.mmsi),
        "zone": None if change.zone is None else clean(change.zone),
        "lon_deg": storable(lon_deg),
        "lat_deg": storable(lat_deg),
        "message": clean(change.message),
        "facts": dict(change.facts),
        "active": bool(change.active),
        "acked": bool(change.acked),
        "basis": dict(change.basis),
        "state": change.state.as_json(),
        "actor": clean(change.actor),
        "note": clean(change.note),
        "text_zh": clean(text_zh),
        "text_en": clean(text_en),
    }


def change_key(run_id: str, change: AlertChange) -> str:
    """run, alert, instant and kind; for what a person did also who and what, as two may act in one instant."""
    key = f"{run_id}|{change.alert}|{change.at_ms}|{change.change.value}"
    if change.actor or change.note:
        said = f"{change.actor}\0{change.note}".encode("utf-8", "surrogatepass")
        key += "|" + hashlib.sha256(said).hexdigest()[:16]
    return clean(key)


def _project(connection: sa.Connection, run_id: str, alerts: Sequence[str]) -> None:
    """Make the rows of ``alert`` anew from their changes: the latest, ties broken by which was kept first."""
    mine = sa.select(
        CHANGE,
        sa.func.min(CHANGE.c.at_ms).over(partition_by=CHANGE.c.alert).label("raised_ms"),
        sa.func.row_number()
        .over(partition_by=CHANGE.c.alert, order_by=(CHANGE.c.at_ms.desc(), CHANGE.c.seq.desc()))
        .label("place"),
    ).where(CHANGE.c.run_id == run_id, CHANGE.c.alert.in_(alerts))
    ranked = mine.subquery()
    names = [c.name for c in ALERT.columns]
    last = sa.select(*(ranked.c[n] for n in names)).where(ranked.c.place == 1)
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
    statement = dialect.insert(ALERT).from_select(names, last)
    new = {n: statement.excluded[n] for n in names if n not in ("run_id", "alert")}
    connection.execute(statement.on_conflict_do_update(index_elements=["run_id", "alert"], set_=new))


def _called(row: Mapping[Any, Any]) -> AlertChange:
    """As much of a change as its weight takes: the facts of a month need not be read for it."""
    rest: dict[str, Any] = {"mmsi": (), "zone": None, "position": None, "message": "", "facts": {}, "basis": {}}
    return AlertChange(
        at_ms=row["at_ms"],
        change=ChangeKind(row["change"]),
        alert=row["alert"],
        rule=row["rule"],
        key=tuple(row["key"]),
        priority=Priority(row["priority"]),
        active=row["active"],
        acked=row["acked"],
        **rest,
    )


def _standing(run_id: str, at_ms: int) -> sa.Select[Any]:
    """Alerts raised before an instant and active at it, with when they were raised, oldest first."""
    resolved_since = sa.select(CHANGE.c.alert).where(
        CHANGE.c.run_id == run_id, CHANGE.c.change == ChangeKind.RESOLVED.value, CHANGE.c.at_ms >= at_ms
    )
    stood = sa.select(ALERT.c.alert, ALERT.c.raised_ms).where(
        ALERT.c.run_id == run_id, ALERT.c.raised_ms < at_ms, ALERT.c.active | ALERT.c.alert.in_(resolved_since)
    )
    return stood.order_by(ALERT.c.raised_ms, ALERT.c.alert)


def _gale_row(run_id: str, gale: GaleWarning, act: Act) -> dict[str, Any]:
    row = {
        **asdict(gale),
        "run_id": run_id,
        "issued_ms": act.at_ms,
        "issued_by": act.actor,
        "cancelled_ms": None,
        "cancelled_by": "",
    }
    return {name: storable(value) for name, value in row.items()}


def _gale(row: Mapping[str, Any]) -> GaleWarning:
    fields = {name: row[name] for name in GaleWarning.__dataclass_fields__}
    return GaleWarning(**{**fields, "polygon": tuple((lon, lat) for lon, lat in row["polygon"])})
