"""GeoJSON of ``charts/zones`` and of a centre's own files → zones, every fault named."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from fengqiao.model.errors import InputFault
from fengqiao.zones.checks import Facts, geometry_problems, instant_ms, property_problems, read_geometry, short
from fengqiao.zones.zone import NO_END_MS, Use, Window, Zone
from fengqiao.zones.zoneset import ZoneSet

FILE_BYTES_MAX = 32 * 2**20  # a hundred times our largest file: more is no zone file
FEATURES_MAX = 10_000  # the largest count the geometry was measured with


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one feature (or, with ``feature`` empty, with the whole file)."""

    file: str
    feature: str  # its id, or #number counted from 1 where it has none
    reason: str
    facts: Facts

    @property
    def message(self) -> str:
        """Id of the sentence in the word catalogues."""
        return f"zone_problem.{self.reason}"


def load_zones(texts: Mapping[str, str | bytes]) -> ZoneSet:
    """Zones from file name → GeoJSON text; the first problem of any feature refuses the whole set.

    Raises ``InputFault("zone_broken", file=, feature=, reason=, detail=)``. A watch must not run on half a chart.
    """
    zones, problems = _read(texts)
    if problems:
        first = problems[0]
        detail = ", ".join(f"{k}={v}" for k, v in first.facts.items())
        raise InputFault("zone_broken", file=first.file, feature=first.feature, reason=first.reason, detail=detail)
    return ZoneSet(zones, _revision(texts))


def lint(texts: Mapping[str, str | bytes]) -> list[Problem]:
    """Every problem of every feature, in order of file and feature; empty means ``load_zones`` will take them."""
    return _read(texts)[1]


def _revision(texts: Mapping[str, str | bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(texts):
        for part in (name.encode(errors="replace"), _as_bytes(texts[name])):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


def _as_bytes(text: str | bytes) -> bytes:
    return text.encode(errors="surrogatepass") if isinstance(text, str) else text


def _read(texts: Mapping[str, str | bytes]) -> tuple[list[Zone], list[Problem]]:
    zones: dict[str, Zone] = {}
    problems: list[Problem] = []
    for file in sorted(texts):
        features, reason, facts = _features(texts[file])
        if reason:
            problems.append(Problem(file, "", reason, facts))
        for number, feature in enumerate(features, 1):
            name, found, zone = _read_feature(feature, number)
            if zone is not None and zone.zone_id in zones:
                found, zone = [("id_twice", {"id": zone.zone_id})], None
            problems += [Problem(file, name, r, f) for r, f in found]
            if zone is not None:
                zones[zone.zone_id] = zone
    return [zones[i] for i in sorted(zones)], problems


def _features(text: str | bytes) -> tuple[list[Any], str, Facts]:
    """The features of one file, or none of them and why."""
    raw = _as_bytes(text)
    if len(raw) > FILE_BYTES_MAX:
        return [], "file_too_large", {"bytes": len(raw), "bytes_max": FILE_BYTES_MAX}
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as why:
        return [], "not_utf8", {"byte": why.start}
    except RecursionError:
        return [], "not_json", {"why": "nested too deeply"}
    except ValueError as why:
        return [], "not_json", {"why": short(why)}
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        return [], "not_collection", {}
    if len(features) > FEATURES_MAX:
        return [], "too_many_features", {"count": len(features), "count_max": FEATURES_MAX}
    return features, "", {}


def _read_feature(feature: Any, number: int) -> tuple[str, list[tuple[str, Facts]], Zone | None]:
    """The feature's name in problems, its problems, and the zone if it has none."""
    props = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(props, dict):
        return f"#{number}", [("not_feature", {})], None
    identity = props.get("id")
    name = identity[:64] if isinstance(identity, str) and identity else f"#{number}"
    geometry, found = read_geometry(feature.get("geometry"))
    found += property_problems(props)
    if geometry is not None and not found:
        found += geometry_problems(geometry, props["geometry_role"])
    if geometry is None or found:
        return name, found, None
    return name, [], _zone(props, geometry)


def _zone(props: Facts, geometry: BaseGeometry) -> Zone:
    valid, hysteresis = props["valid"], props.get("hysteresis", {})
    start, end = instant_ms(valid.get("from")), instant_ms(valid.get("to"))
    return Zone(
        zone_id=props["id"],
        rev=props.get("rev", 1),
        kind=props["kind"],
        role=props["geometry_role"],
        name_zh=props["name_zh"],
        name_en=props.get("name_en", "") or props["name_zh"],
        geometry=geometry,
        confidence=props["confidence"],
        use=Use(props.get("use", Use.ADVISE)),
        source=tuple(props["source"]),
        legal_basis=tuple(_cited(b) for b in props.get("legal_basis", [])),
        valid_from_ms=-(2**62) if start is None else start,
        valid_to_ms=NO_END_MS if end is None else end,
        windows=tuple(_window(w) for w in props.get("windows", [])),
        rule=dict(props.get("rule", {})),
        uncertainty_m=float(props.get("uncertainty_m", 0.0)),
        out_m=float(hysteresis.get("out_m", 50.0)),
        in_fixes=hysteresis.get("in_fixes", 2),
        notes=props.get("notes", ""),
    )


def _cited(basis: Mapping[str, str]) -> str:
    return " ".join(basis[k] for k in ("title", "number", "date") if basis.get(k))


def _window(window: Facts) -> Window:
    start, end = instant_ms(window["from"]), instant_ms(window["to"])
    assert start is not None, "checked by property_problems"
    return Window(
        from_ms=start,
        to_ms=NO_END_MS if end is None else end,
        gear=tuple(window.get("gear", [])),
        gear_except=tuple(window.get("gear_except", [])),
        permit_ok=window.get("permit_ok", False),
        status=window.get("status", "gazetted"),
        source=window.get("source", ""),
    )
