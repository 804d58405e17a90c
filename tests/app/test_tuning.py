"""Thresholds of a running watch: heeded when the file changes, kept when it has a fault, rebuilt as they were."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.centre import Centre
from fengqiao.app.rebuild import rebuild
from fengqiao.app.tuning import FILE
from fengqiao.model.errors import InputFault
from fengqiao.model.findings import ChangeKind
from fengqiao.store.database import open_store
from fengqiao.store.frame import read_frame
from fengqiao.store.raw_log import RecordKind, read
from fengqiao.thresholds import Thresholds
from fengqiao.watch import revision_of

FACTORY = revision_of(Thresholds().settings)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    made = Centre(tmp_path / "data")
    made.folder.mkdir()
    yield made
    if made.live is not None:
        made.killed()


def test_a_file_holds_from_the_start(centre: Centre) -> None:
    """A feed that is given five minutes to begin is not called dead after two; its alert names the thresholds."""
    centre.write("300")
    live = centre.begin()
    revision = live.keeper.watch.basis()["settings"]
    centre.passes(120)
    assert not centre.raised
    centre.passes(240)
    assert [change.basis["settings"] for change in centre.raised] == [revision] and revision != FACTORY
    assert [told for told, _ in centre.told] == [revision]


def test_a_changed_file_is_heeded_within_ten_seconds(centre: Centre) -> None:
    """No restart, for that would cost what is sent meanwhile; and a file taken away puts the factory's back."""
    centre.write("3600")
    centre.begin()
    centre.passes(120)
    assert not centre.raised
    centre.write("30")
    centre.passes(20)
    assert len(centre.raised) == 1
    (centre.folder / FILE).unlink()
    centre.passes(20)
    assert centre.told[-1] == (FACTORY, Thresholds())


def test_the_life_of_alerts_is_tuned_as_well(centre: Centre) -> None:
    """An alarm nobody answers goes to the shift leader after as long as the centre says, in a running watch as well."""
    text = '[alerts]\nalarm_unanswered_s = { value = %d, source = "值班长" }\n'
    (centre.folder / FILE).write_text(text % 3600, "utf-8")
    centre.begin()
    centre.passes(400)
    assert ChangeKind.ESCALATED not in {change.change for change in centre.alerts}
    (centre.folder / FILE).write_text(text % 30, "utf-8")
    centre.passes(30)
    assert centre.alerts[-1].change is ChangeKind.ESCALATED


def test_a_fault_is_told_once_and_the_old_holds(centre: Centre) -> None:
    centre.write("3600")
    live = centre.begin()
    revision = live.keeper.watch.basis()["settings"]
    centre.write("'soon'")
    centre.passes(600)
    (_, (kept, fault)) = centre.told
    assert kept == revision == live.keeper.watch.basis()["settings"] and not centre.raised
    assert isinstance(fault, InputFault) and fault.facts["line"] == 2


def test_the_picture_says_by_which_thresholds_and_why_a_file_is_not_among_them(centre: Centre) -> None:
    """For the desk: the revision, how many the centre set, and the fault until the file is mended, also to what it
    was before."""

    def told() -> dict[str, Any]:
        frame = read_frame(centre.folder)
        assert frame is not None
        found: dict[str, Any] = frame.meta["thresholds"]
        return found

    centre.write("3600")
    live = centre.begin()
    centre.passes(10)
    revision = live.keeper.watch.basis()["settings"]
    assert told() == {"revision": revision, "changes": 1, "fault": None}
    centre.write("'soon'")
    centre.passes(20)
    fault = told()["fault"]
    assert (told()["revision"], fault["message"], fault["facts"]["line"]) == (revision, "error.thresholds_kind", 2)
    centre.write("3600")
    centre.passes(20)
    assert told() == {"revision": revision, "changes": 1, "fault": None}


@pytest.mark.parametrize("content", [b"a = " + b"[" * 100_000, b"#" * (2 << 20), b"\xff\xfe", b'a = "\0'])
def test_a_file_made_to_harm_ends_no_watch(centre: Centre, content: bytes) -> None:
    """Lists without end, two megabytes of nothing, another encoding: told, and what held goes on to hold."""
    centre.write("3600")
    live = centre.begin()
    revision = live.keeper.watch.basis()["settings"]
    (centre.folder / FILE).write_bytes(content)
    centre.passes(20)
    assert isinstance(centre.told[-1][1], InputFault)
    assert centre.told[-1][0] == revision == live.keeper.watch.basis()["settings"]


def test_a_fault_at_the_start_keeps_what_held_before(centre: Centre) -> None:
    """Who breaks the file and restarts does not fall back to the factory unseen."""
    centre.write("3600")
    revision = centre.begin().keeper.watch.basis()["settings"]
    centre.passes(60)
    centre.killed()
    centre.write("-5")
    live = centre.begin()
    centre.passes(600)
    assert live.keeper.watch.basis()["settings"] == revision and not centre.raised
    assert isinstance(centre.told[-1][1], InputFault)


def test_what_held_then_holds_when_it_is_told_again(centre: Centre, tmp_path: Path) -> None:
    """Three thresholds in turn, two kills, the file gone at last: rebuilding gives the same alerts."""
    centre.write("200")
    centre.begin()
    centre.passes(100)
    centre.write("100")
    centre.passes(100)
    first = len(centre.raised)
    centre.killed()
    centre.write("1000")
    centre.begin()
    centre.passes(400)
    centre.killed()
    (centre.folder / FILE).unlink()
    again = rebuild(centre.folder, tmp_path / "again", lambda _: None)
    assert first == 1 and again.same and again.changes == len(centre.alerts)
    starts = [json.loads(r.data) for r in read(centre.folder) if r.kind is RecordKind.START]
    assert [start["thresholds"]["values"]["feed"]["starting_s"] for start in starts] == [200.0, 1000.0]


def test_the_audit_knows_who_decided(centre: Centre) -> None:
    centre.write("300", "局长办公会 2026-11-18")
    centre.begin()
    centre.write("'x'")
    centre.passes(20)
    centre.killed()
    with open_store(centre.folder) as store:
        records = [store.audit_record(seq) for seq in range(1, store.audit_head().seq + 1)]
        assert store.verify_chain() is None
    said = {record["what"]: json.dumps(record["detail"], ensure_ascii=False) for record in records if record}
    assert "局长办公会 2026-11-18" in said["thresholds_in_force"]
    assert "starting_s" in said["thresholds_refused"]
