"""The demonstration bay: two recordings, the register of its invented boats, and what people did."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fengqiao.model.errors import InputFault
from fengqiao.model.inputs import Act, ActKind
from fengqiao.register.csv_in import Import, decode_bytes, parse_register
from fengqiao.register.vessel import Register
from fengqiao.words.resources import shipped

RECORDINGS = ("bay-main.nmea.zst", "bay-outer.nmea.zst")


@dataclass(frozen=True, slots=True)
class Demo:
    files: tuple[str, ...]
    acts: tuple[Act, ...]
    register: Import

    @property
    def vessels(self) -> Register:
        return Register.of(self.register.revision, self.register.vessels)


def demonstration() -> Demo:
    home = shipped("fixtures", "demo")
    acts = read_acts(json.loads(home.joinpath("acts.json").read_text("utf-8")))
    register = parse_register(decode_bytes(home.joinpath("register.csv").read_bytes()), 0)
    return Demo(tuple(str(home.joinpath(name)) for name in RECORDINGS), acts, register)


def acts_of(file: Path) -> tuple[Act, ...]:
    try:
        return read_acts(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputFault("acts_unread", file=str(file), reason=str(error)) from error


def read_acts(items: Iterable[dict[str, Any]]) -> tuple[Act, ...]:
    """Acts from their JSON form: ``at, actor, seat, kind, target, facts``."""
    return tuple(
        Act(
            f"planned-{i}",
            int(datetime.fromisoformat(item["at"]).timestamp() * 1000),
            item["actor"],
            item["seat"],
            ActKind(item["kind"]),
            item["target"],
            item.get("facts", {}),
        )
        for i, item in enumerate(items)
    )
