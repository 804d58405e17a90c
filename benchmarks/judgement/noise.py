"""Set A with real noise: sixty passes as the study made them, and how often each was told (its §2d table).

A merchant ship of 14 kn and a boat of 4 kn pass at a distance drawn between -1.4 and 1.4 nm; the boat's course over
ground scatters by 0.5 to 15 degrees from one report to the next. Below MISS_NM a pass is an encounter; one activation
each is right, and every further one is chatter to the officer.
"""

from collections.abc import Sequence

import numpy as np

from benchmarks.judgement.exact import BOAT, MERCHANT, numbered
from benchmarks.judgement.figures import Load, leads, ratio
from benchmarks.judgement.listeners import Log, Ours, Teller
from benchmarks.judgement.peers import PROFILES, Peer
from benchmarks.judgement.sea import NOON_MS, Case, Noise, air, boat, encounters, meeting, play

PASSES = 60
MISS_NM, DRAWN_NM = 0.5, 1.4
COG_DEG = (0.5, 5.0, 10.0, 15.0)
MEET_MIN = 40.0
ASKED_PER_ENCOUNTER = 1.1


def run() -> bool:
    print(f"Set A, noise: {PASSES} passes a line, merchant 14 kn, boat 4 kn, SOG error 0.2 kn, places 10 m")
    print(
        f"{'':<20}{'COG':>6}{'encounters':>12}{'warned':>8}{'activations':>13}{'each':>7}{'others':>8}{'all':>7}",
        end="",
    )
    print(f"{'chatter':>9}  lead median / p10, min")
    good = True
    for cog_deg in COG_DEG:
        passes = numbered(list(_passes(int(cog_deg * 10))))
        listeners: list[Teller] = [Ours(("collision",)), *(Peer(profile) for profile in PROFILES)]
        noise = Noise(cog_deg=cog_deg, sog_kn=0.2, place_m=10.0)
        play([air(passes, NOON_MS, noise, seed=int(cog_deg * 10))], listeners)
        right = [_line(listener.log, cog_deg, passes) for listener in listeners]
        good &= right[0]  # ours
    print(f"each: activations on encounters by their number; asked: {ASKED_PER_ENCOUNTER}, nobody missed, chatter 0")
    print("others: on passes farther than half a mile; all: both together by the number of encounters\n")
    return good


def _passes(seed: int) -> list[Case]:
    dice = np.random.default_rng(seed)
    out = []
    for n in range(PASSES):
        course, cross, miss = dice.uniform(0, 360), dice.uniform(0, 360), dice.uniform(-DRAWN_NM, DRAWN_NM)
        ships = (meeting(MERCHANT, MEET_MIN, 14, course), boat(meeting(BOAT, MEET_MIN, 4, cross, miss)))
        out.append(Case(f"pass {n}", ships, MEET_MIN + 8))
    return out


def _line(log: Log, cog_deg: float, passes: Sequence[Case]) -> bool:
    """One listener's line; whether it is as good as asked. Activations on passes that are none count against it."""
    met = [(m, log.pairs.get(m.pair, [])) for case in passes for m in encounters(case)]
    true = [(m, times) for m, times in met if m.nearest_nm < MISS_NM]
    told = [(m.at_s - (times[0] - NOON_MS) / 1000) / 60 for m, times in true if times]
    in_time = [minutes for minutes in told if minutes > 0]
    activations = sum(len(times) for _, times in true)
    chatter = Load.of(log.begun, NOON_MS, NOON_MS + int((MEET_MIN + 8) * 60_000)).chatter
    each = ratio(activations, len(true))
    others = sum(len(times) for m, times in met if m.nearest_nm >= MISS_NM)
    over_all = ratio(activations + others, len(true))
    print(
        f"{log.name:<20}{cog_deg:>5}°{len(true):>12}{len(in_time):>8}{activations:>13}{each:>7}{others:>8}{over_all:>7}",
        end="",
    )
    print(f"{chatter:>9}  {leads(in_time)}")
    return len(in_time) == len(true) and activations <= ASKED_PER_ENCOUNTER * len(true) and chatter == 0
