"""Bytes into sentences: every way a line arrives, and the books that balance over all of them."""

import pickle
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais.ais_builders import (
    CLASS_A,
    RECORDED,
    T0,
    TYPE_5,
    checked,
    chunk,
    content,
    decode,
    joined,
    lines,
    receiver,
    report,
    source,
    stamped,
    tag,
    unlike,
    vdm,
)
from fengqiao.ais import REASONS
from fengqiao.ais.clock_lines import GNSS_REACH_MS, GNSS_REACH_SENTENCES
from fengqiao.ais.framing import LINE_BYTES_MAX, PEERS_MAX
from fengqiao.ais.scanned import CLOCKS
from fengqiao.model.reports import NO_TIME_MS
from fengqiao.words import LANGUAGES, catalogue

A, B = unlike(1), unlike(2)
MIXED = lines(
    A,
    stamped(T0, B),
    b"$GPGGA,114702.00*76",
    b"",
    tag(f"c:{T0}"),
    vdm(TYPE_5[0], total=2, part=1, seq="3"),
    vdm(TYPE_5[1], 2, total=2, part=2, seq="3"),
    A + B,
    b"# !AIVDM,1,1,,A,x,0*00",
    b"!=IV>l,1,1",
    b"x" * (LINE_BYTES_MAX + 9),
    checked("!AIVDM,1,1,,A,,0"),
    checked("$GPZDA,033000,16,09,2025,00,00"),
    unlike(3),
    checked("$GPRMC,120000,A,1,N,1,E,1,1,010199,,W"),
    checked("$GPRMC,033001,A,1,N,1,E,1,1,160925,,W"),
    vdm(TYPE_5[0], total=2, part=1, seq="4"),
    checked("$PGHP,1,2025,9,16,3,30,2,36,316,2,316000002,1AIS_S,0F"),
    vdm(TYPE_5[1], 2, total=2, part=2, seq="4"),
    unlike(4),
    A[:-5],
)


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\n\n", b" \r\n"])
def test_any_line_end_ends_a_line(end: bytes) -> None:
    """CR, LF and CRLF are the same, and blank lines are nothing."""
    decoder = receiver()
    assert len(decode(decoder, A + end + B + end)) == 2
    assert decoder.counts.came_in == decoder.counts.used == 2


def test_a_datagram_ends_a_line() -> None:
    """UDP senders leave the line end out: the end of the datagram is one."""
    decoder = receiver()
    assert len(decoder.decode([chunk(A, whole=True), chunk(B, whole=True)])) == 2


def test_a_peer_that_hangs_up_ends_its_line() -> None:
    decoder = receiver()
    assert len(decoder.decode([chunk(A)])) == 0
    assert len(decoder.decode([chunk(b"", closed=True)])) == 1


def test_peers_do_not_mix_their_lines() -> None:
    """Two peers on one port, each in the middle of a line."""
    decoder = receiver()
    parts = [
        chunk(A[:20], peer="a"),
        chunk(B[:30], peer="b"),
        chunk(A[20:] + b"\n", peer="a"),
        chunk(B[30:] + b"\n", peer="b"),
    ]
    assert decoder.decode(parts).positions.mmsi.tolist() == [412_000_001, 412_000_002]


def test_several_sentences_on_one_line() -> None:
    decoder = receiver()
    batch = decode(decoder, lines(A + B + unlike(3)))
    assert batch.positions.mmsi.tolist() == [412_000_001, 412_000_002, 412_000_003]


def test_a_sentence_after_a_torn_one_on_the_same_line_is_saved() -> None:
    """Two receivers on one serial line: the first sentence is lost, the second is not."""
    decoder = receiver()
    assert decode(decoder, lines(A[:20] + B)).positions.mmsi.tolist() == [412_000_002]
    assert decoder.counts.refused == {"no_checksum": 1}


@pytest.mark.parametrize("talker", ["AI", "BS", "AB", "=I", "--", "XX"])
def test_any_talker_is_heard(talker: str) -> None:
    """Damaged talkers with a good checksum are real reports: the Australian feed has 1,355 of them."""
    assert len(decode(receiver(), lines(vdm(CLASS_A, talker=talker))).positions) == 1


def test_own_ship_is_heard_too() -> None:
    assert len(decode(receiver(), lines(checked(f"!AIVDO,1,1,,,{CLASS_A},0"))).positions) == 1


