"""Cases and tips as they are kept: a step is one transaction with its audit row, or nothing happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fengqiao.model.errors import InputFault
from fengqiao.store import audit
from fengqiao.store.case_tables import CasePartyRow, CaseRow, CaseStepRow, CaseTrackRow, CaseVesselRow, TipRow
from fengqiao.store.connection import Database, upsert
from fengqiao.store.tables import table
from fengqiao.store.values import clean

CASE, VESSEL, PARTY, STEP, TRACK, TIP = (
    table(t) for t in (CaseRow, CaseVesselRow, CasePartyRow, CaseStepRow, CaseTrackRow, TipRow)
)
CASES_MAX = 1_000  # in one list
MMSI_DIGITS = 9
KEPT = ("lead", "terms", "amount_fen", "paid_fen", "outcome")  # facts of a step that the case itself bears


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with everything in it."""

    case: CaseRow
    vessels: tuple[CaseVesselRow, ...]
    parties: tuple[CasePartyRow, ...]
    steps: tuple[CaseStepRow, ...]
    track: CaseTrackRow | None


@dataclass(frozen=True, slots=True)
class StepTaken:
    """One step that was decided, ready to be kept."""

    event: str
    target: str
    facts: Mapping[str, Any]


class Casework(Database):
    def register_case(
        self,
        case: Mapping[str, Any],
        vessels: Sequence[Mapping[str, Any]],
        parties: Sequence[Mapping[str, Any]],
        track: Mapping[str, Any] | None,
        number_form: str,
        seat: str = "desk",
        steps: Sequence[StepTaken] = (),
    ) -> str:
        """Register a case under the next number of its year, and take ``steps`` with it or none of all; its number.

        ``case`` holds the columns of ``CaseRow`` but number, version and amounts; ``number_form`` is formatted with
        ``year`` and ``number``. Raises InputFault "source_has_case" when a case was made of that alert or tip already.
        """
        with self.writing() as connection:
            _refuse_twice(connection, case)
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
            said["track_sha256"] = track["sha256"] if track else ""
            self._step(connection, case_no, at_ms, officer, seat, "register", "", case["state"], said)
            audit.append(connection, at_ms, officer, seat, "case_register", said)
            for version, step in enumerate(steps, 1):
                self._take(connection, case_no, version, step, officer, seat, at_ms)
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
        track: Mapping[str, Any] | None = None,
    ) -> bool:
        """Take one step; False, and nothing done, if somebody else moved the case since it was read.

        ``track`` replaces what was attached, its hash kept in the audit chain with the step.
        """
        with self.writing() as connection:
            if not self._take(connection, case_no, version, StepTaken(event, target, facts), officer, seat, at_ms):
                return False
            if track is not None:
                upsert(connection, TRACK, [{**track, "case_no": case_no}], ["case_no"])
                said = {"case_no": case_no, **{k: track[k] for k in ("to_ms", "positions", "sha256")}}
                audit.append(connection, at_ms, officer, seat, "case_track", said)
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
        """Cases, newest first: in some states, with a vessel, from an alert, or with a text in them.

        The text may stand in number, title, place or terms, be a vessel's name or MMSI, a party's name or telephone.
        """
        query = sa.select(CASE).order_by(CASE.c.year.desc(), CASE.c.number.desc()).limit(CASES_MAX)
        if states:
            query = query.where(CASE.c.state.in_(list(states)))
        if alert:
            query = query.where(CASE.c.alert == alert)
        if mmsi is not None:
            query = query.where(CASE.c.case_no.in_(sa.select(VESSEL.c.case_no).where(VESSEL.c.mmsi == mmsi)))
        if text:
            query = query.where(_speaks_of(clean(text)))
        with self.reading() as connection:
            return [CaseRow(**row) for row in connection.execute(query).mappings()]

    def party_names(self, case_nos: Sequence[str]) -> dict[str, list[str]]:
        """Who is named in each of these cases: what a list must not show."""
        query = sa.select(PARTY.c.case_no, PARTY.c.name).where(PARTY.c.case_no.in_(list(case_nos)))
        out: dict[str, list[str]] = {case_no: [] for case_no in case_nos}
        with self.reading() as connection:
            for case_no, name in connection.execute(query):
                out[case_no].append(name)
        return out

    def add_tip(self, tip: Mapping[str, Any], day: str, seat: str) -> str:
        """Keep a tip under the next number of its day (``day`` is YYYYMMDD); its number, such as 20261122-003."""
        with self.writing() as connection:
            of_day = sa.select(sa.func.count()).select_from(TIP).where(TIP.c.tip.startswith(f"{day}-"))
            number = f"{day}-{(connection.execute(of_day).scalar() or 0) + 1:03d}"  # tips are never deleted
            connection.execute(sa.insert(TIP), {**_clean(tip), "tip": number, "state": "new", "case_no": ""})
            said = {"tip": number, "channel": tip["channel"]}
            audit.append(connection, tip["at_ms"], tip["officer"], seat, "tip", said)
        return number

    def tip(self, tip: str) -> TipRow | None:
        with self.reading() as connection:
            row = connection.execute(sa.select(TIP).where(TIP.c.tip == clean(tip))).mappings().first()
            return TipRow(**row) if row is not None else None

    def tips(self, new_only: bool = False) -> list[TipRow]:
        query = sa.select(TIP).order_by(TIP.c.at_ms.desc(), TIP.c.tip.desc()).limit(CASES_MAX)
        if new_only:
            query = query.where(TIP.c.state == "new")
        with self.reading() as connection:
            return [TipRow(**row) for row in connection.execute(query).mappings()]

    def new_tips(self) -> int:
        """How many tips nobody has made a case of."""
        with self.reading() as connection:
            query = sa.select(sa.func.count()).select_from(TIP).where(TIP.c.state == "new")
            return int(connection.execute(query).scalar() or 0)

    def _take(
        self,
        connection: sa.Connection,
        case_no: str,
        version: int,
        step: StepTaken,
        officer: str,
        seat: str,
        at_ms: int,
    ) -> bool:
        """One step and its audit row within a transaction; False if the case is not at ``version``."""
        row = connection.execute(sa.select(CASE).where(CASE.c.case_no == case_no)).mappings().first()
        if row is None or row["row_version"] != version:
            return False
        new = {k: step.facts[k] for k in KEPT if k in step.facts}
        new = {**_clean(new), "state": step.target, "row_version": version + 1}
        connection.execute(sa.update(CASE).where(CASE.c.case_no == case_no).values(new))
        self._step(connection, case_no, at_ms, officer, seat, step.event, row["state"], step.target, step.facts)
        said = {"case_no": case_no, "event": step.event, "to": step.target}
        audit.append(connection, at_ms, officer, seat, "case_step", said)
        return True

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


