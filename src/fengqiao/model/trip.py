"""A declared return: when a boat said, at leaving or since, that she would be back."""

from dataclasses import dataclass

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
