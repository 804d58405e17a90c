"""Everything the centre knows of one vessel: gathered from a real store and archive, and never a person by accident."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao.app import casework, duty
from fengqiao.app.casework import Draft
from fengqiao.app.dossier import (
    ALERTS_MAX,
    NOTES_MAX,
    SLOT_MS,
    DossierFacts,
    agrees,
    dossier,
    doubts_of,
    history_of,
    listed_rows,
    sign_of,
    unmask,
)
from fengqiao.app.history import Way
from fengqiao.fleet.false_identity import Odd
from fengqiao.fleet.identity import Confidence, GearSign, Sign
from fengqiao.fleet.passes import WAY_S_MAX
from fengqiao.fleet.said import Said, Span
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.model.errors import UsageFault
from fengqiao.model.findings import ChangeKind
from fengqiao.model.reports import UNITS_PER_DEGREE
from fengqiao.nav import distance_nm
from fengqiao.register.csv_in import parse_register
from fengqiao.register.vessel import Register
from fengqiao.store import Store, open_store
from fengqiao.store.archive import write_segments
from fengqiao.store.audit import AUDIT
from fengqiao.store.tables import LatestRow, RunKind
from store.store_cases import T0, change, positions

MINUTE = 60_000
A, B, OLD = 412990001, 412990002, 412990009
OWNER, PHONE = "王大海", "13800000001"
CSV = f"""船名,MMSI,渔船编码,作业类型,船长(米),抗风等级,证书,编组,船东,电话,起,止,呼号
浙样渔00009,{OLD},1001,刺网,28,8,证01,一组,{OWNER},{PHONE},2019-05-01,2024-04-30,BXA9
浙样渔00001,{A},1001,刺网,28,8,证01,一组,{OWNER},{PHONE},2024-05-01,,BXA1
浙样渔00077,{A},1077,张网,30,,,,李小船,13900000077,2018-01-01,2022-12-31,
浙样渔00002,{B},1002,刺网,28,8,证02,二组,赵一,13700000002,2020-01-01,2025-01-01,
"""
REGISTER = Register.of("r", parse_register(CSV, T0).vessels)


@pytest.fixture
def bay(tmp_path: Path) -> Iterator[Store]:
    """A live run with three hours of one boat in the archive, half an hour of silence in the last two."""
    with open_store(tmp_path / "data") as store:
        store.begin_run("live", RunKind.LIVE, T0 - 180 * MINUTE, {})
        store.save_register(parse_register(CSV, T0), "李四", "desk")
        minutes = [i for i in range(-180, 1) if not -60 < i < -30]
        rows = [
            {"seq": 1000 + i, "ref_ms": T0 + i * MINUTE, "fix_ms": T0 + i * MINUTE, "lon": 73_500_000 + 900 * i}
            for i in minutes
        ]
        write_segments(store.folder, "live", positions(*rows), ["a"])
        yield store


def gathered(store: Store, mmsi: int = A) -> DossierFacts:
    return dossier(store, store.folder, "live", mmsi, T0)


def heard(**other: Any) -> LatestRow:
    """What a boat says of herself; without more, the same as the register says."""
    row = {name: dtype.type(0).item() for name, dtype in Vessels.dtypes().items() if dtype.kind != "O"}
    said = {"run_id": "live", "mmsi": A, "fix_ms": T0, "name": "ZHEYANGYU00001", "callsign": "BXA1", "length_m": 28.0}
    return LatestRow(**{**row, "ship_type": 30, "destination": "", "safety_text": "", "feed": "a", **said, **other})


def codes(*states: LatestRow, mmsi: int = A, register: Register = REGISTER) -> list[str]:
    return [doubt.code for doubt in doubts_of(register, states, mmsi, T0)]


# --- who she is ---


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("ZHEPUYU60108", True),
        ("ZHE PU YU 60108", True),
        ("浙普渔60108号", True),
        ("ZPY60108", True),
        ("60108", True),  # cut short, which says nothing else
        ("ZHEPUYU60l08", True),  # an l for a 1
        ("ZHEPUYU60109", False),
        ("ZHEPUYU6010", False),
        ("ZHEDAIYU60108", False),
        ("ZHEPUYU60108-2", False),
        ("YUE HAI 8", False),
        ("[bold]\x1b[31m{0}", False),
    ],
)
def test_a_name_on_the_air_is_the_registers_in_any_spelling(said: str, same: bool) -> None:
    assert agrees(said, "浙普渔60108") is same


def test_who_says_what_the_register_says_is_not_doubted() -> None:
    assert codes(heard()) == []


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"name": "HAI GONG 9"}, "name"),
        ({"callsign": "BXZZ"}, "callsign"),
        ({"length_m": 60.0}, "length"),
        ({"ship_type": 70}, "type"),
    ],
)
def test_what_does_not_agree_is_to_be_verified(other: dict[str, Any], code: str) -> None:
    assert codes(heard(**other)) == [code]


@pytest.mark.parametrize("other", [{"name": ""}, {"callsign": ""}, {"length_m": None}, {"length_m": 32.0}])
def test_what_is_not_said_or_hardly_differs_is_no_disagreement(other: dict[str, Any]) -> None:
    assert codes(heard(**other)) == []


def test_a_name_that_is_another_boats_is_said_to_be() -> None:
    """Who sails under the name of a registered boat is told apart from who merely spells her own badly."""
    found = doubts_of(REGISTER, [heard(name="ZHEYANGYU00002")], A, T0)
    assert [(d.code, d.facts.get("name")) for d in found] == [("name", None), ("other_name", "浙样渔00002")]
    assert codes(heard(mmsi=413000001, name="ZHEYANGYU00001"), mmsi=413000001) == ["other_name"]


def test_two_transmitters_of_one_number_are_suspected() -> None:
    assert codes(heard(), heard(voice=1)) == ["voices"]


def test_a_number_out_of_use_that_is_heard_is_to_be_verified() -> None:
    assert codes(heard(mmsi=B, name=""), mmsi=B) == ["expired"]


def test_a_net_buoy_may_be_called_as_its_owner_pleases() -> None:
    assert codes(heard(name="NET 15 74%", kind=int(Kind.GEAR))) == []


def test_the_history_has_her_other_numbers_and_who_bore_hers() -> None:
    lines = history_of(REGISTER, REGISTER.at(A, T0), A)
    assert [(line.identity.mmsi, line.identity.name, line.hers) for line in lines] == [
        (A, "浙样渔00001", True),
        (OLD, "浙样渔00009", True),
        (A, "浙样渔00077", False),
    ]
    assert [line.identity.mmsi for line in history_of(REGISTER, None, B)] == [B]


# --- where she was ---


def test_two_hours_of_track_with_its_silence(bay: Store) -> None:
    """Distance is measured from fix to fix; what lies in a silence is not run, and both its ends are listed."""
    track = gathered(bay).track
    minutes = [i for i in range(-120, 1) if not -60 < i < -30]
    assert track.fix_ms.tolist() == [T0 + i * MINUTE for i in minutes]
    assert np.flatnonzero(track.gap).tolist() == [minutes.index(-30)]
    lon, lat = 73_500_000 / UNITS_PER_DEGREE, 18_060_000 / UNITS_PER_DEGREE
    step = float(distance_nm(lon, lat, lon + 900 / UNITS_PER_DEGREE, lat))
    assert track.run_nm == pytest.approx(90 * step, rel=1e-4) and track.gap_nm == pytest.approx(30 * step, rel=1e-4)
    listed = [minutes[i] for i in gathered(bay).listed]
    assert {-60, -30, 0, -120} <= set(listed) and listed == sorted(listed, reverse=True)


@given(st.lists(st.integers(1, 3_000), max_size=60))
@settings(max_examples=100)
def test_the_list_of_a_track_leaves_out_no_slot_and_no_end_of_a_silence(steps_s: list[int]) -> None:
    fix_ms = T0 + np.cumsum(np.array(steps_s, np.int64)) * 1000
    silent = np.r_[False, np.diff(fix_ms) > WAY_S_MAX * 1000][: len(fix_ms)]
    nothing = np.zeros(len(fix_ms))
    rows = listed_rows(
        Way(A, "", fix_ms, nothing, nothing, nothing, silent, nothing.astype(np.int64), silent, 0.0, 0.0)
    )
    assert rows.tolist() == sorted(set(rows.tolist()), reverse=True)
    assert {int(t) // SLOT_MS for t in fix_ms} == {int(t) // SLOT_MS for t in fix_ms[rows]}
    ends = np.flatnonzero(silent)
    assert {*ends.tolist(), *(ends - 1).tolist(), *range(len(fix_ms))[-1:]} <= set(rows.tolist())


def test_a_number_broken_by_one_bit_is_said_to_be(bay: Store) -> None:
    """One fix on the track of a boat heard every minute; of the boat herself, and of another's, nothing is said."""
    for seq, (mmsi, minute) in enumerate([(A ^ 64, -15), (A ^ 3, -15)]):
        row = {"seq": 5_000 + seq, "mmsi": mmsi, "ref_ms": T0 + minute * MINUTE, "fix_ms": T0 + minute * MINUTE}
        write_segments(bay.folder, "live", positions({**row, "lon": 73_500_000 + 900 * minute}), ["a"])
    (odd,) = gathered(bay, A ^ 64).track.odd
    assert (odd.odd, odd.other_mmsi, odd.fixes) == (Odd.BIT_ERROR, A, 1) and odd.distance_m < 1
    assert gathered(bay).track.odd == gathered(bay, A ^ 3).track.odd == ()


