"""The position archive: one Parquet file a minute, in arrival order, readable by any process and any engine.

``archive/live/date=YYYY-MM-DD/hour=HH/seg-<minute>-<first seq>-<hash>.parquet``, UTC, named by the believed time
(``ref_ms``) of its rows. Columns are those of ``model.reports.Positions`` without ``line``, in AIS units; the feed
is its name. Equal rows give equal bytes and so the same name: a watch that catches up overwrites what it wrote
before, and late rows of a minute, even out of the same chunk, never overwrite the earlier ones.

Recordings from elsewhere are kept by the day: ``archive/import/date=YYYY-MM-DD/part-<first seq>-<hash>.parquet``.

Each run has a folder of its own; the manifest in the store knows them all.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fengqiao.model.reports import UNITS_PER_DEGREE, Known, Positions
from fengqiao.store.durable import replace_file
from fengqiao.store.values import clean

LAYER = "live"  # minutes in arrival order
DAYS = "import"  # days of recordings from elsewhere, each file by vessel and time
DAY_MS = 86_400_000
MINUTE_MS = 60_000
LAST_MS = 253_402_300_799_000  # end of the year 9999: even a clock gone wild has a path
# A fix lies within a minute of the believed time its segment is named by (it has the same UTC second as the report
# says); one more minute for feeds whose stamps disagree with the report.
NAME_SLACK_MS = 2 * MINUTE_MS
DELTA = ("seq", "received_ms", "ref_ms", "fix_ms", "mmsi", "lon", "lat")  # 13 against 20 bytes a position
ORDER = ("fix_ms", "mmsi", "seq")
READ_THREADS = 2  # a look into history must not starve the watch
Bbox = tuple[float, float, float, float]  # lon_min, lat_min, lon_max, lat_max in degrees; lon_min > lon_max: over 180


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """One archive file, as the manifest knows it. Times are fix times, ``t0_ms`` and ``t1_ms`` both included."""

    run_id: str
    path: str  # relative to the folder of the run
    t0_ms: int
    t1_ms: int
    lon_min_deg: float | None  # None when no row has a position
    lat_min_deg: float | None
    lon_max_deg: float | None
    lat_max_deg: float | None
    mmsi_min: int
    mmsi_max: int
    rows: int
    bytes: int
    sha256: str
    layer: str = LAYER
    state: str = "written"


@dataclass(frozen=True, slots=True)
class ArchiveRead:
    """Positions found, ordered by fix time and mmsi, and the files that could not be read (relative paths)."""

    table: pa.Table
    broken: tuple[str, ...] = ()

    @property
    def num_rows(self) -> int:
        return int(self.table.num_rows)


def by_minute(positions: Positions) -> Iterator[tuple[int, Positions]]:
    """The rows of each minute of believed time, minutes in order, arrival order kept within."""
    minutes = positions.ref_ms // MINUTE_MS
    for minute in np.unique(minutes):
        yield int(minute) * MINUTE_MS, positions.take(minutes == minute)


def write_segments(folder: Path, run_id: str, positions: Positions, feeds: Sequence[str]) -> list[SegmentInfo]:
    """Write positions of any time, a file for each minute of theirs; enter what this returns in the manifest."""
    return [write_segment(folder, run_id, minute_ms, part, feeds) for minute_ms, part in by_minute(positions)]


def write_segment(folder: Path, run_id: str, minute_ms: int, positions: Positions, feeds: Sequence[str]) -> SegmentInfo:
    """Write the rows of one minute under the run's folder, whole or not at all; durable when this returns.

    All rows must have ``ref_ms`` within the minute (see ``write_segments``), at least one row; ValueError otherwise.
    Raises EnvironmentFault "disk_full" or "disk_failed".
    """
    if not len(positions) or (positions.ref_ms // MINUTE_MS * MINUTE_MS != minute_ms).any():
        raise ValueError("a segment holds the rows of one minute of ref_ms, at least one")
    data = _encode(positions, feeds, run_id)
    digest = hashlib.sha256(data).hexdigest()
    path = f"{_place(minute_ms)}-{positions.seq[0]}-{digest[:8]}.parquet"
    replace_file(folder / path, data)
    return _info(run_id, path, positions, len(data), digest)


def write_days(folder: Path, run_id: str, positions: Positions, feeds: Sequence[str]) -> list[SegmentInfo]:
    """Write positions of an import, a file for each day (UTC) of their fixes, by vessel and time.

    A minute of a river station is forty rows: over a year of them, files of a minute would be half a million.
    """
    if not len(positions):
        return []
    day = positions.fix_ms // DAY_MS
    out = []
    by_day = np.argsort(day) if (day[1:] < day[:-1]).any() else np.arange(len(day))
    for rows in np.split(by_day, np.flatnonzero(np.diff(day[by_day])) + 1):
        each = int(day[rows[0]])
        by_vessel = positions.mmsi[rows] * DAY_MS + (positions.fix_ms[rows] - each * DAY_MS)
        part = positions.take(rows[np.argsort(by_vessel)])
        data = _encode(part, feeds, run_id)
        digest = hashlib.sha256(data).hexdigest()
        path = f"{_day_place(each * DAY_MS)}/part-{part.seq.min()}-{digest[:8]}.parquet"
        replace_file(folder / path, data)
        out.append(replace(_info(run_id, path, part, len(data), digest), layer=DAYS))
    return out


def schema() -> pa.Schema:
    """The columns of a segment: ``Positions`` without ``line``, integers as they are, the feed by name."""
    fields = [(n, pa.from_numpy_dtype(d)) for n, d in Positions.dtypes().items() if n != "line"]
    named = [(n, pa.dictionary(pa.int16(), pa.string()) if n == "feed" else t) for n, t in fields]
    return pa.schema([pa.field(n, t, nullable=False) for n, t in named])


def read_positions(
    folder: Path,
    from_ms: int = 0,
    to_ms: int = LAST_MS,
    mmsi: int | Sequence[int] | None = None,
    bbox: Bbox | None = None,
) -> ArchiveRead:
    """Positions with fix time in [from_ms, to_ms), of some vessels, inside a box; no row twice.

    The feed is plain text here, other columns as in ``schema``. A file that cannot be read is left out and named.
    """
    import duckdb  # only now: most commands ask nothing of the archive

    paths = _candidates(folder, from_ms, to_ms)
    try:
        return ArchiveRead(_query(paths, _where(from_ms, to_ms, mmsi, bbox)))
    except duckdb.Error:  # one bad file fails the whole query: find out which, then ask without
        bad = [path for path in paths if not _readable(path)]
        good = [path for path in paths if path not in set(bad)]
        names = tuple(str(path.relative_to(folder)) for path in bad)
        return ArchiveRead(_query(good, _where(from_ms, to_ms, mmsi, bbox)), names)


def _encode(positions: Positions, feeds: Sequence[str], run_id: str) -> bytes:
    columns = [_column(positions, name, feeds) for name in schema().names]
    table = pa.Table.from_arrays(columns, schema=schema().with_metadata({"run_id": clean(run_id)}))
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="lz4",
        use_dictionary=["feed"],
        column_encoding=dict.fromkeys(DELTA, "DELTA_BINARY_PACKED"),
    )
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _column(positions: Positions, name: str, feeds: Sequence[str]) -> pa.Array:
    values = getattr(positions, name)
    if name != "feed":
        return pa.array(values)
    return pa.DictionaryArray.from_arrays(pa.array(values), pa.array([clean(f) for f in feeds], pa.string()))


def _info(run_id: str, path: str, positions: Positions, size: int, digest: str) -> SegmentInfo:
    placed = (positions.known & Known.POSITION) != 0
    lon, lat = positions.lon[placed] / UNITS_PER_DEGREE, positions.lat[placed] / UNITS_PER_DEGREE
    anywhere = bool(placed.any())
    return SegmentInfo(
        run_id,
        path,
        int(positions.fix_ms.min()),
        int(positions.fix_ms.max()),
        float(lon.min()) if anywhere else None,
        float(lat.min()) if anywhere else None,
        float(lon.max()) if anywhere else None,
        float(lat.max()) if anywhere else None,
        mmsi_min=int(positions.mmsi.min()),
        mmsi_max=int(positions.mmsi.max()),
        rows=len(positions),
        bytes=size,
        sha256=digest,
    )


def _place(minute_ms: int) -> str:
    """The path of a minute's segments as far as they share it; sorts by time."""
    when = datetime.fromtimestamp(min(max(minute_ms, 0), LAST_MS) / 1000, UTC)
    return f"archive/{LAYER}/date={when:%Y-%m-%d}/hour={when:%H}/seg-{when:%M}"


