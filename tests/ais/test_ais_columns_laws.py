"""What is done to whole columns is what would be done one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fengqiao.ais.armour import NO_SEXTET, PAD, SEXTETS, field, places, sextets_of, signed, words
from fengqiao.ais.recent import DUPLICATE_MS, NEVER, Recent

PAYLOADS = (0, 1, (1 << 64) - 1, (1 << 64) - 2, 1 << 63, 0x9E37_79B9_7F4A_7C15)  # two share all but their last bit

heard = st.tuples(
    st.sampled_from(PAYLOADS),
    st.sampled_from([0, 0, 1, 4_000, DUPLICATE_MS, DUPLICATE_MS + 1, 25_000, -4_000, -DUPLICATE_MS - 1]),
    st.integers(0, 1),
)


@given(st.lists(st.lists(heard, max_size=25), max_size=5))
def test_an_echo_is_what_one_by_one_would_be_one(batches: list[list[tuple[int, int, int]]]) -> None:
    """The same payload within ten seconds of its last use, and of the feed that brought that, is an echo."""
    recent, ref_ms = Recent(), 1_000_000
    used: dict[int, tuple[int, int]] = {}  # payload -> when it was last used, by which feed
    come = {0: NEVER, 1: NEVER}
    for batch in batches:
        expected, times = [], []
        for payload, step, feed in batch:
            ref_ms += step
            times.append(ref_ms)
            before = used.get(payload)
            echo = before is not None and abs(ref_ms - before[0]) <= DUPLICATE_MS >= come[before[1]] - before[0]
            expected.append(not echo)
            if not echo:
                used[payload] = ref_ms, feed
            come[feed] = max(come[feed], ref_ms)
        used = {payload: at for payload, at in used.items() if come[at[1]] - at[0] <= DUPLICATE_MS}
        fresh = recent.fresh(
            np.array([payload for payload, _, _ in batch], np.uint64),
            np.array(times, np.int64),
            np.array([feed for _, _, feed in batch], np.int16),
        )
        assert fresh.tolist() == expected
        assert len(recent) == len(used)


@given(st.lists(st.sampled_from([b"\n", b"!", b"A", b"\0" * 7, b"AIVDM,1,1,,A,"]), max_size=60))
def test_places_of_a_byte_are_all_its_places(text: list[bytes]) -> None:
    """Also where several stand within eight bytes, as empty lines do."""
    data = b"".join(text) + PAD
    assert places(np.frombuffer(data, np.uint8), 10).tolist() == [n for n, byte in enumerate(data) if byte == 10]


def test_the_armour_by_arithmetic_is_that_of_the_table() -> None:
    """Every letter has its six bits; any other byte is marked as none."""
    every = bytes(range(256))
    for said, known in zip(sextets_of(every), SEXTETS, strict=True):
        assert said == known if not known & NO_SEXTET else said & NO_SEXTET


@given(st.binary(min_size=24, max_size=24), st.integers(0, 95), st.integers(1, 48))
def test_a_field_is_its_bits_wherever_it_begins(raw: bytes, start: int, width: int) -> None:
    """Within a word of 48 bits or across two; also with its sign."""
    codes = bytes(byte & 63 for byte in raw)
    message = words(codes + PAD, np.array([0]), 3)
    bits = "".join(f"{code:06b}" for code in codes)[start : start + width]
    assert field(message, start, width).tolist() == [int(bits, 2)]
    assert signed(message, start, width).tolist() == [int(bits, 2) - (int(bits[0]) << width)]
