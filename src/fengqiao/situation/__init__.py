"""What the fleet is up to: zone membership with hysteresis, lying still and where, being sheltered; what each vessel
is doing and who tows a net with whom; and the picture for rules.

Close passes, activity and company are not remembered here: they are read from the ring of past fixes that every
vessel carries, so that nothing about a pair has to follow it from sea cell to sea cell (docs/decisions/0002).
"""

from fengqiao.situation.picture import Picture
from fengqiao.situation.situation import Situation, Surroundings

__all__ = ["Picture", "Situation", "Surroundings"]
