"""For terminals that give ambiguous characters two cells: every one of them becomes a plain character before it is
drawn, in whatever widget it stands, so that no line is torn."""

import unicodedata
from functools import cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

STANDS_FOR = str.maketrans(
    "“”‘’…—–·°′″×●○◎▲▶▼◀◤◥◢◣│─┌┐└┘├┤┬┴┼╭╮╰╯█▌▐▀▄", "\"\"''.--.d'\"xooo^>v<\\//\\|-+++++++++++++#||^_"
)


class NarrowOnly(LineFilter):
    def apply(self, segments: list[Segment], _: Color) -> list[Segment]:
        return [Segment(narrowed(text), style, control) for text, style, control in segments]


@cache
def _plain(char: str) -> str:
    stand_in = char.translate(STANDS_FOR)
    return "?" if unicodedata.east_asian_width(stand_in) == "A" else stand_in


def narrowed(text: str) -> str:
    return text if text.isascii() else "".join(map(_plain, text))
