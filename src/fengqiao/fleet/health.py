"""How each feed is doing, folded from every sentence met, usable or not."""

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet.receiver_pulse import ReceiverPulse
from fengqiao.model.health import FeedHealth
from fengqiao.model.reports import NO_TIME_MS, Lines, Receiver

BUCKET_MS = 10_000
OFFSET_WEIGHT = 0.1  # of the newest batch in the smoothed clock offset
BUCKETS = 7  # six whole ones make the minute that the rate speaks of, and the one now filling


class FeedPulse:
    """Counts of one watch, by feed index; plain arrays, so that they travel in a checkpoint."""

    def __init__(self, feeds: tuple[str, ...]) -> None:
        n = len(feeds)
        self.feeds = feeds
        self.ended: set[str] = set()
        self.receivers = ReceiverPulse()
        self._sentences = np.zeros(n, np.int64)
        self._damaged = np.zeros(n, np.int64)
        self._first_ms = np.zeros(n, np.int64)
        self._last_ms = np.zeros(n, np.int64)
        self._offset_s = np.full(n, np.nan)
        self._bucket_no = np.full((n, BUCKETS), -1, np.int64)
        self._bucket = np.zeros((n, BUCKETS), np.int64)

    def adopt(self, feeds: tuple[str, ...]) -> None:
        """A new session: feeds of before that are not among these are over, new ones begin at nothing."""
        new = tuple(f for f in feeds if f not in self.feeds)
        self.ended = set(self.feeds) - set(feeds)
        self.feeds += new
        for name in ("_sentences", "_damaged", "_first_ms", "_last_ms"):
            setattr(self, name, np.concatenate([getattr(self, name), np.zeros(len(new), np.int64)]))
        self._offset_s = np.concatenate([self._offset_s, np.full(len(new), np.nan)])
        self._bucket_no = np.concatenate([self._bucket_no, np.full((len(new), BUCKETS), -1, np.int64)])
        self._bucket = np.concatenate([self._bucket, np.zeros((len(new), BUCKETS), np.int64)])

    def fold(self, lines: Lines, receivers: tuple[Receiver, ...]) -> None:
        n = len(self.feeds)
        self.receivers.fold(lines, receivers)
        if not len(lines):
            return
        counts = np.bincount(lines.feed, minlength=n)
        self._sentences += counts
        self._damaged += np.bincount(lines.feed[~lines.intact], minlength=n)
        first = np.flatnonzero((counts > 0) & (self._first_ms == 0))
        for feed in first:
            self._first_ms[feed] = lines.ref_ms[lines.feed == feed].min()
        np.maximum.at(self._last_ms, lines.feed, lines.ref_ms)
        self._compare_clocks(lines)
        self._fill_buckets(lines.feed, lines.ref_ms)

    def _compare_clocks(self, lines: Lines) -> None:
        stamped = lines.take(lines.source_ms != NO_TIME_MS)
        for feed in np.unique(stamped.feed):
            mine = stamped.feed == feed
            seen = float(np.median(stamped.received_ms[mine] - stamped.source_ms[mine])) / 1000
            old = self._offset_s[feed]
            self._offset_s[feed] = seen if np.isnan(old) else old + OFFSET_WEIGHT * (seen - old)

    def _fill_buckets(self, feed: NDArray[np.int16], ref_ms: NDArray[np.int64]) -> None:
        number = ref_ms // BUCKET_MS
        pairs, counts = np.unique(np.stack([feed.astype(np.int64), number]), axis=1, return_counts=True)
        for (f, no), count in zip(pairs.T, counts, strict=True):  # a batch touches a bucket or two of each feed
            place = no % BUCKETS
            if self._bucket_no[f, place] < no:
                self._bucket_no[f, place], self._bucket[f, place] = no, 0
            if self._bucket_no[f, place] == no:
                self._bucket[f, place] += count

    def health(self, at_ms: int) -> tuple[FeedHealth, ...]:
        now = at_ms // BUCKET_MS
        recent = (self._bucket_no >= now - 6) & (self._bucket_no < now)
        rate = (self._bucket * recent).sum(axis=1) / (6 * BUCKET_MS / 1000)
        return tuple(
            FeedHealth(
                name,
                int(self._sentences[i]),
                int(self._damaged[i]),
                int(self._first_ms[i]),
                int(self._last_ms[i]),
                round(float(rate[i]), 2),
                None if np.isnan(self._offset_s[i]) else round(float(self._offset_s[i]), 1),
                name in self.ended,
            )
            for i, name in enumerate(self.feeds)
        )
