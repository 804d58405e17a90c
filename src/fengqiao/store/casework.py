"""Cases and tips as they are kept: a step is one transaction with its audit row, or nothing happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fengqiao.store import audit
from fengqiao.store.case_tables import CasePartyRow, CaseRow, CaseStepRow, CaseTrackRow, CaseVesselRow, TipRow
from fengqiao.store.connection import Database
from fengqiao.store.tables import table
from fengqiao.store.values import clean

CASE, VESSEL, PARTY, STEP, TRACK, TIP = (
    table(t) for t in (CaseRow, CaseVesselRow, CasePartyRow, CaseStepRow, CaseTrackRow, TipRow)
)
CASES_MAX = 1_000  # in one list


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with everything in it."""

    case: CaseRow
    vessels: tuple[CaseVesselRow, ...]
    parties: tuple[CasePartyRow, ...]
    steps: tuple[CaseStepRow, ...]
    track: CaseTrackRow | None


class Casework(Database):
    def register_case(
        self,
        case: Mapping[str, Any],
        vessels: Sequence[Mapping[str, Any]],
        parties: Sequence[Mapping[str, Any]],
        track: Mapping[str, Any] | None,
        number_form: str,
    ) -> str:
        """Register a case under the next number of its year; its number.

        ``case`` holds the columns of ``CaseRow`` but number, version and amounts; ``number_form`` is formatted with
        ``year`` and ``number``.
        """
        with self.writing() as connection:
            last = connection.execute(sa.select(sa.func.max(CASE.c.number)).where(CASE.c.year == case["year"])).scalar()
            number = (last or 0) + 1
            case_no = number_form.format(year=case["year"], number=number)
            row = {
                "row_version": 1,
                "terms": "",
                "amount_fen": 0,
                "paid_fen": 0,
                "outcome": "",
                "lead": "",
                **_clean(case),
            }
            connection.execute(sa.insert(CASE), {**row, "case_no": case_no, "number": number})
            for into, rows in ((VESSEL, vessels), (PARTY, parties)):
                for ordinal, one in enumerate(rows):
                    connection.execute(sa.insert(into), {**_clean(one), "case_no": case_no, "ordinal": ordinal})
            if track is not None:
                connection.execute(sa.insert(TRACK), {**track, "case_no": case_no})
            if case["tip"]:
                taken = {"state": "case", "case_no": case_no}
                connection.execute(sa.update(TIP).where(TIP.c.tip == case["tip"]).values(taken))
            at_ms, officer = case["created_ms"], case["created_by"]
            said = {"case_no": case_no, "cause": case["cause"], "alert": case["alert"], "tip": case["tip"]}
            self._step(connection, case_no, at_ms, officer, "desk", "register", "", case["state"], said)
            audit.append(connection, at_ms, officer, "desk", "case_register", said)
        return case_no

    def step_case(
        self,
        case_no: str,
        version: int,
        event: str,
        target: str,
        facts: Mapping[str, Any],
        officer: str,
        seat: str,
        at_ms: int,
    ) -> bool:
        """Take one step; False, and nothing done, if somebody else moved the case since it was read."""
        changed = {k: facts[k] for k in ("lead", "terms", "amount_fen", "paid_fen", "outcome") if k in facts}
        with self.writing() as connection:
            row = connection.execute(sa.select(CASE).where(CASE.c.case_no == case_no)).mappings().first()
            if row is None or row["row_version"] != version:
                return False
            new = {**_clean(changed), "state": target, "row_version": version + 1}
            connection.execute(sa.update(CASE).where(CASE.c.case_no == case_no).values(new))
            self._step(connection, case_no, at_ms, officer, seat, event, row["state"], target, facts)
            said = {"case_no": case_no, "event": event, "to": target}
            audit.append(connection, at_ms, officer, seat, "case_step", said)
        return True

    def case_file(self, case_no: str) -> CaseFile | None:
        with self.reading() as connection:
            row = connection.execute(sa.select(CASE).where(CASE.c.case_no == case_no)).mappings().first()
            if row is None:
                return None

            def rows(of: sa.Table, order: str) -> list[Mapping[str, Any]]:
                query = sa.select(of).where(of.c.case_no == case_no).order_by(of.c[order])
                return [dict(r) for r in connection.execute(query).mappings()]

            track = rows(TRACK, "case_no")
            return CaseFile(
                CaseRow(**row),
                tuple(CaseVesselRow(**r) for r in rows(VESSEL, "ordinal")),
                tuple(CasePartyRow(**r) for r in rows(PARTY, "ordinal")),
                tuple(CaseStepRow(**r) for r in rows(STEP, "seq")),
                CaseTrackRow(**track[0]) if track else None,
            )

    def case_list(
        self, states: Sequence[str] = (), text: str = "", mmsi: int | None = None, alert: str = ""
    ) -> list[CaseRow]:
        """Cases, newest first: in some states, with a vessel, from an alert, or with a text in them."""
        query = sa.select(CASE).order_by(CASE.c.year.desc(), CASE.c.number.desc()).limit(CASES_MAX)
        if states:
            query = query.where(CASE.c.state.in_(list(states)))
        if alert:
            query = query.where(CASE.c.alert == alert)
        if mmsi is not None:
            query = query.where(CASE.c.case_no.in_(sa.select(VESSEL.c.case_no).where(VESSEL.c.mmsi == mmsi)))
        if text:
            like = f"%{text.replace('%', '').replace('_', '')}%"
            named = sa.select(VESSEL.c.case_no).where(VESSEL.c.name.like(like))
            hit = CASE.c.case_no.like(like) | CASE.c.title.like(like) | CASE.c.place.like(like)
            query = query.where(hit | CASE.c.case_no.in_(named))
        with self.reading() as connection:
            return [CaseRow(**row) for row in connection.execute(query).mappings()]

    def add_tip(self, tip: Mapping[str, Any], seat: str) -> None:
        with self.writing() as connection:
            connection.execute(sa.insert(TIP), {**_clean(tip), "state": "new", "case_no": ""})
            said = {"tip": tip["tip"], "channel": tip["channel"]}
            audit.append(connection, tip["at_ms"], tip["officer"], seat, "tip", said)

    def tips(self, new_only: bool = False) -> list[TipRow]:
        query = sa.select(TIP).order_by(TIP.c.at_ms.desc(), TIP.c.tip).limit(CASES_MAX)
        if new_only:
            query = query.where(TIP.c.state == "new")
        with self.reading() as connection:
            return [TipRow(**row) for row in connection.execute(query).mappings()]

    def _step(
        self,
        connection: sa.Connection,
        case_no: str,
        at_ms: int,
        officer: str,
        seat: str,
        event: str,
        origin: str,
        target: str,
        facts: Mapping[str, Any],
    ) -> None:
        row = {"case_no": case_no, "at_ms": at_ms, "officer": clean(officer), "seat": seat, "event": event}
        connection.execute(sa.insert(STEP), {**row, "origin": origin, "target": target, "facts": dict(facts)})


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: clean(v) if isinstance(v, str) else v for k, v in row.items()}
