"""The command ``fengqiao``: one front door, errors as one sentence with its mend, exit codes that mean something."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import typer
from typer.exceptions import TyperException

from fengqiao import __version__, words
from fengqiao.cli.common import LANG, Lang, note, t
from fengqiao.model.errors import Exit, FengqiaoError

COMMANDS = (
    "desk",
    "watch",
    "replay",
    "import",
    "decode",
    "rebuild",
    "thresholds",
    "whatif",
    "doctor",
    "load",
    "nearest",
)
GROUPS = ("zones", "register", "act", "case", "tip", "trip", "log", "shift", "history")

SUBCOMMANDS = (
    "at",
    "lint",
    "new",
    "list",
    "show",
    "do",
    "spot",
    "add",
    "outcome",
    "label",
    "on",
    "off",
    "near",
    "track",
    "declare",
    "end",
    "silence",
    "shelve",
    "unshelve",
    "transfer",
    "out-of-service",
    "in-service",
    "held",
)
MODULES = {"import": "import_"}  # a keyword cannot be a module's name


def build(argv: Sequence[str]) -> typer.Typer:
    """The command line; only the command asked for is loaded, so that ``decode`` need not wait for a database.

    Where none is asked for there is only the list of them to show, and none is loaded.
    """
    app = typer.Typer(
        name="fengqiao",
        help=t("cli.help"),
        epilog=t("cli.epilog"),
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )
    app.callback()(_alone)  # a group even with one command loaded
    said = _behind_language(argv)
    asked = said[0] if said and said[0] in (*COMMANDS, *GROUPS) else None
    if asked is None:
        for name in (*COMMANDS, *GROUPS):
            app.command(name=name, help=t(f"cli.{name}"))(lambda: None)
        return app
    module = import_module(f"fengqiao.cli.{MODULES.get(asked, asked)}")
    if asked in COMMANDS:
        module.add_to(app)
    else:
        app.add_typer(module.app, name=asked, help=t(f"cli.{asked}"))
    return app


def _alone(lang: Lang = LANG) -> None:
    """What stands before the command: the language, which is read before anything is parsed."""


def _behind_language(argv: Sequence[str]) -> Sequence[str]:
    """What is said after the language, where that stands first."""
    while argv and argv[0].startswith("--lang"):
        argv = argv[1 if "=" in argv[0] else 2 :]
    return argv


def main(argv: Sequence[str] | None = None) -> None:
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: Sequence[str]) -> int:
    """Run one command; the exit code."""
    if list(argv) == ["--version"]:
        print(f"fengqiao {__version__}")
        return Exit.DONE
    try:
        return int(build(argv)(_asking(argv), standalone_mode=False) or Exit.DONE)
    except FengqiaoError as error:
        note(words.say(LANG, error.message, error.facts))
        return error.exit_code
    except TyperException as error:
        note(t("error.wrong_use", said=error.format_message(), command=f"fengqiao {_command(argv)}".strip()))
        return Exit.WRONG_USE
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells have it
    except BrokenPipeError:
        # The reader has seen enough (| head): not our failure, and nothing more may be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE


def _asking(argv: Sequence[str]) -> list[str]:
    """Who says nothing, or names a group and nothing of it, asks what there is."""
    said = _behind_language(argv)
    return [*argv, "--help"] if not said or (len(said) == 1 and said[0] in GROUPS) else list(argv)


def _command(argv: Sequence[str]) -> str:
    """The command words given, for the advice to ask its --help."""
    given = [arg for arg in argv if not arg.startswith("-")][:2]
    return " ".join(arg for arg in given if arg in {*COMMANDS, *GROUPS, *SUBCOMMANDS})


if __name__ == "__main__":
    main()
