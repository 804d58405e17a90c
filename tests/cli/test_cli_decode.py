"""``fengqiao decode`` as lines for people."""

from pathlib import Path

import pytest

from fengqiao.cli.decode import decode

SAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "ais" / "gpsd_all_types.aivdm"


def test_what_has_parts_stands_in_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    decode(str(SAMPLES))
    told = capsys.readouterr().out
    assert "interrogates=(mmsi=5158  asks=(type=5  slot_offset=0))" in told
    assert "weather=(at=" in told and "transmits_on=A,B" in told
    assert not {"{", "[", "'"} & set(told.splitlines()[0])
