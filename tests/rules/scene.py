"""Builds the picture a rule looks at, so that a test says only what it is about."""

from dataclasses import replace
from typing import Any, Self

import numpy as np

from fengqiao import nav
from fengqiao.fleet.vessels import RING, Vessels
from fengqiao.model.findings import Finding, Findings
from fengqiao.register.vessel import Register, RegisteredVessel
from fengqiao.situation.picture import Picture
from fengqiao.words import say
from fengqiao.zones.zone import Zone

AT_MS = 1_757_993_400_000  # 2025-09-16T03:30:00Z, 11:30 in Beijing
ORIGIN = (122.6, 30.0)  # open water east of Zhoushan

FLAGS = ("stopped", "fishing", "near_harbour", "sheltered", "own")


def at_nm(east: float, north: float) -> tuple[float, float]:
    """Longitude and latitude so many miles east and north of the origin."""
    per_lon, per_lat = nav.metres_per_degree(np.asarray(ORIGIN[1]))
    return ORIGIN[0] + east * nav.NM_M / float(per_lon), ORIGIN[1] + north * nav.NM_M / float(per_lat)


def moved(lon: float, lat: float, sog: float, cog: float, seconds: float) -> tuple[float, float]:
    """Where a steady vessel is after (or, negative, was before) so many seconds."""
    args = (np.asarray(v, float) for v in (lon, lat, np.nan_to_num(sog), np.nan_to_num(cog), seconds))
    there = nav.dead_reckon(*args)
    return float(there[0]), float(there[1])


class Scene:
    """Rows as they stand at the tick; fixes and rings are laid back along each vessel's course."""

    def __init__(self, at_ms: int = AT_MS) -> None:
        self.at_ms = at_ms
        self.rows: list[dict[str, Any]] = []
        self.flags: list[dict[str, bool]] = []
        self.known: list[RegisteredVessel] = []

    def vessel(self, mmsi: int, lon: float, lat: float, sog: float = 8.0, cog: float = 0.0, **more: Any) -> Self:
        """A vessel that is at a place now and was last heard ``age_s`` ago; other columns by their names.

        ``ring_sog`` gives other past speeds, oldest first; ``ring_s`` how long back the ring goes.
        """
        flags = {"stopped": sog <= 0.2, "fishing": False, "near_harbour": False, "sheltered": False, "own": True}
        self.flags.append({name: bool(more.pop(name, flags[name])) for name in FLAGS})
        age_s, past = more.pop("age_s", 0.0), {k: more.pop(k) for k in ("ring_sog", "ring_s") if k in more}
        fix_ms = self.at_ms - int(age_s * 1000)
        lon, lat = moved(lon, lat, sog, cog, -age_s)
        row: dict[str, Any] = {n: np.zeros((), d) for n, d in Vessels.dtypes().items()}
        row |= dict.fromkeys(("name", "callsign", "destination", "safety_text"), "")
        row |= dict.fromkeys(("heading_deg", "rot_deg_min", "length_m"), np.nan)
        row |= {"mmsi": mmsi, "nav_status": 0, "ship_type": -1, "accurate": True, "fixes": 50, "interval_s": 10.0}
        row |= {"fix_ms": fix_ms, "lon_deg": lon, "lat_deg": lat, "sog_kn": sog, "cog_deg": cog}
        row |= {"heard_by": [more.get("feed", 0), -1, -1, -1], "heard_by_ms": [fix_ms, 0, 0, 0]}
        row |= _ring(fix_ms, lon, lat, sog, cog, **past)
        self.rows.append(row | more)
        return self

    def merchant(self, mmsi: int, lon: float, lat: float, sog: float = 14.0, cog: float = 0.0, **more: Any) -> Self:
        return self.vessel(mmsi, lon, lat, sog, cog, **{"ship_type": 70, "length_m": 180.0} | more)

    def boat(self, mmsi: int, lon: float, lat: float, sog: float = 4.0, cog: float = 0.0, **more: Any) -> Self:
        """A fishing boat with a class B set."""
        usual = {"ship_type": 30, "length_m": 30.0, "class_b": True, "fishing": True, "interval_s": 30.0}
        return self.vessel(mmsi, lon, lat, sog, cog, **usual | more)

    def registered(self, *vessels: RegisteredVessel) -> Self:
        self.known += vessels
        return self

    def picture(self, inside: dict[str, list[int]] | None = None, zones: tuple[Zone, ...] = (), **more: Any) -> Picture:
        """``inside``: zone id to the row numbers that lie in it, since ten minutes ago."""
        names = Vessels.names()
        within = np.zeros((len(self.rows), len(zones)), bool)
        for column, zone in enumerate(zones):
            within[(inside or {}).get(zone.zone_id, []), column] = True
        return Picture(
            at_ms=self.at_ms,
            vessels=Vessels.from_rows([[row[n] for n in names] for row in self.rows]),
            own=self._flag("own"),
            stopped=self._flag("stopped"),
            fishing_craft=self._flag("fishing"),
            watched=zones,
            inside=within,
            entered_ms=np.where(within, self.at_ms - 600_000, 0).astype(np.int64),
            near_harbour=self._flag("near_harbour"),
            sheltered=self._flag("sheltered"),
            zones_by_id={zone.zone_id: zone for zone in zones},
            register=Register.of("r1", tuple(self.known)),
            **more,
        )

    def _flag(self, name: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.array([flags[name] for flags in self.flags], bool)


def _ring(
    fix_ms: int, lon: float, lat: float, sog: float, cog: float, ring_s: float = 930.0, ring_sog: Any = None
) -> dict[str, Any]:
    """Past fixes 30 s apart up to and with the last one, along the course."""
    back_s = np.arange(RING - 1, -1, -1) * 30.0
    there = [moved(lon, lat, sog, cog, -s) for s in back_s]
    told = back_s <= ring_s
    return {
        "ring_ms": np.where(told, fix_ms - (back_s * 1000).astype(np.int64), 0),
        "ring_lon": np.where(told, [p[0] for p in there], np.nan),
        "ring_lat": np.where(told, [p[1] for p in there], np.nan),
        "ring_sog": np.where(told, sog if ring_sog is None else ring_sog, np.nan),
        "ring_cog": np.where(told, cog, np.nan),
    }


def only(findings: Findings) -> Finding:
    (finding,) = findings.findings
    return finding


def sentences(finding: Finding) -> tuple[str, str]:
    """The finding as it is shown, in Chinese and in English."""
    return say("zh", finding.message, finding.facts), say("en", finding.message, finding.facts)


def ask_nothing_of(picture: Picture) -> Picture:
    """The same picture for a judge that answers for none of it."""
    return replace(picture, own=np.zeros(len(picture.vessels), bool))
