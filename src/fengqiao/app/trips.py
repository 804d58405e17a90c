"""Declared returns as commands and desk need them: who is meant, what stands, and the words for how it stands."""

from pathlib import Path
from typing import Any

from fengqiao import words
from fengqiao.app.history import mmsi_of
from fengqiao.app.runs import watched_run
from fengqiao.model.errors import InputFault, UsageFault
from fengqiao.register.csv_in import decode_bytes
from fengqiao.register.trips import TripList, parse_trips
from fengqiao.register.vessel import Register
from fengqiao.rules.overdue import UNSAID
from fengqiao.rules.telling import date_hhmm
from fengqiao.store.database import Store
from fengqiao.store.tables import TripRow


def read_list(file: Path, store: Store, at_ms: int) -> TripList:
    """The returns in a CSV file; names are looked up in the register. InputFault where nothing of it can be read."""
    try:
        text = decode_bytes(file.read_bytes())
    except OSError as error:
        raise InputFault("register_unreadable", file=str(file), reason=error.strerror or str(error)) from error
    numbers = _numbers(store.load_register(), at_ms)
    return parse_trips(text, at_ms, lambda name: numbers.get(name.casefold()))


def _numbers(register: Register, at_ms: int) -> dict[str, int | None]:
    """The number each name bears now; None for a name that several bear."""
    found: dict[str, int | None] = {}
    for vessel in register.vessels:
        for identity in vessel.identities:
            if identity.from_ms <= at_ms < identity.to_ms:
                for name in {vessel.name.casefold(), identity.name.casefold()}:
                    found[name] = identity.mmsi if found.get(name, identity.mmsi) == identity.mmsi else None
    return found


def open_trip(store: Store, asked: str) -> str:
    """Id of the open return that is meant by its id, a number or a name. UsageFault where there is none."""
    waited = store.trips(watched_run(store))
    if any(trip.trip_id == asked for trip in waited):
        return asked
    mmsi = mmsi_of(store, asked)
    found = next((trip.trip_id for trip in waited if trip.mmsi == mmsi), None)
    if found is None:
        raise UsageFault("trip_unknown", asked=asked)
    return found


def state_facts(lang: str, row: TripRow) -> dict[str, Any]:
    """Facts of a return as lists and dossiers show it; ``state`` is a phrase."""
    state = row.ended_why or ("out" if row.out_ms else "waiting")
    times = {"out": date_hhmm(row.out_ms), "ended": date_hhmm(row.ended_ms or 0), "by": row.ended_by}
    said = words.say(lang, f"cli.trip.state_{state}", times)
    return {"trip": row.trip_id, "due": date_hhmm(row.due_ms), "harbour": row.harbour or UNSAID, "state": said}
