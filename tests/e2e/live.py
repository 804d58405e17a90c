"""A watch as its users run it: a process of its own, fed over real sockets and pipes."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import zstandard

from fengqiao.store.frame import read_frame

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "fixtures" / "demo" / "bay-main.nmea.zst"
UDP = (
    "udp://127.0.0.1:0"  # the system chooses: a port that was only found free may be another's by the time it is bound
)
PATIENCE_S = 180.0  # gives up a hopeless test on a machine that stalls; a step that works takes a hundredth of it
IN_FLIGHT_BYTES = 64 << 10  # of datagrams that wait in the system, a fraction of what it always has room for


def fengqiao(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(command(*args), capture_output=True, text=True, timeout=PATIENCE_S * 4, check=False, **more)


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "fengqiao.cli.main", *args]


def demo_lines(stop: int | None = None) -> list[bytes]:
    with DEMO.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        return bytes(stream.read()).splitlines(keepends=True)[:stop]


class Watch:
    """A running ``fengqiao watch --json``; its output is read from a file, so it never waits for us."""

    def __init__(self, folder: Path, *args: str, stdin: Any = subprocess.DEVNULL) -> None:
        self.folder = folder
        self.out = folder.parent / f"{folder.name}-{time.monotonic_ns()}.jsonl"
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                command("watch", "--json", "--status", "0.2", "--data", str(folder), *args),
                stdout=out,
                stderr=subprocess.PIPE,
                stdin=stdin,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )

    def objects(self) -> list[dict[str, Any]]:
        whole = self.out.read_bytes().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def status(self) -> dict[str, Any] | None:
        """The last status line a reader could have seen."""
        return next((o["status"] for o in reversed(self.objects()) if "status" in o), None)

    def changes(self) -> list[dict[str, Any]]:
        return [o for o in self.objects() if "change" in o]

    def port(self) -> int:
        """Of its one feed, as its first picture names it."""
        frame = read_frame(self.folder)
        assert frame is not None
        (feed,) = frame.meta["losses"]
        return int(feed.rpartition(":")[2])

    def sentences(self) -> int:
        status = self.status()
        return 0 if status is None else int(status["sentences"])

    def await_sentences(self, count: int) -> None:
        until(lambda: self.sentences() >= count, self)

    def await_start(self) -> None:
        until(lambda: self.status() is not None, self)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def end(self) -> None:
        """Kill it if it still runs, and let go of its pipes."""
        self.kill()
        if self.process.stderr is not None:
            self.process.stderr.close()


def until(happened: Callable[[], object], watch: Watch | None = None) -> None:
    """Wait for it, for as long as ``watch`` lives."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if watch is not None and watch.process.poll() is not None and not happened():
            raise AssertionError(f"the watch ended: {watch.process.stderr.read().decode()}")  # type: ignore[union-attr]
        assert time.monotonic() < deadline, watch and watch.status()
        time.sleep(0.02)


@contextmanager
def watching(folder: Path, *args: str, **more: Any) -> Iterator[Watch]:
    watch = Watch(folder, *args, **more)
    try:
        watch.await_start()
        yield watch
    finally:
        watch.end()


def send_udp(port: int, lines: Sequence[bytes], watch: Watch) -> None:
    """Datagrams one line each, no CRLF, no faster than the reader takes them; no more once there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.connect(("127.0.0.1", port))
        for i, line in enumerate(lines):
            if i % 20 == 0:
                until(lambda: waiting_bytes(port) < IN_FLIGHT_BYTES or watch.process.poll() is not None)
            try:
                out.send(line.rstrip())
            except ConnectionRefusedError:
                return


def waiting_bytes(port: int) -> int:
    """In the receive buffer of that port, as the system's table of sockets says; 0 where there is none."""
    table = Path("/proc/net/udp")
    rows = [row.split() for row in table.read_text("ascii").splitlines()[1:]] if table.exists() else []
    return sum(int(cells[4].rpartition(":")[2], 16) for cells in rows if cells[1].endswith(f":{port:04X}"))


class Sea:
    """The demonstration's recording written into a pipe: hurried to a minute, from there on as it was at sea.

    However slow the machine is, there is time to look at what that minute shows: a recording that is played at a
    multiple of its speed is over before a slow desk stands.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._lines = demo_lines()
        self._begun_ms = _stamp_ms(self._lines[0])
        self._pipe, self._next, self._over = pipe, 0, threading.Event()
        self._thread: threading.Thread | None = None

    def hurry(self, minute: float) -> None:
        """All that was said before that minute, at once."""
        self._pause()
        self._write_to(self._begun_ms + int(minute * 60_000))
        self._thread = threading.Thread(target=self._go_on, args=(time.monotonic(), minute), daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._pause()
        try:
            self._pipe.close()
        except BrokenPipeError:
            return

    def _go_on(self, since_s: float, minute: float) -> None:
        while not self._over.wait(0.2):
            try:
                self._write_to(self._begun_ms + int(minute * 60_000 + (time.monotonic() - since_s) * 1000))
            except BrokenPipeError:
                return

    def _write_to(self, until_ms: int) -> None:
        begin = self._next
        while self._next < len(self._lines) and _stamp_ms(self._lines[self._next]) < until_ms:
            self._next += 1
        self._pipe.write(b"".join(self._lines[begin : self._next]))
        self._pipe.flush()

    def _pause(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._over.clear()


def _stamp_ms(line: bytes) -> int:
    """Of its TAG block: ``\\s:zs1,c:1757993400138*3D\\!AIVDM…``."""
    return int(line[line.index(b"c:") + 2 : line.index(b"*")])
