"""The grammar of fishing boats' names, in Han and in pinyin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengqiao.register.boat_names import KINDS, BoatName, counties, initials, parse, pinyin

NAMES = st.builds(
    lambda home, kind, number: BoatName(home[0], home[1], kind, number),
    st.sampled_from(sorted(counties())),
    st.sampled_from(sorted(KINDS)),
    st.from_regex(r"[0-9]{1,5}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("text", "han"),
    [
        ("浙岱渔01234", ["浙岱渔01234"]),
        ("浙岭渔运135", ["浙岭渔运135"]),
        ("浙普渔 60108 号", ["浙普渔60108"]),
        ("閩霞漁01234", ["闽霞渔01234"]),
        ("闽福鼎渔07001", ["闽福鼎渔07001"]),
        ("浙样渔00001", ["浙样渔00001"]),
        ("ZHE DAI YU 01234", ["浙岱渔01234"]),
        ("ZHEDAIYU01234", ["浙岱渔01234"]),
        ("ZHELINGYUYUN135", ["浙岭渔运135"]),
        ("MIN FUDING YU 07001", ["闽福鼎渔07001"]),
        ("ZHEYUYU01234", ["浙余渔01234", "浙玉渔01234"]),
        ("ZHE YUE YU 02345", ["浙乐渔02345"]),
        ("LU RONG YU 55777", ["鲁荣渔55777"]),
        ("ZHE DAI YU 04455-44", []),
        ("ZHE DAI YU 04455 44", []),
        ("ZHEDAIYU", []),
        ("ZHEDAIYU123456", []),
        ("YUE HAI 8", []),
        ("MIN JIANG 8", []),
        ("EVER GIVEN", []),
        ("", []),
    ],
)
def test_what_a_name_says(text: str, han: list[str]) -> None:
    assert sorted(map(str, parse(text))) == sorted(han)


def test_the_county_is_named() -> None:
    """Every county of the coast of Zhejiang, by the short name that its boats bear."""
    home = parse("ZHEDAIYU01234")[0].home
    assert home is not None and (home.province, home.city, home.name) == ("浙江", "舟山", "岱山")
    names = {county.name for (province, _), county in counties().items() if province == "浙"}
    coast = "定海 普陀 岱山 嵊泗 椒江 路桥 临海 温岭 玉环 三门 象山 宁海 奉化 鄞州 北仑 镇海 慈溪 余姚"
    coast += " 洞头 瑞安 平阳 苍南 乐清 龙湾 龙港 永嘉 鹿城 瓯海 平湖 海盐 海宁"
    assert set(coast.split()) <= names
    assert parse("浙样渔00001")[0].home is None


def test_every_county_of_the_table_can_be_spelt() -> None:
    """Zhao'an (诏安) could not: its boats were not found by what they send."""
    assert all(pinyin(BoatName(province, short, "渔", "1")).isascii() for province, short in counties())
    assert "闽诏渔00001" in map(str, parse("MINZHAOYU00001"))


@given(NAMES)
def test_a_name_in_han_is_read_as_it_was_written(name: BoatName) -> None:
    assert parse(str(name)) == (name,)


@given(NAMES, st.booleans())
def test_pinyin_leads_back_to_the_name_among_its_candidates(name: BoatName, apart: bool) -> None:
    """And everything else that it can be is spelt or said alike."""
    found = parse(pinyin(name, apart))
    assert name in found
    assert {initials(other) for other in found} == {initials(name)}
    assert {other.number for other in found} == {name.number}


@given(st.text(max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    assert all(parse(str(name)) == (name,) for name in parse(text))
