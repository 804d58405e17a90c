"""A sheet of paper in characters: how wide it is, where lines are cut, times as they stand on it."""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
PAGE_CELLS = 80  # A4 upright in a 10-point fixed font; a Chinese character takes two
INDENT = "    "
NEVER_FIRST = "，。、；：！？）》」』”’"  # GB/T 15834: these marks do not begin a line
RULE = "-" * PAGE_CELLS


def printed(lines: Iterable[str]) -> str:
    """The lines as text, none over ``PAGE_CELLS`` cells."""
    return "".join(folded + "\n" for line in lines for folded in fold(line))


def fold(line: str, cells: int = PAGE_CELLS) -> Iterator[str]:
    """A line as several of at most ``cells`` cells, the later ones indented; cut at spaces, else between characters."""
    indent = " " * (len(line) - len(line.lstrip(" ")) + 2)
    rest, lead = line.rstrip(), ""
    while width(lead + rest) > cells:
        cut = _cut(rest, cells - len(lead))
        yield (lead + rest[:cut]).rstrip()
        rest, lead = rest[cut:].lstrip(" "), indent
    yield lead + rest if rest else rest


def width(text: str) -> int:
    """Cells on a terminal: two for wide characters, none for marks that sit on another."""
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _cut(text: str, cells: int) -> int:
    """How many characters of ``text`` go on a line of ``cells``, at least one."""
    used, end = 0, 0
    while end < len(text) and used + _cells(text[end]) <= cells:
        used += _cells(text[end])
        end += 1
    while 1 < end < len(text) and text[end] in NEVER_FIRST:
        end -= 1
    at_space = text.rfind(" ", 0, end + 1)
    begins = len(text) - len(text.lstrip(" "))
    # A space far to the left would leave half a line empty: long Chinese sentences have hardly any.
    return at_space if at_space > max(begins, end // 2) else max(end, 1)


def padded(text: str, cells: int) -> str:
    """Text with blanks behind it up to so many cells."""
    return text + " " * max(0, cells - width(text))


def when(at_ms: int) -> str:
    """Beijing date and time to the minute; the year stands at the top of the sheet."""
    return f"{beijing(at_ms):%m-%d %H:%M}"


def day_when(at_ms: int) -> str:
    """The same with the year."""
    return f"{beijing(at_ms):%Y-%m-%d %H:%M}"


def beijing(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING)
