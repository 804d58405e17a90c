"""What the chart shows: coasts that keep still, zones by confidence, symbols that need no colour, names with room."""

import unicodedata
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sea import ISLAND, VIEW, boats, zone

from fengqiao.desk.chart.labels import place, short
from fengqiao.desk.chart.palette import PALETTES, Ink
from fengqiao.desk.chart.raster import (
    BOLD,
    BRAILLE,
    NO_GLYPH,
    QUADRANTS,
    REVERSE,
    Canvas,
    as_text,
    dots_along,
    width_of,
)
from fengqiao.desk.chart.scene import Frame, Scene, Targets, TargetState, View
from fengqiao.desk.chart.symbols import ASCII_SHAPES, SHAPES
from fengqiao.desk.chart.view import Layer
from fengqiao.desk.chart.zones import HATCHED
from fengqiao.words import plain
from fengqiao.zones.places import Place
from fengqiao.zones.zone import Zone

EMPTY = Scene([], [])


def dots_in(frame: Frame, ink: int) -> int:
    """Cells with dots of one ink."""
    return int(((frame.cp >= BRAILLE) & (frame.cp < BRAILLE + 256) & (frame.key & 255 == ink)).sum())


def attr_at(frame: Frame, col: int, row: int) -> int:
    return int(frame.key[row, col] >> 16)


# --- lines ---

ends = st.tuples(*[st.floats(-60, 90, allow_nan=False)] * 4)


