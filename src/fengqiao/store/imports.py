"""What the store knows of an import, and how it goes: all of it, with its audit row, or nothing."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fengqiao.model.errors import InputFault
from fengqiao.store import audit
from fengqiao.store.case_tables import CaseRow, CaseTrackRow
from fengqiao.store.connection import Database
from fengqiao.store.tables import RunRow, SaidRow, SegmentRow, table

RUN, SEGMENT, SAID, CASE, TRACK = (table(t) for t in (RunRow, SegmentRow, SaidRow, CaseRow, CaseTrackRow))


class Imports(Database):
    def cases_on(self, run_id: str) -> list[str]:
        """The cases that rest on a run: sealed tracks of its archive, or an alert of it."""
        with self.reading() as connection:
            return _cases_on(connection, run_id)

    def said_count(self, run_id: str) -> int:
        with self.reading() as connection:
            query = sa.select(sa.func.count()).select_from(SAID).where(SAID.c.run_id == run_id)
            return int(connection.execute(query).scalar_one())

    def take_back(self, run_id: str, actor: str, seat: str, at_ms: int, detail: Mapping[str, Any]) -> None:
        """Forget a run that only brought positions and names. InputFault "import_sealed" where a case rests on it."""
        with self.writing() as connection:
            if cases := _cases_on(connection, run_id):
                raise InputFault("import_sealed", run=run_id, cases="、".join(cases))
            for rows in (SEGMENT, SAID, RUN):
                connection.execute(sa.delete(rows).where(rows.c.run_id == run_id))
            audit.append(connection, at_ms, actor, seat, "import_undo", detail)


def _cases_on(connection: sa.Connection, run_id: str) -> list[str]:
    both = sa.union(*(sa.select(t.c.case_no).where(t.c.run_id == run_id) for t in (CASE, TRACK)))
    return sorted(connection.execute(both).scalars())
