"""A real terminal (tmux) that a test types into and reads the screen of."""

import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

PATIENCE_S = 180.0  # gives up a hopeless test on a machine that stalls
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

    def await_text(self, *wanted: str) -> str:
        """The screen as soon as all of ``wanted`` stand on it."""
        return self._await(lambda screen: all(text in screen for text in wanted), f"{wanted} never came")

    def await_gone(self, text: str) -> str:
        """The screen without it: keys typed before a dialog is gone are typed into it."""
        return self._await(lambda screen: text not in screen, f"{text} never went")

    def await_end(self) -> None:
        """Until the command is over and has let go of the terminal.

        What tmux 3.3a writes on the screen then ("Pane is dead") does not come where it misses the end of its child,
        which it does at times.
        """
        self._await(
            lambda _: self._tmux("display-message", "-p", "-t", self._name, "#{pane_dead}").strip() == "1", "not over"
        )

    def _await(self, seen: Callable[[str], bool], else_: str) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while not seen(screen := self.screen()):
            assert time.monotonic() < deadline, f"{else_}:\n{screen}"
            time.sleep(0.1)
        return screen

    def _tmux(self, *args: str) -> str:
        done = subprocess.run(
            [str(TMUX), "-L", self._socket, *args], capture_output=True, text=True, timeout=PATIENCE_S, check=True
        )
        return done.stdout


@contextmanager
def terminal(command: str, columns: int, rows: int, environ: Sequence[str] = ()) -> Iterator[Terminal]:
    """``command`` (a shell line) in a terminal of its own of that size; killed at the end."""
    socket = f"fq-{uuid.uuid4().hex[:8]}"
    env = " ".join(["-u COLUMNS -u LINES", "LC_ALL=C.UTF-8", "COLORTERM=truecolor", *environ])
    start = [str(TMUX), "-L", socket, "-f", "/dev/null", "-u", "new-session", "-d", "-s", "t", "-x", str(columns)]
    subprocess.run([*start, "-y", str(rows), f"env {env} {command}"], check=True, timeout=PATIENCE_S)
    subprocess.run([str(TMUX), "-L", socket, "set", "-g", "remain-on-exit", "on"], check=True, timeout=PATIENCE_S)
    subprocess.run([str(TMUX), "-L", socket, "set", "-g", "escape-time", "0"], check=True, timeout=PATIENCE_S)
    try:
        yield Terminal("t", socket)
    finally:
        subprocess.run([str(TMUX), "-L", socket, "kill-server"], check=False, timeout=PATIENCE_S)