@settings(max_examples=150, deadline=None)
@given(ends)
def test_a_clipped_line_is_the_part_of_the_whole_line_in_sight(end: tuple[float, float, float, float]) -> None:
    """Same slope, same dots: cutting at the edge never bends a border."""
    x0, y0, x1, y1 = (np.array([v]) for v in end)
    far = (x0 + 100, y0 + 100, x1 + 100, y1 + 100)
    whole = {(x - 100, y - 100) for x, y in zip(*dots_along(*far, 300, 300), strict=True)}
    shown = set(zip(*dots_along(x0, y0, x1, y1, 40, 24), strict=True))
    near = {(x + dx, y + dy) for x, y in whole for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    assert shown <= near
    inner = {(x, y) for x, y in whole if 1 <= x < 39 and 1 <= y < 23}
    reach = {(x + dx, y + dy) for x, y in shown for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    assert inner <= reach


def test_nowhere_is_drawn_nowhere() -> None:
    nan = np.array([np.nan])
    assert len(dots_along(nan, nan, nan, nan, 40, 24)[0]) == 0


# --- what stands still ---

STANDING = Scene(
    [ISLAND, shapely.Point(122.1, 30.05).buffer(0.013)],
    [
        zone("restricted", 122.06, 29.98, 122.09, 30.01),
        zone("anchorage", 121.95, 30.0, 122.02, 30.06, confidence="approximate"),
    ],
)


@settings(max_examples=60, deadline=None)
@given(st.integers(-20, 20), st.integers(-6, 6), st.booleans())
def test_moving_the_view_moves_the_chart_as_one_piece(dx: int, dy: int, ascii_only: bool) -> None:
    """Coast, dashes and hatches keep their shape cell by cell: nothing shimmers, nothing crawls."""
    view = replace(VIEW, ascii_only=ascii_only)
    a, b = STANDING.frame(view, Targets()), STANDING.frame(view.panned(dx, dy), Targets())
    top, bottom, left, right = max(1, 1 + dy), min(19, 19 + dy), max(8, 8 + dx), min(60, 60 + dx)
    ours = a.cp[top:bottom, left:right]
    theirs = b.cp[top - dy : bottom - dy, left - dx : right - dx]
    assert np.array_equal(ours, theirs)


def test_an_islet_smaller_than_a_pixel_shows() -> None:
    """A rock of thirty metres is what boats run upon."""
    frame = Scene([shapely.box(122.07, 30.02, 122.0703, 30.0203)], []).frame(VIEW, Targets())
    assert np.isin(frame.cp, QUADRANTS[1:]).sum() == 1


def test_water_without_charted_coast_is_not_open_sea() -> None:
    frame = Scene([], [], charted=(122.05, 29.0, 123.0, 31.0)).frame(VIEW, Targets())
    ground = frame.key >> 8 & 255
    assert (ground[:, :30] == Ink.UNKNOWN).all() and (ground[:, 30:] == Ink.SEA).all()


# --- zones ---


def test_a_border_is_whole_only_where_the_chart_is_sure() -> None:
    sure, guess = (
        Scene([], [zone("anchorage", 122.0, 30.0, 122.09, 30.04, confidence=said)]).frame(VIEW, Targets())
        for said in ("official", "unverified")
    )
    assert 0 < dots_in(guess, Ink.ANCHORAGE) < 0.9 * dots_in(sure, Ink.ANCHORAGE)


def test_a_border_of_many_short_pieces_is_dashed_like_one_of_few() -> None:
    """Legal lines come densified: a dash must not begin anew at every vertex."""
    box = shapely.box(122.0, 30.0, 122.09, 30.04)
    few, many = (
        Scene([], [zone("anchorage", 0, 0, 1, 1, geometry=shape, confidence="unverified")]).frame(VIEW, Targets())
        for shape in (box, shapely.segmentize(box, 0.0005))
    )
    assert dots_in(many, Ink.ANCHORAGE) <= 1.2 * dots_in(few, Ink.ANCHORAGE)


def test_a_zone_around_the_whole_view_is_hatched_only_along_its_border() -> None:
    """Small targets must not drown: a band inside the border, and the name more than once."""
    forbidden = zone("restricted", 121.99, 29.95, 123.0, 31.0, name_zh="实弹射击区")
    frame = Scene([], [forbidden]).frame(VIEW, Targets())
    hatched = (frame.cp >= BRAILLE) & (frame.key & 255 == Ink.HATCH)
    edge = int(VIEW.project(np.array([121.99]), np.array([30.0]))[0][0])
    assert hatched[:, edge : edge + 6].any() and not hatched[:, edge + 6 :].any()
    assert as_text(frame.cp).count("实弹射击区") == 3


def test_a_small_forbidden_zone_is_hatched_throughout() -> None:
    frame = Scene([], [zone("restricted", 122.02, 30.0, 122.06, 30.03)]).frame(VIEW, Targets())
    assert dots_in(frame, Ink.HATCH) > 15


def test_a_moratorium_is_a_border_and_a_word_in_the_corner() -> None:
    waters = zone("moratorium", 118.5, 26.5, 128.0, 35.0, name_zh="伏季休渔海域(35°N)")
    frame = Scene([], [waters]).frame(VIEW, Targets())
    assert dots_in(frame, Ink.HATCH) == 0
    assert as_text(frame.cp).splitlines()[-1].startswith(" 伏季休渔海域")


def test_the_name_of_a_zone_comes_in_the_desks_language() -> None:
    reserve = zone(
        "anchorage", 122.0, 30.0, 122.09, 30.04, name_zh="马峙锚地（示意）", name_en="Mazhi anchorage (sketch)"
    )
    for lang, name, other in (("zh", "马峙锚地", "Mazhi"), ("en", "Mazhi anchorage", "马峙")):
        text = as_text(Scene([], [reserve], lang).frame(VIEW, Targets()).cp)
        assert name in text and other not in text and "示意" not in text and "sketch" not in text


def test_a_zone_whose_time_is_over_is_not_drawn() -> None:
    over: Zone = zone("restricted", 122.0, 30.0, 122.09, 30.04, valid_to_ms=1_000)
    scene = Scene([], [over])
    then, now = (scene.frame(VIEW, replace(boats([]), at_ms=at)) for at in (999, 1_001))
    assert dots_in(then, Ink.RESTRICTED) > 0 and dots_in(now, Ink.RESTRICTED) == 0


def test_zones_can_be_exchanged() -> None:
    scene = Scene([], [])
    scene.frame(VIEW, Targets())
    scene.set_zones([zone("anchorage", 122.0, 30.0, 122.09, 30.04)])
    assert dots_in(scene.frame(VIEW, Targets()), Ink.ANCHORAGE) > 0


# --- zones in ASCII ---

PLAIN = replace(VIEW, ascii_only=True)


def in_ascii(kind: str, confidence: str) -> str:
    water = zone(kind, 122.0, 29.985, 122.09, 30.045, confidence=confidence)
    return as_text(Scene([], [water]).frame(PLAIN, Targets()).cp)


def test_in_ascii_kinds_of_forbidden_water_are_hatched_apart_and_like_no_boat() -> None:
    """Five times at least each, so that it is seen; a hatch of slashes would be a fleet heading north-east."""
    boats_wear = {chr(c) for c in ASCII_SHAPES.ravel().tolist()} | set("x!-[].`'")
    for kind, char in HATCHED.items():
        text = in_ascii(kind, "official")
        assert text.count(char) >= 5 and not [c for k, c in HATCHED.items() if k != kind and c in text]
        assert char not in boats_wear


def test_in_ascii_borders_of_forbidden_water_lanes_and_anchorages_differ() -> None:
    borders = {kind: in_ascii(kind, "official") for kind in ("restricted", "tss_lane", "anchorage")}
    for kind, char in zip(borders, ':="', strict=True):
        assert [k for k, text in borders.items() if text.count(char) > 20] == [kind]


@pytest.mark.parametrize("kind", HATCHED)
def test_in_ascii_doubt_shows_in_hatch_and_border(kind: str) -> None:
    """A zone nobody has verified is sparser and broken; a whole border would be believed."""
    sure, guess = in_ascii(kind, "official"), in_ascii(kind, "unverified")
    assert 0 < guess.count(HATCHED[kind]) <= 0.6 * sure.count(HATCHED[kind])
    assert 0 < guess.count(":") <= 0.65 * sure.count(":")


# --- symbols ---


@pytest.mark.parametrize(("cog", "glyph"), list(zip(range(0, 360, 45), "▲◥▶◢▼◣◀◤", strict=True)))
def test_a_boat_under_way_points_where_she_goes(cog: int, glyph: str) -> None:
    frame = EMPTY.frame(VIEW, boats([(30, 10)], sog_kn=[8.0], cog_deg=[cog + 20.0]))
    assert chr(frame.cp[10, 30]) == glyph


@pytest.mark.parametrize("ascii_only", [False, True])
def test_kinds_differ_in_shape_not_only_in_colour(ascii_only: bool) -> None:
    kinds = (TargetState.FISHING, TargetState.MERCHANT, TargetState.GEAR, TargetState.AID, TargetState.DISTRESS)
    shapes = (ASCII_SHAPES if ascii_only else SHAPES)[list(kinds)]
    for eighth in range(9):
        assert len(set(shapes[:, eighth].tolist())) == len(kinds)


def test_a_silent_boat_is_crossed_a_silent_buoy_is_not() -> None:
    """Net buoys fall silent whenever a wave washes over them."""
    state = [TargetState.FISHING, TargetState.GEAR]
    frame = EMPTY.frame(VIEW, boats([(20, 10), (40, 10)], lost=[True, True], state=state))
    assert [chr(c) for c in frame.cp[10, [20, 40]]] == ["x", "⠶"]


def test_an_old_fix_is_grey_and_has_no_future() -> None:
    fleet = boats([(20, 10)], sog_kn=[10.0], cog_deg=[90.0], fix_ms=[1_000_000])
    fresh, old = (EMPTY.frame(VIEW, replace(fleet, at_ms=1_000_000 + age_ms)) for age_ms in (60_000, 400_000))
    assert dots_in(fresh, Ink.TEXT) > 3 and fresh.key[10, 20] & 255 == Ink.FISHING
    assert dots_in(old, Ink.TEXT) == 0 and old.key[10, 20] & 255 == Ink.LOST


def test_the_vector_ends_where_she_will_be_in_six_minutes() -> None:
    """Ten knots east for six minutes: one mile, 7.4 columns of 250 m."""
    frame = EMPTY.frame(VIEW, boats([(20, 10)], sog_kn=[10.0], cog_deg=[90.0], names=[""]))
    ahead = np.flatnonzero((frame.cp[10] >= BRAILLE) & (frame.key[10] & 255 == Ink.TEXT))
    assert ahead[0] == 21 and ahead[-1] == 27


def test_the_tail_leads_from_past_fixes_to_her() -> None:
    fleet = boats([(30, 10)], names=[""])
    v = fleet.vessels
    v.ring_ms[0, -1], v.ring_lon[0, -1], v.ring_lat[0, -1] = 1, *VIEW.unproject(20.5, 10.5)
    frame = EMPTY.frame(VIEW, fleet)
    assert np.flatnonzero(frame.key[10] & 255 == Ink.TAIL).tolist() == list(range(20, 30))


@pytest.mark.parametrize("level", [3, 4])
def test_danger_is_reverse_and_bold_in_time_until_acknowledged(level: int) -> None:
    """With the beat while nobody has acknowledged; afterwards bold and steady. The marks stay throughout."""
    for unacked in (True, False):
        fleet = boats([(30, 10)], level=[level], unacked=[unacked])
        on, off = (EMPTY.frame(VIEW, fleet, blink) for blink in (True, False))
        for col in (30, 31, 32):
            assert attr_at(on, col, 10) == (BOLD | REVERSE if unacked else BOLD)
            assert attr_at(off, col, 10) == BOLD
        assert "●!!" in as_text(off.cp) and np.array_equal(on.cp, off.cp)


def test_a_warning_has_one_mark_a_caution_a_dash() -> None:
    """As in the lists: !! and ! and -, so that no hue is needed to tell a caution from a calm boat."""
    frame = EMPTY.frame(VIEW, boats([(10, 10), (44, 10)], level=[2, 1], names=["W", "C"]))
    line = as_text(frame.cp).splitlines()[10]
    assert line.count("●! ") == 1 and line.count("!") == 1 and line.count("●- ") == 1 and line.count("-") == 1


def test_marks_stay_on_the_screen_at_its_edge() -> None:
    frame = EMPTY.frame(VIEW, boats([(59, 10)], level=[3], selected=0))
    assert "[!!●" in as_text(frame.cp).splitlines()[10]


def test_brackets_stand_around_the_selected_one() -> None:
    for level, shown in ((0, "[●]"), (3, "[●!!]")):
        assert shown in as_text(EMPTY.frame(VIEW, boats([(30, 10)], level=[level], selected=0)).cp)


def test_a_ship_lies_over_a_buoy_and_danger_over_all() -> None:
    state = [TargetState.MERCHANT, TargetState.GEAR, TargetState.FISHING]
    cells = [(30, 10)] * 3
    assert chr(EMPTY.frame(VIEW, boats(cells, state=state)).cp[10, 30]) == "■"
    assert chr(EMPTY.frame(VIEW, boats(cells, state=state, level=[0, 0, 3])).cp[10, 30]) == "●"


def test_in_a_crowd_those_who_need_nobody_shrink_to_a_dot() -> None:
    cells = [(col, row) for col in range(2, 58, 4) for row in range(1, 19)]
    frame = EMPTY.frame(VIEW, boats(cells, level=[3] + [0] * (len(cells) - 1)))
    assert frame.shown == len(cells) and chr(frame.cp[1, 2]) == "●"
    assert dots_in(frame, Ink.FISHING) > 0.8 * len(cells)


def test_what_has_no_position_is_not_drawn() -> None:
    fleet = boats([(10, 10)])
    fleet.vessels.lon_deg[0] = np.nan
    assert EMPTY.frame(VIEW, fleet).shown == 0


# --- layers ---

NO_LAYERS = replace(VIEW, layers=Layer(0))


def sailing(level: list[int], **more: Any) -> Targets:
    """Two boats under way east, each with a past."""
    fleet = boats(
        [(20, 6), (20, 14)], sog_kn=[10.0] * 2, cog_deg=[90.0] * 2, names=["CALM", "DUE"], level=level, **more
    )
    v = fleet.vessels
    for k, row in enumerate((6.5, 14.5)):
        v.ring_ms[k, -1], v.ring_lon[k, -1], v.ring_lat[k, -1] = 1, *VIEW.unproject(10.5, row)
    return fleet


@pytest.mark.parametrize(
    ("layer", "ink"), [(Layer.TAILS, Ink.TAIL), (Layer.VECTORS, Ink.TEXT), (Layer.ZONES, Ink.ANCHORAGE)]
)
def test_a_layer_that_is_off_is_not_drawn_and_the_others_are(layer: Layer, ink: Ink) -> None:
    scene = Scene([], [zone("anchorage", 122.06, 30.0, 122.09, 30.04)])
    on, off = (scene.frame(replace(VIEW, layers=layers), sailing([0, 0])) for layers in (VIEW.layers, ~layer))
    assert dots_in(on, ink) > 5 and dots_in(off, ink) == 0
    for other in {Ink.TAIL, Ink.TEXT, Ink.ANCHORAGE} - {ink}:
        assert dots_in(off, other) > 5


def test_names_that_are_off_are_those_of_vessels_zones_and_islands() -> None:
    scene = Scene([], [zone("anchorage", 122.055, 29.995, 122.105, 30.025, name_zh="马峙锚地")], places=ISLES)
    on, off = (as_text(scene.frame(view, sailing([0, 0])).cp) for view in (VIEW, replace(VIEW, layers=~Layer.NAMES)))
    for name in ("CALM", "DUE", "马峙锚地", "舟山岛"):
        assert name in on and name not in off


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_with_every_layer_off_an_alert_keeps_marks_name_tail_and_vector(level: int) -> None:
    """What is due is told in full whatever the officer has put away; of the calm there is the symbol."""
    fleet = sailing([0, level], unacked=[False, True])
    full, bare = EMPTY.frame(VIEW, fleet), EMPTY.frame(NO_LAYERS, fleet)
    assert np.array_equal(full.cp[12:17], bare.cp[12:17]) and np.array_equal(full.key[12:17], bare.key[12:17])
    assert "DUE" in as_text(bare.cp) and "CALM" not in as_text(bare.cp) and chr(bare.cp[6, 20]) == "▶"


def test_with_every_layer_off_the_chosen_vessel_is_told_in_full() -> None:
    fleet = sailing([0, 0], selected=1)
    full, bare = EMPTY.frame(VIEW, fleet), EMPTY.frame(NO_LAYERS, fleet)
    assert "[▶]" in as_text(bare.cp) and np.array_equal(full.cp[12:17], bare.cp[12:17])


# --- widths ---

ALLOWED = set("▲◥▶◢▼◣◀◤●○■↑↗→↘↓↙←↖")  # ambiguous, and worn only where the terminal was asked and gives them one cell
said = st.text(st.sampled_from("浙普渔A1·—é°…①[]{}\x1b\u202e\u0301\u200b😀"), max_size=30)


@settings(max_examples=80, deadline=None)
@given(st.lists(said, min_size=8, max_size=8), st.integers(0, 4))
def test_the_ascii_skin_has_no_character_terminals_disagree_on(names: list[str], level: int) -> None:
    """Whatever names arrive: narrow, neutral or wide in every cell, and rows of one width."""
    view = replace(VIEW, ascii_only=True)
    state = [TargetState(k % 6) for k in range(8)]
    zones = [zone("restricted", 122.06, 29.98, 122.09, 30.01, name_zh="航路·北线")]
    fleet = boats([(6 * k + 5, 3 + k) for k in range(8)], view, names=names, state=state, level=[level] * 8)
    for row in Scene([ISLAND], zones).frame(view, fleet).cp.tolist():
        text = "".join(chr(c) for c in row if c)
        assert not [c for c in text if unicodedata.east_asian_width(c) == "A"] and width_of(text) == view.cols


def test_the_full_skin_has_only_shapes_that_were_chosen() -> None:
    shapes = {chr(c) for c in [*SHAPES.ravel().tolist(), *QUADRANTS[1:].tolist()]}
    blocks = set("▀▌▄█▐")  # half blocks: the same terminals that give them two cells get the ASCII skin
    assert {c for c in shapes if unicodedata.east_asian_width(c) == "A"} <= ALLOWED | blocks


# --- names ---

placings = st.lists(
    st.tuples(
        st.integers(-2, 12), st.integers(-3, 42), st.text(st.sampled_from("浙普渔AB"), max_size=7), st.booleans()
    ),
    max_size=30,
)


@settings(max_examples=120, deadline=None)
@given(placings)
def test_a_name_never_covers_a_symbol_or_another_name(wanted: list[tuple[int, int, str, bool]]) -> None:
    canvas = Canvas(10, 40)
    for row, col, _, _ in wanted:
        canvas.put(row, col, "@", Ink.TEXT)
    for row, col, text, far in wanted:
        before = canvas.glyph.copy()
        placed = place(canvas, row, col, text, Ink.TEXT, far=far)
        kept = before != NO_GLYPH
        assert np.array_equal(canvas.glyph[kept], before[kept])
        assert int((canvas.glyph != before).sum()) == (width_of(text) if placed else 0)


def test_between_two_names_there_is_a_free_cell() -> None:
    canvas = Canvas(1, 40)
    canvas.write(0, 10, "渔", Ink.TEXT)
    assert [canvas.fits(0, col, 3) for col in (6, 7, 12, 13, 37, 38)] == [True, False, False, True, True, False]


def test_danger_and_the_selected_are_named_before_anybody() -> None:
    """Where there is room for few, it is theirs."""
    view = replace(VIEW, rows=5, cols=30)
    cells = [(4 + 3 * k, 2) for k in range(6)]
    names = ["ALARMED" if k == 2 else "CHOSEN" if k == 5 else f"BOAT {k} ON" for k in range(6)]
    text = as_text(EMPTY.frame(view, boats(cells, view, names=names, level=[0, 0, 3, 0, 0, 0], selected=5)).cp)
    assert "ALARMED" in text and "CHOSEN" in text


def test_names_of_a_fleet_wait_until_one_zooms_in() -> None:
    fleet = boats([(20 + k, 10) for k in range(8)], names=[f"浙普渔6020{k}" for k in range(8)])
    far, near = (as_text(EMPTY.frame(view, fleet).cp) for view in (VIEW, VIEW.zoomed(16, 23.5, 10.5)))
    assert far.count("浙普渔") == 0 and near.count("浙普渔") >= 3


@pytest.mark.parametrize("name", ["[bold red]X[/]", "\x1b[31mX", "\u202eX", "渔" * 20, "", "A" * 10_000, "\x07\x9b{0}"])
def test_a_hostile_name_is_plain_text(name: str) -> None:
    frame = EMPTY.frame(VIEW, boats([(20, 10)], names=[name]))
    text = as_text(frame.cp)
    assert short(name) in text and not set(text) & set("\x1b\x07\x9b\u202e")
    assert width_of(short(name)) <= 18 and short(name).startswith(plain(name)[:4])


def test_a_small_sea_as_text() -> None:
    """Everything at once, as it stands on the screen."""
    view = View(122.05, 30.02, 250.0, 52, 12)
    zones = [zone("anchorage", 122.055, 29.995, 122.105, 30.025, name_zh="马峙锚地")]
    fleet = boats(
        [(35, 2), (41, 5), (8, 9)],
        view,
        names=["浙普渔60108", "BEIYAN PIONEER", "LANTING"],
        state=[TargetState.FISHING, TargetState.MERCHANT, TargetState.MERCHANT],
        level=[3, 0, 0],
        sog_kn=[0.0, 12.0, 0.0],
        cog_deg=[0.0, 180.0, 0.0],
    )
    assert as_text(Scene([ISLAND], zones).frame(view, fleet).cp) == SMALL_SEA


SMALL_SEA = """\
      ⠁122-00E                        ⠁122-05E
      ⠁                               ⠁
      ⠁                            ●!!⠁浙普渔60108
      ⠁                               ⠁
      ▐                  ▌ BEIYAN PIONEER
      ▐                  ▌ ⢰⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠓⠒⠒↓⠒⠒⠒⠒⢲
      ▐                  ▌ ⢸          ⠁  ⡇    ⢸
      ▐                  ▌ ⢸          ⠁  ⡇    ⢸
      ▐                  ▌ ⢸     马峙锚地⡇    ⢸
      ▐ ■ LANTING        ▌ ⢸          ⠁  ⡇    ⢸
30-00N▐                  ▌ ⣸ ⡀ ⡀ ⡀ ⡀ ⡀⠁⡀ ⡀ ⡀ ⡀⢸⡀ ⡀ ⡀
      ⠁                    ⢸⣀⣀⣀⣀⣀|-------------|2nm"""


# --- names of islands ---

ISLES = (Place("舟山岛", "Zhoushan", 122.025, 30.015, 1, 500.0), Place("小干岛", "Xiaogan", 122.06, 30.0, 3, 7.0))
NAMED = Scene([ISLAND], [], places=ISLES)


def test_islands_are_named_in_the_desks_language_the_large_ones_from_farther_off() -> None:
    near = as_text(NAMED.frame(VIEW, Targets()).cp)
    far = as_text(NAMED.frame(replace(VIEW, metres_per_col=500.0), Targets()).cp)
    assert "舟山岛" in near and "小干岛" in near and "舟山岛" in far and "小干岛" not in far
    text = as_text(Scene([ISLAND], [], "en", places=ISLES).frame(VIEW, Targets()).cp)
    assert "Zhoushan" in text and "舟山岛" not in text


def test_an_island_is_not_named_across_a_boat_her_name_or_her_way() -> None:
    """Whatever floats comes first: the name stands off, and is left out where there is no room."""
    x, y = (int(v[0]) for v in VIEW.project(np.array([122.025]), np.array([30.015])))
    boat = boats([(x, y)], names=["浙普渔60108"])
    frame = NAMED.frame(VIEW, boat)
    lines = as_text(frame.cp).splitlines()
    assert chr(frame.cp[y, x]) == "●" and "浙普渔60108" in lines[y] and "舟山岛" in lines[y - 1]
    fleet = boats([(x + dx, y + dy) for dx in (-3, 0, 3) for dy in (-1, 0, 1)], names=[""] * 9)
    assert "舟山岛" not in as_text(NAMED.frame(VIEW, fleet).cp)
    moving = boats([(x - 6, y + dy) for dy in (-1, 0, 1)], names=[""] * 3, sog_kn=[20.0] * 3, cog_deg=[90.0] * 3)
    assert "舟山岛" not in as_text(NAMED.frame(VIEW, moving).cp)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 59), st.integers(0, 19)), max_size=25), st.booleans())
