"""Whether what people did still stands as it was written, and which record is the first that does not."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fengqiao.app.doctor import AuditBreak, examine_audit
from fengqiao.cli.main import run
from fengqiao.store import Store, open_store
from fengqiao.store.audit import AUDIT, Head
from fengqiao.store.connection import FILE
from store.store_cases import T0

Statement = Callable[[], Any]


def acted(store: Store) -> Store:
    for n, officer in enumerate(("王建国", "李海波", "张敏", "陈卫东")):
        store.audit(T0 + n * 1000, officer, "desk", "unmask", {"n": n})
    return store


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (
            lambda: sa.update(AUDIT).where(AUDIT.c.seq == 2).values(actor="\x1b[2J谁"),
            AuditBreak(2, "altered", "2026-11-22T13:00:01Z", "\x1b[2J谁", "unmask"),
        ),
        (lambda: sa.delete(AUDIT).where(AUDIT.c.seq == 3), AuditBreak(3, "missing")),
        (
            lambda: sa.update(AUDIT).where(AUDIT.c.seq == 4).values(at_ms=2**60),
            AuditBreak(4, "altered", None, "陈卫东", "unmask"),
        ),
    ],
    ids=["altered", "deleted", "given an impossible time"],
)
def test_the_first_record_that_does_not_fit(either: Store, tamper: Statement, found: AuditBreak) -> None:
    acted(either)
    with either.writing() as connection:
        connection.execute(tamper())
    assert examine_audit(either).broken == found


def test_a_whole_chain_is_whole(either: Store) -> None:
    acted(either)
    second = either.audit_record(2)
    assert second is not None
    health = examine_audit(either, Head(2, second["hash"]))
    assert (health.last, health.head, health.broken) == (4, either.audit_head().hash, None)


def test_a_tail_cut_off_shows_against_a_duty_report(either: Store) -> None:
    """The chain that is left fits in itself; a head printed before says what is gone, or that all was written anew."""
    head = acted(either).audit_head()
    with either.writing() as connection:
        connection.execute(sa.delete(AUDIT).where(AUDIT.c.seq == 4))
    broken = [examine_audit(either, remembered).broken for remembered in (None, head, Head(1, "0" * 64))]
    assert broken == [None, AuditBreak(4, "missing"), AuditBreak(1, "head", "2026-11-22T13:00:00Z", "王建国", "unmask")]


@pytest.fixture
def tampered(tmp_path: Path) -> Path:
    with open_store(tmp_path) as store:
        acted(store)
    with sqlite3.connect(tmp_path / FILE) as raw:
        raw.execute("UPDATE audit SET actor = '赵六', at_ms = 'gestern' WHERE seq = 3")
    raw.close()
    return tmp_path


def test_doctor_says_it_in_words(tampered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which record, what stands there, what is still good, what to do; and the answer is no."""
    code = run(["doctor", "--data", str(tampered)])
    said = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("!!"))
    assert code == 1
    assert all(part in said for part in ("第 3 条", "赵六", "--", "第 2 条及以前可信", str(tampered / FILE), "备份"))


def test_doctor_says_it_to_a_program(tampered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["doctor", "--json", "--data", str(tampered)])
    audit = json.loads(capsys.readouterr().out)["audit"]
    assert (code, audit["last"]) == (1, 4)
    assert audit["broken"] == {"seq": 3, "reason": "altered", "at": None, "actor": "赵六", "what": "unmask"}


def test_a_head_is_taken_as_reports_print_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(tmp_path) as store:
        head = acted(store).audit_head()
    given = (f"{head.seq}:{head.hash.upper()}", f"{head.seq}:{'0' * 64}", "the last one")
    codes = [run(["doctor", "--data", str(tmp_path), "--audit-head", text]) for text in given]
    assert codes == [0, 1, 2]
    assert "the last one" in capsys.readouterr().err
