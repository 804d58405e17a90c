"""Real recordings: they balance, nothing raises, and what comes out is what pyais alone would say."""

from pathlib import Path
from typing import Any

import pytest
from pyais.exceptions import AISBaseException
from pyais.messages import NMEASentenceFactory

from ais.ais_builders import (
    RECORDED,
    SHARED,
    SHARED_FILES,
    T0,
    chunk,
    content,
    decode,
    joined,
    lines,
    receiver,
    refusal,
    source,
)
from fengqiao.model.reports import Known

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


def singles(data: bytes, most: int) -> list[bytes]:
    """The single-part sentences of a recording, bare."""
    bare = [line[line.find(b"!") :] for line in data.splitlines() if b"VDM,1,1," in line and line[:1] != b"#"]
    return [line[: line.find(b"*") + 3] for line in bare if b"*" in line][:most]


def plain(sentence: bytes) -> Any:
    """What pyais alone says, or None where it says nothing or the payload is not to be trusted."""
    try:
        s = NMEASentenceFactory.produce(sentence)
        good = s.is_valid and s.payload and not refusal(s.payload, s.fill_bits)  # type: ignore[attr-defined]
        return s.decode() if good else None  # type: ignore[attr-defined]
    except AISBaseException:
        return None


def differences(data: bytes, most: int) -> tuple[int, list[Any]]:
    """How many positions were compared, and those that pyais tells differently."""
    compared, wrong = 0, []
    for n, sentence in enumerate(singles(data, most)):
        positions = decode(receiver(), lines(sentence), T0 + n).positions
        said = plain(sentence)
        if said is None or said.msg_type not in LOCATED:
            continue
        row = {key: getattr(positions, key).item() for key in positions.names()}
        if not _agree(row, said):
            wrong.append((sentence, row, said))
        compared += 1
    return compared, wrong


def _agree(row: dict[str, Any], said: Any) -> bool:
    known = row["known"]
    whole = said.msg_type in {9, 27}
    checks = [row["mmsi"] == said.mmsi, row["msg_type"] == said.msg_type]
    located = abs(said.lon) <= 180 and abs(said.lat) <= 90
    checks.append(bool(known & Known.POSITION) == located)
    if located:
        checks += [abs(row["lon"] / 600_000 - said.lon) < 1e-6, abs(row["lat"] / 600_000 - said.lat) < 1e-6]
    if known & Known.SOG:
        checks.append(row["sog"] == round(said.speed * 10))
    elif hasattr(said, "speed"):
        checks.append(said.speed >= (63 if said.msg_type == 27 else 1023 if whole else 102.3))
    if known & Known.COG:
        checks.append(row["cog"] == round(said.course * 10))
    elif hasattr(said, "course"):
        checks.append(said.course >= 360)
    if known & Known.HEADING:
        checks.append(row["heading"] == said.heading)
    if known & Known.SECOND:
        checks.append(row["second"] == said.second)
    if known & Known.NAV_STATUS:
        checks.append(row["nav_status"] == int(said.status))
    return all(checks)


@pytest.mark.parametrize("path", RECORDED, ids=name)
def test_positions_are_those_of_pyais(path: Path) -> None:
    """On every recorded position, field by field."""
    compared, wrong = differences(content(path), 500)
    assert wrong == []
    assert compared > 0 or path.name.startswith("methydro")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this checkout")
@pytest.mark.parametrize("part", ["denmark", "satellite", "stupan", "channel"])
def test_shared_positions_are_those_of_pyais(part: str) -> None:
    path = next(p for p in SHARED_FILES if p.name.startswith(part))
    compared, wrong = differences(content(path), 1500)
    assert wrong == []
    assert compared > 300
