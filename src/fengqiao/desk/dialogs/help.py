"""Every key that works here, with its words: those of the desk from its table, then those of what has the focus."""

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import App
from textual.binding import ActiveBinding
from textual.screen import Screen

from fengqiao.desk.actions import ACTIONS, words_of
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.text import tr

KEY_NAMES = {
    "slash": "/",
    "question_mark": "?",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "escape": "Esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "comma": ",",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}
KEYS_WIDTH = 26


class HelpDialog(Sheet):
    """``active`` are the bindings in force when it was asked for."""

    BINDINGS: ClassVar = [("f1,question_mark", "dismiss", "")]

    def __init__(self, active: Iterable[ActiveBinding]) -> None:
        super().__init__(tr("desk.key.help_panel"), help_text(active))


def help_text(active: Iterable[ActiveBinding]) -> Text:
    out = Text()
    _section(out, tr("desk.help.here"), focused_keys(active))
    _section(out, tr("desk.help.everywhere"), {tr(words_of(a.name)): a.keys.split(",") for a in ACTIONS})
    out.append(tr("desk.help.marks"))
    return out


def focused_keys(active: Iterable[ActiveBinding]) -> dict[str, list[str]]:
    """Words to keys of what is neither the desk's own, told apart below, nor the library's."""
    rows: dict[str, list[str]] = {}
    for one in active:
        if one.binding.description and not isinstance(one.node, App | Screen):
            rows.setdefault(one.binding.description, []).append(one.binding.key)
    return rows


def _section(out: Text, title: str, rows: dict[str, list[str]]) -> None:
    if not rows:
        return
    out.append(title + "\n", "bold")
    for said, keys in rows.items():
        shown = " ".join(dict.fromkeys(map(key_name, keys)))
        # Words stand in their column, below keys that reach into it.
        gap = " " * (KEYS_WIDTH - cell_len(shown)) if cell_len(shown) < KEYS_WIDTH else "\n" + " " * (2 + KEYS_WIDTH)
        out.append(f"  {shown}{gap}{said}\n")
    out.append("\n")


def key_name(key: str) -> str:
    """A key as it stands on the keyboard: capitals need Shift and are shown as capitals, small letters as such."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    if len(key) == 1:
        return key
    return "+".join(part.capitalize() for part in key.split("+"))
