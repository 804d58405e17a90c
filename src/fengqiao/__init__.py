"""海上枫桥: a watch over fishing vessels, folded from journalled inputs.

The flow, seen from the folders: feeds -> raw log (store) -> ais -> fleet -> situation -> rules -> alerts -> store.
"""

__version__ = "0.1.0"
