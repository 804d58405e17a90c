"""Zone files: what is taken, and what is refused with which problem."""

import copy
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.model.errors import InputFault
from fengqiao.register.vessel import GEARS as REGISTER_GEARS
from fengqiao.words import LANGUAGES, catalogue
from fengqiao.words.resources import shipped
from fengqiao.zones.checks import CONFIDENCES, GEARS, KINDS, LEVELS, REQUIRED, ROLE_SHAPES, WINDOW_KEYS, WINDOW_STATUS
from fengqiao.zones.load import lint, load_zones
from fengqiao.zones.zone import Use

SCHEMA = json.loads(shipped("charts", "schema", "zone-1.json").read_text(encoding="utf-8"))

GOOD: dict[str, Any] = {
    "type": "Feature",
    "properties": {
        "id": "closed-water",
        "rev": 3,
        "name_zh": "某休渔海域",
        "kind": "moratorium",
        "geometry_role": "area",
        "confidence": "official",
        "source": ["某通告"],
        "legal_basis": [{"title": "某通告", "number": "〔2025〕1号", "date": "2025-03-01"}],
        "valid": {"from": "2025-05-01T12:00:00+08:00", "to": None},
        "windows": [
            {
                "from": "2025-05-01T12:00:00+08:00",
                "to": "2025-09-16T12:00:00+08:00",
                "gear": ["gillnet"],
                "permit_ok": True,
            }
        ],
        "rule": {"enter": "warn", "fishing": False},
        "uncertainty_m": 100,
        "hysteresis": {"out_m": 80, "in_fixes": 3},
    },
    "geometry": {"type": "Polygon", "coordinates": [[[122, 30], [123, 30], [123, 31], [122, 31], [122, 30]]]},
}


