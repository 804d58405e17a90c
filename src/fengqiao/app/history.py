"""Questions about the past, over the position archive: where a vessel went, and who was near a place."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav, words
from fengqiao.fleet.false_identity import AT_ONCE_MS, RARE_FIXES_MAX, Oddity, bit_errors, neighbours, oddities
from fengqiao.fleet.identity import GearSign, gear_sign, kind_of_number, tell
from fengqiao.fleet.passes import (
    SPEED_KN_MAX,
    WAY_S_MAX,
    Pass,
    Silence,
    Track,
    find_passes,
    in_order,
    order_of,
    steps,
    voices,
)
from fengqiao.fleet.said import NOT_GIVEN
from fengqiao.fleet.vessels import Kind
from fengqiao.model.errors import UsageFault
from fengqiao.model.reports import NOT_AIS, UNITS_PER_DEGREE, Known
from fengqiao.register.boat_names import parse, pinyin
from fengqiao.store.archive import ArchiveRead, Bbox, read_positions
from fengqiao.store.database import Store
from fengqiao.store.tables import RunKind
from fengqiao.zones.places import place_of

RECENT_MS = 24 * 3_600_000  # older tracks are looked at for a reason only
LOOK_MS = 3 * 3_600_000  # how far before and after the time asked about a silent vessel's ends are looked for
PIECE_MS = 3_600_000  # the archive is read an hour at a time: memory stays bounded however long the question
SLOT_MS = 300_000  # far from the place the first and last fix of each such slot say enough of a silence
SPAN_MS_MAX = 31 * 24 * 3_600_000  # a month of fixes near one place is what memory holds
RADIUS_NM_MAX, LEG_NM_MAX, POINTS_MAX = 12.0, 60.0, 200  # what the plane is good for; a fairway drawn fine
# Fixes are kept whole within two longest ways of the place. A way that touches has both ends within one; thinning
# farther out can only make false ways of which one end lies beyond two, and these do not reach.
NEAR_NM = 2 * SPEED_KN_MAX * WAY_S_MAX / 3600.0 + 1.0
AIDS = (Kind.ATON, Kind.BASE)
BOATS = (Kind.SHIP, Kind.HANDHELD, Kind.CRAFT)  # what may go somewhere unheard
CLASS_B = (18, 19)
OWNER_FIXES_MS = (
    30 * 60_000
)  # how far around a lone fix its number's owner is looked for: ten fixes of a boat at anchor


@dataclass(frozen=True, slots=True)
class Question:
    """Who was within ``radius_m`` of a place (one point, lon and lat) or a line in [from_ms, to_ms]."""

    line: Sequence[tuple[float, float]]
    radius_m: float
    from_ms: int
    to_ms: int
    run_id: str = ""  # one run only; "" for the watch's own archive and what was replayed or imported

    def check(self) -> None:
        """UsageFault where it cannot be answered, or not within a metre."""
        if not self.line or self.radius_m <= 0 or self.to_ms <= self.from_ms:
            raise UsageFault("history_question")
        points = np.array(self.line, float)
        legs_nm = nav.distance_nm(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
        wide = self.radius_m > RADIUS_NM_MAX * nav.NM_M or len(points) > POINTS_MAX or (legs_nm > LEG_NM_MAX).any()
        if wide or self.to_ms - self.from_ms > SPAN_MS_MAX:
            most = {"radius_nm": RADIUS_NM_MAX, "leg_nm": LEG_NM_MAX, "points": POINTS_MAX}
            raise UsageFault("history_too_wide", days=SPAN_MS_MAX // RECENT_MS, **most)


@dataclass(slots=True)
class Heard:
    """What one feed brought in the time asked about; times of its first and last fix."""

    feed: str
    fixes: int = 0
    first_ms: int = 0
    last_ms: int = 0

    def add(self, fix_ms: NDArray[np.int64]) -> None:
        first, last = int(fix_ms.min()), int(fix_ms.max())
        self.first_ms = min(self.first_ms, first) if self.fixes else first
        self.last_ms = max(self.last_ms, last)
        self.fixes += len(fix_ms)


@dataclass(slots=True)
class Coverage:
    """What an answer rests on: an empty answer from an empty archive says nothing."""

    fixes: int = 0  # in the time asked about, near and far
    vessels: set[int] = field(default_factory=set)
    feeds: dict[str, Heard] = field(default_factory=dict)
    runs: dict[str, RunKind] = field(default_factory=dict)  # archives read
    broken: set[str] = field(default_factory=set)  # archive files that could not be read, below the data folder


@dataclass(frozen=True, slots=True)
class Near:
    """``passes`` are vessels, ``buoys`` net buoys, both nearest first; ``possible`` vessels that fell silent."""

    passes: tuple[Pass, ...]
    buoys: tuple[Pass, ...]
    possible: tuple[Silence, ...]
    names: Mapping[int, str]
    kinds: Mapping[int, Kind]
    signs: Mapping[int, GearSign]  # by which what counts as a net buoy is known as one
    too_fast: int  # steps from fix to fix left out
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Way:
    """One vessel's fixes in time order; ``gap`` marks fixes that follow a silence, ``voice`` which transmitter sent."""

    mmsi: int
    name: str
    fix_ms: NDArray[np.int64]
    lon_deg: NDArray[np.float64]
    lat_deg: NDArray[np.float64]
    sog_kn: NDArray[np.float64]
    gap: NDArray[np.bool_]
    voice: NDArray[np.int64]
    satellite: NDArray[np.bool_]  # out of a table of satellite positions (北斗, VMS): no AIS heard it
    run_nm: float  # from fix to fix, silences and impossible steps left out
    gap_nm: float  # straight across silences: at least this much
    broken: tuple[str, ...] = ()  # archive files that could not be read, below the data folder: more may have been
    odd: tuple[Oddity, ...] = ()  # signs that the number is not one vessel's


