"""The desk: terminal screens on a watch, read through the frame and the store, acting through the inbox.

A desk keeps nothing of its own: kill it, open ten of them, the watch does not notice. Flow: ``source`` reads a frozen
``DeskPicture`` once a second in a thread, ``app`` hands it to the pane that is visible. What officers do goes through
``Desk`` (``desk.py``). To add a pane: a file in ``panes`` with a ``Pane`` class, a row in ``actions.PANES``. To add a
key: a row in ``actions.ACTIONS``, its words in ``desk.po``.
"""
