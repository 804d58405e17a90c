"""Closest approach on the globe: held against both vessels sailed along their loxodromes, measured by geodesic."""

import numpy as np
import pytest
from pyproj import Geod

from fengqiao import nav
from fengqiao.nav import F64

WGS84 = Geod(ellps="WGS84")
E = float(np.sqrt(nav.WGS84_E2))
Motion = tuple[F64, F64, F64, F64]


def sailed(motion: Motion, t_s: F64) -> tuple[F64, F64]:
    """Where a steady course leads: along the meridian by geodesic, across it by isometric latitude."""
    lon, lat, sog_kn, cog_deg = motion
    run, course = sog_kn * nav.KN_M_S * t_s, np.radians(cog_deg)
    there = WGS84.fwd(lon, lat, np.zeros_like(lon), run * np.cos(course))[1]
    a, b = np.radians(lat), np.radians(there)
    climbed = (
        np.arcsinh(np.tan(b)) - np.arcsinh(np.tan(a)) - E * (np.arctanh(E * np.sin(b)) - np.arctanh(E * np.sin(a)))
    )
    return lon + np.degrees(np.tan(course) * climbed), there


def encounters(lon_deg: float, lat_deg: float, range_nm: float, n: int = 400) -> tuple[Motion, Motion, nav.Approach]:
    """Pairs so far apart that close within forty minutes."""
    dice = np.random.default_rng(7)
    lon0, lat0 = np.full(n, lon_deg), np.full(n, lat_deg)
    lon1, lat1, _ = WGS84.fwd(lon0, lat0, dice.uniform(0.0, 360.0, n), np.full(n, range_nm * nav.NM_M))
    sog, cog = dice.uniform(1.0, 25.0, (2, n)), dice.uniform(0.0, 360.0, (2, n))
    met = nav.closest_approach(lon0, lat0, sog[0], cog[0], lon1, lat1, sog[1], cog[1])
    keep = (met.tcpa_s > 0.0) & (met.tcpa_s < 2_400.0)
    one = lon0[keep], lat0[keep], sog[0][keep], cog[0][keep]
    other = lon1[keep], lat1[keep], sog[1][keep], cog[1][keep]
    return one, other, nav.closest_approach(*one, *other)


@pytest.mark.parametrize(("lon_deg", "lat_deg"), [(122.5, 30.0), (179.98, 30.0), (-179.98, -30.0), (10.0, 65.0)])
def test_as_near_as_on_the_ellipsoid(lon_deg: float, lat_deg: float) -> None:
    """At 6 nm the miss distance is right to 3 m, and no instant around is nearer by more: date line and north too."""
    one, other, met = encounters(lon_deg, lat_deg, 6.0)
    apart_m = [WGS84.inv(*sailed(one, met.tcpa_s + s), *sailed(other, met.tcpa_s + s))[2] for s in range(-60, 61, 5)]
    assert np.abs(np.min(apart_m, axis=0) - met.dcpa_m).max() < 3.0
    assert np.abs(apart_m[12] - met.dcpa_m).max() < 3.0


def test_who_is_named_first_does_not_matter() -> None:
    one, other, met = encounters(122.5, 30.0, 6.0)
    swapped = nav.closest_approach(*other, *one)
    assert np.allclose(swapped.dcpa_m, met.dcpa_m, rtol=0.0, atol=1e-6)
    assert np.allclose(swapped.tcpa_s, met.tcpa_s, rtol=0.0, atol=1e-6)
