"""What a number says of its bearer, by ITU-R M.585 and the MIDs of the ITU."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais.constants import COUNTRY_MAPPING

from fengqiao import words
from fengqiao.app.decoding import decode_file
from fengqiao.fleet.identity import kind_of_number
from fengqiao.fleet.mid import COUNTRY_BY_MID
from fengqiao.fleet.stations import MIDS, StationClass, station_of
from fengqiao.fleet.vessels import Kind

AIS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ais"

# Where pyais has another code: it calls the French Antarctic lands and Ascension otherwise, and the Falklands "UK".
OTHERWISE = {501: "AQ", 608: "IO", 618: "AQ", 635: "AQ", 740: "UK"}


@pytest.mark.parametrize(
    ("mmsi", "station", "code"),
    [
        (412_000_001, "ship", "CN"),
        (413_000_001, "ship", "CN"),
        (416_000_001, "ship", "TW"),
        (477_000_001, "ship", "HK"),
        (41_200_001, "group", "CN"),  # 041200001
        (4_121_000, "coast", "CN"),  # 004121000
        (111_412_101, "sar_aircraft", "CN"),
        (841_200_001, "handheld", "CN"),
        (984_120_001, "craft", "CN"),
        (994_121_001, "aton_physical", "CN"),
        (994_126_001, "aton_virtual", "CN"),
        (994_128_001, "aton_mobile", "CN"),
        (994_129_001, "aton", "CN"),
        (970_012_345, "sart", None),
        (972_012_345, "mob", None),
        (974_012_345, "epirb", None),
        (979_012_345, "amrd", None),
        (260_000_001, "ship", None),  # a MID nobody has been given
        (900_000_001, "unassigned", None),
        (123_456_789, "unassigned", None),
        (1_000_000_001, "unassigned", None),
        (0, "unassigned", None),
    ],
)
def test_class_and_country_of_a_number(mmsi: int, station: str, code: str | None) -> None:
    told = station_of(mmsi)
    assert (told.station.value, told.country.code if told.country else None) == (station, code)


def test_every_mid_has_the_country_that_another_table_gives_it() -> None:
    """All of pyais' table but five codes that it writes otherwise; ours has Timor-Leste and South Sudan besides."""
    theirs = {mid: code for mid, (code, _) in COUNTRY_MAPPING.items()}
    ours = {mid: OTHERWISE.get(mid, country.code) for mid, country in COUNTRY_BY_MID.items()}
    assert {mid: ours.get(mid) for mid in theirs} == theirs
    assert set(ours) - set(theirs) == {550, 638}
    assert set(ours) <= set(MIDS)


@given(st.integers(-10, 2**30 + 10))
def test_any_number_has_a_class_with_a_name_in_both_languages(mmsi: int) -> None:
    told = station_of(mmsi)
    for lang in words.LANGUAGES:
        assert f"station.{told.station}" in words.catalogue(lang)
        assert told.country is None or told.country.name(lang)


@given(st.integers(1, 999_999_999))
def test_the_class_of_a_number_and_what_the_fleet_makes_of_it_agree(mmsi: int) -> None:
    """A device of distress is never an unassigned number, nor a ship a buoy by its number alone."""
    kind, station = kind_of_number(mmsi), station_of(mmsi).station
    by_kind = {Kind.SART: StationClass.SART, Kind.MOB: StationClass.MOB, Kind.EPIRB: StationClass.EPIRB}
    assert by_kind.get(kind, station) is station
    assert station is not StationClass.SHIP or kind is Kind.SHIP


@pytest.mark.skipif(not AIS.is_dir(), reason="shared recordings are not here")
def test_stations_of_a_national_recording_are_whose_they_should_be() -> None:
    """Danish receivers: hardly a ship without a country, base stations and aids are Denmark's and its neighbours'."""
    told = {m["mmsi"]: m for m in decode_file(str(AIS / "denmark_20131112.tag.nmea")).messages}
    stations = Counter(m["station"] for m in told.values())
    nameless = [mmsi for mmsi, m in told.items() if m["station"] == "ship" and "country" not in m]
    coasts = {m.get("country") for m in told.values() if m["station"] in ("coast", "aton_physical")}
    assert stations["ship"] > 1_000
    assert len(nameless) < 0.01 * stations["ship"]
    assert coasts <= {"DK", "SE", "DE", "PL", "NO", None}
