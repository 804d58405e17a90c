"""What decoding costs: ``python -m benchmarks.decode [FILE…]``. Ours, pyais, and the decoders installed, in one run.

All read the same bytes: every sentence of the recordings, bare (no TAG blocks, no dates), because not every peer knows
those. CPU seconds, the least of several turns taken in rotation; gpsdecode is a program and its children's time counts.
Ours does more than the peers: gate, time, parts of any order, echoes, columns.

Then what they say is held against each other: every different sentence of one part, position, speed and course.
``import`` is the whole way from the file to the archive, in a process of its own, with the most memory it took.
"""

import gzip
import importlib
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

import numpy as np
from pyais.exceptions import AISBaseException
from pyais.messages import AISSentence, NMEASentenceFactory
from pyais.stream import IterMessages

from fengqiao.ais import Decoder
from fengqiao.app import importing
from fengqiao.model.inputs import Chunk, Clock
from fengqiao.model.reports import UNITS_PER_DEGREE, Known

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = (ROOT / "fixtures" / "ais", ROOT.parent / "shared" / "data" / "ais")
SUFFIXES = {".nmea", ".nm4", ".aivdm", ".log", ".txt", ".gz"}
BLOCK = importing.BLOCK_BYTES
TOLERANCE_DEG = 1.6e-5  # aiscat keeps positions as float32: so far apart are its neighbours beyond 128 degrees
TURNS = 7
POSITIONS = (1, 2, 3, 18, 19)
LON_MAX, LAT_MAX = 180 * UNITS_PER_DEGREE, 90 * UNITS_PER_DEGREE
BEGIN_S = 1_577_836_800  # 2020-01-01
IMPORT_MB = 500  # of sentences for the import, the recordings over and over with new times

Said = tuple[int, float | None, float | None, float | None, float | None]  # mmsi, lon, lat, sog_kn, cog_deg


@dataclass(frozen=True)
class Peer:
    name: str
    all: Callable[[], object]
    one: Callable[[bytes], Said | None] | None  # None where it does not say which sentence it speaks of


def main(files: Sequence[str]) -> None:
    sentences = list(bare([Path(f) for f in files] or recordings()))
    data = b"\n".join(sentences) + b"\n"
    peers = list(installed(sentences, data))
    print(f"{len(sentences):,} sentences, {len(data) / 1e6:.1f} MB, CPU seconds, the least of several turns")
    ours, *theirs = cheapest(lambda: columns(data), *(peer.all for peer in peers))
    print(f"{'fengqiao (columns)':<34}{ours:>8.3f} s{ours / len(sentences) * 1e6:>8.2f} us a sentence")
    for peer, spent in zip(peers, theirs, strict=True):
        print(f"{peer.name:<34}{spent:>8.3f} s{spent / ours:>8.2f} times ours")
    disagreements(sorted(set(sentences)), peers)
    imports(sentences, theirs[0] / len(sentences))


def recordings() -> list[Path]:
    """Those beside the checkout where they are there, else the few in it."""
    folder = next(folder for folder in reversed(RECORDINGS) if folder.is_dir())
    return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)


def bare(paths: Sequence[Path]) -> Iterator[bytes]:
    for path in paths:
        data = path.read_bytes()
        for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
            at = line.find(b"!")
            if at >= 0 and line[:1] != b"#":
                yield line[at:].strip()


def columns(data: bytes) -> None:
    decoder = Decoder({"f": Clock.RECEIVER})
    for n, at in enumerate(range(0, len(data), BLOCK)):
        decoder.decode([Chunk("f", "", n * 60_000, data[at : at + BLOCK])])
    decoder.flush()


# --- peers ---------------------------------------------------------------------------------------------------------


def installed(sentences: Sequence[bytes], data: bytes) -> Iterator[Peer]:
    yield Peer("pyais IterMessages + decode()", lambda: with_pyais(sentences), of_pyais)
    if importlib.util.find_spec("aiscat"):
        yield Peer("aiscat, dictionary", lambda: with_aiscat(data), of_aiscat)
    if importlib.util.find_spec("ais"):
        yield Peer("libais decode(), our framing", lambda: with_libais(sentences), of_libais)
    if shutil.which("gpsdecode"):
        yield Peer("gpsdecode -j", lambda: with_gpsdecode(data), None)


