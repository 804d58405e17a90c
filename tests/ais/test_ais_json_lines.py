"""Lines of JSON as AIS-catcher and gpsd write them: the same reports as from the sentences they were made of."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ais.ais_builders import CLASS_A, T0, TYPE_5, checked, chunk, decode, joined, lines, listed, receiver, report, vdm
from fengqiao.ais.framing import LINE_BYTES_MAX
from fengqiao.ais.json_lines import FIELDS
from fengqiao.model.reports import NO_TIME_MS, Known, ReportBatch

PARTS = [vdm(TYPE_5[0], total=2, part=1, seq="3").decode(), vdm(TYPE_5[1], 2, total=2, part=2, seq="3").decode()]
RXTIME, RX_MS = "20220831155001", 1661961001000

# What gpsdecode 3.22 says, scaled and not, of sentences of its own test set.
TYPE_1 = "!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"
GPSD_1 = (
    '{"class":"AIS","device":"stdin","type":1,"repeat":0,"mmsi":371798000,"scaled":true,"status":0,'
    '"status_text":"Under way using engine","turn":"fastleft","speed":12.3,"accuracy":true,"lon":-123.395383,'
    '"lat":48.381633,"course":224.0,"heading":215,"second":33,"maneuver":0,"raim":false,"radio":34017}',
    '{"class":"AIS","device":"stdin","type":1,"repeat":0,"mmsi":371798000,"scaled":false,"status":0,'
    '"status_text":"Under way using engine","turn":-127,"speed":123,"accuracy":true,"lon":-74037230,'
    '"lat":29028980,"course":2240,"heading":215,"second":33,"maneuver":0,"raim":false,"radio":34017}',
)


def catcher(*nmea: object, **more: Any) -> bytes:
    return json.dumps({"class": "AIS", "device": "AIS-catcher", "rxtime": RXTIME, "nmea": nmea, **more}).encode()


def gpsd(**fields: Any) -> bytes:
    return json.dumps({"class": "AIS", "device": "d", **fields}).encode()


def said(batch: ReportBatch) -> list[dict[str, list[Any]]]:
    """Reports, without where and when they came in."""
    where = {"line", "seq", "received_ms", "ref_ms", "fix_ms"}
    tables = (batch.positions, batch.statics)
    return [{name: values for name, values in listed(t).items() if name not in where} for t in tables]


def test_the_sentences_in_a_line_of_json_are_stamped_by_it() -> None:
    """All parts of one line belong together, whatever else is under way with the same number."""
    decoder = receiver()
    batch = decode(decoder, lines(PARTS[0].encode(), catcher(*PARTS), catcher(TYPE_1)))
    assert (len(batch.statics), len(batch.positions)) == (1, 1)
    assert batch.lines.source_ms.tolist() == [NO_TIME_MS, RX_MS, RX_MS, RX_MS]
    assert decoder.clocks["f"]["prefix"] == 3
    assert (decoder.counts.used, decoder.counts.waiting) == (3, 1)


def test_parts_of_two_lines_of_json_are_never_joined() -> None:
    """Two ships' messages under one number, the first cut short."""
    decoder = receiver()
    assert len(decode(decoder, lines(catcher(PARTS[0], TYPE_1), catcher(PARTS[1]))).statics) == 0


@pytest.mark.parametrize(
    ("time", "stamp"),
    [
        ({"rxtime": RXTIME}, RX_MS),
        ({"rxuxtime": 1661961001}, RX_MS),
        ({"rxuxtime": 1661961001.25}, RX_MS + 250),
        ({"rxuxtime": "1661961001"}, RX_MS),
        ({"rxtime": "20220831155061"}, NO_TIME_MS),
        ({"rxtime": 20220831155001}, NO_TIME_MS),
        ({"rxtime": None, "rxuxtime": float("nan")}, NO_TIME_MS),
        ({"rxuxtime": 10**300}, NO_TIME_MS),
        ({"rxuxtime": -5}, NO_TIME_MS),
        ({"rxuxtime": [1]}, NO_TIME_MS),
    ],
)
def test_when_it_was_received(time: dict[str, Any], stamp: int) -> None:
    batch = decode(receiver(), lines(catcher(TYPE_1, **{"rxtime": None, **time})))
    assert batch.lines.source_ms.tolist() == [stamp]


@pytest.mark.parametrize("text", GPSD_1, ids=["scaled", "unscaled"])
def test_fields_of_gpsd_give_the_report_of_the_sentence(text: str) -> None:
    assert said(decode(receiver(), lines(text.encode()))) == said(decode(receiver(), lines(TYPE_1.encode())))


