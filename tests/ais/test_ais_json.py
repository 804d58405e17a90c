"""``decode --json``: people's units, exact positions, and silence about what was not said."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais.ais_builders import (
    FIXTURES,
    RECORDED,
    T0,
    chunk,
    content,
    lines,
    message,
    receiver,
    report,
    source,
    stamped,
    tag,
    unlike,
    vdm,
)
from fengqiao.ais.armour import SEXTETS
from fengqiao.ais.gate import BITS

A = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"  # gpsd's first sample


def test_a_position_report_in_full() -> None:
    m = receiver().messages([chunk(lines(tag("s:harbour,c:1757993400") + A))])
    assert m == [
        {
            "type": 1, "mmsi": 371798000, "at": "2025-09-16T03:29:33.000Z", "lon": -123.3953833, "lat": 48.3816333,
            "sog_kn": 12.3, "cog_deg": 224.0, "heading_deg": 215, "nav_status": 0, "repeat": 0, "accurate": True,
            "second": 33, "raim": False, "feed": "f", "source": "harbour",
        }
    ]  # fmt: skip


def test_unknown_fields_are_absent() -> None:
    m = message(report(1, lon=181, lat=91, speed=102.3, course=360, heading=511, turn=-128, second=60))
    assert not {"lon", "lat", "sog_kn", "cog_deg", "heading_deg", "rot_deg_min", "second"} & set(m)
    assert m["at"] == "2025-09-16T03:30:00.000Z"


@pytest.mark.parametrize(("turn", "said"), [(0, 0.0), (20, 19.7), (-20, -19.7), (127, None), (-127, None)])
def test_rate_of_turn_in_degrees_a_minute(turn: int, said: float | None) -> None:
    """As coarse as it was sent (20 is sent as 21, which is 19.7); 127 only says that she turns, not how fast."""
    assert message(report(1, lon=122, lat=30, turn=turn)).get("rot_deg_min") == said


def test_a_voyage_report() -> None:
    m = message(
        report(5, callsign="BPAB", shipname="ZHE PU YU", ship_type=30, to_bow=30, draught=3.2, destination="A@B")
    )
    assert (m["name"], m["callsign"], m["ship_type"], m["draught_m"], m["destination"]) == (
        "ZHE PU YU",
        "BPAB",
        30,
        3.2,
        "A",
    )
    assert (m["to_bow_m"], m["to_stern_m"]) == (30, 0)
    assert "imo" not in m


def test_dimensions_nobody_gave_are_absent() -> None:
    m = message(report(5, shipname="X"))
    assert not {"to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m", "draught_m", "ship_type", "imo"} & set(m)


def test_safety_text() -> None:
    m = message(report(14, mmsi=970_012_345, text="SART TEST"))
    assert (m["type"], m["mmsi"], m["text"]) == (14, 970_012_345, "SART TEST")
    assert "to_mmsi" not in m


def test_a_text_to_somebody_says_to_whom() -> None:
    m = message(report(12, mmsi=2_320_061, text="CALL ON 16", dest_mmsi=412_000_001))
    assert (m["mmsi"], m["to_mmsi"], m["text"]) == (2_320_061, 412_000_001, "CALL ON 16")


def test_binary_messages_come_as_their_kind_and_hex() -> None:
    m = message(report(8, dac=366, fid=56, data=b"\x3a\x53\xff\x00"))
    assert (m["dac"], m["fi"], m["data"]) == (366, 56, "3a53ff00")


def test_a_beacon_is_where_it_stands() -> None:
    """Type 17 in degrees, west and south negative: gpsd's sample stands at 59.987 N 29.130 E."""
    payload = "A02VqLPA4I6C07h5Ed1h<OrsuBTTwS?r:C?w`?la<gno1RTRwSP9:BcurA8a:Oko02TSwu8<:Jbb"
    m = message(vdm(payload))
    assert (m["lon"], m["lat"]) == (29.13, 59.9866667)


@pytest.mark.parametrize(("late", "payload"), [(True, "K3NH@m@LJ2IdQ>GN"), (False, "K3NH@m@LJ2IdQ>GL")])
def test_a_long_range_report_says_whether_its_fix_is_old(late: bool, payload: str) -> None:
    """Bit 94 of table 85; the last bit of the message is spare."""
    spare = payload[:-1] + chr(ord(payload[-1]) + 1)
    for said in (payload, spare):
        assert message(vdm(said))["fix_over_5_s_old"] is late


