"""Where the sun stands: enough to tell day, dusk and night apart, not for navigation. Pure arithmetic."""

import math

EPOCH_MS = 946_728_000_000  # 2000-01-01 12:00 UT, from which the formulas count days
DAY_MS = 86_400_000
SUNRISE_DEG = -0.833  # of the centre: half the sun's width (16') and refraction at the horizon (34') lift its edge
CIVIL_TWILIGHT_DEG = -6.0  # below it the horizon is lost and work outdoors needs lamps


def elevation_deg(at_ms: int, lon_deg: float, lat_deg: float) -> float:
    """The height of the sun's centre over the horizon, without refraction, at a Unix time and a WGS84 position.

    Low-precision formulas for the Sun of the Astronomical Almanac (section C of its yearly editions): mean longitude L
    and anomaly g, ecliptic longitude, obliquity; Greenwich mean sidereal time to first order from the same epoch. The
    sun's place is good to 0.01 degree between 1950 and 2050, the height to 0.02 (parallax, UT1 and the like left out):
    a sunrise is right within ten seconds on a free horizon, and refraction alone varies by more.
    """
    n = (at_ms - EPOCH_MS) / DAY_MS
    mean_deg = 280.460 + 0.985_647_4 * n
    g = math.radians(357.528 + 0.985_600_3 * n)
    ecliptic = math.radians(mean_deg + 1.915 * math.sin(g) + 0.020 * math.sin(2 * g))
    obliquity = math.radians(23.439 - 0.000_000_4 * n)
    right_ascension = math.atan2(math.cos(obliquity) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(obliquity) * math.sin(ecliptic))
    sidereal_deg = 280.460_62 + 360.985_647_37 * n
    hour_angle = math.radians(sidereal_deg + lon_deg) - right_ascension
    lat = math.radians(lat_deg)
    sine = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))
