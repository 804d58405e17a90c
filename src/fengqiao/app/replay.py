"""Play recordings through the watch as fast as they can be read; the demonstration bay is one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fengqiao.app.bay import surroundings
from fengqiao.app.keeper import Keeper, Run, Source, Tell
from fengqiao.app.recordings import Progress, Recordings
from fengqiao.app.tuning import thresholds_of
from fengqiao.feeds.clock import now_ms
from fengqiao.model.inputs import Act
from fengqiao.register.vessel import Register
from fengqiao.store.database import open_store
from fengqiao.store.tables import RunKind
from fengqiao.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Replayed:
    keeper: Keeper
    folder: Path
    untimed: tuple[str, ...]  # files without any time, played at their byte pace


def replay(
    files: Sequence[str],
    folder: Path,
    tell: Tell,
    *,
    kind: RunKind = RunKind.REPLAY,
    acts: Sequence[Act] = (),
    register: Register | None = None,
    lang: str = "zh",
    shards: int = 1,
    thresholds: Thresholds | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Fold whole recordings, merged by their own times, into a run of their own under ``folder``.

    Without ``thresholds`` those of the folder are in force. InputFault if its file has a fault.
    """
    thresholds = thresholds or thresholds_of(folder)
    recordings = Recordings(files)
    store = open_store(folder)
    register = register if register is not None else store.load_register()
    around = surroundings(folder, register)
    run_id = f"{kind}-{datetime.fromtimestamp(now_ms() / 1000, UTC):%Y%m%dT%H%M%S%fZ}"
    sources = {name: Source(clock, ends=True) for name, clock in recordings.clocks.items()}
    run = Run(run_id, folder / "runs" / run_id)
    keeper = Keeper(
        run, store, sources, around, tell, stream_ticks=True, acts=acts, shards=shards, thresholds=thresholds
    )
    store.begin_run(run_id, kind, now_ms(), keeper.watch.basis(), lang)
    for chunks in recordings.groups(progress):
        keeper.hear(chunks)
    keeper.finish()
    store.close()
    return Replayed(keeper, folder, recordings.untimed)
