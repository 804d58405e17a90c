"""From an alert, a tip or by hand to the filed case: everything that is known is filled in, tracks attached by hash."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from fengqiao.app.history import folder_of_run, mmsi_of, names_of
from fengqiao.app.runs import watched_run
from fengqiao.cases.causes import CAUSES, SUGGESTED, SUGGESTED_ROLE
from fengqiao.cases.lifecycle import Refusal, State, decide, on_the_spot, spot_facts
from fengqiao.model.errors import InputFault, UsageFault
from fengqiao.store.archive import read_positions
from fengqiao.store.case_tables import CasePartyRow, CaseRow, CaseStepRow, CaseTrackRow, TipRow
from fengqiao.store.casework import CaseFile, StepTaken
from fengqiao.store.database import Store
from fengqiao.store.tables import AlertRow, LatestRow

# 本地规则: how a centre numbers its cases; each centre has its own form.
NUMBER_FORM = "({year})舟定湾人调字第{number:04d}号"
SHORT_NUMBER = re.compile(r"(\d{4})-(\d{1,6})")  # 2026-12: nobody types a whole case number
WINDOW_MS = 30 * 60_000  # on both sides of an alert: what led to it and what came of it
# The archive is written a minute at a time and a report may be late: what is younger is sealed with a later step.
SETTLED_MS = 3 * 60_000
TITLE_CHARS_MAX = 80
CLAUSE_ENDS = "；，。; "
BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Draft:
    """A case before it is registered; dialogs and commands fill in what is not known yet."""

    title: str = ""
    cause: str = ""
    source: str = "hand"
    run_id: str = ""
    alert: str = ""
    tip: str = ""
    place: str = ""
    lon_deg: float | None = None
    lat_deg: float | None = None
    occurred_from_ms: int = 0
    occurred_to_ms: int = 0
    vessels: tuple[Mapping[str, Any], ...] = ()  # mmsi, name, role, basis
    parties: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)  # side, name, phone


def title_of(text: str) -> str:
    """A text as a title: too long a one ends with a clause, for cut inside one "below 0.2 nm" would read "below 0"."""
    head = text[:TITLE_CHARS_MAX]
    if len(text) <= TITLE_CHARS_MAX:
        return text
    return head[: max(0, *(head.rfind(mark) for mark in CLAUSE_ENDS))].rstrip(CLAUSE_ENDS) or head


def draft_from_alert(store: Store, alert: AlertRow, text: str) -> Draft:
    """What an alert already tells: vessels with roles, time, place, a cause to start from."""
    latest = {row.mmsi: row for row in _latest(store, alert)}
    vessels = tuple(
        {
            "mmsi": mmsi,
            "name": _name(store, mmsi, alert.at_ms, latest),
            "role": SUGGESTED_ROLE.get(alert.rule, "party"),
            "basis": "register" if store_knows(store, mmsi, alert.at_ms) else "ais",
        }
        for mmsi in alert.mmsi
    )
    return Draft(
        title=title_of(text),
        cause=SUGGESTED.get(alert.rule, "C18"),
        source="alert",
        run_id=alert.run_id,
        alert=alert.alert,
        lon_deg=alert.lon_deg,
        lat_deg=alert.lat_deg,
        occurred_from_ms=alert.raised_ms - WINDOW_MS,
        occurred_to_ms=alert.at_ms + WINDOW_MS,
        vessels=vessels,
    )


def draft_from_tip(store: Store, tip: str) -> Draft:
    """What a person told us, as the beginning of a case. InputFault if there is no such tip."""
    row = find_tip(store, tip)
    return Draft(
        title=title_of(row.text),
        cause="C18",
        source="tip",
        run_id=watched_run(store),
        tip=tip,
        lon_deg=row.lon_deg,
        lat_deg=row.lat_deg,
        occurred_from_ms=row.at_ms - 2 * WINDOW_MS,
        occurred_to_ms=row.at_ms,
        vessels=(told_vessel(store, row.vessel, "involved", row.at_ms),) if row.vessel else (),
        parties=({"side": "applicant", "name": row.reporter, "phone": row.phone},) if row.reporter or row.phone else (),
    )


def told_vessel(store: Store, said: str, role: str, at_ms: int) -> dict[str, Any]:
    """A vessel as somebody named her: a number, or a name; one that we do not know, or know twice, keeps her name."""
    unknown = {"mmsi": 0, "name": said, "role": role, "basis": "told"}
    if said.isdigit() and not re.fullmatch(r"[0-9]{9}", said):
        return unknown  # figures that are no MMSI: the number on her bow, as a caller gives it
    try:
        mmsi = mmsi_of(store, said)
    except UsageFault:
        return unknown
    known = store.load_register().at(mmsi, at_ms)
    return {
        "mmsi": mmsi,
        "name": known.name if known else names_of(store, [mmsi], at_ms)[mmsi],
        "role": role,
        "basis": "register" if known else "told",
    }


def find_alert(store: Store, alert: str, run_id: str = "") -> AlertRow:
    """The alert of that id: in the run asked for, else in the one that is watched, else in the newest that has it.

    InputFault if there is none.
    """
    for run in [run_id] if run_id else [watched_run(store), *(run.run_id for run in store.runs())]:
        for row in store.alerts(run):
            if row.alert == alert:
                return row
    raise InputFault("no_such_alert", alert=alert)


def missing_of(draft: Draft) -> str:
    """What the draft still lacks to be registered (T01), "" if nothing: a cause, somebody or a vessel, a time."""
    if draft.cause not in CAUSES:
        return "cause"
    if not any(v["mmsi"] or v["name"] for v in draft.vessels) and not any(p["name"] for p in draft.parties):
        return "vessels"
    return "" if draft.occurred_from_ms <= draft.occurred_to_ms and draft.occurred_to_ms else "occurred"


def register(
    store: Store,
    folder: Path,
    draft: Draft,
    officer: str,
    at_ms: int,
    seat: str = "desk",
    steps: Sequence[StepTaken] = (),
) -> str:
    """Register the draft, with the steps taken in the same breath; its number.

    UsageFault names what a case cannot do without; InputFault "source_has_case" if that alert or tip has one already.
    """
    if not officer:
        raise UsageFault("actor_missing")
    if lacks := missing_of(draft):
        raise UsageFault("case_incomplete", field=lacks)
    row = {name: getattr(draft, name) for name in COPIED}
    row |= {"year": datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).year, "state": State.REPORTED.value}
    row |= {"created_ms": at_ms, "created_by": officer}
    track = attach_track(folder, draft, at_ms)
    return store.register_case(row, draft.vessels, draft.parties, track, NUMBER_FORM, seat, steps)


COPIED = (
    *("title", "cause", "source", "run_id", "alert", "tip", "place", "lon_deg", "lat_deg"),
    *("occurred_from_ms", "occurred_to_ms"),
)


def attach_track(folder: Path, draft: Draft, at_ms: int) -> dict[str, Any] | None:
    """Which positions of the vessels lie in the window, and the hash that seals them; None without a vessel.

    What may still grow at ``at_ms`` is left out, or the seal would break by itself; ``do`` moves it on.
    """
    mmsi = sorted({int(v["mmsi"]) for v in draft.vessels if v["mmsi"]})
    if not mmsi:
        return None
    return seal(folder, draft.run_id, mmsi, draft.occurred_from_ms, min(draft.occurred_to_ms, at_ms - SETTLED_MS))


def seal(folder: Path, run_id: str, mmsi: Sequence[int], from_ms: int, to_ms: int) -> dict[str, Any]:
    """A row of ``case_track``: the positions of [from_ms, to_ms) as the archive has them now.

    Nothing is sealed while a file of that time cannot be read: what stood in it would be missing without a word. The
    window is empty then, and the next step of the case seals it if the file is mended.
    """
    found = read_positions(folder_of_run(folder, run_id), from_ms, to_ms, list(mmsi))
    if found.broken and to_ms > from_ms:
        return seal(folder, run_id, mmsi, from_ms, from_ms)
    return {
        "run_id": run_id,
        "mmsi": list(mmsi),
        "from_ms": from_ms,
        "to_ms": to_ms,
        "positions": found.num_rows,
        "sha256": track_hash(found.table.select(SEALED).to_pydict()),
    }


SEALED = ["fix_ms", "mmsi", "known", "lon", "lat", "sog", "cog", "heading"]  # known: a 0 that was sent is not a blank


def track_holds(folder: Path, track: CaseTrackRow) -> bool:
    """Whether the archive still gives what was sealed."""
    now = seal(folder, track.run_id, track.mmsi, track.from_ms, track.to_ms)
    return bool(now["sha256"] == track.sha256)


def grown_track(folder: Path, file: CaseFile, at_ms: int) -> dict[str, Any] | None:
    """The seal moved on to what has settled since; None when it has reached the end of its window."""
    track = file.track
    if track is None or track.to_ms >= min(file.case.occurred_to_ms, at_ms - SETTLED_MS):
        return None
    to_ms = min(file.case.occurred_to_ms, at_ms - SETTLED_MS)
    grown = seal(folder, track.run_id, track.mmsi, track.from_ms, to_ms)
    return grown if grown["to_ms"] > track.to_ms else None  # a file that cannot be read now takes nothing back


def track_hash(columns: Mapping[str, Sequence[int]]) -> str:
    """sha256 over one line a position, ``name=value`` in column order: anyone can compute it again."""
    names = list(columns)
    lines = (
        " ".join(f"{n}={v}" for n, v in zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def do(
    store: Store,
    case_no: str,
    event: str,
    facts: Mapping[str, Any],
    officer: str,
    seat: str,
    at_ms: int,
) -> Refusal | str:
    """Take one step of the procedure: the new state, or why not."""
    if not officer:
        raise UsageFault("actor_missing")
    file = file_of(store, case_no)
    case = file.case
    step = decide(State(case.state), event, facts, {"amount_fen": case.amount_fen})
    if isinstance(step, Refusal):
        return step
    if useless := sorted(facts.keys() - set(step.takes)):
        return Refusal("not_asked", useless[0])
    track = grown_track(store.folder, file, at_ms)
    target = step.target.value
    if not store.step_case(case.case_no, case.row_version, event, target, facts, officer, seat, at_ms, track):
        return Refusal("moved_on")
    return target


def settle_on_the_spot(
    store: Store, folder: Path, draft: Draft, facts: Mapping[str, Any], officer: str, seat: str, at_ms: int
) -> Refusal | str:
    """当场调解 in one form: register, agree orally, pay, close. The case number, or what is missing: then nothing is
    registered."""
    names = {p["side"]: p["name"] for p in draft.parties}
    given = {"lead": officer, "place": draft.place, **names, **facts}
    lacks = missing_of(draft)
    steps = Refusal("missing", lacks) if lacks else on_the_spot(given)
    if isinstance(steps, Refusal):
        return steps
    said = spot_facts(given)
    taken = [StepTaken(s.event, s.target.value, {name: said[name] for name in s.takes if name in said}) for s in steps]
    return register(store, folder, draft, officer, at_ms, seat, taken)


def file_of(store: Store, case_no: str) -> CaseFile:
    """The whole case, by its number or in short (``2026-12``). InputFault if there is none of that number."""
    short = SHORT_NUMBER.fullmatch(case_no.strip())
    full = NUMBER_FORM.format(year=int(short[1]), number=int(short[2])) if short else case_no.strip()
    found = store.case_file(full)
    if found is None:
        raise InputFault("no_such_case", case_no=case_no)
    return found


def unmask(store: Store, case_no: str, officer: str, seat: str, reason: str, at_ms: int) -> CaseFile:
    """The case with names and numbers readable: a reason is needed, and the look is logged. UsageFault without one."""
    if not reason.strip() or not officer:
        raise UsageFault("reason_missing" if officer else "actor_missing")
    found = file_of(store, case_no)
    store.log_look(officer, seat, at_ms, "case_unmask", {"case_no": found.case.case_no, "reason": reason})
    return found


def find_tip(store: Store, tip: str) -> TipRow:
    """The tip of that number. InputFault if there is none."""
    found = store.tip(tip)
    if found is None:
        raise InputFault("no_such_tip", tip=tip)
    return found


def unmask_tip(store: Store, tip: str, officer: str, seat: str, reason: str, at_ms: int) -> TipRow:
    """The tip with who told it; as for a case, a reason is needed and the look is logged."""
    if not reason.strip() or not officer:
        raise UsageFault("reason_missing" if officer else "actor_missing")
    found = find_tip(store, tip)
    store.log_look(officer, seat, at_ms, "tip_unmask", {"tip": tip, "reason": reason})
    return found


def masked(file: CaseFile) -> CaseFile:
    """The case as anybody at a desk may see it: parties and telephones masked, in what was written about them too."""
    names = [p.name for p in file.parties]

    def hide(value: Any) -> Any:
        return masked_text(value, names) if isinstance(value, str) else value

    case = masked_case(file.case, names)
    parties = (
        CasePartyRow(**{**p.model_dump(), "name": masked_name(p.name), "phone": masked_phone(p.phone)})
        for p in file.parties
    )
    steps = (CaseStepRow(**{**s.model_dump(), "facts": {k: hide(v) for k, v in s.facts.items()}}) for s in file.steps)
    return replace(file, case=case, parties=tuple(parties), steps=tuple(steps))


def masked_tip(tip: TipRow) -> TipRow:
    """The tip as anybody at a desk may see it: who told it is masked, in its text too."""
    hidden = {"reporter": masked_name(tip.reporter), "phone": masked_phone(tip.phone)}
    return TipRow(**{**tip.model_dump(), **hidden, "text": masked_text(tip.text, [tip.reporter])})


def masked_list(store: Store, cases: Sequence[CaseRow]) -> list[CaseRow]:
    names = store.party_names([case.case_no for case in cases])
    return [masked_case(case, names[case.case_no]) for case in cases]


def masked_case(case: CaseRow, names: Sequence[str]) -> CaseRow:
    row = case.model_dump()
    return CaseRow(**{**row, **{name: masked_text(row[name], names) for name in WRITTEN}})


WRITTEN = ("title", "place", "terms")  # what people wrote into a case in their own words


def masked_name(name: str) -> str:
    """王某某: enough to know which one is meant, not who."""
    return f"{name[0]}某某" if name else ""


def masked_phone(phone: str) -> str:
    """138****0001; of a shorter number only the last two figures, or hardly any would be hidden."""
    if len(phone) >= MOBILE_DIGITS:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if len(phone) >= LANDLINE_DIGITS else "****" if phone else ""


MOBILE_DIGITS, LANDLINE_DIGITS = 11, 7
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def masked_text(text: str, names: Iterable[str] = ()) -> str:
    """Free text without the mobile numbers people write into it, and without these names."""
    for name in sorted({n for n in names if len(n) > 1}, key=len, reverse=True):
        text = text.replace(name, masked_name(name))
    return MOBILE.sub(lambda found: masked_phone(found.group()), text)


def day_of(at_ms: int) -> str:
    """The day in Beijing, YYYYMMDD: what tips are numbered by."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(BEIJING).strftime("%Y%m%d")


def store_knows(store: Store, mmsi: int, at_ms: int) -> bool:
    return store.load_register().at(mmsi, at_ms) is not None


def _latest(store: Store, alert: AlertRow) -> list[LatestRow]:
    return [row for mmsi in alert.mmsi for row in store.latest(alert.run_id, mmsi)]


def _name(store: Store, mmsi: int, at_ms: int, latest: Mapping[int, LatestRow]) -> str:
    known = store.load_register().at(mmsi, at_ms)
    return known.name if known else latest[mmsi].name if mmsi in latest and latest[mmsi].name else str(mmsi)
