"""Which shift runs when: ``duty.toml`` in the data folder, or an example of three shifts where there is none.

    [[shift]]
    name = "早班"
    from = "08:00"
    to = "16:00"

Beijing time; a shift may run over midnight, and one that ends when it begins runs the whole day. Gaps are allowed (a
season, an unmanned night), shifts that overlap are not.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fengqiao.model.errors import FengqiaoError, InputFault
from fengqiao.store.durable import disk_faults

FILE = "duty.toml"
FILE_BYTES_MAX = 65_536  # some hundred shifts
SHIFTS_MAX = 24  # one an hour
NAME_CHARS_MAX = 20
DAY_MIN = 1_440
BEIJING_MIN = 480  # minutes ahead of UTC, the year round
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """Minutes after Beijing midnight, ``from_min`` in, ``to_min`` out; to_min <= from_min runs over midnight."""

    name: str
    from_min: int
    to_min: int

    def runs(self, minute: int) -> bool:
        return (minute - self.from_min) % DAY_MIN < self.length_min

    @property
    def length_min(self) -> int:
        return (self.to_min - self.from_min) % DAY_MIN or DAY_MIN


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    shifts: tuple[PlannedShift, ...]
    example: bool = False  # nobody has written a plan

    def at(self, at_ms: int) -> PlannedShift | None:
        """The shift that runs at an instant; None in a gap."""
        minute = (at_ms // 60_000 + BEIJING_MIN) % DAY_MIN
        return next((shift for shift in self.shifts if shift.runs(minute)), None)


EXAMPLE = ShiftPlan(
    (PlannedShift("早班", 480, 960), PlannedShift("中班", 960, 1440), PlannedShift("夜班", 0, 480)), example=True
)


def load_plan(folder: Path) -> ShiftPlan:
    """The plan of a data folder. InputFault "shift_plan" naming the file and what is wrong with it."""
    path = folder / FILE
    with disk_faults(path):
        if not path.exists():
            return EXAMPLE
        with path.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    try:
        return read_plan(data)
    except ValueError as error:  # TOML and UTF-8 errors are ValueErrors too
        raise InputFault("shift_plan", path=str(path), reason=str(error)) from None


def planned_name(folder: Path, at_ms: int) -> str:
    """The name of the shift that runs; "" in a gap, and where the plan cannot be read: nobody is kept from his seat
    by a slip in a file (``fengqiao shift show`` says what is wrong with it)."""
    try:
        shift = load_plan(folder).at(at_ms)
    except FengqiaoError:
        return ""
    return shift.name if shift else ""


def read_plan(data: bytes) -> ShiftPlan:
    """The plan a file says; ValueError with what is wrong."""
    if len(data) > FILE_BYTES_MAX:
        raise ValueError(f"> {FILE_BYTES_MAX} bytes")
    said = tomllib.loads(data.decode()).get("shift")
    if not isinstance(said, list) or not 0 < len(said) <= SHIFTS_MAX:
        raise ValueError(f"[[shift]] 1..{SHIFTS_MAX}")
    shifts = tuple(_shift(one) for one in said)
    for shift in shifts:
        if any(other is not shift and other.runs(shift.from_min) for other in shifts):
            raise ValueError(f"{shift.name}: from {shift.from_min // 60:02}:{shift.from_min % 60:02} overlaps")
    return ShiftPlan(shifts)


def _shift(said: Any) -> PlannedShift:
    if not isinstance(said, dict) or set(said) != {"name", "from", "to"}:
        raise ValueError("[[shift]] name, from, to")
    name = said["name"]
    if not isinstance(name, str) or not 0 < len(name.strip()) <= NAME_CHARS_MAX:
        raise ValueError(f"name 1..{NAME_CHARS_MAX}")
    return PlannedShift(name.strip(), _minute(said["from"]) % DAY_MIN, _minute(said["to"]))


def _minute(said: Any) -> int:
    found = CLOCK.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        raise ValueError(f"{said!r}: HH:MM")
    return int(found[1]) * 60 + int(found[2]) if found[1] else DAY_MIN
