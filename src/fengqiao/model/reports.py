"""What the air brought, in columns: AIS-native integers, lossless, the very schema that is archived.

Positions stay in the units of ITU-R M.1371 (1/600000 degree, tenths of a knot, tenths of a degree) so that
nothing is lost on the way to the archive; ``fleet`` turns them into degrees and knots for computing. A field the
sender marked as not available is absent from ``known`` and its column holds 0; nobody may read it unasked.
"""

from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengqiao.model.columns import Columns, column

UNITS_PER_DEGREE = 600_000  # ITU-R M.1371: longitude and latitude in 1/10 000 minute
NO_TIME_MS = np.iinfo(np.int64).min  # a time nobody gave
NOT_AIS = 0  # message type of a position that no AIS message brought


class Known(IntFlag):
    """Which fields of a report the sender did give."""

    POSITION = 1
    SOG = 2
    COG = 4
    HEADING = 8
    ROT = 16
    NAV_STATUS = 32
    SECOND = 64
    ACCURACY = 128  # not a sentinel: the accuracy flag itself, set when better than 10 m


class Receiver(NamedTuple):
    """Who heard: a station of a feed, or the feed itself for what names none."""

    feed: int  # index into ReportBatch.feeds
    station: str = ""


@dataclass(frozen=True, slots=True)
class Lines(Columns):
    """Every sentence met, in arrival order, whether it could be used or not: what feed health rests on."""

    feed: NDArray[np.int16] = column(np.int16)  # index into ReportBatch.feeds
    seq: NDArray[np.int64] = column(np.int64)  # raw log record the sentence ended in
    received_ms: NDArray[np.int64] = column(np.int64)  # our clock
    source_ms: NDArray[np.int64] = column(np.int64)  # TAG > beside it > $PGHP > RMC, ZDA; NO_TIME_MS
    ref_ms: NDArray[np.int64] = column(np.int64)  # the time believed: what drives the watch
    intact: NDArray[np.bool_] = column(np.bool_)  # checksum and framing were good
    # Whose message it completed, also one that was heard before through another receiver and is in no other table:
    # so it is known which receiver hears whom. 0 where it completed none that passed the gate.
    heard_mmsi: NDArray[np.int32] = column(np.int32)
    receiver: NDArray[np.int16] = column(np.int16)  # index into ReportBatch.receivers


@dataclass(frozen=True, slots=True)
class Positions(Columns):
    """Position reports (AIS types 1-3, 4, 9, 11, 18, 19, 21, 27) in arrival order."""

    line: NDArray[np.int32] = column(np.int32)  # row in Lines
    feed: NDArray[np.int16] = column(np.int16)
    seq: NDArray[np.int64] = column(np.int64)
    received_ms: NDArray[np.int64] = column(np.int64)
    ref_ms: NDArray[np.int64] = column(np.int64)
    fix_ms: NDArray[np.int64] = column(np.int64)  # ref_ms brought to the report's own UTC second
    mmsi: NDArray[np.int64] = column(np.int64)
    msg_type: NDArray[np.uint8] = column(np.uint8)
    known: NDArray[np.uint16] = column(np.uint16)  # Known bits
    lon: NDArray[np.int32] = column(np.int32)  # 1/600000 degree, east positive
    lat: NDArray[np.int32] = column(np.int32)  # 1/600000 degree, north positive
    sog: NDArray[np.uint16] = column(np.uint16)  # 0.1 kn (type 9 in whole knots is multiplied)
    cog: NDArray[np.uint16] = column(np.uint16)  # 0.1 degree, 0..3599
    heading: NDArray[np.uint16] = column(np.uint16)  # degree, 0..359
    rot: NDArray[np.int8] = column(np.int8)  # raw ROT_AIS, -127..127
    nav_status: NDArray[np.uint8] = column(np.uint8)
    second: NDArray[np.uint8] = column(np.uint8)


@dataclass(frozen=True, slots=True)
class Statics(Columns):
    """Who a station says it is (AIS types 5, 19, 21, 24A, 24B). Empty text and 0 mean not given."""

    line: NDArray[np.int32] = column(np.int32)
    feed: NDArray[np.int16] = column(np.int16)
    ref_ms: NDArray[np.int64] = column(np.int64)
    mmsi: NDArray[np.int64] = column(np.int64)
    msg_type: NDArray[np.uint8] = column(np.uint8)
    name: NDArray[np.object_] = column(np.object_)  # str, cut at '@', stripped
    callsign: NDArray[np.object_] = column(np.object_)
    destination: NDArray[np.object_] = column(np.object_)
    imo: NDArray[np.uint32] = column(np.uint32)
    ship_type: NDArray[np.int16] = column(np.int16)  # raw 0..255; -1 where the message has no such field
    to_bow: NDArray[np.int16] = column(np.int16)  # metres; -1 where the message has no such field
    to_stern: NDArray[np.int16] = column(np.int16)
    to_port: NDArray[np.int16] = column(np.int16)
    to_starboard: NDArray[np.int16] = column(np.int16)
    draught_dm: NDArray[np.int16] = column(np.int16)


@dataclass(frozen=True, slots=True)
class Texts(Columns):
    """Safety related text (AIS types 12 and 14): a SART says 'SART ACTIVE' or 'SART TEST' to all in one."""

    line: NDArray[np.int32] = column(np.int32)
    feed: NDArray[np.int16] = column(np.int16)
    ref_ms: NDArray[np.int64] = column(np.int64)
    mmsi: NDArray[np.int64] = column(np.int64)
    to_mmsi: NDArray[np.int64] = column(np.int64)  # whom type 12 addresses; 0: everyone
    text: NDArray[np.object_] = column(np.object_)


