"""Which time to believe.

A feed read by our clock trusts its receive times and lets a stamp only say when within the last minutes a fix was
made. A feed read by its own stamps is a story told by strangers: its beginning is the median of the first few
stamps, time then moves by small strides, and a stamp that would move it further waits until others bear it out:
one more for some minutes, a whole run for a gap in the recording. Until it is clear, sentences are held, in order.
"""

from dataclasses import dataclass
from typing import NamedTuple

from fengqiao.ais.sentence import Sentence
from fengqiao.model.inputs import Clock

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


@dataclass(slots=True)
class TimeCounts:
    """Stamps that were not believed, and sentences that had none."""

    ahead: int = 0
    behind: int = 0
    unstamped: int = 0
    bad_tags: int = 0  # TAG blocks whose own checksum was wrong: their values were dropped
    jumps: int = 0  # gaps in a recording that were followed


class Timed(NamedTuple):
    """A sentence with the time that drives the watch and the time its own fix is reckoned from."""

    sentence: Sentence
    ref_ms: int
    base_ms: int


class ReceiverClock:
    """Our receive time drives; a recent stamp tells when the fix was made."""

    def __init__(self, times: TimeCounts) -> None:
        self.times = times

    def admit(self, sentence: Sentence, out: list[Timed]) -> None:
        received = sentence.received_ms
        stamp = sentence.stamp_ms
        base = received
        if stamp is None:
            self.times.unstamped += 1
        elif stamp > received + EARLY_MS_MAX:
            self.times.ahead += 1
        elif stamp < received - LATE_MS_MAX:
            self.times.behind += 1
        else:
            base = stamp
        out.append(Timed(sentence, received, base))

    def finish(self, out: list[Timed]) -> None:
        """Nothing is ever held."""


