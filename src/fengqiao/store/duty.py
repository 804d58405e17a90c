"""Shifts, duty log, outcomes and handovers: every write is one transaction with its audit row, nothing is changed
afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fengqiao.model.findings import Priority
from fengqiao.store import audit
from fengqiao.store.connection import Database
from fengqiao.store.duty_tables import DutyLogRow, HandoverRow, OutcomeRow, ShiftRow
from fengqiao.store.tables import AlertRow, table
from fengqiao.store.values import clean

SHIFT, LOG, OUTCOME, HANDOVER, ALERT = (table(t) for t in (ShiftRow, DutyLogRow, OutcomeRow, HandoverRow, AlertRow))
LOG_LINES_MAX = 2_000  # in one answer; a month of a busy desk


class Duty(Database):
    def begin_shift(self, seat: str, officer: str, at_ms: int) -> None:
        """Who signs on takes the seat; whoever sat there is off."""
        with self.writing() as connection:
            self._end(connection, seat, at_ms)
            row = {"seat": clean(seat), "officer": clean(officer), "from_ms": at_ms, "to_ms": None}
            connection.execute(sa.insert(SHIFT), row)
            audit.append(connection, at_ms, officer, seat, "sign_on", {})

    def end_shift(self, seat: str, officer: str, at_ms: int) -> None:
        with self.writing() as connection:
            self._end(connection, seat, at_ms)
            audit.append(connection, at_ms, officer, seat, "sign_off", {})

    def officer_on(self, seat: str) -> ShiftRow | None:
        query = sa.select(SHIFT).where(SHIFT.c.seat == seat, SHIFT.c.to_ms.is_(None)).order_by(SHIFT.c.seq.desc())
        with self.reading() as connection:
            row = connection.execute(query).mappings().first()
            return ShiftRow(**row) if row is not None else None

    def officers(self) -> list[str]:
        """Names that have signed on, the latest first."""
        query = sa.select(SHIFT.c.officer, sa.func.max(SHIFT.c.seq)).group_by(SHIFT.c.officer)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(sa.func.max(SHIFT.c.seq).desc())).all()
            return [row[0] for row in rows]

    def write_log(self, line: Mapping[str, Any]) -> None:
        """One line of the duty log; keys are the columns of ``DutyLogRow`` without ``seq``."""
        row = {k: clean(v) if isinstance(v, str) else v for k, v in line.items()}
        with self.writing() as connection:
            connection.execute(sa.insert(LOG), row)
            said = {k: row[k] for k in ("text", "mmsi", "alert")}
            audit.append(connection, line["at_ms"], line["officer"], line["seat"], "log", said)

    def log_lines(self, from_ms: int = 0, to_ms: int = 2**62) -> list[DutyLogRow]:
        query = sa.select(LOG).where(LOG.c.at_ms >= from_ms, LOG.c.at_ms < to_ms).order_by(LOG.c.seq.desc())
        with self.reading() as connection:
            return [DutyLogRow(**row) for row in connection.execute(query.limit(LOG_LINES_MAX)).mappings()]

    def give_outcome(
        self, run_id: str, alert: str, outcome: str, text: str, officer: str, seat: str, at_ms: int
    ) -> None:
        row = {"run_id": run_id, "alert": alert, "outcome": outcome, "text": clean(text)}
        with self.writing() as connection:
            connection.execute(
                sa.insert(OUTCOME), {**row, "at_ms": at_ms, "officer": clean(officer), "seat": clean(seat)}
            )
            audit.append(connection, at_ms, officer, seat, "outcome", row)

    def outcomes(self, run_id: str, alert: str | None = None) -> list[OutcomeRow]:
        query = sa.select(OUTCOME).where(OUTCOME.c.run_id == run_id).order_by(OUTCOME.c.seq)
        if alert is not None:
            query = query.where(OUTCOME.c.alert == alert)
        with self.reading() as connection:
            return [OutcomeRow(**row) for row in connection.execute(query).mappings()]

    def owed_outcomes(self, run_id: str) -> list[AlertRow]:
        """Alarms and emergencies that somebody acknowledged and nobody said what came of them, oldest first."""
        given = sa.select(OUTCOME.c.alert).where(OUTCOME.c.run_id == run_id)
        query = sa.select(ALERT).where(
            ALERT.c.run_id == run_id,
            ALERT.c.acked,
            ALERT.c.priority >= int(Priority.ALARM),
            ALERT.c.alert.not_in(given),
        )
        with self.reading() as connection:
            return [AlertRow(**row) for row in connection.execute(query.order_by(ALERT.c.raised_ms)).mappings()]

    def hand_over(
        self,
        seat: str,
        from_officer: str,
        to_officer: str,
        at_ms: int,
        items: Sequence[Mapping[str, Any]],
        snapshot: str,
    ) -> None:
        """Close one shift and begin the next, with what was open and its hash."""
        row = {"at_ms": at_ms, "seat": seat, "from_officer": from_officer, "to_officer": clean(to_officer)}
        with self.writing() as connection:
            self._end(connection, seat, at_ms)
            connection.execute(sa.insert(HANDOVER), {**row, "items": [dict(i) for i in items], "snapshot": snapshot})
            connection.execute(
                sa.insert(SHIFT), {"seat": seat, "officer": clean(to_officer), "from_ms": at_ms, "to_ms": None}
            )
            said = {"to": to_officer, "items": len(items), "snapshot": snapshot}
            audit.append(connection, at_ms, from_officer, seat, "handover", said)

    def handovers(self, from_ms: int = 0, to_ms: int = 2**62) -> list[HandoverRow]:
        query = sa.select(HANDOVER).where(HANDOVER.c.at_ms >= from_ms, HANDOVER.c.at_ms < to_ms)
        with self.reading() as connection:
            return [HandoverRow(**row) for row in connection.execute(query.order_by(HANDOVER.c.seq)).mappings()]

    def log_look(self, actor: str, seat: str, at_ms: int, what: str, detail: Mapping[str, Any]) -> None:
        """That somebody looked at personal data, and why."""
        with self.writing() as connection:
            audit.append(connection, at_ms, actor, seat, what, detail)

    def _end(self, connection: sa.Connection, seat: str, at_ms: int) -> None:
        connection.execute(sa.update(SHIFT).where(SHIFT.c.seat == seat, SHIFT.c.to_ms.is_(None)).values(to_ms=at_ms))
