"""What floats: where it has been, where it goes, and a symbol that tells its kind and its danger without colour."""

import numpy as np

from fengqiao import nav
from fengqiao.desk.chart.palette import Ink
from fengqiao.desk.chart.raster import BOLD, F64, I64, REVERSE, U8, U32, Bools, Canvas, dots_along
from fengqiao.desk.chart.view import Layer, Targets, TargetState, View

VECTOR_S = 360.0  # six minutes of way ahead, as radars draw by default
STALE_MS = 360_000  # twice the three minutes of a class B at rest: where she is now, nobody knows
CROWDED = 0.1  # targets a cell from which those that need nobody shrink to a dot: closer they hide each other
UNDER_WAY_KN = 0.5  # slower, her course is noise
TAIL_DASH = 1  # every second dot: a track looks thinner than a vector
MARKED = 2  # Priority from which exclamation marks stand beside a symbol, from 3 on two; a caution has a dash

STATE_INK = np.array([Ink.OTHER, Ink.FISHING, Ink.MERCHANT, Ink.GEAR, Ink.AID, Ink.DANGER], np.uint8)  # by TargetState
LEVEL_INK = np.array([0, Ink.CAUTION, Ink.WARN, Ink.DANGER, Ink.DANGER], np.uint8)  # by Priority; 0 is not asked
# Shapes by TargetState: eighths of a turn from north, then at rest. Buoys, aids and distress have no course.
SHAPES = np.array(
    [[ord(c) for c in row] for row in ("▲◥▶◢▼◣◀◤○", "▲◥▶◢▼◣◀◤●", "↑↗→↘↓↙←↖■", "⠶" * 9, "+" * 9, "⊗" * 9)], np.uint32
)
ASCII_SHAPES = np.array(
    [[ord(c) for c in row] for row in ("^/>\\v/<\\o", "^/>\\v/<\\o", "AAAAAAAAM", "," * 9, "+" * 9, "S" * 9)], np.uint32
)
LOST = ord("x")
CROSS = ord("+")
ARMS = (4, 6)  # dots of a mark's arms sideways and up: what is under it must stay to be seen
RANK = np.array([2, 3, 4, 0, 1, 5])  # by TargetState: which lies on top where cells are shared and danger is equal


def draw_targets(canvas: Canvas, view: View, targets: Targets, blink: bool) -> tuple[I64, F64, F64]:
    """Everything that floats; rows drawn as symbols, the gravest first, and the cells of all rows."""
    v = targets.vessels
    x, y = view.project(v.lon_deg, v.lat_deg)
    inside = (x >= 0) & (y >= 0) & (x < view.cols) & (y < view.rows)
    drawn = np.flatnonzero(inside)
    if len(drawn) > CROWDED * view.cols * view.rows:
        calm = inside & (targets.level == 0) & (np.arange(len(v)) != targets.selected)
        _sleeping(canvas, targets, np.flatnonzero(calm), x, y)
        drawn = np.flatnonzero(inside & ~calm)
    rank = RANK[targets.state[drawn]]
    order = drawn[np.lexsort((rank, targets.level[drawn], drawn == targets.selected))]  # who matters most on top
    due = order[(targets.level[order] > 0) | (order == targets.selected)]  # what is due keeps all that tells of it
    _tails(canvas, view, targets, order if Layer.TAILS in view.layers else due)
    _vectors(canvas, view, targets, order if Layer.VECTORS in view.layers else due)
    _symbols(canvas, targets, order, np.floor(x[order]).astype(np.int64), np.floor(y[order]).astype(np.int64), blink)
    return order[::-1], x, y


def inks_of(targets: Targets, rows: I64) -> U8:
    """By danger; else grey when silent or old; else by kind."""
    level = targets.level[rows]
    ink = np.where(targets.lost[rows] | _stale(targets, rows), np.uint8(Ink.LOST), STATE_INK[targets.state[rows]])
    return np.where(level > 0, LEVEL_INK[np.minimum(level, len(LEVEL_INK) - 1)], ink).astype(np.uint8)


def _stale(targets: Targets, rows: I64) -> Bools:
    return (targets.at_ms > 0) & (targets.at_ms - targets.vessels.fix_ms[rows] > STALE_MS)


def _sleeping(canvas: Canvas, targets: Targets, rows: I64, x: F64, y: F64) -> None:
    canvas.dots(
        np.floor(x[rows] * 2).astype(np.int64), np.floor(y[rows] * 4).astype(np.int64), inks_of(targets, rows), "."
    )


