"""Day, dusk and night for everything around the chart; the chart has palettes of the same names.

Night keeps below 45 % luminance: an officer who looks up must still see out of the window. Nothing rests on hue alone:
danger is reverse and bold and carries a mark, so that it survives NO_COLOR and colour-blind eyes.

Left to itself the desk follows the sun over the bay by the time of what it shows: a replay of a night looks like night.
"""

from textual.theme import Theme

from fengqiao.model.findings import Priority
from fengqiao.store.tables import AlertRow
from fengqiao.sun import CIVIL_TWILIGHT_DEG, SUNRISE_DEG, elevation_deg

AUTO = "auto"
ORDER = (AUTO, "day", "dusk", "night")  # what the palette key cycles through
BAY = (122.45, 30.05)  # longitude, latitude: Zhoushan; the sun rises a minute apart at the ends of the bay

THEMES = {
    "day": Theme(
        "fq-day",
        primary="#1f6fa8",
        secondary="#2f3b46",
        warning="#b86a00",
        error="#d00000",
        success="#00703a",
        accent="#0050c8",
        foreground="#17222c",
        background="#f2f6f8",
        surface="#e3ebf0",
        panel="#d3dfe7",
        dark=False,
    ),
    "dusk": Theme(
        "fq-dusk",
        primary="#5aa0c8",
        secondary="#c9d3dc",
        warning="#ffb020",
        error="#ff4d4d",
        success="#4fd08a",
        accent="#f0c060",
        foreground="#d8e0e8",
        background="#0b1420",
        surface="#101c2b",
        panel="#182839",
        dark=True,
    ),
    "night": Theme(
        "fq-night",
        primary="#25485c",
        secondary="#5e666c",
        warning="#96650f",
        error="#c02828",
        success="#2a7048",
        accent="#7c7430",
        foreground="#6b747b",
        background="#000000",
        surface="#05090d",
        panel="#0a1016",
        dark=True,
        variables={"text": "#6b747b", "text-muted": "#4a5258", "footer-key-foreground": "#7c7430"},
    ),
}


def palette_at(at_ms: int) -> str:
    """The palette that the light over the bay asks for."""
    height = elevation_deg(at_ms, *BAY)
    return "day" if height > SUNRISE_DEG else "dusk" if height > CIVIL_TWILIGHT_DEG else "night"


def colour_of(palette: str, alert: AlertRow) -> str | None:
    """Of an alert by its gravity; None where it looks like any other text."""
    theme = THEMES[palette]
    if not alert.active:
        return theme.secondary
    if alert.priority >= Priority.ALARM:
        return theme.error
    return theme.warning if alert.priority == Priority.WARNING else None
