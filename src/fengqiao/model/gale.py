"""A gale warning as a person types it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GaleWarning:
    """Wind of ``beaufort`` expected in an area from one time to another.

    The area is a zone id (``zone``), or a ring of lon, lat pairs in degrees (``polygon``); exactly one of the two.
    """

    gale_id: str
    beaufort: int  # mean wind, Beaufort number 0..17
    from_ms: int
    to_ms: int
    source: str  # who issued it: shown with every alert it decides
    zone: str = ""
    polygon: tuple[tuple[float, float], ...] = ()
    gust: int = 0  # Beaufort number of the gusts, 0 if not given
