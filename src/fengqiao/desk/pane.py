"""What every pane is."""

from typing import TYPE_CHECKING

from textual.containers import Container

from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.spot import Spot, vessel_spot

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp
    from fengqiao.desk.desk import Desk


class Pane(Container):
    """A full-width body between banner and footer. The app calls ``show`` when it becomes visible and with every
    new picture while it is; a pane that is hidden costs nothing."""

    def show(self, picture: DeskPicture) -> None:
        """Bring what is drawn up to date; must be quick and never touch the disk."""

    def focus_first(self) -> None:
        """Put the focus where keys should go when the pane is opened."""

    def beat(self, blink: bool) -> None:
        """Half a second has passed: what blinks, blinks."""

    def wear(self, palette: str) -> None:
        """Day, dusk or night, for what does not take its colours from the theme."""

    def selected_mmsi(self) -> int | None:
        """The vessel the officer is looking at, for keys that act on one."""
        return None

    def selected_alert(self) -> str | None:
        return None

    def spot(self) -> Spot | None:
        """The place the officer is looking at: that of the vessel, unless a pane knows better."""
        return vessel_spot(self.desk_app.picture, self.selected_mmsi())

    def with_folded(self, alert: str) -> tuple[str, ...]:
        """The alerts that the line of this one stands for: itself, and in a flood those folded into it."""
        return (alert,)

    @property
    def desk(self) -> "Desk":
        return self.desk_app.desk

    @property
    def desk_app(self) -> "DeskApp":
        from fengqiao.desk.app import DeskApp

        app = self.app
        assert isinstance(app, DeskApp)
        return app
