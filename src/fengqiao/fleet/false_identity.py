"""Signs in tracks that a number is not one vessel's: two places at once, jumps, a number broken by one bit.

Figures and places only; what they mean is for people to check. Tracks are in order (``passes.in_order``) with the
voices of ``passes.voices``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import nan

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.identity import kind_of_number
from fengqiao.fleet.passes import I64, Track, believable, satellite, steps
from fengqiao.fleet.vessels import Kind

VOICE_FIXES_MIN = 3  # of a transmitter; fewer are broken positions
OVERLAP_MS_MIN = 600_000  # so long both are heard: as the study of tracks has it
# A recording whose times are a minute wrong splits one ship's track in two, 500 to 1,700 m apart (Channel, 2011).
FAR_M = 2 * nav.NM_M
AT_ONCE_MS = 180_000  # fixes this near in time are at once: a class B set at anchor speaks every three minutes
RARE_FIXES_MAX, OFTEN_FIXES_MIN = 2, 10  # a broken number is heard once or twice, its owner all the time
ON_TRACK_M = 100.0  # the fix lies on the owner's own track; pair trawlers, whose numbers may be next, keep farther off
MMSI_BITS = 30


class Odd(StrEnum):
    TWO_PLACES = "two_places"
    JUMP = "jump"
    BIT_ERROR = "bit_error"


@dataclass(frozen=True, slots=True)
class Oddity:
    """Two fixes that do not go together, or for a bit error the fix and the owner's place at that instant."""

    odd: Odd
    mmsi: int
    at_ms: int
    lon_deg: float
    lat_deg: float
    other_mmsi: int  # whose number it probably is; else the same
    other_ms: int
    other_lon_deg: float
    other_lat_deg: float
    distance_m: float
    speed_kn: float  # it would take; NaN for a bit error
    fixes: int  # of the one transmitter, of the broken number, or how many jumps
    other_fixes: int
    satellite: tuple[bool, bool] = (False, False)  # whether each fix is out of a table of satellite positions


def oddities(track: Track, voice: I64) -> tuple[Oddity, ...]:
    """Two places at once and jumps, of every vessel of the track but aircraft, by number."""
    found = [*two_places(track, voice), *jumps(track, voice)]
    return tuple(sorted(found, key=lambda odd: (odd.mmsi, odd.odd.value, odd.at_ms)))


def two_places(track: Track, voice: I64) -> Iterator[Oddity]:
    """One for each pair of transmitters heard for ten minutes side by side: where both were last heard at once."""
    beside, counts = _side_by_side(track, voice)
    same, metres, seconds = steps(track)
    both = same & beside & (seconds * 1000.0 <= AT_ONCE_MS) & ~believable(metres, seconds) & (metres >= FAR_M)
    last = {}
    for i in np.flatnonzero(both).tolist():
        last[(int(track.mmsi[i]), *sorted((int(voice[i]), int(voice[i + 1]))))] = i
    for i in last.values():
        yield _between(Odd.TWO_PLACES, track, i, i + 1, int(counts[i]), int(counts[i + 1]))


def jumps(track: Track, voice: I64) -> Iterator[Oddity]:
    """One for each vessel with steps that no vessel makes and no second transmitter explains: the fastest of them."""
    beside, _ = _side_by_side(track, voice)
    same, metres, seconds = steps(track)
    fast = np.flatnonzero(same & ~beside & ~believable(metres, seconds) & (metres >= FAR_M))
    speed = metres[fast] / np.maximum(seconds[fast], 1.0)
    for mmsi in np.unique(track.mmsi[fast]).tolist():
        if kind_of_number(mmsi) is not Kind.SAR_AIRCRAFT:
            hers = np.flatnonzero(track.mmsi[fast] == mmsi)
            i = int(fast[hers[np.argmax(speed[hers])]])
            yield _between(Odd.JUMP, track, i, i + 1, len(hers), len(hers))


