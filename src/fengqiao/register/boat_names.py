"""Names of Chinese fishing boats: province, county, kind, number; in Han as painted and in pinyin as sent by AIS.

The grammar is that of the rules on names of fishing vessels (渔业船舶船名规定, 农渔发[1998]11号, articles 3 and 4) and
of the notice on uniform numbers before them (农林部 (75)农林(渔)字第34号): the short name of the province; the first
character of the county's name, or the first two where another county of the province begins alike; a word for the
kind of vessel; a number, five digits by the rules and fewer on older boats. Counties are written by that rule from
their names, coast by coast, from Liaoning's neighbour Shandong to Fujian; where boats are known to use a shorter or
another form beside it, that stands behind the slash. The rules give no such names to Taiwan, whose boats are named
as their owners please. A county that is missing here is read in Han and cannot be told from pinyin.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from types import MappingProxyType

from fengqiao.register.pinyin import syllables

PROVINCES: Mapping[str, str] = MappingProxyType(
    {"浙": "浙江", "闽": "福建", "苏": "江苏", "沪": "上海", "鲁": "山东", "粤": "广东", "桂": "广西", "琼": "海南"}
    | {"辽": "辽宁", "冀": "河北", "津": "天津"}
)
# City: short names and the counties they stand for. "平/平阳" is written 浙平渔 and means 平阳.
COUNTIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "浙": {
            "舟山": "定/定海 普/普陀 岱/岱山 嵊/嵊泗 舟/舟山市属",
            "台州": "椒/椒江 黄/黄岩 路/路桥 临/临海 岭/温岭 温岭/温岭 玉/玉环 三/三门 台/台州市属",
            "宁波": "象/象山 宁/宁海 奉/奉化 鄞/鄞州 北/北仑 仑/北仑 镇/镇海 慈/慈溪 余/余姚 甬/宁波市属",
            "温州": "洞/洞头 瑞/瑞安 平/平阳 苍/苍南 乐/乐清 龙/龙湾 龙港/龙港 永/永嘉 鹿/鹿城 瓯/瓯海 温/温州市属",
            "嘉兴": "平湖/平湖 海盐/海盐 盐/海盐 海宁/海宁 嘉/嘉兴市属",
        },
        "闽": {
            "宁德": "福鼎/福鼎 鼎/福鼎 霞/霞浦 蕉/蕉城 宁/宁德 福安/福安",
            "福州": "连/连江 罗/罗源 长/长乐 福清/福清 平/平潭 马/马尾",
            "莆田": "莆/莆田 秀/秀屿 荔/荔城 涵/涵江",
            "泉州": "泉/泉州市属 惠/惠安 晋/晋江 狮/石狮 南/南安 丰/丰泽",
            "厦门": "厦/厦门 翔/翔安",
            "漳州": "龙/龙海 漳浦/漳浦 漳/漳浦 云/云霄 东/东山 诏/诏安",
        },
        "苏": {
            "连云港": "赣/赣榆 连/连云 灌/灌云",
            "盐城": "响/响水 滨/滨海 射/射阳 大丰/大丰 大/大丰 东台/东台 盐/盐城市属",
            "南通": "如/如东 通/通州 海门/海门 海安/海安 启/启东",
        },
        "沪": {"上海": "崇/崇明 奉/奉贤 金/金山 浦/浦东 南/南汇 宝/宝山"},
        "鲁": {
            "威海": "荣/荣成 文/文登 乳/乳山 威/威海 环/环翠",
            "烟台": "牟/牟平 蓬/蓬莱 长/长岛 龙/龙口 招/招远 莱州/莱州 莱阳/莱阳 海/海阳 烟/烟台 芝/芝罘 福/福山",
            "青岛": "青/青岛 胶南/胶南 胶州/胶州 黄/黄岛 崂/崂山 城/城阳 即/即墨",
            "日照": "岚/岚山 东港/东港 日/日照",
            "潍坊": "寿/寿光 昌/昌邑 寒/寒亭",
            "东营": "垦/垦利 广/广饶 利/利津 河/河口 东营/东营",
            "滨州": "无/无棣 沾/沾化",
        },
    }
)
# Article 3 of the rules names 渔, 渔养, 渔指, 渔油, 渔水, 渔运, 渔冷; the others are provinces' own.
KINDS: Mapping[str, str] = MappingProxyType(
    {"渔": "fishing", "渔养": "farming", "渔指": "guidance", "渔油": "fuel", "渔水": "water", "渔运": "carrier"}
    | {"渔冷": "reefer", "渔休": "leisure", "渔科": "research", "渔政": "patrol", "远": "distant"}
)
SAID = {"乐": ("yue", "le")}  # 乐清 is read Yueqing, and spelt both ways; else the usual reading of a character
NUMBER = r"([0-9]{1,5})"
CANDIDATES_MAX = 8  # more readings than that of one name say nothing
HAN_NAME = re.compile(
    rf"([{''.join(PROVINCES)}])([㐀-鿿]{{1,2}}?)({'|'.join(sorted(KINDS, key=len, reverse=True))}){NUMBER}"
)
LATIN_NAME = re.compile(rf"([a-z]{{4,24}}){NUMBER}")
LATIN_SAME = str.maketrans("", "", " .-_'’")
TRADITIONAL = str.maketrans("漁閩蘇滬魯遼瓊粵", "渔闽苏沪鲁辽琼粤")


@dataclass(frozen=True, slots=True)
class County:
    """Where a short name says that a boat is at home."""

    province: str
    city: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class BoatName:
    """``str()`` is the name in Han."""

    province: str  # 浙
    county: str  # 岱, 福鼎
    kind: str  # of KINDS
    number: str  # as written, zeros in front kept

    def __str__(self) -> str:
        return f"{self.province}{self.county}{self.kind}{self.number}"

    @property
    def home(self) -> County | None:
        """None where the short name is not in the table."""
        return _homes().get((self.province, self.county))


def parse(text: str) -> tuple[BoatName, ...]:
    """Every boat name that ``text`` can be: one where it is clear, several where pinyin is not, none where it is none.

    Han (with 号 or traditional characters as well) and pinyin, written together or apart; the whole text must be the
    name. 浙余渔 and 浙玉渔 are both ZHE YU YU.
    """
    plain = text.strip().translate(TRADITIONAL).replace(" ", "").removesuffix("号").removesuffix("號")
    if han := HAN_NAME.fullmatch(plain):
        return (BoatName(*han.groups()),)
    found = LATIN_NAME.fullmatch(_latin(text)) if text.isascii() else None
    if not found:
        return ()
    stems = _stems().get(found[1], ())
    return tuple(BoatName(*stem, found[2]) for stem in stems)[:CANDIDATES_MAX]


def pinyin(name: BoatName, apart: bool = False) -> str:
    """The usual spelling on AIS: ZHEDAIYU01234, or ZHE DAI YU 01234."""
    said = [_read(char)[0].upper() for char in f"{name.province}{name.county}{name.kind}"]
    return (" " if apart else "").join([*said, name.number])


def initials(name: BoatName) -> str:
    """zdy01234: short, and borne by many."""
    return "".join(_read(char)[0][0] for char in f"{name.province}{name.county}{name.kind}") + name.number


def counties() -> Mapping[tuple[str, str], County]:
    """(province, short name) to county, all that the table has."""
    return _homes()


def _latin(text: str) -> str:
    """Small letters and digits run together; nothing where a dash stands behind the number, which gear has."""
    return "" if re.search(r"[0-9][^0-9A-Za-z]+[0-9]", text) else text.casefold().translate(LATIN_SAME)


@cache
def _homes() -> Mapping[tuple[str, str], County]:
    return MappingProxyType(
        {
            (province, short): County(PROVINCES[province], city, name)
            for province, cities in COUNTIES.items()
            for city, entries in cities.items()
            for short, name in (entry.split("/") for entry in entries.split())
        }
    )


@cache
def _stems() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """Every way that province, county and kind are written in pinyin, to what it can mean."""
    out: dict[str, list[tuple[str, str, str]]] = {}
    for (province, county), kind in product(_homes(), KINDS):
        for way in product(*map(_read, f"{province}{county}{kind}")):
            out.setdefault("".join(way), []).append((province, county, kind))
    return MappingProxyType({said: tuple(stems) for said, stems in out.items()})


def _read(char: str) -> tuple[str, ...]:
    return SAID.get(char) or syllables(char)[:1]
