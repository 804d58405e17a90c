"""Whom to call about an alert, on what, what to say, and who could be there first: pure assembly.

What an alert says was true at its last change, perhaps minutes ago. Nothing of that is put into an officer's mouth:
the figures to be spoken are worked out anew from the latest fixes, and where these are too old, none are spoken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav, words
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.register.vessel import Register
from fengqiao.rules import distress
from fengqiao.rules.tracks import is_merchant
from fengqiao.store.tables import AlertRow

CALLING_CHANNEL = "VHF 16"  # ITU RR Appendix 18: distress, safety and calling
WORKING_CHANNEL = "VHF 06"  # 本地默认, 待核: each centre agrees on its own
ASSUMED_KN = (
    8.0  # what a boat that lies or fishes makes once she is called, as in the distress rule; said to be assumed
)
HELPERS_MAX = 5
REACH_NM = 30.0  # beyond three hours' way somebody else is called
EXPOSED_MAX = 20  # boats of one gale warning that are listed to be called
STILL_KN = 0.5  # below it no course is known, and none is needed
CANNOT_COME = (2, 6)  # navigational status: not under command, aground
HOME_MID = range(412, 415)  # Chinese ship stations: spoken to in Chinese first


class Role(StrEnum):
    """Why somebody is called; the word is ``call.role.<role>``."""

    MERCHANT = "merchant"
    FISHING = "fishing"
    VESSEL = "vessel"
    SILENT = "silent"  # fell silent
    PASSER = "passer"  # passed close before the other fell silent
    INSIDE = "inside"  # in waters that are closed, or may be
    OVERDUE = "overdue"  # not back by the hour she named
    EXPOSED = "exposed"  # not rated for the gale
    ALL = "all"  # all ships near by


@dataclass(frozen=True, slots=True)
class Meeting:
    """How two vessels stand to each other at one instant; ``bearing_deg`` is of the second from the first."""

    range_nm: float
    bearing_deg: float
    cpa_nm: float
    tcpa_s: float  # negative: past; 0: the distance does not change

    @property
    def stage(self) -> str:
        return "ahead" if self.tcpa_s > 0.0 else "passed" if self.tcpa_s < 0.0 else "beside"


@dataclass(frozen=True, slots=True)
class Addressee:
    """One call: ``said`` holds a sentence in each language, the one to begin with first. No mmsi: all ships."""

    role: Role
    said: tuple[tuple[str, str], ...]
    mmsi: int = 0
    name: str = ""
    callsign: str = ""
    owner: str = ""
    phone: str = ""
    known: bool = False  # in the register


@dataclass(frozen=True, slots=True)
class Helper:
    mmsi: int
    name: str
    callsign: str
    phone: str
    distance_nm: float
    course_deg: float  # true, to the scene
    minutes: float
    assumed_speed: bool


@dataclass(frozen=True, slots=True)
class CallSheetFacts:
    addressees: tuple[Addressee, ...]
    helpers: tuple[Helper, ...]
    position: tuple[float, float] | None  # of the scene, the newest known
    meeting: Meeting | None  # of a collision alert, now

    @property
    def shown(self) -> tuple[int, ...]:
        """Whose telephone number is on the sheet: what the audit must know."""
        listed = [(a.mmsi, a.phone) for a in self.addressees] + [(h.mmsi, h.phone) for h in self.helpers]
        return tuple(mmsi for mmsi, phone in listed if phone)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of the bay now; ``names``, ``fishing`` and ``lost`` are aligned with ``vessels``."""

    at_ms: int
    vessels: Vessels
    names: NDArray[np.object_]
    fishing: NDArray[np.bool_]
    lost: NDArray[np.bool_]
    register: Register

    def row_of(self, mmsi: int) -> int:
        """Row of a vessel's newest voice, -1 if nothing is known of her."""
        rows = np.flatnonzero(self.vessels.mmsi == mmsi)
        return int(rows[np.argmax(self.vessels.fix_ms[rows])]) if len(rows) else -1

    def place_of(self, mmsi: int) -> tuple[float, float] | None:
        row = self.row_of(mmsi)
        lon, lat = (self.vessels.lon_deg[row], self.vessels.lat_deg[row]) if row >= 0 else (np.nan, np.nan)
        return None if np.isnan(lon) or np.isnan(lat) else (float(lon), float(lat))


