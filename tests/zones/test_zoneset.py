"""Questions asked of all zones at once, against the same questions asked one by one."""

import json
import pickle
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from pyproj import Geod

from fengqiao.words.resources import shipped
from fengqiao.zones.load import load_zones
from fengqiao.zones.zoneset import ZoneSet

GEOD = Geod(ellps="WGS84")
JULY_2025_MS = 1_752_000_000_000


@pytest.fixture(scope="module")
def zones() -> ZoneSet:
    folder = shipped("charts", "zones")
    return load_zones({p.name: p.read_bytes() for p in folder.iterdir() if p.name.endswith(".geojson")})


def scattered(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Points strewn evenly (Kronecker sequence), half over all charts and beyond, half around Zhoushan."""
    i = np.arange(n)
    x, y = (i * 0.754877666) % 1.0, (i * 0.569840296) % 1.0
    wide = i % 2 == 0
    return np.where(wide, 117.0 + x * 12.0, 122.0 + x), np.where(wide, 26.0 + y * 10.0, 29.5 + y)


def test_only_waters_whose_entry_matters_are_watched(zones: ZoneSet) -> None:
    """Watched are the area zones that ask for a notice or more, in id order."""
    assert [z.zone_id for z in zones.watched] == [
        "fishing-area-a-ecs",
        "hairtail-core",
        "moratorium-35-2630",
        "mzw-2018-188",
        "zht-2020-0097",
        "zht-2020-0098",
    ]


def test_contains_agrees_with_asking_one_by_one(zones: ZoneSet) -> None:
    """The vectorised answer is that of every polygon for every point."""
    lon, lat = scattered(4000)
    points = shapely.points(lon, lat)
    one_by_one = np.column_stack([shapely.contains(z.geometry, points) for z in zones.watched])
    assert one_by_one.any(axis=0).all()
    assert (zones.contains(lon, lat) == one_by_one).all()


def test_an_unknown_position_is_nowhere(zones: ZoneSet) -> None:
    """NaN is in no zone, beyond no border and at no harbour."""
    lon, lat = np.array([np.nan, 122.5, np.nan]), np.array([30.0, np.nan, np.nan])
    assert not zones.contains(lon, lat).any()
    assert not zones.beyond(lon, lat).any()
    assert not zones.near_harbour(lon, lat).any()
    assert not zones.at_shelter(lon, lat).any()


def outside_points(zones: ZoneSet) -> Iterator[tuple[int, float, float, float]]:
    """Zone number, a point outside that zone's border, and its true distance in metres by the geodesic."""
    for k, zone in enumerate(zones.watched):
        border = shapely.boundary(zone.geometry)
        for share in np.linspace(0.03, 0.97, 8):
            x, y = shapely.get_coordinates(shapely.line_interpolate_point(border, share, normalized=True))[0]
            for azimuth, away_m in ((20.0, 30.0), (140.0, 90.0), (260.0, 700.0)):
                lon, lat, _ = GEOD.fwd(x, y, azimuth, away_m)
                if shapely.contains_xy(zone.geometry, lon, lat):
                    continue
                near = shapely.segmentize(
                    shapely.clip_by_rect(border, lon - 0.02, lat - 0.02, lon + 0.02, lat + 0.02), 4e-5
                )
                edge = shapely.get_coordinates(near)
                _, _, metres = GEOD.inv(np.full(len(edge), lon), np.full(len(edge), lat), edge[:, 0], edge[:, 1])
                if metres.min() > 5.0:  # not along the border
                    yield k, lon, lat, float(metres.min())


def test_the_hysteresis_distance_is_the_geodesic_one(zones: ZoneSet) -> None:
    """Along every border, near and far from the meridian of the plane, ``beyond`` switches within 1 m of the truth."""
    cases = list(outside_points(zones))
    assert {k for k, *_ in cases} == set(range(len(zones.watched)))
    for k, lon, lat, metres in cases:
        x, y = np.array([lon]), np.array([lat])
        assert zones.beyond(x, y, metres - 1.0)[0, k], (zones.watched[k].zone_id, lon, lat)
        assert not zones.beyond(x, y, metres + 1.0)[0, k], (zones.watched[k].zone_id, lon, lat)


def test_beyond_uses_each_zones_own_band(zones: ZoneSet) -> None:
    """Without a distance a vessel must be ``out_m`` outside; inside is never beyond, far away always."""
    k = [z.zone_id for z in zones.watched].index("moratorium-35-2630")
    lon, lat = np.array([123.0, 123.0, 123.0, 123.0]), np.array([34.0, 35.0 + 3e-4, 35.0 + 6e-4, 38.0])
    assert zones.beyond(lon, lat)[:, k].tolist() == [False, False, True, True]


def test_the_long_border_follows_the_parallel(zones: ZoneSet) -> None:
    """Half way along 1,000 km of the parallel 35°N the border is at 35°N, on the plane too."""
    k = [z.zone_id for z in zones.watched].index("moratorium-35-2630")
    on_it = zones.beyond(np.array([119.0, 123.25, 127.5]), np.full(3, 35.00001), 3.0)[:, k]
    assert not on_it.any()


def test_a_place_tells_its_zones_with_distance_and_cell(zones: ZoneSet) -> None:
    """July 2025 off Langgang: inside the trawl line and the moratorium, cell 177-9; no notice of other years."""
    hits = {h.zone.zone_id: h for h in zones.at(122.9, 30.55, JULY_2025_MS)}
    assert {"moratorium-35-2630", "fishing-area-a-ecs", "ground-zhoushan"} <= set(hits)
    assert hits["grid-177"].detail == "177-9"
    assert hits["moratorium-35-2630"].inside and not hits["moratorium-35-2630"].near_border
    assert 380_000 < hits["moratorium-35-2630"].distance_to_border_m < 500_000
    assert not {"zht-2020-0097", "mzw-2018-188"} & set(hits)


def test_near_a_border_the_side_is_not_claimed(zones: ZoneSet) -> None:
    """Within a zone's uncertainty, inside or outside, the hit says near border; further out there is no hit."""

    def trawl(lon: float) -> list[tuple[bool, bool]]:
        hits = zones.at(lon, 29.0, JULY_2025_MS)
        return [(h.inside, h.near_border) for h in hits if h.zone.zone_id == "fishing-area-a-ecs"]

    assert trawl(122.74) == [(True, True)]
    assert trawl(122.76) == [(False, True)]
    assert trawl(122.78) == []


def test_harbours_and_shelters(zones: ZoneSet) -> None:
    """沈家门 quay is in harbour and sheltered; 马峙 anchorage is shelter but no harbour; the open sea is neither."""
    lon, lat = np.array([122.30, 122.215, 122.155, 123.5]), np.array([29.945, 29.972, 29.935, 30.0])
    assert zones.near_harbour(lon, lat).tolist() == [True, True, False, False]  # the second: in the basin, off the port
    assert zones.at_shelter(lon, lat).tolist() == [True, True, True, False]
    assert len(zones.harbours.lon) == 17
    assert zones.harbours.radius_m.min() == 2000.0


def test_a_zone_set_travels_by_pickle(zones: ZoneSet) -> None:
    """After pickling it gives the same answers under the same revision."""
    twin = pickle.loads(pickle.dumps(zones))
    lon, lat = scattered(200)
    assert twin.revision == zones.revision
    assert (twin.contains(lon, lat) == zones.contains(lon, lat)).all()
    assert (twin.beyond(lon, lat) == zones.beyond(lon, lat)).all()


def test_no_zones_at_all_is_an_answer() -> None:
    """An empty set watches nothing and answers every question with no."""
    empty = ZoneSet()
    lon, lat = np.array([122.0]), np.array([30.0])
    assert empty.contains(lon, lat).shape == empty.beyond(lon, lat).shape == (1, 0)
    assert not empty.at_shelter(lon, lat).any()
    assert empty.at(122.0, 30.0, JULY_2025_MS) == []
    assert load_zones({"none": json.dumps({"features": []})}).zones == ()
