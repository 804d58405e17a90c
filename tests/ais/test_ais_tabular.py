"""Tables of positions that others decoded: the shapes in common use, hostile cells, and the books over all rows."""

import pickle
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais.ais_builders import joined
from fengqiao.ais import Tables, shape_of
from fengqiao.model.inputs import Chunk
from fengqiao.model.reports import Known, ReportBatch

DMA = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,"
    "Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D"
)
DMA_ROWS = (
    "16/09/2025 03:30:00,Class A,219017105,55.943192,11.757532,Engaged in fishing,-10.0,3.4,87.5,91,"
    'Unknown,OXYZ,"HAVET, II",Fishing,,6,24,GPS,3.1,GRENAA,,AIS,12,12,3,3',
    "16/09/2025 03:30:01,Class B,219000001,91.000000,181.000000,Unknown value,,,,,Unknown,Unknown,,,,,,,,,,AIS,,,,",
    "16/09/2025 03:30:01,Class B,219000002,55.900000,11.700000,Unknown value,,,,,Unknown,Unknown,,,,,,,,,,AIS,,,,",
    "16/09/2025 03:30:02,Base Station,2190067,55.1,11.2,,,,,,,,,,,,,,,,,AIS,,,,",
)
NOAA = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,"
    "TransceiverClass"
)
NOAA_ROWS = ("367669550,2025-09-16T03:30:00,44.6,-124.1,0.1,-49.6,511.0,ISLA,IMO9000000,WDI2435,1004,5,26,8,3.0,31,B",)
VMS = "船名,MMSI,时间,经度,纬度,航速(节),航向(度)"
VMS_ROWS = ("浙岱渔01234,412345678,2025-09-16 11:30:00,122.201667,30.246667,4.5,270",)
T = 1_757_993_400_000  # 2025-09-16T03:30:00Z
UNTIL = T + 86_400_000


def read(header: str, *rows: str, encoding: str = "utf-8") -> tuple[Tables, ReportBatch]:
    data = "\n".join([header, *rows, ""]).encode(encoding)
    shape = shape_of(data[:4096])
    assert shape is not None
    tables = Tables("f", shape, data[:4096], UNTIL)
    return tables, tables.decode([Chunk("f", "", 0, data)])


def test_the_danish_daily_file() -> None:
    tables, batch = read(DMA, *DMA_ROWS)
    p = batch.positions
    assert p.mmsi.tolist() == [219017105, 219000002, 2190067]
    assert p.msg_type.tolist() == [1, 18, 4]
    assert (p.fix_ms - T).tolist() == [0, 1000, 2000]
    assert (p.lon[0], p.lat[0]) == (round(11.757532 * 600_000), round(55.943192 * 600_000))
    assert (p.sog[0], p.cog[0], p.heading[0], p.nav_status[0]) == (34, 875, 91, 7)
    assert (p.rot[0], p.known[0] & Known.ROT) == (-15, Known.ROT)  # 4.733 times the root of ten degrees a minute
    assert p.known[1] == Known.POSITION
    assert batch.statics.name.tolist() == ["HAVET, II"]
    assert tables.counts.balanced and tables.counts.used == 3 and +tables.counts.refused == {"place": 1}


def test_the_american_file() -> None:
    """A course of less than nothing and a heading of 511 are not given; numbers of statuses are those of AIS."""
    _, batch = read(NOAA, *NOAA_ROWS)
    p = batch.positions
    assert (p.mmsi[0], p.msg_type[0], p.fix_ms[0], p.nav_status[0]) == (367669550, 18, T, 5)
    assert p.known[0] == Known.POSITION | Known.SOG | Known.NAV_STATUS
    s = batch.statics
    assert (s.name[0], s.imo[0], s.ship_type[0]) == ("ISLA", 9000000, -1)
    assert (s.to_bow[0] + s.to_stern[0], s.to_port[0] + s.to_starboard[0], s.draught_dm[0]) == (26, 8, 30)