def test_names_of_islands_change_no_cell_that_is_taken(cells: list[tuple[int, int]], skin: bool) -> None:
    """Wide characters and all: rows stay of one width, and everything drawn without the names stays where it was."""
    view = replace(VIEW, ascii_only=skin)
    fleet = boats(cells, view, names=[f"浙普渔{k}" for k in range(len(cells))])
    bare, named = (Scene([ISLAND], [], places=p).frame(view, fleet) for p in ((), ISLES))
    changed = bare.cp != named.cp
    assert ((named.key & 255)[changed] == Ink.PLACE).all()
    assert (
        not np.isin(bare.cp[changed], [ord(c) for c in "●o浙普渔0123456789"]).any()
        and not (bare.cp[changed] == 0).any()
    )
    for row in named.cp.tolist():
        assert width_of("".join(chr(c) for c in row if c)) == view.cols


# --- colours ---


def luminance(colour: str) -> float:
    r, g, b = (((v / 255 + 0.055) / 1.055) ** 2.4 if v > 10 else v / 255 / 12.92 for v in bytes.fromhex(colour[1:]))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_nothing_at_night_is_brighter_than_45_per_cent() -> None:
    for colour in PALETTES["night"]:
        r, g, b = bytes.fromhex(colour[1:])
        assert (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255 <= 0.45


@pytest.mark.parametrize("name", PALETTES)
def test_what_must_be_read_stands_out_from_sea_and_land(name: str) -> None:
    """A contrast of 3 for names and danger, the WCAG limit for large signs, in every palette."""
    palette = PALETTES[name]
    for ink in (Ink.TEXT, Ink.DANGER):
        for ground in (Ink.SEA, Ink.LAND):
            lighter, darker = sorted((luminance(palette[ink]), luminance(palette[ground])), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 3.0, (name, ink, ground)


@pytest.mark.parametrize("name", PALETTES)
def test_names_of_zones_and_islands_can_be_read(name: str) -> None:
    """Less than what floats, but at night as well: 2.5 on the water, and on land for islands."""
    palette = PALETTES[name]
    grounds = {Ink.PLACE: Ink.LAND, **dict.fromkeys((Ink.RESTRICTED, Ink.LANE, Ink.ANCHORAGE), Ink.SEA)}
    for ink, ground in grounds.items():
        lighter, darker = sorted((luminance(palette[ink]), luminance(palette[ground])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 2.5, (name, ink)


def test_without_colour_danger_is_the_brightest() -> None:
    """Grey by brightness would make red the darkest of all."""
    mono = PALETTES["mono"]
    assert all(len({c[1:3], c[3:5], c[5:7]}) == 1 for c in mono)
    assert luminance(mono[Ink.DANGER]) == max(map(luminance, mono))
