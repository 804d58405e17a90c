"""How well fishing is told from motion: ``python -m benchmarks.activity [fishing_labels.csv]``.

Against points labelled by experts (columns vessel, label, t, dt_s, dist_m, sog_kn, cog_delta_deg, dist_shore_km,
is_fishing). They lie a quarter of an hour apart and have no position: each track is laid out from its distances and
turns, and the window is six times as long as at sea. So the
figures are of speeds and spread, not of the window.
Points with too few others before them to say anything by motion are left out and counted.
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from fengqiao import nav
from fengqiao.fleet.vessels import RING, Vessels
from fengqiao.situation.activity import DEFAULT, Activity, Recent, activities
from fengqiao.situation.situation import GO_KN_MIN, STOP_KN_MAX

LABELS = Path(__file__).resolve().parents[2] / "shared" / "data" / "ais" / "fishing_labels_dev.csv"
# The labelled gears by the nearest that the register knows.
GEARS = {
    "Trawlers": "single_trawl",
    "Pots and traps": "pot",
    "Drifting longlines": "hook",
    "Set gillnets": "gillnet",
    "Fixed gear": "gillnet",
}
STRETCH = 6.0  # of the window: the median spacing of the points is a quarter of an hour
HARBOUR_KM = 1.0  # the file knows no harbours: so near the shore a boat that lies is taken to be in one
BREAK_S = 4 * 3600.0  # a track does not go on across so long a silence

SPARSE = (False, None)  # too few points to judge by

Row = Mapping[str, str]
Told = Counter[tuple[bool, Activity | None]]


def main() -> None:
    with (Path(sys.argv[1]) if len(sys.argv) > 1 else LABELS).open(encoding="utf-8") as file:
        tracks: dict[str, list[Row]] = defaultdict(list)
        for row in csv.DictReader(file):
            tracks[row["vessel"]].append(row)
    for title, gear_known in (("gear registered", True), ("gear not registered", False)):
        told: dict[str, Told] = defaultdict(Counter)
        for rows in tracks.values():
            told[rows[0]["label"] or "not said"] += judged(rows, GEARS.get(rows[0]["label"], "") if gear_known else "")
        table(title, told)


def table(title: str, told: Mapping[str, Told]) -> None:
    """Points by label and by what we say; precision and recall of "fishing", unknown counted as a miss."""
    words = [a for a in Activity if a is not Activity.MOORED]
    sparse = sum(counts[SPARSE] for counts in told.values())
    print(
        f"\n{sparse:,} points left out\n{title:<20}{'label':<12}"
        + "".join(f"{a.word:>12}" for a in words)
        + f"{'precision':>12}{'recall':>8}"
    )
    for label, counts in [*sorted(told.items()), ("all", sum(told.values(), Told()))]:
        hits, false = counts[True, Activity.FISHING], counts[False, Activity.FISHING]
        fishing = sum(n for (was, _), n in counts.items() if was)
        for was, word in ((True, "fishing"), (False, "not")):
            line = f"{label if was else '':<20}{word:<12}" + "".join(f"{counts[was, a]:>12}" for a in words)
            print(line + (f"{share(hits, hits + false):>12}{share(hits, fishing):>8}" if was else ""))


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def judged(rows: list[Row], gear: str) -> Told:
    """What we say of each point, asked at its own time with nothing later known."""
    params = replace(DEFAULT, window_s=DEFAULT.window_s * STRETCH, span_s_min=DEFAULT.span_s_min * STRETCH)
    out: Told = Counter()
    for track in unbroken(sorted(rows, key=lambda row: int(row["t"]))):
        vessels, stopped, harbour = laid(track)
        for k, row in enumerate(track):
            one = slice(k, k + 1)
            at_ms = int(vessels.fix_ms[k])
            if not Recent.of(vessels.take(one), at_ms, params).enough[0]:
                out[SPARSE] += 1
                continue
            said = activities(
                vessels.take(one),
                at_ms,
                stopped[one],
                harbour[one],
                np.ones(1, bool),
                np.full(1, gear, object),
                np.zeros(1, np.int64),
                params,
            )
            out[float(row["is_fishing"]) > 0.5, Activity(int(said[0]))] += 1
    return out


def unbroken(rows: list[Row]) -> Iterable[list[Row]]:
    cuts = [k for k, (a, b) in enumerate(pairwise(rows), 1) if int(b["t"]) - int(a["t"]) > BREAK_S]
    return (rows[a:b] for a, b in pairwise([0, *cuts, len(rows)]))


def laid(
    track: list[Row],
) -> tuple[Vessels, np.ndarray[tuple[int], np.dtype[np.bool_]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """One row a point with the ring as it was then; whether she lay still; whether near enough to the shore."""
    n = len(track)
    ms = np.array([int(row["t"]) * 1000 for row in track], np.int64)
    sog = np.array([float(row["sog_kn"] or "nan") for row in track])
    cog = np.cumsum([float(row["cog_delta_deg"] or 0.0) for row in track]) % 360.0
    step_m = np.array([0.0, *(float(row["dist_m"] or 0.0) for row in track[1:])])
    per_lon, per_lat = nav.metres_per_degree(np.asarray(30.0))
    lon = 122.5 + np.cumsum(step_m * np.sin(np.radians(cog))) / float(per_lon)
    lat = 30.0 + np.cumsum(step_m * np.cos(np.radians(cog))) / float(per_lat)
    back = np.arange(n)[:, None] - np.arange(RING - 1, -1, -1)
    at = np.maximum(back, 0)
    columns = {name: np.zeros((n, *dtype.shape), dtype.base) for name, dtype in Vessels.dtypes().items()}
    columns |= {"fix_ms": ms, "lon_deg": lon, "lat_deg": lat, "sog_kn": sog, "cog_deg": cog}
    columns |= {"heading_deg": np.full(n, np.nan), "nav_status": np.full(n, -1, np.int16), "class_b": np.ones(n, bool)}
    columns["ring_ms"] = np.where(back >= 0, ms[at], 0)
    for name, values in (("ring_lon", lon), ("ring_lat", lat), ("ring_sog", sog), ("ring_cog", cog)):
        columns[name] = np.where(back >= 0, values[at], np.nan)
    stopped = np.zeros(n, bool)
    for k in range(n):
        stopped[k] = not sog[k] >= GO_KN_MIN if k and stopped[k - 1] else sog[k] <= STOP_KN_MAX
    shore_km = np.array([float(row["dist_shore_km"] or "inf") for row in track])
    return Vessels(**columns), stopped, shore_km <= HARBOUR_KM


if __name__ == "__main__":
    main()
