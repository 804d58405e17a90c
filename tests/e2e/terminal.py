"""A real terminal (tmux) that a test types into and reads the screen of."""

import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

PATIENCE_S = 60.0
TMUX = shutil.which("tmux")


class Terminal:
    def __init__(self, name: str, socket: str) -> None:
        self._name, self._socket = name, socket

    def type(self, *keys: str) -> None:
        """Keys by tmux's names (Enter, F2, Escape, C-q); anything else is typed as it stands."""
        for key in keys:
            self._tmux("send-keys", "-t", self._name, key)
            time.sleep(0.05)

    def write(self, text: str) -> None:
        self._tmux("send-keys", "-t", self._name, "-l", text)

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", self._name)

    def painted(self) -> str:
        """The screen with its escape codes for colour and weight."""
        return self._tmux("capture-pane", "-p", "-e", "-t", self._name)

    def await_text(self, *wanted: str, patience_s: float = PATIENCE_S) -> str:
        """The screen as soon as all of ``wanted`` stand on it."""
        deadline = time.monotonic() + patience_s
        while True:
            screen = self.screen()
            if all(text in screen for text in wanted):
                return screen
            assert time.monotonic() < deadline, f"{wanted} never came:\n{screen}"
            time.sleep(0.1)

    def _tmux(self, *args: str) -> str:
        done = subprocess.run(
            [str(TMUX), "-L", self._socket, *args], capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout


@contextmanager
def terminal(command: str, columns: int, rows: int, environ: Sequence[str] = ()) -> Iterator[Terminal]:
    """``command`` (a shell line) in a terminal of its own of that size; killed at the end."""
    socket = f"fq-{uuid.uuid4().hex[:8]}"
    env = " ".join(["-u COLUMNS -u LINES", "LC_ALL=C.UTF-8", "COLORTERM=truecolor", *environ])
    start = [str(TMUX), "-L", socket, "-f", "/dev/null", "-u", "new-session", "-d", "-s", "t", "-x", str(columns)]
    subprocess.run([*start, "-y", str(rows), f"env {env} {command}"], check=True, timeout=30)
    subprocess.run([str(TMUX), "-L", socket, "set", "-g", "remain-on-exit", "on"], check=True, timeout=30)
    subprocess.run([str(TMUX), "-L", socket, "set", "-g", "escape-time", "0"], check=True, timeout=30)
    try:
        yield Terminal("t", socket)
    finally:
        subprocess.run([str(TMUX), "-L", socket, "kill-server"], check=False, timeout=30)
