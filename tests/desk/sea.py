"""A small sea for chart tests: boats from a few columns, zones from a box."""

from typing import Any

import numpy as np
import shapely

from fengqiao.desk.chart.scene import Targets, TargetState, View
from fengqiao.fleet.vessels import Vessels
from fengqiao.zones.zone import Use, Zone

VIEW = View(122.05, 30.02, 250.0, 60, 20)
ISLAND = shapely.box(122.0, 30.0, 122.05, 30.03)


def boats(cells: list[tuple[int, int]], view: View = VIEW, **columns: Any) -> Targets:
    """Targets in the middle of cells (column, row) of a view; what is not given: fishing boats at rest, no alerts."""
    n = len(cells)
    places = [view.unproject(col + 0.5, row + 0.5) for col, row in cells]
    blank: dict[str, Any] = {name: np.zeros(n, dtype) for name, dtype in Vessels.dtypes().items()}
    blank |= {"mmsi": 412000001 + np.arange(n), "lon_deg": np.array([p[0] for p in places], float)}
    blank |= {"lat_deg": np.array([p[1] for p in places], float)}
    floats = {"sog_kn", "cog_deg", "fix_ms", "ring_ms", "ring_lon", "ring_lat"}
    blank |= {k: np.asarray(columns.pop(k)) for k in sorted(floats & set(columns))}
    told: dict[str, Any] = {
        "names": np.array(columns.pop("names", [f"B{k}" for k in range(n)]), object),
        "state": np.asarray(columns.pop("state", np.full(n, TargetState.FISHING)), np.uint8),
        "level": np.asarray(columns.pop("level", np.zeros(n)), np.uint8),
        "unacked": np.asarray(columns.pop("unacked", np.zeros(n)), bool),
        "lost": np.asarray(columns.pop("lost", np.zeros(n)), bool),
    }
    return Targets(Vessels(**blank), **told, **columns)


def zone(kind: str, west: float, south: float, east: float, north: float, **more: Any) -> Zone:
    """A box of water."""
    facts: dict[str, Any] = {"name_zh": "", "name_en": "", "confidence": "official", **more}
    box = shapely.box(west, south, east, north)
    return Zone("z", 1, kind, "area", geometry=facts.pop("geometry", box), use=Use.DISPLAY, source=("test",), **facts)