# --- what there was ---


def test_alerts_of_every_run_newest_first_and_no_more_than_can_be_read(bay: Store) -> None:
    """Only hers: a number that merely contains hers is another vessel."""
    bay.begin_run("replay-1", RunKind.REPLAY, T0, {})
    rows = [(change(ChangeKind.RAISED, T0 + i, f"g-{i}", mmsi=(B, A)), f"第{i}条", "") for i in range(ALERTS_MAX)]
    bay.save_changes("live", rows)
    bay.save_changes("replay-1", [(change(ChangeKind.RAISED, T0 + 999, "g-r", mmsi=(A,)), "回放", "")])
    bay.save_changes("live", [(change(ChangeKind.RAISED, T0 + 1000, "g-x", mmsi=(A * 10 + 1,)), "别的船", "")])
    facts = gathered(bay)
    assert facts.alerts_more and len(facts.alerts) == ALERTS_MAX
    assert [a.text_zh for a in facts.alerts[:3]] == ["回放", f"第{ALERTS_MAX - 1}条", f"第{ALERTS_MAX - 2}条"]
    assert [a.alert for a in bay.alerts_of(A * 10 + 1, 9)] == ["g-x"] and bay.alerts_of(OLD, 9) == []


def test_cases_and_log_lines_about_her(bay: Store) -> None:
    """Others' are left out, and no name or mobile number that people wrote into them shows."""
    for i in range(NOTES_MAX + 1):
        duty.log_line(bay, f"第{i}次呼叫, 船东{PHONE}", "李四", "desk", T0 + i, "live", mmsi=A)
    duty.log_line(bay, "别的船", "李四", "desk", T0 + 99, "live", mmsi=B)
    boat = {"mmsi": A, "name": "浙样渔00001", "role": "damaged", "basis": "told"}
    party = {"side": "applicant", "name": OWNER, "phone": PHONE}
    draft = Draft(f"{OWNER}网被拖走", "C03", vessels=(boat,), parties=(party,), occurred_from_ms=T0, occurred_to_ms=T0)
    number = casework.register(bay, bay.folder, draft, "李四", T0)
    facts = gathered(bay)
    assert [case.case_no for case in facts.cases] == [number] and gathered(bay, B).cases == ()
    assert len(facts.notes) == NOTES_MAX and facts.notes[0].text.startswith(f"第{NOTES_MAX}次呼叫, 船东138****0001")
    assert OWNER not in repr(facts) and PHONE not in repr(facts)


