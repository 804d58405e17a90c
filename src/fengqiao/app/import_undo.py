"""An import taken back: a table read in the wrong zone, a recording of another bay.

Everything it brought goes, files and rows, and the audit chain says who took it back and why. What a case holds as
evidence is never touched. The file can be imported again.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fengqiao.app.importing import LEDGER, alone
from fengqiao.model.errors import FengqiaoError, InputFault, UsageFault
from fengqiao.store.database import Store, open_store
from fengqiao.store.durable import disk_faults
from fengqiao.store.lock import LOCK
from fengqiao.store.tables import RunKind, RunRow

ARCHIVE, ASIDE = "archive", "undone"  # what is put aside is read by nobody, and goes once the rows are gone


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import brought, and what goes if it is taken back."""

    run_id: str
    file: str
    imported_ms: int
    positions: int
    names: int  # what vessels said of themselves
    first_ms: int | None
    last_ms: int | None


def brought(store: Store, run_id: str) -> Brought:
    """For people to see before it goes. UsageFault "unknown_import"; InputFault "import_sealed": a case rests on it."""
    run = _import_of(store, run_id)
    if cases := store.cases_on(run_id):
        raise InputFault("import_sealed", run=run_id, cases="、".join(cases))
    segments = store.segments(run_id)
    return Brought(
        run_id,
        run.basis.get("file", ""),
        run.started_ms,
        sum(s.rows for s in segments),
        store.said_count(run_id),
        min((s.t0_ms for s in segments), default=None),
        max((s.t1_ms for s in segments), default=None),
    )


def undo_import(folder: Path, run_id: str, actor: str, reason: str, at_ms: int) -> Brought:
    """Take it back; what it had brought. Faults as from ``brought``; UsageFault without a name or a reason.

    EnvironmentFault "import_busy" while it is still being read. Broken off on the way, it is done again from the
    start; the files are back in their place where the rows could not be taken.
    """
    check_actor(actor, reason)
    with open_store(folder) as store:
        _import_of(store, run_id)
        where = folder / "runs" / run_id
        with alone(where, run_id):
            gone = brought(store, run_id)
            _put_aside(where)
            detail = {"run": run_id, "file": gone.file, "positions": gone.positions, "reason": reason.strip()}
            try:
                store.take_back(run_id, actor, "cli", at_ms, detail)
            except FengqiaoError:
                with suppress(OSError):
                    (where / ASIDE).rename(where / ARCHIVE)
                raise
            _clear(where)
    return gone


def check_actor(actor: str, reason: str) -> None:
    if not actor.strip():
        raise UsageFault("actor_missing")
    if not reason.strip():
        raise UsageFault("import_undo_reason")


def _import_of(store: Store, run_id: str) -> RunRow:
    runs = {run.run_id: run for run in store.runs() if run.kind == RunKind.IMPORT}
    if run_id not in runs:
        raise UsageFault("unknown_import", run=run_id, known="、".join(runs) or "--")
    return runs[run_id]


def _put_aside(where: Path) -> None:
    """Without its ledger nobody takes the content for read: the same file begins anew."""
    with disk_faults(where):
        (where / LEDGER).unlink(missing_ok=True)
        if (where / ARCHIVE).exists():
            shutil.rmtree(where / ASIDE, ignore_errors=True)
            (where / ARCHIVE).rename(where / ASIDE)


def _clear(where: Path) -> None:
    """All but the lock, which somebody may be waiting for."""
    with disk_faults(where):
        for path in where.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()
