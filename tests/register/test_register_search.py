"""What an officer types and which vessels come: names and numbers are invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.register.pinyin import LEVEL_1, READINGS_MAX, STARTS, readings, syllables
from fengqiao.register.search import VesselIndex, digits_mended

BOATS = [
    (412990109, ("浙普渔60109", "ZHEPUYU60109", "BZPY9")),
    (412990104, ("浙普渔60001", "ZHEPUYU60001", "BZPY1")),
    (412990107, ("浙平渔60001", "", "")),
    (412990101, ("", "YUE HAI 2", "VRXY7")),
    (412990102, ("浙乐渔运01234", "", "", "乐清 蒲岐")),
    (412990103, ("浙嵊渔养08", "ZHESHENGYUYANG08", "", "嵊泗枸杞岛编组")),
    (412990105, ("", "ZHEDAIYU6OOl2", "")),
    (412990106, ("浙岱渔02199", "MIN LIN YU", "", "高亭")),
    (412990108, ("", "HAI LI 8", "")),
]
INDEX = VesselIndex([mmsi for mmsi, _ in BOATS], [names for _, names in BOATS])


def found(asked: str, index: VesselIndex = INDEX) -> list[int]:
    return [BOATS[row][0] - 412990100 for row in index.find(asked)]


@pytest.mark.parametrize(
    ("asked", "boats"),
    [
        ("浙普渔60001", [4]),
        ("浙普渔 ６０００１ 号", [4]),
        ("浙普鱼·60001", [4]),
        ("浙普漁60001船", [4]),
        ("普渔6", [4, 9]),
        ("zhepuyu60001", [4]),
        ("ZHE PU YU-60001", [4]),
        ("zpy60001", [4, 7]),
        ("ZPY 60OOl", [4, 7]),
        ("412990104", [4]),
        ("990104", [4]),
        ("bzpy", [4, 9]),
        ("vrxy7", [1]),
        ("yuehai", [1]),
        ("yue hai 2", [1]),
        ("haili", [8]),
        ("浙岱渔60012", [5]),
        ("zhedaiyu60012", [5]),
        ("zheleyuyun01234", [2]),
        ("zheyueyuyun1234", [2]),  # the zero before the number left out
        ("zhe yue yu yun 01234", [2]),
        ("leqing", [2]),
        ("yqpq", [2]),
        ("gouqi", [3]),
        ("编组", [3]),
        ("gaoting", [6]),
        ("浙台渔", []),
    ],
)
def test_what_is_typed_finds_the_vessel(asked: str, boats: list[int]) -> None:
    """Han, pinyin in every reading, initials, number, callsign, home; width, case, spaces, 号 do not matter."""
    assert found(asked) == boats


@pytest.mark.parametrize(
    "asked",
    [
        "浙岱渔01234",
        "浙岱渔1234",
        "浙岱渔 01234号",
        "岱渔01234",
        "zdy01234",
        "ZHE DAI YU 01234",
        "zhedaiyu1234",
        "ZHEDAI",
    ],
)
@pytest.mark.parametrize("sent", ["ZHEDAIYU01234", "ZHE DAI YU 01234", "浙岱渔01234"])
def test_a_boat_that_sends_pinyin_is_found_by_her_name_in_han_and_the_other_way_round(sent: str, asked: str) -> None:
    assert VesselIndex([1, 2], [("ZHEDAIYU01235",), (sent,)]).find(asked)[-1] == 1


def test_a_name_that_two_boats_can_mean_finds_both() -> None:
    index = VesselIndex([1, 2, 3], [("ZHEYUYU01234",), ("浙余渔01234",), ("浙玉渔01234",)])
    assert index.find("zheyuyu01234") == [0, 1, 2]
    assert index.find("浙玉渔01234") == [0, 1, 2]  # said alike


def test_whole_names_come_before_beginnings_before_the_rest() -> None:
    """Equals by mmsi, whatever order the rows have."""
    names = ["浙普渔12", "浙普渔1", "苏浙普渔1", "浙普渔1", "浙普渔10"]
    assert VesselIndex([5, 4, 1, 3, 2], [(name,) for name in names]).find("浙普渔1") == [3, 1, 4, 0, 2]


def test_no_question_gives_everyone() -> None:
    """Also when all that was typed is left out of names anyway."""
    assert INDEX.find("") == INDEX.find(" 号") == list(range(len(BOATS)))


def test_initials_that_collide_are_all_kept() -> None:
    prefixes = ["浙普渔", "浙平渔", "浙瓯渔", "浙普渔运"]
    index = VesselIndex(range(4), [(f"{prefix}00001",) for prefix in prefixes])
    assert index.find("zpy00001") == [0, 1] and index.find("zpy") == [0, 1, 3]


@pytest.mark.parametrize(
    ("key", "forms"),
    [
        ("zpy64ll0", {"zpy64ll0", "zpy64110"}),
        ("yuhai2", {"yuhai2", "yuha12"}),
        ("yul2345", {"yul2345", "yu12345"}),
        ("haili", {"haili"}),
        ("浙普渔6oo01", {"浙普渔6oo01", "浙普渔60001"}),
    ],
)
def test_letters_meant_as_digits_are_mended_in_the_tail_only(key: str, forms: set[str]) -> None:
    assert set(digits_mended(key)) == forms


def test_every_common_character_has_a_reading() -> None:
    """All of GB 2312 level 1 is read in Latin letters, and the starts of syllables stand in the standard's order."""
    rows = [bytes((high, low)) for high in range(LEVEL_1[0][0], LEVEL_1[1][0] + 1) for low in range(0xA1, 0xFF)]
    chars = [code.decode("gb2312") for code in rows if code <= LEVEL_1[1]]
    assert len(chars) == 3755 and list(STARTS) == sorted(STARTS)
    assert all(way.isascii() and way.isalpha() for char in chars for way in syllables(char))


