"""An act given on the command line, and what became of it: applied, refused with the reason, or waiting for a watch."""

from pathlib import Path
from typing import Any

import typer

from fengqiao.app import duty
from fengqiao.app.acts import perform
from fengqiao.cli.common import print_json, t
from fengqiao.model.errors import Exit
from fengqiao.model.inputs import ActKind
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder


def do(
    kind: ActKind, target: str, facts: dict[str, Any], by: tuple[str, str], as_json: bool, data: Path | None
) -> None:
    """``by``: the seat whose officer acts, and who acts instead of him if somebody is named."""
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        who = duty.acting(store, *by)
    done = perform(folder, who, "cli", kind, target, facts)
    if as_json:
        print_json({"act": done.act_id, "state": done.state, "refusal": done.refusal or None})
    else:
        reason = t(f"refusal.{done.refusal.split(':')[0]}", **done.limits) if done.refusal else ""
        print(t(f"cli.act.{done.state}", reason=reason))
    raise typer.Exit(Exit.NO if done.refusal else Exit.DONE)
