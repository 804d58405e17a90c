"""Real recordings: they balance, nothing raises, and what comes out is what pyais alone would say."""

from pathlib import Path

import pytest

from ais.ais_builders import (
    RECORDED,
    SHARED,
    SHARED_FILES,
    chunk,
    content,
    decode,
    joined,
    source,
)

PIECE = 1 << 16
LOCATED = {1, 2, 3, 4, 9, 11, 18, 19, 21, 27}


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", RECORDED, ids=name)
def test_recordings_balance_however_they_are_cut(path: Path) -> None:
    """In one piece, in 97 byte pieces: the same lines, reports and counts."""
    data = content(path)
    whole, cut = source(), source()
    expected = joined([whole.decode([chunk(data)]), whole.flush()])
    told = joined([*(cut.decode([chunk(p)]) for p in pieces(data, 97)), cut.flush()])
    assert whole.counts.balanced and whole.counts.used > 0
    assert cut.counts == whole.counts
    assert told == expected


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this checkout")
@pytest.mark.parametrize("path", SHARED_FILES, ids=name)
def test_shared_recordings_balance(path: Path) -> None:
    decoder = source()
    found = 0
    for piece in pieces(content(path)[: 1 << 20], PIECE):
        found += len(decoder.decode([chunk(piece)]))
        assert decoder.counts.balanced
    found += len(decoder.flush())
    assert decoder.counts.balanced
    assert found == decoder.counts.came_in - decoder.counts.not_ais
    assert decoder.counts.used > 0


def test_the_australian_feed() -> None:
    """1,000 lines of a national feed of 2012: damaged talkers are heard, echoes are not, strangers are counted."""
    decoder = source()
    decode(decoder, content(next(p for p in RECORDED if p.name.startswith("australia"))))
    decoder.flush()
    counts = decoder.counts
    assert counts.duplicates > 100 and counts.not_ais > 100
    assert set(counts.refused) <= {"framing", "no_checksum", "checksum", "mmsi", "length", "type"}
    assert decoder.times.behind == 2  # the $PGHP lines tell the time of a hub that is two hours behind


def test_empty_payloads_are_counted_not_decoded() -> None:
    decoder = source()
    decode(decoder, content(next(p for p in RECORDED if p.name.startswith("malformed"))))
    decoder.flush()
    assert decoder.counts.refused == {"empty": 100}


def test_groups_of_a_satellite_feed() -> None:
    decoder = source()
    data = content(next(p for p in RECORDED if p.name.startswith("tagblock")))
    _, positions, statics, *_ = joined([decode(decoder, data), decoder.flush()])
    assert (len(statics["name"]), decoder.counts.used) == (1, 5)
    stamps = [1418172113000, 1418171722000, 1418171561000]  # out of order by half an hour: each keeps its own time
    assert [0 <= stamp - fix < 60_000 for stamp, fix in zip(stamps, positions["fix_ms"], strict=True)] == [True] * 3
