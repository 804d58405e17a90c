"""The chart as arrays: numpy only, no screen. ``view`` says what goes in and out, ``scene`` lays layer over layer,
``zones``, ``symbols`` and ``labels`` each draw one kind of thing on the ``Canvas`` of ``raster``, ``palette`` colours.

To add a layer: a function that draws on the ``Canvas``, and its place in ``Scene.frame`` or, if it stands still, in
``Scene._standing``. To add a zone kind: a row in ``zones.INKS``. To add a palette: a column in ``palette.TABLE``.
"""
