"""Where charts and the demonstration lie: beside a checkout's src, or packed into the installed package."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def shipped(*parts: str) -> Traversable:
    """A file or folder that ships with the program, e.g. ``shipped("charts", "zones")``."""
    package = files("fengqiao")
    packed = package.joinpath("_data")
    root = packed if packed.is_dir() else package.joinpath("..", "..")
    return root.joinpath(*parts)
