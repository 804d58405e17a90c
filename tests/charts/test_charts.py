"""The charts that ship: what they say, how far they may be trusted, and that their scripts still make them."""

import importlib.util
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import numpy as np
import pytest
import shapely
from pyproj import Geod

from fengqiao.nav import distance_nm, parse_position
from fengqiao.zones.coast import decode_land, encode_land
from fengqiao.zones.grid import cells
from fengqiao.zones.load import lint, load_zones
from fengqiao.zones.zone import Use, Zone
from fengqiao.zones.zoneset import ZoneSet

CHARTS = Path(__file__).resolve().parents[2] / "charts"
TOOLS = CHARTS / "tools"
BYTES_MAX = 1_500_000  # a clone must stay light
WARNED = {"moratorium", "trawl_prohibited", "germplasm_core", "temporary_prohibited"}


def texts() -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (CHARTS / "zones").glob("*.geojson")}


@pytest.fixture(scope="module")
def zones() -> ZoneSet:
    return load_zones(texts())


@pytest.fixture(scope="module")
def land() -> Any:
    with np.load(CHARTS / "coast" / "land.npz") as stored:
        return decode_land(stored["delta"], stored["offsets"])


@pytest.fixture(scope="module")
def build_coast() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_coast", TOOLS / "build_coast.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(tool: str, *options: str) -> None:
    subprocess.run([sys.executable, str(TOOLS / tool), *options], check=True, capture_output=True)


# --- made by scripts ------------------------------------------------------------------------------------------------


def test_rebuilding_the_zones_gives_the_committed_bytes(tmp_path: Path) -> None:
    """A stranger who runs the builder gets our files, all of them and byte for byte."""
    run("build_zones.py", "--out", str(tmp_path))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == texts()


def test_rebuilding_the_manifest_gives_the_committed_bytes(tmp_path: Path) -> None:
    """The manifest lists every shipped chart file with the checksum it has."""
    run("build_manifest.py", "--out", str(tmp_path / "manifest.json"))
    assert (tmp_path / "manifest.json").read_bytes() == (CHARTS / "manifest.json").read_bytes()
    listed = set(json.loads((CHARTS / "manifest.json").read_bytes()))
    shipped = {
        p.relative_to(CHARTS).as_posix() for room in ("coast", "zones", "schema") for p in (CHARTS / room).iterdir()
    }
    assert shipped - listed == {"coast/LICENSE.ODbL"}
    assert listed <= shipped


def test_the_charts_are_light() -> None:
    """Coast, zones and facts together stay below the limit."""
    assert sum(p.stat().st_size for p in CHARTS.rglob("*") if p.is_file()) < BYTES_MAX


# --- every feature --------------------------------------------------------------------------------------------------


def test_every_feature_passes_the_schema_and_the_lint() -> None:
    """The published schema and the program's own checks both take every feature."""
    schema = jsonschema.Draft202012Validator(json.loads((CHARTS / "schema" / "zone-1.json").read_bytes()))
    features = [f for text in texts().values() for f in json.loads(text)["features"]]
    assert [e.message for f in features for e in schema.iter_errors(f["properties"])] == []
    assert lint(texts()) == []
    assert len(features) == 245


def test_nothing_is_enforced_and_nothing_unchecked_claims_to_be(zones: ZoneSet) -> None:
    """Nobody has checked a feature yet: all advise or are only shown."""
    assert {z.use for z in zones.zones} == {Use.ADVISE, Use.DISPLAY}
    assert all(z.source and z.confidence for z in zones.zones)


def test_only_what_is_shown_has_no_rule(zones: ZoneSet) -> None:
    """Closed waters forbid fishing and only a live-firing area entering; harbours allow, points and grid do neither."""
    for zone in zones.zones:
        if zone.kind in WARNED:
            assert (zone.use, zone.rule["fishing"]) == (Use.ADVISE, False)
            assert zone.rule["enter"] == ("warn" if zone.kind == "temporary_prohibited" else "record")
        elif zone.kind in ("harbour_basin", "anchorage", "typhoon_shelter"):
            assert zone.rule == {"enter": "allow"}
        elif zone.use is Use.ADVISE:
            assert zone.rule["enter"] == "record"
        assert zone.use is Use.ADVISE or set(zone.rule) <= {"enter", "direction_deg"}


def test_wind_farms_placed_by_hearsay_are_not_shipped(zones: ZoneSet) -> None:
    """A wind farm known to 8 km would warn the wrong boats."""
    assert "wind_farm" not in {z.kind for z in zones.zones}