def folder_of_run(folder: Path, run_id: str) -> Path:
    """Where the archive of a run lies: the live watch and a demonstration have the folder itself."""
    own = folder / "runs" / run_id
    return own if run_id and own.is_dir() else folder


def archives(store: Store, folder: Path, run_id: str = "") -> dict[str, Path]:
    """Run to folder, of one run or of all; a demonstration beside real runs only by its name.

    UsageFault "unknown_run".
    """
    kinds = {run.run_id: RunKind(run.kind) for run in store.runs()}
    if run_id:
        if run_id not in kinds:
            raise UsageFault("unknown_run", run=run_id, known="、".join(kinds) or "--")
        return {run_id: folder_of_run(folder, run_id)}
    real = {run for run, kind in kinds.items() if kind is not RunKind.DEMO}
    # Several runs may share a folder, which is read once.
    return {run: where for where, run in {folder_of_run(folder, run): run for run in sorted(real or kinds)}.items()}


def near(store: Store, folder: Path, asked: Question) -> Near:
    """Who came within the radius. UsageFault from ``Question.check`` or "unknown_run"."""
    asked.check()
    coverage = Coverage()
    sources = archives(store, folder, asked.run_id)
    coverage.runs = {run.run_id: RunKind(run.kind) for run in store.runs() if run.run_id in sources}
    track = _read(folder, sources, asked, coverage)
    found = find_passes(track, np.array(asked.line, float), asked.radius_m, asked.from_ms, asked.to_ms)
    at_ms = {p.mmsi: p.at_ms for p in found.near} | {
        s.mmsi: max(asked.from_ms, s.before_ms or asked.from_ms) for s in found.possible
    }
    names, kinds, signs = _identify(store, at_ms, track)
    return Near(
        tuple(p for p in found.near if kinds[p.mmsi] is not Kind.GEAR),
        tuple(p for p in found.near if kinds[p.mmsi] is Kind.GEAR),
        tuple(s for s in found.possible if kinds[s.mmsi] in BOATS),
        names,
        kinds,
        signs,
        found.too_fast,
        coverage,
    )


