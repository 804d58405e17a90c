"""What the watch tells its officers, and what they did about it: ``book`` keeps alerts, ``load`` weighs them.

To add a step in the life of an alert: its word in ``model.findings.ChangeKind``, its branch in ``book`` (``_Open``
for what findings cause, ``AlertBook.perform`` for what people do) and a test that reads like a line of the manual.
To add a load figure: count it in ``load.LoadMeter.add``, name it with its unit in ``figures``, and give it a row in
``TARGETS`` if a standard asks for one.
"""

from fengqiao.alerts.book import Alert, AlertBook, BookCounts, Outcome, Refusal, change_order
from fengqiao.alerts.load import LoadMeter
from fengqiao.alerts.targets import TARGETS, Target, Verdict, verdicts

__all__ = [
    "TARGETS",
    "Alert",
    "AlertBook",
    "BookCounts",
    "LoadMeter",
    "Outcome",
    "Refusal",
    "Target",
    "Verdict",
    "change_order",
    "verdicts",
]
