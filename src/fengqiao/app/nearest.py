"""Who can be at a place soonest, from what a watch last wrote: its picture, else its latest states."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao.app.bay import zones_of
from fengqiao.app.runs import watched_run
from fengqiao.app.tuning import thresholds_of
from fengqiao.fleet import Vessels
from fengqiao.model.errors import UsageFault
from fengqiao.rules import distress
from fengqiao.rules.helpers import soonest
from fengqiao.rules.tracks import is_merchant
from fengqiao.situation.activity import Activity
from fengqiao.situation.situation import GO_KN_MIN, fishing_craft
from fengqiao.store.database import Store
from fengqiao.store.frame import read_frame

WITHIN_NM = 24.0  # what the plane is good for; three hours' way for a boat
OLD_S = 60.0  # a frame is written once a second


@dataclass(frozen=True, slots=True)
class Ship:
    mmsi: int
    name: str
    minutes: float
    distance_nm: float
    bearing_deg: float  # seen from the place
    sog_kn: float | None
    lon_deg: float
    lat_deg: float
    fix_ms: int
    fishing: bool
    merchant: bool
    berthed: bool
    activity: Activity  # unknown where no picture says it


@dataclass(frozen=True, slots=True)
class Nearest:
    """``time_ms`` is the time the watch lives in, ``age_s`` how old its picture is by our clock (NaN: there is
    none; infinite: nobody knows)."""

    place: tuple[float, float]
    run: str
    time_ms: int
    age_s: float
    within_nm: float
    response_kn: float
    berthed_min: float
    in_range: int
    ships: tuple[Ship, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a watch last wrote. ``age_s`` is NaN where it is not known."""

    run: str
    time_ms: int
    age_s: float
    vessels: Vessels
    activity: NDArray[np.uint8]
    response_kn: float
    berthed_min: float


def nearest(
    store: Store, folder: Path, place: tuple[float, float], most: int, now_ms: int, but: Sequence[int] = ()
) -> Nearest:
    """The ``most`` soonest ships within 24 nm, without those of ``but``: who is in need is no help to herself.

    Names from the register or AIS; no telephone, which is personal. UsageFault "nearest_nothing" where no watch has
    written anything yet.
    """
    told = _newest(store, folder, now_ms)
    others = np.flatnonzero(~np.isin(told.vessels.mmsi, but))
    vessels, activity, time_ms = told.vessels.take(others), told.activity[others], told.time_ms
    register = store.load_register()
    near_harbour = zones_of(folder).near_harbour(vessels.lon_deg, vessels.lat_deg)
    berthed = near_harbour & (vessels.sog_kn < GO_KN_MIN)
    found = soonest(vessels, time_ms, place, berthed, WITHIN_NM, told.response_kn, told.berthed_min)
    fishing = fishing_craft(vessels, register)
    merchant = is_merchant(vessels, fishing)
    ships = []
    for n, row in enumerate(found.rows[:most].tolist()):
        mmsi, sog = int(vessels.mmsi[row]), float(vessels.sog_kn[row])
        known = register.at(mmsi, time_ms)
        ships.append(
            Ship(
                mmsi,
                (known.name if known else "") or str(vessels.name[row]) or str(mmsi),
                float(found.minutes[n]),
                float(found.range_nm[n]),
                float(found.bearing_deg[n]),
                None if np.isnan(sog) else sog,
                float(vessels.lon_deg[row]),
                float(vessels.lat_deg[row]),
                int(vessels.fix_ms[row]),
                bool(fishing[row]),
                bool(merchant[row]),
                bool(berthed[row]),
                Activity(activity[row]),
            )
        )
    limits = WITHIN_NM, told.response_kn, told.berthed_min
    return Nearest(place, told.run, time_ms, told.age_s, *limits, len(found.rows), tuple(ships))


def how_old(found: Nearest) -> tuple[str, dict[str, float]] | None:
    """That the places are no longer the present's: a message and its facts."""
    if found.age_s == inf:
        return "nearest.old_unknown", {}
    return ("nearest.old", {"minutes": found.age_s / 60}) if found.age_s > OLD_S else None


def _newest(store: Store, folder: Path, now_ms: int) -> _Told:
    """A frame is newer than any latest state."""
    dtypes = Vessels.dtypes()
    frame = read_frame(folder)
    if frame is not None:
        columns = {name: np.asarray(frame.columns[name], dtype.base) for name, dtype in dtypes.items()}
        age_s = frame.age_s(now_ms)
        vessels = Vessels(**columns)
        activity = np.asarray(frame.columns.get("activity", np.zeros(len(vessels))), np.uint8)
        # By what the watch reckons: the file may have a fault since, and who can come must still be answered.
        said = frame.meta.get("helpers")
        limits = (float(said["response_kn_min"]), float(said["berthed_min"])) if said else _limits(folder)
        return _Told(str(frame.meta["run"]), int(frame.meta["time_ms"]), age_s, vessels, activity, *limits)
    run = watched_run(store)
    rows = store.latest(run)
    if not rows:
        raise UsageFault("nearest_nothing")
    blank: dict[str, Any] = {name: np.zeros((len(rows), *dtype.shape), dtype.base) for name, dtype in dtypes.items()}
    for name in ("kind", "mmsi", "voice", "fix_ms", "nav_status", "class_b", "ship_type", "name", "lon_deg", "lat_deg"):
        blank[name] = np.array([getattr(row, name) for row in rows]).astype(dtypes[name].base)
    blank["sog_kn"] = np.array([row.sog_kn for row in rows], float)
    unknown = np.zeros(len(rows), np.uint8)
    return _Told(run, int(blank["fix_ms"].max()), float("nan"), Vessels(**blank), unknown, *_limits(folder))


def _limits(folder: Path) -> tuple[float, float]:
    """Speed that a ship makes once she is called, and the minutes more that one in harbour needs."""
    params = thresholds_of(folder).params[distress.NAME]
    return params.response_kn_min, params.berthed_min
