"""Tables of positions that others have already decoded, in the shapes in common use, as reports.

Known by their header: the daily files of the Danish Maritime Authority, those of MarineCadastre (US), and lists of
satellite positions (北斗, VMS) as fishery offices export them. A value that is missing or cannot be is not given; a
row without a possible number, time and place is refused and counted: it would be a position taken in that nobody can
find. Text of these files is as hostile as the air.
"""

import io
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from fengqiao import nav
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
    ROT,
    SOG,
)
from fengqiao.ais.gate import MMSI_MAX
from fengqiao.ais.json_message import ROT_PER_ROOT
from fengqiao.ais.stamps import civil
from fengqiao.ais.table_shapes import BEIJING_MS, SHAPES, Shape, headings
from fengqiao.model.errors import UsageFault
from fengqiao.model.health import SentenceCounts
from fengqiao.model.inputs import Chunk
from fengqiao.model.reports import NO_TIME_MS, NOT_AIS, UNITS_PER_DEGREE, Lines, Positions, ReportBatch, Statics, Texts

F64 = NDArray[np.float64]
SOG_TENTHS_MAX = 1022  # M.1371 table 48: more is "not available"
LINE_BYTES_MAX = 65_536  # a file without line ends must not grow our memory
ROT_MAX = 127  # M.1371 table 48: turning faster than is measured; -128 is "not available"
LENGTH_M_MAX, WIDTH_M_MAX, DRAUGHT_DM_MAX = 1022, 126, 255  # M.1371 table 52: two of 511, two of 63; 25.5 m
NUMBER = r"[+-]?\d{1,9}(\.\d{0,12})?"
SAID = ("name", "callsign", "destination", "imo", "ship_type", "length", "width", "draught")
CIVIL = ("year", "month", "day", "hour", "minute", "second")
DEGREE_MARK = "[°˚º度]"  # without one, 122,3 may be a decimal comma or a broken row
CLOCK = (
    r"(?:T|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)


class Tables:
    """Blocks of whole lines of one file into reports. Plain data, as ``Decoder`` is.

    A row later than ``until_ms`` is a typing error or a clock gone wild, and is refused.
    """

    def __init__(self, feed: str, shape: Shape, header: bytes, until_ms: int) -> None:
        self.until_ms = until_ms
        self.feeds: tuple[str, ...] = (feed,)
        self.counts = SentenceCounts()
        self._name = shape.name
        self._names = headings(header)
        self._gb = not _is_utf8(header)
        self._cr = b"\r" in header and b"\n" not in header  # ends of lines as old spreadsheets for the Mac write them
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
        data = self._partial + self._lines(b"".join(chunk.data for chunk in chunks))
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

    def _lines(self, data: bytes) -> bytes:
        return data.replace(b"\r", b"\n") if self._cr else data

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
        shape, mmsi = self._shape, _whole(self._must(table, "mmsi"))
        at_ms = _instants(self._must(table, "time"), shape.date, shape.zone_ms)
        lon, lat = self._places(table)
        wrong = np.select(
            [(mmsi <= 0) | (mmsi > MMSI_MAX), (at_ms == NO_TIME_MS) | (at_ms > self.until_ms), _out(lon, lat)],
            ["mmsi", "time", "place"],
            "",
        )
        self.counts.refused.update(wrong[wrong != ""].tolist())
        good = wrong == ""
        self.counts.used += int(np.count_nonzero(good))
        table = table.filter(pa.array(good))
        return self._batch(table, mmsi[good], at_ms[good], lon[good], lat[good], seq, received_ms)

    def _places(self, table: pa.Table) -> tuple[I64, I64]:
        """Longitude and latitude; where they are no numbers but bear a degree mark, as people write them."""
        texts = [self._must(table, axis) for axis in ("lon", "lat")]
        lon, lat = (_scaled(text, UNITS_PER_DEGREE) for text in texts)
        marked = [np.asarray(pc.match_substring_regex(text, DEGREE_MARK)) for text in texts]
        rows = np.flatnonzero(marked[0] & marked[1])
        cells = (text.take(pa.array(rows)).to_pylist() for text in texts)
        for row, east, north in zip(rows, *cells, strict=True):
            try:
                lon[row], lat[row] = (round(v * UNITS_PER_DEGREE) for v in nav.parse_position(f"{north} {east}"))
            except UsageFault:
                continue
        return lon, lat

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

    def _must(self, table: pa.Table, name: str) -> pa.ChunkedArray:
        text = self._text(table, name)
        assert text is not None, "a shape is chosen only where its columns are"
        return text

    def _batch(
        self,
        table: pa.Table,
        mmsi: I64,
        at_ms: I64,
        lon: I64,
        lat: I64,
        seq: int,
        received_ms: int,
    ) -> ReportBatch:
        n = len(mmsi)
        known = np.full(n, POSITION)
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
        rot = _rot(self._text(table, "rot"), n)
        turning = np.abs(rot) <= ROT_MAX
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
            "known": known + turning * ROT,
            "lon": lon,
            "lat": lat,
            "rot": np.where(turning, rot, 0),
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
        texts = [self._text(table, name) for name in SAID]
        if texts[0] is None:
            return Statics.empty()
        blank = pa.chunked_array([pa.repeat("", len(positions))])
        told = pa.table([pa.array(positions.mmsi), *(blank if t is None else t for t in texts)], names=["mmsi", *SAID])
        told = told.append_column("line", pa.array(positions.line)).append_column("ref", pa.array(positions.ref_ms))
        last = told.group_by(["mmsi", *SAID]).aggregate([("line", "max"), ("ref", "max")]).sort_by("line_max")
        rows = [
            (line, 0, ref, mmsi, NOT_AIS, *map(_plain, (name, callsign, destination)), *_particulars(*more))
            for mmsi, name, callsign, destination, *more, line, ref in zip(
                *(last.column(c).to_pylist() for c in ("mmsi", *SAID, "line_max", "ref_max")), strict=True
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


def _particulars(imo: str, ship_type: str, length: str, width: str, draught: str) -> tuple[int, ...]:
    """The numbers of a static report, in the order of ``Statics``."""
    sides = (*_size(length, LENGTH_M_MAX), *_size(width, WIDTH_M_MAX))
    return _imo(imo), _type(ship_type), *sides, _amount(draught, 10, DRAUGHT_DM_MAX)


def _amount(text: str, scale: int, most: int) -> int:
    """A decimal number times ``scale``; not given where it is none, nothing or too much."""
    number = round(float(text) * scale) if re.fullmatch(NUMBER, text.strip(), re.ASCII) else 0
    return number if 0 < number <= most else NO_SUCH_FIELD


def _size(text: str, most_m: int) -> tuple[int, int]:
    """Before and behind the antenna, of which nothing is known: A = C = 0, as M.1371-5 has it."""
    metres = _amount(text, 1, most_m)
    return (NO_SUCH_FIELD, NO_SUCH_FIELD) if metres < 0 else (0, metres)


def _rot(text: pa.ChunkedArray | None, n: int) -> I64:
    """ROT_AIS of degrees a minute; more than ROT_MAX for what is no number."""
    turn = np.full(n, np.nan) if text is None else _floats(text)
    return np.nan_to_num(np.rint(np.copysign(ROT_PER_ROOT * np.sqrt(np.abs(turn)), turn)), nan=2.0 * ROT_MAX).astype(
        np.int64
    )


def _out(lon: I64, lat: I64) -> NDArray[np.bool_]:
    """Which are no places on Earth."""
    return (np.abs(lon) > LON_UNITS_MAX) | (np.abs(lat) > LAT_UNITS_MAX)


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
    number = pc.match_substring_regex(trimmed, f"^{NUMBER}$")
    kept = pc.if_else(number, trimmed, None)
    return np.asarray(kept.cast(pa.float64()).fill_null(float("nan")), np.float64)


def _whole(text: pa.ChunkedArray) -> I64:
    values = _floats(text)
    return np.where(values == np.rint(values), np.nan_to_num(values), 0).astype(np.int64)
