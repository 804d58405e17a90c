"""The one door: whatever a person does is put into the inbox, audited, and applied by the watch in order."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fengqiao.alerts import Params
from fengqiao.feeds.clock import now_ms
from fengqiao.model.inputs import Act, ActKind
from fengqiao.store.database import Store, open_store
from fengqiao.store.frame import read_frame
from fengqiao.store.inbox import StoredAct
from fengqiao.store.lock import watch_running
from fengqiao.store.tables import ActState
from fengqiao.weather import gale_from_facts

WAIT_S = 5.0  # a running watch empties its inbox five times a second
POLL_S = 0.1
LIMITS = ("shelf_min_max", "out_of_service_min_max")  # minutes that a centre may tune and a refusal must name


@dataclass(frozen=True, slots=True)
class Performed:
    act_id: str
    state: str  # applied | refused | waiting: no watch is running; the next one will apply it
    refusal: str
    limits: Mapping[str, int] = field(default_factory=dict)  # in force where it was refused; see ``LIMITS``


def perform(folder: Path, actor: str, seat: str, kind: ActKind, target: str, facts: dict[str, Any]) -> Performed:
    """Do ``kind`` to ``target`` in the name of ``actor`` and see what the watch made of it.

    InputFault if a gale warning cannot be read: it is refused before it reaches the inbox.
    """
    if kind is ActKind.GALE_ISSUE:
        gale_from_facts(target, facts)
    act = Act(uuid.uuid4().hex, now_ms(), actor, seat, kind, target, facts)
    with open_store(folder) as store:
        store.put_act(act)
        done = _await(store, act.act_id, folder)
    if done.state is not ActState.REFUSED:
        return Performed(act.act_id, done.state.value, "")
    frame = read_frame(folder)
    return Performed(act.act_id, done.state.value, done.outcome, limits_in(frame.meta if frame else {}))


def limits_in(meta: Mapping[str, Any]) -> dict[str, int]:
    """``LIMITS`` by which the watch judges that wrote this about its frame; the factory's where it does not say."""
    book = meta.get("book", {})
    return {name: int(book.get(name, getattr(Params(), name))) for name in LIMITS}


def _await(store: Store, act_id: str, folder: Path) -> StoredAct:
    """The act as soon as a running watch has taken it, or still waiting where none does."""
    deadline = time.monotonic() + WAIT_S
    while True:
        stored = store.act(act_id)
        assert stored is not None, "an act that was put is there"
        waits = stored.state is ActState.WAITING and watch_running(folder)
        if not waits or time.monotonic() >= deadline:
            return stored
        time.sleep(POLL_S)
