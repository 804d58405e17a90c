"""Makers of NMEA sentences, and the recorded files, for the tests of this room."""

import gzip
from collections.abc import Sequence
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

import numpy as np
from pyais import encode_dict

from fengqiao.ais import REASONS, Decoder
from fengqiao.ais.armour import PAD, SEXTETS, words
from fengqiao.ais.gate import message_refusals
from fengqiao.model.columns import Columns
from fengqiao.model.inputs import Chunk, Clock
from fengqiao.model.reports import ReportBatch

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures" / "ais"
SHARED = ROOT.parent / "shared" / "data" / "ais"
RECORDED = sorted(p for p in FIXTURES.glob("*") if p.suffix != ".md")
SHARED_FILES = sorted(p for p in SHARED.glob("*") if p.suffix in {".nmea", ".nm4", ".aivdm", ".log", ".gz"})

T0 = 1_757_993_400_000  # 2025-09-16T03:30:00Z
A_YEAR_MS = 365 * 86_400_000
CLASS_A = "13@:`L001N0ded0O6Fp8wW<00<0t"  # a type 1 of the Danish recording of 2013-11-12
TYPE_5 = ("53@o0E000001Q0CG37U8u<Tp4q@D00000000000018330400000000000000", "00000000008")  # libais, tagblock.nmea


def checked(text: str) -> bytes:
    """``text`` with its NMEA checksum, between its first letter and the checksum as the standard counts."""
    return f"{text}*{reduce(xor, text.lstrip('!$').encode()):02X}".encode()


def vdm(
    payload: str, fill: int = 0, total: int = 1, part: int = 1, seq: str = "", channel: str = "A", talker: str = "AI"
) -> bytes:
    return checked(f"!{talker}VDM,{total},{part},{seq},{channel},{payload},{fill}")


def report(msg_type: int, mmsi: int = 412_345_678, **fields: Any) -> bytes:
    """A whole message as one line of sentences, glued without line ends where it has parts."""
    return b"".join(s.encode() for s in encode_dict({"msg_type": msg_type, "mmsi": mmsi, **fields}))


def tag(text: str) -> bytes:
    return b"\\" + checked(text) + b"\\"


def stamped(at_ms: int, sentence: bytes) -> bytes:
    return tag(f"s:test,c:{at_ms}") + sentence


def unlike(n: int) -> bytes:
    """The n-th of many class A sentences that differ."""
    return report(1, mmsi=412_000_000 + n, lon=122.0 + n / 1000, lat=30.0, speed=5.0, course=90.0, second=n % 60)


def chunk(data: bytes, at_ms: int = T0, feed: str = "f", peer: str = "p", **more: Any) -> Chunk:
    return Chunk(feed, peer, at_ms, data, **more)


def receiver() -> Decoder:
    return Decoder({"f": Clock.RECEIVER})


def source() -> Decoder:
    return Decoder({"f": Clock.SOURCE})


def lines(*sentences: bytes) -> bytes:
    return b"".join(s + b"\r\n" for s in sentences)


def decode(decoder: Decoder, data: bytes, at_ms: int = T0) -> ReportBatch:
    return decoder.decode([chunk(data, at_ms)])


def message(sentence: bytes) -> dict[str, Any]:
    """The one message of a line, as JSON."""
    (only,) = receiver().messages([chunk(lines(sentence))])
    return only


def content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def joined(batches: Sequence[ReportBatch]) -> list[dict[str, list[Any]]]:
    """Batches end to end, table by table, as lists that compare; rows of messages point into all lines."""
    before = np.cumsum([0, *(len(b) for b in batches)])
    shifted = [
        [t if n == 0 else t.with_columns(line=(t.line + at).astype(np.int32)) for n, t in enumerate(tables(b))]
        for b, at in zip(batches, before, strict=False)
    ]
    return [listed(type(kind[0]).join(kind)) for kind in zip(*shifted, strict=True)]


def tables(batch: ReportBatch) -> tuple[Any, ...]:
    return batch.lines, batch.positions, batch.statics, batch.texts, batch.observations, batch.altitudes


def listed(table: Columns) -> dict[str, list[Any]]:
    """Columns as lists in which a number that is unknown equals another such."""
    columns = {name: getattr(table, name).tolist() for name in table.names()}
    return {name: [None if value != value else value for value in column] for name, column in columns.items()}


def refusal(payload: bytes, fill: int) -> str:
    """Why the gate refuses a whole message, "" if it does not."""
    sextets = payload.translate(SEXTETS) + PAD
    code = message_refusals(words(sextets, np.array([0]), 1), np.array([len(payload)]), np.array([fill], np.uint8))[0]
    return ("", *REASONS)[code]
