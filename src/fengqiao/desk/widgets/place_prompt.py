"""One line at the foot of the chart that takes a place as people say it."""

from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from fengqiao.desk.text import tr
from fengqiao.desk.widgets.prose import Prose
from fengqiao.model.errors import UsageFault
from fengqiao.nav import POSITION_CHARS_MAX
from fengqiao.zones.places import place_of


class PlacePrompt(Vertical):
    """Hidden until opened. What it cannot understand it says above the text, which stays to be mended."""

    DEFAULT_CSS = """
    PlacePrompt { layer: over; dock: bottom; height: auto; display: none; background: $panel; }
    PlacePrompt.-open { display: block; }
    PlacePrompt Prose { padding: 0 1; color: $warning; display: none; }
    PlacePrompt Prose.-said { display: block; }
    PlacePrompt Horizontal { height: 1; }
    PlacePrompt Static { width: auto; padding: 0 1; text-style: bold; }
    PlacePrompt Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
    """
    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "close", "desk.key.cancel", id="place.close")]

    class Found(Message):
        """The officer means this place (degrees)."""

        def __init__(self, lon: float, lat: float) -> None:
            super().__init__()
            self.lon, self.lat = lon, lat

    class Closed(Message):
        """The prompt is gone, whether or not a place was found: keys go back to the chart."""

    def compose(self) -> ComposeResult:
        yield Prose(id="place-fault")
        with Horizontal():
            yield Static(tr("desk.chart.go_to"), markup=False)
            yield Input(placeholder=tr("desk.chart.go_to_how"), compact=True, max_length=POSITION_CHARS_MAX)

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    @property
    def _input(self) -> Input:
        return self.query_one(Input)

    def open(self) -> None:
        """Again where it is open already: the keys go to its text."""
        self.add_class("-open")
        self._input.focus()

    def action_close(self) -> None:
        self.remove_class("-open")
        self._input.value = ""
        self._say("")
        self.post_message(self.Closed())

    def _say(self, fault: str) -> None:
        said = self.query_one("#place-fault", Prose)
        said.put([Text(f"! {fault}")] if fault else [])
        said.set_class(bool(fault), "-said")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not event.value.strip():
            self.action_close()
            return
        try:
            lon, lat = place_of(event.value)
        except UsageFault as fault:
            self._say(tr(fault.message, **fault.facts))
        else:
            self.action_close()
            self.post_message(self.Found(lon, lat))