@dataclass(frozen=True, slots=True)
class Altitudes(Columns):
    """How high aircraft on search and rescue fly (AIS type 9), one row a report."""

    line: NDArray[np.int32] = column(np.int32)
    feed: NDArray[np.int16] = column(np.int16)
    ref_ms: NDArray[np.int64] = column(np.int64)
    mmsi: NDArray[np.int64] = column(np.int64)
    altitude_m: NDArray[np.int16] = column(np.int16)  # 0..4094, the highest also for more; -1 not given


NO_CODE = -1  # of a table of words: not said


@dataclass(frozen=True, slots=True)
class Observations(Columns):
    """What a weather station saw and measured (AIS type 8, DAC 1, FI 11 and 31), in people's units.

    NaN and NO_CODE mean not given: no value that stands for "not available" is in any column. The highest value of
    a scale means "this or more" (a wind of 126 kn, a current of 25.1 kn, waves of 25.1 m). Directions are true.
    """

    line: NDArray[np.int32] = column(np.int32)
    feed: NDArray[np.int16] = column(np.int16)
    ref_ms: NDArray[np.int64] = column(np.int64)
    at_ms: NDArray[np.int64] = column(np.int64)  # of its own day, hour and minute; ref_ms where it says none
    mmsi: NDArray[np.int64] = column(np.int64)  # of the sender, who may speak for many stations
    lon_deg: NDArray[np.float64] = column(np.float64)
    lat_deg: NDArray[np.float64] = column(np.float64)
    wind_kn: NDArray[np.float64] = column(np.float64)  # mean of the last ten minutes
    gust_kn: NDArray[np.float64] = column(np.float64)
    wind_deg: NDArray[np.float64] = column(np.float64)
    gust_deg: NDArray[np.float64] = column(np.float64)
    air_temp_c: NDArray[np.float64] = column(np.float64)
    humidity_pct: NDArray[np.float64] = column(np.float64)
    dew_point_c: NDArray[np.float64] = column(np.float64)
    pressure_hpa: NDArray[np.float64] = column(np.float64)
    pressure_trend: NDArray[np.int8] = column(np.int8)  # row of TRENDS
    visibility_nm: NDArray[np.float64] = column(np.float64)
    visibility_beyond: NDArray[np.int8] = column(np.int8)  # 1: the sensor sees no farther than what it says
    water_level_m: NDArray[np.float64] = column(np.float64)  # above the local datum, tide included
    water_level_trend: NDArray[np.int8] = column(np.int8)  # row of TRENDS
    current_kn: NDArray[np.float64] = column(np.float64)  # at the surface
    current_deg: NDArray[np.float64] = column(np.float64)
    current_2_kn: NDArray[np.float64] = column(np.float64)
    current_2_deg: NDArray[np.float64] = column(np.float64)
    current_2_depth_m: NDArray[np.float64] = column(np.float64)
    current_3_kn: NDArray[np.float64] = column(np.float64)
    current_3_deg: NDArray[np.float64] = column(np.float64)
    current_3_depth_m: NDArray[np.float64] = column(np.float64)
    wave_height_m: NDArray[np.float64] = column(np.float64)  # significant
    wave_period_s: NDArray[np.float64] = column(np.float64)
    wave_deg: NDArray[np.float64] = column(np.float64)
    swell_height_m: NDArray[np.float64] = column(np.float64)
    swell_period_s: NDArray[np.float64] = column(np.float64)
    swell_deg: NDArray[np.float64] = column(np.float64)
    sea_state: NDArray[np.int8] = column(np.int8)  # Beaufort 0..12
    water_temp_c: NDArray[np.float64] = column(np.float64)
    precipitation: NDArray[np.int8] = column(np.int8)  # row of PRECIPITATION
    salinity_ppt: NDArray[np.float64] = column(np.float64)
    ice: NDArray[np.int8] = column(np.int8)  # 0 no, 1 yes


TRENDS = ("steady", "falling", "rising")
PRECIPITATION = ("", "rain", "thunderstorm", "freezing_rain", "mixed", "snow")


@dataclass(frozen=True, slots=True)
class ReportBatch:
    """One input of the watch: a run of sentences in arrival order and all that was read from them."""

    feeds: tuple[str, ...]  # names that the ``feed`` columns index
    lines: Lines
    positions: Positions
    statics: Statics
    texts: Texts
    observations: Observations = field(default_factory=Observations.empty)
    altitudes: Altitudes = field(default_factory=Altitudes.empty)
    receivers: tuple[Receiver, ...] = ()  # all met so far, which only grows; not given: the feeds, in their order

    def __post_init__(self) -> None:
        if not self.receivers:
            object.__setattr__(self, "receivers", tuple(Receiver(n) for n in range(len(self.feeds))))

    def __len__(self) -> int:
        return len(self.lines)

    def rows(self, start: int, stop: int) -> "ReportBatch":
        """The part that came in lines ``start`` (included) to ``stop`` (not)."""

        def cut(table: Any) -> Any:
            lo, hi = np.searchsorted(table.line, [start, stop])
            part = table.take(slice(int(lo), int(hi)))
            return part.with_columns(line=(part.line - start).astype(np.int32))

        return ReportBatch(
            self.feeds,
            self.lines.take(slice(start, stop)),
            cut(self.positions),
            cut(self.statics),
            cut(self.texts),
            cut(self.observations),
            cut(self.altitudes),
            self.receivers,
        )

    @staticmethod
    def empty(feeds: tuple[str, ...]) -> "ReportBatch":
        return ReportBatch(feeds, Lines.empty(), Positions.empty(), Statics.empty(), Texts.empty())
