"""The raw log as inputs of the watch: what was journalled, folded again in the same order."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fengqiao.app.keeper import Keeper, Source, act_from_json
from fengqiao.model.inputs import Chunk, Clock, Context
from fengqiao.register.vessel import Register
from fengqiao.store.raw_log import Record, RecordKind, chunk_of
from fengqiao.thresholds import Thresholds

CHUNKS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Session:
    """What a START record says: a watch began with these feeds."""

    sources: Mapping[str, Source]
    stream_ticks: bool
    code: str
    zones: str
    register: str
    thresholds: Thresholds = field(default_factory=Thresholds)  # every value, as the watch judged by it then
    anew: bool = False  # the clock was wrong before: nothing that is remembered can be reckoned with

    def to_json(self) -> bytes:
        feeds = {name: {"clock": s.clock, "ends": s.ends} for name, s in self.sources.items()}
        rest = {"stream_ticks": self.stream_ticks, "code": self.code, "zones": self.zones, "register": self.register}
        judged_by = self.thresholds.to_json()
        return json.dumps(
            {"feeds": feeds, **rest, "thresholds": judged_by, "anew": self.anew}, ensure_ascii=False
        ).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Session":
        raw = json.loads(data)
        sources = {name: Source(Clock(s["clock"]), bool(s["ends"])) for name, s in raw["feeds"].items()}
        # Sessions of before there was such a file judged by the factory's.
        thresholds = Thresholds.from_json(raw["thresholds"]) if "thresholds" in raw else Thresholds()
        rest = raw["code"], raw["zones"], raw["register"], thresholds, bool(raw.get("anew"))
        return cls(sources, bool(raw["stream_ticks"]), *rest)


def first_session(records: Iterable[Record]) -> Session | None:
    """The session a log begins with; None for an empty log."""
    first = next(iter(records), None)
    return Session.from_json(first.data) if first is not None and first.kind is RecordKind.START else None


def fold_again(keeper: Keeper, records: Iterable[Record], register_at: Callable[[str], Register]) -> int:
    """Put journalled inputs through the keeper; the seq of the last one (0 if there was none).

    Chunks are taken in groups; a group ends at any other record, so every tick and act meets the same fold.
    """
    waiting: list[Chunk] = []
    seq = 0
    for record in records:
        seq = record.seq
        if record.kind is RecordKind.CHUNK:
            waiting.append(chunk_of(record))
            if len(waiting) < CHUNKS_AT_ONCE:
                continue
        _hear(keeper, waiting)
        _apply(keeper, record, register_at)
    _hear(keeper, waiting)
    return seq


def begin_session(keeper: Keeper, session: Session, at_ms: int) -> list[str]:
    """What a session begins with; ids of the alerts that it closed."""
    closed = keeper.begin_anew(at_ms) if session.anew else []
    keeper.judge_by(session.thresholds)
    keeper.adopt(session.sources, session.stream_ticks)
    return closed


def _hear(keeper: Keeper, waiting: list[Chunk]) -> None:
    if waiting:
        keeper.hear(tuple(waiting))
        waiting.clear()


def _apply(keeper: Keeper, record: Record, register_at: Callable[[str], Register]) -> None:
    match record.kind:
        case RecordKind.TICK:
            keeper.pass_time(record.at_ms)
        case RecordKind.ACT:
            keeper.act(act_from_json(record.data))
        case RecordKind.START:
            begin_session(keeper, Session.from_json(record.data), record.at_ms)
        case RecordKind.CONTEXT:
            _surround(keeper, json.loads(record.data), register_at)
        case RecordKind.CHUNK:
            pass  # heard with its group


def _surround(keeper: Keeper, said: Mapping[str, Any], register_at: Callable[[str], Register]) -> None:
    if "thresholds" in said:
        keeper.judge_by(Thresholds.from_json(said["thresholds"]))
    if "register" in said:
        keeper.watch.step(Context("register", said["register"], register_at(said["register"])))
