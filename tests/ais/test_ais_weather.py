"""Weather from binary messages: in people's units, and silence about what a station did not measure."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais.stream import IterMessages

from ais.ais_builders import FIXTURES, T0, chunk, content, lines, message, receiver, vdm
from fengqiao.ais.weather import CIRC_236, CIRC_289, CIRCULARS, VALUES, Circular, observed_ms

# fixtures/ais/methydro_msg8.nmea: a river station of London, 10th of the month 08:01, wind and nothing else.
LONDON = b"!BSVDM,1,1,,B,8h2=Vg@0Gh0qNiN>fQB0AhulnR06EuOwgwl?wnSwe7wvlOwwsAwwnSGmwvh0,0*2E"
CIRCULAR_OF = pytest.mark.parametrize("circular", [CIRC_236, CIRC_289], ids=["236", "289"])
# What pyais calls them.
PYAIS = {
    "wind_kn": "wspeed", "gust_kn": "wgust", "wind_deg": "wdir", "gust_deg": "wgustdir", "air_temp_c": "airtemp",
    "humidity_pct": "humidity", "dew_point_c": "dewpoint", "pressure_hpa": "pressure",
    "pressure_trend": "pressuretend", "visibility_nm": "visibility", "water_level_m": "waterlevel",
    "water_level_trend": "leveltrend", "current_kn": "cspeed", "current_deg": "cdir", "current_2_kn": "cspeed2",
    "current_2_deg": "cdir2", "current_2_depth_m": "cdepth2", "current_3_kn": "cspeed3", "current_3_deg": "cdir3",
    "current_3_depth_m": "cdepth3", "wave_height_m": "waveheight", "wave_period_s": "waveperiod",
    "wave_deg": "wavedir", "swell_height_m": "swellheight", "swell_period_s": "swellperiod",
    "swell_deg": "swelldir", "sea_state": "seastate", "water_temp_c": "watertemp", "precipitation": "preciptype",
    "salinity_ppt": "salinity", "ice": "ice",
}  # fmt: skip
# "Not available" of every field of Circ.289, as raw bits.
NOT_AVAILABLE = {
    "wind_kn": 127, "gust_kn": 127, "wind_deg": 360, "gust_deg": 360, "air_temp_c": 1024, "humidity_pct": 101,
    "dew_point_c": 501, "pressure_hpa": 511, "pressure_trend": 3, "visibility_nm": 127, "water_level_m": 4001,
    "water_level_trend": 3, "current_kn": 255, "current_deg": 360, "current_2_kn": 255, "current_2_deg": 360,
    "current_2_depth_m": 31, "current_3_kn": 255, "current_3_deg": 360, "current_3_depth_m": 31,
    "wave_height_m": 255, "wave_period_s": 63, "wave_deg": 360, "swell_height_m": 255, "swell_period_s": 63,
    "swell_deg": 360, "sea_state": 13, "water_temp_c": 501, "precipitation": 7, "salinity_ppt": 510, "ice": 3,
}  # fmt: skip


def seen(*sentences: bytes, at_ms: int = T0) -> list[dict[str, Any]]:
    """Observations as dicts of what is given."""
    table = receiver().decode([chunk(lines(*sentences), at_ms)]).observations
    columns = zip(*(getattr(table, name).tolist() for name in table.names()), strict=True)
    rows = (dict(zip(table.names(), row, strict=True)) for row in columns)
    return [{k: v for k, v in row.items() if k not in VALUES or not (v == VALUES[k] or math.isnan(v))} for row in rows]


def blank(circular: Circular) -> dict[str, int]:
    """Raw bits of every field that say nothing: all ones in the older circular."""
    if circular is CIRC_289:
        return NOT_AVAILABLE
    return {name: (1 << each.width) - 1 for name, each in circular.fields.items()}


def observed(
    circular: Circular,
    bits_more: int = 0,
    lon: int = 122 * 60_000,
    **raw: int,
) -> bytes:
    """A sentence of a station at 122 E 30 N whose fields have these raw bits, and are not available otherwise."""
    fi = 11 if circular is CIRC_236 else 31
    total = (352 if fi == 11 else 360) + bits_more
    fields: list[tuple[int, int, int]] = [(0, 6, 8), (8, 30, 4_121_001), (40, 10, 1), (50, 6, fi)]
    fields += [(circular.lon.bit, 25, lon), (circular.lat.bit, 24, 30 * 60_000)]
    fields += [(circular.day_at + 5, 5, 24), (circular.day_at + 10, 6, 60)]  # no time
    said = {**blank(circular), **raw}
    fields += [(each.bit, each.width, said[n]) for n, each in circular.fields.items() if n in said]
    number = sum((value & ((1 << width) - 1)) << (total - bit - width) for bit, width, value in fields)
    fill = -total % 6
    number <<= fill
    codes = [number >> at & 63 for at in range(total + fill - 6, -1, -6)]
    return vdm("".join(chr(code + 48 + (8 if code > 39 else 0)) for code in codes), fill)


def test_a_station_that_measures_wind_says_wind_and_no_more() -> None:
    """Twenty-eight fields of this message say "not available": none of them is in the answer."""
    (row,) = seen(LONDON)
    assert row == {
        "line": 0, "feed": 0, "ref_ms": T0, "at_ms": 1_757_491_260_000, "mmsi": 2_320_061,
        "lon_deg": 0.4905, "lat_deg": pytest.approx(51.4622), "wind_kn": 14.0, "gust_kn": 15.0, "wind_deg": 233.0,
    }  # fmt: skip


def test_weather_in_json() -> None:
    m = message(LONDON)
    assert (m["type"], m["mmsi"], m["dac"], m["fi"]) == (8, 2_320_061, 1, 31)
    assert m["weather"] == {
        "at": "2025-09-10T08:01:00.000Z", "lon": 0.4905, "lat": 51.4622, "wind_kn": 14.0, "gust_kn": 15.0,
        "wind_deg": 233.0,
    }  # fmt: skip
    assert "wspeed" not in m and "wind_kn" not in m


def test_words_in_json() -> None:
    sentence = observed(CIRC_289, pressure_trend=1, water_level_trend=2, precipitation=1, ice=0, sea_state=6)
    said = message(sentence)["weather"]
    assert (said["pressure_trend"], said["water_level_trend"]) == ("falling", "rising")
    assert (said["precipitation"], said["ice"], said["sea_state"]) == ("rain", False, 6)


@CIRCULAR_OF
def test_a_message_that_says_nothing_is_no_observation(circular: Circular) -> None:
    assert seen(observed(circular)) == []


@CIRCULAR_OF
def test_fields_follow_each_other_without_a_gap(circular: Circular) -> None:
    """The table covers every bit from the wind to the ice once."""
    at = circular.day_at + 16
    for each in sorted(circular.fields.values(), key=lambda f: f.bit):
        assert each.bit == at
        at += each.width
    assert at == circular.bits_min


@CIRCULAR_OF
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_value_lies_outside_its_circular(circular: Circular, data: st.DataObject) -> None:
    """Whatever bits are sent, what comes out is in range or absent; every other field is left as it is."""
    name = data.draw(st.sampled_from(sorted(circular.fields)))
    each = circular.fields[name]
    raw = data.draw(st.integers(0, (1 << each.width) - 1))
    meant = raw - (1 << each.width) if each.is_signed and raw >> (each.width - 1) else raw
    rows = seen(observed(circular, **{name: raw}))
    said = [row[name] for row in rows if name in row]
    ok = each.least <= meant <= each.most and not (name == "pressure_hpa" and meant + each.add < 801)
    # How far the sensor sees is nothing to say where nothing is seen.
    assert said == ([(meant + each.add) / each.per] if ok and name != "visibility_beyond" else [])


@CIRCULAR_OF
@pytest.mark.parametrize(
    ("name", "raw"),
    [("air_temp_c", 1201), ("wind_kn", 127), ("gust_kn", 127), ("wind_deg", 511), ("sea_state", 13), ("ice", 2)],
)
def test_impossible_values_are_refused(circular: Circular, name: str, raw: int) -> None:
    """A reserved value, or the "not available" of the other circular, beside a field that is good."""
    (row,) = seen(observed(circular, **{"humidity_pct": 80, name: raw}))
    assert name not in row and row["humidity_pct"] == 80


def test_a_station_that_leaves_all_its_fields_zero_is_not_believed() -> None:
    """gpsd's sample of an Estonian station: -60 degrees, 800 hPa and a calm that nobody measured."""
    zero = dict.fromkeys(CIRC_236.fields, 0)
    assert seen(observed(CIRC_236, **zero)) == []
    recorded = [sentence for theirs, sentence in _pyais() if theirs.mmsi == 2_766_080]
    assert recorded and seen(*recorded) == []


