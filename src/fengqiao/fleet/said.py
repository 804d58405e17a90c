"""Who said to be whom, and from when to when: the names of a vessel over the years.

A vessel is asked about by the name she bore on the day. Reports that say the same are one row; what a boat says is
kept as she said it, and nothing here decides whether it is true.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fengqiao.model.reports import Statics

NOT_GIVEN = -1
SAID_MAX = 200_000  # rows held between two savings: a forger who says a new name a second fills them in two days


class Said(NamedTuple):
    """What one report says of its sender. Empty text, 0 and -1 mean not given."""

    mmsi: int
    name: str
    callsign: str
    imo: int
    ship_type: int
    length_m: int
    width_m: int


@dataclass(slots=True)
class Span:
    first_ms: int
    last_ms: int


class Named(NamedTuple):
    """A name, or a callsign with it, and from when to when it was said."""

    name: str
    callsign: str
    first_ms: int
    last_ms: int


def as_of(said: Iterable[tuple[Said, Span]], mmsi: int, at_ms: int) -> Said:
    """What a number said of itself at a time: of each field what was last heard by then, else what was heard first.

    A report seldom says everything: message 24 A has the name, 24 B type and size. Of two that both go on, such as
    two transmitters', the one that began later.
    """
    ordered = [who for who, _ in sorted(said, key=lambda pair: nearness(pair[1], at_ms))]
    length_m, width_m = next(((w.length_m, w.width_m) for w in ordered if w.length_m > 0), (NOT_GIVEN, NOT_GIVEN))
    return Said(
        mmsi,
        next((w.name for w in ordered if w.name), ""),
        next((w.callsign for w in ordered if w.callsign), ""),
        next((w.imo for w in ordered if w.imo), 0),
        next((w.ship_type for w in ordered if w.ship_type > 0), NOT_GIVEN),
        length_m,
        width_m,
    )


def nearness(span: Span, at_ms: int) -> tuple[bool, int, int]:
    """Sorts what was said by how well it stands for a time, the best first."""
    if span.first_ms > at_ms:
        return True, span.first_ms, span.last_ms
    return False, -min(span.last_ms, at_ms), -span.first_ms


def names_borne(said: Iterable[tuple[Said, Span]]) -> list[Named]:
    """Every name and callsign of a number with its times, the latest first; a callsign said alone has no name."""
    spans: dict[tuple[str, str], Span] = {}
    for who, span in said:
        key = (who.name, who.callsign)
        if key != ("", ""):
            known = spans.setdefault(key, Span(span.first_ms, span.last_ms))
            known.first_ms, known.last_ms = min(known.first_ms, span.first_ms), max(known.last_ms, span.last_ms)
    whole = [Named(*key, span.first_ms, span.last_ms) for key, span in spans.items()]
    return sorted(whole, key=lambda named: (-named.last_ms, -named.first_ms, named))


class Identities:
    """What was said since the last saving, and when first and last."""

    def __init__(self) -> None:
        self.spans: dict[Said, Span] = {}
        self.dropped = 0  # reports that did not fit

    def add(self, statics: Statics) -> None:
        rows = zip(
            statics.mmsi.tolist(),
            statics.name.tolist(),
            statics.callsign.tolist(),
            statics.imo.tolist(),
            statics.ship_type.tolist(),
            np.maximum(statics.to_bow + statics.to_stern, NOT_GIVEN).tolist(),
            np.maximum(statics.to_port + statics.to_starboard, NOT_GIVEN).tolist(),
            statics.ref_ms.tolist(),
            strict=True,
        )
        for *said, at_ms in rows:
            key = Said(*said)
            span = self.spans.get(key)
            if span is not None:
                span.first_ms, span.last_ms = min(span.first_ms, at_ms), max(span.last_ms, at_ms)
            elif len(self.spans) < SAID_MAX:
                self.spans[key] = Span(at_ms, at_ms)
            else:
                self.dropped += 1

    def take(self) -> dict[Said, Span]:
        """What is to be saved; from now on it begins anew."""
        taken, self.spans = self.spans, {}
        return taken
