"""How a feed is doing, and whether the sentences balance."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed as the watch knows it at a tick."""

    feed: str
    sentences: int  # since the watch began
    damaged: int  # of these, checksum or framing was bad
    first_ms: int
    last_ms: int  # believed time of the last sentence; the age is the tick minus this
    rate_per_s: float  # over the last minute
    offset_s: float | None = None  # our receive time minus the source's stamp, smoothed; None where it gives none
    ended: bool = False  # a file that was played to its end is finished, not dead


@dataclass(frozen=True, slots=True)
class ReceiverHealth:
    """One receiving station of a feed; ``station`` is empty for what names none. Times are those of ticks."""

    feed: str
    station: str
    sentences: int  # since it last began to speak
    since_ms: int
    last_ms: int
    deaf_ms: tuple[tuple[int, int], ...] = ()  # its last pauses of a minute and more, from and to, that are over


@dataclass(slots=True)
class SentenceCounts:
    """Every sentence ends in exactly one of these; ``balanced`` says whether the books close."""

    came_in: int = 0
    used: int = 0  # sentences (not messages) that became part of a message
    duplicates: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # reason -> sentences
    expired: int = 0  # parts whose rest never came in time
    waiting: int = 0  # parts whose rest may still come
    not_ais: int = 0

    @property
    def balanced(self) -> bool:
        refused = sum(self.refused.values())
        out = self.used + self.duplicates + refused + self.expired + self.waiting + self.not_ais
        return self.came_in == out

    def as_json(self) -> dict[str, object]:
        return {
            "in": self.came_in,
            "used": self.used,
            "duplicates": self.duplicates,
            "refused": dict(sorted(self.refused.items())),
            "expired": self.expired,
            "waiting": self.waiting,
            "not_ais": self.not_ais,
        }
