"""One measured pair as a finding: key, message and the facts that its sentence and the desk need."""

from dataclasses import dataclass
from typing import Any

from fengqiao import nav
from fengqiao.model.findings import Finding, Priority
from fengqiao.rules.collision.domains import ALONE
from fengqiao.rules.collision.encounter import NOT_TO_IMPEDE, RULE, Duty, Encounter
from fengqiao.rules.collision.motion import Motion
from fengqiao.rules.collision.params import Pair, Params, Row
from fengqiao.rules.telling import display_name, number, track_key
from fengqiao.situation.picture import Picture

NAME = "collision"
AT_ONCE = Priority.ALARM  # on the fast path it is believed on the first report of two
# What was settled when the risk arose stays so until past and clear (13(d), study §2b "freeze").
LATCHED = ("encounter", "duty", "rule", "give_way", "stand_on", "not_impede", "giver")


@dataclass(frozen=True, slots=True)
class Meeting:
    """One pair, measured."""

    a: int
    b: int
    a_role: str
    b_role: str
    pair: Pair
    ask: Row | None
    keep: Row
    suppressed: str
    mate: int  # the row of the boat that b tows a net with; ALONE if none
    gear_s: float  # until a is in the water of b's gear; NaN if never, negative if she has left it
    between_s: float  # until she passes between b and her mate; NaN if she does not
    encounter: Encounter
    duty: Duty
    a_keeps_clear: bool
    b_keeps_clear: bool
    range_m: float
    dcpa_m: float
    tcpa_s: float
    limit_m: float
    chance: float
    bearing_deg: float  # of a, seen from b
    bow_m: float  # b ahead of a when crossing; NaN: b does not cross a's bow
    bow_s: float

    @property
    def into_gear(self) -> bool:
        """Only the gear is in danger, not the boat."""
        return (self.ask or self.keep).pair == Pair.GEAR


def pair_rows(picture: Picture, a: int, b: int) -> tuple[int, int]:
    """The rows of a pair in the order of its key: by mmsi, then voice."""
    v = picture.vessels
    first, second = sorted((a, b), key=lambda row: (int(v.mmsi[row]), int(v.voice[row])))
    return first, second


def finding(picture: Picture, params: Params, motion: Motion, met: Meeting) -> Finding:
    v = picture.vessels
    group = (met.a, met.b) if met.mate == ALONE else (met.a, met.b, met.mate)
    boat = met.b if met.mate == ALONE else pair_rows(picture, met.b, met.mate)[0]  # the two are one to the ship
    first, second = pair_rows(picture, met.a, boat)
    soonest_s = min(met.tcpa_s, met.gear_s) if met.gear_s >= 0.0 else met.tcpa_s
    fast = met.ask is not None and soonest_s < met.ask.fast_min * 60.0
    twice_heard = min(int(v.fixes[met.a]), int(v.fixes[met.b])) >= 2  # one fix alone may be a damaged one
    at_once = fast and met.ask is not None and met.ask.level >= AT_ONCE and twice_heard
    return Finding(
        NAME,
        (track_key(v, first), track_key(v, second)),
        None if met.ask is None else met.ask.level,
        met.keep.level,
        _message(met),
        _facts(picture, motion, met),
        tuple(sorted(int(v.mmsi[row]) for row in group)),
        position=(round(float(motion.lon[met.b]), 6), round(float(motion.lat[met.b]), 6)),
        delay_s=0.0 if fast or met.ask is None else met.ask.delay_s,
        news=tuple(int(v.fix_ms[row]) for row in pair_rows(picture, met.a, met.b)),
        fresh_reports=1 if at_once else params.fresh_reports,
        latched=LATCHED,
        suppressed=met.suppressed,
    )


def _message(met: Meeting) -> str:
    if met.between_s == met.between_s and met.gear_s >= 0.0:
        return "alert.collision.gear.between"
    if met.into_gear:
        where = "astern" if met.gear_s > 0.0 else "inside" if met.gear_s == 0.0 else "passed"
        return f"alert.collision.gear.{where}"
    if met.tcpa_s < 0.0:
        return "alert.collision.meet.passed"
    bow = met.pair is Pair.MERCHANT_FISHING and met.bow_m == met.bow_m
    return f"alert.collision.meet.{met.pair}{'.bow' if bow else ''}"


def _facts(picture: Picture, motion: Motion, met: Meeting) -> dict[str, Any]:
    v, a, b = picture.vessels, met.a, met.b
    a_age_s, b_age_s = (max(picture.at_ms - int(v.fix_ms[row]), 0) / 1000.0 for row in (a, b))
    return {
        "a": display_name(picture, a),
        "b": display_name(picture, b),
        "a_mmsi": int(v.mmsi[a]),
        "b_mmsi": int(v.mmsi[b]),
        "a_role": met.a_role,
        "b_role": met.b_role,
        "pair": met.pair.value,
        "context": met.keep.context.value,
        "cpa_nm": round(met.dcpa_m / nav.NM_M, 3),
        "cpa_m": round(met.dcpa_m),
        "tcpa_s": round(met.tcpa_s),
        "tcpa_min": round(met.tcpa_s / 60.0, 1),
        "range_nm": round(met.range_m / nav.NM_M, 2),
        "bearing": round(met.bearing_deg) % 360,
        "a_sog_kn": round(float(motion.sog_kn[a]), 1),
        "b_sog_kn": round(float(motion.sog_kn[b]), 1),
        "a_cog_deg": None if motion.still[a] else round(float(motion.cog_deg[a])) % 360,
        "b_cog_deg": None if motion.still[b] else round(float(motion.cog_deg[b])) % 360,
        "bow_cross_nm": number(met.bow_m / nav.NM_M, 2),
        "bow_cross_min": number(met.bow_s / 60.0, 1),
        "probability": round(met.chance, 2),
        "limit_nm": round(met.limit_m / nav.NM_M, 3),
        "a_age_s": round(a_age_s),
        "b_age_s": round(b_age_s),
        **_gear(picture, met),
        **_duties(picture, met),
    }


def _gear(picture: Picture, met: Meeting) -> dict[str, Any]:
    mate = (
        {}
        if met.mate == ALONE
        else {"mate": display_name(picture, met.mate), "mate_mmsi": int(picture.vessels.mmsi[met.mate])}
    )
    return (
        mate
        if met.gear_s != met.gear_s
        else {
            **mate,
            "gear_min": round(met.gear_s / 60.0, 1),
            "between_min": number(met.between_s / 60.0, 1),
        }
    )


def _duties(picture: Picture, met: Meeting) -> dict[str, Any]:
    """Who keeps clear of whom, and by which rule; lists of mmsi, empty where the rules give none."""
    seats = ((met.a, met.a_keeps_clear), (met.b, met.b_keeps_clear))
    bound = [row for row, clear in seats if clear]
    free = [row for row, clear in seats if not clear]
    gives = bool(bound) and met.duty not in NOT_TO_IMPEDE
    mmsi = picture.vessels.mmsi
    return {
        "encounter": (Encounter.DOMAIN if met.into_gear else met.encounter).value,
        "duty": met.duty.value,
        "rule": RULE.get(met.duty, ""),
        "give_way": [int(mmsi[row]) for row in bound] if gives else [],
        "stand_on": [int(mmsi[row]) for row in free] if gives else [],
        "not_impede": [int(mmsi[row]) for row in bound] if met.duty in NOT_TO_IMPEDE else [],
        "giver": display_name(picture, bound[0]) if len(bound) == 1 else "",
    }
