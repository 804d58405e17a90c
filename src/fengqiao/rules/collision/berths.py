"""Which pairs meet in a harbour: a charted one, at a berth by her own word, or where so many lie that it is one."""

import numpy as np

from fengqiao import nav
from fengqiao.fleet.grid import pairs_within
from fengqiao.fleet.vessels import Kind
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Params
from fengqiao.rules.tracks import Flags, Rows, age_s, lost_after_s
from fengqiao.situation.activity import Activity
from fengqiao.situation.picture import Picture

MOORED = 5  # navigational status, ITU-R M.1371
NEIGHBOURS_MAX = 200  # lying within three cells of half a kilometre: ten times what makes a harbour of a place


def in_harbour(picture: Picture, params: Params, motion: Motion, a: Rows, b: Rows) -> tuple[Flags, Flags]:
    """Pairs one of which is in a harbour or lies at a berth; "moored" counts only while she lies still (freeboard-sk
    #99). A crowd at anchor is no harbour to one who comes at sea speed: of her it is to be told early; and second, of
    whom nothing is kept that was: who slows down a little still comes, and what was told of her stands."""
    moored = (picture.vessels.nav_status == MOORED) | (picture.activity == Activity.MOORED)
    berth = picture.near_harbour | (motion.still & moored)
    crowd = motion.still & crowded(picture, params)

    def slower_than(kn: float) -> Flags:
        slow = ~(motion.sog_kn >= kn)
        harbour: Flags = berth[a] | berth[b] | (crowd[a] & slow[b]) | (crowd[b] & slow[a])
        return harbour

    return slower_than(params.crowd_kn_max), slower_than(params.crowd_kn_max / params.hold_factor)


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