def with_pyais(sentences: Sequence[bytes]) -> None:
    for message in IterMessages(sentences):
        try:
            message.decode()
        except AISBaseException:
            continue


def of_pyais(sentence: bytes) -> Said | None:
    try:
        read = NMEASentenceFactory.produce(sentence)
        said: Any = read.decode() if isinstance(read, AISSentence) else None
    except AISBaseException:
        return None
    if said is None:
        return None
    if said.msg_type not in POSITIONS or said.lon is None or said.lat is None:
        return None
    return said.mmsi, said.lon, said.lat, said.speed, said.course


def with_aiscat(data: bytes) -> None:
    aiscat: Any = importlib.import_module("aiscat")
    decoder = aiscat.Decoder(format="dictionary", country=False)
    for at in range(0, len(data), BLOCK):
        decoder.feed(data[at : at + BLOCK])
        while decoder.next() is not None:
            pass


def of_aiscat(sentence: bytes) -> Said | None:
    aiscat: Any = importlib.import_module("aiscat")
    try:
        said = aiscat.decode(sentence)
    except ValueError:
        return None
    if said.get("type") not in POSITIONS:
        return None
    return said["mmsi"], said.get("lon"), said.get("lat"), said.get("speed"), said.get("course")


def with_libais(sentences: Sequence[bytes]) -> None:
    for sentence in sentences:
        of_libais(sentence)


def of_libais(sentence: bytes) -> Said | None:
    ais: Any = importlib.import_module("ais")
    parts = sentence.split(b",")
    if len(parts) < 7 or parts[1] != b"1":
        return None
    try:
        said = ais.decode(parts[5].decode("latin-1"), int(parts[6][:1] or b"0"))
    except (ais.DecodeError, ValueError):
        return None
    if said["id"] not in POSITIONS:
        return None
    return said["mmsi"], said["x"], said["y"], said["sog"], said["cog"]


def with_gpsdecode(data: bytes) -> bytes:
    return subprocess.run(["gpsdecode", "-j", "-u"], input=data, capture_output=True, check=False).stdout


def said_by_gpsdecode(sentences: Sequence[bytes]) -> Counter[tuple[int, int, int]]:
    """Number and raw position; it says nothing that would tell which sentence it speaks of."""
    out: Counter[tuple[int, int, int]] = Counter()
    for line in with_gpsdecode(b"\n".join(sentences) + b"\n").splitlines():
        said = json.loads(line)
        if said.get("class") == "AIS" and said["type"] in POSITIONS:
            out[said["mmsi"], said["lon"], said["lat"]] += 1
    return out


# --- costs and disagreements ---------------------------------------------------------------------------------------


def cheapest(*works: Callable[[], object]) -> list[float]:
    """Least CPU seconds of each, programs that it runs included."""
    least = [float("inf")] * len(works)
    for _ in range(TURNS):
        for i, work in enumerate(works):
            begun = cpu_s()
            work()
            least[i] = min(least[i], cpu_s() - begun)
    return least


def cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def said_by_us(sentences: Sequence[bytes]) -> dict[int, tuple[Said, int, int]]:
    """By the number of the sentence: what it says, and its raw position. No two say the same, so none is an echo."""
    batch = Decoder({"f": Clock.RECEIVER}).decode([Chunk("f", "", 0, b"\n".join(sentences) + b"\n")])
    assert len(batch) == len(sentences), "every sentence has a line"
    out: dict[int, tuple[Said, int, int]] = {}
    p = batch.positions
    for n in np.flatnonzero(np.isin(p.msg_type, POSITIONS)).tolist():
        known = Known(int(p.known[n]))
        placed = Known.POSITION in known
        said = (
            int(p.mmsi[n]),
            p.lon[n] / UNITS_PER_DEGREE if placed else None,
            p.lat[n] / UNITS_PER_DEGREE if placed else None,
            p.sog[n] / 10 if Known.SOG in known else None,
            p.cog[n] / 10 if Known.COG in known else None,
        )
        out[int(p.line[n])] = said, int(p.lon[n]), int(p.lat[n])
    return out


