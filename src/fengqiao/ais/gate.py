"""What is checked before anything is decoded: a payload that fails here gives a wrong position, not an error.

Limits are those of ITU-R M.1371-5, annex 8; where receivers are known to pad to whole six-bit characters the
upper limit says so. Every refusal has a reason, a word in the catalogues under ``refused.<reason>``.
"""

import re

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
    "undecodable",  # passed all of these, and the decoder still said no
)

PAYLOAD = re.compile(rb"[0-W`-w]+")  # the six-bit armour of IEC 61162-1: 0x30..0x57 and 0x60..0x77
SEXTET = bytes(max(0, char - 48 - (8 if char > 88 else 0)) & 63 for char in range(256))  # armour character to six bits
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

PART_B = 1
PART_B_BITS_MIN = 162  # table 81: the last dimension ends here


def sentence_refusal(total: bytes, part: bytes, payload: bytes, fill: bytes) -> str:
    """Reason to refuse a sentence whose checksum is good, "" for none."""
    if not (FRAGMENT.fullmatch(total) and FRAGMENT.fullmatch(part) and part <= total):
        return "fragment"
    if not payload:
        return "empty"
    if not PAYLOAD.fullmatch(payload):
        return "payload"
    return "" if FILL.fullmatch(fill) else "fill"


def message_refusal(payload: bytes, fill: int) -> str:
    """Reason to refuse a whole message, "" for none. ``payload`` holds only characters of the armour."""
    kind = SEXTET[payload[0]]
    limits = BITS.get(kind)
    if limits is None:
        return "type"
    bits = len(payload) * 6 - fill
    if not limits[0] <= bits <= limits[1] or (kind == 24 and bits < PART_B_BITS_MIN and peek(payload, 38, 2) == PART_B):
        return "length"
    return "" if 0 < peek(payload, 8, 30) <= MMSI_MAX else "mmsi"


def peek(payload: bytes, start: int, width: int) -> int:
    """Unsigned integer of ``width`` bits at bit ``start``, read from the few characters that hold it.

    The payload must reach that far.
    """
    first, last = start // 6, (start + width - 1) // 6
    value = 0
    for char in payload[first : last + 1]:
        value = value << 6 | SEXTET[char]
    return value >> ((last + 1) * 6 - start - width) & ((1 << width) - 1)
