"""The surroundings of a watch, read from where they lie: charts that ship, the centre's own zones, the register."""

from importlib.resources.abc import Traversable
from pathlib import Path

from fengqiao.model.errors import InputFault
from fengqiao.register.vessel import Register
from fengqiao.situation import Surroundings
from fengqiao.words.resources import shipped
from fengqiao.zones.load import load_zones
from fengqiao.zones.zoneset import ZoneSet


def zone_texts(folder: Path | None, given: Path | None = None) -> dict[str, bytes]:
    """File name to GeoJSON: the charts that ship and, from ``<data>/zones``, the centre's own.

    ``given`` replaces both by one file or folder. InputFault names what cannot be read.
    """
    if given is not None:
        return _texts_of(given)
    texts = {entry.name: entry.read_bytes() for entry in _geojson(shipped("charts", "zones"))}
    own = folder / "zones" if folder is not None else None
    if own is not None and own.is_dir():
        texts |= {f"local/{name}": text for name, text in _texts_of(own).items()}
    return texts


def zones_of(folder: Path | None) -> ZoneSet:
    return load_zones(zone_texts(folder))


def surroundings(folder: Path | None, register: Register) -> Surroundings:
    return Surroundings(zones_of(folder), register)


def _texts_of(given: Path) -> dict[str, bytes]:
    files = sorted(given.glob("*.geojson")) if given.is_dir() else [given]
    try:
        texts = {path.name: path.read_bytes() for path in files}
    except OSError as error:
        raise InputFault("zone_unreadable", file=str(given), reason=error.strerror or str(error)) from error
    if not texts:
        raise InputFault("zone_folder_empty", file=str(given))
    return texts


def _geojson(folder: Traversable) -> list[Traversable]:
    return sorted((e for e in folder.iterdir() if e.name.endswith(".geojson")), key=lambda e: e.name)
