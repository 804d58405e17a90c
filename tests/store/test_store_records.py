"""What the watch derives: kept by keys made of its inputs, so that deriving it again leaves the same rows."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengqiao.fleet.vessels import Vessels
from fengqiao.model.findings import AlertChange, ChangeKind, Priority
from fengqiao.model.gale import GaleWarning
from fengqiao.model.inputs import ActKind
from fengqiao.model.trip import Trip
from fengqiao.store import Store, open_store
from fengqiao.store.tables import RunKind, TripEnd
from store.store_cases import T0, act, change

R, W, E, A, N, X = (
    ChangeKind.RAISED,
    ChangeKind.WORSENED,
    ChangeKind.EASED,
    ChangeKind.ACKNOWLEDGED,
    ChangeKind.NOTED,
    ChangeKind.RESOLVED,
)


def said(changes: list[AlertChange]) -> list[tuple[AlertChange, str, str]]:
    return [(c, f"{c.change.value} 中", f"{c.change.value} en") for c in changes]


def whole(store: Store, run: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    changes = [row.model_dump(exclude={"seq"}) for row in store.changes(run)]
    return sorted(changes, key=lambda row: str(row["change_key"])), [row.model_dump() for row in store.alerts(run)]


def vessels(**columns: object) -> Vessels:
    rows = Vessels(**{name: np.zeros(2, dtype) for name, dtype in Vessels.dtypes().items()})
    texts = {n: np.array(["", ""], object) for n in ("name", "callsign", "destination", "safety_text")}
    return dataclasses.replace(rows, mmsi=np.array([412990001, 412990002]), **texts, **columns)  # type: ignore[arg-type]


def test_an_alert_stands_as_its_latest_change_left_it(either: Store) -> None:
    """Raised, worsened, acknowledged: one alert with the time it was raised and the text last shown."""
    either.save_changes("live", said([change(R, T0), change(W, T0 + 5000, priority=Priority.ALARM)]))
    either.save_changes("live", said([change(A, T0 + 9000, actor="王一", priority=Priority.ALARM)]))
    (alert,) = either.alerts("live")
    assert (alert.raised_ms, alert.at_ms, alert.change, alert.acked) == (T0, T0 + 9000, "acknowledged", True)
    assert (alert.priority, alert.text_zh, alert.facts["name"]) == (3, "acknowledged 中", "浙样渔00001")
    assert (alert.mmsi, alert.key, alert.lon_deg) == ([412990001], ["gap|412990001|1"], 122.5)


def test_runs_do_not_mix(either: Store) -> None:
    either.save_changes("live", said([change(R, T0)]))
    either.save_changes("replay", said([change(R, T0), change(X, T0 + 1000)]))
    assert [a.change for a in either.alerts("live")] == ["raised"]
    assert [a.run_id for a in either.alerts(active_only=True)] == ["live"]


def test_the_newest_alerts_of_a_vessel_and_no_more(either: Store) -> None:
    """Every alert she is part of is looked at until there are enough; nothing is left waiting at the server."""
    own = {"mmsi": (412990002, 412990001)}
    alerts = [change(R, T0 + n, f"a{n}", **(own if n % 2 else {"mmsi": (141299000,)})) for n in range(8)]
    either.save_changes("live", said(alerts))
    assert [row.alert for row in either.alerts_of(412990001, 2)] == ["a7", "a5"]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_saving_again_in_any_division_leaves_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A watch that catches up after a crash saves a tail of its changes twice, cut otherwise than before."""
    kinds = data.draw(st.lists(st.sampled_from([W, E, A, X]), max_size=6))
    steps = [change(kind, T0 + 1000 * (n // 2)) for n, kind in enumerate([R, *kinds])]
    again_from = data.draw(st.integers(0, len(steps)))
    cut = data.draw(st.integers(again_from, len(steps)))
    with open_store(tmp_path_factory.mktemp("a")) as once, open_store(tmp_path_factory.mktemp("b")) as twice:
        once.save_changes("live", said(steps))
        twice.save_changes("live", said(steps[: max(cut, 1)]))
        for part in (steps[again_from:cut], steps[cut:]):
            twice.save_changes("live", said(part))
        assert whole(once, "live") == whole(twice, "live")


def test_two_notes_in_one_instant_are_both_kept(either: Store) -> None:
    either.save_changes("live", said([change(R, T0), change(N, T0, actor="王一", note="已呼叫")]))
    either.save_changes("live", said([change(N, T0, actor="李二", note="无应答")]))
    assert [row.note for row in either.changes("live")] == ["", "已呼叫", "无应答"]


def test_a_desk_asks_only_for_what_is_new(either: Store) -> None:
    either.save_changes("live", said([change(R, T0)]))
    seen = either.changes("live")[-1].seq
    either.save_changes("live", said([change(R, T0), change(W, T0 + 1)]))
    assert [row.change for row in either.changes("live", after_seq=seen)] == ["worsened"]


def test_text_no_database_takes_is_kept_readable(either: Store) -> None:
    """NUL, half a surrogate and numbers that are none come in; the rest of the row is kept."""
    facts = {"name": "坏\0名\ud800", "wind": float("nan"), "n": np.int64(3)}
    either.save_changes("live", [(change(N, T0, note="a\0b", facts=facts), "文\ud83d", "text")])
    (row,) = either.changes("live")
    assert (row.note, row.text_zh) == ("a\ufffdb", "文\ufffd")
    assert row.facts == {"name": "坏\ufffd名\ufffd", "wind": None, "n": 3}


def test_load_is_figured_from_what_was_kept(either: Store) -> None:
    """Twelve alerts in the first ten minutes of an hour: one flood in six windows, the five quiet ones counted."""
    burst = [change(R, T0 + 1000 * n, f"gap|{n}|1") for n in range(12)]
    either.save_changes("live", said([*burst, change(X, T0 + 60_000, "gap|0|1")]))
    load = either.alert_load("live", T0, T0 + 3_600_000).figures()
    asked = ("raised", "windows_10_min", "raised_per_10_min_avg", "raised_per_10_min_max", "flood_windows_share")
    assert [load[k] for k in asked] == [12, 6, 2.0, 12, round(1 / 6, 4)]
    assert (load["active"], load["raised_by_rule"]) == (11, {"gap": 12})


def test_load_knows_what_stood_before_and_who_was_on(either: Store) -> None:
    """Raised before the span: active in it unless resolved before; seats count from when they are taken."""
    told = [change(R, T0 + n, f"gap|{n}|1") for n in range(3)]
    told += [change(X, T0 + 10, "gap|0|1"), change(X, T0 + 9_000, "gap|1|1"), change(R, T0 + 9_500, "gap|9|1")]
    either.save_changes("live", said(told))
    either.begin_run("live", RunKind.LIVE, T0 + 99_999, {})
    for seat, at_ms in (("desk", T0), ("east", T0 + 9_000)):
        either.begin_shift(seat, f"officer at {seat}", at_ms)
    either.end_shift("live", "desk", T0 + 9_900)
    steps = either.staffed(T0 + 5_000, T0 + 10_000)
    assert steps == [(T0 + 5_000, 1), (T0 + 9_000, 2), (T0 + 9_900, 1)]
    meter = either.alert_load("live", T0 + 5_000, T0 + 10_000, steps)
    assert (meter.active, meter.calls.total(), meter.warned) == (["gap|2|1", "gap|9|1"], 1, 1)
    assert [a.alert for a in either.alerts_named("live", meter.active)] == ["gap|2|1", "gap|9|1"]
    assert (either.began_ms("live", T0 + 10_000), either.began_ms("none", 7)) == (T0, 7)


def test_labels_are_kept_and_read_by_alert(either: Store) -> None:
    """The latest word on each alert raised in the span, nothing where nobody spoke."""
    either.save_changes("live", said([change(R, T0 + n, f"gap|{n}|1") for n in range(3)]))
    either.save_changes("live", said([change(ChangeKind.OUT_OF_SERVICE, T0, "service|a"), change(R, T0 + 9, "zone|1")]))
    either.save_changes("live", said([change(ChangeKind.IN_SERVICE, T0 + 1, "service|a")]))
    either.give_label("live", "gap|0|1", "unclear", "王一", "甲席", T0 + 5)
    either.give_label("live", "gap|0|1", "true", "王一", "甲席", T0 + 6)
    either.give_outcome("live", "gap|1|1", "false", "", "王一", "甲席", T0 + 7)
    assert either.labelled("live", T0, T0 + 2) == [("gap", T0, "true"), ("gap", T0 + 1, "false")]
    assert either.labelled("live", T0 + 2) == [("gap", T0 + 2, ""), ("gap", T0 + 9, "")]


def test_latest_states_are_overwritten_not_added(either: Store) -> None:
    """Unknown numbers are null, never 0; the feed is kept by its name."""
    either.save_latest("live", vessels(sog_kn=np.array([3.5, np.nan])), ["udp:10110"])
    either.save_latest("live", vessels(sog_kn=np.array([4.0, np.nan])), ["udp:10110"])
    assert [(v.mmsi, v.sog_kn, v.feed) for v in either.latest("live")] == [
        (412990001, 4.0, "udp:10110"),
        (412990002, None, "udp:10110"),
    ]


def test_a_run_that_goes_on_keeps_its_beginning(either: Store) -> None:
    either.begin_run("live", RunKind.LIVE, T0, {"code": "1"}, "zh")
    either.begin_run("live", RunKind.LIVE, T0 + 5, {"code": "2"}, "zh")
    either.begin_run("demo-1", RunKind.DEMO, T0 + 1, {"code": "1"})
    assert [(r.run_id, r.started_ms, r.basis["code"]) for r in either.runs()] == [
        ("demo-1", T0 + 1, "1"),
        ("live", T0, "1"),
    ]


def test_declared_returns_are_waited_for_until_she_is_home_or_somebody_ends_them(either: Store) -> None:
    """The same steps again, as a watch that catches up does them, leave the same rows."""
    first = Trip("412000001-1", 412_000_001, T0 + 50, T0, T0, "王建国", "沈家门")
    second = dataclasses.replace(first, trip_id="412000001-2", due_ms=T0 + 90, declared_ms=T0 + 5)
    other = Trip("412000002-1", 412_000_002, T0 + 70, T0, T0, "王建国")
    for _ in range(2):
        either.save_trips("live", (first, other), T0, TripEnd.REPLACED, "王建国")
        either.save_trips("live", (second, other), T0 + 5, TripEnd.REPLACED, "李海波")
        either.save_trips("live", (dataclasses.replace(second, out_ms=T0 + 6), other), T0 + 6, TripEnd.HOME)
        either.save_trips("live", (other,), T0 + 80, TripEnd.HOME)
    assert (either.trips("live"), either.trips("replay")) == ((other,), ())
    ends = [(row.trip_id, row.out_ms, row.ended_ms, row.ended_by, row.ended_why) for row in either.trip_rows("live")]
    assert ends == [
        ("412000001-2", T0 + 6, T0 + 80, "", "home"),
        ("412000002-1", 0, None, "", ""),
        ("412000001-1", 0, T0 + 5, "李海波", "replaced"),
    ]
    assert [row.trip_id for row in either.trip_rows("live", 412_000_002)] == ["412000002-1"]


def test_gales_are_issued_changed_and_cancelled_by_somebody(either: Store) -> None:
    """What is in force is what the last act left; saving the same acts again changes nothing."""
    north = GaleWarning("g1", 8, T0, T0 + 1, "浙江省气象台", polygon=((122.0, 30.0), (123.0, 30.0), (123.0, 31.0)))
    south = GaleWarning("g2", 7, T0, T0 + 1, "浙江省气象台", zone="zhoushan")
    issue, cancel = act("1", kind=ActKind.GALE_ISSUE), act("2", T0 + 9, kind=ActKind.GALE_CANCEL)
    for _ in range(2):
        either.save_gales("live", (north,), issue)
        either.save_gales("live", (north, south), issue)
        either.save_gales("live", (south,), cancel)
    assert (either.gales("live"), either.gales("replay")) == ((south,), ())
