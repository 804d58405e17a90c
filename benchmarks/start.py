"""How long until something is seen: ``python -m benchmarks.start``. Wall time; the median of several starts.

The desk is started as its users start it, in a terminal of 160x45 cells that answers as real ones do, and timed from
exec to the first output that holds a cell only the chart draws (land in quadrants, detail in braille). Peers in the
same run: the bare interpreter, and the interpreter with the screen's library loaded, which no desk can go below.
"""

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

TURNS = 5
ROWS, COLUMNS = 45, 160
PATIENCE_S = 30.0
STOP_S = 20.0  # a desk stops its own watch, which leaves a checkpoint
CHART_CELL = re.compile("[▖▗▘▙▚▛▜▝▞▟\u2801-\u28ff]")  # no frame, rule or bar of another widget is made of these
WHERE_IS_THE_CURSOR, AT_THE_SECOND_COLUMN = b"\x1b[6n", b"\x1b[1;2R"
FENGQIAO = (sys.executable, "-m", "fengqiao.cli.main")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        rows = [(what, statistics.median(start() for _ in range(TURNS))) for what, start in starts(Path(scratch))]
    bare, screen = rows[0][1], rows[1][1]
    print(f"{'what':<52}{'median':>9}{'x python':>10}{'x textual':>11}")
    for what, took_s in rows:
        print(f"{what:<52}{took_s:>8.2f}s{took_s / bare:>10.0f}{took_s / screen:>11.2f}")


def starts(scratch: Path) -> list[tuple[str, Callable[[], float]]]:
    kept = scratch / "kept"
    list_cases = (*FENGQIAO, "case", "list", "--data", str(kept))
    return [
        ("python -c pass", lambda: to_end((sys.executable, "-c", "pass"))),
        ('python -c "import textual.app"', lambda: to_end((sys.executable, "-c", "import textual.app"))),
        ("fengqiao --help", lambda: to_end((*FENGQIAO, "--help"))),
        ("fengqiao case list", lambda: to_end(list_cases)),
        ("fengqiao desk --demo, to the first chart", lambda: to_chart(("--demo",), new_folder(scratch))),
        ("the same in a folder used before", lambda: to_chart(("--demo",), kept)),
        ("fengqiao desk on a watch that runs", lambda: joining(new_folder(scratch))),
    ]


def new_folder(scratch: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=scratch))


def to_end(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - begun


def joining(folder: Path) -> float:
    """To the first chart of a second desk, so to speak: the watch is there already."""
    command = [*FENGQIAO, "watch", "--demo", "--data", str(folder)]
    watch = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not (folder / "frame").exists():
            time.sleep(0.05)
        return to_chart((), folder)
    finally:
        watch.send_signal(signal.SIGINT)
        watch.wait(STOP_S)


def to_chart(options: Sequence[str], folder: Path) -> float:
    """Seconds from exec to the first chart cell. RuntimeError with what came instead."""
    begun = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environ = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
        words = [*FENGQIAO, "desk", *options, "--data", str(folder)]
        os.execve(words[0], words, {**environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"})
    try:
        read_until_chart(terminal)
        return time.perf_counter() - begun
    finally:
        end(pid, terminal)


def read_until_chart(terminal: int) -> None:
    seen = b""
    deadline = time.perf_counter() + PATIENCE_S
    while not CHART_CELL.search(seen.decode("utf-8", "ignore")):
        if not select.select([terminal], [], [], max(0.0, deadline - time.perf_counter()))[0]:
            raise RuntimeError(f"no chart: {seen[-2000:]!r}")
        new = os.read(terminal, 65_536)
        if WHERE_IS_THE_CURSOR in new:
            os.write(terminal, AT_THE_SECOND_COLUMN)
        seen += new


def end(pid: int, terminal: int) -> None:
    """As a closed terminal ends it: in good order. What it still says is read, or it would wait for us."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.perf_counter() + STOP_S
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.perf_counter() > deadline:
            os.kill(pid, signal.SIGKILL)
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                os.read(terminal, 65_536)
            except OSError:  # its side is closed
                time.sleep(0.05)
    os.close(terminal)


if __name__ == "__main__":
    main()
