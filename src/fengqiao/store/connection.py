"""One database: opening, pragmas, migrations, transactions, and what its errors mean to a person."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from fengqiao.model.errors import EnvironmentFault, UsageFault
from fengqiao.store.durable import disk_faults
from fengqiao.store.folder import give_reserve, take_reserve, usable_folder
from fengqiao.store.tables import Base
from fengqiao.store.values import canonical

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")
FILE = "fengqiao.db"
MIGRATIONS = Path(__file__).parent / "migrations"
STEPS_TABLE = "alembic_version"
ROWS_MAX = 5_000  # a statement: beyond some hundreds nothing is won, and memory stays bounded
# The key under which writers of one PostgreSQL database take turns; any number nobody else uses.
WRITERS_TURN = 0x66656E67
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose the last commits at power loss; FULL costs a quarter at 100-row batches
    "busy_timeout=5000",
    "foreign_keys=ON",
    "cache_size=-65536",  # 64 MiB
)
SQLITE_FAULTS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_IOERR: "disk_failed",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
    sqlite3.SQLITE_BUSY: "store_busy",
    sqlite3.SQLITE_LOCKED: "store_busy",
    sqlite3.SQLITE_CANTOPEN: "store_unreachable",
    sqlite3.SQLITE_READONLY: "store_unreachable",
    sqlite3.SQLITE_PERM: "store_unreachable",
}
POSTGRES_FAULTS = {  # by SQLSTATE, its class where the two characters stand alone
    "53100": "disk_full",
    "58": "disk_failed",
    "XX": "store_damaged",
    "55": "store_busy",
    "40": "store_busy",
    "08": "store_unreachable",
    "28": "store_unreachable",
    "3D": "store_unreachable",
    "57": "store_unreachable",
    "25006": "store_unreachable",
    "42501": "store_unreachable",
}


class Database:
    """An open store. Writes go one at a time through ``writing``; reads see one moment of the data."""

    def __init__(self, engine: sa.Engine, where: str, folder: Path | None) -> None:
        self.engine = engine
        self.where = where
        self._folder = folder
        self._turn = threading.Lock()

    @property
    def folder(self) -> Path:
        """The data folder beside which the store was opened."""
        if self._folder is None:
            raise ValueError("opened by URL alone: open_store(url, folder) names the data folder")
        return self._folder

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction that nobody else writes beside: all of it is on the disk after, or none of it.

        Raises EnvironmentFault "disk_full", "disk_failed", "store_busy", "store_damaged" or "store_unreachable",
        everything rolled back. On a full disk the reserve is given back, so that the next attempt finds room.
        """
        with self._turn, self._faults(), self.engine.connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                if self.engine.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS_TURN)))
                yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One moment of the data. Raises the same faults as ``writing``."""
        with self._faults(), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            with database_faults(self.where):
                yield
        except EnvironmentFault as fault:
            if fault.message == "error.disk_full" and self._folder is not None:
                give_reserve(self._folder)
            raise


def connect(url_or_folder: str | Path, folder: Path | None = None) -> tuple[sa.Engine, str, Path | None]:
    """The engine, the name to show (no password in it), and the data folder if there is one."""
    text = str(url_or_folder)
    if "://" in text:
        url = _url(text)
        return _engine(url), url.render_as_string(hide_password=True), folder
    folder = usable_folder(Path(url_or_folder))
    with disk_faults(folder):
        take_reserve(folder)
    path = folder / FILE
    return _engine(sa.URL.create("sqlite", database=str(path))), str(path), folder


def migrate(url: str) -> None:
    """Bring the database at ``url`` (a URL or a data folder) to the tables of this code.

    Raises EnvironmentFault "store_newer" when it was written by newer code, "store_foreign" when it is not ours.
    """
    engine, where, folder = connect(url)
    with Database(engine, where, folder) as database:
        bring_up(database)


def bring_up(database: Database) -> None:
    """Migrate inside one transaction: two processes that open an empty folder at once do it once.

    Alembic is loaded only where there is something to migrate: it takes a tenth of a second.
    """
    with database.reading() as connection:
        if _is_current(connection, database.where):
            return
    with database.writing() as connection:
        if not _is_current(connection, database.where):
            from alembic import command

            command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: sa.Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upsert(
    connection: sa.Connection,
    into: sa.Table,
    rows: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    keep: bool = False,
) -> None:
    """Insert ``rows``; where ``key`` is there already, overwrite the other columns, or ``keep`` the old row."""
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
    statement = dialect.insert(into)
    new = {c.name: statement.excluded[c.name] for c in into.columns if c.name not in key and c.name != "seq"}
    final = (
        statement.on_conflict_do_nothing(index_elements=list(key))
        if keep
        else statement.on_conflict_do_update(index_elements=list(key), set_=new)
    )
    for part in portions(rows):
        connection.execute(final, list(part))


def portions(items: Sequence[T], size: int = ROWS_MAX) -> Iterable[Sequence[T]]:
    return (items[i : i + size] for i in range(0, len(items), size))


@contextmanager
def database_faults(where: str) -> Iterator[None]:
    """Turn a driver's error into the fault a person can act on; mistakes of ours pass as they are."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:  # the driver's own comes out of the pragmas at connecting
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = _fault_name(cause)
        if name is None:
            raise
        raise EnvironmentFault(name, path=where, reason=str(cause).strip()) from error


def _fault_name(error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        if "decode to UTF-8" in str(error):  # bytes in a text column: the one damage the driver itself notices
            return "store_damaged"
        return SQLITE_FAULTS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # low byte: the primary code
    state = getattr(error, "sqlstate", None)
    if state is None:  # psycopg could not even connect
        return "store_unreachable" if type(error).__name__ == "OperationalError" else None
    return POSTGRES_FAULTS.get(state) or POSTGRES_FAULTS.get(state[:2])


def _url(text: str) -> sa.URL:
    scheme, _, rest = text.partition("://")
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise UsageFault("store_url", scheme=scheme)
    try:
        return sa.make_url(text if scheme == "sqlite" else f"postgresql+psycopg://{rest}")
    except (sa.exc.ArgumentError, ValueError):
        raise UsageFault("store_url", scheme=scheme) from None


def _engine(url: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(url, json_serializer=canonical, pool_pre_ping=url.drivername != "sqlite")
    except ModuleNotFoundError:
        raise EnvironmentFault("postgres_driver") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: Python's would come too late, after the first read
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once under WAL when another wrote in between;
    # IMMEDIATE waits its turn.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _is_current(connection: sa.Connection, where: str) -> bool:
    known, there = steps(), set(sa.inspect(connection).get_table_names())
    reached: sa.Select[Any] = sa.select(sa.column("version_num")).select_from(sa.table(STEPS_TABLE))
    current = set(connection.execute(reached).scalars()) if STEPS_TABLE in there else set()
    if current - set(known):
        raise EnvironmentFault("store_newer", path=where, revision=", ".join(sorted(current)))
    if not current and there & set(Base.metadata.tables):
        raise EnvironmentFault("store_foreign", path=where)
    return current == {known[-1]}


def steps() -> list[str]:
    """Revisions of the tables, oldest first: the files of ``migrations/versions`` begin with them."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