def disagreements(sentences: Sequence[bytes], peers: Sequence[Peer]) -> None:
    by_payload = {s.split(b",")[5]: s for s in sentences if s[6:11] == b",1,1," and s.count(b",") == 6}
    distinct = [s for s in by_payload.values() if s.count(b"!") == 1]
    ours = said_by_us(distinct)
    print(f"\n{len(distinct):,} different sentences of one part; {len(ours):,} position reports of types {POSITIONS}")
    print(f"{'peer':<34}{'only ours':>10}{'only its':>10}{'place':>8}{'speed':>8}{'course':>8}")
    for peer in peers:
        if peer.one is None:
            continue
        found: Counter[str] = Counter()
        for n, sentence in enumerate(distinct):
            found.update(differ(ours[n][0] if n in ours else None, peer.one(sentence)))
        row = [found[name] for name in ("ours", "its", "place", "speed", "course")]
        print(f"{peer.name:<34}{row[0]:>10}{row[1]:>10}{row[2]:>8}{row[3]:>8}{row[4]:>8}")
    if shutil.which("gpsdecode"):
        raw = Counter((said[0], lon, lat) for said, lon, lat in ours.values() if said[1] is not None)
        theirs = said_by_gpsdecode(distinct)
        theirs = Counter({key: n for key, n in theirs.items() if abs(key[1]) <= LON_MAX and abs(key[2]) <= LAT_MAX})
        print(f"{'gpsdecode (number and place)':<34}{(raw - theirs).total():>10}{(theirs - raw).total():>10}")


def differ(ours: Said | None, its: Said | None) -> Iterator[str]:
    """In what two readings of a sentence differ. A peer that hands on "not available" as a number means none."""
    if ours is None or its is None:
        if ours is not its:
            yield "its" if ours is None else "ours"
        return
    lon, lat, sog, cog = its[1:]
    placed = lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90
    near = placed and all(
        a is not None and b is not None and abs(a - b) <= TOLERANCE_DEG
        for a, b in zip(ours[1:3], (lon, lat), strict=True)
    )
    if ours[0] != its[0] or (near if ours[1] is None else not near):
        yield "place"
    sog = None if sog is None or sog > 102.25 else sog
    cog = None if cog is None or cog >= 360 else cog
    for name, mine, theirs in (("speed", ours[3], sog), ("course", ours[4], cog)):
        if (mine is None) != (theirs is None) or (
            mine is not None and theirs is not None and abs(mine - theirs) > 0.01
        ):
            yield name


# --- the whole way -------------------------------------------------------------------------------------------------


def imports(sentences: Sequence[bytes], pyais_s: float) -> None:
    """A recording of IMPORT_MB into an archive; ``pyais_s`` is what pyais spends on decoding one sentence."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.nmea"
        count = write_long(path, sentences)
        begun = cpu_s()
        command = [sys.executable, "-c", IMPORT, str(path), str(Path(folder) / "data")]
        peak_kb = int(subprocess.run(command, capture_output=True, check=True).stdout.split()[-1])
        spent = cpu_s() - begun
        print(f"\nimport of {path.stat().st_size / 1e6:.0f} MB, {count:,} sentences: {spent:.1f} s CPU", end="")
        print(f" = {spent / count * 1e6:.2f} us a sentence, {pyais_s * count / spent:.1f} times faster than", end="")
        print(f" decoding alone with pyais; most memory {peak_kb / 1024:.0f} MB")


IMPORT = (
    "import resource, sys; from pathlib import Path; from fengqiao.app.importing import import_file;"
    "import_file(sys.argv[1], Path(sys.argv[2]));"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def write_long(path: Path, sentences: Sequence[bytes]) -> int:
    """The sentences over and over, a second for every twenty of them, each led by its time; how many."""
    count = size = 0
    with path.open("wb") as file:
        while size < IMPORT_MB * 1_000_000:
            for start in range(0, len(sentences), 20):
                lead = tag(f"c:{BEGIN_S + count // 20}")
                block = b"".join(lead + s + b"\r\n" for s in sentences[start : start + 20])
                file.write(block)
                count += len(sentences[start : start + 20])
                size += len(block)
    return count


def tag(text: str) -> bytes:
    return f"\\{text}*{reduce(xor, text.encode()):02X}\\".encode()


if __name__ == "__main__":
    main(sys.argv[1:])
