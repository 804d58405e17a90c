"""Colours of the chart by index: day, dusk and night differ by one table. Tokens after IMO SN.1/Circ.243 and S-52."""

from enum import IntEnum


class Ink(IntEnum):
    SEA = 0
    LAND = 1
    GRATICULE = 2
    RESTRICTED = 3
    LANE = 4
    ANCHORAGE = 5
    TEXT = 6
    FISHING = 7
    MERCHANT = 8
    OTHER = 9
    GEAR = 10
    AID = 11
    DANGER = 12
    WARN = 13
    LOST = 14
    SELECTED = 15
    CAUTION = 16


# sea, land, graticule, restricted, lane, anchorage, text, fishing, merchant, other, gear, aid, danger, warn, lost,
# selected, caution
PALETTES: dict[str, tuple[str, ...]] = {
    "day": (
        *("#d4eaf7", "#e6d9a8", "#8fb3c9", "#c0205a", "#8a3fc0", "#1f6fa8", "#2f3b46", "#00703a"),
        *("#2f3b46", "#5a6670", "#7a5c00", "#7a5c00", "#d00000", "#b86a00", "#7a6a8a", "#0050c8", "#7a5c00"),
    ),
    "dusk": (
        *("#0b1a2b", "#3a3626", "#24384e", "#d0506a", "#8f6fd0", "#5aa0c8", "#c9d3dc", "#4fd08a"),
        *("#c9d3dc", "#8fa3b3", "#b09a50", "#f0e060", "#ff4d4d", "#ffb020", "#9a8fa8", "#6fb4ff", "#d8c060"),
    ),
    "night": (
        *("#000000", "#14120a", "#0d1a24", "#6a2233", "#40305f", "#25485c", "#5e666c", "#2a7048"),
        *("#5e666c", "#465058", "#5a4c20", "#7c7430", "#c02828", "#96650f", "#4a4452", "#345f8c", "#6a6028"),
    ),
}
