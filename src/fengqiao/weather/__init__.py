"""Weather as the watch judges by it. So far one format: a gale warning typed by hand (``hand``).

To add a format: ``weather/<name>.py`` with ``sniff`` and ``parse``.
"""

from fengqiao.weather.hand import gale_from_facts

__all__ = ["gale_from_facts"]