def stamps(data: bytes) -> list[int]:
    out: list[int] = decode(receiver(), data).lines.source_ms.tolist()
    return out


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        (tag("c:1469923200") + A, 1469923200000),
        (tag("s:abc,c:1384257600011") + A, 1384257600011),
        (b"1469923200 " + A, 1469923200000),
        (b"1469923200,\t" + A, 1469923200000),
        (b"1469923200123 " + A, 1469923200123),
        (b"1469923200.5 " + A, 1469923200500),
        (A + b",1327664821", 1327664821000),
        (A + b",r003669987,1152921693", 1152921693000),
        (b"2016-03-31 00:00:01, " + A, 1459382401000),
        (b"2016-03-31T00:00:01.250Z " + A, 1459382401250),
        (b"2016-03-31 08:00:01+08:00," + A, 1459382401000),
        (A, NO_TIME_MS),
        (b"2016-13-31 00:00:01, " + A, NO_TIME_MS),
        (tag("c:0") + A, NO_TIME_MS),
        (tag("c:99999999999999999999") + A, NO_TIME_MS),
    ],
)
def test_every_spelling_of_time(text: bytes, stamp: int) -> None:
    """Seconds and milliseconds are told apart by size; a date without zone is UTC; what cannot be a time is none."""
    assert stamps(lines(text)) == [stamp]


def test_tag_beats_prefix_beats_pghp() -> None:
    pghp = checked("$PGHP,1,2012,1,27,9,58,26,36,316,2,316000002,1AIS_S,0F")
    assert stamps(lines(pghp, b"1469923200 " + tag("c:1500000000") + A)) == [1500000000000]
    assert stamps(lines(pghp, b"1469923200 " + A)) == [1469923200000]
    assert stamps(lines(pghp, A, B)) == [1327658306036, NO_TIME_MS]


def test_pghp_stamps_all_parts_of_its_message_and_no_other() -> None:
    pghp = checked("$PGHP,1,2012,1,27,9,58,26,36,316,2,316000002,1AIS_S,0F")
    first, second = vdm(TYPE_5[0], total=2, part=1, seq="3"), vdm(TYPE_5[1], 2, total=2, part=2, seq="3")
    assert stamps(lines(pghp, first, second, A)) == [1327658306036, 1327658306036, NO_TIME_MS]
    assert stamps(lines(pghp, first, vdm(CLASS_A))) == [1327658306036, NO_TIME_MS]


ZDA = checked("$GPZDA,170948,18,08,2022,00,00")
ZDA_MS = 1660842588000
RMC = checked("$GNRMC,170950.25,A,5738.77,N,01142.57,E,9.7,79.4,180822,,W")


def test_a_receivers_own_clock_stamps_what_follows() -> None:
    """RMC and ZDA say the time of the sentences behind them until the next does; every other stamp is better.

    What follows is younger by up to the time from one line to the next, and is given the latest time it may have.
    """
    assert stamps(lines(A, ZDA, A, B, RMC, A, b"1469923200 " + B, B)) == [
        *(NO_TIME_MS, ZDA_MS, ZDA_MS),
        *(ZDA_MS + 4_500, 1469923200000, ZDA_MS + 4_500),
    ]
    pghp = checked("$PGHP,1,2022,8,18,17,9,49,36,316,2,316000002,1AIS_S,0F")
    assert stamps(lines(ZDA, pghp, A, B)) == [ZDA_MS + 1_036, ZDA_MS]


@pytest.mark.parametrize(
    "line",
    [
        ZDA[:-1] + b"9",
        checked("$GPZDA,170960,18,08,2022,00,00"),
        checked("$GPZDA,170948,30,02,2022,00,00"),
        checked("$GPZDA,170948,18,08,1999,00,00"),
        checked("$GPZDA,170948"),
        checked("$GPZDA,,,,,00,00"),
        checked("$GPRMC,170950.25,V,5738.77,N,01142.57,E,9.7,79.4,180822,,W"),
        checked("$GPRMC,,A,5738.7695,N,1142.5722,E,9.700,79.436,230394,,W"),
        checked("$GPRMC,170950.25,A,5738.77,N,01142.57,E,9.7,79.4,180894,,W"),
        checked("$GPRMC,170950,A,,,,,,"),
        b"#" + RMC[1:],
        checked("$GPRMC,170950,A,1,N,1,E,1") + b"\r\n,1,180822,1",
    ],
)
def test_what_is_no_clock(line: bytes) -> None:
    """A wrong checksum, an impossible date, no fix, no time, a comment, a date on another line."""
    assert stamps(lines(line, A)) == [NO_TIME_MS]


