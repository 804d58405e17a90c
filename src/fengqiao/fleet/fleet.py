"""Fleet: every identity segment heard, in columns; a batch is folded in rounds, never message by message.

Reports of one mmsi are taken in the order they arrived, one of each vessel a round, so that the outcome does not
depend on how the stream was cut into batches. A report must fit a *voice* of its mmsi: a place its last fix could
have reached. One that fits none is set aside; when a second one agrees with it, a new voice begins. So a bit error
moves nothing, and two transmitters under one number become two tracks instead of one that jumps.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengqiao import nav
from fengqiao.fleet.hearers import NOBODY, Hearings, credit, only_row
from fengqiao.fleet.identity import tell
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.reports import UNITS_PER_DEGREE, Altitudes, Known, Positions, ReportBatch, Statics, Texts

SPEED_KN_MAX = 60.0  # faster than any craft here but aircraft: what lies farther cannot be the same voice
AIRCRAFT_KN_MAX = 600.0
REACH_PAD_M = 500.0  # position noise, receivers' clocks and the whole second of a fix
VOICES_MAX = 4  # more than four at once under one number is noise, not vessels
VESSELS_MAX = 200_000  # forged numbers must not grow our memory
RING_STEP_MS = 30_000
FORGET_MS = 24 * 3_600_000  # a vessel unheard for a day is history, not fleet
INTERVAL_WEIGHT = 0.3  # of the newest spacing in the smoothed one
CLASS_B_TYPES = (18, 19, 24)

I64 = NDArray[np.int64]


@dataclass(slots=True)
class FoldCounts:
    """What became of position reports; late, doubled and impossible ones were set aside."""

    taken: int = 0
    late: int = 0  # older than what the track already has
    doubled: int = 0  # the same fix again
    impossible: int = 0  # no voice of this mmsi could be there
    no_position: int = 0
    overflow: int = 0  # beyond VESSELS_MAX


@dataclass(slots=True)
class Who:
    """What an mmsi says of itself, kept even before its first position."""

    name: str = ""
    callsign: str = ""
    destination: str = ""
    imo: int = 0
    ship_type: int = -1
    length_m: float = float("nan")
    width_m: float = float("nan")
    safety_text: str = ""
    safety_to: int = 0
    altitude_m: float = float("nan")
    ref_ms: int = 0


BLANK: dict[str, Any] = {
    "sog_kn": np.nan,
    "cog_deg": np.nan,
    "heading_deg": np.nan,
    "rot_deg_min": np.nan,
    "length_m": np.nan,
    "interval_s": np.nan,
    "lon_deg": np.nan,
    "lat_deg": np.nan,
    "nav_status": -1,
    "ship_type": -1,
    "heard_by": NOBODY,
    "name": "",
    "callsign": "",
    "destination": "",
    "safety_text": "",
    "altitude_m": np.nan,
    "ring_lon": np.nan,
    "ring_lat": np.nan,
    "ring_sog": np.nan,
    "ring_cog": np.nan,
}


class Fleet:
    def __init__(self) -> None:
        self.counts = FoldCounts()
        self._n = 0
        self._cols: dict[str, NDArray[Any]] = _blank_columns(256)
        self._last_type = np.zeros(256, np.uint8)
        # One position set aside per mmsi (in the row of its first voice), waiting for a second that agrees.
        self._aside_ms = np.zeros(256, np.int64)
        self._aside_lon = np.full(256, np.nan)
        self._aside_lat = np.full(256, np.nan)
        self._voices: dict[int, list[int]] = {}  # rows of each mmsi, first voice first
        self._sorted: tuple[I64, I64] | None = None  # the same for whole columns: (mmsi, row) of every row, sorted
        self._who: dict[int, Who] = {}
        # Of the batch under way: which rows its position reports are of, by line, and in which line a row began.
        self._rows_of: list[tuple[I64, I64]] = []
        self._began: dict[int, int] = {}

    def __len__(self) -> int:
        return self._n

    def vessels(self) -> Vessels:
        """Every segment as columns; views, valid until the next fold."""
        return Vessels(**{name: col[: self._n] for name, col in self._cols.items()})

    def fold(self, batch: ReportBatch) -> None:
        self._hear_statics(batch.statics)
        self._hear_texts(batch.texts)
        self._hear_altitudes(batch.altitudes)
        self._hear_positions(batch.positions)
        self._credit(batch)

    def forget(self, at_ms: int, missed: Collection[int] = ()) -> I64 | None:
        """Drop what was not heard for a day; the rows that stay, in their old numbering, or None if all stay.

        Of the numbers in ``missed`` the voice heard last stays however long it is silent: somebody waits for news.
        """
        fix_ms = self._cols["fix_ms"][: self._n]
        stays = fix_ms > at_ms - FORGET_MS
        for rows in (self._voices[mmsi] for mmsi in missed if mmsi in self._voices):
            stays[max(rows, key=lambda row: int(fix_ms[row]))] = True
        keep = np.flatnonzero(stays)
        for who in self._who.values():
            who.ref_ms = who.ref_ms or at_ms  # begun anew: its day begins now
        self._who = {m: w for m, w in self._who.items() if w.ref_ms > at_ms - FORGET_MS or m in missed}
        if len(keep) == self._n:
            return None
        for name, col in self._cols.items():
            self._cols[name] = col[keep]
        self._last_type, self._aside_ms = self._last_type[keep], self._aside_ms[keep]
        self._aside_lon, self._aside_lat = self._aside_lon[keep], self._aside_lat[keep]
        self._n = len(keep)
        self._sorted = None
        self._voices = {}
        for slot in range(self._n):
            self._voices.setdefault(int(self._cols["mmsi"][slot]), []).append(slot)
        for voices in self._voices.values():
            self._cols["voice"][voices] = np.arange(len(voices))
        return keep

    def anew(self) -> "Fleet":
        """One that has heard of no place yet; it knows who they said to be, which no time is reckoned from."""
        fresh = Fleet()
        fresh._who = {mmsi: replace(who, ref_ms=0) for mmsi, who in self._who.items()}
        return fresh

    # --- who they say they are ---

    def _hear_statics(self, said: Statics) -> None:
        for i in range(len(said)):
            who = self._who_of(int(said.mmsi[i]), int(said.ref_ms[i]))
            if who is None:
                continue
            _learn(who, said, i)
            self._write_who(int(said.mmsi[i]), who)

    def _hear_texts(self, said: Texts) -> None:
        for i in range(len(said)):
            who = self._who_of(int(said.mmsi[i]), int(said.ref_ms[i]))
            if who is not None:
                who.safety_text, who.safety_to = said.text[i], int(said.to_mmsi[i])
                self._write_who(int(said.mmsi[i]), who)

    def _hear_altitudes(self, said: Altitudes) -> None:
        for i in range(len(said)):
            who = self._who_of(int(said.mmsi[i]), int(said.ref_ms[i]))
            if who is not None:
                who.altitude_m = float(said.altitude_m[i]) if said.altitude_m[i] >= 0 else float("nan")
                self._write_who(int(said.mmsi[i]), who)

    def _who_of(self, mmsi: int, ref_ms: int) -> Who | None:
        who = self._who.get(mmsi)
        if who is None:
            if len(self._who) >= VESSELS_MAX:
                self.counts.overflow += 1
                return None
            who = self._who[mmsi] = Who()
        who.ref_ms = max(who.ref_ms, ref_ms)
        return who

    def _write_who(self, mmsi: int, who: Who) -> None:
        cols = self._cols
        for slot in self._voices.get(mmsi, ()):
            cols["name"][slot], cols["callsign"][slot] = who.name, who.callsign
            cols["destination"][slot], cols["imo"][slot] = who.destination, who.imo
            cols["ship_type"][slot], cols["length_m"][slot] = who.ship_type, who.length_m
            cols["safety_text"][slot], cols["safety_to"][slot] = who.safety_text, who.safety_to
            cols["altitude_m"][slot] = who.altitude_m
            sent, class_b = int(self._last_type[slot]), bool(cols["class_b"][slot])
            kind, doubt = tell(mmsi, sent, who.name, class_b, who.ship_type, who.length_m, who.width_m)
            cols["kind"][slot], cols["gear_doubt"][slot] = kind, doubt

    # --- who heard them ---

    def _credit(self, batch: ReportBatch) -> None:
        """Every receiver that brought anything of a vessel's, also what another had brought before."""
        lines = batch.lines
        heard_else = lines.heard_mmsi != 0
        heard_else[batch.positions.line] = False
        others = np.flatnonzero(heard_else)
        only = (only_row(*self._by_mmsi(), lines.heard_mmsi[others]), others)
        row, line = (np.concatenate(column) for column in zip(*self._rows_of, only, strict=True))
        began = np.zeros(self._n, np.int64)
        began[list(self._began)] = list(self._began.values())
        kept = (row >= 0) & (began[row] <= line) if self._n else row >= 0  # what came before was another's
        heard = Hearings(row[kept], lines.receiver[line[kept]], lines.ref_ms[line[kept]])
        credit(self._cols["heard_by"], self._cols["heard_by_ms"], heard)
        self._rows_of, self._began = [], {}

    # --- where they are ---

    def _hear_positions(self, heard: Positions) -> None:
        located = (heard.known & Known.POSITION) != 0
        self._hear_unlocated(heard.take(~located))
        for rows in _rounds(heard.mmsi[located]):
            self._round(heard.take(np.flatnonzero(located)[rows]))

    def _hear_unlocated(self, heard: Positions) -> None:
        """A distress device may have no fix yet: it counts all the same. Of others a report without place is only
        counted."""
        self.counts.no_position += len(heard)
        for i in range(len(heard)):
            mmsi = int(heard.mmsi[i])
            if tell(mmsi, 1, "", False)[0] not in (Kind.SART, Kind.MOB, Kind.EPIRB):
                continue
            slots = self._voices.get(mmsi) or [self._new_slot(mmsi, heard, i)]
            if slots[0] >= 0:
                self._cols["fix_ms"][slots[0]] = max(int(heard.fix_ms[i]), int(self._cols["fix_ms"][slots[0]]))
                self._cols["nav_status"][slots[0]] = heard.nav_status[i] if heard.known[i] & Known.NAV_STATUS else -1

    def _round(self, heard: Positions) -> None:
        """At most one report of each mmsi, each to the voice it fits."""
        lon, lat = heard.lon / UNITS_PER_DEGREE, heard.lat / UNITS_PER_DEGREE
        slot = self._fitting_voice(heard, lon, lat)
        slot = self._begin_voices(heard, lon, lat, slot)
        self._rows_of.append((slot, heard.line.astype(np.int64)))
        late, doubled = self._not_newer(heard, lon, lat, slot)
        take = (slot >= 0) & ~late & ~doubled
        self.counts.late += int(late.sum())
        self.counts.doubled += int(doubled.sum())
        self.counts.taken += int(take.sum())
        self._write(slot[take], heard.take(take), lon[take], lat[take])

    def _fitting_voice(self, heard: Positions, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> I64:
        """Row of the voice each report fits best, -1 where none does, -2 where the mmsi is new."""
        known, row_of = self._by_mmsi()
        first, after = np.searchsorted(known, heard.mmsi, "left"), np.searchsorted(known, heard.mmsi, "right")
        best = np.where(first == after, -2, -1).astype(np.int64)
        best_gap = np.full(len(heard), np.inf)
        for nth in range(int((after - first).max(initial=0))):
            rows = np.flatnonzero(first + nth < after)
            slot = row_of[first[rows] + nth]
            gap, fits = self._gap_m(slot, heard.fix_ms[rows], lon[rows], lat[rows])
            better = fits & (gap < best_gap[rows])
            best[rows[better]], best_gap[rows[better]] = slot[better], gap[better]
        return best

    def _by_mmsi(self) -> tuple[I64, I64]:
        if self._sorted is None:
            mmsi = self._cols["mmsi"][: self._n]
            order = np.argsort(mmsi, kind="stable")
            self._sorted = mmsi[order], order
        return self._sorted

    def _gap_m(
        self, slot: I64, fix_ms: I64, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Metres from each voice's last place, and whether it could have covered them in the time between."""
        cols = self._cols
        dt_s = np.abs(fix_ms - cols["fix_ms"][slot]) / 1000.0
        gap = nav.distance_m(cols["lon_deg"][slot], cols["lat_deg"][slot], lon, lat)
        gap = np.where(np.isnan(gap), 0.0, gap)  # a device heard before it had a place may have any place
        limit_kn = np.where(cols["kind"][slot] == Kind.SAR_AIRCRAFT, AIRCRAFT_KN_MAX, SPEED_KN_MAX)
        return gap, gap <= limit_kn * nav.KN_M_S * dt_s + REACH_PAD_M

    def _begin_voices(self, heard: Positions, lon: NDArray[np.float64], lat: NDArray[np.float64], slot: I64) -> I64:
        """First reports open a row; a report that fits no voice waits aside until a second one agrees with it."""
        out = slot.copy()
        for i in np.flatnonzero(slot == -2):
            out[i] = self._new_slot(int(heard.mmsi[i]), heard, int(i))
        for i in np.flatnonzero(slot == -1):
            out[i] = self._set_aside(int(heard.mmsi[i]), heard, int(i), float(lon[i]), float(lat[i]))
        return out

    def _set_aside(self, mmsi: int, heard: Positions, i: int, lon: float, lat: float) -> int:
        voices = self._voices[mmsi]
        home = voices[0]
        fix_ms = int(heard.fix_ms[i])
        dt_s = abs(fix_ms - int(self._aside_ms[home])) / 1000.0
        gap = float(nav.distance_m(self._aside_lon[home], self._aside_lat[home], lon, lat))
        if fix_ms > self._aside_ms[home] and gap <= SPEED_KN_MAX * nav.KN_M_S * dt_s + REACH_PAD_M and dt_s < 3600:
            self._aside_lon[home] = np.nan
            return self._voice_for(mmsi, heard, i)
        self.counts.impossible += 1
        self._aside_ms[home], self._aside_lon[home], self._aside_lat[home] = fix_ms, lon, lat
        return -1

    def _voice_for(self, mmsi: int, heard: Positions, i: int) -> int:
        """A row for a confirmed second voice: one that was a lone wrong fix is taken over, else a new one."""
        voices = self._voices[mmsi]
        lone = [v for v in voices if self._cols["fixes"][v] <= 1]
        if not lone and len(voices) < VOICES_MAX:
            return self._new_slot(mmsi, heard, i)
        reused = min(lone or voices, key=lambda v: int(self._cols["fix_ms"][v]))
        self._reset(reused, mmsi, heard, i, voice=int(self._cols["voice"][reused]))
        return reused

    def _new_slot(self, mmsi: int, heard: Positions, i: int) -> int:
        """A row that the ``i``-th of these reports opens, -1 if there is no room."""
        if self._n >= VESSELS_MAX:
            self.counts.overflow += 1
            return -1
        if self._n == len(self._last_type):
            self._grow()
        slot = self._n
        self._n += 1
        self._sorted = None
        voices = self._voices.setdefault(mmsi, [])
        voices.append(slot)
        self._reset(slot, mmsi, heard, i, voice=len(voices) - 1)
        return slot

    def _reset(self, slot: int, mmsi: int, heard: Positions, i: int, voice: int) -> None:
        cols, msg_type, fix_ms = self._cols, int(heard.msg_type[i]), int(heard.fix_ms[i])
        self._began[slot] = int(heard.line[i])
        for name, col in cols.items():
            col[slot] = BLANK.get(name, 0)
        cols["mmsi"][slot], cols["voice"][slot] = mmsi, voice
        cols["first_ms"][slot] = fix_ms
        cols["fix_ms"][slot] = fix_ms - 1  # the fix that opened it is newer
        cols["class_b"][slot] = msg_type in CLASS_B_TYPES
        self._last_type[slot] = msg_type
        self._write_who(mmsi, self._who.get(mmsi) or Who())

    def _not_newer(
        self, heard: Positions, lon: NDArray[np.float64], lat: NDArray[np.float64], slot: I64
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        at = np.maximum(slot, 0)
        older = (slot >= 0) & (heard.fix_ms <= self._cols["fix_ms"][at])
        same = (heard.fix_ms == self._cols["fix_ms"][at]) & (self._cols["fixes"][at] > 0)
        # A place that comes back exactly is one transmission heard twice, however the stations stamp it.
        here = (lon == self._cols["lon_deg"][at]) & (lat == self._cols["lat_deg"][at])
        moving = self._cols["sog_kn"][at] > 1.0
        again = (slot >= 0) & here & (same | (moving & (np.abs(heard.fix_ms - self._cols["fix_ms"][at]) < 10_000)))
        return older & ~again, again

    def _write(self, slot: I64, heard: Positions, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
        cols = self._cols
        spacing = (heard.fix_ms - cols["fix_ms"][slot]) / 1000.0
        old = cols["interval_s"][slot]
        smoothed = np.where(np.isnan(old), spacing, old + INTERVAL_WEIGHT * (spacing - old))
        cols["interval_s"][slot] = np.where(cols["fixes"][slot] > 0, smoothed, np.nan)
        cols["fix_ms"][slot], cols["lon_deg"][slot], cols["lat_deg"][slot] = heard.fix_ms, lon, lat
        cols["sog_kn"][slot] = _given(heard, Known.SOG, heard.sog / 10.0)
        cols["cog_deg"][slot] = _given(heard, Known.COG, heard.cog / 10.0)
        cols["heading_deg"][slot] = _given(heard, Known.HEADING, heard.heading)
        cols["rot_deg_min"][slot] = _given(heard, Known.ROT, _turn_deg_min(heard.rot))
        cols["accurate"][slot] = (heard.known & Known.ACCURACY) != 0
        cols["nav_status"][slot] = np.where(heard.known & Known.NAV_STATUS, heard.nav_status.astype(np.int16), -1)
        cols["class_b"][slot] = np.isin(heard.msg_type, CLASS_B_TYPES)
        cols["fixes"][slot] += 1
        cols["feed"][slot] = heard.feed
        for i in np.flatnonzero(self._last_type[slot] != heard.msg_type):  # what it sends may tell what it is
            self._last_type[slot[i]] = heard.msg_type[i]
            self._write_who(int(heard.mmsi[i]), self._who.get(int(heard.mmsi[i])) or Who())
        self._push_ring(slot)

    def _push_ring(self, slot: I64) -> None:
        cols = self._cols
        due = slot[cols["fix_ms"][slot] - cols["ring_ms"][slot, -1] >= RING_STEP_MS]
        for ring, now in (
            ("ring_ms", "fix_ms"),
            ("ring_lon", "lon_deg"),
            ("ring_lat", "lat_deg"),
            ("ring_sog", "sog_kn"),
            ("ring_cog", "cog_deg"),
        ):
            cols[ring][due, :-1] = cols[ring][due, 1:]
            cols[ring][due, -1] = cols[now][due]

    def _grow(self) -> None:
        size = 2 * len(self._last_type)
        grown = _blank_columns(size)
        for name, col in self._cols.items():
            grown[name][: self._n] = col[: self._n]
        self._cols = grown
        self._last_type = np.resize(self._last_type, size)
        self._aside_ms = np.concatenate([self._aside_ms, np.zeros(size - self._n, np.int64)])
        self._aside_lon = np.concatenate([self._aside_lon, np.full(size - self._n, np.nan)])
        self._aside_lat = np.concatenate([self._aside_lat, np.full(size - self._n, np.nan)])


def _blank_columns(size: int) -> dict[str, NDArray[Any]]:
    out: dict[str, NDArray[Any]] = {}
    for name, dtype in Vessels.dtypes().items():
        out[name] = np.zeros(size, dtype)
        if name in BLANK:
            out[name][...] = BLANK[name]
    return out


def _rounds(mmsi: I64) -> Iterator[I64]:
    """Rows of the first report of every mmsi, then of the second, and so on, each in arrival order."""
    if not len(mmsi):
        return
    order = np.argsort(mmsi, kind="stable")
    begins = np.flatnonzero(np.r_[True, np.diff(mmsi[order]) != 0])
    nth = np.arange(len(mmsi)) - np.repeat(begins, np.diff(np.r_[begins, len(mmsi)]))
    for k in range(int(nth.max()) + 1):
        yield np.sort(order[nth == k])


def _given(heard: Positions, field: Known, values: NDArray[Any]) -> NDArray[np.float64]:
    return np.where(heard.known & field, values, np.nan)


def _turn_deg_min(rot: NDArray[np.int8]) -> NDArray[np.float64]:
    """ITU-R M.1371: ROT_AIS = 4.733 sqrt(degrees a minute); +-127 only says 'more than 5 degrees in 30 s'."""
    raw = rot.astype(np.float64)
    turn: NDArray[np.float64] = np.sign(raw) * (raw / 4.733) ** 2
    return turn


def _learn(who: Who, said: Statics, i: int) -> None:
    who.name = said.name[i] or who.name
    who.callsign = said.callsign[i] or who.callsign
    who.destination = said.destination[i] or who.destination
    who.imo = int(said.imo[i]) or who.imo
    if said.ship_type[i] >= 0:
        who.ship_type = int(said.ship_type[i])
    length = int(said.to_bow[i]) + int(said.to_stern[i])
    if said.to_bow[i] >= 0 and said.to_stern[i] >= 0 and length > 0:
        who.length_m = float(length)
        who.width_m = float(said.to_port[i] + said.to_starboard[i]) if said.to_port[i] >= 0 else float("nan")
