"""What the watch would have said, what it would have missed, and how heavily it would have weighed on a seat.

``python -m benchmarks.judgement`` runs every set, ``… a b`` only some; docs/judgement.md says what they prove. To add
an encounter: a line in ``exact`` (made, so it must be told right) or, with its source, in ``accidents`` (never tuned
on). Whoever listens to a sea or a recording is a ``listeners.Listener``: ours, and each peer in the same run.

``sea`` lays ships on their tracks and makes their reports · ``exact`` set A · ``noise`` set A with real noise ·
``accidents`` set B · ``silence`` boats that fall silent at a pass · ``recordings`` set D: load · ``accounting`` set D:
every near pair by brute force · ``injection`` set E · ``listeners``, ``peers`` who listens · ``figures`` the arithmetic
"""
