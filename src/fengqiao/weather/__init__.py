"""Weather as the watch judges by it, and as stations on AIS observe it.

Warnings so far have one format, typed by hand (``hand``); rules judge by them alone. ``observed`` keeps what stations
said last, for people to see. To add a format: ``weather/<name>.py`` with ``sniff`` and ``parse``.
"""

from fengqiao.weather.hand import gale_from_facts
from fengqiao.weather.observed import Station, Stations, nearest

__all__ = ["Station", "Stations", "gale_from_facts", "nearest"]
