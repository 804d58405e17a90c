"""The fold of reports into vessel state: what was heard, and nothing else.

``Fleet.fold`` takes a batch, ``Fleet.vessels`` shows every identity segment as columns. To keep one more thing of
each vessel: a column in ``Vessels``, its first value in ``BLANK``, and the place in ``Fleet`` that writes it.
"""

from fengqiao.fleet.fleet import Fleet, FoldCounts
from fengqiao.fleet.vessels import RING, Kind, Vessels

__all__ = ["RING", "Fleet", "FoldCounts", "Kind", "Vessels"]
