"""What stations said last: the newest of each, at its own time, and the nearest of them."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import T0, batch
from fengqiao.model.inputs import Tick
from fengqiao.model.reports import NO_CODE, Observations, ReportBatch
from fengqiao.situation import Surroundings
from fengqiao.store import checkpoint
from fengqiao.watch import Watch
from fengqiao.weather import Stations, nearest
from fengqiao.weather.observed import FORGET_MS, STATIONS_MAX
from fengqiao.zones.zoneset import ZoneSet

SHENGSI, LANGGANG = (122.45, 30.72), (122.93, 30.43)
BASE = 4_121_001


def said(minute: float, place: tuple[float, float] = SHENGSI, mmsi: int = BASE, **values: float) -> dict[str, Any]:
    return {"at_ms": T0 + round(minute * 60_000), "mmsi": mmsi, "lon_deg": place[0], "lat_deg": place[1], **values}


def table(*rows: dict[str, Any]) -> Observations:
    columns: dict[str, Any] = {}
    for name, dtype in Observations.dtypes().items():
        blank = {"f": np.nan, "i": NO_CODE}[dtype.kind]
        columns[name] = np.array([row.get(name, blank) for row in rows], dtype)
    return Observations(**columns)


def heard(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    stations = Stations()
    stations.fold(table(*rows))
    return [station.as_json() for station in stations]


def test_a_station_is_what_it_said_last() -> None:
    (one,) = heard(said(0, wind_kn=10, gust_kn=14), said(10, wind_kn=18, gust_kn=25))
    assert one == {
        "mmsi": BASE, "at_ms": T0 + 600_000, "lon_deg": 122.45, "lat_deg": 30.72, "wind_kn": 18.0, "gust_kn": 25.0,
    }  # fmt: skip


def test_what_comes_late_takes_nothing_back() -> None:
    (one,) = heard(said(10, wind_kn=18), said(0, wind_kn=10))
    assert one["wind_kn"] == 18


def test_wind_and_water_told_apart_are_both_kept_each_with_its_time() -> None:
    """A station that tells its level a minute after its wind has not stopped measuring the wind."""
    wind, water = heard(said(0, wind_kn=10), said(1, water_level_m=1.2))
    assert (wind["wind_kn"], wind["at_ms"]) == (10, T0)
    assert (water["water_level_m"], water["at_ms"]) == (1.2, T0 + 60_000)


def test_one_sender_speaks_for_many_stations() -> None:
    assert len(heard(said(0, wind_kn=10), said(0, LANGGANG, wind_kn=20))) == 2


def test_a_buoy_on_its_chain_is_one_station() -> None:
    (one,) = heard(said(0, wind_kn=10), said(5, (122.452, 30.721), wind_kn=12))
    assert one["wind_kn"] == 12


def test_weather_without_a_place_is_nobodys() -> None:
    assert heard(said(0, (np.nan, np.nan), wind_kn=10)) == []


def test_old_weather_is_forgotten() -> None:
    stations = Stations()
    stations.fold(table(said(0, wind_kn=10), said(10, LANGGANG, wind_kn=20)))
    stations.forget(T0 + FORGET_MS + 60_000)
    assert [s.lon_deg for s in stations] == [LANGGANG[0]] and len(stations) == 1


def test_forged_stations_do_not_grow_the_memory() -> None:
    stations = Stations()
    stations.fold(table(*(said(0, mmsi=BASE + n, wind_kn=1) for n in range(STATIONS_MAX + 7))))
    stations.fold(table(said(1, wind_kn=9)))
    assert (len(stations), stations.overflow) == (STATIONS_MAX, 7)
    assert next(iter(stations)).values["wind_kn"] == 9


ROWS = st.lists(
    st.builds(
        lambda minute, lon, name, value: said(minute, (lon, 30.0), **{name: value}),
        st.integers(0, 30),
        st.sampled_from([122.0, 122.004, 123.0]),
        st.sampled_from(["wind_kn", "gust_kn", "sea_state"]),
        st.integers(0, 12),
    ),
    max_size=12,
)


@given(ROWS, st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_how_the_stream_was_cut_makes_no_difference(rows: list[dict[str, Any]], cut: int) -> None:
    whole, parts = Stations(), Stations()
    whole.fold(table(*rows))
    parts.fold(table(*rows[:cut]))
    parts = pickle.loads(pickle.dumps(parts))
    parts.fold(table(*rows[cut:]))
    assert list(parts) == list(whole)
    assert len(whole) == len(list(whole))


def test_the_nearest_that_says_what_is_asked() -> None:
    """Langgang has no wave sensor: of the waves Shengsi tells, thirty miles off; of its wind the newest."""
    stations = heard(
        said(0, wind_kn=9), said(1, wave_height_m=1.5), said(0, LANGGANG, wind_kn=20), said(2, LANGGANG, wind_kn=22)
    )
    wind = nearest(stations, 122.9, 30.4, "wind_kn")
    wave = nearest(stations, 122.9, 30.4, "wave_height_m")
    assert wind and wave
    assert (wind[0]["wind_kn"], round(wind[1], 1)) == (22, 2.4)
    assert (wave[0]["wave_height_m"], round(wave[1])) == (1.5, 30)
    assert nearest(stations, 122.9, 30.4, "current_kn") is None


@pytest.mark.parametrize("place", [(122.0, 40.0), (0.0, 0.0)])
def test_weather_of_another_sea_is_not_the_nearest(place: tuple[float, float]) -> None:
    assert nearest(heard(said(0, wind_kn=9)), *place, "wind_kn") is None


def test_the_watch_keeps_stations_over_a_checkpoint_and_forgets_the_old(tmp_path: Path) -> None:
    around = Surroundings(ZoneSet((), "none"))
    first, second = Watch(("a",), around), Watch(("a",), around)
    first.step(_batch(said(0, wind_kn=10, pressure_trend=1)))
    checkpoint.save(tmp_path, 1, first.dump())
    second.load(checkpoint.load(tmp_path).state)
    for watch in (first, second):
        watch.step(_batch(said(5, LANGGANG, wind_kn=20)))
    told = [s.as_json() for s in second.stations]
    assert told == [s.as_json() for s in first.stations] and len(told) == 2
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    second.step(Tick((T0 + 2 * FORGET_MS) // 600_000 * 600_000))
    assert len(second.stations) == 0


def _batch(*rows: dict[str, Any]) -> ReportBatch:
    empty = batch()
    return ReportBatch(empty.feeds, empty.lines, empty.positions, empty.statics, empty.texts, table(*rows))
