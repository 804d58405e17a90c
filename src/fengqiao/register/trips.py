"""Declared returns as people give them: in an act, or as a CSV list of port-leaving reports (进出港报告)."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from fengqiao.model.errors import InputFault
from fengqiao.model.trip import TRIPS_AT_ONCE_MAX, Trip

BEIJING = timezone(timedelta(hours=8))
FAR_MS = 366 * 24 * 3_600_000  # no boat declares a return more than a year off: a slip of the pen
LAST_MS = 4_102_444_800_000  # of the year 2099
HARBOUR_CHARS_MAX = 60
MMSI_MIN, MMSI_MAX = 100_000_000, 999_999_999
HEADINGS = {
    "name": ("船名", "渔船名称", "vessel", "name"),
    "mmsi": ("mmsi", "mmsi号", "九位码"),
    "due": ("报备回港时间", "预计回港时间", "预计进港时间", "回港时间", "due"),
    "departs": ("出港时间", "离港时间", "departs", "left"),
    "harbour": ("回港港口", "进港港口", "靠泊港口", "港口", "harbour", "port"),
}
MOMENT = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?[T ]*(\d{1,2})[:：时](\d{2})分?(?::\d{2})?")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a line of the list: the word for it is ``trip.<reason>``."""

    line: int  # of the file, the heading included
    reason: str
    value: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TripList:
    """``trips`` are facts for an act, one dict each, the last of every vessel; ``flaws`` the lines left out."""

    trips: tuple[dict[str, Any], ...]
    flaws: tuple[Flaw, ...]


def trip_id(mmsi: int, due_ms: int) -> str:
    """The same return declared again is the same trip."""
    return f"{mmsi}-{datetime.fromtimestamp(due_ms / 1000, BEIJING):%Y%m%d%H%M}"


def trips_from_facts(facts: Mapping[str, Any], at_ms: int, by: str) -> tuple[Trip, ...]:
    """The returns in an act's facts: ``trips``, each ``mmsi, due_ms`` and perhaps ``departs_ms, harbour``.

    Of several for one vessel the last counts. Raises ``InputFault("trip_unread")`` naming the field.
    """
    given = facts.get("trips")
    if not isinstance(given, list) or not 0 < len(given) <= TRIPS_AT_ONCE_MAX:
        raise InputFault("trip_unread", field="trips", value=str(given)[:80])
    trips = [_trip(one if isinstance(one, dict) else {}, at_ms, by) for one in given]
    return tuple({trip.mmsi: trip for trip in trips}.values())


def _trip(one: Mapping[str, Any], at_ms: int, by: str) -> Trip:
    mmsi = _whole(one, "mmsi", MMSI_MIN, MMSI_MAX)
    # A watch that lives by its sources' time does not know it (0) before one has spoken.
    due_ms = _whole(one, "due_ms", *((at_ms - FAR_MS, at_ms + FAR_MS) if at_ms else (0, LAST_MS)))
    departs_ms = min(at_ms, due_ms)
    if one.get("departs_ms") is not None:
        departs_ms = _whole(one, "departs_ms", due_ms - FAR_MS, due_ms - 1)
    harbour = str(one.get("harbour") or "")
    if len(harbour) > HARBOUR_CHARS_MAX:
        raise InputFault("trip_unread", field="harbour", value=harbour[:80])
    return Trip(trip_id(mmsi, due_ms), mmsi, due_ms, departs_ms, at_ms, by, harbour)


def _whole(one: Mapping[str, Any], field: str, least: int, most: int) -> int:
    value = one.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InputFault("trip_unread", field=field, value=str(value)[:80])
    return value


def parse_trips(text: str, at_ms: int, mmsi_called: Callable[[str], int | None]) -> TripList:
    """Returns in a CSV text with a heading; ``mmsi_called`` tells the number of a name, None if of none or several.

    Raises InputFault "trips_empty" or "trips_header"; what is wrong with a line is among the flaws.
    """
    lines = [(n, line) for n, line in enumerate(re.split("\r\n|\n|\r", text.removeprefix("\ufeff")), 1) if line.strip()]
    if not lines:
        raise InputFault("trips_empty")
    if len(lines) > TRIPS_AT_ONCE_MAX + 1:
        raise InputFault("register_too_long", rows=len(lines) - 1, limit=TRIPS_AT_ONCE_MAX)
    delimiter, names = _header(lines[0][1])
    trips: dict[int, dict[str, Any]] = {}
    flaws: list[Flaw] = []
    for number, line in lines[1:]:
        found = _read(number, dict(zip(names, _cells(line, delimiter), strict=False)), mmsi_called)
        if isinstance(found, Flaw):
            flaws.append(found)
            continue
        try:
            _trip(found, at_ms, "")
        except InputFault as fault:
            flaws.append(Flaw(number, fault.facts["field"], fault.facts["value"]))
            continue
        trips[found["mmsi"]] = found
    return TripList(tuple(trips.values()), tuple(flaws))


def _header(line: str) -> tuple[str, list[str]]:
    known = {heading: name for name, headings in HEADINGS.items() for heading in headings}
    for delimiter in ",\t;":
        names = [known.get(cell.strip().casefold(), "") for cell in _cells(line, delimiter)]
        if "due" in names and ("mmsi" in names or "name" in names):
            return delimiter, names
    raise InputFault("trips_header", needed=" / ".join((HEADINGS["due"][0], HEADINGS["name"][0], "MMSI")))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:  # a cell of more than 128 KiB
        return []


def _read(line: int, cells: Mapping[str, str], mmsi_called: Callable[[str], int | None]) -> dict[str, Any] | Flaw:
    said, name = (cells.get(field, "").strip() for field in ("mmsi", "name"))
    mmsi = int(said) if re.fullmatch("[0-9]{9}", said) else None
    if said and mmsi is None:
        return Flaw(line, "mmsi", said[:80])
    mmsi = mmsi if mmsi is not None else mmsi_called(name) if name else None
    if mmsi is None:
        return Flaw(line, "vessel", name[:80])
    one: dict[str, Any] = {"mmsi": mmsi, "harbour": cells.get("harbour", "").strip()}
    for field in ("due", "departs"):
        if cell := cells.get(field, "").strip():
            try:
                one[f"{field}_ms"] = moment_ms(cell)
            except ValueError:
                return Flaw(line, f"{field}_ms", cell[:80])
    return one if "due_ms" in one else Flaw(line, "due_ms")


def moment_ms(text: str) -> int:
    """A date with a time of day as people write it, Beijing time. ValueError if it is none."""
    found = MOMENT.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    year, month, day, hour, minute = map(int, found.groups())
    return int(datetime(year, month, day, hour, minute, tzinfo=BEIJING).timestamp() * 1000)


def declared(open_trips: Sequence[Trip], new: Sequence[Trip]) -> tuple[Trip, ...]:
    """What is waited for after ``new`` was declared: it takes the place of what its vessels declared before.

    Said again unchanged, a return keeps what the watch has seen of it.
    """
    before = {trip.mmsi: trip for trip in open_trips}
    return tuple(sorted((before | dict(_kept(before, new))).values(), key=lambda trip: (trip.due_ms, trip.trip_id)))


def _kept(before: Mapping[int, Trip], new: Sequence[Trip]) -> Iterator[tuple[int, Trip]]:
    for trip in new:
        old = before.get(trip.mmsi)
        same = old is not None and (old.trip_id, old.harbour) == (trip.trip_id, trip.harbour)
        yield trip.mmsi, old if old is not None and same else trip
