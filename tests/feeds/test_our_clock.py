"""The watch's own clock: which time it goes by when the computer's leaps, is slewed, or sleeps."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clocks import Computer
from fengqiao.feeds.clock import STAND_S, STEP_S_MAX, Leap, OurClock, now_ms

T0 = 1_757_993_400_000
DAY_S = 86_400.0


def waits(computer: Computer, clock: OurClock, seconds: int, every_s: int = 10) -> None:
    for _ in range(seconds // every_s):
        computer.passes(every_s)
        clock.now_ms()


def told(clock: OurClock) -> list[tuple[str, float]]:
    return [(news.what, round(news.apart_s)) for news in clock.news()]


def test_a_leap_that_does_not_stand_moves_nothing() -> None:
    """A day ahead for two minutes: time goes on second by second, and both ends of it are told."""
    computer = Computer(T0)
    clock = computer.clock()
    computer.leaps(DAY_S)
    waits(computer, clock, 120)
    assert clock.now_ms() == T0 + 120_000
    assert (clock.apart().apart_s, clock.apart().believed) == (DAY_S, False)
    computer.leaps(-DAY_S)
    waits(computer, clock, 10)
    assert clock.now_ms() == T0 + 130_000 and clock.apart().apart_s == 0
    assert told(clock) == [(Leap.LEAPT, DAY_S), (Leap.RETURNED, DAY_S)] and told(clock) == []


def test_a_clock_put_forward_is_believed_once_it_has_stood() -> None:
    """A computer that began in the year of its making and then heard from a time server."""
    computer = Computer(T0)
    clock = computer.clock()
    computer.leaps(DAY_S)
    waits(computer, clock, int(STAND_S))
    assert clock.now_ms() == T0 + STAND_S * 1000
    waits(computer, clock, 10)
    assert clock.now_ms() == computer.at_ms and clock.apart().apart_s == 0
    assert told(clock) == [(Leap.LEAPT, DAY_S), (Leap.BELIEVED, DAY_S)]


def test_a_clock_put_back_stops_no_time() -> None:
    """Time goes on ahead of it, a hundredth slower once it has stood, until they meet."""
    computer = Computer(T0)
    clock = computer.clock()
    computer.leaps(-60.0)
    waits(computer, clock, int(STAND_S) + 10)
    ahead_s = (clock.now_ms() - computer.at_ms) / 1000
    assert 59.8 < ahead_s <= 60.0 and clock.apart().believed and clock.apart().apart_s == -ahead_s
    before_ms = clock.now_ms()
    waits(computer, clock, 1_000)
    assert clock.now_ms() - before_ms == 990_000
    waits(computer, clock, 6_000)
    assert clock.now_ms() == computer.at_ms and clock.apart().apart_s == 0


def test_another_leap_has_to_stand_anew() -> None:
    computer = Computer(T0)
    clock = computer.clock()
    computer.leaps(DAY_S)
    waits(computer, clock, int(STAND_S) - 100)
    computer.leaps(DAY_S)
    waits(computer, clock, int(STAND_S))
    assert clock.now_ms() == T0 + (2 * STAND_S - 100) * 1000
    waits(computer, clock, 100)
    assert clock.now_ms() == computer.at_ms


def test_sleep_is_no_leap() -> None:
    """Both clocks go on while a laptop is shut: its night is over when it wakes."""
    computer = Computer(T0)
    clock = computer.clock()
    computer.passes(8 * 3_600)
    assert clock.now_ms() == T0 + 8 * 3_600_000 == computer.at_ms and told(clock) == []


def test_a_new_watch_goes_on_from_what_was_told() -> None:
    computer = Computer(T0)
    clock = computer.clock()
    clock.go_on_from(T0 + 5_000)
    assert clock.now_ms() == T0 + 5_000
    computer.passes(600)
    assert clock.now_ms() == computer.at_ms


def test_the_real_clocks_agree() -> None:
    clock = OurClock()
    before_ms = now_ms()
    assert before_ms - 2 <= clock.now_ms() <= now_ms() + 2 and clock.news() == []


SPANS = st.floats(0.0, 700.0)


@given(st.lists(st.tuples(SPANS, st.floats(-1e6, 1e6)), max_size=30))
@settings(max_examples=60)
def test_time_never_goes_back_and_never_leaps_unless_it_stood(moves: list[tuple[float, float]]) -> None:
    """However it is set, our time goes at least 99 in 100 as fast as it passes; faster only in what was believed."""
    computer = Computer(T0)
    clock = computer.clock()
    before_ms = clock.now_ms()
    for passed_s, leap_s in moves:
        computer.leaps(leap_s)
        clock.now_ms()
        computer.passes(passed_s)
        after_ms = clock.now_ms()
        gone_ms = after_ms - before_ms
        assert gone_ms >= passed_s * 990 - 2
        believed = any(news.what is Leap.BELIEVED for news in clock.news())
        assert believed or gone_ms <= passed_s * 1000 + STEP_S_MAX * 1000 + 2
        before_ms = after_ms


@given(st.lists(st.floats(-0.4, 0.4), min_size=1, max_size=40))
@settings(max_examples=60)
def test_slewing_changes_nothing(slews: list[float]) -> None:
    """A time server that makes the clock go faster or slower is followed to the millisecond, or waited for."""
    computer = Computer(T0)
    clock = computer.clock()
    for slewed_s in slews:
        computer.passes(60.0, slewed_s)
        clock.now_ms()
        assert clock.apart().apart_s == 0 and clock.news() == []
    computer.passes(2_000.0)
    assert abs(clock.now_ms() - computer.at_ms) <= 1
