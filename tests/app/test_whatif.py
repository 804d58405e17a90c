"""What other thresholds would have raised: known by hand for two meetings, and held to a replay on a real recording."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.centre import Centre
from builders import T0, batch, fix, name
from fengqiao import nav
from fengqiao.app.heard import Feeds, Heard, from_raw_log, from_recordings
from fengqiao.app.replay import replay
from fengqiao.app.ticker import TICK_MS
from fengqiao.app.whatif import WhatIf
from fengqiao.cli.main import run
from fengqiao.model.findings import Priority
from fengqiao.model.inputs import Tick
from fengqiao.register.vessel import Register
from fengqiao.situation import Surroundings
from fengqiao.store.database import open_store
from fengqiao.thresholds import Thresholds, declared, read_thresholds
from fengqiao.thresholds.values import to_plain
from fengqiao.zones.zoneset import ZoneSet

ROOT = Path(__file__).resolve().parents[2]
DENMARK = ROOT.parent / "shared" / "data" / "ais" / "denmark_20131112.tag.nmea"
SHIP, BOAT = 538_990_102, 412_990_108
NOWHERE = Surroundings(ZoneSet(()), Register())
ORIGIN = (122.6, 30.0)
CLOSING_KN = 15.0
BEGIN_NM = 6.25  # apart along the course: at 15 kn together they pass after 25 minutes


def table(level: Priority, **columns: float) -> str:
    """The rows of the collision table for ship and boat at one level, with other numbers."""
    setting = declared()["collision"]["rows"]
    out = ""
    for row in setting.factory:
        if (row.pair, row.level) != ("merchant_fishing", level):
            continue
        given = {key: to_plain(getattr(row, key)) for key in setting.key} | columns
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in given.items() if hasattr(row, key))
        out += f'[[collision.rows]]\n{lines}source = "试"\n'
    return out


def thresholds(text: str) -> Thresholds:
    found, faults = read_thresholds(text, "t.toml")
    assert not faults, [fault.facts | {"what": fault.message} for fault in faults]
    return found


def warned(minutes: float) -> Thresholds:
    """Ship and boat warned of so many minutes before, no sooner however sure."""
    return thresholds(table(Priority.WARNING, tcpa_min=minutes, early_min=minutes))


def meeting(miss_nm: float, minutes: int = 29) -> Iterator[Heard]:
    """Ship north at 8 kn, boat south at 7 on passage: after 25 minutes they pass at ``miss_nm``. A fix every 10 s."""
    per_lon, per_lat = (float(m) for m in nav.metres_per_degree(np.asarray(ORIGIN[1])))
    east = miss_nm * nav.NM_M / per_lon
    yield Feeds(("a",))
    yield batch(said=(name(SHIP, "MV EXAMPLE", 0.0, 70, 180), name(BOAT, "浙普渔1", 0.0, 30, 30)))
    for n in range(minutes * 6):
        at_s = n * 10.0
        ship = ORIGIN[1] + (8.0 * at_s / 3600.0 - BEGIN_NM) * nav.NM_M / per_lat
        boat = ORIGIN[1] - 7.0 * at_s / 3600.0 * nav.NM_M / per_lat
        yield batch(
            fix(SHIP, at_s + 0.5, ORIGIN[0] + east, ship, 8.0, 0.0),
            fix(BOAT, at_s + 0.6, ORIGIN[0], boat, 7.0, 180.0),
        )
        yield Tick((T0 // TICK_MS + n + 1) * TICK_MS)


def asked(heard: Iterator[Heard], a: Thresholds, b: Thresholds) -> WhatIf:
    whatif = WhatIf(NOWHERE, a, b)
    whatif.run(heard)
    return whatif


def test_a_warning_five_minutes_earlier_is_measured_so() -> None:
    """The pass is at 25 minutes and 0.3 miles by hand; each lead is what its threshold says, half a minute on-delay
    and a tick or two less."""
    found = asked(meeting(0.3), warned(9.0), warned(14.0))
    (meet,) = [s for s in found.situations if s.rule == "collision"]
    assert meet.where == "both" and meet.passed
    assert meet.closest_nm == pytest.approx(0.3, abs=0.005)
    assert meet.closest_ms == pytest.approx(T0 + 25 * 60_000, abs=15_000)
    early, late = meet.lead_min("b"), meet.lead_min("a")
    assert late is not None and 8.0 <= late <= 9.0
    assert early is not None and 13.0 <= early <= 14.0
    assert meet.b_earlier_min() == pytest.approx(5.0, abs=0.5)
    figures = found.figures()
    assert figures["by_where"]["collision"] == {"both": 1}
    assert figures["b_earlier_min"]["collision"]["earlier"] == 1


def test_what_one_side_misses_is_told_with_what_became_of_it() -> None:
    """A pass at 0.7 miles is a caution within a mile, and nothing within half: b misses it, and it did come to 0.7."""
    narrow = thresholds(table(Priority.CAUTION, dcpa_nm=0.5, cpa_nm=0.5))
    found = asked(meeting(0.7), Thresholds(), narrow)
    (meet,) = [s for s in found.situations if s.rule == "collision"]
    assert meet.where == "a" and meet.told["a"].level is Priority.CAUTION
    assert meet.lead_min("a") is None and meet.closest_nm == pytest.approx(0.7, abs=0.005)
    assert found.figures()["by_where"] == {"collision": {"a": 1}}


def test_a_meeting_only_one_side_warned_of_is_counted_though_both_told_of_it() -> None:
    """With no warning and no alarm left, B still gives a caution: what it misses is the warning."""
    quiet = thresholds(table(Priority.WARNING, dcpa_nm=0.0) + table(Priority.ALARM, dcpa_nm=0.0))
    asked = WhatIf(NOWHERE, thresholds(""), quiet)
    asked.run(meeting(0.0))
    figures = asked.figures()
    assert (figures["by_where"], figures["warned_only"]) == ({"collision": {"both": 1}}, {"collision": {"a": 1}})


def test_one_that_has_not_passed_has_no_lead() -> None:
    """Where the recording ends before the pass the closest yet is no closest approach."""
    found = asked(meeting(0.3, minutes=22), warned(9.0), warned(14.0))
    (meet,) = [s for s in found.situations if s.rule == "collision"]
    assert not meet.passed and meet.lead_min("b") is None
    assert meet.closest_nm == pytest.approx(0.808, abs=0.005)  # three minutes at 15 kn, and 0.3 abeam


def test_the_same_thresholds_tell_the_same() -> None:
    found = asked(meeting(0.1), Thresholds(), Thresholds())
    assert {s.where for s in found.situations} == {"both"}
    assert all(s.b_earlier_min() in (0.0, None) for s in found.situations)
    sides = found.figures()["sides"]
    assert sides["a"] == sides["b"]


def test_a_flood_is_counted_but_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit situations are only counted."""
    monkeypatch.setattr("fengqiao.app.whatif.LISTED_MAX", 0)
    found = asked(meeting(0.1), Thresholds(), Thresholds())
    assert found.situations == [] and found.not_listed == found.figures()["situations"] > 0


