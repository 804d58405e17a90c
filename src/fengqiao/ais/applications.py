"""Application data of binary messages that have no table here, as pyais reads them: the only place that knows pyais.

They are handed on under pyais' own names and not normalised: where the sender said "not available" stands the number
that means it. So they are for who knows the application, and nothing in the watch rests on them.
"""

from enum import Enum
from typing import Any

from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

from fengqiao.ais.armour import SEXTETS

ARMOUR = bytes(SEXTETS.index(code) for code in range(64)) + bytes(192)  # six bits to their character
BINARY = frozenset({6, 8})
# What is said of every binary message in our own words, or means nothing.
SAID = frozenset({"msg_type", "repeat", "mmsi", "seqno", "dest_mmsi", "retransmit", "dac", "fid", "fi", "data"})


def as_pyais(kind: int, sextets: bytes, fill: int) -> dict[str, Any]:
    """The fields of the application, empty where pyais has no table either."""
    if kind not in BINARY:
        return {}
    bits = bit_vector(sextets.translate(ARMOUR), fill)
    try:
        said = MSG_CLASS[kind].from_vector(bits).asdict()
    except Exception:  # pyais promises no closed set of exceptions, and the payload is a stranger's
        return {}
    out: dict[str, Any] = {}
    for name, value in said.items():
        plain = value.value if isinstance(value, Enum) else value
        if (
            name not in SAID
            and not name.startswith("spare")
            and plain != ""
            and isinstance(plain, bool | int | float | str)
        ):
            out[name] = plain
    return out
