"""Ticks out of the stream itself: in a source-clocked run time is what the sentences say it is."""

from collections.abc import Iterator

import numpy as np

from fengqiao.model.inputs import Tick
from fengqiao.model.reports import ReportBatch

TICK_MS = 10_000  # every pair is weighed every ten seconds (safety-watch study, section 2d)
TICKS_IN_A_GAP_MAX = 360  # an hour of silence is ticked through; of a longer hole only its last hour


class Ticker:
    """Cuts batches at tick boundaries so that a judgement never depends on where a batch ended."""

    def __init__(self) -> None:
        self.reached_ms = 0  # the latest believed time
        self._ticked = 0  # number of the last tick

    def cut(self, batch: ReportBatch) -> Iterator[ReportBatch | Tick]:
        if not len(batch):
            return
        reached = np.maximum.accumulate(np.maximum(batch.lines.ref_ms, self.reached_ms))
        if not self._ticked:
            self._ticked = int(reached[0]) // TICK_MS
        tick_no = reached // TICK_MS
        starts = np.flatnonzero(np.diff(tick_no, prepend=self._ticked))
        begin = 0
        for start in starts:
            if start > begin:
                yield batch.rows(begin, int(start))
            yield from self._ticks_to(int(tick_no[start]))
            begin = int(start)
        yield batch.rows(begin, len(batch))
        self.reached_ms = int(reached[-1])

    def pass_to(self, at_ms: int) -> None:
        """Time has gone on to a tick without the stream saying so."""
        self.reached_ms = max(self.reached_ms, at_ms)
        self._ticked = max(self._ticked, at_ms // TICK_MS)

    def close(self) -> Iterator[Tick]:
        """The last judgement, over what came after the last boundary."""
        if self.reached_ms:
            yield from self._ticks_to(self.reached_ms // TICK_MS + 1)

    def _ticks_to(self, number: int) -> Iterator[Tick]:
        first = max(self._ticked + 1, number - TICKS_IN_A_GAP_MAX + 1)
        for tick in range(first, number + 1):
            yield Tick(tick * TICK_MS)
        self._ticked = number
