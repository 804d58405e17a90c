"""Who said to be whom, and from when to when: the names of a vessel over the years.

A vessel is asked about by the name she bore on the day. Reports that say the same are one row; what a boat says is
kept as she said it, and nothing here decides whether it is true.
"""

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
