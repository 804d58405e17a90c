"""Shared by all tests: puts this folder on the path, so that ``builders`` can be imported; the bay as desks find it.

Laws are tried on the same examples wherever CI is set, so that nothing lands or fails to by chance, and on other ones
at every run elsewhere, where a find can be kept as an example. How long one takes is never a verdict.
"""

import os
import shutil
from math import inf
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from fengqiao.store import frame

ALWAYS = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("landing", ALWAYS, derandomize=True, database=None)
settings.register_profile("searching", ALWAYS)
settings.load_profile("landing" if os.environ.get("CI") else "searching")


@pytest.fixture(autouse=True)
def slow_is_fresh(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk takes the bay for fresh however slow the test is: its frame is of an hour to come (``bay.demo_bay``)."""
    if request.path.parent.name == "desk":
        monkeypatch.setattr(frame, "AHEAD_S", inf)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen minutes of the demonstration bay."""
    from bay import demo_bay  # beside the tests of the desk, whose folder is on the path once they are collected

    return demo_bay(tmp_path_factory.mktemp("bay"), 16)


@pytest.fixture
def bay(played: Path, tmp_path: Path) -> Path:
    """A folder of its own for every test: what officers do is never undone."""
    return Path(shutil.copytree(played, tmp_path / "bay"))
