"""Tables of positions that others have already decoded, in the shapes in common use, as reports.

Known by their header: the daily files of the Danish Maritime Authority, those of MarineCadastre (US), and lists of
satellite positions (北斗, VMS) as fishery offices export them. A value that is missing or cannot be is not given; a
row without a possible number, time and place is refused and counted. Text of these files is as hostile as the air.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from fengqiao.ais.armour import I64
from fengqiao.ais.columns import (
    COG,
    COGS_TENTHS,
    HEADING,
    HEADINGS,
    LAT_UNITS_MAX,
    LON_UNITS_MAX,
    NAV_STATUS,
    NO_SUCH_FIELD,
    POSITION,
    SOG,
)
from fengqiao.ais.gate import MMSI_MAX
from fengqiao.ais.stamps import civil
from fengqiao.model.health import SentenceCounts
from fengqiao.model.inputs import Chunk
from fengqiao.model.reports import NO_TIME_MS, NOT_AIS, UNITS_PER_DEGREE, Lines, Positions, ReportBatch, Statics, Texts

F64 = NDArray[np.float64]
SOG_TENTHS_MAX = 1022  # M.1371 table 48: more is "not available"
BEIJING_MS = 8 * 3_600_000
LINE_BYTES_MAX = 65_536  # a file without line ends must not grow our memory
# Dates as offices and their spreadsheets write them: 2026-11-01, 2026/11/1, 2026年11月1日; 01/11/2026.
YEAR_FIRST = r"(?P<year>\d{4})[-/年](?P<month>\d{1,2})[-/月](?P<day>\d{1,2})日?"
DAY_FIRST = r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})"
CLOCK = (
    r"(?:T|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
UNIT = re.compile(r"[(（][^)）]*[)）]$")  # 航速(节), 经度（度）
CIVIL = ("year", "month", "day", "hour", "minute", "second")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the columns of a file are called, and how it says things."""

    name: str  # by which a reader that was put away finds its shape again
    columns: Mapping[str, Sequence[str]]  # our field -> the headings it may have
    must: Sequence[str] = ("mmsi", "time", "lat", "lon")
    date: str = YEAR_FIRST
    zone_ms: int = 0  # how far its clock is ahead of UTC, where a time does not say so itself
    class_of: Mapping[str, int] = field(default_factory=dict)  # what its class column says -> message type
    msg_type: int = 1  # where it does not say
    statuses: Mapping[str, int] = field(default_factory=dict)  # words of its status column; numbers are themselves


STATUSES = MappingProxyType(
    {
        text: number
        for number, text in enumerate(
            (
                "under way using engine",
                "at anchor",
                "not under command",
                "restricted maneuverability",
                "constrained by her draught",
                "moored",
                "aground",
                "engaged in fishing",
                "under way sailing",
            )
        )
    }
)
DMA = Shape(
    "dma",
    {
        "time": ("# timestamp", "timestamp"),
        "class": ("type of mobile",),
        "mmsi": ("mmsi",),
        "lat": ("latitude",),
        "lon": ("longitude",),
        "status": ("navigational status",),
        "sog": ("sog",),
        "cog": ("cog",),
        "heading": ("heading",),
        "name": ("name",),
        "callsign": ("callsign",),
        "imo": ("imo",),
        "destination": ("destination",),
    },
    must=("mmsi", "time", "lat", "lon", "class"),
    date=DAY_FIRST,
    class_of={"class a": 1, "class b": 18, "base station": 4, "aton": 21, "sar airborne": 9},
    statuses=STATUSES,
)
MARINE_CADASTRE = Shape(
    "marinecadastre",
    {
        "time": ("basedatetime", "base_date_time"),
        "class": ("transceiverclass", "transceiver_class", "transceiver"),
        "mmsi": ("mmsi",),
        "lat": ("lat", "latitude"),
        "lon": ("lon", "longitude"),
        "status": ("status",),
        "sog": ("sog",),
        "cog": ("cog",),
        "heading": ("heading",),
        "name": ("vesselname", "vessel_name"),
        "callsign": ("callsign", "call_sign"),
        "imo": ("imo",),
        "ship_type": ("vesseltype", "vessel_type"),
    },
    class_of={"a": 1, "b": 18},
    statuses=STATUSES,
)
SATELLITE = Shape(
    "vms",
    {
        "time": ("时间", "定位时间", "上报时间", "time", "timestamp"),
        "mmsi": ("mmsi", "mmsi号", "九位码"),
        "lat": ("纬度", "lat", "latitude"),
        "lon": ("经度", "lon", "longitude"),
        "sog": ("航速", "速度", "speed", "sog"),
        "cog": ("航向", "course", "cog"),
        "name": ("船名", "渔船名称", "name"),
    },
    zone_ms=BEIJING_MS,
    msg_type=NOT_AIS,
)
SHAPES = (DMA, MARINE_CADASTRE, SATELLITE)