def way(store: Store, folder: Path, mmsi: int, from_ms: int, to_ms: int, run_id: str = "") -> Way:
    """Where a vessel went in [from_ms, to_ms); empty if nothing of hers is kept or can be read."""
    sources = archives(store, folder, run_id).values()
    reads = [(source, read_positions(source, from_ms, to_ms, mmsi=mmsi)) for source in sources]
    tables = [read.table for _, read in reads]
    every = Track.join(_track(table) for table in tables)
    rows = order_of(every)
    track = every.take(rows)
    voice, _ = voices(track)
    _, metres, seconds = steps(track)
    silent, joined = seconds > WAY_S_MAX, voice[1:] == voice[:-1]
    return Way(
        mmsi,
        names_of(store, [mmsi], to_ms)[mmsi],
        track.fix_ms,
        track.lon_deg,
        track.lat_deg,
        np.concatenate([np.empty(0), *map(_sog, tables)])[rows],
        np.r_[False, silent][: len(track)],
        voice,
        track.msg_type == NOT_AIS,
        float(metres[joined & ~silent].sum()) / nav.NM_M,
        float(metres[joined & silent].sum()) / nav.NM_M,
        tuple(sorted(name for source, read in reads for name in unreadable(read, source, folder))),
        _oddities(sources, track, voice),
    )


def unreadable(read: ArchiveRead, source: Path, folder: Path) -> list[str]:
    """Files that could not be read, as somebody finds them below the data folder."""
    return [(source / name).relative_to(folder).as_posix() for name in read.broken]


def _oddities(sources: Iterable[Path], track: Track, voice: NDArray[np.int64]) -> tuple[Oddity, ...]:
    """Of one vessel; of one heard once or twice also whether her number is another's, broken by a bit."""
    found = oddities(track, voice)
    if not 0 < len(track) <= RARE_FIXES_MAX:
        return found
    span = OWNER_FIXES_MS + AT_ONCE_MS
    begins, ends = int(track.fix_ms.min()) - span, int(track.fix_ms.max()) + span
    mmsi = int(track.mmsi[0])
    asked = [mmsi, *neighbours(mmsi)]  # her own as well: she may be heard more often just before and after
    near = [_track(read_positions(source, begins, ends, mmsi=asked).table) for source in sources]
    return (*found, *(odd for odd in bit_errors(in_order(Track.join(near))) if odd.mmsi == mmsi))


def oddity_text(lang: str, odd: Oddity, place: Callable[[float, float], str], clock: Callable[[int], str]) -> str:
    """The sentence of a sign, with places and times as the reader is used to them."""
    facts = {
        "one": place(odd.lon_deg, odd.lat_deg),
        "other": place(odd.other_lon_deg, odd.other_lat_deg),
        "at": clock(odd.at_ms),
        "other_at": clock(odd.other_ms),
        "mmsi": odd.other_mmsi,
        "nm": odd.distance_m / nav.NM_M,
        "metres": odd.distance_m,
        "seconds": (odd.other_ms - odd.at_ms) / 1000.0,
        "kn": odd.speed_kn,
        "fixes": odd.fixes,
        "other_fixes": odd.other_fixes,
    }
    return words.say(lang, f"identity.{odd.odd}", facts) + satellite_text(lang, odd.satellite)


def satellite_text(lang: str, satellite: tuple[bool, bool]) -> str:
    """The end of a sentence that rests on two fixes: which of them no AIS brought; empty where both are AIS."""
    which = {(True, True): "both", (True, False): "first", (False, True): "second"}.get(satellite)
    return words.say(lang, f"history.satellite_{which}", {}) if which else ""


def source_of(satellite: bool) -> str:
    """What brought a fix, for machines."""
    return "satellite" if satellite else "ais"


def stretches(found: Way) -> Iterator[NDArray[np.int64]]:
    """Rows of each unbroken stretch of a track: one transmitter, no silence within."""
    for voice in np.unique(found.voice):
        rows = np.flatnonzero(found.voice == voice)
        breaks = np.flatnonzero(np.diff(found.fix_ms[rows]) > WAY_S_MAX * 1000) + 1
        yield from np.split(rows, breaks)


