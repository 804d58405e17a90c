"""Encounter classes by COLREG 13 to 15 and 18, and who gives way to whom (study §2b).

The class is geometry: what two motions are to each other now. The alert book keeps the first of an episode, for an
overtaking vessel stays one until she is past and clear (13(d)).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Params
from fengqiao.rules.tracks import Flags, Rows
from fengqiao.situation.activity import Activity
from fengqiao.situation.picture import Picture

Codes = NDArray[np.int8]


class Encounter(StrEnum):
    HEAD_ON = "head_on"
    CROSSING = "crossing"
    OVERTAKING = "overtaking"
    PASSING = "passing"  # nearly reciprocal, each seeing the other on the same side: no rule gives anybody a duty
    STILL = "still"  # one of the two makes no way
    DOMAIN = "domain"  # a ship's way leads not to a boat but into her gear; given by ``facts``, no geometry of two


class Duty(StrEnum):
    """Why somebody has to keep clear; the number of the rule is in ``RULE``."""

    OVERTAKING = "overtaking"
    HEAD_ON = "head_on"  # both
    CROSSING = "crossing"
    NOT_UNDER_COMMAND = "not_under_command"
    RESTRICTED = "restricted"
    FISHING = "fishing"
    SAILING = "sailing"
    DRAUGHT = "draught"  # shall avoid impeding, which is less than giving way
    FAIRWAY = "fairway"  # a vessel fishing shall not impede
    LANE = "lane"
    NONE = "none"
    STILL = "still"


RULE = {
    Duty.OVERTAKING: "13",
    Duty.HEAD_ON: "14",
    Duty.CROSSING: "15",
    Duty.NOT_UNDER_COMMAND: "18",
    Duty.RESTRICTED: "18",
    Duty.FISHING: "18",
    Duty.SAILING: "18",
    Duty.DRAUGHT: "18(d)",
    Duty.FAIRWAY: "9(c)",
    Duty.LANE: "10(i)",
}
ENCOUNTERS = tuple(Encounter)
DUTIES = tuple(Duty)
NOT_TO_IMPEDE = (Duty.DRAUGHT, Duty.FAIRWAY, Duty.LANE)
NUC, RAM, CBD, ENGAGED, SAILS = 2, 3, 4, 7, 8  # navigational status (ITU-R M.1371)
# Ranks of rule 18: the lower keeps out of the way of the higher (18(a) to (c)).
POWER, SAILING, FISHING, RESTRICTED, NOT_UNDER_COMMAND = range(5)
FOR_RANK = (Duty.NONE, Duty.SAILING, Duty.FISHING, Duty.RESTRICTED, Duty.NOT_UNDER_COMMAND)  # why the lower keeps clear


@dataclass(frozen=True, slots=True)
class Duties:
    """Of pairs (a, b); arrays of shape (n_pairs,)."""

    encounter: Codes  # index into ENCOUNTERS
    duty: Codes  # index into DUTIES
    a_keeps_clear: Flags  # gives way, or shall not impede
    b_keeps_clear: Flags


def engaged_in_fishing(picture: Picture) -> Flags:
    """By what she says she does or is seen to do; a fishing boat on passage is a power-driven vessel (3(d))."""
    # Who steams with the status of yesterday's haul is on passage.
    says = (picture.vessels.nav_status == ENGAGED) & (picture.activity != Activity.UNDER_WAY)
    fishing: Flags = says | (picture.fishing_craft & (picture.activity == Activity.FISHING))
    return fishing


def ranks(picture: Picture, merchant: Flags) -> Codes:
    """Rule 18 rank of every row; a merchant ship under status "sailing" has forgotten a knob."""
    status = picture.vessels.nav_status
    rank: Codes = np.select(
        [status == NUC, status == RAM, engaged_in_fishing(picture), (status == SAILS) & ~merchant],
        [NOT_UNDER_COMMAND, RESTRICTED, FISHING, SAILING],
        POWER,
    ).astype(np.int8)
    return rank


def classify(params: Params, motion: Motion, a: Rows, b: Rows) -> tuple[Codes, Flags, Flags]:
    """The class of every pair, and whether by its geometry alone (rules 13 to 15) a and b keep clear.

    The bow angle of each is where she sees the other, off her own course. Who crosses from starboard is told by the
    courses, not by the side: so swapping a and b always swaps the roles, however the two may pass.
    """
    toward = nav.bearing_deg(motion.lon[a], motion.lat[a], motion.lon[b], motion.lat[b])
    a_cog, b_cog, a_kn, b_kn = motion.cog_deg[a], motion.cog_deg[b], motion.sog_kn[a], motion.sog_kn[b]
    a_bow, b_bow = nav.angle_between_deg(a_cog, toward), nav.angle_between_deg(b_cog, toward + 180.0)
    turn = nav.angle_between_deg(a_cog, b_cog)
    away = b_kn * np.cos(np.radians(b_bow)) + a_kn * np.cos(np.radians(a_bow))  # together: how fast they close
    abaft = params.abaft_deg - params.overtaking_doubt_deg
    a_passes, b_passes = (
        (np.abs(b_bow) > abaft) & (a_kn > b_kn) & (away > 0.0),
        (np.abs(a_bow) > abaft) & (b_kn > a_kn) & (away > 0.0),
    )
    off = 180.0 - np.abs(turn)
    ahead = (np.abs(a_bow) <= params.head_on_deg) & (np.abs(b_bow) <= params.head_on_deg)
    head_on = (off <= params.head_on_deg) & ahead
    passing = (off <= params.passing_deg) & (a_bow * b_bow > 0.0)
    classes = [motion.still[a] | motion.still[b], a_passes | b_passes, head_on, passing]
    names = [Encounter.STILL, Encounter.OVERTAKING, Encounter.HEAD_ON, Encounter.PASSING]
    encounter = np.select(classes, [ENCOUNTERS.index(n) for n in names], ENCOUNTERS.index(Encounter.CROSSING))
    from_starboard = np.where(turn == 0.0, a_bow > 0.0, turn < 0.0)  # b comes from a's starboard side
    no = np.zeros(len(a), bool)
    a_clear = np.select(classes, [no, a_passes, ~no, no], from_starboard)
    b_clear = np.select(classes, [no, b_passes, ~no, no], ~from_starboard)
    return encounter.astype(np.int8), a_clear, b_clear


def duties(
    params: Params, picture: Picture, motion: Motion, merchant: Flags, lane: NDArray[np.int8], a: Rows, b: Rows
) -> Duties:
    """Class and duty of every pair: 13 stands before all, then 9(c), 10(i) and 18, then 14 and 15."""
    encounter, a_clear, b_clear = classify(params, motion, a, b)
    rank = ranks(picture, merchant)
    overtaking = encounter == ENCOUNTERS.index(Encounter.OVERTAKING)
    plain = [
        Duty.HEAD_ON,
        Duty.CROSSING,
        Duty.OVERTAKING,
        Duty.NONE,
        Duty.STILL,
    ]  # in the order of ENCOUNTERS, DOMAIN apart
    duty = np.array([DUTIES.index(d) for d in plain], np.int8)[encounter]
    higher = np.maximum(rank[a], rank[b])
    a_lower, b_lower = rank[a] < rank[b], rank[b] < rank[a]
    # Who lies still keeps clear of nobody: her rank counts only where it is the higher one.
    ranked = ~overtaking & ((a_lower & ~motion.still[a]) | (b_lower & ~motion.still[b]))
    duty = np.where(ranked, np.array([DUTIES.index(d) for d in FOR_RANK], np.int8)[higher], duty)
    a_clear, b_clear = np.where(ranked, a_lower, a_clear), np.where(ranked, b_lower, b_clear)
    deep = (picture.vessels.nav_status == CBD) & ~motion.still
    fishes, ordinary = rank == FISHING, rank <= FISHING
    for why, of, other in (
        (Duty.DRAUGHT, ordinary & ~deep, deep),
        (Duty.FAIRWAY, fishes & (lane == 1), (lane == 1) & ~fishes & ~motion.still),
        (Duty.LANE, fishes & (lane == 2), (lane == 2) & ~fishes & ~motion.still),
    ):
        a_bound, b_bound = ~overtaking & of[a] & other[b], ~overtaking & of[b] & other[a]
        duty = np.where(a_bound | b_bound, np.int8(DUTIES.index(why)), duty)
        a_clear = np.where(a_bound | b_bound, a_bound, a_clear)
        b_clear = np.where(a_bound | b_bound, b_bound, b_clear)
    return Duties(encounter, duty.astype(np.int8), a_clear, b_clear)
