"""What a centre may tune without code: the parameters of every rule, and a TOML file that puts others in their place.

``declared`` reads what the rules declare, ``values`` turns a value into plain data and back, ``reading`` reads a
centre's file strictly, ``writing`` writes one to start from. The factory values, with unit and source, stand in
the rules themselves (``fengqiao.model.setting``): to make a number tunable, declare it there and nowhere else.
"""

from fengqiao.thresholds.declared import Setting, declared
from fengqiao.thresholds.in_force import Change, Thresholds
from fengqiao.thresholds.reading import read_thresholds
from fengqiao.thresholds.writing import write_thresholds

__all__ = ["Change", "Setting", "Thresholds", "declared", "read_thresholds", "write_thresholds"]
