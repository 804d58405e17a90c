"""``serial:PORT?baud=38400``: a receiver on a serial or USB port, opened again whenever it comes back.

Needs pyserial, which is the extra ``serial``.
"""

import importlib
import sys
import threading
from pathlib import Path
from typing import Any

from fengqiao.feeds.feed import CLOCK, POLL_S, READ_BYTES, NowMs, Put, because, options
from fengqiao.model.errors import EnvironmentFault, FengqiaoError, UsageFault
from fengqiao.model.inputs import Chunk, Clock

BAUD = 38_400  # of AIS receivers: IEC 61162-2
BAUD_MAX = 4_000_000
PAUSE_S = 1.0  # between looks for a device that is gone: plugged in again, it is back within a second


class SerialFeed:
    live = True
    lossy = False

    def __init__(self, port: str, baud: int, device: Any, clock: Clock) -> None:
        self.name = f"serial:{port}"
        self.clock = clock
        self._port, self._baud = port, baud
        self._device = device
        self._openings = 1

    def run(self, put: Put, stop: threading.Event, now_ms: NowMs) -> None:
        while not stop.is_set():
            self._drain(put, stop, now_ms)
            while not stop.wait(PAUSE_S):
                try:
                    self._device = _open(self._port, self._baud)
                except (FengqiaoError, OSError, ValueError):
                    continue
                self._openings += 1
                break

    def close(self) -> None:
        self._device.close()

    def _drain(self, put: Put, stop: threading.Event, now_ms: NowMs) -> None:
        """Read until the device goes away."""
        peer = f"{self._port}#{self._openings}"  # numbered: what comes after never ends a line from before
        with self._device as device:
            while not stop.is_set():
                try:
                    data = device.read(min(max(1, device.in_waiting), READ_BYTES))
                except (OSError, TypeError):  # pyserial: TypeError where a port was closed under its hands
                    break
                if data:
                    put(Chunk(self.name, peer, now_ms(), data))
        put(Chunk(self.name, peer, now_ms(), b"", closed=True))


def _baud(text: str) -> int:
    baud = int(text)
    if not 0 < baud <= BAUD_MAX:
        raise ValueError(text)
    return baud


def parse(url: str, rest: str) -> SerialFeed:
    """``serial:/dev/ttyUSB0[?baud=38400][&clock=source]``, on Windows ``serial:COM3``.

    EnvironmentFault: pyserial is not installed, there is no such port, it is not ours to use, or it is held.
    """
    port, _, query = rest.partition("?")
    chosen = options(url, query, {**CLOCK, "baud": _baud})
    if not port:
        raise UsageFault("feed_serial_port", url=url)
    baud = chosen.get("baud", BAUD)
    try:
        device = _open(port, baud)
    except FileNotFoundError as fault:
        raise EnvironmentFault("feed_serial_missing", url=url, port=port, known=_known()) from fault
    except PermissionError as fault:
        raise EnvironmentFault("feed_serial_denied", url=url, port=port, group=_group(port)) from fault
    except (OSError, ValueError) as fault:
        raise EnvironmentFault("feed_serial", url=url, port=port, reason=because(fault)) from fault
    return SerialFeed(port, baud, device, chosen.get("clock", Clock.RECEIVER))


def _open(port: str, baud: int) -> Any:
    """The device, opened for us alone. OSError with its number, where the system gave one."""
    try:
        serial = importlib.import_module("serial")
    except ImportError as fault:
        raise EnvironmentFault("feed_serial_extra") from fault
    try:
        return serial.Serial(port, baud, timeout=POLL_S, exclusive=None if sys.platform == "win32" else True)
    except OSError as fault:  # pyserial's own error is one, and keeps the number
        if fault.errno is None:
            raise
        raise OSError(fault.errno, because(fault)) from fault


def _known() -> str:
    """The ports there are, by name."""
    ports = importlib.import_module("serial.tools.list_ports").comports()
    return ", ".join(sorted(port.device for port in ports)) or "--"


def _group(port: str) -> str:
    """The group whose members may use the port."""
    if sys.platform == "win32":
        return "Administrators"
    import grp

    try:
        return grp.getgrgid(Path(port).stat().st_gid).gr_name
    except (OSError, KeyError):
        return "dialout"
