"""Build charts/manifest.json: every chart file with its checksum, source, licence, confidence and maker.

    python charts/tools/build_manifest.py [--out FILE]

Run it last; it reads the files as they are.
"""

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

CHARTS = Path(__file__).parents[1]

# Files that no zone table makes: where they come from cannot be read off them.
OTHERS: dict[str, dict[str, Any]] = {
    "coast/land.npz": {
        "source": "OpenStreetMap land polygons in the Python package roaring-landmask 0.11.0",
        "licence": "ODbL-1.0, © OpenStreetMap contributors",
        "confidence": "vertices simplified at about 50 m; piers and small breakwaters come and go",
        "built_by": "charts/tools/build_coast.py",
    },
    "coast/names.geojson": {
        "source": "common names, each placed by hand in the OpenStreetMap island of the right area",
        "licence": "ODbL-1.0, © OpenStreetMap contributors",
        "confidence": {"literature": 40},
        "built_by": "hand",
    },
    "schema/zone-1.json": {
        "source": "this project",
        "licence": "Apache-2.0",
        "confidence": "",
        "built_by": "hand",
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=CHARTS / "manifest.json")
    out: Path = parser.parse_args().out
    zones = {f"zones/{p.name}": zone_file(p) for p in (CHARTS / "zones").glob("*.geojson")}
    entries = {name: checksum(CHARTS / name) | about for name, about in sorted((OTHERS | zones).items())}
    out.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    print(f"{out}: {len(entries)} files")


def checksum(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    return {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def zone_file(path: Path) -> dict[str, Any]:
    layer = json.loads(path.read_text(encoding="utf-8"))
    confidences = Counter(feature["properties"]["confidence"] for feature in layer["features"])
    return {
        "source": f"charts/tools/facts/{path.stem}.toml, and in each feature",
        "licence": layer["licence"],
        "confidence": dict(sorted(confidences.items())),
        "built_by": "charts/tools/build_zones.py",
    }


if __name__ == "__main__":
    main()
