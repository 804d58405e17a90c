"""Recordings through the whole watch: the demonstration's story, real captures, shards, forged time."""

import gzip
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from fengqiao.app.decoding import decode_file
from fengqiao.app.demo import demonstration
from fengqiao.app.replay import Replayed, replay
from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.model.inputs import Act
from fengqiao.register.vessel import Register

ROOT = Path(__file__).resolve().parents[2]
LINES_TWICE = 1_000
FORGED_AT = 2_700  # of the demonstration: five minutes at sea; four minutes later is the end of what is played
FIXTURES = sorted(p for p in (ROOT / "fixtures" / "ais").iterdir() if p.suffix != ".md")
SHARED = ROOT.parent / "shared" / "data" / "ais"
CAPTURES = sorted(p for p in SHARED.glob("*") if p.suffix not in (".md", ".csv")) if SHARED.is_dir() else []


def played(
    files: Sequence[str], folder: Path, acts: tuple[Act, ...] = (), register: Register | None = None, shards: int = 1
) -> tuple[list[AlertChange], Replayed]:
    told: list[AlertChange] = []
    done = replay(files, folder, told.append, acts=acts, register=register or Register(), shards=shards)
    return told, done


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[AlertChange], Replayed]:
    bay = demonstration()
    return played(bay.files, tmp_path_factory.mktemp("demo"), bay.acts, bay.vessels)


def test_the_demonstration_tells_its_story(demo: tuple[list[AlertChange], Replayed]) -> None:
    """Every event that calls for an alert is told in its time, of its vessels."""
    told, _ = demo
    events = json.loads((ROOT / "fixtures" / "demo" / "truth.json").read_text("utf-8"))["events"]
    expected = [e for e in events if e.get("rule")]
    assert len(expected) >= 7
    for event in expected:
        begins, ends = (datetime.fromisoformat(event[k]).timestamp() * 1000 for k in ("from", "to"))
        found = [c for c in told if c.rule == event["rule"] and begins <= c.at_ms <= ends]
        about = [c for c in found if not event["mmsi"] or set(event["mmsi"]) & set(c.mmsi)]
        assert about, event


def test_the_demonstration_tells_little_else(demo: tuple[list[AlertChange], Replayed]) -> None:
    """Three hundred vessels for forty minutes: a seat is told of something new less than once in four minutes."""
    told, done = demo
    raised = [c for c in told if c.change is ChangeKind.RAISED]
    assert len(raised) <= 9
    assert done.keeper.decoder.counts.balanced


def test_a_collision_course_is_an_alarm_in_time(demo: tuple[list[AlertChange], Replayed]) -> None:
    """The steady course that ends in contact at 03:53 is told fifteen minutes before, an alarm five before."""
    told, _ = demo
    contact = datetime.fromisoformat("2025-09-16T03:53:00+00:00").timestamp() * 1000
    mine = [c for c in told if c.rule == "collision" and 412990108 in c.mmsi]
    assert mine[0].at_ms <= contact - 15 * 60_000
    assert next(c.at_ms for c in mine if c.priority is Priority.ALARM) <= contact - 5 * 60_000


def test_a_ship_bound_across_a_net_line_is_told_ten_minutes_before_she_cuts_it(
    demo: tuple[list[AlertChange], Replayed],
) -> None:
    told, _ = demo
    cut = datetime.fromisoformat("2025-09-16T03:45:00+00:00").timestamp() * 1000
    mine = [c for c in told if c.rule == "collision" and c.mmsi == (413990105,)]
    assert mine[0].message == "alert.collision.net" and mine[0].at_ms <= cut - 10 * 60_000


def test_silence_is_not_safety(demo: tuple[list[AlertChange], Replayed]) -> None:
    """The boat that was struck falls silent: her collision alert is lost, never resolved, and her silence is told."""
    told, _ = demo
    mine = [c for c in told if c.rule == "collision" and 412990108 in c.mmsi]
    assert mine[-1].change is ChangeKind.LOST
    assert any(c.rule == "gap" and c.mmsi == (412990108, 538990102) for c in told) or any(
        c.rule == "gap" and 412990108 in c.mmsi and c.priority is Priority.ALARM for c in told
    )


def test_a_test_transmission_wakes_nobody(demo: tuple[list[AlertChange], Replayed]) -> None:
    told, _ = demo
    by_beacon = {c.mmsi[0]: c.priority for c in told if c.rule == "distress" and c.change is ChangeKind.RAISED}
    assert by_beacon == {970990001: Priority.EMERGENCY, 970990002: Priority.CAUTION}