def test_a_clock_speaks_for_its_own_peer_only() -> None:
    decoder = receiver()
    batch = decoder.decode([chunk(lines(ZDA), peer="a"), chunk(lines(A), peer="b"), chunk(lines(B), peer="a")])
    assert batch.lines.source_ms.tolist() == [NO_TIME_MS, ZDA_MS]


def test_a_clock_reaches_a_minute_of_our_time() -> None:
    """A receiver that has fallen silent says nothing of the time of what another behind the same peer sends."""
    decoder = receiver()
    reads = [(T0, lines(ZDA)), (T0 + GNSS_REACH_MS, lines(A)), (T0 + GNSS_REACH_MS + 1, lines(B))]
    said = [decode(decoder, data, at).lines.source_ms.tolist() for at, data in reads]
    assert said == [[], [ZDA_MS + GNSS_REACH_MS], [NO_TIME_MS]]


def test_a_clock_reaches_what_a_minute_can_hold() -> None:
    """Where our time stands still, as in an import, so many sentences are the limit, over any number of reads."""
    decoder = receiver()
    n = GNSS_REACH_SENTENCES
    first = decode(decoder, lines(ZDA, *[A] * (n - 1))).lines.source_ms
    assert (first == ZDA_MS).all()
    assert decode(decoder, lines(A, B)).lines.source_ms.tolist() == [ZDA_MS, NO_TIME_MS]


def test_a_clock_that_leaps_must_be_borne_out() -> None:
    """One line of another day moves nothing; when the next agrees with it, it does."""
    forged = checked("$GPZDA,120000,01,01,2099,00,00")
    assert stamps(lines(ZDA, A, forged, B, RMC, unlike(3))) == [ZDA_MS, ZDA_MS, ZDA_MS]
    later = [checked(f"$GPZDA,20000{s},18,08,2022,00,00") for s in (0, 1)]
    gap_ms = 10_213_000
    assert stamps(lines(ZDA, later[0], A, later[1], B)) == [ZDA_MS, ZDA_MS + gap_ms + 1_000]


@pytest.mark.parametrize("by_source", [False, True])
def test_fixes_between_clock_lines_keep_their_minute(by_source: bool) -> None:
    """A clock line every five seconds, and a report every second whose fix is a second old."""
    decoder = source() if by_source else receiver()
    chunks = []
    for s in range(40):
        said = [checked(f"$GPRMC,0330{s:02},A,1,N,1,E,1,1,160925,,W"), checked(f"$GPZDA,0330{s:02},16,9,2025,00,00")]
        fix = report(1, mmsi=412_000_000 + s, lon=122.0, lat=30.0, second=(s - 1) % 60)
        chunks.append(chunk(lines(*(said if s % 5 == 0 else ()), fix), T0 + (0 if by_source else s * 1000)))
    batches = [decoder.decode(chunks), decoder.flush()]
    fixes = [fix for b in batches for fix in b.positions.fix_ms.tolist()]
    # A recording gives no time between its lines: until the second line the first stands alone.
    known = 5 if by_source else 0
    assert fixes[known:] == [T0 + (s - 1) * 1000 for s in range(known, 40)]


def test_parts_around_a_clock_line_are_one_message() -> None:
    """A receiver says its time whenever it likes, and its clock may go by seconds: that tears no message apart."""
    parts = [vdm(TYPE_5[0], total=2, part=1, seq="3"), vdm(TYPE_5[1], 2, total=2, part=2, seq="3")]
    later = checked("$GPZDA,170958,18,08,2022,00,00")
    assert len(decode(receiver(), lines(ZDA, parts[0], later, parts[1])).statics) == 1
    for cuts in ([], [1], [1, 2]):
        decoder = source()
        texts = [lines(ZDA, *map(unlike, range(9)), parts[0]), lines(later), lines(parts[1])]
        batches = [decoder.decode([chunk(b"".join(texts[a:b]))]) for a, b in pairwise([0, *cuts, 3])]
        assert sum(len(b.statics) for b in [*batches, decoder.flush()]) == 1


def test_which_clock_was_used_is_counted() -> None:
    """By feed, over everything that has its place in the books."""
    decoder = receiver()
    pghp = checked("$PGHP,1,2012,1,27,9,58,26,36,316,2,316000002,1AIS_S,0F")
    text = lines(A, tag("c:1469923200") + A, b"1469923200 " + A, A + b",1327664821", pghp, A, ZDA, A, A, A[:-3])
    decode(decoder, text)
    assert decoder.clocks == {"f": {"none": 1, "tag": 1, "prefix": 2, "pghp": 1, "gnss": 3}}


