"""Distance, dead reckoning and closest approach: pure arithmetic on arrays, in degrees, knots and nautical miles.

All that is measured works on the WGS84 plane at mean latitude. Measured at 30 degrees north against the geodesic it
stays within 0.01 m over 12 nm for distances, and within 1 m (p95) for closest approach up to 24 nm and three hours
ahead (``python -m benchmarks.pairs``). Beyond 24 nm use a geodesic. At the end: positions as people say and write them.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao.model.errors import UsageFault

F64 = NDArray[np.float64]

NM_M = 1852.0
KN_M_S = NM_M / 3600.0
WGS84_A_M = 6_378_137.0
WGS84_E2 = 6.694_379_990_141_316e-3
CROSSING_M_S = 1e-3  # slower across a bow line than this never crosses it: four metres an hour
CURVED_S_MAX = 10_800.0  # farther ahead than three hours no course is steady, and the bend of one means nothing
PARALLEL_M_S = 0.1  # below this relative speed two motions never meet: distance stands for closest approach


def metres_per_degree(lat_deg: F64) -> tuple[F64, F64]:
    """Metres in one degree of longitude and of latitude at ``lat_deg``: N cos(phi) and M of the WGS84 ellipsoid."""
    phi = np.radians(lat_deg)
    w = 1.0 - WGS84_E2 * np.sin(phi) ** 2
    east = WGS84_A_M / np.sqrt(w) * np.cos(phi)
    north = WGS84_A_M * (1.0 - WGS84_E2) / w**1.5
    return np.radians(east), np.radians(north)


def offset_m(lon0: F64, lat0: F64, lon1: F64, lat1: F64) -> tuple[F64, F64]:
    """Metres east and north from the first positions to the second, the shorter way across 180 degrees."""
    per_lon, per_lat = metres_per_degree((lat0 + lat1) / 2.0)
    dlon = (lon1 - lon0 + 180.0) % 360.0 - 180.0
    return dlon * per_lon, (lat1 - lat0) * per_lat


def distance_m(lon0: Any, lat0: Any, lon1: Any, lat1: Any) -> F64:
    east, north = offset_m(*(np.asarray(v, float) for v in (lon0, lat0, lon1, lat1)))
    return np.hypot(east, north)


def distance_nm(lon0: Any, lat0: Any, lon1: Any, lat1: Any) -> F64:
    return distance_m(lon0, lat0, lon1, lat1) / NM_M


def bearing_deg(lon0: Any, lat0: Any, lon1: Any, lat1: Any) -> F64:
    """True bearing of the second positions from the first, 0 (inclusive) to 360."""
    east, north = offset_m(*(np.asarray(v, float) for v in (lon0, lat0, lon1, lat1)))
    return np.degrees(np.arctan2(east, north)) % 360.0


def angle_between_deg(a: Any, b: Any) -> F64:
    """Smallest turn from ``a`` to ``b``, signed, -180 (inclusive) to 180."""
    turn: F64 = (np.asarray(b, float) - np.asarray(a, float) + 180.0) % 360.0 - 180.0
    return turn


def velocity_m_s(sog_kn: F64, cog_deg: F64) -> tuple[F64, F64]:
    """Metres a second east and north; NaN where speed or course is unknown (unknown is never 0 kn)."""
    chi = np.radians(cog_deg)
    v = sog_kn * KN_M_S
    return v * np.sin(chi), v * np.cos(chi)


def dead_reckon(lon: F64, lat: F64, sog_kn: F64, cog_deg: F64, dt_s: F64) -> tuple[F64, F64]:
    """Positions after ``dt_s`` seconds at constant course and speed, on the plane at the starting latitude."""
    east, north = velocity_m_s(sog_kn, cog_deg)
    per_lon, per_lat = metres_per_degree(lat)
    return (lon + east * dt_s / per_lon + 180.0) % 360.0 - 180.0, lat + north * dt_s / per_lat


def dead_reckon_turning(
    lon: F64, lat: F64, sog_kn: F64, cog_deg: F64, turn_deg_min: F64, dt_s: F64
) -> tuple[F64, F64, F64]:
    """Positions and courses after ``dt_s`` seconds at constant speed and rate of turn.

    x += V/w (cos chi - cos(chi + w dt)), y += V/w (sin(chi + w dt) - sin chi), which is the chord of the arc: its
    length is V dt sin(h)/h in the direction chi + h with h = w dt / 2, and needs no case for a straight course.
    """
    half_deg = turn_deg_min * dt_s / 120.0
    chord = np.sinc(half_deg / 180.0)  # numpy's sinc(x) is sin(pi x) / (pi x)
    there = dead_reckon(lon, lat, sog_kn * chord, cog_deg + half_deg, dt_s)
    return *there, (cog_deg + 2.0 * half_deg) % 360.0


@dataclass(frozen=True, slots=True)
class Approach:
    """Closest approach of pairs; arrays of shape (n_pairs,)."""

    range_m: F64
    dcpa_m: F64
    tcpa_s: F64  # negative: already past
    closing_kn: F64  # relative speed


def closest_approach(
    lon0: F64, lat0: F64, sog0_kn: F64, cog0_deg: F64, lon1: F64, lat1: F64, sog1_kn: F64, cog1_deg: F64
) -> Approach:
    """Closest point of approach of pairs seen at the same instant.

    r = p1 - p0, w = v1 - v0, t* = -r.w / |w|^2, DCPA = |r + w t*|; where |w| < 0.1 m/s the range itself and 0 s.
    That is the flat sea. On the globe meridians meet: the two norths differ by dlon sin(phi), and a steady course
    turns by v sin(course) tan(phi) / a. Both are put in, and t* corrected by one step of Newton: 0.02 m off (p95) at
    6 nm where the flat sea is 5 m off.
    Bring both motions to one instant with ``dead_reckon`` first: a class B report may be three minutes old, and
    at 12 knots that is 0.6 nm. NaN in any input gives NaN.
    """
    rx, ry = offset_m(lon0, lat0, lon1, lat1)
    vx0, vy0 = velocity_m_s(sog0_kn, cog0_deg)
    vx1, vy1 = velocity_m_s(sog1_kn, cog1_deg)
    # Seen from half way between, each one's north leans by ``lean`` a metre to the east, and steady courses bend.
    lean = np.tan(np.radians((lat0 + lat1) / 2.0)) / WGS84_A_M
    near = lean * rx / 2.0
    wx, wy = vx1 - vx0 - near * (vy1 + vy0), vy1 - vy0 + near * (vx1 + vx0)
    ax, ay = -lean * (vx1 * vy1 - vx0 * vy0), lean * (vx1 * vx1 - vx0 * vx0)
    w2 = wx * wx + wy * wy
    still = w2 < PARALLEL_M_S**2
    t = np.where(still, 0.0, -(rx * wx + ry * wy) / np.where(still, 1.0, w2))
    half = np.where(np.abs(t) <= CURVED_S_MAX, t, 0.0) / 2.0
    east, north = rx + (wx + ax * half) * t, ry + (wy + ay * half) * t
    nearer = -(east * (wx + 2.0 * ax * half) + north * (wy + 2.0 * ay * half)) / np.where(still, np.inf, w2)
    return Approach(
        np.hypot(rx, ry), np.hypot(east + wx * nearer, north + wy * nearer), t + nearer, np.sqrt(w2) / KN_M_S
    )


def bow_crossing(
    lon0: F64, lat0: F64, sog0_kn: F64, cog0_deg: F64, lon1: F64, lat1: F64, sog1_kn: F64, cog1_deg: F64
) -> tuple[F64, F64]:
    """Metres ahead of the first vessel at which the second will cross her course line, and seconds until then.

    NaN where the second never crosses, or crosses astern. A target that drifts slowly across has a large bow
    crossing range and a tiny closest approach at once: show both.
    """
    rx, ry = offset_m(lon0, lat0, lon1, lat1)
    vx0, vy0 = velocity_m_s(sog0_kn, cog0_deg)
    vx1, vy1 = velocity_m_s(sog1_kn, cog1_deg)
    wx, wy = vx1 - vx0, vy1 - vy0
    chi = np.radians(cog0_deg)
    ahead_x, ahead_y = np.sin(chi), np.cos(chi)
    across, across_m_s = rx * ahead_y - ry * ahead_x, wx * ahead_y - wy * ahead_x
    moves = np.abs(across_m_s) > CROSSING_M_S
    t = np.where(moves, -across / np.where(moves, across_m_s, 1.0), np.nan)
    ahead = (rx + wx * t) * ahead_x + (ry + wy * t) * ahead_y
    crosses = (t > 0.0) & (ahead > 0.0)
    return np.where(crosses, ahead, np.nan), np.where(crosses, t, np.nan)


# Where an unmarked pair of numbers can lie: the two ranges do not overlap, so they decide which one is latitude.
SEA_LAT_DEG = (3.0, 55.0)
SEA_LON_DEG = (105.0, 140.0)
POSITION_CHARS_MAX = 120  # the longest form met in official notices has 40; more is not a position
POSITION_EXAMPLE = "30°12.5′N 122°18.3′E"

# Marks as people type them. Done before NFKC, which would tear ″ into ′′ and º into o.
_MARKS = {ord(c): mark for mark, chars in {"d": "°˚º度", "m": "′'’‘´`＇分", "s": '″"”“〃＂秒'}.items() for c in chars}
_WORDS = (("北纬", "N"), ("南纬", "S"), ("东经", "E"), ("西经", "W"), ("mm", "s"))
_FILLERS = str.maketrans(dict.fromkeys("():[]、,。;/", " "))
# 幺 两 拐 勾 洞 are digits as read over the radio, so that 一 and 七, 九 and 零 are not mistaken for each other.
_ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | dict(
    zip("〇洞幺两拐勾", (0, 0, 1, 2, 7, 9), strict=True)
)
_ZH_NUMBER = re.compile(f"[{''.join(_ZH_DIGITS)}十百点]+")

_NUMBER = r"\d{1,3}(?:\.\d+)?"
_ANGLE = (
    rf"({_NUMBER})"  # degrees, then: minutes and seconds run together, as when a notice lost its minute mark,
    rf"(?: ?[d-] ?(?:(\d\d)(\d\d(?:\.\d+)?) ?s|({_NUMBER})(?: ?[m-] ?(?:({_NUMBER}) ?s?)?)?)?"
    rf"| ({_NUMBER})(?: ({_NUMBER}))?)?"  # or fields set apart by blanks only
)
_MARKED = rf"({_NUMBER})(?: ?d ?(?:(\d\d)(\d\d(?:\.\d+)?) ?s|({_NUMBER})(?: ?m ?(?:({_NUMBER}) ?s)?)?)?)?()()"
_BEFORE = re.compile(rf"([NSEW]) ?{_ANGLE} ?([NSEW]) ?{_ANGLE}")
_AFTER = re.compile(rf"{_ANGLE} ?([NSEW]) ?{_ANGLE} ?([NSEW])")
_UNSIGNED = re.compile(rf"{_MARKED} {_MARKED}")


def say_position(lon: float, lat: float) -> str:
    """The one form in which positions are shown: degrees and decimal minutes, as plotters and officers say them.

    Rounded to 0.1 minute (185 m north to south); both must be known and finite.
    """
    return f"{_say_angle(lat, 'NS', 2)} {_say_angle(lon, 'EW', 3)}"


def _say_angle(angle_deg: float, letters: str, width: int) -> str:
    tenths = round(abs(angle_deg) * 600.0)
    degrees, tenths = divmod(tenths, 600)
    return f"{degrees:0{width}d}°{tenths / 10.0:04.1f}′{letters[angle_deg < 0]}"


def parse_position(text: str) -> tuple[float, float]:
    """Longitude and latitude in degrees from a position as people and notices write it.

    Reads degrees, minutes and seconds with any common mark, full-width or Chinese (``30°02′16″N/122°21′22″E``,
    ``28-55.75N 121-55.3E``, ``东经123°03′1.367″,北纬30°38′24.180″``, ``北纬三十度十二点五分 东经…``, over the radio
    ``北纬三洞度幺两点五分 东经…``), hemisphere before or after, longitude first or last. Without hemispheres
    (``122.305,30.208``) the ranges of the China seas decide the order. Anything else, and minutes or seconds of 60
    and more, raises
    ``UsageFault("position_unread", text=, example=)``.
    """
    plain = _plain_position(text[: POSITION_CHARS_MAX + 1])
    position = None if len(text) > POSITION_CHARS_MAX else _read_pair(plain)
    if position is None:
        raise UsageFault("position_unread", text=text[:POSITION_CHARS_MAX], example=POSITION_EXAMPLE)
    return position


def _plain_position(text: str) -> str:
    """One spelling of all: half-width, marks as d m s, hemispheres as N S E W, single blanks."""
    plain = unicodedata.normalize("NFKC", text.upper().translate(_MARKS))
    for word, letter in _WORDS:
        plain = plain.replace(word, letter)
    plain = _ZH_NUMBER.sub(lambda run: _zh_number(run.group()), plain)
    plain = plain.translate(_FILLERS)
    return " ".join(plain.split()).rstrip(" .")


def _zh_number(run: str) -> str:
    """一百二十三 is 123, 三十度 30, 十二点五 12.5, 一二三 or 幺两三 (digit by digit) 123; a bare 点 is a point."""
    whole, point, fraction = run.partition("点")
    tail = "".join(str(_ZH_DIGITS.get(c, "x")) for c in fraction)  # an x is read by nobody
    if not set(whole) & set("十百"):
        value = "".join(str(_ZH_DIGITS[c]) for c in whole)
    else:
        hundreds, _, rest = whole.rpartition("百")
        tens, ten, ones = rest.rpartition("十")
        digits = [
            _ZH_DIGITS.get(p.lstrip("零〇洞") or "零", -1) for p in (hundreds, tens or ("一" if ten else ""), ones)
        ]
        value = "x" if min(digits) < 0 else str(digits[0] * 100 + digits[1] * 10 + digits[2])
    return f"{value}.{tail}" if point else value


def _read_pair(plain: str) -> tuple[float, float] | None:
    if found := _BEFORE.fullmatch(plain):
        g = found.groups()
        return _placed(_degrees(g[1:8]), g[0], _degrees(g[9:16]), g[8])
    if found := _AFTER.fullmatch(plain):
        g = found.groups()
        return _placed(_degrees(g[0:7]), g[7], _degrees(g[8:15]), g[15])
    if found := _UNSIGNED.fullmatch(plain):
        g = found.groups()
        return _ordered(_degrees(g[0:7]), _degrees(g[7:14]))
    return None


def _degrees(fields: tuple[str | None, ...]) -> float | None:
    """Degrees from the groups of ``_ANGLE``; only the last field given may have decimals."""
    degrees, run_min, run_sec, minutes, seconds, blank_min, blank_sec = fields
    parts = [p for p in (degrees, run_min or minutes or blank_min, run_sec or seconds or blank_sec) if p]
    if any("." in p for p in parts[:-1]) or any(float(p) >= 60.0 for p in parts[1:]):
        return None
    return sum(float(p) / 60.0**i for i, p in enumerate(parts))


def _placed(a: float | None, hemisphere_a: str, b: float | None, hemisphere_b: str) -> tuple[float, float] | None:
    if a is None or b is None or (hemisphere_a in "NS") == (hemisphere_b in "NS"):
        return None
    if hemisphere_a in "EW":
        a, hemisphere_a, b, hemisphere_b = b, hemisphere_b, a, hemisphere_a
    lat, ns, lon, ew = a, hemisphere_a, b, hemisphere_b
    if lat > 90.0 or lon > 180.0:
        return None
    return (-lon if ew == "W" else lon), (-lat if ns == "S" else lat)


def _ordered(a: float | None, b: float | None) -> tuple[float, float] | None:
    for lon, lat in ((a, b), (b, a)):
        if lon is not None and lat is not None and _within(lon, SEA_LON_DEG) and _within(lat, SEA_LAT_DEG):
            return lon, lat
    return None


def _within(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]


PLACE_RANGE_NM_MAX = 60.0  # farther off nobody measures from an island, and the plane no longer holds
_WINDS = {  # clockwise from north in steps of 22.5 degrees
    word: i * 22.5
    for i, words in enumerate(
        (
            ("北", "n", "north"),
            ("东北偏北", "nne"),
            ("东北", "ne", "northeast"),
            ("东北偏东", "ene"),
            ("东", "e", "east"),
            ("东南偏东", "ese"),
            ("东南", "se", "southeast"),
            ("东南偏南", "sse"),
            ("南", "s", "south"),
            ("西南偏南", "ssw"),
            ("西南", "sw", "southwest"),
            ("西南偏西", "wsw"),
            ("西", "w", "west"),
            ("西北偏西", "wnw"),
            ("西北", "nw", "northwest"),
            ("西北偏北", "nnw"),
        )
    )
    for word in words
}
_UNITS_M = {"海里": NM_M, "浬": NM_M, "nm": NM_M, "公里": 1000.0, "km": 1000.0, "米": 1.0, "m": 1.0, "链": NM_M / 10}

_AMOUNT = rf"\d{{1,4}}(?:\.\d+)?|半|[{''.join(_ZH_DIGITS)}十百点]+"
_BEARING = (
    rf"(?:真?方位角? ?)?(?:(?P<deg>{_AMOUNT}) ?(?:°|度|deg)|(?P<three>\d{{3}})(?= )"
    rf"|[以正的之]?(?P<wind>{'|'.join(sorted(_WINDS, key=len, reverse=True))})(?:面|方向|方|侧|边)?)"
)
_RANGE = rf"(?:距离?|约)*(?P<amount>{_AMOUNT}) ?(?P<unit>{'|'.join(_UNITS_M)})(?:处|附近|外)?"
_FROM_PLACE = [
    re.compile(form)
    for form in (
        rf"(?P<place>.+?) ?{_BEARING} ?{_RANGE}",
        rf"(?P<place>.+?) ?{_RANGE} ?{_BEARING}",
        rf"{_RANGE} ?{_BEARING} ?(?:of )?(?P<place>.+)",
    )
]


def parse_place(text: str, places: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    """Longitude and latitude from a position (see ``parse_position``) or from a place people know.

    ``places``: name to lon, lat. Reads ``浪岗东面5海里``, ``浪岗方位110度五海里``, ``Langgang 5 nm east``,
    ``5 nm ESE of Langgang`` and the name alone; bearings are true. A name may be cut short as long as it means one
    place. Raises UsageFault "place_unknown", "place_unclear" or "position_unread".
    """
    try:
        return parse_position(text)
    except UsageFault as unread:
        plain = unicodedata.normalize("NFKC", text[: POSITION_CHARS_MAX + 1]).casefold()
        said = " ".join(plain.translate(_FILLERS).split())
        found = next((m for form in _FROM_PLACE if (m := form.fullmatch(said))), None)
        offset = _offset(found) if found else None
        if len(text) > POSITION_CHARS_MAX or (found and offset is None):
            raise
        if found and offset:
            return _moved(*_place(found["place"].strip(), places), *offset)
        if _named(said, places):
            return _place(said, places)
        raise unread


def _offset(found: re.Match[str]) -> tuple[float, float] | None:
    """True bearing in degrees and range in metres; None if they are not numbers or beyond reason."""
    try:
        bearing = _WINDS[found["wind"]] if found["wind"] else _amount(found["deg"] or found["three"])
        range_m = _amount(found["amount"]) * _UNITS_M[found["unit"]]
    except ValueError:
        return None
    return (bearing, range_m) if bearing <= 360.0 and range_m <= PLACE_RANGE_NM_MAX * NM_M else None


def _amount(said: str) -> float:
    return 0.5 if said == "半" else float(_ZH_NUMBER.sub(lambda run: _zh_number(run.group()), said))


def _named(said: str, places: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """The places that ``said`` can mean: the one of that name, else all whose names begin so."""
    folded = {unicodedata.normalize("NFKC", name).casefold(): at for name, at in places.items()}
    if said in folded:
        return {said: folded[said]}
    return {name: at for name, at in folded.items() if len(said) > 1 and name.startswith(said)}


def _place(said: str, places: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    found = _named(said, places)
    if len(set(found.values())) > 1:
        raise UsageFault("place_unclear", place=said, found="、".join(sorted(found)))
    if not found:
        raise UsageFault("place_unknown", place=said, example=POSITION_EXAMPLE)
    return next(iter(found.values()))


def _moved(lon: float, lat: float, bearing: float, range_m: float) -> tuple[float, float]:
    """The position ``range_m`` off on a true bearing, on the plane at mean latitude."""
    north, east = range_m * np.cos(np.radians(bearing)), range_m * np.sin(np.radians(bearing))
    lat1 = lat + north / metres_per_degree(np.asarray(lat))[1]
    per_lon, per_lat = metres_per_degree(np.asarray((lat + lat1) / 2.0))
    return float((lon + east / per_lon + 180.0) % 360.0 - 180.0), float(lat + north / per_lat)
