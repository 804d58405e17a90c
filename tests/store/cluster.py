"""A PostgreSQL server of our own, in a temporary folder, reached by a socket in it; gone when the tests are."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_S, STOP_S = 180.0, 60.0  # for a machine that stalls
USERS = ("postgres", "nobody")  # for a root whom initdb refuses: the server's own user, else one that owns nothing
# Debian keeps the server's programs off the path, one folder a version.
PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
# A crash of the machine takes the tests with it: nothing need survive.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=20")


def program(name: str) -> str | None:
    return shutil.which(name) or next((str(place / name) for place in PLACES if (place / name).exists()), None)


def missing() -> str:
    """What keeps a server from running here; empty if nothing does."""
    if program("initdb") is None or program("postgres") is None:
        return "no PostgreSQL server is installed (initdb, postgres)"
    return "" if os.name == "posix" else "a private PostgreSQL cluster needs unix sockets"


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of an empty database on a server that nobody else uses."""
    folder = Path(tempfile.mkdtemp(prefix="fq-pg-"))  # a short path: a socket's may have 107 bytes
    run_as = _unprivileged()
    if run_as:
        os.chown(folder, run_as["user"], run_as["group"])
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    make = [str(program("initdb")), "-D", str(folder / "data"), "-U", "fq", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(make, check=True, capture_output=True, cwd=folder, env=env, timeout=START_S, **run_as)
    settings = [word for setting in CARELESS for word in ("-c", setting)]
    serve = [str(program("postgres")), "-D", str(folder / "data"), "-k", str(folder), *settings]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            serve, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder, env=env, **run_as
        )
    try:
        _await_socket(folder, server)
        yield f"postgresql://fq@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)  # "fast": connections are ended, not waited for
        server.wait(STOP_S)
        shutil.rmtree(folder)


def _unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = next(known[name] for name in USERS if name in known)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _await_socket(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    """The server says in its first file when it takes connections."""
    deadline = time.monotonic() + START_S
    while "ready" not in _status(folder):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
        time.sleep(0.02)


def _status(folder: Path) -> str:
    try:
        return (folder / "data" / "postmaster.pid").read_text().splitlines()[7]
    except (OSError, IndexError):
        return ""
