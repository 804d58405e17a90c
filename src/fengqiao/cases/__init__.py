"""Dispute cases as pure decisions: what may happen next and what it needs. No database, no clock.

To add a step of the procedure: a row in ``lifecycle.TRANSITIONS``; a new thing it may need is a row in ``NEEDS``, a
question that weighs several things a row in ``GUARDS``. To add a cause: a row in ``causes.CAUSES`` with the item of
the court's list it maps to. Words: ``cases.po``.
"""