def test_another_layout_under_the_same_number_is_not_read() -> None:
    """360 bits under FI 11 are no Circ.236: a lock on the Ohio sends them, and waves of 12.7 m were read from it."""
    assert seen(observed(CIRC_236, bits_more=8, wind_kn=10)) == []
    assert len(seen(observed(CIRC_236, bits_more=2, wind_kn=10))) == 1


def test_seeing_farther_than_the_sensor() -> None:
    (row,) = seen(observed(CIRC_289, visibility_nm=11, visibility_beyond=1))
    assert (row["visibility_nm"], row["visibility_beyond"]) == (1.1, 1)


def test_a_station_without_a_place_has_none() -> None:
    (row,) = seen(observed(CIRC_289, lon=181 * 60_000, wind_kn=10))
    assert math.isnan(row["lon_deg"]) and math.isnan(row["lat_deg"]) and row["wind_kn"] == 10


@pytest.mark.parametrize(
    ("now", "at", "meant"),
    [
        ("2026-11-25T08:10", (25, 8, 1), "2026-11-25T08:01"),
        ("2026-11-01T00:03", (31, 23, 59), "2026-10-31T23:59"),
        ("2026-01-01T00:03", (31, 23, 59), "2025-12-31T23:59"),
        ("2024-03-01T00:03", (29, 23, 59), "2024-02-29T23:59"),
        ("2026-11-25T00:03", (0, 23, 59), "2026-11-24T23:59"),
        ("2026-11-25T08:10", (25, 8, 15), "2026-11-25T08:15"),  # a clock that is five minutes fast
        ("2026-11-25T08:10", (25, 16, 10), "2026-11-25T08:10"),  # one that says Beijing time
        ("2026-11-25T08:10", (25, 24, 10), "2026-11-25T08:10"),
        ("2026-11-25T08:10", (25, 8, 60), "2026-11-25T08:10"),
        ("2026-11-25T08:10", (25, 31, 63), "2026-11-25T08:10"),
    ],
)
def test_when_it_was_observed(now: str, at: tuple[int, int, int], meant: str) -> None:
    """Day, hour and minute name the nearest such instant, over the ends of months and years."""
    ref = np.array([round(datetime.fromisoformat(f"{now}Z").timestamp() * 1000)])
    got = observed_ms(ref, *(np.array([value]) for value in at))
    assert datetime.fromtimestamp(int(got[0]) / 1000, UTC).isoformat()[:16] == meant


