"""Bad input gets one clear sentence in the chosen language, the mend, and its exit code; never a traceback."""

import os
import socket
from pathlib import Path

import pytest
from live import fengqiao

NOISE = bytes(range(256)) * 64


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "empty.nmea").touch()
    (tmp_path / "noise.nmea").write_bytes(NOISE)
    (tmp_path / "cut.nmea.gz").write_bytes(b"\x1f\x8b\x08\x00" + NOISE)
    (tmp_path / "zone.geojson").write_text('{"type": "FeatureCollection", "features": [{"type": "Feature"}]}')
    (tmp_path / "not.geojson").write_bytes(NOISE)
    (tmp_path / "register.csv").write_text("a,b\n1,2\n")
    (tmp_path / "acts.json").write_text("[{]")
    (tmp_path / "file").write_text("in the way of a data folder")
    return tmp_path


CASES = [
    (["replay", "{bad}/empty.nmea"], 3),
    (["replay", "{bad}/cut.nmea.gz"], 3),
    (["replay", "{bad}"], 3),
    (["replay", "{bad}/missing.nmea"], 3),
    (["replay", "udp://127.0.0.1:1"], 2),
    (["replay"], 2),
    (["replay", "--demo", "{bad}/noise.nmea"], 2),
    (["replay", "{bad}/noise.nmea", "--acts", "{bad}/acts.json"], 3),
    (["decode", "{bad}"], 3),
    (["decode", "{bad}/empty.nmea"], 3),
    (["decode"], 2),
    (["watch", "--feed", "mqtt://somewhere:1883", "--data", "{bad}/d"], 2),
    (["watch", "--feed", "udp://127.0.0.1:99999", "--data", "{bad}/d"], 2),
    (["watch", "--feed", "udp://127.0.0.1:10110?colour=red", "--data", "{bad}/d"], 2),
    (["watch", "--feed", "tcp://127.0.0.1:{closed}", "--data", "{bad}/d"], 4),
    (["watch", "--data", "{bad}/d"], 2),
    (["watch", "--feed", "-", "--data", "{bad}/file"], 4),
    (["zones", "at", "nowhere", "--data", "{bad}/d"], 2),
    (["zones", "at", "122.3,30.2", "--when", "noon", "--data", "{bad}/d"], 2),
    (["zones", "lint", "{bad}/missing.geojson", "--data", "{bad}/d"], 3),
    (["register", "import", "{bad}/register.csv", "--actor", "Z", "--data", "{bad}/d"], 3),
    (["register", "import", "{bad}/missing.csv", "--actor", "Z", "--data", "{bad}/d"], 3),
    (["rebuild", "--data", "{bad}/d"], 3),
    (["act", "acknowledge", "x", "--data", "{bad}/d"], 2),
    (["act", "gale", "g", "--level", "8", "--from", "later", "--actor", "Z", "--data", "{bad}/d"], 3),
    (["nonsense"], 2),
    (["watch", "--lang", "fr", "--feed", "-"], 2),
]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("args", "code"), CASES, ids=lambda v: " ".join(v) if isinstance(v, list) else str(v))
def test_one_sentence_and_its_exit_code(args: list[str], code: int, lang: str, bad: Path) -> None:
    environ = {**os.environ, "FENGQIAO_LANG": lang}
    environ.pop("FENGQIAO_ACTOR", None)
    filled = [arg.format(bad=bad, closed=closed_port()) for arg in args]
    done = fengqiao(*filled, env=environ, cwd=bad, stdin=-3)
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr and "error." not in said[-1]
    assert any("\u4e00" <= c <= "\u9fff" for c in said[-1]) == (lang == "zh"), said[-1]


@pytest.mark.slow
def test_broken_zones_are_named(bad: Path) -> None:
    """``zones lint`` names file and fault, and ends with exit code 3; the charts that ship are sound."""
    for name in ("zone.geojson", "not.geojson"):
        done = fengqiao("zones", "lint", str(bad / name), "--lang", "en", "--data", str(bad / "d"))
        assert done.returncode == 3 and name in done.stdout, done.stderr
    sound = fengqiao("zones", "lint", "--data", str(bad / "d"))
    assert sound.returncode == 0, sound.stdout


@pytest.mark.slow
def test_refused_sentences_are_no_error(bad: Path) -> None:
    """A readable file full of noise is counted, not complained of."""
    done = fengqiao("decode", str(bad / "noise.nmea"), "--stats", "--json")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error() -> None:
    done = fengqiao("--help")
    assert done.returncode == 0 and "replay" in done.stdout


def closed_port() -> int:
    """A port that nobody listens on, as far as one can know."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
