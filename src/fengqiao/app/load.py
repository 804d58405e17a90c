"""How heavily the alerts weighed: from what the store kept, or from a recording that was just played."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fengqiao.alerts import BookCounts
from fengqiao.alerts.labels import precision
from fengqiao.alerts.load import DAY_MS, HOUR_MS, WINDOW_MS, LoadMeter
from fengqiao.model.findings import Priority
from fengqiao.papers.load_report import Load, Standing
from fengqiao.papers.sheet import beijing
from fengqiao.store.database import Store
from fengqiao.store.frame import read_frame
from fengqiao.store.tables import AlertRow

NUMBER = re.compile(r"\d{9}(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Lately:
    """What an officer may ask in passing: calls at warning or above on a seat in the last ten minutes and the last
    hour, and the figures of the last day, or since the run began."""

    window: int = 0
    hour: int = 0
    day: Mapping[str, Any] = field(default_factory=dict)


def load_between(store: Store, run_id: str, from_ms: int, to_ms: int, lang: str) -> Load:
    """The load of a run over [from_ms, to_ms) on every seat, with what officers said was true."""
    meter = store.alert_load(run_id, from_ms, to_ms, store.staffed(from_ms, to_ms))
    figures = meter.figures() | meter.details()
    said = [(rule, f"{beijing(at_ms):%Y-%m}", label) for rule, at_ms, label in store.labelled(run_id, from_ms, to_ms)]
    stand = standing(store.alerts_named(run_id, meter.active), lang)
    return Load(figures, names_of(store, run_id, figures), stand, precision(said))


def load_since(store: Store, run_id: str, from_ms: int, to_ms: int, lang: str) -> Load:
    """The same, but from no earlier than the run began: before it nobody watched, which is no quiet time."""
    return load_between(store, run_id, max(from_ms, store.began_ms(run_id, to_ms)), to_ms, lang)


def lately(store: Store, run_id: str, now_ms: int) -> Lately:
    span = (now_ms - DAY_MS, now_ms - HOUR_MS, now_ms - WINDOW_MS)
    began_ms = store.began_ms(run_id, now_ms)
    day = store.alert_load(run_id, max(span[0], began_ms), now_ms + 1, store.staffed(span[0], now_ms))
    hour, window = (store.alert_load(run_id, from_ms, now_ms + 1) for from_ms in span[1:])
    return Lately(window.warned, hour.warned, day.figures())


def watch_time_ms(folder: Path, run_id: str) -> int | None:
    """What time it is, or was when it stopped, for the watch of that run; None if it left no picture."""
    frame = read_frame(folder)
    return int(frame.meta["time_ms"]) if frame is not None and frame.meta["run"] == run_id else None


def load_played(meter: LoadMeter, held_back: Iterable[BookCounts], store: Store, run_id: str, lang: str) -> Load:
    """The load of a recording on one seat, with what the watch held back."""
    figures = meter.figures(held_back) | meter.details()
    stand = standing(store.alerts_named(run_id, meter.active), lang)
    return Load(figures, names_of(store, run_id, figures), stand)


def names_of(store: Store, run_id: str, figures: Mapping[str, Any]) -> dict[str, str]:
    """Names of the numbers among the sources listed: the register's at the end of the span, else what AIS said."""
    keys = [source["key"] for source in (*figures["top_sources"], *figures["chatter"])]
    # A transmitter that shares its number bears its own after a point (``rules.telling.track_key``).
    numbers = {part: int(part.partition(".")[0]) for key in keys for part in key if NUMBER.fullmatch(part)}
    if not numbers:
        return {}
    register, wanted = store.load_register(), set(numbers.values())
    said = {row.mmsi: row.name for row in store.latest(run_id) if row.mmsi in wanted}
    known = {mmsi: register.at(mmsi, figures["to_ms"]) for mmsi in wanted}
    names = {mmsi: vessel.name if vessel else said.get(mmsi, "") for mmsi, vessel in known.items()}
    return {part: names[mmsi] for part, mmsi in numbers.items() if names[mmsi]}


def standing(alerts: Sequence[AlertRow], lang: str) -> list[Standing]:
    """The gravest first, then the oldest."""
    rows = sorted(alerts, key=lambda a: (-a.priority, a.raised_ms, a.alert))
    texts = (a.text_zh if lang == "zh" else a.text_en for a in rows)
    told = zip(rows, texts, strict=True)
    return [Standing(a.raised_ms, Priority(a.priority), text, bool(a.state.get("lost"))) for a, text in told]