def test_every_clock_has_a_word() -> None:
    for lang in LANGUAGES:
        assert {f"feed.clock.{clock}" for clock in CLOCKS} <= set(catalogue(lang))


def test_a_bad_tag_loses_its_values_not_its_sentence() -> None:
    decoder = receiver()
    batch = decode(decoder, lines(tag("c:1469923200").replace(b"c:1", b"c:2") + A))
    assert (len(batch.positions), batch.lines.source_ms.tolist()) == (1, [NO_TIME_MS])
    assert decoder.times.bad_tags == 1


def test_a_tag_on_its_own_line_is_for_the_next_sentence() -> None:
    """Not for the one after it, and other lines between do not use it up."""
    assert stamps(lines(tag("c:1469923200"), b"$GPZDA,1*00", A, B)) == [1469923200000, NO_TIME_MS]


def test_a_tag_in_the_middle_of_a_line_is_for_the_sentence_behind_it() -> None:
    assert stamps(lines(tag("c:1469923200") + A + tag("c:1500000000") + B)) == [1469923200000, 1500000000000]


def test_the_source_is_told() -> None:
    assert receiver().messages([chunk(lines(tag("s:rORBCOMM008") + A))])[0]["source"] == "rORBCOMM008"
    assert receiver().messages([chunk(lines(A + b",r003669987,1152921693"))])[0]["source"] == "r003669987"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (A[:-3], "no_checksum"),
        (A[:-2], "no_checksum"),
        (A[:-2] + b"zz", "no_checksum"),
        (A[:-2] + (b"00" if A[-2:] != b"00" else b"01"), "checksum"),
        (checked("!AIVDM,1,1,,A"), "framing"),
        (b"!=IV>l,1,1,,A", "framing"),
        (vdm(CLASS_A, total=0), "fragment"),
        (vdm(CLASS_A, total=1, part=2), "fragment"),
        (vdm(""), "empty"),
        (vdm("13@:`L001N0ded0O6Fp8wW<00<0X"), "payload"),
        (vdm(CLASS_A, fill=6), "fill"),
        (vdm(CLASS_A[:-1]), "length"),
        (vdm("w" + CLASS_A[1:]), "type"),
        (vdm("0" + CLASS_A[1:]), "type"),
        (report(1, mmsi=0), "mmsi"),
        (report(24, partno=0, shipname="X"), ""),
        (vdm("H00000N00000000000000000000", 2), "undecodable"),
    ],
)
def test_what_is_refused_and_why(text: bytes, reason: str) -> None:
    """A refused sentence has its reason, its line, and no row."""
    decoder = receiver()
    batch = decode(decoder, lines(text))
    assert decoder.counts.refused == ({reason: 1} if reason else {})
    assert len(batch) == 1
    assert batch.lines.intact.tolist() == [reason not in {"no_checksum", "checksum", "framing"}]
    assert len(batch.positions) == 0


def test_every_reason_has_a_word() -> None:
    for lang in LANGUAGES:
        assert {f"refused.{reason}" for reason in REASONS} <= set(catalogue(lang))


@pytest.mark.parametrize(
    "text", [b"$GPGSV,2,1,8*55", b"# !AIVDM,1,1,,A,x,0*00", b"hello", checked("!AIPWR,1"), b"\xff\xfe"]
)
def test_other_lines_are_not_ais(text: bytes) -> None:
    """They are counted, and have no row among the lines."""
    decoder = receiver()
    assert len(decode(decoder, lines(text))) == 0
    assert (decoder.counts.came_in, decoder.counts.not_ais) == (1, 1)


def test_a_peer_without_line_ends_cannot_grow_our_memory() -> None:
    """One refusal for the whole line, and the next line is read again."""
    decoder = receiver()
    for _ in range(50):
        decoder.decode([chunk(b"x" * 1000)])
    assert decoder.counts.refused == {"framing": 1}
    assert len(decode(decoder, b"\n" + lines(A)).positions) == 1
    assert decoder.counts.balanced


def test_peers_under_way_are_bounded() -> None:
    """A forger of sender addresses drives out the oldest partial lines, each refused."""
    decoder = receiver()
    decoder.decode([chunk(A[:9], peer=str(n)) for n in range(PEERS_MAX + 5)])
    assert decoder.counts.refused == {"framing": 5}


