"""Every key that works here, with its words."""

from collections.abc import Iterable

from rich.text import Text
from textual.binding import ActiveBinding

from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.text import tr

KEY_NAMES = {"slash": "/", "question_mark": "?", "plus": "+", "equals_sign": "=", "minus": "-", "escape": "Esc"}


def help_sheet(active: Iterable[ActiveBinding]) -> Sheet:
    rows: dict[str, list[str]] = {}
    for one in active:
        binding = one.binding
        if binding.description:
            rows.setdefault(binding.description, []).append(KEY_NAMES.get(binding.key, binding.key.upper()))
    text = Text("\n").join(Text(f"{' '.join(dict.fromkeys(keys)):<24} {said}") for said, keys in rows.items())
    text.append("\n\n" + tr("desk.help.marks"))
    return Sheet(tr("desk.key.help_panel"), text)
