"""How far a long recording has come: a bar at a terminal, else a line now and then."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import typer

from fengqiao.app.recordings import Progress
from fengqiao.cli.common import note, t

SAY_EVERY_BYTES = 10_000_000  # without a bar: a line of progress each half minute or so


@contextmanager
def told_progress() -> Iterator[Progress]:
    """A bar at a terminal where the size is known; else a line now and then."""
    bar: Any = None
    said = 0
    with ExitStack() as until_done:

        def tell(read_bytes: int, total: int | None) -> None:
            nonlocal bar, said
            if total is not None and sys.stderr.isatty():
                if bar is None:
                    bar = until_done.enter_context(typer.progressbar(length=total, file=sys.stderr))
                bar.update(read_bytes - bar.pos)
            elif read_bytes - said >= SAY_EVERY_BYTES:
                said = read_bytes
                note(t("cli.replay.progress", megabytes=said / 1e6))

        yield tell