def test_sixteen_shards_give_the_same_alerts(demo: tuple[list[AlertChange], Replayed], tmp_path: Path) -> None:
    """Fold by vessel, judge by sea cell, admit by alert: cut sixteen ways the answer is the same."""
    bay = demonstration()
    told, _ = played(bay.files, tmp_path, bay.acts, bay.vessels, shards=16)
    assert told == demo[0]


@pytest.mark.parametrize("file", FIXTURES, ids=lambda p: p.name)
def test_real_slices_balance(file: Path, tmp_path: Path) -> None:
    """Real sentences, clean and dirty: every one ends in exactly one column of the books."""
    _, done = played([str(file)], tmp_path)
    counts = done.keeper.decoder.counts
    assert counts.balanced and counts.came_in > 0


@pytest.mark.slow
@pytest.mark.parametrize("file", CAPTURES, ids=lambda p: p.name)
def test_every_capture_balances(file: Path, tmp_path: Path) -> None:
    """Real recordings, where they are at hand, whole through the decoder, middle and end through the watch: no error,
    balanced books."""
    lines = lines_of(file)
    decoding = decode_file(str(file))
    assert sum(1 for _ in decoding.messages) > 0 and decoding.counts.balanced
    middle = max(len(lines) // 2, LINES_TWICE)  # what comes before is played below
    part = tmp_path / file.name.removesuffix(".gz")
    part.write_bytes(b"".join(lines[middle : middle + LINES_TWICE] + lines[middle + LINES_TWICE :][-LINES_TWICE:]))
    if middle < len(lines):
        _, done = played([str(part)], tmp_path)
        assert done.keeper.decoder.counts.balanced


@pytest.mark.slow
@pytest.mark.parametrize("file", CAPTURES, ids=lambda p: p.name)
def test_three_workers_say_of_a_capture_what_one_says(file: Path, tmp_path: Path) -> None:
    """Of the first hours of each; sixteen are held to the demonstration."""
    begin = tmp_path / file.name.removesuffix(".gz")
    begin.write_bytes(b"".join(lines_of(file)[:LINES_TWICE]))
    told, _ = played([str(begin)], tmp_path / "one")
    again, _ = played([str(begin)], tmp_path / "three", shards=3)
    assert again == told


@pytest.mark.skipif(bool(CAPTURES), reason="the captures are at hand and played above")
def test_captures_are_said_to_be_absent() -> None:
    """Without ../shared/data only the slices in fixtures are played; this line says so in the report."""
    assert FIXTURES


def test_one_forged_stamp_changes_nothing_else(tmp_path: Path) -> None:
    """A TAG block from 2099, one from ten minutes ahead and one from 1970: the alerts stay as they were."""
    lines = unpacked(demonstration().files[0])[: FORGED_AT + 2_000]
    (tmp_path / "true.nmea").write_bytes(b"".join(lines))
    honest, _ = played([str(tmp_path / "true.nmea")], tmp_path / "a")
    forged_ms = int(lines[FORGED_AT].partition(b"c:")[2][:13])
    for stamp in (b"4070908800000", b"1757994540000", b"0000000001000"):
        forged = [*lines[:FORGED_AT], tagged(lines[FORGED_AT], stamp), *lines[FORGED_AT + 1 :]]
        (tmp_path / "forged.nmea").write_bytes(b"".join(forged))
        told, _ = played([str(tmp_path / "forged.nmea")], tmp_path / "b")
        assert without_feed_names(told) == without_feed_names(honest)
    assert {c.change for c in honest if c.at_ms > forged_ms} >= {ChangeKind.ESCALATED, ChangeKind.WORSENED}


def lines_of(file: Path) -> list[bytes]:
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return data.splitlines(keepends=True)


def unpacked(file: str) -> list[bytes]:
    import zstandard

    with Path(file).open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        return bytes(stream.read()).splitlines(keepends=True)


def tagged(line: bytes, stamp: bytes) -> bytes:
    """The same sentence under a TAG block with another time and a good checksum."""
    sentence = line[line.rindex(b"\\") + 1 :]
    block = b"s:zs1,c:" + stamp
    check = 0
    for byte in block:
        check ^= byte
    return b"\\%s*%02X\\%s" % (block, check, sentence)


def without_feed_names(told: list[AlertChange]) -> list[AlertChange]:
    return [c for c in told if c.rule != "feed"]