@given(st.integers(0, 4_000_000_000_000), st.integers(0, 31), st.integers(0, 31), st.integers(0, 63))
@settings(max_examples=200, deadline=None)
def test_an_observation_is_never_ahead_nor_older_than_a_month(ref: int, day: int, hour: int, minute: int) -> None:
    (at,) = observed_ms(np.array([ref]), np.array([day]), np.array([hour]), np.array([minute]))
    assert ref - 32 * 86_400_000 <= at <= ref + 600_000


def test_every_recorded_station_says_what_the_other_decoder_reads() -> None:
    """Field by field as pyais, where pyais' value is in the circular's range; what we leave out is out of it."""
    compared = 0
    for theirs, sentence in _pyais():
        fields = CIRCULARS[theirs.fid].fields
        for ours in seen(sentence):
            for name, raw in PYAIS.items():
                value = getattr(theirs, raw)
                if value is None:
                    continue
                each = fields[name]
                low, high = ((end + each.add) / each.per for end in (each.least, each.most))
                expected = value if low - 1e-9 <= value <= high + 1e-9 else None
                assert ours.get(name) == pytest.approx(expected), (name, theirs)
                compared += 1
            assert (ours["lon_deg"], ours["lat_deg"]) == pytest.approx((theirs.lon, theirs.lat), abs=1e-6)
    assert compared > 500


def test_spare_bits_may_be_left_off() -> None:
    """58 characters hold 348 of its 352 bits: so station 992351018 sends them, and all its fields are there."""
    whole = observed(CIRC_236, wind_kn=5, ice=1)
    (row,) = seen(vdm(whole.split(b",")[5].decode()[:58]))
    assert (row["wind_kn"], row["ice"]) == (5, 1)
    assert seen(vdm(whole.split(b",")[5].decode()[:57])) == []


def _pyais() -> Iterator[tuple[Any, bytes]]:
    """Recorded observations as pyais reads them, and each as one sentence."""
    text = [line for line in content(FIXTURES / "methydro_msg8.nmea").splitlines() if line[:1] == b"!"]
    for said in IterMessages(text):
        theirs: Any = said.decode()
        if theirs.msg_type == 8 and theirs.dac == 1 and theirs.fid in CIRCULARS:
            yield theirs, vdm(said.payload.decode(), said.fill_bits)