class SourceClock:
    """The stamps drive, as far as they are believed. Time never goes backwards."""

    def __init__(self, times: TimeCounts) -> None:
        self.times = times
        self.now_ms: int | None = None
        self.stamped = False  # some stamp has been believed; until then our receive time is all there is
        self.held: list[Sentence] = []
        self.run: list[int] = []  # stamps ahead of us, in order and in a row: a gap, if it goes on
        self.run_at = 0  # where in ``held`` the run begins
        self.odd = False  # the stamp before was far ahead of the run: one such is a lie, two begin another run

    def admit(self, sentence: Sentence, out: list[Timed]) -> None:
        """Pass the sentence on with its time, or hold it while time is in doubt; held ones follow in order."""
        if self.held or self.now_ms is None or self._ahead(sentence.stamp_ms):
            self.held.append(sentence)
            self._judge(out)
        else:
            self._pass(sentence, out)

    def finish(self, out: list[Timed]) -> None:
        """Nothing more will come: decide by what there is."""
        while self.held:
            self._decide(out)

    def _judge(self, out: list[Timed]) -> None:
        if self.now_ms is None:
            stamp = self.held[-1].stamp_ms
            if stamp is not None:
                self.run.append(stamp)
            if len(self.run) >= SETTLE:
                self._settle(out)
        else:
            self._follow(out)
        if len(self.held) >= HELD_MAX:
            self.finish(out)

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
        self.now_ms = agreed[0] if agreed else self.held[0].received_ms
        held, self.held, self.run = self.held, [], []
        for n, sentence in enumerate(held):
            stamp = sentence.stamp_ms
            if self.held or stamp is None or stamp not in agreed:
                self.admit(sentence, out)
            elif not self._ahead(stamp):
                self._believe(sentence, stamp, out)
            else:
                self._begin_ahead(sentence, stamp, held[n + 1 :], agreed, out)

    def _begin_ahead(
        self, sentence: Sentence, stamp: int, rest: list[Sentence], agreed: list[int], out: list[Timed]
    ) -> None:
        """One of the first stamps is ahead of those before it: those after it say whether time goes on there."""
        later = [s.stamp_ms for s in rest if s.stamp_ms is not None]
        if any(s >= stamp - UNORDERED_MS_MAX for s in later):
            self._believe(sentence, stamp, out)
        elif any(s in agreed for s in later) or not self._near(stamp):
            self._note(sentence, stamp, out)
        else:
            self.admit(sentence, out)

    def _follow(self, out: list[Timed]) -> None:
        """Weigh the newest held sentence: it ends the doubt, adds to it, or says nothing about time."""
        stamp, now = self.held[-1].stamp_ms, self.now_ms
        if stamp is None or now is None or stamp < now - UNORDERED_MS_MAX:
            return  # a late sentence does not say what time it is
        if not self._ahead(stamp):
            self._release(out)
            return
        near = bool(self.run) and self._near(self.run[0])
        step = stamp - self.run[-1] if self.run else -STEP_MS_MAX
        far = step > (AHEAD_MS_MAX if near else STEP_MS_MAX)
        if step < -UNORDERED_MS_MAX or (far and self.odd):
            self.run, self.run_at, self.odd = [stamp], len(self.held) - 1, False
        elif far:
            self.odd = True
        else:
            self.run.append(stamp)
            self.odd = False
            if len(self.run) >= (CONFIRM if near else JUMP):
                self._jump(out)

    def _release(self, out: list[Timed]) -> None:
        """What was ahead does not move time."""
        held, self.held, self.run = self.held, [], []
        for sentence in held:
            self._pass(sentence, out)

    def _jump(self, out: list[Timed]) -> None:
        """Time does go on there: believe the run, not the stamps held before it."""
        held, self.held = self.held, []
        start, run, self.run = self.run_at, self.run, []
        earliest = min(run)
        for sentence in held[:start]:
            self._pass(sentence, out)
        self.times.jumps += 0 if self._near(earliest) else 1
        self.now_ms = max(earliest, self.now_ms or earliest)
        for sentence in held[start:]:
            if sentence.stamp_ms in run:
                self._believe(sentence, sentence.stamp_ms, out)
            else:
                self._pass(sentence, out)

    def _ahead(self, stamp: int | None) -> bool:
        return stamp is not None and self.now_ms is not None and stamp > self.now_ms + STRIDE_MS_MAX

    def _near(self, stamp: int) -> bool:
        return self.now_ms is not None and stamp <= self.now_ms + AHEAD_MS_MAX

    def _pass(self, sentence: Sentence, out: list[Timed]) -> None:
        stamp = sentence.stamp_ms
        now = self.now_ms
        assert now is not None
        if stamp is not None and stamp > now + AHEAD_MS_MAX:
            self.times.ahead += 1
            stamp = None
        elif stamp is not None and stamp < now - BACK_MS_MAX:
            self.times.behind += 1
            stamp = None
        elif stamp is not None and stamp > now + STRIDE_MS_MAX:
            self._note(sentence, stamp, out)
            return
        self._believe(sentence, stamp, out)

    def _note(self, sentence: Sentence, stamp: int, out: list[Timed]) -> None:
        """Nobody bears it out, but it may be true: good enough for its own fix, not to move time."""
        assert self.now_ms is not None
        out.append(Timed(sentence, self.now_ms, stamp))

    def _believe(self, sentence: Sentence, stamp: int | None, out: list[Timed]) -> None:
        now = self.now_ms
        assert now is not None
        if stamp is not None:
            self.stamped = True
        elif sentence.stamp_ms is None:
            self.times.unstamped += 1
        if not self.stamped:
            stamp = max(now, sentence.received_ms)  # a recording without any time goes by the pace it is played at
        if stamp is None:
            out.append(Timed(sentence, now, now))
            return
        self.now_ms = max(now, stamp)
        out.append(Timed(sentence, self.now_ms, stamp))


def clock_for(kind: Clock, times: TimeCounts) -> ReceiverClock | SourceClock:
    return SourceClock(times) if kind is Clock.SOURCE else ReceiverClock(times)
