"""All zones of one revision, and the questions asked of them: in which, how far from the border, in harbour or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from fengqiao.nav import F64, distance_m
from fengqiao.zones.grid import grid_no
from fengqiao.zones.zone import Zone

Bools = NDArray[np.bool_]

WATCHED_LEVELS = ("notice", "warn", "alarm")  # entering one of these is worth a finding
SHELTER_KINDS = ("typhoon_shelter", "anchorage")
HARBOUR_RADIUS_M_MIN = 2000.0  # port points are within 2 km of the port they name: no port is smaller than that here
# One plane for all metric work: it stretches by 0.03 % at 2 degrees from its meridian and 0.4 % at 128°E, and
# ``plane_scale`` takes that out again.
MERIDIAN_DEG = 122.5
PLANE = f"+proj=tmerc +lat_0=30 +lon_0={MERIDIAN_DEG} +k=1 +datum=WGS84 +units=m"
# Straight in degrees is not straight on the plane: on steps of 0.02 degrees the two differ by 0.05 m.
PLANE_STEP_DEG = 0.02
DEGREE_M_MIN = 60_000.0  # a degree of longitude at 55°N, the least of the area: a generous search margin


@dataclass(frozen=True, slots=True)
class Hit:
    """A zone at a place."""

    zone: Zone
    inside: bool  # False: outside, but not further than the zone's own uncertainty
    distance_to_border_m: float
    near_border: bool  # closer to the border than the zone's own uncertainty: which side cannot be told
    detail: str = ""  # fishing grid: cell and sub-cell, "185-7"


@dataclass(frozen=True, slots=True)
class Harbours:
    """Fishing ports as points with a radius; arrays of shape (n_ports,)."""

    lon: F64
    lat: F64
    radius_m: F64


@cache
def plane() -> Transformer:
    """WGS84 degrees (lon, lat) to the metric plane; 13 ms to make, so made once."""
    return Transformer.from_crs("EPSG:4326", PLANE, always_xy=True)


def plane_scale(lon: F64, lat: F64) -> F64:
    """Metres on the plane for one metre at sea, to 0.002 % out to 128°E: 1 + (dlon cos lat)^2 / 2."""
    return 1.0 + (np.radians(lon - MERIDIAN_DEG) * np.cos(np.radians(lat))) ** 2 / 2.0


def to_plane(geometry: Any) -> Any:
    """A geometry (or an array of them) in degrees, on the metric plane; its straight lines stay where they were."""
    fine = shapely.segmentize(geometry, PLANE_STEP_DEG)
    return shapely.transform(fine, lambda xy: np.column_stack(plane().transform(xy[:, 0], xy[:, 1])))


class _Areas:
    """Polygons ready to be asked about many points at once."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        self.zones = tuple(zones)
        self.shapes = np.array([z.geometry for z in self.zones], dtype=object)
        self.bounds = shapely.bounds(self.shapes).reshape(-1, 4)
        self.uncertainty_m = np.array([z.uncertainty_m for z in self.zones])
        shapely.prepare(self.shapes)

    @cached_property
    def on_plane(self) -> NDArray[Any]:
        shapes: NDArray[Any] = np.array([to_plane(s) for s in self.shapes], dtype=object)
        shapely.prepare(shapes)
        return shapes

    def boxed(self, lon: F64, lat: F64, margin_m: float | F64 = 0.0) -> Bools:
        """Whether each point lies in each zone's bounding box, widened by at least ``margin_m``."""
        west, south, east, north = self.bounds.T
        margin = np.asarray(margin_m) / DEGREE_M_MIN
        x, y = lon[:, None], lat[:, None]
        box: Bools = (x >= west - margin) & (x <= east + margin) & (y >= south - margin) & (y <= north + margin)
        return box

    def contains(self, lon: F64, lat: F64) -> Bools:
        inside = self.boxed(lon, lat)
        for k in np.flatnonzero(inside.any(axis=0)):
            rows = np.flatnonzero(inside[:, k])
            inside[rows, k] = shapely.contains_xy(self.shapes[k], lon[rows], lat[rows])
        return inside

    def within_m(self, lon: F64, lat: F64, metres: F64) -> Bools:
        """Inside, or outside by no more than ``metres`` (one figure a zone)."""
        near = self.contains(lon, lat)
        unsure = self.boxed(lon, lat, metres) & ~near
        for k in np.flatnonzero(unsure.any(axis=0)):
            rows = np.flatnonzero(unsure[:, k])
            points = shapely.points(*plane().transform(lon[rows], lat[rows]))
            limits = metres[k] * plane_scale(lon[rows], lat[rows])
            near[rows, k] = shapely.dwithin(self.on_plane[k], points, limits)
        return near


