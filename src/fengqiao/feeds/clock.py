"""The clock that a live watch goes by: the system's, as far as a steady one bears it out.

A computer's clock may leap: a bad answer from a time server, a hand that types the wrong day, a battery that died. A
steady clock cannot; it only does not know what time it is. So time goes on by the steady one, and what the system's
says is followed at once while the two agree, and believed again after a leap once it has stood for a while. Time
never goes back: where it is ahead of the clock believed it goes a little slower until the two meet.
"""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

STEP_S_MAX = 2.0  # followed at once: time servers slew below half a second, and a fix in AIS is true to a second
STAND_S = 600.0  # chrony and ntpd ask several servers anew within that, every 64 s at first
CATCH_UP_SHARE = 0.01  # ahead, time goes by so much slower: less than AIS rounds a speed by
HOLE_S = 60.0  # a leap of our own time, by sleep or by belief, that says nothing of who was silent in it
READ_S_MAX = 0.1  # a thread put aside between two readings longer than this has compared nothing
STEPPED_BACK_MS = (
    3_600_000  # found at a start to be set back by no more, it is gone ahead of; by more, it was wrong before
)
WRITTEN_MS = 1_795_910_400_000  # 2026-11-29: a clock that says less is wrong, as one whose battery died
NEWS_MAX = 64  # between two looks at them; a clock that leaps all the time is told of as such

Ns = Callable[[], int]
SECOND_NS = 1_000_000_000


def now_ms() -> int:
    """The system's clock as it stands: Unix milliseconds UTC."""
    return time.time_ns() // 1_000_000


def was_ahead(told_ms: int, now_ms: int) -> bool:
    """Whether the clock was wrong when something was told so much later than it is now; else it may be wrong now."""
    return told_ms - now_ms > STEPPED_BACK_MS and not now_ms < WRITTEN_MS <= told_ms


def steady_ns() -> int:
    """Nanoseconds since some instant, which nobody can set; a suspended computer's go on where the system can tell."""
    if sys.platform == "win32":
        return time.monotonic_ns()
    # Linux counts no sleep in its monotonic clock; that of macOS counts it.
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Leap(StrEnum):
    """What became of a clock that disagrees with the time passed."""

    LEAPT = "leapt"  # not believed yet
    RETURNED = "returned"  # nothing has changed
    BELIEVED = "believed"  # it stood: the time before was wrong


@dataclass(frozen=True, slots=True)
class LeapNews:
    what: Leap
    apart_s: float  # system's clock less the time we went by


@dataclass(frozen=True, slots=True)
class Apart:
    """How the time we go by and the system's clock differ."""

    apart_s: float = 0.0  # system's clock less ours; 0 where they agree
    believed: bool = True  # the system's: ours is ahead of it and waits

    def as_json(self) -> dict[str, Any]:
        return {"apart_s": round(self.apart_s), "believed": self.believed}


AGREED = Apart()


class OurClock:
    """One for a whole watch, asked by its feeds' threads too: what was heard and when it was judged is of one time."""

    def __init__(self, wall_ns: Ns = time.time_ns, steady: Ns = steady_ns) -> None:
        """Begins with the system's time: there is nothing yet to doubt it by."""
        self._wall_ns, self._steady_ns = wall_ns, steady
        self._lock = threading.Lock()
        self._read_ns = steady()
        self._believed_ns = wall_ns() - self._read_ns  # system's less steady clock
        self._doubted_ns: int | None = None  # the same of a clock that is not believed
        self._since_ns = 0  # the steady clock when it leapt there
        self._time_ns = self._read_ns + self._believed_ns
        self._apart_ns = 0
        self._whole_ns = 0  # since when our time has gone on without a hole; 0: always
        self._news: deque[LeapNews] = deque(maxlen=NEWS_MAX)

    def now_ms(self) -> int:
        """Unix milliseconds UTC; never less than it has been."""
        with self._lock:
            self._read()
            return self._time_ns // 1_000_000

    def system_ms(self) -> int:
        """The system's clock, believed or not: what other programs on this computer compare with."""
        return self._wall_ns() // 1_000_000

    def steady_s(self) -> float:
        """For spans of time."""
        return self._steady_ns() / SECOND_NS

    def go_on_from(self, at_ms: int) -> None:
        """Something was told then: it is at least as late, and nobody has listened since."""
        with self._lock:
            self._read()
            self._mind_hole(at_ms * 1_000_000 if at_ms else self._time_ns)
            self._time_ns = max(self._time_ns, at_ms * 1_000_000)

    def awake_s(self) -> float:
        """For how long our time has gone on without a hole: a watch that has just woken has heard nobody yet."""
        with self._lock:
            return (self._time_ns - self._whole_ns) / SECOND_NS

    def apart(self) -> Apart:
        """As of the last reading."""
        with self._lock:
            apart_s, believed = self._apart_ns / SECOND_NS, self._doubted_ns is None
        return Apart(apart_s, believed) if abs(apart_s) > STEP_S_MAX else AGREED

    def news(self) -> list[LeapNews]:
        """What has become of leaps since this was last asked."""
        with self._lock:
            told = list(self._news)
            self._news.clear()
        return told

    def _mind_hole(self, from_ns: int) -> None:
        if self._time_ns - from_ns > HOLE_S * SECOND_NS:
            self._whole_ns = self._time_ns

    def _read(self) -> None:
        stood_ns = self._time_ns
        before = self._steady_ns()
        wall = self._wall_ns()
        steady = max(self._steady_ns(), self._read_ns)
        passed, self._read_ns = steady - self._read_ns, steady
        self._time_ns += passed
        if steady - before <= READ_S_MAX * SECOND_NS:
            self._weigh(wall - steady)
            self._apart_ns = wall - self._time_ns
        ahead = self._time_ns - (steady + self._believed_ns)
        self._time_ns -= ahead if ahead < 0 else min(ahead, int(passed * CATCH_UP_SHARE))
        self._mind_hole(stood_ns)

    def _weigh(self, offset_ns: int) -> None:
        """Whether to believe the system's clock, which is so much before the steady one."""
        step_ns = int(STEP_S_MAX * SECOND_NS)
        if abs(offset_ns - self._believed_ns) <= step_ns:
            self._settle(offset_ns, Leap.RETURNED)
        elif self._doubted_ns is None or abs(offset_ns - self._doubted_ns) > step_ns:
            if self._doubted_ns is None:
                self._news.append(LeapNews(Leap.LEAPT, (offset_ns - self._believed_ns) / SECOND_NS))
            self._doubted_ns, self._since_ns = offset_ns, self._read_ns
        elif self._read_ns - self._since_ns >= STAND_S * SECOND_NS:
            self._settle(offset_ns, Leap.BELIEVED)
        else:
            self._doubted_ns = offset_ns

    def _settle(self, offset_ns: int, what: Leap) -> None:
        if self._doubted_ns is not None:
            self._news.append(LeapNews(what, (self._doubted_ns - self._believed_ns) / SECOND_NS))
        self._believed_ns, self._doubted_ns = offset_ns, None
