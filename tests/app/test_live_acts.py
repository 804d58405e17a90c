"""What people do to a running watch is done once and stays done: broken rounds, clocks set back, hostile words."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.centre import Centre
from fengqiao.app.rebuild import rebuild
from fengqiao.model.errors import EnvironmentFault, UsageFault
from fengqiao.model.findings import ChangeKind, Priority
from fengqiao.model.inputs import Act, ActKind
from fengqiao.store.database import Store, open_store
from fengqiao.store.inbox import CHARS_MAX
from fengqiao.store.tables import ActState, AlertRow

FULL = EnvironmentFault("disk_full", path="/data", reason="no space")


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    made = Centre(tmp_path / "data")
    made.folder.mkdir()
    made.write("60")
    yield made
    if made.live is not None:
        made.killed()


def put(store: Store, name: str, kind: ActKind, target: str, **facts: Any) -> None:
    store.put_act(Act(name, 1, "王建国", "desk", kind, target, facts))


def alert_of(store: Store) -> AlertRow:
    (alert,) = store.listed_alerts("live")
    return alert


def silent_feed(centre: Centre) -> AlertRow:
    """A watch that has just raised the alert of its silent feed."""
    live = centre.begin()
    centre.passes(90)
    return alert_of(live.store)


def broken_off(centre: Centre, monkeypatch: pytest.MonkeyPatch, method: str, seconds: int = 10) -> None:
    """A round in which the disk is full for one call of the store; then the watch ends as it does on any fault."""
    assert centre.live is not None

    def fails(*_: Any, **__: Any) -> None:
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(Store, method, fails)
        with pytest.raises(EnvironmentFault):
            centre.passes(seconds)
    centre.live.pump.stop()
    centre.live.stop()
    centre.live = None


def test_a_note_is_written_once_though_the_inbox_was_full(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Journalled, done, and then not marked: the next start marks it and does not do it again."""
    alert = silent_feed(centre).alert
    assert centre.live is not None
    put(centre.live.store, "n", ActKind.NOTE, alert, text="已电话联系")
    broken_off(centre, monkeypatch, "mark_applied")
    live = centre.begin()
    centre.passes(10)
    notes = [change for change in live.store.changes("live") if change.change == "noted"]
    assert [(note.note, note.actor) for note in notes] == [("已电话联系", "王建国")]
    assert [act.state for act in live.store.acts()] == [ActState.APPLIED]


