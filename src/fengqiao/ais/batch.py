"""Messages into the columns of a ReportBatch.

Here too is where the rows of a message type are chosen: see WITH_POSITION, WITH_STATIC and WITH_TEXT.
"""

from collections.abc import Sequence

from fengqiao.ais.heard import Heard
from fengqiao.ais.normalise import WITH_POSITION, WITH_STATIC, WITH_TEXT, fix_ms, position, static, text
from fengqiao.model.reports import Lines, Positions, ReportBatch, Statics, Texts

LineRow = tuple[int, int, int, int, int, bool]


def build(feeds: tuple[str, ...], lines: Sequence[LineRow], heard: Sequence[Heard]) -> ReportBatch:
    """The batch of these lines and the messages that ended in them."""
    positions: list[tuple[int, ...]] = []
    statics: list[tuple[int | str, ...]] = []
    texts: list[tuple[int | str, ...]] = []
    for h in heard:
        message = h.message
        kind = message.msg_type
        if kind in WITH_POSITION:
            p = position(message, h.payload)
            fix = fix_ms(h.base_ms, p.known, p.second)
            positions.append((h.line, h.feed, h.seq, h.received_ms, h.ref_ms, fix, message.mmsi, kind, *p))
        if kind in WITH_STATIC:
            statics.append((h.line, h.feed, h.ref_ms, message.mmsi, kind, *static(message, h.payload, h.fill)))
        elif kind in WITH_TEXT:
            texts.append((h.line, h.feed, h.ref_ms, message.mmsi, text(message, h.payload, h.fill)))
    return ReportBatch(
        feeds,
        Lines.from_rows(lines),
        Positions.from_rows(positions),
        Statics.from_rows(statics),
        Texts.from_rows(texts),
    )
