"""One line at the foot of the chart on which its layers are put on and off."""

from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from fengqiao.desk.chart.view import Layer
from fengqiao.desk.text import tr


def word_of(layer: Layer) -> str:
    return tr(f"desk.layer.{(layer.name or '').lower()}")


class LayerBar(Widget, can_focus=True):
    """Hidden until opened; the chart follows every change at once. No letter but its own is taken from the desk."""

    DEFAULT_CSS = """
    LayerBar { layer: over; dock: bottom; height: 1; display: none; background: $panel; }
    LayerBar.-open { display: block; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("left,h", "step(-1)", "desk.key.layer_step", key_display="< >", id="layers.left"),
        Binding("right,l", "step(1)", "desk.key.layer_step", show=False, id="layers.right"),
        Binding("space,enter", "toggle_layer", "desk.key.layer_toggle", id="layers.toggle"),
        Binding("escape,d", "close", "desk.key.close", id="layers.close"),
    ]

    class Changed(Message):
        def __init__(self, layers: Layer) -> None:
            super().__init__()
            self.layers = layers

    class Closed(Message):
        """Keys go back to the chart."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._drawn, self._at = ~Layer(0), 0

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def open(self) -> None:
        self.add_class("-open")
        self.focus()

    def action_close(self) -> None:
        self.remove_class("-open")
        self.post_message(self.Closed())

    def action_step(self, step: int) -> None:
        self._at = (self._at + step) % len(Layer)
        self.refresh()

    def action_toggle_layer(self) -> None:
        self._drawn ^= list(Layer)[self._at]
        self.refresh()
        self.post_message(self.Changed(self._drawn))

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        if y:
            return Strip.blank(self.size.width, base)
        pieces = [Segment(f" {tr('desk.key.layers')} ", base + Style(bold=True))]
        for at, layer in enumerate(Layer):
            box = f" [{'x' if layer in self._drawn else ' '}] {word_of(layer)} "
            pieces.append(Segment(box, base + Style(reverse=at == self._at)))
        return Strip(pieces).adjust_cell_length(self.size.width, base)