def _tails(canvas: Canvas, view: View, targets: Targets, rows: I64) -> None:
    """Past fixes up to the latest one, thin."""
    v = targets.vessels
    lon, lat = (
        np.column_stack([v.ring_lon[rows], v.lon_deg[rows]]),
        np.column_stack([v.ring_lat[rows], v.lat_deg[rows]]),
    )
    known = np.column_stack([v.ring_ms[rows] > 0, np.ones(len(rows), bool)])
    x, y = view.project(lon, lat)
    x, y = x * 2, y * 4
    real = known[:, :-1] & known[:, 1:]
    ends = x[:, :-1][real], y[:, :-1][real], x[:, 1:][real], y[:, 1:][real]
    canvas.dots(*dots_along(*ends, view.cols * 2, view.rows * 4, TAIL_DASH), int(Ink.TAIL), "`")


def _vectors(canvas: Canvas, view: View, targets: Targets, rows: I64) -> None:
    """Six minutes of way ahead for whatever moves and is heard: an old fix has no future to show."""
    v = targets.vessels
    told = (v.sog_kn[rows] > UNDER_WAY_KN) & ~np.isnan(v.cog_deg[rows])
    rows = rows[told & ~targets.lost[rows] & ~_stale(targets, rows)]
    lon, lat = nav.dead_reckon(
        v.lon_deg[rows], v.lat_deg[rows], v.sog_kn[rows], v.cog_deg[rows], np.full(len(rows), VECTOR_S)
    )
    x0, y0 = view.project(v.lon_deg[rows], v.lat_deg[rows])
    x1, y1 = view.project(lon, lat)
    ink = np.where(targets.level[rows] > 0, inks_of(targets, rows), Ink.TEXT)
    for colour in np.unique(ink).tolist():
        mine = ink == colour
        ends = x0[mine] * 2, y0[mine] * 4, x1[mine] * 2, y1[mine] * 4
        canvas.dots(*dots_along(*ends, view.cols * 2, view.rows * 4), int(colour), "'")


def _symbols(canvas: Canvas, targets: Targets, order: I64, col: I64, line: I64, blink: bool) -> None:
    level, ink = targets.level[order], inks_of(targets, order)
    loud = (level >= 3) & targets.unacked[order] & blink
    attr = (
        np.where((level > 0) | (targets.state[order] == TargetState.MERCHANT), BOLD, 0) | np.where(loud, REVERSE, 0)
    ).astype(np.uint8)
    canvas.put_all(line, col, glyphs_of(targets, order, canvas.ascii_only), ink, attr)
    side = np.where(col + 2 < canvas.cols, 1, -1)  # marks that would fall off the right edge stand on the left
    for step, marked in ((1, level > 0), (2, level > MARKED)):
        marks = np.where(level[marked] < MARKED, ord("-"), ord("!")).astype(np.uint32)
        canvas.put_all(line[marked], (col + side * step)[marked], marks, ink[marked], attr[marked])
    for at in np.flatnonzero(order == targets.selected).tolist():
        row, ends = int(line[at]), (int(col[at]), int(col[at] + side[at] * marks_width(int(level[at]))))
        canvas.put(row, min(ends) - 1, "[", Ink.SELECTED, BOLD)
        canvas.put(row, max(ends) + 1, "]", Ink.SELECTED, BOLD)


def draw_mark(canvas: Canvas, view: View, lon: float, lat: float) -> None:
    """A cross where the officer asked for a place; of a vessel in its middle only the arms are in the way."""
    x, y = view.project(np.array([lon]), np.array([lat]))
    col, row = int(np.floor(x[0])), int(np.floor(y[0]))
    if not (0 <= col < canvas.cols and 0 <= row < canvas.rows):
        return
    across, down = np.arange(-ARMS[0], ARMS[0] + 2), np.arange(-ARMS[1], ARMS[1] + 4)
    canvas.dots(col * 2 + across, np.full(len(across), row * 4 + 1), int(Ink.SELECTED), "-")
    canvas.dots(np.full(len(down), col * 2), row * 4 + down, int(Ink.SELECTED), "|")
    if not canvas.taken[row, col]:
        canvas.put(row, col, chr(CROSS), Ink.SELECTED, BOLD)


def marks_width(level: int) -> int:
    """Cells of marks beside a symbol."""
    return 0 if level == 0 else 1 if level <= MARKED else 2


def glyphs_of(targets: Targets, rows: I64, ascii_only: bool) -> U32:
    """Code points: kind and course, or a cross where nothing is heard any more (net buoys fall silent daily)."""
    v, state = targets.vessels, targets.state[rows]
    cog, moving = v.cog_deg[rows], v.sog_kn[rows] > UNDER_WAY_KN
    course = np.where(moving & ~np.isnan(cog), np.floor((np.nan_to_num(cog) + 22.5) % 360 / 45), 8).astype(np.int64)
    shape = (ASCII_SHAPES if ascii_only else SHAPES)[state, course]
    crossed = targets.lost[rows] & (state != TargetState.GEAR)
    return np.where(crossed, np.uint32(LOST), shape)
