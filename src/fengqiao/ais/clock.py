"""Which time to believe.

A feed read by our clock trusts its receive times and lets a stamp only say when within the last minutes a fix was
made. A feed read by its own stamps is a story told by strangers: its beginning is the median of the first few
stamps, time then moves by small strides, and a stamp that would move it further waits until others bear it out:
one more for some minutes, a whole run for a gap in the recording. Until it is clear, sentences are held, in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fengqiao.ais.armour import I64
from fengqiao.model.inputs import Clock
from fengqiao.model.reports import NO_TIME_MS

NO_TIME = int(NO_TIME_MS)

LATE_MS_MAX = 15 * 60_000  # receiver clock: store-and-forward receivers deliver up to a quarter of an hour late
EARLY_MS_MAX = 2_000  # receiver clock: two machines' clocks under NTP differ by less
SETTLE = 5  # stamps whose median begins a feed's time: two of them may be forged
BACK_MS_MAX = 3_600_000  # source clock: an hour covers a wrong time zone of half a hub's delay, not a forged day
AHEAD_MS_MAX = 600_000  # source clock: ten minutes of silence are ordinary on a quiet feed
STRIDE_MS_MAX = 60_000  # what one stamp alone may move time by: less than any rule waits for silence
CONFIRM = 2  # stamps in a row that make a stride of up to AHEAD_MS_MAX believable
JUMP = 8  # stamps in a row, all ahead and in order, that make a gap in the recording believable
JUMP_AT_END = 3  # when nothing more will come: the majority that SETTLE asks for
UNORDERED_MS_MAX = 60_000  # hubs deliver up to a minute out of order
STEP_MS_MAX = 86_400_000  # between two stamps of such a run: slower than daily is no feed
HELD_MAX = 4096  # sentences held back while time is in doubt
STRETCH_MIN = 64  # sentences looked at together after a doubt: doubts come in rows
STRETCH_MAX = 65_536


@dataclass(slots=True)
class TimeCounts:
    """Stamps that were not believed, and sentences that had none."""

    ahead: int = 0
    behind: int = 0
    unstamped: int = 0
    bad_tags: int = 0  # TAG blocks whose own checksum was wrong: their values were dropped
    jumps: int = 0  # gaps in a recording that were followed


class Mark(NamedTuple):
    """A sentence as the clocks see it. Row numbers count from the oldest sentence held back."""

    row: int
    stamp_ms: int | None
    received_ms: int


class Timed(NamedTuple):
    """A sentence with its times, see ``Told``."""

    mark: Mark
    ref_ms: int
    base_ms: int


@dataclass(slots=True)
class Told:
    """Sentences whose time is clear now, in the order in which they count."""

    row: I64
    ref_ms: I64  # the time that drives the watch
    base_ms: I64  # the time its own fix is reckoned from
    by: I64  # the row that made it clear, -1 for the end of input

    @staticmethod
    def join(parts: "Sequence[Told]") -> "Told":
        if len(parts) == 1:
            return parts[0]
        return Told(*(np.concatenate([np.empty(0, np.int64), *(getattr(p, n) for p in parts)]) for n in TOLD))


TOLD = ("row", "ref_ms", "base_ms", "by")


class ReceiverClock:
    """Our receive time drives; a recent stamp tells when the fix was made."""

    held = 0

    def __init__(self, times: TimeCounts) -> None:
        self.times = times

    def admit(self, stamp: I64, received: I64) -> Told:
        """Every sentence at once, with its own time."""
        none = stamp == NO_TIME
        ahead = stamp > received + EARLY_MS_MAX
        behind = ~none & (stamp < received - LATE_MS_MAX)
        self.times.unstamped += int(np.count_nonzero(none))
        self.times.ahead += int(np.count_nonzero(ahead))
        self.times.behind += int(np.count_nonzero(behind))
        row = np.arange(len(stamp))
        return Told(row, received, np.where(none | ahead | behind, received, stamp), row)

    def finish(self) -> Told:
        """Nothing is ever held."""
        return Told.join(())

    def keep(self) -> list[int]:
        """Nothing is ever held."""
        return []


class SourceClock:
    """The stamps drive, as far as they are believed. Time never goes backwards."""

    def __init__(self, times: TimeCounts) -> None:
        self.times = times
        self.now_ms: int | None = None
        self.stamped = False  # some stamp has been believed; until then our receive time is all there is
        self.waiting: list[Mark] = []
        self.run: list[int] = []  # stamps ahead of us, in order and in a row: a gap, if it goes on
        self.run_at = 0  # where in ``waiting`` the run begins
        self.odd = False  # the stamp before was far ahead of the run: one such is a lie, two begin another run

    @property
    def held(self) -> int:
        return len(self.waiting)

    def admit(self, stamp: I64, received: I64) -> Told:
        """What becomes clear with these sentences; the rest is held while time is in doubt, in order.

        Rows of the new ones go on from those held.
        """
        first = self.held
        out: list[Told] = []
        one: list[Timed] = []
        n, stride = 0, STRETCH_MIN
        while n < len(stamp):
            if not self.waiting and self.now_ms is not None:
                stretch = slice(n, n + stride)
                passed = self._stretch(stamp[stretch], received[stretch], first + n, out)
                n += passed
                if passed == stride or n == len(stamp):
                    stride = min(2 * stride, STRETCH_MAX)
                    continue
                stride = STRETCH_MIN
            self._one(Mark(first + n, None if stamp[n] == NO_TIME else int(stamp[n]), int(received[n])), one)
            if one:
                out.append(_told(one, first + n))
                one = []
            n += 1
        return Told.join(out)

    def finish(self) -> Told:
        """Nothing more will come: decide by what there is."""
        out: list[Timed] = []
        self._empty(out)
        return _told(out, -1)

    def keep(self) -> list[int]:
        """Rows still held; from now on they are numbered from 0."""
        rows = [mark.row for mark in self.waiting]
        self.waiting = [mark._replace(row=n) for n, mark in enumerate(self.waiting)]
        return rows

    def _stretch(self, stamp: I64, received: I64, first: int, out: list[Told]) -> int:
        """Pass on the sentences up to the first that is ahead of its time, all at once; how many those are."""
        now = self.now_ms
        assert now is not None
        given = stamp != NO_TIME
        if not self.stamped:  # a recording without any time goes by the pace it is played at
            n = int(np.argmax(given)) if given.any() else len(stamp)
            ref = np.maximum.accumulate(np.maximum(received[:n], now))
            self.times.unstamped += n
            base = ref
        else:
            ref = np.maximum.accumulate(np.maximum(stamp, now))
            before = np.concatenate([[now], ref[:-1]])
            ahead = given & (stamp > before + STRIDE_MS_MAX)
            n = int(np.argmax(ahead)) if ahead.any() else len(stamp)
            ref, before, stamp, given = ref[:n], before[:n], stamp[:n], given[:n]
            behind = given & (stamp < before - BACK_MS_MAX)
            self.times.behind += int(np.count_nonzero(behind))
            self.times.unstamped += int(np.count_nonzero(~given))
            base = np.where(given & ~behind, stamp, before)
        if n:
            row = np.arange(first, first + n)
            out.append(Told(row, ref, base, row))
            self.now_ms = int(ref[-1])
        return n

    def _one(self, mark: Mark, out: list[Timed]) -> None:
        if self.waiting or self.now_ms is None or self._ahead(mark.stamp_ms):
            self.waiting.append(mark)
            self._judge(out)
        else:
            self._pass(mark, out)

    def _judge(self, out: list[Timed]) -> None:
        if self.now_ms is None:
            stamp = self.waiting[-1].stamp_ms
            if stamp is not None:
                self.run.append(stamp)
            if len(self.run) >= SETTLE:
                self._settle(out)
        else:
            self._follow(out)
        if len(self.waiting) >= HELD_MAX:
            self._empty(out)

    def _empty(self, out: list[Timed]) -> None:
        while self.waiting:
            self._decide(out)

    def _decide(self, out: list[Timed]) -> None:
        if self.now_ms is None:
            self._settle(out)
        elif self.run and (self._near(self.run[0]) or len(self.run) >= JUMP_AT_END):
            self._jump(out)
        else:
            self._release(out)

    def _settle(self, out: list[Timed]) -> None:
        """Time begins with the earliest of the first stamps that agree with their lower median."""
        stamps = sorted(self.run)
        agreed: list[int] = []
        if stamps:
            anchor = stamps[(len(stamps) - 1) // 2]
            agreed = [s for s in stamps if anchor - BACK_MS_MAX <= s <= anchor + AHEAD_MS_MAX]
        self.stamped = bool(agreed)
        self.now_ms = agreed[0] if agreed else self.waiting[0].received_ms
        held, self.waiting, self.run = self.waiting, [], []
        for n, mark in enumerate(held):
            stamp = mark.stamp_ms
            if self.waiting or stamp is None or stamp not in agreed:
                self._one(mark, out)
            elif not self._ahead(stamp):
                self._believe(mark, stamp, out)
            else:
                self._begin_ahead(mark, stamp, held[n + 1 :], agreed, out)

    def _begin_ahead(self, mark: Mark, stamp: int, rest: list[Mark], agreed: list[int], out: list[Timed]) -> None:
        """One of the first stamps is ahead of those before it: those after it say whether time goes on there."""
        later = [s.stamp_ms for s in rest if s.stamp_ms is not None]
        if any(s >= stamp - UNORDERED_MS_MAX for s in later):
            self._believe(mark, stamp, out)
        elif any(s in agreed for s in later) or not self._near(stamp):
            self._note(mark, stamp, out)
        else:
            self._one(mark, out)

    def _follow(self, out: list[Timed]) -> None:
        """Weigh the newest held sentence: it ends the doubt, adds to it, or says nothing about time."""
        stamp, now = self.waiting[-1].stamp_ms, self.now_ms
        if stamp is None or now is None or stamp < now - UNORDERED_MS_MAX:
            return  # a late sentence does not say what time it is
        if not self._ahead(stamp):
            self._release(out)
            return
        near = bool(self.run) and self._near(self.run[0])
        step = stamp - self.run[-1] if self.run else -STEP_MS_MAX
        far = step > (AHEAD_MS_MAX if near else STEP_MS_MAX)
        if step < -UNORDERED_MS_MAX or (far and self.odd):
            self.run, self.run_at, self.odd = [stamp], len(self.waiting) - 1, False
        elif far:
            self.odd = True
        else:
            self.run.append(stamp)
            self.odd = False
            if len(self.run) >= (CONFIRM if near else JUMP):
                self._jump(out)

    def _release(self, out: list[Timed]) -> None:
        """What was ahead does not move time."""
        held, self.waiting, self.run = self.waiting, [], []
        for mark in held:
            self._pass(mark, out)

    def _jump(self, out: list[Timed]) -> None:
        """Time does go on there: believe the run, not the stamps held before it."""
        held, self.waiting = self.waiting, []
        start, run, self.run = self.run_at, self.run, []
        earliest = min(run)
        for mark in held[:start]:
            self._pass(mark, out)
        self.times.jumps += 0 if self._near(earliest) else 1
        self.now_ms = max(earliest, self.now_ms or earliest)
        for mark in held[start:]:
            if mark.stamp_ms in run:
                self._believe(mark, mark.stamp_ms, out)
            else:
                self._pass(mark, out)

    def _ahead(self, stamp: int | None) -> bool:
        return stamp is not None and self.now_ms is not None and stamp > self.now_ms + STRIDE_MS_MAX

    def _near(self, stamp: int) -> bool:
        return self.now_ms is not None and stamp <= self.now_ms + AHEAD_MS_MAX

    def _pass(self, mark: Mark, out: list[Timed]) -> None:
        stamp = mark.stamp_ms
        now = self.now_ms
        assert now is not None
        if stamp is not None and stamp > now + AHEAD_MS_MAX:
            self.times.ahead += 1
            stamp = None
        elif stamp is not None and stamp < now - BACK_MS_MAX:
            self.times.behind += 1
            stamp = None
        elif stamp is not None and stamp > now + STRIDE_MS_MAX:
            self._note(mark, stamp, out)
            return
        self._believe(mark, stamp, out)

    def _note(self, mark: Mark, stamp: int, out: list[Timed]) -> None:
        """Nobody bears it out, but it may be true: good enough for its own fix, not to move time."""
        assert self.now_ms is not None
        out.append(Timed(mark, self.now_ms, stamp))

    def _believe(self, mark: Mark, stamp: int | None, out: list[Timed]) -> None:
        now = self.now_ms
        assert now is not None
        if stamp is not None:
            self.stamped = True
        elif mark.stamp_ms is None:
            self.times.unstamped += 1
        if not self.stamped:
            stamp = max(now, mark.received_ms)  # a recording without any time goes by the pace it is played at
        if stamp is None:
            out.append(Timed(mark, now, now))
            return
        self.now_ms = max(now, stamp)
        out.append(Timed(mark, self.now_ms, stamp))


def _told(timed: Sequence[Timed], by: int) -> Told:
    columns = np.array([(t.mark.row, t.ref_ms, t.base_ms, by) for t in timed], np.int64).reshape(len(timed), len(TOLD))
    return Told(*columns.T)


def clock_for(kind: Clock, times: TimeCounts) -> ReceiverClock | SourceClock:
    return SourceClock(times) if kind is Clock.SOURCE else ReceiverClock(times)
