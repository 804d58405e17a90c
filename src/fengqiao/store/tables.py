"""Tables of the operational store, the same on SQLite and PostgreSQL.

Times are Unix milliseconds UTC in 64-bit columns named ``*_ms``. Every row derived from inputs carries the run it
came from, so that a replay never mixes with the live watch. What people did (act, audit, register) is not derived.
"""

from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

# Names given by rule: SQLite's batch migrations can only find constraints that have one.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Any: SQLModel asks for a type class, SQLAlchemy is as glad of a configured one.
JSON_VALUE: Any = JSON().with_variant(JSONB(), "postgresql")
# SQLite only numbers rows by itself when the key is INTEGER; PostgreSQL needs the 64 bits said aloud.
COUNTER: Any = BigInteger().with_variant(Integer, "sqlite")


def _big(**more: Any) -> Any:
    return Field(sa_type=BigInteger, **more)


def _counter() -> Any:
    return Field(default=None, primary_key=True, sa_type=COUNTER)


def _json() -> Any:
    return Field(sa_type=JSON_VALUE)


def _text() -> Any:
    return Field(sa_type=Text)


class Base(SQLModel):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


class RunKind(StrEnum):
    LIVE = "live"
    REPLAY = "replay"
    DEMO = "demo"
    IMPORT = "import"
    REBUILD = "rebuild"


class RunRow(Base, table=True):
    """One going of the watch over its inputs."""

    __tablename__ = "run"
    run_id: str = Field(primary_key=True)
    kind: str
    started_ms: int = _big()
    basis: dict[str, str] = _json()  # code version, settings hash, revisions it began with
    lang: str


class LatestRow(Base, table=True):
    """The latest state of a vessel: the columns of ``fleet.Vessels`` without the ring; unknown numbers are null."""

    __tablename__ = "latest"
    run_id: str = Field(primary_key=True)
    mmsi: int = _big(primary_key=True)
    voice: int = Field(primary_key=True)
    kind: int
    gear_doubt: bool
    fix_ms: int = _big()
    lon_deg: float | None
    lat_deg: float | None
    sog_kn: float | None
    cog_deg: float | None
    heading_deg: float | None
    rot_deg_min: float | None
    accurate: bool
    nav_status: int
    class_b: bool
    ship_type: int
    length_m: float | None
    interval_s: float | None
    fixes: int = _big()
    first_ms: int = _big()
    feed: str
    name: str
    callsign: str
    destination: str
    imo: int = _big()
    safety_text: str


class SaidRow(Base, table=True):
    """What a station said it was, and when first and last. Saving the same reports again leaves the same rows."""

    __tablename__ = "said"
    __table_args__ = (Index(None, "mmsi", "first_ms"),)
    run_id: str = Field(primary_key=True)
    mmsi: int = _big(primary_key=True)
    name: str = Field(primary_key=True)
    callsign: str = Field(primary_key=True)
    imo: int = _big(primary_key=True)
    ship_type: int = Field(primary_key=True)
    length_m: int = Field(primary_key=True)
    width_m: int = Field(primary_key=True)
    first_ms: int = _big()
    last_ms: int = _big()


class AlertColumns(Base):
    """What an alert and each of its changes have in common; the two sentences are those that were shown."""

    at_ms: int = _big()
    change: str
    rule: str
    key: list[str] = _json()
    priority: int
    mmsi: list[int] = _json()
    zone: str | None
    lon_deg: float | None
    lat_deg: float | None
    message: str
    facts: dict[str, Any] = _json()
    active: bool
    acked: bool
    basis: dict[str, str] = _json()
    state: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_VALUE, sa_column_kwargs={"server_default": "{}"})
    text_zh: str = _text()
    text_en: str = _text()


class AlertRow(AlertColumns, table=True):
    """How an alert stands: its latest change, and when it was raised. A projection of ``alert_change``."""

    __tablename__ = "alert"
    __table_args__ = (Index(None, "run_id", "active"),)
    run_id: str = Field(primary_key=True)
    alert: str = Field(primary_key=True)
    raised_ms: int = _big()


class AlertChangeRow(AlertColumns, table=True):
    """One step in the life of an alert.

    ``change_key`` is the same whenever the same inputs are folded again, so saving twice leaves one row.
    """

    __tablename__ = "alert_change"
    __table_args__ = (
        Index(None, "run_id", "alert"),
        Index(None, "run_id", "at_ms"),
        Index(None, "run_id", "change", "priority"),  # a desk asks twice a second which acknowledged alarms there are
    )
    seq: int = _counter()
    change_key: str = Field(unique=True)
    run_id: str
    alert: str
    actor: str
    note: str = _text()