def test_a_size_that_is_none_is_not_given() -> None:
    row = NOAA_ROWS[0].replace(",26,8,3.0,", ",0,999,-,")
    s = read(NOAA, row)[1].statics
    assert (s.to_bow[0], s.to_stern[0], s.to_port[0], s.to_starboard[0], s.draught_dm[0]) == (-1,) * 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_satellite_positions(encoding: str) -> None:
    """Beijing time, Chinese headings, in the encodings that offices save; and it says that it is no AIS."""
    _, batch = read(VMS, *VMS_ROWS, encoding=encoding)
    p = batch.positions
    assert (p.mmsi[0], p.fix_ms[0], p.msg_type[0], p.sog[0], p.cog[0]) == (412345678, T, 0, 45, 2700)
    assert batch.statics.name.tolist() == ["浙岱渔01234"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("渔船,412345678,昨天,122.2,30.2,1,2", "time"),
        ("渔船,0,2025-09-16 11:30:00,122.2,30.2,1,2", "mmsi"),
        ("渔船,4123456789,2025-09-16 11:30:00,122.2,30.2,1,2", "mmsi"),
        ("渔船,北斗,2025-09-16 11:30:00,122.2,30.2,1,2", "mmsi"),
        ("渔船,412345678,2025-09-16 11:30:00,122.2", "framing"),
        ("渔船,412345678,2125-09-16 11:30:00,122.2,30.2,1,2", "time"),  # a typing error
        ('渔船,412345678,2025-09-16 11:30:00,"122,2",30.2,1,2', "place"),
        ("渔船,412345678,2025-09-16 11:30:00,,,1,2", "place"),
        ("渔船,412345678,2025-09-16 11:30:00,122°71′E,30°12′N,1,2", "place"),
    ],
)
def test_what_is_refused_and_why(row: str, reason: str) -> None:
    tables, batch = read(VMS, *VMS_ROWS, row)
    assert +tables.counts.refused == {reason: 1}
    assert len(batch.positions) == 1
    assert tables.counts.balanced


@pytest.mark.parametrize(
    ("cell", "after_ms"),
    [
        ("2025/9/16 11:30", 0),
        ("2025/09/16 11:30:07", 7_000),
        ("2025年9月16日 11:30:07", 7_000),
        ("2025-09-16 11:30:07.25", 7_250),
        ("2025-09-16T03:30:07Z", 7_000),
        ("2025-09-16T11:30:07+08:00", 7_000),
        ("2025-09-15T23:30:07-0400", 7_000),
    ],
)
def test_times_as_offices_and_their_spreadsheets_write_them(cell: str, after_ms: int) -> None:
    """Beijing time, unless the time says of which zone it is."""
    _, batch = read(VMS, f"渔船,412345678,{cell},122.2,30.2,1,2")
    assert batch.positions.fix_ms.tolist() == [T + after_ms]


@pytest.mark.parametrize(
    "cell",
    ["2025-02-30 11:30:00", "2025-04-31 11:30:00", "2025-09-16 24:00:00", "2025-09-16 11:30:60", "1970-01-01 08:00:05"],
)
def test_a_day_that_never_was_is_no_time(cell: str) -> None:
    """The thirtieth of February is not the second of March; and a clock that begins in 1970 was never set."""
    tables, batch = read(VMS, f"渔船,412345678,{cell},122.2,30.2,1,2")
    assert (len(batch.positions), +tables.counts.refused) == (0, {"time": 1})


@pytest.mark.parametrize(
    "header", ["船名,MMSI,定位时间,经度(度),纬度(度),航速（节）,航向（度）", VMS.replace("时间", "上报时间")]
)
def test_units_behind_a_heading_do_not_matter(header: str) -> None:
    _, batch = read(header, *VMS_ROWS)
    assert (batch.positions.lon[0], batch.positions.sog[0], batch.positions.cog[0]) == (73_321_000, 45, 2700)


