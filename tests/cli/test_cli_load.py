"""``fengqiao replay --report`` and ``fengqiao load``, on a real recording and on a watch."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from duty.duty_cases import MINUTE, RAISED, live, tell
from fengqiao.cli.main import run
from fengqiao.model.errors import Exit
from fengqiao.model.findings import Priority
from fengqiao.papers.sheet import PAGE_CELLS, width
from fengqiao.store.database import open_store
from store.store_cases import T0

ROOT = Path(__file__).resolve().parents[2]
GUERNSEY = ROOT.parent / "shared" / "data" / "ais" / "channel_guernsey_20110726.tag.nmea"


def recording(folder: Path, lines: int) -> str:
    """The beginning of a real recording: the whole of its eighteen hours takes half a minute."""
    if not GUERNSEY.exists():
        pytest.skip("the recordings in ../shared/data are not at hand")
    path = folder / "guernsey.nmea"
    with GUERNSEY.open("rb") as whole:
        path.write_bytes(b"".join(islice(whole, lines)))
    return str(path)


def said(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run(args)
    return code, capsys.readouterr().out


def test_a_recordings_report_counts_what_its_replay_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every call that was kept is in one hour, one source and one level of the report, and no other is."""
    code, out = said(capsys, "replay", recording(tmp_path, 700), "--data", str(tmp_path), "--report", "--json")
    (line,) = out.splitlines()
    told: dict[str, Any] = json.loads(line)
    report = told["report"]
    with open_store(tmp_path) as store:
        kept = store.changes(told["summary"]["run"])
    calls = [c for c in kept if c.change in ("raised", "worsened", "escalated")]
    warned = [c for c in calls if c.priority >= Priority.WARNING]
    still = {c.alert for c in kept if c.change == "raised"} - {c.alert for c in kept if c.change == "resolved"}
    assert code == Exit.DONE and calls
    assert (report["calls"], report["warned"]) == (len(calls), len(warned))
    assert sum(h[1] + h[2] for h in report["hours"]) == sum(s["calls"] for s in report["top_sources"]) == len(calls)
    assert {t["verdict"] for t in report["targets"]} == {"too_short"} and report["suppressed_reraises"] >= 0
    assert len(report["standing"]) == report["active"] == len(still)


def test_the_report_is_read_by_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table with targets and no verdict, a bar an hour, what still stands; no change is printed one by one."""
    code, out = said(capsys, "replay", recording(tmp_path, 150), "--data", str(tmp_path), "--report")
    assert code == Exit.DONE and all(width(line) <= PAGE_CELLS for line in out.splitlines())
    for words in ("与标准对照", "不作评判", "超过十次的十分钟时段", "逐时", "未告知", "反复触发", "期末仍未解除"):
        assert words in out
    assert "] 发生  " not in out


def test_the_load_of_a_watch_with_what_officers_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Labels given at the prompt come back as precision, with the rest said to be unlabelled."""
    with open_store(tmp_path) as store:
        live(store)
        for n in range(4):
            tell(store, RAISED, T0 + n * MINUTE, f"collision-{n}")
    data = ("--data", str(tmp_path))
    by = ("--actor", "王建国", *data)
    assert said(capsys, "log", "label", "collision-0", "true", *by)[0] == Exit.DONE
    assert said(capsys, "log", "outcome", "collision-1", "called", "--label", "unclear", *by)[0] == Exit.DONE
    assert said(capsys, "log", "label", "collision-2", "perhaps", *by)[0] == Exit.WRONG_USE
    span = ("--from", "2026-11-22 21:00", "--to", "2026-11-22 22:00")
    code, out = said(capsys, "load", *span, "--json", *data)
    told = json.loads(out)
    (collisions,) = told["precision"]
    assert (code, told["run"], told["calls"], told["windows_10_min"]) == (Exit.DONE, "live", 4, 6)
    assert [collisions[name] for name in ("true", "unclear", "unlabelled", "precision")] == [1, 1, 2, 1.0]
    assert "属实 1 虚警 0 不明 1 未判 2" in said(capsys, "load", *span, *data)[1]


@pytest.mark.parametrize("command", ["load", "log show"])
@pytest.mark.parametrize(
    ("span", "code"),
    [
        (("--from", "2026-11-28T22:00", "--to", "2026-11-28T22:00"), Exit.DONE),
        (("--from", "2026-11-28T22:00", "--to", "2026-11-28T21:59"), Exit.WRONG_USE),
        (("--to", "9999-12-31T23:59:59+00:00"), Exit.WRONG_USE),
        (("--from", "0001-01-01"), Exit.WRONG_USE),
    ],
)
def test_a_span_of_nothing_is_quiet_and_one_that_runs_backwards_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, span: tuple[str, ...], code: Exit
) -> None:
    """Nor may a time that no calendar knows end in a trace."""
    known = Exit.NO if command == "log show" and code == Exit.DONE else code  # no line was written then
    assert said(capsys, *command.split(), *span, "--data", str(tmp_path))[0] == known