def test_an_area_is_in_degrees() -> None:
    """Types 22 and 23 too say 1/10 minutes; west and south negative."""
    m = message(report(23, ne_lon=2.63 * 60, ne_lat=51.07 * 60, sw_lon=-1.5 * 60, sw_lat=50.68 * 60, ship_type=39))
    assert (m["ne_lon"], m["ne_lat"], m["sw_lon"]) == (
        pytest.approx(2.63, abs=0.002),
        pytest.approx(51.07, abs=0.002),
        -1.5,
    )


def test_objects_and_columns_tell_the_same() -> None:
    """The same sentences in the same state, whichever way they are asked for."""
    data = lines(*(stamped(T0 + n * 1000, unlike(n)) for n in range(20)))
    columns, objects = source(), source()
    batch = columns.decode([chunk(data)])
    told = objects.messages([chunk(data)])
    assert [m["mmsi"] for m in told] == batch.positions.mmsi.tolist()
    assert [round(m["lon"] * 600_000) for m in told] == batch.positions.lon.tolist()
    assert objects.counts == columns.counts


@pytest.mark.parametrize("path", RECORDED, ids=lambda p: p.name)
def test_every_recorded_message_is_plain_json(path: Path) -> None:
    decoder = source()
    told = [*decoder.messages([chunk(content(path))]), *decoder.flush_messages()]
    assert told
    for m in told:
        assert json.loads(json.dumps(m, allow_nan=False)) == m
        assert {"type", "mmsi", "at", "feed"} <= set(m)
        assert abs(m.get("lon", 0)) <= 180 and abs(m.get("lat", 0)) <= 90


# --- one of every type ---

GOLDEN = Path(__file__).parent / "golden" / "decode_all_types.jsonl"


def test_one_message_of_every_type_in_peoples_words() -> None:
    """gpsd's samples, the first of each type: what stands in the golden file is what a reader is told."""
    first: dict[int, dict[str, Any]] = {}
    for m in receiver().messages([chunk(content(FIXTURES / "gpsd_all_types.aivdm"))]):
        first.setdefault(m["type"], m)
    said = "".join(json.dumps(first[kind]) + "\n" for kind in sorted(first))
    if os.environ.get("FENGQIAO_GOLDEN") == "write":
        GOLDEN.write_text(said, "utf-8")
    assert set(first) == set(BITS)
    assert said == GOLDEN.read_text("utf-8")


def yes(_: Any) -> bool:
    return True


def within(least: float, most: float) -> Callable[[Any], bool]:
    return lambda value: type(value) in (int, float) and least <= value <= most


def flag(value: Any) -> bool:
    return type(value) is bool


def words(*known: Any) -> Callable[[Any], bool]:
    return lambda value: value in known


