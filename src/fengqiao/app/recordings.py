"""Whole recordings, merged by their own times, as a replay and a question about the past hear them."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from fengqiao.app.decoding import CHUNKS_AT_ONCE, open_recording
from fengqiao.feeds.feed import name_apart
from fengqiao.feeds.file import merge_by_time
from fengqiao.model.inputs import Chunk, Clock

PROGRESS_BYTES = 20_000  # a step of progress every few hundred sentences: some tenths of a second

Progress = Callable[[int, int | None], None]  # bytes of content read, and of all files where that is known


class Recordings:
    def __init__(self, files: Sequence[str]) -> None:
        """InputFault or UsageFault for what cannot be played."""
        self._feeds = [open_recording(file) for file in files]
        name_apart(self._feeds)
        packed = any(feed.packed for feed in self._feeds)
        self._total = None if packed else sum(feed.path.stat().st_size for feed in self._feeds)

    @property
    def clocks(self) -> dict[str, Clock]:
        """By which time each is read, by name."""
        return {feed.name: feed.clock for feed in self._feeds}

    @property
    def untimed(self) -> tuple[str, ...]:
        """Files without any time, played at their byte pace."""
        return tuple(feed.name for feed in self._feeds if feed.untimed)

    def groups(self, progress: Progress | None = None) -> Iterator[tuple[Chunk, ...]]:
        """Everything in them, once. ``progress`` is told of what has been taken."""
        chunks, read, told = merge_by_time(self._feeds), 0, 0
        while group := tuple(islice(chunks, CHUNKS_AT_ONCE)):
            yield group
            read += sum(len(chunk.data) for chunk in group)
            if progress is not None and read - told >= PROGRESS_BYTES:
                told = read
                progress(told, self._total)
        if progress is not None:
            progress(read, self._total)
