"""Who can be soonest where the officer points: to read off in an emergency. Telephones stand on the call sheet, where
the look is logged."""

from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from fengqiao.app.nearest import Nearest, Ship, how_old
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.look import activity_word, number
from fengqiao.desk.spot import Spot
from fengqiao.desk.text import ago, clock, position_text, tr
from fengqiao.desk.widgets.prose import Prose
from fengqiao.words import plain

# Message of the head and cells of each column, 74 with the blanks between them. Negative: a number, to the right.
COLUMNS = (("minutes", -4), ("nm", -5), ("bearing", -4), ("sog", -5), ("name", 18), ("mmsi", 9), ("doing", 23))


class NearestSheet(Sheet):
    BINDINGS: ClassVar[list[Any]] = [Binding("f10,N", "dismiss", show=False)]

    def __init__(self, spot: Spot, found: Nearest, alert: str = "") -> None:
        super().__init__(tr("desk.nearest.title"))
        self._spot, self._found, self.alert = spot, found, alert

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = self._title, tr("desk.sheet.keys")
            yield Prose(nearest_lines(self._spot, self._found), id="sheet-text")


def nearest_lines(spot: Spot, found: Nearest) -> list[Text]:
    """Where, then a line for each ship, the soonest first, then by what the minutes are reckoned."""
    age = tr("desk.nearest.age", age=ago(spot.age_s)) if spot.age_s == spot.age_s else ""
    out = [Text("  ".join(filter(None, (plain(spot.name), position_text(*spot.place), age))), style="bold")]
    if (old := how_old(found)) is not None:
        out.append(Text(f"!! {tr(old[0], **old[1])}", style="bold reverse"))
    if found.ships:
        out += [Text(_row(tuple(tr(f"desk.nearest.{name}") for name, _ in COLUMNS)), style="dim")]
    out += [Text(_row(_cells(ship))) for ship in found.ships] or [Text(tr("nearest.none"), style="bold")]
    limits = {"within": found.within_nm, "kn": found.response_kn, "berthed": found.berthed_min}
    facts = {"ships": found.in_range, "listed": len(found.ships), "at": clock(found.time_ms)}
    return [*out, Text(), Text(tr("desk.nearest.reckoned", **facts, **limits), style="dim")]


def _cells(ship: Ship) -> tuple[str, ...]:
    sog = "--" if ship.sog_kn is None else number(ship.sog_kn, 1)
    doing = tr("nearest.berthed").strip() if ship.berthed else activity_word(ship.activity)
    kind = tr(f"desk.kind.{'fishing' if ship.fishing else 'merchant' if ship.merchant else 'vessel'}")
    return (
        f"{ship.minutes:.0f}",
        f"{ship.distance_nm:.1f}",
        f"{round(ship.bearing_deg) % 360:03d}",
        sog,
        plain(ship.name),
        f"{ship.mmsi:09d}",
        f"{kind} {doing}".strip(),
    )


def _row(cells: tuple[str, ...]) -> str:
    return " ".join(_fit(text, width) for text, (_, width) in zip(cells, COLUMNS, strict=True)).rstrip()


def _fit(text: str, width: int) -> str:
    """``width`` cells, to the right if it is negative; two dots say that a text goes on."""
    room = abs(width)
    if cell_len(text) > room:
        return set_cell_size(text, room - 2) + ".."
    return " " * (room - cell_len(text)) + text if width < 0 else set_cell_size(text, room)
