"""Finding a vessel by whatever an officer types: Han, pinyin, initials, number, callsign, Latin name, part of any.

Every row is one text: each of its names in every spelling people use, one a line. A query is a scan of these texts,
which 20,000 rows do not notice, so that any part of any spelling finds the row and nothing needs an index to keep.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice, product
from string import digits, whitespace

from fengqiao.register.boat_names import initials, parse
from fengqiao.register.pinyin import readings

KEY_CHARS_MAX = 64  # of one name or question: vessel names have 20 at most, a group or home port not many more
SPELLINGS_MAX = 32  # of one name
SPOKEN_MAX = 4  # readings of a question in Han that are looked for: each is one scan more
ROWS_KEPT_MAX = 32_768  # rows whose spellings are remembered, so that building again after a change costs little

# What people write or leave out as they like: 浙普渔60001, 浙普渔 60001 号, 浙普渔·60001, ZHE PU YU-60001; the slip 鱼
# for 渔; traditional forms of what stands in names of boats.
SAME = str.maketrans(
    "鱼漁魚閩滬蘇魯遼瓊臺嶺蒼樂寧鎮運養長東廣龍連榮",
    "渔渔渔闽沪苏鲁辽琼台岭苍乐宁镇运养长东广龙连荣",
    whitespace + "号號船·・‧•-_.'’`",
)
DIGIT_LIKE = str.maketrans("oil", "011")
RUNS = re.compile(r"[^\x00-\x7f]+|[\x00-\x7f]+")


def plain_key(text: str) -> str:
    """One spelling for what people and receivers write differently: width, case, spaces, 号, 鱼 for 渔."""
    folded = unicodedata.normalize("NFKC", text[:KEY_CHARS_MAX]).casefold()
    return folded.translate(SAME)[:KEY_CHARS_MAX]


def digits_mended(key: str) -> tuple[str, ...]:
    """The key, and with letters that were meant as digits, O, I and l, turned into them in its tail: 64ll0 is 64110.

    Whether the letters before the first digit belong to the number cannot be seen (yuhai2, yul2345): both ways then.
    """
    stem = key.rstrip(digits + "oil")
    tail = key[len(stem) :]
    if not tail or tail.isdigit() or tail.isalpha():
        return (key,)
    letters = tail[: len(tail) - len(tail.lstrip("oil"))]
    sure, all_of_it = letters + tail[len(letters) :].translate(DIGIT_LIKE), tail.translate(DIGIT_LIKE)
    return tuple(dict.fromkeys((key, stem + sure, stem + all_of_it)))


class VesselIndex:
    """The names of rows, to be searched. Build it again when names change: only what is new costs time."""

    def __init__(self, mmsi: Sequence[int], names: Sequence[Sequence[str]]) -> None:
        """``names``: for each row every text it may be found by (register name, AIS name, callsign, home port, group).

        Colliding spellings (浙普渔 and 浙平渔 are both zpy) are all kept and all found.
        """
        said = [f"\n{number}{_spellings(tuple(texts))}\n" for number, texts in zip(mmsi, names, strict=True)]
        # In the order of mmsi, so that equals come out so without sorting at every key pressed.
        self._rows = sorted(range(len(said)), key=mmsi.__getitem__)
        self._texts = [said[row] for row in self._rows]

    def find(self, asked: str) -> list[int]:
        """Rows that match: whole names before beginnings before the rest, then by mmsi. Everything for no question."""
        wanted = _questions(asked)
        if not wanted:
            return list(range(len(self._rows)))
        whole, begun, rest = (_joined(grade) for grade in zip(*map(self._grades, wanted), strict=True))
        return [self._rows[place] for place in dict.fromkeys((*whole, *begun, *rest))]

    def _grades(self, wanted: str) -> tuple[list[int], list[int], list[int]]:
        """Places whose text has ``wanted`` as a whole line, at the beginning of one, and at all."""
        texts, start, line = self._texts, f"\n{wanted}", f"\n{wanted}\n"
        rest = [place for place, text in enumerate(texts) if wanted in text]
        begun = [place for place in rest if start in texts[place]]
        return [place for place in begun if line in texts[place]], begun, rest


def _joined(found: Sequence[list[int]]) -> Iterable[int]:
    return found[0] if len(found) == 1 else sorted(set().union(*found))


def _questions(asked: str) -> tuple[str, ...]:
    """What to look for. A name in Han is also looked for as it is said: most boats send theirs in Latin letters.

    The whole name of a fishing boat is looked for with the zeros that somebody left out or put in before its number.
    """
    keys = tuple(dict.fromkeys((*digits_mended(plain_key(asked)), *_numbered(asked))))
    if sum(not char.isascii() for char in keys[0]) < 2:  # one syllable would be found in every second name
        return keys if keys[0] else ()
    spoken = (full for key in keys for full, _ in _said(key))
    return tuple(dict.fromkeys((*keys, *islice(spoken, SPOKEN_MAX))))


@lru_cache(ROWS_KEPT_MAX)
def _spellings(texts: tuple[str, ...]) -> str:
    """Every spelling of every text, each behind a line feed."""
    keys = [key for text in texts for key in digits_mended(plain_key(text)) if key]
    keys += [key for text in texts if text.isascii() for key in _in_han(text)]
    spoken = (way for key in keys if not key.isascii() for said in _said(key) for way in said)
    return "".join(f"\n{key}" for key in dict.fromkeys((*keys, *spoken)))


def _numbered(asked: str) -> Iterable[str]:
    for name in parse(asked)[:1]:  # all candidates share the number
        stem = plain_key(asked).removesuffix(name.number)
        bare = name.number.lstrip("0") or "0"
        yield from (f"{stem}{bare:0>5}", f"{stem}{bare}")


def _in_han(text: str) -> Iterable[str]:
    """What a boat's name in pinyin is in Han, and its initials, for each boat that it can be."""
    for name in parse(text):
        yield from (plain_key(str(name)), initials(name))


def _said(key: str) -> Iterable[tuple[str, str]]:
    """Full pinyin and initials of a key with its digits and Latin letters where they stand."""
    runs = [((run, run),) if run.isascii() else readings(run) for run in RUNS.findall(key)]
    for way in islice(product(*runs), SPELLINGS_MAX):
        yield "".join(full for full, _ in way), "".join(initials for _, initials in way)
