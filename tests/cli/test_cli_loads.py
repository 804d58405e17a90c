"""A command loads what it needs and no more: who waits for a screen should not wait for a database's migrations."""

import subprocess
import sys
from pathlib import Path

import pytest

from fengqiao.store.database import open_store

HEAVY = ("alembic", "duckdb", "numpy", "pyais", "sqlalchemy", "textual")
RUN = "from fengqiao.cli.main import run; run(sys.argv[1:])"
STARTS_A_WATCH = "import fengqiao.cli.desk, fengqiao.app.child_watch"


def loaded(work: str, *argv: str) -> set[str]:
    """The heavy libraries loaded when ``work`` is done."""
    script = f"import sys; {work}; print(*(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script, *argv], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        (("--help",), set()),
        (("case", "list", "--data", "DATA"), {"numpy", "sqlalchemy"}),
        (("log", "show", "--data", "DATA"), {"numpy", "sqlalchemy"}),
    ],
)
def test_a_command_loads_what_it_needs(tmp_path: Path, command: tuple[str, ...], needed: set[str]) -> None:
    open_store(tmp_path).close()  # a folder in use: migrated long ago
    assert loaded(RUN, *(str(tmp_path) if word == "DATA" else word for word in command)) == needed


def test_a_desk_can_start_its_watch_before_anything_heavy_is_loaded() -> None:
    assert loaded(STARTS_A_WATCH) == set()
