"""kill -9: nothing that was counted as received is lost, and the next start catches up to the same state."""

import json
import random
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from live import UDP, demo_lines, fengqiao, send_udp, until, watching

from fengqiao.ais import Decoder
from fengqiao.model.inputs import Clock
from fengqiao.store.raw_log import RecordKind, chunk_of, read

pytestmark = pytest.mark.slow

KILLS, PART = 20, 900  # times, and datagrams sent each time


def sentences_in(folder: Path) -> int:
    """What the chunk log holds, counted by a decoder of its own."""
    chunks = [chunk_of(record) for record in read(folder) if record.kind is RecordKind.CHUNK]
    decoder = Decoder(dict.fromkeys({chunk.feed for chunk in chunks}, Clock.RECEIVER))
    decoder.decode(chunks)
    return decoder.counts.came_in


def test_twenty_kills_under_udp(tmp_path: Path) -> None:
    """Killed at random moments while datagrams pour in: the log holds every sentence that a status line counted."""
    data, dice, lines = tmp_path / "data", random.Random(20), demo_lines()
    shown = 0
    for turn in range(KILLS):
        with watching(data, "--feed", UDP) as watch:
            part = lines[turn * PART : (turn + 1) * PART]
            sender = threading.Thread(target=send_udp, args=(watch.port(), part, watch))
            enough = watch.sentences() + dice.randrange(PART // 2)
            sender.start()
            watch.await_sentences(enough)
            time.sleep(dice.uniform(0.0, 0.2))  # status lines are as far apart: it may be before the next or after it
            watch.kill()
            sender.join()
            shown = max(shown, watch.sentences())
        assert sentences_in(data) >= shown >= enough
    assert shown > 1000
    with watching(data, "--feed", UDP) as watch:
        watch.await_sentences(shown)
        assert watch.stop() == 0
    done = fengqiao("rebuild", "--json", "--data", str(data))
    figures = json.loads(done.stdout)
    assert done.returncode == 0 and figures["same"], figures
    assert figures["positions"] > 500


def test_kills_under_changing_thresholds(tmp_path: Path) -> None:
    """Other thresholds at every start, killed each time: what is told again is judged by the thresholds of then.

    A feed that never speaks is told of after as many seconds as the file says: not at the first start, soon at the
    second; the third, whose own file would not yet say so, tells it again while it catches up. The checkpoint goes
    before it, as one made in the minute of the alert would leave nothing to tell again.
    """
    data = tmp_path / "data"
    data.mkdir()
    told: dict[int, list[dict[str, Any]]] = {}
    for starting_s in (3600, 5, 3601):
        text = f'[feed]\nstarting_s = {{ value = {starting_s}, source = "kill test" }}\n'
        (data / "thresholds.toml").write_text(text, "utf-8")
        for checkpoint in data.glob("checkpoint*"):
            checkpoint.unlink()
        with watching(data, "--feed", UDP) as watch:
            if starting_s != 3600:
                until(watch.changes, watch)
            watch.kill()
            told[starting_s] = watch.changes()
    assert not told[3600]
    # A machine that stalls may see the alert of a feed that is no more end as well: that is the third's own doing.
    assert told[3601][: len(told[5])] == told[5]
    (data / "thresholds.toml").unlink()
    figures = json.loads(fengqiao("rebuild", "--json", "--data", str(data)).stdout)
    assert figures["same"] and figures["changes"] >= len(told[3601]), figures


def test_a_second_watch_is_refused(tmp_path: Path) -> None:
    """One folder, one watch: the second says so and ends with exit code 4."""
    data = tmp_path / "data"
    with watching(data, "--feed", UDP):
        done = fengqiao("watch", "--feed", UDP, "--data", str(data))
        assert done.returncode == 4
        assert len(done.stderr.strip().splitlines()) <= 2 and str(data) in done.stderr


def test_acts_reach_a_running_watch(tmp_path: Path) -> None:
    """A gale typed by hand is applied at once, an unknown alert is refused with exit code 1, both are audited."""
    data = tmp_path / "data"
    with watching(data, "--feed", UDP) as watch:
        gale = answered(
            *("act", "gale", "g1", "--level", "8", "--from", "2025-09-16T12:00", "--to", "2025-09-16T20:00"),
            *("--zone", "ground-zhoushan", "--source", "test", "--actor", "Zhang", "--json", "--data", str(data)),
        )
        assert gale.returncode == 0 and json.loads(gale.stdout)["state"] == "applied", gale.stderr
        nothing = answered("act", "acknowledge", "none", "--actor", "Zhang", "--json", "--data", str(data))
        assert nothing.returncode == 1 and json.loads(nothing.stdout)["refusal"] == "unknown_alert"
        assert watch.stop() == 0
    assert fengqiao("rebuild", "--json", "--data", str(data)).returncode == 0


def answered(*args: str) -> "subprocess.CompletedProcess[str]":
    """What the watch made of an act; asked again where the machine stalled for longer than the command waits."""
    for _ in range(5):
        done = fengqiao(*args)
        if done.returncode or json.loads(done.stdout)["state"] != "waiting":
            break
    return done