def bit_errors(track: Track) -> Iterator[Oddity]:
    """Numbers heard once or twice, one bit off one that is heard often and whose track runs through their fixes."""
    numbers, first, counts = np.unique(track.mmsi, return_index=True, return_counts=True)
    often = numbers[counts >= OFTEN_FIXES_MIN]
    for k in np.flatnonzero(counts <= RARE_FIXES_MAX).tolist():
        near = numbers[k] ^ (1 << np.arange(MMSI_BITS, dtype=np.int64))
        rows = slice(int(first[k]), int(first[k] + counts[k]))
        for owner in near[np.isin(near, often)].tolist():
            hers = track.take(track.mmsi == owner)
            lon, lat, heard = _place_at(hers, track.fix_ms[rows])
            metres = nav.distance_m(track.lon_deg[rows], track.lat_deg[rows], lon, lat)
            if heard.all() and (metres <= ON_TRACK_M).all():
                i = rows.stop - 1
                yield Oddity(
                    Odd.BIT_ERROR,
                    int(numbers[k]),
                    int(track.fix_ms[i]),
                    float(track.lon_deg[i]),
                    float(track.lat_deg[i]),
                    owner,
                    int(track.fix_ms[i]),
                    float(lon[-1]),
                    float(lat[-1]),
                    float(metres.max()),
                    nan,
                    int(counts[k]),
                    len(hers),
                    satellite(track, i, i),
                )


def neighbours(mmsi: int) -> list[int]:
    """Every number one bit away."""
    return [mmsi ^ (1 << bit) for bit in range(MMSI_BITS)]


def _side_by_side(track: Track, voice: I64) -> tuple[NDArray[np.bool_], I64]:
    """Of each fix and the next: whether of two transmitters heard for ten minutes at once; and fixes of each one's."""
    _, row, counts = np.unique(np.stack([track.mmsi, voice]), axis=1, return_inverse=True, return_counts=True)
    row = row.reshape(-1)
    begins, ends = np.full(len(counts), np.iinfo(np.int64).max), np.zeros(len(counts), np.int64)
    np.minimum.at(begins, row, track.fix_ms)
    np.maximum.at(ends, row, track.fix_ms)
    a, b = row[:-1], row[1:]
    overlap_ms = np.minimum(ends[a], ends[b]) - np.maximum(begins[a], begins[b])
    lasting = (counts[row] >= VOICE_FIXES_MIN) & (voice >= 0)
    return (a != b) & lasting[:-1] & lasting[1:] & (overlap_ms >= OVERLAP_MS_MIN), counts[row]


def _place_at(track: Track, at_ms: I64) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Where a vessel was between her fixes, and whether there was one within ``AT_ONCE_MS`` on both sides."""
    after = np.clip(np.searchsorted(track.fix_ms, at_ms), 1, len(track) - 1)
    a, b = track.fix_ms[after - 1], track.fix_ms[after]
    share = np.clip((at_ms - a) / np.maximum(b - a, 1), 0.0, 1.0)
    lon, lat = (c[after - 1] + share * (c[after] - c[after - 1]) for c in (track.lon_deg, track.lat_deg))
    return lon, lat, (np.abs(at_ms - a) <= AT_ONCE_MS) & (np.abs(b - at_ms) <= AT_ONCE_MS)


def _between(odd: Odd, track: Track, i: int, j: int, fixes: int, other_fixes: int) -> Oddity:
    at_ms, mmsi = track.fix_ms, int(track.mmsi[i])
    (lon, other_lon), (lat, other_lat) = track.lon_deg[[i, j]].tolist(), track.lat_deg[[i, j]].tolist()
    metres = float(nav.distance_m(lon, lat, other_lon, other_lat))
    begun, ended = int(at_ms[i]), int(at_ms[j])
    kn = metres / max((ended - begun) / 1000.0, 1.0) / nav.KN_M_S
    places = (begun, lon, lat, mmsi, ended, other_lon, other_lat)
    return Oddity(odd, mmsi, *places, metres, kn, fixes, other_fixes, satellite(track, i, j))
