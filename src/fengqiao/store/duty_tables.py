"""Tables of the watch-keeping officers: who was on, what they wrote, what came of alarms, how they handed over.

Rows are added and never changed; what follows from several of them, such as when a shift ended, is read out of them.
"""

from typing import Any

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from fengqiao.store.tables import COUNTER, JSON_VALUE, Base


class ShiftRow(Base, table=True):
    """From ``from_ms`` on ``officer`` sits at ``seat``, or nobody where the name is empty, until its next row."""

    __tablename__ = "shift"
    seq: int = Field(default=None, primary_key=True, sa_type=COUNTER)
    seat: str = Field(index=True)
    officer: str
    from_ms: int = Field(sa_type=BigInteger)
    planned: str  # the shift of the plan that was running, "" outside any


class DutyLogRow(Base, table=True):
    """The duty log: lines are added, never changed."""

    __tablename__ = "duty_log"
    __table_args__ = (Index(None, "at_ms"),)
    seq: int = Field(default=None, primary_key=True, sa_type=COUNTER)
    at_ms: int = Field(sa_type=BigInteger)
    officer: str
    seat: str
    text: str = Field(sa_type=Text)
    run_id: str
    alert: str
    mmsi: int = Field(sa_type=BigInteger)  # 0: about no vessel
    vessel: str
    lon_deg: float | None
    lat_deg: float | None


class OutcomeRow(Base, table=True):
    """What came of an alert, as the officer found; a later one corrects, the first stays."""

    __tablename__ = "alert_outcome"
    __table_args__ = (Index(None, "run_id", "alert"),)
    seq: int = Field(default=None, primary_key=True, sa_type=COUNTER)
    at_ms: int = Field(sa_type=BigInteger)
    run_id: str
    alert: str
    outcome: str  # called | notified | false | other
    text: str = Field(sa_type=Text)
    officer: str
    seat: str


class LabelRow(Base, table=True):
    """Whether an alert was true, as an officer found; his later one corrects, the first stays."""

    __tablename__ = "alert_label"
    __table_args__ = (Index(None, "run_id", "alert"),)
    seq: int = Field(default=None, primary_key=True, sa_type=COUNTER)
    at_ms: int = Field(sa_type=BigInteger)
    run_id: str
    alert: str
    label: str  # true | false | unclear
    officer: str
    seat: str


class HandoverRow(Base, table=True):
    __tablename__ = "handover"
    seq: int = Field(default=None, primary_key=True, sa_type=COUNTER)
    at_ms: int = Field(sa_type=BigInteger)
    seat: str
    from_officer: str
    to_officer: str
    items: list[dict[str, Any]] = Field(sa_type=JSON_VALUE)
    snapshot: str  # sha256 over the items as both saw them
