"""The walls hold: each contract fails when it is broken on purpose."""

import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

from fengqiao import words

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

BREAKS = [
    ("nav.py", "from fengqiao.fleet import Fleet\n", "imports point down only"),
    ("zones/zone.py", "import fengqiao.register.vessel\n", "imports point down only"),
    ("rules/gap.py", "import fengqiao.alerts\n", "imports point down only"),
    ("feeds/feed.py", "import fengqiao.store\n", "imports point down only"),
    ("rules/gap.py", "import pyais\n", "pyais only in ais"),
    ("app/replay.py", "import sqlmodel\n", "sqlmodel and sqlalchemy only in store"),
]

CALLS = [
    ("rules/gap.py", "import time\nNOW = time.time()\n", "TID251"),
    ("watch.py", "from datetime import datetime\nNOW = datetime.now()\n", "TID251"),
    ("ais/gate.py", "import random\n", "TID251"),
    ("fleet/fleet.py", "import socket\n", "TID251"),
    ("zones/load.py", "TEXT = open('charts')\n", "PTH123"),
    ("alerts/book.py", "from pathlib import Path\n", "TID251"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(("file", "line", "contract"), BREAKS, ids=lambda v: v.strip())
def test_a_wrong_import_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    target = copy / "src" / "fengqiao" / file
    target.write_text(line + target.read_text("utf-8"), "utf-8")
    done = run(copy, "lint-imports", "--no-cache")
    assert done.returncode != 0
    assert re.search(rf"{re.escape(contract)}.*BROKEN", done.stdout), done.stdout


@pytest.mark.slow
def test_a_new_room_must_be_given_its_place(copy: Path) -> None:
    """The layers are exhaustive: a folder nobody placed is an error, not a loophole."""
    (copy / "src" / "fengqiao" / "attic").mkdir()
    (copy / "src" / "fengqiao" / "attic" / "__init__.py").touch()
    assert run(copy, "lint-imports", "--no-cache").returncode != 0


@pytest.mark.parametrize(("file", "line", "rule"), CALLS, ids=lambda v: v.strip())
def test_clocks_files_and_dice_are_banned_below_feeds(copy: Path, file: str, line: str, rule: str) -> None:
    target = copy / "src" / "fengqiao" / file
    assert run(copy, "ruff", "check", "--no-cache", "--select", rule, str(target)).returncode == 0
    target.write_text(target.read_text("utf-8") + line, "utf-8")
    assert rule in run(copy, "ruff", "check", "--no-cache", "--select", rule, str(target)).stdout


def test_both_languages_have_every_message_with_the_same_fields() -> None:
    zh, en = words.catalogue("zh"), words.catalogue("en")
    assert set(zh) == set(en)
    for message, template in zh.items():
        assert fields(template) == fields(en[message]), message


def test_no_message_stands_in_two_catalogues() -> None:
    """Which of two would be shown is nobody's choice."""
    for lang in words.LANGUAGES:
        ids = [
            line
            for area in (files("fengqiao.words") / lang).iterdir()
            for line in area.read_text("utf-8").splitlines()
            if line.startswith("msgid ") and line != 'msgid ""'
        ]
        assert len(ids) == len(set(ids))


def test_a_hostile_name_stays_plain_text() -> None:
    """Escape codes, markup, templates and turned direction in a fact reach the screen as harmless characters."""
    name = "\x1b[31m{0.__class__}\u202e[bold]\r\n=1+1"
    said = words.say("en", "doctor.farthest", {"name": name, "distance_nm": 1.0, "position": "here"})
    assert "{0.__class__}" in said and "[bold]" in said
    assert not any(c in said for c in "\x1b\u202e\r\n")


def fields(template: str) -> set[str]:
    """Field names; ``zone_zh`` and ``zone_en`` are one fact in two languages."""
    return {name.removesuffix("_zh").removesuffix("_en") for _, name, _, _ in Formatter().parse(template) if name}


def run(folder: Path, tool: str, *args: str) -> subprocess.CompletedProcess[str]:
    environ = {"PYTHONPATH": str(folder / "src"), "PATH": str(BIN)}
    return subprocess.run(
        [str(BIN / tool), *args], cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=120
    )
