"""Bring a register in from CSV; a running watch takes the new revision up within ten seconds."""

from pathlib import Path

from fengqiao.feeds.clock import now_ms
from fengqiao.model.errors import InputFault
from fengqiao.register.csv_in import Import, decode_bytes, parse_register
from fengqiao.store.database import open_store


def import_register(file: Path, folder: Path, actor: str) -> Import:
    """Read, check and store; nothing is stored where no row could be used."""
    try:
        text = decode_bytes(file.read_bytes())
    except OSError as error:
        raise InputFault("register_unreadable", file=str(file), reason=error.strerror or str(error)) from error
    done = parse_register(text, now_ms())
    if done.vessels:
        with open_store(folder) as store:
            store.save_register(done, actor, "cli")
    return done