@pytest.mark.skipif(not DENMARK.is_file(), reason=f"{DENMARK} is not at hand")
def test_each_side_of_a_real_recording_is_what_a_replay_says(tmp_path: Path) -> None:
    """Five minutes of the Danish straits: both loads are those of two replays under the same thresholds."""
    b = thresholds(table(Priority.CAUTION, dcpa_nm=0.5, cpa_nm=0.5))
    found = WhatIf(NOWHERE, Thresholds(), b)
    found.run(from_recordings([str(DENMARK)], lambda _, __: None))
    sides = found.figures()["sides"]
    for side, judged_by in (("a", Thresholds()), ("b", b)):
        done = replay([str(DENMARK)], tmp_path / side, lambda _: None, register=Register(), thresholds=judged_by)
        assert {k: sides[side]["load"][k] for k in ("raised_by_rule", "active", "span_s")} == {
            k: done.keeper.load.figures()[k] for k in ("raised_by_rule", "active", "span_s")
        }
    assert sides["a"]["load"]["raised"] != sides["b"]["load"]["raised"]


def test_a_centre_asks_its_own_raw_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A feed that never spoke: given a minute by the factory, ten seconds by b; nothing is written."""
    centre = Centre(tmp_path / "data")
    centre.folder.mkdir()
    live = centre.begin()
    begun_ms = centre.at_ms
    centre.passes(300)
    seq = live.log.last_seq
    centre.killed()
    b = thresholds('[feed]\nstarting_s = { value = 10, source = "试" }')
    with open_store(centre.folder) as store:
        found = WhatIf(NOWHERE, Thresholds(), b)
        found.run(from_raw_log(centre.folder, store, begun_ms, centre.at_ms, lambda _: None))
    (dead,) = found.situations
    assert dead.where == "both" and dead.b_earlier_min() == pytest.approx(50 / 60, abs=0.01)
    with open_store(centre.folder) as store:
        later = WhatIf(NOWHERE, Thresholds(), b, centre.at_ms - 60_000)
        later.run(from_raw_log(centre.folder, store, centre.at_ms - 60_000, centre.at_ms, lambda _: None))
    assert later.situations == []  # what was raised before the time asked for is not counted
    (tmp_path / "b.toml").write_text('[feed]\nstarting_s = { value = 10, source = "试" }', "utf-8")
    argv = ["whatif", "--with", str(tmp_path / "b.toml"), "--from", "2026-01-01", "--to", "2036-01-01"]
    argv += ["--data", str(centre.folder)]
    assert run([*argv, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["list"][0]["b_earlier_min"] == 0.8
    assert run(argv) == 0
    assert "B 早 0.8 分钟" in capsys.readouterr().out
    assert centre.begin().log.last_seq == seq + 1  # only the new session's own beginning
    centre.killed()


def test_something_must_be_asked(tmp_path: Path) -> None:
    other = tmp_path / "b.toml"
    other.touch()
    assert run(["whatif", "--with", str(other), "--data", str(tmp_path)]) == 2
    assert run(["whatif", "x.nmea", "--from", "2026-01-01", "--with", str(other), "--data", str(tmp_path)]) == 2