def file_of(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good feature with one thing put wrong; ``...`` removes it."""
    feature = copy.deepcopy(GOOD)
    *way, last = path.split(".")
    node: Any = feature
    for step in way:
        node = node[int(step)] if step.isdigit() else node[step]
    if value is ...:
        del node[last]
    else:
        node[int(last) if last.isdigit() else last] = value
    return feature


def test_a_good_feature_becomes_a_zone() -> None:
    """Every field arrives: local times as UTC milliseconds, the law in one line, hysteresis and rule."""
    (zone,) = load_zones({"local.geojson": file_of(GOOD)}).zones
    assert zone.ref == "closed-water@3"
    assert zone.valid_from_ms == 1746072000_000
    assert zone.valid(1746072000_000) and not zone.valid(1746072000_000 - 1)
    assert (zone.windows[0].to_ms, zone.windows[0].gear, zone.windows[0].permit_ok) == (
        1757995200_000,
        ("gillnet",),
        True,
    )
    assert zone.legal_basis == ("某通告 〔2025〕1号 2025-03-01",)
    assert (zone.use, zone.out_m, zone.in_fixes, zone.uncertainty_m) == (Use.ADVISE, 80.0, 3, 100.0)
    assert zone.name_en == "某休渔海域"


def test_a_window_may_have_no_end() -> None:
    """A ban that nobody has lifted bites for good."""
    (zone,) = load_zones({"local.geojson": file_of(changed("properties.windows.0.to", None))}).zones
    assert zone.windows[0].bites(4_102_444_800_000)  # the year 2100


BROKEN = [
    ("properties.id", ..., "key_missing"),
    ("properties.id", "Bad Id", "value_wrong"),
    ("properties.source", [], "value_wrong"),
    ("properties.source", "text", "value_wrong"),
    ("properties.kind", "sea_name", "value_wrong"),
    ("properties.kind", ["moratorium"], "value_wrong"),
    ("properties.geometry_role", "circle", "value_wrong"),
    ("properties.confidence", "sure", "value_wrong"),
    ("properties.use", "punish", "value_wrong"),
    ("properties.rev", 0, "value_wrong"),
    ("properties.uncertainty_m", float("nan"), "value_wrong"),
    ("properties.uncertainty_m", -1, "value_wrong"),
    ("properties.uncertainty_m", 10**400, "value_wrong"),
    ("properties.hysteresis.out_m", True, "value_wrong"),
    ("properties.hysteresis.in_fixes", 0, "value_wrong"),
    ("properties.checked_on", "yesterday", "value_wrong"),
    ("properties.valid", {}, "key_missing"),
    ("properties.valid.from", "2025-05-01T12:00:00", "instant_wrong"),  # no offset from UTC: whose noon?
    ("properties.valid.to", "2024-01-01T00:00:00Z", "dates_reversed"),
    ("properties.windows.0.from", "2025-13-01T12:00:00Z", "instant_wrong"),
    ("properties.windows.0.to", ..., "instant_wrong"),  # that there is no end is said, not left out
    ("properties.windows.0.to", "2025-05-01T04:00:00Z", "dates_reversed"),
    ("properties.windows.0.daily", "06:00/12:00", "key_unknown"),
    ("properties.windows.0.gear", ["trawler"], "gear_unknown"),
    ("properties.windows.0.gear", "gillnet", "gear_unknown"),
    ("properties.windows.0.status", "rumoured", "value_wrong"),
    ("properties.windows.0.permit_ok", "yes", "value_wrong"),
    ("properties.rule.enter", "shout", "value_wrong"),
    ("properties.rule.fishing", "no", "value_wrong"),
    ("properties.use", "enforce", "enforce_unchecked"),
    ("properties", None, "not_feature"),
    ("geometry", None, "geometry_broken"),
    ("geometry.coordinates", [[[122, 30], [123, 30]]], "geometry_broken"),
    ("geometry.coordinates", [[[122, 30], [123, 31], [123, 30], [122, 31], [122, 30]]], "geometry_broken"),  # a bow tie
    ("geometry.coordinates", "everywhere", "geometry_broken"),
    ("geometry.coordinates.0.0", [float("nan"), 30], "geometry_broken"),
    ("geometry.coordinates.0.0", [float("inf"), 30], "geometry_broken"),
    ("geometry.coordinates.0.1", [10**400, 30], "geometry_broken"),
    ("geometry.coordinates.0.1", [1e300, 30], "out_of_bounds"),
    ("geometry.coordinates", [], "vertices_wrong"),
    ("geometry", {"type": "Point", "coordinates": [122, 30]}, "shape_wrong"),
    ("geometry.coordinates", [[[30, 122], [30, 123], [31, 123], [31, 122], [30, 122]]], "out_of_bounds"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "reason"), BROKEN)
def test_a_broken_feature_is_named_with_its_problem(path: str, value: Any, reason: str) -> None:
    """The problem is found by lint, and load refuses the whole set naming file, feature and reason."""
    texts = {"local.geojson": file_of(changed(path, value))}
    assert reason in {p.reason for p in lint(texts)}
    with pytest.raises(InputFault) as refusal:
        load_zones(texts)
    assert refusal.value.message == "error.zone_broken"
    assert refusal.value.facts["file"] == "local.geojson"
    assert refusal.value.facts["feature"] in ("closed-water", "Bad Id", "#1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not_json"),
        (b"\xff\xfe\x00", "not_utf8"),
        ("[" * 100_000, "not_json"),
        ("[]", "not_collection"),
        ('{"type": "FeatureCollection"}', "not_collection"),
        (file_of("feature"), "not_feature"),
        (file_of(GOOD, GOOD), "id_twice"),
        (json.dumps({"features": [0] * 10_001}), "too_many_features"),
        (b" " * (32 * 2**20 + 1), "file_too_large"),
    ],
)
def test_a_file_that_is_no_zone_file_is_named(text: str | bytes, reason: str) -> None:
    """Empty, noise, too deep, too long, twice the same: one problem each."""
    assert {p.reason for p in lint({"noise.geojson": text})} == {reason}


def test_enforce_takes_a_name_a_day_and_a_law() -> None:
    """An official zone that a named person checked may enforce; the same figures from hearsay may not."""
    feature = changed("properties.use", "enforce")
    feature["properties"] |= {"checked_by": "某检查员", "checked_on": "2026-01-05"}
    assert load_zones({"f": file_of(feature)}).zones[0].use is Use.ENFORCE
    feature["properties"]["confidence"] = "literature"
    assert [p.reason for p in lint({"f": file_of(feature)})] == ["enforce_unchecked"]


def test_the_revision_follows_the_content() -> None:
    """Same files, same revision, in whatever order; one changed letter, another revision."""
    one, two = file_of(GOOD), file_of(changed("properties.id", "other-water"))
    revision = load_zones({"a": one, "b": two}).revision
    assert load_zones({"b": two.encode(), "a": one}).revision == revision
    assert load_zones({"a": one, "b": two + " "}).revision != revision
    assert len(revision) == 12


def test_the_checks_know_the_words_of_the_schema() -> None:
    """Kinds, confidences, roles, uses and required keys are those of the schema, gears those of the register."""
    props = SCHEMA["properties"]
    window = props["windows"]["items"]["properties"]
    assert set(props["kind"]["enum"]) == KINDS
    assert set(props["confidence"]["enum"]) == CONFIDENCES
    assert set(props["geometry_role"]["enum"]) == set(ROLE_SHAPES)
    assert set(props["use"]["enum"]) == set(Use)
    assert set(window) == WINDOW_KEYS
    assert set(window["status"]["enum"]) == WINDOW_STATUS
    assert set(props["rule"]["properties"]["enter"]["enum"]) == LEVELS
    assert set(SCHEMA["required"]) == set(REQUIRED)
    assert set(REGISTER_GEARS) == GEARS


def test_the_schema_takes_the_good_feature() -> None:
    """The feature these tests break is good by the schema too."""
    jsonschema.Draft202012Validator(SCHEMA).validate(GOOD["properties"])


def test_every_problem_has_a_sentence_in_every_language() -> None:
    """No reason met here is shown as a bare id."""
    reasons = {reason for *_, reason in BROKEN} | {"not_json", "not_utf8", "not_collection", "too_many_features"}
    reasons |= {"file_too_large", "id_twice"}
    for lang in LANGUAGES:
        assert {f"zone_problem.{r}" for r in reasons} <= set(catalogue(lang))
        assert "error.zone_broken" in catalogue(lang)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | st.just("area"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["from", "gear"]), inner, max_size=3),
    max_leaves=6,
)
PATHS = [f"properties.{k}" for k in GOOD["properties"]] + ["properties.windows.0", "properties.legal_basis.0"]
PATHS += ["properties", "geometry", "geometry.coordinates", "geometry.coordinates.0", "geometry.coordinates.0.1"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PATHS), JSON)
def test_whatever_stands_in_a_field_is_taken_or_named(path: str, value: Any) -> None:
    """A file with anything at all in any field loads, or every reason it does not is a known problem."""
    texts = {"local.geojson": file_of(changed(path, value))}
    problems = lint(texts)
    assert {p.message for p in problems} <= set(catalogue("zh"))
    if not problems:
        assert load_zones(texts).by_id


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60))
def test_noise_is_no_zone_file(noise: bytes | str) -> None:
    """Noise gives exactly one problem of the whole file."""
    (problem,) = lint({"noise": noise})
    assert (problem.file, problem.feature) == ("noise", "")
