"""Files that are either whole or absent: written beside their place, made durable, then renamed."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fengqiao.model.errors import EnvironmentFault

TMP = ".tmp"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # no room, no quota, or a file size limit


@contextmanager
def disk_faults(path: Path) -> Iterator[None]:
    """Turn what the file system says into one of two faults: the disk is full, or it failed."""
    try:
        yield
    except OSError as error:
        name = "disk_full" if error.errno in FULL else "disk_failed"
        raise EnvironmentFault(name, path=str(path), reason=error.strerror or str(error)) from error


def replace_file(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Put ``data`` in the place of ``path``, whole or not at all; a crash leaves at most ``<path>.tmp``.

    With ``sync`` it also survives power loss. Raises EnvironmentFault "disk_full" or "disk_failed", the old file
    untouched. Of two processes that write one path at once the later one wins, whole.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}{TMP}")
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(beside, data, sync)
            beside.replace(path)
        except OSError:
            with suppress(OSError):
                beside.unlink()
            raise
        if sync:
            sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` durable: the directory entry is data too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_leftovers(folder: Path) -> int:
    """Remove what crashed writers left behind under ``folder``, and say how many; only the one writer may call it."""
    count = 0
    for path in folder.rglob("*" + TMP):
        with suppress(OSError):
            path.unlink()
            count += 1
    return count


def _write(path: Path, data: bytes, sync: bool) -> None:
    with open(path, "wb") as stream:
        stream.write(data)
        stream.flush()
        if sync:
            os.fsync(stream.fileno())