@pytest.mark.parametrize(
    ("han", "ways"),
    [
        ("岱山", {"daishan"}),
        ("嵊泗", {"shengsi"}),
        ("温岭", {"wenling"}),
        ("单县", {"danxian", "shanxian"}),
        ("乐清", {"leqing", "yueqing"}),
        ("吕四", {"lvsi", "lusi"}),
        ("象山石浦", {"xiangshanshipu"}),
        ("大乐", {"dale", "dayue", "daile", "daiyue"}),
        ("é龘", {"é龘"}),
    ],
)
def test_names_are_read_in_all_their_readings(han: str, ways: set[str]) -> None:
    assert {full for full, _ in readings(han)} == ways


def test_a_name_of_many_polyphones_costs_no_more_than_a_few_readings() -> None:
    """Twenty of them have a million readings."""
    assert len(readings("乐" * 20)) == READINGS_MAX
    assert VesselIndex([1], [("乐单" * 400,)]).find("leshan") == [0]


WORDS = st.text(st.sampled_from("浙普平乐渔运号·oOlI10269aZ -é\u202e\x1b\n😀龘"), max_size=12)


PLAIN = st.text(st.sampled_from("abz"), max_size=4)  # letters that have one spelling


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(PLAIN, min_size=1, max_size=3), max_size=8), PLAIN.filter(bool))
def test_the_order_is_that_of_grading_every_row(names: list[list[str]], asked: str) -> None:
    """The same as asking each row whether it is, begins with or holds what was typed."""

    def grade(row: int) -> int:
        tests = (asked in names[row], any(n.startswith(asked) for n in names[row]), any(asked in n for n in names[row]))
        return next((k for k, passed in enumerate(tests) if passed), 3)

    mmsi = [900 - row for row in range(len(names))]
    wanted = sorted((row for row in range(len(names)) if grade(row) < 3), key=lambda row: (grade(row), mmsi[row]))
    assert VesselIndex(mmsi, names).find(asked) == wanted


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5), st.data())
def test_any_part_of_a_name_finds_it(names: list[tuple[str, str]], data: st.DataObject) -> None:
    """Whatever stands in it, and wherever it is cut."""
    row = data.draw(st.integers(0, len(names) - 1))
    name = data.draw(st.sampled_from(names[row]))
    begin = data.draw(st.integers(0, len(name)))
    end = data.draw(st.integers(begin, len(name)))
    assert row in VesselIndex(range(len(names)), names).find(name[begin:end])
