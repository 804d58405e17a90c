"""Who asks the program what it can do."""

import pytest

from fengqiao import __version__
from fengqiao.cli.main import run


@pytest.mark.parametrize(("said", "listed"), [([], "desk"), (["case"], "spot")])
def test_nothing_said_is_a_question(capsys: pytest.CaptureFixture[str], said: list[str], listed: str) -> None:
    """The list of commands is shown line by line, on the standard output, and nothing went wrong."""
    code = run(said)
    shown = capsys.readouterr()
    assert (code, shown.err) == (0, "")
    assert f"\n  {listed} " in shown.out


def test_the_version_is_told_without_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"fengqiao {__version__}\n"
