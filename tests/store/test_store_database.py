"""One database under one set of tables: opening, migrating, and saying clearly what is wrong with it."""

import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fengqiao.fleet.vessels import Vessels
from fengqiao.model.errors import EnvironmentFault, UsageFault
from fengqiao.model.findings import AlertState, ChangeKind
from fengqiao.store import Store, open_store
from fengqiao.store.connection import FILE, alembic_config, connect, migrate, steps
from fengqiao.store.folder import RESERVE_BYTES
from fengqiao.store.inbox import Inbox
from fengqiao.store.tables import Base, LatestRow
from store.store_cases import T0, act, change

ACKNOWLEDGE_UNTIL_KILLED = """
import sys
from fengqiao.model.inputs import Act, ActKind
from fengqiao.store import open_store
with open_store(sys.argv[1]) as store:
    n = 0
    while True:
        store.put_act(Act(f"a{n}", n, "王一", "甲席", ActKind.NOTE, "x", {"text": "记录" * 50}))
        print(n, flush=True)
        n += 1
"""


def test_migrations_and_models_agree(either: Store) -> None:
    """After all migrations the database has exactly the tables the models declare."""
    with either.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_steps_are_those_that_alembic_sees(store: Store) -> None:
    """Whether a store is up to date is told by file names alone: they must say what the files say."""
    with store.reading() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
    assert steps() == [step.revision for step in reversed(list(script.walk_revisions()))]
    assert script.get_heads() == steps()[-1:]


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    migrate(str(tmp_path))
    before = (tmp_path / FILE).read_bytes()
    migrate(str(tmp_path))
    assert (tmp_path / FILE).read_bytes() == before


def test_alerts_of_before_there_were_states_are_kept(either: Store) -> None:
    """A folder of before declared returns, alert states and labels is brought up with everything that stood in it."""
    told = change(ChangeKind.RAISED, T0)
    either.save_changes("live", [(told, "离线", "gap")])
    with either.writing() as connection:
        command.downgrade(alembic_config(connection), "0004")
        assert not {"trip", "alert_label"} & set(sa.inspect(connection).get_table_names())
    with either.writing() as connection:
        command.upgrade(alembic_config(connection), "head")
    (alert,) = either.listed_alerts("live")
    assert (alert.state, alert.text_zh, [c.state for c in either.changes("live")]) == ({}, "离线", [{}])
    either.save_changes("live", [(replace(told, change=ChangeKind.LOST, state=AlertState(lost=True)), "离线", "gap")])
    either.give_label("live", told.alert, "true", "王一", "甲席", T0)
    assert either.listed_alerts("live")[0].state == {"lost": True} and either.trips("live") == ()


OF_THE_MOMENT = {
    "altitude_m",
    "safety_to",
    "heard_by",
    "heard_by_ms",
}  # in the frame for who watches now; nobody asks the table for them


def test_the_latest_table_has_every_column_of_the_fleet() -> None:
    """A column added to the fleet without a migration fails here."""
    fleet = {name for name in Vessels.names() if not name.startswith("ring_")} - OF_THE_MOMENT
    assert set(LatestRow.__table__.columns.keys()) == fleet | {"run_id"}  # type: ignore[attr-defined]


def test_sqlite_is_opened_so_that_commits_survive_power_loss(store: Store) -> None:
    with store.reading() as connection:
        asked = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous")}
        strict = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    assert (asked, strict) == ({"journal_mode": "wal", "synchronous": 2}, 1)


def test_two_processes_open_an_empty_folder_at_once(tmp_path: Path) -> None:
    """One of them makes the tables, the other waits for it."""
    script = "import sys; from fengqiao.store import open_store; open_store(sys.argv[1]).close()"
    pair = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(60) for process in pair] == [0, 0]


def test_writers_in_many_threads_take_turns(store: Store) -> None:
    """Forty acts from four threads: all are there and the audit chain has no fork."""
    threads = [
        threading.Thread(target=lambda i=i: [store.put_act(act(f"{i}-{n}")) for n in range(10)]) for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(store.waiting_acts()), store.verify_chain(), store.audit_head().seq) == (40, None, 40)


