"""What kind of station a number belongs to, and whose: ITU-R M.585 (assignment and use of identities).

A number is what the sender typed in at installation. What it is really: ``fleet.identity``.
"""

from dataclasses import dataclass
from enum import StrEnum

from fengqiao.fleet.mid import COUNTRY_BY_MID, Country

MIDS = range(201, 776)  # what the ITU allots to countries; 1, 8 and 9 in front have other meanings


class StationClass(StrEnum):
    SHIP = "ship"
    GROUP = "group"
    COAST = "coast"  # coast and base stations, AIS repeaters, harbours, pilots
    SAR_AIRCRAFT = "sar_aircraft"
    HANDHELD = "handheld"
    CRAFT = "craft"  # associated with a parent ship
    ATON = "aton"
    ATON_PHYSICAL = "aton_physical"
    ATON_VIRTUAL = "aton_virtual"
    ATON_MOBILE = "aton_mobile"
    SART = "sart"
    MOB = "mob"
    EPIRB = "epirb"
    AMRD = "amrd"  # autonomous maritime radio device, group B: no ship, no distress
    UNASSIGNED = "unassigned"  # a number that the recommendation gives to nobody


# Digits in front, where the MID begins (-1: none), class. The first that fits counts.
FORMATS: tuple[tuple[str, int, StationClass], ...] = (
    ("00", 2, StationClass.COAST),
    ("0", 1, StationClass.GROUP),
    ("111", 3, StationClass.SAR_AIRCRAFT),
    ("8", 1, StationClass.HANDHELD),
    ("970", -1, StationClass.SART),
    ("972", -1, StationClass.MOB),
    ("974", -1, StationClass.EPIRB),
    ("979", -1, StationClass.AMRD),
    ("98", 2, StationClass.CRAFT),
    ("99", 2, StationClass.ATON),
    ("", 0, StationClass.SHIP),
)
# The sixth digit of 99MIDaXXX.
ATON_BY_DIGIT = {"1": StationClass.ATON_PHYSICAL, "6": StationClass.ATON_VIRTUAL, "8": StationClass.ATON_MOBILE}


@dataclass(frozen=True, slots=True)
class Station:
    station: StationClass
    country: Country | None  # None where the number names none, or a MID nobody has


def station_of(mmsi: int) -> Station:
    """Class and country of a number; of more or fewer than nine digits it is nobody's, zeros in front apart."""
    digits = f"{mmsi:09d}"
    if len(digits) != 9 or mmsi <= 0:
        return Station(StationClass.UNASSIGNED, None)
    at, found = next((at, found) for front, at, found in FORMATS if digits.startswith(front))
    if at < 0:
        return Station(found, None)
    mid = int(digits[at : at + 3])
    if mid not in MIDS:
        return Station(StationClass.UNASSIGNED, None)
    if found is StationClass.ATON:
        found = ATON_BY_DIGIT.get(digits[5], found)
    return Station(found, COUNTRY_BY_MID.get(mid))
