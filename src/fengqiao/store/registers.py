"""The register of vessels, kept revision by revision; what stands in one is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from fengqiao.register.csv_in import Import
from fengqiao.register.vessel import Identity, Register, RegisteredVessel
from fengqiao.store import audit
from fengqiao.store.connection import Database, upsert
from fengqiao.store.tables import RegisterIdentityRow, RegisterRevisionRow, RegisterVesselRow, table
from fengqiao.store.values import clean, storable

REVISION, VESSEL, IDENTITY = table(RegisterRevisionRow), table(RegisterVesselRow), table(RegisterIdentityRow)


class Registers(Database):
    def save_register(self, read: Import, actor: str, seat: str, at_ms: int | None = None) -> str:
        """Put what was read in force in place of all before, audited in the same transaction; gives its revision.

        It is in force from ``at_ms``, or from when it was read.

        The same content is the same revision: saving it again puts it in force again and stores no vessel twice.
        """
        vessels = [_vessel_row(read.revision, v) for v in read.vessels]
        identities = [row for v in read.vessels for row in _identity_rows(read.revision, v)]
        said = {"revision": read.revision, "vessels": len(read.vessels), "refused": len(read.refused)}
        at_ms = read.at_ms if at_ms is None else at_ms
        with self.writing() as connection:
            upsert(connection, VESSEL, vessels, ["revision", "vessel_id"], keep=True)
            upsert(connection, IDENTITY, identities, ["revision", "vessel_id", "ordinal"], keep=True)
            who = {"at_ms": at_ms, "actor": clean(actor), "seat": clean(seat)}
            connection.execute(sa.insert(REVISION), {**said, **who})
            audit.append(connection, at_ms, actor, seat, "register_saved", said)
        return read.revision

    def register_revision(self) -> str:
        """The revision in force; that of the empty register when none was ever saved."""
        newest = sa.select(REVISION.c.revision).order_by(REVISION.c.seq.desc()).limit(1)
        with self.reading() as connection:
            return connection.execute(newest).scalar() or Register().revision

    def load_register(self, revision: str | None = None) -> Register:
        """The register in force, or a revision of old; without vessels when there is none."""
        revision = self.register_revision() if revision is None else revision
        with self.reading() as connection:
            vessels = _rows(connection, VESSEL, revision, VESSEL.c.vessel_id)
            identities = _rows(connection, IDENTITY, revision, IDENTITY.c.ordinal)
        return Register.of(revision, _vessels(vessels, identities))

    def register_revisions(self) -> list[RegisterRevisionRow]:
        """Which content was in force from when, the newest first."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(REVISION).order_by(REVISION.c.seq.desc()))
            return [RegisterRevisionRow(**row) for row in rows.mappings()]


def _vessel_row(revision: str, vessel: RegisteredVessel) -> dict[str, Any]:
    row = {k: v for k, v in asdict(vessel).items() if k != "identities"}
    return {k: storable(v) for k, v in {**row, "revision": revision}.items()}


def _identity_rows(revision: str, vessel: RegisteredVessel) -> list[dict[str, Any]]:
    base = {"revision": revision, "vessel_id": vessel.vessel_id}
    return [storable({**base, "ordinal": i, **asdict(identity)}) for i, identity in enumerate(vessel.identities)]


def _rows(
    connection: sa.Connection, of: sa.Table, revision: str, order: sa.ColumnElement[Any]
) -> Sequence[Mapping[str, Any]]:
    query = sa.select(*(c for c in of.columns if c.name != "revision")).where(of.c.revision == revision)
    return [dict(row) for row in connection.execute(query.order_by(order)).mappings()]


def _vessels(
    vessels: Sequence[Mapping[str, Any]], identities: Sequence[Mapping[str, Any]]
) -> tuple[RegisteredVessel, ...]:
    borne: dict[str, list[Identity]] = {}
    for row in identities:
        fields = {k: v for k, v in row.items() if k not in ("vessel_id", "ordinal")}
        borne.setdefault(row["vessel_id"], []).append(Identity(**fields))
    return tuple(
        RegisteredVessel(
            **{
                **row,
                "identities": tuple(borne.get(row["vessel_id"], ())),
                "permits": tuple(row["permits"]),
                "length_m": float("nan") if row["length_m"] is None else row["length_m"],
            }
        )
        for row in vessels
    )
