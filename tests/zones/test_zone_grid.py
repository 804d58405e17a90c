"""The fishing grid against every published position that names a cell."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.nav import parse_position
from fengqiao.zones.grid import cell_bounds, cells, grid_no

# 闽政文〔2018〕188号 lists 17 cells for a water of nine points.
NOTICE_CELLS = {196, 197, 198, 202, 203, 204, 205, 209, 210, 211, 212, 213, 218, 219, 220, 221, 222}
NOTICE_POINTS = (
    *("27°53′N 121°04′E", "28°16′N 121°47′E", "28°32′N 121°59′E", "29°03′N 121°59′E", "29°20′N 122°21′E"),
    *("29°20′N 123°25′E", "28°00′N 123°25′E", "27°22′N 122°40′E", "27°22′N 121°12′E"),
)


@pytest.mark.parametrize(
    ("position", "cell"),
    [
        ("123°03′E 30°38′N", "178-7"),  # CCTV 2020-11-13
        ("125°24′E 28°22′N", "2161-3"),  # Xinhua 2018-11-19
        ("123°51′E 32°37′N", "150-9"),  # Xinhua 2009 gave the cell only
        ("122°34′E 29°58′N", "191-1"),  # the report said sub-cell 3: its position is rounded
    ],
)
def test_published_positions_fall_into_the_cells_they_name(position: str, cell: str) -> None:
    """What newspapers printed as position and cell agrees with the table."""
    assert str(grid_no(*parse_position(position))) == cell


def test_a_notice_covers_exactly_the_cells_it_lists() -> None:
    """The water of 闽政文〔2018〕188号 touches its 17 cells, none missing, none extra."""
    water = shapely.Polygon([parse_position(text) for text in NOTICE_POINTS])
    touched = {
        no for no, west, south in cells() if water.intersection(shapely.box(west, south, west + 0.5, south + 0.5)).area
    }
    assert touched == NOTICE_CELLS


@settings(max_examples=300, deadline=None)
@given(st.floats(119, 129), st.floats(26, 34))
def test_a_place_lies_in_the_bounds_of_its_cell(lon: float, lat: float) -> None:
    """Cell and bounds agree everywhere, and no cell claims a place outside the grid."""
    cell = grid_no(lon, lat)
    holders = [no for no, west, south in cells() if west <= lon < west + 0.5 and south <= lat < south + 0.5]
    assert holders == ([] if cell is None else [cell.no])
    if cell is not None:
        west, south, east, north = cell_bounds(cell.no) or (0, 0, 0, 0)
        assert west <= lon < east and south <= lat < north
        assert 1 <= cell.sub <= 9


def test_sub_cells_run_row_by_row_from_the_north_west() -> None:
    """小区 1 is the north-west, 3 the north-east, 7 the south-west, 9 the south-east."""
    west, south, east, north = cell_bounds(185) or (0, 0, 0, 0)
    corners = [(west, north - 0.01), (east - 0.01, north - 0.01), (west, south), (east - 0.01, south)]
    assert [c.sub for c in (grid_no(*corner) for corner in corners) if c] == [1, 3, 7, 9]


def test_there_is_no_cell_where_nobody_numbered_one() -> None:
    """Unknown positions and foreign waters are in no cell; an unused number has no bounds."""
    assert grid_no(float("nan"), 30.0) is None
    assert grid_no(128.01, 30.2) is None
    assert grid_no(12.0, 56.0) is None
    assert cell_bounds(145) is None
