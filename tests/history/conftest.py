"""One data folder for all questions: the demonstration's recordings, imported as if they came from elsewhere."""

import shutil
from pathlib import Path

import pytest

from fengqiao.app.demo import demonstration
from fengqiao.cli.main import run


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    foreign = [shutil.copy(file, folder / f"foreign-{i}.nmea.zst") for i, file in enumerate(demonstration().files)]
    assert run(["import", *map(str, foreign), "--data", str(folder / "data"), "--json"]) == 0
    return folder / "data"
