"""``fengqiao nearest``: who can be at a place soonest."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fengqiao.cli.main import run
from fengqiao.feeds.clock import now_ms
from fengqiao.fleet.vessels import Vessels
from fengqiao.register.csv_in import Import
from fengqiao.register.vessel import Identity, RegisteredVessel
from fengqiao.situation.activity import Activity
from fengqiao.store import open_store
from fengqiao.store.frame import Frame, read_frame, write_frame
from rules.scene import AT_MS, ORIGIN, Scene, at_nm

BOAT, FAST, BERTHED, SILENT = 412_000_001, 477_000_001, 412_000_002, 412_000_003
PLACE = f"{ORIGIN[0]},{ORIGIN[1]}"
PORT = (122.3, 29.945)  # Shenjiamen


def bay() -> Vessels:
    """A boat near by, a fast ship farther off, a boat in port, and a silent one on the spot."""
    scene = Scene().boat(BOAT, *at_nm(3.0, 0.0), 4.0, name="ZHEPUYU1").merchant(FAST, *at_nm(0.0, 6.0), 24.0)
    scene.boat(BERTHED, *PORT, 0.0).boat(SILENT, *at_nm(0.1, 0.0), age_s=3_600.0)
    return scene.picture().vessels


@pytest.fixture
def data(tmp_path: Path) -> Path:
    vessels = bay()
    columns = {name: getattr(vessels, name) for name in vessels.names()}
    write_frame(tmp_path, Frame(1, AT_MS, columns, {"run": "live", "time_ms": AT_MS}))
    return tmp_path


def test_places_of_a_time_to_come_are_of_an_unknown_age(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The computer's clock was set back since the watch last wrote."""
    kept = read_frame(data)
    assert kept is not None
    write_frame(data, replace(kept, at_ms=now_ms() + 3_600_000))
    assert asked(data, capsys)["age_s"] is None
    assert run(["nearest", PLACE, "--lang", "zh", "--data", str(data)]) == 0
    assert "这份船位是多久前的不详" in capsys.readouterr().out


def asked(data: Path, capsys: pytest.CaptureFixture[str], *more: str, place: str = PLACE) -> dict[str, Any]:
    assert run(["nearest", place, "--json", "--data", str(data), *more]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_ships_come_by_the_minutes_they_need_and_not_by_distance(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """6 nm at 24 kn are 15 min; 3 nm for a boat that hauls at 4 kn are reckoned at the 8 she makes when called."""
    ships = asked(data, capsys)["ships"]
    assert isinstance(ships, list)
    assert [(s["mmsi"], round(s["minutes"]), s["bearing_deg"]) for s in ships[:2]] == [(FAST, 15, 0), (BOAT, 22, 90)]
    assert ships[1]["sog_kn"] == 4.0 and ships[1]["fishing"]


def test_a_boat_in_port_needs_ten_minutes_more(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (her,) = [s for s in asked(data, capsys)["ships"] if s["mmsi"] == BERTHED]
    assert her["in_harbour"]
    assert her["minutes"] == pytest.approx(her["distance_nm"] / 8.0 * 60.0 + 10.0, abs=0.1)


def test_who_is_silent_cannot_be_sent(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(data, capsys)
    assert SILENT not in [s["mmsi"] for s in found["ships"]]
    assert found["in_range"] == 3


def test_as_many_as_are_asked_for(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(asked(data, capsys, "--most", "1")["ships"]) == 1


def test_the_lines_name_the_boat_and_show_no_telephone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hers = RegisteredVessel("1", "浙普渔00001", (Identity(BOAT, "浙普渔00001"),), gear="gillnet", phone="13800000000")
    with open_store(data) as store:
        store.save_register(Import(1, "r1", 1, (hers,)), "王建国", "desk")
    assert run(["nearest", PLACE, "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert "22 分钟" in said and "浙普渔00001" in said and "方位 090°" in said
    assert "13800000000" not in said
    assert "值守可能已停" in said  # the frame is of last year


def test_what_each_is_doing_is_said_where_the_picture_knows(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vessels = bay()
    columns = {name: getattr(vessels, name) for name in vessels.names()}
    columns["activity"] = np.where(vessels.mmsi == BOAT, int(Activity.FISHING), 0).astype(np.uint8)
    write_frame(data, Frame(1, AT_MS, columns, {"run": "live", "time_ms": AT_MS}))
    ships = asked(data, capsys)["ships"]
    assert {s["mmsi"]: s["activity"] for s in ships}[BOAT] == "fishing"
    assert run(["nearest", PLACE, "--data", str(data)]) == 0
    assert "渔船 捕捞作业" in capsys.readouterr().out


def test_a_fault_in_the_thresholds_file_keeps_nobody_from_the_answer(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reckoned by what the watch judges by, as its picture says: at 12 kn the 3 nm take a quarter of an hour."""
    (data / "thresholds.toml").write_text("[distress", "utf-8")
    vessels = bay()
    columns = {name: getattr(vessels, name) for name in vessels.names()}
    helpers = {"response_kn_min": 12.0, "berthed_min": 5.0}
    write_frame(data, Frame(1, AT_MS, columns, {"run": "live", "time_ms": AT_MS, "helpers": helpers}))
    found = asked(data, capsys)
    assert (found["response_kn_min"], found["berthed_min"]) == (12.0, 5.0)
    assert {s["mmsi"]: round(s["minutes"]) for s in found["ships"]}[BOAT] == 15


def test_without_a_picture_the_latest_states_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(tmp_path) as store:
        store.save_latest("live", bay())
    ships = asked(tmp_path, capsys)["ships"]
    assert [s["mmsi"] for s in ships][:2] == [FAST, BOAT]


def test_an_empty_folder_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nearest", PLACE, "--data", str(tmp_path)]) == 2
    assert "fengqiao watch" in capsys.readouterr().err


def test_a_far_place_has_nobody(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nearest", "20-00N 120-00E", "--data", str(data)]) == 1
    assert "没有" in capsys.readouterr().out
