"""Whose time is believed: strangers' stamps, gaps in recordings, and one forged stamp that changes nothing else."""

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais.ais_builders import A_YEAR_MS, T0, chunk, decode, joined, lines, receiver, source, stamped, unlike
from fengqiao.ais import Decoder
from fengqiao.ais.clock import HELD_MAX, STRIDE_MS_MAX
from fengqiao.ais.columns import fix_ms
from fengqiao.model.inputs import Clock
from fengqiao.model.reports import Known

MINUTE_MS = 60_000
NOON = 1_757_980_800_000  # 2025-09-16T00:00:00Z: a whole minute


def heard(stamps: list[int | None]) -> tuple[Decoder, list[int], list[int]]:
    """Sentences with these stamps, one after another, to the end of input: their believed and fix times."""
    decoder = source()
    data = lines(*(unlike(n) if at is None else stamped(at, unlike(n)) for n, at in enumerate(stamps)))
    parts = joined([decode(decoder, data), decoder.flush()])
    assert decoder.counts.balanced
    return decoder, parts[0]["ref_ms"], parts[1]["fix_ms"]


def steps(count: int, step_ms: int, start: int = NOON) -> list[int | None]:
    return [start + n * step_ms for n in range(count)]


def test_believed_time_is_the_stamp() -> None:
    _, refs, _ = heard(steps(20, 1000))
    assert refs == steps(20, 1000)


def test_the_beginning_waits_until_it_is_sure() -> None:
    """Four stamps prove nothing; with the fifth all come out, in order."""
    decoder = source()
    early = decode(decoder, lines(*(stamped(NOON + n * 1000, unlike(n)) for n in range(4))))
    assert (len(early), decoder.counts.came_in) == (0, 0)
    assert decode(decoder, lines(stamped(NOON + 4000, unlike(4)))).lines.ref_ms.tolist() == steps(5, 1000)


def test_a_late_sentence_never_moves_time_back_but_keeps_its_own_fix() -> None:
    """A satellite delivers half an hour late: the watch stays where it is, the fix is half an hour old."""
    stamps = steps(10, 1000)
    stamps[7] = NOON - 30 * MINUTE_MS
    _, refs, fixes = heard(stamps)
    assert refs[7] == refs[6]
    assert NOON - 31 * MINUTE_MS < fixes[7] <= NOON - 30 * MINUTE_MS + 1000


def test_sentences_without_stamp_take_the_time_there_is() -> None:
    stamps = steps(12, 1000)
    stamps[8] = None
    decoder, refs, _ = heard(stamps)
    assert refs[8] == refs[7]
    assert decoder.times.unstamped == 1


@pytest.mark.parametrize("place", [0, 1, 4, 5, 11, 19])
@pytest.mark.parametrize("lie", [A_YEAR_MS * 74, -A_YEAR_MS * 13, 11 * MINUTE_MS, -61 * MINUTE_MS])
def test_one_forged_stamp_changes_nothing_else(place: int, lie: int) -> None:
    """First, last or in between, from 2099 or from 2012: only its own sentence is told a different time."""
    honest = steps(20, 1000)
    forged = list(honest)
    forged[place] = NOON + lie
    _, true_refs, true_fixes = heard(honest)
    decoder, refs, fixes = heard(forged)
    for told, true in ((refs, true_refs), (fixes, true_fixes)):
        assert told[:place] + told[place + 1 :] == true[:place] + true[place + 1 :]
    assert abs(refs[place] - true_refs[place]) <= 1000
    assert decoder.times.ahead + decoder.times.behind == 1


@pytest.mark.parametrize("place", [0, 2, 4, 5, 11])
@pytest.mark.parametrize("minutes", [2, 5, 9])
def test_a_small_lie_does_not_move_the_watch_either(place: int, minutes: int) -> None:
    """Nine minutes ahead would be silence for everyone else: it moves nothing until another stamp bears it out."""
    honest = steps(20, 1000)
    forged = list(honest)
    forged[place] = NOON + minutes * MINUTE_MS
    refs = heard(forged)[1]
    assert refs[:place] + refs[place + 1 :] == honest[:place] + honest[place + 1 :]
    assert abs(refs[place] - NOON) <= 20_000


