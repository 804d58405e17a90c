"""The six-bit armour of IEC 61162-1, many payloads at a time.

Eight characters of a payload hold 48 bits. They are gathered as one 64-bit number and pushed together by shifts, so
that a field of a hundred thousand messages is a shift and a mask of a column. Bit 0 is the first of the message.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

NO_SEXTET = 0xC0  # one of these bits marks a byte that is no armour character
_LETTERS = bytes(range(0x30, 0x58)) + bytes(range(0x60, 0x78))
SEXTETS = bytes(_LETTERS.index(char) if char in _LETTERS else NO_SEXTET for char in range(256))
WORD_CHARS = 8  # characters of a word
WORD_BITS = 48
PAD = bytes(128)  # behind every buffer, so that a window never leaves it; longer than the longest fixed message

BLOCK_CHARS = 64
# Row n, column m: what keeps those of the characters 8n to 8n + 7 that are among the first m.
_FIRST = np.ascontiguousarray(
    np.where(np.arange(BLOCK_CHARS) < np.arange(BLOCK_CHARS + 1)[:, None], 255, 0).astype(np.uint8).view(np.uint64).T
)

# How eight bytes of six bits become 48 bits: pairs to 12 bits, those to 24, those to 48.
PUSH = (
    (np.uint64(0x3F00_3F00_3F00_3F00), np.uint64(2), np.uint64(0x003F_003F_003F_003F)),
    (np.uint64(0x0FFF_0000_0FFF_0000), np.uint64(4), np.uint64(0x0000_0FFF_0000_0FFF)),
    (np.uint64(0x00FF_FFFF_0000_0000), np.uint64(8), np.uint64(0x0000_0000_00FF_FFFF)),
)
LETTER = np.array([code + 64 if code < 32 else code for code in range(64)], np.uint8)  # six-bit ASCII, M.1371 table 47


def sextets_of(data: bytes) -> bytes:
    """As ``data.translate(SEXTETS)``, four times as fast for a long text; of NO_SEXTET some bits may be missing."""
    codes: U8 = np.frombuffer(data, np.uint8) - np.uint8(0x30)
    between = codes - np.uint8(0x28) < np.uint8(0x08)  # the gap between the two runs of letters
    codes -= (codes >= np.uint8(0x30)) * np.uint8(0x08)
    codes |= between * np.uint8(NO_SEXTET)
    return codes.tobytes()


def places(buffer: U8, byte: int) -> I64:
    """Where a byte, not 0, stands in a buffer with PAD behind it: ``np.flatnonzero(buffer == byte)`` by eights."""
    eights = (buffer[: len(buffer) // 8 * 8] == byte).view(np.uint64)
    at = np.flatnonzero(eights != 0)
    hits = eights.take(at)
    out = np.empty(0, np.int64)
    while len(at):  # once, and once more where several stand in one eight
        low = hits & (~hits + np.uint64(1))  # 1 << 8 * n
        found = at * 8 + ((low.astype(np.float64).view(np.int64) >> 52) - 1023 >> 3)
        out = np.insert(out, np.searchsorted(out, found), found) if len(out) else found
        hits ^= low
        more = np.flatnonzero(hits)
        at, hits = at[more], hits[more]
    return out


def windows(data: bytes, at: I64, width: int) -> U8:
    """Bytes (n, width) of ``data`` from each offset. Every window must lie within the data."""
    view = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
    out: U8 = view[at].view(np.uint8).reshape(len(at), width)
    return out


def numbers(data: bytes, at: I64) -> U64:
    """The eight bytes from each offset as numbers, the first byte the lowest."""
    view = np.ndarray((len(data) - 7,), "V8", data, strides=(1,))
    out: U64 = view[at].view(np.dtype("<u8"))
    return out


def columns(codes: U8, length: I64) -> Iterator[U64]:
    """Characters (n, chars) eight to a number, column by column (n,); those behind ``length`` are 0."""
    numbers = codes.view(np.uint64)
    length = np.minimum(length, codes.shape[1])
    whole = int(length.min(initial=codes.shape[1])) // WORD_CHARS
    for n in range(numbers.shape[1]):
        yield numbers[:, n] if n < whole else numbers[:, n] & _FIRST[n].take(length)


def folded(fold: np.ufunc, data: bytes, at: I64, length: I64, chars: int) -> U64:
    """Up to ``chars`` characters from each offset folded together, eight at a time (n,)."""
    out = np.zeros(len(at), np.uint64)
    for column in columns(windows(data, at, chars), length):
        fold(out, column, out=out)
    return out


def words(sextets: bytes, at: I64, count: int) -> U64:
    """``count`` words of 48 bits (count, n) from each offset of a buffer already translated by SEXTETS.

    Bits behind the end of a payload are those of whatever follows it in the buffer: the gate knows how far to read.
    """
    return packed(windows(sextets, at, WORD_CHARS * count))


def packed(codes: U8) -> U64:
    """Rows of six-bit codes (n, 8 * count) as words of 48 bits (count, n)."""
    raw = codes.view(np.dtype(">u8"))
    out = np.empty(raw.shape[::-1], np.uint64)
    for n, column in enumerate(raw.T):
        word = column.astype(np.uint64)
        for high, shift, low in PUSH:
            word = ((word & high) >> shift) | (word & low)
        out[n] = word
    return out


def field(message: U64, start: int, width: int) -> I64:
    """Unsigned integers (n,) of ``width`` bits, at most 48, at bit ``start`` of words (count, n)."""
    out: I64 = (_leading(message, start, width) >> np.uint64(64 - width)).view(np.int64)
    return out


def signed(message: U64, start: int, width: int) -> I64:
    """As ``field``, in two's complement."""
    out: I64 = _leading(message, start, width).view(np.int64) >> (64 - width)
    return out


def _leading(message: U64, start: int, width: int) -> U64:
    """The bits from ``start`` on, the first of them the highest of 64; those behind ``width`` mean nothing."""
    at, skip = divmod(start, WORD_BITS)
    out: U64 = message[at] << np.uint64(64 - WORD_BITS + skip)
    there = WORD_BITS - skip
    if width > there:
        out |= message[at + 1] << np.uint64(64 - WORD_BITS) >> np.uint64(there)
    return out


def codes(sextets: bytes, at: I64, start: int, chars: int) -> U8:
    """Six-bit codes (n, chars) from bit ``start`` of each payload."""
    skip, shift = divmod(start, 6)
    raw = windows(sextets, at + skip, chars + 1) & np.uint8(63)
    out: U8 = ((raw[:, :-1] << np.uint8(shift)) | (raw[:, 1:] >> np.uint8(6 - shift))) & np.uint8(63)
    return out


def said_in(codes: U8) -> NDArray[np.object_]:
    """Six-bit ASCII (n,) of codes (n, chars): up to the first '@', which ends a text (M.1371-5 table 47), without
    blanks around it."""
    letters = LETTER[codes]
    letters *= np.logical_and.accumulate(codes != 0, axis=1)
    out = np.empty(len(codes), np.object_)
    out[:] = [said.strip().decode() for said in letters.view(f"S{codes.shape[1]}")[:, 0].tolist()]
    return out
