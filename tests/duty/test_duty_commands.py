"""``fengqiao shift`` and ``fengqiao log``, as an officer types them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from duty.duty_cases import ALARM, RAISED, SEEN, A, latest_boat, live, tell
from fengqiao.store import open_store
from store.store_cases import T0

pytestmark = pytest.mark.slow


def fengqiao(folder: Path, *args: str, lang: str = "zh") -> tuple[int, str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FENGQIAO_")}
    done = subprocess.run(
        [sys.executable, "-m", "fengqiao.cli.main", *args],
        env=clean | {"FENGQIAO_DATA": str(folder), "FENGQIAO_LANG": lang, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )
    return done.returncode, done.stdout, done.stderr


def told(folder: Path, *args: str) -> tuple[int, Any]:
    code, out, _ = fengqiao(folder, *args, "--json")
    return code, json.loads(out)


def test_a_watch_from_sign_on_to_the_report(tmp_path: Path) -> None:
    """Signed on, wrote a line, refused while an alarm waits and while its outcome is owed, handed over, printed."""
    with open_store(tmp_path) as store:
        live(store)
        tell(store, RAISED)
        latest_boat(store)
    assert fengqiao(tmp_path, "shift", "on", "--officer", "王建国")[0] == 0
    code, line = told(tmp_path, "log", "add", "VHF16 呼叫", "--vessel", str(A), "--alert", ALARM)
    assert (code, line["officer"], line["vessel"], line["lon_deg"]) == (0, "王建国", "浙样渔00001", 122.5)
    assert told(tmp_path, "shift", "off", "--to", "李海波") == (1, {"refused": "unacknowledged", "alerts": [ALARM]})
    with open_store(tmp_path) as store:
        tell(store, SEEN, T0 + 1)
    code, out, _ = fengqiao(tmp_path, "shift", "off", "--to", "李海波")
    assert code == 1 and "fengqiao log outcome" in out and ALARM in out
    assert told(tmp_path, "log", "outcome", ALARM, "called") == (
        0,
        {"alert": ALARM, "outcome": "called", "correction": False, "owed": 0},
    )
    code, done = told(tmp_path, "shift", "off", "--to", "李海波")
    assert (code, done["officer"], len(done["snapshot"])) == (0, "李海波", 64)
    assert told(tmp_path, "shift", "show")[1]["officer"] == "李海波"
    code, out, _ = fengqiao(tmp_path, "log", "show", "--report")
    assert code == 0 and "王建国 交 李海波" in out and "三、处置结果  1 条  已呼叫 1" in out
    with open_store(tmp_path) as store:
        assert store.verify_chain() is None


def test_nothing_is_written_in_nobodys_name(tmp_path: Path) -> None:
    """Without an officer on and without --actor a line is refused with the way out; with --actor it is that name's."""
    code, _, said = fengqiao(tmp_path, "log", "add", "巡查")
    assert code == 2 and "fengqiao shift on --officer" in said
    code, line = told(tmp_path, "log", "add", "巡查", "--actor", "赵小山", "--at", "29-55N 122-25E")
    assert (code, line["officer"], round(line["lat_deg"], 3)) == (0, "赵小山", 29.917)


def test_a_seat_that_is_taken_and_a_plan_that_is_wrong_are_said(tmp_path: Path) -> None:
    """Who sits there and how to go on; a slip in duty.toml is named while who is on is known all the same."""
    fengqiao(tmp_path, "shift", "on", "--officer", "王建国")
    (tmp_path / "duty.toml").write_text("[[shift]]\nname = 3\n", "utf-8")
    code, _, taken = fengqiao(tmp_path, "shift", "on", "--officer", "李海波", lang="en")
    assert code == 2 and "王建国" in taken and "shift off --to" in taken
    code, out, said = fengqiao(tmp_path, "shift", "show")
    assert code == 0 and "王建国" in out and "duty.toml" in said


def test_seats_do_not_know_of_each_other(tmp_path: Path) -> None:
    """An empty seat answers no; leaving one leaves the other."""
    for seat, name in (("west", "王建国"), ("east", "李海波")):
        fengqiao(tmp_path, "shift", "on", "--officer", name, "--seat", seat)
    assert told(tmp_path, "shift", "off", "--seat", "west") == (0, {"officer": None})
    assert told(tmp_path, "shift", "show", "--seat", "west") == (1, {"officer": None})
    assert told(tmp_path, "shift", "show", "--seat", "east")[1]["officer"] == "李海波"


def test_an_empty_log_answers_no_and_an_unknown_alert_is_refused(tmp_path: Path) -> None:
    """Exit codes a script may rely on."""
    assert fengqiao(tmp_path, "log", "show")[0] == 1
    code, _, said = fengqiao(tmp_path, "log", "outcome", "no-such", "called", "--actor", "王建国")
    assert code == 2 and "no-such" in said
