"""Who said to be whom, and when: the names of vessels over the years."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fengqiao.fleet.said import Said, Span, as_of, nearness
from fengqiao.store.connection import Database, portions
from fengqiao.store.tables import SaidRow, table
from fengqiao.store.values import clean

SAID = table(SaidRow)
KEY = ["run_id", *Said._fields]
NUMBERS_AT_ONCE = 500


class SaidNames(Database):
    def save_said(self, run_id: str, said: Mapping[Said, Span]) -> None:
        """Keep what was said; the same again only widens its span."""
        rows = [
            {
                "run_id": run_id,
                **{**who._asdict(), "name": clean(who.name), "callsign": clean(who.callsign)},
                "first_ms": span.first_ms,
                "last_ms": span.last_ms,
            }
            for who, span in said.items()
        ]
        rows = list({tuple(row[k] for k in KEY): row for row in rows}.values())  # cleaning may have made two alike
        if not rows:
            return
        with self.writing() as connection:
            dialect = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
            least, most = ("min", "max") if connection.dialect.name == "sqlite" else ("least", "greatest")
            insert = dialect.insert(SAID)
            wider = insert.on_conflict_do_update(
                index_elements=KEY,
                set_={
                    "first_ms": getattr(sa.func, least)(SAID.c.first_ms, insert.excluded.first_ms),
                    "last_ms": getattr(sa.func, most)(SAID.c.last_ms, insert.excluded.last_ms),
                },
            )
            for part in portions(rows):
                connection.execute(wider, list(part))

    def said(self, mmsi: int) -> list[SaidRow]:
        """Everything a number ever said of itself in any run, the earliest first."""
        query = sa.select(SAID).where(SAID.c.mmsi == mmsi).order_by(SAID.c.first_ms, SAID.c.last_ms)
        with self.reading() as connection:
            return [SaidRow(**row) for row in connection.execute(query).mappings()]

    def spans_of(self, mmsi: int) -> list[tuple[Said, Span]]:
        """The same as the fleet knows it."""
        return [(Said(*(getattr(r, n) for n in Said._fields)), Span(r.first_ms, r.last_ms)) for r in self.said(mmsi)]

    def said_at(self, mmsi: int, at_ms: int) -> Said:
        """What a number said of itself at a time, as ``fleet.said.as_of``; blank if nothing is kept."""
        return as_of(self.spans_of(mmsi), mmsi, at_ms)

    def numbers_called(self, names: Sequence[str]) -> set[int]:
        """Every number that ever bore one of the names, whatever their case."""
        wanted = sorted({name.upper() for name in names})
        with self.reading() as connection:
            found = connection.execute(sa.select(SAID.c.mmsi).where(sa.func.upper(SAID.c.name).in_(wanted)).distinct())
            return set(found.scalars())

    def names_at(self, mmsi: Sequence[int], at_ms: int) -> dict[int, str]:
        """The name each number bore at a time: the last heard by then, else its first ever."""
        best: dict[int, tuple[tuple[bool, int, int], str]] = {}
        with self.reading() as connection:
            for part in portions(sorted(set(mmsi)), NUMBERS_AT_ONCE):
                query = sa.select(SAID.c.mmsi, SAID.c.name, SAID.c.first_ms, SAID.c.last_ms)
                named = query.where(SAID.c.mmsi.in_(part), SAID.c.name != "")
                for number, name, first_ms, last_ms in connection.execute(named):
                    rank = nearness(Span(first_ms, last_ms), at_ms), name
                    best[number] = min(best.get(number, rank), rank)
        return {number: name for number, (_, name) in best.items()}