def shape_of(header: bytes) -> Shape | None:
    """The shape whose columns the first line of a file names, None if it is no table known here."""
    names = _names(header)
    for shape in SHAPES:
        if all(any(alias in names for alias in shape.columns[field]) for field in shape.must):
            return shape
    return None


def _names(header: bytes) -> list[str]:
    line = header.splitlines()[0] if header.strip() else b""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = line.decode("gb18030", "replace")
    return [UNIT.sub("", name.strip().strip('"')).strip().casefold() for name in text.split(",")]


class Tables:
    """Blocks of whole lines of one file into reports. Plain data, as ``Decoder`` is."""

    def __init__(self, feed: str, shape: Shape, header: bytes) -> None:
        self.feeds: tuple[str, ...] = (feed,)
        self.counts = SentenceCounts()
        self._name = shape.name
        self._names = _names(header)
        self._gb = not _is_utf8(header)
        self._header = True  # the first line is still to come
        self._partial = b""

    @property
    def _shape(self) -> Shape:
        return next(shape for shape in SHAPES if shape.name == self._name)

    @property
    def local(self) -> bool:
        """Whether its times, where they do not say their zone, are read as Beijing's."""
        return self._shape.zone_ms == BEIJING_MS

    def decode(self, chunks: Sequence[Chunk]) -> ReportBatch:
        """The rows that end in these chunks, which are the file in order."""
        data = self._partial + b"".join(chunk.data for chunk in chunks)
        stop = data.rfind(b"\n") + 1
        self._partial = data[stop:]
        if len(self._partial) > LINE_BYTES_MAX:
            self._partial = b""
            self.counts.came_in += 1
            self.counts.refused["framing"] += 1
        return self._rows(data[:stop], chunks[-1].seq, chunks[-1].received_ms)

    def flush(self) -> ReportBatch:
        """The end of the file ends its last line."""
        data, self._partial = self._partial, b""
        return self._rows(data, 0, 0)

    def _rows(self, data: bytes, seq: int, received_ms: int) -> ReportBatch:
        if self._header and data:
            data = data[data.find(b"\n") + 1 :]
            self._header = False
        if not data.strip():
            return ReportBatch.empty(self.feeds)
        table = self._read(data)
        n = table.num_rows
        lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
        self.counts.came_in += max(lines, n)
        self.counts.refused["framing"] += max(lines - n, 0)
        mmsi, at_ms = _whole(self._text(table, "mmsi")), self._times(table)
        lon, lat = (_scaled(self._text(table, axis), UNITS_PER_DEGREE) for axis in ("lon", "lat"))
        numbered = (mmsi > 0) & (mmsi <= MMSI_MAX)
        placed = (np.abs(lon) <= LON_UNITS_MAX) & (np.abs(lat) <= LAT_UNITS_MAX)
        good = numbered & (at_ms != NO_TIME_MS)
        self.counts.refused["mmsi"] += int(np.count_nonzero(~numbered))
        self.counts.refused["time"] += int(np.count_nonzero(numbered & ~good))
        self.counts.used += int(np.count_nonzero(good))
        table, mmsi, at_ms = table.filter(pa.array(good)), mmsi[good], at_ms[good]
        lon, lat, placed = lon[good], lat[good], placed[good]
        return self._batch(
            table, mmsi, at_ms, np.where(placed, lon, 0), np.where(placed, lat, 0), placed, seq, received_ms
        )

    def _read(self, data: bytes) -> pa.Table:
        """Every row that has as many columns as the header, as text."""
        text = data.decode("gb18030" if self._gb else "utf-8", "replace").encode()
        if b'"' in text:  # a quote that never closes would swallow the rows behind it
            text = b"".join(line for line in text.splitlines(keepends=True) if line.count(b'"') % 2 == 0)
        try:
            return self._parse(text)
        except pa.ArrowInvalid:  # one row that no parser can take must not cost the others
            return self._parse(b"".join(line for line in text.splitlines(keepends=True) if self._takes(line)))

    def _takes(self, line: bytes) -> bool:
        try:
            return bool(self._parse(line).num_rows)
        except pa.ArrowInvalid:
            return False

    def _parse(self, text: bytes) -> pa.Table:
        names = [str(n) for n in range(len(self._names))]
        if not text.strip():
            return pa.table({name: pa.array([], pa.string()) for name in names})
        return pa_csv.read_csv(
            io.BytesIO(text),
            read_options=pa_csv.ReadOptions(column_names=names, use_threads=False),
            parse_options=pa_csv.ParseOptions(invalid_row_handler=lambda _: "skip"),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )

    def _text(self, table: pa.Table, name: str) -> pa.ChunkedArray | None:
        """A column as text, None if the file has none."""
        for alias in self._shape.columns.get(name, ()):
            if alias in self._names:
                return table.column(str(self._names.index(alias)))
        return None

    def _times(self, table: pa.Table) -> I64:
        text = self._text(table, "time")
        assert text is not None, "a shape is chosen only where its columns are"
        return _instants(text, self._shape.date, self._shape.zone_ms)

    def _batch(
        self,
        table: pa.Table,
        mmsi: I64,
        at_ms: I64,
        lon: I64,
        lat: I64,
        placed: NDArray[np.bool_],
        seq: int,
        received_ms: int,
    ) -> ReportBatch:
        n = len(mmsi)
        known = placed * POSITION
        sog = _scaled(self._text(table, "sog"), 10, n)
        cog = _scaled(self._text(table, "cog"), 10, n)
        heading = _scaled(self._text(table, "heading"), 1, n)
        status = self._status(table, n)
        kind = self._kinds(table, n)
        fields = {}
        for name, values, most, flag in (
            ("sog", sog, SOG_TENTHS_MAX + 1, SOG),
            ("cog", cog, COGS_TENTHS, COG),
            ("heading", heading, HEADINGS, HEADING),
            ("nav_status", status, 16, NAV_STATUS),
        ):
            given = (values >= 0) & (values < most)
            known = known + given * flag
            fields[name] = np.where(given, values, 0)
        types = Positions.dtypes()
        columns = {
            "line": np.arange(n),
            "feed": np.zeros(n),
            "seq": np.full(n, seq),
            "received_ms": np.full(n, received_ms),
            "ref_ms": at_ms,
            "fix_ms": at_ms,
            "mmsi": mmsi,
            "msg_type": kind,
            "known": known,
            "lon": lon,
            "lat": lat,
            "rot": np.zeros(n),
            "second": np.zeros(n),
            **fields,
        }
        positions = Positions(**{name: columns[name].astype(types[name]) for name in types})
        lines = Lines(
            feed=positions.feed,
            seq=positions.seq,
            received_ms=positions.received_ms,
            source_ms=at_ms,
            ref_ms=at_ms,
            intact=np.ones(n, np.bool_),
            heard_mmsi=positions.mmsi.astype(np.int32),
            receiver=positions.feed,
        )
        return ReportBatch(self.feeds, lines, positions, self._statics(table, positions), Texts.empty())

    def _status(self, table: pa.Table, n: int) -> I64:
        text = self._text(table, "status")
        if text is None:
            return np.full(n, -1, np.int64)
        words = self._shape.statuses
        codes = {word: words.get(word.strip().casefold(), _number(word)) for word in pc.unique(text).to_pylist()}
        return np.array([codes[word] for word in codes], np.int64)[_places(text, list(codes))]

    def _kinds(self, table: pa.Table, n: int) -> I64:
        text = self._text(table, "class")
        if text is None or not self._shape.class_of:
            return np.full(n, self._shape.msg_type, np.int64)
        words = pc.unique(text).to_pylist()
        kinds = [self._shape.class_of.get(word.strip().casefold(), self._shape.msg_type) for word in words]
        return np.array(kinds, np.int64)[_places(text, words)]

    def _statics(self, table: pa.Table, positions: Positions) -> Statics:
        """Who each vessel of the block said it was: one row for each way she said it."""
        texts = [self._text(table, name) for name in ("name", "callsign", "destination", "imo", "ship_type")]
        if texts[0] is None:
            return Statics.empty()
        blank = pa.chunked_array([pa.repeat("", len(positions))])
        told = pa.table([pa.array(positions.mmsi), *(blank if t is None else t for t in texts)], names=list("abcdef"))
        told = told.append_column("line", pa.array(positions.line)).append_column("ref", pa.array(positions.ref_ms))
        last = told.group_by(list("abcdef")).aggregate([("line", "max"), ("ref", "max")])
        last = last.sort_by("line_max")
        rows = [
            (line, 0, ref, mmsi, NOT_AIS, *map(_plain, (name, callsign, destination)), _imo(imo), _type(ship_type))
            + (NO_SUCH_FIELD,) * 5
            for mmsi, name, callsign, destination, imo, ship_type, line, ref in zip(
                *(last.column(c).to_pylist() for c in (*"abcdef", "line_max", "ref_max")), strict=True
            )
            if _plain(name)
        ]
        return Statics.from_rows(rows)