def _candidates(folder: Path, from_ms: int, to_ms: int) -> list[Path]:
    """Files whose name says they may hold fixes of the time asked for: whole days first, then hours, then minutes."""
    first, last = (_place(at).split("/")[2:] for at in (from_ms - NAME_SLACK_MS, to_ms + NAME_SLACK_MS))
    found: list[Path] = []
    for day in _between(folder / "archive" / LAYER, "date=*", first[:1], last[:1]):
        for hour in _between(day, "hour=*", first[:2], last[:2]):
            found += _between(hour, "seg-*.parquet", first, last)
    first, last = (_day_place(at).split("/")[2:] for at in (from_ms, to_ms))
    for day in _between(folder / "archive" / DAYS, "date=*", first, last):
        found += sorted(day.glob("part-*.parquet"))
    return found


def _day_place(at_ms: int) -> str:
    """The folder of a day's import files."""
    when = datetime.fromtimestamp(min(max(at_ms, 0), LAST_MS) / 1000, UTC)
    return f"archive/{DAYS}/date={when:%Y-%m-%d}"


def _between(folder: Path, pattern: str, first: list[str], last: list[str]) -> list[Path]:
    def place(path: Path) -> list[str]:
        *above, name = path.parts[-len(first) :]
        return [*above, "-".join(name.split("-")[:2]) if name.startswith("seg-") else name]

    return sorted(path for path in folder.glob(pattern) if first <= place(path) <= last)


