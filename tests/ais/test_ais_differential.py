"""Every recorded message, field by field, as pyais reads it; and the laws of the decoder over made ones."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais.exceptions import AISBaseException
from pyais.messages import AISSentence, NMEASentenceFactory

from ais.ais_builders import RECORDED, SHARED_FILES, chunk, content, joined, lines, receiver, refusal, report, vdm
from fengqiao.ais import Decoder
from fengqiao.model.inputs import Clock
from fengqiao.model.reports import UNITS_PER_DEGREE, Known

EVERY = [p for p in RECORDED if p.name not in {s.name for s in SHARED_FILES}] + SHARED_FILES
TOLD = {1, 2, 3, 4, 5, 9, 11, 18, 19, 21, 24, 27}  # types with a row among positions or statics
WHOLE_KNOTS = {9: 1023, 27: 63}  # speed that is "not available" where speed is in whole knots


def sentences(data: bytes) -> Iterator[bytes]:
    """Every sentence of a recording, bare."""
    for line in data.splitlines():
        at = line.find(b"!")
        if at >= 0 and line[:1] != b"#" and line[at + 3 : at + 7] in (b"VDM,", b"VDO,"):
            yield line[at:].split(b"*")[0] + b"*" + line[at:].partition(b"*")[2][:2]


def said_by_pyais(parts: list[bytes]) -> Any:
    try:
        read = [NMEASentenceFactory.produce(part) for part in parts]
        whole = [s for s in read if isinstance(s, AISSentence)]
        return (AISSentence.assemble_from_iterable(whole) if len(whole) > 1 else whole[0]).decode()
    except (AISBaseException, IndexError):
        return None


def parts_of(told: list[bytes], line: int) -> list[bytes]:
    """The sentences of the message that ended in this line, in order: its own parts stand close before it."""
    fields = told[line].split(b",")
    total = int(fields[1])
    found = {fields[2]: told[line]}
    for before in reversed(told[max(0, line - 60) : line]):
        other = before.split(b",")
        if len(other) > 6 and [other[n] for n in (0, 1, 3, 4)] == [fields[n] for n in (0, 1, 3, 4)]:
            found.setdefault(other[2], before)
        if len(found) == total:
            break
    return [found[number] for number in sorted(found)]


def positions_differ(row: dict[str, Any], said: Any) -> list[str]:
    known = Known(row["known"])
    placed = abs(said.lon) <= 180 and abs(said.lat) <= 90
    wanted: dict[str, Any] = {"mmsi": said.mmsi, "msg_type": said.msg_type}
    got: dict[str, Any] = {name: row[name] for name in wanted}
    got["placed"], wanted["placed"] = Known.POSITION in known, placed
    if placed:
        got["lon"], wanted["lon"] = row["lon"], round(said.lon * UNITS_PER_DEGREE)
        got["lat"], wanted["lat"] = row["lat"], round(said.lat * UNITS_PER_DEGREE)
    got["accuracy"], wanted["accuracy"] = Known.ACCURACY in known, bool(said.accuracy)
    for flag, name, value, good in motion(said):
        got[name], wanted[name] = (row[name], flag in known), (value if good else 0, good)
    return [f"{name}: {got[name]} is not {wanted[name]}" for name in got if got[name] != wanted[name]]


def motion(said: Any) -> Iterator[tuple[Known, str, Any, bool]]:
    """What pyais says of motion: our column, its value in our units, whether it is given."""
    if hasattr(said, "speed"):
        none = WHOLE_KNOTS.get(said.msg_type, 102.3)
        yield Known.SOG, "sog", round(said.speed * 10), said.speed < none
        yield Known.COG, "cog", round(said.course * 10), said.course < 360
    if hasattr(said, "heading"):
        yield Known.HEADING, "heading", said.heading, said.heading < 360
    if hasattr(said, "second"):
        yield Known.SECOND, "second", said.second, said.second < 60
    if hasattr(said, "status"):
        yield Known.NAV_STATUS, "nav_status", int(said.status), True


def statics_differ(row: dict[str, Any], said: Any) -> list[str]:
    wanted: dict[str, Any] = {"mmsi": said.mmsi, "msg_type": said.msg_type}
    for name, field in (("name", "shipname"), ("callsign", "callsign"), ("destination", "destination")):
        if hasattr(said, field) and not (said.msg_type == 21 and name == "name"):
            wanted[name] = getattr(said, field).partition("@")[0].strip()
    for name in ("imo", "to_bow", "to_stern", "to_port", "to_starboard"):
        if hasattr(said, name) and not (said.mmsi // 10_000_000 == 98 and said.msg_type == 24):
            wanted[name] = getattr(said, name)
    if said.msg_type == 5:
        wanted["draught_dm"] = round(said.draught * 10)
    if said.msg_type == 21:
        # pyais strips both halves of a long name before it joins them, and loses the blank between two words; and it
        # adds an extension to a name that ended before its twentieth character, where the standard has none.
        long_name, short_name = (text.partition("@")[0].replace(" ", "") for text in (said.full_name, said.name))
        row = row | {"name": row["name"].replace(" ", "")}
        ended = len(said.name.partition("@")[0].strip()) < 20 and row["name"] == short_name
        wanted["name"] = short_name if ended else long_name
    return [f"{name}: {row[name]!r} is not {value!r}" for name, value in wanted.items() if row[name] != value]


def trusted_by_pyais(sentence: bytes) -> bool:
    """Whether it is a whole report of place or name, with a good checksum, that the gate lets in."""
    try:
        s = NMEASentenceFactory.produce(sentence)
    except AISBaseException:
        return False
    if not isinstance(s, AISSentence) or not s.is_valid or s.frag_cnt != 1:
        return False
    return s.ais_id in TOLD and not refusal(s.payload, s.fill_bits)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_every_recorded_message_is_as_pyais_reads_it(path: Path) -> None:
    """All position and static reports of all recordings, every field (the raw ship type apart), and none is missing."""
    told = list(sentences(content(path)))
    compared, wrong = 0, []
    for start in range(0, len(told), 20_000):
        block = told[start : start + 20_000]
        batch = receiver().decode([chunk(lines(*block))])
        assert len(batch) == len(block)
        for table, differ in ((batch.positions, positions_differ), (batch.statics, statics_differ)):
            names = table.names()
            for values in zip(*(getattr(table, name).tolist() for name in names), strict=True):
                row = dict(zip(names, values, strict=True))
                said = said_by_pyais(parts_of(block, row["line"]))
                found = ["pyais says nothing"] if said is None else differ(row, said)
                wrong += [(block[row["line"]], each) for each in found]
                compared += 1
        heard = {block[n] for table in (batch.positions, batch.statics) for n in table.line.tolist()}
        payloads = {sentence.split(b",")[5] for sentence in heard}
        wrong += [(s, "not told") for s in block if trusted_by_pyais(s) and s.split(b",")[5] not in payloads]
    assert wrong == []
    assert compared > 0 or path.name.startswith("methydro")


CLASS_A = {"lon": 122.5, "lat": 30.1, "speed": 7.5, "course": 12.3, "heading": 13, "turn": 0, "second": 7, "status": 7}
degrees = st.tuples(st.integers(-108_000_000, 108_000_000), st.integers(-54_000_000, 54_000_000))
words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -.", max_size=20).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([1, 2, 3, 18]),
    st.integers(1, 999_999_999),
    degrees,
    st.integers(0, 1022),
    st.integers(0, 3599),
    st.integers(0, 359),
    st.integers(0, 59),
)
def test_a_position_encoded_is_the_position_decoded(
    kind: int, mmsi: int, place: tuple[int, int], sog: int, cog: int, heading: int, second: int
) -> None:
    """Every field of a position report within the resolution of the message."""
    lon, lat = (units / UNITS_PER_DEGREE for units in place)
    fields = {"lon": lon, "lat": lat, "speed": sog / 10, "course": cog / 10, "heading": heading, "second": second}
    p = receiver().decode([chunk(lines(report(kind, mmsi, **fields)))]).positions
    assert (p.mmsi[0], p.msg_type[0], p.lon[0], p.lat[0]) == (mmsi, kind, *place)
    assert (p.sog[0], p.cog[0], p.heading[0], p.second[0]) == (sog, cog, heading, second)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 999_999_999), words, words, st.integers(0, 255), st.tuples(*[st.integers(0, 63)] * 4))
def test_a_name_encoded_is_the_name_decoded(
    mmsi: int, name: str, destination: str, ship_type: int, sides: tuple[int, ...]
) -> None:
    bow, stern, port, starboard = sides
    said = {"shipname": name, "destination": destination, "callsign": name[:7].strip(), "ship_type": ship_type}
    sentence = report(5, mmsi, to_bow=bow, to_stern=stern, to_port=port, to_starboard=starboard, draught=4.2, **said)
    s = receiver().decode([chunk(lines(sentence))]).statics
    assert (s.mmsi[0], s.name[0], s.destination[0], s.callsign[0]) == (mmsi, name, destination, said["callsign"])
    assert (s.to_bow[0], s.to_stern[0], s.to_port[0], s.to_starboard[0], s.draught_dm[0]) == (*sides, 42)


def told_by(peer: str, number: int) -> list[bytes]:
    """What one peer says, in lines of its own: positions, a name in two parts, something damaged."""
    base = 412_000_000 + 1000 * number
    name = report(5, base, shipname=f"PEER {peer}", destination=peer * 9).split(b"!")[1:]
    whole = [report(1, base + n, **CLASS_A) for n in range(3)]
    halves = [vdm(*_payload(half), total=2, part=n, seq="3") for n, half in enumerate(name, 1)]
    return [whole[0], halves[0], whole[1][:-2] + b"zz", halves[1], whole[2]]


def _payload(half: bytes) -> tuple[str, int]:
    fields = half.split(b",")
    return fields[5].decode(), int(fields[6][:1])


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_interleaving_peers_gives_each_its_own_reports(data: st.DataObject) -> None:
    """Three peers on one port, their bytes cut anywhere and mixed in any order: each is told as if it were alone."""
    texts = {peer: lines(*told_by(peer, n)) for n, peer in enumerate("abc")}
    alone = {}
    for peer, text in texts.items():
        batch = receiver().decode([chunk(text, peer=peer)])
        alone[peer] = (batch.positions.mmsi.tolist(), batch.statics.name.tolist())
    reads = []
    for peer, text in texts.items():
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8), label=peer))
        reads.append([(peer, text[a:b]) for a, b in pairwise([0, *cuts, len(text)])])
    mixed: list[tuple[str, bytes]] = []
    while any(reads):
        mixed.append(data.draw(st.sampled_from([r for r in reads if r])).pop(0))
    decoder = receiver()
    batches = [decoder.decode([chunk(text, peer=peer)]) for peer, text in mixed]
    _, positions, statics, *_ = joined(batches)
    for n, (mmsi, names) in enumerate(alone.values()):
        own = range(412_000_000 + 1000 * n, 412_000_000 + 1000 * n + 3)
        assert [m for m in positions["mmsi"] if m in own] == mmsi
        assert [name for m, name in zip(statics["mmsi"], statics["name"], strict=True) if m in own] == names
    assert decoder.counts.balanced and decoder.counts.refused == {"no_checksum": 3}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(0, 2**48))
def test_nothing_that_comes_in_raises(reads: list[bytes], at_ms: int) -> None:
    decoder = Decoder({"f": Clock.SOURCE, "g": Clock.RECEIVER})
    for n, data in enumerate(reads):
        decoder.decode([chunk(data, at_ms, feed="fg"[n % 2], peer=str(n % 3))])
    decoder.flush()
    assert decoder.counts.balanced