def _is_utf8(header: bytes) -> bool:
    try:
        header.decode()
    except UnicodeDecodeError:
        return False
    return True


def _instants(text: pa.ChunkedArray, date: str, zone_ms: int) -> I64:
    """Unix milliseconds of dates with a clock; NO_TIME_MS for what is none, no day of the calendar, or before AIS."""
    found = pc.extract_regex(pc.utf8_trim_whitespace(text), f"^{date}{CLOCK}$")
    read = np.asarray(found.is_valid())

    def said(name: str) -> pa.ChunkedArray:
        return pc.fill_null(pc.struct_field(found, name), "")

    def number(digits: pa.ChunkedArray) -> I64:
        return np.asarray(pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64()), np.int64)

    thousandths = number(pc.utf8_slice_codeunits(pc.utf8_rpad(said("fraction"), 3, "0"), 0, 3))
    ms, real = civil([*(number(said(name)) for name in CIVIL), thousandths])
    zone = pc.replace_substring(said("zone"), ":", "")
    minutes = number(pc.utf8_slice_codeunits(zone, 1, 3)) * 60 + number(pc.utf8_slice_codeunits(zone, 3, 5))
    own = np.where(np.asarray(pc.starts_with(zone, "-")), -minutes, minutes) * 60_000
    ahead = np.where(np.asarray(pc.equal(zone, "")), zone_ms, own)
    return np.where(read & real & (ms != NO_TIME_MS), ms - ahead, NO_TIME_MS)