def each(spec: dict[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(fits(one, spec) for one in value)


def all_of(spec: dict[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and len(value) > 0 and fits(value, spec)


def fits(message: dict[str, Any], spec: dict[str, Callable[[Any], bool]]) -> bool:
    """Every key is one that readers are told of, and its value is none that means "not available"."""
    wrong = {name: value for name, value in message.items() if name not in spec or not spec[name](value)}
    assert wrong == {}
    return True


def text(value: Any) -> bool:
    return isinstance(value, str) and value == value.strip() and "@" not in value


def some_text(value: Any) -> bool:
    return text(value) and value != ""


MMSI, LON, LAT = within(1, 999_999_999), within(-180, 180), within(-90, 90)
FLAGS = (
    "accurate raim special_manoeuvre retransmitted data_terminal_ready assigned_mode carrier_sense has_display has_dsc "
    "whole_marine_band takes_channel_orders off_position virtual_aid fix_over_5_s_old addressed"
)
ANGLE = within(0, 359.9)


def handed_on(value: Any) -> bool:
    """What pyais alone reads: any plain values under its own names, sentinels among them, and never nothing."""
    return isinstance(value, dict) and bool(value) and all(type(v) in (bool, int, float, str) for v in value.values())


SPEC: dict[str, Callable[[Any], bool]] = {
    "as_pyais": handed_on,
    **dict.fromkeys(FLAGS.split(), flag),
    **dict.fromkeys(("at", "feed", "utc", "name", "callsign", "destination", "vendor", "data"), some_text),
    "type": within(1, 27), "mmsi": MMSI, "lon": LON, "lat": LAT, "sog_kn": within(0, 1022), "cog_deg": ANGLE,
    "heading_deg": within(0, 359), "rot_deg_min": within(-720, 720), "nav_status": within(0, 14),
    "repeat": within(0, 3), "second": within(0, 59), "imo": within(1_000_000, (1 << 30) - 1),
    "ship_type": within(1, 255),
    "to_bow_m": within(0, 511), "to_stern_m": within(0, 511), "to_port_m": within(0, 63),
    "to_starboard_m": within(0, 63), "draught_m": within(0.1, 25.5), "text": text, "ais_version": within(0, 3),
    "fixed_by": words("gps", "glonass", "gps_glonass", "loran_c", "chayka", "integrated", "surveyed", "galileo",
                      "internal_gnss"),
    "eta": all_of({"month": within(1, 12), "day": within(1, 31), "hour": within(0, 23), "minute": within(0, 59)}),
    "sequence": within(0, 3), "to_mmsi": MMSI, "dac": within(0, 1023), "fi": within(0, 63),
    "weather": yes,  # tests/ais/test_ais_weather.py
    "acknowledges": each({"mmsi": MMSI, "sequence": within(0, 3)}), "altitude_m": within(0, 4094),
    "altitude_by": words("gnss", "barometer"),
    "interrogates": each({"mmsi": MMSI, "asks": each({"type": within(1, 63), "slot_offset": within(0, 4095)})}),
    "assigns": each({"mmsi": MMSI, "slot_offset": within(0, 4095), "slot_increment": within(1, 1023),
                     "reports_in_10_min": within(0, 4095)}),
    "correction": all_of({"message": within(0, 63), "station": within(0, 1023), "z_count_s": within(0, 3599.4),
                          "words": within(0, 31), "health": within(0, 7)}),
    "reserves": each({"slot_offset": within(1, 4095), "slots": within(1, 15), "timeout_min": within(1, 7),
                      "slot_increment": within(0, 2047)}),
    "aid_type": within(1, 31), "channel_a": within(1, 4095), "channel_b": within(1, 4095),
    "transmits_on": words(["A", "B"], ["A"], ["B"]), "power": words("high", "low"), "transition_zone_nm": within(1, 8),
    "ne_lon": LON, "ne_lat": LAT, "sw_lon": LON, "sw_lat": LAT, "to_mmsis": lambda value: all(map(MMSI, value)),
    "station_type": words("all", "class_a", "class_b", "sar_aircraft", "class_b_so", "class_b_cs", "inland", "regional",
                          "base_station_coverage"),
    "interval_s": words(600, 360, 180, 60, 30, 15, 10, 5, 2),
    "interval": words("autonomous", "next_shorter", "next_longer"), "quiet_min": within(1, 15),
    "part": words("A", "B"), "vendor_model": within(0, 15), "vendor_serial": within(0, (1 << 20) - 1),
    "mother_ship_mmsi": MMSI,
}  # fmt: skip


@given(
    st.sampled_from(sorted(BITS)),
    st.integers(0, (1 << 1064) - 1) | st.sampled_from([0, (1 << 1064) - 1]),
    st.integers(0, 1064),
    st.integers(0, 1),
)
@settings(max_examples=300, deadline=None)
def test_no_value_of_any_message_means_that_there_is_none(kind: int, noise: int, length: int, part: int) -> None:
    """Whatever the bits of a message that passes the gate, all ones and all zeros among them."""
    least, most = BITS[kind]
    total = max(least, min(most, length))
    number = noise & ((1 << (total - 40)) - 1)
    number |= kind << (total - 6) | 412_345_678 << (total - 38) | part << (total - 40)
    fill = -total % 6
    codes = [number << fill >> at & 63 for at in range(total + fill - 6, -1, -6)]
    payload = "".join(chr(SEXTETS.index(code)) for code in codes)
    told = receiver().messages([chunk(lines(vdm(payload, fill)))])
    assert len(told) == 1 or (kind == 24 and part == 1 and total < 162)  # the gate refuses half a part B
    assert all(fits(m, SPEC) for m in told)


# --- what the samples do not show ---


def bits(kind: int, *fields: tuple[int, int, int], total: int) -> bytes:
    """A sentence of a message whose (bit, width, value) are set and all others 0."""
    number = sum(value << (total - at - width) for at, width, value in ((0, 6, kind), (8, 30, 2_320_061), *fields))
    fill = -total % 6
    codes = [number << fill >> at & 63 for at in range(total + fill - 6, -1, -6)]
    return vdm("".join(chr(SEXTETS.index(code)) for code in codes), fill)


def test_an_addressee_of_a_binary_message_has_two_spare_bits_behind_it() -> None:
    """M.1371-5 table 83: the application identifier begins at bit 72. pyais reads it at 70 (docs/decoding.md)."""
    fields = ((38, 2, 0b11), (40, 30, 412_000_001), (72, 10, 1), (82, 6, 16), (88, 8, 0xAB))
    m = message(bits(25, *fields, total=96))
    assert (m["to_mmsi"], m["dac"], m["fi"], m["data"]) == (412_000_001, 1, 16, "ab")


@pytest.mark.parametrize(("kind", "at"), [(6, 88), (8, 56)])
@pytest.mark.parametrize(("fi", "skipped"), [(0, 12), (29, 10), (30, 10)])
def test_a_text_for_people_in_a_binary_message_is_read(kind: int, at: int, fi: int, skipped: int) -> None:
    """The text telegram of M.1371-5 and the text descriptions of Circ.289; the bits stay as they were sent."""
    said = [(at + skipped + 6 * n, 6, ord(char) & 63) for n, char in enumerate("NO ENTRY@Q")]
    m = message(bits(kind, (at - 16, 10, 1), (at - 6, 6, fi), *said, total=at + 80))
    assert m["text"] == "NO ENTRY" and len(m["data"]) == 20


def test_an_order_to_two_stations_names_them_and_no_area() -> None:
    m = message(bits(22, (40, 12, 2087), (69, 30, 412_000_001), (104, 30, 412_000_002), (139, 1, 1), total=168))
    assert m["to_mmsis"] == [412_000_001, 412_000_002] and "ne_lon" not in m


def test_slots_are_assigned_or_a_rate() -> None:
    slots = ((40, 30, 412_000_001), (70, 12, 300), (82, 10, 75), (92, 30, 412_000_002), (122, 12, 120))
    assert message(bits(16, *slots, total=144))["assigns"] == [
        {"mmsi": 412_000_001, "slot_offset": 300, "slot_increment": 75},
        {"mmsi": 412_000_002, "reports_in_10_min": 120},
    ]


def test_two_stations_are_asked() -> None:
    asks = (
        (40, 30, 412_000_001),
        (70, 6, 3),
        (76, 12, 57),
        (90, 6, 5),
        (96, 12, 516),
        (110, 30, 412_000_002),
        (140, 6, 3),
    )
    assert message(bits(15, *asks, total=160))["interrogates"] == [
        {"mmsi": 412_000_001, "asks": [{"type": 3, "slot_offset": 57}, {"type": 5, "slot_offset": 516}]},
        {"mmsi": 412_000_002, "asks": [{"type": 3, "slot_offset": 0}]},
    ]


def test_an_auxiliary_craft_names_her_mother_ship() -> None:
    m = message(report(24, mmsi=982_412_345, partno=1, mothership_mmsi=412_345_678))
    assert m["mother_ship_mmsi"] == 412_345_678 and "to_bow_m" not in m


def test_status_undefined_is_said_only_of_a_device_under_test() -> None:
    said = [message(report(1, mmsi=mmsi, status=15, lon=122, lat=30)) for mmsi in (412_345_678, 970_012_345)]
    assert [m.get("nav_status") for m in said] == [None, 15]


def test_applications_without_a_table_here_are_as_pyais_reads_them() -> None:
    """Under a key that says so, for nothing in them is normalised; weather has a table and is not said twice."""
    inland = message(b"!AIVDM,1,1,,B,83aDChPj2d<dL<uM=hhhI?a@6HP0,0*40")
    assert inland["as_pyais"] | {"vin": "02103547", "length": 39.0, "beam": 5.0} == inland["as_pyais"]
    assert not {"mmsi", "dac", "fid", "data", "spare_1"} & inland["as_pyais"].keys()
    weather = message(b"!BSVDM,1,1,,B,8h2=Vg@0Gh0qNiN>fQB0AhulnR06EuOwgwl?wnSwe7wvlOwwsAwwnSGmwvh0,0*2E")
    assert "weather" in weather and "as_pyais" not in weather
