"""Which fishing port is meant or nearest, and how far off it is."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.nav import F64
from fengqiao.zones.zone import Zone


@dataclass(frozen=True, slots=True)
class Ports:
    """Fishing ports of the chart as points; arrays of shape (n_ports,)."""

    zones: tuple[Zone, ...]
    lon: F64
    lat: F64

    @classmethod
    def of(cls, zones: dict[str, Zone]) -> "Ports":
        ports = tuple(z for z in zones.values() if z.kind == "fishing_port" and z.role == "point_label")
        xy = shapely.get_coordinates([z.geometry for z in ports]).reshape(-1, 2)
        return cls(ports, xy[:, 0], xy[:, 1])

    def away(self, lon: float, lat: float, named: str) -> tuple[float, Zone | None]:
        """Miles as the gull flies to the port of that id or name, else to the nearest; NaN where the chart has none."""
        meant = [n for n, z in enumerate(self.zones) if named in (z.zone_id, z.name_zh, z.name_en)] if named else []
        near = np.array(meant, np.int64) if meant else np.arange(len(self.zones))
        if not len(near) or lon != lon:
            return float("nan"), None
        away: NDArray[np.float64] = nav.distance_nm(lon, lat, self.lon[near], self.lat[near])
        return float(away.min()), self.zones[int(near[away.argmin()])]
