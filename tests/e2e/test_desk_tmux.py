"""The desk in a real terminal, from sign-on to the filed case; two desks on one watch; a pipe on standard input."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from live import ROOT, Sea, Watch, demo_lines, fengqiao, until
from terminal import TMUX, Terminal, terminal

from fengqiao.store.database import open_store
from fengqiao.store.lock import watch_running

pytestmark = [pytest.mark.slow, pytest.mark.skipif(TMUX is None, reason="tmux is not installed")]

SGR = re.compile(r"\x1b\[([\d;]*)m")
# Minutes of the recording: nobody has answered a warning; it has just become the one alarm, and is for three minutes.
ON_WATCH, WOKEN, LATER = 4, 6.1, 7
FENGQIAO = f"{sys.executable} -m fengqiao.cli.main"


@contextmanager
def signed_on(
    command: str, columns: int, rows: int, officer: str = "王建国", environ: Sequence[str] = ()
) -> Iterator[Terminal]:
    with terminal(command, columns, rows, environ) as screen:
        sign_on(screen, officer)
        yield screen


def sign_on(screen: Terminal, officer: str = "王建国") -> None:
    screen.await_text("值班员", "Enter")
    screen.write(officer)
    screen.type("Enter")
    screen.await_text(officer, "1海图")
    screen.await_gone("Enter 上岗")  # the name stands in the dialog too


@contextmanager
def at_sea(data: Path, columns: int, rows: int, environ: Sequence[str] = ()) -> Iterator[tuple[Terminal, Sea]]:
    """A desk with its own watch over a receiver on its standard input, and what that receiver hears."""
    registered(data)
    pipe = data.parent / "receiver"
    os.mkfifo(pipe)
    line = f"sh -c 'cat {pipe} | {FENGQIAO} desk --feed -?clock=source --data {data}'"
    with terminal(line, columns, rows, environ) as desk, pipe.open("wb") as heard:
        sea = Sea(heard)
        sea.hurry(ON_WATCH)
        try:
            sign_on(desk)
            yield desk, sea
        finally:
            sea.end()


def registered(data: Path) -> None:
    """The boats of the demonstration, known by name and telephone."""
    data.mkdir()
    register = ROOT / "fixtures" / "demo" / "register.csv"
    done = fengqiao("register", "import", str(register), "--actor", "张敏", "--data", str(data))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("columns", "rows"), [(160, 45), (80, 24)])
def test_from_sign_on_to_the_filed_case(tmp_path: Path, columns: int, rows: int) -> None:
    """Woken once, the officer sees why, acknowledges, reads the call sheet, writes a line, files the case."""
    data = tmp_path / "bay"
    with at_sea(data, columns, rows) as (desk, sea):
        sea.hurry(WOKEN)
        desk.await_text("!! 报警", "QINGLAN HARBOR")
        desk.type("F2")
        desk.type("F9")
        desk.await_text("呼叫单", "412990112", "VHF 16", "000-000")
        desk.type("Escape")
        desk.await_gone("VHF 16")
        desk.type("F11")
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
        desk.await_end()
    with open_store(data) as store:
        case = store.case_file(store.case_list()[0].case_no)
        assert case is not None and case.track is not None
        assert [v.mmsi for v in case.vessels] == [412990112, 477990101] and case.track.positions > 20
        assert store.outcomes("live")[0].outcome == "called" and store.log_lines()[0].vessel == "浙普渔60112"
        assert store.verify_chain() is None


def test_without_colour_the_journey_works_and_how_grave_it_is_can_be_read(tmp_path: Path) -> None:
    """NO_COLOR: not one colour, not even a grey, on any page; marks and words say what hue says elsewhere."""
    seen: list[str] = []

    def page(*wanted: str) -> str:
        desk.await_text(*wanted)
        seen.append(desk.painted())
        return desk.screen()

    with at_sea(tmp_path / "bay", 80, 24, ["NO_COLOR=1"]) as (desk, sea):
        sea.hurry(WOKEN)
        page("!! 报警", "QINGLAN HARBOR")
        desk.type("3")
        assert re.search(r"^>?\s*!!\* 报警 .*已升级", page("级别", "!!* 报警"), re.M)
        desk.type("2")
        assert re.search(r"^>?\s*!!\* .* 报警", page("船名", "!!* "), re.M)
        desk.type("F2", "F9")
        page("呼叫单", "VHF 16")
        desk.type("Escape")
        desk.await_gone("VHF 16")
        desk.type("F7")
        page("已从预警填入")
        desk.type("Enter")
        assert "待受理" in page("舟定湾人调字第0001号", "当事船")
        desk.type("5")
        assert re.search(r"!! 欠处置结果 1", page("未了事项", "欠处置结果 1"))
        desk.type("F1")
        page("各处通用")
        desk.type("Escape")
        desk.await_gone("各处通用")
        desk.type("C-q", "C-q")
    codes = {int(n or 0) for screen in seen for found in SGR.findall(screen) for n in found.split(";")}
    assert codes & {1, 7}, "weight and reverse are left"
    assert not [n for n in codes if 30 <= n <= 38 or 40 <= n <= 48 or 90 <= n <= 107]


@contextmanager
def watching_at_sea(data: Path, minute: float) -> Iterator[Watch]:
    """A watch over a receiver on its standard input, which is heard from that minute on."""
    running = Watch(data, "--feed", "-?clock=source", stdin=subprocess.PIPE)
    assert running.process.stdin is not None
    sea = Sea(running.process.stdin)
    try:
        sea.hurry(minute)
        until(lambda: any(c["rule"] == "collision" for c in running.changes()), running)
        yield running
    finally:
        running.end()
        sea.end()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    registered(tmp_path / "d")
    with watching_at_sea(tmp_path / "d", WOKEN) as running:
        yield running


def test_two_desks_on_one_watch(watch: Watch, tmp_path: Path) -> None:
    """An acknowledgement on one shows on the other; a killed desk changes nothing; a dead watch is told in red."""
    data = tmp_path / "d"
    join = f"{FENGQIAO} desk --data {data}"
    with signed_on(join, 120, 36) as first, terminal(join, 120, 36) as second:
        second.await_text("王建国", "1海图")
        for desk in (first, second):
            desk.type("3")
            desk.await_text("BEIYAN PIONEER", "未签收")
        assert "欠处置结果" not in second.screen()
        first.type("F2")
        second.await_text("欠处置结果")  # an alarm: acknowledged, and what came of it is owed
        first.type("C-q", "C-q")
        first.await_end()
        second.await_text("AIS ")
        watch.kill()
        second.await_text("值守中断", "屏幕所示是中断前的情况")
        with watching_at_sea(data, LATER):
            second.await_text("AIS ", "/s")
            second.await_gone("值守中断")


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
    with signed_on(f"sh -c 'trap : HUP; {FENGQIAO} desk --demo --data {data}; true'", 80, 24) as desk:
        assert watch_running(data) and "演示" in desk.screen()
        pids = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _is_desk(int(p.name), tmp_path)]
        assert pids
    try:
        until(lambda: not watch_running(data) and not any(_is_desk(pid, tmp_path) for pid in pids))
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
