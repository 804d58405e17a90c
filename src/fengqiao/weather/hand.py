"""A gale warning typed by hand: an area, a Beaufort number, from when to when, and who said so."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fengqiao.model.errors import InputFault
from fengqiao.model.gale import GaleWarning

BEAUFORT_MAX = 17  # the Chinese scale, GB/T 28591
POLYGON_POINTS_MAX = 500


def gale_from_facts(gale_id: str, facts: Mapping[str, Any]) -> GaleWarning:
    """The warning in an act's facts: ``beaufort, from, to, source`` and ``zone`` or ``polygon`` [[lon, lat], …].

    Raises ``InputFault("gale_unread")`` naming the field that cannot be used.
    """
    beaufort = _whole(facts, "beaufort", 1)
    gust = _whole(facts, "gust", 0) if facts.get("gust") else 0
    begins, ends = _instant(facts, "from"), _instant(facts, "to")
    if ends <= begins:
        raise InputFault("gale_unread", field="to", value=str(facts.get("to")))
    zone, polygon = str(facts.get("zone") or ""), _ring(facts)
    if bool(zone) == bool(polygon):
        raise InputFault("gale_unread", field="zone/polygon", value=zone or "-")
    source = str(facts.get("source") or "")
    if not source:
        raise InputFault("gale_unread", field="source", value="-")
    return GaleWarning(gale_id, beaufort, begins, ends, source[:200], zone, polygon, gust)


def _whole(facts: Mapping[str, Any], field: str, least: int) -> int:
    try:
        number = int(facts[field])
    except (KeyError, TypeError, ValueError):
        number = -1
    if not least <= number <= BEAUFORT_MAX:
        raise InputFault("gale_unread", field=field, value=str(facts.get(field)))
    return number


def _instant(facts: Mapping[str, Any], field: str) -> int:
    try:
        when = datetime.fromisoformat(str(facts[field]))
    except (KeyError, ValueError) as error:
        raise InputFault("gale_unread", field=field, value=str(facts.get(field))) from error
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return int(when.timestamp() * 1000)


def _ring(facts: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
    points = facts.get("polygon") or ()
    try:
        ring = tuple((float(lon), float(lat)) for lon, lat in points)
    except (TypeError, ValueError) as error:
        raise InputFault("gale_unread", field="polygon", value=str(points)[:80]) from error
    sound = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
    if ring and not (3 <= len(ring) <= POLYGON_POINTS_MAX and sound):
        raise InputFault("gale_unread", field="polygon", value=str(points)[:80])
    return ring
