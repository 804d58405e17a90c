"""Bytes in, with the peer they came from and our receive time: one file per transport.

To add a feed: write ``feeds/<name>.py`` with a class as ``Feed`` describes and ``parse(url, rest)``, which reads the
part after ``scheme:`` with the helpers of ``feeds.feed``, opens the input so that what is wrong shows at once, and
returns the feed; add one line to ``FEEDS``; give its errors to ``words/<language>/feeds.po``.
"""

import re
from collections.abc import Callable, Mapping

from fengqiao.feeds import file, gpsd, serial, stdin, tcp, udp
from fengqiao.feeds.feed import Feed
from fengqiao.feeds.file import FileFeed, merge_by_time
from fengqiao.feeds.pump import Pump
from fengqiao.model.errors import UsageFault

FEEDS: Mapping[str, Callable[[str, str], Feed]] = {
    "stdin": stdin.parse,  # written "-"
    "udp": udp.parse,
    "tcp": tcp.parse,
    "gpsd": gpsd.parse,
    "serial": serial.parse,
    "file": file.parse,
}

__all__ = ["FEEDS", "Feed", "FileFeed", "Pump", "merge_by_time", "open_feed"]


def open_feed(url: str) -> Feed:
    """The feed that ``url`` names, open and ready to run; a bare path is a file.

    UsageFault: unknown scheme, bad address or option. InputFault, EnvironmentFault: what it names cannot be read.
    """
    if re.match(r"-(\?|$)", url):
        return FEEDS["stdin"](url, url[1:])
    scheme, colon, rest = url.partition(":")
    if colon and scheme in FEEDS:
        return FEEDS[scheme](url, rest)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", url):
        raise UsageFault("feed_scheme", url=url, known=", ".join(FEEDS))
    return FEEDS["file"](url, url)