# Who is called, as what, with which sentence and which facts beside the names.
Call = tuple[int, Role, str, Mapping[str, Any]]


def call_sheet(alert: AlertRow, scene: Scene) -> CallSheetFacts:
    """Everybody to be called with a sentence in each language, and the nearest vessels that could go there."""
    calls = CALLS.get(alert.rule, _anybody)(alert, scene)
    where = scene_of_alert(alert, scene)
    addressees = tuple(_addressee(call, where, scene) for call in calls)
    nowhere = alert.rule in NO_HELP or alert.facts.get("place") in distress.NO_WAY_THERE
    helpers = () if nowhere else _helpers([c[0] for c in calls] + list(alert.mmsi), where, scene)
    return CallSheetFacts(addressees, helpers, where, meeting_of(alert, scene))


def scene_of_alert(alert: AlertRow, scene: Scene) -> tuple[float, float] | None:
    """Where to go (lon, lat): to whom it is about, as she was heard last, else to where the alert was."""
    return next((place for m in _scene_first(alert) if (place := scene.place_of(m))), None) or _place(alert)


def meeting_of(alert: AlertRow, scene: Scene) -> Meeting | None:
    """How the two of a collision alert stand now; None for other alerts and where a fix is missing or too old."""
    a, b = alert.facts.get("a_mmsi"), alert.facts.get("b_mmsi")
    if alert.rule != "collision" or not isinstance(a, int) or not isinstance(b, int):
        return None
    rows = np.array([scene.row_of(a), scene.row_of(b)])
    v = scene.vessels
    if rows.min() < 0 or scene.lost[rows].any():
        return None
    still = v.sog_kn[rows] <= STILL_KN  # an unknown speed is not 0: it stays NaN, and so does all that comes of it
    sog, cog = np.where(still, 0.0, v.sog_kn[rows]), np.where(still, 0.0, v.cog_deg[rows])
    age_s = np.maximum(scene.at_ms - v.fix_ms[rows], 0) / 1000.0
    lon, lat = nav.dead_reckon(v.lon_deg[rows], v.lat_deg[rows], sog, cog, age_s)
    met = nav.closest_approach(lon[:1], lat[:1], sog[:1], cog[:1], lon[1:], lat[1:], sog[1:], cog[1:])
    if not np.isfinite(met.dcpa_m[0]):
        return None
    bearing = float(nav.bearing_deg(lon[0], lat[0], lon[1], lat[1]))
    away, cpa, tcpa_s = met.range_m[0] / nav.NM_M, met.dcpa_m[0] / nav.NM_M, met.tcpa_s[0]
    return Meeting(float(away), bearing, float(cpa), float(tcpa_s))


def _collision(alert: AlertRow, scene: Scene) -> list[Call]:
    a, b = alert.facts.get("a_mmsi"), alert.facts.get("b_mmsi")
    if not isinstance(a, int) or not isinstance(b, int):
        return _anybody(alert, scene)
    met = meeting_of(alert, scene)
    out: list[Call] = []
    for mmsi, other, turn_deg in ((a, b, 0.0), (b, a, 180.0)):
        facts: dict[str, Any] = {"other_mmsi": other, "other_role": _kind(other, scene).value}
        message = "call.collision.silent" if _is_lost(mmsi, scene) else "call.collision.unheard"
        if met is not None:
            facts |= {"bearing": round(met.bearing_deg + turn_deg) % 360, "range_nm": met.range_nm}
            facts |= {"cpa_m": met.cpa_nm * nav.NM_M, "tcpa_min": met.tcpa_s / 60.0}
            message = f"call.collision.{met.stage}"
        out.append((mmsi, _kind(mmsi, scene), message, facts))
    return out


def _is_lost(mmsi: int, scene: Scene) -> bool:
    row = scene.row_of(mmsi)
    return row < 0 or bool(scene.lost[row])


