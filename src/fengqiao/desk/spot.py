"""A place that the officer points at, and that somebody may have to go to."""

from dataclasses import dataclass

from fengqiao.desk.picture import DeskPicture


@dataclass(frozen=True, slots=True)
class Spot:
    """``but`` are those who are there: they are no help to themselves. ``age_s``: how old the position is, NaN for a
    point of the chart, which has no age."""

    name: str
    place: tuple[float, float]  # longitude, latitude
    but: tuple[int, ...] = ()
    age_s: float = float("nan")


def vessel_spot(picture: DeskPicture, mmsi: int | None) -> Spot | None:
    """Where she was heard last; None where nothing is known of that."""
    row = picture.row_of(mmsi) if mmsi is not None else -1
    if mmsi is None or row < 0:
        return None
    v = picture.vessels
    lon, lat = float(v.lon_deg[row]), float(v.lat_deg[row])
    if lon != lon or lat != lat:
        return None
    age_s = (picture.time_ms - int(v.fix_ms[row])) / 1000
    return Spot(str(picture.names[row]), (lon, lat), (mmsi,), age_s)
