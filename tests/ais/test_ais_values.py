"""What a message says, in the integers of the standard, and what it does not say."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais.bit_vector import bit_vector

from ais.ais_builders import chunk, decode, lines, message, receiver, refusal, report, vdm
from fengqiao.ais.armour import SEXTETS
from fengqiao.ais.columns import clean, letters
from fengqiao.ais.gate import BITS, peek
from fengqiao.model.reports import Known, ReportBatch

ARMOUR = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"
payloads = st.text(ARMOUR, min_size=1, max_size=80).map(str.encode)


def of(sentence: bytes) -> ReportBatch:
    decoder = receiver()
    batch = decode(decoder, lines(sentence))
    assert decoder.counts.as_json()["refused"] == {}
    return batch


def row(sentence: bytes) -> dict[str, Any]:
    positions = of(sentence).positions
    return {name: getattr(positions, name).item() for name in positions.names()}


def identity(sentence: bytes) -> dict[str, Any]:
    statics = of(sentence).statics
    return {name: getattr(statics, name).tolist()[0] for name in statics.names()}


@given(payloads, st.data())
def test_bits_are_read_as_pyais_reads_them(payload: bytes, data: st.DataObject) -> None:
    """Any field of any payload."""
    start = data.draw(st.integers(0, len(payload) * 6 - 1))
    width = data.draw(st.integers(1, min(60, len(payload) * 6 - start)))
    assert peek(payload.translate(SEXTETS), start, width) == bit_vector(payload, 0).get(start, width)


def test_a_class_a_report_in_full() -> None:
    """The figures of gpsd's first sample: 371798000 off Vancouver Island, 12.3 kn."""
    r = row(b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A")
    assert (r["mmsi"], r["msg_type"], r["nav_status"], r["rot"]) == (371798000, 1, 0, -127)
    assert (r["lon"], r["lat"]) == (-74037230, 29028980)
    assert (r["sog"], r["cog"], r["heading"], r["second"]) == (123, 2240, 215, 33)
    everything = sum(Known)
    assert r["known"] == everything


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"lon": 181.0, "lat": 91.0}, Known.POSITION),
        ({"lon": 181.0}, Known.POSITION),
        ({"lat": 91.0}, Known.POSITION),
        ({"speed": 102.3}, Known.SOG),
        ({"course": 360.0}, Known.COG),
        ({"course": 400.0}, Known.COG),
        ({"heading": 511}, Known.HEADING),
        ({"heading": 360}, Known.HEADING),
        ({"turn": -128}, Known.ROT),
        ({"second": 60}, Known.SECOND),
        ({"second": 63}, Known.SECOND),
    ],
)
def test_not_available_is_unknown_never_a_value(fields: dict[str, Any], lost: Known) -> None:
    """Every sentinel of table 48: only its own bit is missing, and its column is 0."""
    given_all = {"lon": 122.5, "lat": 30.1, "speed": 7.5, "course": 12.3, "heading": 13, "turn": 0, "second": 7}
    r = row(report(1, **(given_all | fields)))
    assert r["known"] == int(sum(Known) & ~lost & ~Known.ACCURACY)
    column = {Known.POSITION: "lon", Known.ROT: "rot"}.get(lost, str(lost.name).lower())
    assert r[column] == 0


@pytest.mark.parametrize("status", range(16))
def test_navigational_status_is_kept_as_sent(status: int) -> None:
    """15 is "undefined" and is known to be: a SART test says it."""
    r = row(report(3, status=status, lon=122.0, lat=30.0))
    assert (r["nav_status"], bool(r["known"] & Known.NAV_STATUS)) == (status, True)


@pytest.mark.parametrize("raw", [-127, -126, -3, -1, 0, 1, 2, 126, 127])
def test_rate_of_turn_is_the_raw_number(raw: int) -> None:
    """Small rates too, which a round trip through degrees a minute loses."""
    payload = bytearray(b"15RTgt0PAso;90TKcjM8h6g208CQ")
    bits = int(bit_vector(bytes(payload), 0).get(0, 168)) & ~(0xFF << 118) | (raw & 0xFF) << 118
    armoured = "".join(ARMOUR[bits >> shift & 63] for shift in range(162, -1, -6))
    assert row(vdm(armoured))["rot"] == raw


