"""``fengqiao case``: disputes from registration to closing."""

from typing import Annotated, Any

import typer

from fengqiao.app import casework
from fengqiao.app.casework import Draft
from fengqiao.cases.causes import CAUSES, VESSEL_ROLES
from fengqiao.cases.lifecycle import NEEDS, Refusal, State, possible
from fengqiao.cli.common import LANG, Actor, Data, Json, Lang, clock_ms, print_json, t
from fengqiao.model.errors import Exit, UsageFault
from fengqiao.nav import parse_position
from fengqiao.store.casework import CaseFile
from fengqiao.store.database import open_store
from fengqiao.store.folder import data_folder
from fengqiao.words import plain

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
CaseNo = Annotated[str, typer.Argument(metavar="CASE", help=t("cli.case.number"))]
Facts = Annotated[list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help=t("cli.case.fact"))]


@app.command(name="new", help=t("cli.case.new"))
def new(
    alert: Annotated[str, typer.Option("--alert", metavar="ID", help=t("cli.case.alert"))] = "",
    tip: Annotated[str, typer.Option("--tip", metavar="ID", help=t("cli.case.tip"))] = "",
    cause: Annotated[str, typer.Option("--cause", metavar="C01…C18", help=t("cli.case.cause"))] = "",
    title: Annotated[str, typer.Option("--title", help=t("cli.case.title"))] = "",
    vessel: Annotated[
        list[str] | None, typer.Option("--vessel", metavar="MMSI[:ROLE]", help=t("cli.case.vessel"))
    ] = None,
    applicant: Annotated[str, typer.Option("--applicant", help=t("cli.case.applicant"))] = "",
    respondent: Annotated[str, typer.Option("--respondent", help=t("cli.case.respondent"))] = "",
    begins: Annotated[str, typer.Option("--from", metavar="TIME", help=t("cli.act.from"))] = "",
    ends: Annotated[str, typer.Option("--to", metavar="TIME", help=t("cli.act.to"))] = "",
    place: Annotated[str, typer.Option("--place", help=t("cli.case.place"))] = "",
    at: Annotated[str, typer.Option("--at", metavar="POSITION", help=t("cli.zones.position"))] = "",
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    if cause and cause not in CAUSES:
        raise UsageFault("unknown_cause", cause=cause, known=", ".join(CAUSES))
    folder = data_folder(str(data) if data else None)
    with open_store(folder) as store:
        draft = Draft()
        if alert:
            row = casework.find_alert(store, alert)
            draft = casework.draft_from_alert(store, row, row.text_zh if lang == "zh" else row.text_en)
        elif tip:
            draft = casework.draft_from_tip(store, tip)
        lon, lat = parse_position(at) if at else (draft.lon_deg, draft.lat_deg)
        parties = [("applicant", applicant), ("respondent", respondent)]
        filled = Draft(
            **{
                **{name: getattr(draft, name) for name in Draft.__dataclass_fields__},
                "title": title or draft.title,
                "cause": cause or draft.cause,
                "place": place or draft.place,
                "lon_deg": lon,
                "lat_deg": lat,
                "occurred_from_ms": clock_ms(begins) if begins else draft.occurred_from_ms,
                "occurred_to_ms": clock_ms(ends) if ends else draft.occurred_to_ms,
                "vessels": tuple(_vessel(v) for v in vessel) if vessel else draft.vessels,
                "parties": tuple({"side": s, "name": n, "phone": ""} for s, n in parties if n) or draft.parties,
            }
        )
        case_no = casework.register(store, folder, filled, actor, clock_ms(None))
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
    with open_store(data_folder(str(data) if data else None)) as store:
        cases = store.case_list(state or (), text, vessel)
    for case in cases:
        if as_json:
            print_json(
                {"case": case.case_no, "state": case.state, "cause": case.cause, "title": case.title, "lead": case.lead}
            )
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
    with open_store(data_folder(str(data) if data else None)) as store:
        found = (
            casework.unmask(store, case_no, actor, "cli", reason, clock_ms(None))
            if unmask
            else casework.file_of(store, case_no)
        )
    if as_json:
        print_json(as_object(found, masked=not unmask))
    else:
        print_file(found, masked=not unmask)


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
            for step in possible(State(casework.file_of(store, case_no).case.state)):
                needs = ", ".join(f"{n} ({t(f'case.need.{n}')})" for n in step.needs)
                print(f"{step.event:<10} {t(f'case.event.{step.event}')}  {needs}  [{step.source}]")
            return
        if not actor:
            raise UsageFault("actor_missing")
        done = casework.do(store, case_no, event, facts_of(fact or []), actor, "cli", clock_ms(None))
    _tell(done, as_json)


@app.command(name="spot", help=t("cli.case.spot"))
def spot(
    cause: Annotated[str, typer.Option("--cause", metavar="C01…C18", help=t("cli.case.cause"))],
    terms: Annotated[str, typer.Option("--terms", help=t("cli.case.terms"))],
    yuan: Annotated[float, typer.Option("--yuan", min=0, help=t("cli.case.yuan"))],
    applicant: Annotated[str, typer.Option("--applicant", help=t("cli.case.applicant"))],
    respondent: Annotated[str, typer.Option("--respondent", help=t("cli.case.respondent"))],
    place: Annotated[str, typer.Option("--place", help=t("cli.case.place"))],
    paid: Annotated[bool, typer.Option("--paid", help=t("cli.case.paid"))] = False,
    title: Annotated[str, typer.Option("--title", help=t("cli.case.title"))] = "",
    vessel: Annotated[
        list[str] | None, typer.Option("--vessel", metavar="MMSI[:ROLE]", help=t("cli.case.vessel"))
    ] = None,
    actor: Actor = "",
    as_json: Json = False,
    data: Data = None,
    lang: Lang = LANG,
) -> None:
    folder, now = data_folder(str(data) if data else None), clock_ms(None)
    parties = tuple(
        {"side": s, "name": n, "phone": ""} for s, n in (("applicant", applicant), ("respondent", respondent))
    )
    draft = Draft(
        title=title or terms[:80],
        cause=cause,
        place=place,
        occurred_from_ms=now - 3_600_000,
        occurred_to_ms=now,
        vessels=tuple(_vessel(v) for v in vessel or ()),
        parties=parties,
    )
    facts = {"terms": terms, "amount_fen": round(yuan * 100), "paid": paid}
    with open_store(folder) as store:
        done = casework.settle_on_the_spot(store, folder, draft, facts, actor, "cli", now)
    _tell(done, as_json)


def facts_of(given: list[str]) -> dict[str, Any]:
    """``name=value``; yes and no become booleans, whole numbers of fen become numbers."""
    out: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or (name not in NEEDS and name not in ("paid_on_the_spot", "writing_waived")):
            raise UsageFault("fact_unread", text=text)
        flag = {"yes": True, "no": False}.get(value)
        out[name] = int(value) if name.endswith("_fen") and value.isdigit() else value if flag is None else flag
    return out


def as_object(file: CaseFile, masked: bool) -> dict[str, Any]:
    case = file.case.model_dump()
    parties = [p.model_dump() for p in file.parties]
    if masked:
        for p in parties:
            p["name"], p["phone"] = casework.masked_name(p["name"]), casework.masked_phone(p["phone"])
    return {
        **case,
        "vessels": [v.model_dump() for v in file.vessels],
        "parties": parties,
        "track": file.track.model_dump() if file.track else None,
        "steps": [s.model_dump() for s in file.steps],
        "possible": [step.event for step in possible(State(file.case.state))],
    }


def print_file(file: CaseFile, masked: bool) -> None:
    case = file.case
    print(plain(f"{case.case_no}  {t(f'case.state.{case.state}')}  {t(f'case.cause.{case.cause}')}  {case.lead}"))
    print(plain(case.title))
    for vessel in file.vessels:
        print(plain(f"  {t(f'case.role.{vessel.role}')}  {vessel.name}  {vessel.mmsi}"))
    for party in file.parties:
        name = casework.masked_name(party.name) if masked else party.name
        phone = casework.masked_phone(party.phone) if masked else party.phone
        print(plain(f"  {t(f'case.side.{party.side}')}  {name or '--'}  {phone}"))
    if file.track:
        print(t("cli.case.track", n=file.track.positions, sha256=file.track.sha256))
    for step in file.steps:
        print(plain(f"  {step.officer}  {t(f'case.event.{step.event}')} -> {t(f'case.state.{step.target}')}"))


def _vessel(text: str) -> dict[str, Any]:
    mmsi, _, role = text.partition(":")
    if not mmsi.isdigit() or (role and role not in VESSEL_ROLES):
        raise UsageFault("vessel_unread", text=text, roles=", ".join(VESSEL_ROLES))
    return {"mmsi": int(mmsi), "name": mmsi, "role": role or "party", "basis": "told"}


def _tell(done: Refusal | str, as_json: bool) -> None:
    if isinstance(done, Refusal):
        if as_json:
            print_json({"refusal": done.reason, "field": done.field or None})
        else:
            field = t(f"case.need.{done.field}") if done.field in NEEDS or done.field.startswith("paid") else done.field
            print(t(f"case.refusal.{done.reason}", field=field))
        raise typer.Exit(Exit.NO)
    said = {"state": done} if done in set(State) else {"case": done, "state": State.CLOSED.value}
    if as_json:
        print_json(said)
    else:
        print(t(f"case.state.{done}") if done in set(State) else t("cli.case.registered", case_no=done))
