"""What holds however a centre sets its thresholds."""

from hypothesis import HealthCheck, given, settings

from app.test_whatif import asked, meeting
from fengqiao import watch
from fengqiao.model.findings import Finding
from fengqiao.rules import RuleSettings
from fengqiao.situation.picture import Picture
from fengqiao.thresholds import Thresholds, read_thresholds
from rules.test_rules_laws import bays
from thresholds.test_thresholds_file import file_of, overrides


def told(picture: Picture, judged_by: RuleSettings, shards: int) -> list[tuple[str, list[Finding]]]:
    answers = watch.judge(picture, judged_by, shards)
    found = [f for answer in answers for f in answer.findings]
    return sorted(
        ((rule, sorted((f for f in found if f.rule == rule), key=lambda f: f.key)) for rule in {f.rule for f in found}),
        key=lambda part: part[0],
    )


@given(bays(), overrides())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_threshold_parts_the_shards(picture: Picture, values: dict[tuple[str, str], float]) -> None:
    """One judge over everything and three over their cells find the same by any thresholds that a file may set."""
    found, faults = read_thresholds(file_of(values), "t.toml")
    if not faults:
        assert told(picture, found.settings, 3) == told(picture, found.settings, 1), values


@given(overrides())
@settings(max_examples=15, deadline=None)
def test_no_threshold_stops_a_watch(values: dict[tuple[str, str], float]) -> None:
    """Whatever a file may set, from activity to the life of alerts, the watch goes on from tick to tick."""
    found, faults = read_thresholds(file_of(values), "t.toml")
    if not faults:
        asked(meeting(0.05, minutes=1), Thresholds(), found)
