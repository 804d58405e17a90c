"""A centre's thresholds file: what it changes, what it may not say, and that nothing else moves."""

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.cli.main import run
from fengqiao.thresholds import Thresholds, declared, read_thresholds, write_thresholds
from fengqiao.thresholds.checks import out_of_bounds, out_of_order, out_of_row, passes_another
from fengqiao.thresholds.declared import BOUNDS, columns
from fengqiao.thresholds.writing import OFF
from fengqiao.watch import HALO_NM, revision_of
from fengqiao.words import LANGUAGES, say

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "fixtures" / "thresholds_example.toml"
EVERY = [setting for named in declared().values() for setting in named.values()]
NUMBERS = [s for s in EVERY if s.kind in (int, float)]


def zh(message: str) -> str:
    return say("zh", message)


def sound(text: str) -> Thresholds:
    found, faults = read_thresholds(text, "t.toml")
    assert not faults, [say("en", f.message, f.facts) for f in faults]
    return found


@pytest.mark.parametrize("setting", EVERY, ids=lambda s: f"{s.rule}.{s.name}")
def test_factory_values_keep_their_own_bounds(setting: Any) -> None:
    """Every number lies where a centre's would have to lie, in order with the others."""
    factory = Thresholds().params[setting.rule]
    assert setting.source.strip()
    assert out_of_bounds(setting, setting.factory) is None
    assert not list(passes_another(setting, factory))
    assert not list(out_of_order(setting, setting.factory))
    assert not list(out_of_row(setting, setting.factory))
    for row in setting.factory if setting.row else ():
        for column in columns(type(row)).values():
            assert out_of_bounds(column, getattr(row, column.name)) is None, (row, column)


def test_no_distance_reaches_beyond_what_a_rule_is_shown() -> None:
    """However a centre sets them, a watch cut into shards answers as one that is not."""
    assert BOUNDS["nm"][1] <= HALO_NM


def test_an_empty_file_changes_nothing() -> None:
    assert sound("") == Thresholds()


def test_the_example_loads_and_says_what_it_changes() -> None:
    found = sound(EXAMPLE.read_text("utf-8"))
    assert found.params["feed"].silent_s_min == 120.0 and found.params["feed"].silent_s_max == 600.0
    assert [(limit.under_m, limit.beaufort) for limit in found.params["gale"].limits] == [
        (8.0, 4), (12.0, 5), (24.0, 7), (40.0, 8), (math.inf, 9),
    ]  # fmt: skip
    assert [(c.name, c.row, c.factory, c.value) for c in found.changes if c.rule == "gale"] == [
        ("coming_h", "", 6.0, 8.0),
        ("limits.beaufort", "12", 6, 5),
        ("limits.under_m", "8", None, 8.0),
        ("limits.beaufort", "8", None, 4),
    ]
    assert all(change.source and change.line > 5 for change in found.changes)


@pytest.mark.parametrize("found", [Thresholds(), sound(EXAMPLE.read_text("utf-8"))], ids=["factory", "example"])
def test_what_is_written_reads_as_what_is_in_force(found: Thresholds) -> None:
    """As written, and with every comment mark taken off, the file means the same."""
    text = write_thresholds(found, zh)
    assert sound(text).params == found.params
    assert sound(text.replace(f"\n{OFF}", "\n")).params == found.params
    assert len(sound(text).changes) == len(found.changes)
    assert text.count("source = ") >= sum(s.row is None for s in EVERY)


def test_a_row_is_changed_alone() -> None:
    """Of the table of boats by length one line moves, the others and their source stay."""
    text = '[[gale.limits]]\nunder_m = 24\nbeaufort = 6\nsource = "会议"'
    before, after = Thresholds().params["gale"].limits, sound(text).params["gale"].limits
    assert [row for row in after if row not in before] == [type(before[0])(24.0, 6, "会议")]
    assert len(after) == len(before)


@st.composite
def overrides(draw: st.DrawFn) -> dict[tuple[str, str], float]:
    """Some numbers set to something that their unit and declaration allow."""
    chosen = draw(st.lists(st.sampled_from(NUMBERS), unique_by=lambda s: (s.rule, s.name), max_size=6))
    out = {}
    for setting in chosen:
        low, high = setting.bounds
        high = min(high, 1e6)
        number = st.integers(math.ceil(low), math.floor(high)) if setting.kind is int else st.floats(low, high)
        out[setting.rule, setting.name] = draw(number)
    return out


def file_of(values: dict[tuple[str, str], float]) -> str:
    return "".join(f'[{r}.{n}]\nvalue = {v!r}\nsource = "某人 \\"某日\\""\n' for (r, n), v in values.items())


