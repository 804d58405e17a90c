"""What is installed, where data lies, how the feeds do: everything a telephone call about trouble begins with."""

import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fengqiao import __version__
from fengqiao.app.bay import zones_of
from fengqiao.feeds.feed import now_ms
from fengqiao.store.database import open_store
from fengqiao.store.folder import disk_free
from fengqiao.store.frame import read_frame
from fengqiao.store.lock import watch_running
from fengqiao.store.raw_log import verify

LIBRARIES = ("numpy", "pyais", "pyarrow", "duckdb", "shapely", "pyproj", "sqlmodel")


@dataclass(frozen=True, slots=True)
class Health:
    program: dict[str, str]
    libraries: dict[str, str]
    folder: str
    disk_free_bytes: int
    zones: dict[str, Any]
    register: dict[str, Any]
    raw_log: dict[str, Any]
    watch_running: bool
    frame_ms: int | None
    now_ms: int
    picture: dict[str, Any]  # what the last frame says: feeds, farthest station, sentences, load
    vessels: int

    @property
    def well(self) -> bool:
        return self.raw_log["broken"] is None


def examine(folder: Path) -> Health:
    store = open_store(folder)
    register = store.load_register()
    store.close()
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
        raw_log={"segments": log.segments, "records": log.records, "broken": str(log.broken) if log.broken else None},
        watch_running=watch_running(folder),
        frame_ms=frame.at_ms if frame else None,
        now_ms=now_ms(),
        picture=dict(frame.meta) if frame else {},
        vessels=len(frame.columns["mmsi"]) if frame else 0,
    )
