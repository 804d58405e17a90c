"""``fengqiao history track`` says what speaks against one vessel behind a number."""

import json
from pathlib import Path

import pytest

from fengqiao.cli.main import run
from fengqiao.store.archive import write_segments
from fengqiao.store.database import open_store
from fengqiao.store.tables import RunKind
from store.store_cases import T0, positions

A, MINUTE = 412990001, 60_000


def test_two_places_at_once_are_said_with_both_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To people beside the sums, to programs in figures."""
    rows = [
        {"seq": 2 * i + k, "mmsi": A, "ref_ms": at, "fix_ms": at, "lon": 73_500_000 + k * 600_000 + i}
        for i in range(30)
        for k in (0, 1)
        if (at := T0 + i * MINUTE + k * 20_000)
    ]
    with open_store(tmp_path) as store:
        store.begin_run("live", RunKind.LIVE, T0, {})
        write_segments(store.folder, "live", positions(*rows), ["a"])
    argv = [
        "history",
        "track",
        str(A),
        "--from",
        "2020-01-01",
        "--to",
        "2040-01-01",
        "--actor",
        "李四",
        "--reason",
        "核查",
    ]
    assert run([*argv, "--data", str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert "同一号码同时在两处" in said and "各收到船位 30、30 个" in said
    assert run([*argv, "--data", str(tmp_path), "--json"]) == 0
    (odd,) = json.loads(capsys.readouterr().out)["odd"]
    assert (odd["odd"], odd["fixes"], odd["of_mmsi"]) == ("two_places", [30, 30], A)
    assert sorted(round(place[0], 2) for place in odd["places"]) == [122.5, 123.5]