class ActState(StrEnum):
    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"


class ActRow(Base, table=True):
    """The inbox: what people did, waiting for the watch to apply it in order of ``seq``."""

    __tablename__ = "act"
    seq: int = _counter()
    act_id: str = Field(unique=True)
    created_ms: int = _big()
    actor: str
    seat: str
    kind: str
    target: str
    facts: dict[str, Any] = _json()
    state: str = Field(index=True)
    applied_ms: int | None = _big()
    outcome: str  # what came of it, or why it was refused


class AuditRow(Base, table=True):
    """One link of the audit chain: ``hash`` covers this row and the hash before it."""

    __tablename__ = "audit"
    seq: int = _big(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at_ms: int = _big()
    actor: str
    seat: str
    what: str
    detail: str = _text()  # canonical JSON as text: JSONB rewrites numbers, and then no hash would hold
    prev_hash: str
    hash: str


class RegisterRevisionRow(Base, table=True):
    """Which content of the register was in force from when; the row with the highest ``seq`` is."""

    __tablename__ = "register_revision"
    seq: int = _counter()
    revision: str = Field(index=True)
    at_ms: int = _big()
    actor: str
    seat: str
    vessels: int
    refused: int


class RegisterVesselRow(Base, table=True):
    __tablename__ = "register_vessel"
    revision: str = Field(primary_key=True)
    vessel_id: str = Field(primary_key=True)
    name: str
    gear: str
    length_m: float | None
    rating_beaufort: int
    rating_source: str
    group: str
    permits: list[str] = _json()
    owner: str
    phone: str


class RegisterIdentityRow(Base, table=True):
    __tablename__ = "register_identity"
    __table_args__ = (
        ForeignKeyConstraint(["revision", "vessel_id"], ["register_vessel.revision", "register_vessel.vessel_id"]),
    )
    revision: str = Field(primary_key=True)
    vessel_id: str = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    mmsi: int = _big()
    name: str
    from_ms: int = _big()
    to_ms: int = _big()
    callsign: str


class GaleRow(Base, table=True):
    """A gale warning typed by hand, as long as nobody cancelled it."""

    __tablename__ = "gale"
    run_id: str = Field(primary_key=True)
    gale_id: str = Field(primary_key=True)
    beaufort: int
    from_ms: int = _big()
    to_ms: int = _big()
    source: str
    zone: str
    polygon: list[list[float]] = _json()
    gust: int
    issued_ms: int = _big()
    issued_by: str
    cancelled_ms: int | None = _big()
    cancelled_by: str


class TripEnd(StrEnum):
    """Why a declared return is no longer waited for."""

    HOME = "home"  # the watch saw her come in
    PERSON = "person"  # somebody ended it
    REPLACED = "replaced"  # she declared anew


class TripRow(Base, table=True):
    """A declared return; open as long as ``ended_ms`` is not given."""

    __tablename__ = "trip"
    __table_args__ = (Index(None, "mmsi", "due_ms"),)
    run_id: str = Field(primary_key=True)
    trip_id: str = Field(primary_key=True)
    mmsi: int = _big()
    due_ms: int = _big()
    departs_ms: int = _big()
    harbour: str
    out_ms: int = _big()
    declared_ms: int = _big()
    declared_by: str
    ended_ms: int | None = _big()
    ended_by: str
    ended_why: str


class SegmentRow(Base, table=True):
    """Manifest of the position archive: one row a file, path relative to the folder of its run."""

    __tablename__ = "segment"
    __table_args__ = (Index(None, "run_id", "t0_ms"),)
    run_id: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    layer: str
    t0_ms: int = _big()
    t1_ms: int = _big()
    lon_min_deg: float | None
    lat_min_deg: float | None
    lon_max_deg: float | None
    lat_max_deg: float | None
    mmsi_min: int = _big()
    mmsi_max: int = _big()
    rows: int = _big()
    bytes: int = _big()
    sha256: str
    state: str


def table(model: type[Base]) -> Table:
    """The Core table of a model: hot paths speak Core, which is some fifty times faster than the ORM."""
    return Base.metadata.tables[str(model.__tablename__)]
