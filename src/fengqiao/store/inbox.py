"""The inbox: what people did, durable and audited before anybody is told it was taken.

The one door for acts, ``perform(actor, seat, act)``, stands in app; this is where it puts them, and where the watch
fetches them in the order they came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fengqiao.model.errors import UsageFault
from fengqiao.model.inputs import Act, ActKind
from fengqiao.store import audit
from fengqiao.store.connection import Database
from fengqiao.store.tables import ActRow, ActState, table
from fengqiao.store.values import canonical, clean

ACT = table(ActRow)
CHARS_MAX = 4 << 20  # ten thousand returns in one list take a quarter of it; the raw log takes no record without end


@dataclass(frozen=True, slots=True)
class StoredAct:
    """An act and what became of it."""

    seq: int
    act: Act
    state: ActState
    applied_ms: int | None
    outcome: str


class Inbox(Database):
    def put_act(self, act: Act) -> bool:
        """Keep an act, with its audit row, in one transaction; on the disk when this returns.

        False, and nothing done, when an act of that id is there already: a desk may send again after a broken line.
        UsageFault "act_too_long" for one that no watch could journal.
        """
        if len(act.target) + len(canonical(act.facts)) > CHARS_MAX:
            raise UsageFault("act_too_long", limit_mib=CHARS_MAX >> 20)
        row = {
            "act_id": clean(act.act_id),
            "created_ms": act.at_ms,
            "actor": clean(act.actor),
            "seat": clean(act.seat),
            "kind": act.kind.value,
            "target": clean(act.target),
            "facts": act.facts,
            "state": ActState.WAITING.value,
            "applied_ms": None,
            "outcome": "",
        }
        with self.writing() as connection:
            if connection.execute(sa.select(ACT.c.seq).where(ACT.c.act_id == row["act_id"])).first():
                return False
            connection.execute(sa.insert(ACT), row)
            said = {k: row[k] for k in ("act_id", "kind", "target", "facts")}
            audit.append(connection, act.at_ms, act.actor, act.seat, "act", said)
            return True

    def waiting_acts(self) -> list[Act]:
        """Acts nobody applied yet, in the order they came."""
        return [stored.act for stored in self.acts(ActState.WAITING)]

    def acts(self, state: ActState | None = None, from_ms: int = 0) -> list[StoredAct]:
        """Acts done at ``from_ms`` or later, in the order they came: the duty log, and what a rebuild applies anew."""
        query = sa.select(ACT).where(ACT.c.created_ms >= from_ms).order_by(ACT.c.seq)
        if state is not None:
            query = query.where(ACT.c.state == state.value)
        with self.reading() as connection:
            return [_stored(dict(row)) for row in connection.execute(query).mappings()]

    def act(self, act_id: str) -> StoredAct | None:
        """One act and what became of it so far."""
        with self.reading() as connection:
            row = connection.execute(sa.select(ACT).where(ACT.c.act_id == clean(act_id))).mappings().first()
        return _stored(dict(row)) if row is not None else None

    def mark_applied(self, act_id: str, outcome: str, at_ms: int, *, refused: bool = False) -> bool:
        """Say that the watch took an act at ``at_ms``, and what came of it or why not; audited in one transaction.

        False, and nothing done, when it was taken before (a watch that catches up meets it again) or is unknown.
        """
        state = ActState.REFUSED if refused else ActState.APPLIED
        taken = {"state": state.value, "applied_ms": at_ms, "outcome": clean(outcome)}
        which = (ACT.c.act_id == clean(act_id)) & (ACT.c.state == ActState.WAITING.value)
        with self.writing() as connection:
            row = connection.execute(sa.select(ACT.c.actor, ACT.c.seat).where(which)).first()
            if row is None:
                return False
            connection.execute(sa.update(ACT).where(which).values(taken))
            said = {"act_id": act_id, "outcome": outcome}
            audit.append(connection, at_ms, row.actor, row.seat, f"act_{state.value}", said)
            return True


def _stored(row: Mapping[str, Any]) -> StoredAct:
    return StoredAct(
        row["seq"],
        Act(
            row["act_id"],
            row["created_ms"],
            row["actor"],
            row["seat"],
            ActKind(row["kind"]),
            row["target"],
            row["facts"],
        ),
        ActState(row["state"]),
        row["applied_ms"],
        row["outcome"],
    )
