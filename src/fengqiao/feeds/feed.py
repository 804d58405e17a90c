"""What every feed is, and the parts their URLs share: options, host and port, our clock."""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from urllib.parse import unquote

from fengqiao.model.errors import EnvironmentFault, UsageFault
from fengqiao.model.inputs import Chunk, Clock

READ_BYTES = 65_536  # one read: a full UDP datagram fits, and a chunk stays small beside the pump's bound
POLL_S = 0.2  # how soon a feed that hears nothing notices that it should stop

Put = Callable[[Chunk], None]
NowMs = Callable[[], int]  # our clock, Unix milliseconds UTC


class Feed(Protocol):
    """An open input of bytes. Opening reports what is wrong at once; ``run`` may be in a thread of its own."""

    name: str  # how people see it, e.g. "udp://0.0.0.0:10110", "stdin", "file:bay.nmea.zst"
    clock: Clock
    live: bool  # False for a file: it ends, and its times are its own
    lossy: bool  # the sender cannot be made to wait: what does not fit is dropped and counted

    def run(self, put: Put, stop: threading.Event, now_ms: NowMs, /) -> None:
        """Hand on every chunk until the input ends or ``stop`` is set, then close. A live one is received ``now_ms``.

        OSError or InputFault: the input broke off in a way it cannot mend itself.
        """

    def close(self) -> None:
        """Give the input back without running it; harmless after ``run``."""


@runtime_checkable
class Datagrams(Protocol):
    """A feed whose sender cannot be made to wait, as far as the system loses what it brings."""

    buffer_bytes: int  # what the system granted for datagrams that wait for us

    def system_dropped(self) -> int | None:
        """Datagrams that came while that was full, so far; None where the system does not say."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a feed of datagrams has lost since it was opened."""

    feed: str
    ours: int  # did not fit into our own queue
    system: int | None  # did not fit into the system's
    buffer_bytes: int

    @property
    def known(self) -> int:
        return self.ours + (self.system or 0)


def name_apart(feeds: Iterable[Feed]) -> None:
    """Give feeds that bear one name a number each: per-feed state must never run together."""
    taken: set[str] = set()
    for feed in feeds:
        wanted, n = feed.name, 1
        while feed.name in taken:
            n += 1
            feed.name = f"{wanted}#{n}"
        taken.add(feed.name)


CLOCK: Mapping[str, Callable[[str], Any]] = {"clock": Clock}


def options(url: str, query: str, known: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """``a=1&b=2`` read by the table ``known``, whose readers raise ValueError for a value that means nothing.

    UsageFault names the option that is unknown or whose value is bad.
    """
    out: dict[str, Any] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if name not in known:
            raise UsageFault("feed_option_unknown", url=url, option=name, known=", ".join(known))
        try:
            out[name] = known[name](unquote(value))  # not unquote_plus: 00:00:00+08:00 keeps its plus
        except ValueError:
            raise UsageFault("feed_option_value", url=url, option=name, value=value) from None
    return out


_ADDRESS = re.compile(r"//(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/@\[\]]*)):([^\s:/@\[\]]*)/?")


def address(url: str, rest: str, lowest_port: int) -> tuple[str, int]:
    """Host (empty if none was given) and port of ``//host:port`` or ``//[v6]:port``."""
    found = _ADDRESS.fullmatch(rest)
    if not found:
        raise UsageFault("feed_address", url=url, scheme=url.partition(":")[0])
    v6, host, port = found.groups()
    if not re.fullmatch("[0-9]{1,5}", port) or not lowest_port <= int(port) <= 65_535:
        raise UsageFault("feed_port", url=url, port=port)
    return v6 or host, int(port)


def shown_address(host: str, port: int) -> str:
    """``ip:port``, with brackets round an IPv6 address; an IPv4 peer on a dual socket is shown as IPv4."""
    host = host.removeprefix("::ffff:") if "." in host else host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def unresolved(url: str, host: str, reason: Exception) -> EnvironmentFault:
    return EnvironmentFault("feed_unresolved", url=url, host=host, reason=because(reason))


def because(reason: Exception) -> str:
    """Why, in the system's own words."""
    return (reason.strerror if isinstance(reason, OSError) else None) or str(reason) or type(reason).__name__
