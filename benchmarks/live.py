"""What a busy live watch costs: ``python -m benchmarks.live``. 2,000 vessels, 2,000 sentences a second, everything on.

A real watch (raw log, decoder, fleet, rules, store, frame) on a folder of its own, turn by turn as ``fengqiao watch``
does it, with our clock moved by hand: SECONDS of the bay in as little time as they take. The peer is pyais decoding the
same sentences and doing nothing else with them.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from pyais import encode_dict
from pyais.stream import IterMessages

from benchmarks.__main__ import clustered
from fengqiao.app.keep_watch import begin
from fengqiao.feeds.clock import OurClock, now_ms
from fengqiao.feeds.udp import parse
from fengqiao.model.inputs import Chunk

VESSELS = 2_000
SECONDS = 60
TURN_MS = 200  # as often as the watch looks


def main() -> None:
    turns = sentences()
    feed = parse("udp://127.0.0.1:0", "//127.0.0.1:0")
    with tempfile.TemporaryDirectory() as folder:
        at, spent, longest = now_ms(), 0.0, 0.0
        clock = OurClock(lambda: at * 1_000_000, lambda: at * 1_000_000)
        live = begin([feed], Path(folder), lambda _: None, lang="zh", shards=1, clock=clock)
        for turn in turns:
            begun, wall = time.process_time(), time.monotonic()
            live.round([Chunk(feed.name, "station", at, turn)])
            spent += time.process_time() - begun
            longest = max(longest, time.monotonic() - wall)
            at += TURN_MS
        counts = live.keeper.decoder.counts
        live.stop()
    said = [line for turn in turns for line in turn.splitlines()]
    begun = time.process_time()
    for message in IterMessages(said):
        message.decode()
    theirs = time.process_time() - begun
    print(f"{counts.used:,} sentences of {VESSELS:,} vessels in {SECONDS} s: {spent:.1f} s CPU", end="")
    print(f" = {spent / SECONDS:.0%} of a core; longest turn {longest * 1000:.0f} ms")
    print(f"pyais decoding them and nothing else: {theirs:.1f} s, ratio {spent / theirs:.2f}")


def sentences() -> list[bytes]:
    """What comes in each turn: vessels on straight ways from clustered places, each heard once a second."""
    dice = np.random.default_rng(2)
    lon, lat = clustered(VESSELS)
    course, speed = dice.uniform(0, 360, VESSELS), dice.choice([0.0, 3.0, 8.0, 12.0], VESSELS)
    each = VESSELS * TURN_MS // 1000
    turns = []
    for n in range(SECONDS * 1000 // TURN_MS):
        rows = (np.arange(each) + n * each) % VESSELS
        second = n * TURN_MS // 1000
        gone_nm = speed[rows] * second / 3600
        east = lon[rows] + gone_nm / 60 * np.sin(np.radians(course[rows])) / np.cos(np.radians(lat[rows]))
        north = lat[rows] + gone_nm / 60 * np.cos(np.radians(course[rows]))
        turns.append(
            b"".join(
                report(*row, second) for row in zip(rows.tolist(), east, north, speed[rows], course[rows], strict=True)
            )
        )
    return turns


def report(row: int, lon: float, lat: float, sog: float, cog: float, second: int) -> bytes:
    fields: dict[str, Any] = {
        "lon": lon,
        "lat": lat,
        "speed": sog,
        "course": cog,
        "heading": int(cog),
        "second": second % 60,
    }
    message: dict[str, Any] = {"msg_type": 1 if row % 3 else 18, "mmsi": 412_000_000 + int(row), **fields}
    return b"".join(line.encode() + b"\r\n" for line in encode_dict(message))


if __name__ == "__main__":
    main()