class ZoneSet:
    """Zones of one revision, immutable. Pickles as its zones; indexes are made again where it lands."""

    def __init__(self, zones: Iterable[Zone] = (), revision: str = "empty") -> None:
        self.zones = tuple(zones)
        self.revision = revision
        self.by_id = {zone.zone_id: zone for zone in self.zones}
        areas = [z for z in self.zones if z.role == "area"]
        self.watched = tuple(sorted((z for z in areas if _asks(z)), key=lambda z: z.zone_id))
        self.harbours = _harbours(z for z in self.zones if z.kind == "fishing_port" and z.role == "point_label")
        self._areas = _Areas(areas)
        self._watched = _Areas(self.watched)
        self._basins = _Areas(z for z in areas if z.kind == "harbour_basin")
        self._shelters = _Areas(z for z in areas if z.kind in SHELTER_KINDS)

    def __reduce__(self) -> tuple[Any, ...]:
        return ZoneSet, (self.zones, self.revision)

    def at(self, lon: float, lat: float, at_ms: int) -> list[Hit]:
        """Every area zone in force that holds the place, or may hold it for all its uncertainty; in id order."""
        x, y = np.array([float(lon)]), np.array([float(lat)])
        inside = self._areas.contains(x, y)[0]
        near = self._areas.within_m(x, y, self._areas.uncertainty_m)[0]
        here, scale = shapely.Point(*plane().transform(x[0], y[0])), plane_scale(x, y)[0]
        hits = []
        for k in np.flatnonzero(near):
            zone = self._areas.zones[k]
            if zone.valid(at_ms):
                border_m = float(shapely.distance(shapely.boundary(self._areas.on_plane[k]), here) / scale)
                hits.append(Hit(zone, bool(inside[k]), border_m, border_m <= zone.uncertainty_m, _detail(zone, x, y)))
        return sorted(hits, key=lambda hit: hit.zone.zone_id)

    def contains(self, lon: F64, lat: F64) -> Bools:
        """Which watched zones hold each point: shape (n, len(watched)). A border point is outside, NaN nowhere."""
        return self._watched.contains(lon, lat)

    def beyond(self, lon: F64, lat: F64, metres: float | None = None) -> Bools:
        """Which points are outside each watched zone by more than ``metres``: shape (n, len(watched)).

        Without ``metres``, each zone's own ``out_m``. Within 1 m of the geodesic answer up to 2 km. NaN is beyond
        nothing: a vessel nobody places has not left.
        """
        limits = np.array([z.out_m if metres is None else metres for z in self.watched], dtype=np.float64)
        known = np.isfinite(lon) & np.isfinite(lat)
        return ~self._watched.within_m(lon, lat, limits) & known[:, None]

    def near_harbour(self, lon: F64, lat: F64) -> Bools:
        """Whether each point lies within a port's radius or in a harbour basin."""
        ports = self.harbours
        away = distance_m(lon[:, None], lat[:, None], ports.lon, ports.lat)
        at_port: Bools = np.any(away <= ports.radius_m, axis=1)
        return at_port | self._basins.contains(lon, lat).any(axis=1)

    def at_shelter(self, lon: F64, lat: F64) -> Bools:
        """Whether each point lies in a harbour, a typhoon shelter or an anchorage."""
        result: Bools = self.near_harbour(lon, lat) | self._shelters.contains(lon, lat).any(axis=1)
        return result


def _asks(zone: Zone) -> bool:
    """Whether entering the zone, or fishing in it, is worth a finding."""
    return zone.rule.get("enter") in WATCHED_LEVELS or zone.rule.get("fishing") is False


def _detail(zone: Zone, lon: F64, lat: F64) -> str:
    return str(grid_no(float(lon[0]), float(lat[0])) or "") if zone.kind == "fishing_grid" else ""


def _harbours(ports: Iterable[Zone]) -> Harbours:
    rows = [(z.geometry, max(z.uncertainty_m, HARBOUR_RADIUS_M_MIN)) for z in ports]
    points: list[BaseGeometry] = [point for point, _ in rows]
    xy = shapely.get_coordinates(points).reshape(-1, 2)
    return Harbours(xy[:, 0], xy[:, 1], np.array([radius for _, radius in rows], dtype=np.float64))
