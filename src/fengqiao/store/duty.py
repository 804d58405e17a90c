"""Shifts, duty log, outcomes and handovers: every write adds rows in one transaction with its audit row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fengqiao.model.errors import UsageFault
from fengqiao.model.findings import ChangeKind, Priority
from fengqiao.store import audit
from fengqiao.store.connection import Database
from fengqiao.store.duty_tables import DutyLogRow, HandoverRow, LabelRow, OutcomeRow, ShiftRow
from fengqiao.store.tables import AlertChangeRow, AlertRow, table
from fengqiao.store.values import clean

SHIFT, LOG, OUTCOME, HANDOVER = (table(t) for t in (ShiftRow, DutyLogRow, OutcomeRow, HandoverRow))
LABEL = table(LabelRow)
ALERT, CHANGE = table(AlertRow), table(AlertChangeRow)
LOG_LINES_MAX = 2_000  # in one answer; a month of a busy desk
EVER_MS = 2**62
IMPLIED = "="  # before a label that an outcome implies: the next outcome may take it back


@dataclass(frozen=True, slots=True)
class Sitting:
    """One officer at one seat, without a break; ``to_ms`` None: still there."""

    seat: str
    officer: str
    planned: str
    from_ms: int
    to_ms: int | None


class Duty(Database):
    def begin_shift(self, seat: str, officer: str, at_ms: int, planned: str = "") -> None:
        """Who signs on takes an empty seat; signing on again where one sits already changes nothing.

        UsageFault "seat_taken" when somebody else sits there: a seat passes on by ``hand_over``.
        """
        with self.writing() as connection:
            now = _sitting(connection, seat)
            if now == clean(officer):
                return
            if now:
                raise UsageFault("seat_taken", seat=seat, officer=now)
            _sit(connection, seat, officer, at_ms, planned)
            audit.append(connection, at_ms, officer, seat, "sign_on", {"planned": planned})

    def end_shift(self, run_id: str, seat: str, at_ms: int) -> list[AlertRow]:
        """Leave the seat empty; if alerts stand in the way nothing is done, and they are returned.

        UsageFault "nobody_on" where nobody sits.
        """
        with self.writing() as connection:
            officer = _sitting(connection, seat)
            if not officer:
                raise UsageFault("nobody_on", seat=seat)
            if waiting := _in_the_way(connection, run_id):
                return waiting
            _sit(connection, seat, "", at_ms, "")
            audit.append(connection, at_ms, officer, seat, "sign_off", {})
            return []

    def officer_on(self, seat: str) -> ShiftRow | None:
        query = sa.select(SHIFT).where(SHIFT.c.seat == clean(seat)).order_by(SHIFT.c.seq.desc())
        with self.reading() as connection:
            row = connection.execute(query.limit(1)).mappings().first()
            return ShiftRow(**row) if row is not None and row["officer"] else None

    def officers(self) -> list[str]:
        """Names that have signed on, the latest first."""
        query = sa.select(SHIFT.c.officer).where(SHIFT.c.officer != "").group_by(SHIFT.c.officer)
        with self.reading() as connection:
            return list(connection.execute(query.order_by(sa.func.max(SHIFT.c.seq).desc())).scalars())

    def sittings(self, seat: str, from_ms: int = 0, to_ms: int = EVER_MS) -> list[Sitting]:
        """Who sat at ``seat`` at any time of [from_ms, to_ms), in order."""
        ends = sa.func.lead(SHIFT.c.from_ms).over(order_by=SHIFT.c.seq).label("to_ms")
        each = sa.select(SHIFT, ends).where(SHIFT.c.seat == clean(seat)).subquery()
        query = sa.select(*(each.c[name] for name in Sitting.__dataclass_fields__)).where(
            each.c.officer != "", each.c.from_ms < to_ms, each.c.to_ms.is_(None) | (each.c.to_ms > from_ms)
        )
        with self.reading() as connection:
            return [Sitting(**row) for row in connection.execute(query.order_by(each.c.seq)).mappings()]

    def staffed(self, from_ms: int, to_ms: int = EVER_MS) -> list[tuple[int, int]]:
        """How many seats were staffed and from when on, over [from_ms, to_ms); the first step is at ``from_ms``."""
        query = sa.select(SHIFT.c.from_ms, SHIFT.c.seat, SHIFT.c.officer).where(SHIFT.c.from_ms < to_ms)
        on: dict[str, bool] = {}
        steps: dict[int, int] = {from_ms: 0}
        with self.reading() as connection:
            for at_ms, seat, officer in connection.execute(query.order_by(SHIFT.c.from_ms, SHIFT.c.seq)):
                on[seat] = bool(officer)
                steps[max(from_ms, at_ms)] = sum(on.values())
        return list(steps.items())

    def write_log(self, line: Mapping[str, Any]) -> None:
        """One line of the duty log; keys are the columns of ``DutyLogRow`` without ``seq``."""
        row = {k: clean(v) if isinstance(v, str) else v for k, v in line.items()}
        with self.writing() as connection:
            connection.execute(sa.insert(LOG), row)
            said = {k: v for k, v in row.items() if k not in ("at_ms", "officer", "seat")}
            audit.append(connection, line["at_ms"], line["officer"], line["seat"], "log", said)

    def log_lines(
        self, from_ms: int = 0, to_ms: int = EVER_MS, limit: int = LOG_LINES_MAX, run_id: str | None = None
    ) -> list[DutyLogRow]:
        """Lines of [from_ms, to_ms), of one run or of all, the latest first."""
        query = sa.select(LOG).where(_logged(from_ms, to_ms, run_id)).order_by(LOG.c.seq.desc())
        with self.reading() as connection:
            return [DutyLogRow(**row) for row in connection.execute(query.limit(limit)).mappings()]

    def log_count(self, from_ms: int = 0, to_ms: int = EVER_MS, run_id: str | None = None) -> int:
        query = sa.select(sa.func.count()).select_from(LOG).where(_logged(from_ms, to_ms, run_id))
        with self.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def give_outcome(
        self, run_id: str, alert: str, outcome: str, text: str, officer: str, seat: str, at_ms: int, label: str = ""
    ) -> bool:
        """Say what came of an alert: True for the first word on it, False for a correction, which stands beside it.

        ``label``: whether it was true, if that is said as well (``give_label``).

        UsageFault "alert_unknown" for an alert the run has not.
        """
        row = {"run_id": run_id, "alert": alert, "outcome": outcome, "text": clean(text)}
        with self.writing() as connection:
            if not _there(connection, ALERT, run_id, alert):
                raise UsageFault("alert_unknown", alert=alert)
            first = not _there(connection, OUTCOME, run_id, alert)
            said = {**row, "at_ms": at_ms, "officer": clean(officer), "seat": clean(seat)}
            connection.execute(sa.insert(OUTCOME), said)
            audit.append(connection, at_ms, officer, seat, "outcome" if first else "outcome_corrected", row)
            if label:
                _label(connection, run_id, alert, label, officer, seat, at_ms)
            return first

    def give_label(self, run_id: str, alert: str, label: str, officer: str, seat: str, at_ms: int) -> None:
        """Say whether an alert was true; a later word corrects, the earlier stays. UsageFault "alert_unknown"."""
        with self.writing() as connection:
            if not _there(connection, ALERT, run_id, alert):
                raise UsageFault("alert_unknown", alert=alert)
            _label(connection, run_id, alert, label, officer, seat, at_ms)

    def labelled(self, run_id: str, from_ms: int = 0, to_ms: int = EVER_MS) -> list[tuple[str, int, str]]:
        """Alerts raised in [from_ms, to_ms): rule, when, and what was last said of their truth, "" where nothing was.

        The outcome "false" says it too, as long as no other outcome has corrected it.
        """
        words: dict[str, str] = {}
        said = sa.union_all(
            sa.select(
                OUTCOME.c.alert, OUTCOME.c.at_ms, OUTCOME.c.seq, OUTCOME.c.outcome, sa.literal("").label("label")
            ).where(OUTCOME.c.run_id == run_id),
            sa.select(LABEL.c.alert, LABEL.c.at_ms, LABEL.c.seq, sa.literal("").label("outcome"), LABEL.c.label).where(
                LABEL.c.run_id == run_id
            ),
        ).subquery()
        raised = sa.select(ALERT.c.alert, ALERT.c.rule, ALERT.c.raised_ms).where(
            ALERT.c.run_id == run_id,
            ALERT.c.raised_ms >= from_ms,
            ALERT.c.raised_ms < to_ms,
            ALERT.c.change.not_in((ChangeKind.OUT_OF_SERVICE.value, ChangeKind.IN_SERVICE.value)),  # no alerts
        )
        with self.reading() as connection:
            # Of one act the outcome is told first, then the label beside it.
            for alert, outcome, label in connection.execute(
                sa.select(said.c.alert, said.c.outcome, said.c.label).order_by(said.c.at_ms, said.c.label, said.c.seq)
            ):
                words[alert] = label or _implied(outcome, words.get(alert, ""))
            rows = connection.execute(raised.order_by(ALERT.c.raised_ms, ALERT.c.alert))
            return [(rule, raised_ms, words.get(alert, "").lstrip(IMPLIED)) for alert, rule, raised_ms in rows]

    def outcomes(self, run_id: str, alert: str | None = None) -> list[OutcomeRow]:
        """Outcomes of a run in the order they were given: the first of an alert is it, later ones correct it."""
        query = sa.select(OUTCOME).where(OUTCOME.c.run_id == run_id).order_by(OUTCOME.c.seq)
        if alert is not None:
            query = query.where(OUTCOME.c.alert == alert)
        with self.reading() as connection:
            return [OutcomeRow(**row) for row in connection.execute(query).mappings()]

    def owed_outcomes(self, run_id: str) -> list[AlertRow]:
        """Alerts acknowledged or shelved at ALARM or above of which nobody said what came, oldest first.

        An alarm that has eased since still owes its outcome.
        """
        with self.reading() as connection:
            return _alerts(connection, _owed(run_id))

    def in_the_way(self, run_id: str) -> list[AlertRow]:
        """What must be done before anybody may leave the seat, oldest first: alarms not acknowledged, outcomes owed."""
        with self.reading() as connection:
            return _in_the_way(connection, run_id)

    def hand_over(
        self,
        run_id: str,
        seat: str,
        from_officer: str,
        to_officer: str,
        at_ms: int,
        items: Sequence[Mapping[str, Any]],
        snapshot: str,
        planned: str = "",
    ) -> list[AlertRow]:
        """Give the seat to the next officer, with what was open and its hash.

        If alerts stand in the way, judged in the very transaction, nothing is done and they are returned.
        UsageFault "not_on" when ``from_officer`` does not sit there any more.
        """
        row = {"at_ms": at_ms, "seat": clean(seat), "from_officer": from_officer, "to_officer": clean(to_officer)}
        with self.writing() as connection:
            if _sitting(connection, seat) != from_officer:
                raise UsageFault("not_on", seat=seat, officer=from_officer)
            if waiting := _in_the_way(connection, run_id):
                return waiting
            connection.execute(sa.insert(HANDOVER), {**row, "items": [dict(i) for i in items], "snapshot": snapshot})
            _sit(connection, seat, to_officer, at_ms, planned)
            said = {"to": to_officer, "items": len(items), "snapshot": snapshot, "planned": planned}
            audit.append(connection, at_ms, from_officer, seat, "handover", said)
            return []

    def handovers(self, from_ms: int = 0, to_ms: int = EVER_MS) -> list[HandoverRow]:
        query = sa.select(HANDOVER).where(HANDOVER.c.at_ms >= from_ms, HANDOVER.c.at_ms < to_ms)
        with self.reading() as connection:
            return [HandoverRow(**row) for row in connection.execute(query.order_by(HANDOVER.c.seq)).mappings()]

    def raised_urgent(self, run_id: str, from_ms: int, to_ms: int, limit: int) -> list[AlertChangeRow]:
        """Alarms and emergencies as they were raised in [from_ms, to_ms), oldest first, at most ``limit``."""
        query = sa.select(CHANGE).where(
            CHANGE.c.run_id == run_id,
            CHANGE.c.change == ChangeKind.RAISED.value,
            CHANGE.c.priority >= int(Priority.ALARM),
            CHANGE.c.at_ms >= from_ms,
            CHANGE.c.at_ms < to_ms,
        )
        with self.reading() as connection:
            rows = connection.execute(query.order_by(CHANGE.c.at_ms, CHANGE.c.seq).limit(limit))
            return [AlertChangeRow(**row) for row in rows.mappings()]

    def acknowledge_times_ms(self, run_id: str, from_ms: int, to_ms: int) -> list[int]:
        """Milliseconds from raised to first acknowledged, of alerts first acknowledged in [from_ms, to_ms)."""
        seen = (
            sa.select(CHANGE.c.alert, sa.func.min(CHANGE.c.at_ms).label("at_ms"))
            .where(CHANGE.c.run_id == run_id, CHANGE.c.change == ChangeKind.ACKNOWLEDGED.value)
            .group_by(CHANGE.c.alert)
            .subquery()
        )
        query = (
            sa.select(seen.c.at_ms - ALERT.c.raised_ms)
            .join_from(seen, ALERT, (ALERT.c.alert == seen.c.alert) & (ALERT.c.run_id == run_id))
            .where(seen.c.at_ms >= from_ms, seen.c.at_ms < to_ms)
        )
        with self.reading() as connection:
            return list(connection.execute(query).scalars())

    def log_look(self, actor: str, seat: str, at_ms: int, what: str, detail: Mapping[str, Any]) -> None:
        """That somebody looked at personal data, and why."""
        with self.writing() as connection:
            audit.append(connection, at_ms, actor, seat, what, detail)


def _logged(from_ms: int, to_ms: int, run_id: str | None) -> sa.ColumnElement[bool]:
    within = sa.and_(LOG.c.at_ms >= from_ms, LOG.c.at_ms < to_ms)
    return within if run_id is None else sa.and_(within, LOG.c.run_id == run_id)


def _sitting(connection: sa.Connection, seat: str) -> str:
    """Who sits at a seat now; "" for nobody."""
    query = sa.select(SHIFT.c.officer).where(SHIFT.c.seat == clean(seat)).order_by(SHIFT.c.seq.desc()).limit(1)
    return connection.execute(query).scalar() or ""


def _sit(connection: sa.Connection, seat: str, officer: str, at_ms: int, planned: str) -> None:
    row = {"seat": clean(seat), "officer": clean(officer), "from_ms": at_ms, "planned": clean(planned)}
    connection.execute(sa.insert(SHIFT), row)


def _there(connection: sa.Connection, where: sa.Table, run_id: str, alert: str) -> bool:
    query = sa.select(sa.literal(1)).where(where.c.run_id == run_id, where.c.alert == clean(alert)).limit(1)
    return connection.execute(query).first() is not None


def _label(connection: sa.Connection, run_id: str, alert: str, label: str, officer: str, seat: str, at_ms: int) -> None:
    row = {"run_id": run_id, "alert": clean(alert), "label": label}
    connection.execute(sa.insert(LABEL), {**row, "at_ms": at_ms, "officer": clean(officer), "seat": clean(seat)})
    audit.append(connection, at_ms, officer, seat, "label", row)


def _implied(outcome: str, before: str) -> str:
    """What stands of an alert's truth once an outcome is given: a false alarm is false; any other takes that back."""
    if outcome == "false":
        return IMPLIED + "false"
    return "" if before.startswith(IMPLIED) else before


def _owed(run_id: str) -> sa.ColumnElement[bool]:
    seen = sa.select(CHANGE.c.alert).where(
        CHANGE.c.run_id == run_id,
        CHANGE.c.change.in_((ChangeKind.ACKNOWLEDGED.value, ChangeKind.SHELVED.value)),
        CHANGE.c.priority >= int(Priority.ALARM),
    )
    given = sa.select(OUTCOME.c.alert).where(OUTCOME.c.run_id == run_id)
    return sa.and_(ALERT.c.run_id == run_id, ALERT.c.alert.in_(seen), ALERT.c.alert.not_in(given))


def _in_the_way(connection: sa.Connection, run_id: str) -> list[AlertRow]:
    unseen = sa.and_(ALERT.c.run_id == run_id, ~ALERT.c.acked, ALERT.c.priority >= int(Priority.ALARM))
    return _alerts(connection, unseen | _owed(run_id))


def _alerts(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[AlertRow]:
    query = sa.select(ALERT).where(which).order_by(ALERT.c.raised_ms, ALERT.c.alert)
    return [AlertRow(**row) for row in connection.execute(query).mappings()]
