"""Who lies at a berth: in a charted harbour, by her own word, or where so many lie that it must be one."""

import numpy as np

from fengqiao import nav
from fengqiao.fleet.grid import pairs_within
from fengqiao.fleet.vessels import Kind
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Params
from fengqiao.rules.tracks import Flags, age_s, lost_after_s
from fengqiao.situation.activity import Activity
from fengqiao.situation.picture import Picture

MOORED = 5  # navigational status, ITU-R M.1371
NEIGHBOURS_MAX = 200  # lying within three cells of half a kilometre: ten times what makes a harbour of a place


def berthed(picture: Picture, params: Params, motion: Motion) -> Flags:
    """In a harbour, or at a berth that no chart knows: "moored" counts only while she lies still (freeboard-sk #99)."""
    moored = (picture.vessels.nav_status == MOORED) | (picture.activity == Activity.MOORED)
    at_berth: Flags = picture.near_harbour | (motion.still & (moored | crowded(picture, params)))
    return at_berth


def crowded(picture: Picture, params: Params) -> Flags:
    """Lies among so many that lie still that the place is a harbour or an anchorage, charted or not.

    Global Fishing Watch calls it an anchorage where 20 vessels have lain within half a kilometre; here all of them lie
    there now. Boats at sea leave each other more room: twenty that swing, each on her own 140 m of boat and cable,
    do not fit into that circle. A boat with such a place within half a kilometre lies in it as well.
    """
    v = picture.vessels
    lies = picture.stopped & (v.kind == Kind.SHIP) & ~picture.near_harbour & (age_s(picture) <= lost_after_s(v))
    placed = np.where(lies, v.lon_deg, np.nan)
    found = pairs_within(placed, v.lat_deg, params.crowd_m / nav.NM_M, neighbours_max=NEIGHBOURS_MAX)
    others = np.bincount(np.concatenate([found.i, found.j]), minlength=len(v))
    middle = lies & (others + 1 >= params.crowd_vessels)
    crowd: Flags = middle.copy()
    for one, other in ((found.i, found.j), (found.j, found.i)):
        crowd[one[middle[other]]] = True
    return crowd
