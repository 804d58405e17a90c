"""What the columns of the tables in common use are called, and how each says things."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from fengqiao.model.reports import NOT_AIS

BEIJING_MS = 8 * 3_600_000
# Dates as offices and their spreadsheets write them: 2026-11-01, 2026/11/1, 2026年11月1日; 01/11/2026.
YEAR_FIRST = r"(?P<year>\d{4})[-/年](?P<month>\d{1,2})[-/月](?P<day>\d{1,2})日?"
DAY_FIRST = r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})"
UNIT = re.compile(r"[(（][^)）]*[)）]$")  # 航速(节), 经度（度）


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
        "rot": ("rot",),
        "name": ("name",),
        "callsign": ("callsign",),
        "imo": ("imo",),
        "destination": ("destination",),
        "length": ("length",),
        "width": ("width",),
        "draught": ("draught",),
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
        "length": ("length",),
        "width": ("width",),
        "draught": ("draft",),
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
    names = headings(header)
    for shape in SHAPES:
        if all(any(alias in names for alias in shape.columns[field]) for field in shape.must):
            return shape
    return None


def headings(header: bytes) -> list[str]:
    """What the columns are called, in small letters and without their units."""
    line = header.splitlines()[0] if header.strip() else b""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = line.decode("gb18030", "replace")
    return [UNIT.sub("", name.strip().strip('"')).strip().casefold() for name in text.split(",")]
