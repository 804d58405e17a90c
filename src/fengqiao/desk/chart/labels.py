"""Names beside symbols: no two overlap, none hides a symbol, and who matters most is named first."""

from collections.abc import Sequence

import numpy as np

from fengqiao.desk.chart.palette import Ink
from fengqiao.desk.chart.raster import BOLD, F64, I64, Canvas, width_of
from fengqiao.desk.chart.symbols import inks_of, marks_width
from fengqiao.desk.chart.view import Targets, TargetState, View
from fengqiao.words import plain
from fengqiao.zones.places import Place

LABEL_CELLS_MAX = 18
NAME_CHARS_MAX = 64  # read of a name, however long somebody sent it
CELLS_PER_LABEL = 90  # on the average: more names make a wall that nobody reads
CELLS_PER_DUE_LABEL = 30  # of those in danger: so many that hardly more would fit
BLOCK = (14, 3)  # cells: where two already lie in a block, names of ordinary boats wait until one zooms in
BLOCK_MAX = 2
PLACES_FROM = {1: 2_500.0, 2: 900.0, 3: 400.0, 4: 200.0}  # by rank: metres a column from which islands are named
IMPORTANT = 2  # Priority from which a name may stand a little off


def named_first(targets: Targets, rows: I64, x: F64, y: F64) -> tuple[I64, I64]:
    """Rows that must be named, and rows that may be, each in order: danger, merchants, what moves.

    An ordinary boat in a crowd is not named at all; which boats are in a crowd depends on the zoom.
    """
    v, level = targets.vessels, targets.level[rows]
    worth = (rows == targets.selected) * 100 + level * 10 + (targets.state[rows] == TargetState.MERCHANT) * 4
    worth = worth + (np.nan_to_num(v.sog_kn[rows]) > 1.0) * 2
    ranked = rows[np.argsort(-worth, kind="stable")]
    must = (targets.level[ranked] >= IMPORTANT) | (ranked == targets.selected)
    block = np.floor(x[ranked] / BLOCK[0]).astype(np.int64) * 100_000 + np.floor(y[ranked] / BLOCK[1]).astype(np.int64)
    _, which, count = np.unique(block, return_inverse=True, return_counts=True)
    roomy = (count[which] <= BLOCK_MAX) | (targets.state[ranked] == TargetState.MERCHANT)
    spoken = (targets.state[ranked] != TargetState.GEAR) | (targets.level[ranked] > 0)
    return ranked[must], ranked[~must & roomy & spoken]


def draw_labels(canvas: Canvas, view: View, targets: Targets, rows: I64, x: F64, y: F64, cells_per_label: int) -> None:
    """Names of ``rows``, in that order, as many as the screen bears."""
    rows = rows[: max(1, view.cols * view.rows // cells_per_label)]
    inks = inks_of(targets, rows).tolist()
    for row, ink in zip(rows.tolist(), inks, strict=True):
        level, chosen = int(targets.level[row]), row == targets.selected
        colour = ink if level or targets.lost[row] else Ink.SELECTED if chosen else Ink.TEXT
        after = marks_width(level) + (1 if chosen else 0)
        text = short(str(targets.names[row]))
        place(canvas, int(y[row]), int(x[row]), text, colour, BOLD if level or chosen else 0, after, level >= IMPORTANT)


def place(
    canvas: Canvas, row: int, col: int, text: str, ink: int, attr: int = 0, after: int = 0, far: bool = False
) -> bool:
    """Write ``text`` beside a cell and the ``after`` cells of marks that follow it, where it hides fewest dots."""
    width, right = width_of(text), col + 2 + after
    spots = [(row, right), (row, col - 2 - width), (row - 1, col + 1), (row + 1, col + 1)]
    spots += [(row - 1, col - width), (row + 1, col - width)]
    if far:
        spots += [(row + dy, at) for dy in (-2, 2, -3, 3) for at in (col + 1, col - width)]
    free = [
        (int((canvas.dotted[r, c : c + width] > 0).sum()), k)
        for k, (r, c) in enumerate(spots)
        if canvas.fits(r, c, width)
    ]
    if not width or not free:
        return False
    canvas.write(*spots[min(free)[1]], text, ink, attr)
    return True


def draw_places(canvas: Canvas, still: Canvas, view: View, places: Sequence[Place], lang: str) -> None:
    """Names of islands, the foremost first, where they hide nothing that floats: ``still`` is the chart without it."""
    if not places:
        return
    x, y = view.project(np.array([p.lon_deg for p in places]), np.array([p.lat_deg for p in places]))
    from_m = np.array([PLACES_FROM[p.rank] for p in places])
    seen = (x >= 0) & (x < view.cols) & (y >= 0) & (y < view.rows) & (view.metres_per_col <= from_m)
    for k in np.flatnonzero(seen).tolist():
        text = places[k].name_en if lang == "en" else places[k].name_zh
        width, col = width_of(text), int(x[k])
        for row in (int(y[k]), int(y[k]) - 1, int(y[k]) + 1):
            left = col - width // 2
            if canvas.fits(row, left, width) and _only_still(canvas, still, row, left, width):
                canvas.write(row, left, text, Ink.PLACE)
                break


def _only_still(canvas: Canvas, still: Canvas, row: int, col: int, width: int) -> bool:
    here = (row, slice(col, col + width))
    return bool((canvas.dotted[here] == still.dotted[here]).all())


def short(name: str, cells: int = LABEL_CELLS_MAX) -> str:
    """As much of a name as ``cells`` hold, two dots for the rest."""
    text = plain(name[:NAME_CHARS_MAX])
    if width_of(text) <= cells:
        return text
    kept, width = "", 0
    for char in text:
        width += width_of(char)
        if width > cells - 2:
            break
        kept += char
    return kept + ".."