def _refuse_twice(connection: sa.Connection, case: Mapping[str, Any]) -> None:
    """Two officers may open the same alert in the same second: the second is told the first one's number."""
    query = sa.select(CASE.c.case_no)
    if case["alert"]:
        query = query.where(CASE.c.alert == case["alert"], CASE.c.run_id == case["run_id"])
    elif case["tip"]:
        query = query.where(CASE.c.tip == case["tip"])
    else:
        return
    found = connection.execute(query).scalar()
    if found is not None:
        raise InputFault("source_has_case", source=case["alert"] or case["tip"], case_no=found)


def _speaks_of(text: str) -> sa.ColumnElement[bool]:
    named = VESSEL.c.name.icontains(text, autoescape=True)
    if text.isascii() and text.isdigit() and len(text) <= MMSI_DIGITS:
        named |= VESSEL.c.mmsi == int(text)
    person = PARTY.c.name.icontains(text, autoescape=True) | PARTY.c.phone.icontains(text, autoescape=True)
    itself = (c.icontains(text, autoescape=True) for c in (CASE.c.case_no, CASE.c.title, CASE.c.place, CASE.c.terms))
    return sa.or_(
        *itself,
        CASE.c.case_no.in_(sa.select(VESSEL.c.case_no).where(named)),
        CASE.c.case_no.in_(sa.select(PARTY.c.case_no).where(person)),
    )


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: clean(v) if isinstance(v, str) else v for k, v in row.items()}
