"""Build charts/zones/*.geojson from the fact tables in charts/tools/facts/*.toml.

    python charts/tools/build_zones.py [--out DIR]

Legal points stand in the tables as the texts give them. Here they become geometry: rhumb lines get a vertex every
nautical mile, corridors and circles are drawn on one metric plane, harbour basins lose the land of
charts/coast/land.npz. The result is the same byte for byte wherever it is run, and is refused if the program's own
checks find anything wrong with it.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from fengqiao.nav import distance_nm, parse_position
from fengqiao.zones.coast import decode_land
from fengqiao.zones.grid import CELL_DEG, EAST_EDGE_DEG, cells
from fengqiao.zones.load import lint
from fengqiao.zones.zoneset import plane, to_plane

CHARTS = Path(__file__).parents[1]
WARNING = "不得用于航海或执法 / not for navigation or enforcement"
LOCAL = timezone(timedelta(hours=8))  # China Standard Time, no summer time in any year that is used
DECIMALS = 6  # 0.1 m
CIRCLE_QUARTER = 12  # segments a quarter: a circle of 6 km is drawn within 13 m
# Straight in Mercator of the ellipsoid is a line of constant course.
MERCATOR = Transformer.from_crs("EPSG:4326", "EPSG:3395", always_xy=True)

DISPLAYED = {"fishing_port", "fishing_ground", "fishing_grid", "fishing_route", "merchant_route", "route_area"}
DISPLAYED |= {"trawl_line", "boundary_line", "baseline"}
RULES: dict[str, dict[str, Any]] = {
    **{
        kind: {"enter": "record", "fishing": False}  # passing through is lawful; fishing is not
        for kind in ("moratorium", "trawl_prohibited", "germplasm_core")
    },
    "temporary_prohibited": {"enter": "warn", "fishing": False},
    **{kind: {"enter": "allow"} for kind in ("harbour_basin", "typhoon_shelter", "anchorage")},
}
ORDER = (
    *("id", "rev", "name_zh", "name_en", "kind", "geometry_role", "line_interp", "authority", "legal_basis", "valid"),
    *("windows", "rule", "width_m", "uncertainty_m", "datum", "source", "confidence", "use", "notes", "licence"),
)

Props = dict[str, Any]
Feature = tuple[Props, BaseGeometry]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=CHARTS / "zones")
    out: Path = parser.parse_args().out
    texts = {f"{facts.stem}.geojson": build(facts) for facts in sorted((CHARTS / "tools" / "facts").glob("*.toml"))}
    if problems := lint(texts):
        sys.exit("\n".join(f"{p.file} {p.feature}: {p.reason} {p.facts}" for p in problems))
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
        count = len(json.loads(text)["features"])
        print(f"{out / name}: {count} features, {len(text.encode())} bytes")


def build(facts: Path) -> str:
    """One layer as GeoJSON, a feature a line."""
    layer = tomllib.loads(facts.read_text(encoding="utf-8"))
    features = [f for zone in layer["zone"] for f in read_zone(zone, layer.get("gear_groups", {}))]
    head = {"type": "FeatureCollection", "name": facts.stem, "licence": layer["licence"], "warning": WARNING}
    lines = [f"{_json(key)}: {_json(value)}," for key, value in head.items()]
    body = ",\n".join(feature_text(props, geometry) for props, geometry in features)
    return "\n".join(["{", *lines, '"features": [', body, "]}", ""])


def feature_text(props: Props, geometry: BaseGeometry) -> str:
    ordered = {key: props[key] for key in ORDER if key in props}
    assert len(ordered) == len(props), f"unplaced keys {set(props) - set(ORDER)}"
    shape = {"type": geometry.geom_type, "coordinates": coordinates(geometry)}
    return _json({"type": "Feature", "id": props["id"], "properties": ordered, "geometry": shape})


def coordinates(geometry: BaseGeometry) -> Any:
    if isinstance(geometry, shapely.Polygon):
        ring = shapely.orient_polygons(geometry)
        return [_rounded(r) for r in (ring.exterior, *ring.interiors)]
    return _rounded(geometry)[0] if geometry.geom_type == "Point" else _rounded(geometry)


def _rounded(line: BaseGeometry) -> list[list[float]]:
    rounded: list[list[float]] = (np.round(shapely.get_coordinates(line), DECIMALS) + 0.0).tolist()
    return rounded


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


# --- facts to features --------------------------------------------------------------------------------------------


def read_zone(facts: Props, gear_groups: dict[str, list[str]]) -> Iterator[Feature]:
    """The features of one fact: a zone, and for a route with a width the water it takes."""
    if facts["shape"] == "grid":
        yield from grid(facts)
        return
    props = properties(facts, gear_groups)
    geometry = draw(facts)
    yield props, geometry
    if props["geometry_role"] == "corridor_axis" and "width_m" in props:
        yield corridor_props(props), buffered(geometry, facts["width_m"])


def properties(facts: Props, gear_groups: dict[str, list[str]]) -> Props:
    kind = facts["kind"]
    display = kind in DISPLAYED or facts["confidence"] == "historical"
    props: Props = {
        "rev": facts.get("rev", 1),
        "geometry_role": facts.get("role") or role(facts),
        "line_interp": interpolation(facts),
        "valid": {"from": utc(facts.get("valid_from")), "to": utc(facts.get("valid_to"))},
        "rule": facts.get("rule", {} if display else RULES.get(kind, {"enter": "record"})),
        "use": "display" if display else "advise",
    }
    if "windows" in facts:
        props["windows"] = [window(w, gear_groups) for w in facts["windows"]]
    if facts.get("minus_land"):
        props["licence"] = "ODbL-1.0"
    return props | {key: facts[key] for key in ORDER if key in facts and key not in props}


def role(facts: Props) -> str:
    if facts["shape"] == "line":
        return "corridor_axis" if facts["kind"].endswith("_route") else "line_cross"
    return "point_label" if facts["shape"] == "point" else "area"


def interpolation(facts: Props) -> str:
    return "lonlat" if facts["shape"] in ("box", "circle", "point") else "rhumb"


def utc(text: str | None) -> str | None:
    """A local time without offset is China Standard Time."""
    if text is None:
        return None
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=LOCAL)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def window(facts: Props, gear_groups: dict[str, list[str]]) -> Props:
    props: Props = {"from": utc(facts["from"]), "to": utc(facts.get("to"))}
    if "gear" in facts:
        props["gear"] = gear_groups[facts["gear"]]
    return props | {key: facts[key] for key in ("permit_ok", "status", "source") if key in facts}


def corridor_props(axis: Props) -> Props:
    return axis | {
        "id": f"{axis['id']}-area",
        "kind": "route_area",
        "geometry_role": "area",
        "name_zh": f"{axis['name_zh']}（航路范围）",
        "name_en": f"{axis['name_en']}, corridor",
    }


def grid(facts: Props) -> Iterator[Feature]:
    shared = {key: facts[key] for key in ("kind", "datum", "source")}
    for no, west, south in cells():
        east = west >= EAST_EDGE_DEG
        unsure = no in facts["doubtful"] or (east and no not in facts["attested"])
        note = facts["notes_east"] if east else facts["notes_doubtful"] if unsure else ""
        props = shared | {
            "id": f"grid-{no}",
            "rev": 1,
            "name_zh": f"{no}渔区",
            "name_en": f"Fishing grid {no}",
            "geometry_role": "area",
            "line_interp": "lonlat",
            "valid": {"from": None, "to": None},
            "rule": {},
            "confidence": "unverified" if unsure else facts["confidence"],
            "use": "display",
            **({"notes": note} if note else {}),
        }
        yield props, shapely.box(west, south, west + CELL_DEG, south + CELL_DEG)


# --- geometry -----------------------------------------------------------------------------------------------------


def draw(facts: Props) -> BaseGeometry:
    points = np.array([parse_position(text) for text in facts["points"]])
    match facts["shape"]:
        case "point":
            return shapely.Point(points[0])
        case "line":
            return shapely.LineString(rhumb(points))
        case "box":
            return shapely.box(*points[0], *points[1])
        case "circle":
            return circle(points[0], facts["radius_m"])
        case "corridor":
            return buffered(shapely.LineString(rhumb(points)), facts["width_m"])
        case "ring":
            ring = shapely.Polygon(rhumb(np.vstack([points, points[:1]])))
            return less_land(ring) if facts.get("minus_land") else ring
    sys.exit(f"{facts['id']}: no shape {facts['shape']!r}")


def rhumb(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points and, on every leg, vertices of the line of constant course at most a nautical mile apart.

    Legs along a meridian or a parallel are straight in degrees already and get none.
    """
    parts = [leg(a, b) for a, b in pairwise(points)]
    return np.vstack([*(p[:-1] for p in parts), points[-1:]])