def _gap(alert: AlertRow, _: Scene) -> list[Call]:
    silent: list[Call] = [(m, Role.SILENT, "call.gap", {}) for m in alert.mmsi[:1]]
    ship = alert.facts.get("ship_mmsi")
    if not isinstance(ship, int) or not silent:
        return silent
    facts = {"other_mmsi": alert.mmsi[0], "pass_m": alert.facts.get("pass_m", "--")}
    return [*silent, (ship, Role.PASSER, "call.gap.passer", facts | {"pass_time": alert.facts.get("pass_time", "--")})]


def _distress(alert: AlertRow, scene: Scene) -> list[Call]:
    mmsi = alert.mmsi[0] if alert.mmsi else 0
    if alert.message == "alert.distress_test":
        return [(0, Role.ALL, "call.distress.test", {"beacon": mmsi})]
    ship = alert.facts.get("device") == "ship"
    herself: list[Call] = [(mmsi, Role.VESSEL, "call.distress.ship", {})] if ship else []
    known = scene.place_of(mmsi) is not None or alert.lon_deg is not None
    known &= alert.facts.get("place") not in distress.NO_WAY_THERE
    return [*herself, (0, Role.ALL, "call.distress.all" if known else "call.distress.nowhere", {"beacon": mmsi})]


def _zone(alert: AlertRow, _: Scene) -> list[Call]:
    zone = {name: alert.facts.get(name, "--") for name in ("zone_zh", "zone_en")}
    return [(m, Role.INSIDE, "call.zone", zone) for m in alert.mmsi]


def _gale(alert: AlertRow, _: Scene) -> list[Call]:
    facts = {name: alert.facts.get(name, "--") for name in ("beaufort", "from_time", "to_time", "area_zh", "area_en")}
    boats = alert.facts.get("boats")
    listed = [boat.get("mmsi") for boat in boats if isinstance(boat, dict)] if isinstance(boats, list) else []
    return [(m, Role.EXPOSED, "call.gale", facts) for m in listed[:EXPOSED_MAX] if isinstance(m, int)]


def _overdue(alert: AlertRow, _: Scene) -> list[Call]:
    message = "call.overdue" if "due_time" in alert.facts else "call.overdue.usual"
    since = {name: alert.facts.get(name, "--") for name in ("due_time", "out_time")}
    return [(m, Role.OVERDUE, message, since) for m in alert.mmsi[:1]]


def _anybody(alert: AlertRow, scene: Scene) -> list[Call]:
    return [(m, _kind(m, scene), "call.other", {}) for m in alert.mmsi]


CALLS: Mapping[str, Callable[[AlertRow, Scene], list[Call]]] = {
    "collision": _collision,
    "gap": _gap,
    "distress": _distress,
    "zone": _zone,
    "gale": _gale,
    "overdue": _overdue,
}
NO_HELP = ("gale", "feed", "zone")  # nobody is sent out into a gale, and closed waters are no emergency


def _addressee(call: Call, where: tuple[float, float] | None, scene: Scene) -> Addressee:
    mmsi, role, message, facts = call
    said = tuple((lang, _say(lang, message, mmsi, facts, where, scene)) for lang in _languages(mmsi, scene))
    if not mmsi:
        return Addressee(role, said)
    row, known = scene.row_of(mmsi), scene.register.at(mmsi, scene.at_ms)
    return Addressee(
        role,
        said,
        mmsi,
        name_in("zh", mmsi, scene),
        str(scene.vessels.callsign[row]) if row >= 0 else "",
        known.owner if known else "",
        known.phone if known else "",
        known is not None,
    )


def _say(
    lang: str, message: str, mmsi: int, facts: Mapping[str, Any], where: tuple[float, float] | None, scene: Scene
) -> str:
    spoken = {
        **facts,
        "name": name_in(lang, mmsi, scene),
        "other": name_in(lang, facts.get("other_mmsi", 0), scene),
        "other_role": words.say(lang, f"call.role.{facts.get('other_role', Role.VESSEL)}"),
        "position": spoken_position(lang, where),
    }
    return words.say(lang, message, spoken)


