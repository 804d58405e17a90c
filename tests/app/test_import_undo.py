"""An import taken back: nothing of it is left but the audit row, and what a case holds is not touched."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fengqiao.app import casework, import_undo
from fengqiao.app.casework import Draft
from fengqiao.app.import_undo import undo_import
from fengqiao.app.importing import Imported, import_file
from fengqiao.cli.main import run
from fengqiao.model.errors import EnvironmentFault, InputFault, UsageFault
from fengqiao.store.archive import read_positions
from fengqiao.store.audit import AUDIT
from fengqiao.store.database import Store, open_store

T0 = 1_757_993_400_000  # 2025-09-16T03:30:00Z
BOAT = 412_400_001
MINUTE = 60_000
WHO = ("李四", "时区读错")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "positions.csv"
    rows = [f"浙岱渔04455,{BOAT},2025-09-16 11:{30 + n}:00,122.3,30.1\n" for n in range(10)]
    path.write_text("船名,MMSI,时间,经度,纬度\n" + "".join(rows), "utf-8")
    return path


def kept(data: Path, done: Imported) -> int:
    return read_positions(data / "runs" / done.run_id).num_rows


def audited(store: Store) -> list[dict[str, Any]]:
    with store.reading() as connection:
        query = sa.select(AUDIT.c.actor, AUDIT.c.detail).where(AUDIT.c.what == "import_undo")
        return [dict(row) for row in connection.execute(query).mappings()]


def test_all_of_it_goes_and_the_file_can_be_imported_again(table: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = import_file(str(table), data)
    gone = undo_import(data, done.run_id, *WHO, T0)
    assert (gone.file, gone.positions, gone.names, gone.first_ms) == ("positions.csv", 10, 1, T0)
    with open_store(data) as store:
        assert (store.runs(), store.segments(done.run_id), store.said(BOAT), kept(data, done)) == ([], [], [], 0)
        (row,) = audited(store)
        assert (row["actor"], json.loads(row["detail"])["reason"]) == WHO
        assert store.verify_chain() is None
    assert not list((data / "runs").rglob("*.parquet"))
    assert import_file(str(table), data).positions == kept(data, done) == 10


def test_what_a_case_holds_as_evidence_stays(table: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = import_file(str(table), data)
    with open_store(data) as store:
        draft = Draft(
            title="网被拖走",
            cause="C03",
            place="沈家门",
            run_id=done.run_id,
            occurred_from_ms=T0,
            occurred_to_ms=T0 + 5 * MINUTE,
            vessels=({"mmsi": BOAT, "name": "浙岱渔04455", "role": "damaged", "basis": "told"},),
            parties=({"side": "a", "name": "王大海", "phone": ""},),
        )
        case_no = casework.register(store, data, draft, "李四", T0 + 60 * MINUTE)
        with pytest.raises(InputFault) as fault:
            undo_import(data, done.run_id, *WHO, T0)
        assert (fault.value.message, fault.value.facts["cases"]) == ("error.import_sealed", case_no)
        track = casework.file_of(store, case_no).track
        assert track is not None and track.positions == 5 and casework.track_holds(data, track)
        assert audited(store) == []
    assert import_file(str(table), data).positions == 0  # it is there as before


def test_where_the_rows_cannot_be_taken_the_files_stay(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    done = import_file(str(table), data)

    def full(*_: object) -> None:
        raise EnvironmentFault("disk_full", path=str(data), reason="full")

    with monkeypatch.context() as broken, pytest.raises(EnvironmentFault):
        broken.setattr(Store, "take_back", full)
        undo_import(data, done.run_id, *WHO, T0)
    assert kept(data, done) == 10
    assert undo_import(data, done.run_id, *WHO, T0).positions == 10


def test_broken_off_on_the_way_the_file_is_imported_as_if_new(table: Path, tmp_path: Path) -> None:
    """Killed when the files were put aside and the rows were not yet gone."""
    data = tmp_path / "data"
    done = import_file(str(table), data)
    import_undo._put_aside(data / "runs" / done.run_id)
    assert kept(data, done) == 0
    assert import_file(str(table), data).positions == kept(data, done) == 10
    assert undo_import(data, done.run_id, *WHO, T0).positions == 10
    assert not list((data / "runs").rglob("*.parquet"))


@pytest.mark.parametrize(
    ("run_id", "actor", "reason", "error"),
    [
        ("live", "李四", "错", "unknown_import"),
        ("", "", "错", "actor_missing"),
        ("", "李四", " ", "import_undo_reason"),
    ],
)
def test_only_an_import_by_somebody_for_a_reason(
    table: Path, tmp_path: Path, run_id: str, actor: str, reason: str, error: str
) -> None:
    data = tmp_path / "data"
    done = import_file(str(table), data)
    with pytest.raises(UsageFault) as fault:
        undo_import(data, run_id or done.run_id, actor, reason, T0)
    assert fault.value.message == f"error.{error}"
    assert kept(data, done) == 10


def test_the_command_shows_what_goes_and_asks(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sits at the other end here: without --yes nothing goes."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    data = tmp_path / "data"
    done = import_file(str(table), data)
    command = ["import", "--undo", done.run_id, "--actor", WHO[0], "--reason", WHO[1], "--data", str(data)]
    assert (run(command), kept(data, done)) == (1, 10)
    assert "positions.csv" in (said := capsys.readouterr().err) and "10 个船位" in said
    assert (run([*command, "--yes"]), kept(data, done)) == (0, 0)
    assert run(["import", "--data", str(data)]) == 2
    assert run(["import", str(table), "--undo", done.run_id, "--data", str(data)]) == 2
