"""``gpsd://host[:2947]``: the sentences that a gpsd hears, asked of it anew after every loss.

Sentences are asked for, not JSON: gpsd's JSON of AIS rounds a long range position to a tenth of a degree, says words
for numbers, and leaves most binary messages out.
"""

from fengqiao.feeds.feed import CLOCK, address, options
from fengqiao.feeds.tcp import TcpFeed, connected
from fengqiao.model.inputs import Clock

PORT = 2947  # of gpsd, by IANA
WATCH = b'?WATCH={"enable":true,"json":false,"nmea":true}\n'


def parse(url: str, rest: str) -> TcpFeed:
    """``gpsd://host[:port][?clock=source]``. EnvironmentFault if nobody answers now; later losses are retried."""
    where, _, query = rest.partition("?")
    where = where.rstrip("/")
    bare = not where.rpartition("]")[2].rpartition("//")[2].count(":")
    host, port = address(url, f"{where}:{PORT}" if bare else where, lowest_port=1)
    chosen = options(url, query, CLOCK)
    return connected("gpsd", url, host, port, chosen.get("clock", Clock.RECEIVER), WATCH)
