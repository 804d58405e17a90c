"""Where data lies, and how much room is left there."""

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from fengqiao.model.errors import EnvironmentFault
from fengqiao.store.durable import replace_file

DATA_VARIABLE = "FENGQIAO_DATA"
RESERVE_BYTES = 8 << 20  # room for some 8,000 acts and alerts, so that people's acts are kept on a full disk
RESERVE_SPARE = 8  # take the reserve only where this many times its size is free


def data_folder(explicit: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder asked for, else ``FENGQIAO_DATA``, else the system's place for application data; made if missing.

    Raises EnvironmentFault "data_folder" when it cannot be made or written.
    """
    asked = explicit or environ.get(DATA_VARIABLE) or platformdirs.user_data_dir("fengqiao", appauthor=False)
    return usable_folder(Path(asked).expanduser().absolute())


def scratch_folder(kind: str) -> Path:
    """A new folder of its own under the system's temporary one, for a demonstration or a replay."""
    try:
        return Path(tempfile.mkdtemp(prefix=f"fengqiao-{kind}-"))
    except OSError as error:
        raise EnvironmentFault("data_folder", path=tempfile.gettempdir(), reason=error.strerror or str(error)) from None


def usable_folder(folder: Path) -> Path:
    """``folder``, made if missing and writable by us. Raises EnvironmentFault "data_folder"."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise EnvironmentFault("data_folder", path=str(folder), reason=str(error)) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EnvironmentFault("data_folder", path=str(folder), reason=os.strerror(errno.EACCES))
    return folder


def disk_free(folder: Path) -> int:
    """Bytes that we may still write at ``folder``."""
    return shutil.disk_usage(folder).free


def take_reserve(folder: Path) -> None:
    """Keep room on the disk in ``<folder>/reserve``: on a full disk SQLite cannot even delete, so a file must go."""
    path = folder / "reserve"
    if not path.exists() and disk_free(folder) > RESERVE_BYTES * RESERVE_SPARE:
        replace_file(path, bytes(RESERVE_BYTES), sync=False)


def give_reserve(folder: Path) -> bool:
    """Give the kept room back to whoever writes next; False if it was spent already."""
    try:
        (folder / "reserve").unlink()
    except OSError:
        return False
    return True
