"""Every pane and every key of the desk in one table: bindings, footer, help and a collision test come from it.

With a Chinese input method on, single letters never reach a program: whatever a watch may not wait for has an F-key.
"""

from dataclasses import dataclass

from textual.binding import Binding

PANES = ("chart", "targets", "alerts", "cases", "duty")  # keys 1-5, in this order


@dataclass(frozen=True, slots=True)
class Action:
    """``name`` is the app action, its words are ``desk.key.<name>``; ``keys`` are Textual key names."""

    name: str
    keys: str
    footer: bool = False
    scope: str = "app"  # "app": works everywhere


ACTIONS: tuple[Action, ...] = (
    *(Action(f"pane('{pane}')", str(n)) for n, pane in enumerate(PANES, 1)),
    Action("acknowledge", "A,f2", footer=True),
    Action("silence", "S,f4", footer=True),
    Action("next_alert", "n,f5"),
    Action("locate", "v,f6", footer=True),
    Action("call_sheet", "t,f9", footer=True),
    Action("open_case", "c,f7", footer=True),
    Action("log_line", "L,f11", footer=True),
    Action("search", "slash,f3", footer=True),
    Action("palette", "p,f8", footer=True),
    Action("sign_on", "o"),
    Action("help_panel", "question_mark,f1", footer=True),
    Action("leave", "ctrl+q,f12"),
)


def words_of(action: str) -> str:
    """Message id of an action: what stands in footer and help."""
    return "desk.key." + action.partition("(")[0] + ("." + action.split("'")[1] if "'" in action else "")


def bindings() -> list[Binding]:
    return [
        Binding(action.keys, action.name, words_of(action.name), show=action.footer, id=words_of(action.name))
        for action in ACTIONS
    ]
