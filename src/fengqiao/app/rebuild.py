"""Derive everything again from the raw log, and say whether what was kept is the same."""

from dataclasses import dataclass
from pathlib import Path

from fengqiao.app.bay import surroundings
from fengqiao.app.journal import first_session, fold_again
from fengqiao.app.keeper import Keeper, Run, Tell
from fengqiao.app.runs import LIVE_RUN
from fengqiao.feeds.clock import now_ms
from fengqiao.model.errors import InputFault
from fengqiao.store.archive import read_positions
from fengqiao.store.database import Store, open_store
from fengqiao.store.raw_log import read, verify
from fengqiao.store.tables import RunKind


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it, and what of the kept state it does not agree with."""

    keeper: Keeper
    records: int
    chain: str  # first broken link of the raw log, "" if whole
    changes: int
    changes_missing: int  # derived now, not kept then
    changes_extra: int  # kept then, not derived now
    positions: int
    positions_kept: int

    @property
    def same(self) -> bool:
        return not (self.chain or self.changes_missing or self.changes_extra) and self.positions == self.positions_kept


def rebuild(folder: Path, into: Path, tell: Tell, lang: str = "zh") -> Rebuilt:
    """Fold the whole raw log of ``folder`` into ``into`` and compare with what ``folder`` keeps."""
    session = first_session(read(folder))
    if session is None:
        raise InputFault("raw_log_empty", folder=str(folder))
    kept, store = open_store(folder), open_store(into)
    around = surroundings(folder, kept.load_register(session.register))
    keeper = Keeper(
        Run(LIVE_RUN, into),
        store,
        session.sources,
        around,
        tell,
        stream_ticks=session.stream_ticks,
        thresholds=session.thresholds,
    )
    store.begin_run(LIVE_RUN, RunKind.REBUILD, now_ms(), keeper.watch.basis(), lang)
    records = fold_again(keeper, read(folder), kept.load_register)
    keeper.save()
    broken = verify(folder).broken
    chain = f"{broken.segment}:{broken.offset} ({broken.flaw})" if broken else ""
    result = compare(keeper, records, chain, folder, into, kept, store)
    kept.close()
    store.close()
    return result


def compare(keeper: Keeper, records: int, chain: str, folder: Path, into: Path, kept: Store, store: Store) -> Rebuilt:
    then, now = kept.change_keys(LIVE_RUN), store.change_keys(LIVE_RUN)
    return Rebuilt(
        keeper,
        records,
        chain,
        len(now),
        len(now - then),
        len(then - now),
        read_positions(into).num_rows,
        read_positions(folder).num_rows,
    )