def _where(from_ms: int, to_ms: int, mmsi: int | Sequence[int] | None, bbox: Bbox | None) -> str:
    parts = [f"fix_ms >= {int(from_ms)} AND fix_ms < {int(to_ms)}"]
    if mmsi is not None:
        wanted = [mmsi] if isinstance(mmsi, int) else list(mmsi)
        parts.append(f"mmsi IN ({', '.join(str(int(m)) for m in wanted) or 'NULL'})")
    if bbox is not None:
        lon0, lat0, lon1, lat1 = (round(v * UNITS_PER_DEGREE) for v in bbox)
        parts.append(f"known & {int(Known.POSITION)} <> 0 AND lat BETWEEN {lat0} AND {lat1}")
        between = f"lon BETWEEN {lon0} AND {lon1}"
        parts.append(between if lon0 <= lon1 else f"(lon >= {lon0} OR lon <= {lon1})")
    return " AND ".join(parts)


def _query(paths: Sequence[Path], where: str) -> pa.Table:
    names = schema().names
    if not paths:
        return _plain_feed(schema()).empty_table()
    import duckdb

    order = ", ".join([*ORDER, *(n for n in names if n not in ORDER)])
    with duckdb.connect(config={"threads": READ_THREADS, "autoinstall_known_extensions": "false"}) as connection:
        files = connection.read_parquet([str(path) for path in paths])
        found: pa.Table = files.filter(where).project(", ".join(names)).distinct().order(order).to_arrow_table()
    return found.cast(_plain_feed(schema()))


def _plain_feed(of: pa.Schema) -> pa.Schema:
    return of.set(of.get_field_index("feed"), pa.field("feed", pa.string(), nullable=False))


def _readable(path: Path) -> bool:
    try:
        return bool(pq.read_table(path, schema=schema()).num_rows)
    except (OSError, pa.ArrowException, ValueError):
        return False
