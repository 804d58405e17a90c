"""The operational store as the rest of the program holds it."""

from pathlib import Path

from fengqiao.store.audit import Audit
from fengqiao.store.casework import Casework
from fengqiao.store.connection import Database, bring_up, connect, migrate
from fengqiao.store.duty import Duty
from fengqiao.store.imports import Imports
from fengqiao.store.inbox import Inbox
from fengqiao.store.records import Alerts, Gales, LatestStates, Manifest, Runs
from fengqiao.store.registers import Registers
from fengqiao.store.said import SaidNames
from fengqiao.store.trips import Trips


class Store(
    Runs,
    LatestStates,
    SaidNames,
    Alerts,
    Gales,
    Trips,
    Manifest,
    Registers,
    Inbox,
    Duty,
    Casework,
    Imports,
    Audit,
    Database,
):
    """Everything that is kept in the database; each base has one reason to change."""


def open_store(url_or_folder: str | Path, folder: Path | None = None) -> Store:
    """Open the store of a data folder (SQLite), or the one at a ``sqlite://`` or ``postgresql://`` URL, and migrate.

    With a URL, ``folder`` is where everything that is no table lies: raw log, archive, frame.
    Raises UsageFault "store_url"; EnvironmentFault "data_folder", "disk_full", "disk_failed", "postgres_driver",
    "store_newer", "store_foreign", "store_damaged", "store_busy" or "store_unreachable".
    """
    store = Store(*connect(url_or_folder, folder))
    try:
        bring_up(store)
    except BaseException:
        store.close()
        raise
    return store


__all__ = ["Store", "migrate", "open_store"]
