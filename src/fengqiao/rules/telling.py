"""How rules name vessels, keys and times in the facts they hand on; the sentences themselves live in ``words``."""

from datetime import UTC, datetime, timedelta, timezone

from fengqiao import nav
from fengqiao.fleet.vessels import Vessels
from fengqiao.model.findings import Priority
from fengqiao.situation.picture import Picture

BEIJING = timezone(timedelta(hours=8))  # UTC+8, without summer time since 1991
TIME_MS_MAX = 253_402_214_400_000  # year 9999: "for ever" in zones and warnings lies beyond and has no date
OPEN, UNKNOWN = "open", "unknown"  # codes for which the catalogues have words: no sentence has a gap in it


def display_name(picture: Picture, row: int) -> str:
    """What people call the vessel of a row: the name she is registered under now, else what AIS says, else her mmsi."""
    mmsi = int(picture.vessels.mmsi[row])
    registered = picture.register.at(mmsi, picture.at_ms)
    if registered is not None:
        borne = (i.name for i in registered.identities if i.mmsi == mmsi and i.from_ms <= picture.at_ms < i.to_ms)
        return next(borne, "") or registered.name or str(mmsi)
    return str(picture.vessels.name[row]) or str(mmsi)


def vessel_name(picture: Picture, mmsi: int, row: int) -> str:
    """The same of a number of which there may be no row (-1)."""
    if row >= 0:
        return display_name(picture, row)
    known = picture.register.at(mmsi, picture.at_ms)
    return known.name if known is not None and known.name else str(mmsi)


def track_key(vessels: Vessels, row: int) -> str:
    """A row's name in alert keys: the mmsi, and the voice where two transmitters use one."""
    mmsi, voice = int(vessels.mmsi[row]), int(vessels.voice[row])
    return f"{mmsi}.{voice}" if voice else str(mmsi)


def place(vessels: Vessels, row: int) -> tuple[float, float] | None:
    """Longitude and latitude to look at, to a tenth of a metre or so; None where nothing is known."""
    lon, lat = float(vessels.lon_deg[row]), float(vessels.lat_deg[row])
    return None if lon != lon or lat != lat else (round(lon, 6), round(lat, 6))


def number(value: float, digits: int) -> float | None:
    """A fact as JSON can carry it: rounded, and None where it is unknown."""
    return round(float(value), digits) if abs(value) < float("inf") else None


def iso(ms: int) -> str:
    """UTC time for machines; "" where there is no such date."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}" if 0 <= ms <= TIME_MS_MAX else ""


def hhmm(ms: int) -> str:
    """Beijing time of day for people: "13:05"."""
    return f"{datetime.fromtimestamp(ms / 1000, BEIJING):%H:%M}" if 0 <= ms <= TIME_MS_MAX else "—"


def date_hhmm(ms: int) -> str:
    """Beijing date and time for people: "2026-09-16 12:00"."""
    return f"{datetime.fromtimestamp(ms / 1000, BEIJING):%Y-%m-%d %H:%M}" if 0 <= ms <= TIME_MS_MAX else "—"


def open_date(ms: int) -> str:
    """The same of an end that may be none: then the code of that word."""
    return date_hhmm(ms) if ms <= TIME_MS_MAX else OPEN


def speed_facts(sog_kn: float) -> dict[str, str]:
    """A speed and the word for its unit, which is another where the last report had none."""
    known = sog_kn == sog_kn
    return {"speed": f"{sog_kn:.1f}" if known else "", "knots": "known" if known else UNKNOWN}


def say_place(where: tuple[float, float] | None) -> str:
    """A position as people say it, or the code of the word for none."""
    return nav.say_position(*where) if where else UNKNOWN


def highest(*levels: Priority | None) -> Priority | None:
    return max((level for level in levels if level is not None), default=None)
