"""``decode --json``: people's units, exact positions, and silence about what was not said."""

import json
from pathlib import Path

import pytest

from ais.ais_builders import (
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

A = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"  # gpsd's first sample


def test_a_position_report_in_full() -> None:
    m = receiver().messages([chunk(lines(tag("s:harbour,c:1757993400") + A))])
    assert m == [
        {
            "type": 1, "mmsi": 371798000, "at": "2025-09-16T03:29:33.000Z", "lon": -123.3953833, "lat": 48.3816333,
            "sog_kn": 12.3, "cog_deg": 224.0, "heading_deg": 215, "nav_status": 0, "repeat": 0, "accuracy": True,
            "second": 33, "maneuver": 0, "raim": False, "feed": "f", "source": "harbour",
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
    assert (m["dac"], m["fid"], m["data"]) == (366, 56, "3a53ff00")


def test_a_beacon_is_where_it_stands() -> None:
    """Type 17 in degrees, west and south negative: gpsd's sample stands at 59.987 N 29.130 E."""
    payload = "A02VqLPA4I6C07h5Ed1h<OrsuBTTwS?r:C?w`?la<gno1RTRwSP9:BcurA8a:Oko02TSwu8<:Jbb"
    m = message(vdm(payload))
    assert (m["lon"], m["lat"]) == (29.13, 59.9866667)


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