SIDES = {"to_bow": 5, "to_stern": 21, "to_port": 4, "to_starboard": 3}
WHERE = {"accuracy": True, "lon": 122.5, "lat": -29.25, "speed": 8.7, "course": 335.9, "heading": 17, "second": 46}
PLACE = {"accuracy": True, "lon": 122.5, "lat": -29.25}
NAMED = {"shipname": "ZHE DAI YU 01234", "callsign": "BABC1", **SIDES}


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({"type": 2, **WHERE, "turn": "nan", "status": 7}, {**WHERE, "turn": -128, "status": 7}),
        ({"type": 18, **WHERE}, WHERE),
        ({"type": 19, **WHERE, **SIDES, "shipname": "A", "shiptype": 30}, {**WHERE, **SIDES, "ship_type": 30}),
        ({"type": 4, **PLACE, "timestamp": "2022-08-31T15:50:33Z"}, {**PLACE, "second": 33}),
        ({"type": 11, **PLACE, "timestamp": "0000-00-00T24:60:60Z"}, {**PLACE, "second": 60}),
        ({"type": 21, **PLACE, **SIDES, "second": 9, "name": "A"}, {**PLACE, **SIDES, "second": 9}),
        (
            {"type": 5, **NAMED, "imo": 9134270, "shiptype": 30, "draught": 12.2, "destination": "NINGBO"},
            {**NAMED, "imo": 9134270, "ship_type": 30, "draught": 12.2, "destination": "NINGBO"},
        ),
    ],
)
def test_every_type_that_gpsd_says(fields: dict[str, Any], same: dict[str, Any]) -> None:
    """Scaled and unscaled, the columns are those of a sentence that says the same (as pyais writes it)."""
    named = {"shipname": fields.get("shipname", fields.get("name", ""))} | {
        ("name" if fields["type"] == 21 else "shipname"): fields.get("shipname", fields.get("name", ""))
    }
    expected = said(decode(receiver(), lines(report(fields["type"], **{**named, **same}))))
    per_unit = {"lon": 600_000, "lat": 600_000, "speed": 10, "course": 10, "draught": 10}
    plain = {n: round(v * per_unit[n]) if n in per_unit else v for n, v in fields.items()}
    for scaled, values in ((True, fields), (False, plain)):
        got = said(decode(receiver(), lines(gpsd(mmsi=412_345_678, scaled=scaled, **values))))
        assert got == expected


def test_both_parts_of_a_type_24_said_as_one() -> None:
    """gpsd puts them together: they are two messages again."""
    batch = decode(receiver(), lines(gpsd(type=24, mmsi=412_345_678, scaled=True, shiptype=30, **NAMED)))
    assert batch.statics.name.tolist() == ["ZHE DAI YU 01234", ""]
    assert batch.statics.callsign.tolist() == ["", "BABC1"]
    assert batch.statics.ship_type.tolist() == [-1, 30]
    assert batch.statics.to_bow.tolist() == [-1, 5]


def test_a_long_range_report_keeps_only_a_position_that_is_one() -> None:
    """Scaled, gpsd rounds it to a tenth of a degree, six miles: such a place is not known."""
    exact = {"type": 27, "mmsi": 412_345_678, "lon": 73_500, "lat": 17_550, "speed": 12, "course": 90}
    rounded = exact | {"lon": 122.5, "lat": 29.2, "scaled": True}
    plain = decode(receiver(), lines(gpsd(**exact))).positions
    assert (plain.lon.tolist(), plain.lat.tolist()) == ([73_500_000], [17_550_000])
    known = Known(int(decode(receiver(), lines(gpsd(**rounded))).positions.known[0]))
    assert known == Known.SOG | Known.COG | Known.NAV_STATUS


def test_names_longer_than_their_field_go_on() -> None:
    name = "CHINA ROSE MURPHY EXPRESS ALERT"
    batch = decode(receiver(), lines(gpsd(type=21, mmsi=992_345_678, name=name, scaled=True)))
    assert batch.statics.name.tolist() == [name]


