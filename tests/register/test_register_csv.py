"""A register as centres keep it: what is taken, and why a row is not."""

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengqiao import words
from fengqiao.model.errors import InputFault
from fengqiao.register.csv_in import CHINA, GEAR_WORDS, Import, decode_bytes, parse_register
from fengqiao.register.vessel import GEARS, Identity, RegisteredVessel
from fengqiao.store import open_store

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "register_example.csv"
HEAD = "船名,MMSI,渔船编码,作业类型,船长(米),抗风等级,证书,起,止"


def read(*rows: str, head: str = HEAD) -> Import:
    return parse_register("\n".join([head, *rows]), 0)


def ms(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=CHINA).timestamp() * 1000)


def test_the_example_is_taken_whole() -> None:
    """What the guide tells people to imitate: nothing refused, one boat without AIS remarked."""
    got = parse_register(decode_bytes(EXAMPLE.read_bytes()), 0)
    assert (len(got.vessels), got.refused, [w.reason for w in got.warnings]) == (8, (), ["no_mmsi"])
    assert got.vessels[3].identities == (
        Identity(412990004, "浙样渔00004", ms(2024, 1, 1), ms(2026, 1, 1), "BZYA4"),
        Identity(412990044, "浙样渔00044", ms(2026, 1, 1), 2**62, "BZYA4"),
    )
    assert (got.vessels[2].gear, got.vessels[2].permits) == ("beam_shrimp", ("moratorium",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_spreadsheets_write(encoding: str) -> None:
    text = f"{HEAD}\r\n浙样渔00001,412990001,样1,双拖,38.6,10,证,,\r\n"
    assert parse_register(decode_bytes(text.encode(encoding)), 0).vessels[0].name == "浙样渔00001"


def test_bytes_of_no_known_encoding_are_refused() -> None:
    with pytest.raises(InputFault) as caught:
        decode_bytes(b"\xff\x00\xff\xff" * 9)
    assert caught.value.message == "error.register_encoding"


@pytest.mark.parametrize(
    "head",
    [
        "name,mmsi,vessel_id,gear,length_m,rating_beaufort,certificate",
        "渔船名称\tＭＭＳＩ\t渔船编码\t作业方式\t船长（米）\t抗风等级\t证书编号",
        "Vessel Name; MMSI ;ID;Gear;Length (m);Rating;Certificate",
    ],
)
def test_headings_in_either_language_and_any_delimiter(head: str) -> None:
    mark = next(m for m in "\t;," if m in head)
    got = read(mark.join(["浙样渔1", "412990001", "样1", "双拖", "38.6", "10", "证"]), head=head)
    assert (got.refused, got.vessels[0]) == (
        (),
        RegisteredVessel("样1", "浙样渔1", (Identity(412990001, "浙样渔1"),), "pair_trawl", 38.6, 10, "证"),
    )


@pytest.mark.parametrize("text", ["", "\ufeff", " \n,,,\n", "\r\n\r\n"])
def test_a_file_of_nothing(text: str) -> None:
    with pytest.raises(InputFault) as caught:
        parse_register(text, 0)
    assert caught.value.message == "error.register_empty"


@pytest.mark.parametrize("head", ["甲,乙,丙", "船名,作业类型", "船名,MMSI,name", '"船名,MMSI', "浙样渔1,412990001"])
def test_a_file_without_usable_headings(head: str) -> None:
    with pytest.raises(InputFault) as caught:
        read("浙样渔1,412990001,", head=head)
    assert caught.value.message == "error.register_header"


REFUSED = {
    "甲,41299000,a": ("mmsi", "mmsi"),
    "甲,4129900011,a": ("mmsi", "mmsi"),
    "甲,4.1299E+08,a": ("mmsi", "mmsi"),
    "甲,999990001,a": ("mmsi", "mmsi"),
    "甲,002990001,a": ("mmsi", "mmsi"),
    "甲,41299000٣,a": ("mmsi", "mmsi"),
    ",412990001,a": ("name", "name"),
    "甲,,": ("mmsi", "nobody"),
    "甲,412990001,a,大网": ("gear", "gear"),
    "甲,412990001,a,,2.9": ("length_m", "length_m"),
    "甲,412990001,a,,151": ("length_m", "length_m"),
    "甲,412990001,a,,2_0": ("length_m", "length_m"),
    "甲,412990001,a,,nan": ("length_m", "length_m"),
    "甲,412990001,a,,张三": ("length_m", "length_m"),
    "甲,412990001,a,,,0": ("rating_beaufort", "rating_beaufort"),
    "甲,412990001,a,,,18": ("rating_beaufort", "rating_beaufort"),
    "甲,412990001,a,,,七": ("rating_beaufort", "rating_beaufort"),
    "甲,412990001,a,,,,,2026-02-30": ("from", "date"),
    "甲,412990001,a,,,,,0000-01-01": ("from", "date"),
    "甲,412990001,a,,,,,2026-08-02,2026-08-01": ("to", "dates_reversed"),
    "甲,412990001,a,,,,,9999-12-31,9999-12-31": ("to", "date"),
    '"甲,412990001,a': ("", "quoting"),
    "甲,412990001,a,,,,,,,多": ("", "columns"),
    "甲\x07,412990001,a": ("name", "unseen"),
    "甲\u202e,412990001,a": ("name", "unseen"),
    f"{'甲' * 201},412990001,a": ("name", "too_long"),
}


@pytest.mark.parametrize("row", REFUSED)
def test_a_refused_row_says_where_why_and_what_to_do(row: str) -> None:
    """The rows before and after it are taken; the sentence exists in both languages with all its facts."""
    got = read("乙,412990008,b", row, "丙,412990009,c")
    (no,) = got.refused
    assert (no.line, no.field, no.reason) == (3, *REFUSED[row])
    assert [v.vessel_id for v in got.vessels] == ["b", "c"]
    for lang in words.LANGUAGES:
        said = words.say(lang, no.message, no.facts)
        assert "3" in said and no.message not in said


def test_an_mmsi_has_one_bearer_at_a_time() -> None:
    """The first row keeps it, the refused one names that row; one after the other is well."""
    got = read(
        "甲,412990001,a,,,,,,2026-01-31",
        "乙,412990001,b,,,,,2026-01-31,",
        "丙,412990001,c,,,,,2026-02-01,",
        "甲,412990001,a",
    )
    assert [(n.line, n.reason, n.other_line) for n in got.refused] == [(3, "mmsi_taken", 2), (5, "mmsi_taken", 2)]
    assert [v.vessel_id for v in got.vessels] == ["a", "c"]


def test_a_date_means_the_whole_day_in_beijing() -> None:
    got = read("甲,412990001,a,,,,,2026年8月1日,2026/8/16", "乙,412990002,b,,,,,20260801 12:00,2026-08-16 12:00")
    (a,), (b,) = (v.identities for v in got.vessels)
    assert (a.from_ms, a.to_ms) == (ms(2026, 8, 1), ms(2026, 8, 17))
    assert (b.from_ms, b.to_ms) == (ms(2026, 8, 1) + 43_200_000, ms(2026, 8, 16) + 43_200_000)


def test_rows_of_one_vessel_are_its_identities() -> None:
    """In the order of their dates; each field from the latest row that fills it; what differs is remarked."""
    got = read(
        "新名,412990002,a,,21,,,2026-01-01,",
        "旧名,412990001,a,双拖,20,7,证,,2025-12-31",
    )
    (vessel,) = got.vessels
    assert [i.name for i in vessel.identities] == ["旧名", "新名"]
    assert (vessel.name, vessel.gear, vessel.length_m, vessel.rating_beaufort) == ("新名", "pair_trawl", 21.0, 7)
    assert [(w.line, w.field, w.reason) for w in got.warnings] == [(2, "length_m", "differs")]


def test_formulas_stay_text_and_are_flagged() -> None:
    """A telephone number may begin with +."""
    head = "船名,MMSI,船东,电话"
    got = read("=HYPERLINK(1),412990001,@甲,+86 13000000001", head=head)
    assert (got.vessels[0].name, got.vessels[0].owner, got.vessels[0].phone) == (
        "=HYPERLINK(1)",
        "@甲",
        "+86 13000000001",
    )
    assert [(w.field, w.reason) for w in got.warnings] == [("name", "formula"), ("owner", "formula")]


def test_what_is_odd_but_taken_is_said() -> None:
    """A rating without certificate, a column nobody knows, a boat without AIS."""
    got = read("甲,412990001,7级,张三", "乙,,,", head="船名,MMSI,抗风等级,船长")
    assert [w.reason for w in got.warnings] == ["column_ignored", "no_certificate"]
    assert [n.reason for n in got.refused] == ["nobody"]
    for warned in got.warnings:
        assert all(warned.message not in words.say(lang, warned.message, warned.facts) for lang in words.LANGUAGES)


def test_every_gear_has_words() -> None:
    got = [read(f"甲,412990001,a,{word}").vessels[0].gear for gear in GEARS for word in (gear, *GEAR_WORDS[gear])]
    assert got == [gear for gear in GEARS for _ in (gear, *GEAR_WORDS[gear])]


def test_the_revision_is_that_of_the_content() -> None:
    """Order, encoding and spacing make no other revision; one digit does."""
    one, two = "甲,412990001,a,双拖,20,7,证", "乙,412990002,b"
    same = read(two, "", " 甲 ,412990001 , a,pair_trawl,20.0米,７级,证")
    assert read(one, two).revision == same.revision
    assert read(one, two.replace("2,", "3,")).revision != same.revision


def test_a_register_too_long_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fengqiao.register.csv_in.ROWS_MAX", 2)
    with pytest.raises(InputFault) as caught:
        read(*["甲,412990001,a"] * 3)
    assert (caught.value.message, caught.value.facts) == ("error.register_too_long", {"rows": 3, "limit": 2})


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=60), data=st.binary(max_size=60))
def test_noise_is_refused_never_a_crash(text: str, data: bytes) -> None:
    """Every row that is not blank ends as part of a vessel or as a refusal."""
    got = parse_register(f"{HEAD}\n{text}", 0)
    assert got.rows == len(got.refused) + sum(max(len(v.identities), 1) for v in got.vessels)
    try:
        parse_register(decode_bytes(data), 0)
    except InputFault as fault:
        assert fault.message.startswith("error.register_")


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12),
            st.integers(412_000_000, 414_999_999),
            st.sampled_from(GEARS),
            st.floats(3, 150),
            st.integers(1, 17),
        ),
        unique_by=lambda row: row[1],
        max_size=8,
    )
)
def test_what_was_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]) -> None:
    """Import to database and back: the same vessels, looked up by mmsi."""
    got = read(*(f"{name},{mmsi},v{i},{g},{m},{b},c" for i, (name, mmsi, g, m, b) in enumerate(rows)))
    with open_store(tmp_path_factory.mktemp("register")) as store:
        store.save_register(got, "王一", "甲席")
        loaded = store.load_register()
    assert (len(got.refused), loaded.revision, loaded.vessels) == (0, got.revision, got.vessels)
    assert all(loaded.at(int(str(mmsi)), 0) is not None for _, mmsi, *_ in rows)


def test_the_latest_saved_register_is_in_force(tmp_path: Path) -> None:
    """A, B and A again: A is in force, stored once; each saving is audited without anybody's telephone number."""
    a, b = (read(f"{n},412990001,a,,20,,,,") for n in "甲乙")
    a = dataclasses.replace(a, vessels=(dataclasses.replace(a.vessels[0], phone="13000000001"),))
    with open_store(tmp_path) as store:
        assert (store.register_revision(), store.load_register().vessels) == ("empty", ())
        for at_ms, got in enumerate((a, b, a)):
            store.save_register(got, "王一", "甲席", at_ms)
        assert (store.register_revision(), store.load_register().vessels) == (a.revision, a.vessels)
        assert store.load_register(b.revision).vessels == b.vessels
        assert [r.revision for r in store.register_revisions()] == [a.revision, b.revision, a.revision]
        assert (store.verify_chain(), store.audit_head().seq) == (None, 3)
        with store.reading() as connection:
            said = str(connection.exec_driver_sql("SELECT detail FROM audit").all())
    assert a.revision in said and "13000000001" not in said
