"""The live picture as desks and the doctor read it: latest vessel columns and how the watch itself is doing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from fengqiao import __version__, nav, words
from fengqiao.alerts import Suppressed, flood_of
from fengqiao.app.acts import LIMITS
from fengqiao.app.keeper import Keeper
from fengqiao.feeds.clock import AGREED, Apart
from fengqiao.feeds.feed import Loss
from fengqiao.fleet import Vessels
from fengqiao.rules import distress
from fengqiao.store.frame import Frame
from fengqiao.watch import Watch

SUPPRESSED_MAX = 100  # the newest; a harbour full of rafted boats is counted, not read


def frame_of(
    keeper: Keeper,
    seq: int,
    at_ms: int,
    time_ms: int,
    source_stopped_s: float = 0.0,
    losses: Sequence[Loss] = (),
    apart: Apart = AGREED,
) -> Frame:
    """``at_ms`` is the system's clock, ``time_ms`` the time that the watch lives in: another one in a demonstration.

    ``source_stopped_s``: for how long that time has gone on by our clock alone. ``apart``: of the system's and ours.
    """
    vessels = keeper.watch.vessels()
    columns = {name: getattr(vessels, name) for name in vessels.names()}
    columns["activity"], columns["partner"] = keeper.watch.doing.of(vessels)
    counts = keeper.decoder.counts
    meta: dict[str, Any] = {
        "run": keeper.run.run_id,
        "code": __version__,
        "time_ms": time_ms,
        "watch_ms": keeper.watch.at_ms,
        "source_stopped_s": round(source_stopped_s),
        "clock": apart.as_json(),
        "feeds": [asdict(health) for health in keeper.watch.pulse.health(time_ms)],
        "sentences": counts.as_json(),
        "clocks": keeper.decoder.clocks,
        "losses": {loss.feed: asdict(loss) for loss in losses},
        "alerts": sum(len(book.active) for book in keeper.watch.books),
        "load": keeper.load.figures(book.counts for book in keeper.watch.books),
        "book": book_of(keeper.watch, time_ms),
        "thresholds": thresholds_in_force(keeper),
        "helpers": _helpers(keeper),
        "farthest": farthest(vessels),
        "weather": [station.as_json() for station in keeper.watch.stations],
    }
    return Frame(seq, at_ms, columns, meta)


def thresholds_in_force(keeper: Keeper) -> dict[str, Any]:
    """By which numbers the watch judges, how many of them the centre set, and the fault of a file it did not take."""
    fault = keeper.refused
    return {
        "revision": keeper.watch.basis()["settings"],
        "changes": len(keeper.thresholds.changes),
        "fault": None if fault is None else {"message": fault.message, "facts": fault.facts},
    }


def _helpers(keeper: Keeper) -> dict[str, float]:
    """By what the watch reckons who can be at a place soonest."""
    params = keeper.thresholds.params[distress.NAME]
    return {"response_kn_min": params.response_kn_min, "berthed_min": params.berthed_min}


def book_of(watch: Watch, time_ms: int) -> dict[str, Any]:
    """What the alert books hold back or fold away, so that nothing vanishes unseen: counted whole, listed in part."""
    alerts = [alert for book in watch.books for alert in book.active]
    hushed = [each for book in watch.books for each in book.suppressed]
    hushed.sort(key=lambda each: (-each.since_ms, each.finding.rule, each.finding.key))
    by_reason = Counter(f"{each.finding.rule}:{each.reason}" for each in hushed)
    return {
        "flood": asdict(flood_of(alerts, time_ms, watch.alert_params)),
        "out_of_service": [asdict(outage) for outage in watch.service.out],
        **{name: getattr(watch.alert_params, name) for name in LIMITS},
        "suppressed_by_reason": dict(sorted(by_reason.items())),
        "suppressed": [_suppressed(each) for each in hushed[:SUPPRESSED_MAX]],
    }


def _suppressed(each: Suppressed) -> dict[str, Any]:
    found = each.finding
    said = {f"text_{lang}": words.say(lang, found.message, found.facts) for lang in words.LANGUAGES}
    return {"rule": found.rule, "mmsi": list(found.mmsi), "reason": each.reason, "since_ms": each.since_ms, **said}


def farthest(vessels: Vessels) -> dict[str, Any] | None:
    """The vessel heard farthest from the middle (median) of all heard: how far reception reaches."""
    placed = np.flatnonzero(~np.isnan(vessels.lon_deg))
    if not len(placed):
        return None
    lon, lat = vessels.lon_deg[placed], vessels.lat_deg[placed]
    distance = nav.distance_nm(np.median(lon), np.median(lat), lon, lat)
    far = int(np.argmax(distance))
    i = placed[far]
    return {
        "mmsi": int(vessels.mmsi[i]),
        "name": vessels.name[i],
        "distance_nm": round(float(distance[far]), 1),
        "lon": round(float(lon[far]), 5),
        "lat": round(float(lat[far]), 5),
    }
