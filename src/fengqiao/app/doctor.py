"""What is installed, where data lies, how the feeds do: everything a telephone call about trouble begins with."""

import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fengqiao import __version__
from fengqiao.app.bay import zones_of
from fengqiao.app.tuning import thresholds_of
from fengqiao.feeds.clock import now_ms
from fengqiao.model.errors import InputFault
from fengqiao.store.audit import Head
from fengqiao.store.database import Store, open_store
from fengqiao.store.folder import disk_free
from fengqiao.store.frame import read_frame
from fengqiao.store.lock import watch_running
from fengqiao.store.raw_log import verify
from fengqiao.store.values import storable
from fengqiao.watch import revision_of

LIBRARIES = ("numpy", "pyais", "pyarrow", "duckdb", "shapely", "pyproj", "sqlmodel")


@dataclass(frozen=True, slots=True)
class AuditBreak:
    """The first record of the audit chain that does not fit: what stands there now, as far as it can be read."""

    seq: int
    reason: str  # altered | missing | head: whole in itself, but not the chain that was seen before
    at: str | None = None  # ISO 8601, UTC
    actor: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class AuditHealth:
    store: str  # where the database is
    last: int  # seq of the last record
    head: str  # its hash
    broken: AuditBreak | None


@dataclass(frozen=True, slots=True)
class Health:
    program: dict[str, str]
    libraries: dict[str, str]
    folder: str
    disk_free_bytes: int
    zones: dict[str, Any]
    register: dict[str, Any]
    thresholds: dict[str, Any]  # of the centre's file: its revision and how much it changes, or its first fault
    raw_log: dict[str, Any]
    audit: AuditHealth
    watch_running: bool
    frame_ms: int | None
    now_ms: int
    picture: dict[str, Any]  # what the last frame says: feeds, farthest station, sentences, load
    vessels: int

    @property
    def well(self) -> bool:
        return self.raw_log["broken"] is None and self.thresholds["fault"] is None and self.audit.broken is None


def examine(folder: Path, remembered: Head | None = None) -> Health:
    """``remembered``: the head of the audit chain as a duty report gives it."""
    with open_store(folder) as store:
        register = store.load_register()
        audit = examine_audit(store, remembered)
    zones = zones_of(folder)
    log = verify(folder)
    frame = read_frame(folder)
    return Health(
        program={"version": __version__, "python": platform.python_version(), "system": platform.platform()},
        libraries={name: version(name) for name in LIBRARIES},
        folder=str(folder),
        disk_free_bytes=disk_free(folder),
        zones={"count": len(zones.zones), "revision": zones.revision},
        register={"vessels": len(register.vessels), "revision": register.revision},
        thresholds=examine_thresholds(folder),
        raw_log={"segments": log.segments, "records": log.records, "broken": str(log.broken) if log.broken else None},
        audit=audit,
        watch_running=watch_running(folder),
        frame_ms=frame.at_ms if frame else None,
        now_ms=now_ms(),
        picture=dict(frame.meta) if frame else {},
        vessels=len(frame.columns["mmsi"]) if frame else 0,
    )


def examine_thresholds(folder: Path) -> dict[str, Any]:
    try:
        found = thresholds_of(folder)
    except InputFault as fault:
        return {"fault": {"message": fault.message, **fault.facts}}
    return {"fault": None, "changes": len(found.changes), "revision": revision_of(found.settings)}


def examine_audit(store: Store, remembered: Head | None = None) -> AuditHealth:
    """Recompute the whole chain; a tail cut off or a chain written anew shows only against a remembered head."""
    head, broken, reason = store.audit_head(), store.verify_chain(), "altered"
    if broken is None and remembered is not None:
        broken, reason = store.verify_chain(remembered), "head"
    return AuditHealth(store.where, head.seq, head.hash, None if broken is None else _break(store, broken, reason))


def _break(store: Store, seq: int, reason: str) -> AuditBreak:
    record = store.audit_record(seq)
    if record is None:
        return AuditBreak(seq, "missing")
    return AuditBreak(
        seq, reason, _when(record["at_ms"]), str(storable(record["actor"])), str(storable(record["what"]))
    )


def _when(at_ms: Any) -> str | None:
    """None for what is no time: whoever alters a record may have written anything."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (TypeError, ValueError, OverflowError, OSError):
        return None
