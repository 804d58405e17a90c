"""The sun's height against others' reckonings of it."""

from datetime import datetime

import pytest

from fengqiao.sun import CIVIL_TWILIGHT_DEG, SUNRISE_DEG, elevation_deg

MINUTE_MS = 60_000
BAY = (122.45, 30.05)


def ms(said: str) -> int:
    return round(datetime.fromisoformat(said).timestamp() * 1000)


def test_the_worked_example_of_the_solar_position_algorithm() -> None:
    """Reda and Andreas, NREL/TP-560-34302, table A5.1: e0 = 39.872046 degrees, seen from Golden, Colorado."""
    at = ms("2003-10-17T12:30:30-07:00")
    assert elevation_deg(at, -105.1786, 39.742476) == pytest.approx(39.872046, abs=0.02)


@pytest.mark.parametrize(
    ("at", "height"),
    [
        ("2025-06-21T04:49:29+08:00", SUNRISE_DEG),
        ("2025-06-21T18:54:29+08:00", SUNRISE_DEG),
        ("2025-06-21T19:21:58+08:00", CIVIL_TWILIGHT_DEG),
        ("2025-12-21T06:41:53+08:00", SUNRISE_DEG),
        ("2025-12-21T16:54:32+08:00", SUNRISE_DEG),
        ("2025-12-21T17:20:56+08:00", CIVIL_TWILIGHT_DEG),
        ("2025-03-20T05:54:19+08:00", SUNRISE_DEG),
        ("2025-09-23T17:45:47+08:00", SUNRISE_DEG),
        ("2026-11-25T06:23:17+08:00", SUNRISE_DEG),
    ],
)
def test_sunrise_sunset_and_twilight_over_the_bay(at: str, height: float) -> None:
    """Moments by the full planetary theory VSOP87 (PyEphem 4, centre of the sun, no refraction): within a
    fiftieth of a degree, six seconds of its way."""
    assert elevation_deg(ms(at), *BAY) == pytest.approx(height, abs=0.02)


def test_a_minute_before_sunrise_the_sun_is_not_up() -> None:
    sunrise = ms("2025-06-21T04:49:29+08:00")
    assert elevation_deg(sunrise - MINUTE_MS, *BAY) < SUNRISE_DEG < elevation_deg(sunrise + MINUTE_MS, *BAY)


def test_noon_in_the_bay_on_the_longest_day() -> None:
    """Latitude 30.05 and declination 23.44: six and a half degrees off the zenith."""
    heights = [elevation_deg(ms("2025-06-21T11:00:00+08:00") + k * MINUTE_MS, *BAY) for k in range(120)]
    assert max(heights) == pytest.approx(90 - 30.05 + 23.44, abs=0.02)


def test_beyond_the_polar_circle_the_sun_stays_up() -> None:
    assert all(elevation_deg(ms("2025-06-21T00:00:00+00:00") + k * 60 * MINUTE_MS, 20.0, 70.0) > 0 for k in range(24))
