"""Who asks the program what it can do."""

import pytest

from fengqiao import __version__
from fengqiao.cli.main import run
from fengqiao.model.errors import Exit


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


def test_the_list_of_commands_is_shown_in_either_language(capsys: pytest.CaptureFixture[str]) -> None:
    """``--lang`` stands before or behind, with no command as with one; no command is left without its words."""
    for said in (["--help", "--lang", "zh"], ["--lang", "zh", "--help"]):
        assert run(said) == 0
        shown = capsys.readouterr().out
        assert "\n  whatif " in shown and " ...\n" not in shown


def test_a_command_behind_the_language_is_that_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Not the list's empty likeness of it, which would do nothing and say nothing."""
    assert run(["--lang", "zh", "decode", "no-such-file"]) == Exit.BAD_INPUT
    assert "no-such-file" in capsys.readouterr().err
