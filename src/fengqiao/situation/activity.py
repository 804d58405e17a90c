"""What a vessel is doing, told from her last minutes; in doubt unknown, never a guess."""

from enum import IntEnum


class Activity(IntEnum):
    UNKNOWN = 0
    UNDER_WAY = 1
    FISHING = 2
    DRIFTING = 3
    ANCHORED = 4
    MOORED = 5
    IN_HARBOUR = 6

    @property
    def word(self) -> str:
        return self.name.lower()