def test_what_she_called_herself_and_whether_that_is_a_buoys(bay: Store) -> None:
    """Of any run; her name when nothing of her is in the picture is the last that she said."""
    says = Said(413999999, "NET 12 85%", "", 0, 37, 84, 0)
    bay.save_said("live", {says: Span(T0 - MINUTE, T0), says._replace(name="OLD"): Span(T0 - 9 * MINUTE, T0 - MINUTE)})
    facts = gathered(bay, 413999999)
    assert (facts.name, [c.name for c in facts.called]) == ("NET 12 85%", ["NET 12 85%", "OLD"])
    assert facts.sign == GearSign(Sign.BATTERY_NAME, Confidence.SURE)
    assert sign_of([heard(name="", class_b=True)], says._replace(mmsi=A, name="")) == GearSign(
        Sign.BATTERY_LENGTH, Confidence.LIKELY
    )
    assert gathered(bay).sign is None


def test_a_vessel_nobody_knows_has_an_empty_dossier(bay: Store) -> None:
    facts = gathered(bay, 999999999)
    assert (facts.name, facts.vessel, facts.heard, facts.doubts, facts.history) == ("999999999", None, (), (), ())
    assert len(facts.track.fix_ms) == len(facts.listed) == 0


# --- persons ---


def test_the_owner_is_masked_until_somebody_says_why(bay: Store) -> None:
    """The look is in the audit chain with who, whom and why; without a reason or a name nobody sees anything."""
    masked = gathered(bay).vessel
    assert masked is not None and (masked.owner, masked.phone) == ("王某某", "138****0001")
    for officer, reason in (("李四", "  "), ("", "求证")):
        with pytest.raises(UsageFault):
            unmask(bay, A, officer, "desk", reason, T0)
    owner = unmask(bay, A, "李四", "desk", "告警后联系船东", T0)
    assert (owner.name, owner.phone) == (OWNER, PHONE)
    with bay.reading() as connection:
        looks = connection.execute(sa.select(AUDIT).where(AUDIT.c.what == "dossier_unmask")).mappings().all()
    assert [(row["actor"], row["seat"], json.loads(row["detail"])) for row in looks] == [
        ("李四", "desk", {"mmsi": A, "reason": "告警后联系船东"})
    ]
    assert bay.verify_chain() is None
