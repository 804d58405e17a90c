"""The watch's memory at one place of the raw log, so that catching up replays minutes and not days.

A checkpoint only saves time: whatever is wrong with it (torn, altered, from other code, a class it may not name) it
counts as absent, with the reason, and the raw log is replayed from further back. The one before is kept as well.
"""

import hashlib
import io
import json
import pickle
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fengqiao
from fengqiao.store.durable import disk_faults, replace_file

FILE, BEFORE = "checkpoint", "checkpoint.before"
MAGIC = "fengqiao checkpoint"
FORMAT = 1
HEADER_BYTES_MAX = 4096
# Rooms whose classes open files, sockets or screens: a checkpoint has no business making one.
OUTER_ROOMS = frozenset({"cli", "desk", "feeds", "store", "papers"})
CONTAINERS = {
    "builtins": {"bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"},
    "collections": {"Counter", "OrderedDict", "defaultdict", "deque"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``state`` as saved at raw log record ``seq``, or None and seq 0; ``reasons`` why a newer one was passed over."""

    seq: int
    state: Any
    reasons: tuple[str, ...] = ()


def save(folder: Path, seq: int, state: object) -> None:
    """Keep ``state`` in ``<data>/checkpoint``, durable, and the one before beside it.

    Raises EnvironmentFault "disk_full" or "disk_failed"; then the last good one is still there.
    """
    body = pickle.dumps(state, protocol=5)
    header = {
        "magic": MAGIC,
        "format": FORMAT,
        "code": code_mark(),
        "seq": seq,
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    path = folder / FILE
    fresh = folder / "checkpoint.fresh"
    replace_file(fresh, json.dumps(header).encode() + b"\n" + body)
    with disk_faults(path):
        if path.exists():
            path.replace(folder / BEFORE)
        fresh.replace(path)


def load(folder: Path) -> Checkpoint:
    """The newest checkpoint that can be trusted."""
    reasons: list[str] = []
    for name in (FILE, BEFORE):
        try:
            return Checkpoint(*_read(folder / name), tuple(reasons))
        except FileNotFoundError:
            continue
        except Exception as error:  # unpickling bytes that are not ours can raise anything
            reasons.append(f"{name}: {error}")
    return Checkpoint(0, None, tuple(reasons))


@cache
def code_mark() -> str:
    """The version and a hash of our sources: an object of code since changed may lack what it needs now."""
    sources = sorted(Path(fengqiao.__file__).parent.rglob("*.py"))
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources))
    return f"{fengqiao.__version__}+{digest.hexdigest()[:12]}"


def _read(path: Path) -> tuple[int, Any]:
    with open(path, "rb") as stream:
        header = json.loads(stream.readline(HEADER_BYTES_MAX))
        if (header["magic"], header["format"]) != (MAGIC, FORMAT):
            raise ValueError("not a checkpoint of this format")
        if header["code"] != code_mark():
            raise ValueError(f"written by other code: {header['code']}")
        body = stream.read()
    if hashlib.sha256(body).hexdigest() != header["sha256"]:
        raise ValueError("bytes were altered or cut off")
    return header["seq"], _Restricted(io.BytesIO(body)).load()


class _Restricted(pickle.Unpickler):
    """Builds our own classes, containers and arrays, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if name in CONTAINERS.get(module, ()):
            return super().find_class(module, name)
        if module.startswith("fengqiao.") and module.split(".")[1] not in OUTER_ROOMS:
            found = super().find_class(module, name)
            # A name a module merely imported (os, open) is not its own; nor may a dotted name lead out of it.
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} may not stand in a checkpoint")