def leg(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """From a to b in equal steps of latitude, which on one course are equal steps of distance."""
    steps = 1 if (a == b).any() else max(1, int(np.ceil(distance_nm(*a, *b))))
    lat = np.linspace(a[1], b[1], steps + 1)
    _, y = MERCATOR.transform(np.zeros_like(lat), lat)
    lon = a[0] + (b[0] - a[0]) * (y - y[0]) / (y[-1] - y[0]) if steps > 1 else np.array([a[0], b[0]])
    return np.column_stack([lon, lat])


def circle(centre: NDArray[np.float64], radius_m: float) -> BaseGeometry:
    return from_plane(shapely.Point(plane().transform(*centre)).buffer(radius_m, quad_segs=CIRCLE_QUARTER))


def buffered(axis: BaseGeometry, width_m: float) -> BaseGeometry:
    """All water within half the width of the axis, cut square at its ends."""
    on_plane = to_plane(axis)
    return from_plane(shapely.buffer(on_plane, width_m / 2.0, quad_segs=4, cap_style="flat", join_style="round"))


def from_plane(geometry: BaseGeometry) -> BaseGeometry:
    """Back to degrees, without the vertices that only lie on a straight line (nothing moves by more than 1 m)."""
    plain = shapely.normalize(shapely.simplify(geometry, 1.0))
    back: BaseGeometry = shapely.transform(
        plain, lambda xy: np.column_stack(plane().transform(xy[:, 0], xy[:, 1], direction="INVERSE"))
    )
    return back


def less_land(hull: BaseGeometry) -> BaseGeometry:
    """The largest piece of water inside a hand-drawn hull."""
    with np.load(CHARTS / "coast" / "land.npz") as stored:
        land = decode_land(stored["delta"], stored["offsets"])
    shore = shapely.union_all(land[shapely.intersects(land, hull)])
    pieces = shapely.get_parts(shapely.difference(hull, shore))
    largest: BaseGeometry = shapely.normalize(pieces[int(np.argmax(shapely.area(pieces)))])
    return largest


if __name__ == "__main__":
    main()
