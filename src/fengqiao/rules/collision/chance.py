"""How likely a miss is smaller than a limit, given how well both motions are known (study §2a)."""

import numpy as np

from fengqiao import nav
from fengqiao.nav import F64
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Params
from fengqiao.rules.tracks import Rows


def miss_error_m(params: Params, motion: Motion, a: Rows, b: Rows, tcpa_s: F64) -> F64:
    """Standard error of the miss distance: sigma² = n'(Sp + t²Sv)n with n across the relative motion."""
    ax, ay = nav.velocity_m_s(motion.sog_kn[a], motion.cog_deg[a])
    bx, by = nav.velocity_m_s(motion.sog_kn[b], motion.cog_deg[b])
    wx, wy = bx - ax, by - ay
    w = np.maximum(np.hypot(wx, wy), nav.PARALLEL_M_S)
    nx, ny = -wy / w, wx / w
    speed2 = np.zeros(len(a))
    for rows, vx, vy in ((a, ax, ay), (b, bx, by)):
        drift = (vy * nx - vx * ny) * np.radians(motion.cog_error_deg[rows])  # a course error moves her sideways
        speed2 += drift**2 + (params.sog_error_kn * nav.KN_M_S) ** 2
    error_m: F64 = np.sqrt(motion.place_m[a] ** 2 + motion.place_m[b] ** 2 + tcpa_s**2 * speed2)
    return error_m


def probability_within(miss_m: F64, error_m: F64, limit_m: F64 | float) -> F64:
    """P(|miss| < limit) = Phi((D-c)/s) - Phi((-D-c)/s).

    The error is held to the limit itself: otherwise the less is known of a boat, the less likely any meeting with
    her would seem, and ignorance would talk every encounter down. So held it gives at most 0.68 to who knows nothing.
    """
    s = np.maximum(np.minimum(error_m, limit_m), 1e-9)  # a row silenced by a limit of 0 divides by no zero
    within: F64 = _phi((limit_m - miss_m) / s) - _phi((-limit_m - miss_m) / s)
    return within


def _phi(z: F64) -> F64:
    """Normal distribution function, within 7.5e-8 (Abramowitz and Stegun 26.2.17)."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-np.minimum(z**2, 1400.0) / 2.0) / np.sqrt(2.0 * np.pi) * poly
    below: F64 = np.where(z >= 0.0, 1.0 - tail, tail)
    return below
