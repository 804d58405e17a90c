"""Messages in parts: put together in any order, never out of two messages, and heard once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais.ais_builders import T0, TYPE_5, chunk, decode, lines, receiver, report, stamped, tag, unlike, vdm
from fengqiao.ais.assembly import EXPIRE_MS, GROUP_LINES, LATE_MS, WAITING_MAX
from fengqiao.ais.decoder import Decoder
from fengqiao.ais.recent import DUPLICATE_MS
from fengqiao.model.inputs import Clock


def parts(name: str, seq: str = "3", channel: str = "A", talker: str = "AI", mmsi: int = 412_345_678) -> list[bytes]:
    """The two sentences of a type 5 that says ``name``."""
    whole = report(5, mmsi, shipname=name, destination=f"{name} TO ZHOUSHAN").split(b"!")[1:]
    payloads = [s.split(b",")[5].decode() for s in whole]
    fills = [int(s.split(b",")[6][:1]) for s in whole]
    return [
        vdm(payload, fill, total=2, part=n, seq=seq, channel=channel, talker=talker)
        for n, (payload, fill) in enumerate(zip(payloads, fills, strict=True), 1)
    ]


A1, A2 = parts("ALPHA")
NAMES = (("ALPHA", "ALPHA TO ZHOUSHAN"), ("BRAVO", "BRAVO TO ZHOUSHAN"))


def told(decoder: Decoder, *sentences: bytes) -> list[tuple[str, str]]:
    statics = decode(decoder, lines(*sentences)).statics
    return list(zip(statics.name.tolist(), statics.destination.tolist(), strict=True))


@pytest.mark.parametrize(
    "other",
    [{"seq": "4"}, {"channel": "B"}, {"talker": "BS"}],
    ids=["another sequence number", "another channel", "another talker"],
)
@pytest.mark.parametrize("order", [(0, 2, 1, 3), (0, 2, 3, 1), (1, 3, 2, 0), (2, 1, 0, 3)])
def test_interleaved_messages_come_out_whole(other: dict[str, str], order: tuple[int, ...]) -> None:
    decoder = receiver()
    four = [A1, A2, *parts("BRAVO", mmsi=412_000_002, **other)]
    assert sorted(told(decoder, *(four[n] for n in order))) == list(NAMES)
    assert decoder.counts.used == 4


def test_parts_in_the_wrong_order() -> None:
    assert told(receiver(), A2, A1) == [NAMES[0]]


def test_a_stale_part_meets_no_other_message() -> None:
    """The first part waited too long: what comes then under the same number is another message's."""
    decoder = receiver()
    b2 = parts("BRAVO")[1]
    decoder.decode([chunk(lines(A1), T0)])
    assert len(decoder.decode([chunk(lines(b2), T0 + EXPIRE_MS + 1)]).statics) == 0
    assert (decoder.counts.expired, decoder.counts.waiting, decoder.counts.used) == (1, 1, 0)


def test_a_number_that_went_round_joins_no_two_messages() -> None:
    """The first part of ALPHA was lost; ten messages later BRAVO has her number, before her second part has expired."""
    decoder = receiver()
    b1, b2 = parts("BRAVO", mmsi=412_000_002)
    decoder.decode([chunk(lines(A2), T0)])
    statics = decoder.decode([chunk(lines(b1, b2), T0 + LATE_MS + 1)]).statics
    assert list(zip(statics.name, statics.destination, strict=True)) == [NAMES[1]]
    assert (decoder.counts.expired, decoder.counts.used, decoder.counts.waiting) == (1, 2, 0)


def test_a_part_expires_without_another_part_to_remind_us() -> None:
    decoder = receiver()
    decoder.decode([chunk(lines(A1), T0), chunk(lines(unlike(1)), T0 + EXPIRE_MS + 1)])
    assert (decoder.counts.expired, decoder.counts.waiting) == (1, 0)


