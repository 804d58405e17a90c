"""The call sheet: opened with one key, read out over radio or telephone."""

from rich.text import Text

from fengqiao import words
from fengqiao.app.call_sheet import CALLING_CHANNEL, WORKING_CHANNEL, CallSheetFacts, call_sheet
from fengqiao.desk.dialogs.sheet import Sheet
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import position_text, tr
from fengqiao.store.tables import AlertRow
from fengqiao.words import plain


def call_sheet_of(alert: AlertRow, picture: DeskPicture) -> Sheet:
    where = None if alert.lon_deg is None or alert.lat_deg is None else (alert.lon_deg, alert.lat_deg)
    facts = call_sheet(
        alert.mmsi, where, picture.vessels, picture.names, picture.lost, picture.register, picture.time_ms
    )
    return Sheet(tr("desk.call.title"), _text(alert, facts))


def _text(alert: AlertRow, facts: CallSheetFacts) -> Text:
    out = Text()
    out.append(plain(alert.text_zh) + "\n", "bold")
    out.append(plain(alert.text_en) + "\n\n")
    if facts.position:
        out.append(tr("desk.target.position", position=position_text(*facts.position)) + "\n")
    out.append(tr("desk.call.channels", calling=CALLING_CHANNEL, working=WORKING_CHANNEL) + "\n\n")
    for party in facts.parties:
        out.append(f"{plain(party.name)}  MMSI {party.mmsi:09d}  {plain(party.callsign)}\n", "bold")
        said = "desk.call.owner" if party.known else "desk.call.not_registered"
        out.append("  " + tr(said, owner=plain(party.owner), phone=plain(party.phone) or "--") + "\n")
        for lang in words.LANGUAGES:
            out.append(f"  [{lang}] {words.say(lang, f'call.{_kind(alert.rule)}', _say(alert, party.name))}\n")
        out.append("\n")
    out.append(tr("desk.call.helpers") + "\n", "bold")
    for helper in facts.helpers:
        said = "desk.call.helper_assumed" if helper.assumed_speed else "desk.call.helper"
        row = {"name": helper.name, "mmsi": helper.mmsi, "nm": helper.distance_nm, "minutes": helper.minutes}
        out.append("  " + tr(said, **row) + "\n")
    if not facts.helpers:
        out.append("  --\n")
    return out


def _kind(rule: str) -> str:
    return rule if rule in ("collision", "gap", "distress", "zone", "gale") else "other"


def _say(alert: AlertRow, name: str) -> dict[str, object]:
    facts = alert.facts
    other = facts.get("b") if facts.get("a") == name else facts.get("a")
    where = "--" if alert.lon_deg is None or alert.lat_deg is None else position_text(alert.lon_deg, alert.lat_deg)
    tcpa = facts.get("tcpa_min")
    minutes = f"{tcpa:.0f}" if isinstance(tcpa, int | float) else "--"
    dcpa = facts.get("dcpa_m")
    metres = f"{dcpa:.0f}" if isinstance(dcpa, int | float) else "--"
    return {"name": name, "other": str(other or "--"), "position": where, "minutes": minutes, "metres": metres}
