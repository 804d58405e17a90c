"""Where a gale warning holds: its polygon, or the chart zone it names."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from fengqiao.model.gale import GaleWarning
from fengqiao.nav import F64
from fengqiao.rules.tracks import Flags
from fengqiao.situation.picture import Picture

RING_POINTS_MIN = 3


def gale_area(picture: Picture, gale: GaleWarning) -> BaseGeometry | None:
    """The area in WGS84 degrees; None where the zone is not on the chart or the ring encloses nothing."""
    if gale.zone:
        zone = picture.zones_by_id.get(gale.zone)
        return None if zone is None else zone.geometry
    if len(gale.polygon) < RING_POINTS_MIN or not np.isfinite(gale.polygon).all():
        return None
    area = shapely.make_valid(shapely.Polygon(gale.polygon))
    return area if area.area > 0.0 else None


def inside(area: BaseGeometry, lon: F64, lat: F64) -> Flags:
    shapely.prepare(area)
    flags: Flags = shapely.contains_xy(area, lon, lat)  # NaN lies nowhere
    return flags


def gales_over(picture: Picture, lon: float, lat: float) -> list[GaleWarning]:
    """The warnings in force now at a place."""
    over = []
    for gale in picture.gales:
        area = gale_area(picture, gale) if gale.from_ms <= picture.at_ms < gale.to_ms else None
        if area is not None and shapely.contains_xy(area, lon, lat):
            over.append(gale)
    return over
