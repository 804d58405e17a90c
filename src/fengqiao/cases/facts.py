"""Facts of a step as people type them, and as the table wants them: yuan become fen, 是 becomes True."""

import re
from typing import Any

from fengqiao.cases.lifecycle import FEN_MAX

YES = frozenset({"yes", "y", "true", "1", "是", "对", "已"})
NO = frozenset({"no", "n", "false", "0", "否", "不", "未"})
TRUTHS = frozenset({"rights_told", "nobody_refuses", "paid_on_the_spot", "writing_waived", "paid"})
YUAN, FEN = "_yuan", "_fen"
# Twelve digits before the point are more than FEN_MAX; fractions of a fen are a slip of the hand, not money.
_AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?")
# Full-width forms only: NFKC would read 3² as 32.
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {ord("￥"): "¥", ord("，"): ",", ord("\u3000"): " "}


def fact_of(name: str, typed: str) -> tuple[str, Any]:
    """Name and value for ``decide``; what cannot be read stays text, which the table then refuses as wrong."""
    if name.endswith(YUAN):
        fen = fen_of(typed)
        return name.removesuffix(YUAN) + FEN, typed if fen is None else fen
    if name.endswith(FEN):
        return name, int(typed) if re.fullmatch(r"[0-9]{1,14}", typed) else typed
    if name in TRUTHS:
        return name, truth_of(typed)
    return name, typed.strip()


def truth_of(typed: str) -> bool | str:
    said = typed.translate(_HALF_WIDTH).strip().casefold()
    return True if said in YES else False if said in NO else typed


def fen_of(typed: str) -> int | None:
    """Fen from yuan as people write them (``32,000``, ``￥1200.5``, ``800元``); None if it is no such amount."""
    plain = typed.translate(_HALF_WIDTH).strip().removeprefix("¥").removesuffix("元").replace(",", "").strip()
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        return None
    fen = int(found.group(1)) * 100 + int((found.group(2) or "0").ljust(2, "0"))
    return fen if fen < FEN_MAX else None


def typed_name(need: str) -> str:
    """The name under which people give a fact: amounts in yuan."""
    return need.removesuffix(FEN) + YUAN if need.endswith(FEN) else need
