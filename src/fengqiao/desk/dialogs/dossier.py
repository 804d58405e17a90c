"""The dossier of one vessel. Names and telephones stay masked until a reason is given; the look is logged."""

from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding

from fengqiao.app.casework import masked_name, masked_phone
from fengqiao.app.dossier import DossierFacts
from fengqiao.desk.dialogs.form import Field, Form
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.look import number
from fengqiao.desk.text import clock, day_clock, position_text, tr
from fengqiao.words import plain

TRACK_LINES = 40


class Dossier(Sheet):
    BINDINGS: ClassVar[list[Any]] = [
        Binding("u", "unmask", "desk.key.unmask"),
        Binding("v,f6", "find", "desk.key.locate"),
    ]

    def __init__(self, facts: DossierFacts, app: Any) -> None:
        name = facts.vessel.name if facts.vessel else facts.latest.name if facts.latest else str(facts.mmsi)
        super().__init__(tr("desk.dossier.title", name=plain(name)), dossier_text(facts), tr("desk.dossier.keys"))
        self._facts, self._desk_app = facts, app

    def action_find(self) -> None:
        self.dismiss()
        self._desk_app.locate(self._facts.mmsi)

    def action_unmask(self) -> None:
        field = Field("reason", tr("desk.dossier.reason"), needed=True)
        self.app.push_screen(Form(tr("desk.dossier.unmask"), [field]), self._unmask)

    def _unmask(self, said: dict[str, str] | None) -> None:
        if said is not None:
            desk = self._desk_app.desk
            log = (lambda: desk.log_look("dossier_unmask", {"mmsi": self._facts.mmsi, "reason": said["reason"]}),)
            self._desk_app.do(log[0], then=lambda _: self.set_text(dossier_text(self._facts, masked=False)))


def dossier_text(facts: DossierFacts, masked: bool = True) -> Text:
    out = Text()
    _who(out, facts, masked)
    _track(out, facts)
    out.append("\n" + tr("desk.dossier.alerts", n=len(facts.alerts)) + "\n", "bold")
    for alert in facts.alerts:
        text = alert.text_zh if tr("lang") == "zh" else alert.text_en
        out.append(f"  {day_clock(alert.raised_ms)} {tr(f'rule.{alert.rule}')} {plain(text)}\n")
    out.append("\n" + tr("desk.dossier.cases", n=len(facts.cases)) + "\n", "bold")
    for case in facts.cases:
        out.append(f"  {case.case_no} {tr(f'case.state.{case.state}')} {plain(case.title)}\n")
    return out


def _who(out: Text, facts: DossierFacts, masked: bool) -> None:
    latest, vessel = facts.latest, facts.vessel
    if latest is not None:
        out.append(tr("desk.dossier.ais", name=latest.name or "--", callsign=latest.callsign or "--") + "\n")
        at = position_text(latest.lon_deg or float("nan"), latest.lat_deg or float("nan"))
        sog = "--" if latest.sog_kn is None else f"{latest.sog_kn:.1f}"
        out.append(tr("desk.dossier.latest", position=at, sog=sog, clock=day_clock(latest.fix_ms)) + "\n")
    if vessel is None:
        out.append(tr("desk.dossier.not_registered") + "\n", "bold")
    else:
        owner = masked_name(vessel.owner) if masked else plain(vessel.owner)
        phone = masked_phone(vessel.phone) if masked else plain(vessel.phone)
        rating = str(vessel.rating_beaufort) if vessel.rating_beaufort else "--"
        row = {"name": vessel.name, "gear": tr(f"gear.{vessel.gear}") if vessel.gear else "--", "owner": owner}
        row |= {"length": number(vessel.length_m, 1), "rating": rating, "source": vessel.rating_source or "--"}
        out.append(tr("desk.dossier.register", **row, group=vessel.group or "--", phone=phone or "--") + "\n")
        for identity in vessel.identities:
            begins = day_clock(identity.from_ms) if identity.from_ms > 0 else "--"
            out.append(tr("desk.dossier.identity", mmsi=identity.mmsi, name=identity.name, begins=begins) + "\n")
    for other in facts.formerly:
        out.append(tr("desk.dossier.formerly", name=other.name) + "\n")


def _track(out: Text, facts: DossierFacts) -> None:
    track = facts.track
    out.append("\n" + tr("desk.dossier.track", n=len(track.fix_ms), nm=track.run_nm) + "\n", "bold")
    for i in range(len(track.fix_ms) - 1, max(-1, len(track.fix_ms) - 1 - TRACK_LINES), -1):
        at = position_text(float(track.lon_deg[i]), float(track.lat_deg[i]))
        gap = " " + tr("desk.dossier.gap") if track.gap[i] else ""
        out.append(f"  {clock(int(track.fix_ms[i]))} {at} {number(track.sog_kn[i], 1)} kn{gap}\n")