@pytest.mark.parametrize("kind", sorted(k for k in FIELDS if k < 28))
def test_what_is_missing_is_not_available(kind: int) -> None:
    """A message that says its type and number alone gives a report that knows nothing else."""
    nothing = Known(0) if kind not in (1, 2, 3, 27) else Known.NAV_STATUS  # 15 is a value: "not defined"
    batch = decode(receiver(), lines(gpsd(type=kind, mmsi=412_345_678)))
    assert all(Known(known) == nothing for known in batch.positions.known.tolist())
    assert all(not name for name in batch.statics.name.tolist())
    assert len(batch.positions) + len(batch.statics) >= 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (gpsd(type=8, mmsi=412_345_678, dac=1, fid=31), "undecodable"),
        (gpsd(type=99, mmsi=412_345_678), "type"),
        (gpsd(mmsi=412_345_678), "type"),
        (gpsd(type=1), "mmsi"),
        (gpsd(type=1, mmsi="412345678"), "mmsi"),
        (gpsd(type=True, mmsi=10**300), "mmsi"),
        (catcher(TYPE_1[:-1]), "no_checksum"),
        (catcher("nonsense"), "framing"),
    ],
)
def test_json_of_ais_that_is_refused(line: bytes, reason: str) -> None:
    decoder = receiver()
    assert len(decode(decoder, lines(line))) == 1
    assert decoder.counts.refused == {reason: 1}


@pytest.mark.parametrize(
    "line",
    [
        b'{"class":"TPV","mode":3,"lat":30.0}',
        b'{"class":"VERSION","release":"3.22"}',
        b"{" + b'"a":{' * 300 + b"}" * 301,
        b'{"class":"SKY","satellites":[' + b"1," * LINE_BYTES_MAX + b"1]}",
        b"{}",
        b"{not json",
        b'{"class":"AIS","type":1,"mm',
    ],
)
def test_json_that_is_not_ais(line: bytes) -> None:
    """What gpsd says beside AIS, and what only looks like JSON: counted."""
    decoder = receiver()
    assert len(decode(decoder, lines(line))) == 0
    assert (decoder.counts.came_in, decoder.counts.not_ais) == (1, 1)


def test_torn_json_still_gives_its_sentences() -> None:
    """The line was cut behind a whole sentence: that one is good, only its time is lost."""
    line = catcher(TYPE_1, CLASS_A)
    batch = decode(receiver(), lines(line[: line.index(b"*4A") + 3]))
    assert (batch.positions.mmsi.tolist(), batch.lines.source_ms.tolist()) == ([371_798_000], [NO_TIME_MS])


MIXED = lines(
    *(catcher(*PARTS), catcher(TYPE_1), GPSD_1[0].encode(), checked(f"!AIVDM,1,1,,A,{CLASS_A},0")),
    *(b'{"class":"TPV"}', b"{not json", gpsd(type=24, mmsi=412_345_678, scaled=True, shiptype=30, **NAMED)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, len(MIXED)), max_size=20))
def test_chunking_never_changes_json(at: list[int]) -> None:
    whole = receiver()
    expected = joined([whole.decode([chunk(MIXED)]), whole.flush()])
    cut = receiver()
    edges = [0, *sorted(at), len(MIXED)]
    batches = [cut.decode([chunk(MIXED[a:b])]) for a, b in pairwise(edges)]
    assert joined([*batches, cut.flush()]) == expected
    assert cut.counts == whole.counts


names = st.sampled_from(
    [
        *sorted({f.name for fields in FIELDS.values() for f in fields}),
        *("class", "type", "mmsi", "scaled", "nmea", "rxtime", "rxuxtime", "timestamp", "eta", "shipname", "name"),
    ]
)
values = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.just(10**300)),
        st.sampled_from(["AIS", *PARTS, "\ud800", "\\s:a*00\\" + TYPE_1, "9999-99-99T99:99:99Z", "99-99T99:99Z"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(names, values, max_size=12), st.sampled_from([*FIELDS, 6, 25]), st.booleans())
@example({"type": 4, "mmsi": 1, "timestamp": "9999-99-99T99:99:99Z", "lon": float("inf")}, 4, True)
def test_hostile_json_is_counted(fields: dict[str, Any], kind: int, scaled: bool) -> None:
    """Wrong types, huge numbers, NaN: nothing raises, no impossible place comes out, and the books balance."""
    line = gpsd(**({"type": kind, "mmsi": 412_345_678, "scaled": scaled} | fields))
    decoder = receiver()
    decoder.messages([chunk(lines(line), T0)])
    batch = decode(decoder, lines(line), T0 + 60_000)
    assert decoder.counts.balanced
    assert (abs(batch.positions.lat) <= 90 * 600_000).all()
