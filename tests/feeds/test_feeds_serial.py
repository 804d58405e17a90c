"""Serial ports, on a real pseudo-terminal that is taken away and given back."""

import importlib
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)
import tty

from fengqiao.feeds import Pump, open_feed, serial
from fengqiao.model.errors import EnvironmentFault
from fengqiao.model.inputs import Chunk

pytest.importorskip("serial", reason="pyserial, the extra 'serial', is not installed")
ONE = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\r\n"
WAIT_S = 120.0  # gives up a hopeless test; nothing is measured by it


def plug_in(port: Path) -> int:
    """A receiver at the other end of ``port``; close it to pull it out."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    port.unlink(missing_ok=True)
    port.symlink_to(os.ttyname(theirs))
    os.close(theirs)
    return ours


def until(pump: Pump, enough: Callable[[list[Chunk]], bool]) -> list[Chunk]:
    chunks: list[Chunk] = []
    give_up = time.monotonic() + WAIT_S
    while not enough(chunks) and time.monotonic() < give_up:
        chunks += pump.take(0.05)
    return chunks


def data_of(chunks: list[Chunk]) -> bytes:
    return b"".join(c.data for c in chunks)


def test_a_receiver_is_pulled_out_and_plugged_in_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its broken line is closed, and what it says later comes from another peer."""
    monkeypatch.setattr(serial, "PAUSE_S", 0.02)
    port = tmp_path / "ttyAIS"
    receiver = plug_in(port)
    feed = open_feed(f"serial:{port}?baud=38400")
    with Pump([feed]) as pump:
        os.write(receiver, ONE + ONE[:9])
        before = until(pump, lambda got: len(data_of(got)) == len(ONE) + 9)
        port.unlink()
        os.close(receiver)
        gone = until(pump, lambda got: any(c.closed for c in got))
        receiver = plug_in(port)
        after: list[Chunk] = []
        while ONE not in data_of(after):  # what was said before the port is open again is lost, as on any port
            os.write(receiver, ONE)
            after += pump.take(0.05)
    os.close(receiver)
    assert feed.name == f"serial:{port}"
    assert (data_of(before), {c.peer for c in before}) == (ONE + ONE[:9], {f"{port}#1"})
    assert [(c.peer, c.data, c.closed) for c in gone] == [(f"{port}#1", b"", True)]
    assert {c.peer for c in after} == {f"{port}#2"}


def test_a_port_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        open_feed(f"serial:{tmp_path / 'ttyUSB7'}")
    assert caught.value.message == "error.feed_serial_missing"
    assert set(caught.value.facts) == {"url", "port", "known"}


def test_a_port_that_is_not_ours_names_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The group that the port belongs to: joining it is the mend."""
    port = tmp_path / "ttyAIS"
    port.touch()

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(port))

    monkeypatch.setattr(importlib.import_module("serial"), "Serial", denied)
    with pytest.raises(EnvironmentFault) as caught:
        open_feed(f"serial:{port}")
    import grp

    assert caught.value.message == "error.feed_serial_denied"
    assert caught.value.facts["group"] == grp.getgrgid(port.stat().st_gid).gr_name


def test_what_is_no_serial_port_is_said(tmp_path: Path) -> None:
    """A file, or a port that another program holds."""
    port = tmp_path / "ttyAIS"
    receiver = plug_in(port)
    first = open_feed(f"serial:{port}")
    plain = tmp_path / "bay.nmea"
    plain.write_bytes(ONE)
    assert stat.S_ISCHR(port.stat().st_mode)
    for held in (port, plain):
        with pytest.raises(EnvironmentFault) as caught:
            open_feed(f"serial:{held}")
        assert caught.value.message == "error.feed_serial"
    first.close()
    os.close(receiver)


def test_without_pyserial_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)  # so that importing it fails
    with pytest.raises(EnvironmentFault) as caught:
        open_feed("serial:/dev/ttyUSB0")
    assert caught.value.message == "error.feed_serial_extra"
