"""What the charts say about a place: zones with their source, the fishing grid, harbours and shelters.

To add a kind of zone: its name in ``charts/schema/zone-1.json`` and in ``load.KINDS``; a test keeps the two equal.
To add a zone: a fact in ``charts/tools/facts``, or a feature in the centre's own files; no code.
"""
