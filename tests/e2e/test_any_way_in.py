"""However the same recording comes in, the same alerts come out."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from live import PATIENCE_S, UDP, command, demo_lines, fengqiao, send_udp, watching

pytestmark = pytest.mark.slow


def essence(change: dict[str, Any]) -> tuple[Any, ...]:
    return change["at"], change["change"], change["alert"], change["priority"], change["text"]


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return demo_lines()


@pytest.fixture(scope="module")
def replayed(lines: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    file = tmp_path_factory.mktemp("replay") / "bay.nmea"
    file.write_bytes(b"".join(lines))
    done = fengqiao("replay", str(file), "--json")
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[-1]["summary"]["sentences"]["in"] == len(lines)
    changes = [essence(o) for o in told if "change" in o]
    assert len(changes) >= 8
    return changes


def test_over_udp(lines: list[bytes], replayed: list[tuple[Any, ...]], tmp_path: Path) -> None:
    """Datagrams without line ends, source clock: the alerts of the replay, at the same event times."""
    with watching(tmp_path / "data", "--feed", f"{UDP}?clock=source") as watch:
        send_udp(watch.port(), lines, watch)
        watch.await_sentences(len(lines))
        assert watch.stop() == 0
        assert [essence(c) for c in watch.changes()] == replayed


def test_over_standard_input(lines: list[bytes], replayed: list[tuple[Any, ...]], tmp_path: Path) -> None:
    """A pipe that ends: the watch folds it all, reports and exits 0."""
    args = command("watch", "--json", "--feed", "-?clock=source", "--data", str(tmp_path / "data"))
    done = subprocess.run(args, input=b"".join(lines), capture_output=True, timeout=PATIENCE_S * 4, check=False)
    assert done.returncode == 0, done.stderr.decode()
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [essence(o) for o in told if "change" in o] == replayed


def test_a_rebuild_agrees_with_what_was_kept(lines: list[bytes], tmp_path: Path) -> None:
    """Alerts and positions derived anew from the raw log are those the watch kept; one flipped byte is found."""
    data = tmp_path / "data"
    args = command("watch", "--json", "--feed", "-?clock=source", "--data", str(data))
    subprocess.run(args, input=b"".join(lines[:6000]), capture_output=True, timeout=PATIENCE_S * 4, check=True)
    done = fengqiao("rebuild", "--json", "--data", str(data))
    figures = json.loads(done.stdout)
    assert done.returncode == 0 and figures["same"] and figures["positions"] > 1000, figures
    segment = max((data / "raw").rglob("*.log"))
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    assert fengqiao("rebuild", "--json", "--data", str(data)).returncode in (1, 3)
