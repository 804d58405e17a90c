"""Pictures of every pane from the demonstration: ``python docs/pictures/take.py OUT`` writes SVG files.

A real desk on a real data folder, driven by keys; nothing in them is drawn by hand.
"""

import asyncio
import html
import math
import re
import sys
import tempfile
from pathlib import Path

from rich.cells import cell_len

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "tests" / part) for part in ("", "desk")]

from bay import demo_bay

from fengqiao.desk.app import DeskApp
from fengqiao.store import frame
from fengqiao.store.database import open_store

MINUTES = 16
SHOTS = (
    ("chart-dusk", (160, 45), "dusk", ()),
    ("chart-day", (160, 45), "day", ()),
    ("chart-night", (160, 45), "night", ()),
    ("chart-80x24", (80, 24), "dusk", ()),
    ("targets", (120, 36), "dusk", ("2", *"/zpy602")),
    ("alerts", (120, 36), "dusk", ("3",)),
    ("alerts-80x24", (80, 24), "night", ("3",)),
    ("call-sheet", (120, 36), "dusk", ("3", "f9")),
    ("case-form", (120, 36), "day", ("3", "f7")),
    ("cases", (120, 36), "dusk", ("3", "f7", *["enter"] * 6)),
    ("duty", (120, 36), "day", ("5",)),
)
FONT = "'Sarasa Mono SC', 'Noto Sans Mono CJK SC', monospace"


async def take(out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo_bay(Path(folder), MINUTES)
        frame.AHEAD_S = math.inf  # its frame is of an hour to come, so that it is fresh for as long as this takes
        with open_store(folder) as store:
            for name, size, palette, keys in SHOTS:
                app = DeskApp(Path(folder), store, "zh", palette=palette)
                async with app.run_test(size=size) as pilot:
                    await pilot.pause(1.0)
                    if not app.desk.officer:
                        await pilot.press(*"wang", "enter")
                    for key in keys:
                        await pilot.press(key)
                        await pilot.pause(0.25)
                    await pilot.pause(0.8)
                    (out / f"{name}.svg").write_text(widened(app.export_screenshot()), "utf-8")
                    print(out / f"{name}.svg")


CELL = 12.2  # width of a cell in the export


def widened(svg: str) -> str:
    """Every character at its own place: the exporter measures by characters, and Chinese ones take two cells."""

    def placed(found: re.Match[str]) -> str:
        x, places = float(found.group(2)), []
        for char in html.unescape(found.group(5)):
            places.append(f"{x:g}")
            x += cell_len(char) * CELL
        return f'{found.group(1)}x="{" ".join(places)}"{found.group(3)}{found.group(4)}>{found.group(5)}<'

    svg = re.sub(r'(<text [^>]*?)x="([\d.]+)"([^>]*?)textLength="[\d.]+"([^>]*)>([^<]*)<', placed, svg)
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S).replace("Fira Code, monospace", FONT)


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
