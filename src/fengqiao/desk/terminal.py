"""What the terminal can show, asked before the first frame; and whether it is still there."""

import os
import re
import select
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable, Mapping

ANSWER_S = 0.4  # a terminal answers within milliseconds, one behind a slow link within a few hundred
PROBE = b"\r\xe2\x94\x80\x1b[6n"  # a box-drawing line at the left edge, then: where is the cursor?
WIPE = b"\r\x1b[K"
LOOK_S = 1.0  # how often to ask whether the terminal is still there


def needs_ascii(environ: Mapping[str, str]) -> bool:
    """Whether ambiguous-width characters take two cells here (a CJK profile), or there is no font for them.

    Such a terminal would tear every line of a full screen apart; the desk then wears its ASCII skin.
    """
    asked = environ.get("FENGQIAO_ASCII", "")
    if asked:
        return asked != "0"
    return environ.get("TERM") == "linux" or probe_width() == 2


def probe_width() -> int:
    """Cells that the terminal gives a box-drawing line; 1 when it does not answer."""
    try:
        fd = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return 1
    try:
        before = termios.tcgetattr(fd)
        try:
            tty.setcbreak(fd)
            os.write(fd, PROBE)
            column = _column(fd)
            os.write(fd, WIPE)
        finally:
            termios.tcsetattr(fd, termios.TCSADRAIN, before)
    except (OSError, termios.error):
        return 1
    finally:
        os.close(fd)
    return 2 if column == 3 else 1


def _column(fd: int) -> int:
    """The column in the answer ``ESC [ row ; column R``, 0 if none comes in time."""
    answer, deadline = b"", time.monotonic() + ANSWER_S
    while b"R" not in answer:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            return 0
        answer += os.read(fd, 32)
    found = re.search(rb"\x1b\[\d+;(\d+)R", answer)
    return int(found.group(1)) if found else 0


def take_terminal() -> int | None:
    """Make the controlling terminal our standard input where a pipe was given; the pipe, for whoever reads it.

    OSError if there is no controlling terminal.
    """
    if sys.stdin.isatty():
        return None
    pipe = os.dup(0)
    terminal = os.open("/dev/tty", os.O_RDWR)
    os.dup2(terminal, 0)
    os.close(terminal)
    return pipe


def when_gone(leave: Callable[[], None]) -> None:
    """Have ``leave`` called, from a thread of its own, once the terminal on standard input is closed.

    A hang-up signal is not enough: it goes to the leader of the session, and one such as make keeps it to itself. And
    the screen library does not survive the loss: its writer dies of the first error, whatever draws next waits for
    it for ever, and its reader reads the end of the line over and over. So ``leave`` must not count on the main thread.
    """

    def look() -> None:
        while _there():
            time.sleep(LOOK_S)
        leave()

    threading.Thread(target=look, name="terminal", daemon=True).start()


def _there() -> bool:
    try:
        termios.tcgetattr(0)
    except termios.error:
        return False
    return True