def test_a_new_session_ends_what_old_peers_left() -> None:
    decoder = receiver()
    decode(decoder, lines(vdm(TYPE_5[0], total=2, part=1, seq="3")) + A[:30])
    decoder.restart()
    assert (decoder.counts.expired, decoder.counts.waiting, decoder.counts.refused) == (1, 0, {"framing": 1})
    assert decoder.counts.balanced
    assert len(decode(decoder, lines(A)).positions) == 1


cuts = st.lists(st.integers(0, len(MIXED)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(cuts, st.booleans())
def test_chunking_never_changes_anything(at: list[int], by_source: bool) -> None:
    """However reads cut the bytes: the same lines, reports and counts; a pickle between changes nothing."""
    whole = source() if by_source else receiver()
    expected = joined([whole.decode([chunk(MIXED)]), whole.flush()])
    cut = source() if by_source else receiver()
    batches = []
    edges = [0, *sorted(at), len(MIXED)]
    for start, stop in pairwise(edges):
        batches.append(cut.decode([chunk(MIXED[start:stop])]))
        cut = pickle.loads(pickle.dumps(cut))
    batches.append(cut.flush())
    assert joined(batches) == expected
    assert cut.counts == whole.counts
    assert cut.times == whole.times
    assert cut.clocks == whole.clocks


pieces = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [A, B, ZDA, RMC, *MIXED.splitlines(keepends=True), b"\r", b"\n", b"\\", b"!AIVDM,", b"*", tag("g:1-2-7,c:1")]
    ),
    st.sampled_from(
        [vdm(TYPE_5[0], total=2, part=1, seq="3") + b"\n", vdm(TYPE_5[1], 2, total=2, part=2, seq="3") + b"\n"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(pieces, st.integers(0, 5000), st.sampled_from("ab"), st.booleans(), st.booleans()), max_size=40)
)
def test_the_books_balance_over_anything(reads: list[tuple[bytes, int, str, bool, bool]]) -> None:
    """No bytes make it raise, and at every moment each sentence is in exactly one place."""
    for decoder in (receiver(), source()):
        at = T0
        for data, step, peer, whole, closed in reads:
            at += step
            decoder.decode([chunk(data, at, peer=peer, whole=whole, closed=closed)])
            assert decoder.counts.balanced
        decoder.messages([chunk(b"\n", at)])
        decoder.flush_messages()
        assert decoder.counts.balanced
        decoder.restart()
        assert decoder.counts.balanced
        assert decoder.counts.waiting == 0


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(RECORDED),
    st.integers(0, 40_000),
    st.lists(st.tuples(st.integers(0, 2999), st.integers(0, 255)), max_size=30),
)
def test_damaged_recordings_balance(path: Path, start: int, flips: list[tuple[int, int]]) -> None:
    """Real sentences with bytes overwritten: nothing raises, everything is counted."""
    data = bytearray(content(path)[start : start + 3000])
    for at, value in flips:
        if at < len(data):
            data[at] = value
    decoder = receiver()
    decoder.messages([chunk(bytes(data))])
    decoder.flush_messages()
    assert decoder.counts.balanced


def test_a_wrong_checksum_is_a_wrong_checksum_beside_good_sentences_too() -> None:
    """One digit of a checksum is enough; a part whose checksum is wrong is no part, and opens no message."""
    good, part = unlike(1), vdm("177KQJ5000G?tO`K>RA1wUbN0TKH", 0, total=2, part=1, seq="3")
    wrong = [text[:-1] + (b"0" if text[-1:] != b"0" else b"1") for text in (good.strip(), part.strip())]
    decoder = receiver()
    batch = decode(decoder, lines(good, *wrong))
    assert batch.lines.intact.tolist() == [True, False, False]
    assert (decoder.counts.refused["checksum"], decoder.counts.waiting, len(batch.positions)) == (2, 0, 1)


def test_each_of_two_equal_tag_blocks_counts() -> None:
    """A lead that is as the one before is read once, and its time or its fault is that of both sentences."""
    good, bad = stamped(T0, unlike(1)), b"\\c:1600000000*00\\" + unlike(2)
    decoder = receiver()
    batch = decode(decoder, lines(good, stamped(T0, unlike(3)), bad, bad))
    assert batch.lines.source_ms.tolist() == [T0, T0, NO_TIME_MS, NO_TIME_MS]
    assert decoder.times.bad_tags == 2
