"""What the fleet is up to: zone membership with hysteresis, lying still, being sheltered; and the picture for rules.

Close passes and sailing in company are not remembered here: rules read them from the ring of past fixes that every
vessel carries, so that nothing about a pair has to follow it from sea cell to sea cell (docs/decisions/0002).
"""

from fengqiao.situation.picture import Picture
from fengqiao.situation.situation import Situation, Surroundings

__all__ = ["Picture", "Situation", "Surroundings"]