def test_every_acknowledged_act_survives_kill_9(tmp_path: Path) -> None:
    """A child acknowledges acts until it is killed: each acknowledged one is stored and audited."""
    child = subprocess.Popen(
        [sys.executable, "-c", ACKNOWLEDGE_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    said = [int(child.stdout.readline()) for _ in range(60)]
    child.kill()
    said += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    child.stdout.close()
    child.wait()
    with open_store(tmp_path) as store:
        kept = {a.act_id for a in store.waiting_acts()}
        assert {f"a{n}" for n in said} <= kept
        assert (store.verify_chain(), store.audit_head().seq) == (None, len(kept))


def test_a_full_disk_is_one_clear_fault_and_nothing_half_done(store: Store) -> None:
    """The transaction is rolled back, what was there is whole, and the reserve is given back for what comes next."""
    store.put_act(act("before"))
    with pytest.raises(EnvironmentFault) as caught, store.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
        for n in range(1000):
            connection.execute(sa.text("UPDATE act SET target = :t"), {"t": "x" * 5000 * n})
    assert caught.value.message == "error.disk_full"
    assert [a.target for a in store.waiting_acts()] == ["gap|412990001|1"]
    assert (store.verify_chain(), (store.folder / "reserve").exists()) == (None, False)


def test_some_room_is_kept_for_the_day_the_disk_is_full(store: Store) -> None:
    assert (store.folder / "reserve").stat().st_size == RESERVE_BYTES


def test_a_database_of_newer_code_is_refused(tmp_path: Path) -> None:
    migrate(str(tmp_path))
    with sqlite3.connect(tmp_path / FILE) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(EnvironmentFault) as caught:
        open_store(tmp_path)
    assert (caught.value.message, caught.value.facts["revision"]) == ("error.store_newer", "9999")


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as raw:
        raw.execute("CREATE TABLE alert (what TEXT)")
    raw.close()
    with pytest.raises(EnvironmentFault) as caught:
        open_store(tmp_path)
    assert caught.value.message == "error.store_foreign"


@pytest.mark.parametrize("damage", [b"this is no database at all" * 200, None], ids=["noise", "torn pages"])
def test_a_damaged_database_is_named(tmp_path: Path, damage: bytes | None) -> None:
    migrate(str(tmp_path))
    path = tmp_path / FILE
    whole = path.read_bytes()
    path.write_bytes(damage or whole[:100] + b"\xff" * 8000 + whole[8100:])
    with pytest.raises(EnvironmentFault) as caught:
        open_store(tmp_path)
    assert (caught.value.message, caught.value.facts["path"]) == ("error.store_damaged", str(path))


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("mysql://a/b", "error.store_url"),
        ("postgresql://host:port/x y", "error.store_url"),
        ("sqlite:////nowhere/at/all.db", "error.store_unreachable"),
        ("/proc/nowhere", "error.data_folder"),
        ("postgresql://u:geheim@127.0.0.1:1/x", "error.store_unreachable"),
    ],
)
def test_a_place_that_cannot_be_opened(where: str, message: str) -> None:
    """The fault says which; a password in the address is never shown."""
    with pytest.raises((EnvironmentFault, UsageFault)) as caught:
        open_store(where)
    assert caught.value.message == message
    assert "geheim" not in str(caught.value.facts)


def test_without_the_driver_the_fault_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(EnvironmentFault) as caught:
        open_store("postgresql://user@127.0.0.1/x")
    assert caught.value.message == "error.postgres_driver"


def test_another_process_writing_for_too_long_is_a_fault_not_a_hang(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fengqiao.store.connection.PRAGMAS", ("busy_timeout=50",))
    with Inbox(*connect(tmp_path / "data")) as other, store.writing(), pytest.raises(EnvironmentFault) as caught:
        other.put_act(act("late", T0))
    assert caught.value.message == "error.store_busy"