def spoken_position(lang: str, where: tuple[float, float] | None) -> str:
    """Degrees and decimal minutes in words, as they are read over the radio; "--" where nothing is known."""
    if where is None:
        return "--"
    parts: dict[str, Any] = {}
    for name, value, letters in (("lat", where[1], "NS"), ("lon", where[0], "EW")):
        tenths = round(abs(value) * 600.0)
        parts |= {f"{name}_deg": tenths // 600, f"{name}_min": tenths % 600 / 10.0, f"{name}_side": letters[value < 0]}
    return words.say(lang, "call.position", parts)


def name_in(lang: str, mmsi: int, scene: Scene) -> str:
    """What she is called in that language: in English the Latin name she sends, which a foreign bridge can read."""
    row = scene.row_of(mmsi)
    shown = str(scene.names[row]) if row >= 0 else ""
    known = scene.register.at(mmsi, scene.at_ms)
    shown = known.name if known else shown or f"MMSI {mmsi:09d}"
    if lang != "zh" and not shown.isascii():
        sent = str(scene.vessels.name[row]).strip() if row >= 0 else ""
        return sent if sent and sent.isascii() else f"MMSI {mmsi:09d}"
    return shown


def _kind(mmsi: int, scene: Scene) -> Role:
    row = scene.row_of(mmsi)
    if row < 0:
        return Role.VESSEL
    if scene.fishing[row]:
        return Role.FISHING
    return Role.MERCHANT if is_merchant(scene.vessels, scene.fishing)[row] else Role.VESSEL


def _languages(mmsi: int, scene: Scene) -> tuple[str, ...]:
    """A foreign merchant ship is spoken to in English first, everybody else in Chinese."""
    foreign = mmsi and mmsi // 1_000_000 not in HOME_MID and _kind(mmsi, scene) is Role.MERCHANT
    return tuple(sorted(words.LANGUAGES, key=lambda lang: (lang == "zh") == bool(foreign)))


def _scene_first(alert: AlertRow) -> list[int]:
    """Where to go: to the second of a pair, which is the boat where a ship meets one, else to whom it is about."""
    second = alert.facts.get("b_mmsi")
    return [*([second] if isinstance(second, int) else []), *alert.mmsi]


def _place(alert: AlertRow) -> tuple[float, float] | None:
    return None if alert.lon_deg is None or alert.lat_deg is None else (alert.lon_deg, alert.lat_deg)


def _helpers(involved: list[int], where: tuple[float, float] | None, scene: Scene) -> tuple[Helper, ...]:
    """Ships by the time they need. One that goes slower than she could is taken at what she could make, and marked."""
    if where is None:
        return ()
    v = scene.vessels
    able = (v.kind == Kind.SHIP) & ~scene.lost & ~np.isin(v.nav_status, CANNOT_COME) & ~np.isin(v.mmsi, involved)
    rows = np.flatnonzero(able & ~np.isnan(v.lon_deg))
    away = nav.distance_nm(v.lon_deg[rows], v.lat_deg[rows], *where)
    rows, away = rows[away <= REACH_NM], away[away <= REACH_NM]
    minutes = away / np.fmax(v.sog_kn[rows], ASSUMED_KN) * 60.0
    soonest = np.lexsort((v.voice[rows], v.mmsi[rows], minutes))
    first: dict[int, Helper] = {}
    for i in soonest:
        if len(first) == HELPERS_MAX:
            break
        row = int(rows[i])
        first.setdefault(int(v.mmsi[row]), _helper(row, float(away[i]), float(minutes[i]), where, scene))
    return tuple(first.values())


def _helper(row: int, away_nm: float, minutes: float, where: tuple[float, float], scene: Scene) -> Helper:
    v, mmsi = scene.vessels, int(scene.vessels.mmsi[row])
    known = scene.register.at(mmsi, scene.at_ms)
    return Helper(
        mmsi,
        str(scene.names[row]),
        str(v.callsign[row]),
        known.phone if known else "",
        away_nm,
        float(nav.bearing_deg(v.lon_deg[row], v.lat_deg[row], *where)),
        minutes,
        not v.sog_kn[row] >= ASSUMED_KN,
    )