def test_two_messages_under_one_number_are_never_mixed() -> None:
    """Same receiver, same sequence number, same channel, at once: no telling the parts apart, so none is told."""
    decoder = receiver()
    b1, b2 = parts("BRAVO")
    assert told(decoder, A1, b1, A2, b2) == []
    assert decoder.counts.waiting == 4
    decoder.decode([chunk(lines(*parts("CHARLIE")), T0 + 2 * EXPIRE_MS)])
    assert (decoder.counts.expired, decoder.counts.waiting, decoder.counts.used) == (4, 0, 2)


def test_a_number_is_free_again_once_its_message_is_whole() -> None:
    decoder = receiver()
    assert told(decoder, A1, A2, *parts("BRAVO", mmsi=412_000_002)) == list(NAMES)


def test_groups_of_a_tag_block_keep_messages_apart() -> None:
    """No sequence number at all, two messages interleaved: the group says what belongs together."""
    a1, a2 = parts("ALPHA", seq="")
    b1, b2 = parts("BRAVO", seq="", mmsi=412_000_002)
    decoder = receiver()
    sentences = (tag("g:1-2-1111,s:x,c:1469923200") + a1, tag("g:1-2-2222") + b1, tag("g:2-2-1111") + a2)
    assert told(decoder, *sentences, tag("g:2-2-2222") + b2) == list(NAMES)


def test_the_same_group_of_two_stations_is_two() -> None:
    """Behind one peer two stations count their groups alike, and of each a part was lost."""
    b2 = parts("BRAVO", mmsi=412_000_002)[1]
    decoder = receiver()
    assert told(decoder, tag("g:1-2-5,s:west") + A1, tag("g:2-2-5,s:east") + b2) == []
    assert told(decoder, tag("g:1-2-6,s:west") + A1, tag("g:2-2-6,s:west") + A2) == [NAMES[0]]


def test_the_other_spelling_of_a_group() -> None:
    assert told(receiver(), tag("1G2:7,s:x") + A1, tag("2G2:7") + A2) == [NAMES[0]]


def test_stamps_that_leap_do_not_tear_a_group() -> None:
    """A satellite sends other vessels' reports of half an hour later between the parts."""
    decoder = receiver()
    late = [chunk(lines(unlike(n)), T0 + 1_800_000) for n in range(GROUP_LINES - 2)]
    first, second = tag("g:1-2-7") + A1, tag("g:2-2-7") + A2
    batch = decoder.decode([chunk(lines(first), T0), *late, chunk(lines(second), T0 + 1_800_000)])
    assert batch.statics.name.tolist() == ["ALPHA"]


def test_a_group_does_not_wait_for_ever() -> None:
    decoder = receiver()
    late = [chunk(lines(unlike(n)), T0 + 1_800_000) for n in range(GROUP_LINES)]
    decoder.decode([chunk(lines(tag("g:1-2-7") + A1), T0), *late])
    assert (decoder.counts.expired, decoder.counts.waiting) == (1, 0)


def test_parts_whose_stamps_are_far_apart_are_of_two_messages() -> None:
    """Delivered together, sent ten minutes apart."""
    decoder = receiver()
    b2 = parts("BRAVO")[1]
    assert told(decoder, stamped(T0 - 600_000, A1), stamped(T0, b2)) == []
    assert (decoder.counts.expired, decoder.counts.waiting) == (1, 1)


@pytest.mark.parametrize("first", [b"", tag("s:one")], ids=["by peer", "by source"])
def test_two_receivers_of_one_message(first: bytes) -> None:
    """p1 p1 p2 p2 from two receivers is one message and its echo."""
    decoder = receiver()
    one, two = (first, tag("s:two")) if first else (b"", b"")
    reads = [chunk(lines(one + A1), peer="1"), chunk(lines(two + A1), peer="2"), chunk(lines(one + A2), peer="1")]
    batch = decoder.decode([*reads, chunk(lines(two + A2), peer="2")])
    assert batch.statics.name.tolist() == ["ALPHA"]
    assert (decoder.counts.used, decoder.counts.duplicates, decoder.counts.waiting) == (2, 2, 0)


def test_the_same_part_twice_is_a_duplicate() -> None:
    """Before and after the message is whole."""
    decoder = receiver()
    assert told(decoder, A1, A1, A2, A2, A1) == [NAMES[0]]
    assert (decoder.counts.used, decoder.counts.duplicates, decoder.counts.waiting) == (2, 3, 0)


