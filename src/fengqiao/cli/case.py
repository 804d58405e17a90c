"""``fengqiao case``: disputes from registration to closing."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from fengqiao.app import casework
from fengqiao.app.casework import Draft
from fengqiao.app.runs import watched_run
from fengqiao.cases.causes import CAUSES, VESSEL_ROLES
from fengqiao.cases.facts import fact_of, fen_of, typed_name
from fengqiao.cases.lifecycle import GUARDS, NEEDS, Refusal, State, possible
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, clock_ms, day_clock, print_json, t
from fengqiao.model.errors import Exit, InputFault, UsageFault
from fengqiao.nav import say_position
from fengqiao.store.casework import CaseFile
from fengqiao.store.database import Store, open_store
from fengqiao.store.folder import data_folder
from fengqiao.words import LANGUAGES, plain, say
from fengqiao.zones.places import place_of

app = typer.Typer(rich_markup_mode=None)
HOUR_MS = 3_600_000  # a dispute told at the counter without a time is of the last hour
FORM_BYTES_MAX = 64_000  # a form is a page
FACTS = frozenset({*NEEDS, "note", *(name for guard in GUARDS.values() for name in guard.reads)})
ROLE_OF = {say(lang, f"case.role.{r}"): r for lang in LANGUAGES for r in VESSEL_ROLES} | {r: r for r in VESSEL_ROLES}
PHONE = re.compile(r"\+?\d[\d -]{5,}\d")
CaseNo = Annotated[str, typer.Argument(metavar="CASE", help=t("cli.case.number"))]
Facts = Annotated[list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help=t("cli.case.fact"))]
Cause = Annotated[str, typer.Option("--cause", metavar="C01…C18", help=t("cli.case.cause"))]
Title = Annotated[str, typer.Option("--title", help=t("cli.case.title"))]
Place = Annotated[str, typer.Option("--place", help=t("cli.case.place"))]
Applicant = Annotated[str, typer.Option("--applicant", help=t("cli.case.applicant"))]
Respondent = Annotated[str, typer.Option("--respondent", help=t("cli.case.respondent"))]
Vessels = Annotated[list[str] | None, typer.Option("--vessel", metavar="MMSI|NAME[:ROLE]", help=t("cli.case.vessel"))]


@app.command(name="new", help=t("cli.case.new"))
def new(
    alert: Annotated[str, typer.Option("--alert", metavar="ID", help=t("cli.case.alert"))] = "",
    run: Annotated[str, typer.Option("--run", metavar="RUN", help=t("cli.case.run"))] = "",
    tip: Annotated[str, typer.Option("--tip", metavar="ID", help=t("cli.case.tip"))] = "",
    cause: Cause = "",
    title: Title = "",
    vessel: Vessels = None,
    applicant: Applicant = "",
    respondent: Respondent = "",
    begins: Annotated[str, typer.Option("--from", metavar="TIME", help=t("cli.act.from"))] = "",
    ends: Annotated[str, typer.Option("--to", metavar="TIME", help=t("cli.act.to"))] = "",
    place: Place = "",
    at: Annotated[str, typer.Option("--at", metavar="POSITION", help=t("cli.zones.position"))] = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    position = place_of(at) if at else None
    folder, now = data_folder(str(data) if data else None), clock_ms(None)
    with open_store(folder) as store:
        draft, done = _draft(store, alert, run, tip, lang)
        if done:
            _tell(Refusal("has_case", done), as_json)
        draft = replace(
            draft,
            title=title or draft.title,
            cause=_cause(cause) or draft.cause,
            place=place or draft.place,
            lon_deg=position[0] if position else draft.lon_deg,
            lat_deg=position[1] if position else draft.lat_deg,
            occurred_from_ms=clock_ms(begins) if begins else draft.occurred_from_ms,
            occurred_to_ms=clock_ms(ends) if ends else draft.occurred_to_ms,
            parties=_parties(applicant, respondent) or draft.parties,
        )
        when = draft.occurred_to_ms or now
        draft = replace(draft, vessels=tuple(_vessel(store, v, when) for v in vessel or ()) or draft.vessels)
        case_no = casework.register(store, folder, draft, actor, now, "cli")
    if as_json:
        print_json({"case": case_no, "state": State.REPORTED.value})
    else:
        print(t("cli.case.registered", case_no=case_no))


@app.command(name="list", help=t("cli.case.list"))
def list_cases(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help=t("cli.case.text"))] = "",
    state: Annotated[list[str] | None, typer.Option("--state", help=t("cli.case.state"))] = None,
    vessel: Annotated[int | None, typer.Option("--vessel", metavar="MMSI", help=t("cli.case.by_vessel"))] = None,
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    for asked in state or ():
        if asked not in set(State):
            raise UsageFault("unknown_state", state=asked, known=", ".join(State))
    with open_store(data_folder(str(data) if data else None)) as store:
        cases = casework.masked_list(store, store.case_list(state or (), text, vessel))
    for case in cases:
        if as_json:
            said = {"case": case.case_no, "state": case.state, "cause": case.cause}
            print_json({**said, "title": case.title, "lead": case.lead})
        else:
            words = f"{t(f'case.state.{case.state}')}  {t(f'case.cause.{case.cause}')}"
            print(plain(f"{case.case_no}  {words}  {case.lead}  {case.title}"))
    raise typer.Exit(Exit.DONE if cases else Exit.NO)


@app.command(name="show", help=t("cli.case.show"))
def show(
    case_no: CaseNo,
    unmask: Annotated[bool, typer.Option("--unmask", help=t("cli.case.unmask"))] = False,
    reason: Annotated[str, typer.Option("--reason", help=t("cli.case.reason"))] = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        found = (
            casework.unmask(store, case_no, actor, "cli", reason, clock_ms(None))
            if unmask
            else casework.masked(casework.file_of(store, case_no))
        )
    holds = found.track is not None and casework.track_holds(folder, found.track)
    if as_json:
        print_json(as_object(found, holds))
    else:
        for line in lines_of(found, holds):
            print(plain(line))


@app.command(name="do", help=t("cli.case.do"))
def do(
    case_no: CaseNo,
    event: Annotated[str, typer.Argument(metavar="[EVENT]", help=t("cli.case.event"))] = "",
    fact: Facts = None,
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    with open_store(data_folder(str(data) if data else None)) as store:
        if not event:
            _tell_possible(State(casework.file_of(store, case_no).case.state), as_json)
            return
        done = casework.do(store, case_no, event, facts_of(fact or []), actor, "cli", clock_ms(None))
    _tell(done, as_json)


@app.command(name="spot", help=t("cli.case.spot"))
def spot(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.json]", help=t("cli.case.file"))] = None,
    cause: Cause = "",
    terms: Annotated[str, typer.Option("--terms", help=t("cli.case.terms"))] = "",
    yuan: Annotated[str, typer.Option("--yuan", help=t("cli.case.yuan"))] = "",
    applicant: Applicant = "",
    respondent: Respondent = "",
    place: Place = "",
    paid: Annotated[bool, typer.Option("--paid", help=t("cli.case.paid"))] = False,
    title: Title = "",
    vessel: Vessels = None,
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if not actor:
        raise UsageFault("actor_missing")
    options: dict[str, Any] = {"cause": cause, "terms": terms, "yuan": yuan, "paid": paid, "vessel": vessel}
    options |= {"applicant": applicant, "respondent": respondent, "place": place, "title": title}
    form = (_form(file) if file else {}) | {name: value for name, value in options.items() if value}
    folder, now = data_folder(str(data) if data else None), clock_ms(None)
    with open_store(folder) as store:
        draft = Draft(
            title=casework.title_of(str(form.get("title") or form.get("terms", ""))),
            cause=_cause(str(form.get("cause", ""))),
            run_id=watched_run(store),
            place=str(form.get("place", "")),
            occurred_from_ms=now - HOUR_MS,
            occurred_to_ms=now,
            vessels=tuple(_vessel(store, v, now) for v in form.get("vessel") or ()),
            parties=_parties(str(form.get("applicant", "")), str(form.get("respondent", ""))),
        )
        done = casework.settle_on_the_spot(store, folder, draft, _spot_facts(form), actor, "cli", now)
    _tell(done, as_json)


def facts_of(given: Sequence[str]) -> dict[str, Any]:
    """``name=value``, amounts in yuan or fen (``paid_yuan=800``), yes and no; UsageFault for a name no step knows."""
    out: dict[str, Any] = {}
    for text in given:
        typed, equals, value = text.partition("=")
        name, fact = fact_of(typed.strip(), value)
        if not equals or name not in FACTS:
            raise UsageFault("fact_unread", text=text)
        out[name] = fact
    return out


def as_object(file: CaseFile, holds: bool) -> dict[str, Any]:
    """Everything as it is kept, times in Unix milliseconds; ``holds``: the archive still gives the sealed track."""
    return {
        **file.case.model_dump(),
        "vessels": [v.model_dump() for v in file.vessels],
        "parties": [p.model_dump() for p in file.parties],
        "track": {**file.track.model_dump(), "holds": holds} if file.track else None,
        "steps": [s.model_dump() for s in file.steps],
        "possible": [step.event for step in possible(State(file.case.state))],
    }


def lines_of(file: CaseFile, holds: bool) -> list[str]:
    case, track = file.case, file.track
    lon, lat = case.lon_deg, case.lat_deg
    place = f"{case.place} {'' if lon is None or lat is None else say_position(lon, lat)}".strip() or "--"
    when = {"begins": day_clock(case.occurred_from_ms), "ends": day_clock(case.occurred_to_ms)}
    source = {"source": t(f"source.{case.source}"), "at": day_clock(case.created_ms), "officer": case.created_by}
    out = [f"{case.case_no}  {t(f'case.state.{case.state}')}  {t(f'case.cause.{case.cause}')}  {case.lead}".rstrip()]
    out += [case.title, t("cli.case.when", **when, place=place), t("cli.case.from", **source)]
    for v in file.vessels:
        out.append(f"  {t(f'case.role.{v.role}')}  {v.name}  {v.mmsi or '--'}  ({t(f'basis.{v.basis}')})")
    for p in file.parties:
        out.append(f"  {t(f'case.side.{p.side}')}  {p.name or '--'}  {p.phone}".rstrip())
    if track:
        state = t("cli.case.holds" if holds else "cli.case.broken")
        span = {"begins": day_clock(track.from_ms), "ends": day_clock(track.to_ms)}
        out.append(t("cli.case.sealed", n=track.positions, **span, sha256=track.sha256, state=state))
    if case.terms:
        out.append(t("cli.case.agreed", terms=case.terms, amount=case.amount_fen / 100, paid=case.paid_fen / 100))
    if case.outcome:
        out.append(t("cli.case.outcome", outcome=t(f"case.outcome.{case.outcome}")))
    for s in file.steps:
        moved = f"{t(f'case.event.{s.event}')} -> {t(f'case.state.{s.target}')}"
        out.append(f"  {day_clock(s.at_ms)}  {s.officer}  {moved}  {s.facts.get('reason', '')}".rstrip())
    events = "  ".join(f"{step.event} {t(f'case.event.{step.event}')}" for step in possible(State(case.state)))
    return [*out, t("cli.case.next", events=events) if events else t("cli.case.over")]


def _draft(store: Store, alert: str, run: str, tip: str, lang: str) -> tuple[Draft, str]:
    """What is known before anybody types, and the number of the case that was made of it already."""
    if alert:
        row = casework.find_alert(store, alert, run)
        made = [case.case_no for case in store.case_list(alert=alert) if case.run_id == row.run_id]
        return casework.draft_from_alert(store, row, row.text_zh if lang == "zh" else row.text_en), "".join(made[:1])
    if tip:
        return casework.draft_from_tip(store, tip), casework.find_tip(store, tip).case_no
    return Draft(run_id=run or watched_run(store)), ""


def _cause(cause: str) -> str:
    if cause and cause not in CAUSES:
        raise UsageFault("unknown_cause", cause=cause, known=", ".join(CAUSES))
    return cause


def _parties(applicant: str, respondent: str) -> tuple[Mapping[str, Any], ...]:
    """Who is named; the opponent has a place also while nobody knows him."""
    if not applicant and not respondent:
        return ()
    return (_party("applicant", applicant), _party("respondent", respondent))


def _party(side: str, said: str) -> dict[str, str]:
    """``name`` or ``name telephone``."""
    phone = PHONE.search(said)
    name = said.replace(phone.group(), "") if phone else said
    return {"side": side, "name": name.strip(), "phone": re.sub(r"[ -]", "", phone.group()) if phone else ""}


def _vessel(store: Store, text: str, at_ms: int) -> dict[str, Any]:
    said, colon, role = str(text).replace("：", ":").rpartition(":")
    if not colon:
        said, role = role, "party"
    if not said.strip() or role not in ROLE_OF:
        raise UsageFault("vessel_unread", text=str(text), roles=", ".join(VESSEL_ROLES))
    return casework.told_vessel(store, said.strip(), ROLE_OF[role], at_ms)


def _form(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            form = json.loads(stream.read(FORM_BYTES_MAX))
    except (OSError, ValueError, RecursionError) as error:
        raise InputFault("spot_unread", file=str(file), reason=str(error)) from None
    if not isinstance(form, dict) or not isinstance(form.get("vessel", []), list):
        raise InputFault("spot_unread", file=str(file), reason="object")
    return form


def _spot_facts(form: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: form[name] for name in ("terms", "paid", "rights_told", "nobody_refuses") if name in form}
    if form.get("yuan") not in (None, ""):
        facts["amount_fen"] = fen_of(str(form["yuan"]))
        if facts["amount_fen"] is None:
            raise UsageFault("amount_unread", text=str(form["yuan"]))
    return facts


def _tell_possible(state: State, as_json: bool) -> None:
    steps = possible(state)
    for step in steps:
        takes = [typed_name(name) for name in step.takes]
        if as_json:
            needs = [typed_name(name) for name in step.needs]
            outcomes = [outcome.value for outcome in step.outcomes]
            print_json({"event": step.event, "needs": needs, "takes": takes, "outcomes": outcomes, "to": step.target})
        else:
            asked = "  ".join(f"{typed_name(n)}= ({t(f'case.need.{n}')})" for n in step.needs)
            ends = " | ".join(f"{o} {t(f'case.outcome.{o}')}" for o in step.outcomes)
            print(f"{step.event:<10} {t(f'case.event.{step.event}')}  {asked}  {ends}  [{step.source}]")
    if not steps and not as_json:
        print(t("cli.case.over"))


def _tell(done: Refusal | str, as_json: bool) -> None:
    if isinstance(done, Refusal):
        if as_json:
            print_json({"refusal": done.reason, "field": done.field or None})
        else:
            known = done.reason not in ("has_case", "no_such_event")
            field = t(f"case.need.{done.field}") if known and done.field else done.field
            print(t(f"case.refusal.{done.reason}", field=field))
        raise typer.Exit(Exit.NO)
    said = {"state": done} if done in set(State) else {"case": done, "state": State.CLOSED.value}
    if as_json:
        print_json(said)
    else:
        print(t(f"case.state.{done}") if done in set(State) else t("cli.case.registered", case_no=done))
