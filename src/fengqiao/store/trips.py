"""Declared returns: which are waited for, which are over and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from fengqiao.model.trip import Trip
from fengqiao.store.connection import Database, portions, upsert
from fengqiao.store.tables import TripEnd, TripRow, table
from fengqiao.store.values import storable

TRIP = table(TripRow)
IDS_AT_ONCE = 500


class Trips(Database):
    def save_trips(self, run_id: str, trips: Sequence[Trip], at_ms: int, why: TripEnd, by: str = "") -> None:
        """Keep the returns that are waited for now; those of before that are missing ended at ``at_ms``, and ``why``.

        Saving the same again, as a watch that catches up does, leaves the same rows.
        """
        before = {trip.trip_id: trip for trip in self.trips(run_id)}
        fresh = [_row(run_id, trip) for trip in trips if before.get(trip.trip_id) != trip]
        gone = sorted(before.keys() - {trip.trip_id for trip in trips})
        ended = {"ended_ms": at_ms, "ended_by": storable(by), "ended_why": why.value}
        with self.writing() as connection:
            upsert(connection, TRIP, fresh, ["run_id", "trip_id"])
            for part in portions(gone, IDS_AT_ONCE):
                which = (TRIP.c.run_id == run_id) & TRIP.c.trip_id.in_(part)
                connection.execute(sa.update(TRIP).where(which).values(ended))

    def trips(self, run_id: str) -> tuple[Trip, ...]:
        """Returns of a run that are waited for, the earliest first."""
        query = sa.select(TRIP).where(TRIP.c.run_id == run_id, TRIP.c.ended_ms.is_(None))
        with self.reading() as connection:
            rows = connection.execute(query.order_by(TRIP.c.due_ms, TRIP.c.trip_id)).mappings()
            return tuple(_trip(dict(row)) for row in rows)

    def trip_rows(self, run_id: str, mmsi: int | None = None, limit: int = 1000) -> list[TripRow]:
        """Returns of a run, over or not, of one vessel or of all, the latest due first."""
        query = sa.select(TRIP).where(TRIP.c.run_id == run_id).order_by(TRIP.c.due_ms.desc(), TRIP.c.trip_id)
        if mmsi is not None:
            query = query.where(TRIP.c.mmsi == mmsi)
        with self.reading() as connection:
            return [TripRow(**row) for row in connection.execute(query.limit(limit)).mappings()]


def _row(run_id: str, trip: Trip) -> dict[str, Any]:
    row = {**asdict(trip), "run_id": run_id, "ended_ms": None, "ended_by": "", "ended_why": ""}
    return {name: storable(value) for name, value in row.items()}


def _trip(row: Mapping[str, Any]) -> Trip:
    return Trip(**{name: row[name] for name in Trip.__dataclass_fields__})
