"""The load of the alerts as it stands under the duty log: measured beside target, and no verdict on a day."""

from rich.cells import cell_len
from rich.text import Text

from fengqiao.alerts.load import FLOOD_CALLS_MAX
from fengqiao.alerts.targets import TARGETS
from fengqiao.app.load import Lately
from fengqiao.desk.text import tr
from fengqiao.papers.load_report import number

CELL_COLUMNS = 30  # a figure with its name and its target
GAP = 2


def load_text(lately: Lately, width: int, brief: bool) -> Text:
    """Lines of ``width`` cells: what the last ten minutes and the last hour brought; unless ``brief``, the last day."""
    targets = {t.figure: t.at_most for t in TARGETS}
    flood = lately.window > FLOOD_CALLS_MAX
    now = tr(
        "desk.load.now",
        window=number("", lately.window),
        window_target=number("", targets["warned_per_10_min_max"]),
        hour=number("", lately.hour),
        hour_target=number("", targets["warned_per_hour_avg"]),
    )
    out = Text(f"!! {now}" if flood else f"   {now}", "bold" if flood else "", no_wrap=True, overflow="ellipsis")
    if brief or not lately.day:
        return out
    out.append("\n")
    columns = max(1, width // CELL_COLUMNS)
    cells = [
        f"{tr(f'desk.load.{t.figure}')} {number(t.figure, lately.day[t.figure])}/{number(t.figure, t.at_most)}"
        for t in TARGETS
    ]
    for first in range(0, len(cells), columns):
        row = "".join(_padded(cell, width // columns) for cell in cells[first : first + columns])
        out.append(f"   {row.rstrip()}\n", "not bold")
    hours = lately.day["span_s"] / 3600
    out.append("   " + tr("desk.load.day", hours=hours), "not bold dim")
    return out


def _padded(text: str, cells: int) -> str:
    return text + " " * max(GAP, cells - GAP - cell_len(text))
