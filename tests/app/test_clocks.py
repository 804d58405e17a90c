"""A recording whose only times are those of the receiver's own clock, taken in and told of."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

STUPAN = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ais" / "stupan_sweden.nmea"
pytestmark = pytest.mark.skipif(not STUPAN.exists(), reason="the recordings of ../shared/data/ais are not here")


def fengqiao(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from fengqiao.cli.main import main; main()", *args]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)


def test_it_is_imported_by_its_zda_lines(tmp_path: Path) -> None:
    """And the summary says by which clock."""
    done = fengqiao("import", str(STUPAN), "--data", str(tmp_path), "--json")
    said = json.loads(done.stdout)["import"]
    assert (said["first"], said["last"]) == ("2022-08-18T17:08:50.000Z", "2022-08-18T17:10:47.000Z")
    assert said["clocks"] == {"none": 0, "tag": 0, "prefix": 0, "pghp": 0, "gnss": 1295}


def test_a_replay_says_its_clock_in_words(tmp_path: Path) -> None:
    done = fengqiao("replay", str(STUPAN), "--data", str(tmp_path))
    assert "接收机的卫星定位时间（RMC、ZDA） 1,295 句" in done.stderr
