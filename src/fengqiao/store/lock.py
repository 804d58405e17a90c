"""One writer for each chain of the raw log, and so one watch for each data folder.

Apart from ``raw_log`` because a desk asks whether a watch runs before it has loaded anything else.
"""

import errno
import os
import sys
from pathlib import Path

from fengqiao.model.errors import EnvironmentFault

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "lock"  # the file in the folder that it guards
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
LOCKED = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})


def watch_running(root: Path, origin: str = "main") -> bool:
    """Whether some process holds the log open for writing."""
    chain = chain_folder(root, origin)
    if not chain.is_dir():
        return False
    try:
        os.close(take_lock(root, chain))
    except EnvironmentFault:
        return True
    return False


def chain_folder(root: Path, origin: str) -> Path:
    """Where the segments of one writer lie."""
    if not origin or not origin.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"origin {origin!r}")  # it becomes a folder's name
    return root / "raw" / origin


def take_lock(root: Path, chain: Path) -> int:
    """The open lock: it is let go when it is closed or its process dies.

    EnvironmentFault "watch_running" when another process has it, else as the disk says.
    """
    path = chain / LOCK
    try:
        chain.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as fault:
        raise write_fault(path, fault) from fault
    try:
        if sys.platform == "win32":
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        os.close(fd)
        if fault.errno in LOCKED:
            raise EnvironmentFault("watch_running", folder=str(root)) from fault
        raise write_fault(path, fault) from fault
    return fd


def write_fault(path: Path, fault: OSError) -> EnvironmentFault:
    """What a person can do about a log that cannot be written."""
    reason = fault.strerror or str(fault)
    if fault.errno in FULL:
        return EnvironmentFault("disk_full", path=str(path), reason=reason)
    return EnvironmentFault("raw_log_write", path=str(path), reason=reason)
