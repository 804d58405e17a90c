"""From an alert, a tip or by hand to the closed case, over a real store and a real archive."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.app import casework
from fengqiao.app.casework import Draft
from fengqiao.cases.lifecycle import Refusal
from fengqiao.model.errors import InputFault, UsageFault
from fengqiao.model.findings import ChangeKind, Priority
from fengqiao.model.reports import Known
from fengqiao.store import Store, open_store
from fengqiao.store.archive import write_segments
from fengqiao.store.casework import CaseFile
from fengqiao.store.tables import RunKind
from store.store_cases import T0, change, positions

MINUTE = 60_000
A, B = 412990001, 412990002
SPOT: dict[str, Any] = {"terms": "李小船当场赔王大海网具款", "amount_fen": 80_000, "paid": True}
PARTIES = (
    {"side": "applicant", "name": "王大海", "phone": "13800000001"},
    {"side": "respondent", "name": "李小船", "phone": "0580-2030001"},
)


@pytest.fixture
def bay(tmp_path: Path) -> Iterator[Store]:
    """A live run with an hour of two boats in the archive and one collision alert."""
    with open_store(tmp_path / "data") as store:
        store.begin_run("live", RunKind.LIVE, T0, {})
        keep(store.folder, range(-60, 60))
        raise_alert(store)
        yield store


def keep(folder: Path, minutes: range) -> None:
    rows = [
        {"mmsi": m, "ref_ms": T0 + i * MINUTE, "fix_ms": T0 + i * MINUTE, "seq": 1_000 + i}
        for i in minutes
        for m in (A, B)
    ]
    write_segments(folder, "live", positions(*rows), ["a"])


def raise_alert(store: Store, run_id: str = "live") -> None:
    store.save_changes(run_id, [(change(ChangeKind.RAISED, T0, "c-1", **COLLISION), "两船将相碰", "two boats meet")])


COLLISION = {"rule": "collision", "mmsi": (A, B), "priority": Priority.ALARM}


def from_alert(store: Store, at_ms: int = T0 + 60 * MINUTE) -> str:
    draft = casework.draft_from_alert(store, casework.find_alert(store, "c-1"), "两船将相碰")
    return casework.register(store, store.folder, draft, "李四", at_ms)


def by_hand(**other: Any) -> Draft:
    boat = {"mmsi": A, "name": "浙样渔00001", "role": "damaged", "basis": "told"}
    fields = {"title": "王大海网被拖走, 电话13800000001", "cause": "C03", "place": "沈家门", "parties": PARTIES}
    return Draft(**{**fields, "vessels": (boat,), "occurred_from_ms": T0, "occurred_to_ms": T0 + MINUTE, **other})


def read(store: Store, case_no: str) -> CaseFile:
    return casework.file_of(store, case_no)


def step(store: Store, case_no: str, event: str, facts: Mapping[str, Any], at_ms: int = T0 + 60 * MINUTE) -> Any:
    return casework.do(store, case_no, event, facts, "李四", "甲席", at_ms)


def test_an_alert_fills_the_case_in(bay: Store) -> None:
    """Vessels, half an hour on both sides, position, a cause to begin with, and the tracks by their hash."""
    found = read(bay, from_alert(bay))
    case, track = found.case, found.track
    assert (case.cause, case.source, case.alert, case.lon_deg, case.lat_deg) == ("C01", "alert", "c-1", 122.5, 30.1)
    assert (case.occurred_from_ms, case.occurred_to_ms) == (T0 - 30 * MINUTE, T0 + 30 * MINUTE)
    assert [(v.mmsi, v.role, v.basis) for v in found.vessels] == [(A, "party", "ais"), (B, "party", "ais")]
    assert track is not None
    assert (track.mmsi, track.positions, casework.track_holds(bay.folder, track)) == ([A, B], 120, True)


def test_the_alert_of_the_watch_is_meant_unless_a_run_is_named(bay: Store) -> None:
    bay.begin_run("replay-1", RunKind.REPLAY, T0 + 1, {})
    raise_alert(bay, "replay-1")
    runs = [casework.find_alert(bay, "c-1", run).run_id for run in ("", "replay-1")]
    assert runs == ["live", "replay-1"]
    with pytest.raises(InputFault, match="no_such_alert"):
        casework.find_alert(bay, "c-1", "nowhere")


def test_the_seal_covers_what_has_settled_and_moves_on_with_the_next_step(bay: Store) -> None:
    """Registered five minutes after the alert: what the archive may still add to is not sealed, or it would break."""
    case_no = from_alert(bay, T0 + 5 * MINUTE)
    first = read(bay, case_no).track
    keep(bay.folder, range(60, 70))
    step(bay, case_no, "accept", {"rights_told": True, "nobody_refuses": True})
    second = read(bay, case_no).track
    assert first is not None and second is not None
    assert (first.to_ms, first.positions, casework.track_holds(bay.folder, first)) == (T0 + 2 * MINUTE, 64, True)
    assert (second.to_ms, second.positions, casework.track_holds(bay.folder, second)) == (T0 + 30 * MINUTE, 120, True)


def test_a_position_added_or_taken_breaks_the_seal(bay: Store) -> None:
    track = read(bay, from_alert(bay)).track
    assert track is not None
    forged = {"mmsi": A, "ref_ms": T0, "fix_ms": T0 + 1, "seq": 7, "lon": 73_500_001}
    write_segments(bay.folder, "live", positions(forged), ["a"])
    assert not casework.track_holds(bay.folder, track)


def test_nothing_is_sealed_while_a_file_cannot_be_read(bay: Store) -> None:
    """The case is registered all the same; once the file is whole again the next step seals the tracks."""
    files = sorted(bay.folder.rglob("seg-*.parquet"))
    damaged = files[len(files) // 2]
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:40])
    case_no = from_alert(bay)
    empty = read(bay, case_no).track
    damaged.write_bytes(whole)
    step(bay, case_no, "accept", {"rights_told": True, "nobody_refuses": True})
    track = read(bay, case_no).track
    assert empty is not None and track is not None
    assert (empty.positions, empty.to_ms) == (0, empty.from_ms)
    assert (track.positions, casework.track_holds(bay.folder, track)) == (120, True)
    damaged.write_bytes(whole[:40])
    step(bay, case_no, "withdraw", {"reason": "和好"})
    assert read(bay, case_no).track == track


def test_a_value_that_was_sent_is_not_a_blank(tmp_path: Path) -> None:
    """A boat that says course 0 and one that says nothing have the same number in the archive, never the same seal."""
    seals = []
    for name, known in (("said", Known.POSITION | Known.COG), ("silent", Known.POSITION)):
        write_segments(tmp_path / name, "live", positions({"known": int(known)}), ["a"])
        seals.append(casework.seal(tmp_path / name, "live", [A], T0, T0 + 1))
    assert [s["positions"] for s in seals] == [1, 1] and seals[0]["sha256"] != seals[1]["sha256"]


def test_a_tip_fills_the_case_in(bay: Store) -> None:
    """The boat it tells of is 涉事船(待核), by its name where nobody knows a number; who told it is the applicant."""
    tip = {"at_ms": T0, "channel": "visit", "text": "网被浙样渔00042拖走", "lon_deg": 122.3, "lat_deg": 29.8}
    number = bay.add_tip(
        {**tip, "vessel": "浙样渔00042", "reporter": "王大海", "phone": "138", "officer": "李四"}, "20261122", "甲席"
    )
    draft = casework.draft_from_tip(bay, number)
    found = read(bay, casework.register(bay, bay.folder, draft, "李四", T0))
    assert (found.case.tip, found.case.source, found.track) == (number, "tip", None)
    assert [(v.mmsi, v.name, v.role, v.basis) for v in found.vessels] == [(0, "浙样渔00042", "involved", "told")]
    assert [(p.side, p.name) for p in found.parties] == [("applicant", "王大海")]


@pytest.mark.parametrize("said", ["²", "9" * 30, "00042", "412990001"])
def test_any_way_of_naming_a_vessel_is_taken(bay: Store, said: str) -> None:
    """Nine figures are an MMSI; any others are the number on her bow, as a caller gives it."""
    assert casework.told_vessel(bay, said, "party", T0)["mmsi"] == (A if said == "412990001" else 0)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"cause": ""}, "cause"),
        ({"cause": "C99"}, "cause"),
        ({"vessels": (), "parties": ()}, "vessels"),
        ({"vessels": (), "parties": ({"side": "respondent", "name": "", "phone": ""},)}, "vessels"),
        ({"occurred_to_ms": 0}, "occurred"),
        ({"occurred_from_ms": T0 + 2 * MINUTE}, "occurred"),
    ],
)
def test_a_case_says_what_it_cannot_do_without(bay: Store, other: dict[str, Any], field: str) -> None:
    with pytest.raises(UsageFault) as fault:
        casework.register(bay, bay.folder, by_hand(**other), "李四", T0)
    assert (fault.value.message, fault.value.facts) == ("error.case_incomplete", {"field": field})


def test_the_opponent_may_be_unknown(bay: Store) -> None:
    draft = by_hand(parties=(PARTIES[0], {"side": "respondent", "name": "", "phone": ""}))
    assert read(bay, casework.register(bay, bay.folder, draft, "李四", T0)).parties[1].name == ""


def test_a_case_goes_its_way_to_the_end(bay: Store) -> None:
    """Every state as the procedure has it, paid in two parts; the short number is as good as the long one."""
    case_no = from_alert(bay)
    way: list[tuple[str, dict[str, Any]]] = [
        ("accept", {"rights_told": True, "nobody_refuses": True}),
        ("assign", {"lead": "赵六"}),
        ("mediate", {"place": "沈家门调解室"}),
        ("agree", {"terms": "分两次付清", "amount_fen": 3_200_000}),
        ("effect", {"form": "written"}),
        ("perform", {"paid_fen": 1_600_000}),
        ("perform", {"paid_fen": 3_200_000}),
        ("close", {"outcome": "settled", "note": "双方握手"}),
    ]
    done = [step(bay, "2026-1", event, facts) for event, facts in way]
    short = Refusal("short_paid", "paid_fen")
    assert done == ["accepted", "assigned", "mediating", "agreed", "performing", short, "fulfilled", "closed"]
    case = read(bay, case_no).case
    assert (case.lead, case.amount_fen, case.paid_fen, case.outcome) == ("赵六", 3_200_000, 3_200_000, "settled")
    assert bay.verify_chain() is None


@pytest.mark.parametrize("stray", [{"outcome": "settled"}, {"paid_fen": 1}, {"lead": "王"}, {"x": 1}])
def test_a_step_cannot_smuggle_facts_in(bay: Store, stray: dict[str, Any]) -> None:
    """A case would bear an outcome before it has one."""
    case_no = from_alert(bay)
    refused = step(bay, case_no, "refuse", {"reason": "不属民间纠纷", **stray})
    assert refused == Refusal("not_asked", next(iter(stray)))
    assert read(bay, case_no).case.state == "reported"


def test_a_step_has_somebody_who_takes_it(bay: Store) -> None:
    with pytest.raises(UsageFault, match="actor_missing"):
        casework.do(bay, from_alert(bay), "refuse", {"reason": "无管辖"}, "", "甲席", T0)


def test_settled_on_the_spot_is_closed_in_one_breath(bay: Store) -> None:
    case_no = casework.settle_on_the_spot(bay, bay.folder, by_hand(), SPOT, "李四", "甲席", T0 + MINUTE)
    assert isinstance(case_no, str)
    found = read(bay, case_no)
    assert [s.target for s in found.steps] == [
        *("reported", "accepted", "assigned", "mediating", "agreed", "performing", "fulfilled", "closed")
    ]
    assert (found.case.outcome, found.case.paid_fen, found.case.lead) == ("settled", 80_000, "李四")
    assert found.steps[5].facts == {"form": "oral", "paid_on_the_spot": True}


@pytest.mark.parametrize(
    ("draft", "facts", "field"),
    [
        ({}, {"paid": False}, "paid"),
        ({}, {"terms": " "}, "terms"),
        ({"cause": ""}, {}, "cause"),
        ({"place": ""}, {}, "place"),
        ({"parties": PARTIES[:1]}, {}, "respondent"),
    ],
)
def test_a_form_with_a_hole_leaves_nothing_behind(
    bay: Store, draft: dict[str, Any], facts: dict[str, Any], field: str
) -> None:
    done = casework.settle_on_the_spot(bay, bay.folder, by_hand(**draft), SPOT | facts, "李四", "甲席", T0)
    assert isinstance(done, Refusal) and done.field == field
    assert (bay.case_list(), bay.audit_head().seq) == ([], 0)


def test_nobody_is_shown_without_a_reason_and_every_look_is_logged(bay: Store) -> None:
    case_no = casework.register(bay, bay.folder, by_hand(), "李四", T0)
    seq = bay.audit_head().seq
    with pytest.raises(UsageFault, match="reason_missing"):
        casework.unmask(bay, case_no, "李四", "甲席", " ", T0)
    shown = casework.unmask(bay, "2026-1", "李四", "甲席", "核对送达电话", T0)
    assert [p.name for p in shown.parties] == ["王大海", "李小船"]
    assert (bay.audit_head().seq - seq, bay.verify_chain()) == (1, None)


def test_what_people_wrote_is_masked_too(bay: Store) -> None:
    """A name or a telephone number in the title, the terms or a reason gives away what the parties' lines hide."""
    case_no = casework.settle_on_the_spot(bay, bay.folder, by_hand(), SPOT, "李四", "甲席", T0)
    hidden = casework.masked(read(bay, str(case_no)))
    listed = casework.masked_list(bay, bay.case_list())
    whole = repr((hidden.case, hidden.parties, hidden.steps, listed))
    assert not any(secret in whole for secret in ("王大海", "李小船", "13800000001", "2030001"))
    assert [(p.name, p.phone) for p in hidden.parties] == [("王某某", "138****0001"), ("李某某", "058****0001")]