def _places(text: pa.ChunkedArray, words: list[str]) -> I64:
    """Of each value its place among ``words``."""
    return np.asarray(pc.index_in(text, pa.array(words, pa.string())), np.int64)


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 3 else -1


def _plain(text: str) -> str:
    return "".join(c for c in text.strip()[:64] if c.isprintable())


def _imo(text: str) -> int:
    digits = text.upper().removeprefix("IMO").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 7 else 0


def _type(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < 256 else NO_SUCH_FIELD


def _scaled(text: pa.ChunkedArray | None, scale: int, n: int = 0) -> I64:
    """Decimal numbers times ``scale``, rounded; -1 << 40 for what is no number (and so in no range)."""
    if text is None:
        return np.full(n, -1 << 40, np.int64)
    values = _floats(text) * scale
    return np.where(np.abs(values) < 1e12, np.rint(np.nan_to_num(values, nan=-float(1 << 40))), -1 << 40).astype(
        np.int64
    )


def _floats(text: pa.ChunkedArray) -> F64:
    trimmed = pc.utf8_trim_whitespace(text)
    number = pc.match_substring_regex(trimmed, r"^[+-]?\d{1,9}(\.\d{0,12})?$")
    kept = pc.if_else(number, trimmed, None)
    return np.asarray(kept.cast(pa.float64()).fill_null(float("nan")), np.float64)


def _whole(text: pa.ChunkedArray | None) -> I64:
    assert text is not None, "a shape is chosen only where its columns are"
    values = _floats(text)
    return np.where(values == np.rint(values), np.nan_to_num(values), 0).astype(np.int64)
