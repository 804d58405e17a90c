"""What a rule may look at: everything known at one tick, read-only."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet.vessels import Vessels
from fengqiao.model.gale import GaleWarning
from fengqiao.model.health import FeedHealth, ReceiverHealth
from fengqiao.model.trip import Trip
from fengqiao.register.vessel import Register
from fengqiao.situation.lying import Lying
from fengqiao.situation.outings import Outings
from fengqiao.weather.observed import Station
from fengqiao.zones.zone import Zone


@dataclass(frozen=True, slots=True)
class Picture:
    """All rows are aligned: ``inside[i, z]`` speaks of vessel row i and ``watched[z]``.

    A judge may be given only one sea cell and its halo; ``own`` marks the rows it must answer for. A pair is
    answered for by the judge that owns the row of its smaller mmsi.
    """

    at_ms: int
    vessels: Vessels
    own: NDArray[np.bool_]
    stopped: NDArray[np.bool_]  # lies still: began at <= 0.2 kn, ends at >= 0.5 kn
    fishing_craft: NDArray[np.bool_]  # ship type 30, registered with a gear, or says it is engaged in fishing
    watched: tuple[Zone, ...] = ()  # area zones whose rule asks for anything, in the order of ``inside`` columns
    inside: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), bool))
    entered_ms: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    near_harbour: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))  # within its uncertainty
    sheltered: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))  # stopped, near harbour/shelter
    zones_by_id: dict[str, Zone] = field(default_factory=dict)
    register: Register = field(default_factory=Register)
    gales: tuple[GaleWarning, ...] = ()
    trips: tuple[Trip, ...] = ()  # returns that are waited for
    stations: tuple[Station, ...] = ()  # what weather stations on AIS said last
    feeds: tuple[FeedHealth, ...] = ()
    receivers: tuple[ReceiverHealth, ...] = ()  # which ``vessels.heard_by`` indexes
    activity: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))  # Activity; unknown if not given
    partner: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))  # whom she tows a net with: mmsi
    lying: Lying = field(default_factory=Lying.empty)
    outings: Outings = field(default_factory=Outings.empty)  # of boats that are out, by mmsi, not aligned with rows

    def __post_init__(self) -> None:
        """What was not given is unknown of every row."""
        n = len(self.vessels)
        for name, none in (("activity", np.zeros(n, np.uint8)), ("partner", np.zeros(n, np.int64))):
            if len(getattr(self, name)) != n:
                object.__setattr__(self, name, none)
        if len(self.lying) != n:
            object.__setattr__(self, "lying", Lying.blank(n))
