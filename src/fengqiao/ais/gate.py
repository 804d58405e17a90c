"""What is checked before anything is decoded: a payload that fails here gives a wrong position, not an error.

Limits are those of ITU-R M.1371-5, annex 8; where receivers are known to pad to whole six-bit characters the
upper limit says so. Every refusal has a reason, a word in the catalogues under ``refused.<reason>``.
"""

import re

import numpy as np

from fengqiao.ais.armour import I64, U8, U64, field

REASONS = (
    "framing",  # the text is no sentence: fields missing, line too long, first letters damaged
    "no_checksum",
    "checksum",
    "fragment",  # part numbers that cannot be
    "empty",  # no payload
    "payload",  # characters outside the six-bit alphabet
    "fill",  # fill bits not 0..5
    "type",  # message type not 1..27
    "length",  # bits that a message of its type cannot have
    "mmsi",  # 0 or more than nine digits
    "time",  # a row of a table without a time, or of a time to come
    "place",  # a row of a table without a place on Earth
    "undecodable",  # passed all of these, and the decoder still said no
)

PAYLOAD = re.compile(rb"[0-W`-w]+")  # the six-bit armour of IEC 61162-1: 0x30..0x57 and 0x60..0x77
FRAGMENT = re.compile(rb"[1-9]")  # IEC 61162-1: one to nine sentences a message
FILL = re.compile(rb"[0-5]")
MMSI_MAX = 999_999_999  # nine digits, ITU-R M.585

# type: (least, most) bits. M.1371-5 annex 8, table number in the comment.
BITS: dict[int, tuple[int, int]] = {
    1: (168, 168),  # table 48
    2: (168, 168),
    3: (168, 168),
    4: (168, 168),  # table 51
    5: (422, 426),  # table 52: 424; some drop the two bits behind the destination, some fill the last character
    6: (72, 1008),  # table 54: 88 with its application id; 72 bits are seen on the air without it
    7: (72, 168),  # table 56
    8: (56, 1008),  # table 57
    9: (168, 168),  # table 60
    10: (72, 72),  # table 61
    11: (168, 168),  # table 51
    12: (72, 1008),  # table 62
    13: (72, 168),  # table 56
    14: (40, 1008),  # table 64
    15: (88, 168),  # table 66: 88 to 160; padded to a slot by some
    16: (96, 168),  # table 68: 96 or 144; padded to a slot by some
    17: (80, 816),  # table 69
    18: (168, 168),  # table 70
    19: (312, 312),  # table 72
    20: (72, 162),  # table 73: up to 160; 162 is 27 characters without their fill bits
    21: (272, 368),  # table 74: 272 to 360; 368 is seen with the longest names
    22: (168, 168),  # table 77
    23: (160, 162),  # table 78
    24: (160, 168),  # tables 80, 81; part B below
    25: (40, 168),  # table 83
    26: (60, 1064),  # table 84
    27: (96, 96),  # table 85
}

STATIC_PARTS = 24
PART_AT = 38  # which part of a type 24 it is
PART_B = 1
PART_B_BITS_MIN = 162  # table 81: the last dimension ends here

CODE = {reason: code for code, reason in enumerate(("", *REASONS))}  # a reason in a column; 0 is none
TYPES = 64  # six bits
BITS_MIN = np.array([BITS.get(kind, (1, 0))[0] for kind in range(TYPES)])
BITS_MAX = np.array([BITS.get(kind, (1, 0))[1] for kind in range(TYPES)])


def sentence_refusal(total: bytes, part: bytes, payload: bytes, fill: bytes) -> str:
    """Reason to refuse a sentence whose checksum is good, "" for none."""
    if not (FRAGMENT.fullmatch(total) and FRAGMENT.fullmatch(part) and part <= total):
        return "fragment"
    if not payload:
        return "empty"
    if not PAYLOAD.fullmatch(payload):
        return "payload"
    return "" if FILL.fullmatch(fill) else "fill"


def message_refusals(head: U64, length: I64, fill: U8) -> U8:
    """CODE of the reason to refuse each whole message, 0 for none. ``head`` is the first word (or more) of each."""
    kind, mmsi = kinds(head), senders(head)
    bits = length * 6 - fill
    fits = (bits >= BITS_MIN.take(kind)) & (bits <= BITS_MAX.take(kind))
    in_parts = np.flatnonzero(kind == STATIC_PARTS)
    part = field(head.take(in_parts, axis=1), PART_AT, 2)
    fits[in_parts] &= (part != PART_B) | (bits[in_parts] >= PART_B_BITS_MIN)
    out = np.zeros(len(length), np.uint8)
    out[in_parts[part > PART_B]] = CODE["undecodable"]  # tables 80 and 81 are all there is
    # The first thing that is wrong is the reason, so it is written last.
    out[(mmsi == 0) | (mmsi > MMSI_MAX)] = CODE["mmsi"]
    unfit = np.flatnonzero(~fits)
    out[unfit] = np.where(BITS_MAX[kind[unfit]] > 0, CODE["length"], CODE["type"])
    return out


def kinds(head: U64) -> U8:
    """Message types (n,) of whole messages, from their first words."""
    out: U8 = field(head, 0, 6).astype(np.uint8)
    return out


def senders(head: U64) -> I64:
    """The MMSI (n,) of whole messages, from their first words."""
    return field(head, 8, 30)


def peek(sextets: bytes, start: int, width: int) -> int:
    """Unsigned integer of ``width`` bits at bit ``start``, read from the few characters that hold it.

    The payload, translated by ``SEXTETS``, must reach that far.
    """
    first, last = start // 6, (start + width - 1) // 6
    value = 0
    for sextet in sextets[first : last + 1]:
        value = value << 6 | sextet
    return value >> ((last + 1) * 6 - start - width) & ((1 << width) - 1)