def test_a_message_missing_a_damaged_part_is_not_told() -> None:
    decoder = receiver()
    assert told(decoder, A1, A2[:-2] + b"zz") == []
    assert (decoder.counts.waiting, decoder.counts.refused) == (1, {"no_checksum": 1})


def test_a_refused_message_counts_all_its_sentences() -> None:
    decoder = receiver()
    told(decoder, vdm(TYPE_5[0], total=2, part=1, seq="3"), vdm(TYPE_5[1][:4], total=2, part=2, seq="3"))
    assert decoder.counts.refused == {"length": 2}


def test_waiting_parts_are_bounded() -> None:
    """More than we hold: the oldest are let go and counted."""
    decoder = receiver()
    decode(decoder, lines(*(tag(f"g:1-2-{n}") + A1 for n in range(WAITING_MAX + 7))))
    assert (decoder.counts.waiting, decoder.counts.expired) == (WAITING_MAX, 7)


def test_an_echo_is_heard_once() -> None:
    """From any feed, peer, channel or talker, within ten seconds."""
    decoder = Decoder({"a": Clock.RECEIVER, "b": Clock.RECEIVER})
    payload = unlike(1).split(b",")[5].decode()
    reads = [
        chunk(lines(vdm(payload)), T0, "a"),
        chunk(lines(vdm(payload, channel="B", talker="BS")), T0 + 9_000, "b", "q"),
        chunk(lines(vdm(payload)), T0 + 10_001, "a"),
    ]
    assert len(decoder.decode(reads).positions) == 2
    assert (decoder.counts.used, decoder.counts.duplicates) == (2, 1)


def test_echoes_are_remembered_in_bounded_memory() -> None:
    decoder = receiver()
    for n in range(300):
        decoder.decode([chunk(lines(unlike(n)), T0 + n * 100)])
    assert len(decoder._recent) == 101  # ten seconds of them


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4000), st.sampled_from("ab")), min_size=1, max_size=60),
    st.integers(1, 60),
)
def test_echoes_are_told_one_by_one_or_together(heard: list[tuple[int, int, str]], together: int) -> None:
    """The k-th message is an echo of the last that was used, or not, however many come in one read."""
    reads, at = [], T0
    for number, step, feed in heard:
        at += step
        reads.append(chunk(lines(unlike(number)), at, feed))
    last: dict[int, int] = {}
    used = []
    for (number, _, _), read in zip(heard, reads, strict=True):
        if number not in last or read.received_ms - last[number] > DUPLICATE_MS:
            last[number] = read.received_ms
            used.append((number + 412_000_000, read.received_ms))
    decoder = Decoder({"a": Clock.RECEIVER, "b": Clock.RECEIVER})
    batches = [decoder.decode(reads[n : n + together]).positions for n in range(0, len(reads), together)]
    assert [row for p in batches for row in zip(p.mmsi.tolist(), p.ref_ms.tolist(), strict=True)] == used


def test_everyone_who_heard_a_message_is_credited() -> None:
    """The report is told once; each line that completed the message names its sender, whichever receiver it came by."""
    decoder = Decoder({"east": Clock.RECEIVER, "west": Clock.RECEIVER})
    named = parts("DAIYU")
    batch = decoder.decode(
        [
            chunk(lines(unlike(1), *named), feed="east"),
            chunk(lines(unlike(1)), feed="west", peer="a"),
            chunk(lines(unlike(1), *named, report(1, mmsi=0), unlike(2)[:-3]), feed="west", peer="b"),
        ]
    )
    owner = 412_345_678
    assert (batch.positions.mmsi.tolist(), len(batch.statics)) == ([412_000_001], 1)
    assert list(zip(batch.lines.feed.tolist(), batch.lines.heard_mmsi.tolist(), strict=True)) == [
        *((0, 412_000_001), (0, 0), (0, owner)),
        (1, 412_000_001),
        *((1, 412_000_001), (1, 0), (1, owner), (1, 0), (1, 0)),
    ]