def test_what_a_full_disk_kept_from_being_told_is_told_later(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alert is in memory and not in the store: no checkpoint may make that last."""
    centre.begin()
    broken_off(centre, monkeypatch, "save_changes", seconds=120)
    assert not centre.alerts
    live = centre.begin()
    assert [change.change for change in centre.alerts] == [ChangeKind.RAISED]
    assert alert_of(live.store).alert == centre.alerts[0].alert


def test_an_act_that_a_full_disk_broke_off_is_done(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = silent_feed(centre).alert
    assert centre.live is not None
    put(centre.live.store, "a", ActKind.ACKNOWLEDGE, alert)
    broken_off(centre, monkeypatch, "save_changes")
    live = centre.begin()
    centre.passes(10)
    assert alert_of(live.store).acked
    assert [act.state for act in live.store.acts()] == [ActState.APPLIED]


def test_a_clock_set_back_hides_no_answer(centre: Centre) -> None:
    """An hour less a minute by the clock before the alert was raised, somebody acknowledges it: it stands so."""
    alert = silent_feed(centre).alert
    assert centre.live is not None
    put(centre.live.store, "a", ActKind.ACKNOWLEDGE, alert)
    centre.computer.leaps(-3_540)
    centre.live.round([])
    assert alert_of(centre.live.store).acked
    centre.killed()
    live = centre.begin()
    put(live.store, "n", ActKind.TRANSFER, alert, to="东席")
    live.round([])
    row = alert_of(live.store)
    assert (row.change, row.state["holder"]) == ("transferred", "东席")


def test_acts_that_waited_are_told_apart(centre: Centre) -> None:
    """No watch ran; three acts and one of them twice: all happen in one round, and all are kept."""
    alert = silent_feed(centre).alert
    centre.killed()
    shelf = {"minutes": 30, "reason": "网位仪"}
    with open_store(centre.folder) as store:
        put(store, "1", ActKind.SHELVE, alert, **shelf)
        put(store, "2", ActKind.UNSHELVE, alert)
        put(store, "3", ActKind.SHELVE, alert, **shelf)
    live = centre.begin()
    live.round([])
    said = [change.change for change in live.store.changes("live") if change.actor]
    assert said == ["shelved", "unshelved", "shelved"] and alert_of(live.store).change == "shelved"


def test_what_the_log_judged_anew_does_not_bring_is_closed(centre: Centre) -> None:
    """As after an update whose rules raise otherwise: nobody could acknowledge it, and it kept the officer on watch."""
    kept = silent_feed(centre).alert
    assert centre.live is not None
    store = centre.live.store
    orphan = replace(centre.alerts[0], alert="feed-udp-20200101T000000Z", priority=Priority.ALARM)
    store.save_changes("live", [(orphan, "数据源无报文", "silent")])
    assert {a.alert for a in store.in_the_way("live")} == {kept, orphan.alert}
    centre.killed()
    live = centre.begin()
    assert [a.alert for a in live.store.in_the_way("live")] == [kept]
    assert [a.alert for a in live.store.listed_alerts("live")] == [kept]
    over = live.store.changes("live", alert=orphan.alert)[-1]
    assert (over.change, over.active, over.acked, over.state) == ("resolved", False, True, {"suppressed": "recomputed"})
    centre.killed()
    assert [c.change for c in centre.begin().store.changes("live", alert=orphan.alert)] == ["raised", "resolved"]


@pytest.mark.parametrize(
    ("kind", "target", "facts"),
    [
        (ActKind.OUT_OF_SERVICE, "vessel:²", {"minutes": 5, "reason": "x"}),
        (ActKind.OUT_OF_SERVICE, "vessel:" + "9" * 5000, {"minutes": 5, "reason": "x"}),
        (ActKind.OUT_OF_SERVICE, "rule:gaap", {"minutes": 5, "reason": "x"}),
        (ActKind.OUT_OF_SERVICE, "rule:gap", {"minutes": 10**300, "reason": "x"}),
        (ActKind.IN_SERVICE, "vessel:\x1b[2J", {}),
        (ActKind.SHELVE, "\u202e", {"minutes": [1], "reason": {"a": 1}}),
        (ActKind.NOTE, "[/red]", {"text": "x" * 1_000_000}),
        (ActKind.TRANSFER, "'; DROP TABLE alert; --", {"to": None}),
        (ActKind.TRIP_DECLARE, "x", {"trips": [{"mmsi": 412_000_001, "due_ms": 2**53}]}),
        (ActKind.TRIP_DECLARE, "x", {"trips": {"a": 1}}),
        (ActKind.TRIP_END, "\n", {"why": 7}),
        (ActKind.GALE_ISSUE, "g", {"beaufort": 10**300, "from": "x", "to": "y"}),
    ],
)
def test_no_act_ends_the_watch(centre: Centre, kind: ActKind, target: str, facts: dict[str, Any]) -> None:
    """Refused with a word; and the next start, which meets it again in the log, goes on as well."""
    live = centre.begin()
    put(live.store, "a", kind, target, **facts)
    centre.passes(10)
    assert [act.state for act in live.store.acts()] == [ActState.REFUSED]
    centre.killed()
    centre.begin()
    centre.passes(10)


def test_an_act_without_end_reaches_no_log(centre: Centre) -> None:
    live = centre.begin()
    with pytest.raises(UsageFault):
        put(live.store, "a", ActKind.NOTE, "x", text="长" * CHARS_MAX)
    assert not live.store.waiting_acts()


def test_killed_between_any_two_acts_nothing_is_lost_or_doubled(centre: Centre, tmp_path: Path) -> None:
    """Shelf, handing over, outage, return declared and ended, label; killed after each: as the log tells it again."""
    alert = silent_feed(centre).alert
    trip = {"mmsi": 412_000_001, "due_ms": centre.at_ms + 3_600_000, "departs_ms": centre.at_ms - 60_000}
    acts: list[tuple[ActKind, str, dict[str, Any]]] = [
        (ActKind.SHELVE, alert, {"minutes": 1, "reason": "维修"}),
        (ActKind.OUT_OF_SERVICE, "feed:udp", {"minutes": 5, "reason": "维修"}),
        (ActKind.TRIP_DECLARE, "412000001", {"trips": [trip]}),
        (ActKind.UNSHELVE, alert, {}),
        (ActKind.TRANSFER, alert, {"to": "东席"}),
        (ActKind.IN_SERVICE, "feed:udp", {}),
    ]
    for n, (kind, target, facts) in enumerate(acts):
        live = centre.live or centre.begin()
        put(live.store, f"act-{n}", kind, target, **facts)
        live.round([])
        live.store.give_label("live", alert, "true", "王建国", "desk", centre.at_ms)
        centre.killed()
    live = centre.begin()
    centre.passes(60)
    done = [change.change for change in live.store.changes("live") if change.actor]
    assert done == ["shelved", "out_of_service", "unshelved", "transferred", "in_service"]
    assert [act.state for act in live.store.acts()] == [ActState.APPLIED] * len(acts)
    assert [trip.mmsi for trip in live.store.trips("live")] == [412_000_001]
    assert live.store.verify_chain() is None
    centre.killed()
    assert rebuild(centre.folder, tmp_path / "again", lambda _: None).same
