"""One message that was heard, on its way into columns or JSON."""

from typing import Any, NamedTuple


class Heard(NamedTuple):
    """A decoded message with the line that completed it."""

    line: int  # row in the batch's Lines
    feed: int  # index into the batch's feeds
    seq: int
    received_ms: int
    ref_ms: int
    base_ms: int  # its own time, from which its fix is reckoned
    source: bytes | None  # TAG s
    payload: bytes  # all parts
    fill: int
    message: Any  # what ``decode`` made of it
