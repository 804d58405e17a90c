"""What a zone feature must be: the rules of ``charts/schema/zone-1.json`` and those a schema cannot say.

In plain Python, so that a person gets a sentence with the place and not a schema path. Every check yields reason
ids with facts; their sentences are ``zone_problem.<reason>`` in the word catalogues.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from fengqiao.nav import SEA_LAT_DEG, SEA_LON_DEG
from fengqiao.zones.zone import Use


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS = _words(
    "harbour_basin fishing_port bay_governance anchorage typhoon_shelter trawl_line trawl_prohibited moratorium"
    " fishing_ground fishing_grid germplasm_core germplasm_experimental marine_reserve artificial_reef aquaculture"
    " tss_lane tss_separation precautionary_area fairway merchant_route fishing_route route_area collision_warning"
    " submarine_cable submarine_pipeline wind_farm restricted temporary_prohibited treaty_zone baseline"
    " boundary_line custom"
)
CONFIDENCES = _words("official derived literature historical approximate unverified test")
TRUSTED = frozenset({"official", "derived"})  # the only ones that may enforce
DATUMS = frozenset({"CGCS2000", "WGS84", "GCJ02-converted", "BJ54-converted", "unknown"})
LEVELS = _words("allow record notice warn alarm")
REQUIRED = ("id", "name_zh", "kind", "geometry_role", "confidence", "source", "valid")
WINDOW_KEYS = _words("from to gear gear_except permit_ok status source")
WINDOW_STATUS = frozenset({"gazetted", "carried_over", "assumed"})
ROLE_SHAPES = {
    "area": ("Polygon", "MultiPolygon"),
    "line_cross": ("LineString", "MultiLineString"),
    "line_side": ("LineString", "MultiLineString"),
    "corridor_axis": ("LineString", "MultiLineString"),
    "point_label": ("Point",),
}
# Gear codes of fengqiao.register.GEARS, repeated because rooms of one layer do not see each other; a test compares.
GEARS = _words(
    "pair_trawl single_trawl beam_shrimp gillnet stow_net small_stow_net light_seine pot hook auxiliary other"
)

VERTICES_MAX = 100_000  # of one feature; our longest densified line has 1,100
METRES_MAX = (
    10_000_000  # widths, depths, uncertainties: a quarter of the earth, and no NaN, infinity or endless integer
)
_ID = re.compile(r"[a-z0-9-]{3,64}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Facts = dict[str, Any]
Found = Iterator[tuple[str, Facts]]


def short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def property_problems(props: Facts) -> list[tuple[str, Facts]]:
    found: list[tuple[str, Facts]] = [("key_missing", {"key": key}) for key in REQUIRED if key not in props]
    for key, fits in _FIELDS.items():
        if key in props and not fits(props[key]):
            found.append(("value_wrong", {"key": key, "value": short(props[key])}))
    if found:  # the rest may take every field for what it should be
        return found
    return [*_valid_problems(props["valid"]), *_window_problems(props), *_rule_problems(props), *_use_problems(props)]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= METRES_MAX


def _is_rev(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**31


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _is_basis(value: Any) -> bool:
    keys = ("title", "number", "date", "url")
    return isinstance(value, list) and all(
        isinstance(v, dict) and "title" in v and all(isinstance(v.get(k, ""), str) for k in keys) for v in value
    )


def _is_hysteresis(value: Any) -> bool:
    return isinstance(value, dict) and _is_number(value.get("out_m", 0)) and _is_rev(value.get("in_fixes", 1))


def _one_of(words: frozenset[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


_FIELDS: dict[str, Callable[[Any], bool]] = {
    "id": lambda v: isinstance(v, str) and _ID.fullmatch(v) is not None,
    "rev": _is_rev,
    "name_zh": lambda v: isinstance(v, str) and v != "",
    "name_en": _is_text,
    "kind": _one_of(KINDS),
    "geometry_role": _one_of(frozenset(ROLE_SHAPES)),
    "authority": _is_text,
    "legal_basis": _is_basis,
    "valid": _is_dict,
    "windows": lambda v: isinstance(v, list) and all(isinstance(w, dict) for w in v),
    "rule": _is_dict,
    "hysteresis": _is_hysteresis,
    "width_m": _is_number,
    "depth_m": _is_number,
    "uncertainty_m": _is_number,
    "datum": _one_of(DATUMS),
    "source": lambda v: _is_texts(v) and len(v) > 0,
    "confidence": _one_of(CONFIDENCES),
    "use": _one_of(frozenset(Use)),
    "checked_by": _is_text,
    "checked_on": lambda v: isinstance(v, str) and _date_reads(v),
    "notes": _is_text,
}


def _date_reads(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def instant_ms(value: Any) -> int | None:
    """Unix milliseconds of an RFC 3339 instant; None when it does not read or names no offset from UTC."""
    try:
        instant = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return None if instant.tzinfo is None else (instant - _EPOCH) // timedelta(milliseconds=1)


def _span_problems(span: Facts, where: str, may_be_open: Collection[str]) -> Found:
    """``from`` and ``to`` must read and be in order; which of them may be null is given."""
    for key in ("from", "to"):
        missing = span.get(key) is None
        if (missing and key not in may_be_open) or (not missing and instant_ms(span[key]) is None):
            yield "instant_wrong", {"key": f"{where}.{key}", "value": short(span.get(key))}
    start, end = instant_ms(span.get("from")), instant_ms(span.get("to"))
    if start is not None and end is not None and start >= end:
        yield "dates_reversed", {"key": where, "from": span["from"], "to": span["to"]}


def _valid_problems(valid: Facts) -> Found:
    if "from" not in valid:
        yield "key_missing", {"key": "valid.from"}
    yield from _span_problems(valid, "valid", ("from", "to"))


def _window_problems(props: Facts) -> Found:
    for i, window in enumerate(props.get("windows", [])):
        where = f"windows[{i}]"
        yield from _span_problems(window, where, ("to",) if "to" in window else ())  # that it has no end must be said
        for key in sorted(set(window) - WINDOW_KEYS):
            yield "key_unknown", {"key": f"{where}.{key}"}
        for key in ("gear", "gear_except"):
            gears = window.get(key, [])
            bad = [g for g in gears if g not in GEARS] if _is_texts(gears) else [gears]
            yield from (("gear_unknown", {"key": f"{where}.{key}", "value": short(g)}) for g in bad)
        if not isinstance(window.get("permit_ok", False), bool):
            yield "value_wrong", {"key": f"{where}.permit_ok", "value": short(window["permit_ok"])}
        if not _one_of(WINDOW_STATUS)(window.get("status", "gazetted")):
            yield "value_wrong", {"key": f"{where}.status", "value": short(window["status"])}
        if not _is_text(window.get("source", "")):
            yield "value_wrong", {"key": f"{where}.source", "value": short(window["source"])}


def _rule_problems(props: Facts) -> Found:
    rule = props.get("rule", {})
    for key in ("enter", "leave"):
        if not _one_of(LEVELS)(rule.get(key, "allow")):
            yield "value_wrong", {"key": f"rule.{key}", "value": short(rule[key])}
    for key in ("fishing", "anchoring"):
        if not isinstance(rule.get(key, False), bool):
            yield "value_wrong", {"key": f"rule.{key}", "value": short(rule[key])}


def _use_problems(props: Facts) -> Found:
    """Only the law's own figures, checked by a person who stands for it, may enforce."""
    if props.get("use") != Use.ENFORCE:
        return
    missing = [k for k in ("checked_by", "checked_on", "legal_basis") if not props.get(k)]
    if missing or props["confidence"] not in TRUSTED:
        yield "enforce_unchecked", {"missing": " ".join(missing) or "-", "confidence": props["confidence"]}


