"""What a decoder must survive: ``python -m benchmarks.fuzz [MILLIONS]``, ten million by default.

Real sentences are changed (characters of the payload, its length, its fill bits, its parts, a bit of the number) and
their checksums corrected, so that nothing but the decoder stands between them and the chart. Then: nothing raises, the
books balance, no value is one that its field cannot have, no ship stands at 0, 0 because her payload was cut, and
memory stays where it was. The same seed gives the same sentences.
"""

import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import reduce
from operator import xor

import numpy as np
from numpy.typing import NDArray

from benchmarks.decode import bare, recordings
from fengqiao.ais import Decoder
from fengqiao.model.inputs import Chunk, Clock
from fengqiao.model.reports import UNITS_PER_DEGREE, Known, Positions, ReportBatch

SEED = 20261125
BATCH = 20_000
ARMOUR = b"0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"
ANY = bytes(range(33, 127))
TELL_EVERY = 25  # batches: JSON is slower by some fifty times
SETTLED = 20  # batches after which memory must not grow any more
GROWTH_MB_MAX = 32  # allocators keep some
CUTS = ("cut", "grown")


def main(millions: float) -> None:
    dice = random.Random(SEED)
    base = [s for s in bare(recordings()) if s.count(b",") == 6 and len(s) > 15]
    decoder = Decoder({"f": Clock.RECEIVER})
    made: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    begun, settled_kb = time.process_time(), 0
    for n in range(max(1, round(millions * 1e6 / BATCH))):
        sentences, how = mutated(base, dice)
        made.update(how)
        batch = decoder.decode([Chunk("f", str(n % 7), n * 1000, b"\n".join(sentences) + b"\n")])
        faults.update(impossible(batch, how))
        if not decoder.counts.balanced:
            faults["books"] += 1
        if n % TELL_EVERY == 0:  # the other way out: every message as JSON, whatever its type
            told = Decoder({"f": Clock.RECEIVER})
            json.dumps(told.messages([Chunk("f", "", n * 1000, b"\n".join(sentences) + b"\n")]), allow_nan=False)
        if n == SETTLED:
            settled_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - settled_kb) / 1024 if settled_kb else 0.0
    if grown_mb > GROWTH_MB_MAX:
        faults["memory"] += 1
    counts = decoder.counts
    print(f"{made.total():,} sentences in {time.process_time() - begun:.0f} s CPU, most of it spent on making them")
    print("made:    ", ", ".join(f"{name} {n:,}" for name, n in made.most_common()))
    print("used:    ", f"{counts.used:,}, heard twice {counts.duplicates:,}, waiting {counts.waiting:,}", end="")
    print(f", expired {counts.expired:,}, not AIS {counts.not_ais:,}")
    print("refused: ", ", ".join(f"{name} {n:,}" for name, n in counts.refused.most_common()))
    print("memory:  ", f"{grown_mb:+.0f} MB after the first {SETTLED * BATCH:,}")
    print("faults:  ", dict(faults) or "none")
    sys.exit(bool(faults))


def mutated(base: Sequence[bytes], dice: random.Random) -> tuple[list[bytes], list[str]]:
    sentences, how = [], []
    for _ in range(BATCH):
        fields = base[int(dice.random() * len(base))].split(b"*")[0].split(b",")
        name = NAMES[int(dice.random() * len(NAMES))]
        MUTATIONS[name](fields, dice)
        body = b",".join(fields)
        sentences.append(body + b"*%02X" % reduce(xor, body[1:], 0))
        how.append(name)
    return sentences, how


def characters(fields: list[bytes], dice: random.Random) -> None:
    payload = bytearray(fields[5])
    for _ in range(1 + int(dice.random() * 4)):
        if payload:
            payload[int(dice.random() * len(payload))] = ARMOUR[int(dice.random() * 64)]
    fields[5] = bytes(payload)


def strangers(fields: list[bytes], dice: random.Random) -> None:
    payload = bytearray(fields[5] or b"0")
    payload[int(dice.random() * len(payload))] = ANY[int(dice.random() * len(ANY))]
    fields[5] = bytes(payload)


def cut(fields: list[bytes], dice: random.Random) -> None:
    fields[5] = fields[5][: int(dice.random() * max(len(fields[5]), 1))]


def grown(fields: list[bytes], dice: random.Random) -> None:
    fields[5] += bytes(ARMOUR[int(dice.random() * 64)] for _ in range(1 + int(dice.random() * 30)))


def fill(fields: list[bytes], dice: random.Random) -> None:
    fields[6] = b"%d" % int(dice.random() * 8)


def kind(fields: list[bytes], dice: random.Random) -> None:
    fields[5] = ARMOUR[int(dice.random() * 64)].to_bytes(1) + fields[5][1:]


def parts(fields: list[bytes], dice: random.Random) -> None:
    fields[1], fields[2], fields[3] = (b"%d" % int(dice.random() * 10) for _ in range(3))


def noise(fields: list[bytes], dice: random.Random) -> None:
    fields[5] = bytes(ARMOUR[int(dice.random() * 64)] for _ in range(28))


Mutation = Callable[[list[bytes], random.Random], None]
MUTATIONS: dict[str, Mutation] = {
    each.__name__: each for each in (characters, strangers, cut, grown, fill, kind, parts, noise)
}
NAMES = tuple(MUTATIONS)


def impossible(batch: ReportBatch, how: Sequence[str]) -> Counter[str]:
    """What may not come out, by name. Rows of positions point at the sentence that ended them."""
    p = batch.positions
    out: Counter[str] = Counter()
    for name, wrong in wrongs(p).items():
        out[name] += int(np.count_nonzero(wrong))
    nowhere = ((p.known & Known.POSITION) != 0) & (p.lon == 0) & (p.lat == 0)
    if len(batch) == len(how):
        out["cut to 0, 0"] += sum(how[line] in CUTS for line in p.line[nowhere].tolist())
    for text in (*batch.statics.name, *batch.statics.callsign, *batch.statics.destination, *batch.texts.text):
        out["text"] += not text.isascii() or not text.isprintable()
    return +out


def wrongs(p: Positions) -> dict[str, NDArray[np.bool_]]:
    placed = (p.known & Known.POSITION) != 0
    return {
        "lat": placed & (np.abs(p.lat.astype(np.int64)) > 90 * UNITS_PER_DEGREE),
        "lon": placed & (np.abs(p.lon.astype(np.int64)) > 180 * UNITS_PER_DEGREE),
        "place of nobody": ~placed & ((p.lon != 0) | (p.lat != 0)),
        "sog": ((p.known & Known.SOG) != 0) & (p.sog > np.where(p.msg_type == 9, 10_220, 1022)),
        "cog": p.cog > 3599,
        "heading": p.heading > 359,
        "second": p.second > 59,
        "status": p.nav_status > 15,
        "mmsi": (p.mmsi <= 0) | (p.mmsi > 999_999_999),
        "time": np.abs(p.fix_ms - p.ref_ms) > 61_000,
    }


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
