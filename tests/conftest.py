"""Shared by all tests: puts this folder on the path, so that ``builders`` can be imported; the bay as desks find it."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen minutes of the demonstration bay."""
    from bay import demo_bay  # beside the tests of the desk, whose folder is on the path once they are collected

    return demo_bay(tmp_path_factory.mktemp("bay"), 16)


@pytest.fixture
def bay(played: Path, tmp_path: Path) -> Path:
    """A folder of its own for every test: what officers do is never undone."""
    return Path(shutil.copytree(played, tmp_path / "bay"))
