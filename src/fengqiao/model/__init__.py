"""Frozen values and column layouts that rooms hand to each other.

To add a column: add a field with ``column(dtype)`` to its table; every table splits, joins and stores itself
from its field list. To add an input of the watch: a frozen dataclass in ``inputs``, one branch in ``Watch.step``.
"""
