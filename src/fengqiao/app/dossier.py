"""Everything the centre knows of one vessel, gathered from register, archive, alerts, cases and duty log.

What it hands out is masked: owner and telephone are read out by ``unmask`` only, which asks why and logs the look.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fengqiao.app.casework import masked_list, masked_name, masked_phone, masked_text
from fengqiao.app.history import Way, way
from fengqiao.fleet.identity import GearSign, gear_sign
from fengqiao.fleet.said import NOT_GIVEN, Named, Said, as_of, names_borne
from fengqiao.fleet.vessels import Kind
from fengqiao.model.errors import UsageFault
from fengqiao.register.search import VesselIndex, digits_mended, plain_key
from fengqiao.register.vessel import Identity, Register, RegisteredVessel
from fengqiao.store.case_tables import CaseRow
from fengqiao.store.database import Store
from fengqiao.store.duty_tables import DutyLogRow
from fengqiao.store.tables import AlertRow, LatestRow, TripRow

RECENT_MS = 2 * 3_600_000
AHEAD_MS = 60_000  # a fix may lie a little after the time of the picture: receivers' clocks differ
SLOT_MS = 5 * 60_000  # the track is listed a line for every five minutes: two hours fit on a page
ALERTS_MAX = 50
NOTES_MAX = 20
TRIPS_MAX = 20  # the open one is among the latest
# Bow and stern are typed in by hand at installation, and 船长 of the register is not always the length over all.
LENGTH_OFF_M, LENGTH_OFF_SHARE = 5.0, 0.2
NOT_FISHING_TYPES = range(60, 90)  # passenger, cargo, tanker: ITU-R M.1371-5 table 53


@dataclass(frozen=True, slots=True)
class Borne:
    """A line of the identity history: who bore which number and name, from when to when."""

    identity: Identity
    vessel_id: str
    hers: bool  # of the vessel that bears the number now; else of another that bore it once


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to be checked (待核): what AIS says against what the register says, or what cannot both be true."""

    code: str  # name | callsign | length | type | voices | other_name | expired
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DossierFacts:
    mmsi: int
    at_ms: int
    heard: tuple[LatestRow, ...]  # the latest state of each transmitter of this number, the newest first
    vessel: RegisteredVessel | None  # whoever bears the number now, by the register; owner and phone masked
    callsign: str  # by the register, for this number now
    history: tuple[Borne, ...]  # newest first
    doubts: tuple[Doubt, ...]
    track: Way
    listed: NDArray[np.int64]  # rows of ``track`` worth a line, newest first
    alerts: tuple[AlertRow, ...]  # of every run, newest first
    alerts_more: bool  # older ones are not listed
    cases: tuple[CaseRow, ...]
    notes: tuple[DutyLogRow, ...]  # lines of the duty log about her, newest first
    called: tuple[Named, ...] = ()  # what she ever called herself by AIS, in any run, the latest first
    trip: TripRow | None = None  # the return she declared, open or last
    sign: GearSign | None = None  # by which she may be a net buoy, her speed not heeded

    @property
    def name(self) -> str:
        """Register name, else what AIS says or last said, else the number."""
        if self.vessel is not None:
            return self.vessel.name
        names = (*(h.name for h in self.heard), *(c.name for c in self.called))
        return next(filter(None, names), str(self.mmsi))


@dataclass(frozen=True, slots=True)
class Owner:
    name: str
    phone: str


def dossier(store: Store, folder: Path, run_id: str, mmsi: int, at_ms: int) -> DossierFacts:
    """Gather; reads the disk. The track is that of the run, alerts, cases and notes are of the whole folder."""
    register = store.load_register()
    vessel = register.at(mmsi, at_ms)
    heard = tuple(sorted(store.latest(run_id, mmsi), key=lambda row: -row.fix_ms))
    track = way(store, folder, mmsi, at_ms - RECENT_MS, at_ms + AHEAD_MS, run_id)
    alerts = store.alerts_of(mmsi, ALERTS_MAX + 1)
    said = store.spans_of(mmsi)
    return DossierFacts(
        mmsi,
        at_ms,
        heard,
        replace(vessel, owner=masked_name(vessel.owner), phone=masked_phone(vessel.phone)) if vessel else None,
        _identity(vessel, mmsi, at_ms).callsign if vessel else "",
        history_of(register, vessel, mmsi),
        doubts_of(register, heard, mmsi, at_ms),
        track,
        listed_rows(track),
        tuple(alerts[:ALERTS_MAX]),
        len(alerts) > ALERTS_MAX,
        tuple(masked_list(store, store.case_list(mmsi=mmsi))),
        tuple(_hidden(line) for line in [n for n in store.log_lines() if n.mmsi == mmsi][:NOTES_MAX]),
        tuple(names_borne(said)),
        next(iter(_waited_first(store.trip_rows(run_id, mmsi, TRIPS_MAX))), None),
        sign_of(heard, as_of(said, mmsi, at_ms)),
    )


def _waited_first(trips: Iterable[TripRow]) -> list[TripRow]:
    return sorted(trips, key=lambda row: (row.ended_ms is not None, -row.due_ms))


