"""What is kept: raw log, operational store, position archive, frame, checkpoint. The only importer of sqlmodel.

To add a table: a model in ``tables``, a file in ``migrations/versions`` (``python -m fengqiao.store.migrations
"why"`` writes a draft by comparing the models with the newest revision: read it before you keep it), and its
statements in the module whose reason to change it shares. A test fails when models and migrations disagree.

``Store`` and ``open_store`` are fetched on first use: the raw log and the frame need no database, and a command that
only decodes should not wait a second for one. Everything else is imported from its module.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fengqiao.store.database import Store, open_store

__all__ = ["Store", "open_store"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fengqiao.store import database

    return getattr(database, name)
