"""Play recordings through the watch as fast as they can be read; the demonstration bay is one of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from fengqiao.app.bay import surroundings
from fengqiao.app.decoding import open_recording
from fengqiao.app.keeper import Keeper, Run, Source, Tell
from fengqiao.app.tuning import thresholds_of
from fengqiao.feeds.clock import now_ms
from fengqiao.feeds.feed import name_apart
from fengqiao.feeds.file import merge_by_time
from fengqiao.model.inputs import Act, Chunk
from fengqiao.register.vessel import Register
from fengqiao.store.database import open_store
from fengqiao.store.tables import RunKind
from fengqiao.thresholds import Thresholds

PROGRESS_BYTES = 20_000  # a step of progress every few hundred sentences: some tenths of a second
CHUNKS_AT_ONCE = 256  # big batches decode faster; what comes of them does not depend on it


Progress = Callable[[int, int | None], None]  # bytes of content read, and of all files where that is known


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
    feeds = [open_recording(file) for file in files]
    name_apart(feeds)
    store = open_store(folder)
    register = register if register is not None else store.load_register()
    around = surroundings(folder, register)
    run_id = f"{kind}-{datetime.fromtimestamp(now_ms() / 1000, UTC):%Y%m%dT%H%M%S%fZ}"
    sources = {feed.name: Source(feed.clock, ends=True) for feed in feeds}
    run = Run(run_id, folder / "runs" / run_id)
    keeper = Keeper(
        run, store, sources, around, tell, stream_ticks=True, acts=acts, shards=shards, thresholds=thresholds
    )
    store.begin_run(run_id, kind, now_ms(), keeper.watch.basis(), lang)
    total = None if any(feed.packed for feed in feeds) else sum(feed.path.stat().st_size for feed in feeds)
    read_bytes = told = 0
    for chunks in _grouped(merge_by_time(feeds)):
        keeper.hear(chunks)
        read_bytes += sum(len(chunk.data) for chunk in chunks)
        if progress is not None and read_bytes - told >= PROGRESS_BYTES:
            told = read_bytes
            progress(read_bytes, total)
    if progress is not None:
        progress(read_bytes, total)
    keeper.finish()
    store.close()
    return Replayed(keeper, folder, tuple(feed.name for feed in feeds if feed.untimed))


def _grouped(chunks: Iterable[Chunk]) -> Iterator[list[Chunk]]:
    chunks = iter(chunks)
    while group := list(islice(chunks, CHUNKS_AT_ONCE)):
        yield group
