"""The desk in a real terminal, from sign-on to the filed case; two desks on one watch; a pipe on standard input."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from live import Watch, demo_lines, until
from terminal import TMUX, Terminal, terminal

from fengqiao.store.database import open_store
from fengqiao.store.lock import watch_running

pytestmark = [pytest.mark.slow, pytest.mark.skipif(TMUX is None, reason="tmux is not installed")]

SGR = re.compile(r"\x1b\[([\d;]*)m")
FENGQIAO = f"{sys.executable} -m fengqiao.cli.main"


@contextmanager
def signed_on(
    command: str, columns: int, rows: int, officer: str = "王建国", environ: Sequence[str] = ()
) -> Iterator[Terminal]:
    with terminal(command, columns, rows, environ) as screen:
        screen.await_text("值班员", "Enter")
        screen.write(officer)
        screen.type("Enter")
        screen.await_text(officer, "1海图")
        deadline = time.monotonic() + 60.0
        while "Enter 上岗" in screen.screen():  # the name stands in the dialog too: keys typed now would go there
            assert time.monotonic() < deadline, screen.screen()
        yield screen


@pytest.mark.parametrize(("columns", "rows"), [(160, 45), (80, 24)])
def test_from_sign_on_to_the_filed_case(tmp_path: Path, columns: int, rows: int) -> None:
    """Woken once, the officer sees why, acknowledges, reads the call sheet, writes a line, files the case."""
    data = tmp_path / "bay"
    data.mkdir()
    with signed_on(f"{FENGQIAO} desk --demo --speed 60 --data {data}", columns, rows) as desk:
        assert "演示" in desk.screen()
        desk.await_text("!! 报警", "QINGLAN HARBOR")
        desk.type("F2")
        desk.type("F9")
        desk.await_text("呼叫单", "412990112", "VHF 16", "000-000")
        desk.type("Escape", "F11")
        desk.await_text("自动填入")
        desk.write("已呼叫浙普渔60112，对方右转")
        desk.type("Enter")
        desk.await_text("已记入值班日志")
        desk.type("r")
        desk.await_text("欠填", "已呼叫")
        desk.type("1", "Enter")
        desk.await_text("处置结果已填")  # the dialog closes once it is written down
        desk.type("F7")
        desk.await_text("已从预警填入")
        desk.type(*["Enter"] * 6)
        desk.await_text("舟定湾人调字第0001号", "待受理", "当事船")
        desk.type("5")
        desk.await_text("已呼叫浙普渔60112，对方右转")
        desk.type("C-q", "C-q")
        time.sleep(1.0)
    with open_store(data) as store:
        case = store.case_file(store.case_list()[0].case_no)
        assert case is not None and case.track is not None
        assert [v.mmsi for v in case.vessels] == [412990112, 477990101] and case.track.positions > 20
        assert store.outcomes("demo")[0].outcome == "called" and store.log_lines()[0].vessel == "浙普渔60112"
        assert store.verify_chain() is None


def test_without_colour_the_journey_works_and_how_grave_it_is_can_be_read(tmp_path: Path) -> None:
    """NO_COLOR: not one colour, not even a grey, on any page; marks and words say what hue says elsewhere."""
    data = tmp_path / "bay"
    seen: list[str] = []
    data.mkdir()

    def page(*wanted: str) -> str:
        desk.await_text(*wanted)
        seen.append(desk.painted())
        return desk.screen()

    command = f"{FENGQIAO} desk --demo --speed 60 --data {data}"
    with signed_on(command, 80, 24, environ=["NO_COLOR=1"]) as desk:
        page("!! 报警", "QINGLAN HARBOR")
        desk.type("3")
        # Whether she is an alarm by her facts yet or by nobody's answer depends on how fast this machine reads.
        assert re.search(r"^>?\s*!!\* 报警 .*(未签收|已升级)", page("级别", "!!* 报警"), re.M)
        desk.type("2")
        assert re.search(r"^>?\s*!!\* .* 报警", page("船名", "!!* "), re.M)
        desk.type("F2", "F9")
        page("呼叫单", "VHF 16")
        desk.type("Escape", "F7")
        page("已从预警填入")
        desk.type("Enter")
        assert "待受理" in page("舟定湾人调字第0001号", "当事船")
        desk.type("5")
        assert re.search(r"!! 欠处置结果 1", page("未了事项", "欠处置结果 1"))
        desk.type("F1")
        page("各处通用")
        desk.type("Escape", "C-q", "C-q")
    codes = {int(n or 0) for screen in seen for found in SGR.findall(screen) for n in found.split(";")}
    assert codes & {1, 7}, "weight and reverse are left"
    assert not [n for n in codes if 30 <= n <= 38 or 40 <= n <= 48 or 90 <= n <= 107]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    (tmp_path / "d").mkdir()
    running = Watch(tmp_path / "d", "--demo", "--speed", "30")
    try:
        until(lambda: any(c["rule"] == "collision" for c in running.changes()), running)
        yield running
    finally:
        running.end()


def test_two_desks_on_one_watch(watch: Watch, tmp_path: Path) -> None:
    """An acknowledgement on one shows on the other; a killed desk changes nothing; a dead watch is told in red."""
    data = tmp_path / "d"
    join = f"{FENGQIAO} desk --data {data}"
    with signed_on(join, 120, 36) as first, terminal(join, 120, 36) as second:
        second.await_text("王建国", "1海图")
        for desk in (first, second):
            desk.type("3")
            desk.await_text("BEIYAN PIONEER", "未签收")
        before = second.screen().count("已签收")
        first.type("F2")
        begun = time.monotonic()
        second.await_text("已签收")
        assert before == 0 and time.monotonic() - begun < 3.0  # a second, and what a busy test machine adds
        first.type("C-q", "C-q")
        second.await_text("AIS ")
        watch.kill()
        second.await_text("值守中断", "屏幕所示是中断前的情况")
        again = Watch(data, "--demo", "--speed", "30")
        try:
            second.await_text("AIS ", "/s")
            assert "值守中断" not in second.screen()
        finally:
            again.end()


def test_a_killed_desk_changes_nothing(watch: Watch, tmp_path: Path) -> None:
    seq = (watch.status() or {"seq": 0})["seq"]
    with signed_on(f"{FENGQIAO} desk --data {tmp_path / 'd'}", 80, 24):
        pids = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _is_desk(int(p.name), tmp_path)]
        assert pids
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
    until(lambda: (watch.status() or {"seq": 0})["seq"] > seq, watch)


def test_a_closed_terminal_ends_the_desk_and_its_watch(tmp_path: Path) -> None:
    """Under a parent that keeps the hang-up to itself, as make does, nobody tells the desk but the dead line."""
    data = tmp_path / "d"
    with signed_on(f"sh -c 'trap : HUP; {FENGQIAO} desk --demo --data {data}; true'", 80, 24):
        assert watch_running(data)
        pids = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _is_desk(int(p.name), tmp_path)]
        assert pids
    deadline = time.monotonic() + 30.0
    try:
        while watch_running(data) or any(_is_desk(pid, tmp_path) for pid in pids):
            assert time.monotonic() < deadline, "the desk outlives its terminal"
            time.sleep(0.2)
    finally:
        for pid in pids:
            if _is_desk(pid, tmp_path):
                os.kill(pid, signal.SIGKILL)
    assert (data / "checkpoint").exists()


def test_a_pipe_feeds_the_watch_and_the_terminal_stays_ours(tmp_path: Path) -> None:
    """receiver | fengqiao desk --feed -: the sentences reach the watch, the keys reach the desk."""
    recording, data = tmp_path / "bay.nmea", tmp_path / "d"
    recording.write_bytes(b"".join(demo_lines(4000)))
    data.mkdir()
    piped = f"sh -c 'cat {recording} | {FENGQIAO} desk --feed -?clock=source --data {data}'"
    with signed_on(piped, 100, 30) as desk:
        desk.type("2")
        desk.await_text("BEIYAN PIONEER")
        desk.type("C-q", "C-q")


def _is_desk(pid: int, folder: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"desk" in words and str(folder / "d").encode() in words
