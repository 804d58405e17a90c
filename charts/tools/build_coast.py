"""Build charts/coast/land.npz: OpenStreetMap's land, clipped to the sea around Zhoushan.

    python charts/tools/build_coast.py                    # downloads the package (100 MB) with pip
    python charts/tools/build_coast.py --wheel FILE.whl   # takes one already at hand

The source is the Python package roaring-landmask 0.11.0, which carries the land polygons of OpenStreetMap
(imported 2024-09, simplified at 0.0005 degrees by its author). The result is a derivative database under the ODbL:
see charts/coast/LICENSE.ODbL. Run twice, it writes the same bytes. It stops, and writes nothing, when the source is
not the one that was looked at, or when a strait that boats use has closed.
"""

import argparse
import hashlib
import importlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from fengqiao.zones.coast import CHARTED, encode_land
from fengqiao.zones.zoneset import to_plane

PACKAGE = "roaring-landmask==0.11.0"
# Measured on the wheel for x86-64 Linux. Wheels for other machines differ; the land inside is checked in any case.
WHEELS = {
    "roaring_landmask-0.11.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl": (
        "e11b1e180ce28e2366f5238aa261db2b2d68007ee72800c4eccc70330f4608dd"
    )
}
LAND_SHA256 = "728e740b6e56f6eb9996aafba6c2602ca3f01c40d1be2b620b9775e31ce6dbf1"

# Straits that boats use, as a point on either shore and the least gap that is believable (measured 168, 1075, 352 m).
STRAITS = (
    ("沈家门渔港", (122.13245, 30.0628), (122.2943, 29.9336), 100.0),
    ("普沈水道", (122.13245, 30.0628), (122.3965, 29.8957), 700.0),
    ("小干水道", (122.13245, 30.0628), (122.2253, 29.9596), 250.0),
)

META = {
    "licence": "ODbL-1.0",
    "attribution": "© OpenStreetMap contributors",
    "attribution_zh": "© OpenStreetMap 贡献者",
    "url": "https://www.openstreetmap.org/copyright",
    "via": "roaring-landmask 0.11.0 (OSM land polygons, simplified 0.0005 deg, imported 2024-09)",
    "bbox": CHARTED,
    "crs": "EPSG:4326",
    "source_sha256": LAND_SHA256,
    "warning": "不得用于航海 / NOT FOR NAVIGATION",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, help="wheel of roaring-landmask 0.11.0, instead of downloading it")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "coast" / "land.npz")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        wheel = options.wheel or download(Path(scratch))
        land = clip(land_wkb(wheel, Path(scratch)))
    for line in check(land):
        print(line)
    write(land, options.out)
    print(f"{options.out}: {len(land)} polygons, {shapely.get_num_coordinates(land).sum()} vertices")


def download(scratch: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-d", str(scratch), PACKAGE]
    subprocess.run(command, check=True)
    return next(scratch.glob("*.whl"))


def land_wkb(wheel: Path, scratch: Path) -> bytes:
    """The package's land polygons as WKB, after both checksums."""
    expected, measured = WHEELS.get(wheel.name), hashlib.sha256(wheel.read_bytes()).hexdigest()
    if expected is None:
        print(f"{wheel.name}: sha256 {measured}, not measured before; the land inside decides")
    elif measured != expected:
        sys.exit(f"{wheel.name}: sha256 {measured}, expected {expected}")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(scratch / "wheel")
    sys.path.insert(0, str(scratch / "wheel"))
    package: Any = importlib.import_module("roaring_landmask")
    wkb = bytes(package.Shapes.wkb(package.LandmaskProvider.Osm))
    if (digest := hashlib.sha256(wkb).hexdigest()) != LAND_SHA256:
        sys.exit(f"land polygons: sha256 {digest}, expected {LAND_SHA256}")
    return wkb


def clip(wkb: bytes) -> NDArray[Any]:
    """Polygons inside the box, in one order whatever order they came in: largest first, then by their corner."""
    box = shapely.box(*CHARTED)
    parts = shapely.get_parts(shapely.from_wkb(wkb))
    cut = shapely.get_parts(shapely.intersection(parts[shapely.intersects(parts, box)], box))
    land = shapely.normalize(cut[shapely.get_dimensions(cut) == 2])
    if shapely.get_num_interior_rings(land).any():
        sys.exit("a polygon has a hole, which land.npz cannot store")
    west, south, _, _ = shapely.bounds(land).T
    order = np.lexsort((south, west, -shapely.area(land)))
    return np.asarray(land[order])


def check(land: NDArray[Any]) -> list[str]:
    """A line for each strait; stops when one has closed or a polygon is broken."""
    if not shapely.is_valid(land).all():
        sys.exit("a polygon is not valid")
    lines = []
    for name, one, other, metres_min in STRAITS:
        gap_m = strait_gap_m(land, one, other)
        if gap_m < metres_min:
            sys.exit(f"{name}: {gap_m:.0f} m between its shores, at least {metres_min:.0f} m expected")
        lines.append(f"{name}: open, {gap_m:.0f} m")
    return lines


def strait_gap_m(land: NDArray[Any], one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres of water between the islands that hold two points; 0 when they are one island, or not land at all."""
    shores = [land[shapely.contains_xy(land, *point)] for point in (one, other)]
    if any(len(shore) != 1 for shore in shores):
        return 0.0
    return float(shapely.distance(to_plane(shores[0][0]), to_plane(shores[1][0])))


def write(land: NDArray[Any], out: Path) -> None:
    delta, offsets = encode_land(land)
    meta = json.dumps(META, ensure_ascii=False)
    np.savez_compressed(out, delta=delta, offsets=offsets, meta=np.array(meta))


if __name__ == "__main__":
    main()
