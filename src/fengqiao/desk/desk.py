"""What officers do at a desk: the one place from which panes and dialogs act on store and inbox.

Methods may touch the disk: call them from a worker thread (``DeskApp.do``), never while drawing.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from fengqiao.alerts import ALL
from fengqiao.app import casework, dossier, duty, load
from fengqiao.app.acts import Performed, perform
from fengqiao.app.bay import zones_of
from fengqiao.app.casework import Draft, masked_name, masked_phone, masked_text
from fengqiao.app.dossier import DossierFacts, Owner
from fengqiao.app.held_back import HeldBack, held_back
from fengqiao.app.nearest import Nearest, nearest
from fengqiao.app.shift_plan import ShiftPlan, load_plan
from fengqiao.cases.lifecycle import Refusal
from fengqiao.desk.picture import DeskPicture, Mode
from fengqiao.desk.spot import Spot
from fengqiao.desk.text import BEIJING
from fengqiao.feeds.clock import now_ms
from fengqiao.model.gale import GaleWarning
from fengqiao.model.inputs import Act, ActKind
from fengqiao.papers.load_report import load_report
from fengqiao.store.case_tables import CaseRow, TipRow
from fengqiao.store.casework import CaseFile
from fengqiao.store.database import Store
from fengqiao.store.duty_tables import DutyLogRow, HandoverRow
from fengqiao.store.tables import AlertRow
from fengqiao.words import plain
from fengqiao.zones.places import place_of

SEAT = "desk"
DAY_MS = 86_400_000
MONTH_MS = 30 * DAY_MS
NEAREST_MAX = 12  # what a small screen shows without scrolling


@dataclass(slots=True)
class Desk:
    """One seat at one data folder, and who sits there."""

    folder: Path
    store: Store
    lang: str
    seat: str = SEAT
    officer: str = ""  # on every act; "" until somebody signs on
    picture: DeskPicture = field(default_factory=DeskPicture)

    def time_ms(self) -> int:
        """The time that acts and log lines bear: the watch's, which in a demonstration is not ours.

        When a live watch has died its time goes on: what is written meanwhile must not bear the hour of its death. If
        since then the clock was set back before it, nobody knows by how much, and it stands.
        """
        picture = self.picture
        if picture.seq == 0:
            return picture.time_ms or now_ms()
        goes_on = picture.stale and picture.mode is Mode.LIVE and isfinite(picture.age_s)
        return picture.time_ms + int(picture.age_s * 1000 if goes_on else 0)

    # --- alerts ---

    def acknowledge(self, alert: str) -> None:
        self._put(ActKind.ACKNOWLEDGE, alert, {})

    def act(self, kind: ActKind, target: str, facts: dict[str, Any] | None = None) -> Performed:
        """What may be refused: waits until the watch has taken it, or says that none is there to."""
        return perform(self.folder, self.officer, self.seat, kind, target, facts or {})

    def silence(self) -> None:
        """Everything that sounds, at once and without a question."""
        self._put(ActKind.SILENCE, ALL, {})

    def held_back(self) -> HeldBack:
        return held_back(self.store, self.folder, self.picture.run_id, self.time_ms())

    def zone_names(self) -> dict[str, str]:
        """By id, of the charts that this desk reads."""
        zones = zones_of(self.folder).zones
        return {zone.zone_id: (zone.name_zh if self.lang == "zh" else zone.name_en or zone.name_zh) for zone in zones}

    def give_outcome(self, alert: str, outcome: str, text: str, label: str = "") -> None:
        """``label``: whether the alert was true, "" where the officer does not say."""
        duty.give_outcome(
            self.store, self.picture.run_id, alert, outcome, text, self.officer, self.seat, self.time_ms(), label
        )

    def owed(self) -> list[AlertRow]:
        return self.store.owed_outcomes(self.picture.run_id)

    def to_answer(self, chosen: str) -> tuple[list[AlertRow], int, str]:
        """What an outcome may be given for, how many of them owe it, and which is meant: those that owe it, and the
        alert chosen once it is acknowledged: before them while nobody answered for it, to be corrected after them."""
        owed = self.owed()
        if any(alert.alert == chosen for alert in owed):
            return owed, len(owed), chosen
        also = [alert for alert in self.picture.alerts if alert.alert == chosen and alert.acked]
        if also and self.store.outcomes(self.picture.run_id, chosen):
            return [*owed, *also], len(owed), ""
        return [*also, *owed], len(owed), chosen

    def dossier(self, mmsi: int) -> DossierFacts:
        return dossier.dossier(self.store, self.folder, self.picture.run_id, mmsi, self.time_ms())

    def nearest(self, spot: Spot) -> Nearest:
        """Who can be there soonest, from the picture as last written; no telephones."""
        return nearest(self.store, self.folder, spot.place, NEAREST_MAX, now_ms(), spot.but)

    def unmask_owner(self, mmsi: int, reason: str) -> Owner:
        return dossier.unmask(self.store, mmsi, self.officer, self.seat, reason, self.time_ms())

    def log_look(self, what: str, detail: Mapping[str, Any]) -> None:
        """That personal data was looked at, by whom and why."""
        self.store.log_look(self.officer, self.seat, self.time_ms(), what, detail)

    # --- keeping the watch ---

    def who_is_on(self) -> str:
        return duty.who_is_on(self.store, self.seat)

    def officers(self) -> list[str]:
        return self.store.officers()

    def sign_on(self, officer: str) -> str:
        duty.sign_on(self.store, self.seat, officer, self.time_ms())
        return officer.strip()

    def shift_plan(self) -> ShiftPlan:
        """Which shift runs when, as the centre has set it."""
        return load_plan(self.folder)

    def write_log(self, text: str, mmsi: int, alert: str, position: tuple[float, float] | None = None) -> None:
        """``position`` is lon, lat in degrees as the officer saw it; else the vessel's latest."""
        duty.log_line(
            self.store,
            text,
            self.officer,
            self.seat,
            self.time_ms(),
            self.picture.run_id,
            mmsi=mmsi,
            alert=alert,
            position=position,
        )

    def log_lines(self) -> list[DutyLogRow]:
        return self.store.log_lines(run_id=self.picture.run_id)

    def open_items(self) -> list[dict[str, Any]]:
        return duty.open_items(self.store, self.picture.run_id, self.lang, self.time_ms())

    def in_the_way(self) -> duty.Refused | None:
        """What must be done before the seat may pass on."""
        return duty.stands_in_the_way(self.store, self.picture.run_id)

    def handovers(self) -> list[HandoverRow]:
        return [row for row in self.store.handovers() if row.seat == self.seat]

    def gales_in_force(self) -> list[GaleWarning]:
        now = self.time_ms()
        return [gale for gale in self.store.gales(self.picture.run_id) if gale.from_ms <= now < gale.to_ms]

    def hand_over(self, to_officer: str) -> duty.Refused | str:
        return duty.hand_over(self.store, self.picture.run_id, self.seat, to_officer, self.time_ms(), self.lang)

    def load_lately(self) -> load.Lately:
        """How heavily the alerts weigh on a seat now."""
        return load.lately(self.store, self.picture.run_id, self.time_ms())

    def load_report(self) -> str:
        """The load of the last thirty days, or since the watch began, with everything behind it."""
        now = self.time_ms()
        month = load.load_since(self.store, self.picture.run_id, now - MONTH_MS, now + 1, self.lang)
        return load_report(month, self.lang)

    def write_report(self) -> tuple[str, str]:
        """The duty report of the last day, written beside the data: its path and its text."""
        now = self.time_ms()
        text = duty.report(self.store, self.picture.run_id, self.seat, now - DAY_MS, now + 1, self.lang)
        folder = self.folder / "reports"
        folder.mkdir(exist_ok=True)
        day = datetime.fromtimestamp(now / 1000, UTC).astimezone(BEIJING)
        path = folder / f"duty-{day:%Y-%m-%d-%H%M%S}.txt"
        path.write_text(text, "utf-8")
        return str(path), text

    # --- cases ---

    def draft_of(self, alert: AlertRow) -> tuple[Draft, str]:
        """What the alert already tells, and the number of the case it has become, if it has."""
        text = alert.text_zh if self.lang == "zh" else alert.text_en
        done = self.store.case_list(alert=alert.alert)
        return casework.draft_from_alert(self.store, alert, text), done[0].case_no if done else ""

    def cases(self, states: Sequence[str]) -> list[CaseRow]:
        """Cases in these states (all for none), names masked in what was written about them."""
        return casework.masked_list(self.store, self.store.case_list(states))

    def draft_about(self, mmsi: int) -> Draft:
        """A case with this vessel in it, about the last hour, where she is now."""
        row, v = self.picture.row_of(mmsi), self.picture.vessels
        vessel = casework.told_vessel(self.store, f"{mmsi:09d}", "party", self.time_ms())
        at = (float(v.lon_deg[row]), float(v.lat_deg[row])) if row >= 0 else (float("nan"), float("nan"))
        lon, lat = (None, None) if at[0] != at[0] or at[1] != at[1] else at
        return replace(self._now(), vessels=(vessel,), title=str(vessel["name"]), lon_deg=lon, lat_deg=lat)

    def register(self, draft: Draft, said: Mapping[str, str]) -> str:
        return casework.register(self.store, self.folder, self._filled(draft, said), self.officer, self.time_ms())

    def register_by_hand(self, said: Mapping[str, str]) -> str:
        return self.register(self._now(), said)

    def settle_on_the_spot(self, said: Mapping[str, str], facts: Mapping[str, Any]) -> Refusal | str:
        draft = self._filled(self._now(), said)
        return casework.settle_on_the_spot(
            self.store, self.folder, draft, facts, self.officer, self.seat, self.time_ms()
        )

    def case_do(self, case_no: str, event: str, facts: Mapping[str, Any]) -> Refusal | str:
        return casework.do(self.store, case_no, event, facts, self.officer, self.seat, self.time_ms())

    def unmask_case(self, case_no: str, reason: str) -> CaseFile:
        return casework.unmask(self.store, case_no, self.officer, self.seat, reason, self.time_ms())

    # --- what people tell ---

    def tips(self) -> list[TipRow]:
        """All tips, newest first, who told them masked."""
        return [casework.masked_tip(tip) for tip in self.store.tips()]

    def new_tip(self, said: Mapping[str, str]) -> str:
        """Keep what somebody tells now; its number. UsageFault where the place cannot be understood."""
        lon, lat = place_of(said["place"]) if said["place"] else (None, None)
        now = self.time_ms()
        tip = {"at_ms": now, "lon_deg": lon, "lat_deg": lat, "officer": self.officer}
        tip |= {name: said[name] for name in ("text", "channel", "vessel", "reporter", "phone")}
        return self.store.add_tip(tip, casework.day_of(now), self.seat)

    def draft_of_tip(self, tip: str) -> Draft:
        return casework.draft_from_tip(self.store, tip)

    def unmask_tip(self, tip: str, reason: str) -> TipRow:
        return casework.unmask_tip(self.store, tip, self.officer, self.seat, reason, self.time_ms())

    def _now(self) -> Draft:
        """A case told at the desk: about the last hour unless somebody says otherwise."""
        now = self.time_ms()
        return Draft(run_id=self.picture.run_id, occurred_from_ms=now - 3_600_000, occurred_to_ms=now)

    def _filled(self, draft: Draft, said: Mapping[str, str]) -> Draft:
        """The draft with what was typed over it; what still stands as ``shown_draft`` shows it was not meant to change,
        least of all where it is masked."""
        shown, text = shown_draft(draft), said.get("vessels", "")
        # Named, and known by no number: figures in such a name are not one.
        kept = [v for v in draft.vessels if not v["mmsi"] and plain(v["name"]) in text]
        for vessel in kept:
            text = text.replace(plain(vessel["name"]), " ")
        known = {str(v["mmsi"]): v for v in draft.vessels}
        vessels = (*(known.get(m) or self._vessel(m) for m in re.findall(r"\d{6,9}", text)), *kept)
        told = {str(p["side"]): p for p in draft.parties}
        parties = [
            told[side] if side in told and said.get(side) == shown[side] else _party(side, said.get(side, ""))
            for side in ("applicant", "respondent")
        ]
        title = said.get("title")
        return replace(
            draft,
            title=draft.title if not title or title == shown["title"] else title,
            cause=said.get("cause") or draft.cause,
            place=said.get("place") or draft.place,
            vessels=vessels,
            parties=tuple(p for p in parties if p["name"] or p["phone"] or p["side"] == "respondent"),
        )

    def _vessel(self, mmsi: str) -> dict[str, Any]:
        row = self.picture.row_of(int(mmsi))
        name = str(self.picture.names[row]) if row >= 0 else mmsi
        return {"mmsi": int(mmsi), "name": name, "role": "party", "basis": "told"}

    def _put(self, kind: ActKind, target: str, facts: dict[str, Any]) -> None:
        self.store.put_act(Act(uuid.uuid4().hex, now_ms(), self.officer, self.seat, kind, target, facts))


def shown_draft(draft: Draft) -> dict[str, str]:
    """What a form shows of a draft, by field: persons masked, vessels by number or else by the name told."""
    told = {str(p["side"]): f"{masked_name(p['name'])} {masked_phone(p['phone'])}".strip() for p in draft.parties}
    title = masked_text(draft.title, [str(p["name"]) for p in draft.parties])
    vessels = " ".join(str(v["mmsi"] or v["name"]) for v in draft.vessels)
    shown = {"applicant": "", "respondent": "", **told, "title": title, "vessels": vessels}
    return {name: plain(text) for name, text in shown.items()}


def _party(side: str, said: str) -> dict[str, str]:
    """A name and a telephone number, as typed into one field; the opponent may be unknown."""
    phone = re.search(r"[\d-]{7,}", said)
    name = said.replace(phone.group(), "").strip() if phone else said.strip()
    return {"side": side, "name": name, "phone": phone.group() if phone else ""}
