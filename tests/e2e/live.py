"""A watch as its users run it: a process of its own, fed over real sockets and pipes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zstandard

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "fixtures" / "demo" / "bay-main.nmea.zst"
PATIENCE_S = 90.0  # for one step on a busy machine; a step that works takes a tenth of it


def fengqiao(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(command(*args), capture_output=True, text=True, timeout=PATIENCE_S * 4, check=False, **more)


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "fengqiao.cli.main", *args]


def demo_lines(stop: int | None = None) -> list[bytes]:
    with DEMO.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        return bytes(stream.read()).splitlines(keepends=True)[:stop]


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Watch:
    """A running ``fengqiao watch --json``; its output is read from a file, so it never waits for us."""

    def __init__(self, folder: Path, *args: str, stdin: Any = subprocess.DEVNULL) -> None:
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

    def await_sentences(self, count: int) -> None:
        until(lambda: (self.status() or {"sentences": 0})["sentences"] >= count, self)

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


def until(happened: Any, watch: Watch) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if watch.process.poll() is not None:
            raise AssertionError(f"the watch ended: {watch.process.stderr.read().decode()}")  # type: ignore[union-attr]
        assert time.monotonic() < deadline, watch.status()
        time.sleep(0.05)


@contextmanager
def watching(folder: Path, *args: str, **more: Any) -> Iterator[Watch]:
    watch = Watch(folder, *args, **more)
    try:
        watch.await_start()
        yield watch
    finally:
        watch.end()


def send_udp(port: int, lines: Sequence[bytes], watch: Watch | None = None, pause_every: int = 200) -> None:
    """Datagrams one line each, no CRLF, no faster than the reader takes them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for i, line in enumerate(lines):
            out.sendto(line.rstrip(), ("127.0.0.1", port))
            if i % pause_every == pause_every - 1:
                time.sleep(0.01)
                if watch is not None and watch.process.poll() is not None:
                    return
