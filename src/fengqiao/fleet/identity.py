"""What carries the transponder: told from its number, the messages it sends and the name it gives.

Number ranges: ITU-R M.585. Net buoys (网位仪) bear names and numbers as their owners please; the patterns below
are written from the shares that public studies report (decimal volts: 45 % gear, 1 % boats; a percentage: gear).
"""

import re

from fengqiao.fleet.vessels import Kind

# A name that only gear bears: battery in per cent or volts, NET or BUOY as a word, digits joined by dashes.
GEAR_NAME = re.compile(
    r"\d{1,3}\s?%|\d\.\d\s?V|\d\s?V\d|\bNET\b|\bNET\s?(MARK|FISH)|\b(BUOY|BOUY)\b|^\d+-+\d+$|^\d{3,5}( \d+){2,}$",
    re.IGNORECASE,
)
# A boat's name with a number behind it: 35-75 % are gear, so only a doubt.
GEAR_MAYBE = re.compile(r"YU\s?\d{3,5}-\d{1,3}$", re.IGNORECASE)

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


def tell(mmsi: int, msg_type: int, name: str, class_b: bool) -> tuple[Kind, bool]:
    """Kind of the sender, and whether ``GEAR`` rests on weak signs only."""
    kind = kind_of_number(mmsi)
    if kind in (Kind.SHIP, Kind.HANDHELD) and GEAR_NAME.search(name):
        return Kind.GEAR, False
    if kind is not Kind.SHIP:
        return kind, False
    if msg_type in BY_MESSAGE:
        return BY_MESSAGE[msg_type], False
    if GEAR_MAYBE.search(name) or (class_b and not _ship_number(mmsi)):
        return Kind.GEAR, True
    return Kind.SHIP, False


BY_MESSAGE = {4: Kind.BASE, 21: Kind.ATON, 9: Kind.SAR_AIRCRAFT}


def _ship_number(mmsi: int) -> bool:
    """A ship station number starts with a maritime identification digit group, 0 before it for a group call."""
    digits = f"{mmsi:09d}"
    return _is_mid(digits[:3]) or (digits[0] == "0" and _is_mid(digits[1:4]))


def _is_mid(three: str) -> bool:
    return 201 <= int(three) <= 775  # the MIDs allotted so far, ITU table
