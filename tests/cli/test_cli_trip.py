"""``fengqiao trip``: declared returns by hand and by list, kept by a watch and kept through its restart."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import T0
from clocks import Computer
from fengqiao.app.dossier import dossier
from fengqiao.app.keep_watch import begin
from fengqiao.app.rebuild import rebuild
from fengqiao.cli.main import run
from fengqiao.desk.dialogs.dossier import dossier_text
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import Language
from fengqiao.store import open_store

Ask = Callable[..., tuple[int, list[dict[str, Any]], str]]


def watched(data: Path, *, dies: bool = False) -> None:
    """A watch over the folder that takes what waits; one that dies leaves no checkpoint."""
    live = begin([], data, lambda change: None, lang="zh", shards=1, clock=Computer(T0).clock())
    live.round(())
    if dies:
        live.log.sync()
        live.log.close()
        live.store.close()
    else:
        live.stop()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Ask:
    def ask(data: Path, *argv: str) -> tuple[int, list[dict[str, Any]], str]:
        code = run(["trip", *argv, "--data", str(data)])
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines() if line.startswith("{")], out + err

    return ask


@pytest.mark.parametrize("dies", [False, True])
def test_a_declared_return_is_kept_through_the_end_of_the_watch(tmp_path: Path, said: Ask, dies: bool) -> None:
    """By a stop or by kill -9: the next watch waits for her as before, and a rebuild finds the same."""
    due = ("--due", "2025-09-16 20:00", "--to", "沈家门", "--actor", "王建国")
    assert said(tmp_path, "declare", "412000001", *due, "--json")[1][0]["state"] == "waiting"
    assert said(tmp_path, "list")[0] == 1
    watched(tmp_path, dies=dies)
    live = begin([], tmp_path, lambda change: None, lang="zh", shards=3)
    kept = live.keeper.watch.surroundings.trips
    assert [(trip.trip_id, trip.harbour, trip.declared_by) for trip in kept] == [
        ("412000001-202509162000", "沈家门", "王建国")
    ]
    assert live.keeper.watch.basis()["trips"] != "none"
    live.stop()
    code, rows, _ = said(tmp_path, "list", "--json")
    assert (code, rows[0]["trip"], rows[0]["due"]) == (0, "412000001-202509162000", "2025-09-16T12:00:00.000Z")
    again = rebuild(tmp_path, tmp_path / "again", lambda change: None)
    assert again.same and again.keeper.watch.surroundings.trips == kept
    with open_store(tmp_path / "again") as store:
        assert store.trips("live") == kept


def test_a_person_ends_it_by_vessel_or_id(tmp_path: Path, said: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Language, "now", "zh")  # a desk of an earlier test may have spoken English
    said(tmp_path, "declare", "412000001", "--due", "2025-09-16 20:00", "--actor", "王建国")
    watched(tmp_path)
    code, _, text = said(tmp_path, "end", "412000009", "--actor", "王建国")
    assert code == 2 and "412000009" in text
    assert said(tmp_path, "end", "412000001", "--why", "电话确认已回港", "--actor", "李海波")[0] == 0
    watched(tmp_path)
    assert said(tmp_path, "list")[0] == 1
    _, rows, _ = said(tmp_path, "list", "--all", "--json")
    assert (rows[0]["ended_by"], rows[0]["ended_why"]) == ("李海波", "person")
    with open_store(tmp_path) as store:
        facts = dossier(store, tmp_path, "live", 412_000_001, T0)
    assert "报备回港" in (shown := dossier_text(facts, DeskPicture(), 100).plain) and "由李海波结束" in shown


def test_a_list_is_imported_in_one_act(tmp_path: Path, said: Ask) -> None:
    """What cannot be used is told by its line; a list of which nothing can be used is exit code 3."""
    (tmp_path / "list.csv").write_text("MMSI,报备回港时间\n412000001,2026-11-29 18:00\n41,2026-11-29 18:00\n", "utf-8")
    code, _, text = said(tmp_path, "import", str(tmp_path / "list.csv"), "--actor", "王建国")
    assert code == 0 and "第3行" in text and "读入1艘，1行未采用" in text
    with open_store(tmp_path) as store:
        assert [len(act.facts["trips"]) for act in store.waiting_acts()] == [1]
    (tmp_path / "bad.csv").write_bytes("MMSI,报备回港时间\n41,2026-11-29 18:00\n".encode("gb18030"))
    assert said(tmp_path, "import", str(tmp_path / "bad.csv"), "--actor", "王建国")[0] == 3
