"""Colours of the chart by index: day, dusk, night and mono differ by one table. Tokens after SN.1/Circ.243 and S-52.

There is no tint for shallow water: we have no soundings, and a guessed one would pass for a sounding.
"""

from enum import IntEnum


class Ink(IntEnum):
    SEA = 0
    LAND = 1
    GRATICULE = 2
    SCALE = 3  # words of the chart itself: degrees, scale bar, names of grounds and ports
    RESTRICTED = 4
    HATCH = 5
    LANE = 6
    ANCHORAGE = 7
    TEXT = 8
    TAIL = 9
    FISHING = 10
    MERCHANT = 11
    OTHER = 12
    GEAR = 13
    AID = 14
    DANGER = 15
    WARN = 16
    CAUTION = 17
    LOST = 18
    SELECTED = 19
    UNKNOWN = 20  # where no coast has been charted
    PLACE = 21  # names of islands, and the land itself where it is drawn in letters


NAMES = ("day", "dusk", "night", "mono")
TABLE: dict[Ink, tuple[str, str, str, str]] = {
    Ink.SEA: ("#d4eaf7", "#0b1a2b", "#000000", "#000000"),
    Ink.LAND: ("#e6d9a8", "#3a3626", "#17150b", "#3a3a3a"),
    Ink.GRATICULE: ("#a3c3d6", "#22384f", "#0d1a24", "#2a2a2a"),
    Ink.SCALE: ("#3d6379", "#7f9bb0", "#3c5464", "#a8a8a8"),
    Ink.RESTRICTED: ("#c0205a", "#d0506a", "#8f3448", "#b0b0b0"),
    Ink.HATCH: ("#dda3bd", "#5c2f43", "#34121b", "#484848"),
    Ink.LANE: ("#8a3fc0", "#8f6fd0", "#6a5494", "#787878"),
    Ink.ANCHORAGE: ("#1f6fa8", "#5aa0c8", "#38708e", "#8c8c8c"),
    Ink.TEXT: ("#2f3b46", "#c9d3dc", "#6b747b", "#dcdcdc"),
    Ink.TAIL: ("#6f8796", "#5d7890", "#2b3a45", "#6a6a6a"),
    Ink.FISHING: ("#00703a", "#4fd08a", "#2a7048", "#d8d8d8"),
    Ink.MERCHANT: ("#0050c8", "#6fb4ff", "#345f8c", "#ffffff"),
    Ink.OTHER: ("#5a6670", "#a3b3c0", "#4c565e", "#b4b4b4"),
    Ink.GEAR: ("#7a5c00", "#b09a50", "#5a4c20", "#9a9a9a"),
    Ink.AID: ("#7a5c00", "#f0e060", "#7c7430", "#c4c4c4"),
    Ink.DANGER: ("#d00000", "#ff4d4d", "#c02828", "#ffffff"),
    Ink.WARN: ("#a85f00", "#ffb020", "#96650f", "#ffffff"),
    Ink.CAUTION: ("#7a5c00", "#d8c060", "#6a6028", "#e8e8e8"),
    Ink.LOST: ("#7a6a8a", "#9a8fa8", "#4a4452", "#969696"),
    Ink.SELECTED: ("#b000b0", "#ff9cf5", "#8a4a86", "#ffffff"),
    Ink.PLACE: ("#7d6b2c", "#8d8560", "#645e44", "#8a8a8a"),
    Ink.UNKNOWN: ("#c3ccd1", "#1d2126", "#101214", "#1c1c1c"),
}
PALETTES: dict[str, tuple[str, ...]] = {name: tuple(TABLE[ink][k] for ink in Ink) for k, name in enumerate(NAMES)}
