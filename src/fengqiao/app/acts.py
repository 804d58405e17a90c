"""The one door: whatever a person does is put into the inbox, audited, and applied by the watch in order."""

import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fengqiao.feeds.feed import now_ms
from fengqiao.model.inputs import Act, ActKind
from fengqiao.store.database import open_store
from fengqiao.weather import gale_from_facts

WAIT_S = 5.0  # a running watch empties its inbox five times a second
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Performed:
    act_id: str
    state: str  # applied | refused | waiting: no watch is running; the next one will apply it
    refusal: str


def perform(folder: Path, actor: str, seat: str, kind: ActKind, target: str, facts: dict[str, Any]) -> Performed:
    """Do ``kind`` to ``target`` in the name of ``actor`` and see what the watch made of it.

    InputFault if a gale warning cannot be read: it is refused before it reaches the inbox.
    """
    if kind is ActKind.GALE_ISSUE:
        gale_from_facts(target, facts)
    store = open_store(folder)
    act = Act(uuid.uuid4().hex, now_ms(), actor, seat, kind, target, facts)
    store.put_act(act)
    deadline = time.monotonic() + WAIT_S
    state, refusal = store.act_state(act.act_id)
    while state == "waiting" and store.watch_running() and time.monotonic() < deadline:
        time.sleep(POLL_S)
        state, refusal = store.act_state(act.act_id)
    store.close()
    return Performed(act.act_id, state, refusal)
