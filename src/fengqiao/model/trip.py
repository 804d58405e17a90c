"""A declared return: when a boat said, at leaving or since, that she would be back."""

from dataclasses import dataclass, replace

TRIPS_AT_ONCE_MAX = 10_000  # in one act: more than the province's fleet in one bay; an act must not grow without end


@dataclass(frozen=True, slots=True)
class Trip:
    """One vessel has one open declaration at most: a new one takes the place of the old.

    ``out_ms`` is what the watch itself saw: the first tick after ``departs_ms`` at which she was outside harbour.
    Without it a boat that lies in harbour is not one that has come home.
    """

    trip_id: str
    mmsi: int
    due_ms: int
    departs_ms: int  # nothing heard before this speaks of the trip
    declared_ms: int
    declared_by: str
    harbour: str = ""  # zone id or name of the harbour she makes for; "" any
    out_ms: int = 0  # 0: not seen outside yet


def set_back(trip: Trip, at_ms: int) -> Trip:
    """The same when a clock by which it was declared or seen turns out to have been ahead: news of now speak of it."""
    unsaid = trip.departs_ms == min(trip.declared_ms, trip.due_ms)  # nobody named an hour for her leaving
    departs_ms = min(trip.departs_ms, at_ms) if unsaid else trip.departs_ms
    return replace(
        trip, departs_ms=departs_ms, declared_ms=min(trip.declared_ms, at_ms), out_ms=min(trip.out_ms, at_ms)
    )