@given(overrides())
@settings(max_examples=150, deadline=None)
def test_what_is_set_is_set_and_nothing_else_moves(values: dict[tuple[str, str], float]) -> None:
    """Either the numbers stand in each other's way and that is said, or these and only these are changed."""
    found, faults = read_thresholds(file_of(values), "t.toml")
    if faults:
        assert {fault.message.removeprefix("error.thresholds_") for fault in faults} <= {"above", "below"}
        return
    for setting in EVERY:
        now = getattr(found.params[setting.rule], setting.name)
        assert now == values.get((setting.rule, setting.name), setting.factory)
    assert sound(write_thresholds(found, zh)).params == found.params
    again = Thresholds.from_json(json.loads(json.dumps(found.to_json())))
    assert again == found
    differs = any(values[s.rule, s.name] != s.factory for s in NUMBERS if (s.rule, s.name) in values)
    assert (revision_of(found.settings) != revision_of(Thresholds().settings)) is differs


def test_a_journal_of_another_version_is_read_as_far_as_it_is_known() -> None:
    """A number that is gone is passed over, one that came since has its factory value, the rest is what it was."""
    raw = sound(EXAMPLE.read_text("utf-8")).to_json()
    raw["values"]["feed"]["hold_s"] = {"not": "a number"}
    del raw["values"]["feed"]["loss_set"]
    raw["values"]["feed"]["gone"] = 3
    raw["values"]["gone"] = {"x": 1}
    again = Thresholds.from_json(json.loads(json.dumps(raw)))
    feed = again.params["feed"]
    assert (feed.silent_s_min, feed.hold_s, feed.loss_set) == (120.0, 30.0, 0.3)


FAULTS = {  # text -> what is said of it, on which line
    "[feed\n": ("syntax", 1),
    '[feed]\nhold_s = { value = 5, source = "x" }\n[colision]\n': ("unknown_rule", 3),
    "feed = 3": ("rule_no_table", 1),
    '[feed]\nsilent_s_mni = { value = 90, source = "x" }': ("unknown_name", 2),
    "[feed]\n\nsilent_s_min = 90": ("no_source", 3),
    "[feed]\nsilent_s_min = { value = 90 }": ("no_source", 2),
    '[feed]\nsilent_s_min = { value = 90, source = "  " }': ("no_source", 2),
    '[feed]\nsilent_s_min = { source = "x" }': ("no_value", 2),
    '[feed.silent_s_min]\nvalue = 90\nsource = "x"\nsorce = "y"': ("unknown_key", 1),
    '[feed]\nsilent_s_min = { value = 1.5, unit = "min", source = "x" }': ("unit", 2),
    '[feed]\nsilent_s_min = { value = "90", source = "x" }': ("kind", 2),
    '[feed]\nsilent_s_min = { value = true, source = "x" }': ("kind", 2),
    '[feed]\nsilent_s_min = { value = nan, source = "x" }': ("kind", 2),
    '[feed]\nloss_sentences_min = { value = 1.5, source = "x" }': ("kind", 2),
    '[zone]\nfishing_kn = { value = [1.0], source = "x" }': ("kind", 2),
    '[zone]\nfishing_kn = { value = [6.0, 1.0], source = "x" }': ("span", 2),
    '[zone]\nfishing_kn = { value = [1.0, 600.0], source = "x" }': ("range", 2),
    '[feed]\nsilent_s_min = { value = -1, source = "x" }': ("range", 2),
    '[feed]\nloss_set = { value = 30, source = "x" }': ("range", 2),
    '[feed]\nhold_s = { value = 1, source = "D: sentences that come again are proof enough" }': ("stale_source", 2),
    '[feed]\nloss_hold = { value = 0.5, source = "x" }': ("above", 2),
    '[feed]\nloss_set = { value = 0.1, source = "x" }': ("above", 2),
    '[gale]\nlimits = { value = 3, source = "x" }': ("no_rows", 2),
    '[gale]\n[[gale.limits]]\nbeaufort = 5\nsource = "x"': ("row_key", 2),
    "[[gale.limits]]\nunder_m = 12\nbeaufort = 5": ("no_row_source", 1),
    '[[gale.limits]]\nunder_m = 9\nsource = "x"': ("row_new", 1),
    '[[gale.limits]]\nunder_m = 12\nbeaufort = 99\nsource = "x"': ("range", 1),
    '[[gale.limits]]\nunder_m = 12\nwind = 9\nsource = "x"': ("unknown_key", 1),
    '[[gale.limits]]\nunder_m = 12\nbeaufort = 8\nsource = "x"': ("rows_order", 1),
    '[[collision.rows]]\npair = "merchant_fishing"\ncontext = "open"\nlevel = "alarm"\n'
    'tcpa_min = 12\nsource = "x"': ("row_columns", 1),
    '[[collision.rows]]\npair = "merchant_fishing"\ncontext = "open"\nlevel = "alarm"\n'
    'tcpa_min = 12\nearly_min = 30\nsource = "x"': ("rows_order", 1),
    '[[collision.rows]]\npair = "merchant"\ncontext = "open"\nlevel = "alarm"\n'
    'tcpa_min = 12\nsource = "x"': ("kind", 1),
    '[[gale.limits]]\nunder_m = 12\nbeaufort = 5\nsource = "x"\n'
    '[[gale.limits]]\nunder_m = 12\nbeaufort = 4\nsource = "x"': ("row_twice", 5),
}  # fmt: skip


