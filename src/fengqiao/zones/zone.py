"""A zone as the law or a chart gives it, with where it comes from and how far it may be trusted."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shapely.geometry.base import BaseGeometry

NO_END_MS = 2**62  # of what has not ended


class Use(StrEnum):
    ENFORCE = "enforce"  # only official or derived, and checked by a named person
    ADVISE = "advise"  # unchecked: a hint to look, never an accusation
    DISPLAY = "display"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Window:
    """When, and for which gear, a zone's rule bites. Dated, never only recurring."""

    from_ms: int
    to_ms: int  # NO_END_MS: for good
    gear: tuple[str, ...] = ()  # register gear codes (see fengqiao.register.GEARS); empty: every gear
    gear_except: tuple[str, ...] = ()
    permit_ok: bool = False  # a special permit lifts it: a property of the vessel
    status: str = "gazetted"  # gazetted | carried_over | assumed
    source: str = ""

    def bites(self, at_ms: int) -> bool:
        return self.from_ms <= at_ms < self.to_ms


@dataclass(frozen=True, slots=True)
class Zone:
    """One feature of ``charts/zones``; geometry in WGS84 degrees, legal lines already densified."""

    zone_id: str
    rev: int
    kind: str  # of charts/schema/zone-1.json
    role: str  # area | line_cross | line_side | point_label | corridor_axis
    name_zh: str
    name_en: str
    geometry: BaseGeometry
    confidence: str  # official | derived | literature | historical | approximate | unverified | test
    use: Use
    source: tuple[str, ...]
    legal_basis: tuple[str, ...] = ()
    valid_from_ms: int = 0
    valid_to_ms: int = NO_END_MS
    windows: tuple[Window, ...] = ()
    rule: dict[str, Any] = field(default_factory=dict)  # enter | leave: allow record notice warn alarm; fishing: bool
    uncertainty_m: float = 0.0
    out_m: float = 50.0  # leave only when this far outside (hysteresis)
    in_fixes: int = 2  # enter only after this many fixes inside
    notes: str = ""

    @property
    def ref(self) -> str:
        """How alerts cite it: id@rev."""
        return f"{self.zone_id}@{self.rev}"

    def valid(self, at_ms: int) -> bool:
        return self.valid_from_ms <= at_ms < self.valid_to_ms