@given(phone=st.text("0123456789-", max_size=20))
@settings(max_examples=200, deadline=None)
def test_a_masked_number_shows_seven_figures_at_most_and_never_most_of_it(phone: str) -> None:
    shown = casework.masked_phone(phone).replace("****", "")
    assert len(shown) <= 7 and (not phone or len(shown) * 3 <= len(phone) * 2)


def test_tips_are_numbered_by_the_day_in_beijing() -> None:
    """Half past midnight in Beijing is still yesterday in UTC."""
    assert [casework.day_of(T0 + minutes * MINUTE) for minutes in (175, 210)] == ["20261122", "20261123"]


def fengqiao(folder: Path, *args: str, actor: str = "李四") -> tuple[int, list[Any], str]:
    """A command with ``--json``: exit code, objects, what was said to the person."""
    whole = [sys.executable, "-m", "fengqiao.cli.main", *args, "--json", "--data", str(folder)]
    environ = {"FENGQIAO_ACTOR": actor, "PYTHONUTF8": "1"}
    done = subprocess.run(whole, capture_output=True, text=True, check=False, timeout=120, env=environ)
    assert "Traceback" not in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.slow
def test_the_commands_take_a_tip_to_its_end(tmp_path: Path) -> None:
    """来访 told, registered, refused what is not ready, withdrawn, closed; then nothing more to do."""
    folder = tmp_path / "data"
    told = ["--channel", "来访", "--text", "网被拖走", "--reporter", "王大海", "--vessel", "浙样渔00042"]
    _, [tip], _ = fengqiao(folder, "tip", "new", *told, "--at", "北纬30度10分 东经122度40分")
    _, [case], _ = fengqiao(folder, "case", "new", "--tip", tip["tip"], "--cause", "C03")
    again = fengqiao(folder, "case", "new", "--tip", tip["tip"])
    _, events, _ = fengqiao(folder, "case", "do", case["case"])
    early = fengqiao(folder, "case", "do", case["case"], "close", "--fact", "outcome=settled")
    blank = fengqiao(folder, "case", "do", case["case"], "withdraw")
    ends = [
        fengqiao(folder, "case", "do", case["case"], *rest)[1]
        for rest in (
            ("withdraw", "--fact", "reason=自行和解"),
            ("close", "--fact", "outcome=self_settled"),
        )
    ]
    shown = fengqiao(folder, "case", "show", case["case"])[1][0]
    assert again[:2] == (1, [{"refusal": "has_case", "field": case["case"]}])
    assert [e["event"] for e in events] == ["accept", "refuse", "withdraw"]
    assert early[:2] == (1, [{"refusal": "no_such_event", "field": "close"}])
    assert blank[:2] == (1, [{"refusal": "missing", "field": "reason"}])
    assert ends == [[{"state": "withdrawn"}], [{"state": "closed"}]]
    assert (shown["outcome"], shown["possible"], shown["parties"][0]["name"]) == ("self_settled", [], "王某某")


