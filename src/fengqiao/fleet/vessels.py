"""The fleet as rules see it: one row per identity segment, in degrees, knots and milliseconds."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from fengqiao.model.columns import Columns, column

HEARERS = 4  # receivers kept per vessel, those that heard her last
RING = 32  # past fixes kept per vessel, thinned to one in 30 s: sixteen minutes and more of every track


class Kind(IntEnum):
    """What carries the transponder. In doubt between buoy and boat: see ``GEAR``."""

    SHIP = 0  # any vessel, and whatever cannot be told from one
    GEAR = 1  # net buoy (网位仪): collision still treats a doubtful one as a boat
    ATON = 2
    BASE = 3
    SAR_AIRCRAFT = 4
    HANDHELD = 5
    CRAFT = 6  # craft of a parent ship, 98MID
    SART = 7  # 970
    MOB = 8  # 972
    EPIRB = 9  # 974


@dataclass(frozen=True, slots=True)
class Vessels(Columns):
    """Latest state and a short ring of past fixes; unknown numbers are NaN, unknown codes -1.

    Rows are identity segments: one mmsi may own several rows (``voice`` 0, 1, …) when two transmitters use it.
    """

    mmsi: NDArray[np.int64] = column(np.int64)
    voice: NDArray[np.int16] = column(np.int16)
    kind: NDArray[np.uint8] = column(np.uint8)  # Kind
    gear_doubt: NDArray[np.bool_] = column(np.bool_)  # looks like gear by weak signs only: collision sees a boat
    fix_ms: NDArray[np.int64] = column(np.int64)
    lon_deg: NDArray[np.float64] = column(np.float64)
    lat_deg: NDArray[np.float64] = column(np.float64)
    sog_kn: NDArray[np.float64] = column(np.float64)
    cog_deg: NDArray[np.float64] = column(np.float64)
    heading_deg: NDArray[np.float64] = column(np.float64)
    rot_deg_min: NDArray[np.float64] = column(np.float64)
    accurate: NDArray[np.bool_] = column(np.bool_)  # position accuracy flag: better than 10 m
    nav_status: NDArray[np.int16] = column(np.int16)  # -1 unknown
    class_b: NDArray[np.bool_] = column(np.bool_)
    ship_type: NDArray[np.int16] = column(np.int16)  # raw AIS ship type; -1 unknown
    length_m: NDArray[np.float64] = column(np.float64)
    interval_s: NDArray[np.float64] = column(np.float64)  # smoothed time between fixes; NaN before the second
    fixes: NDArray[np.int64] = column(np.int64)
    first_ms: NDArray[np.int64] = column(np.int64)
    feed: NDArray[np.int16] = column(np.int16)  # feed of the latest fix
    heard_by: NDArray[np.int16] = column((np.int16, (HEARERS,)))  # receivers, who heard her last first; -1 none
    heard_by_ms: NDArray[np.int64] = column((np.int64, (HEARERS,)))  # when each heard anything of hers last; 0 never
    name: NDArray[np.object_] = column(np.object_)
    callsign: NDArray[np.object_] = column(np.object_)
    destination: NDArray[np.object_] = column(np.object_)
    imo: NDArray[np.int64] = column(np.int64)
    safety_text: NDArray[np.object_] = column(np.object_)  # last type 12 or 14 text of this mmsi, "" if none
    safety_to: NDArray[np.int64] = column(np.int64)  # whom that text was addressed to; 0: everyone
    altitude_m: NDArray[np.float64] = column(np.float64)  # of aircraft on search and rescue; NaN unknown
    ring_ms: NDArray[np.int64] = column((np.int64, (RING,)))  # oldest first; 0 where not yet filled
    ring_lon: NDArray[np.float64] = column((np.float64, (RING,)))
    ring_lat: NDArray[np.float64] = column((np.float64, (RING,)))
    ring_sog: NDArray[np.float64] = column((np.float64, (RING,)))
    ring_cog: NDArray[np.float64] = column((np.float64, (RING,)))