@pytest.mark.parametrize("cell", ["1e400", "nan", "inf", "0x10", "=1+1", "-", "91", "99999999999999999999", "30°12′"])
def test_a_cell_that_is_no_latitude_is_no_place(cell: str) -> None:
    """A row whose place cannot be read is no position taken in."""
    tables, batch = read(VMS, f"渔船,412345678,2025-09-16 11:30:00,122.2,{cell},1,2")
    assert (len(batch.positions), tables.counts.used, +tables.counts.refused) == (0, 0, {"place": 1})


@pytest.mark.parametrize(
    ("lon", "lat"), [("122°12.6′E", "30°15′N"), ("东经122度12分36秒", "北纬30度15分"), ("122.21°", "30.25°")]
)
def test_places_as_offices_write_them(lon: str, lat: str) -> None:
    _, batch = read(VMS, f"渔船,412345678,2025-09-16 11:30:00,{lon},{lat},1,2")
    assert (batch.positions.lon.tolist(), batch.positions.lat.tolist()) == ([73_326_000], [18_150_000])


def test_lines_that_end_as_on_an_old_mac() -> None:
    """A carriage return alone, over more bytes than one line may have."""
    data = "\r".join([VMS, *VMS_ROWS * 1_500]).encode()
    shape = shape_of(data)
    assert shape is not None
    tables = Tables("f", shape, data[:4096], UNTIL)
    n = sum(len(tables.decode([Chunk("f", "", 0, data[at : at + 70_000])]).positions) for at in (0, 70_000))
    assert (n + len(tables.flush().positions), tables.counts.came_in) == (1_500, 1_500)
    assert len(data) > 70_000


def test_names_are_text_and_nothing_else() -> None:
    _, batch = read(VMS, "\x1b[31m红\u202e渔,412345678,2025-09-16 11:30:00,122.2,30.2,1,2")
    assert batch.statics.name.tolist() == ["[31m红渔"]


@pytest.mark.parametrize(
    "header", [b"", b"\n", b"a,b,c\n", b"!AIVDM,1,1,,A,x,0*00\n", b"mmsi,time,lat\n", b"\xff\xfe,\n"]
)
def test_what_is_no_table_is_none(header: bytes) -> None:
    assert shape_of(header) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 900), max_size=12))
def test_chunking_never_changes_anything(at: list[int]) -> None:
    """However the file is cut, also through a quoted comma or a Chinese name; put away and taken out between."""
    data = "\n".join([DMA, *DMA_ROWS, *DMA_ROWS]).encode()  # the last line has no end
    shape = shape_of(data)
    assert shape is not None
    whole, cut = Tables("f", shape, data, UNTIL), Tables("f", shape, data, UNTIL)
    expected = joined([whole.decode([Chunk("f", "", 0, data)]), whole.flush()])
    batches = []
    for start, stop in pairwise([0, *sorted(at), len(data)]):
        batches.append(cut.decode([Chunk("f", "", 0, data[start:stop])]))
        cut = pickle.loads(pickle.dumps(cut))
    batches.append(cut.flush())
    told = joined(batches)
    assert told[1] == expected[1]
    assert cut.counts == whole.counts


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([DMA, NOAA, VMS]))
def test_the_books_balance_over_anything(noise: bytes, header: str) -> None:
    """No bytes make it raise, and every line is in exactly one place."""
    data = header.encode() + b"\n" + noise
    shape = shape_of(data)
    assert shape is not None
    tables = Tables("f", shape, data[: len(header.encode())], UNTIL)
    tables.decode([Chunk("f", "", 0, data)])
    tables.flush()
    assert tables.counts.balanced


def test_a_quote_that_never_closes_costs_its_own_row() -> None:
    tables, batch = read(VMS, *VMS_ROWS, '"渔船,412345678,2025-09-16 11:30:00,122.2,30.2,1,2', *VMS_ROWS * 3)
    assert len(batch.positions) == 4
    assert +tables.counts.refused == {"framing": 1}