@pytest.mark.slow
def test_the_commands_settle_on_the_spot_from_a_form(tmp_path: Path) -> None:
    """A form with a hole says which; filled in by an option it is registered and closed at once."""
    folder, form = tmp_path / "data", tmp_path / "form.json"
    filled = {
        "cause": "C03",
        "terms": "当场赔付",
        "yuan": "1,200.5",
        "applicant": "王大海 13800000001",
        "place": "沈家门",
    }
    form.write_text(json.dumps({**filled, "vessel": ["浙样渔00042:受损船"], "paid": True}), "utf-8")
    hole = fengqiao(folder, "case", "spot", str(form))
    code, [done], _ = fengqiao(folder, "case", "spot", str(form), "--respondent", "李小船")
    listed = fengqiao(folder, "case", "list", "王大海")[1]
    masked = fengqiao(folder, "case", "show", done["case"])[1][0]
    refused = fengqiao(folder, "case", "show", done["case"], "--unmask")
    shown = fengqiao(folder, "case", "show", done["case"], "--unmask", "--reason", "回访")[1][0]
    assert hole[:2] == (1, [{"refusal": "missing", "field": "respondent"}])
    assert (code, done["state"], [c["case"] for c in listed]) == (0, "closed", [done["case"]])
    assert (masked["amount_fen"], masked["parties"][0]["phone"], refused[0]) == (120_050, "138****0001", 2)
    assert (shown["parties"][0], shown["vessels"][0]["role"]) == (
        {"case_no": done["case"], "ordinal": 0, "side": "applicant", "name": "王大海", "phone": "13800000001"},
        "damaged",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["case", "new", "--alert", "nothing"], 3),
        (["case", "new", "--cause", "C03"], 2),
        (["case", "new", "--cause", "C99"], 2),
        (["case", "new", "--cause", "C03", "--vessel", "1:2:3"], 2),
        (["case", "show", "2026-9"], 3),
        (["case", "list"], 1),
        (["case", "list", "--state", "done"], 2),
        (["case", "do", "2026-9", "close"], 3),
        (["case", "spot"], 1),
        (["case", "spot", "nowhere.json"], 3),
        (["case", "spot", "--cause", "C03", "--yuan", "nan"], 2),
        (["tip", "new", "--channel", "rumour", "--text", "x"], 2),
        (["tip", "new", "--text", "x", "--at", "there"], 2),
        (["tip", "show", "20261122-001"], 3),
    ],
)
def test_what_cannot_be_done_is_said_with_its_exit_code(tmp_path: Path, args: list[str], code: int) -> None:
    done = fengqiao(tmp_path / "data", *args)
    assert done[0] == code and (done[2] or code == 1)


@given(st.text(st.sampled_from("渔船0.2；，。; a"), max_size=200))
def test_a_title_is_a_beginning_that_ends_where_a_clause_does(text: str) -> None:
    title = casework.title_of(text)
    assert text.startswith(title) and len(title) <= casework.TITLE_CHARS_MAX
    assert bool(title) == bool(text)
    assert len(title) in (len(text), casework.TITLE_CHARS_MAX) or text[len(title)] in casework.CLAUSE_ENDS


def test_a_title_does_not_cut_a_figure() -> None:
    said = "现距2.3海里，" * 11 + "DCPA小于0.2海里的概率100%"
    assert casework.title_of(said).endswith("现距2.3海里")
