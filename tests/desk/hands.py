"""What an officer does at the desk and sees of it: keys pressed, work waited for, the screen read as text.

FENGQIAO_GOLDEN=write writes the pictures in ``golden`` anew; look at the difference before it is kept.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from fengqiao.desk.app import DeskApp
from fengqiao.store.database import Store, open_store

AtDesk = AbstractAsyncContextManager[tuple[DeskApp, Pilot[None], Store]]
GOLDEN = Path(__file__).parent / "golden"
HOSTILE = "\x1b[31m[bold]{0}\u202e" + "渔" * 20
PATIENCE = 2_400  # looks of a twentieth of a second before a test gives up; a watch takes an act within five
STALL_S = 600.0  # a machine may stand still for as long: no screen is given up, what was said stays to be read
Pilot._wait_for_screen.__defaults__ = (STALL_S,)
DeskApp.NOTIFICATION_TIMEOUT = STALL_S


@asynccontextmanager
async def at_pane(
    folder: Path, pane: str, size: tuple[int, int], lang: str = "zh"
) -> AsyncIterator[tuple[DeskApp, Pilot[None], Store]]:
    """A desk on a bay with an officer on, at one of its panes."""
    with open_store(folder) as store:
        store.begin_shift("desk", "王建国", 1)
        app = DeskApp(folder, store, lang)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.picture.seq > 0 and app.desk.officer)
            await type_keys(app, pilot, pane)
            yield app, pilot, store


async def until(pilot: Pilot[None], seen: Callable[[], object]) -> None:
    for _ in range(PATIENCE):
        if seen():
            return
        await pilot.pause(0.05)
    raise AssertionError(text_of(pilot.app))


async def type_keys(app: DeskApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(app, pilot)


async def settle(app: DeskApp, pilot: Pilot[None]) -> None:
    """All that was asked of the disk has been answered and drawn."""
    await pilot.pause()
    if asked := [worker for worker in app.workers if worker.group == "do"]:  # with none it would wait for all others
        await app.workers.wait_for_complete(asked)
    await pilot.pause()


def text_of(app: Any) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def body_of(app: DeskApp) -> str:
    """The screen without header, banner and footer, which belong to the app and not to a pane."""
    return "\n".join(text_of(app).splitlines()[2:-1]) + "\n"


def same_as_golden(name: str, app: DeskApp) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("FENGQIAO_GOLDEN") == "write":
        path.write_text(body_of(app), "utf-8")
    assert body_of(app) == path.read_text("utf-8")


async def comes_to_golden(name: str, app: DeskApp, pilot: Pilot[None]) -> None:
    """The same, of a screen that draws in its own time: a busy machine is given longer."""
    for _ in range(PATIENCE):
        if os.environ.get("FENGQIAO_GOLDEN") == "write" or body_of(app) == (GOLDEN / f"{name}.txt").read_text("utf-8"):
            break
        await pilot.pause(0.05)
    same_as_golden(name, app)
