"""What holds for all rules together."""

import json
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao import nav, watch
from fengqiao.fleet import past
from fengqiao.fleet.vessels import Kind
from fengqiao.model.findings import ChangeKind, Finding, Findings, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.model.health import FeedHealth
from fengqiao.model.trip import Trip
from fengqiao.register.vessel import GEARS, Identity, RegisteredVessel
from fengqiao.rules import PARAMETERS, RULES, RuleSettings, close_pass
from fengqiao.situation import company
from fengqiao.situation.outings import OUTINGS, Outings
from fengqiao.situation.picture import Picture
from fengqiao.words import LANGUAGES, catalogue, say
from fengqiao.zones.zone import Use, Zone
from rules.scene import AT_MS, Scene, at_nm

CLOSED = Zone(
    "closed", 1, "marine_reserve", "area", "保护区", "Reserve", shapely.box(122.3, 29.7, 123.0, 30.3), "official",
    Use.ENFORCE, ("A",), rule={"enter": "warn", "fishing": False},
)  # fmt: skip
GALE = GaleWarning("g1", 9, AT_MS - 1, AT_MS + 1, "舟山市气象台", polygon=((122, 29), (124, 29), (124, 31), (122, 31)))

TRIPS = tuple(
    Trip(f"t{n}", 412_000_000 + n, AT_MS - n * 1_800_000, AT_MS - 50_000_000, AT_MS - 50_000_000, "王建国", "", n % 2)
    for n in range(2, 50, 5)
)
OUT = Outings.from_rows(
    [
        [{**dict.fromkeys(Outings.names(), 0), "mmsi": 412_000_000 + n, "lon_deg": 122.6, "lat_deg": 30.0,
          "out_ms": AT_MS - 50_000_000, "heard_ms": AT_MS - n * 60_000, "hours": [10.0] * OUTINGS}[column]
         for column in Outings.names()]
        for n in range(1, 50, 3)
    ]
)  # fmt: skip

UNKNOWN: tuple[Any, ...] = ((), ("lon_deg", "lat_deg"), ("sog_kn",), ("sog_kn", "cog_deg"), ("interval_s", "length_m"))
UNKNOWN_SHARE = (0.8, 0.05, 0.05, 0.05, 0.05)


@st.composite
def bays(draw: st.DrawFn) -> Picture:
    """Clusters of vessels across a sea-cell corner: under way, lying, silent, in distress, twice under one number."""
    scene, rng = Scene(), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    east_deg = draw(st.sampled_from((0.0, 0.0, 180.0 - 122.6)))  # or about the date line
    for n in range(draw(st.integers(2, 45))):
        place = at_nm(*(rng.normal(0.0, 1.0, 2) * rng.choice([0.5, 8.0])))
        sog, cog = float(rng.choice([0.0, 0.3, 3.0, 8.0, 21.0])), float(rng.uniform(0, 360))
        age_s = float(rng.choice([0.0, 20.0, 200.0, 700.0, 40_000.0], p=[0.4, 0.3, 0.15, 0.1, 0.05]))
        mmsi, voice = (412_000_000 + n, 0) if n % 9 else (412_000_001, n + 1)
        make = scene.merchant if rng.random() < 0.3 else scene.boat
        more: dict[str, Any] = {"age_s": age_s, "voice": voice, "near_harbour": rng.random() < 0.1}
        if rng.random() < 0.05:
            more |= {"kind": int(Kind.SART), "nav_status": int(rng.choice([14, 15])), "fishing": False}
        if rng.random() < 0.05:
            more |= {"cog_deg": np.nan}
        make(mmsi, *place, sog, cog, **more)
        for column in ("lon_deg", "ring_lon"):
            scene.rows[-1][column] = (scene.rows[-1][column] + east_deg + 180.0) % 360.0 - 180.0
        scene.rows[-1] |= dict.fromkeys(UNKNOWN[rng.choice(len(UNKNOWN), p=UNKNOWN_SHARE)], np.nan)
    scene.registered(RegisteredVessel("1", "浙普渔1", (Identity(412_000_002, "浙普渔1"),), gear="hook"))
    rows = [n for n in range(len(scene.rows)) if n % 2]
    feeds = (FeedHealth("udp", 100, 50, AT_MS - 9_000_000, AT_MS - 700_000, 0.0),)
    return scene.picture({"closed": rows}, (CLOSED,), gales=(GALE,), feeds=feeds, trips=TRIPS, outings=OUT)


