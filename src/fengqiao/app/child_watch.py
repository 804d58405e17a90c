"""A watch started by a desk: a process of its own, in its own session, brought back when it dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from fengqiao.model.errors import EnvironmentFault, Exit
from fengqiao.store.lock import watch_running

START_S = 30.0  # a slow machine with a long log to catch up with
STOP_S = 15.0
PAUSES_S = (1.0, 2.0, 5.0, 15.0, 30.0)  # before the next try; a watch that lived a minute begins at the first again
POLL_S = 0.2
FIRST_POLL_S = 0.02  # somebody sits before an empty screen
LOG_TAIL_BYTES = 4_096


class ChildWatch:
    """``fengqiao watch`` as a child. It gets the pipe that was our standard input; we keep the terminal.

    It starts with this object; ``begin`` waits for it, so that its owner can load what it needs meanwhile. A watch
    that was killed is started again; one that says by its exit code that it cannot run is not.
    """

    def __init__(self, folder: Path, args: Sequence[str], pipe: int | None) -> None:
        self.folder = folder
        self.log = folder / "watch.log"
        self._args = [sys.executable, "-m", "fengqiao.cli.main", "watch", "--json", "--data", str(folder), *args]
        self._pipe = pipe
        self._stop = threading.Event()
        self._began_ms = time.time_ns() // 1_000_000
        self._process = self._spawn()
        self._keeper = threading.Thread(target=self._keep, name="child watch", daemon=True)

    def begin(self) -> None:
        """Wait until it shows its first picture. EnvironmentFault with its own last words if it ends before."""
        deadline = time.monotonic() + START_S
        while not self._shows():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise EnvironmentFault("child_watch", reason=self.last_words(), log=str(self.log))
            time.sleep(FIRST_POLL_S)
        self._keeper.start()

    def stop(self) -> None:
        """End it as Ctrl-C would: it leaves a checkpoint."""
        self._stop.set()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def last_words(self) -> str:
        """The last line that is no object: what the watch had to say to a person."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as stream:
            stream.seek(max(0, self.log.stat().st_size - LOG_TAIL_BYTES))
            lines = stream.read().decode("utf-8", "replace").splitlines()
        return next((line for line in reversed(lines) if line.strip() and not line.startswith("{")), "")

    def _shows(self) -> bool:
        from fengqiao.store.frame import read_frame  # only now: the watch is to start before our libraries load

        frame = read_frame(self.folder)
        return frame is not None and frame.at_ms >= self._began_ms and watch_running(self.folder)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._args,
                stdin=subprocess.DEVNULL if self._pipe is None else self._pipe,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C at the desk is not meant for the watch
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def _keep(self) -> None:
        tries, began_s = 0, time.monotonic()
        while not self._stop.wait(POLL_S):
            code = self._process.poll()
            if code is None:
                continue
            if code in (Exit.DONE, Exit.WRONG_USE, Exit.BAD_INPUT):
                return  # its feeds are over, or trying again would say the same
            tries = 0 if time.monotonic() - began_s > PAUSES_S[-1] * 2 else tries
            if self._stop.wait(PAUSES_S[min(tries, len(PAUSES_S) - 1)]):
                return
            tries, began_s = tries + 1, time.monotonic()
            self._process = self._spawn()
