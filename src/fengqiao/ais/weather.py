"""Weather and water as stations say them in binary messages: columns of observations in people's units.

Two tables of the IMO, both broadcast (type 8, DAC 1) and neither defined for an addressed type 6: SN/Circ.236 (FI 11)
and its successor SN.1/Circ.289 (FI 31). Bits are counted from the first of the message. A value outside the range
that the circular gives it says nothing, whether it is the circular's own "not available", that of the other circular
(stations are heard that mix them) or a reserved one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengqiao.ais.armour import I64, U8, U64, WORD_BITS, field, words
from fengqiao.ais.columns import Messages
from fengqiao.model.reports import NO_CODE, PRECIPITATION, TRENDS, Lines, Observations

BROADCAST = 8
DAC_AT, DAC_BITS, FI_AT, FI_BITS = 40, 10, 50, 6  # M.1371-5 table 57, annex 5 2.1
INTERNATIONAL = 1
WORDS = 9  # of 48 bits: no layout has more than 360, and behind a field a word is looked at
POSITION_PER_DEGREE = 60_000  # 1/1000 minute
# No pressure below 870 hPa was ever measured at sea level (Typhoon Tip, 1979). The lowest codes are sent by stations
# that leave every field zero; to believe them would be to show a calm of 0 kn that nobody measured.
PRESSURE_HPA_MIN = 801
AHEAD_MS_MAX = 10 * 60_000  # an observation from further ahead has a wrong clock, or one of a local time
HOURS, MINUTES = 24, 60
FAR_MS = np.iinfo(np.int64).max  # of a date that does not exist


class Field(NamedTuple):
    """``width`` bits at ``bit`` mean (raw + ``add``) / ``per`` where ``least`` <= raw <= ``most``, else nothing."""

    bit: int
    width: int
    most: int
    least: int = 0
    add: int = 0
    per: int = 1
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Circular:
    """One layout: its fields by column, the place and time, and how many bits a message of it can have."""

    fields: Mapping[str, Field]
    lon: Field
    lat: Field
    day_at: int  # then the hour in 5 bits and the minute in 6
    bits_min: int  # the last field ends here; the spare bits behind it are left off by some
    bits_max: int


def _lon(bit: int) -> Field:
    return Field(bit, 25, 180 * POSITION_PER_DEGREE, -180 * POSITION_PER_DEGREE, 0, POSITION_PER_DEGREE, True)


def _lat(bit: int) -> Field:
    return Field(bit, 24, 90 * POSITION_PER_DEGREE, -90 * POSITION_PER_DEGREE, 0, POSITION_PER_DEGREE, True)


TREND_MOST = len(TRENDS) - 1  # 3 is "not available"
WET_MOST = len(PRECIPITATION) - 1  # 0 and 6 are reserved, 7 is "not available"

# SN/Circ.236 annex 2, table 1.1: everything unsigned above an offset, all ones "not available".
CIRC_236 = Circular(
    fields=MappingProxyType(
        {
            "wind_kn": Field(121, 7, 120),
            "gust_kn": Field(128, 7, 120),
            "wind_deg": Field(135, 9, 359),
            "gust_deg": Field(144, 9, 359),
            "air_temp_c": Field(153, 11, 1200, add=-600, per=10),
            "humidity_pct": Field(164, 7, 100),
            "dew_point_c": Field(171, 10, 700, add=-200, per=10),
            "pressure_hpa": Field(181, 9, 400, add=800),
            "pressure_trend": Field(190, 2, TREND_MOST),
            "visibility_nm": Field(192, 8, 250, per=10),
            "water_level_m": Field(200, 9, 400, add=-100, per=10),
            "water_level_trend": Field(209, 2, TREND_MOST),
            "current_kn": Field(211, 8, 250, per=10),
            "current_deg": Field(219, 9, 359),
            "current_2_kn": Field(228, 8, 250, per=10),
            "current_2_deg": Field(236, 9, 359),
            "current_2_depth_m": Field(245, 5, 30),
            "current_3_kn": Field(250, 8, 250, per=10),
            "current_3_deg": Field(258, 9, 359),
            "current_3_depth_m": Field(267, 5, 30),
            "wave_height_m": Field(272, 8, 250, per=10),
            "wave_period_s": Field(280, 6, 60),
            "wave_deg": Field(286, 9, 359),
            "swell_height_m": Field(295, 8, 250, per=10),
            "swell_period_s": Field(303, 6, 60),
            "swell_deg": Field(309, 9, 359),
            "sea_state": Field(318, 4, 12),
            "water_temp_c": Field(322, 10, 600, add=-100, per=10),
            "precipitation": Field(332, 3, WET_MOST, 1),
            "salinity_ppt": Field(335, 9, 500, per=10),
            "ice": Field(344, 2, 1),
        }
    ),
    lon=_lon(80),
    lat=_lat(56),
    day_at=105,
    bits_min=346,
    bits_max=357,  # 352, and what fills its last character; 360 are sent by stations that mean another layout
)

# SN.1/Circ.289 annex, table 10: temperatures signed, each field with a "not available" of its own.
CIRC_289 = Circular(
    fields=MappingProxyType(
        {
            "wind_kn": Field(122, 7, 126),
            "gust_kn": Field(129, 7, 126),
            "wind_deg": Field(136, 9, 359),
            "gust_deg": Field(145, 9, 359),
            "air_temp_c": Field(154, 11, 600, -600, per=10, is_signed=True),
            "humidity_pct": Field(165, 7, 100),
            "dew_point_c": Field(172, 10, 500, -200, per=10, is_signed=True),
            "pressure_hpa": Field(182, 9, 402, add=799),
            "pressure_trend": Field(191, 2, TREND_MOST),
            "visibility_beyond": Field(193, 1, 1),
            "visibility_nm": Field(194, 7, 126, per=10),
            "water_level_m": Field(201, 12, 4000, add=-1000, per=100),
            "water_level_trend": Field(213, 2, TREND_MOST),
            "current_kn": Field(215, 8, 251, per=10),
            "current_deg": Field(223, 9, 359),
            "current_2_kn": Field(232, 8, 251, per=10),
            "current_2_deg": Field(240, 9, 359),
            "current_2_depth_m": Field(249, 5, 30),
            "current_3_kn": Field(254, 8, 251, per=10),
            "current_3_deg": Field(262, 9, 359),
            "current_3_depth_m": Field(271, 5, 30),
            "wave_height_m": Field(276, 8, 251, per=10),
            "wave_period_s": Field(284, 6, 60),
            "wave_deg": Field(290, 9, 359),
            "swell_height_m": Field(299, 8, 251, per=10),
            "swell_period_s": Field(307, 6, 60),
            "swell_deg": Field(313, 9, 359),
            "sea_state": Field(322, 4, 12),
            "water_temp_c": Field(326, 10, 500, -100, per=10, is_signed=True),
            "precipitation": Field(336, 3, WET_MOST, 1),
            "salinity_ppt": Field(339, 9, 501, per=10),
            "ice": Field(348, 2, 1),
        }
    ),
    lon=_lon(56),
    lat=_lat(81),
    day_at=106,
    bits_min=350,
    bits_max=372,  # 360; two characters of filling are heard on the air
)
CIRCULARS: Mapping[int, Circular] = MappingProxyType({11: CIRC_236, 31: CIRC_289})  # by FI

_WHERE = ("line", "feed", "ref_ms", "at_ms", "mmsi", "lon_deg", "lat_deg")
_BLANK = {np.dtype(np.float64): np.nan, np.dtype(np.int8): NO_CODE}
VALUES: Mapping[str, Any] = MappingProxyType(
    {name: _BLANK[dtype] for name, dtype in Observations.dtypes().items() if name not in _WHERE}
)


def observations(sextets: bytes, messages: Messages, kind: U8, lines: Lines) -> Observations:
    """The rows of those messages in which a station says anything at all of weather or water."""
    rows = np.flatnonzero(kind == BROADCAST)
    if not len(rows):
        return Observations.empty()
    said = messages.take(rows)
    bits = said.length * 6 - said.fill
    head = words(sextets, said.start, 2)
    # Up to 56 bits are in every type 8 that passed the gate.
    fi = np.where(field(head, DAC_AT, DAC_BITS) == INTERNATIONAL, field(head, FI_AT, FI_BITS), 0)
    found = [
        _of(
            circular,
            sextets,
            said.take((fi == number) & (bits >= circular.bits_min) & (bits <= circular.bits_max)),
            lines,
        )
        for number, circular in CIRCULARS.items()
    ]
    out = Observations.join(found)
    return out.take(np.argsort(out.line, kind="stable"))


def _of(circular: Circular, sextets: bytes, said: Messages, lines: Lines) -> Observations:
    if not len(said):
        return Observations.empty()
    bits = words(sextets, said.start, WORDS)
    *values, lon, lat = _values((*circular.fields.values(), circular.lon, circular.lat), bits)
    measured = dict(zip(circular.fields, values, strict=True))
    if "visibility_beyond" in measured:
        measured["visibility_beyond"][np.isnan(measured["visibility_nm"])] = np.nan
    speaks = ~np.isnan(list(measured.values())).all(axis=0)
    placed = ~np.isnan(lon) & ~np.isnan(lat)
    day, hour, minute = (field(bits, circular.day_at + at, width) for at, width in ((0, 5), (5, 5), (10, 6)))
    types, ref_ms = Observations.dtypes(), lines.ref_ms[said.line]
    columns: dict[str, NDArray[Any]] = {name: np.full(len(said), blank, types[name]) for name, blank in VALUES.items()}
    for name, value in measured.items():
        columns[name] = np.where(np.isnan(value), VALUES[name], value).astype(types[name])
    out = Observations(
        line=said.line.astype(np.int32),
        feed=lines.feed[said.line],
        ref_ms=ref_ms,
        at_ms=observed_ms(ref_ms, day, hour, minute),
        mmsi=field(bits, 8, 30),
        lon_deg=np.where(placed, lon, np.nan),
        lat_deg=np.where(placed, lat, np.nan),
        **columns,
    )
    return out.take(speaks & ~(out.pressure_hpa < PRESSURE_HPA_MIN))


def _values(fields: tuple[Field, ...], bits: U64) -> NDArray[np.float64]:
    """What all fields say in all messages (fields, n), NaN for nothing: at once, for fields are many, messages few."""
    bit, width, most, least, add, per, is_signed = _table(fields)
    at, skip = np.divmod(bit, WORD_BITS)
    leading = (bits[at[:, 0]] << (64 - WORD_BITS + skip).astype(np.uint64)) | (
        bits[at[:, 0] + 1] << np.uint64(64 - WORD_BITS) >> (WORD_BITS - skip).astype(np.uint64)
    )
    behind = 64 - width
    raw = np.where(is_signed, leading.view(np.int64) >> behind, (leading >> behind.astype(np.uint64)).view(np.int64))
    return np.where((raw >= least) & (raw <= most), (raw + add) / per, np.nan)


@cache
def _table(fields: tuple[Field, ...]) -> list[NDArray[Any]]:
    """By what ``Field`` has: its values (fields, 1)."""
    return [np.array(column)[:, None] for column in zip(*fields, strict=True)]


def observed_ms(ref_ms: I64, day: I64, hour: I64, minute: I64) -> I64:
    """The instant nearest to ``ref_ms`` with that UTC day of a month, hour and minute.

    ``ref_ms`` itself where the hour or the minute is not given, or where the instant would lie ahead of it: the
    clock of such a station is wrong. Without a day (0) it is the nearest with that hour and minute.
    """
    given = (hour < HOURS) & (minute < MINUTES)
    clock = (np.where(given, hour, 0) * 60 + np.where(given, minute, 0)) * 60_000
    best = np.full(len(ref_ms), FAR_MS)
    for at in _days(ref_ms, day):
        known = at != FAR_MS
        at = np.where(known, at, ref_ms) + clock
        nearer = known & (np.abs(at - ref_ms) < np.where(best == FAR_MS, FAR_MS, np.abs(best - ref_ms)))
        best = np.where(nearer, at, best)
    return np.where(given & (best <= ref_ms + AHEAD_MS_MAX), best, ref_ms)


def _days(ref_ms: I64, day: I64) -> Iterator[I64]:
    """Starts of the days that may be meant, FAR_MS where a month has no such day."""
    at = ref_ms.astype("M8[ms]")
    for more in (-1, 0, 1):
        month = at.astype("M8[M]") + more
        start = month.astype("M8[D]")
        length = ((month + 1).astype("M8[D]") - start).astype(np.int64)
        dated = np.where(day <= length, (start + (day - 1)).astype("M8[ms]").astype(np.int64), FAR_MS)
        today = (at.astype("M8[D]") + more).astype("M8[ms]").astype(np.int64)
        yield np.where(day == 0, today, dated)
