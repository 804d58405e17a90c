"""The command ``fengqiao``: one front door, errors as one sentence with its mend, exit codes that mean something."""

import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from fengqiao import words
from fengqiao.cli import act, decode, doctor, rebuild, register, replay, watch, zones
from fengqiao.cli.common import LANG, note, t
from fengqiao.model.errors import Exit, FengqiaoError

app = typer.Typer(
    name="fengqiao",
    help=t("cli.help"),
    epilog=t("cli.epilog"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
for group in (watch, replay, decode, rebuild, doctor):
    group.add_to(app)
app.add_typer(zones.app, name="zones", help=t("cli.zones"))
app.add_typer(register.app, name="register", help=t("cli.register"))
app.add_typer(act.app, name="act", help=t("cli.act"))


def main(argv: Sequence[str] | None = None) -> None:
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: Sequence[str]) -> int:
    """Run one command; the exit code."""
    try:
        return int(app(list(argv), standalone_mode=False) or Exit.DONE)
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


def _command(argv: Sequence[str]) -> str:
    """The command words given, for the advice to ask its --help."""
    given = [arg for arg in argv if not arg.startswith("-")][:2]
    names = {"watch", "replay", "decode", "rebuild", "zones", "register", "doctor", "act", "at", "lint", "import"}
    return " ".join(arg for arg in given if arg in names)


if __name__ == "__main__":
    main()