def answers(picture: Picture, shards: int) -> Iterator[tuple[str, list[Finding], frozenset[int]]]:
    """What all judges together say, rule by rule."""
    said: dict[str, list[Findings]] = {}
    for answer in watch.judge(picture, RuleSettings(), shards):
        said.setdefault(answer.rule, []).append(answer)
    for rule, parts in sorted(said.items()):
        findings = sorted((f for part in parts for f in part.findings), key=lambda f: f.key)
        yield rule, findings, frozenset().union(*(part.undecided for part in parts))


@settings(max_examples=40, deadline=None)
@given(bays(), st.sampled_from((2, 3, 16)))
def test_many_judges_say_together_what_one_says(picture: Picture, shards: int) -> None:
    """The sea cut into cells with a halo: the same findings with the same facts, and the same undecided vessels."""
    assert list(answers(picture, shards)) == list(answers(picture, 1))


@settings(max_examples=40, deadline=None)
@given(bays())
def test_every_finding_keeps_its_promises(picture: Picture) -> None:
    """One finding to a key, holding at least what it asks, JSON facts, and a sentence in each language."""
    for _, findings, _ in answers(picture, 1):
        assert len({f.key for f in findings}) == len(findings)
        for finding in findings:
            assert finding.set_level is None or finding.set_level <= finding.hold_level
            assert json.loads(json.dumps(finding.facts, allow_nan=False)) == finding.facts
            for lang in LANGUAGES:
                sentence = say(lang, finding.message, finding.facts)
                assert not sentence.startswith("alert.") and "{" not in sentence and "None" not in sentence


@given(bays(), st.integers(1, 7))
@settings(max_examples=15, deadline=None)
def test_pairs_are_looked_at_in_portions_without_a_seam(picture: Picture, portion: int) -> None:
    """However few at a time: a flood must not take all memory, nor change an answer."""
    whole = list(answers(picture, 1))
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(close_pass, "CHUNK_PAIRS", portion)
        limits.setattr(company, "CHUNK_PAIRS", portion)
        limits.setattr(past, "CHUNK_ROWS", portion)
        assert list(answers(picture, 1)) == whole


@given(bays())
@settings(max_examples=10, deadline=None)
def test_who_owns_nothing_says_nothing(picture: Picture) -> None:
    """A judge of a cell answers only for its own rows."""
    picture = replace(picture, own=np.zeros(len(picture.vessels), bool))
    for rule, params in RuleSettings().each():
        if rule.SCOPE == "cell":
            answer = rule.check(picture, params)
            assert (answer.findings, answer.undecided) == ((), frozenset())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.NAME)
def test_an_empty_sea_is_quiet(rule: Any) -> None:
    assert rule.check(Scene().picture(), rule.Params()) == Findings(rule.NAME, hold_s=rule.Params().hold_s)


def test_settings_are_json_and_frozen() -> None:
    """The settings hash is made of this: every rule is in it, and every number."""
    parts = json.loads(json.dumps(asdict(RuleSettings())))["params"]
    assert set(parts) == set(PARAMETERS)
    assert parts["collision"]["rows"][0]["dcpa_nm"] == 1.0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_an_alert_is_there(lang: str) -> None:
    """Rules, priorities, changes and gears have a word in each language."""
    needed = {f"rule.{name}" for name in PARAMETERS} | {f"priority.{p.word}" for p in Priority}
    needed |= {f"change.{c.value}" for c in ChangeKind} | {f"gear.{g}" for g in GEARS}
    assert needed <= set(catalogue(lang))


def test_no_setting_lets_a_rule_look_beyond_the_halo_of_its_cell() -> None:
    """Else many judges would no longer say what one says: every distance of a cell rule has a bound."""
    reaches = {
        "collision": ("radius_nm", "close_nm", "net_chain_nm"),
        "condition": ("nuc_near_nm", "stop_look_nm"),
        "distress": ("nearest_nm",),
        "gap": ("neighbours_nm", "pass_look_nm"),
    }
    for rule, names in reaches.items():
        bounds = {f.name: f.metadata["at_most"] for f in fields(PARAMETERS[rule])}
        assert all(bounds[name] < watch.HALO_NM for name in names)
    bounds = {f.name: f.metadata["at_most"] for f in fields(PARAMETERS["collision"])}
    assert bounds["radius_nm"] + 2.0 * bounds["net_chain_nm"] <= watch.HALO_NM  # to a buoy, and the one next but one
    crowd_nm = 2.0 * bounds["crowd_m"] / nav.NM_M  # to who lies there, and to those who make it a harbour
    assert bounds["radius_nm"] + crowd_nm <= watch.HALO_NM
