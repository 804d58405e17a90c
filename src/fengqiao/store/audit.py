"""The audit chain: every act leaves a row whose hash covers the row and all rows before it.

A row edited or deleted in the middle breaks the chain by itself. A tail cut off, or the whole chain written anew,
shows only against a head somebody remembered: keep ``audit_head()`` with the shift hand-over or an evidence package.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fengqiao.store.connection import Database
from fengqiao.store.tables import AuditRow, table
from fengqiao.store.values import canonical, clean

AUDIT = table(AuditRow)
BEFORE_FIRST = "0" * 64
ROWS_AT_ONCE = 2_000  # read while verifying: memory stays bounded however long the chain


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of the chain at some moment."""

    seq: int = 0
    hash: str = BEFORE_FIRST


def append(connection: sa.Connection, at_ms: int, actor: str, seat: str, what: str, detail: Mapping[str, Any]) -> Head:
    """Add a link within the transaction of what it records, so that neither is there without the other."""
    before = _head(connection)
    row = {
        "seq": before.seq + 1,
        "at_ms": at_ms,
        "actor": clean(actor),
        "seat": clean(seat),
        "what": clean(what),
        "detail": canonical(detail),
    }
    link = link_hash(before.hash, row)
    connection.execute(sa.insert(AUDIT), {**row, "prev_hash": before.hash, "hash": link})
    return Head(before.seq + 1, link)


def link_hash(prev_hash: str, row: Mapping[str, Any]) -> str:
    """sha256, in hex, of the hash before and the canonical JSON of the row without its two hashes."""
    return hashlib.sha256((prev_hash + canonical(row)).encode()).hexdigest()


def first_broken(connection: sa.Connection, remembered: Head | None = None) -> int | None:
    """The first seq that is missing, altered or not where ``remembered`` saw it; None when the chain holds."""
    before = Head()
    query = sa.select(AUDIT).order_by(AUDIT.c.seq)
    # Closed also where we stop half way: a server keeps the rest of the rows ready for us until then.
    with connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query) as rows:
        for row in rows.mappings():
            fields = {k: v for k, v in row.items() if k not in ("prev_hash", "hash")}
            linked = row["prev_hash"] == before.hash and row["hash"] == link_hash(before.hash, fields)
            if row["seq"] != before.seq + 1 or not linked:
                return before.seq + 1
            before = Head(row["seq"], row["hash"])
            if remembered and remembered.seq == before.seq and remembered.hash != before.hash:
                return before.seq
    if remembered and remembered.seq > before.seq:
        return before.seq + 1
    return None


class Audit(Database):
    """The audit chain of a store."""

    def audit(self, at_ms: int, actor: str, seat: str, what: str, detail: Mapping[str, Any]) -> Head:
        """Record something that stores nothing else, such as a telephone number that was shown."""
        with self.writing() as connection:
            return append(connection, at_ms, actor, seat, what, detail)

    def audit_head(self) -> Head:
        with self.reading() as connection:
            return _head(connection)

    def audit_record(self, seq: int) -> dict[str, Any] | None:
        """The record as it stands now, whatever was done to it; None where there is none."""
        with self.reading() as connection:
            row = connection.execute(sa.select(AUDIT).where(AUDIT.c.seq == seq)).mappings().first()
            return dict(row) if row is not None else None

    def verify_chain(self, remembered: Head | None = None) -> int | None:
        """The first broken seq or None; with a remembered head also a tail that was cut off or a chain rewritten."""
        with self.reading() as connection:
            return first_broken(connection, remembered)


def _head(connection: sa.Connection) -> Head:
    row = connection.execute(sa.select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    return Head(*row) if row else Head()