def read_geometry(value: Any) -> tuple[BaseGeometry | None, list[tuple[str, Facts]]]:
    if not isinstance(value, dict):
        return None, [("geometry_broken", {"why": "none"})]
    try:
        geometry = shapely.from_geojson(json.dumps(value))
    except (shapely.errors.ShapelyError, ValueError, RecursionError) as why:
        return None, [("geometry_broken", {"why": short(why)})]
    return shapely.force_2d(geometry), []


def geometry_problems(geometry: BaseGeometry, role: str) -> list[tuple[str, Facts]]:
    if geometry.geom_type not in ROLE_SHAPES[role]:
        return [("shape_wrong", {"role": role, "shape": geometry.geom_type})]
    count = int(shapely.get_num_coordinates(geometry))
    if not 0 < count <= VERTICES_MAX:
        return [("vertices_wrong", {"count": count, "count_max": VERTICES_MAX})]
    west, south, east, north = geometry.bounds
    if not (SEA_LON_DEG[0] <= west <= east <= SEA_LON_DEG[1] and SEA_LAT_DEG[0] <= south <= north <= SEA_LAT_DEG[1]):
        return [("out_of_bounds", {"west": west, "south": south, "east": east, "north": north})]
    if not geometry.is_valid:
        return [("geometry_broken", {"why": short(shapely.is_valid_reason(geometry))})]
    return []