def unmask(store: Store, mmsi: int, officer: str, seat: str, reason: str, at_ms: int) -> Owner:
    """Who owns her and how to reach them; the look is in the audit chain before anything is shown.

    UsageFault without a reason or an officer.
    """
    if not reason.strip() or not officer:
        raise UsageFault("reason_missing" if officer else "actor_missing")
    store.log_look(officer, seat, at_ms, "dossier_unmask", {"mmsi": mmsi, "reason": reason.strip()})
    vessel = store.load_register().at(mmsi, at_ms)
    return Owner(vessel.owner, vessel.phone) if vessel else Owner("", "")


def sign_of(heard: Sequence[LatestRow], said: Said) -> GearSign | None:
    """The sign of a net buoy in the latest state of a number and what it says of itself."""
    now = next(iter(heard), None)
    name = now.name if now is not None and now.name else said.name
    width_m = float(said.width_m) if said.width_m != NOT_GIVEN else float("nan")
    class_b = now is not None and now.class_b
    return gear_sign(said.mmsi, name, class_b, said.ship_type, float(said.length_m), width_m)


def history_of(register: Register, vessel: RegisteredVessel | None, mmsi: int) -> tuple[Borne, ...]:
    """Every number and name of hers, and of others that bore her number, the newest first."""
    others = [v for v in register.vessels if v is not vessel and any(i.mmsi == mmsi for i in v.identities)]
    lines = [Borne(i, vessel.vessel_id, True) for i in vessel.identities] if vessel else []
    lines += [Borne(i, v.vessel_id, False) for v in others for i in v.identities if i.mmsi == mmsi]
    return tuple(sorted(lines, key=lambda line: (-line.identity.from_ms, not line.hers)))


def doubts_of(register: Register, heard: Sequence[LatestRow], mmsi: int, at_ms: int) -> tuple[Doubt, ...]:
    """Where what she says of herself, newest transmitter first, and what the register says do not agree."""
    vessel = register.at(mmsi, at_ms)
    now = next(iter(heard), None)
    out: list[Doubt] = []
    if now is not None and now.kind != Kind.GEAR:  # a net buoy is called as its owner pleases
        if vessel is not None:
            out += _against(vessel, _identity(vessel, mmsi, at_ms), now)
        if now.name and not (vessel and agrees(now.name, vessel.name)):
            out += [Doubt("other_name", {"name": other.name}) for other in _called(register, now.name, vessel)]
    if vessel is None and register.knows(mmsi):
        out.append(Doubt("expired"))
    if len(heard) > 1:
        out.append(Doubt("voices", {"n": len(heard)}))
    return tuple(out)


def _against(vessel: RegisteredVessel, identity: Identity, now: LatestRow) -> Iterable[Doubt]:
    if now.name and not agrees(now.name, vessel.name):
        yield Doubt("name")
    if now.callsign and identity.callsign and plain_key(now.callsign) != plain_key(identity.callsign):
        yield Doubt("callsign")
    off_m = abs((now.length_m or float("nan")) - vessel.length_m)
    if not isnan(off_m) and off_m > max(LENGTH_OFF_M, LENGTH_OFF_SHARE * vessel.length_m):
        yield Doubt("length")
    if vessel.gear and now.ship_type in NOT_FISHING_TYPES:
        yield Doubt("type", {"type": now.ship_type})


def agrees(said: str, written: str) -> bool:
    """Whether an AIS name can be the register's name: some spelling of it, perhaps cut short, with the same digits."""
    known = {_digits(way) for way in digits_mended(plain_key(written))}
    same = any(_digits(way) in known for way in digits_mended(plain_key(said)))
    return same and bool(VesselIndex([0], [(written,)]).find(said))


def listed_rows(track: Way) -> NDArray[np.int64]:
    """One row of the track for every five minutes, the latest fix, and both ends of every silence; newest first."""
    n = len(track.fix_ms)
    slot = track.fix_ms // SLOT_MS
    kept = np.r_[True, slot[1:] != slot[:-1]][:n] | track.gap | np.r_[track.gap[1:], True][:n]
    return np.flatnonzero(kept)[::-1]


def _identity(vessel: RegisteredVessel, mmsi: int, at_ms: int) -> Identity:
    return next(i for i in vessel.identities if i.mmsi == mmsi and i.from_ms <= at_ms < i.to_ms)


def _called(register: Register, said: str, but: RegisteredVessel | None) -> list[RegisteredVessel]:
    """Vessels of the register that bear the name somebody gives."""
    digits = {_digits(way) for way in digits_mended(plain_key(said))}
    alike = (v for v in register.vessels if v is not but and _digits(plain_key(v.name)) in digits)
    return [v for v in alike if agrees(said, v.name)]


def _digits(key: str) -> str:
    return re.sub(r"[^0-9]", "", key)


def _hidden(line: DutyLogRow) -> DutyLogRow:
    return DutyLogRow(**{**line.model_dump(), "text": masked_text(line.text)})
