"""Payloads into pyais messages: the only place that knows pyais.

pyais 3.3 is the reference decoder. Where it is lossy (ship type through an enum, rate of turn rounded, type 17 and
22 positions in minutes, text of a length that is no multiple of six bits) ``normalise`` reads the raw bits.
"""

from enum import Enum
from typing import Any

from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

ARMOUR = bytes(code + 48 + (8 if code > 39 else 0) for code in range(64)) + bytes(192)  # six bits to their character


def decode(sextets: bytes, fill: int) -> Any:
    """The pyais message of a payload (six-bit codes) that passed the gate, or None if pyais does not take it."""
    bits = bit_vector(sextets.translate(ARMOUR), fill)
    try:
        return MSG_CLASS[bits.get(0, 6)].from_vector(bits)
    except Exception:  # pyais promises no closed set of exceptions, and the payload is a stranger's
        return None


def other_fields(message: Any) -> dict[str, Any]:
    """Every field of a pyais message that JSON can hold, under pyais' own names; bytes as hex, enums as numbers."""
    fields: dict[str, Any] = {}
    for name, value in message.asdict().items():
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, bytes):
            value = value.hex()
        if isinstance(value, bool | int | float | str):
            fields[name] = value
    return fields
