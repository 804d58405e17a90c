"""Where every vessel is at the picture's instant, where she is going, and how sure both are."""

from dataclasses import dataclass

import numpy as np

from fengqiao import nav
from fengqiao.fleet.vessels import Vessels
from fengqiao.nav import F64
from fengqiao.rules.collision.params import Params
from fengqiao.rules.tracks import Flags, Rows, age_s
from fengqiao.situation.picture import Picture

TURN_DEG_MIN_MEASURED = 708.0  # ITU-R M.1371: +-126 is the fastest turn a sensor says; +-127 has no sensor
TURN_DEG_MIN_UNMEASURED = 10.0  # and means more than 5 degrees in 30 s


@dataclass(frozen=True, slots=True)
class Motion:
    """Every row at the picture's instant; NaN where course or speed is unknown, for unknown is never 0 kn."""

    lon: F64
    lat: F64
    sog_kn: F64
    cog_deg: F64
    still: Flags
    place_m: F64  # standard errors: of the place now,
    cog_error_deg: F64  # and of the course

    @classmethod
    def of(cls, picture: Picture, params: Params) -> "Motion":
        v = picture.vessels
        still = picture.stopped | (v.sog_kn < params.motion_kn_min)
        sog, cog = np.where(still, 0.0, v.sog_kn), np.where(still, 0.0, v.cog_deg)
        age = age_s(picture)
        turning_s = np.minimum(age, params.turn_s_max)
        turn = np.where(still, 0.0, turn_deg_min(v, params))
        lon, lat, cog = nav.dead_reckon_turning(v.lon_deg, v.lat_deg, sog, cog, turn, turning_s)
        lon, lat = nav.dead_reckon(lon, lat, sog, cog, age - turning_s)
        unseen = np.where(still, 0.0, np.minimum(params.unseen_turn_m_s2 * age**2 / 2.0, params.unseen_m_max))
        place = np.hypot(np.where(v.accurate, params.position_accurate_m, params.position_m), unseen)
        return cls(lon, lat, sog, cog, still, place, cog_error_deg(v, params))

    def pick(self, rows: Rows) -> tuple[F64, F64, F64, F64]:
        return self.lon[rows], self.lat[rows], self.sog_kn[rows], self.cog_deg[rows]

    @property
    def known(self) -> Flags:
        known: Flags = ~np.isnan(self.lon)
        return known


def turn_deg_min(v: Vessels, params: Params) -> F64:
    """Rates of turn worth reckoning with; 0 where unknown or too slow to be told from noise."""
    said = np.nan_to_num(v.rot_deg_min)
    turn = np.where(np.abs(said) > TURN_DEG_MIN_MEASURED + 1.0, np.sign(said) * TURN_DEG_MIN_UNMEASURED, said)
    return np.where(np.abs(turn) >= params.turn_deg_min_min, turn, 0.0)


def cog_error_deg(v: Vessels, params: Params) -> F64:
    """Circular standard deviation of the last courses in the ring (study §2a)."""
    cog, ms, sog = (r[:, -params.cog_fixes :] for r in (v.ring_cog, v.ring_ms, v.ring_sog))
    recent = (v.fix_ms[:, None] - ms) <= params.cog_window_s * 1000.0
    told = recent & np.isfinite(cog) & (sog >= params.motion_kn_min)
    n = told.sum(axis=1)
    turned = np.where(told, np.exp(1j * np.radians(np.nan_to_num(cog))), 0.0)
    length = np.clip(np.abs(turned.sum(axis=1)) / np.maximum(n, 1), 1e-9, 1.0)
    error = np.where(n >= 3, np.degrees(np.sqrt(-2.0 * np.log(length))), params.cog_error_deg)
    return np.clip(error, params.cog_error_deg_min, params.cog_error_deg_max)
