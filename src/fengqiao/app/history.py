"""Questions about the past, over the position archive: where a vessel went, and who was near a place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.identity import tell
from fengqiao.fleet.passes import Pass, Track, nearest_passes
from fengqiao.fleet.vessels import Kind
from fengqiao.model.errors import UsageFault
from fengqiao.model.reports import UNITS_PER_DEGREE, Known
from fengqiao.store.archive import read_positions
from fengqiao.store.database import Store

GAP_S = 900.0
RECENT_MS = 24 * 3_600_000  # older tracks are looked at for a reason only
MARGIN_DEG = 0.5  # around the question: fixes outside it that a segment may begin or end at
AIDS = (Kind.ATON, Kind.BASE)


@dataclass(frozen=True, slots=True)
class Near:
    """``passes`` are vessels, ``buoys`` net buoys; both nearest first."""

    passes: tuple[Pass, ...]
    buoys: tuple[Pass, ...]
    names: dict[int, str]
    fixes: int  # looked at
    vessels: int
    too_fast: int  # segments excluded
    feeds: tuple[str, ...]
    broken: tuple[str, ...]  # archive files that could not be read


@dataclass(frozen=True, slots=True)
class Way:
    """One vessel's fixes in time order; ``gap`` marks fixes that follow a silence."""

    mmsi: int
    name: str
    fix_ms: NDArray[np.int64]
    lon_deg: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    sog_kn: NDArray[np.float64]
    gap: NDArray[np.bool_]
    run_nm: float


def folder_of_run(folder: Path, run_id: str) -> Path:
    """Where the archive of a run lies: the live watch and a demonstration have the folder itself."""
    own = folder / "runs" / run_id
    return own if run_id and own.is_dir() else folder


def archives(folder: Path) -> list[Path]:
    return [folder, *sorted((folder / "runs").glob("*"))] if (folder / "runs").is_dir() else [folder]


def near(
    store: Store, folder: Path, line: Sequence[tuple[float, float]], radius_m: float, from_ms: int, to_ms: int
) -> Near:
    """Who came within ``radius_m`` of a place (one point) or a line, between two instants."""
    if not line or radius_m <= 0 or to_ms <= from_ms:
        raise UsageFault("history_question")
    asked = np.array(line, float)
    low, high = asked.min(axis=0) - MARGIN_DEG, asked.max(axis=0) + MARGIN_DEG
    reads = [read_positions(a, from_ms, to_ms, bbox=(low[0], low[1], high[0], high[1])) for a in archives(folder)]
    columns = [_columns(read.table) for read in reads]
    track = Track.join(track for track, _, _ in columns)
    types = np.concatenate([types for _, types, _ in columns])
    feeds = sorted({feed for _, _, some in columns for feed in some})
    passes, too_fast = nearest_passes(track, asked, radius_m)
    names = names_of(store, [p.mmsi for p in passes], to_ms)
    kinds = {p.mmsi: kind_of(p.mmsi, track, types, names) for p in passes}
    return Near(
        tuple(p for p in passes if kinds[p.mmsi] not in (*AIDS, Kind.GEAR)),
        tuple(p for p in passes if kinds[p.mmsi] is Kind.GEAR),
        names,
        len(track),
        len(np.unique(track.mmsi)),
        too_fast,
        tuple(feeds),
        tuple(name for read in reads for name in read.broken),
    )


def way(store: Store, folder: Path, mmsi: int, from_ms: int, to_ms: int) -> Way:
    """Where a vessel went; empty if nothing of hers is kept."""
    found = [read_positions(a, from_ms, to_ms, mmsi=mmsi).table for a in archives(folder)]
    parts = [_columns(table) for table in found]
    track = Track.join(track for track, _, _ in parts)
    sog = np.concatenate([_sog(table) for table in found])
    order = np.argsort(track.fix_ms, kind="stable")
    track, sog = track.take(order), sog[order]
    steps = nav.distance_nm(track.lon_deg[:-1], track.lat_deg[:-1], track.lon_deg[1:], track.lat_deg[1:])
    gap = np.r_[False, np.diff(track.fix_ms) > GAP_S * 1000] if len(track) else np.zeros(0, bool)
    name = names_of(store, [mmsi], to_ms)[mmsi]
    return Way(mmsi, name, track.fix_ms, track.lon_deg, track.lat_deg, sog, gap, float(steps.sum()))


def log_question(store: Store, actor: str, reason: str, at_ms: int, from_ms: int, asked: Mapping[str, object]) -> None:
    """Tracks are personal data: who asked what goes into the audit chain; of more than a day ago, also why.

    UsageFault without a name, or without a reason where one is needed.
    """
    if not actor:
        raise UsageFault("actor_missing")
    if from_ms < at_ms - RECENT_MS and not reason:
        raise UsageFault("history_reason")
    store.log_look(actor, "cli", at_ms, "history", {**asked, "reason": reason})


def names_of(store: Store, mmsi: Sequence[int], at_ms: int) -> dict[int, str]:
    """Register name at that time, else the latest AIS name of any run, else the number."""
    register = store.load_register()
    out = {}
    for number in mmsi:
        known = register.at(number, at_ms)
        heard = next((r.name for run in store.runs() for r in store.latest(run.run_id, number) if r.name), "")
        out[number] = known.name if known else heard or str(number)
    return out


def mmsi_of(store: Store, asked: str) -> int:
    """A number, or the one vessel whose register or AIS name is ``asked``. UsageFault if none or several."""
    if asked.isdigit():
        return int(asked)
    wanted = asked.strip().casefold()
    found = {i.mmsi for v in store.load_register().vessels if v.name.casefold() == wanted for i in v.identities}
    found |= {r.mmsi for run in store.runs() for r in store.latest(run.run_id) if r.name.casefold() == wanted}
    if len(found) != 1:
        raise UsageFault("vessel_unclear", asked=asked, found=", ".join(map(str, sorted(found))) or "0")
    return found.pop()


def kind_of(mmsi: int, track: Track, types: NDArray[np.int64], names: dict[int, str]) -> Kind:
    mine = types[track.mmsi == mmsi]
    msg_type = int(mine[-1]) if len(mine) else 1
    return tell(mmsi, msg_type, names.get(mmsi, ""), msg_type in (18, 19))[0]


def _columns(table: object) -> tuple[Track, NDArray[np.int64], set[str]]:
    """Positions of an archive read as a track, with message types and feeds."""
    t = table.filter(_placed(table))  # type: ignore[attr-defined]  # pyarrow has no types

    def ints(name: str) -> NDArray[np.int64]:
        return np.asarray(t.column(name).to_numpy(), np.int64)

    track = Track(ints("mmsi"), ints("fix_ms"), ints("lon") / UNITS_PER_DEGREE, ints("lat") / UNITS_PER_DEGREE)
    return track, ints("msg_type"), set(t.column("feed").unique().to_pylist())


def _placed(table: object) -> object:
    known = np.asarray(table.column("known").to_numpy())  # type: ignore[attr-defined]
    return (known & int(Known.POSITION)) != 0


def _sog(table: object) -> NDArray[np.float64]:
    t = table.filter(_placed(table))  # type: ignore[attr-defined]
    known = np.asarray(t.column("known").to_numpy())
    sog = np.asarray(t.column("sog").to_numpy(), np.float64) / 10
    return np.where(known & int(Known.SOG), sog, np.nan)
