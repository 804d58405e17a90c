"""Errors a person meets: a message id for the catalogues, the facts, and the exit code they end in."""

from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    DONE = 0
    NO = 1  # the question was answered, and the answer is no
    WRONG_USE = 2
    BAD_INPUT = 3
    ENVIRONMENT = 4


class FengqiaoError(Exception):
    """Carries ``error.<name>`` and its facts; the sentence, with the mend, stands in the catalogues."""

    exit_code = Exit.ENVIRONMENT

    def __init__(self, name: str, **facts: Any) -> None:
        super().__init__(f"error.{name} {facts}")
        self.message = f"error.{name}"
        self.facts = facts


class UsageFault(FengqiaoError):
    """The command was put wrongly: an unknown scheme, a position nobody can read."""

    exit_code = Exit.WRONG_USE


class InputFault(FengqiaoError):
    """What was given to read is not what it should be: an empty file, a broken zone."""

    exit_code = Exit.BAD_INPUT


class EnvironmentFault(FengqiaoError):
    """The machine says no: a closed port, a full disk, another watch in the same folder."""

    exit_code = Exit.ENVIRONMENT
