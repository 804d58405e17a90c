"""One file per rule: ``check(picture, params) -> Findings``, stateless, parameters in a frozen dataclass beside it.

To add a rule: write ``rules/<name>.py`` with ``NAME``, ``SCOPE`` ("cell": asked per sea cell, answers for the rows
the picture marks as own; "bay": asked once over everything), ``Params`` and ``check``; add the module to ``RULES``;
give its messages to ``words/<language>/alerts.po``.
"""