# --- coast ----------------------------------------------------------------------------------------------------------


def test_the_coast_is_whole_and_says_whose_it_is(land: Any) -> None:
    """1,484 valid polygons, and the attribution that the licence asks for travels with them."""
    assert len(land) == 1484
    assert shapely.is_valid(land).all()
    with np.load(CHARTS / "coast" / "land.npz") as stored:
        meta = json.loads(str(stored["meta"]))
    assert (meta["licence"], meta["attribution"]) == ("ODbL-1.0", "© OpenStreetMap contributors")


def test_coast_survives_storing(land: Any) -> None:
    """Encoding what was decoded gives the stored integers again."""
    delta, offsets = encode_land(land)
    with np.load(CHARTS / "coast" / "land.npz") as stored:
        assert (delta == stored["delta"]).all()
        assert (offsets == stored["offsets"]).all()


def test_the_straits_that_boats_use_are_open(build_coast: ModuleType, land: Any) -> None:
    """沈家门 harbour is a strait 168 m wide between Zhoushan and Lujiazhi; the town's own history says 190 m."""
    gaps = {name: build_coast.strait_gap_m(land, one, other) for name, one, other, _ in build_coast.STRAITS}
    assert {name: round(gap) for name, gap in gaps.items()} == {"沈家门渔港": 168, "普沈水道": 1075, "小干水道": 352}


def test_a_closed_strait_stops_the_coast_builder(build_coast: ModuleType, land: Any) -> None:
    """A coast in which the two shores of 沈家门 have grown together is refused by name."""
    shores = shapely.union_all([*land, shapely.box(122.28, 29.93, 122.31, 29.95)])
    with pytest.raises(SystemExit, match="沈家门渔港"):
        build_coast.check(shapely.get_parts(shores))


def test_every_island_name_stands_on_land(land: Any) -> None:
    """A label in the water would send a rescuer to the wrong place."""
    names = json.loads((CHARTS / "coast" / "names.geojson").read_bytes())["features"]
    tree = shapely.STRtree(land)
    afloat = [f["id"] for f in names if not len(tree.query(shapely.Point(f["geometry"]["coordinates"]), "within"))]
    assert afloat == []
    assert len(names) == 40


def test_official_routes_stay_off_the_land(zones: ZoneSet, land: Any) -> None:
    """No official route or traffic lane line touches the coast."""
    tree = shapely.STRtree(land)
    lines = [z for z in zones.zones if z.role in ("corridor_axis", "line_cross") and z.kind != "boundary_line"]
    aground = [z.zone_id for z in lines if z.confidence == "official" and len(tree.query(z.geometry, "intersects"))]
    assert aground == []
    assert {"zj-west", "sjm-fish-north", "zj-zhoushan-central"} <= {z.zone_id for z in lines}


def test_the_harbour_basin_is_water(zones: ZoneSet, land: Any) -> None:
    """沈家门 basin holds no land and about the area its hull was drawn for."""
    basin = zones.by_id["basin-shenjiamen"].geometry
    area_m2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(basin)[0])
    assert shapely.area(shapely.intersection(basin, shapely.union_all(land))) < 1e-8  # 100 m2: rounding of the shore
    assert 6.1e6 < area_m2 < 6.3e6


# --- lines and cells ------------------------------------------------------------------------------------------------


def test_the_trawl_line_keeps_its_legal_points_and_its_course_between(zones: ZoneSet) -> None:
    """Every legal point is a vertex; between two the course is one and no step is longer than a nautical mile."""
    line = shapely.get_coordinates(zones.by_id["trawl-line"].geometry)
    legal = [parse_position(text) for text in ("35°11′N 120°38′E", "30°44′N 123°25′E")]
    first, last = (int(np.argmin(np.abs(line - point).sum(axis=1))) for point in legal)
    assert np.abs(line[[first, last]] - legal).max() < 1e-6
    leg = line[first : last + 1]
    assert distance_nm(*leg[:-1].T, *leg[1:].T).max() <= 1.001
    courses = rhumb_courses_deg(leg)
    assert np.ptp(courses) < 0.01


def rhumb_courses_deg(line: Any) -> Any:
    """Course of each step over ground at its middle; on steps of a mile the formula is exact to 0.001 degrees."""
    lat = np.radians((line[:-1, 1] + line[1:, 1]) / 2.0)
    e2 = 0.00669438
    stretch = np.cos(lat) * (1.0 - e2 * np.sin(lat) ** 2) / (1.0 - e2)
    return np.degrees(np.arctan2(np.diff(line[:, 0]) * stretch, np.diff(line[:, 1])))


