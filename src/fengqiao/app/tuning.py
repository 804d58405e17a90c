"""The centre's thresholds file: where it lies, what it puts in force, and whether it has changed since."""

from dataclasses import dataclass
from pathlib import Path

from fengqiao.model.errors import InputFault
from fengqiao.thresholds import Thresholds, read_thresholds

FILE = "thresholds.toml"
FILE_BYTES_MAX = 1 << 20  # every number with its source takes some 50 KB; a wrong file must not stop the watch


def thresholds_of(folder: Path | None, given: Path | None = None) -> Thresholds:
    """Those of ``given``, else of the data folder's file, else the factory's. InputFault: the first fault of the file,
    with its line and mend."""
    if given is None and (folder is None or not (folder / FILE).exists()):
        return Thresholds()
    file = given if given is not None else (folder or Path()) / FILE
    read, faults = read_thresholds(text_of(file), file.name)
    if faults:
        raise faults[0]
    return read


def text_of(file: Path) -> str:
    try:
        content = content_of(file)
        if len(content) > FILE_BYTES_MAX:
            raise InputFault("thresholds_too_long", file=str(file), line=0, limit_kib=FILE_BYTES_MAX >> 10)
        return content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputFault("thresholds_unreadable", file=str(file), line=0, reason=str(error)) from error


def content_of(file: Path) -> bytes:
    """All of it, or one byte more than is allowed."""
    with file.open("rb") as stream:
        return stream.read(FILE_BYTES_MAX + 1)


@dataclass(slots=True)
class Tuning:
    """A file that is looked at again and again while a watch goes."""

    folder: Path
    given: Path | None = None  # another file in place of the folder's
    _seen: bytes | None = b"never looked"

    def look(self) -> Thresholds | InputFault | None:
        """What a file put there or changed since the last look says; the fault if it cannot be used; None if nothing
        has changed. A fault is told once."""
        try:
            content: bytes | None = content_of(self.given or self.folder / FILE)
        except OSError:
            content = None
        if content == self._seen:
            return None
        self._seen = content
        try:
            return thresholds_of(self.folder, self.given)
        except InputFault as fault:
            return fault
