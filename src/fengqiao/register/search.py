"""Finding a vessel by whatever an officer types: Han, pinyin, initials, number, callsign, Latin name.

Pinyin covers the characters that stand in Chinese vessel prefixes, with every reading a prefix may have, so that no
dictionary is needed; a character outside the table is searched as itself.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import product

READINGS_MAX = 8  # combinations of readings kept of one name
# Provinces, Zhejiang counties and trades in vessel names (渔业船舶船名规定); polyphones with all readings.
PINYIN = {
    **{"浙": "zhe", "闽": "min", "沪": "hu", "苏": "su", "鲁": "lu", "辽": "liao", "冀": "ji", "津": "jin"},
    **{"粤": "yue", "桂": "gui", "琼": "qiong", "京": "jing", "皖": "wan", "赣": "gan", "台": "tai", "普": "pu"},
    **{"定": "ding", "岱": "dai", "嵊": "sheng", "象": "xiang", "岭": "ling", "椒": "jiao", "路": "lu", "三": "san"},
    **{"临": "lin", "玉": "yu", "洞": "dong", "瑞": "rui", "苍": "cang", "平": "ping", "乐": "le yue", "奉": "feng"},
    **{"宁": "ning", "慈": "ci", "镇": "zhen", "北": "bei", "舟": "zhou", "山": "shan", "海": "hai", "渔": "yu"},
    **{"养": "yang", "运": "yun", "冷": "leng", "政": "zheng", "油": "you", "供": "gong", "辅": "fu", "休": "xiu"},
    **{"崇": "chong", "启": "qi", "如": "ru", "通": "tong", "赣": "gan", "射": "she", "滨": "bin", "连": "lian"},
    **{"荣": "rong", "石": "shi", "狮": "shi", "晋": "jin", "惠": "hui", "福": "fu", "鼎": "ding", "霞": "xia"},
    **{"单": "shan dan", "曾": "zeng ceng", "乐": "le yue", "长": "chang zhang", "重": "chong zhong", "大": "da"},
    **{"小": "xiao", "东": "dong", "西": "xi", "南": "nan", "中": "zhong", "新": "xin", "华": "hua", "远": "yuan"},
    **{"洋": "yang", "港": "gang", "轮": "lun", "顺": "shun", "安": "an", "兴": "xing", "和": "he", "丰": "feng"},
}
DROPPED = str.maketrans("", "", " 号船·-_.'")
SAME = str.maketrans({"鱼": "渔", "漁": "渔", "號": "", "衢": "衢"})
DIGIT_LIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})


def plain_key(text: str) -> str:
    """One spelling for what people and receivers write differently: width, case, spaces, 鱼 for 渔."""
    return unicodedata.normalize("NFKC", text).casefold().translate(SAME).translate(DROPPED)


def digits_mended(text: str) -> str:
    """Letters that were meant as digits, in the tail behind the last Han character or letter run: 64ll0 is 64110."""
    cut = len(text)
    while cut and (text[cut - 1].isdigit() or text[cut - 1] in "oil"):
        cut -= 1
    tail = text[cut:]
    return text[:cut] + tail.translate(DIGIT_LIKE) if any(c.isdigit() for c in tail) else text


@cache
def readings(prefix: str) -> tuple[tuple[str, str], ...]:
    """Full pinyin and initials of a name's Han characters, for each way to read them."""
    options = [PINYIN.get(char, char).split() or [char] for char in prefix]
    ways = list(product(*options))[:READINGS_MAX]
    return tuple(("".join(way), "".join(syllable[0] for syllable in way)) for way in ways)


class VesselIndex:
    """Names of rows as one searchable text each; a query is a scan, which 20,000 rows do not notice."""

    def __init__(self, mmsi: Sequence[int], names: Sequence[Sequence[str]]) -> None:
        """``names``: for each row every name it has (register, AIS, callsign)."""
        self._text = [_key_of(number, said) for number, said in zip(mmsi, names, strict=True)]
        self._mmsi = list(mmsi)

    def find(self, asked: str) -> list[int]:
        """Rows that match: whole names before beginnings before the rest, then by mmsi. Everything for no question."""
        wanted = digits_mended(plain_key(asked))
        if not wanted:
            return list(range(len(self._text)))
        hits = [row for row, text in enumerate(self._text) if wanted in text]
        return sorted(hits, key=lambda row: (_rank(self._text[row], wanted), self._mmsi[row]))


def _rank(text: str, wanted: str) -> int:
    return 0 if f"\n{wanted}\n" in text else 1 if f"\n{wanted}" in text else 2


def _key_of(mmsi: int, names: Sequence[str]) -> str:
    keys = {str(mmsi)}
    for name in names:
        key = digits_mended(plain_key(name))
        if not key:
            continue
        keys.add(key)
        han = "".join(c for c in key if not c.isascii())
        rest = "".join(c for c in key if c.isascii())
        for full, initials in readings(han) if han else ():
            keys |= {full + rest, initials + rest}
    return "\n" + "\n".join(sorted(keys)) + "\n"