def test_a_corridor_is_as_wide_as_the_notice_says(zones: ZoneSet) -> None:
    """500 m each side of the recommended route: 490 m off is inside, 510 m outside, all along."""
    axis, area = zones.by_id["sjm-fish-north"].geometry, zones.by_id["sjm-fish-north-area"].geometry
    geod = Geod(ellps="WGS84")
    for share in np.linspace(0.1, 0.9, 9):
        (x0, y0), (x1, y1) = (
            shapely.get_coordinates(shapely.line_interpolate_point(axis, share + step, normalized=True))[0]
            for step in (0.0, 0.001)
        )
        course, _, _ = geod.inv(x0, y0, x1, y1)
        inner = geod.fwd(x0, y0, course - 90.0, 490.0)[:2]
        outer = geod.fwd(x0, y0, course - 90.0, 510.0)[:2]
        assert shapely.contains_xy(area, *inner)
        assert not shapely.contains_xy(area, *outer)


def test_the_grid_comes_from_the_row_table(zones: ZoneSet) -> None:
    """146 cells, each where the table puts it; the doubtful ones say so."""
    grid = {z.zone_id: z for z in zones.zones if z.kind == "fishing_grid"}
    assert len(grid) == 146
    for no, west, south in cells():
        assert grid[f"grid-{no}"].geometry.bounds == (west, south, west + 0.5, south + 0.5)
    doubtful = {i for i, z in grid.items() if z.confidence == "unverified"}
    assert {"grid-182", "grid-189", "grid-2162"} <= doubtful
    assert not {"grid-178", "grid-2161"} & doubtful


# --- seasons --------------------------------------------------------------------------------------------------------


def bites(zone: Zone, local: str, gear: str) -> list[bool]:
    """``permit_ok`` of each window that bites this gear at a Chinese local time."""
    at_ms = round(datetime.fromisoformat(f"{local}+08:00").timestamp() * 1000)
    return [w.permit_ok for w in zone.windows if w.bites(at_ms) and gear in w.gear]


@pytest.mark.parametrize(
    ("local", "gear", "expected"),
    [
        ("2025-05-01T11:59", "single_trawl", []),
        ("2025-05-01T12:00", "single_trawl", [False]),
        ("2025-09-16T11:59", "single_trawl", [False]),
        ("2025-09-16T12:00", "single_trawl", []),
        ("2025-08-05T11:59", "gillnet", [False]),
        ("2025-08-05T12:00", "gillnet", [True]),  # from here a special permit lifts it
        ("2025-09-16T12:00", "gillnet", []),
        ("2022-07-31T12:00", "beam_shrimp", [False]),
        ("2022-08-01T12:00", "beam_shrimp", []),  # until 2022 the season itself ended here
        ("2023-08-05T12:00", "light_seine", [False]),  # planned for 1 August, put off by a typhoon
        ("2023-08-07T12:00", "light_seine", [True]),
        ("2024-08-01T12:00", "pot", [True]),
        ("2024-08-15T12:00", "small_stow_net", [False]),
        ("2024-08-16T12:00", "small_stow_net", []),
        ("2021-06-15T00:00", "auxiliary", [False]),
        ("2025-06-15T00:00", "hook", []),  # exempt, always
        ("2017-06-15T00:00", "single_trawl", []),  # no notice of that year is in the tables
    ],
)
def test_the_moratorium_bites_when_and_whom_the_notices_say(
    zones: ZoneSet, local: str, gear: str, expected: list[bool]
) -> None:
    """Dated windows by gear, noon to noon local time."""
    assert bites(zones.by_id["moratorium-35-2630"], local, gear) == expected


def test_a_year_without_notice_says_so(zones: ZoneSet) -> None:
    """2026 repeats 2025 and is marked as carried over and to be checked; hook is in no window of any year."""
    windows = zones.by_id["moratorium-35-2630"].windows
    start_2026_ms = round(datetime.fromisoformat("2026-01-01T00:00+08:00").timestamp() * 1000)
    assert {w.status for w in windows if w.from_ms > start_2026_ms} == {"carried_over"}
    assert all("待核" in w.source for w in windows if w.from_ms > start_2026_ms)
    assert all(w.source and w.gear and "hook" not in w.gear for w in windows)