@given(st.integers(-108_000_000, 108_000_000), st.integers(-54_000_000, 54_000_000))
@settings(max_examples=60, deadline=None)
def test_positions_are_exact(lon: int, lat: int) -> None:
    """Every 1/600000 degree arrives as itself, in columns and, rounded back, in JSON."""
    sentence = report(1, lon=lon / 600_000, lat=lat / 600_000)
    r, m = row(sentence), message(sentence)
    assert (r["lon"], r["lat"]) == (lon, lat)
    assert (round(m["lon"] * 600_000), round(m["lat"] * 600_000)) == (lon, lat)


def test_class_b_has_no_status_and_no_turn() -> None:
    r = row(report(18, lon=122.0, lat=30.0, speed=5.0, course=90.0, heading=91, second=3))
    assert r["known"] == Known.POSITION | Known.SOG | Known.COG | Known.HEADING | Known.SECOND


@pytest.mark.parametrize(("knots", "sog"), [(130, 1300), (1022, 10220), (1023, None)])
def test_aircraft_fly_in_whole_knots(knots: int, sog: int | None) -> None:
    r = row(report(9, lon=122.0, lat=30.0, speed=knots, course=45.5, second=3))
    assert (r["sog"] if r["known"] & Known.SOG else None) == sog
    assert r["cog"] == 455


@pytest.mark.parametrize(
    ("speed", "course", "sog", "cog"), [(62, 359, 620, 3590), (63, 511, None, None), (0, 360, 0, None)]
)
def test_long_range_reports_are_coarse(speed: int, course: int, sog: int | None, cog: int | None) -> None:
    """Type 27: 1/10 minute, whole knots, whole degrees, no second."""
    r = row(report(27, lon=-75.5, lat=30.1, speed=speed, course=course, status=1))
    assert (r["lon"], r["lat"], r["nav_status"]) == (-75_500 * 600, 30_100 * 600, 1)
    assert (r["sog"] if r["known"] & Known.SOG else None) == sog
    assert (r["cog"] if r["known"] & Known.COG else None) == cog
    assert not r["known"] & (Known.SECOND | Known.HEADING | Known.ROT)


def test_a_long_range_report_without_position() -> None:
    assert not row(report(27, lon=181.0, lat=91.0))["known"] & Known.POSITION


@pytest.mark.parametrize("kind", [4, 11])
def test_base_stations_have_a_position_and_no_motion(kind: int) -> None:
    r = row(report(kind, lon=122.0, lat=30.0, second=17))
    assert r["known"] == Known.POSITION | Known.SECOND


def test_an_aid_to_navigation_has_a_position_and_a_name() -> None:
    """Longer than twenty letters, the name goes on in the extension."""
    sentence = report(21, lon=122.0, lat=30.0, name="ZHOUSHAN EAST CHANNE", name_ext="L BUOY 7", second=60, to_bow=2)
    assert row(sentence)["known"] == Known.POSITION
    s = identity(sentence)
    assert (s["name"], s["ship_type"], s["to_bow"], s["draught_dm"]) == ("ZHOUSHAN EAST CHANNEL BUOY 7", -1, 2, -1)


def test_a_voyage_report() -> None:
    sides: dict[str, Any] = {"to_bow": 30, "to_stern": 12, "to_port": 4, "to_starboard": 5}
    words: dict[str, Any] = {"callsign": "BPAB", "destination": "SHENJIAMEN"}
    s = identity(report(5, shipname="ZHE PU YU 12345", imo=9074729, ship_type=30, draught=3.2, **sides, **words))
    said = {"name": "ZHE PU YU 12345", "imo": 9074729, "ship_type": 30, "draught_dm": 32, **sides, **words}
    assert {key: s[key] for key in said} == said
    assert (s["mmsi"], s["msg_type"]) == (412_345_678, 5)


@pytest.mark.parametrize("raw", [0, 30, 36, 37, 38, 39, 46, 66, 76, 86, 99, 100, 199, 255])
def test_ship_type_is_the_raw_number(raw: int) -> None:
    """Where pyais' own enum says 0 or the group's first. Written into the bits of an empty part B."""
    bits = 24 << 162 | 412_345_678 << 130 | 1 << 128 | raw << 120
    armoured = "".join(ARMOUR[bits >> shift & 63] for shift in range(162, -1, -6))
    assert identity(vdm(armoured))["ship_type"] == raw


