"""One file per pane. A pane is a ``Pane``: the app calls ``show(picture)`` while it is visible."""

from fengqiao.desk.pane import Pane
from fengqiao.desk.panes.alerts import AlertsPane
from fengqiao.desk.panes.cases import CasesPane
from fengqiao.desk.panes.chart import ChartPane
from fengqiao.desk.panes.duty import DutyPane
from fengqiao.desk.panes.targets import TargetsPane

PANE_CLASSES: dict[str, type[Pane]] = {
    "chart": ChartPane,
    "targets": TargetsPane,
    "alerts": AlertsPane,
    "cases": CasesPane,
    "duty": DutyPane,
}