def test_ten_quiet_minutes_are_not_a_lie() -> None:
    """With the second sentence after them they are believed, for both."""
    stamps = [*steps(10, 1000), *steps(10, 1000, NOON + 9 * MINUTE_MS)]
    decoder, refs, _ = heard(stamps)
    assert refs == stamps
    assert (decoder.times.ahead, decoder.times.jumps) == (0, 0)


def paced(gaps: list[int]) -> list[int]:
    return [NOON + sum(gaps[: n + 1]) for n in range(len(gaps))]


def elsewhere(stamps: list[int], place: int, lie: int) -> tuple[list[int], list[int]]:
    """Believed times of all sentences but one, in truth and with its stamp moved by ``lie``."""
    true = heard([*stamps])[1]
    told = heard([*stamps[:place], stamps[place] + lie, *stamps[place + 1 :]])[1]
    return true[:place] + true[place + 1 :], told[:place] + told[place + 1 :]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(0, 120_000), min_size=6, max_size=40).map(paced),
    st.integers(0, 39),
    st.one_of(st.integers(MINUTE_MS * 120, A_YEAR_MS * 80), st.integers(-A_YEAR_MS * 20, -MINUTE_MS * 120)),
)
def test_a_forged_stamp_anywhere_in_any_recording(stamps: list[int], place: int, lie: int) -> None:
    """For any pace of an orderly recording."""
    true, told = elsewhere(stamps, place % len(stamps), lie)
    assert told == true


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(0, 9_000), min_size=6, max_size=40).map(paced),
    st.integers(0, 39),
    st.integers(STRIDE_MS_MAX + 40 * 9_000, A_YEAR_MS),
)
def test_a_lie_of_minutes_in_a_lively_recording(stamps: list[int], place: int, lie: int) -> None:
    """Ahead of all that follows, but within what a quiet feed may leap: nobody bears it out."""
    true, told = elsewhere(stamps, place % len(stamps), lie)
    assert told == true


def test_a_gap_in_a_recording_is_followed() -> None:
    """The receiver was off for three hours: every report after it has its own time, the first ones too."""
    stamps = steps(10, 1000) + steps(10, 1000, NOON + 180 * MINUTE_MS)
    decoder, refs, _ = heard(stamps)
    assert refs == stamps
    assert (decoder.times.jumps, decoder.times.ahead) == (1, 0)


def test_a_slow_recording_is_followed() -> None:
    """A single vessel heard every half hour is no forgery."""
    decoder, refs, _ = heard(steps(40, 30 * MINUTE_MS))
    assert refs == steps(40, 30 * MINUTE_MS)
    assert decoder.times.ahead == 0


def test_time_never_jumps_back() -> None:
    """A second recording behind the first tells the past: counted, and the watch stays."""
    stamps = steps(10, 1000) + steps(20, 1000, NOON - 180 * MINUTE_MS)
    decoder, refs, _ = heard(stamps)
    assert refs[10:] == [refs[9]] * 20
    assert decoder.times.behind == 20


def test_a_recording_without_time_goes_by_the_pace_it_is_played_at() -> None:
    decoder = source()
    early = [decoder.decode([chunk(lines(unlike(n)), T0 + n * 100)]) for n in range(10)]
    assert joined([*early, decoder.flush()])[0]["ref_ms"] == [T0 + n * 100 for n in range(10)]


def test_what_is_held_back_is_bounded() -> None:
    """A recording that never says enough about time is not held for ever."""
    decoder = source()
    batch = decode(decoder, lines(*(unlike(n) for n in range(HELD_MAX + 10))))
    assert len(batch) == HELD_MAX + 10


def test_few_stamps_are_better_than_none() -> None:
    """At the end of input the median of what there is."""
    assert heard([NOON, None, NOON + 1000])[1] == [NOON, NOON, NOON + 1000]


