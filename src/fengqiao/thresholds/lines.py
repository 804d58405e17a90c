"""On which line of a TOML text something stands: the reader of the standard library gives values without places."""

import re

KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)([^\]]+)\]")
_ENTRY = re.compile(r"""^\s*([A-Za-z0-9_\-."' ]+?)\s*=""")


class LineFinder:
    """Lines of tables and keys; what stands nested on one line has that line. Only for telling people."""

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {(): 1}
        table: KeyPath = ()
        counted: dict[KeyPath, int] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                table = _names(header[2])
                if header[1] == "[[":
                    counted[table] = counted.get(table, -1) + 1
                    table = (*table, counted[table])
                self._note(table, number)
            elif entry := _ENTRY.match(line):
                self._note((*table, *_names(entry[1])), number)

    def of(self, *path: str | int) -> int:
        """The line of the nearest thing around it that has one."""
        return next(self._lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self._lines)

    def _note(self, path: KeyPath, number: int) -> None:
        for n in range(1, len(path) + 1):
            self._lines.setdefault(path[:n], number)


def _names(dotted: str) -> KeyPath:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