def as_geojson(found: Way) -> dict[str, Any]:
    """A LineString for each stretch of two fixes and more, a Point for one alone.

    ``times_ms`` (since 1970 UTC) and ``sources`` (ais, satellite) have one value for each fix.
    """
    features = []
    for rows in stretches(found):
        points = [[round(float(found.lon_deg[i]), 7), round(float(found.lat_deg[i]), 7)] for i in rows]
        geometry: dict[str, Any] = {"type": "LineString", "coordinates": points}
        if len(points) == 1:
            geometry = {"type": "Point", "coordinates": points[0]}
        about = {"mmsi": found.mmsi, "name": found.name, "voice": int(found.voice[rows[0]])}
        each = {"times_ms": found.fix_ms[rows].tolist(), "sources": [*map(source_of, found.satellite[rows].tolist())]}
        features.append({"type": "Feature", "properties": about | each, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def log_question(store: Store, actor: str, reason: str, at_ms: int, from_ms: int, asked: Mapping[str, object]) -> None:
    """Tracks are personal data: who asked what goes into the audit chain; of more than a day ago, also why.

    UsageFault without a name, or without a reason where one is needed.
    """
    if not actor.strip():
        raise UsageFault("actor_missing")
    if from_ms < at_ms - RECENT_MS and not reason.strip():
        raise UsageFault("history_reason")
    store.log_look(actor, "cli", at_ms, "history", {**asked, "reason": reason})


def names_of(store: Store, mmsi: Sequence[int], at_ms: int) -> dict[int, str]:
    """Register name at that time, else the AIS name of that time, else the latest of any run, else the number."""
    register = store.load_register()
    known = {number: register.at(number, at_ms) for number in mmsi}
    said = store.names_at([number for number, vessel in known.items() if vessel is None], at_ms)
    return {n: vessel.name if vessel else said.get(n) or heard_name(store, n) or str(n) for n, vessel in known.items()}


def heard_name(store: Store, mmsi: int) -> str:
    """The latest AIS name of any run, the latest run first; empty if none."""
    return next((row.name for run in store.runs() for row in store.latest(run.run_id, mmsi) if row.name), "")


def mmsi_of(store: Store, asked: str) -> int:
    """A number, or the one vessel whose register or AIS name is, or ever was, ``asked``, in Han also as pinyin.

    UsageFault if none or several.
    """
    if asked.isascii() and asked.isdigit():
        return int(asked)
    wanted = asked.strip().casefold()
    found = {i.mmsi for v in store.load_register().vessels if v.name.casefold() == wanted for i in v.identities}
    found |= {r.mmsi for run in store.runs() for r in store.latest(run.run_id) if r.name.casefold() == wanted}
    found |= store.numbers_called([wanted, *(pinyin(name, apart) for name in parse(asked) for apart in (False, True))])
    if len(found) != 1:
        raise UsageFault("vessel_unclear", asked=asked, found=", ".join(map(str, sorted(found))) or "0")
    return found.pop()


def parse_line(text: str) -> list[tuple[float, float]]:
    """Positions set apart by semicolons or, where that is clear, by commas (which positions may contain as well).

    UsageFault as from ``nav.parse_place``.
    """
    if ";" in text or "；" in text:
        return [place_of(p) for p in text.replace("；", ";").split(";") if p.strip()]
    out: list[tuple[float, float]] = []
    pieces = [p for p in text.replace("，", ",").split(",") if p.strip()]
    while pieces:
        used, at = _first_position(pieces)
        out.append(at)
        pieces = pieces[used:]
    return out


def _first_position(pieces: Sequence[str]) -> tuple[int, tuple[float, float]]:
    """The first position of a list cut at every comma, and whether it took one piece or two."""
    try:
        return 1, place_of(pieces[0])
    except UsageFault:
        return min(2, len(pieces)), place_of(",".join(pieces[:2]))


def _read(folder: Path, sources: Mapping[str, Path], asked: Question, coverage: Coverage) -> Track:
    """Fixes near the place whole, far ones thinned, over the time asked about and as far as silences are looked for."""
    box = _box(asked)
    kept = []
    begins, ends = asked.from_ms - LOOK_MS, asked.to_ms + LOOK_MS
    for at_ms in range(begins, ends, PIECE_MS):
        reads = {source: read_positions(source, at_ms, min(at_ms + PIECE_MS, ends)) for source in sources.values()}
        coverage.broken.update(name for source, read in reads.items() for name in unreadable(read, source, folder))
        track = in_order(Track.join([_piece(read, asked, coverage) for read in reads.values()]))
        inside = (track.fix_ms >= asked.from_ms) & (track.fix_ms <= asked.to_ms)
        coverage.fixes += int(inside.sum())
        coverage.vessels |= set(np.unique(track.mmsi[inside]).tolist())
        kept.append(track.take(_within(track, box) | _ends_of_slots(track)))
    return Track.join(kept)


def _piece(read: ArchiveRead, asked: Question, coverage: Coverage) -> Track:
    track, feed = _track(read.table), _placed(read.table).column("feed").to_numpy(zero_copy_only=False)
    inside = (track.fix_ms >= asked.from_ms) & (track.fix_ms <= asked.to_ms)
    for name in set(feed[inside].tolist()):
        coverage.feeds.setdefault(name, Heard(name)).add(track.fix_ms[inside & (feed == name)])
    aids = [m for m in np.unique(track.mmsi).tolist() if kind_of_number(m) in AIDS]
    return track.take(~np.isin(track.msg_type, (4, 21)) & ~np.isin(track.mmsi, aids))


def _box(asked: Question) -> Bbox:
    """Degrees around the question in which fixes are kept whole."""
    lon, lat = np.array(asked.line, float).T
    per_lon, per_lat = nav.metres_per_degree(np.minimum(np.abs(lat).max() + 2.0, 89.0))
    out_m = NEAR_NM * nav.NM_M + asked.radius_m
    turn = nav.angle_between_deg(lon[0], lon)
    west, east = lon[0] + turn.min() - out_m / per_lon, lon[0] + turn.max() + out_m / per_lon
    return float(west), float(lat.min() - out_m / per_lat), float(east), float(lat.max() + out_m / per_lat)


def _within(track: Track, box: Bbox) -> NDArray[np.bool_]:
    west, south, east, north = box
    inside: NDArray[np.bool_] = np.abs(nav.angle_between_deg((west + east) / 2, track.lon_deg)) <= (east - west) / 2
    return inside & (track.lat_deg >= south) & (track.lat_deg <= north)


def _ends_of_slots(track: Track) -> NDArray[np.bool_]:
    """The first and last fix of each vessel in each slot of time, for fixes in order."""
    slot = track.fix_ms // SLOT_MS
    new = (track.mmsi[1:] != track.mmsi[:-1]) | (slot[1:] != slot[:-1])
    ends: NDArray[np.bool_] = np.r_[True, new][: len(track)] | np.r_[new, True][: len(track)]
    return ends


def _identify(
    store: Store, at_ms: Mapping[int, int], track: Track
) -> tuple[dict[int, str], dict[int, Kind], dict[int, GearSign]]:
    """Name and kind at the time, and the sign of a net buoy; a boat of the register is a boat whatever she says."""
    register = store.load_register()
    class_b = set(np.unique(track.mmsi[np.isin(track.msg_type, CLASS_B)]).tolist())
    names, kinds, signs = {}, {}, {}
    for mmsi, when in at_ms.items():
        known, said = register.at(mmsi, when), store.said_at(mmsi, when)
        heard = said.name or heard_name(store, mmsi)
        length_m, width_m = _metres(said.length_m), _metres(said.width_m)
        names[mmsi] = known.name if known else heard or str(mmsi)
        kinds[mmsi] = tell(mmsi, 1, heard, mmsi in class_b, said.ship_type, length_m, width_m)[0]
        kinds[mmsi] = Kind.SHIP if known else kinds[mmsi]
        sign = gear_sign(mmsi, heard, mmsi in class_b, said.ship_type, length_m, width_m)
        if sign is not None and kinds[mmsi] is Kind.GEAR:
            signs[mmsi] = sign
    return names, kinds, signs


def _metres(said: int) -> float:
    return float("nan") if said == NOT_GIVEN else float(said)


def _placed(table: Any) -> Any:
    known = np.asarray(table.column("known").to_numpy())
    return table.filter((known & int(Known.POSITION)) != 0)


def _track(table: Any) -> Track:
    """Positions of an archive read as a track."""
    t = _placed(table)
    lon, lat = (np.asarray(t.column(name).to_numpy(), np.float64) / UNITS_PER_DEGREE for name in ("lon", "lat"))
    mmsi, fix_ms = (np.asarray(t.column(name).to_numpy(), np.int64) for name in ("mmsi", "fix_ms"))
    return Track(mmsi, fix_ms, lon, lat, np.asarray(t.column("msg_type").to_numpy(), np.uint8))


def _sog(table: Any) -> NDArray[np.float64]:
    t = _placed(table)
    known = np.asarray(t.column("known").to_numpy())
    sog = np.asarray(t.column("sog").to_numpy(), np.float64) / 10
    return np.where(known & int(Known.SOG), sog, np.nan)
