"""What carries the transponder: told from its number, the messages it sends and what it says of itself.

Number ranges: ITU-R M.585. Net buoys (网位仪) bear names and numbers as their owners please; their signs and how far
each is to be trusted follow the shares that public studies report of them. In doubt it is a boat for collision and a
buoy for accusation: nobody is accused on the word of what may be her buoy.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import nan

from fengqiao.fleet.vessels import Kind


class Confidence(IntEnum):
    """How far a sign of gear is to be trusted; below ``SURE`` it is a doubt."""

    POSSIBLE = 1
    LIKELY = 2
    SURE = 3


class Sign(StrEnum):
    """By what a net buoy is known."""

    AMRD = "amrd"  # number 979…, kept for autonomous devices
    BATTERY_NAME = "battery_name"  # 85%, 7.7V, 8V2
    GEAR_WORD = "gear_word"  # NET, BUOY as words
    DIGITS_NAME = "digits_name"  # 12-34, 02333 287 82
    DASHES_NAME = "dashes_name"  # 12--34 within a name
    BOAT_AND_NUMBER = "boat_and_number"  # ZHE DAI YU 04455-44: the 44th of her buoys
    BATTERY_LENGTH = "battery_length"  # the battery in tenths of a volt where the length belongs
    NUMBER = "number"  # of no country's


@dataclass(frozen=True, slots=True)
class GearSign:
    sign: Sign
    confidence: Confidence

    @property
    def sure(self) -> bool:
        return self.confidence is Confidence.SURE


# Share of gear among what bears such a name, and of boats that do, by two public studies of AIS names.
BY_NAME: tuple[tuple[Sign, Confidence, re.Pattern[str]], ...] = tuple(
    (sign, confidence, re.compile(pattern, re.IGNORECASE | re.ASCII))
    for sign, confidence, pattern in (
        (Sign.BATTERY_NAME, Confidence.SURE, r"\d{1,3}\s?%|\d\.\d\s?V|\d\s?V\d"),  # 45 % of gear, 1 % of boats
        (Sign.GEAR_WORD, Confidence.SURE, r"\bNET\b|\bNET\s?(MARK|FISH|\d)|\b(BUOY|BOUY)\b|\bFISHING GEAR\b"),
        (Sign.DIGITS_NAME, Confidence.SURE, r"^\d+-+\d+$|^\d{3,5}( \d+){2,}$"),
        (Sign.BOAT_AND_NUMBER, Confidence.LIKELY, r"YU\s?\d{3,5}-+\d{1,3}$"),  # 35-75 % gear, hardly a boat
        (Sign.DASHES_NAME, Confidence.LIKELY, r"\d--\d"),  # 50 % gear, 3 % boats
    )
)
# A buoy with the firmware of RS-109M and its kin says 36 or 37 (sailing, pleasure craft), and in message 24 B its
# battery in 0.1 V as the distance from antenna to bow. A yacht so long would have a beam as well.
BUOY_SHIP_TYPES = (36, 37)
BATTERY_DV = (50, 150)
DRIFT_KN_MAX = 3.0  # what wind and stream do to a buoy
CARRIED_KN_MIN = 5.0  # no buoy makes that: on board of a boat under way, or no buoy

BY_PREFIX: tuple[tuple[str, Kind], ...] = (
    ("970", Kind.SART),
    ("972", Kind.MOB),
    ("974", Kind.EPIRB),
    ("979", Kind.GEAR),  # autonomous maritime radio device, group B
    ("99", Kind.ATON),
    ("98", Kind.CRAFT),
    ("00", Kind.BASE),
    ("111", Kind.SAR_AIRCRAFT),
)


def kind_of_number(mmsi: int) -> Kind:
    digits = f"{mmsi:09d}"
    for prefix, kind in BY_PREFIX:
        if digits.startswith(prefix):
            return kind
    if digits[0] == "8" and _is_mid(digits[1:4]):
        return Kind.HANDHELD
    return Kind.SHIP


def tell(
    mmsi: int,
    msg_type: int,
    name: str,
    class_b: bool,
    ship_type: int = -1,
    length_m: float = nan,
    width_m: float = nan,
) -> tuple[Kind, bool]:
    """Kind of the sender, and whether ``GEAR`` rests on weak signs only."""
    kind = kind_of_number(mmsi)
    sign = gear_sign(mmsi, name, class_b, ship_type, length_m, width_m)
    if sign is not None and (sign.sure or (kind is Kind.SHIP and msg_type not in BY_MESSAGE)):
        return Kind.GEAR, not sign.sure
    return (BY_MESSAGE.get(msg_type, kind) if kind is Kind.SHIP else kind), False


BY_MESSAGE = {4: Kind.BASE, 21: Kind.ATON, 9: Kind.SAR_AIRCRAFT}


def gear_sign(
    mmsi: int, name: str, class_b: bool, ship_type: int = -1, length_m: float = nan, width_m: float = nan
) -> GearSign | None:
    """The surest sign that this is a net buoy; None where there is none, and for stations that are no vessel's."""
    kind = kind_of_number(mmsi)
    if kind is Kind.GEAR:
        return GearSign(Sign.AMRD, Confidence.SURE)
    if kind not in (Kind.SHIP, Kind.HANDHELD):
        return None
    for sign, confidence, pattern in BY_NAME:
        if pattern.search(name):
            return GearSign(sign, confidence)
    if class_b and ship_type in BUOY_SHIP_TYPES and width_m == 0 and BATTERY_DV[0] <= length_m <= BATTERY_DV[1]:
        return GearSign(Sign.BATTERY_LENGTH, Confidence.LIKELY)
    if class_b and kind is Kind.SHIP and not _ship_number(mmsi):
        by_type = Confidence.LIKELY if ship_type in BUOY_SHIP_TYPES else Confidence.POSSIBLE
        return GearSign(Sign.NUMBER, by_type)
    return None


def at_speed(sign: GearSign, sog_kn: float) -> GearSign:
    """The sign, a step less sure of what makes way, a step surer, but not sure, of what drifts; NaN: as it is."""
    step = -1 if sog_kn >= CARRIED_KN_MIN else int(sog_kn <= DRIFT_KN_MAX)
    least, most = Confidence.POSSIBLE, max(sign.confidence, Confidence.LIKELY)
    return GearSign(sign.sign, Confidence(min(max(sign.confidence + step, least), most)))


def _ship_number(mmsi: int) -> bool:
    """A ship station number starts with a maritime identification digit group, 0 before it for a group call."""
    digits = f"{mmsi:09d}"
    return _is_mid(digits[:3]) or (digits[0] == "0" and _is_mid(digits[1:4]))


def _is_mid(three: str) -> bool:
    return 201 <= int(three) <= 775  # the MIDs allotted so far, ITU table
