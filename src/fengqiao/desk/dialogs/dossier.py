"""The dossier of one vessel. Owner and telephone stay masked until a reason is given; the look is logged."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isnan
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.binding import Binding

from fengqiao.app.dossier import Borne, DossierFacts, Owner
from fengqiao.app.history import oddity_text
from fengqiao.app.trips import state_facts
from fengqiao.desk.dialogs.form import Field, Form
from fengqiao.desk.dialogs.handover import folded
from fengqiao.desk.dialogs.log_line import LogLine
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.look import doing_text, kind_word, number
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import BEIJING, ago, clock, position_text, tr
from fengqiao.fleet.identity import GearSign, Sign, at_speed
from fengqiao.fleet.stations import station_of
from fengqiao.register.boat_names import BoatName, parse
from fengqiao.register.csv_in import NO_END_MS
from fengqiao.register.vessel import RegisteredVessel
from fengqiao.store.tables import LatestRow
from fengqiao.words import plain

if TYPE_CHECKING:
    from fengqiao.desk.app import DeskApp

REDRAW_S = 1.0  # the picture comes once a second
LABEL, SAID = 10, 24  # cells of the table that sets AIS and register side by side
INDENT = "    "
CALLED_MAX = 12  # a forger's hundred names are counted, not read
FRAME = 5  # cells of a line that border, padding and bar of the sheet take
SHEET_MAX = 120


class Dossier(Sheet):
    BINDINGS: ClassVar[list[Any]] = [
        Binding("u", "unmask", "desk.key.unmask"),
        Binding("v,f6", "find", "desk.key.locate"),
        Binding("c,f7", "case", "desk.key.open_case"),
        Binding("L,f11", "log", "desk.key.log_line"),
    ]

    def __init__(self, facts: DossierFacts, app: "DeskApp") -> None:
        super().__init__(tr("desk.dossier.title", name=facts.name), keys=tr("desk.dossier.keys"))
        self._facts, self._desk_app = facts, app
        self._owner: Owner | None = None  # once somebody has said why
        self._text = self._written()

    def on_mount(self) -> None:
        self._seq = self._desk_app.picture.seq
        self.set_interval(REDRAW_S, self._keep_up)

    def _keep_up(self) -> None:
        """Where she is now is as new as the picture; the rest is as it was when the dossier was opened."""
        if self._desk_app.picture.seq != self._seq:
            self._seq = self._desk_app.picture.seq
            self.set_text(self._written())

    def on_resize(self) -> None:
        self.set_text(self._written())

    def _written(self) -> Text:
        width = min(SHEET_MAX, self._desk_app.size.width) - FRAME
        return dossier_text(self._facts, self._desk_app.picture, width, self._owner)

    def action_find(self) -> None:
        self.dismiss()
        self._desk_app.locate(self._facts.mmsi)

    def action_case(self) -> None:
        self.dismiss()
        self._desk_app.case_opening.about(self._facts.mmsi)

    def action_log(self) -> None:
        self._desk_app.on_watch.as_officer(self._ask_log_line)

    def _ask_log_line(self) -> None:
        self.app.push_screen(LogLine(self._desk_app.desk, self._facts.mmsi, None), self._logged)

    def _logged(self, written: bool | None) -> None:
        if written:
            self._desk_app.notify(tr("desk.log.written"))
            self._desk_app.do(self._desk_app.desk.dossier, self._facts.mmsi, then=self._again)

    def _again(self, facts: DossierFacts) -> None:
        self._facts = facts
        if self.is_attached:
            self.set_text(self._written())

    def action_unmask(self) -> None:
        if self._facts.vessel is not None and self._owner is None:
            self._desk_app.on_watch.as_officer(self._ask_why)

    def _ask_why(self) -> None:
        field = Field("reason", tr("desk.dossier.reason"), needed=True)
        self.app.push_screen(Form(tr("desk.dossier.unmask"), [field]), self._unmask)

    def _unmask(self, said: dict[str, str] | None) -> None:
        if said is not None:
            self._desk_app.do(self._desk_app.desk.unmask_owner, self._facts.mmsi, said["reason"], then=self._unmasked)

    def _unmasked(self, owner: Owner) -> None:
        self._owner = owner
        if self.is_attached:
            self.set_text(self._written())


def dossier_text(facts: DossierFacts, picture: DeskPicture, width: int, owner: Owner | None = None) -> Text:
    """Everything in reading order: what is doubtful, where she is, who she is, where she was, what there was.

    Sentences are folded to ``width`` cells.
    """
    out = Text()
    _doubts(out, facts, width)
    _where(out, facts, picture)
    _who(out, facts, picture)
    if facts.vessel is not None:
        _register(out, facts.vessel, owner)
    _history(out, facts)
    _called(out, facts)
    _track(out, facts)
    _past(out, facts, width)
    out.rstrip()
    return out


def _doubts(out: Text, facts: DossierFacts, width: int) -> None:
    lines = [tr(f"desk.doubt.{doubt.code}", **doubt.facts) for doubt in facts.doubts]
    lines += [oddity_text(tr("lang"), odd, position_text, _second) for odd in facts.track.odd]
    if not lines:
        return
    out.append(f" {tr('desk.dossier.doubts', n=len(lines))} ", "bold reverse")
    out.append("\n")
    for line in lines:
        out.append(f"  ! {_hung(line, width, INDENT).lstrip()}\n", "bold")
    out.append("\n")


def _where(out: Text, facts: DossierFacts, picture: DeskPicture) -> None:
    """The latest state of each of her transmitters: of the picture, or the last that was kept."""
    out.append(tr("desk.dossier.latest") + "\n", "bold")
    v = picture.vessels
    rows = np.flatnonzero(v.mmsi == facts.mmsi)
    for row in rows[np.argsort(-v.fix_ms[rows])].tolist():
        at, sog, cog = (float(v.lon_deg[row]), float(v.lat_deg[row])), float(v.sog_kn[row]), float(v.cog_deg[row])
        lost = f"  {tr('desk.dossier.lost')}" if picture.lost[row] else ""
        said = _state(*at, sog, cog, int(v.fix_ms[row]), picture.time_ms) + _altitude(float(v.altitude_m[row])) + lost
        voice = f"{tr('desk.dossier.voice', n=int(v.voice[row]) + 1)}  " if len(rows) > 1 else ""
        out.append(f"  {voice}{said}\n", "bold" if lost else "")
        if doing := doing_text(picture, row):
            out.append(f"  {tr('desk.dossier.doing', doing=doing)}\n")
    for heard in facts.heard if not len(rows) else ():
        lon, lat, sog, cog = map(_known, (heard.lon_deg, heard.lat_deg, heard.sog_kn, heard.cog_deg))
        out.append(f"  {_state(lon, lat, sog, cog, heard.fix_ms, picture.time_ms or facts.at_ms)}\n")
    if not len(rows):
        out.append(f"  {tr('desk.dossier.gone' if facts.heard else 'desk.dossier.not_heard')}\n")


def _state(lon: float, lat: float, sog: float, cog: float, fix_ms: int, time_ms: int) -> str:
    course = "--" if isnan(cog) else f"{cog % 360:03.0f}"
    facts = {"position": position_text(lon, lat), "sog": number(sog, 1), "cog": course}
    return tr("desk.dossier.state", **facts, clock=clock(fix_ms), age=ago((time_ms - fix_ms) / 1000))


def _altitude(height_m: float) -> str:
    return "" if isnan(height_m) else f"  {tr('desk.dossier.altitude', m=f'{height_m:.0f}')}"


def _who(out: Text, facts: DossierFacts, picture: DeskPicture) -> None:
    """What she says of herself beside what the register says; a line on which they differ says so."""
    said, vessel = next(iter(facts.heard), None), facts.vessel
    doubtful = {doubt.code for doubt in facts.doubts}
    told = station_of(facts.mmsi)
    country = told.country.name(tr("lang")) if told.country else tr("station.no_country")
    out.append("\n" + _line(tr("desk.dossier.who"), tr("desk.dossier.says"), tr("desk.dossier.written")) + "\n", "bold")
    _field(out, "mmsi", f"{facts.mmsi:09d}  {tr(f'station.{told.station}')}  {country}")
    if facts.sign is not None:
        _gear(out, facts.sign, facts.name, said.sog_kn if said else None)
    for code, label, hers, registers in _compared(said, facts, vessel, picture):
        if hers or registers:
            line = _line("  " + tr(f"desk.dossier.{label}"), hers or "--", registers or "--")
            out.append(line, "bold" if code in doubtful else "")
            out.append(f" {tr('desk.dossier.doubt')} " if code in doubtful else "", "bold reverse")
            out.append("\n")
        if code == "name" and (vessel is None or code in doubtful):
            _in_han(out, hers)
    if facts.trip is not None:
        _field(out, "trip", tr("desk.dossier.trip_of", **state_facts(tr("lang"), facts.trip)))
    if text := _safety_text(picture, picture.row_of(facts.mmsi)):
        _field(out, "safety_text", text)
    if vessel is None:
        out.append(f"  {tr('desk.dossier.not_registered')}\n", "bold")


def _gear(out: Text, sign: GearSign, name: str, sog_kn: float | None) -> None:
    """Why she may be a net buoy, how sure that is, and what becomes of a doubt."""
    now = at_speed(sign, _known(sog_kn))
    told = {"sign": sign.sign.value, "gear_confidence": now.confidence.name.lower()}
    _field(out, "gear", tr("desk.dossier.gear_sign", **told))
    more = [tr("desk.dossier.gear_moving", sog=number(_known(sog_kn), 1))] if now.confidence < sign.confidence else []
    if sign.sign is Sign.BOAT_AND_NUMBER and (names := parse(name.rpartition("-")[0].rstrip("-"))):
        more.append(tr("desk.dossier.gear_of", names=tr("desk.dossier.or").join(map(str, names))))
    more += [] if sign.sure else [tr("desk.dossier.gear_doubt")]
    for line in more:
        out.append(f"{' ' * (LABEL + 3)}{line}\n")


def _in_han(out: Text, hers: str) -> None:
    """Which boat a name in pinyin, or Han that the register does not have, can mean, and from where."""
    if names := parse(hers):
        said = tr("desk.dossier.or").join(_with_home(name) for name in names)
        told = "desk.dossier.from_pinyin" if hers.isascii() else "desk.dossier.from_han"
        out.append(f"{' ' * (LABEL + 3)}{tr(told, names=said)}\n")


def _with_home(name: BoatName) -> str:
    home = name.home
    return f"{name} ({home.province}{home.city}{home.name})" if home else str(name)


def _compared(
    said: LatestRow | None, facts: DossierFacts, vessel: RegisteredVessel | None, picture: DeskPicture
) -> Iterator[tuple[str, str, str, str]]:
    """Code of the doubt, label, what AIS says, what the register says."""
    yield "name", "name", said.name if said else "", vessel.name if vessel else ""
    yield "callsign", "callsign", said.callsign if said else "", facts.callsign
    yield "length", "length", _metres(said.length_m if said else None), _metres(vessel.length_m if vessel else None)
    row = picture.row_of(facts.mmsi)
    kind = kind_word(picture, row) if row >= 0 else ""
    if kind and said and said.ship_type >= 0:
        kind = tr("desk.dossier.class", kind=kind, letter="B" if said.class_b else "A")
    yield "type", "type", kind, tr(f"gear.{vessel.gear}") if vessel and vessel.gear else ""
    yield "", "imo", str(said.imo) if said and said.imo > 0 else "", ""
    yield "", "destination", said.destination if said else "", ""


def _safety_text(picture: DeskPicture, row: int) -> str:
    """The last safety text she sent, and to whom if not to all."""
    v = picture.vessels
    if row < 0 or not v.safety_text[row]:
        return ""
    text, to = plain(str(v.safety_text[row])), int(v.safety_to[row])
    return tr("desk.dossier.text_to", text=text, mmsi=f"{to:09d}") if to else text


def _register(out: Text, vessel: RegisteredVessel, owner: Owner | None) -> None:
    out.append("\n" + tr("desk.dossier.register") + "\n", "bold")
    shown = owner or Owner(vessel.owner, vessel.phone)
    personal = tr("desk.dossier.unmasked" if owner else "desk.dossier.masked")
    _field(out, "owner", f"{plain(shown.name) or '--'}  {personal}")
    _field(out, "phone", plain(shown.phone) or "--")
    source = plain(vessel.rating_source) or tr("desk.dossier.rating_source_none")
    rating = tr("desk.dossier.rating_of", force=vessel.rating_beaufort, source=source)
    _field(out, "rating", rating if vessel.rating_beaufort else tr("desk.dossier.rating_none"))
    _field(out, "group", plain(vessel.group) or "--")
    _field(out, "vessel_id", plain(vessel.vessel_id) or "--")
    if vessel.permits:
        special = {"moratorium": tr("desk.permit.moratorium")}
        _field(out, "permits", "  ".join(special.get(permit) or plain(permit) for permit in vessel.permits))


def _history(out: Text, facts: DossierFacts) -> None:
    if facts.history:
        out.append("\n" + tr("desk.dossier.history") + "\n", "bold")
    for line in facts.history:
        out.append(f"  {_borne(line)}\n")


def _called(out: Text, facts: DossierFacts) -> None:
    """What she called herself by AIS, and from when to when."""
    if facts.called:
        out.append("\n" + tr("desk.dossier.called", n=len(facts.called)) + "\n", "bold")
    for one in facts.called[:CALLED_MAX]:
        span = {"begins": _moment(one.first_ms), "ends": _moment(one.last_ms)}
        told = "desk.dossier.called_from" if one.name else "desk.dossier.called_sign"  # message 24 B says no name
        out.append(f"  {tr(told, **span, name=one.name, callsign=one.callsign)}\n")


def _borne(line: Borne) -> str:
    identity = line.identity
    begins = _day(identity.from_ms) if identity.from_ms > 0 else tr("desk.dossier.ever")
    ends = _day(identity.to_ms) if identity.to_ms < NO_END_MS else tr("desk.dossier.now")
    who = {"mmsi": identity.mmsi, "name": identity.name, "callsign": identity.callsign, "vessel_id": line.vessel_id}
    return tr("desk.dossier.borne" if line.hers else "desk.dossier.borne_other", begins=begins, ends=ends, **who)


def _track(out: Text, facts: DossierFacts) -> None:
    track = facts.track
    out.append("\n" + tr("desk.dossier.track", n=len(track.fix_ms), nm=track.run_nm), "bold")
    out.append(f"  {tr('desk.dossier.every')}\n" if len(track.fix_ms) else "\n")
    if track.gap.any():
        out.append(f"  {tr('desk.dossier.gaps', n=int(track.gap.sum()), nm=track.gap_nm)}\n", "bold")
    voices = len(np.unique(track.voice)) > 1
    for i in facts.listed.tolist():
        at = position_text(float(track.lon_deg[i]), float(track.lat_deg[i]))
        line = f"  {clock(int(track.fix_ms[i]))}  {at}  {number(float(track.sog_kn[i]), 1):>4} kn"
        line += f"  {tr('desk.dossier.voice', n=int(track.voice[i]) + 1)}" if voices else ""
        line += f"  {tr('history.satellite')}" if track.satellite[i] else ""
        out.append(line)
        if track.gap[i]:
            silent_s = float(track.fix_ms[i] - track.fix_ms[i - 1]) / 1000
            out.append(f"  {tr('desk.dossier.gap', age=ago(silent_s))}", "bold")
        out.append("\n")


def _past(out: Text, facts: DossierFacts, width: int) -> None:
    said = "desk.dossier.alerts_more" if facts.alerts_more else "desk.dossier.alerts"
    out.append("\n" + tr(said, n=len(facts.alerts)) + "\n", "bold")
    for alert in facts.alerts:
        state = tr("desk.dossier.alert_active" if alert.active else "desk.dossier.alert_over")
        text = alert.text_zh if tr("lang") == "zh" else alert.text_en
        out.append(f"  {_moment(alert.raised_ms)}  {tr(f'rule.{alert.rule}')}  {state}\n")
        out.append(_hung(text, width, INDENT) + "\n")
    out.append("\n" + tr("desk.dossier.cases", n=len(facts.cases)) + "\n", "bold")
    for case in facts.cases:
        out.append(f"  {case.case_no}  {tr(f'case.state.{case.state}')}\n")
        out.append(_hung(case.title, width, INDENT) + "\n")
    out.append("\n" + tr("desk.dossier.notes", n=len(facts.notes)) + "\n", "bold")
    for note in facts.notes:
        out.append(f"  {_moment(note.at_ms)}  {plain(note.officer)}\n")
        out.append(_hung(note.text, width, INDENT) + "\n")


def _hung(text: str, width: int, indent: str) -> str:
    """A sentence folded to ``width`` cells, every line of it set in by ``indent``."""
    return indent + folded(text, width - len(indent)).replace("\n", "\n" + indent)


def _field(out: Text, label: str, said: str) -> None:
    out.append(f"  {_padded(tr(f'desk.dossier.{label}'), LABEL)} {said}\n")


def _line(label: str, hers: str, registers: str) -> str:
    return f"{_padded(label, LABEL + 2)} {_padded(plain(hers), SAID)} {_padded(plain(registers), SAID)}"


def _padded(text: str, cells: int) -> str:
    """Exactly so many cells; two dots say that a text goes on."""
    return set_cell_size(text, cells) if cell_len(text) <= cells else set_cell_size(text, cells - 2) + ".."


def _metres(length_m: float | None) -> str:
    return "" if length_m is None or isnan(length_m) else tr("desk.dossier.metres", m=f"{length_m:.0f}")


def _known(value: float | None) -> float:
    return float("nan") if value is None else value


def _day(at_ms: int) -> str:
    return _moment(at_ms).partition(" ")[0]


def _moment(at_ms: int) -> str:
    """Beijing date and time; with the year, for it may have been long ago."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def _second(at_ms: int) -> str:
    return f"{_moment(at_ms)}:{at_ms // 1000 % 60:02d}"