def test_static_reports_of_class_b_come_in_two_parts() -> None:
    """Each has what it has: -1 where the message has no such field."""
    a = identity(report(24, partno=0, shipname="ZHEPUYU 1"))
    b = identity(report(24, partno=1, ship_type=30, callsign="B1", to_bow=37, to_stern=0, to_port=0, to_starboard=0))
    assert (a["name"], a["callsign"], a["ship_type"], a["to_bow"], a["draught_dm"]) == ("ZHEPUYU 1", "", -1, -1, -1)
    assert (b["name"], b["callsign"], b["ship_type"], b["to_bow"], b["to_stern"]) == ("", "B1", 30, 37, 0)


def test_a_craft_of_a_mother_ship_has_no_dimensions() -> None:
    """98MIDxxxx: those bits are the mother ship's number (M.1371-5 table 81)."""
    assert identity(report(24, mmsi=984_120_001, partno=1, ship_type=30, mothership_mmsi=412_345_678))["to_bow"] == -1


def test_an_extended_class_b_report_is_both() -> None:
    sentence = report(19, lon=122.0, lat=30.0, speed=5.0, course=90.0, heading=91, shipname="LU RONG YU", ship_type=30)
    assert row(sentence)["msg_type"] == 19
    assert (identity(sentence)["name"], identity(sentence)["ship_type"]) == ("LU RONG YU", 30)


@pytest.mark.parametrize(
    ("text", "name"), [("PARIS  @@", "PARIS"), ("YONGDUCK@@@@Q", "YONGDUCK"), ("  A ", "A"), ("@", "")]
)
def test_text_ends_at_the_first_at_sign(text: str, name: str) -> None:
    assert clean(text) == name


@pytest.mark.parametrize(("raw", "said"), [(0, 0), (303, 303), (4094, 4094), (4095, -1)])
def test_altitude_of_an_aircraft(raw: int, said: int) -> None:
    heights = of(report(9, mmsi=111_232_511, alt=raw, lon=122.0, lat=30.0)).altitudes
    assert (heights.mmsi.tolist(), heights.altitude_m.tolist()) == ([111_232_511], [said])


@pytest.mark.parametrize("kind", [12, 14])
def test_safety_text(kind: int) -> None:
    texts = of(report(kind, mmsi=970_012_345, text="SART TEST", dest_mmsi=412_000_001)).texts
    assert (texts.mmsi.tolist(), texts.text.tolist()) == ([970_012_345], ["SART TEST"])
    assert texts.to_mmsi.tolist() == ([412_000_001] if kind == 12 else [0])


def test_bits_left_over_are_no_letter() -> None:
    """A text of 64 bits is ten letters; the four bits behind them are none."""
    assert letters(b"55555555555".translate(SEXTETS), 0, 64) == "E" * 10


@pytest.mark.parametrize("kind", sorted(BITS))
def test_a_message_one_character_outside_its_length_is_refused(kind: int) -> None:
    """Shorter or longer than the table allows: such a payload decodes to a wrong position."""
    least, most = BITS[kind]
    head = ARMOUR[kind].encode() + b"4" * 8
    for chars in ((least - 1) // 6, most // 6 + 1):
        assert refusal(head.ljust(chars, b"0")[:chars], 0) == "length"


def test_a_part_b_without_its_dimensions_is_refused() -> None:
    """160 bits are a whole part A, but end inside the dimensions of a part B."""
    assert refusal(b"H5NMehP" + b"0" * 20, 2) == ""
    assert refusal(b"H5NMehT" + b"0" * 20, 2) == "length"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(BITS)), st.integers(0, 5), st.data())
def test_any_payload_that_passes_the_gate_decodes_or_is_counted(kind: int, fill: int, data: st.DataObject) -> None:
    """Random bits of every type and length: columns and JSON hold, no exception leaves."""
    least, most = BITS[kind]
    chars = data.draw(st.integers(least // 6, min(most // 6 + 1, 190)))
    payload = ARMOUR[kind] + data.draw(st.text(ARMOUR, min_size=chars, max_size=chars))
    sentence = lines(vdm(payload, fill))
    columns, objects = receiver(), receiver()
    decode(columns, sentence)
    objects.messages([chunk(sentence)])
    assert columns.counts.balanced
    assert objects.counts == columns.counts
