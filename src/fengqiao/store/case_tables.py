"""Tables of casework: cases with their vessels, parties, steps and tracks; and tips."""

from typing import Any

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from fengqiao.store.tables import COUNTER, JSON_VALUE, Base


class CaseRow(Base, table=True):
    """One dispute. ``case_no`` follows it to the end; ``row_version`` refuses a step on a case that has moved on."""

    __tablename__ = "case_file"  # CASE is a word of SQL
    __table_args__ = (Index(None, "state"),)
    case_no: str = Field(primary_key=True)
    year: int
    number: int
    row_version: int
    state: str
    title: str
    cause: str
    source: str  # alert | tip | hand
    run_id: str
    alert: str
    tip: str
    place: str
    lon_deg: float | None
    lat_deg: float | None
    occurred_from_ms: int = Field(sa_type=BigInteger)
    occurred_to_ms: int = Field(sa_type=BigInteger)
    lead: str
    terms: str = Field(sa_type=Text)
    amount_fen: int = Field(sa_type=BigInteger)
    paid_fen: int = Field(sa_type=BigInteger)
    outcome: str
    created_ms: int = Field(sa_type=BigInteger)
    created_by: str


class CaseVesselRow(Base, table=True):
    __tablename__ = "case_vessel"
    __table_args__ = (Index(None, "mmsi"),)
    case_no: str = Field(primary_key=True, foreign_key="case_file.case_no")
    ordinal: int = Field(primary_key=True)
    mmsi: int = Field(sa_type=BigInteger)
    name: str
    role: str
    basis: str  # how she was identified: ais, register, told


class CasePartyRow(Base, table=True):
    """A person of the case: personal data, masked wherever no reason is given."""

    __tablename__ = "case_party"
    case_no: str = Field(primary_key=True, foreign_key="case_file.case_no")
    ordinal: int = Field(primary_key=True)
    side: str
    name: str  # "" where the opponent is not known yet
    phone: str


class CaseStepRow(Base, table=True):
    """What happened, in order; never changed."""

    __tablename__ = "case_step"
    seq: int = Field(default=None, primary_key=True, sa_type=COUNTER)
    case_no: str = Field(index=True, foreign_key="case_file.case_no")
    at_ms: int = Field(sa_type=BigInteger)
    officer: str
    seat: str
    event: str
    origin: str
    target: str
    facts: dict[str, Any] = Field(sa_type=JSON_VALUE)


class CaseTrackRow(Base, table=True):
    """The tracks attached: which rows of the archive, and the hash that says they are still the same."""

    __tablename__ = "case_track"
    case_no: str = Field(primary_key=True, foreign_key="case_file.case_no")
    run_id: str
    mmsi: list[int] = Field(sa_type=JSON_VALUE)
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int = Field(sa_type=BigInteger)
    positions: int = Field(sa_type=BigInteger)
    sha256: str


class TipRow(Base, table=True):
    """What a person told us: 网格上报, 来电, 来访."""

    __tablename__ = "tip"
    tip: str = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    channel: str
    text: str = Field(sa_type=Text)
    lon_deg: float | None
    lat_deg: float | None
    vessel: str
    reporter: str
    phone: str
    state: str  # new | case
    case_no: str
    officer: str
