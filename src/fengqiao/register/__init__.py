"""The vessels a centre knows: dated identities, gear, length, rating, group, permits.

``vessel`` is what everybody looks things up in; ``csv_in`` reads it from a file's text. To add a field: one in
``RegisteredVessel``, one heading in ``csv_in.HEADINGS``, one column in the store's ``register_vessel``.
"""
