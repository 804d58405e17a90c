"""``history near`` against walking every way second by second on the ellipsoid: same vessels, within a metre."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pyproj import Geod

from fengqiao.ais import Decoder
from fengqiao.app import history
from fengqiao.app.decoding import open_recording
from fengqiao.app.demo import demonstration
from fengqiao.app.history import Question
from fengqiao.fleet.identity import kind_of_number
from fengqiao.fleet.passes import JUMP_M, SPEED_KN_MAX, WAY_S_MAX, Track, find_passes
from fengqiao.fleet.vessels import Kind
from fengqiao.model.reports import UNITS_PER_DEGREE, Known
from fengqiao.store.database import open_store

GEOD = Geod(ellps="WGS84")
F64 = NDArray[np.float64]
Line = list[tuple[float, float]]
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ais"
RADIUS_M = 1852.0
SLICE_MS = 2 * 3_600_000


def questions(track: Track, count: int) -> list[tuple[Line, int, int]]:
    """Places and bent lines beside fixes spread over a recording, asked of all its time and of a part."""
    first, last = int(track.fix_ms.min()), int(track.fix_ms.max())
    out: list[tuple[Line, int, int]] = []
    for i, row in enumerate(np.linspace(0, len(track) - 1, count, dtype=int).tolist()):
        lon, lat = float(track.lon_deg[row]) + 0.01, float(track.lat_deg[row]) + 0.005
        line = [(lon, lat)] if i % 2 == 0 else [(lon, lat), (lon + 0.05, lat + 0.04), (lon + 0.08, lat - 0.01)]
        part = (last - first) // 3
        out.append((line, first, last) if i % 3 == 0 else (line, first + part, last - part))
    return out


@pytest.mark.parametrize("name", ["denmark_20131112.tag.nmea", "channel_guernsey_20110726.tag.nmea"])
def test_real_recordings_give_the_same_vessels(name: str) -> None:
    """Thick traffic for five minutes and thin traffic for two hours, whole and in part, places and lines."""
    if not (SHARED / name).is_file():
        pytest.skip(f"no {name} in shared data")
    track = track_of(SHARED / name)
    track = track.take(track.fix_ms <= track.fix_ms.min() + SLICE_MS)
    met = 0
    for line, from_ms, to_ms in questions(track, 5):
        expected, jumping = walked(track, line, RADIUS_M, from_ms, to_ms)
        found = {p.mmsi: p.distance_m for p in find_passes(track, np.array(line), RADIUS_M, from_ms, to_ms).near}
        assert found.keys() - jumping == expected.keys() - jumping
        assert all(abs(found[mmsi] - expected[mmsi]) < 1.0 for mmsi in expected.keys() - jumping)
        met += len(expected.keys() - jumping)
    assert met >= 3


def test_the_demonstration_through_archive_and_store(imported: Path) -> None:
    """From recording to answer: decoding, archive, hours read one by one, far fixes thinned, two stations merged."""
    track = Track.join(track_of(Path(file)) for file in demonstration().files)
    met = 0
    with open_store(imported) as store:
        for line, from_ms, to_ms in questions(track, 5):
            expected, jumping = walked(track, line, RADIUS_M, from_ms, to_ms)
            answer = history.near(store, imported, Question(line, RADIUS_M, from_ms, to_ms))
            found = {p.mmsi: p.distance_m for p in (*answer.passes, *answer.buoys)}
            assert found.keys() - jumping == expected.keys() - jumping
            assert all(abs(found[mmsi] - expected[mmsi]) < 1.0 for mmsi in expected.keys() - jumping)
            met += len(expected.keys() - jumping)
    assert met >= 5


def track_of(file: Path) -> Track:
    """Every vessel position of a recording."""
    feed = open_recording(str(file))
    decoder = Decoder({feed.name: feed.clock})
    batches = [decoder.decode((chunk,)) for chunk in feed.chunks()] + [decoder.flush()]
    parts = [batch.positions for batch in batches if len(batch.positions)]
    tracks = [
        Track(p.mmsi, p.fix_ms, p.lon / UNITS_PER_DEGREE, p.lat / UNITS_PER_DEGREE, p.msg_type).take(
            ((p.known & Known.POSITION) != 0) & ~np.isin(p.msg_type, (4, 21))
        )
        for p in parts
    ]
    track = Track.join(tracks)
    aids = [m for m in np.unique(track.mmsi).tolist() if kind_of_number(m) in (Kind.ATON, Kind.BASE)]
    return track.take(~np.isin(track.mmsi, aids))


def walked(track: Track, line: Line, radius_m: float, from_ms: int, to_ms: int) -> tuple[dict[int, float], set[int]]:
    """Vessel to closest distance within the radius; and vessels that jump, of whom nobody can say which way."""
    near: dict[int, float] = {}
    jumping = set()
    legs_m = sum(GEOD.inv(p[0], p[1], q[0], q[1])[2] for p, q in pairwise(line))
    for mmsi in np.unique(track.mmsi).tolist():
        fixes = track.take(track.mmsi == mmsi)
        fixes = fixes.take(np.argsort(fixes.fix_ms, kind="stable"))
        lon, lat, at_ms = fixes.lon_deg, fixes.lat_deg, fixes.fix_ms.astype(float)
        azimuth, _, metres = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        seconds = np.diff(at_ms) / 1000
        fast = metres > seconds * SPEED_KN_MAX * 1852 / 3600 + JUMP_M
        if fast.any():
            jumping.add(mmsi)
        # at least so far off: the line is no longer than its legs
        off = _to_point(lon, lat, line[0]) - legs_m
        heard = (off <= radius_m) & (at_ms >= from_ms) & (at_ms <= to_ms)
        ways = ~fast & (seconds <= WAY_S_MAX) & (off[:-1] <= metres + radius_m)  # else too far to get there
        begins, ends = np.maximum(at_ms[:-1], from_ms), np.minimum(at_ms[1:], to_ms)
        rows = np.flatnonzero(ways & (begins <= ends))
        walk = (lon, lat, azimuth, metres, at_ms, seconds)
        closest = min(_to_line(lon[heard], lat[heard], line).min(initial=np.inf), _walk(rows, begins, ends, walk, line))
        if closest <= radius_m:
            near[mmsi] = float(closest)
    return near, jumping


def _walk(rows: NDArray[np.int64], begins: F64, ends: F64, walk: tuple[F64, ...], line: Line) -> float:
    """Closest distance on ways, second by second; where a second may matter, twenty steps to each."""
    if not len(rows):
        return np.inf
    lon, lat, azimuth, metres, at_ms, seconds = walk

    def distances(way: NDArray[np.int64], when_ms: F64) -> F64:
        share = (when_ms - at_ms[way]) / np.maximum(seconds[way] * 1000, 1.0)
        return _to_line(*GEOD.fwd(lon[way], lat[way], azimuth[way], share * metres[way])[:2], line)

    whens = [np.linspace(begins[i], ends[i], int((ends[i] - begins[i]) // 1000) + 2) for i in rows]
    found = np.split(distances(np.repeat(rows, [len(w) for w in whens]), np.concatenate(whens)), _cuts(whens))
    least = min(f.min() for f in found)
    fine = []
    for i, when, f in zip(rows, whens, found, strict=True):
        best = int(f.argmin())
        if f[best] <= least + metres[i] / max(seconds[i], 1.0):
            fine.append((i, np.linspace(when[max(best - 1, 0)], when[min(best + 1, len(when) - 1)], 41)))
    return float(distances(np.repeat([i for i, _ in fine], 41), np.concatenate([w for _, w in fine])).min())


def _cuts(parts: list[F64]) -> NDArray[np.int64]:
    return np.cumsum([len(part) for part in parts])[:-1]


def _to_line(lon: F64, lat: F64, line: Line) -> F64:
    if len(line) == 1:
        return _to_point(lon, lat, line[0])
    nearest: F64 = np.min([_to_leg(lon, lat, p, q) for p, q in pairwise(line)], axis=0)
    return nearest


def _to_point(lon: F64, lat: F64, point: tuple[float, float]) -> F64:
    metres: F64 = GEOD.inv(lon, lat, np.full(len(lon), point[0]), np.full(len(lon), point[1]))[2]
    return metres


def _to_leg(lon: F64, lat: F64, p: tuple[float, float], q: tuple[float, float]) -> F64:
    azimuth, _, length = GEOD.inv(p[0], p[1], q[0], q[1])
    low, high, rows = np.zeros(len(lon)), np.full(len(lon), length), np.arange(len(lon))
    for _ in range(5):  # a distance along a geodesic has one minimum: narrow in on it, sixteen steps at a time
        along = np.linspace(low, high, 17, axis=1)
        start = (np.full(along.shape, value) for value in (p[0], p[1], azimuth))
        here = (np.repeat(value[:, None], 17, axis=1) for value in (lon, lat))
        to_lon, to_lat, _ = GEOD.fwd(next(start), next(start), next(start), along)
        found = GEOD.inv(next(here), next(here), to_lon, to_lat)[2]
        best = found.argmin(axis=1)
        low, high = along[rows, np.maximum(best - 1, 0)], along[rows, np.minimum(best + 1, 16)]
    metres: F64 = found.min(axis=1)
    return metres
