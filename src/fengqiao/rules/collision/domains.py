"""The water behind a trawler that her gear takes up, and whether a ship's way leads into it (study §2c, Ningbo MSA).

A rectangle that goes with the boat: a mile astern, half a mile to each side, and a little ahead of a boat that tows
alone; around both boats where two tow one net. Other gear keeps within the half mile at which a ship is warned of
any boat, and needs no shape of its own.
"""

from dataclasses import dataclass

import numpy as np

from fengqiao import nav
from fengqiao.nav import F64
from fengqiao.rules.collision.encounter import engaged_in_fishing
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Params
from fengqiao.rules.tracks import Flags, Rows, age_s, lost_after_s
from fengqiao.situation.picture import Picture

TRAWLS = ("pair_trawl", "single_trawl", "beam_shrimp")
ALONE = -1
ALONG_M_S = 1e-6  # slower than this along a side of the rectangle never crosses it


def partner_rows(picture: Picture) -> Rows:
    """The row of the boat that each row tows a net with, ALONE where there is none or she is not heard any more."""
    mmsi, heard = picture.vessels.mmsi, age_s(picture) <= lost_after_s(picture.vessels)
    if not np.any(picture.partner):
        return np.full(len(mmsi), ALONE, np.int64)
    order = np.lexsort((picture.vessels.voice, mmsi))
    at = np.minimum(np.searchsorted(mmsi[order], picture.partner), len(mmsi) - 1)
    row = order[at]
    rows: Rows = np.where((picture.partner > 0) & (mmsi[row] == picture.partner) & heard[row], row, ALONE)
    return rows


@dataclass(frozen=True, slots=True)
class Gear:
    """What ships meet of boats' gear; arrays of shape (n_pairs,), times in seconds, NaN where never."""

    enter_s: F64  # until the ship is in it; 0 where she is
    keep_s: F64  # the same for gear ``hold_factor`` as large, for a level once raised; below 0: so long since she left
    between_s: F64  # until she passes between the two boats of a pair


def gear(picture: Picture, params: Params, motion: Motion, partner: Rows, ship: Rows, boat: Rows) -> Gear:
    """For pairs of a ship and a fishing boat; NaN where the boat tows no trawl or makes no way."""
    nothing = np.full(len(ship), np.nan)
    mate = partner[boat]
    mate = np.where((mate != ALONE) & motion.known[mate] & ~motion.still[mate] & (mate != ship), mate, ALONE)
    towing = np.flatnonzero(((mate != ALONE) | _trawls_alone(picture, params, motion, boat)) & ~motion.still[boat])
    out = Gear(nothing, nothing.copy(), nothing.copy())
    if len(towing):
        frame = _Frame.of(motion, ship[towing], boat[towing], mate[towing])
        out.enter_s[towing] = frame.enter_s(params, 1.0)
        out.keep_s[towing] = frame.enter_s(params, params.hold_factor, params.passed_s)
        out.between_s[towing] = frame.between_s()
    return out


def _trawls_alone(picture: Picture, params: Params, motion: Motion, boat: Rows) -> Flags:
    """Engaged in fishing with a trawl, or with what nobody has registered, at a speed at which trawls are towed."""
    tows = engaged_in_fishing(picture)[boat]
    tows &= (motion.sog_kn[boat] >= params.tow_kn_min) & (motion.sog_kn[boat] <= params.tow_kn_max)
    trawls = np.ones(len(picture.own), bool)
    for row in np.unique(boat[tows]):
        known = picture.register.at(int(picture.vessels.mmsi[row]), picture.at_ms)
        trawls[row] = known is None or not known.gear or known.gear in TRAWLS
    return tows & trawls[boat]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The ship as the boats see her: metres along their course and to its right, from the first boat."""

    along: F64
    right: F64
    along_m_s: F64
    right_m_s: F64
    mate_along: F64  # 0 where a boat tows alone
    mate_right: F64
    paired: Flags

    @classmethod
    def of(cls, motion: Motion, ship: Rows, boat: Rows, mate: Rows) -> "_Frame":
        paired = mate != ALONE
        other = np.where(paired, mate, boat)
        (bx, by), (ox, oy), (sx, sy) = (
            nav.velocity_m_s(motion.sog_kn[rows], motion.cog_deg[rows]) for rows in (boat, other, ship)
        )
        vx, vy = (bx + ox) / 2.0, (by + oy) / 2.0
        speed = np.maximum(np.hypot(vx, vy), nav.PARALLEL_M_S)
        east, north = vx / speed, vy / speed

        def turned(x: F64, y: F64) -> tuple[F64, F64]:
            return x * east + y * north, x * north - y * east

        def seen(rows: Rows) -> tuple[F64, F64]:
            return turned(*nav.offset_m(motion.lon[boat], motion.lat[boat], motion.lon[rows], motion.lat[rows]))

        return cls(*seen(ship), *turned(sx - vx, sy - vy), *seen(other), paired)

    def enter_s(self, params: Params, factor: float, passed_s: float = 0.0) -> F64:
        """Seconds until the ship is in the rectangle; 0 in it, NaN where her way does not lead there. Of one that left
        it no more than ``passed_s`` ago so many, negative."""
        side = params.gear_side_nm * nav.NM_M * factor
        astern = params.gear_astern_nm * nav.NM_M * factor
        ahead = np.where(self.paired, 0.0, params.gear_ahead_nm * nav.NM_M * factor)
        a_in, a_out = slab(
            self.along,
            self.along_m_s,
            np.minimum(self.mate_along, 0.0) - astern,
            np.maximum(self.mate_along, 0.0) + ahead,
        )
        r_in, r_out = slab(
            self.right, self.right_m_s, np.minimum(self.mate_right, 0.0) - side, np.maximum(self.mate_right, 0.0) + side
        )
        enter, leave = np.maximum(a_in, r_in), np.minimum(a_out, r_out)
        met = (enter <= leave) & (leave >= -passed_s)
        return np.where(met, np.where(leave < 0.0, leave, np.maximum(enter, 0.0)), np.nan)

    def between_s(self) -> F64:
        """Seconds until the ship crosses the line from one boat to the other, between them; NaN where she does not."""
        length2 = self.mate_along**2 + self.mate_right**2
        across = self.mate_along * self.right - self.mate_right * self.along
        across_m_s = self.mate_along * self.right_m_s - self.mate_right * self.along_m_s
        crosses = self.paired & (np.abs(across_m_s) > ALONG_M_S)
        t = np.where(crosses, -across / np.where(crosses, across_m_s, 1.0), np.nan)
        at = (self.along + self.along_m_s * t) * self.mate_along + (self.right + self.right_m_s * t) * self.mate_right
        return np.where((t >= 0.0) & (at >= 0.0) & (at <= length2), t, np.nan)


def slab(place: F64, m_s: F64, low: F64, high: F64) -> tuple[F64, F64]:
    """From when to when (seconds, may be past) a place that moves so fast is between two bounds."""
    moves = np.abs(m_s) > ALONG_M_S
    speed = np.where(moves, m_s, 1.0)
    one, other = (low - place) / speed, (high - place) / speed
    within = (place >= low) & (place <= high)
    begin = np.where(moves, np.minimum(one, other), np.where(within, -np.inf, np.inf))
    return begin, np.where(moves, np.maximum(one, other), -begin)
