"""Small makers of the columns that rooms hand each other, so that a test says only what it is about."""

from typing import Any

import numpy as np

from fengqiao.model.reports import UNITS_PER_DEGREE, Known, Lines, Positions, ReportBatch, Statics, Texts

T0 = 1_757_993_400_000  # 2025-09-16T03:30:00Z
ALL = int(
    Known.POSITION
    | Known.SOG
    | Known.COG
    | Known.HEADING
    | Known.ROT
    | Known.NAV_STATUS
    | Known.SECOND
    | Known.ACCURACY
)


def fix(
    mmsi: int, at_s: float, lon: float, lat: float, sog: float = 8.0, cog: float = 90.0, **more: Any
) -> dict[str, Any]:
    """One position report ``at_s`` seconds after T0."""
    return {"mmsi": mmsi, "at_ms": T0 + int(at_s * 1000), "lon": lon, "lat": lat, "sog": sog, "cog": cog, **more}


def batch(
    *fixes: dict[str, Any], said: tuple[dict[str, Any], ...] = (), feeds: tuple[str, ...] = ("a",)
) -> ReportBatch:
    """Reports in the order given, one sentence each; statics before positions."""
    heard = [(r["at_ms"], r["mmsi"]) for r in (*said, *fixes)]
    lines = Lines.from_rows([(0, i + 1, t, t, t, True, mmsi, 0) for i, (t, mmsi) in enumerate(heard)])
    return ReportBatch(
        feeds,
        lines,
        Positions.from_rows([_position(f, len(said) + i) for i, f in enumerate(fixes)]),
        Statics.from_rows([_static(s, i) for i, s in enumerate(said)]),
        Texts.empty(),
    )


def _position(f: dict[str, Any], line: int) -> tuple[Any, ...]:
    known = f.get("known", ALL)
    return (
        line,
        0,
        line + 1,
        f["at_ms"],
        f["at_ms"],
        f["at_ms"],
        f["mmsi"],
        f.get("msg_type", 1),
        known,
        round(f["lon"] * UNITS_PER_DEGREE),
        round(f["lat"] * UNITS_PER_DEGREE),
        round(f["sog"] * 10),
        round(f["cog"] * 10) % 3600,
        f.get("heading", 0),
        f.get("rot", 0),
        f.get("nav_status", 0),
        f["at_ms"] // 1000 % 60,
    )


def name(
    mmsi: int, said: str, at_s: float = 0.0, ship_type: int = -1, length: int = 0, msg_type: int = 5
) -> dict[str, Any]:
    return {
        "mmsi": mmsi,
        "at_ms": T0 + int(at_s * 1000),
        "name": said,
        "ship_type": ship_type,
        "length": length,
        "msg_type": msg_type,
    }


def _static(s: dict[str, Any], line: int) -> tuple[Any, ...]:
    bow = s["length"] // 2 if s["length"] else -1
    stern = s["length"] - bow if s["length"] else -1
    beam = s.get("beam", -1)
    sides = (bow, stern, beam, min(beam, 0))
    return (line, 0, s["at_ms"], s["mmsi"], s["msg_type"], s["name"], "", "", 0, s["ship_type"], *sides, -1)


def same_columns(a: Any, b: Any) -> bool:
    """Two tables hold the same, NaN equal to NaN."""
    return all(
        np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
        for x, y in ((getattr(a, n), getattr(b, n)) for n in a.names())
    )
