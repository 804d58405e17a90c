"""Run every comparison and print one table: ours, the peer, the ratio (below 1: ours is cheaper).

CPU time of this process, the least of several turns, ours and the peer's taken by turns so that a machine whose speed
drifts treats both alike.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import zstandard
from pyais.stream import IterMessages

from fengqiao import nav
from fengqiao.ais import Decoder
from fengqiao.app.demo import demonstration
from fengqiao.app.replay import replay
from fengqiao.fleet.grid import pairs_within
from fengqiao.model.inputs import Chunk, Clock
from fengqiao.model.reports import Positions
from fengqiao.store.archive import write_segments
from fengqiao.store.raw_log import RawLog

ROOT = Path(__file__).resolve().parents[1]
TURNS = 3
CHUNK_BYTES = 65_536


def main() -> None:
    print(f"{'what':<44}{'ours':>10}{'peer':>10}{'ratio':>8}  peer")
    for what, ours, peer, name in comparisons():
        mine, theirs = cheapest(ours, peer)
        print(f"{what:<44}{mine:>9.3f}s{theirs:>9.3f}s{mine / theirs:>8.2f}  {name}", flush=True)
    whole_watch()


def cheapest(*works: Callable[[], object]) -> list[float]:
    """Least CPU seconds of each over TURNS turns, taken in rotation."""
    least = [float("inf")] * len(works)
    for _ in range(TURNS):
        for i, work in enumerate(works):
            begun = time.process_time()
            work()
            least[i] = min(least[i], time.process_time() - begun)
    return least


def comparisons() -> list[tuple[str, Callable[[], object], Callable[[], object], str]]:
    data = demo_bytes()
    sentences = [line.rpartition(b"\\")[2] for line in data.splitlines()]
    chunks = [Chunk("a", "", 0, data[i : i + CHUNK_BYTES]) for i in range(0, len(data), CHUNK_BYTES)]
    positions = Decoder({"a": Clock.SOURCE}).decode(chunks).positions
    lon, lat = clustered(5_000)
    return [
        (
            f"decode {len(sentences):,} sentences to columns",
            lambda: Decoder({"a": Clock.SOURCE}).decode(chunks),
            lambda: [message.decode() for message in IterMessages(sentences)],
            "pyais IterMessages + decode (no gate, no time, no columns)",
        ),
        (
            "pairs within 6 nm of 5,000 vessels",
            lambda: pairs_within(lon, lat, 6.0),
            lambda: brute_pairs(lon, lat, 6.0),
            "numpy, everyone against everyone",
        ),
        (
            f"append {len(chunks) * 400:,} chunks to the raw log",
            lambda: append_log(chunks),
            lambda: append_plain(chunks),
            "plain unbuffered write of the same bytes",
        ),
        (
            f"archive {len(positions):,} positions",
            lambda: archive(positions),
            lambda: archive_sqlite(positions),
            "the same rows into SQLite, one transaction",
        ),
    ]


def whole_watch() -> None:
    """The demonstration through everything, as a share of the time it took at sea."""
    bay = demonstration()
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        replay(bay.files, Path(folder), lambda _: None, acts=bay.acts, register=bay.vessels)
        spent = time.process_time() - begun
    print(f"\nwhole watch over 40 minutes of the demonstration: {spent:.1f} s CPU = {spent / 2400:.2%} of one core")


def demo_bytes() -> bytes:
    packed = (ROOT / "fixtures" / "demo" / "bay-main.nmea.zst").open("rb")
    with packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
        return bytes(stream.read())


def clustered(n: int) -> tuple[nav.F64, nav.F64]:
    dice = np.random.default_rng(1)
    centre = dice.uniform([121.5, 29.0], [124.0, 31.5], (25, 2))[dice.integers(0, 25, n)]
    spread = centre + dice.normal(0, 0.12, (n, 2))
    return spread[:, 0], spread[:, 1]


def brute_pairs(lon: nav.F64, lat: nav.F64, radius_nm: float) -> int:
    found = 0
    for i in range(len(lon) - 1):
        found += int((nav.distance_nm(lon[i], lat[i], lon[i + 1 :], lat[i + 1 :]) <= radius_nm).sum())
    return found


def append_log(chunks: list[Chunk]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = RawLog(Path(folder))
        for _ in range(400):
            log.append_chunks([Chunk(c.feed, c.peer, c.received_ms, c.data[:80]) for c in chunks])
        log.close()


def append_plain(chunks: list[Chunk]) -> None:
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(400):
            file.write(b"".join(c.data[:80] for c in chunks))


def archive(positions: Positions) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_segments(Path(folder), "bench", positions, ("a",))


def archive_sqlite(positions: Positions) -> None:
    with tempfile.TemporaryDirectory() as folder:
        names = [n for n in positions.names() if n != "line"]
        rows = list(zip(*(getattr(positions, n).tolist() for n in names), strict=True))
        base = sqlite3.connect(Path(folder) / "p.db")
        base.execute(f"CREATE TABLE p ({', '.join(names)})")
        base.executemany(f"INSERT INTO p VALUES ({', '.join('?' * len(names))})", rows)
        base.commit()
        base.close()


if __name__ == "__main__":
    main()
