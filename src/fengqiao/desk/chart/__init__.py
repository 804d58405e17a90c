"""The chart as arrays: numpy only, no screen. ``scene`` puts layers together, ``raster`` draws, ``palette`` colours.

To add a layer: a method of ``Scene`` that paints on the ``Canvas``, and its place in ``Scene.frame``.
"""