@pytest.mark.parametrize("text", FAULTS, ids=lambda text: "-".join(map(str, FAULTS[text])))
def test_a_fault_is_told_with_its_line_and_mend(text: str) -> None:
    """Nothing that is not wholly understood passes, and the sentence leads to the place."""
    _, faults = read_thresholds(text, "t.toml")
    what, line = FAULTS[text]
    assert [(f.message, f.facts["line"]) for f in faults] == [(f"error.thresholds_{what}", line)]
    for lang in LANGUAGES:
        said = say(lang, faults[0].message, faults[0].facts)
        assert "t.toml" in said and str(line) in said and "error." not in said and "{" not in said.replace("= { v", "")


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 3_000 + "]" * 3_000,
        "[alerts]\nsilence_s = { value = " + "9" * 5_000 + ', source = "x" }',
        "[alerts]\nsilence_s = { value = " + "9" * 400 + ', source = "x" }',
        "[alerts]\nfold_alerts_min = { value = " + "9" * 400 + ', source = "x" }',
        "[alerts]\n\0",
    ],
    ids=["deep", "endless number", "no float", "no whole number", "nul"],
)
def test_a_file_made_to_harm_is_a_fault(text: str) -> None:
    """A running watch reads the file anew when it changes: nothing in it may end the watch."""
    _, faults = read_thresholds(text, "t.toml")
    assert faults, text[:80]


def test_all_faults_are_told_by_line() -> None:
    found, faults = read_thresholds("\n".join(t for t in FAULTS if t.startswith("[feed]\nsilent_s_mni")) + "\n[x]", "t")
    assert [fault.facts["line"] for fault in faults] == [2, 3]
    assert faults[0].facts["nearest"].startswith("silent_s_min")
    assert found.params == Thresholds().params


def test_every_parameter_class_is_plain() -> None:
    """Nothing but numbers, flags, words, short lists and tables: a file could say no other."""
    for setting in EVERY:
        assert json.loads(json.dumps(Thresholds().to_json()["values"][setting.rule]))[setting.name] is not None
    assert {rule: [f.name for f in fields(p)] for rule, p in Thresholds().params.items()} == {
        rule: list(named) for rule, named in declared().items()
    }


def test_the_command_lists_checks_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "thresholds.toml").write_bytes(EXAMPLE.read_bytes())
    assert run(["thresholds", "--data", str(data)]) == 0
    listed = capsys.readouterr()
    (line,) = (line for line in listed.out.splitlines() if "silent_s_min " in line and "120" in line)
    assert line.startswith("*") and "60" in line and "值班长会议" in line
    assert run(["thresholds", "--json", "--data", str(data)]) == 0
    numbers = json.loads(capsys.readouterr().out)["thresholds"]
    assert {"rule": "feed", "name": "silent_s_min", "unit": "s", "value": 120.0, "factory": 60.0} in [
        {k: n[k] for k in ("rule", "name", "unit", "value", "factory")} for n in numbers if n["set_by"]
    ]
    assert run(["thresholds", "--write", "--data", str(data)]) == 0
    written = capsys.readouterr().out
    assert sound(written).params == sound(EXAMPLE.read_text("utf-8")).params


def test_a_file_with_faults_is_refused_by_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[feed]\nsilent_s_min = 90\nhold_s = 3\n", "utf-8")
    assert run(["thresholds", "--check", str(bad)]) == 3
    assert len(capsys.readouterr().out.splitlines()) == 2
    recording = str(ROOT / "fixtures" / "ais" / "tagblock_groups.nmea")
    assert run(["replay", recording, "--thresholds", str(bad), "--data", str(tmp_path / "d")]) == 3
    assert "第 2 行" in capsys.readouterr().err
    assert run(["thresholds", "--check", str(tmp_path / "none.toml")]) == 3
    assert "none.toml" in capsys.readouterr().err
