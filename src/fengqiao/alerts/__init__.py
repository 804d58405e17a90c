"""What the watch tells its officers, and what they did about it: ``book`` keeps alerts, ``load`` weighs them.

``states`` is the alert and the table of words for how it stands, ``params`` the numbers a centre may tune; ``opened``
is one alert under findings and time, ``acts`` what people do to one, ``service`` what is out of service, ``flood``
the view that folds a flood.

To add a step in the life of an alert: its word in ``model.findings.ChangeKind``, its branch in ``opened`` (what
findings and time cause) or its function in ``acts.DO`` (what people do), words, and a test that reads like a line of
the manual. To add a load figure: count it in ``load.LoadMeter.add``, name it with its unit in ``figures``, and give
it a row in ``TARGETS`` if a standard asks for one.
"""

from fengqiao.alerts.acts import ALL
from fengqiao.alerts.book import AlertBook
from fengqiao.alerts.flood import Flood, Fold, flood_of
from fengqiao.alerts.load import LoadMeter
from fengqiao.alerts.params import Params
from fengqiao.alerts.service import Outage, Service, sources_of
from fengqiao.alerts.states import (
    Alert,
    BookCounts,
    Outcome,
    Refusal,
    Standing,
    Suppressed,
    as_it_was,
    change_order,
    never_withheld,
    standing,
)
from fengqiao.alerts.targets import TARGETS, Target, Verdict, verdicts

__all__ = [
    "ALL",
    "TARGETS",
    "Alert",
    "AlertBook",
    "BookCounts",
    "Flood",
    "Fold",
    "LoadMeter",
    "Outage",
    "Outcome",
    "Params",
    "Refusal",
    "Service",
    "Standing",
    "Suppressed",
    "Target",
    "Verdict",
    "as_it_was",
    "change_order",
    "flood_of",
    "never_withheld",
    "sources_of",
    "standing",
    "verdicts",
]
