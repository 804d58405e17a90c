"""The four kinds of input that the watch is a fold over, and the chunk from which batches are made."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fengqiao.model.reports import ReportBatch


class Clock(StrEnum):
    """Whose time a feed is read by."""

    RECEIVER = "receiver"  # our clock: live default
    SOURCE = "source"  # the stamps that travel with the sentences: file default


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes exactly as one read of a feed gave them, with the peer they came from and our receive time."""

    feed: str  # the feed's name, e.g. "udp:10110"
    peer: str  # who sent: one partial line is kept per (feed, peer)
    received_ms: int  # our clock, Unix milliseconds UTC
    data: bytes
    whole: bool = False  # a datagram: its end ends a line even without CRLF
    closed: bool = False  # the peer is gone: a partial line of its is over
    seq: int = 0  # place in the raw log, given by the log


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has come this far. Every judgement happens at a tick."""

    at_ms: int


class ActKind(StrEnum):
    ACKNOWLEDGE = "acknowledge"  # 签收
    NOTE = "note"
    SILENCE = "silence"  # 静音: of one alert, or of all that sound
    SHELVE = "shelve"  # 搁置
    UNSHELVE = "unshelve"
    TRANSFER = "transfer"  # 移交
    OUT_OF_SERVICE = "out_of_service"  # 停用: a rule, feed, zone or vessel; target "rule:gap", "vessel:412000001"
    IN_SERVICE = "in_service"
    GALE_ISSUE = "gale_issue"  # a gale warning typed by hand
    GALE_CANCEL = "gale_cancel"
    TRIP_DECLARE = "trip_declare"  # 报备回港时间: facts["trips"], one or a whole list
    TRIP_END = "trip_end"  # target: trip id; facts["why"]


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did, through the one door ``perform(actor, seat, act)``."""

    act_id: str
    at_ms: int
    actor: str
    seat: str
    kind: ActKind
    target: str  # alert id, gale warning id, trip id, or what is taken out of service
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """Surroundings the rules judge by; each has a revision that ends up in the alerts it decided."""

    kind: str  # "zones" | "register" | "gales" | "settings"
    revision: str
    value: Any


WatchInput = ReportBatch | Tick | Act | Context
