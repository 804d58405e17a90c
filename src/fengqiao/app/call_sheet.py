"""Whom to call about an alert, on what, who is near enough to help, and what to say: pure assembly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.register.vessel import Register

ASSUMED_KN = 8.0  # for a vessel that lies still: what a fishing boat makes; said to be assumed
HELPERS_MAX = 5
REACH_NM = 30.0
CALLING_CHANNEL = "VHF 16"  # ITU-R M.1084: distress, safety and calling
WORKING_CHANNEL = "VHF 06"  # 本地默认, 待核: each centre agrees on its own


@dataclass(frozen=True, slots=True)
class Party:
    mmsi: int
    name: str
    callsign: str
    owner: str
    phone: str
    known: bool  # in the register


@dataclass(frozen=True, slots=True)
class Helper:
    mmsi: int
    name: str
    distance_nm: float
    minutes: float
    assumed_speed: bool


@dataclass(frozen=True, slots=True)
class CallSheetFacts:
    parties: tuple[Party, ...]
    helpers: tuple[Helper, ...]
    position: tuple[float, float] | None


def call_sheet(
    mmsi: Sequence[int],
    position: tuple[float, float] | None,
    vessels: Vessels,
    names: NDArray[np.object_],
    lost: NDArray[np.bool_],
    register: Register,
    at_ms: int,
) -> CallSheetFacts:
    """Parties with what the register knows of them, and the nearest vessels that could be there first."""
    parties = tuple(_party(m, vessels, names, register, at_ms) for m in mmsi)
    return CallSheetFacts(parties, _helpers(mmsi, position, vessels, names, lost), position)


def _party(mmsi: int, vessels: Vessels, names: NDArray[np.object_], register: Register, at_ms: int) -> Party:
    rows = np.flatnonzero(vessels.mmsi == mmsi)
    known = register.at(mmsi, at_ms)
    name = known.name if known else str(names[rows[0]]) if len(rows) else str(mmsi)
    callsign = str(vessels.callsign[rows[0]]) if len(rows) else ""
    return Party(mmsi, name, callsign, known.owner if known else "", known.phone if known else "", known is not None)


def _helpers(
    mmsi: Sequence[int],
    position: tuple[float, float] | None,
    vessels: Vessels,
    names: NDArray[np.object_],
    lost: NDArray[np.bool_],
) -> tuple[Helper, ...]:
    if position is None:
        return ()
    could = (vessels.kind == Kind.SHIP) & ~lost & ~np.isin(vessels.mmsi, list(mmsi)) & ~np.isnan(vessels.lon_deg)
    rows = np.flatnonzero(could)
    away = nav.distance_nm(position[0], position[1], vessels.lon_deg[rows], vessels.lat_deg[rows])
    sog = vessels.sog_kn[rows]
    assumed = ~(sog > 2.0)
    minutes = away / np.where(assumed, ASSUMED_KN, sog) * 60
    order = [i for i in np.lexsort((vessels.mmsi[rows], minutes)) if away[i] <= REACH_NM][:HELPERS_MAX]
    return tuple(
        Helper(int(vessels.mmsi[rows[i]]), str(names[rows[i]]), float(away[i]), float(minutes[i]), bool(assumed[i]))
        for i in order
    )
