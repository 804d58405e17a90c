"""Who can be at a place, and how soon: asked by the distress rule and, for any place, by people."""

from typing import NamedTuple

import numpy as np

from fengqiao import nav
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.nav import F64
from fengqiao.rules.tracks import LOST_A_S, Flags, Rows, lost_after_s, reports_every_s

MISSED = 3.0  # reports, as for the silence after a close pass (study §2g)


class Helpers(NamedTuple):
    """Rows of ships, the soonest first."""

    rows: Rows
    range_nm: F64
    bearing_deg: F64  # of the ship, seen from the place
    minutes: F64


def soonest(
    v: Vessels,
    at_ms: int,
    place: tuple[float, float],
    berthed: Flags,
    within_nm: float,
    response_kn: float,
    berthed_min: float,
) -> Helpers:
    """Ships within ``within_nm`` by the minutes they need: at their own speed or, where that is less, at what a ship
    makes once she is called; those that lie in harbour need so many minutes more to get under way.

    As the crow flies: land and shoals are not asked. Ships silent beyond their limits are left out, or for longer than
    three of their reports: nobody knows where they are, and one fallen silent may be the one in distress. The plane
    holds to 24 nm.
    """
    lon, lat = place
    awaited_s = np.fmax(MISSED * reports_every_s(v), LOST_A_S)
    ships = (v.kind == Kind.SHIP) & (np.maximum(at_ms - v.fix_ms, 0) / 1000.0 <= np.fmin(lost_after_s(v), awaited_s))
    rows = np.flatnonzero(ships & ~np.isnan(v.lon_deg))
    range_nm = nav.distance_nm(lon, lat, v.lon_deg[rows], v.lat_deg[rows])
    rows, range_nm = rows[range_nm <= within_nm], range_nm[range_nm <= within_nm]
    minutes = range_nm / np.fmax(v.sog_kn[rows], response_kn) * 60.0 + np.where(berthed[rows], berthed_min, 0.0)
    order = np.lexsort((v.voice[rows], v.mmsi[rows], minutes))
    rows = rows[order]
    bearing_deg = nav.bearing_deg(lon, lat, v.lon_deg[rows], v.lat_deg[rows])
    return Helpers(rows, range_nm[order], bearing_deg, minutes[order])
