"""The register from a CSV as centres keep it: Chinese or English headings, and every refused row says why.

Nothing here opens a file: ``decode_bytes`` takes what was read, ``parse_register`` its text. A row is read on its
own line, so one stray quote spoils one row and not the rest of the file.

To add a heading or a gear word: one entry in ``HEADINGS`` or ``GEAR_WORDS``. To add a reason: its sentence
``register.<reason>``, with the mend in it, in every language.
"""

import csv
import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from fengqiao.model.errors import InputFault
from fengqiao.register.vessel import GEARS, Identity, RegisteredVessel

CHINA = timezone(timedelta(hours=8))  # dates without a zone are days of Beijing time
ROWS_MAX = 200_000  # three times every motorised fishing vessel of a coastal province
CELL_CHARS_MAX = 200  # certificates and permit lists included; a longer cell is a row gone wrong
MID_MIN, MID_MAX = 201, 775  # ITU: a ship's mmsi begins with the digits of a country
LENGTH_M_MIN, LENGTH_M_MAX = 3.0, 150.0
RATING_MIN, RATING_MAX = 1, 17  # Beaufort numbers of GB/T 28591
NO_END_MS = Identity(0, "").to_ms

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "vesselname", "shipname", "船名", "渔船名称", "船舶名称", "渔船船名"),
    "mmsi": ("mmsi", "mmsi码", "mmsi号", "ais码", "九位码"),
    "vessel_id": ("vesselid", "id", "渔船编码", "船舶编码", "渔船编号"),
    "gear": ("gear", "geartype", "作业类型", "作业方式", "渔具"),
    "length_m": ("lengthm", "length", "loa", "船长米", "总长", "总长米", "船舶总长"),  # 船长 alone may be the skipper
    "rating_beaufort": ("ratingbeaufort", "rating", "抗风等级", "抗风级别", "抗风力"),
    "rating_source": ("ratingsource", "certificate", "证书", "证书编号", "检验证书"),
    "group": ("group", "编组", "编组名称", "组别"),
    "owner": ("owner", "船东", "船主", "所有人", "船舶所有人"),
    "phone": ("phone", "tel", "电话", "联系电话", "手机", "手机号"),
    "permits": ("permits", "permit", "许可", "专项许可", "特许"),
    "from": ("from", "since", "validfrom", "起", "起始日期", "启用日期"),
    "to": ("to", "until", "validto", "止", "截止日期", "停用日期"),
    "callsign": ("callsign", "呼号"),
}
NEEDED = ("name", "mmsi")

GEAR_WORDS: Mapping[str, tuple[str, ...]] = {
    "pair_trawl": ("双拖", "双船拖网", "双船底拖网", "对拖"),
    "single_trawl": ("单拖", "单船拖网", "单船底拖网"),
    "beam_shrimp": ("桁杆拖虾", "桁杆拖网", "拖虾", "桁拖"),
    "gillnet": ("刺网", "流刺网", "流网", "定置刺网"),
    "stow_net": ("张网", "帆式张网", "帆张网", "锚张网"),
    "small_stow_net": ("小型张网", "定置张网"),
    "light_seine": ("灯光围网", "灯光敷网", "灯光围(敷)网", "灯围", "围网", "敷网"),
    "pot": ("笼壶", "蟹笼", "地笼"),
    "hook": ("钓具", "钓业", "延绳钓", "鱿鱼钓"),
    "auxiliary": ("捕捞辅助船", "辅助船", "渔运船", "冷藏运输"),
    "other": ("其他", "其它"),
}
_GEAR = {word: gear for gear, words in GEAR_WORDS.items() for word in (*words, gear, gear.replace("_", " "))}
assert set(GEAR_WORDS) == set(GEARS)

DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ](\d{1,2}):(\d{2})(?::\d{2})?)?")
PHONE = re.compile(r"[+()\d\s-]+")
PERMIT_BREAKS = re.compile(r"[;；、，,|/\s]+")
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, format (direction turns), surrogates, line breaks
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong, or odd, about a row: where, why and what stood there."""

    line: int  # of the file, the heading included
    field: str  # name as in ``HEADINGS``; "" for the whole row
    reason: str
    value: str = ""
    heading: str = ""  # of the column, as the file writes it
    other_line: int = 0  # the row it collides with

    @property
    def message(self) -> str:
        return f"register.{self.reason}"

    @property
    def facts(self) -> dict[str, Any]:
        return {**asdict(self), "heading": self.heading or self.field}


class Refused(Remark):
    """This row is not in the register."""


class Warned(Remark):
    """This row is in the register; somebody should look at it."""


@dataclass(frozen=True, slots=True)
class Import:
    """What a file gave. ``revision`` is the same whenever the vessels are the same, in whatever order and format."""

    at_ms: int
    revision: str
    rows: int  # with anything in them
    vessels: tuple[RegisteredVessel, ...]
    refused: tuple[Refused, ...] = ()
    warnings: tuple[Warned, ...] = ()


class _No(Exception):
    def __init__(self, field: str, reason: str, value: str = "", other_line: int = 0) -> None:
        self.args = (field, reason, value, other_line)


@dataclass(slots=True)
class _Row:
    line: int
    vessel: RegisteredVessel
    identity: Identity | None  # a boat without AIS has none


@dataclass(slots=True)
class _Reading:
    headings: Mapping[str, str]
    rows: list[_Row] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    borne: dict[int, list[tuple[Identity, int]]] = field(default_factory=dict)

    def warn(self, line: int, name: str, reason: str, value: str, other_line: int = 0) -> None:
        self.warnings.append(Warned(line, name, reason, value, self.headings.get(name, ""), other_line))

    def refuse(self, line: int, no: _No) -> None:
        name, reason, value, other_line = no.args
        self.refused.append(Refused(line, name, reason, value, self.headings.get(name, ""), other_line))


def decode_bytes(data: bytes) -> str:
    """Text of a file in UTF-8, in UTF-16 with its mark (Excel's "Unicode text"), or in GB18030.

    Raises InputFault "register_encoding" when it is none of them.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputFault("register_encoding")


def parse_register(text: str, at_ms: int) -> Import:
    """Vessels of a CSV text. Rows of one vessel_id are its identities, each from ``起`` to ``止``.

    Both dates count whole days of Beijing time, the last day included. Raises InputFault "register_empty",
    "register_header" or "register_too_long"; anything wrong with a row is in the report, never an error.
    """
    lines = list(_lines(text))
    if not lines:
        raise InputFault("register_empty")
    if len(lines) > ROWS_MAX + 1:
        raise InputFault("register_too_long", rows=len(lines) - 1, limit=ROWS_MAX)
    delimiter, columns = _header(lines[0][1])
    reading = _Reading({name: heading for name, heading in columns if name})
    for name, heading in columns:
        if heading and not name:
            reading.warn(lines[0][0], "", "column_ignored", heading)
    for number, line in lines[1:]:
        try:
            _take(reading, number, _cells(line, delimiter, [name for name, _ in columns]))
        except _No as no:
            reading.refuse(number, no)
    vessels = tuple(_vessel(reading, rows) for rows in _by_vessel(reading.rows))
    return Import(at_ms, _revision(vessels), len(lines) - 1, vessels, tuple(reading.refused), tuple(reading.warnings))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(re.split("\r\n|\n|\r", text.removeprefix("\ufeff")), start=1):
        if line.strip(' \t,;"\u3000'):
            yield number, line


def _header(line: str) -> tuple[str, list[tuple[str, str]]]:
    """The delimiter, and for each column the name we know it by ("" if we do not) and its heading."""
    known = {heading: name for name, headings in HEADINGS.items() for heading in headings}
    best: tuple[str, list[tuple[str, str]]] = (",", [])
    for delimiter in ",\t;":
        try:
            cells = next(csv.reader([line], delimiter=delimiter))
        except csv.Error:
            continue
        columns = [(known.get(_bare(cell), ""), cell.strip()) for cell in cells]
        if sum(bool(name) for name, _ in columns) > sum(bool(name) for name, _ in best[1]):
            best = delimiter, columns
    names = [name for name, _ in best[1] if name]
    missing = [HEADINGS[name][0] for name in NEEDED if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if missing or twice:
        raise InputFault("register_header", missing=", ".join(missing) or "-", twice=", ".join(twice) or "-")
    return best


def _bare(heading: str) -> str:
    """A heading without case, width, spaces, brackets and dashes: 船长（米） and Length_m read alike."""
    return re.sub(r"[\s()\[\]_\-:*/.]", "", unicodedata.normalize("NFKC", heading).casefold())


def _cells(line: str, delimiter: str, names: Sequence[str]) -> dict[str, str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        raise _No("", "quoting", line[:CELL_CHARS_MAX]) from None
    cells = [re.sub("[\u3000\xa0\t]", " ", cell).strip() for cell in cells]
    if any(cells[len(names) :]):
        raise _No("", "columns", str(len(cells)))
    out = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    for name, cell in out.items():
        if len(cell) > CELL_CHARS_MAX:
            raise _No(name, "too_long", cell[:CELL_CHARS_MAX])
        if any(unicodedata.category(c) in UNSEEN for c in cell):
            raise _No(name, "unseen", cell)
    return out


def _take(reading: _Reading, line: int, cells: Mapping[str, str]) -> None:
    name = cells.get("name", "")
    if not name:
        raise _No("name", "name")
    mmsi = _read(cells, "mmsi", _mmsi, 0)
    vessel_id = cells.get("vessel_id") or (f"mmsi-{mmsi}" if mmsi else "")
    if not vessel_id:
        raise _No("mmsi", "nobody")
    from_ms = _read(cells, "from", _day_ms, 0)
    to_ms = _read(cells, "to", _day_end_ms, NO_END_MS)
    if from_ms >= to_ms:
        raise _No("to", "dates_reversed", f"{cells.get('from', '')} – {cells.get('to', '')}")
    vessel = RegisteredVessel(
        vessel_id,
        name,
        (),
        gear=_read(cells, "gear", _gear, ""),
        length_m=_read(cells, "length_m", _length_m, math.nan),
        rating_beaufort=_read(cells, "rating_beaufort", _rating, 0),
        rating_source=cells.get("rating_source", ""),
        group=cells.get("group", ""),
        permits=tuple(p for p in PERMIT_BREAKS.split(cells.get("permits", "")) if p),
        owner=cells.get("owner", ""),
        phone=cells.get("phone", ""),
    )
    identity = Identity(mmsi, name, from_ms, to_ms, cells.get("callsign", "").upper()) if mmsi else None
    if identity:
        _bear(reading, line, identity, cells["mmsi"])
    else:
        reading.warn(line, "mmsi", "no_mmsi", name)
    if vessel.rating_beaufort and not vessel.rating_source:
        reading.warn(line, "rating_source", "no_certificate", cells["rating_beaufort"])
    for field_name, cell in cells.items():
        if cell[:1] in "=+-@" and cell and not (field_name == "phone" and PHONE.fullmatch(cell)):
            reading.warn(line, field_name, "formula", cell)
    reading.rows.append(_Row(line, vessel, identity))


def _read(cells: Mapping[str, str], name: str, read: Callable[[str], Any], absent: Any) -> Any:
    cell = unicodedata.normalize("NFKC", cells.get(name, ""))
    try:
        return read(cell) if cell else absent
    except (ValueError, OverflowError):
        reason = "date" if name in ("from", "to") else name
        raise _No(name, reason, cells[name]) from None


def _mmsi(cell: str) -> int:
    if not re.fullmatch("[0-9]{9}", cell) or not MID_MIN <= int(cell[:3]) <= MID_MAX:
        raise ValueError
    return int(cell)


def _gear(cell: str) -> str:
    gear = _GEAR.get(cell.casefold())
    if gear is None:
        raise ValueError
    return gear


def _length_m(cell: str) -> float:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(?:米|m)?", cell)
    length_m = float(found[1]) if found else math.nan
    if not LENGTH_M_MIN <= length_m <= LENGTH_M_MAX:
        raise ValueError
    return length_m


def _rating(cell: str) -> int:
    found = re.fullmatch(r"([0-9]{1,2})\s*级?", cell)
    rating = int(found[1]) if found else 0
    if not RATING_MIN <= rating <= RATING_MAX:
        raise ValueError
    return rating


def _day_ms(cell: str) -> int:
    return int(_moment(cell)[0].timestamp() * 1000)


def _day_end_ms(cell: str) -> int:
    moment, timed = _moment(cell)
    return int((moment if timed else moment + DAY).timestamp() * 1000)


def _moment(cell: str) -> tuple[datetime, bool]:
    found = DATE.fullmatch(cell)
    if not found:
        raise ValueError
    year, month, day, hour, minute = (int(g) if g else 0 for g in found.groups())
    return datetime(year, month, day, hour, minute, tzinfo=CHINA), found[4] is not None


def _bear(reading: _Reading, line: int, identity: Identity, cell: str) -> None:
    """An mmsi belongs to one vessel under one name at a time: the row that came first keeps it."""
    borne = reading.borne.setdefault(identity.mmsi, [])
    for other, other_line in borne:
        if identity.from_ms < other.to_ms and other.from_ms < identity.to_ms:
            raise _No("mmsi", "mmsi_taken", cell, other_line)
    borne.append((identity, line))


def _by_vessel(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Rows of each vessel, oldest identity first, vessels by their id."""
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.vessel.vessel_id, []).append(row)
    return [sorted(found[i], key=lambda r: (r.identity.from_ms if r.identity else 0, r.line)) for i in sorted(found)]


def _vessel(reading: _Reading, rows: Sequence[_Row]) -> RegisteredVessel:
    """One vessel of its rows: each field from the latest row that fills it; rows that differ are remarked."""
    merged: dict[str, Any] = {}
    for row in rows:
        for name, value in _filled(row.vessel).items():
            if name in ("gear", "length_m", "rating_beaufort") and merged.get(name, value) != value:
                reading.warn(row.line, name, "differs", str(value), rows[0].line)
            merged[name] = value
    return RegisteredVessel(**merged, identities=tuple(row.identity for row in rows if row.identity))


def _filled(vessel: RegisteredVessel) -> dict[str, Any]:
    values = {name: getattr(vessel, name) for name in RegisteredVessel.__dataclass_fields__ if name != "identities"}
    return {name: value for name, value in values.items() if value and value == value}  # NaN is not itself


def _revision(vessels: Sequence[RegisteredVessel]) -> str:
    content = [{k: None if v != v else v for k, v in asdict(vessel).items()} for vessel in vessels]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
