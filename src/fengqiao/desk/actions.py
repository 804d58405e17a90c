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
    Action("acknowledge", "f2,A", footer=True),
    Action("silence", "f4,S", footer=True),
    Action("next_alert", "f5,n"),
    Action("locate", "f6,v", footer=True),
    Action("call_sheet", "f9,t", footer=True),
    Action("nearest", "f10,N"),
    Action("open_case", "f7,c", footer=True),
    Action("log_line", "f11,L", footer=True),
    Action("outcome", "r", footer=True),
    Action("search", "f3,slash", footer=True),
    Action("palette", "f8,p", footer=True),
    Action("sign_on", "o"),
    Action("help_panel", "f1,question_mark", footer=True),
    Action("leave", "f12,ctrl+q"),
)


def words_of(action: str) -> str:
    """Message id of an action: what stands in footer and help."""
    return "desk.key." + action.partition("(")[0] + ("." + action.split("'")[1] if "'" in action else "")


def bindings() -> list[Binding]:
    return [
        Binding(action.keys, action.name, words_of(action.name), show=action.footer, id=words_of(action.name))
        for action in ACTIONS
    ]