def test_a_feed_by_our_clock_keeps_our_time() -> None:
    """A stamp only tells when the fix was made, and only a recent one."""
    decoder = receiver()
    said = [NOON - 14 * MINUTE_MS, NOON + 1500, NOON + 3000, NOON - 16 * MINUTE_MS]
    batch = decode(decoder, lines(*(stamped(at, unlike(n)) for n, at in enumerate(said))), NOON)
    assert batch.lines.ref_ms.tolist() == [NOON] * 4
    assert (batch.positions.fix_ms - NOON).tolist() == [-14 * MINUTE_MS, 1000, -58_000, -57_000]
    assert (decoder.times.ahead, decoder.times.behind) == (1, 1)


def fixed(base: int, known: int, second: int) -> int:
    return int(fix_ms(np.array([base]), np.array([known]), np.array([second]))[0])


@pytest.mark.parametrize(
    ("base", "second", "fix"),
    [
        (NOON + 30_500, 30, NOON + 30_000),
        (NOON + 30_500, 31, NOON + 31_000),
        (NOON + 30_500, 32, NOON - 28_000),
        (NOON + 200, 59, NOON - 1_000),
        (NOON + 59_500, 0, NOON + 60_000),
    ],
)
def test_the_second_of_the_report_resolves_the_fix(base: int, second: int, fix: int) -> None:
    """Within the last minute, and at most a second after the stamp."""
    assert fixed(base, int(Known.SECOND), second) == fix
    assert fixed(base, 0, 0) == base


@given(st.integers(0, 2**42), st.integers(0, 59))
def test_a_fix_is_at_most_a_minute_old(base: int, second: int) -> None:
    fix = fixed(base, int(Known.SECOND), second)
    assert base - 59_000 <= fix + 999 and fix <= base + 1_000
    assert fix // 1000 % 60 == second


def test_feeds_keep_their_own_time() -> None:
    """A recording of 2013 beside a live feed: neither drags the other."""
    decoder = Decoder({"old": Clock.SOURCE, "live": Clock.RECEIVER})
    old = lines(*(stamped(NOON - A_YEAR_MS + n, unlike(n)) for n in range(5)))
    batch = decoder.decode([chunk(old, T0, "old"), chunk(lines(unlike(9)), T0, "live")])
    assert batch.lines.ref_ms.tolist() == [*(NOON - A_YEAR_MS + n for n in range(5)), T0]
    assert batch.lines.feed.tolist() == [0, 0, 0, 0, 0, 1]
    assert batch.feeds == ("old", "live")


def test_a_checkpoint_in_the_middle_of_doubt() -> None:
    """Pickled while sentences are held, the decoder goes on as if nothing had happened."""
    stamps = steps(6, 1000) + steps(10, 1000, NOON + 180 * MINUTE_MS)
    sentences = [stamped(at, unlike(n)) for n, at in enumerate(stamps) if at is not None]
    decoder: Any = source()
    batches = []
    for sentence in sentences:
        batches.append(decode(decoder, lines(sentence)))
        decoder = pickle.loads(pickle.dumps(decoder))
    assert joined([*batches, decoder.flush()])[0]["ref_ms"] == stamps


def test_a_new_session_begins_its_own_time() -> None:
    """Feeds known before keep their index; what was held for its time comes out first."""
    decoder = source()
    decode(decoder, lines(stamped(NOON, unlike(0))))
    held = decoder.adopt({"g": Clock.RECEIVER, "f": Clock.SOURCE})
    assert (held.lines.ref_ms.tolist(), decoder.feeds) == ([NOON], ("f", "g"))
    older = lines(*(stamped(NOON - A_YEAR_MS + n, unlike(n + 1)) for n in range(5)))
    assert decode(decoder, older).lines.ref_ms.tolist() == [NOON - A_YEAR_MS + n for n in range(5)]
    assert decoder.counts.balanced
