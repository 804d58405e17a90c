"""Two vessels on their way to meet too closely: every pair at sea, not only pairs with an own ship.

``params`` has the threshold table and every number, ``motion`` brings all vessels to one instant, ``meetings`` says
who meets whom and where, ``chance`` how sure a forecast is, ``encounter`` who gives way, ``facts`` makes the finding;
``judge`` is the one place that decides, ``ended`` what is said of a meeting when it is over.
"""

from fengqiao.rules.collision.ended import ended as ended
from fengqiao.rules.collision.facts import NAME as NAME
from fengqiao.rules.collision.judge import check as check
from fengqiao.rules.collision.params import Params as Params

SCOPE = "cell"
