"""``fengqiao import`` and ``fengqiao history`` as they are typed: answers, exit codes, the audit chain."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fengqiao.cli.main import run
from fengqiao.store.database import open_store
from fengqiao.store.tables import AuditRow, table

WHEN = ("--from", "2025-09-16T11:30", "--to", "2025-09-16T12:10")
WHO = ("--actor", "李四", "--reason", "网具案")
AT = ("--at", "东福山东面5海里", "--radius", "2nm")


def asked(capsys: pytest.CaptureFixture[str], folder: Path, *argv: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = run(["history", *argv, "--data", str(folder), "--json"])
    said = capsys.readouterr().out
    return code, json.loads(said) if said else None


def test_an_import_is_a_run_of_its_own(imported: Path) -> None:
    """One for each recording; its positions lie under runs/, not among those of the watch."""
    with open_store(imported) as store:
        runs = store.runs()
    assert [run.kind for run in runs] == ["import", "import"]
    assert all(list((imported / "runs" / run.run_id / "archive").rglob("*.parquet")) for run in runs)
    assert not (imported / "archive").exists()


def test_an_import_says_what_it_refused_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A place that cannot be read, a date a hundred years on: who brought the table can mend it."""
    table = tmp_path / "positions.csv"
    good = "浙岱渔04455,412400001,2025-09-16 11:40:00,122.3,30.1\n"
    bad = good.replace("122.3", '"122,3"') + good.replace("2025", "2125") * 2
    table.write_text(f"船名,MMSI,时间,经度,纬度\n{good}{bad}", "utf-8")
    assert run(["import", str(table), "--data", str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert "收入 1 个船位（文件共 4 行，拒收 3" in said
    assert "经纬度缺失、读不懂或超出范围 1 条" in said
    assert "时间不存在、读不懂或在将来 2 条" in said


def test_near_says_who_when_and_on_what_basis(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = asked(capsys, imported, "near", *AT, *WHEN, *WHO)
    assert code == 0
    (vessel,) = said["vessels"]
    assert (vessel["mmsi"], vessel["kind"], vessel["basis"], vessel["doubled"]) == (
        412990411,
        "ship",
        "measured",
        False,
    )
    assert vessel["distance_m"] <= said["asked"]["radius_m"] == 3704.0
    assert vessel["fixes"][0] <= vessel["at"] <= vessel["fixes"][1]
    assert said["looked_at"]["feeds"][0]["fixes"] > 10_000
    assert [r["kind"] for r in said["looked_at"]["runs"]] == ["import", "import"]
    assert "AIS" in said["note"]
    assert all(s["needed_kn"] <= 20 and s["basis"] == "gap_possible" for s in said["possible"])


def test_net_buoys_are_listed_apart(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Eight buoys on a line of nets, one under a boat's name; their owner and the coaster that cut them are vessels."""
    _, said = asked(capsys, imported, "near", "--at", "30.03 122.93", "--radius", "3nm", *WHEN, *WHO)
    assert len(said["net_buoys"]) == 8
    assert {v["kind"] for v in said["net_buoys"]} == {"gear"}
    assert {(v["sign"], v["confidence"]) for v in said["net_buoys"]} == {("battery_name", "sure")}
    assert all("sign" not in v for v in said["vessels"])
    assert 412990001 in {v["mmsi"] for v in said["vessels"]}
    assert {v["kind"] for v in said["vessels"]} == {"ship"}


def test_nobody_near_is_exit_code_one_with_the_caution(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty answer still says what it rests on, and that boats without AIS are not excluded."""
    capsys.readouterr()
    place = ("--at", "29-00N 124-30E", "--radius", "800m")
    code = run(["history", "near", *place, *WHEN, *WHO, "--data", str(imported)])
    said = capsys.readouterr().out
    assert code == 1
    assert "未开启或未安装AIS的船舶不在排除之列" in said
    assert "foreign-0.nmea.zst" in said


def test_the_other_way_along_a_line_is_the_same_question(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ends = ("30-01.2N 122-50E", "30-03N 123-00E")
    there, back = (
        asked(capsys, imported, "near", "--line", ";".join(line), "--radius", "1nm", *WHEN, *WHO)[1]["vessels"]
        for line in (ends, ends[::-1])
    )
    assert there == back != []


def test_a_track_in_order_with_its_distance(imported: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "track.geojson"
    code, said = asked(capsys, imported, "track", "412990411", *WHEN, *WHO, "--geojson", str(file))
    times = [fix["at"] for fix in said["fixes"]]
    assert code == 0
    assert times == sorted(times)
    assert 0 < said["run_nm"] < 40 / 60 * 60
    (line,) = json.loads(file.read_text("utf-8"))["features"]
    assert line["geometry"]["coordinates"] == [[fix["lon"], fix["lat"]] for fix in said["fixes"]]


def test_a_fix_out_of_a_satellite_table_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody heard it by AIS: who rests a case on it must know."""
    table = tmp_path / "positions.csv"
    table.write_text("船名,MMSI,时间,经度,纬度\n浙岱渔04455,412400001,2025-09-16 11:40:00,122.3,30.1\n", "utf-8")
    assert run(["import", str(table), "--data", str(tmp_path)]) == 0
    code, said = asked(capsys, tmp_path, "track", "412400001", *WHEN, *WHO)
    assert (code, [fix["source"] for fix in said["fixes"]]) == (0, ["satellite"])
    run(["history", "track", "412400001", *WHEN, *WHO, "--data", str(tmp_path)])
    assert "北斗/VMS" in capsys.readouterr().out


def test_whatever_rests_on_a_satellite_table_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who was near, who may have been, what speaks against a number, and the file for the chart."""
    table, file = tmp_path / "positions.csv", tmp_path / "track.geojson"
    rows = ["412400001,2025-09-16 11:40:00,122.3,30.1", "412400001,2025-09-16 11:50:00,122.4,30.1"]
    rows += ["412400001,2025-09-16 11:51:00,123.4,30.1", "412400002,2025-09-16 11:40:00,122.3,30.12"]
    table.write_text("\n".join(["MMSI,时间,经度,纬度", *rows]) + "\n", "utf-8")
    assert run(["import", str(table), "--data", str(tmp_path)]) == 0
    near = ("near", "--at", "30.1 122.4", "--radius", "500m", *WHEN, *WHO)
    _, said = asked(capsys, tmp_path, *near)
    assert [v["sources"] for v in said["vessels"]] == [["satellite", "satellite"]]
    assert [v["sources"] for v in said["possible"]] == [["satellite", None]]
    run(["history", *near, "--data", str(tmp_path)])
    assert capsys.readouterr().out.count("非 AIS") == 2
    _, said = asked(capsys, tmp_path, "track", "412400001", *WHEN, *WHO, "--geojson", str(file))
    assert "非 AIS" in said["odd"][0]["text"]
    features = json.loads(file.read_text("utf-8"))["features"]
    assert [source for f in features for source in f["properties"]["sources"]] == ["satellite"] * 3


def test_a_track_of_nobody_is_exit_code_one(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, imported, "track", "412000000", *WHEN, *WHO)[0] == 1


def test_every_question_is_in_the_audit_chain(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(capsys, imported, "near", *AT, *WHEN, *WHO)
    with open_store(imported) as store, store.reading() as connection:
        audit = table(AuditRow)
        last = connection.execute(sa.select(audit).order_by(audit.c.seq.desc())).mappings().first()
    assert last is not None
    assert (last["actor"], last["what"]) == ("李四", "history")
    assert json.loads(last["detail"])["reason"] == "网具案"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["near", *AT, *WHEN, "--reason", "x", "--actor", ""], "--actor"),
        (["near", *AT, *WHEN, "--actor", "李四"], "--reason"),
        (["near", *AT, "--line", "30N 122E", *WHEN, *WHO], "--line"),
        (["near", "--at", "西福山东面5海里", *WHEN, *WHO], "西福山"),
        (["near", "--at", "30N 122E", "--radius", "5", *WHEN, *WHO], "0.5nm"),
        (["near", "--at", "30N 122E", "--radius", "13nm", *WHEN, *WHO], "12"),
        (["near", *AT, *WHEN, *WHO, "--run", "nowhere"], "nowhere"),
        (["track", "412990411", *WHEN[2:], "--from", "2025-09-17", *WHO], "起止时间"),
    ],
)
def test_what_cannot_be_asked_is_said(
    imported: Path, capsys: pytest.CaptureFixture[str], argv: list[str], said: str
) -> None:
    """A wrong question is refused with its mend and leaves no answer."""
    capsys.readouterr()
    assert run(["history", *argv, "--data", str(imported)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err


@pytest.fixture
def torn(imported: Path, tmp_path: Path) -> tuple[Path, str]:
    """The same archive with one file torn, and the name it goes by."""
    folder = Path(shutil.copytree(imported, tmp_path / "data"))
    file = min(folder.rglob("part-*.parquet"), key=lambda file: file.stat().st_size)  # of the lesser receiver
    file.write_bytes(file.read_bytes()[:400])
    return folder, file.relative_to(folder).as_posix()


@pytest.mark.parametrize("question", [("track", "412990411"), ("near", *AT)], ids=["track", "near"])
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(
    torn: tuple[Path, str], imported: Path, question: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer out of the rest of the archive says, to people and to programs, what it was not made of."""
    folder, name = torn
    _, whole = asked(capsys, imported, *question, *WHEN, *WHO)
    code, said = asked(capsys, folder, *question, *WHEN, *WHO)
    run(["history", *question, *WHEN, *WHO, "--data", str(folder)])
    told = "".join(capsys.readouterr())
    looked_at = said.get("looked_at", said)
    assert code == 0
    assert (looked_at["files_unreadable"], whole.get("looked_at", whole)["files_unreadable"]) == ([name], [])
    assert name in told and "1 个" in told
    if question[0] == "track":
        assert 0 < len(said["fixes"]) < len(whole["fixes"])
