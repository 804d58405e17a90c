"""The desk: terminal screens on a watch, read through the frame and the store, acting through the inbox.

A desk keeps nothing of its own: kill it, open ten of them, the watch does not notice. Flow: ``source`` reads a frozen
``DeskPicture``, ``news`` all that a desk reads anew twice a second, ``app`` hands it to the pane that is visible.
``around`` words the lines about every pane, ``bells`` decides what is heard, ``on_watch`` knows who is on and asks
where nobody is, ``asking`` and ``case_opening`` open the dialogs that keys of the whole desk ask for. What officers do
goes through ``Desk`` (``desk.py``). To add a pane: a file in ``panes`` with a ``Pane`` class, a row in
``actions.PANES``. To add a key: a row in ``actions.ACTIONS``, its words in ``desk.po``.
"""
