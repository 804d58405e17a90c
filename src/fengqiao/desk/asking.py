"""The dialogs that keys of the whole desk open: about what the officer points at, written in the name of who is on."""

from typing import TYPE_CHECKING

from fengqiao.desk.dialogs.call_sheet import CallSheet
from fengqiao.desk.dialogs.log_line import LogLine
from fengqiao.desk.dialogs.nearest import NearestSheet
from fengqiao.desk.dialogs.outcome import OutcomeDialog
from fengqiao.desk.panes.alerts import alert_spot
from fengqiao.desk.panes.duty import DutyPane
from fengqiao.desk.text import tr

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp


def call_sheet(app: "DeskApp") -> None:
    """Telephones are shown because the officer must call now; that they were looked at is logged."""
    alert = app.current_alert()
    if alert is None:
        app.notify(tr("desk.no_alert"))
        return
    app.push_screen(CallSheet(app.desk, alert, app.picture))


def nearest(app: "DeskApp") -> None:
    """Who can be soonest at what the officer points at; where he points at nothing, at the alert that keys mean."""
    pane, alert = app.pane, app.current_alert()
    spot = pane.spot()
    if spot is None and pane.selected_mmsi() is None and alert is not None:
        spot = alert_spot(alert, app.picture)
    if spot is None:
        app.notify(tr("desk.nearest.no_place"))
        return
    meant = pane.selected_alert() or ""
    app.do(app.desk.nearest, spot, then=lambda found: app.push_screen(NearestSheet(spot, found, meant)))


def log_line(app: "DeskApp") -> None:
    def written(kept: bool | None) -> None:
        if kept:
            app.notify(tr("desk.log.written"))
            app.query_one(DutyPane).fetch()

    app.push_screen(LogLine(app.desk, app.pane.selected_mmsi(), app.current_alert()), written)


def outcome(app: "DeskApp", last: str) -> None:
    """What came of those acknowledged: of the alert chosen, or of ``last``, the one acknowledged here last, first."""
    app.push_screen(OutcomeDialog(app.desk, app.pane.selected_alert() or last))
